// People go to the browser for something and come back: what is to happen then. One errand at a time, the last one.

let errand: AbortController | undefined;

/** Calls `then` once, when people are back at the window. Returns how to call that off. */
export function whenBack(then: () => unknown): () => void {
  errand?.abort();
  const mine = new AbortController();
  const { signal } = mine;
  errand = mine;
  const back = () => {
    if (document.visibilityState === 'hidden') return;
    mine.abort();
    then();
  };
  window.addEventListener('focus', back, { signal });
  document.addEventListener('visibilitychange', back, { signal });
  return () => mine.abort();
}

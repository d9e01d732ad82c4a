// Waits inside the page until `look` gives something: it looks again when the page changes, and now and then for what
// changes without a trace, such as values and motion. Gives what was found, null when it took too long.
const words = [...arguments];
const done = words.pop();
const patience = words.pop();
const began = performance.now();
let waits;
const again = () => {
  waits = undefined;
  let found;
  try {
    found = look(...words);
  } catch (fault) {
    found = { fault: String(fault) };
  }
  const late = performance.now() - began > patience;
  if ((found === null || found === false) && !late) return;
  observer.disconnect();
  clearInterval(beat);
  done(found || null);
};
const observer = new MutationObserver(() => (waits ??= setTimeout(again, 10)));
observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
const beat = setInterval(again, 100);
again();

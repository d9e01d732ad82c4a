// Waits inside the page until `look` gives something: it looks again when the page changes, and now and then for what
// changes without a trace, such as values and motion. Gives what was found, null when it took too long. However much
// the page changes, looking takes a small part of the time: the page has its own work to do.
const words = [...arguments];
const done = words.pop();
const patience = words.pop();
const began = performance.now();
let waits, beat;
const again = () => {
  clearTimeout(waits);
  clearTimeout(beat);
  waits = undefined;
  const from = performance.now();
  let found;
  try {
    found = look(...words);
  } catch (fault) {
    found = { fault: String(fault) };
  }
  const late = performance.now() - began > patience;
  if ((found === null || found === false) && !late) {
    cost = performance.now() - from;
    beat = setTimeout(again, Math.max(100, 10 * cost));
    return;
  }
  observer.disconnect();
  done(found || null);
};
let cost = 0;
const observer = new MutationObserver(() => (waits ??= setTimeout(again, Math.max(10, 4 * cost))));
observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
again();

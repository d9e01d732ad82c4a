// When sizes and places on the page may have changed. Not by a ResizeObserver: where one observed element lies in
// another and a scroll bar comes, WebKit measures anew between telling the one and the other, and reports a loop.

import { untrack } from 'svelte';

const looks = new Set<() => void>();

function tell(): void {
  for (const look of looks) look();
}

const changes = new MutationObserver(tell);
/** What moves the page without changing it; not all of them bubble. */
const EVENTS = ['resize', 'load', 'transitionend', 'toggle'];

/**
 * Calls `look` now, and again right after each change of the document, of the window's size, and after whatever moved has
 * come to its end. Call what it returns when nobody looks any more.
 */
export function onLayout(look: () => void): () => void {
  if (looks.size === 0) {
    changes.observe(document, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    for (const event of EVENTS) window.addEventListener(event, tell, true);
  }
  looks.add(look);
  // In an effect, what it reads would have that run anew.
  untrack(look);
  return () => {
    looks.delete(look);
    if (looks.size > 0) return;
    changes.disconnect();
    for (const event of EVENTS) window.removeEventListener(event, tell, true);
  };
}

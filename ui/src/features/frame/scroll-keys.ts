// The page's title and the bars around the page do not scroll: there the keys move the page, as they do inside of it.

/** What has a use of its own for the keys that move a page. */
const TYPES = 'input, select, textarea, [role=menu], [role=listbox], [role=tablist]';
/** What Space presses. */
const PRESSED = 'a[href], button, summary';

/** A line of the last page is still to be seen on the next one. */
const KEPT = 40;

/** Pages that a key goes, down or up; none for any other key. */
function pages({ key, shiftKey }: KeyboardEvent): number {
  if (key === 'PageDown' || (key === ' ' && !shiftKey)) return 1;
  return key === 'PageUp' || key === ' ' ? -1 : 0;
}

/** What moves on this page: `main`, or where that stands still the last of its parts that does. */
function scroller(): HTMLElement | undefined {
  const main = document.querySelector<HTMLElement>('main');
  if (!main) return undefined;
  const moves = ({ scrollHeight, clientHeight }: HTMLElement) => scrollHeight > clientHeight;
  if (moves(main)) return main;
  return ([...main.children] as HTMLElement[]).findLast(moves);
}

/** Moves the page where the engine would not; whether it did. */
export function scrollPage(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : document.body;
  const by = event.altKey ? 0 : pages(event);
  // Inside of the page the engine does it, and knows of what scrolls in there.
  if (by === 0 || target.closest(`main, ${TYPES}`)) return false;
  if (event.key === ' ' && target.closest(PRESSED)) return false;
  const page = scroller();
  if (!page) return false;
  page.scrollTop += by * Math.max(page.clientHeight - KEPT, KEPT);
  return true;
}

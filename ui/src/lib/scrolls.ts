// What may scroll can be reached by keyboard: not every engine lets the focus go to it by itself.

import { onLayout } from './layout';

/** What Tab stops at. */
const STOPS =
  'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex="0"]';

/**
 * Makes an element a stop of Tab while it scrolls and holds none itself, then a region with this name. Without a name it
 * has a role and a name of its own.
 */
export const scrolls = (label?: string) => (element: HTMLElement) => {
  const before = element.getAttribute('tabindex');

  function set(stop: boolean): void {
    if (stop === 'scrolls' in element.dataset) return;
    const values: [string, string | null][] = [
      ['data-scrolls', stop ? '' : null],
      ['tabindex', stop ? '0' : before],
      ...(label === undefined
        ? []
        : ([
            ['role', stop ? 'region' : null],
            ['aria-label', stop ? label : null],
          ] as [string, string | null][])),
    ];
    for (const [name, value] of values)
      if (value === null) element.removeAttribute(name);
      else element.setAttribute(name, value);
  }

  function look(): void {
    const inside = [...element.querySelectorAll(STOPS)].some((stop) => stop.checkVisibility());
    const { scrollHeight, clientHeight, scrollWidth, clientWidth } = element;
    const stop = !inside && (scrollHeight > clientHeight || scrollWidth > clientWidth);
    // The focus would be lost; it is looked at again when that has gone.
    if (stop || document.activeElement !== element) set(stop);
  }

  const end = onLayout(look);
  element.addEventListener('blur', look);
  return () => {
    end();
    element.removeEventListener('blur', look);
    set(false);
  };
};

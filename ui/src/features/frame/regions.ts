// The regions of the window: F6 goes round them, and the focus never gets lost between them.

import { tick } from 'svelte';

const REGIONS = [
  '[data-region=rail]',
  '[data-region=header]',
  'main',
  '[data-region=actions]',
  '[data-region=toast]',
  '[data-region=status]',
];

const CONTROLS = 'a[href], button, input, select, textarea, [tabindex="0"]';

const seen = (element: HTMLElement): boolean => element.checkVisibility();

export function nextRegion(back: boolean): void {
  const places = REGIONS.flatMap(
    (selector) => document.querySelector<HTMLElement>(selector) ?? [],
  ).filter(seen);
  const at = places.findIndex((place) => place.contains(document.activeElement));
  const step = back ? -1 : 1;
  const next = places[at < 0 ? 0 : (at + step + places.length) % places.length];
  const controls = [...(next?.querySelectorAll<HTMLElement>(CONTROLS) ?? [])];
  (controls.find(seen) ?? next)?.focus();
}

/** Presses what the page marks with a shortcut, such as its main button; whether there is anything. */
export function press(keys: string, otherwise?: string): boolean {
  const marked = document.querySelectorAll<HTMLElement>(`.screen [aria-keyshortcuts~="${keys}"]`);
  const control =
    [...marked].find(seen) ??
    (otherwise ? document.querySelector<HTMLElement>(otherwise) : undefined);
  control?.click();
  return control !== undefined && control !== null;
}

/** Marks a place where one control stands in for another, such as the account for "Add account…". */
const STAND_IN = '[data-stand-in]';

/** The one that had the focus last, dialogs aside. */
let place: Element | null = null;

const standIn = (at: Element | null): HTMLElement | undefined =>
  at?.isConnected ? [...at.querySelectorAll<HTMLElement>(CONTROLS)].find(seen) : undefined;

/** After `close`: where another control stands by now in place of the one that opened the dialog, that has the focus. */
export async function closeTo(close: () => void): Promise<void> {
  const opener = place;
  close();
  await tick();
  if (document.activeElement?.id === 'page-title') standIn(opener)?.focus();
}

/**
 * When what has the focus goes away and nobody takes care of it, the row that took its place gets it, or the
 * page's title. Returns how to stop.
 */
export function keepFocus(): () => void {
  let last: HTMLElement | undefined;
  let rows: Element | undefined;
  let at = 0;
  let frame = 0;

  function note(event: FocusEvent) {
    last = event.target instanceof HTMLElement ? event.target : undefined;
    const row = last?.closest('li, tr');
    rows = row?.parentElement ?? undefined;
    at = row && rows ? [...rows.children].indexOf(row) : 0;
    if (!last?.closest('dialog')) place = last?.closest(STAND_IN) ?? null;
  }

  function mend() {
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    const row = rows?.isConnected ? rows.children[Math.min(at, rows.children.length - 1)] : null;
    const dialog = document.querySelector<HTMLElement>('dialog[open]');
    const within = dialog?.querySelector<HTMLElement>(CONTROLS);
    const next = standIn(place) ?? row?.querySelector<HTMLElement>(CONTROLS) ?? within;
    (next ?? document.getElementById('page-title'))?.focus();
  }

  const watcher = new MutationObserver(() => {
    if (!last || last.isConnected) return;
    cancelAnimationFrame(frame);
    // Whoever took it away may have a better place for the focus.
    frame = requestAnimationFrame(mend);
  });
  document.addEventListener('focusin', note);
  watcher.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener('focusin', note);
    watcher.disconnect();
    cancelAnimationFrame(frame);
  };
}

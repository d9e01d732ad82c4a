// What the keys do on every page. What belongs to one page is marked there by `aria-keyshortcuts`.

import type { Shell } from '../../shell/context';
import { overlay } from '../../shell/overlay.svelte';
import type { Route } from '../../shell/router.svelte';
import { jobOf, router } from '../../shell/router.svelte';
import { nextRegion, press } from './regions';
import { scrollPage } from './scroll-keys';

/** As they come with and without Shift, from both parts of the keyboard. */
const ZOOM: Record<string, 1 | -1 | 0> = { '=': 1, '+': 1, '-': -1, _: -1, '0': 0 };

const PAGES: Record<string, Route> = {
  '1': { page: 'publish' },
  '2': { page: 'activity' },
  '4': { page: 'install' },
  '6': { page: 'accounts', account: '' },
  '7': { page: 'settings', section: 'general' },
  ',': { page: 'settings', section: 'general' },
};

/** Pauses the job of the page, or the only one; goes on with it if it is paused. */
function pauseOrResume({ activity, host }: Shell): void {
  const shown = jobOf(router.current);
  const job =
    activity.active.find((row) => row.id === shown) ??
    (activity.active.length === 1 ? activity.active[0] : undefined);
  if (!job) return;
  if (['paused', 'pausing'].includes(job.progress.state)) void activity.resume(job.id);
  else void host.pauseJob(job.id);
}

/** Runs the checks again, or reads the list again. */
function lookAgain({ publish, activity, accounts }: Shell): void {
  if (router.current.page === 'publish' && publish.opened) void publish.check(true);
  if (router.current.page === 'activity') void activity.load();
  if (router.current.page === 'accounts') {
    const account = accounts.shown(router.current.account);
    if (account) void accounts.verify(account.id);
  }
}

/** With Ctrl or Cmd; whether the key is ours. */
function command(event: KeyboardEvent, shell: Shell): boolean {
  const { publish, settings } = shell;
  const key = event.key.toLowerCase();
  const page = PAGES[key];
  const zoom = ZOOM[key];
  if (event.shiftKey && key === 'c') return press('Control+Shift+C');
  if (key === 'k') overlay.open = 'palette';
  else if (key === '/') overlay.open = 'shortcuts';
  else if (key === '.') pauseOrResume(shell);
  else if (key === 'enter') return press('Control+Enter', 'main .button.primary');
  else if (key === 'o') {
    router.go({ page: 'publish' });
    void publish.choose();
  } else if (key === 'f') document.querySelector<HTMLElement>('[type=search]')?.focus();
  else if (page) router.go(page);
  else if (zoom !== undefined) void settings.zoom(zoom);
  else return false;
  return true;
}

export const shortcuts = (shell: Shell) => (event: KeyboardEvent) => {
  const control = (event.ctrlKey || event.metaKey) && !event.altKey;
  // Loading the page anew would lose what was typed, whatever lies over it.
  if ((control && event.key.toLowerCase() === 'r') || event.key === 'F5') {
    event.preventDefault();
    if (!document.querySelector('dialog[open]')) lookAgain(shell);
    return;
  }
  if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
  if (event.key === 'F6') nextRegion(event.shiftKey);
  else if (event.altKey && event.key === 'ArrowLeft') history.back();
  else if (event.altKey && event.key === 'ArrowRight') history.forward();
  else if (!control) {
    if (!scrollPage(event)) return;
  } else if (!command(event, shell)) return;
  event.preventDefault();
};

// The way into the sheet that copies; it lies over whatever page one is on.

import { overlay } from './overlay.svelte';

/** What is copied: the repository with its registry, and tags that are chosen already. Nothing: it is typed there. */
export function copyTo(from = '', tags: string[] = []): void {
  overlay.copy = { from, tags };
  overlay.open = 'copy';
}

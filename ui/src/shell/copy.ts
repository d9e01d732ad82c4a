// The way into the sheet that copies; it lies over whatever page one is on.

import type { CopyView } from '../bindings/view';
import { overlay } from './overlay.svelte';

/** What is copied: the repository with its registry, and tags that are chosen already. Nothing: it is typed there. */
export function copyTo(from = '', tags: string[] = []): void {
  overlay.copy = { from, tags };
  overlay.open = 'copy';
}

/** The sheet as it was for an earlier copy, or for some of its tags. */
export function copyAgain(copy: CopyView, tags = copy.tags.map(({ tag }) => tag)): void {
  const [first] = copy.tags;
  const isRenamed = copy.tags.length === 1 && first !== undefined && first.source !== first.tag;
  const sign = first?.source.includes(':') ? '@' : ':';
  overlay.copy = isRenamed
    ? { from: copy.from + sign + first.source, tags: [], to: `${copy.to}:${first.tag}` }
    : { from: copy.from, tags, to: copy.to };
  overlay.open = 'copy';
}

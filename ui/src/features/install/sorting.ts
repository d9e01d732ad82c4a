// Tags in the order that somebody wants. Which version number is higher, Rust says.

import type { TagRow } from '../../bindings/view';
import { i18n } from '../../i18n/index.svelte';

export const SORTS = ['newest', 'oldest', 'version', 'name'] as const;
export type Sort = (typeof SORTS)[number];

/** The rows whose tags or digest have these letters. */
export function found(rows: TagRow[], words: string): TagRow[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return rows;
  const has = (text: string | null) => text?.toLowerCase().includes(wanted) ?? false;
  return rows.filter((row) => row.tags.some(has) || has(row.digest));
}

/** They come the newest first. What has no date stands behind what has one either way. */
export function sorted(rows: TagRow[], by: Sort): TagRow[] {
  switch (by) {
    case 'newest':
      return rows;
    case 'oldest': {
      const dated = rows.filter((row) => row.created !== null);
      return [...dated.reverse(), ...rows.filter((row) => row.created === null)];
    }
    case 'version':
      return [...rows].sort((one, other) => one.rank - other.rank);
    case 'name': {
      const compare = new Intl.Collator(i18n.language, { numeric: true });
      const name = (row: TagRow) => row.tags[0] ?? '';
      return [...rows].sort((one, other) => compare.compare(name(one), name(other)));
    }
  }
}

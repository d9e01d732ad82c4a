// What a job does decides about its words.

import type { JobKind } from '../bindings/view';
import type { Key, Values } from '../i18n/index.svelte';
import { maybe, t } from '../i18n/index.svelte';

/** The text of `key` for a job of this kind: pulls, copies and builds have one of their own where it differs. */
export const ofKind = (kind: JobKind, key: Key, values: Values = {}): string =>
  own(kind, key, values) ?? t(key, values);

function own(kind: JobKind, key: Key, values: Values): string | undefined {
  if (kind === 'install') return maybe(`${key}.install`, values);
  if (kind === 'build') return maybe(`${key}.build`, values);
  return kind === 'copy' ? maybe(`${key}.copy`, values) : undefined;
}

/** What stands for a job that moves bytes. */
export const ICONS = {
  publish: 'upload',
  install: 'download',
  copy: 'copy',
  build: 'tools',
} as const;

// What a job does decides about its words.

import type { JobKind } from '../bindings/view';
import type { Key, Values } from '../i18n/index.svelte';
import { maybe, t } from '../i18n/index.svelte';

/** The text of `key` for a job of this kind: pulls have one of their own where it differs. */
export const ofKind = (kind: JobKind, key: Key, values: Values = {}): string =>
  (kind === 'install' ? maybe(`${key}.install`, values) : undefined) ?? t(key, values);

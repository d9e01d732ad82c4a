// The words of a failure, by its code. Sizes among the values are shown as sizes.

import type { FailureView } from '../bindings/view';
import type { Key } from '../i18n/index.svelte';
import { t } from '../i18n/index.svelte';
import { bytes, shortDigest } from './format';

const SIZES = new Set(['at', 'size', 'max', 'need', 'free']);
const DIGESTS = new Set(['expected', 'found']);

export function values(params: Partial<Record<string, string>>): Record<string, string> {
  const shown = Object.entries(params).map(([name, value = '']) => {
    if (SIZES.has(name) && /^\d+$/.test(value)) return [name, bytes(Number(value))];
    if (DIGESTS.has(name) && value.includes(':')) return [name, shortDigest(value)];
    return [name, value];
  });
  const all = Object.fromEntries(shown) as Record<string, string>;
  // Sentences that name what is not known read on without it.
  for (const name of ['registry', 'owner', 'username', 'package', 'host']) all[name] ??= '…';
  return all;
}

export const failureTitle = (failure: FailureView): string =>
  t(`${failure.code}.title` as Key, values(failure.params));

export const cause = (failure: FailureView): string =>
  t(`${failure.code}.cause` as Key, values(failure.params));

export const who = (failure: FailureView): string =>
  t(`${failure.code}.who` as Key, values(failure.params));

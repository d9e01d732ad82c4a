// The words of a failure, by its code. Sizes among the values are shown as sizes.

import type { Code, FailureView } from '../bindings/view';
import type { Key } from '../i18n/index.svelte';
import { maybe, t } from '../i18n/index.svelte';
import { bytes, commas, sentences, shortDigest } from './format';

const SIZES = new Set(['at', 'size', 'max', 'limit', 'need', 'free']);
const DIGESTS = new Set(['expected', 'found']);
const LISTS = new Set(['scopes', 'platforms', 'present', 'missing']);

export function values(params: Partial<Record<string, string>>): Record<string, string> {
  const shown = Object.entries(params).map(([name, value = '']) => {
    if (SIZES.has(name) && /^\d+$/.test(value)) return [name, bytes(Number(value))];
    if (LISTS.has(name)) return [name, commas(...value.split(', '))];
    if (DIGESTS.has(name) && value.includes(':')) return [name, shortDigest(value)];
    return [name, value];
  });
  const all = Object.fromEntries(shown) as Record<string, string>;
  // Sentences that name what is not known read on without it.
  for (const name of ['registry', 'owner', 'username', 'package', 'host', 'proxy'])
    all[name] ??= '…';
  return all;
}

/** Failures that are of whoever was asked in the end, where the registry led to another host. */
const ASKED = new Set<Code>([
  'badAnswer',
  'registryFault',
  'rateLimited',
  'notFound',
  'denied.other',
]);

export function failureTitle({ code, params }: FailureView): string {
  const shown = values(params);
  const { asked } = params;
  return t(
    `${code}.title` as Key,
    asked && ASKED.has(code) ? { ...shown, registry: asked } : shown,
  );
}

/** One part of what is said. A value has a text of its own by its name and what it is, or by its name alone. */
function sentence({ code, params }: FailureView, part: 'cause' | 'why' | 'who'): string {
  const key = `${code}.${part}`;
  const given = Object.entries(params).filter(([, value]) => value);
  const own = given.flatMap(([name, value]) => [`${key}.${name}.${value}`, `${key}.${name}`]);
  const shown = values(params);
  const texts = [...own, key].map((key) => maybe(key, shown));
  return texts.find((text) => text !== undefined) ?? '';
}

/** Why it happened, in one sentence. */
export const cause = (failure: FailureView): string => sentence(failure, 'cause');

/** What is behind the cause, where there is more to say. */
export function why(failure: FailureView): string {
  const { params } = failure;
  const ledThere = params['asked'] ? t('failed.ledThere', values(params)) : '';
  return sentences(ledThere, sentence(failure, 'why'));
}

export const who = (failure: FailureView): string => sentence(failure, 'who');

/** How bad it is: it may pass by itself, it was wanted, or somebody has to do something. */
export function severity({ code }: FailureView): 'waiting' | 'cancelled' | 'refused' {
  if (code === 'cancelled') return 'cancelled';
  return PASSING.has(code) ? 'waiting' : 'refused';
}

const PASSING = new Set<FailureView['code']>([
  'rateLimited',
  'registryFault',
  'network.unknownHost',
  'network.unreachable',
  'network.timeout',
]);

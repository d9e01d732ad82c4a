// The words of a failure, by its code. Sizes among the values are shown as sizes.

import { ABOUT, OF_ASKED, SHOWN } from '../bindings/params';
import type { CheckView, Code, FailureView, FindingView } from '../bindings/view';
import type { Key } from '../i18n/index.svelte';
import { maybe, t } from '../i18n/index.svelte';
import { bytes, commas, day, duration, sentences, shortDigest } from './format';

const ways: Record<(typeof SHOWN)[keyof typeof SHOWN], (value: string) => string> = {
  bytes: (value) => bytes(Number(value)),
  seconds: (value) => duration(Number(value)),
  date: (value) => day(Number(value)),
  list: (value) => commas(...value.split(', ')),
  // A word stands in place of one that is not there.
  digest: (value) => (value.includes(':') ? shortDigest(value) : value),
};

const shown = (name: string, value: string): string =>
  name in SHOWN ? ways[SHOWN[name as keyof typeof SHOWN]](value) : value;

export function values(
  params: FailureView['params'] | CheckView['params'] | FindingView['params'],
): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, value] of Object.entries<string | undefined>(params))
    if (value !== undefined) all[name] = shown(name, value);
  // Sentences that name what is not known read on without it.
  for (const name of ABOUT) all[name] ??= '…';
  return all;
}

const ASKED = new Set<Code>(OF_ASKED);

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
  const ledThere = params.asked ? t('failed.ledThere', values(params)) : '';
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

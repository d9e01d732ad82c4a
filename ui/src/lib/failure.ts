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

/** One sentence. */
export function cause({ code, params }: FailureView): string {
  if (code === 'network.plainHttp' && params['realm'])
    return t('network.plainHttp.cause.realm', values(params));
  if (code === 'realm.elsewhere' && params['builtIn'])
    return t('realm.elsewhere.cause.builtIn', values(params));
  if (code === 'denied.orgCreate' && params['token'] !== 'app')
    return t('denied.orgCreate.cause.person', values(params));
  if (code === 'blobMissing' && !params['layer']) return t('blobMissing.cause.someLayer');
  if (code === 'network.proxyRefused' && params['away'])
    return t('network.proxyRefused.cause.away', values(params));
  if (code === 'network.proxyRefused' && params['status'])
    return t('network.proxyRefused.cause.status', values(params));
  const kind =
    code === 'file.other' ? maybe(`file.other.cause.${params['kind']}`, values(params)) : undefined;
  return kind ?? t(`${code}.cause` as Key, values(params));
}

/** What is behind the cause, where there is more to say. */
export function why({ code, params }: FailureView): string {
  const shown = values(params);
  const behind =
    code === 'network.tls' && params['reason']
      ? t(`network.tls.why.${params['reason']}` as Key)
      : (maybe(`${code}.why`, shown) ?? '');
  return sentences(params['asked'] ? t('failed.ledThere', shown) : '', behind);
}

export const who = ({ code, params }: FailureView): string =>
  code === 'network.plainHttp' && params['realm']
    ? t('network.plainHttp.who.realm', values(params))
    : code === 'realm.elsewhere' && params['builtIn']
      ? t('realm.elsewhere.who.builtIn')
      : t(`${code}.who` as Key, values(params));

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

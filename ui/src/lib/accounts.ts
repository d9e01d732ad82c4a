// How accounts, their states and the life of their tokens read, wherever the page speaks of them.

import type { Account, AccountSource, AccountWay, FoundView, SignInHost } from '../bindings/view';
import type { Key } from '../i18n/index.svelte';
import { maybe, t } from '../i18n/index.svelte';
import { ago, day, locale } from './format';

const DAY_MS = 86_400_000;
/** From here on the end of a token is news, days. */
export const SOON = 7;

const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);

/** Nights until the token ends: 0 is today. Negative: it ended. None: it never ends, or nobody knows. */
export function daysLeft({ state, expiresAt }: Account, now = Date.now()): number | undefined {
  if (state === 'expired') return -1;
  if (expiresAt === null) return undefined;
  const end = expiresAt * 1000;
  if (end <= now) return -1;
  // Days with a change of the clock are an hour shorter or longer.
  return Math.round((midnight(end) - midnight(now)) / DAY_MS);
}

/** `Token valid for 23 days`; nothing where no end is known. */
export function lifeWords(account: Account): string {
  if (offersReplacing(account) && account.state !== 'expired')
    return t(`accounts.chip.${account.state}`);
  const days = daysLeft(account);
  if (days === undefined) return '';
  if (days < 0) return t('life.expired');
  if (days === 0) return t('life.today');
  return days === 1 ? t('life.tomorrow') : t('life.days', { n: days });
}

export const list = (names: string[]): string =>
  new Intl.ListFormat(locale(), { type: 'conjunction' })
    .formatToParts(names)
    // Between Chinese and Latin letters there is a space.
    .map(({ type, value }) => (type === 'literal' && value === '和' ? ' 和 ' : value))
    .join('');

/** `Token (classic)`, or where it was found. */
export const kindWords = ({ kind, source }: Account): string =>
  maybe(`accounts.way.${source.way}`) ?? t(`accounts.kind.${kind}`);

/** Where tokens are found, as labels. */
const PLACES: Partial<Record<AccountWay, Key>> = {
  environment: 'add.environment',
  docker: 'accounts.place.docker',
  podman: 'accounts.place.podman',
  gitHubCli: 'add.gitHubCli',
};

/** Where on this computer it was found: a label. */
export function placeWords({ way, name }: AccountSource): string {
  const key = PLACES[way];
  if (!key) return name;
  return name ? t('accounts.place', { place: t(key), name }) : t(key);
}

/** The button that signs in with a login of another program. */
export function offeredWords({ username, source }: FoundView): string {
  const key = PLACES[source.way];
  const place = key ? t(key) : source.name;
  return username ? t('offered.use', { username, place }) : t('offered.useLogin', { place });
}

/** What became of the last check, in one sentence. */
export function stateWords(account: Account, hosts: SignInHost[]): string {
  const { state, host, kind, registries, expiresAt } = account;
  switch (state) {
    case 'accepted': {
      const github = hosts.find(({ name }) => name === host)?.github;
      return t('accounts.state.accepted', {
        hosts: list([...registries, ...(github ? [t('accounts.api')] : [])]),
      });
    }
    case 'scopeMissing': {
      const scope = account.tasks.find(({ task }) => task === 'publish')?.scope;
      return t('accounts.state.scopeMissing', { scope: scope ?? 'write:packages' });
    }
    case 'expired':
      return expiresAt === null
        ? t('accounts.state.expired')
        : t('check.token.expired.fact', { date: day(expiresAt) });
    case 'unsuitable':
      return t(kind === 'fineGrained' ? 'add.check.fineGrained' : 'accounts.state.unsuitable');
    default:
      return t(`accounts.state.${state}`, { host });
  }
}

/** The last try reached nobody: of when it is, what is shown. */
export const offlineWords = ({ host, checkedAt }: Account): string =>
  checkedAt === null
    ? t('accounts.offlineNever', { host })
    : t('accounts.offline', { host, ago: ago(checkedAt) });

/** What the system tells of a token that ends soon; `due`: days before its end. */
export function expiryNotice(account: Account, due: number): { title: string; body: string } {
  const { username, host } = account;
  const days = daysLeft(account) ?? due;
  const title =
    days > 1
      ? t('notify.expiry.days', { username, n: days })
      : t(days === 1 ? 'notify.expiry.tomorrow' : 'notify.expiry.today', { username });
  return { title, body: t('notify.expiry.text', { host }) };
}

/** Only another token helps. */
export const offersReplacing = (
  account: Account,
): account is Account & { state: 'expired' | 'revoked' | 'unsuitable' | 'secretMissing' } =>
  ['expired', 'revoked', 'unsuitable', 'secretMissing'].includes(account.state);

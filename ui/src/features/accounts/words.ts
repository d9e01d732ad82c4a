// How accounts, their states and the life of their tokens read.

import type {
  Account,
  AccountSource,
  AccountState,
  FoundView,
  AccountWay,
  SignInHost,
  TokenTask,
} from '../../bindings/view';
import type { Key } from '../../i18n/index.svelte';
import { i18n, maybe, t } from '../../i18n/index.svelte';
import { ago, day, locale } from '../../lib/format';

const DAY_MS = 86_400_000;
/** From here on the end of a token is news, days. */
export const SOON = 7;
/** Farther away than this the end of a token is no fact for a chip, days. */
const NEAR = 30;

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

/** The token ends within days, and nothing worse is the matter. */
export const endsSoon = (account: Account): boolean => {
  const days = daysLeft(account);
  return account.state === 'accepted' && days !== undefined && days <= SOON;
};

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

/** The title of the card: `Expires in 23 days`. */
export function expiryWords(account: Account): string {
  const days = daysLeft(account);
  if (days === undefined) return t('accounts.expires.never');
  if (days < 0) return t('accounts.expires.over');
  if (days === 0) return t('accounts.expires.today');
  return days === 1 ? t('accounts.expires.tomorrow') : t('accounts.expires.in', { n: days });
}

/** `The token expires in 5 days.` */
export function soonWords(account: Account): string {
  const days = daysLeft(account) ?? 0;
  if (days === 0) return t('accounts.today');
  return days === 1 ? t('accounts.tomorrow') : t('check.token.expiring.fact', { n: days });
}

export const list = (names: string[]): string =>
  new Intl.ListFormat(locale(), { type: 'conjunction' })
    .formatToParts(names)
    // Between Chinese and Latin letters there is a space.
    .map(({ type, value }) => (type === 'literal' && value === '和' ? ' 和 ' : value))
    .join('');

/** What it is called in lists: a token of the environment by its variable. */
export const title = ({ username, source }: Account): string =>
  source.way === 'environment' && source.name ? source.name : username;

/** `Token (classic)`, or where it was found. */
export const kindWords = ({ kind, source }: Account): string =>
  maybe(`accounts.way.${source.way}`) ?? t(`accounts.kind.${kind}`);

/** The line under its title in the list. */
export function listWords(account: Account): string {
  const kind = kindWords(account);
  const { username } = account;
  return title(account) === username ? kind : t('accounts.place', { place: kind, name: username });
}

/** `github.com, token (classic)` */
export function aboutWords(account: Account): string {
  const kind = kindWords(account);
  const { way, name } = account.source;
  const about = t('accounts.about', {
    host: account.host,
    kind: kind.slice(0, 1).toLocaleLowerCase(i18n.language) + kind.slice(1),
  });
  // What was found here names its place; what was handed over has none.
  return name && maybe(`accounts.way.${way}`) ? `${about} (${name})` : about;
}

/** What tokens are for in this window, each with the scope that it takes. Elsewhere they can do more. */
export const TASKS = [
  ['publish', 'write:packages'],
  ['legacy', 'repo'],
  ['organizations', 'read:org'],
] as const satisfies [TokenTask, string][];
export type WindowTask = (typeof TASKS)[number][0];
export const isWindows = (task: TokenTask): task is WindowTask =>
  TASKS.some(([known]) => known === task);

/** `Publish to ghcr.io`; `registries`: of the host, the older one last. */
export const taskWords = (task: WindowTask, [registry = '', legacy = '']: string[]): string =>
  t(`accounts.task.${task}`, { registry: task === 'legacy' ? legacy : registry });

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

export interface Chip {
  look: '' | 'success' | 'attention' | 'danger' | 'outline';
  text: string;
}

const CHIPS: Record<Exclude<AccountState, 'accepted'>, Chip['look']> = {
  notChecked: 'outline',
  scopeMissing: 'attention',
  expired: 'danger',
  revoked: 'danger',
  unsuitable: 'danger',
  secretMissing: 'danger',
  locked: 'attention',
};

export function chip(account: Account, checking: boolean): Chip {
  if (checking) return { look: 'outline', text: t('accounts.chip.checking') };
  if (account.state !== 'accepted')
    return { look: CHIPS[account.state], text: t(`accounts.chip.${account.state}`) };
  const days = daysLeft(account);
  if (days === undefined || days > NEAR) return { look: 'success', text: t('accounts.chip.valid') };
  if (days < 0) return { look: 'danger', text: t('accounts.chip.expired') };
  const text = days === 0 ? t('accounts.chip.today') : t('accounts.chip.days', { n: days });
  return { look: days <= SOON ? 'attention' : '', text };
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

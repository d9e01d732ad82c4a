// How accounts read on their own page and in its dialogs; what other pages say of them is in `lib/accounts.ts`.

import type { Account, AccountState, TokenTask } from '../../bindings/view';
import { i18n, maybe, t } from '../../i18n/index.svelte';
import { daysLeft, kindWords, SOON } from '../../lib/accounts';

/** Farther away than this the end of a token is no fact for a chip, days. */
const NEAR = 30;

/** The token ends within days, and nothing worse is the matter. */
export const endsSoon = (account: Account): boolean => {
  const days = daysLeft(account);
  return account.state === 'accepted' && days !== undefined && days <= SOON;
};

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

/** What it is called in lists: a token of the environment by its variable. */
export const title = ({ username, source }: Account): string =>
  source.way === 'environment' && source.name ? source.name : username;

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

// The ways into the dialogs about accounts; they lie over whatever page one is on, and lead back there.

import type { Host } from '../backend/host';
import type { Account } from '../bindings/view';
import type { AccountsModel } from './accounts.svelte';
import type { Wish } from './overlay.svelte';
import { overlay } from './overlay.svelte';

export function addAccount(wish: Wish = {}): void {
  overlay.account = wish;
  overlay.open = 'account';
}

export const replaceToken = (id: string, ondone?: (id: string) => void): void =>
  addAccount({ replace: id, ...(ondone ? { ondone } : {}) });

/** Renews a token: GitHub gives it a new life on its page, and a new value with it, which Slipway then takes. */
export function renew(host: Host, { id, kind }: Account): void {
  // A browser sign-in is renewed by signing in with the browser.
  if (kind !== 'browser') void host.openAccountPage({ page: 'tokens', account: id });
  replaceToken(id);
}

/** Chooses among the accounts of a registry, or adds the first one. */
export function chooseAccount(
  accounts: AccountsModel,
  registry: string,
  ondone: (id: string) => void = () => undefined,
): void {
  if (accounts.at(registry).length < 2) return addAccount({ registry, ondone });
  overlay.account = { registry, ondone };
  overlay.open = 'chooseAccount';
}

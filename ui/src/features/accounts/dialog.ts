// The ways into the dialogs about accounts; they lie over whatever page one is on, and lead back there.

import type { FileId, HeldToken } from '../../bindings/view';
import { overlay } from '../frame/overlay.svelte';
import type { AccountsModel } from './accounts.svelte';

/** What the dialog is opened for. */
export interface Wish {
  /** The host to begin with; the first one if neither this nor `registry` is given. */
  host?: string;
  /** A registry whose host to begin with. */
  registry?: string;
  /** The account whose token is replaced; none: a new account. */
  replace?: string;
  /** The token is for the older registry as well. */
  legacy?: boolean;
  /** A token that was read from a file already, and waits in Rust for the first host. */
  held?: HeldToken;
  /** That file: for another host it is read again. */
  dropped?: FileId;
  /** The account is there. */
  ondone?: (id: string) => void;
}

export function addAccount(wish: Wish = {}): void {
  overlay.account = wish;
  overlay.open = 'account';
}

export const replaceToken = (id: string, ondone?: (id: string) => void): void =>
  addAccount({ replace: id, ...(ondone ? { ondone } : {}) });

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

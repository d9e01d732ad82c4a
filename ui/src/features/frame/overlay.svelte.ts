// What lies over the page: one thing at a time.

import type { Wish } from '../accounts/dialog';

interface Overlay {
  open: 'palette' | 'shortcuts' | 'help' | 'closing' | 'account' | 'chooseAccount' | undefined;
  /** What the dialogs about accounts are opened for. */
  account: Wish;
}

export const overlay = $state<Overlay>({ open: undefined, account: {} });

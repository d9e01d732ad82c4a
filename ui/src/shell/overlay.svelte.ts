// What lies over the page: one thing at a time.

import type { FileId, HeldToken } from '../bindings/view';

/** What a dialog about accounts is opened for. */
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

/** What the sheet that copies begins with. */
export interface CopyWish {
  /** Registry and path; empty: it is typed in the sheet. */
  from: string;
  /** Tags that are chosen already. */
  tags: string[];
  /** Where it goes, as far as that is typed already. */
  to?: string;
}

interface Overlay {
  open:
    'palette' | 'shortcuts' | 'help' | 'closing' | 'account' | 'chooseAccount' | 'copy' | undefined;
  account: Wish;
  copy: CopyWish;
}

export const overlay = $state<Overlay>({
  open: undefined,
  account: {},
  copy: { from: '', tags: [] },
});

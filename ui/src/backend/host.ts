// What the page asks of its host. Two hosts exist: the window (`tauri.ts`) and a stand-in for tests and
// development (`fake.ts`). Nothing else in the page knows which one it has.

import type { Commands } from '../bindings/commands';
import type { AccountsView, DragView, FailureView, JobId } from '../bindings/view';

/** The commands, and what the host tells by itself. A rejected promise carries a `FailureView`; see `failureOf`. */
export interface Host extends Commands {
  /** Accounts were checked in the background. Returns how to stop listening. */
  onAccounts(listener: (accounts: AccountsView) => void): Promise<() => void>;
  /** A host has kept silent for two seconds, or nobody does any longer. Returns how to stop listening. */
  onSilence(listener: (host: string | null) => void): Promise<() => void>;
  /** The window is to be closed while jobs run, and nothing was chosen for that. Returns how to stop listening. */
  onClosing(listener: () => void): Promise<() => void>;
  /** Another start handed a file over: it waits to be opened. Returns how to stop listening. */
  onArgument(listener: () => void): Promise<() => void>;
  /** A notification of a job was clicked. Returns how to stop listening. */
  onOpenJob(listener: (job: JobId) => void): Promise<() => void>;
  /** A notification of an account was clicked. Returns how to stop listening. */
  onOpenAccount(listener: (id: string) => void): Promise<() => void>;
  /** Files over the window. Returns how to stop listening. */
  onDrag(listener: (view: DragView) => void): Promise<() => void>;
}

/** What a rejected promise of a host carries. */
export function failureOf(reason: unknown): FailureView {
  if (typeof reason === 'object' && reason !== null && 'code' in reason && 'message' in reason) {
    return reason as FailureView;
  }
  return {
    code: 'internal',
    message: String(reason),
    params: {},
    retry: 'yes',
    help: [],
    technical: null,
  };
}

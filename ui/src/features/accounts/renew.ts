// Renewing a token: GitHub gives it a new life on its page, and a new value with it, which Slipway then takes.

import type { Host } from '../../backend/host';
import type { Account } from '../../bindings/view';
import { replaceToken } from './dialog';

export function renew(host: Host, { id, kind }: Account): void {
  // A browser sign-in is renewed by signing in with the browser.
  if (kind !== 'browser') void host.openAccountPage({ page: 'tokens', account: id });
  replaceToken(id);
}

// Accounts to look at: `?fake=accounts`, and with `&state=…`, `&keychain=…`, `&offline` or `&none` how they differ.

import type { AccountState, KeychainState } from '../bindings/view';
import type { FakeHost } from './fake';
import { account, ENTERPRISE, found, OTHER, pictured } from './fake-accounts';

const DAY = 86_400;
const now = Math.floor(Date.now() / 1000);

// A record, so that a state that is added later is not forgotten here.
const STATES = Object.keys({
  notChecked: 0,
  accepted: 0,
  scopeMissing: 0,
  expired: 0,
  revoked: 0,
  unsuitable: 0,
  secretMissing: 0,
  locked: 0,
} satisfies Record<AccountState, number>) as AccountState[];

function around(host: FakeHost): void {
  host.signInHosts = [...host.signInHosts, ENTERPRISE, OTHER];
  host.found = found;
  host.held = { id: 7, check: { kind: 'classic', verdict: 'complete' }, file: 'TOKEN.txt' };
}

/** One account in each state, and one whose end is near. */
export function everyAccount(host: FakeHost): void {
  around(host);
  host.keychain = { state: 'locked', package: '' };
  host.have(
    ...STATES.map((state, index) =>
      account(`user-${state}`, {
        state,
        isDefault: state === 'accepted',
        expiresAt: state === 'expired' ? now - DAY : null,
        surplus: ['repo'],
        offline: index === 1,
        signOn: [
          { organization: 'octo-org', authorized: true },
          { organization: 'octo-labs', authorized: false },
        ],
      }),
    ),
    account('soon', { expiresAt: now + 5 * DAY, expiryDue: 7, storage: { place: 'thisRun' } }),
  );
}

/** The warning that is due so many days before the end. */
const due = (days: number): number | null => [1, 7].find((warning) => days <= warning) ?? null;

export function showAccounts(host: FakeHost, asked: URLSearchParams): void {
  around(host);
  if (!asked.has('none')) host.have(...pictured());
  const state = STATES.find((it) => it === asked.get('state'));
  const days = asked.get('days');
  host.people = host.people.map((it, index) =>
    index > 0
      ? it
      : {
          ...it,
          ...(state ? { state } : {}),
          ...(days ? { expiresAt: now + Number(days) * DAY, expiryDue: due(Number(days)) } : {}),
          offline: asked.has('offline'),
        },
  );
  const keychain = asked.get('keychain') as KeychainState | null;
  if (keychain) host.keychain = { state: keychain, package: 'gnome-keyring' };
}

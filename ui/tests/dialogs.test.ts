// Dialogs end alike: what else there is at the left, then Cancel, then the one thing to do.

import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { job, result } from '../src/backend/fake';
import { account } from '../src/backend/fake-accounts';
import { overlay } from '../src/shell/overlay.svelte';
import { router } from '../src/shell/router.svelte';
import { page } from './page';

const press = async (name: string | RegExp) =>
  userEvent.click(await screen.findByRole('button', { name }));

const done = (host: FakeHost) => {
  host.view = { ...job, progress: { ...job.progress, state: 'done' }, result };
};
const muchSent = (host: FakeHost) => {
  host.view = { ...job, progress: { ...job.progress, sent: 880_000_000 } };
};
const people = (host: FakeHost) =>
  host.have(account('octocat', { isDefault: true }), account('monalisa'));

beforeEach(() => (overlay.open = undefined));

/** How each is come to, and its buttons from left to right. */
const DIALOGS: [
  dialog: string,
  at: string,
  setting: (host: FakeHost) => void,
  open: (host: FakeHost) => unknown,
  buttons: string[],
][] = [
  [
    'Paste a path',
    '#/publish',
    () => undefined,
    () => press('Paste a path'),
    ['Cancel', 'Open image'],
  ],
  [
    'Add Enterprise host',
    '#/settings/hosts',
    () => undefined,
    () => press('Add Enterprise host…'),
    ['Cancel', 'Add host'],
  ],
  ['Sign out octocat', '#/accounts', people, () => press('Sign out'), ['Cancel', 'Sign out']],
  [
    'Replace token',
    '#/accounts',
    people,
    () => press('Replace token…'),
    ['Cancel', 'Replace token'],
  ],
  [
    'Use another account',
    '#/accounts',
    people,
    () => {
      overlay.account = { registry: 'ghcr.io' };
      overlay.open = 'chooseAccount';
    },
    ['Cancel', 'Add account…'],
  ],
  [
    'Export as GitHub Actions workflow',
    '#/activity/1',
    done,
    () => press('Export as GitHub Actions workflow…'),
    ['Copy workflow', 'Cancel', 'Save…'],
  ],
  [
    'Close Slipway',
    '#/publish',
    () => undefined,
    (host) => host.closing?.(),
    ['Pause and quit', 'Cancel', 'Keep publishing in the background'],
  ],
  // To cancel is the very thing here.
  [
    'Cancel publishing',
    '#/activity/1',
    muchSent,
    () => press('Cancel'),
    ['Keep going', 'Cancel publishing'],
  ],
];

describe('a dialog', () => {
  it.each(DIALOGS)('“%s” ends in its one action', async (name, at, setting, open, buttons) => {
    location.hash = at;
    window.dispatchEvent(new HashChangeEvent('hashchange'));
    const host = page(setting);
    await screen.findByRole('heading', { level: 1 });
    await waitFor(() => expect(host.closing).toBeDefined());
    await open(host);
    const dialog = await screen.findByRole('dialog', { name });
    const footer = within(dialog).getByRole('contentinfo', { hidden: true });
    const found = within(footer).getAllByRole('button');
    expect(found.map((it) => it.getAttribute('aria-label') ?? it.textContent.trim())).toEqual(
      buttons,
    );
    await userEvent.click(found.at(-2) as HTMLElement);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('of the workflow is as wide as its lines, which are not broken', async () => {
    router.go({ page: 'job', job: 1 });
    page(done);
    await press('Export as GitHub Actions workflow…');
    const dialog = await screen.findByRole('dialog', { name: 'Export as GitHub Actions workflow' });
    expect(dialog).toHaveClass('fit');
    within(dialog).getByRole('region', { name: 'Workflow' });
  });
});

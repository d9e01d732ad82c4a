// Every worked example of a failure: the words and the buttons that people see, in order.

import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';

import type { FailureView } from '../src/bindings/view';
import type { FakeHost } from '../src/host/fake';
import { job } from '../src/host/fake';
import { failureExample, failures } from '../src/host/fake-failures';
import { i18n } from '../src/i18n/index.svelte';
import { cause } from '../src/lib/failure';
import { accessible, page } from './page';

function failed(failure: FailureView, change: (host: FakeHost) => void = () => undefined) {
  location.hash = '#/activity/1';
  return page((host) => {
    host.view = { ...job, progress: { ...job.progress, state: 'failed', sent: 0 }, failure };
    change(host);
  });
}

const list = () => screen.findByRole('list', { name: 'What you can do' });
const CHANGE = 'Change destination…';

const ROWS: [code: string, title: string, cause: string, who: string, buttons: string[]][] = [
  [
    'denied.packageRole',
    'ghcr.io refused the upload',
    'octocat can read octo-org/hello but not write it; the token is fine.',
    'An admin of the package or an owner of octo-org.',
    ['Open settings', 'Copy message', 'Use another account', CHANGE],
  ],
  [
    'denied.scope',
    'The token may not publish',
    'Publishing needs write:packages.',
    'You, on GitHub.',
    ['Add scope', 'Replace token…'],
  ],
  [
    'denied.credential',
    'GitHub no longer accepts this token',
    'It expired or was revoked.',
    'You.',
    ['Replace token…'],
  ],
  [
    'unauthenticated',
    'ghcr.io did not recognise octocat',
    'Either the token ended or GitHub has a short outage.',
    'Nobody, if it passes by itself.',
    ['Try again'],
  ],
  [
    'denied.orgCreate',
    'This token may not create packages in octo-org',
    'Tokens made for workflows may only write packages linked to their repository.',
    'An owner of octo-org.',
    ['Use another account', 'Open organization settings', 'Copy message'],
  ],
  [
    'ownerNotFound',
    'There is no owner “octo-orgg”',
    'Misspelt, renamed or deleted.',
    'You.',
    ['Use octo-org', CHANGE],
  ],
  [
    'ssoRequired',
    'octo-org wants single sign-on',
    'The token is valid but not authorized for octo-org.',
    'You, in the browser; takes a minute.',
    ['Authorize for octo-org', 'Try again'],
  ],
  [
    'blobMissing',
    'ghcr.io lost a layer before the end',
    'Layer 4 was accepted but is not there.',
    'Nobody, if it passes by itself.',
    ['Send layer 4 again'],
  ],
  [
    'legacy.nameForm',
    'docker.pkg.github.com needs three parts',
    'The repository is missing in the name.',
    'You.',
    ['Fill in Repository', 'Switch to ghcr.io'],
  ],
  [
    'legacy.unauthorized',
    'docker.pkg.github.com did not accept octocat',
    'This registry needs a sign-in even for public images, and repo beside write:packages.',
    'You.',
    ['Add scope', 'Replace token…', 'Switch to ghcr.io'],
  ],
  [
    'legacy.billing',
    'GitHub stopped this for billing',
    'The quota of the owner is used up or a payment is due.',
    'An owner with billing rights.',
    ['Open billing settings', 'Copy message'],
  ],
  [
    'legacy.plan',
    'This account’s plan has no GitHub Packages for private repositories',
    'Plans per repository do not include it.',
    'An owner of the account.',
    ['Open plan settings', CHANGE],
  ],
  [
    'legacy.nameTaken',
    'The image name is taken in this owner',
    'An image of this name belongs to another repository.',
    'You.',
    ['Try again', 'Change image name', 'Switch to ghcr.io'],
  ],
];

describe('a failure', () => {
  it.each(ROWS)('%s has its words and its buttons', async (code, title, cause, who, buttons) => {
    failed(failureExample(code));
    expect(await screen.findByText(title)).toHaveRole('alert');
    expect(screen.getByText(cause).tagName).toBe('STRONG');
    screen.getByText(who);
    screen.getByText('The file, the destination and every field. Nothing was sent.');
    const found = within(await list()).getAllByRole('button');
    expect(found.map((button) => button.textContent.trim())).toEqual(buttons);
    screen.getByRole('heading', { name: 'Failed', level: 1 });
    screen.getByRole('button', { name: 'Technical detail', expanded: true });
    screen.getByRole('button', { name: 'Copy technical detail' });
    await accessible();
  });

  it.each(['en', 'zh-CN'] as const)('has words without a gap in %s', (language) => {
    i18n.use(language);
    for (const failure of failures) expect(cause(failure)).not.toMatch(/[{}]|undefined/);
    i18n.use('en');
  });

  it('words what it only guesses as a guess', async () => {
    failed(failureExample('denied.packageRole'));
    await screen.findByText(/often gives nobody else the role Write/);
  });

  it('opens the page that helps', async () => {
    const host = failed(failureExample('denied.packageRole'));
    await userEvent.click(within(await list()).getByRole('button', { name: 'Open settings' }));
    expect(host.asked).toContainEqual({ name: 'openLink', values: ['packageSettings'] });
  });

  it('has a message for the admin: what is missing, for what, who asks, and no secret', async () => {
    const user = userEvent.setup();
    failed(failureExample('denied.packageRole'));
    await user.click(within(await list()).getByRole('button', { name: 'Copy message' }));
    const text = await navigator.clipboard.readText();
    expect(text.split('\n')).toEqual([
      `ghcr.io refused the upload: ${job.reference}`,
      'What is missing: the role Write for octocat in the package’s settings, under Manage access.',
      'Who can change it: An admin of the package or an owner of octo-org.',
      'Who asks: octocat',
      'Answer of the registry: 403 DENIED, permission_denied: write_package',
      'Request id: C559:34E8D2:158A23A:18442CA',
    ]);
    expect(text).not.toContain(job.fileName);
  });

  it('replaces the token under the same name, and tries again with everything kept', async () => {
    const host = failed(failureExample('denied.scope'));
    const signIn = vi.spyOn(host, 'signIn');
    await userEvent.click(within(await list()).getByRole('button', { name: 'Replace token…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Sign in' });
    expect(within(dialog).getByRole('textbox', { name: 'User name' })).toHaveValue('octocat');
    await userEvent.type(within(dialog).getByLabelText('Token'), 'canary-token');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Sign in' }));
    expect(signIn).toHaveBeenCalledWith('ghcr.io', 'octocat', 'canary-token');
    await screen.findByText('Signed in as octocat. Everything is kept: try again.');
    expect(document.documentElement.outerHTML).not.toContain('canary-token');
    const again = screen.getByRole('button', { name: 'Try again' });
    await waitFor(() => expect(again).toHaveFocus());
    await userEvent.click(again);
    await waitFor(() => expect(host.asked.some((it) => it.name === 'publish')).toBe(true));
    expect(host.asked.find((it) => it.name === 'publish')?.values[0]).toMatchObject({
      owner: job.draft.owner,
      versions: job.draft.versions,
    });
  });

  it('asks for another account with an empty form', async () => {
    failed(failureExample('denied.packageRole'));
    await userEvent.click(
      within(await list()).getByRole('button', { name: 'Use another account' }),
    );
    const dialog = await screen.findByRole('dialog', { name: 'Sign in' });
    expect(within(dialog).getByRole('textbox', { name: 'User name' })).toHaveValue('');
  });

  it('leads back to the form with the owner that exists', async () => {
    failed(failureExample('ownerNotFound'));
    await userEvent.click(within(await list()).getByRole('button', { name: 'Use octo-org' }));
    expect(await screen.findByRole('textbox', { name: 'Owner' })).toHaveValue('octo-org');
  });

  it('leads to the field that has to change', async () => {
    failed(failureExample('legacy.nameTaken'));
    await userEvent.click(within(await list()).getByRole('button', { name: 'Change image name' }));
    await waitFor(() => expect(screen.getByRole('textbox', { name: 'Image name' })).toHaveFocus());
    expect(screen.getByRole('textbox', { name: 'Image name' })).toHaveValue(job.draft.imageName);
  });

  it('switches the registry', async () => {
    const host = failed(failureExample('legacy.nameForm'));
    await userEvent.click(within(await list()).getByRole('button', { name: 'Switch to ghcr.io' }));
    await screen.findByRole('region', { name: 'Destination' });
    expect(host.asked.find((it) => it.name === 'switchRegistry')?.values).toEqual(['ghcr.io']);
  });

  it('tries again by itself when people come back from authorizing the token', async () => {
    const host = failed(failureExample('ssoRequired'));
    await userEvent.click(
      within(await list()).getByRole('button', { name: 'Authorize for octo-org' }),
    );
    expect(host.asked.some((it) => it.name === 'publish')).toBe(false);
    window.dispatchEvent(new Event('focus'));
    await waitFor(() => expect(host.asked.some((it) => it.name === 'publish')).toBe(true));
  });
});

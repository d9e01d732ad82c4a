// The ways in that need nothing typed: practice, and a login that is there already.

import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { job, jobRow, preflight } from '../src/backend/fake';
import { account } from '../src/backend/fake-accounts';
import type { CheckView, FoundView } from '../src/bindings/view';
import { accessible, page } from './page';

const button = (name: string | RegExp) => screen.findByRole('button', { name });
const asked = (host: FakeHost, name: string) => host.asked.filter((it) => it.name === name);
const gh: FoundView = {
  id: 41,
  source: { way: 'gitHubCli', name: 'gh, github.com' },
  host: 'github.com',
  username: 'octocat',
};

async function practising(): Promise<FakeHost> {
  const host = page();
  await userEvent.click(await button('Try it without an account'));
  await screen.findByRole('region', { name: 'Destination' });
  return host;
}

describe('practice', () => {
  it('begins beside the drop zone’s main button, and its form is the real one with a sign', async () => {
    const host = await practising();
    expect(asked(host, 'startPractice')).toHaveLength(1);
    const destination = screen.getByRole('region', { name: 'Destination' });
    const parts = destination.querySelector('.reference')?.textContent;
    expect(parts?.replace(/\s+/g, '')).toContain('ghcr.ioregistry/octocat');
    expect(within(destination).getAllByText('Practice').length).toBeGreaterThan(1);
    expect(destination).not.toHaveTextContent('127.0.0.1');
    const image = screen.getByRole('region', { name: 'Image' });
    await waitFor(() => expect(image).toHaveTextContent('Already at ghcr.io'));
    await accessible();
  });

  it('copies what leads to this computer, never to the registry that it plays', async () => {
    await practising();
    await userEvent.setup().click(await button('Copy reference'));
    expect(await navigator.clipboard.readText()).toMatch(/^127\.0\.0\.1:41234\/octocat\//);
    // What is read out is what is seen.
    const reference = screen.getByRole('status', { name: 'Full reference' });
    await waitFor(() => expect(reference).toHaveTextContent(/^ghcr\.io\/octocat\//));
  });
});

describe('what is practised', () => {
  it('has an account of its own, and gives back the owner that was typed', async () => {
    page();
    await userEvent.click(await button('Choose image…'));
    const owner = () => screen.findByRole('textbox', { name: 'Owner' });
    await userEvent.clear(await owner());
    await userEvent.type(await owner(), 'my-team');
    await userEvent.keyboard('{Control>}k{/Control}');
    await userEvent.type(
      await screen.findByRole('combobox', { name: 'Command' }),
      'practice{Enter}',
    );
    await button('Account: octocat Practice');
    await userEvent.click(await screen.findByRole('radio', { name: 'ghcr.io' }));
    expect(await owner()).toHaveValue('my-team');
    await userEvent.clear(await owner());
    await userEvent.type(await owner(), 'my-team');
    await userEvent.click(screen.getByRole('radio', { name: 'Practice' }));
    await userEvent.click(screen.getByRole('radio', { name: 'ghcr.io' }));
    expect(await owner()).toHaveValue('my-team');
  });

  it('is known as such when its job is taken up after a restart', async () => {
    const host = page((host) => {
      const now = Math.floor(Date.now() / 1000);
      const progress = { ...job.progress, state: 'done' as const };
      host.past = [jobRow(8, { practice: true, progress, ended: now - 1, verified: true })];
      host.reopenJob = async () => {
        const { opened } = await host.startPractice();
        return opened;
      };
    });
    location.hash = '#/activity';
    const list = await screen.findByRole('list', { name: /Earlier|Yesterday|\d/ });
    expect(list).toHaveTextContent('Practice');
    await userEvent.click(within(list).getByRole('button', { name: 'Publish again…' }));
    expect(await screen.findByRole('radio', { name: 'Practice' })).toBeChecked();
    expect(asked(host, 'registries').length).toBeGreaterThan(0);
  });
});

describe('the checks', () => {
  it('that passed take one line, and open on demand', async () => {
    await practising();
    const passed = preflight.checks.filter((check) => check.state === 'passed').length;
    const fold = await button(`${passed} passed`);
    expect(fold).toHaveAttribute('aria-expanded', 'false');
    const list = screen.getByRole('list', { name: 'Checks' });
    const rows = () => within(list).getAllByRole('listitem').length;
    const folded = rows();
    expect(list).not.toHaveTextContent('No foreign layers');
    await userEvent.click(fold);
    expect(rows()).toBe(folded + passed);
    expect(list).toHaveTextContent('No foreign layers');
    await userEvent.click(fold);
    expect(rows()).toBe(folded);
  });
});

describe('a login that another program keeps', () => {
  const signedOut = (host: FakeHost) => {
    host.people = [];
    host.registryViews = host.registryViews.map((it) => ({ ...it, account: null }));
    host.offered = [gh];
  };

  async function offered(change: (host: FakeHost) => void = () => undefined): Promise<FakeHost> {
    const host = page((host) => {
      signedOut(host);
      change(host);
    });
    await userEvent.click(await button('Choose image…'));
    return host;
  }

  it('is one press away in the form, and nothing is asked before', async () => {
    const host = await offered();
    const use = await button('Use octocat from GitHub CLI');
    expect(use).toHaveAccessibleDescription(/The login stays there/);
    for (const name of ['findCredentials', 'addAccount', 'verifyAccount'])
      expect(asked(host, name)).toEqual([]);
    await accessible();
    host.offered = [];
    await userEvent.click(use);
    const [added] = asked(host, 'addAccount');
    expect(added?.values[0]).toMatchObject({
      host: 'github.com',
      token: { from: 'found', id: 41 },
      keep: false,
    });
    const account = await button(/^Account: octocat github\.com/);
    await waitFor(() => expect(account).toHaveFocus());
    expect(screen.queryByRole('button', { name: 'Use octocat from GitHub CLI' })).toBeNull();
  });

  it('says why it was of no use, and is offered again', async () => {
    const host = await offered((host) => {
      host.addAccount = () =>
        Promise.reject({
          code: 'credential.unusable',
          message: 'gh failed',
          params: { reason: 'gh failed: no oauth token found' },
          retry: 'yes',
          help: [],
          technical: null,
        });
    });
    await userEvent.click(await button('Use octocat from GitHub CLI'));
    const alert = await screen.findByText(/no oauth token found/);
    expect(alert).toHaveAttribute('role', 'alert');
    expect(await button('Use octocat from GitHub CLI')).toBeEnabled();
    expect(asked(host, 'offeredLogins').length).toBeGreaterThan(1);
  });

  it('that lacks the scope says what gives it, and is fetched anew whoever comes back', async () => {
    const owner = account('octocat', {
      source: { way: 'gitHubCli', name: 'gh, github.com' },
      storage: { place: 'thisRun' },
    });
    const host = page((host) => {
      host.people = [owner];
      host.registryViews = host.registryViews.map((it) => ({
        ...it,
        account: { username: 'octocat', source: 'gh' },
      }));
      host.found = { found: [{ ...gh, id: 42 }], troubles: [] };
      const scope: CheckView = {
        id: 'token.scope',
        state: 'problem',
        params: { scope: 'write:packages', account: owner.id },
        fix: null,
        field: null,
      };
      host.preflight = () => Promise.resolve({ ...preflight, checks: [scope] });
    });
    const user = userEvent.setup();
    await user.click(await button('Choose image…'));
    await user.click(await button('Copy gh auth refresh -s write:packages'));
    expect(await navigator.clipboard.readText()).toBe('gh auth refresh -s write:packages');
    expect(asked(host, 'replaceToken')).toEqual([]);
    window.dispatchEvent(new Event('focus'));
    await waitFor(() =>
      expect(asked(host, 'replaceToken')[0]?.values.slice(0, 2)).toEqual([
        owner.id,
        { from: 'found', id: 42 },
      ]),
    );
  });

  it('is not offered at another host, nor where somebody is signed in', async () => {
    await offered((host) => (host.offered = [{ ...gh, host: 'ghe.example.com' }]));
    await button('Add account…');
    expect(screen.queryByRole('button', { name: /^Use octocat/ })).toBeNull();
  });

  it('without a name is offered as its program’s', async () => {
    await offered(
      (host) =>
        (host.offered = [
          { ...gh, username: '', source: { way: 'docker', name: 'credsStore desktop' } },
        ]),
    );
    await button('Use the login from Docker');
  });
});

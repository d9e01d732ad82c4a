// The accounts screen: every name of the design by its role, and every state with its one button.

import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { opened } from '../src/backend/fake';
import { account, pictured } from '../src/backend/fake-accounts';
import type { Account, CheckName, CheckParams, CheckView } from '../src/bindings/view';
import { overlay } from '../src/shell/overlay.svelte';
import { router } from '../src/shell/router.svelte';
import { accessible, atRest, page } from './page';

const DAY = 86_400;
const now = Math.floor(Date.now() / 1000);
const asked = (host: FakeHost, name: string) =>
  host.asked.filter((it) => it.name === name).map((it) => it.values);
const button = (name: string) => screen.findByRole('button', { name });
const status = () => screen.findByRole('status', { name: 'State' });
const withOne = (change: Partial<Account>, more: (host: FakeHost) => void = () => undefined) =>
  page((host) => {
    host.have(account('octocat', { isDefault: true, ...change }));
    more(host);
  });

beforeEach(() => {
  router.go({ page: 'accounts', account: '' });
  overlay.open = undefined;
});

describe('the accounts', () => {
  it('have every name of the design', async () => {
    page((host) => {
      host.have(...pictured());
      host.people[0] = account('octocat', {
        isDefault: true,
        expiresAt: now + 23 * DAY + 3600,
        surplus: ['repo'],
        signOn: [{ organization: 'octo-org', authorized: false }],
      });
    });
    await screen.findByRole('heading', { name: 'Accounts', level: 1 });
    const list = await screen.findByRole('listbox', { name: 'Accounts' });
    const groups = within(list).getAllByRole('group');
    expect(groups.map((group) => group.querySelector('.heading')?.textContent.trim())).toEqual([
      'github.com',
      'ghe.example.com',
      'Until you quit',
    ]);
    for (const name of ['Add account…', 'Verify now', 'Replace token…', 'Sign out', 'Renew'])
      screen.getByRole('button', { name });
    screen.getByRole('button', { name: 'Sign in Docker and Podman too…' });
    screen.getByRole('link', { name: 'Authorize for octo-org' });
    screen.getByText('repo is not needed for ghcr.io.');
    const table = screen.getByRole('table', { name: 'What this token can do' });
    const rows = within(table).getAllByRole('row').slice(1);
    const cells = rows.map((row) =>
      within(row)
        .getAllByRole('cell')
        .map((cell) => cell.textContent.replace(/\s+/g, ' ').trim()),
    );
    expect(cells).toEqual([
      ['Publish to ghcr.io', 'write:packages', 'Yes'],
      ['docker.pkg.github.com, private', 'repo', 'Not granted Not needed for ghcr.io Add scope'],
      ['List your organizations', 'read:org', 'Yes'],
    ]);
    await accessible();
  });

  it.each([
    [['write:packages'], 'Yes', 0],
    [['read:packages'], 'Missing', 1],
  ])('with the scopes %o show %s, and red %d times', async (scopes, publishing, count) => {
    withOne({ scopes });
    await screen.findByRole('row', { name: new RegExp(`^Publish to ghcr.io .*${publishing}`) });
    const table = screen.getByRole('table', { name: 'What this token can do' });
    expect(table.querySelectorAll('.danger-text')).toHaveLength(count);
  });

  it('say nothing of an older registry where the host has none', async () => {
    withOne({ registries: ['containers.octocorp.ghe.com'] });
    await screen.findByRole('row', { name: /^Publish to containers/ });
    expect(screen.queryByRole('row', { name: /private/ })).toBeNull();
  });

  it('lead out to GitHub’s pages', async () => {
    const host = withOne({ signOn: [{ organization: 'octo-org', authorized: false }] });
    await userEvent.click(await screen.findByRole('link', { name: 'Add scope' }));
    await userEvent.click(screen.getByRole('link', { name: 'Authorize for octo-org' }));
    const id = 'octocat@github.com';
    expect(asked(host, 'openAccountPage')).toEqual([
      [{ page: 'tokens', account: id }],
      [{ page: 'signOn', account: id, organization: 'octo-org' }],
    ]);
    // Who comes back wants to know whether it worked.
    window.dispatchEvent(new Event('focus'));
    await waitFor(() => expect(asked(host, 'verifyAccount')).toEqual([[id]]));
  });

  it('are gone through with the arrows', async () => {
    page((host) => host.have(...pictured()));
    const list = await screen.findByRole('listbox', { name: 'Accounts' });
    const option = (name: RegExp) => within(list).getByRole('option', { name });
    option(/^octocat/).focus();
    await userEvent.keyboard('{ArrowDown}');
    expect(option(/^monalisa/)).toHaveFocus();
    expect(within(list).getByRole('option', { selected: true })).toBe(option(/^monalisa/));
    await screen.findByRole('heading', { name: 'monalisa', level: 2 });
    await userEvent.keyboard('{End}');
    // It was taken over when it was added: there is nothing left to read it from.
    await screen.findByRole('heading', { name: 'Kept until you quit' });
    screen.getByText('github.com, environment (GITHUB_TOKEN)');
    expect(option(/^GITHUB_TOKEN/)).toHaveFocus();
    screen.getByRole('button', { name: 'Replace token…' });
    expect(location.hash).toBe('#/accounts/octobot%40github.com');
    await userEvent.keyboard('{Home}');
    expect(option(/^octocat/)).toHaveFocus();
  });

  it('are for something, and none is needed to begin', async () => {
    page();
    await screen.findByRole('heading', { name: 'No account yet' });
    const tasks = screen.getByRole('list', { name: 'What an account is for' });
    expect(
      within(tasks)
        .getAllByRole('listitem')
        .map((it) => it.textContent.trim()),
    ).toEqual([
      'Publish to ghcr.io write:packages',
      'docker.pkg.github.com, private repo',
      'List your organizations read:org',
    ]);
    await accessible();
    await userEvent.click(screen.getByRole('button', { name: 'Add account…' }));
    await screen.findByRole('dialog', { name: 'Add account' });
  });

  it('come to the one that publishes by a button', async () => {
    const host = page((host) => host.have(...pictured()));
    await screen.findByText('Used for publishing');
    await userEvent.click(await screen.findByRole('option', { name: /^monalisa/ }));
    await userEvent.click(await button('Use for publishing'));
    await screen.findByText('Used for publishing');
    expect(asked(host, 'useAccount')).toEqual([['monalisa@github.com']]);
    const bar = screen.getByRole('contentinfo', { name: 'Status bar' });
    await within(bar).findByRole('link', { name: /^monalisa/ });
  });
});

describe('the state of a token', () => {
  const STATES: [Partial<Account>, string, string, string[]][] = [
    [{}, 'Valid', 'Accepted by ghcr.io, docker.pkg.github.com and the GitHub API', []],
    [
      { state: 'notChecked', checkedAt: null },
      'Not checked',
      'Nobody was asked about this token yet.',
      [],
    ],
    [
      { state: 'scopeMissing' },
      'Scope missing',
      'The token is accepted, but publishing needs write:packages.',
      ['Add scope'],
    ],
    [
      { state: 'expired', expiresAt: Date.UTC(2026, 10, 3, 12) / 1000 },
      'Expired',
      'The token expired on 3 November 2026.',
      ['Replace token…'],
    ],
    [
      { state: 'revoked' },
      'Revoked',
      'github.com no longer accepts this token. It expired or was revoked.',
      ['Replace token…'],
    ],
    [
      { state: 'unsuitable', kind: 'fineGrained' },
      'Refused',
      'GitHub Packages refuses fine-grained tokens. Create a classic one.',
      ['Replace token…'],
    ],
    [
      { state: 'secretMissing' },
      'Token missing',
      'The keychain no longer has this token.',
      ['Replace token…'],
    ],
    [
      { state: 'locked' },
      'Locked',
      'The keychain is locked, so this token can’t be used.',
      ['Check again'],
    ],
    [
      { offline: true, checkedAt: now - 2 * DAY - 60 },
      'Valid',
      'github.com can’t be reached. This is the last result, 2 days ago.',
      [],
    ],
    [
      { offline: true, checkedAt: null, state: 'notChecked' },
      'Not checked',
      'github.com can’t be reached, and was never asked about this token.',
      [],
    ],
  ];

  it.each(STATES)('%o reads %s', async (change, chip, words, buttons) => {
    withOne(change);
    const option = await screen.findByRole('option', { name: /^octocat/ });
    expect(option).toHaveTextContent(chip);
    const banner = await status();
    expect(banner).toHaveTextContent(words);
    const found = [...banner.querySelectorAll('button')].map((it) => it.textContent.trim());
    expect(found).toEqual(buttons);
    // Each thing to do is offered once.
    const replacing = screen.getAllByRole('button', { name: 'Replace token…' });
    expect(replacing).toHaveLength(1);
    await accessible();
  });

  it.each([
    [7, '7 days', 'The token expires in 7 days.', 'Token valid for 7 days'],
    [5, '5 days', 'The token expires in 5 days.', 'Token valid for 5 days'],
    [1, '1 day', 'The token expires tomorrow.', 'Token expires tomorrow'],
    [0, 'Today', 'The token expires today.', 'Token expires today'],
  ])('is news %d days before its end', async (days, chip, words, life) => {
    // Whatever the clock says: a minute before midnight is another day soon.
    const noon = new Date().setHours(12, 0, 0, 0);
    vi.spyOn(Date, 'now').mockReturnValue(noon);
    const host = withOne({ expiresAt: noon / 1000 + 3600 + days * DAY });
    expect(await screen.findByRole('option', { name: /^octocat/ })).toHaveTextContent(chip);
    expect(await status()).toHaveTextContent(words);
    const bar = screen.getByRole('contentinfo', { name: 'Status bar' });
    within(bar).getByRole('link', { name: life });
    await userEvent.click(await button('Renew'));
    await screen.findByRole('dialog', { name: 'Replace token' });
    expect(asked(host, 'openAccountPage')).toEqual([
      [{ page: 'tokens', account: 'octocat@github.com' }],
    ]);
  });

  it('that expired is renewed on GitHub’s page, and replaced here', async () => {
    const host = withOne({ state: 'expired', expiresAt: now - DAY });
    const bar = await screen.findByRole('contentinfo', { name: 'Status bar' });
    await within(bar).findByRole('link', { name: 'Token expired' });
    expect(await status()).toHaveTextContent('The token expired on');
    screen.getByRole('heading', { name: 'Expired' });
    await userEvent.click(await button('Renew'));
    await screen.findByRole('dialog', { name: 'Replace token' });
    expect(asked(host, 'openAccountPage')).toEqual([
      [{ page: 'tokens', account: 'octocat@github.com' }],
    ]);
  });

  it('is asked for, can be left alone, and says why it could not be asked for', async () => {
    let refuse: (reason: unknown) => void = () => undefined;
    const host = withOne({});
    vi.spyOn(host, 'verifyAccount').mockImplementation(
      () => new Promise((_, reject) => (refuse = reject)),
    );
    await userEvent.click(await button('Verify now'));
    const banner = await status();
    expect(banner).toHaveTextContent('Asking github.com…');
    expect(screen.getByRole('option', { name: /^octocat/ })).toHaveTextContent('Checking');
    await userEvent.click(within(banner).getByRole('button', { name: 'Stop asking' }));
    expect(asked(host, 'cancelAccountCheck')).toEqual([['octocat@github.com']]);
    refuse({ code: 'cancelled', message: '', params: {} });
    await waitFor(() => expect(banner).toHaveTextContent('Accepted by'));
    await userEvent.keyboard('{Control>}r{/Control}');
    await waitFor(() => expect(banner).toHaveTextContent('Asking github.com…'));
    refuse({ code: 'network.timeout', message: '', params: { host: 'github.com' } });
    await screen.findByText('github.com does not answer');
  });

  it('is told at once when a token ends, and everywhere', async () => {
    const host = withOne({});
    const bar = await screen.findByRole('contentinfo', { name: 'Status bar' });
    await within(bar).findByRole('link', { name: /^octocat/ });
    await atRest();
    host.people = host.people.map((it) => ({ ...it, state: 'expired' as const }));
    host.pushAccounts?.(host.accountsNow());
    await within(bar).findByRole('link', { name: 'Token expired' });
    expect(screen.getByRole('alert', { name: 'Urgent announcements' })).toHaveTextContent(
      'The token of octocat at github.com expired.',
    );
    expect(await status()).toHaveTextContent('The token expired.');
  });
});

describe('the end of a token', () => {
  const noon = new Date().setHours(12, 0, 0, 0);
  const soon = (days: number, due: number, change: Partial<Account> = {}) => ({
    expiresAt: noon / 1000 + days * DAY,
    expiryDue: due,
    ...change,
  });
  const told = (host: FakeHost) => asked(host, 'notifyExpiry');
  let focused = false;

  beforeEach(() => {
    focused = false;
    vi.spyOn(Date, 'now').mockReturnValue(noon);
    vi.spyOn(document, 'hasFocus').mockImplementation(() => focused);
  });

  it.each([
    [
      7,
      7,
      'en',
      'Token of octocat ends in 7 days',
      'Renew it, and publishing at github.com goes on.',
    ],
    [
      3,
      7,
      'en',
      'Token of octocat ends in 3 days',
      'Renew it, and publishing at github.com goes on.',
    ],
    [
      1,
      1,
      'en',
      'Token of octocat ends tomorrow',
      'Renew it, and publishing at github.com goes on.',
    ],
    [
      0.1,
      1,
      'en',
      'Token of octocat ends today',
      'Renew it, and publishing at github.com goes on.',
    ],
    [7, 7, 'zh-CN', 'octocat 的令牌将在 7 天后到期', '续期后即可继续在 github.com 上发布。'],
    [1, 1, 'zh-CN', 'octocat 的令牌将于明天到期', '续期后即可继续在 github.com 上发布。'],
  ])('%d days on is told, warning %d, in %s', async (days, due, language, title, body) => {
    const host = withOne(soon(days, due), (host) => (host.language = language));
    await waitFor(() => expect(told(host)).toEqual([['octocat@github.com', title, body]]));
  });

  it('is told once for each account and warning, however often it is heard of', async () => {
    const host = withOne(soon(7, 7), (host) => {
      host.have(...host.people, account('monalisa', soon(6, 7)), account('hubot'));
    });
    await waitFor(() => expect(told(host)).toHaveLength(2));
    expect(told(host).map(([id]) => id)).toEqual(['octocat@github.com', 'monalisa@github.com']);
    host.pushAccounts?.(host.accountsNow());
    await userEvent.click(await button('Verify now'));
    await waitFor(() => expect(asked(host, 'verifyAccount')).toHaveLength(1));
    expect(told(host)).toHaveLength(2);
    host.people = host.people.map((it, index) => (index === 0 ? { ...it, ...soon(1, 1) } : it));
    host.pushAccounts?.(host.accountsNow());
    await waitFor(() => expect(told(host)).toHaveLength(3));
    expect(told(host)[2]?.[1]).toBe('Token of octocat ends tomorrow');
  });

  it('is not told to whoever looks at it, but later, when nobody does', async () => {
    focused = true;
    const host = withOne(soon(7, 7));
    expect(await status()).toHaveTextContent('The token expires in 7 days.');
    await button('Renew');
    expect(told(host)).toEqual([]);
    focused = false;
    host.pushAccounts?.(host.accountsNow());
    await waitFor(() => expect(told(host)).toHaveLength(1));
  });

  it('becomes news as time passes: it is looked for every hour', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const host = withOne({});
      // What looks for things in the page takes intervals itself.
      for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setTimeout(done, 5));
      expect(told(host)).toEqual([]);
      const before = asked(host, 'accounts').length;
      host.people = host.people.map((it) => ({ ...it, ...soon(7, 7) }));
      vi.advanceTimersByTime(3_599_000);
      expect(asked(host, 'accounts')).toHaveLength(before);
      vi.advanceTimersByTime(1_000);
      for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setTimeout(done, 5));
      expect(asked(host, 'accounts')).toHaveLength(before + 1);
      expect(told(host)).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('the keychain', () => {
  it('is missing: what that means, what to install, and another look', async () => {
    const host = withOne({ storage: { place: 'thisRun' } }, (host) => {
      host.keychain = { state: 'missing', package: 'gnome-keyring' };
    });
    await screen.findByText(
      'No keychain answers on this computer. The token is kept until you quit.',
    );
    screen.getByText('Install gnome-keyring to keep tokens.');
    screen.getByRole('heading', { name: 'Kept until you quit' });
    await userEvent.click(screen.getByRole('button', { name: 'Check again' }));
    await waitFor(() => expect(screen.queryByText(/^No keychain/)).toBeNull());
    expect(asked(host, 'checkKeychain')).toHaveLength(1);
  });

  it('is locked', async () => {
    withOne({}, (host) => (host.keychain = { state: 'locked', package: '' }));
    await screen.findByText('The keychain is locked. Unlock it to use the tokens in it.');
    screen.getByText(/Entry “Slipway: octocat at github\.com”/);
  });
});

describe('signing out', () => {
  it('asks once, and names what stops working and what is removed', async () => {
    const host = page((host) => host.have(...pictured()));
    await userEvent.click(await button('Sign out'));
    const dialog = await screen.findByRole('dialog', { name: 'Sign out octocat' });
    expect(dialog).toHaveTextContent(
      'Publishing to ghcr.io and docker.pkg.github.com as octocat stops working',
    );
    expect(dialog).toHaveTextContent('“Slipway: octocat at github.com” is removed');
    expect(within(dialog).getByRole('button', { name: 'Cancel' })).toHaveFocus();
    await accessible();
    await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    expect(asked(host, 'signOutAccount')).toEqual([]);
    await userEvent.click(await button('Sign out'));
    const again = await screen.findByRole('dialog', { name: 'Sign out octocat' });
    await userEvent.click(within(again).getByRole('button', { name: 'Sign out' }));
    await screen.findByRole('heading', { name: 'monalisa', level: 2 });
    expect(asked(host, 'signOutAccount')).toEqual([['octocat@github.com']]);
    await waitFor(() => expect(document.body).not.toHaveFocus());
  });
});

describe('elsewhere in the window', () => {
  it.each<{ [C in CheckName]: [C, CheckParams[C], string, string] }[CheckName]>([
    [
      'token.scope',
      { scope: 'write:packages', account: 'octocat@github.com' },
      'The token lacks write:packages.',
      'Add scope',
    ],
    [
      'token.expired',
      { date: '1793707200' },
      'The token expired on 3 November 2026.',
      'Replace token…',
    ],
    ['token.expiring', { n: '5' }, 'The token expires in 5 days.', 'Renew'],
    ['token.expiring', { n: '1' }, 'The token expires tomorrow.', 'Renew'],
    ['token.sso', { owner: 'octo-org' }, 'Single sign-on for octo-org is missing.', 'Authorize'],
    [
      'repo.unknown',
      { account: 'octocat' },
      'Not found, or octocat can’t see it.',
      'Use another account',
    ],
  ])('a check %s %o has its words and its way out', async (id, params, words, fix) => {
    router.go({ page: 'publish' });
    const host = page((host) => {
      host.have(account('octocat', { isDefault: true }));
      host.openArgument = () => Promise.resolve(opened);
      const { preflight } = host;
      host.preflight = async (draft) => ({
        ...(await preflight(draft)),
        checks: [{ id, state: 'problem', params, fix: null, field: null } as CheckView],
      });
    });
    const list = await screen.findByRole('list', { name: 'Checks' });
    await within(list).findByText(words);
    const way = await within(list).findByText(fix);
    await userEvent.click(way);
    if (fix === 'Add scope' || fix === 'Authorize')
      expect(asked(host, 'openAccountPage')).toHaveLength(1);
    else await screen.findByRole('dialog', { name: /^(Replace token|Add account)$/ });
  });

  it('single sign-on is checked anew, once, by whoever comes back from authorizing', async () => {
    router.go({ page: 'publish' });
    let authorized = false;
    const host = page((host) => {
      host.have(account('octocat', { isDefault: true }));
      host.openArgument = () => Promise.resolve(opened);
      const { preflight } = host;
      const params = { owner: 'octo-org' };
      host.preflight = async (draft) => ({
        ...(await preflight(draft)),
        checks: authorized
          ? []
          : [{ id: 'token.sso', state: 'problem', params, fix: null, field: null }],
      });
    });
    const count = () => asked(host, 'preflight').length;
    const list = await screen.findByRole('list', { name: 'Checks' });
    const words = 'Single sign-on for octo-org is missing.';
    await within(list).findByText(words);
    await waitFor(() => expect(list).toHaveAttribute('aria-busy', 'false'));
    // Who only looks elsewhere is asked nothing.
    const before = count();
    window.dispatchEvent(new Event('focus'));
    await userEvent.click(within(list).getByRole('link', { name: 'Authorize' }));
    await userEvent.click(within(list).getByRole('link', { name: 'Authorize' }));
    await new Promise((done) => setTimeout(done, 50));
    expect(count()).toBe(before);
    authorized = true;
    window.dispatchEvent(new Event('focus'));
    document.dispatchEvent(new Event('visibilitychange'));
    await waitFor(() => expect(screen.queryByText(words)).toBeNull());
    window.dispatchEvent(new Event('focus'));
    await new Promise((done) => setTimeout(done, 50));
    expect(count()).toBe(before + 1);
    // GitHub's answers are kept for a while: asking about the token is what makes Slipway ask again.
    expect(asked(host, 'verifyAccount')).toEqual([['octocat@github.com']]);
  });

  it('single sign-on is checked anew even where the token could not be verified', async () => {
    router.go({ page: 'publish' });
    const host = page((host) => {
      host.have(account('octocat', { isDefault: true }));
      host.openArgument = () => Promise.resolve(opened);
      host.verifyAccount = () => Promise.reject(new Error('offline'));
      const { preflight } = host;
      const params = { owner: 'octo-org' };
      host.preflight = async (draft) => ({
        ...(await preflight(draft)),
        checks: [{ id: 'token.sso', state: 'problem', params, fix: null, field: null }],
      });
    });
    const list = await screen.findByRole('list', { name: 'Checks' });
    const link = await within(list).findByRole('link', { name: 'Authorize' });
    await waitFor(() => expect(list).toHaveAttribute('aria-busy', 'false'));
    const before = asked(host, 'preflight').length;
    await userEvent.click(link);
    window.dispatchEvent(new Event('focus'));
    await waitFor(() => expect(asked(host, 'preflight')).toHaveLength(before + 1));
  });

  it('the palette verifies, switches and signs in', async () => {
    const host = page((host) => host.have(...pictured()));
    await screen.findByRole('listbox', { name: 'Accounts' });
    await userEvent.keyboard('{Control>}k{/Control}');
    const field = await screen.findByRole('combobox', { name: 'Command' });
    const group = screen.getByRole('group', { name: 'Accounts' });
    within(group).getByRole('option', { name: /^Verify octocat at github\.com/ });
    within(group).getByRole('option', { name: /^Sign in to github\.com/ });
    await userEvent.type(field, 'switch to monalisa{Enter}');
    await waitFor(() => expect(asked(host, 'useAccount')).toEqual([['monalisa@github.com']]));
  });
});

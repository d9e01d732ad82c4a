// The dialog where tokens are handed over: its six ways, what it says of a token, and that nothing of one stays.

import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { account, ENTERPRISE, found, OTHER } from '../src/backend/fake-accounts';
import { failureExample } from '../src/backend/fake-failures';
import { overlay } from '../src/shell/overlay.svelte';
import { router } from '../src/shell/router.svelte';
import { accessible, page } from './page';

const TOKEN = 'ghp_canary0123456789';
const WAYS = [
  'Sign in with browser',
  'Paste a token',
  'Read from a file',
  'Environment',
  'Docker or Podman',
  'GitHub CLI',
];
const asked = (host: FakeHost, name: string) =>
  host.asked.filter((it) => it.name === name).map((it) => it.values);
const tab = (name: string) => screen.getByRole('tab', { name });
const field = () => screen.getByLabelText<HTMLInputElement>('Token');
const go = (name: string) => userEvent.click(tab(name));

async function open(change: (host: FakeHost) => void = () => undefined): Promise<FakeHost> {
  const host = page((host) => {
    host.signInHosts = [...host.signInHosts, ENTERPRISE, OTHER];
    host.found = found;
    change(host);
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Add account…' }));
  await screen.findByRole('dialog', { name: 'Add account' });
  return host;
}

async function pasting(change: (host: FakeHost) => void = () => undefined): Promise<FakeHost> {
  const host = await open(change);
  await go('Paste a token');
  return host;
}

const unfold = () => userEvent.click(screen.getByRole('button', { name: 'More ways' }));
const add = () => userEvent.click(screen.getByRole('button', { name: 'Add account' }));
const closed = () => waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

beforeEach(() => {
  router.go({ page: 'accounts', account: '' });
  overlay.open = undefined;
});

describe('the ways to sign in', () => {
  it('have every name of the design', async () => {
    await pasting();
    const tabs = screen.getByRole('tablist', { name: 'Way to sign in' });
    expect(
      within(tabs)
        .getAllByRole('tab')
        .map((it) => it.getAttribute('aria-label')),
    ).toEqual(WAYS);
    for (const name of ['Host', 'What for']) screen.getByRole('combobox', { name });
    const purposes = within(screen.getByRole('combobox', { name: 'What for' }));
    expect(purposes.getAllByRole('option').map((it) => it.textContent)).toEqual([
      'Publish',
      'docker.pkg.github.com, too',
    ]);
    screen.getByRole('checkbox', { name: 'Keep it in the system keychain' });
    for (const name of ['Paste from clipboard', 'Add account', 'Cancel'])
      screen.getByRole('button', { name });
    screen.getByRole('link', { name: 'Create token on GitHub' });
    expect(field()).toHaveAttribute('type', 'password');
    expect(field()).toHaveAttribute('autocomplete', 'off');
    expect(field()).toHaveAttribute('spellcheck', 'false');
    await accessible();
  });

  it('are chosen with the arrows, one stop for Tab', async () => {
    await open();
    expect(tab('Sign in with browser')).toHaveFocus();
    await userEvent.keyboard('{ArrowDown}');
    expect(tab('Paste a token')).toHaveFocus();
    expect(tab('Paste a token')).toHaveAttribute('aria-selected', 'true');
    await userEvent.keyboard('{End}');
    expect(tab('GitHub CLI')).toHaveFocus();
    await userEvent.keyboard('{ArrowDown}');
    expect(tab('Sign in with browser')).toHaveFocus();
    await userEvent.keyboard('{ArrowUp}');
    expect(screen.getAllByRole('tab').filter((it) => it.tabIndex === 0)).toEqual([
      tab('GitHub CLI'),
    ]);
  });

  it('say what this computer has', async () => {
    await open();
    await waitFor(() =>
      expect(tab('Environment')).toHaveAccessibleDescription('GITHUB_TOKEN is set'),
    );
    expect(tab('Docker or Podman')).toHaveAccessibleDescription('2 entries');
    expect(tab('GitHub CLI')).toHaveAccessibleDescription('octocat');
    expect(screen.getAllByText('Found')).toHaveLength(3);
  });

  it.each(WAYS)('%s has no barrier', async (way) => {
    await open();
    await go(way);
    await accessible();
  });

  it('say where nothing is, and what could not be read', async () => {
    await open((host) => {
      const message = 'config.json: not understood';
      host.found = { found: [], troubles: [{ way: 'docker', message }] };
    });
    await unfold();
    await go('Environment');
    await screen.findByText('GITHUB_TOKEN and its like are not set.');
    await go('GitHub CLI');
    await screen.findByText('The GitHub CLI is not installed or not signed in.');
    await go('Docker or Podman');
    await screen.findByText(/^Docker and Podman hold no sign-in/);
    await screen.findByText('config.json: not understood');
    expect(screen.getByRole('button', { name: 'Add account' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
  });

  it('come first where they work, and the others are folded', async () => {
    const names = () => screen.getAllByRole('tab').map((it) => it.getAttribute('aria-label'));
    await open((host) => {
      host.signInHosts = host.signInHosts.map((it) => ({ ...it, browser: false }));
      host.found = {
        found: found.found.filter(({ source }) => source.way === 'docker'),
        troubles: [],
      };
    });
    const working = ['Paste a token', 'Read from a file', 'Docker or Podman'];
    await waitFor(() => expect(names()).toEqual(working));
    // The arrows go round what is there.
    tab('Paste a token').focus();
    await userEvent.keyboard('{End}');
    expect(tab('Docker or Podman')).toHaveFocus();
    const more = screen.getByRole('button', { name: 'More ways' });
    expect(more).toHaveAttribute('aria-expanded', 'false');
    await unfold();
    expect(more).toHaveAttribute('aria-expanded', 'true');
    expect(names()).toEqual([...working, 'Sign in with browser', 'Environment', 'GitHub CLI']);
    await accessible();
    await go('GitHub CLI');
    await unfold();
    expect(names()).toEqual([...working, 'GitHub CLI']);
  });

  it('are all there at once where all of them work', async () => {
    await open();
    await waitFor(() => expect(screen.getAllByRole('tab')).toHaveLength(WAYS.length));
    expect(screen.queryByRole('button', { name: 'More ways' })).toBeNull();
  });

  it.each([
    ['github.com', 'GitHub CLI', ['gh auth login -s write:packages']],
    ['github.com', 'Docker or Podman', ['docker login ghcr.io', 'podman login ghcr.io']],
    ['github.com', 'Environment', ['read -rs GITHUB_TOKEN && export GITHUB_TOKEN']],
    ['github.com', 'Sign in with browser', ['[sign-in] "github.com" = "CLIENT-ID"']],
    [ENTERPRISE.name, 'GitHub CLI', ['gh auth login --hostname ghe.example.com -s write:packages']],
    [
      ENTERPRISE.name,
      'Docker or Podman',
      ['docker login containers.ghe.example.com', 'podman login containers.ghe.example.com'],
    ],
  ])('at %s say how %s comes to work', async (name, way, commands) => {
    await pasting((host) => {
      host.found = { found: [], troubles: [] };
      host.signInHosts = host.signInHosts.map((it) => ({ ...it, browser: false }));
    });
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Host' }), name);
    await unfold();
    await go(way);
    const panel = within(screen.getByRole('tabpanel'));
    const shown = () => [...screen.getByRole('tabpanel').querySelectorAll('code')];
    await waitFor(() =>
      expect(shown().map((it) => it.textContent.replace(/\s+/g, ' '))).toEqual(commands),
    );
    expect(panel.getAllByRole('button', { name: /^Copy / })).toHaveLength(commands.length);
  });

  it('find what was signed in meanwhile, and say so', async () => {
    const host = await open((host) => (host.found = { found: [], troubles: [] }));
    await unfold();
    await go('GitHub CLI');
    const panel = within(screen.getByRole('tabpanel'));
    const again = await panel.findByRole('button', { name: 'Check again' });
    await userEvent.click(again);
    const dialog = screen.getByRole('dialog');
    await within(dialog).findByText('Still nothing found');
    host.found = found;
    await userEvent.click(again);
    await panel.findByRole('radio', { name: /^GitHub CLI, gh/ });
    expect(again).toHaveFocus();
    // It may have been signed in for something else.
    panel.getByText('gh auth refresh -s write:packages');
    await accessible();
  });

  it('take what was found, one of them', async () => {
    const host = await open();
    await go('Docker or Podman');
    await userEvent.click(await screen.findByRole('radio', { name: /auth\.json/ }));
    await add();
    await closed();
    expect(asked(host, 'addAccount')).toEqual([
      [
        {
          host: 'github.com',
          token: { from: 'found', id: 3 },
          username: '',
          keep: true,
          anyway: false,
        },
      ],
    ]);
    // The page shows whom one has added.
    await screen.findByRole('heading', { name: 'monalisa', level: 2 });
  });

  it('leave people where they went while it was added', async () => {
    const host = await open();
    const { addAccount } = host;
    let answer: () => void = () => undefined;
    host.addAccount = async (...asked) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return addAccount(...asked);
    };
    await go('Docker or Podman');
    await userEvent.click(await screen.findByRole('radio', { name: /auth\.json/ }));
    await add();
    router.go({ page: 'activity' });
    answer();
    await closed();
    await new Promise((resolve) => setTimeout(resolve));
    expect(router.current).toEqual({ page: 'activity' });
  });

  it.each([
    ['Environment', ['Environment, GITHUB_TOKEN github.com']],
    [
      'Docker or Podman',
      ['Docker, config.json octocat, github.com', 'Podman, auth.json monalisa, github.com'],
    ],
    ['GitHub CLI', ['GitHub CLI, gh octocat, github.com']],
  ])('%s names what was found by its place', async (way, names) => {
    await open();
    await go(way);
    const list = await screen.findByRole('radiogroup', { name: 'Found on this computer' });
    const radios = within(list).getAllByRole('radio');
    expect(radios).toHaveLength(names.length);
    for (const [index, name] of names.entries()) expect(radios[index]).toHaveAccessibleName(name);
  });

  it('take a file’s token, which never comes here', async () => {
    const host = await open((host) => {
      const check = { kind: 'classic' as const, verdict: 'complete' as const };
      host.held = { id: 7, check, file: 'TOKEN.txt' };
    });
    await go('Read from a file');
    await userEvent.click(screen.getByRole('button', { name: 'Choose file…' }));
    await screen.findByText('Read from TOKEN.txt');
    await screen.findByText('Complete, no copying error');
    // Who goes elsewhere does not want it.
    await go('Paste a token');
    await waitFor(() => expect(asked(host, 'dropHeldToken')).toEqual([[7]]));
    await go('Read from a file');
    await userEvent.click(screen.getByRole('button', { name: 'Choose file…' }));
    await screen.findByText('Read from TOKEN.txt');
    await add();
    await closed();
    expect(asked(host, 'addAccount')[0]?.[0]).toMatchObject({ token: { from: 'held', id: 7 } });
    expect(asked(host, 'dropHeldToken')).toHaveLength(1);
  });

  it('read a token for one host, and again for another', async () => {
    const check = { kind: 'classic' as const, verdict: 'complete' as const };
    const host = await open((host) => {
      host.held = { id: 7, check, file: 'TOKEN.txt' };
    });
    await go('Read from a file');
    await userEvent.click(screen.getByRole('button', { name: 'Choose file…' }));
    await screen.findByText('Read from TOKEN.txt');
    expect(asked(host, 'readTokenFile')).toEqual([['github.com']]);
    await userEvent.selectOptions(
      screen.getByRole('combobox', { name: 'Host' }),
      'ghe.example.com',
    );
    await waitFor(() => expect(asked(host, 'dropHeldToken')).toEqual([[7]]));
    expect(screen.queryByText('Read from TOKEN.txt')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Choose file…' }));
    await waitFor(() => expect(asked(host, 'readTokenFile')).toHaveLength(2));
    expect(asked(host, 'readTokenFile')[1]).toEqual([ENTERPRISE.name]);
  });

  it('say nothing more where the person did not want the token to go there', async () => {
    const host = await open((host) => {
      host.addAccount = () =>
        Promise.reject({ ...failureExample('cancelled'), message: 'not confirmed' } as never);
    });
    await go('Docker or Podman');
    await userEvent.click(await screen.findByRole('radio', { name: /auth\.json/ }));
    const before = asked(host, 'findCredentials').length;
    await add();
    await waitFor(() => expect(asked(host, 'findCredentials')).toHaveLength(before + 1));
    expect(screen.queryByRole('alert', { name: '' })).toBeNull();
    expect(screen.getByRole('radio', { name: /auth\.json/ })).toBeChecked();
  });

  it('take the clipboard’s token in the same way', async () => {
    const host = await pasting();
    const paste = screen.getByRole('button', { name: 'Paste from clipboard' });
    await userEvent.click(paste);
    await screen.findByText('The clipboard holds no token');
    host.held = { id: 8, check: { kind: 'classic', verdict: 'complete' }, file: '' };
    await userEvent.click(paste);
    await screen.findByText('Complete, no copying error');
    expect(field()).toHaveValue('');
    expect(field()).toHaveAttribute('placeholder', 'Read from the clipboard');
    await add();
    await closed();
    expect(asked(host, 'addAccount')[0]?.[0]).toMatchObject({ token: { from: 'held', id: 8 } });
  });
});

describe('a token', () => {
  it.each([
    ['ghp_0123456789', 'Complete, no copying error', 'classic, ghp_', true],
    ['something else', 'The form is right', 'of no known kind', true],
    ['ghp_012', 'Characters are missing. Copy it again from GitHub.', 'classic, ghp_', false],
    [
      'ghp_012345678x',
      'This token has a copying error. Copy it again from GitHub.',
      'classic, ghp_',
      false,
    ],
    [
      `gho_${'0'.repeat(40)}`,
      'Too long for a token, or with spaces inside. Copy it again from GitHub.',
      'browser sign-in, gho_',
      false,
    ],
  ])('%s is judged as it is typed: %s', async (token, words, kind, good) => {
    const host = await pasting();
    await userEvent.type(field(), token);
    await screen.findByText(words);
    await screen.findByText(kind);
    if (!good) expect(field()).toHaveAttribute('aria-invalid', 'true');
    await add();
    if (good) await closed();
    // It stays where it can be mended.
    else await waitFor(() => expect(field()).toHaveFocus());
    expect(asked(host, 'addAccount')).toHaveLength(good ? 1 : 0);
  });

  it('is judged once typing rests, and late answers are dropped', async () => {
    const late: ((verdict: 'checksum') => void)[] = [];
    const host = await pasting();
    const { checkToken } = host;
    host.checkToken = (token) =>
      token === 'ghp_0'
        ? new Promise((answer) => {
            late.push((verdict) => answer({ kind: 'classic', verdict }));
          })
        : checkToken(token);
    await userEvent.type(field(), 'ghp_0');
    await waitFor(() => expect(late).toHaveLength(1));
    await userEvent.type(field(), '123456789');
    await screen.findByText('Complete, no copying error');
    late[0]?.('checksum');
    await new Promise((rest) => setTimeout(rest));
    screen.getByText('Complete, no copying error');
  });

  it('that is fine-grained is refused with the reason, and used if one insists', async () => {
    const host = await pasting();
    await userEvent.type(field(), 'github_pat_canary');
    await screen.findByText('GitHub Packages refuses fine-grained tokens. Create a classic one.');
    const button = screen.getByRole('button', { name: 'Add account' });
    expect(button).toHaveAttribute('aria-disabled', 'true');
    await userEvent.click(screen.getByRole('link', { name: 'Create token on GitHub' }));
    expect(asked(host, 'openAccountPage')).toEqual([
      [{ page: 'newToken', host: 'github.com', purpose: 'publish' }],
    ]);
    await userEvent.click(screen.getByRole('button', { name: 'Use anyway' }));
    expect(field()).toHaveFocus();
    await userEvent.click(button);
    await closed();
    expect(asked(host, 'addAccount')[0]?.[0]).toMatchObject({ anyway: true });
  });

  it('is cleared when another way is taken, and when the dialog closes', async () => {
    await pasting();
    const first = field();
    await userEvent.type(first, TOKEN);
    await go('Read from a file');
    expect(first).toHaveValue('');
    await go('Paste a token');
    expect(field()).toHaveValue('');
    const second = field();
    await userEvent.type(second, TOKEN);
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await closed();
    expect(second).toHaveValue('');
  });

  it('reaches Rust once, and nothing else ever sees it', async () => {
    const host = await pasting();
    const input = field();
    let valueThen = 'not asked';
    const { addAccount } = host;
    host.addAccount = (wanted) => {
      valueThen = input.value;
      return addAccount(wanted);
    };
    await userEvent.type(input, TOKEN);
    await add();
    await closed();
    expect(valueThen).toBe('');
    const saw = host.asked.filter(({ values }) => JSON.stringify(values).includes(TOKEN));
    expect(new Set(saw.map(({ name }) => name))).toEqual(new Set(['checkToken', 'addAccount']));
    expect(saw.filter(({ name }) => name === 'addAccount')).toHaveLength(1);
    expect(document.documentElement.outerHTML).not.toContain('canary');
    expect(location.href + JSON.stringify({ ...localStorage })).not.toContain('canary');
  });

  it('for another registry needs the user name, and no form of GitHub’s', async () => {
    const host = await pasting();
    await userEvent.selectOptions(
      screen.getByRole('combobox', { name: 'Host' }),
      'registry.example.com',
    );
    expect(screen.queryByRole('combobox', { name: 'What for' })).toBeNull();
    expect(screen.queryByRole('link', { name: 'Create token on GitHub' })).toBeNull();
    await userEvent.type(field(), 'ghp_012');
    await add();
    const name = await screen.findByRole('textbox', { name: 'User name' });
    await waitFor(() => expect(name).toHaveFocus());
    expect(name).toHaveAccessibleDescription('Enter the user name.');
    await userEvent.type(name, 'mona');
    await add();
    await closed();
    expect(asked(host, 'addAccount')[0]?.[0]).toMatchObject({
      host: 'registry.example.com',
      username: 'mona',
    });
  });
});

describe('a refusal', () => {
  it('stands in the dialog, which keeps everything but the token', async () => {
    const host = await pasting((host) => {
      host.addAccount = () =>
        Promise.reject({
          code: 'denied.credential',
          message: '',
          params: { host: 'ghe.example.com' },
        } as never);
    });
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Host' }), ENTERPRISE.name);
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'What for' }), 'legacy');
    await userEvent.click(screen.getByRole('checkbox', { name: 'Keep it in the system keychain' }));
    await userEvent.type(field(), TOKEN);
    await add();
    const alert = await within(screen.getByRole('dialog')).findByRole('alert');
    expect(alert).toHaveTextContent('GitHub no longer accepts this token');
    await waitFor(() => expect(alert).toHaveFocus());
    expect(field()).toHaveValue('');
    expect(screen.getByRole('combobox', { name: 'Host' })).toHaveValue(ENTERPRISE.name);
    expect(screen.getByRole('combobox', { name: 'What for' })).toHaveValue('legacy');
    expect(
      screen.getByRole('checkbox', { name: 'Keep it in the system keychain' }),
    ).not.toBeChecked();
    expect(asked(host, 'signOutAccount')).toEqual([]);
    await accessible();
  });

  it('by nobody: the account is taken unchecked, under a name that is typed', async () => {
    let reached = false;
    const host = await pasting((host) => {
      const { addAccount } = host;
      host.addAccount = (wanted) =>
        reached
          ? addAccount(wanted)
          : Promise.reject({
              code: 'network.unreachable',
              message: '',
              params: { host: 'github.com' },
            } as never);
    });
    expect(screen.queryByRole('textbox', { name: 'User name' })).toBeNull();
    await userEvent.type(field(), TOKEN);
    await add();
    await screen.findByText(/The token is taken unchecked, and verified later\.$/);
    reached = true;
    await userEvent.type(field(), TOKEN);
    await userEvent.type(screen.getByRole('textbox', { name: 'User name' }), 'octocat');
    await add();
    await closed();
    expect(asked(host, 'addAccount')[0]?.[0]).toMatchObject({ username: 'octocat', anyway: true });
  });

  it('by the keychain is told, before and after', async () => {
    await pasting((host) => (host.keychain = { state: 'missing', package: 'gnome-keyring' }));
    const keep = screen.getByRole('checkbox', { name: 'Keep it in the system keychain' });
    expect(keep).toBeDisabled();
    expect(keep).not.toBeChecked();
    expect(keep).toHaveAccessibleDescription(
      'No keychain answers on this computer. The token is kept until you quit. Install gnome-keyring to keep tokens.',
    );
    const dialog = screen.getByRole('dialog');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Check again' }));
    await waitFor(() => expect(keep).toBeEnabled());
    expect(keep).toBeChecked();
  });
});

describe('with the browser', () => {
  const show = async (change?: (host: FakeHost) => void) => {
    const host = await open(change);
    await userEvent.click(screen.getByRole('button', { name: 'Show code' }));
    await screen.findByRole('textbox', { name: 'Code' });
    return host;
  };

  it('shows a code, which is entered there, and signs in here', async () => {
    const host = await show();
    const code = screen.getByRole('textbox', { name: 'Code' });
    expect(code).toHaveValue('WDJB-MJHT');
    expect(code).toHaveAttribute('readonly');
    await waitFor(() => expect(code).toHaveFocus());
    screen.getByRole('button', { name: 'Copy code' });
    expect(screen.getByRole('timer')).toHaveTextContent(/The code ends in 1[45] min/);
    await accessible();
    const user = userEvent.setup();
    await user.click(screen.getByRole('link', { name: 'Open page' }));
    expect(await navigator.clipboard.readText()).toBe('WDJB-MJHT');
    await waitFor(() =>
      expect(asked(host, 'openAccountPage')).toEqual([[{ page: 'code', host: 'github.com' }]]),
    );
    expect(asked(host, 'signInWithBrowser')).toEqual([['github.com', 'publish', true]]);
    await host.enterCode('github.com', true);
    await closed();
    await screen.findByRole('heading', { name: 'octocat', level: 2 });
    expect(asked(host, 'cancelBrowserSignIn')).toEqual([]);
  });

  it('says what is lost where less was granted than asked for', async () => {
    const host = await show();
    await host.enterCode('github.com', true, ['publish', 'legacy']);
    const alert = await within(screen.getByRole('dialog')).findByRole('alert');
    expect(alert).toHaveTextContent('github.com granted less than was asked for');
    expect(alert).toHaveTextContent(
      'Signed in as octocat, without: Publish to ghcr.io and docker.pkg.github.com, private.',
    );
    await accessible();
    await userEvent.click(screen.getByRole('button', { name: 'Use it as it is' }));
    await closed();
    await screen.findByRole('heading', { name: 'octocat', level: 2 });
  });

  it('is over when the dialog closes or another way is taken', async () => {
    const host = await show();
    await go('Environment');
    await waitFor(() => expect(asked(host, 'cancelBrowserSignIn')).toHaveLength(1));
    await go('Sign in with browser');
    await userEvent.click(screen.getByRole('button', { name: 'Show code' }));
    await screen.findByRole('textbox', { name: 'Code' });
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await closed();
    expect(asked(host, 'cancelBrowserSignIn')).toHaveLength(2);
  });

  it('says why it came to nothing, and shows another code', async () => {
    const host = await show();
    host.browser?.({
      type: 'failed',
      failure: {
        code: 'denied.other',
        message: '',
        params: { registry: 'github.com' },
        retry: 'yes',
        help: [],
        technical: null,
      },
    });
    const alert = await within(screen.getByRole('dialog')).findByRole('alert');
    expect(alert).toHaveTextContent('github.com refused this');
    await host.cancelBrowserSignIn();
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Show another code' })).not.toHaveAttribute(
        'aria-disabled',
        'true',
      ),
    );
    await userEvent.click(screen.getByRole('button', { name: 'Show another code' }));
    await screen.findByRole('textbox', { name: 'Code' });
  });

  it('is not set up for every host, and then leads on', async () => {
    await open();
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Host' }), ENTERPRISE.name);
    await screen.findByText(
      'Signing in with the browser is not set up for ghe.example.com. Paste a token instead.',
    );
    const dialog = screen.getByRole('dialog');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Paste a token' }));
    expect(field()).toBeInTheDocument();
    expect(screen.getByRole('combobox', { name: 'Host' })).toHaveValue(ENTERPRISE.name);
  });
});

describe('replacing a token', () => {
  it('keeps the host, and clears what was typed', async () => {
    const host = page((host) => host.have(account('octocat', { isDefault: true })));
    const spy = vi.spyOn(host, 'replaceToken');
    await userEvent.click(await screen.findByRole('button', { name: 'Replace token…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Replace token' });
    within(dialog).getByText('Replace token: octocat at github.com');
    expect(field()).toHaveFocus();
    expect(screen.getByRole('combobox', { name: 'Host' })).toBeDisabled();
    await accessible();
    await userEvent.type(field(), TOKEN);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Replace token' }));
    await closed();
    expect(spy).toHaveBeenCalledWith(
      'octocat@github.com',
      { from: 'typed', token: TOKEN },
      true,
      false,
    );
    const saw = host.asked.filter(({ values }) => JSON.stringify(values).includes(TOKEN));
    expect(saw.map(({ name }) => name).filter((name) => name !== 'checkToken')).toEqual([
      'replaceToken',
    ]);
    expect(document.documentElement.outerHTML).not.toContain('canary');
  });
});

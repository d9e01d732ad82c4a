// Every worked example of a failure: the words and the buttons that people see, in order.

import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';

import type { FakeHost } from '../src/backend/fake';
import { job } from '../src/backend/fake';
import { account } from '../src/backend/fake-accounts';
import { failureExample, failures } from '../src/backend/fake-failures';
import type { Account, Code, CodeParams, FailureView } from '../src/bindings/view';
import { i18n } from '../src/i18n/index.svelte';
import { announcer } from '../src/lib/announce.svelte';
import { cause, why } from '../src/lib/failure';
import { accessible, page } from './page';

function failed(failure: FailureView, change: (host: FakeHost) => void = () => undefined) {
  location.hash = '#/activity/1';
  return page((host) => {
    host.view = {
      ...job,
      progress: { ...job.progress, state: 'failed', sent: 0, kept: 0 },
      failure,
    };
    change(host);
  });
}

describe('a connection that was not made', () => {
  const network = <C extends 'network.tls' | 'network.proxyRefused'>(
    code: C,
    own: Omit<CodeParams[C], 'host' | 'proxy'>,
  ) => {
    const params = { host: 'ghcr.io', proxy: 'system', ...own };
    return { ...failureExample('signIn.required'), code, params } as FailureView;
  };

  it('says why a host is not trusted, in both languages', () => {
    const reasons = [
      ...(['ended', 'notYet', 'name', 'issuer'] as const),
      ...(['authority', 'certificate', 'handshake'] as const),
    ];
    for (const language of ['en', 'zh-CN'] as const) {
      i18n.use(language);
      const words = reasons.map((reason) => why(network('network.tls', { reason })));
      expect(new Set(words).size).toBe(reasons.length);
      expect(words.filter((text) => text === '' || text.includes('network.'))).toEqual([]);
    }
    i18n.use('en');
  });

  it('says what a proxy answered, where that is known', () => {
    expect(cause(network('network.proxyRefused', { status: '403' }))).toContain('answered 403');
    expect(cause(network('network.proxyRefused', {}))).not.toContain('answered');
  });
});

const list = () => screen.findByRole('list', { name: 'What you can do' });
const CHANGE = 'Change destination…';

const ROWS: [code: Code, title: string, cause: string, who: string, buttons: string[]][] = [
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
    ['Replace token…', 'Sign in with browser', 'Create token'],
  ],
  [
    'signIn.required',
    'ghcr.io wants a sign-in',
    'Publishing takes a user name and a token.',
    'You.',
    ['Add account…', 'Sign in with browser', 'Create token'],
  ],
  [
    'unauthenticated',
    'ghcr.io did not recognise octocat',
    'Either the token ended or GitHub has a short outage.',
    'Nobody, if it passes by itself.',
    ['Try again', 'Verify token', 'Open status page'],
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
  [
    'file.unpacks',
    'It unpacks to far more than it is',
    'layer.tar has 781 B and unpacks to more than 268 MB.',
    'You, where you trust whoever made it.',
    ['Unpack it all the same'],
  ],
  [
    'network.proxy',
    'The proxy wants a sign-in',
    'proxy.example.com:8080 did not let Slipway through to ghcr.io.',
    'You, or whoever runs the proxy.',
    ['Try again', CHANGE],
  ],
  [
    'realm.elsewhere',
    'nvcr.io wants your token sent to somebody else’s host',
    'As far as Slipway knows, auth.example.org is not of the owner of nvcr.io, so nothing was sent there. If you trust it, name it as the token service in Settings, under Hosts.',
    'You.',
    ['Open hosts'],
  ],
];

describe('a failure', () => {
  it.each(ROWS)('%s has its words and its buttons', async (code, title, cause, who, buttons) => {
    failed(failureExample(code), (host) => host.have(account('octocat', { isDefault: true })));
    expect(await screen.findByText(title)).toHaveRole('alert');
    expect(screen.getByText(cause).tagName).toBe('STRONG');
    screen.getByText(who);
    screen.getByText('The file, the destination and every field. Nothing was sent.');
    const found = () => within(screen.getByRole('list', { name: 'What you can do' }));
    const texts = () =>
      found()
        .getAllByRole('button')
        .map((button) => button.textContent.trim());
    await waitFor(() => expect(texts()).toEqual(buttons));
    // Each thing to do stands once, at the top or in the list.
    const again = screen.queryAllByRole('button', { name: /^(Try again|Send layer 4 again)$/ });
    expect(again).toHaveLength(1);
    expect(again[0]).toHaveClass('primary');
    expect(screen.getAllByRole('button', { name: CHANGE })).toHaveLength(1);
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

  it('leads to the setting that allows a token service', async () => {
    failed(failureExample('realm.elsewhere'));
    await userEvent.click(within(await list()).getByRole('button', { name: 'Open hosts' }));
    await screen.findByRole('list', { name: 'Hosts' });
  });

  it('leads to no setting where GitHub’s own registry is spoken for by somebody else', async () => {
    const example = failureExample('realm.elsewhere');
    const params = { ...example.params, registry: 'ghcr.io', builtIn: 'true' as const };
    failed({ ...example, params, retry: 'yes', help: [{ kind: 'again' }] });
    await screen.findByText(/^GitHub gives out the tokens for ghcr\.io itself/);
    screen.getByText('Whoever runs this network.');
    within(await list()).getByRole('button', { name: 'Try again' });
    expect(screen.queryByRole('button', { name: 'Open hosts' })).toBeNull();
    expect(screen.queryByText(/under Hosts/)).toBeNull();
  });

  it('names the host that was really asked, and who led there', async () => {
    const example = failureExample('network.proxy');
    const technical = { ...example.technical, host: 'storage.example.com' } as never;
    const params = { ...example.params, host: 'storage.example.com', asked: 'storage.example.com' };
    const code = 'registryFault' as const;
    failed({ ...example, code, params, technical });
    await screen.findByText('storage.example.com has a fault of its own');
    screen.getByText(/ghcr\.io led there\./);
    screen.getByText('Sent to');
  });

  it('tells a token service without TLS from a registry without TLS', () => {
    const example = failureExample('realm.elsewhere');
    const params = { ...example.params, host: 'nvcr.io' };
    const words = cause({ ...example, code: 'network.plainHttp', params });
    expect(words).toMatch(
      /^nvcr\.io wants its token asked for at auth\.example\.org by plain http/,
    );
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
    const host = failed(failureExample('denied.scope'), (host) =>
      host.have(account('monalisa', { isDefault: true }), account('octocat')),
    );
    const replace = vi.spyOn(host, 'replaceToken');
    await userEvent.click(within(await list()).getByRole('button', { name: 'Replace token…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Replace token' });
    expect(within(dialog).getByRole('combobox', { name: 'Host' })).toBeDisabled();
    await userEvent.type(within(dialog).getByLabelText('Token'), 'canary-token');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Replace token' }));
    await waitFor(() =>
      expect(replace).toHaveBeenCalledWith(
        'octocat@github.com',
        { from: 'typed', token: 'canary-token' },
        true,
        false,
      ),
    );
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

  it('adds an account where there is no other', async () => {
    failed(failureExample('denied.packageRole'));
    await userEvent.click(
      within(await list()).getByRole('button', { name: 'Use another account' }),
    );
    const dialog = await screen.findByRole('dialog', { name: 'Add account' });
    expect(within(dialog).getByRole('combobox', { name: 'Host' })).toHaveValue('github.com');
  });

  it('chooses among the accounts of the registry, and tries again with everything kept', async () => {
    const host = failed(failureExample('denied.packageRole'), (host) =>
      host.have(account('octocat', { isDefault: true }), account('monalisa')),
    );
    await userEvent.click(
      within(await list()).getByRole('button', { name: 'Use another account' }),
    );
    const dialog = await screen.findByRole('dialog', { name: 'Use another account' });
    await accessible();
    await userEvent.click(within(dialog).getByRole('button', { name: /^monalisa/ }));
    await screen.findByText('Signed in as monalisa. Everything is kept: try again.', {
      selector: 'p',
    });
    expect(host.people.find((it) => it.isDefault)?.username).toBe('monalisa');
    await waitFor(() => expect(screen.getByRole('button', { name: 'Try again' })).toHaveFocus());
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

  it('publishes again with a layer that may unpack to far more than it is', async () => {
    const host = failed(failureExample('file.unpacks'));
    await screen.findByText('You, where you trust whoever made it.');
    const ways = within(await list());
    await userEvent.click(ways.getByRole('button', { name: 'Unpack it all the same' }));
    await waitFor(() => expect(host.asked.some(({ name }) => name === 'publish')).toBe(true));
    const steps = host.asked.filter(({ name }) => name === 'unpackAnyway' || name === 'publish');
    expect(steps.map(({ name }) => name)).toEqual(['unpackAnyway', 'publish']);
  });

  it('switches the registry', async () => {
    const host = failed(failureExample('legacy.nameForm'));
    await userEvent.click(within(await list()).getByRole('button', { name: 'Switch to ghcr.io' }));
    await screen.findByRole('region', { name: 'Destination' });
    expect(host.asked.find((it) => it.name === 'switchRegistry')?.values).toEqual(['ghcr.io']);
  });

  describe('of single sign-on', () => {
    const published = (host: FakeHost) => host.asked.filter((it) => it.name === 'publish').length;
    const status = () => screen.findByRole('status', { name: 'Try again' });
    const authorize = async () =>
      userEvent.click(within(await list()).getByRole('button', { name: 'Authorize for octo-org' }));

    it.each([
      ['the window has the focus again', () => window.dispatchEvent(new Event('focus'))],
      ['the page is seen again', () => document.dispatchEvent(new Event('visibilitychange'))],
    ])('is tried again by itself, once, when %s', async (_, back) => {
      const host = failed(failureExample('ssoRequired'));
      await authorize();
      expect(host.asked).toContainEqual({ name: 'openLink', values: ['authorize'] });
      expect(await status()).toHaveTextContent(
        'Slipway tries again when you come back from the browser.',
      );
      await accessible();
      expect(published(host)).toBe(0);
      // What comes next takes the place of what is said within the same second.
      const say = vi.spyOn(announcer, 'say');
      back();
      window.dispatchEvent(new Event('focus'));
      await waitFor(() => expect(published(host)).toBe(1));
      expect(say).toHaveBeenCalledWith('You are back: trying again.');
      // The next try was refused as well: nothing goes round by itself.
      await list();
      window.dispatchEvent(new Event('focus'));
      document.dispatchEvent(new Event('visibilitychange'));
      await new Promise((done) => setTimeout(done, 50));
      expect(published(host)).toBe(1);
      await authorize();
      window.dispatchEvent(new Event('focus'));
      await waitFor(() => expect(published(host)).toBe(2));
    });

    it('is not tried again while the window is hidden, or from another page', async () => {
      const host = failed(failureExample('ssoRequired'));
      await authorize();
      const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
      document.dispatchEvent(new Event('visibilitychange'));
      hidden.mockRestore();
      await userEvent.click(screen.getByRole('link', { name: 'Settings' }));
      await screen.findByRole('heading', { name: 'Settings', level: 1 });
      window.dispatchEvent(new Event('focus'));
      await new Promise((done) => setTimeout(done, 50));
      expect(published(host)).toBe(0);
    });
  });

  describe('that may be the token’s', () => {
    const result = () => screen.findByRole('status', { name: 'Result of verifying' });
    const verify = async () =>
      userEvent.click(await within(await list()).findByRole('button', { name: 'Verify token' }));

    it.each<[Partial<Account>, string[], string | undefined]>([
      [
        {},
        [
          'Accepted by ghcr.io, docker.pkg.github.com and the GitHub API',
          'The token is fine: try again.',
        ],
        undefined,
      ],
      [
        { state: 'revoked' },
        [
          'github.com no longer accepts this token. It expired or was revoked.',
          'Replace the token, then try again.',
        ],
        'Replace token…',
      ],
      [
        { state: 'scopeMissing' },
        [
          'The token is accepted, but publishing needs write:packages.',
          'Add the scope on GitHub, then try again.',
        ],
        'Add scope',
      ],
      [
        { offline: true, checkedAt: null },
        [
          'github.com can’t be reached, and was never asked about this token.',
          'Verify the token again later.',
        ],
        undefined,
      ],
    ])('verifies it in place: %o', async (found, words, todo) => {
      const host = failed(failureExample('unauthenticated'), (host) => {
        host.have(account('monalisa', { isDefault: true }), account('octocat'));
        const { verifyAccount } = host;
        host.verifyAccount = async (id) => {
          await verifyAccount(id);
          host.people = host.people.map((it) => (it.id === id ? { ...it, ...found } : it));
          return host.accountsNow();
        };
      });
      await list();
      expect((await result()).textContent.trim()).toBe('');
      await verify();
      for (const text of words) await within(await result()).findByText(text);
      // The one that the failure names, not the one that is used.
      expect(host.asked).toContainEqual({
        name: 'verifyAccount',
        values: ['octocat@github.com'],
      });
      const row = (await result()).closest('li');
      if (!row) throw new Error('a row');
      const buttons = within(row).queryAllByRole('button');
      const links = within(row).queryAllByRole('link');
      const names = [...buttons, ...links].map((it) => it.textContent.trim());
      expect(names.filter((name) => name !== 'Verify token')).toEqual(todo ? [todo] : []);
      await within(await list()).findByRole('button', { name: 'Try again' });
      await accessible();
    });

    it('says why it could not be verified, and that it is being asked', async () => {
      let refuse: (reason: unknown) => void = () => undefined;
      const host = failed(failureExample('unauthenticated'), (host) => {
        host.have(account('octocat', { isDefault: true }));
        host.verifyAccount = () => new Promise((_, reject) => (refuse = reject));
      });
      expect(host.people).toHaveLength(1);
      await verify();
      await within(await result()).findByText('Asking github.com…');
      expect(screen.getByRole('button', { name: 'Verify token' })).toHaveAttribute(
        'aria-disabled',
        'true',
      );
      refuse({ code: 'network.timeout', message: '', params: { host: 'github.com' } });
      await within(await result()).findByText('github.com does not answer');
    });

    it('offers no verifying where nobody is known', async () => {
      failed(failureExample('unauthenticated'));
      await screen.findByText('Not signed in');
      expect(within(await list()).queryByRole('button', { name: 'Verify token' })).toBeNull();
    });

    it('signs in with the browser where that is set up, and nowhere else', async () => {
      const host = failed(failureExample('denied.credential'));
      const button = () =>
        within(screen.getByRole('list', { name: 'What you can do' })).queryByRole('button', {
          name: 'Sign in with browser',
        });
      await list();
      await waitFor(() => expect(button()).toBeVisible());
      await userEvent.click(button() as HTMLElement);
      const dialog = await screen.findByRole('dialog', { name: 'Add account' });
      expect(within(dialog).getByRole('tab', { name: 'Sign in with browser' })).toHaveAttribute(
        'aria-selected',
        'true',
      );
      expect(within(dialog).getByRole('combobox', { name: 'Host' })).toHaveValue('github.com');
      await userEvent.click(within(dialog).getByRole('button', { name: 'Show code' }));
      await screen.findByRole('textbox', { name: 'Code' });
      await host.enterCode('github.com', true);
      await screen.findByText('Signed in as octocat. Everything is kept: try again.', {
        selector: 'p',
      });
      host.signInHosts = host.signInHosts.map((it) => ({ ...it, browser: false }));
      host.pushAccounts?.(host.accountsNow());
      await waitFor(() => expect(button()).toBeNull());
    });
  });
});

// The stand-in's accounts: enough to go through every way in and every state, no second rule book.

import { StandIn } from '../bindings/commands';
import type {
  Account,
  AccountsView,
  AddedAccount,
  BrowserSignIn,
  DockerAsks,
  EngineSignIn,
  FoundCredentials,
  FoundView,
  HeldToken,
  KeychainState,
  NewAccount,
  Purpose,
  RegistryView,
  SignInHost,
  TaskView,
  TokenCheckView,
  TokenFrom,
  TokenTask,
} from '../bindings/view';
import * as made from './fixtures';

const DAY = 86_400;
const now = () => Math.floor(Date.now() / 1000);

const [octocat] = made.accounts.accounts as [Account];

const GITHUB: SignInHost = { ...(made.accounts.hosts[0] as SignInHost), browser: true };
export const ENTERPRISE: SignInHost = {
  name: 'ghe.example.com',
  registries: ['containers.ghe.example.com', 'docker.ghe.example.com'],
  github: true,
  browser: false,
};
export const OTHER: SignInHost = {
  name: 'registry.example.com',
  registries: ['registry.example.com'],
  github: false,
  browser: false,
};

const NEEDS: [TokenTask, string][] = [
  ['install', 'read:packages'],
  ['publish', 'write:packages'],
  ['delete', 'delete:packages'],
  ['legacy', 'repo'],
  ['organizations', 'read:org'],
];

const tasksOf = (scopes: string[]): TaskView[] =>
  NEEDS.map(([task, scope]) => ({
    task,
    scope,
    allowed: scopes.includes(scope)
      ? 'yes'
      : task === 'legacy' || task === 'organizations'
        ? 'notGranted'
        : 'missing',
  }));

/** An account that is good for publishing, but for `change`. */
export function account(username: string, change: Partial<Account> = {}): Account {
  const host = change.host ?? 'github.com';
  return {
    ...octocat,
    id: `${username}@${host}`,
    host,
    username,
    storage: { place: 'keychain', entry: `Slipway: ${username} at ${host}` },
    isDefault: false,
    checkedAt: now() - 180,
    ...(change.scopes === undefined ? {} : { tasks: tasksOf(change.scopes ?? []) }),
    ...change,
  };
}

/** As in the design's picture. */
export const pictured = (): Account[] => [
  account('octocat', {
    isDefault: true,
    expiresAt: now() + 23 * DAY + 3600,
    signOn: [{ organization: 'octo-org', authorized: true }],
  }),
  account('monalisa', { kind: 'browser', source: { way: 'browser', name: '' } }),
  account('hubot', {
    host: ENTERPRISE.name,
    registries: ENTERPRISE.registries,
    isDefault: true,
    state: 'expired',
    expiresAt: now() - 2 * DAY,
  }),
  account('octobot', {
    source: { way: 'environment', name: 'GITHUB_TOKEN' },
    storage: { place: 'thisRun' },
  }),
];

export const found: FoundCredentials = {
  found: [
    {
      id: 1,
      source: { way: 'environment', name: 'GITHUB_TOKEN' },
      host: 'github.com',
      username: '',
    },
    {
      id: 2,
      source: { way: 'docker', name: 'config.json' },
      host: 'github.com',
      username: 'octocat',
    },
    {
      id: 3,
      source: { way: 'podman', name: 'auth.json' },
      host: 'github.com',
      username: 'monalisa',
    },
    { id: 4, source: { way: 'gitHubCli', name: 'gh' }, host: 'github.com', username: 'octocat' },
  ],
  troubles: [],
};

/** What the letters of a stand-in's token say: every verdict can be had. */
function judge(token: string): TokenCheckView {
  if (!token) return { kind: 'other', verdict: 'empty' };
  if (token.startsWith('github_pat_')) return { kind: 'fineGrained', verdict: 'fineGrained' };
  const kind = { ghp_: 'classic', gho_: 'browser', ghs_: 'app' }[token.slice(0, 4)];
  if (!kind) return { kind: 'other', verdict: 'plausible' };
  const verdict =
    token.length < 10
      ? 'tooShort'
      : token.length > 40
        ? 'tooLong'
        : token.endsWith('x')
          ? 'checksum'
          : 'complete';
  return { kind: kind as TokenCheckView['kind'], verdict };
}

const registryViews: RegistryView[] = made.registries.map((it) => ({ ...it, account: null }));

export abstract class FakeAccounts extends StandIn {
  /** What files of other programs name. */
  offered: FoundView[] = [];
  asked: { name: string; values: unknown[] }[] = [];
  registryViews = structuredClone(registryViews);
  people: Account[] = [];
  keychain: { state: KeychainState; package: string } = { state: 'ready', package: '' };
  signInHosts: SignInHost[] = [GITHUB];
  /** What the clipboard and the file hold. */
  held: HeldToken | null = null;
  found: FoundCredentials = { found: [], troubles: [] };
  logins: EngineSignIn[] = [
    { engine: 'docker', installed: true, asks: false, plain: false, place: 'secretservice' },
    { engine: 'podman', installed: true, asks: false, plain: true, place: 'auth.json' },
  ];
  asks: DockerAsks = {
    registries: [],
    podman: [],
    plain: [],
    program: null,
    config: '/home/octocat/.docker/config.json',
  };
  /** Tells the page what the background found out. */
  pushAccounts: ((accounts: AccountsView) => void) | undefined;
  /** A notification of an account was clicked. */
  openAccount: ((id: string) => void) | undefined;
  /** Tells the page how signing in with the browser goes. */
  browser: ((update: BrowserSignIn) => void) | undefined;
  #endBrowser: (() => void) | undefined;
  /** Whoever is signed in from now on. */
  login = 'octocat';

  protected note<T>(name: string, values: unknown[], answer: T): Promise<T> {
    this.asked.push({ name, values });
    return Promise.resolve(answer);
  }

  protected done(command: string, words: unknown[]): Promise<void> {
    return this.note(command, words, undefined);
  }

  protected unprepared(command: string): Promise<never> {
    return Promise.reject(new Error(`the stand-in has no answer to ${command}`));
  }

  /** Puts accounts in, as they would be after a start. */
  have(...people: Account[]): void {
    this.people = people;
    this.#sign();
  }

  accountsNow(): AccountsView {
    return {
      accounts: structuredClone(this.people),
      keychain: { ...this.keychain },
      hosts: this.signInHosts,
    };
  }

  /** Each registry has the account that is used at its host. */
  #sign(): void {
    this.registryViews = this.registryViews.map((registry) => {
      if (registry.practice) return registry;
      const used = this.people.find((it) => it.isDefault && it.registries.includes(registry.name));
      return { ...registry, account: used ? { username: used.username, source: 'thisRun' } : null };
    });
  }

  #change(id: string, change: Partial<Account>): AccountsView {
    this.people = this.people.map((it) => (it.id === id ? { ...it, ...change } : it));
    this.#sign();
    return this.accountsNow();
  }

  registries = (): Promise<RegistryView[]> => this.note('registries', [], this.registryViews);
  accounts = (): Promise<AccountsView> => this.note('accounts', [], this.accountsNow());
  onAccounts = (listener: (accounts: AccountsView) => void): Promise<() => void> => {
    this.pushAccounts = listener;
    return Promise.resolve(() => (this.pushAccounts = undefined));
  };
  checkToken = (token: string): Promise<TokenCheckView> =>
    this.note('checkToken', [token], judge(token));
  readClipboardToken = (host: string): Promise<HeldToken | null> =>
    this.note('readClipboardToken', [host], this.held && { ...this.held, file: '' });
  readTokenFile = (host: string): Promise<HeldToken | null> =>
    this.note('readTokenFile', [host], this.held);
  holdDroppedToken = (host: string, file: number): Promise<HeldToken> => {
    const check = { kind: 'classic' as const, verdict: 'complete' as const };
    const held = this.held ?? { id: 7, check, file: 'TOKEN.txt' };
    return this.note('holdDroppedToken', [host, file], held);
  };
  onOpenAccount = (listener: (id: string) => void): Promise<() => void> => {
    this.openAccount = listener;
    return Promise.resolve(() => (this.openAccount = undefined));
  };
  findCredentials = (): Promise<FoundCredentials> => this.note('findCredentials', [], this.found);
  offeredLogins = (): Promise<FoundView[]> => this.note('offeredLogins', [], this.offered);

  addAccount = (wanted: NewAccount): Promise<AddedAccount> => {
    const known = [...this.found.found, ...this.offered].find(
      (it) => wanted.token.from === 'found' && it.id === wanted.token.id,
    );
    const { host } = wanted;
    const username = wanted.username || known?.username || this.login;
    const registries = this.signInHosts.find((it) => it.name === host)?.registries ?? [host];
    const added = account(username, {
      host,
      registries,
      source: known?.source ?? { way: 'paste', name: '' },
      ...this.#storage(username, host, wanted.keep),
      isDefault: !this.people.some((it) => it.host === host),
    });
    this.people = [...this.people.filter((it) => it.id !== added.id), added];
    this.#sign();
    return this.note('addAccount', [wanted], this.#added(added.id, wanted.keep));
  };
  replaceToken = (
    id: string,
    token: TokenFrom,
    keep: boolean,
    anyway: boolean,
  ): Promise<AddedAccount> => {
    this.#change(id, { state: 'accepted', checkedAt: now(), expiresAt: null, offline: false });
    return this.note('replaceToken', [id, token, keep, anyway], this.#added(id, keep));
  };
  #storage(username: string, host: string, keep: boolean): Pick<Account, 'storage'> {
    const kept = keep && this.keychain.state === 'ready';
    return {
      storage: kept
        ? { place: 'keychain', entry: `Slipway: ${username} at ${host}` }
        : { place: 'thisRun' },
    };
  }
  #added(id: string, keep: boolean): AddedAccount {
    return { id, accounts: this.accountsNow(), notKept: keep && this.keychain.state !== 'ready' };
  }

  verifyAccount = (id: string): Promise<AccountsView> =>
    this.note('verifyAccount', [id], this.#change(id, { checkedAt: now() }));
  signOutAccount = (id: string): Promise<AccountsView> => {
    const gone = this.people.find((it) => it.id === id);
    this.people = this.people.filter((it) => it.id !== id);
    const next = gone?.isDefault && this.people.find((it) => it.host === gone.host);
    return this.note(
      'signOutAccount',
      [id],
      this.#change(next ? next.id : id, next ? { isDefault: true } : {}),
    );
  };
  useAccount = (id: string): Promise<AccountsView> => {
    const host = this.people.find((it) => it.id === id)?.host;
    this.people = this.people.map((it) => (it.host === host ? { ...it, isDefault: false } : it));
    return this.note('useAccount', [id], this.#change(id, { isDefault: true }));
  };
  checkKeychain = (): Promise<AccountsView> => {
    this.keychain = { state: 'ready', package: '' };
    return this.note('checkKeychain', [], this.accountsNow());
  };
  signInWithBrowser = (
    host: string,
    purpose: Purpose,
    keep: boolean,
    view: (update: BrowserSignIn) => void,
  ): Promise<void> => {
    void this.note('signInWithBrowser', [host, purpose, keep], undefined);
    this.browser = view;
    const page = `https://${host}/login/device`;
    view({ type: 'code', code: 'WDJB-MJHT', page, expiresAt: now() + 900 });
    return new Promise((end) => (this.#endBrowser = end));
  };
  /** The code was entered; what was not granted. */
  async enterCode(host: string, keep: boolean, lost: TokenTask[] = []): Promise<void> {
    const token: TokenFrom = { from: 'held', id: 0 };
    const added = await this.addAccount({ host, token, username: '', keep, anyway: false });
    this.browser?.({ type: 'added', added, lost });
    this.#endBrowser?.();
  }
  cancelBrowserSignIn = (): Promise<void> => {
    this.#endBrowser?.();
    return this.note('cancelBrowserSignIn', [], undefined);
  };
  engineSignIns = (id: string): Promise<EngineSignIn[]> =>
    this.note('engineSignIns', [id], this.logins);
  dockerAsks = (): Promise<DockerAsks> => this.note('dockerAsks', [], this.asks);
  letDockerAsk = (id: string): Promise<DockerAsks> => {
    const registries = this.people.find((person) => person.id === id)?.registries ?? [];
    return this.#ask('letDockerAsk', [id], registries);
  };
  letDockerBe = (): Promise<DockerAsks> => this.#ask('letDockerBe', [], []);

  #ask(name: string, values: unknown[], registries: string[]): Promise<DockerAsks> {
    this.asks = { ...this.asks, registries, podman: registries };
    this.logins = this.logins.map((one) => ({ ...one, asks: registries.length > 0 }));
    return this.note(name, values, this.asks);
  }
}

// Who is signed in where: what Rust knows, and what is asked of it. It outlives the page.

import { SvelteSet } from 'svelte/reactivity';

import type { Host } from '../backend/host';
import { failureOf } from '../backend/host';
import type {
  Account,
  AccountsView,
  Code,
  DragItem,
  FailureView,
  FoundView,
  RegistryView,
  SignInHost,
} from '../bindings/view';
import { t } from '../i18n/index.svelte';
import { expiryNotice, stateWords } from '../lib/accounts';
import { announcer } from '../lib/announce.svelte';
import { addAccount } from './account-dialog';
import { overlay } from './overlay.svelte';
import type { Registries } from './registries.svelte';

export class AccountsModel {
  /** None until the first answer. */
  view = $state.raw<AccountsView>();
  /** Ids of those that are being verified. */
  readonly checking = new SvelteSet<string>();
  /** Why the last wish came to nothing. */
  failure = $state.raw<FailureView>();
  /** Logins that other programs keep, for hosts that nobody is signed in at. Files name them; nobody was asked yet. */
  offered = $state.raw<FoundView[]>([]);
  /** One of them is being fetched. */
  fetching = $state(false);
  /** Why the last one was of no use, and for which host. */
  #notUsed = $state.raw<{ host: string; failure: FailureView }>();
  /** Why a file that was dropped here is none of a token. */
  refused = $state<Code>();
  /** Warnings of a token's end that were given, each by account and days. */
  #warned = new Set<string>();

  constructor(
    private readonly host: Host,
    private readonly registries: Registries,
  ) {}

  get all(): Account[] {
    return this.view?.accounts ?? [];
  }

  account(id: string): Account | undefined {
    return this.all.find((account) => account.id === id);
  }

  /** The one that the page shows: the first where nobody asked for another. */
  shown(id: string): Account | undefined {
    return this.account(id) ?? this.all[0];
  }

  /** The host that a registry belongs to. */
  hostOf(registry: string): SignInHost | undefined {
    return this.view?.hosts.find(({ registries }) => registries.includes(registry));
  }

  /** Those that can sign in to a registry. */
  at = (registry: string): Account[] =>
    this.all.filter(({ registries }) => registries.includes(registry));

  /** The one that a registry is used with now. */
  using(registry: RegistryView | undefined): Account | undefined {
    if (!registry?.account) return undefined;
    const { username } = registry.account;
    const same = this.at(registry.name).filter((account) => account.username === username);
    return same.find((account) => account.isDefault) ?? same[0];
  }

  async load(): Promise<void> {
    await this.#ask(() => this.host.accounts(), false);
    this.offered = await this.host.offeredLogins();
  }

  /** The login that is one press away at a registry. */
  offeredAt(registry: string): FoundView | undefined {
    const host = this.hostOf(registry)?.name;
    return this.offered.find((found) => found.host === host);
  }

  /** Why a login of another program was of no use at a registry. */
  notUsedAt(registry: string): FailureView | undefined {
    const host = this.hostOf(registry)?.name;
    return this.#notUsed?.host === host ? this.#notUsed?.failure : undefined;
  }

  /** Signs in with one of them for this run; it stays where it is, and the next start offers it again. */
  async useOffered({ id, host, username }: FoundView): Promise<void> {
    if (this.fetching) return;
    this.fetching = true;
    this.#notUsed = undefined;
    try {
      const token = { from: 'found', id } as const;
      const account = { host, token, username, keep: false, anyway: false };
      await this.changed((await this.host.addAccount(account)).accounts);
    } catch (reason) {
      this.#notUsed = { host, failure: failureOf(reason) };
      // Its handle was for one use.
      this.offered = await this.host.offeredLogins();
    } finally {
      this.fetching = false;
    }
  }

  /** Checks in the background found something out. */
  async heard(view: AccountsView): Promise<void> {
    this.#take(view);
    await this.registries.accountsChanged(false);
  }

  /** Somebody signed in, out, or otherwise; the form asks anew what it may. */
  async changed(view: AccountsView): Promise<void> {
    this.#notUsed = undefined;
    this.#take(view);
    await this.registries.accountsChanged(true);
    this.offered = await this.host.offeredLogins();
  }

  #take(view: AccountsView): void {
    for (const { id, state, username, host } of view.accounts) {
      const before = this.account(id)?.state;
      if (state === 'expired' && before && before !== 'expired')
        announcer.alert(t('accounts.expiredNow', { username, host }));
    }
    this.view = view;
    this.#warn(view);
  }

  /** Tells whoever does not look at the window of tokens that end soon, of each once. */
  #warn({ accounts }: AccountsView): void {
    // Who looks at it has it before the eyes, and the system would not tell.
    if (document.hasFocus()) return;
    for (const account of accounts) {
      const { id, expiryDue } = account;
      const warning = `${id} ${expiryDue}`;
      if (expiryDue === null || this.#warned.has(warning)) continue;
      this.#warned.add(warning);
      const { title, body } = expiryNotice(account, expiryDue);
      // A system that shows no such things is no failure of the page's.
      void this.host.notifyExpiry(id, title, body).catch(() => undefined);
    }
  }

  /** A file with a token was dropped: the dialog opens and holds it. */
  async takeDropped({ file }: DragItem, ondone: (id: string) => void): Promise<void> {
    if (file === null) return;
    this.refused = undefined;
    this.failure = undefined;
    try {
      // The dialog begins at the first host.
      const host = this.view?.hosts[0]?.name ?? 'github.com';
      const held = await this.host.holdDroppedToken(host, file);
      // Something else was opened meanwhile.
      if (overlay.open) await this.host.dropHeldToken(held.id);
      else addAccount({ host, held, dropped: file, ondone });
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }

  refuse(code: Code): void {
    this.failure = undefined;
    this.refused = code;
  }

  /** `spoken`: what it came to is told to those who listen; false where the page says it. */
  async verify(id: string, spoken = true): Promise<void> {
    if (this.checking.has(id)) return;
    this.checking.add(id);
    await this.#ask(() => this.host.verifyAccount(id));
    this.checking.delete(id);
    const account = this.account(id);
    if (spoken && account && !this.failure)
      announcer.say(
        t('accounts.verified', {
          username: account.username,
          state: stateWords(account, this.view?.hosts ?? []),
        }),
      );
  }

  /** Whoever changed it where it was found has another token there by now. */
  async fetchAnew({ id, host, username, source, storage }: Account): Promise<void> {
    this.#notUsed = undefined;
    try {
      const { found } = await this.host.findCredentials();
      const same = found.find(
        (one) => one.host === host && one.source.way === source.way && one.username === username,
      );
      if (!same) return;
      const token = { from: 'found', id: same.id } as const;
      const keep = storage.place === 'keychain';
      await this.changed((await this.host.replaceToken(id, token, keep, false)).accounts);
    } catch (reason) {
      this.#notUsed = { host, failure: failureOf(reason) };
    }
  }

  cancelCheck = (id: string): Promise<void> => this.host.cancelAccountCheck(id);

  async signOut(id: string): Promise<void> {
    const username = this.account(id)?.username ?? '';
    await this.#ask(() => this.host.signOutAccount(id));
    if (!this.failure) announcer.say(t('signOut.done', { username }));
  }

  use = (id: string): Promise<void> => this.#ask(() => this.host.useAccount(id));

  async checkKeychain(): Promise<void> {
    await this.#ask(() => this.host.checkKeychain());
    const state = this.view?.keychain.state;
    if (state) announcer.say(t(`accounts.keychain.${state}`));
  }

  async #ask(question: () => Promise<AccountsView>, changes = true): Promise<void> {
    this.failure = undefined;
    this.refused = undefined;
    try {
      const view = await question();
      if (changes) await this.changed(view);
      else this.#take(view);
    } catch (reason) {
      const failure = failureOf(reason);
      // Who cancels knows.
      if (failure.code !== 'cancelled') this.failure = failure;
    }
  }
}

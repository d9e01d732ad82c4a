// What the dialog "Add account" does. The token itself is never here: it stays in its field, in letters that nobody
// sees, until it is handed to Rust, and the field is cleared in the same breath.

import { tick } from 'svelte';

import type { Host } from '../../backend/host';
import { failureOf } from '../../backend/host';
import type {
  Account,
  AccountWay,
  AddedAccount,
  BrowserSignIn,
  FailureView,
  FoundCredentials,
  FoundView,
  HeldToken,
  Purpose,
  SignInHost,
  TokenCheckView,
  TokenFrom,
} from '../../bindings/view';
import { t } from '../../i18n/index.svelte';
import { announcer } from '../../lib/announce.svelte';
import type { AccountsModel } from '../../shell/accounts.svelte';
import type { Wish } from '../../shell/overlay.svelte';

export const WAYS = ['browser', 'paste', 'file', 'environment', 'engines', 'gitHubCli'] as const;
export type Way = (typeof WAYS)[number];
/** Ways to what this computer has already. */
export type FoundWay = 'environment' | 'engines' | 'gitHubCli';

/** What tokens are for in this window. */
export const PURPOSES = ['publish', 'legacy'] as const satisfies Purpose[];
export type WindowPurpose = (typeof PURPOSES)[number];

/** A token is judged so long after the last key. */
const JUDGE_MS = 150;

const PLACES: Record<FoundWay, AccountWay[]> = {
  environment: ['environment'],
  engines: ['docker', 'podman'],
  gitHubCli: ['gitHubCli'],
};
export const isFound = (way: Way): way is FoundWay => way in PLACES;

export class AddModel {
  way = $state<Way>('paste');
  purpose = $state<WindowPurpose>('publish');
  username = $state('');
  keep = $state(true);
  /** What can be told of the token that was typed or read. */
  check = $state.raw<TokenCheckView>();
  /** Read in Rust, waiting there. */
  held = $state.raw<HeldToken>();
  /** The clipboard was asked and had nothing. */
  nothing = $state(false);
  credentials = $state.raw<FoundCredentials>();
  /** This computer is looked through once more. */
  looking = $state(false);
  /** Of what was found, the one to use. */
  chosen = $state<number>();
  /** Used though GitHub Packages refuses its kind. */
  anyway = $state(false);
  /** Nobody could be asked whom the token belongs to. */
  alone = $state(false);
  /** The user name is missing. */
  nameless = $state(false);
  busy = $state(false);
  failure = $state.raw<FailureView>();
  code = $state.raw<BrowserSignIn & { type: 'code' }>();
  /** Signed in with the browser, with less than was asked for. */
  less = $state.raw<BrowserSignIn & { type: 'added' }>();

  /** Empty: the first one. */
  #host = $state('');
  /** The field of the token, while there is one. */
  input: HTMLInputElement | undefined;
  readonly replaced: Account | undefined;
  /** Nobody looks at the dialog any more. */
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #round = 0;
  #browserRound = 0;
  // Whoever ends the dialog reads these: no state, which is as it was before while things are taken away.
  /** What waits in Rust. */
  #waiting: number | undefined;
  /** A code waits to be entered. */
  #codeWaits = false;

  constructor(
    private readonly api: Host,
    private readonly accounts: AccountsModel,
    private readonly wish: Wish,
    private readonly onclose: () => void,
  ) {
    this.replaced = wish.replace === undefined ? undefined : accounts.account(wish.replace);
    const host = this.replaced?.host ?? wish.host ?? accounts.hostOf(wish.registry ?? '')?.name;
    this.#host = host ?? '';
    // Nobody could tell so far.
    if (!accounts.view) void accounts.load();
    if (wish.legacy) this.purpose = 'legacy';
    const browser = this.replaced ? this.replaced.kind === 'browser' : true;
    if (browser && this.hostView?.browser) this.way = 'browser';
    if (wish.held) {
      this.way = 'file';
      this.#hold(wish.held);
      this.check = wish.held.check;
    }
    void this.#find();
  }

  get host(): string {
    return this.#host || (this.hosts[0]?.name ?? '');
  }

  get hosts(): SignInHost[] {
    return this.accounts.view?.hosts ?? [];
  }

  get hostView(): SignInHost | undefined {
    return this.hosts.find(({ name }) => name === this.host);
  }

  get github(): boolean {
    return this.hostView?.github ?? false;
  }

  /** Who it is has to be typed. */
  get asksName(): boolean {
    if (this.replaced || this.way === 'browser') return false;
    if (isFound(this.way)) return this.alone && !this.entry?.username;
    return !this.github || this.alone;
  }

  // What this computer has.

  async #find(): Promise<void> {
    const was = this.entry;
    try {
      this.credentials = await this.api.findCredentials();
      this.#choose();
      // Under its new handle it is the same one.
      const words = (one: FoundView) => JSON.stringify({ ...one, id: 0 });
      const same = was && this.credentials.found.find((one) => words(one) === words(was));
      if (same && this.chosen !== undefined) this.chosen = same.id;
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }

  /** Looks once more: something may have been signed in meanwhile. */
  async lookAgain(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    await this.#find();
    this.looking = false;
    const n = isFound(this.way) ? this.found(this.way).length : 0;
    if (!this.failure) announcer.say(n > 0 ? t('add.again.found', { n }) : t('add.again.nothing'));
  }

  found(way: FoundWay): FoundView[] {
    return (this.credentials?.found ?? []).filter(
      ({ source, host }) =>
        PLACES[way].includes(source.way) && (!this.replaced || host === this.replaced.host),
    );
  }

  /** Places of a way that could not be read, and why. */
  troubles(way: FoundWay): string[] {
    return (this.credentials?.troubles ?? [])
      .filter((trouble) => PLACES[way].includes(trouble.way))
      .map(({ message }) => message);
  }

  get entry(): FoundView | undefined {
    return this.credentials?.found.find(({ id }) => id === this.chosen);
  }

  #choose(): void {
    this.chosen = isFound(this.way) ? this.found(this.way)[0]?.id : undefined;
  }

  // The token, before anybody is asked.

  /** Takes another way. What was typed for this one is gone. */
  go(way: Way): void {
    if (way === this.way) return;
    this.clear();
    this.stopBrowser();
    this.failure = undefined;
    this.way = way;
    this.#choose();
  }

  /** What was read for another host is no good for this one; a dropped file is read again for it. */
  chooseHost(host: string): void {
    this.stopBrowser();
    this.#host = host;
    this.alone = false;
    this.failure = undefined;
    const { dropped } = this.wish;
    const reads = this.held !== undefined && this.way === 'file' && dropped !== undefined;
    if (this.held) this.clear();
    if (reads) void this.#read(() => this.api.holdDroppedToken(this.host, dropped), false);
  }

  /** Nothing of a token stays, neither here nor in Rust. */
  clear(): void {
    if (this.input) this.input.value = '';
    this.#forget();
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#round += 1;
    this.check = undefined;
    this.anyway = false;
    this.nothing = false;
    if (this.#waiting !== undefined)
      void this.api.dropHeldToken(this.#waiting).catch(() => undefined);
    this.#hold(undefined);
  }

  #hold(held: HeldToken | undefined): void {
    this.held = held;
    this.#waiting = held?.id;
  }

  /** A key went down in the field. */
  typed(): void {
    this.#forget();
    this.failure = undefined;
    if (this.input?.value) this.#timer = setTimeout(() => void this.#judge(), JUDGE_MS);
  }

  /** Older answers that come late are dropped. */
  async #judge(): Promise<void> {
    clearTimeout(this.#timer);
    const round = ++this.#round;
    const check = await this.api.checkToken(this.input?.value ?? '');
    if (round === this.#round) this.check = check;
  }

  readClipboard = (): Promise<void> =>
    this.#read(() => this.api.readClipboardToken(this.host), true);
  readFile = (): Promise<void> => this.#read(() => this.api.readTokenFile(this.host), false);

  async #read(read: () => Promise<HeldToken | null>, clipboard: boolean): Promise<void> {
    const { way, host } = this;
    this.failure = undefined;
    try {
      const held = await read();
      // Somebody went elsewhere meanwhile.
      const gone = way !== this.way || host !== this.host || this.#closed;
      if (held && gone) return void this.api.dropHeldToken(held.id);
      if (held) {
        this.clear();
        this.#hold(held);
        this.check = held.check;
      } else if (clipboard) this.nothing = true;
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }

  /** The token cannot be right, or is refused. */
  get refused(): boolean {
    const verdict = this.check?.verdict;
    // Other registries have tokens and passwords of any form.
    if (!this.github) return verdict === 'empty';
    if (verdict === 'fineGrained') return !this.anyway;
    return ['empty', 'tooShort', 'tooLong', 'checksum'].includes(verdict ?? '');
  }

  // Handing it over.

  async submit(): Promise<void> {
    if (this.busy) return;
    this.failure = undefined;
    this.nameless = this.asksName && this.username.trim() === '';
    this.busy = true;
    try {
      // Whoever is quicker than the check gets its answer first.
      if (this.way === 'paste' && !this.held) await this.#judge();
      const ready = !this.nameless && !(isFound(this.way) ? !this.entry : this.refused);
      const token = ready ? this.#token() : undefined;
      if (token) await this.#hand(token);
    } catch (reason) {
      await this.#failed(reason);
    } finally {
      this.busy = false;
    }
    if (this.nameless) document.getElementById('add-username')?.focus();
    else if (this.refused) this.input?.focus();
  }

  #token(): TokenFrom | undefined {
    if (this.entry) return { from: 'found', id: this.entry.id };
    if (this.held) return { from: 'held', id: this.held.id };
    const token = this.input?.value ?? '';
    if (this.input) this.input.value = '';
    return token ? { from: 'typed', token } : undefined;
  }

  async #hand(token: TokenFrom): Promise<void> {
    // A wish for as long as there is nothing to keep it in.
    const keep = this.keep && this.accounts.view?.keychain.state !== 'missing';
    const anyway = this.anyway || this.alone;
    if (this.replaced)
      return this.#done(await this.api.replaceToken(this.replaced.id, token, keep, anyway));
    const host = this.entry?.host ?? this.host;
    const username = this.asksName ? this.username.trim() : '';
    this.#done(await this.api.addAccount({ host, token, username, keep, anyway }));
  }

  async #failed(reason: unknown): Promise<void> {
    const failure = failureOf(reason);
    // Whoever did not want the token to go there has seen why; it has to be given again.
    this.failure = failure.code === 'cancelled' ? undefined : failure;
    // A host that nobody reaches can be signed in to all the same.
    if (failure.code.startsWith('network.')) this.alone = true;
    this.clear();
    // What was found is good for one try.
    if (isFound(this.way)) await this.#find();
  }

  #done(added: AddedAccount): void {
    // It was used up.
    this.#hold(undefined);
    this.clear();
    void this.accounts.changed(added.accounts);
    const account = added.accounts.accounts.find(({ id }) => id === added.id);
    announcer.say(
      added.notKept
        ? t('add.notKept')
        : t('add.done', { username: account?.username ?? '', host: account?.host ?? this.host }),
    );
    if (!this.#closed) this.onclose();
    void tick().then(() => this.wish.ondone?.(added.id));
  }

  /** However it closes, nothing of a token stays and nobody waits for a code. */
  end(): void {
    this.#closed = true;
    this.clear();
    this.stopBrowser();
  }

  // With the browser.

  async showCode(): Promise<void> {
    const round = ++this.#browserRound;
    this.failure = undefined;
    this.busy = true;
    this.#codeWaits = true;
    try {
      await this.api.signInWithBrowser(this.host, this.purpose, this.keep, (update) => {
        if (round === this.#browserRound) this.#browser(update);
      });
    } catch (reason) {
      if (round === this.#browserRound) this.#browserFailed(failureOf(reason));
    }
    if (round !== this.#browserRound) return;
    this.busy = false;
    this.#codeWaits = false;
  }

  #browser(update: BrowserSignIn): void {
    if (update.type === 'code') {
      this.code = update;
      return;
    }
    this.code = undefined;
    this.#codeWaits = false;
    if (update.type === 'failed') this.#browserFailed(update.failure);
    else if (update.lost.length === 0) this.#done(update.added);
    else {
      this.less = update;
      void this.accounts.changed(update.added.accounts);
    }
  }

  #browserFailed(failure: FailureView): void {
    this.code = undefined;
    if (failure.code !== 'cancelled') this.failure = failure;
  }

  /** Nobody waits for the code any more. */
  stopBrowser(): void {
    const waits = this.#codeWaits;
    this.#codeWaits = false;
    this.#browserRound += 1;
    this.code = undefined;
    if (!waits) return;
    this.busy = false;
    void this.api.cancelBrowserSignIn().catch(() => undefined);
  }

  /** What was granted will do. */
  settle(): void {
    if (this.less) this.#done(this.less.added);
  }
}

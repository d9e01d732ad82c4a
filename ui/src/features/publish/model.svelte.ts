// The publish form and what is known about it. The rules are Rust's: this keeps what was typed, asks at
// every key, and shows the answers that still fit.

import type {
  Code,
  DragItem,
  Draft,
  FailureView,
  Field,
  FileId,
  FixView,
  FormView,
  ImageView,
  OpenedView,
  PreflightView,
  PublishButton,
  ReadingView,
  RegistryView,
  StartView,
} from '../../bindings/view';
import type { Host } from '../../host/host';
import { failureOf } from '../../host/host';
import { t } from '../../i18n/index.svelte';
import { announcer } from '../../lib/announce.svelte';
import { copyText } from '../../lib/copy';
import { bytes } from '../../lib/format';
import { router } from '../../router.svelte';

/** A message appears after this rest. */
const REST_MS = 600;
/** Checks run so long after the last change. */
const CHECK_MS = 400;
/** Reading is shown only when it takes longer. */
const READING_MS = 300;

export class PublishModel {
  registries = $state<RegistryView[]>([]);
  draft = $state.raw<Draft>({} as Draft);
  opened = $state.raw<OpenedView>();
  form = $state.raw<FormView>();
  preflight = $state.raw<PreflightView>();
  /** The card is older than the form. */
  stale = $state(false);
  checkedAt = $state<number>();
  reading = $state('');
  /** The compressed file that is being unpacked. */
  unpacking = $state.raw<ReadingView>();
  failure = $state.raw<FailureView>();
  starting = $state(false);
  /** The file whose form the page has led to. */
  shown: FileId | undefined;
  /** Files that were dropped together and come next. */
  waiting = $state.raw<DragItem[]>([]);
  /** Fields whose messages are shown. */
  revealed = $state<Partial<Record<Field, boolean>>>({});

  /** Other images of the file that are published along with the one that is shown. */
  along = $state.raw<string[]>([]);

  /** What was typed for images of the file that are not shown now. */
  #drafts = new Map<string, Draft>();
  #undo: Draft[] = [];
  #formRound = 0;
  #checkRound = 0;
  #checkTimer: ReturnType<typeof setTimeout> | undefined;
  #restTimers = new Map<Field, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly host: Host,
    start: StartView,
  ) {
    this.registries = start.registries;
    this.draft = start.draft;
  }

  get registry(): RegistryView | undefined {
    return this.registries.find((registry) => registry.name === this.draft.registry);
  }

  get image(): ImageView | undefined {
    return this.opened?.images.find((image) => image.selector === this.draft.image);
  }

  // Getting an image in.

  openArgument = (): Promise<void> => this.#open('', () => this.host.openArgument(this.draft));

  choose = (): Promise<void> => this.#open('', () => this.host.chooseImage(this.draft));

  openPath = (path: string): Promise<void> =>
    this.#open(path.split(/[\\/]/).at(-1) ?? path, () => this.host.openPath(path, this.draft));

  /** Opens the first of some dropped files; the others wait for their turn. */
  openDropped = (items: DragItem[]): Promise<void> => {
    const [first, ...others] = items.filter((item) => item.file !== null);
    this.waiting = others;
    return first ? this.#openFile(first) : Promise.resolve();
  };

  /** Opens one that waits. Where it goes stays; its name and versions are its own. */
  openWaiting = (item: DragItem): Promise<void> => {
    this.waiting = this.waiting.filter((it) => it !== item);
    this.draft = { ...this.draft, imageName: '', versions: [], versionText: '' };
    return this.#openFile(item);
  };

  #openFile = (item: DragItem): Promise<void> =>
    this.#open(item.name, () => this.host.openDropped([item.file ?? 0], this.draft));

  /** Fills the form from a whole reference. */
  async fill(text: string): Promise<void> {
    const filled = await this.host.fillReference(this.draft, text);
    if (filled) {
      this.#undo.push(this.draft);
      this.change(filled);
    }
  }

  /** The file of an earlier job, with the form as it was. */
  reopen = (job: number): Promise<void> => this.#open('', () => this.host.reopenJob(job));

  /** Puts the whole reference on the clipboard. */
  async copyReference(): Promise<void> {
    const reference = this.form?.reference.full;
    if (reference && (await copyText(reference))) announcer.say(t('copied'));
  }

  startPractice = (): Promise<void> =>
    this.#open('', async () => {
      const practice = await this.host.startPractice(this.draft);
      this.registries = practice.registries;
      return practice.opened;
    });

  /** A file that was refused before it was opened. */
  refuse(code: Code): void {
    this.failure = { ...failureOf({ code, message: code }), params: {}, help: [], technical: null };
  }

  async #open(name: string, read: () => Promise<OpenedView | null>): Promise<void> {
    this.failure = undefined;
    const timer = setTimeout(() => (this.reading = name || t('start.reading')), READING_MS);
    const look = setInterval(() => void this.#look(), READING_MS);
    try {
      const opened = await read();
      if (opened) this.#take(opened);
    } catch (reason) {
      const failure = failureOf(reason);
      if (failure.code !== 'cancelled') this.failure = failure;
    } finally {
      clearTimeout(timer);
      clearInterval(look);
      this.reading = '';
      this.unpacking = undefined;
    }
  }

  async #look(): Promise<void> {
    const unpacking = await this.host.reading();
    if (this.reading) this.unpacking = unpacking ?? undefined;
  }

  cancelReading = (): Promise<void> => this.host.cancelReading();

  #take(opened: OpenedView): void {
    this.opened = opened;
    this.along = [];
    this.#drafts.clear();
    this.preflight = undefined;
    this.revealed = {};
    this.#undo = [];
    this.change(opened.draft);
    // What the file filled in is judged at once.
    if (opened.draft.imageName) this.reveal('imageName');
    if (opened.draft.versions.length > 0) this.reveal('version');
    const image = this.image;
    if (image) {
      const facts = [opened.name, image.platforms.join(', '), bytes(image.size)];
      announcer.say(facts.filter(Boolean).join(', '));
    }
  }

  // Several images in one file.

  /** The form of an image: as it was left, or as the names in the file say. */
  #draftOf(selector: string): Draft {
    const known = this.#drafts.get(selector);
    if (known) return { ...known, registry: this.draft.registry, owner: this.draft.owner };
    const image = this.opened?.images.find((it) => it.selector === selector);
    const names = image?.names.filter((name) => name.imageName) ?? [];
    const imageName = names[0]?.imageName ?? '';
    const versions = names
      .filter((name) => name.imageName === imageName && name.version)
      .map((name) => name.version);
    return { ...this.draft, image: selector, platform: '', imageName, versions, versionText: '' };
  }

  /** Shows the form of another image. */
  showImage(selector: string): void {
    if (selector === this.draft.image) return;
    this.#drafts.set(this.draft.image, this.draft);
    this.along = this.along.filter((it) => it !== selector);
    this.#undo = [];
    this.change(this.#draftOf(selector));
  }

  /** Publishes an image along with the one that is shown, or not. */
  takeAlong(selector: string, along: boolean): void {
    const others = this.along.filter((it) => it !== selector);
    this.along = along ? [...others, selector] : others;
  }

  /** Back to the start page, or on to the next file that waits; the destination stays as it is. */
  close(): void {
    const [next] = this.waiting;
    if (next) return void this.openWaiting(next);

    this.opened = undefined;
    this.preflight = undefined;
    this.draft = {
      ...this.draft,
      file: null,
      image: '',
      platform: '',
      imageName: '',
      versions: [],
    };
  }

  // The form.

  change(draft: Draft): void {
    this.draft = draft;
    void this.#check();
    this.stale = true;
    clearTimeout(this.#checkTimer);
    this.#checkTimer = setTimeout(() => void this.check(), CHECK_MS);
  }

  edit(field: Field, change: Partial<Draft>): void {
    // Behind what was typed since, the field's own undo comes first.
    this.#undo = [];
    clearTimeout(this.#restTimers.get(field));
    this.#restTimers.set(
      field,
      setTimeout(() => this.reveal(field), REST_MS),
    );
    this.change({ ...this.draft, ...change });
  }

  reveal(field: Field): void {
    clearTimeout(this.#restTimers.get(field));
    this.revealed[field] = true;
  }

  /** What stands in the version field becomes one of the list. */
  addVersion(): void {
    const text = this.draft.versionText.trim();
    if (!text) return;
    this.#undo = [];
    const versions = this.draft.versions.includes(text)
      ? this.draft.versions
      : [...this.draft.versions, text];
    this.change({ ...this.draft, versions, versionText: '' });
    this.reveal('version');
  }

  removeVersion(index: number): void {
    this.#undo = [];
    this.change({ ...this.draft, versions: this.draft.versions.filter((_, at) => at !== index) });
    this.reveal('version');
  }

  /** A name from the file fills image name and version. */
  useName(imageName: string, version: string): void {
    this.#undo.push(this.draft);
    const versions =
      version && !this.draft.versions.includes(version)
        ? [...this.draft.versions, version]
        : this.draft.versions;
    this.change({ ...this.draft, imageName: imageName || this.draft.imageName, versions });
  }

  applyFix(fix: FixView): void {
    this.#undo.push(this.draft);
    const moves = fix.draft.registry !== this.draft.registry;
    this.change(fix.draft);
    if (moves) this.revealed = {};
  }

  /** Takes the last fix back; whether there was one. */
  undo(): boolean {
    const before = this.#undo.pop();
    if (before) this.change(before);
    return before !== undefined;
  }

  async switchTo(registry: string): Promise<void> {
    this.change(await this.host.switchRegistry(this.draft, registry));
  }

  async #check(): Promise<void> {
    const round = ++this.#formRound;
    try {
      const form = await this.host.checkForm(this.draft);
      if (round !== this.#formRound) return;
      this.form = form;
      for (const field of form.fields) {
        // The next message of a field waits for a rest again.
        if (field.findings.length === 0) this.revealed[field.field] = false;
      }
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }

  /** Asks what can be known before a byte is sent. Older answers that come late are dropped. */
  async check(): Promise<void> {
    clearTimeout(this.#checkTimer);
    if (!this.opened) return;
    const round = ++this.#checkRound;
    this.stale = true;
    try {
      const preflight = await this.host.preflight(this.draft);
      if (round !== this.#checkRound) return;
      this.preflight = preflight;
      this.stale = false;
      this.checkedAt = Date.now() / 1000;
      const count = (state: string) => preflight.checks.filter((it) => it.state === state).length;
      const problems = count('problem');
      announcer.say(
        problems > 0
          ? t('checks.problems', { n: problems })
          : t('checks.ready', { n: count('warning') }),
      );
    } catch (reason) {
      if (round === this.#checkRound) this.failure = failureOf(reason);
    }
  }

  /** What the main button does now: a problem of the form counts at once, before the card says so. */
  get button(): PublishButton {
    const wrong = this.form?.fields.find((field) =>
      field.findings.some((finding) => finding.level === 'problem'),
    );
    if (this.form && !this.form.valid) return { kind: 'firstProblem', field: wrong?.field ?? null };
    // What was found out about another form neither blocks nor promises anything.
    const blocks = ['firstProblem', 'nothing'].includes(this.preflight?.button.kind ?? '');
    if (this.stale && blocks) return { kind: 'publish' };
    return this.preflight?.button ?? { kind: 'publish' };
  }

  async publish(): Promise<void> {
    if (this.starting) return;
    this.starting = true;
    this.failure = undefined;
    let selector = this.draft.image;
    const others = this.along;
    try {
      const job = await this.host.publish(this.draft);
      for (selector of others) {
        await this.host.publish(this.#draftOf(selector));
        this.takeAlong(selector, false);
      }
      router.go(others.length > 0 ? { page: 'activity' } : { page: 'job', job });
    } catch (reason) {
      // The form that is in the way, with what is wrong in it.
      this.showImage(selector);
      this.failure = failureOf(reason);
    } finally {
      this.starting = false;
    }
  }

  // Signing in.

  async signIn(username: string, token: string): Promise<void> {
    this.registries = await this.host.signIn(this.draft.registry, username, token);
    const owner = this.draft.owner || username.toLowerCase();
    this.change({ ...this.draft, owner });
  }

  async signOut(): Promise<void> {
    this.registries = await this.host.signOut(this.draft.registry);
    this.change(this.draft);
  }
}

// The publish form and what is known about it. The rules are Rust's: this keeps what was typed, asks at
// every key, and shows the answers that still fit.

import type { Host } from '../../backend/host';
import { failureOf } from '../../backend/host';
import type {
  Code,
  DragItem,
  Draft,
  Engine,
  FailureView,
  Field,
  FileId,
  FixView,
  FormView,
  ImageView,
  OpenedView,
  PreflightView,
  PublishButton,
  RegistryView,
} from '../../bindings/view';
import { t } from '../../i18n/index.svelte';
import { announcer } from '../../lib/announce.svelte';
import { copyText } from '../../lib/copy';
import { bytes, commas } from '../../lib/format';
import type { PublishForm } from '../../shell/publish-form';
import type { Registries } from '../../shell/registries.svelte';
import { router } from '../../shell/router.svelte';
import { toast } from '../../shell/toast.svelte';
import { Along } from './along.svelte';
import { asNamed, blank, filledIn } from './drafts';
import { Messages } from './messages.svelte';
import { Intake } from './intake.svelte';
import type { Opening } from './opening.svelte';
import type { Queue, Queued } from './queue.svelte';
import { carry, Fixes } from './fixes';
import type { ShownState } from './words';
import { shownState } from './words';

/** Checks run so long after the last change. */
const CHECK_MS = 400;

export class PublishModel implements PublishForm {
  draft = $state.raw<Draft>({} as Draft);
  opened = $state.raw<OpenedView>();
  form = $state.raw<FormView>();
  preflight = $state.raw<PreflightView>();
  /** The form that `preflight` speaks of. */
  checked: Draft | undefined;
  /** The card is older than the form. */
  stale = $state(false);
  checkedAt = $state<number>();
  starting = $state(false);
  /** The file whose form the page has led to. */
  shown: FileId | undefined;
  /** A whole reference of another registry that was pasted into a field, and the form that it makes. */
  pasted = $state.raw<{ field: Field; text: string; draft: Draft }>();

  /** Other images of the file that are published along with the one that is shown. */
  readonly along: Along;
  readonly intake: Intake;
  readonly opening: Opening;
  readonly queue: Queue;
  readonly messages = new Messages();

  /** What was typed for images of the file that are not shown now. */
  #drafts = new Map<string, Draft>();
  #fixes = new Fixes();
  /** Whose name stood in the form before practice. */
  #owner = '';
  #judging = $state(false);
  #asking = $state(false);
  #formRound = 0;
  #checkRound = 0;
  #checkTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: Host,
    private readonly registries: Registries,
    draft: Draft,
    /** A registry answered, or could not be reached. */
    private readonly onheard: (registry: string, preflight: PreflightView) => void = () =>
      undefined,
  ) {
    this.draft = draft;
    this.intake = new Intake(host, registries, this);
    this.opening = this.intake.opening;
    this.queue = this.intake.queue;
    this.along = new Along(host, (selector) => this.#draftOf(selector));
  }

  /** What the rules or the registry say of the form as it is has not come yet, or was not even asked. */
  get checking(): boolean {
    return this.#judging || this.#asking;
  }

  get registry(): RegistryView | undefined {
    return this.registries.named(this.draft.registry);
  }

  get image(): ImageView | undefined {
    return this.opened?.images.find((image) => image.selector === this.draft.image);
  }

  get failure(): FailureView | undefined {
    return this.opening.failure;
  }

  set failure(failure: FailureView | undefined) {
    this.opening.failure = failure;
  }

  // Getting an image in.

  openArgument = (): Promise<void> => this.intake.openArgument();
  choose = (): Promise<void> => this.intake.choose();
  openDropped = (items: DragItem[]): Promise<void> => this.intake.openDropped(items);
  openRecent = (file: FileId): Promise<void> => this.intake.openRecent(file);
  reopen = (job: number): Promise<void> => this.intake.reopen(job);
  openHeld = (engine: Engine, images: { name: string; size: number }[]): Promise<boolean> =>
    this.intake.openHeld(engine, images);
  unpackAnyway = (file: FileId): Promise<void> => this.intake.unpackAnyway(file);
  refuse = (code: Code): void => this.opening.refuse(code);

  /** Takes a file out of the queue; what is in the form makes room for the next one. */
  async drop(item: Queued): Promise<void> {
    const shown = item === this.queue.current;
    this.queue.remove(item);
    if (shown) await this.close();
  }

  /** Fills the form from a whole reference. */
  async fill(text: string): Promise<void> {
    const filled = await this.host.fillReference(this.draft, text);
    if (filled) this.#fixTo(filled);
  }

  /** A whole reference of another registry was pasted into a field: all can be filled. */
  async offer(field: Field, text: string): Promise<void> {
    const draft = await this.host.fillReference(this.draft, text);
    if (draft && draft.registry !== this.draft.registry) this.pasted = { field, text, draft };
  }

  /** Puts the whole reference on the clipboard. */
  async copyReference(): Promise<void> {
    const reference = this.form?.reference.full;
    if (reference && (await copyText(reference))) announcer.say(t('copied'));
  }

  startPractice = (): Promise<void> =>
    this.intake.open('', async () => {
      if (!this.registry?.practice) this.#owner = this.draft.owner;
      const practice = await this.host.startPractice(this.draft);
      this.registries.all = practice.registries;
      return practice.opened;
    });

  take(opened: OpenedView): void {
    this.opened = opened;
    this.along.forget();
    this.#drafts.clear();
    this.preflight = undefined;
    this.messages.hide();
    this.#fixes.forget();
    this.change(opened.draft);
    // Nobody types what is there already: it is judged at once.
    for (const field of filledIn(opened.draft)) this.messages.reveal(field);
    const image = this.image;
    if (image) {
      announcer.say(commas(opened.name, ...image.platforms, bytes(image.size)));
    }
  }

  // Several images in one file.

  /** The form of an image: as it was left, or as the names in the file say. */
  #draftOf(selector: string): Draft {
    const known = this.#drafts.get(selector);
    if (known) return { ...known, registry: this.draft.registry, owner: this.draft.owner };
    const image = this.opened?.images.find((it) => it.selector === selector);
    return asNamed(this.draft, selector, image);
  }

  /** Shows the form of another image. */
  showImage(selector: string): void {
    if (selector === this.draft.image) return;
    this.#drafts.set(this.draft.image, this.draft);
    this.along.leaveOut(selector);
    this.#fixes.forget();
    this.change(this.#draftOf(selector));
  }

  /** Publishes an image along with the one that is shown, or not. */
  takeAlong(selector: string, along: boolean): void {
    if (!along) return this.along.leaveOut(selector);
    this.along.take(selector);
    void this.#checkAlong(this.#checkRound);
  }

  #checkAlong(round: number, anew = false): Promise<void> {
    return this.along.check(() => round === this.#checkRound, anew);
  }

  /** The form of an engine's image is empty once a job has the image; the list still says so. */
  #started(): void {
    this.queue.current = undefined;
    this.opened = undefined;
    this.preflight = undefined;
    this.#checkRound += 1;
    this.#asking = false;
    this.draft = blank(this.draft);
  }

  /** Back to the start page, or on to the next file of the queue; the destination stays as it is. */
  async close(): Promise<void> {
    const { current, next } = this.queue;
    if (current) this.queue.remove(current);
    this.#empty();
    if (next) await this.intake.pick(next);
  }

  /** Nothing is in the form; what an engine exported for it takes no more room. */
  #empty(): void {
    const { file, held } = this.draft;
    if (held && file !== null) void this.host.leaveImage(file);
    this.opened = undefined;
    this.preflight = undefined;
    this.#checkRound += 1;
    this.#asking = false;
    this.draft = blank(this.draft);
  }

  /** The same because somebody wants the start page: what was typed can be had back. */
  async leave(): Promise<void> {
    const { opened, draft } = this;
    const along = this.along.selectors;
    if (!opened) return;
    const drafts = new Map(this.#drafts);
    await this.close();
    announcer.say(t('image.closed', { name: opened.name }));
    toast.show(t('image.closed', { name: opened.name }), () => {
      this.take({ ...opened, draft });
      this.#drafts = drafts;
      this.along.selectors = along;
    });
  }

  // The form.

  change(draft: Draft): void {
    this.draft = draft;
    if (this.pasted && !Object.values(draft).includes(this.pasted.text)) this.pasted = undefined;
    void this.#check();
    this.stale = true;
    this.#asking = true;
    // What is being asked speaks of another form.
    this.#checkRound += 1;
    clearTimeout(this.#checkTimer);
    this.#checkTimer = setTimeout(() => void this.check(), CHECK_MS);
  }

  edit(field: Field, change: Partial<Draft>): void {
    this.#fixes.typedIn(field);
    this.messages.typed(field);
    this.change({ ...this.draft, ...change });
  }

  reveal = (field: Field): void => this.messages.reveal(field);

  /** What stands in the version field becomes one of the list, or several: a space, a comma or a line separates them. */
  addVersion(text = this.draft.versionText): void {
    const added = text.split(/[\s,;，；、]+/).filter(Boolean);
    if (added.length === 0) return;
    const versions = [...new Set([...this.draft.versions, ...added])];
    this.change({ ...this.draft, versions, versionText: '' });
    this.reveal('version');
  }

  removeVersion(index: number): void {
    this.change({ ...this.draft, versions: this.draft.versions.filter((_, at) => at !== index) });
    this.reveal('version');
  }

  /** A name from the file fills image name and version. */
  useName(imageName: string, version: string): void {
    const versions =
      version && !this.draft.versions.includes(version)
        ? [...this.draft.versions, version]
        : this.draft.versions;
    this.#fixTo({ ...this.draft, imageName: imageName || this.draft.imageName, versions });
  }

  /** A suggestion takes the place of what stands in a field. */
  takeSuggestion(field: Field, value: string): void {
    if (field === 'version') {
      // It is one more of the list, in place of what was typed to find it.
      const versions = [...new Set([...this.draft.versions, value])];
      this.#fixTo({ ...this.draft, versions, versionText: '' });
    } else this.#fixTo({ ...this.draft, [field]: value });
    this.reveal(field);
  }

  /** `of`: the form that the fix speaks of; what was typed since stays. */
  async applyFix(fix: FixView, of = this.draft): Promise<void> {
    const before = this.draft.registry;
    this.#fixTo(
      fix.kind === 'switchRegistry'
        ? await this.host.switchRegistry(this.draft, fix.draft.registry)
        : carry(this.draft, of, fix.draft),
    );
    if (this.draft.registry !== before) this.messages.hide();
  }

  #fixTo(draft: Draft): void {
    this.#fixes.note(this.draft, draft);
    this.change(draft);
  }

  /** Takes the last fix back, unless `field` was typed in since; whether there was one. */
  undo(field?: Field): boolean {
    const before = this.#fixes.takeBack(this.draft, field);
    if (before) this.change(before);
    return before !== undefined;
  }

  async switchTo(registry: string): Promise<void> {
    const before = this.registry?.practice ? this.#owner : this.draft.owner;
    const draft = await this.host.switchRegistry(this.draft, registry);
    const practice = this.registries.named(registry)?.practice ?? false;
    // Practice has an owner of its own, and gives back the one that was typed.
    const back = this.registry?.practice && !practice && before;
    if (practice && !this.registry?.practice) this.#owner = before;
    this.change(back ? { ...draft, owner: back } : draft);
  }

  async #check(): Promise<void> {
    const round = ++this.#formRound;
    this.#judging = true;
    try {
      const form = await this.host.checkForm(this.draft);
      if (round !== this.#formRound) return;
      this.form = form;
      this.messages.judge(form);
    } catch (reason) {
      this.failure = failureOf(reason);
    } finally {
      if (round === this.#formRound) this.#judging = false;
    }
  }

  /**
   * Asks what can be known before a byte is sent. Older answers that come late are dropped; `anew`: GitHub is asked
   * though it answered a moment ago.
   */
  async check(anew = false): Promise<void> {
    clearTimeout(this.#checkTimer);
    this.#asking = this.opened !== undefined;
    if (!this.opened) return;
    const round = ++this.#checkRound;
    this.stale = true;
    try {
      const draft = this.draft;
      const preflight = await this.host.preflight(draft, anew);
      await this.#checkAlong(round, anew);
      if (round !== this.#checkRound) return;
      this.preflight = preflight;
      this.checked = draft;
      this.stale = false;
      this.checkedAt = Date.now() / 1000;
      // This computer says nothing of the network.
      if (!this.registry?.practice) this.onheard(this.draft.registry, preflight);
      const [problems, open] = [this.count('problem'), this.count('toDo')];
      announcer.say(
        problems > 0
          ? t('checks.problems', { n: problems })
          : open > 0
            ? t('checks.toDo', { n: open })
            : t('checks.ready', { n: this.count('warning') }),
      );
    } catch (reason) {
      if (round === this.#checkRound) this.failure = failureOf(reason);
    } finally {
      if (round === this.#checkRound) this.#asking = false;
    }
  }

  /** Something happened that may make the answers untrue: a job ended, a version moved, a host is back. */
  outdated(): void {
    if (!this.opened) return;
    this.stale = true;
    void this.check(true);
  }

  /** How many checks are in this state, as they are shown. */
  count(state: ShownState, checks = this.preflight?.checks ?? []): number {
    return checks.filter((check) => shownState(check, this.messages.shown) === state).length;
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
    return this.along.button(this.preflight?.button ?? { kind: 'publish' });
  }

  async publish(): Promise<void> {
    if (this.starting) return;
    this.starting = true;
    this.failure = undefined;
    let selector = this.draft.image;
    const others = this.along.selectors;
    try {
      // Nothing goes where it was not shown.
      await this.#checkAlong(this.#checkRound);
      const { blocked } = this.along;
      if (blocked !== undefined) return this.showImage(blocked);
      const job = await this.host.publish(this.draft);
      for (selector of others) {
        const shown = this.along.known(selector);
        if (!shown) throw new Error(`nothing is known of ${selector}`);
        await this.host.publish(shown.draft);
        this.along.leaveOut(selector);
      }
      this.queue.note({ started: true });
      // The job has what was exported, and gives it back at its end: looking at the form again would export it again.
      if (this.draft.held) this.#started();
      router.go(others.length > 0 ? { page: 'activity' } : { page: 'job', job });
    } catch (reason) {
      // The form that is in the way, with what is wrong in it.
      this.showImage(selector);
      this.failure = failureOf(reason);
    } finally {
      this.starting = false;
    }
  }

  // Accounts.

  /** Somebody signed in or out at a registry. */
  async accountsChanged(): Promise<void> {
    const username = this.registry?.account?.username;
    // Most people publish under their own name.
    if (!this.draft.owner && username)
      this.change({ ...this.draft, owner: username.toLowerCase() });
    await this.check();
  }
}

// What somebody wants to install, and what is known of it. It outlives the page.

import type { Host } from '../../backend/host';
import { failureOf } from '../../backend/host';
import type {
  Engine,
  Existing,
  FactsView,
  FailureView,
  FileFormat,
  JobRow,
  PastedView,
  PlaceView,
  ReadAs,
  SignaturesView,
  SizeView,
  TagRow,
  TagsView,
} from '../../bindings/view';
import { t } from '../../i18n/index.svelte';
import { announcer } from '../../lib/announce.svelte';
import { router } from '../../shell/router.svelte';
import type { Sort } from './sorting';
import { found, sorted } from './sorting';

/** What was typed is read after this rest, and a tag that arrows pass by is left alone. */
const REST_MS = 300;

/** Jobs among "Installed lately". */
const LATELY = 5;

export class InstallModel {
  text = $state('');
  pasted = $state.raw<PastedView>({ wish: null, problem: null });
  /** What is being asked of the registry. */
  asking = $state<'tags' | 'facts'>();
  /** Why the last question came to nothing. */
  failure = $state.raw<FailureView>();
  tags = $state.raw<TagsView>();
  facts = $state.raw<FactsView>();
  /** The row of `tags` that is meant. */
  chosen = $state<number>();
  filter = $state('');
  sort = $state<Sort>('newest');
  signatures = $state(false);
  /** The place of the platform among those of `facts`; none: all of them. */
  platform = $state<number>();
  every = $state(false);
  /** The places of several platforms, where some of them are wanted. */
  some = $state.raw<readonly number[]>();
  /** Signatures and attestations come along. */
  along = $state(false);
  /** What they are, by what is fetched: they are read when somebody wants them. */
  #speaking = $state.raw<ReadonlyMap<string, SignaturesView>>(new Map());
  /** Why they were not read. */
  unread = $state.raw<FailureView>();
  /** Those that are being read. */
  #inHand: string | undefined;
  /** A platform that was named with the image and that the image has not. */
  missed = $state<string>();
  format = $state<FileFormat>('dockerArchive');
  place = $state.raw<PlaceView>();
  /** The engine that it goes into; none: to `place`. */
  engine = $state<Engine>();
  /** As nobody in particular, whoever is signed in. */
  anonymous = $state(false);
  starting = $state(false);
  /** A file of this name is there. */
  existing = $state.raw<PlaceView>();
  /** The disk has too little room. */
  noRoom = $state.raw<{ need: number; missing: number }>();
  lately = $state.raw<JobRow[]>([]);
  /** Digests whose platforms were read, for the list of tags. */
  platforms = $state.raw<ReadonlyMap<string, string[]>>(new Map());
  #round = 0;
  #reading = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Until the choice of a tag rests. */
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: Host) {}

  get wish() {
    return this.pasted.wish;
  }

  /** Whether a tag is to be chosen. */
  get chooses(): boolean {
    const { wish } = this;
    return wish !== null && wish.tag === null && wish.digest === null;
  }

  get row(): TagRow | undefined {
    return this.tags?.rows.find(({ id }) => id === this.chosen);
  }

  /** The whole reference that is meant; empty while none is. */
  get reference(): string {
    const { wish, row } = this;
    if (!wish) return '';
    if (!this.chooses) return wish.reference;
    return row?.tags[0] === undefined ? '' : `${wish.repository}:${row.tags[0]}`;
  }

  get readAs(): ReadAs | undefined {
    const tags = this.tags?.readAs;
    const facts = this.facts?.readAs;
    // Only GitHub's list says who sees a package that is not public.
    return tags && tags.visibility !== 'unknown' ? tags : (facts ?? tags);
  }

  /** The rows that are shown. */
  get rows(): TagRow[] {
    const rows = this.tags?.rows ?? [];
    const wanted = rows.filter((row) => this.signatures || !row.signature);
    return sorted(found(wanted, this.filter), this.sort);
  }

  /** Whether it may have signatures: GitHub's registries show them as tags. */
  get maySign(): boolean {
    return this.wish?.legacy === false && this.tags?.signatures !== 0;
  }

  /** Signatures and attestations are fetched: they go to a file or folder, not into an engine. */
  get signs(): boolean {
    return this.along && this.maySign && this.engine === undefined;
  }

  /** What is fetched, as far as signatures speak of it; none while that is not known. */
  get #subject(): string | undefined {
    const { facts } = this;
    if (!facts || this.some) return undefined;
    return this.every ? facts.digest : `${facts.digest} ${this.#platform ?? ''}`;
  }

  /** The platform that is fetched alone. */
  get #platform(): string | undefined {
    const { facts } = this;
    if (!facts?.index || this.every) return undefined;
    return facts.platforms[this.platform ?? facts.preselected]?.platform;
  }

  /** The signatures that come along, once they were read. */
  get speaking(): SignaturesView | undefined {
    const subject = this.signs ? this.#subject : undefined;
    return subject === undefined ? undefined : this.#speaking.get(subject);
  }

  /** What there is to fetch, once that is known; without signatures. */
  get size(): SizeView | null {
    const { facts } = this;
    // Layers that several of them have come once: how much that is, the fetch finds out.
    if (!facts || this.some) return null;
    if (this.every) return facts.all;
    return facts.platforms[this.platform ?? facts.preselected]?.size ?? null;
  }

  /** All of it, once that is known. */
  get whole(): SizeView | null {
    const { size, speaking } = this;
    if (!size || !this.signs) return size;
    if (!speaking) return null;
    return {
      ...size,
      bytes: size.bytes + speaking.bytes,
      here: size.here + speaking.here,
    };
  }

  /** Something can be begun: all that is shown is of the image that is meant. */
  get ready(): boolean {
    const { facts, place, starting, asking } = this;
    if (!facts || !place || starting || asking !== undefined) return false;
    if (this.some?.length === 0) return false;
    return facts.reference === this.reference;
  }

  type(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.read(), REST_MS);
  }

  /** Another page, or what somebody pasted, names the image. */
  async use(text: string): Promise<void> {
    this.text = text;
    await this.lookUp();
  }

  /** Reads what was typed. */
  async read(): Promise<'same' | 'other' | 'overtaken'> {
    clearTimeout(this.#timer);
    const reading = ++this.#reading;
    const before = this.wish;
    const pasted = await this.host.readPasted(this.text);
    if (reading !== this.#reading) return 'overtaken';
    this.pasted = pasted;
    const now = pasted.wish;
    if (now?.reference === before?.reference && now?.platform === before?.platform) return 'same';
    this.#forget();
    this.anonymous = false;
    return 'other';
  }

  /** Asks the registry for what was typed; `anew`: though it has answered. */
  async lookUp(anew = false): Promise<void> {
    const read = await this.read();
    if (read === 'overtaken' || !this.wish) return;
    const known = this.tags ?? this.facts ?? this.failure ?? this.asking;
    if (anew || known === undefined) await this.ask();
  }

  /** The same once more: somebody signed in, or wants to know anew. */
  async ask(anonymous = this.anonymous): Promise<void> {
    const { wish } = this;
    if (!wish) return;
    const round = ++this.#round;
    this.anonymous = anonymous;
    this.#unlook();
    if (!this.chooses) return this.#look(round);
    this.asking = 'tags';
    try {
      const tags = await this.host.findTags(wish.repository, anonymous);
      if (round !== this.#round) return;
      this.tags = tags;
      if (tags.dates === 'none' && this.sort !== 'name') this.sort = 'version';
      announcer.say(t('install.tags.found', { n: tags.rows.length - tags.signatures }));
      this.chosen = tags.suggested ?? undefined;
      if (this.chosen !== undefined) return await this.#look(round);
    } catch (reason) {
      if (round === this.#round) this.failure = failureOf(reason);
    }
    if (round === this.#round) this.asking = undefined;
  }

  /** Another tag; it is looked at when the choice rests. */
  choose(id: number): void {
    if (id === this.chosen) return;
    this.chosen = id;
    this.#unlook();
    const round = ++this.#round;
    this.asking = 'facts';
    this.#resting = setTimeout(() => void this.#look(round), REST_MS);
  }

  /** Some of the platforms, by their places. */
  takeSome(places: readonly number[]): void {
    this.some = places;
    this.every = false;
    this.engine = undefined;
    this.noRoom = undefined;
    if (this.format === 'dockerArchive') this.format = 'ociArchive';
  }

  /** The platforms that are asked for by name; none: what fits the kind of file. */
  get #named(): string[] {
    const { facts } = this;
    if (!facts?.index || this.every) return [];
    const places = this.some ?? [this.platform ?? facts.preselected];
    return facts.platforms.filter((_, at) => places.includes(at)).map(({ platform }) => platform);
  }

  /** Signatures and attestations come along, or not. */
  async takeAlong(along: boolean): Promise<void> {
    this.along = along;
    this.noRoom = undefined;
    await this.#speak();
  }

  /** Once more, after it came to nothing. */
  readAgain = (): Promise<void> => this.#speak();

  /** Reads what speaks of what is fetched, where that is wanted and not known. */
  async #speak(): Promise<void> {
    const { reference } = this;
    const subject = this.#subject;
    if (!this.signs || subject === undefined || this.#speaking.has(subject)) return;
    if (subject === this.#inHand) return;
    this.#inHand = subject;
    this.unread = undefined;
    const speaks = () => subject === this.#subject && reference === this.reference;
    try {
      const platform = this.#platform ?? null;
      const told = await this.host.imageSignatures(reference, platform, this.anonymous);
      if (speaks()) this.#speaking = new Map([...this.#speaking, [subject, told]]);
    } catch (reason) {
      if (speaks()) this.unread = failureOf(reason);
    }
    if (this.#inHand === subject) this.#inHand = undefined;
  }

  /** Another platform, by its place; none: all of them. */
  async take(platform: number | undefined): Promise<void> {
    this.some = undefined;
    this.every = platform === undefined;
    this.platform = platform;
    if (this.every && this.format === 'dockerArchive') this.format = 'ociArchive';
    // An engine takes one.
    if (this.every) this.engine = undefined;
    this.noRoom = undefined;
    if (this.size === null) await this.#look(++this.#round);
    else await this.#speak();
  }

  /** Into an engine, or to a file or folder. */
  async saveTo(engine: Engine | undefined): Promise<void> {
    this.engine = engine;
    this.noRoom = undefined;
    this.failure = undefined;
    if (engine && (this.every || this.some)) await this.take(this.facts?.preselected ?? 0);
    await this.#speak();
  }

  /** Another kind of file; a folder has a place of its own. */
  async write(format: FileFormat): Promise<void> {
    const moves = (format === 'ociLayout') !== (this.format === 'ociLayout');
    this.format = format;
    this.noRoom = undefined;
    if (!moves) return;
    const { reference } = this;
    this.place = undefined;
    const usual = await this.host.installPlace(reference, format);
    // Meanwhile somebody chose another tag, or another kind.
    if (reference === this.reference && format === this.format) this.place = usual;
  }

  /** Asks what the reference names, for the platform that is meant. */
  async #look(round: number): Promise<void> {
    const { reference } = this;
    // What another version said of its platforms does not count for this one.
    const before = this.facts?.reference === reference ? this.facts : undefined;
    const named = before?.platforms[this.platform ?? before.preselected]?.platform;
    const wanted = named ?? this.wish?.platform ?? null;
    this.asking = 'facts';
    try {
      const facts = await this.host.imageFacts(reference, wanted, this.every, this.anonymous);
      if (round !== this.#round) return;
      if (before) this.facts = facts;
      else await this.#first(facts, wanted, round);
    } catch (reason) {
      if (round === this.#round) this.failure = failureOf(reason);
    }
    if (round !== this.#round) return;
    this.asking = undefined;
    await this.#speak();
  }

  /** An image that was not known before: its platform, and the place of its file. */
  async #first(facts: FactsView, wanted: string | null, round: number): Promise<void> {
    const usual = await this.host.installPlace(facts.reference, this.format);
    if (round !== this.#round) return;
    this.platform = facts.wanted ?? facts.preselected;
    this.missed = facts.wanted === null ? (wanted ?? undefined) : undefined;
    this.place = usual;
    this.facts = facts;
    const names = facts.platforms.map(({ platform }) => platform).filter(Boolean);
    this.platforms = new Map([...this.platforms, [facts.digest, names]]);
    announcer.say(t('install.found.said', { n: facts.platforms.length }));
  }

  /** Another place for the file or folder; none where the person left the dialog. */
  async choosePlace(): Promise<void> {
    const { reference, format } = this;
    const chosen = await this.host.chooseInstallPlace(reference, format);
    if (!chosen || reference !== this.reference || format !== this.format) return;
    this.place = chosen;
    this.noRoom = undefined;
  }

  async install(existing: Existing = 'ask'): Promise<void> {
    const { facts, place } = this;
    if (!facts || !place || !this.ready) return;
    this.starting = true;
    this.failure = undefined;
    this.noRoom = undefined;
    this.existing = undefined;
    try {
      const begun = await this.host.install({
        reference: this.reference,
        platforms: this.#named,
        allPlatforms: this.every,
        signatures: this.signs,
        engine: this.engine ?? null,
        format: this.format,
        place: place.id,
        existing,
        anonymous: this.anonymous,
      });
      if (begun.kind === 'job') router.go({ page: 'installJob', job: begun.job });
      else if (begun.kind === 'exists') this.existing = begun.place;
      else {
        this.noRoom = begun;
        announcer.alert(t('install.noRoom.title'));
      }
    } catch (reason) {
      this.failure = failureOf(reason);
    } finally {
      this.starting = false;
    }
  }

  async loadLately(): Promise<void> {
    const { rows } = await this.host.history({ search: '', show: 'done', before: null });
    this.lately = rows.filter(({ kind }) => kind === 'install').slice(0, LATELY);
  }

  /** Nothing is known of another image. */
  #forget(): void {
    this.#round += 1;
    this.#unlook();
    this.asking = undefined;
    this.tags = undefined;
    this.chosen = undefined;
    this.filter = '';
    this.sort = 'newest';
    this.signatures = false;
    this.along = false;
    this.format = 'dockerArchive';
    this.engine = undefined;
  }

  /** What another version holds, and where its file went, says nothing of this one. */
  #unlook(): void {
    clearTimeout(this.#resting);
    this.failure = undefined;
    this.facts = undefined;
    this.platform = undefined;
    this.every = false;
    this.some = undefined;
    this.missed = undefined;
    this.#speaking = new Map();
    this.#inHand = undefined;
    this.unread = undefined;
    this.place = undefined;
    this.existing = undefined;
    this.noRoom = undefined;
  }
}

// The images of Docker or Podman, what is chosen of them, and how they stand at the registries. It outlives the page.

import { SvelteMap, SvelteSet } from 'svelte/reactivity';

import type { Host } from '../../backend/host';
import { failureOf } from '../../backend/host';
import type {
  Engine,
  EngineImageView,
  EngineView,
  FailureView,
  HeldImagesView,
  ImageStateView,
} from '../../bindings/view';
import { t } from '../../i18n/index.svelte';
import { announcer } from '../../lib/announce.svelte';
import type { EnginesModel } from '../../shell/engines.svelte';
import { isReady, matching, rowsOf } from './rows';

/** States are asked for so many images at a time: those above are known first. */
const BATCH = 8;

/** Skeleton rows come only when it takes longer. */
const SKELETON_MS = 300;

/** A timer runs no longer. */
const LONGEST_MS = 2 ** 31 - 1;

/** How an image stands that could not be asked about. */
const unknown = (id: string, reason: unknown): ImageStateView => ({
  ...{ id, state: 'unknown', reason: 'failed', registry: '', tag: '', digest: null },
  ...{ sameAs: null, byConfig: false, package: false, missing: null, again: null },
  failure: failureOf(reason),
});

const sizeOf = (images: EngineImageView[]): number =>
  images.reduce((sum, { size }) => sum + size, 0);

/** No two of these share a layer, as far as that is known. */
const areApart = (images: EngineImageView[]): boolean =>
  images.length < 2 || images.every(({ shared }) => shared === 0);

export class HeldModel {
  engine = $state<Engine>('docker');
  /** What the engine told last. */
  list = $state.raw<HeldImagesView>();
  /** Why it told nothing more. */
  failure = $state.raw<FailureView>();
  loading = $state(false);
  /** It takes a while. */
  slow = $state(false);
  filter = $state('');
  /** When the registries were asked, seconds since 1970. */
  asked = $state<number>();
  readonly states = new SvelteMap<string, ImageStateView>();
  /** Registries that asked to wait, each with when it is asked again, seconds since 1970. */
  limits = $derived.by(() => {
    const until: Record<string, number> = {};
    for (const { registry, again } of this.states.values())
      if (again !== null) until[registry] = Math.max(again, until[registry] ?? 0);
    return Object.entries(until).map(([registry, again]) => ({ registry, again }));
  });
  /** IDs of the images that are chosen. */
  readonly chosen = new SvelteSet<string>();
  readonly open = new SvelteSet<string>();

  #waiting: string[] = [];
  #asking = false;
  #anew = false;
  #round = 0;
  #picked = false;
  /** Until a registry that asked to wait is asked again. */
  #wait: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: Host,
    private readonly engines: EnginesModel,
  ) {}

  get about(): EngineView | undefined {
    return this.engines.named(this.engine);
  }

  get images(): EngineImageView[] {
    return this.list?.images ?? [];
  }

  shown = $derived(matching(this.images, this.filter));
  rows = $derived(rowsOf(this.images, this.shown, ({ id }) => this.open.has(id)));
  /** The images that are published. */
  selection = $derived(this.images.filter((image) => this.chosen.has(image.id) && isReady(image)));
  /** Bytes of these, and whether no layer counts twice. */
  selected = $derived({ size: sizeOf(this.selection), apart: areApart(this.selection) });

  /** Bytes of all images: of layers that several have, each counts. */
  sum = $derived(sizeOf(this.images));
  /** That is what they take up: no two of them share a layer, as far as that is known. */
  apart = $derived(areApart(this.images));

  /** Somebody looks at the page. */
  async show(): Promise<void> {
    await this.engines.load();
    // The first that can be used, until somebody picks one.
    const first = this.engines.running[0];
    if (!this.#picked && first) {
      // What another one has is not its own.
      if (first.engine !== this.engine) this.#forget();
      this.engine = first.engine;
    }
    await this.read();
  }

  async pick(engine: Engine): Promise<void> {
    this.#picked = true;
    if (engine === this.engine) return;
    this.engine = engine;
    this.#forget();
    await this.read();
  }

  /** Asks engine and registries anew. */
  async again(): Promise<void> {
    this.#anew = true;
    this.states.clear();
    this.#waiting = [];
    await this.engines.check();
    await this.read();
    if (this.list && !this.failure) announcer.say(t('held.sum.short', { n: this.images.length }));
  }

  /** The engine's list, at once; states come later. */
  async read(): Promise<void> {
    const { engine } = this;
    const round = ++this.#round;
    this.loading = true;
    const timer = setTimeout(() => (this.slow = round === this.#round), SKELETON_MS);
    try {
      if (this.about && this.about.state !== 'running') throw this.about.failure;
      const list = await this.host.engineImages(engine);
      if (round !== this.#round) return;
      this.list = list;
      this.failure = undefined;
      const known = new Set(list.images.map(({ id }) => id));
      for (const set of [this.chosen, this.open])
        for (const id of set) if (!known.has(id)) set.delete(id);
      // Names may have come and gone.
      this.states.clear();
    } catch (reason) {
      if (round === this.#round) this.failure = failureOf(reason);
    } finally {
      clearTimeout(timer);
      if (round === this.#round) this.loading = this.slow = false;
    }
  }

  #forget(): void {
    this.list = undefined;
    this.failure = undefined;
    this.states.clear();
    this.chosen.clear();
    this.open.clear();
    this.#waiting = [];
  }

  /** Somebody sees this image: how it stands at the registry is worth asking for. */
  want(id: string): void {
    if (this.states.has(id) || this.#waiting.includes(id)) return;
    this.#waiting.push(id);
    if (!this.#asking) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    // All rows that are drawn together are asked about together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const ids = this.#waiting.splice(0, BATCH);
      const [anew, { engine }] = [this.#anew, this];
      const list = this.list;
      this.#anew = false;
      try {
        const states = await this.host.imageStates(engine, ids, anew);
        // They speak of another list.
        if (list !== this.list) continue;
        const waiting = this.limits.length;
        for (const state of states) this.states.set(state.id, state);
        const [limit] = this.limits;
        if (limit && waiting === 0) announcer.say(t('held.limited', { registry: limit.registry }));
        this.asked = Date.now() / 1000;
      } catch (reason) {
        if (list !== this.list) continue;
        // The list is as good as before; the others would hear the same.
        for (const id of [...ids, ...this.#waiting]) this.states.set(id, unknown(id, reason));
        this.#waiting = [];
      }
    }
    this.#asking = false;
    this.#goOn();
  }

  /** Asks registries again that asked to wait, when that is over. */
  #goOn(): void {
    clearTimeout(this.#wait);
    const next = Math.min(...this.limits.map(({ again }) => again));
    if (!Number.isFinite(next)) return;
    const left = Math.max(0, next * 1000 - Date.now());
    this.#wait = setTimeout(
      () => {
        this.#askAgain(Date.now() / 1000);
        this.#goOn();
      },
      Math.min(left, LONGEST_MS),
    );
  }

  /** Forgets what registries had no answer for that may be asked from `until` on: whoever sees it wants to know. */
  #askAgain(until: number): void {
    for (const { id, again } of [...this.states.values()])
      if (again !== null && again <= until) this.states.delete(id);
  }

  /** Asks registries at once that asked to wait. */
  tryNow(): void {
    clearTimeout(this.#wait);
    this.#anew = true;
    this.#askAgain(Infinity);
  }

  // What is chosen.

  toggle(image: EngineImageView): void {
    if (!isReady(image)) return;
    if (!this.chosen.delete(image.id)) this.chosen.add(image.id);
    this.#tell();
  }

  /** All that is shown and can be published, or none of it. */
  toggleAll(): void {
    const ready = this.shown.filter(isReady);
    const all = this.allChosen;
    for (const { id } of ready) {
      if (all) this.chosen.delete(id);
      else this.chosen.add(id);
    }
    this.#tell();
  }

  get allChosen(): boolean {
    const ready = this.shown.filter(isReady);
    return ready.length > 0 && ready.every(({ id }) => this.chosen.has(id));
  }

  #tell(): void {
    announcer.say(t('held.sum.short', { n: this.selection.length }));
  }

  /** Opens or closes what an image consists of. */
  unfold(image: EngineImageView, open = !this.open.has(image.id)): void {
    if (image.parts.length === 0) return;
    if (open) this.open.add(image.id);
    else this.open.delete(image.id);
  }
}

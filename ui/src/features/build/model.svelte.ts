// What somebody wants to build, and the build that is shown. It outlives the page; the build lives on without it.

import type { Host } from '../../backend/host';
import { failureOf } from '../../backend/host';
import type {
  BuildEngineView,
  BuildFolderView,
  BuildLineView,
  BuildRunView,
  BuildSecretFrom,
  BuildSizeView,
  BuildStepView,
  BuildUpdate,
  BuildWish,
  DragItem,
  Engine,
  FailureView,
  JobId,
} from '../../bindings/view';
import { t } from '../../i18n/index.svelte';
import { announcer } from '../../lib/announce.svelte';
import type { BuildForm } from '../../shell/build-form';
import type { EnginesModel } from '../../shell/engines.svelte';
import { keptRun } from './kept';

/** Lines of a step that are shown; Rust keeps as many. */
const LINES = 1000;

/** In place of one platform. */
export const BOTH = 'both';

/** A build argument, or a secret by where its value is. */
export interface Item {
  name: string;
  value: string;
  /** Of an argument of the Dockerfile. */
  preset: string | null;
  looksSecret: boolean;
  secret: { from: BuildSecretFrom; shown: string } | undefined;
}

export class BuildModel implements BuildForm {
  folder = $state.raw<BuildFolderView>();
  size = $state.raw<BuildSizeView>();
  target = $state('');
  engine = $state<Engine>('docker');
  /** What the engine builds. */
  about = $state.raw<BuildEngineView>();
  platform = $state('');
  items = $state.raw<Item[]>([]);
  publishes = $state(false);
  destination = $state('');
  /** Why the last wish came to nothing. */
  failure = $state.raw<FailureView>();
  starting = $state(false);
  /** A publish was asked for and is not begun yet. */
  publishing = $state(false);

  run = $state.raw<BuildRunView>();
  steps = $state.raw<BuildStepView[]>([]);
  lines = $state.raw<ReadonlyMap<number, BuildLineView[]>>(new Map());
  /** The step whose log somebody chose. */
  chosen = $state<number>();
  follow = $state(true);
  /** When what is shown was told, milliseconds of the page's clock. */
  told = $state(0);
  /** It is of an earlier run of Slipway: steps and log are gone. */
  kept = $state(false);
  #round = 0;
  /** The build that told of itself last. */
  #watching: JobId | undefined;
  /** Number of the latest watch: of one build there may be several, and the last one counts. */
  #watch = 0;

  constructor(
    private readonly host: Host,
    readonly engines: EnginesModel,
  ) {}

  /** Something of it still happens. */
  get runs(): boolean {
    const now = this.run?.progress.state;
    return now !== undefined && !['done', 'failed', 'cancelled'].includes(now);
  }

  /** The step whose log is shown: the chosen one, else what failed, else what runs, else the last that wrote. */
  get shownStep(): BuildStepView | undefined {
    const { steps } = this;
    return (
      steps.find(({ number }) => number === this.chosen) ??
      steps.find(({ state: now }) => now === 'failed') ??
      steps.findLast(({ state: now }) => now === 'running') ??
      steps.findLast(({ number }) => this.lines.has(number)) ??
      steps.at(-1)
    );
  }

  /** The build that is shown is of what stands in the form. */
  get isForm(): boolean {
    const { folder, run } = this;
    if (!folder || !run) return false;
    return folder.shown === run.build.folder && folder.dockerfile === run.build.dockerfile;
  }

  /** Destination and tick are those of the build that is shown: no other one is in the form. */
  get isShown(): boolean {
    return this.run !== undefined && (this.folder === undefined || this.isForm);
  }

  /** The engines were asked, and none of them answers. */
  get isAway(): boolean {
    return this.engines.list.length > 0 && this.engines.running.length === 0;
  }

  /** Why it cannot be built now. */
  get missing(): string | undefined {
    if (!this.folder) return t('build.needsFolder');
    if (this.folder.dockerfile === null) return t('build.needsDockerfile');
    const name = this.engine === 'docker' ? 'Docker' : 'Podman';
    return this.engines.named(this.engine)?.state === 'running'
      ? undefined
      : t('build.needsEngine', { engine: name });
  }

  get wish(): BuildWish | undefined {
    const { folder } = this;
    if (!folder?.dockerfile) return undefined;
    const all = this.about?.platforms.map(({ platform }) => platform) ?? [];
    return {
      folder: folder.folder,
      dockerfile: folder.dockerfile,
      target: this.target,
      platforms: this.platform === BOTH ? all.slice(0, 2) : this.platform ? [this.platform] : [],
      // What nobody typed is as the Dockerfile says.
      arguments: this.items.flatMap(({ name, value, secret }) =>
        secret || value === '' ? [] : [{ name, value }],
      ),
      secrets: this.items.flatMap(({ name, secret }) =>
        secret ? [{ id: name, from: secret.from }] : [],
      ),
      engine: this.engine,
      publish: this.publishes ? this.destination : '',
    };
  }

  /** The page is there: engines are asked, and the build of this run is shown. */
  async open(job: JobId | undefined): Promise<void> {
    void this.engines.load().then(() => this.#firstEngine());
    const watch = this.#watch;
    const shown = job ?? (await this.host.latestBuild());
    // Meanwhile another one was begun or opened.
    if (watch !== this.#watch) return;
    if (shown === null) {
      if (this.kept) this.#clear();
    } else if (shown !== this.#watching) void this.watch(shown);
  }

  async checkEngines(): Promise<void> {
    await this.engines.check();
    this.#firstEngine();
  }

  /** The engine that was chosen, as long as it answers; else one that does. */
  #firstEngine(): void {
    const { running } = this.engines;
    if (!running.some(({ engine }) => engine === this.engine) && running[0])
      this.engine = running[0].engine;
    void this.#look();
  }

  async useEngine(engine: Engine): Promise<void> {
    this.engine = engine;
    await this.#look();
  }

  async choose(): Promise<void> {
    const folder = await this.host.chooseBuildFolder();
    if (folder) this.#take(folder);
  }

  dropped = async ({ file }: DragItem): Promise<void> => {
    if (file === null) return;
    try {
      this.#take(await this.host.droppedBuildFolder(file));
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  };

  openArgument = async (): Promise<boolean> => {
    const folder = await this.host.argumentBuildFolder();
    if (folder) this.#take(folder);
    return folder !== null;
  };

  async useDockerfile(dockerfile: string): Promise<void> {
    if (!this.folder) return;
    try {
      this.#take(await this.host.buildFolder(this.folder.folder, dockerfile));
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }

  async chooseDockerfile(): Promise<void> {
    if (!this.folder) return;
    try {
      const folder = await this.host.chooseDockerfile(this.folder.folder);
      if (folder) this.#take(folder);
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }

  #take(folder: BuildFolderView): void {
    const same = this.folder?.folder === folder.folder;
    const stays = this.folder ? same : !this.run || this.run.build.folder === folder.shown;
    if (!stays) {
      // Another image: where the one before it goes is no place for it.
      this.publishes = false;
      this.destination = '';
    }
    this.folder = folder;
    if (!stays && this.run && this.runs && this.isForm) this.#adopt(this.run.publish);
    this.failure = folder.failure ?? undefined;
    if (!folder.stages.includes(this.target)) this.target = '';
    // What was typed and added stays, as long as it is the same folder.
    const kept = same ? this.items : [];
    const offered: Item[] = [
      ...folder.arguments.map(({ name, default: preset, secret }) => ({
        ...{ name, value: '', preset, looksSecret: secret, secret: undefined },
      })),
      ...folder.secrets.map((name) => this.#secretOf(name, name)),
    ];
    const all = [...kept, ...offered];
    // Of one name there is one: what was typed, else what the Dockerfile takes.
    this.items = all.filter(({ name }, at) => all.findIndex((it) => it.name === name) === at);
    void this.#look();
  }

  #secretOf(name: string, variable: string): Item {
    const from = { kind: 'environment', variable } as const;
    const shown = t('build.secret.env', { name: variable });
    return { name, value: '', preset: null, looksSecret: false, secret: { from, shown } };
  }

  /** Counts what is sent, and asks the engine what it builds. */
  async #look(): Promise<void> {
    const { folder } = this;
    if (!folder?.dockerfile) {
      this.size = undefined;
      return;
    }
    const round = ++this.#round;
    this.size = undefined;
    const { folder: id, dockerfile } = folder;
    const about = this.host.buildEngine(this.engine, id, dockerfile).catch(() => undefined);
    const size = this.host.buildSize(id, dockerfile).catch(() => undefined);
    const answer = await about;
    if (round === this.#round) {
      // An engine that gave no answer builds what it said before.
      if (answer || this.about?.engine !== this.engine) this.about = answer;
      if (!this.#offers(this.platform)) this.platform = '';
    }
    const counted = await size;
    if (round === this.#round) this.size = counted;
  }

  /** Whether the engine builds for this platform, or for both. */
  #offers(wanted: string): boolean {
    const all = this.about?.platforms ?? [];
    const able = all.filter(({ how }) => how !== 'noEmulator');
    if (wanted === BOTH) return all.length === 2 && able.length === 2;
    return able.some(({ platform }) => platform === wanted);
  }

  setValue(name: string, value: string): void {
    this.items = this.items.map((it) => (it.name === name ? { ...it, value } : it));
  }

  remove(name: string): void {
    this.items = this.items.filter((it) => it.name !== name);
  }

  makeSecret(name: string): void {
    this.items = this.items.map((it) => (it.name === name ? this.#secretOf(name, name) : it));
  }

  async add(name: string, secret?: { from: BuildSecretFrom; shown: string }): Promise<void> {
    const { secret: looksSecret } = await this.host.buildArgument(name);
    const item = { name, value: '', preset: null, looksSecret: looksSecret && !secret, secret };
    this.items = [...this.items.filter((it) => it.name !== name), item];
  }

  /** A name for the image; why it is none, where it is none. */
  async setDestination(text: string): Promise<FailureView | undefined> {
    try {
      this.destination = await this.host.checkDestination(text);
      this.publishes = true;
      await this.#tell();
      return undefined;
    } catch (reason) {
      return failureOf(reason);
    }
  }

  async setPublishes(publishes: boolean): Promise<void> {
    this.publishes = publishes;
    await this.#tell();
  }

  /** A build that runs hears of it, too, and one whose publish is looked into. */
  async #tell(): Promise<void> {
    const waits = this.runs || this.run?.progress.after.kind === 'looking';
    if (this.run && waits && this.isShown)
      await this.host.setBuildPublish(this.run.job, this.publishes ? this.destination : '');
  }

  async begin(): Promise<void> {
    const { wish } = this;
    if (!wish || this.missing || this.runs || this.starting) return;
    this.starting = true;
    this.failure = undefined;
    try {
      void this.watch(await this.host.beginBuild(wish));
    } catch (reason) {
      this.failure = failureOf(reason);
      announcer.alert(this.failure.message);
    } finally {
      this.starting = false;
    }
  }

  async cancel(): Promise<void> {
    if (this.run) await this.host.cancelJob(this.run.job);
  }

  /** Publishes what was built. */
  async publish(): Promise<void> {
    const { run, destination } = this;
    if (!run || !this.isShown || destination === '') return;
    if (this.publishing || run.progress.after.kind === 'looking') return;
    this.publishing = true;
    try {
      const published = this.host.publishBuilt(run.job, destination);
      void this.watch(run.job);
      await published;
      void this.watch(run.job);
    } catch (reason) {
      this.failure = failureOf(reason);
    } finally {
      this.publishing = false;
    }
  }

  async command(): Promise<string> {
    const { wish } = this;
    if (!wish) return 'slipway build .';
    try {
      return await this.host.buildCommand(wish);
    } catch (reason) {
      return failureOf(reason).message;
    }
  }

  async watch(job: JobId): Promise<void> {
    const watch = ++this.#watch;
    let told = false;
    await this.host.watchBuild(job, (update) => {
      if (watch !== this.#watch) return;
      told = true;
      this.#watching = job;
      this.#hear(update);
    });
    if (told || watch !== this.#watch || this.run?.job === job) return;
    // No build of this run of Slipway: what came of it is kept with its job.
    this.#watching = undefined;
    this.#clear();
    await this.host.watchJob(job, (update) => {
      if (told || watch !== this.#watch || update.kind !== 'snapshot') return;
      const run = keptRun(update.job);
      if (!run) return;
      this.#watching = job;
      this.kept = true;
      this.run = run;
    });
  }

  /** No build is shown. */
  #clear(): void {
    // With no folder in the form these were that build's.
    if (!this.folder) this.#adopt('');
    this.kept = false;
    this.run = undefined;
    this.steps = [];
    this.lines = new Map();
    this.chosen = undefined;
  }

  #hear(update: BuildUpdate): void {
    let before = this.run?.progress.state;
    this.told = Date.now();
    if (update.kind === 'snapshot') {
      const { build } = update;
      if (this.run && this.run.job !== build.job) this.#clear();
      if (!this.run) before = undefined;
      this.kept = false;
      this.run = build;
      this.steps = build.steps;
      this.lines = new Map();
      // One that is over, or that is not in the form, says nothing of the next one.
      if (this.runs && this.isShown) this.#adopt(build.publish);
    } else if (this.run) {
      const { progress, publish } = update;
      this.run = { ...this.run, progress, publish };
      const changed = new Map(update.steps.map((step) => [step.number, step]));
      const known = this.steps.map((step) => changed.get(step.number) ?? step);
      const numbers = new Set(this.steps.map(({ number }) => number));
      const added = update.steps.filter(({ number }) => !numbers.has(number));
      this.steps = [...known, ...added].sort((one, other) => one.number - other.number);
    }
    this.#write(update.lines);
    const now = this.run?.progress.state;
    if (!this.run || before === undefined || before === now) return;
    const { name } = this.run;
    if (now === 'done') announcer.say(t('build.announceBuilt', { name }));
    else if (now === 'failed') announcer.alert(t('build.announceFailed', { name }));
    else if (now === 'cancelled') announcer.say(t('build.cancelledHint'));
  }

  /** Where a build that runs goes is what the bar shows and changes. */
  #adopt(publish: string): void {
    this.publishes = publish !== '';
    // A name that waits for a tick stays with the folder that it was typed for.
    if (this.publishes || !this.isForm) this.destination = publish;
  }

  #write(lines: BuildLineView[]): void {
    if (lines.length === 0) return;
    const all = new Map(this.lines);
    for (const line of lines) all.set(line.step, [...(all.get(line.step) ?? []), line]);
    for (const [step, kept] of all) if (kept.length > LINES) all.set(step, kept.slice(-LINES));
    this.lines = all;
  }
}

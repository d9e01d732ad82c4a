// A stand-in for the window: for tests, and for looking at the page in a browser (see `fake-states.ts`).
// It answers with prepared views (`fake-views.ts`).

import type {
  ActivityView,
  CopyDraft,
  CopyEndView,
  CopyPlanView,
  CopyView,
  DifferencesView,
  Draft,
  DragItem,
  DragView,
  Field,
  FixedView,
  FormView,
  HistoryPage,
  HistoryQuery,
  HostCheckView,
  HostSettings,
  HostsView,
  HostView,
  JobRow,
  JobUpdate,
  JobView,
  LayerContentView,
  OpenedView,
  PartsView,
  PreferencesView,
  PreflightView,
  ReadingView,
  RecentView,
  ResultView,
  SettingsView,
  StartView,
  SuggestionView,
  VisibilityView,
} from '../bindings/view';
import {
  differences,
  done,
  emptyDraft,
  form,
  github,
  job,
  opened,
  practice,
  preflight,
  result,
  settings,
  suggestions,
  workflow,
} from './fake-views';
import { copyEnd, plannedCopy, settledCopy } from './fake-copy';
import { FakeEngines } from './fake-engines';
import type { Host } from './host';

export * from './fake-views';

/** A host whose answers can be replaced one by one. It notes what was asked of it. */
export class FakeHost extends FakeEngines implements Host {
  drag: ((view: DragView) => void) | undefined;
  job: ((update: JobUpdate) => void) | undefined;
  language = 'en';
  unpacking: ReadingView | null = null;
  activity: ((view: ActivityView) => void) | undefined;
  closing: (() => void) | undefined;
  argument: (() => void) | undefined;
  active: JobRow[] = [];
  past: JobRow[] = [];
  recents: RecentView[] = [];
  settings: SettingsView = structuredClone(settings);
  openJob: ((job: number) => void) | undefined;
  silence: ((host: string | null) => void) | undefined;
  view: JobView = structuredClone(job);
  visible: VisibilityView['state'] = 'private';
  known: HostView[] = [github];
  along: string[] = [];
  fixed: FixedView[] = [];
  checks: HostCheckView[] | undefined;
  /** What GitHub lists. */
  listed: SuggestionView[] = [];

  #done(result: ResultView): JobView {
    this.view = { ...done, result };
    return this.view;
  }

  start = (): Promise<StartView> =>
    this.note('start', [], {
      version: '0.1.0',
      language: this.language,
      settings: this.settings,
      registries: this.registryViews,
      draft: emptyDraft,
    });
  chooseImage = (draft: Draft): Promise<OpenedView | null> =>
    this.note('chooseImage', [draft], opened);
  openPath = (path: string, draft: Draft): Promise<OpenedView> =>
    this.note('openPath', [path, draft], opened);
  openDropped = (files: number[], draft: Draft): Promise<OpenedView> =>
    this.note('openDropped', [files, draft], opened);
  unpackAnyway = (file: number, draft: Draft): Promise<OpenedView> =>
    this.note('unpackAnyway', [file, draft], opened);
  openArgument = (): Promise<OpenedView | null> => this.note('openArgument', [], null);
  moreArguments = (): Promise<[DragItem[], number]> => Promise.resolve([[], 0]);
  reading = (): Promise<ReadingView | null> => Promise.resolve(this.unpacking);
  details = () => this.note('details', [], { config: '{}', manifest: '{}', report: '{}' });
  layerContent = (_: number, __: string, layer: number): Promise<LayerContentView | null> =>
    this.note('layerContent', [layer], { unpacked: 31_600_000, files: 4118 });
  checkForm = (draft: Draft): Promise<FormView> => Promise.resolve(form(draft));
  fillReference = (draft: Draft, text: string): Promise<Draft | null> =>
    this.note('fillReference', [text], { ...draft, owner: 'octo-org', imageName: 'pasted' });
  switchRegistry = (draft: Draft, registry: string): Promise<Draft> =>
    this.note('switchRegistry', [registry], { ...draft, registry });
  preflight = (draft: Draft, anew = false): Promise<PreflightView> =>
    this.note('preflight', [draft, anew], preflight);
  suggestions = (draft: Draft, field: Field): Promise<SuggestionView[]> =>
    this.note('suggestions', [draft, field], suggestions);
  listedSuggestions = (draft: Draft, field: Field): Promise<SuggestionView[]> =>
    this.note('listedSuggestions', [draft, field], this.listed);
  companions = (draft: Draft): Promise<string[]> => this.note('companions', [draft], this.along);
  differences = (draft: Draft, tag: string, platform: string | null): Promise<DifferencesView> =>
    this.note('differences', [draft, tag, platform], { ...differences, tag });
  publish = (draft: Draft): Promise<number> => this.note('publish', [draft], 1);
  copyEnd = (reference: string, isRead: boolean): Promise<CopyEndView> =>
    this.note('copyEnd', [reference, isRead], copyEnd(reference));
  settleCopy = (draft: CopyDraft): Promise<CopyView> =>
    this.note('settleCopy', [draft], settledCopy(draft));
  planCopy = (copy: CopyView): Promise<CopyPlanView> =>
    this.note('planCopy', [copy], plannedCopy(copy));
  startCopy = (copy: CopyView): Promise<number> => this.note('startCopy', [copy], 1);
  watchJob = (_: number, view: (update: JobUpdate) => void): Promise<void> => {
    this.job = view;
    view({ kind: 'snapshot', job: this.view });
    return Promise.resolve();
  };
  moveBack = (id: number, tag: string): Promise<JobView> => {
    const versions = result.versions.map((it) =>
      it.tag === tag ? { ...it, movable: false, movedBack: true } : it,
    );
    return this.note('moveBack', [id, tag], this.#done({ ...result, versions }));
  };
  verifyAgain = (id: number): Promise<JobView> =>
    this.note('verifyAgain', [id], this.#done(result));
  visibility = (id: number): Promise<VisibilityView> =>
    this.note('visibility', [id], { state: this.visible, looked: Date.now() / 1000 });
  workflow = (id: number): Promise<string> => this.note('workflow', [id], workflow);
  saveWorkflow = (id: number): Promise<boolean> => this.note('saveWorkflow', [id], true);
  watchActivity = (view: (activity: ActivityView) => void): Promise<void> => {
    this.activity = view;
    view({ active: this.active, ended: 0 });
    return Promise.resolve();
  };
  history = (query: HistoryQuery): Promise<HistoryPage> => {
    const wanted = { all: null, active: 'none', needsYou: 'failed', done: 'done' }[query.show];
    const rows = this.past.filter(
      (row) =>
        (wanted === null || row.progress.state === wanted) &&
        row.reference.includes(query.search) &&
        (query.before === null || row.id < query.before),
    );
    return this.note('history', [query], { rows: rows.slice(0, 200), more: rows.length > 200 });
  };
  recent = (): Promise<RecentView[]> => Promise.resolve(this.recents);
  openRecent = (file: number, draft: Draft): Promise<OpenedView> =>
    this.note('openRecent', [file, draft], opened);
  findRecent = (file: number, draft: Draft): Promise<OpenedView | null> =>
    this.note('findRecent', [file, draft], opened);
  reopenJob = (id: number): Promise<OpenedView> => this.note('reopenJob', [id], opened);
  forgetJob = (id: number): Promise<void> => {
    this.past = this.past.filter((row) => row.id !== id);
    return this.note('forgetJob', [id], undefined);
  };
  exportHistory = (): Promise<boolean> => this.note('exportHistory', [], true);
  changeSettings = (settings: SettingsView): Promise<PreferencesView> => {
    this.settings = settings;
    const language = settings.language ?? this.language;
    return this.note('changeSettings', [settings], { settings, language });
  };
  compressionSpeeds = (): Promise<number[]> =>
    Promise.resolve([9, 8, 7, 6, 5, 4, 3, 2, 1].map((times) => times * 50e6));
  /** What fetches left unfinished. */
  unfinished: PartsView = { parts: [], left: 0, size: 0, keptDays: 14 };
  parts = (): Promise<PartsView> => Promise.resolve(this.unfinished);
  clearParts = (): Promise<PartsView> => {
    const parts = this.unfinished.parts.filter(({ inUse }) => inUse);
    this.unfinished = { ...this.unfinished, parts, left: 0, size: 0 };
    return this.note('clearParts', [], this.unfinished);
  };
  diagnostics = (): Promise<string> => Promise.resolve('Slipway 0.1.0');
  saveDiagnostics = (): Promise<boolean> => this.note('saveDiagnostics', [], true);
  fixedVersions = (): Promise<FixedView[]> => Promise.resolve(this.fixed);
  fixVersions = (rule: FixedView): Promise<FixedView[]> => {
    const others = this.fixed.filter(({ place }) => place !== rule.place);
    this.fixed = [...others, rule].sort((one, other) => one.place.localeCompare(other.place));
    return this.note('fixVersions', [rule], this.fixed);
  };
  letVersionsMove = (place: string): Promise<FixedView[]> => {
    this.fixed = this.fixed.filter((rule) => rule.place !== place);
    return this.note('letVersionsMove', [place], this.fixed);
  };
  hosts = (): Promise<HostView[]> => Promise.resolve(this.known);
  setHost = (wanted: HostSettings): Promise<HostsView> => {
    const { proxyPassword: password, registry, ...texts } = wanted;
    const { name } = texts;
    const before = this.known.find((it) => it.name === name);
    const gheCom = name.endsWith('.ghe.com');
    const places = [texts.containers || `containers.${name}`, texts.docker || `docker.${name}`];
    const registries = registry ? [name] : places.slice(0, gheCom ? 1 : 2);
    const kind = registry ? 'other' : gheCom ? 'gheCom' : 'enterpriseServer';
    const made = before?.builtIn
      ? before
      : ({ ...github, name, kind, registries, builtIn: false } satisfies HostView);
    const host: HostView = {
      ...made,
      caFile: texts.caFile || null,
      proxy: texts.proxy || null,
      hasProxyPassword: password === null ? (before?.hasProxyPassword ?? false) : password !== '',
      realm: texts.realm || null,
      api: texts.api || null,
      containers: texts.containers || null,
      docker: texts.docker || null,
    };
    this.known = before
      ? this.known.map((it) => (it === before ? host : it))
      : [...this.known, host];
    if (!before)
      this.signInHosts = [
        ...this.signInHosts,
        { name, registries, github: !registry, browser: false },
      ];
    const proxyPasswordNotKept = Boolean(password) && this.keychain.state !== 'ready';
    return this.note('setHost', [wanted], { ...this.#hosts(), proxyPasswordNotKept });
  };
  removeHost = (name: string): Promise<HostsView> => {
    this.known = this.known.filter((it) => it.name !== name);
    this.signInHosts = this.signInHosts.filter((it) => it.name !== name);
    return this.note('removeHost', [name], this.#hosts());
  };
  #hosts = (): HostsView => ({
    hosts: this.known,
    registries: this.registryViews,
    proxyPasswordNotKept: false,
  });
  checkHost = (name: string): Promise<HostCheckView[]> => {
    const found = this.known.find((it) => it.name === name)?.registries ?? [];
    const checks = found.map((registry) => ({ registry, reachable: true, failure: null }));
    return this.note('checkHost', [name], this.checks ?? checks);
  };
  onClosing = (listener: () => void): Promise<() => void> => {
    this.closing = listener;
    return Promise.resolve(() => (this.closing = undefined));
  };
  onArgument = (listener: () => void): Promise<() => void> => {
    this.argument = listener;
    return Promise.resolve(() => (this.argument = undefined));
  };
  onSilence = (listener: (host: string | null) => void): Promise<() => void> => {
    this.silence = listener;
    return Promise.resolve(() => (this.silence = undefined));
  };
  onOpenJob = (listener: (job: number) => void): Promise<() => void> => {
    this.openJob = listener;
    return Promise.resolve(() => (this.openJob = undefined));
  };
  startPractice = () => {
    const others = this.registryViews.filter((it) => !it.practice);
    this.registryViews = [...others, practice];
    const draft = { ...opened.draft, registry: practice.name, owner: 'octocat' };
    const view = { registries: this.registryViews, opened: { ...opened, draft } };
    return this.note('startPractice', [], view);
  };
  openLink = (topic: string): Promise<void> => this.note('openLink', [topic], undefined);
  onDrag = (listener: (view: DragView) => void): Promise<() => void> => {
    this.drag = listener;
    return Promise.resolve(() => (this.drag = undefined));
  };
}

// A stand-in for the window: for tests, and for looking at the page in a browser (see `fake-states.ts`).
// It answers with prepared views; what it says about names is only enough to show every state, no second rule book.

import type {
  ActivityView,
  CopyDraft,
  CopyEndView,
  CopyPlanView,
  CopyView,
  Draft,
  DragView,
  Field,
  FieldView,
  FindingView,
  FormView,
  HistoryPage,
  HistoryQuery,
  HostCheckView,
  HostSettings,
  HostsView,
  HostView,
  ImageView,
  JobRow,
  JobUpdate,
  JobView,
  LayerContentView,
  OpenedView,
  PreferencesView,
  PreflightView,
  ReadingView,
  RecentView,
  RegistryView,
  ResultView,
  RuleId,
  SettingsView,
  StartView,
  SuggestionView,
  VisibilityView,
  DragItem,
} from '../bindings/view';
import { FakeAccounts } from './fake-accounts';
import { copyEnd, plannedCopy, settledCopy } from './fake-copy';
import type { Host } from './host';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

export const emptyDraft: Draft = {
  file: null,
  image: '',
  platform: '',
  registry: 'ghcr.io',
  owner: '',
  repository: '',
  imageName: '',
  versions: [],
  versionText: '',
  options: {
    description: '',
    licenses: '',
    labels: '',
    compression: '',
    way: '',
    dropAttestations: false,
  },
};

const steps = [
  ['ADD rootfs.tar.xz /', 28_200_000],
  ['RUN apt-get install -y ca-certificates', 7_400_000],
  ['RUN useradd node', 600_000],
  ['RUN npm ci --omit=dev', 9_700_000],
  ['COPY app/ /srv/app/', 2_700_000],
  ['COPY config.json /srv/app/', 100_000],
] as const;

export const image: ImageView = {
  selector: '@0',
  names: [
    { name: 'monalisa:2.4.0', imageName: 'monalisa', version: '2.4.0' },
    { name: 'monalisa:latest', imageName: 'monalisa', version: 'latest' },
  ],
  platforms: ['linux/amd64'],
  missingPlatforms: [],
  size: 48_700_000,
  created: Math.floor(Date.now() / 1000) - 7300,
  runs: 'node server.js',
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: digest('c'),
  layers: steps.map(([madeBy, size], index) => ({
    number: index + 1,
    madeBy,
    digest: digest(String(index + 1)),
    diffId: digest(String(index + 3)),
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    size,
    declaredSize: size,
    stored: 'gzip',
    sending: 'asStored',
    platform: null,
  })),
  findings: [],
};

export const opened: OpenedView = {
  file: 1,
  name: 'monalisa-2.4.0.tar',
  fileSize: 48_900_000,
  format: 'ociArchive',
  compressed: null,
  readMs: 14,
  images: [image],
  leftOut: [],
  draft: {
    ...emptyDraft,
    file: 1,
    image: '@0',
    owner: 'octo-org',
    imageName: 'monalisa',
    versions: ['2.4.0', 'latest'],
  },
};

export const preflight: PreflightView = {
  checks: [
    {
      id: 'tag.moves',
      state: 'warning',
      params: { tag: 'latest', from: digest('3'), to: digest('c') },
      fix: {
        kind: 'leaveIt',
        value: 'latest',
        draft: { ...opened.draft, versions: ['2.4.0'] },
      },
      field: 'version',
    },
    { id: 'write', state: 'passed', params: { registry: 'ghcr.io' }, fix: null, field: null },
    { id: 'tag.new', state: 'passed', params: { tag: '2.4.0' }, fix: null, field: null },
    {
      id: 'bytes',
      state: 'passed',
      params: { send: '12400000', reused: '36300000', layers: '6', there: '4', exact: 'true' },
      fix: null,
      field: null,
    },
    {
      id: 'limits',
      state: 'passed',
      params: { largest: '28200000', max: '10000000000' },
      fix: null,
      field: null,
    },
    { id: 'foreign.none', state: 'passed', params: {}, fix: null, field: null },
    {
      id: 'platforms',
      state: 'passed',
      params: { platforms: 'linux/amd64' },
      fix: null,
      field: null,
    },
    {
      id: 'token',
      state: 'notChecked',
      params: { reason: 'later', username: 'octocat' },
      fix: null,
      field: null,
    },
    { id: 'owner', state: 'notChecked', params: { reason: 'later' }, fix: null, field: null },
    { id: 'package', state: 'notChecked', params: { reason: 'later' }, fix: null, field: null },
  ],
  button: { kind: 'publishBytes', bytes: 12_400_000, exact: true },
  layers: ['there', 'there', 'there', 'toSend', 'toSend', 'there'],
  sizes: image.layers.map(({ size }) => size),
  bytesThere: 36_300_000,
  bytesToSend: 12_400_000,
  exact: true,
  command: 'slipway push monalisa-2.4.0.tar ghcr.io/octo-org/monalisa:2.4.0 --tag latest',
};

export const job: JobView = {
  id: 1,
  ended: null,
  interrupted: false,
  goesOn: false,
  kind: 'publish',
  install: null,
  reference: 'ghcr.io/octo-org/monalisa:2.4.0',
  registry: 'ghcr.io',
  title: 'monalisa 2.4.0',
  fileName: 'monalisa-2.4.0.tar',
  format: 'ociArchive',
  platforms: ['linux/amd64'],
  practice: false,
  draft: opened.draft,
  started: 1_790_000_000,
  progress: {
    state: 'sending',
    total: 12_400_000,
    sent: 7_700_000,
    kept: 7_700_000,
    reused: 36_300_000,
    exact: true,
    percent: 62,
    speed: 1_300_000,
    secondsLeft: 4,
    retrySeconds: null,
    waitingFor: null,
    waitingSince: null,
    startsOver: null,
    layersDone: 4,
    layersTotal: 6,
  },
  layers: image.layers.map((layer, index) => ({
    number: layer.number,
    madeBy: layer.madeBy,
    size: layer.size,
    exact: true,
    state:
      (['there', 'there', 'there', 'uploading', 'waiting', 'there'] as const)[index] ?? 'there',
    percent: index === 3 ? 75 : 0,
  })),
  log: [{ atMs: 0, text: 'asking what the registry has' }],
  warnings: [],
  result: null,
  failure: null,
};

export const result: ResultView = {
  digest: digest('c'),
  verified: true,
  notVerified: null,
  repository: 'ghcr.io/octo-org/monalisa',
  versions: [
    { tag: '2.4.0', movedFrom: null, unchanged: false, movable: false, movedBack: false },
    { tag: 'latest', movedFrom: digest('3'), unchanged: false, movable: true, movedBack: false },
  ],
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  manifestSize: 1600,
  platforms: ['linux/amd64'],
  layers: 6,
  size: 48_700_000,
  sent: 12_400_000,
  reused: 36_300_000,
  durationMs: 9800,
  storedDigest: null,
  byDigest: true,
  packagePage: true,
  source: 'octo-org/octo-app',
  command: preflight.command,
};

/** It goes by its own address, and plays ghcr.io. */
export const practice: RegistryView = {
  name: '127.0.0.1:41234',
  shown: 'ghcr.io',
  form: 'ownerName',
  legacy: false,
  practice: true,
  overridden: null,
  account: { username: 'octocat', source: 'practice' },
};

function field(draft: Draft, name: FieldView['field'], text: string): FieldView {
  const findings: FindingView[] = [];
  const found = (id: RuleId, fix: string | null, message: string) =>
    findings.push({
      id,
      level: 'problem',
      params: {},
      fixes: fix === null ? [] : [{ kind: 'use', value: fix, draft: { ...draft, [name]: fix } }],
      message,
    });
  if (!text && name !== 'repository')
    found(`${name === 'imageName' ? 'name' : name}.empty`, null, '');
  if (name === 'owner' && /[A-Z]/.test(text))
    found('owner.case', text.toLowerCase(), 'Lower case.');
  return {
    field: name,
    optional: name === 'repository',
    ok: text !== '' && findings.length === 0,
    findings,
    versions: name === 'version' ? draft.versions.map(() => null) : [],
  };
}

function form(draft: Draft): FormView {
  const version = draft.versions[0] ?? draft.versionText;
  const shown = draft.registry === practice.name ? practice.shown : draft.registry;
  const fields = [
    field(draft, 'owner', draft.owner),
    field(draft, 'imageName', draft.imageName),
    field(draft, 'version', version),
    field(draft, 'repository', draft.repository),
  ];
  const bad = (name: string) => fields.find((it) => it.field === name)?.findings.length !== 0;
  return {
    fields,
    badLabel: null,
    valid: fields.every((it) => it.findings.length === 0),
    reference: {
      full: `${draft.registry}/${draft.owner}/${draft.imageName}:${version}`,
      shown: `${shown}/${draft.owner}/${draft.imageName}:${version}`,
      moreVersions: draft.versions.slice(1),
      parts: [
        { part: 'registry', before: '', text: shown, problem: false },
        { part: 'owner', before: '/', text: draft.owner, problem: bad('owner') },
        { part: 'imageName', before: '/', text: draft.imageName, problem: bad('imageName') },
        { part: 'version', before: ':', text: version, problem: bad('version') },
      ],
    },
  };
}

export const settings: SettingsView = {
  language: null,
  theme: 'system',
  colors: 'usual',
  reduceMotion: false,
  notifications: 'on',
  onClose: 'ask',
  compression: null,
  parallel: null,
  limitRate: null,
  way: null,
  proxy: null,
  zoom: 100,
};

export const github: HostView = {
  name: 'github.com',
  kind: 'github',
  registries: ['ghcr.io', 'docker.pkg.github.com'],
  builtIn: true,
  overridden: false,
  caFile: null,
  proxy: null,
  hasProxyPassword: false,
  realm: null,
  api: null,
  containers: null,
  docker: null,
};

export const suggestions: SuggestionView[] = [
  { value: 'octocat', from: 'account' },
  { value: 'octo-org', from: 'history' },
  { value: 'monalisa', from: 'file' },
];

/** What GitHub's lists add: some of it is known already. */
export const listed: SuggestionView[] = [
  { value: 'octocat', from: 'gitHub' },
  { value: 'octo-org', from: 'gitHub' },
  { value: 'octo-labs', from: 'gitHub' },
  { value: 'atom-labs', from: 'gitHub' },
];

export const workflow = `name: Publish
on: workflow_dispatch
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions:
      packages: write
    steps:
      - run: ${preflight.command}
`;

/** A job as a row, made from the job above. */
export function jobRow(id: number, change: Partial<JobRow> = {}): JobRow {
  const { reference, registry, title, fileName, progress, started } = job;
  return {
    id,
    kind: 'publish',
    reference,
    registry,
    title,
    fileName,
    practice: false,
    progress,
    interrupted: false,
    started,
    ended: null,
    digest: null,
    verified: false,
    failure: null,
    ...change,
  };
}

/** A host whose answers can be replaced one by one. It notes what was asked of it. */
export class FakeHost extends FakeAccounts implements Host {
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
  checks: HostCheckView[] | undefined;
  /** What GitHub lists. */
  listed: SuggestionView[] = [];

  #done(result: ResultView): JobView {
    this.view = { ...job, progress: { ...job.progress, state: 'done' }, result };
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
  publish = (draft: Draft): Promise<number> => this.note('publish', [draft], 1);
  copyEnd = (reference: string): Promise<CopyEndView> =>
    this.note('copyEnd', [reference], copyEnd(reference));
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
  diagnostics = (): Promise<string> => Promise.resolve('Slipway 0.1.0');
  saveDiagnostics = (): Promise<boolean> => this.note('saveDiagnostics', [], true);
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

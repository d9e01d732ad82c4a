// The stand-in's builds: one folder, one build that goes on as a test says. `?fake=build` and its kin show its states.

import type {
  BuildArgumentView,
  BuildEngineView,
  BuildFolderView,
  BuildLineView,
  BuildProgressView,
  BuildRunView,
  BuildSecretFile,
  BuildSizeView,
  BuildStepView,
  BuildUpdate,
  BuildWish,
  Engine,
  FileId,
  JobId,
} from '../bindings/view';
import type { FakeHost } from './fake';
import { FakeEngines } from './fake-engines';

export const buildFolder: BuildFolderView = {
  folder: 7,
  shown: '~/src/octo-app',
  name: 'octo-app',
  dockerfiles: ['Dockerfile', 'Dockerfile.dev'],
  dockerfile: 'Dockerfile',
  stages: ['deps', 'build', 'runtime'],
  arguments: [
    { name: 'NODE_VERSION', default: '24', secret: false },
    { name: 'API_TOKEN', default: null, secret: true },
  ],
  secrets: ['NPM_TOKEN'],
  failure: null,
};

const step = (
  number: number,
  stage: string,
  instruction: string,
  change: Partial<BuildStepView> = {},
): BuildStepView => ({
  ...{ number, stage, instruction, state: 'waiting', beganMs: null, tookMs: null },
  ...change,
});

const cached = { state: 'cached', beganMs: 0 } as const;

/** As in the design's picture. */
export const buildSteps: BuildStepView[] = [
  step(0, 'deps', 'FROM node:${NODE_VERSION}-alpine', cached),
  step(1, 'deps', 'WORKDIR /srv', cached),
  step(2, 'deps', 'COPY package.json package-lock.json ./', cached),
  step(3, 'deps', 'RUN npm ci --omit=dev', cached),
  step(4, 'build', 'COPY . .', { state: 'done', beganMs: 400, tookMs: 400 }),
  step(5, 'build', 'RUN npm run lint', { state: 'done', beganMs: 800, tookMs: 6200 }),
  step(6, 'build', 'RUN npm run build', { state: 'running', beganMs: 7000 }),
  step(7, 'runtime', 'COPY --from=build /srv/dist ./dist'),
  step(8, 'runtime', 'USER node'),
];

export const buildLines: BuildLineView[] = [
  { step: 6, atMs: 2100, text: '> octo-app@3.0.0 build' },
  { step: 6, atMs: 2100, text: '> vite build' },
  { step: 6, atMs: 18_400, text: '✓ 214 modules transformed.' },
];

export const buildProgress = (change: Partial<BuildProgressView> = {}): BuildProgressView => ({
  state: 'building',
  sent: 8_410_000,
  total: 8_410_000,
  elapsedMs: 38_000,
  step: 7,
  steps: 9,
  result: null,
  failure: null,
  failed: null,
  after: { kind: 'nothing' },
  ...change,
});

export const buildRun = (change: Partial<BuildRunView> = {}): BuildRunView => ({
  job: 21,
  name: 'octo-app',
  engine: 'docker',
  build: {
    folder: '~/src/octo-app',
    dockerfile: 'Dockerfile',
    target: '',
    engine: 'Docker 29.1',
    arguments: ['NODE_VERSION'],
    secrets: ['NPM_TOKEN'],
    result: null,
  },
  platforms: ['linux/amd64'],
  started: 1_790_000_000,
  publish: '',
  progress: buildProgress(),
  steps: buildSteps,
  ...change,
});

export const builtResult = {
  ids: [`sha256:9f2c41e0${'0'.repeat(56)}`],
  size: 48_900_000,
  steps: 9,
  cached: 4,
  durationMs: 41_000,
};

export const brokenBuild = (): BuildRunView =>
  buildRun({
    steps: buildSteps.map((it) =>
      it.number === 6 ? { ...it, state: 'failed', tookMs: 31_000 } : it,
    ),
    progress: buildProgress({
      state: 'failed',
      failed: { message: 'exit code: 1', step: 6, line: 12, code: 1 },
      failure: {
        code: 'build.failed',
        message: 'the build of Dockerfile failed at line 12',
        params: { engine: 'Docker', file: 'Dockerfile', line: '12' },
        retry: 'afterChange',
        help: [],
        technical: null,
      },
    }),
  });

export abstract class FakeBuild extends FakeEngines {
  folder: BuildFolderView | null = buildFolder;
  argumentFolder: BuildFolderView | null = null;
  latest: JobId | null = null;
  building: BuildRunView = buildRun();
  build: ((update: BuildUpdate) => void) | undefined;
  platforms: BuildEngineView['platforms'] = [
    { platform: 'linux/amd64', how: 'native' },
    { platform: 'linux/arm64', how: 'emulated' },
  ];

  chooseBuildFolder = (): Promise<BuildFolderView | null> =>
    this.note('chooseBuildFolder', [], this.folder);
  droppedBuildFolder = (folder: FileId): Promise<BuildFolderView> =>
    this.note('droppedBuildFolder', [folder], buildFolder);
  argumentBuildFolder = (): Promise<BuildFolderView | null> => Promise.resolve(this.argumentFolder);
  buildFolder = (_: number, dockerfile: string): Promise<BuildFolderView> =>
    this.note('buildFolder', [dockerfile], { ...buildFolder, dockerfile });
  chooseDockerfile = (): Promise<BuildFolderView | null> =>
    this.note('chooseDockerfile', [], { ...buildFolder, dockerfile: 'web/Dockerfile' });
  buildSize = (): Promise<BuildSizeView> =>
    Promise.resolve({ files: 1204, bytes: 8_410_000, leftOut: 3117 });
  buildEngine = (engine: Engine): Promise<BuildEngineView> => {
    const name = engine === 'docker' ? 'Docker 29.1' : 'Podman 5.6';
    return Promise.resolve({ engine, name, secrets: true, platforms: this.platforms });
  };
  chooseBuildSecret = (): Promise<BuildSecretFile | null> =>
    this.note('chooseBuildSecret', [], { file: 3, shown: '~/.npmrc' });
  buildArgument = (name: string): Promise<BuildArgumentView> =>
    Promise.resolve({ name, default: null, secret: /token/i.test(name) });
  buildCommand = (wish: BuildWish): Promise<string> =>
    this.note('buildCommand', [wish], 'slipway build ~/src/octo-app');
  beginBuild = (wish: BuildWish): Promise<JobId> => this.note('beginBuild', [wish], 21);
  checkDestination = (reference: string): Promise<string> =>
    this.note('checkDestination', [reference], reference);
  setBuildPublish = (job: JobId, reference: string): Promise<void> =>
    this.note('setBuildPublish', [job, reference], undefined);
  publishBuilt = (job: JobId, reference: string): Promise<void> =>
    this.note('publishBuilt', [job, reference], undefined);
  latestBuild = (): Promise<JobId | null> => Promise.resolve(this.latest);
  watchBuild = (_: JobId, view: (update: BuildUpdate) => void): Promise<void> => {
    this.build = view;
    view({ kind: 'snapshot', build: this.building, lines: buildLines });
    return Promise.resolve();
  };
}

const shows = (run: BuildRunView) => (host: FakeHost) => {
  location.hash = '#/publish/build';
  host.argumentFolder = buildFolder;
  host.latest = run.job;
  host.building = run;
};

export const buildScenes: Record<string, (host: FakeHost) => void> = {
  build: shows(buildRun({ publish: 'ghcr.io/octo-org/octo-app:3.0.0' })),
  buildFailed: shows(brokenBuild()),
  buildDone: shows(
    buildRun({
      progress: buildProgress({ state: 'done', step: 9, result: builtResult }),
      steps: buildSteps.map((it) => ({ ...it, state: 'done', tookMs: it.tookMs ?? 100 })),
    }),
  ),
  buildForm: (host) => {
    location.hash = '#/publish/build';
    host.argumentFolder = buildFolder;
  },
  buildNoEngine: (host) => {
    location.hash = '#/publish/build';
    host.engineViews = [];
  },
};

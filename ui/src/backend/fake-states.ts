// States that the page's address opens directly, during development: `?fake=network#/activity/1`,
// `?fake=accounts&state=expired&keychain=missing#/accounts`, `?fake=failed&code=denied.scope#/activity/1`, `?fake=activity#/activity`, `?fake=hosts#/settings/hosts`.

import type {
  Code,
  HostSettings,
  JobLayer,
  JobProgress,
  JobRow,
  JobView,
  ResultView,
} from '../bindings/view';
import { done, failed, FakeHost, job, jobRow, result } from './fake';
import { showAccounts } from './fake-account-scenes';
import { showCopies } from './fake-copy';
import { everything, past } from './fake-every';
import { full } from './fake-full';
import { scenes } from './fake-scenes';
import { failureExample } from './fake-failures';

const now = Math.floor(Date.now() / 1000);
const still = { speed: null, secondsLeft: null };

const layers: JobLayer[] = (
  [
    ['FROM debian:bookworm-slim', 49_300_000, 'there', 0],
    ['RUN apt-get install build tools', 96_400_000, 'there', 0],
    ['COPY --from=python /usr/local', 61_000_000, 'there', 0],
    ['COPY assets/', 184_000_000, 'committed', 100],
    ['RUN pip install -r requirements.txt --no-cache-dir', 538_000_000, 'uploading', 75],
    ['COPY models/base.onnx', 498_000_000, 'uploading', 46],
    ['COPY static/', 61_200_000, 'committed', 100],
    ['RUN apt-get install ffmpeg', 21_500_000, 'compressing', 60],
    ['COPY models/tiny.onnx', 114_000_000, 'waiting', 0],
    ['COPY app/', 3_300_000, 'committed', 100],
  ] as const
).map(([madeBy, size, state, percent], index) => ({
  number: index + 1,
  madeBy,
  size,
  exact: state !== 'compressing',
  state,
  percent,
}));

const large: JobProgress = {
  ...job.progress,
  total: 1_420_000_000,
  sent: 880_000_000,
  kept: 880_000_000,
  reused: 206_700_000,
  percent: 62,
  speed: 24_600_000,
  secondsLeft: 22,
  layersDone: 6,
  layersTotal: 10,
};

/** How the running job differs, by name. */
const RUNNING: Record<string, Partial<JobProgress>> = {
  sending: {},
  network: { ...still, waitingFor: 'network', waitingSince: now - 300, retrySeconds: 8 },
  slowDown: { ...still, waitingFor: 'slowDown', waitingSince: now - 4, retrySeconds: 12 },
  fault: { ...still, waitingFor: 'fault', waitingSince: now - 4, retrySeconds: 3 },
  startsOver: { startsOver: { layer: 4, bytes: 412_000_000 } },
  committing: { ...still, state: 'committing', sent: 1_420_000_000, percent: 100 },
  verifying: { ...still, state: 'verifying', sent: 1_420_000_000, percent: 100 },
  pausing: { state: 'pausing' },
  paused: { ...still, state: 'paused' },
  cancelling: { ...still, state: 'cancelling' },
  cancelled: { ...still, state: 'cancelled' },
};

/** How the result differs, by name. */
const RESULTS: Record<string, Partial<ResultView>> = {
  done: {},
  unverified: { verified: false, notVerified: 'The connection broke before the answer.' },
  legacy: {
    repository: 'docker.pkg.github.com/octocat/hello-world/monalisa',
    storedDigest: `sha256:${'facb22d7'.repeat(8)}`,
    byDigest: false,
  },
};

function shown(name: string, code: string): JobView | undefined {
  const ended = RESULTS[name];
  if (ended) return { ...done, result: { ...result, ...ended } };
  if (name === 'failed') return { ...failed, failure: failureExample(code as Code) };
  const change = RUNNING[name];
  if (!change) return undefined;
  return {
    ...job,
    reference: 'ghcr.io/octocat/octo-app:3.0.0-rc.1',
    title: 'octo-app 3.0.0-rc.1',
    fileName: 'octo-app-3.0.0-rc.1.tar',
    format: 'dockerArchive',
    started: now - 60,
    progress: { ...large, ...change },
    layers,
  };
}

const row = (id: number, reference: string, progress: Partial<JobProgress>, more = {}): JobRow =>
  jobRow(id, { reference, progress: { ...large, ...progress }, started: now - 400, ...more });

/** A host with everything set. */
const enterprise: HostSettings = {
  name: 'ghe.example.com',
  caFile: '/etc/ssl/ghe.pem',
  proxy: 'http://octocat@proxy.example.com:8080/',
  proxyPassword: 'secret',
  registry: false,
  realm: 'login.example.org',
  api: 'https://ghe.example.com/rest',
  containers: '',
  docker: '',
};

/** The host that the page's address asks for; `window.fake` plays with it. */
export function fakeFromAddress(): FakeHost {
  const asked = new URLSearchParams(location.search);
  const name = asked.get('fake') ?? '';
  const host = new FakeHost();
  host.language = asked.get('language') ?? 'en';
  host.settings.theme = (asked.get('theme') ?? 'system') as typeof host.settings.theme;
  scenes[name]?.(host);
  host.view = shown(name, asked.get('code') ?? 'denied.packageRole') ?? host.view;
  if (name in RUNNING && host.view.progress.state === 'sending') breathe(host);
  if (name === 'activity') fill(host);
  showCopies(host, name);
  if (name === 'accounts') showAccounts(host, asked);
  if (name === 'every') everything(host);
  if (name === 'full') full(host);
  const before = Number(asked.get('past') ?? 0);
  if (before > 0) host.past = past(before);
  if (name === 'hosts') void host.setHost(enterprise);
  if (name === 'fixed')
    host.fixed = [{ place: 'ghcr.io/octo-org', which: 'versions', pattern: '' }];
  if (name === 'companions') host.along = ['2.4', '2'];
  return Object.assign(window, { fake: host }).fake;
}

/** A speed that goes up and down, so that the plot has something to show. */
function breathe(host: FakeHost): void {
  let step = 0;
  setInterval(() => {
    const wave = Math.sin(step / 3) * 3e6 + Math.sin(step * 1.7) * 1.5e6;
    step += 1;
    const { progress } = host.view;
    const speed = progress.speed === null ? null : progress.speed + wave;
    host.job?.({
      kind: 'progress',
      progress: { ...progress, speed },
      layers: [],
      log: [],
      warnings: [],
    });
  }, 510);
}

function fill(host: FakeHost): void {
  host.active = [
    row(9, 'ghcr.io/octocat/octo-app:3.0.0-rc.1', {}),
    row(8, 'containers.ghe.example.com/octo-org/api:5.1', {
      ...RUNNING['network'],
      total: 640_000_000,
      sent: 212_000_000,
      percent: 33,
    }),
    row(7, 'ghcr.io/octo-org/docs:2026.11', { ...RUNNING['slowDown'], percent: 77 }),
    row(6, 'ghcr.io/octo-org/dataset:7', {
      ...RUNNING['paused'],
      total: 2_900_000_000,
      sent: 1_200_000_000,
      percent: 41,
    }),
  ];
  host.past = [
    row(
      5,
      'ghcr.io/octo-org/hello:1.0',
      { state: 'failed' },
      { ended: now - 60, failure: failureExample('denied.packageRole') },
    ),
    row(
      4,
      'ghcr.io/octo-org/monalisa:2.4.0',
      { state: 'done', sent: 12_400_000, reused: 36_300_000 },
      { ended: now - 390, digest: result.digest, verified: true },
    ),
    row(3, 'ghcr.io/octocat/hello-docker:0.2', { state: 'cancelled' }, { ended: now - 300 }),
    row(
      2,
      'ghcr.io/octocat/hello-docker:0.1',
      { state: 'done' },
      { started: now - 90_000, ended: now - 89_900, digest: result.digest, verified: true },
    ),
  ];
}

// Every state at once (`?fake=every`), and a long history (`?past=10000`): what the tests in a browser look at.

import type {
  CheckState,
  CheckView,
  JobRow,
  JobState,
  LayerPlan,
  LayerState,
} from '../bindings/view';
import { everyAccount } from './fake-account-scenes';
import type { FakeHost } from './fake';
import { image, job, jobRow, opened, preflight } from './fake';

// Records, so that a state that is added later is not forgotten here.
const PLANS = Object.keys({
  there: 0,
  toSend: 0,
  unknown: 0,
  tooLarge: 0,
  notInFile: 0,
} satisfies Record<LayerPlan, number>) as LayerPlan[];
const LAYERS = Object.keys({
  waiting: 0,
  there: 0,
  compressing: 0,
  uploading: 0,
  committed: 0,
  notInFile: 0,
} satisfies Record<LayerState, number>) as LayerState[];

const checks: Record<CheckState, CheckView> = {
  problem: {
    id: 'layer.foreign',
    state: 'problem',
    params: { layer: '5' },
    fix: null,
    field: null,
  },
  ...(Object.fromEntries(preflight.checks.map((check) => [check.state, check])) as Record<
    Exclude<CheckState, 'problem'>,
    CheckView
  >),
};

const DAY = 86_400;

/** So many jobs that are over, the newest first, some a day. */
export function past(count: number): JobRow[] {
  const now = Math.floor(Date.now() / 1000);
  const states: JobState[] = ['done', 'done', 'done', 'failed', 'cancelled'];
  return Array.from({ length: count }, (_, index) => {
    const id = count - index;
    const state = states[index % states.length] ?? 'done';
    const ended = now - Math.floor((index * DAY) / 40);
    return jobRow(id, {
      reference: `ghcr.io/octo-org/monalisa:${id}`,
      title: `monalisa ${id}`,
      progress: { ...job.progress, state, percent: state === 'done' ? 100 : 62 },
      started: ended - 10,
      ended,
    });
  });
}

/** A file, a job and rows in every state. */
export function everything(host: FakeHost): void {
  const layers = LAYERS.map((state, index) => {
    const layer = job.layers[index % job.layers.length];
    return { madeBy: null, size: 1, exact: true, ...layer, number: index + 1, state, percent: 50 };
  });
  const many = { ...image, layers: PLANS.flatMap((_, index) => image.layers[index] ?? []) };
  const rows: Partial<JobRow>[] = [
    {},
    { interrupted: true },
    { progress: { ...job.progress, state: 'paused' } },
    { progress: { ...job.progress, retrySeconds: 9 } },
  ];
  host.openArgument = () => Promise.resolve({ ...opened, images: [many] });
  host.preflight = () =>
    Promise.resolve({ ...preflight, layers: PLANS, checks: Object.values(checks) });
  host.view = { ...job, layers };
  host.active = rows.map((row, index) => {
    const title = `octo-app ${index}`;
    return jobRow(1000 - index, { title, reference: `ghcr.io/octo-org/octo-app:${index}`, ...row });
  });
  host.past = past(5);
  everyAccount(host);
}

// A build of an earlier run of Slipway, as its job is kept: what came of it. Its steps and its log are not kept.

import type { BuildProgressView, BuildRunView, JobView } from '../../bindings/view';

/** The job as a build that is over; nothing where it is no build. */
export function keptRun(job: JobView): BuildRunView | undefined {
  const { id, title, build, platforms, started, ended, failure } = job;
  if (!build) return undefined;
  const { result } = build;
  const now = job.progress.state;
  const progress: BuildProgressView = {
    // One that was under way when Slipway ended has ended with it.
    state: now === 'done' || now === 'failed' ? now : 'cancelled',
    ...{ sent: 0, total: 0 },
    elapsedMs: result?.durationMs ?? 1000 * Math.max(0, (ended ?? started) - started),
    ...{ step: result?.steps ?? 0, steps: result?.steps ?? 0 },
    ...{ result, failure, failed: null, after: { kind: 'nothing' } },
  };
  return {
    ...{ job: id, name: title, build, engine: null, platforms, started },
    ...{ publish: '', progress, steps: [] },
  };
}

// How a job stands, as rows, bars and pages show it.

import type { JobProgress, JobRow } from '../bindings/view';

/** Something is waited for; it goes on by itself. */
export const waits = (progress: JobProgress): boolean =>
  ['checking', 'sending', 'committing', 'verifying'].includes(progress.state) &&
  (progress.waitingFor !== null || progress.retrySeconds !== null);

/** What the colour of its bar says. */
export function barState({ interrupted, progress }: JobRow): 'moving' | 'waiting' | 'resting' {
  if (interrupted) return 'resting';
  if (waits(progress)) return 'waiting';
  const rests = ['paused', 'pausing', 'queued', 'cancelling'].includes(progress.state);
  return rests ? 'resting' : 'moving';
}

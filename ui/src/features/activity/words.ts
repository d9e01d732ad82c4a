// How a job reads as one row.

import type { JobRow } from '../../bindings/view';
import type { IconName } from '../../components/icons';
import { t } from '../../i18n/index.svelte';
import { failureTitle } from '../../lib/failure';
import { bytes, clock, duration, speed } from '../../lib/format';
import { ICONS, ofKind } from '../../lib/kind';
import { waits } from '../../lib/progress';

interface Look {
  icon: IconName;
  tone: string;
}

export function look(row: JobRow): Look {
  if (row.interrupted) return { icon: 'pause', tone: 'attention-text' };
  if (waits(row.progress)) {
    const icon = row.progress.waitingFor === 'network' ? 'cloudOffline' : 'hourglass';
    return { icon, tone: 'attention-text' };
  }
  switch (row.progress.state) {
    case 'queued':
      return { icon: 'clock', tone: 'muted' };
    case 'pausing':
    case 'paused':
      return { icon: 'pause', tone: 'muted' };
    case 'done':
      return { icon: 'checkCircleFill', tone: 'ok' };
    case 'failed':
      return { icon: 'xCircleFill', tone: 'danger-text' };
    case 'cancelling':
    case 'cancelled':
      return { icon: 'noEntry', tone: 'muted' };
    default:
      return { icon: ICONS[row.kind], tone: 'accent-text' };
  }
}

const share = ({ progress }: JobRow) =>
  t('job.of', { sent: bytes(progress.sent), total: bytes(progress.total) });

/** What it waits for. */
function waiting({ progress, registry }: JobRow): string {
  if (progress.waitingFor === 'slowDown') return t('activity.slowDown', { registry });
  if (progress.waitingFor !== 'network') return t('activity.fault', { registry });
  return progress.waitingSince === null
    ? t('activity.noNetwork')
    : t('activity.noNetworkSince', { time: clock(progress.waitingSince) });
}

/** What happens, or happened, in one sentence. */
export function sentence(row: JobRow): string {
  const { progress } = row;
  if (row.interrupted) return t('activity.interrupted');
  if (waits(progress)) return waiting(row);
  switch (progress.state) {
    case 'queued':
      return t('activity.queued');
    case 'checking':
      return t('activity.checking', { registry: row.registry });
    case 'building':
      return progress.layersTotal > 0
        ? t('activity.building', { n: progress.layersDone, of: progress.layersTotal })
        : t('activity.buildingBegins');
    case 'sending':
      return t('activity.sending', { share: share(row) });
    case 'committing':
      return t('activity.committing', { registry: row.registry });
    case 'verifying':
      return t('activity.verifying', { registry: row.registry });
    case 'pausing':
      return t('job.pausing');
    case 'paused':
      return t('activity.paused');
    case 'cancelling':
      return t('job.cancelling');
    case 'cancelled':
      return ofKind(row.kind, 'activity.cancelled');
    case 'failed':
      return row.failure ? failureTitle(row.failure) : t('state.failed');
    case 'done':
      return ofKind(row.kind, row.verified ? 'activity.done' : 'activity.doneUnverified', {
        sent: bytes(progress.sent),
        reused: bytes(progress.reused),
      });
  }
}

/** Numbers beside the bar: what is known, at its left and right end. */
export function figures(row: JobRow): [string, string] {
  const { progress } = row;
  const kept = t('activity.kept', { share: share(row) });
  if (['paused', 'pausing'].includes(progress.state)) return [kept, ''];
  if (waits(progress)) {
    return progress.retrySeconds === null || progress.waitingFor === 'network'
      ? [kept, t('job.goesOnItself')]
      : [t('job.retry', { n: progress.retrySeconds }), ''];
  }
  const left =
    progress.secondsLeft === null
      ? ''
      : progress.secondsLeft <= 1
        ? t('job.almostDone')
        : t('job.left', { time: t('job.about', { time: duration(progress.secondsLeft) }) });
  return [
    progress.speed === null ? `${Math.floor(progress.percent)} %` : speed(progress.speed),
    left,
  ];
}

/** When it ended, and how long it took. */
export function ended(row: JobRow): string {
  const at = clock(row.ended ?? row.started);
  const { state } = row.progress;
  if (state === 'failed') return t('activity.failedAt', { time: at });
  if (state === 'cancelled') return t('activity.cancelledAt', { time: at });
  const took = duration(Math.max(1, (row.ended ?? row.started) - row.started));
  return t('activity.doneAt', { time: at, took });
}

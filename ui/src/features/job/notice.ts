// What a job says of itself while it does not simply move: it waits, rests or ends.

import type { JobView } from '../../bindings/view';
import type { IconName } from '../../components/icons';
import { t } from '../../i18n/index.svelte';
import { bytes, clock } from '../../lib/format';
import { ofKind } from '../../lib/kind';
import { waits } from '../../lib/progress';

export interface Notice {
  icon: IconName;
  tone: string;
  text: string;
  hint: string;
}

export function notice({ kind, progress, registry }: JobView): Notice | undefined {
  const rest = (icon: IconName, text: string, hint = ''): Notice => ({
    icon,
    tone: 'muted',
    text,
    hint,
  });
  switch (progress.state) {
    case 'queued':
      return rest('clock', t('job.queued'));
    case 'pausing':
      return rest('pause', t('job.pausing'));
    case 'paused':
      return rest('pause', t('job.paused', { size: bytes(progress.sent) }));
    case 'cancelling':
      return rest('noEntry', t('job.cancelling'));
    case 'cancelled':
      return rest('noEntry', ofKind(kind, 'job.cancelled'), ofKind(kind, 'job.cancelled.kept'));
  }
  if (!waits(progress)) return undefined;
  const retry =
    progress.retrySeconds === null ? t('job.goesOn') : t('job.retry', { n: progress.retrySeconds });
  const wait = (icon: IconName, text: string, hint: string): Notice => ({
    icon,
    tone: 'attention-text',
    text,
    hint,
  });
  if (progress.waitingFor === 'network') {
    const since = progress.waitingSince;
    const text =
      since === null ? t('job.noNetwork') : t('job.noNetworkSince', { time: clock(since) });
    return wait('cloudOffline', text, t('job.goesOnItself'));
  }
  return progress.waitingFor === 'slowDown'
    ? wait('hourglass', t('rateLimited.title', { registry }), retry)
    : wait('hourglass', t('job.fault', { registry }), retry);
}

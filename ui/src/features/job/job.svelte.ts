// A job as the page sees it: a snapshot, then what changes.

import type { JobLayer, JobUpdate, JobView } from '../../bindings/view';
import type { Host } from '../../host/host';
import { t } from '../../i18n/index.svelte';
import { announcer } from '../../lib/announce.svelte';

/** Points of the speed plot: a minute, twice a second. */
const POINTS = 120;
const QUARTERS = [25, 50, 75];

export class JobModel {
  view = $state.raw<JobView>();
  /** Bytes a second, the newest last. */
  speeds = $state.raw<number[]>([]);
  #lastPoint = 0;
  #spoken = 0;

  constructor(host: Host, id: number) {
    void host.watchJob(id, (update) => this.take(update));
  }

  take(update: JobUpdate): void {
    const before = this.view?.progress.state;
    if (update.kind === 'snapshot') {
      this.view = update.job;
    } else if (this.view) {
      const changed = new Map(update.layers.map((layer) => [layer.number, layer]));
      this.view = {
        ...this.view,
        progress: update.progress,
        layers: this.view.layers.map((layer): JobLayer => changed.get(layer.number) ?? layer),
        log: [...this.view.log, ...update.log].slice(-500),
      };
    }
    this.#plot();
    this.#announce(before);
  }

  #plot(): void {
    const now = Date.now();
    const progress = this.view?.progress;
    if (!progress || progress.state !== 'sending' || now - this.#lastPoint < 500) return;
    this.#lastPoint = now;
    this.speeds = [...this.speeds, progress.speed ?? 0].slice(-POINTS);
  }

  #announce(before: string | undefined): void {
    const job = this.view;
    if (!job) return;
    const { state, percent } = job.progress;
    if (state !== before) {
      if (before === undefined && state !== 'done')
        announcer.say(t('job.started', { title: job.title }));
      if (state === 'done') announcer.say(t('result.announced', { title: job.title }));
      if (state === 'cancelled') announcer.say(t('state.cancelled'));
      if (state === 'failed' && job.failure) announcer.alert(t('job.failed', { title: job.title }));
    }
    const quarter = QUARTERS.filter((at) => at <= percent).at(-1) ?? 0;
    if (state === 'sending' && quarter > this.#spoken) {
      this.#spoken = quarter;
      announcer.say(`${quarter} %`);
    }
  }
}

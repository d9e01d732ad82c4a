// A job as the page sees it: a snapshot, then what changes.

import type { Host } from '../../backend/host';
import { failureOf } from '../../backend/host';
import type { JobLayer, JobProgress, JobState, JobUpdate, JobView } from '../../bindings/view';
import { t } from '../../i18n/index.svelte';
import { announcer } from '../../lib/announce.svelte';
import { cause, failureTitle } from '../../lib/failure';
import { bytes, commas } from '../../lib/format';
import { ofKind } from '../../lib/kind';
import { waits } from '../../lib/progress';
import { notice } from './notice';

/** Points of the speed plot: a minute, twice a second. */
export const POINTS = 120;
const QUARTERS = [25, 50, 75];

export class JobModel {
  view = $state.raw<JobView>();
  /** Bytes a second, the newest last. */
  speeds = $state.raw<number[]>([]);
  /** Something is being asked of the registry after the end. */
  busy = $state(false);
  /** Why that did not work. */
  problem = $state('');
  #watching = false;
  #left = false;
  #lastPoint = 0;
  #spoken = 0;

  constructor(
    private readonly host: Host,
    private readonly id: number,
    /** A version points elsewhere now. */
    private readonly onmoved: () => void = () => undefined,
    /** It stands elsewhere now; none: nobody follows it any more. */
    private readonly onprogress: (progress: JobProgress | undefined) => void = () => undefined,
  ) {
    void this.watch();
  }

  /** Follows the job; one that is over, or was left by an earlier run, moves again only when somebody takes it up. */
  async watch(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    await this.host.watchJob(this.id, (update) => this.take(update));
    this.#watching = false;
    this.onprogress(undefined);
  }

  /** The page is left: what comes later is nobody's. */
  leave(): void {
    this.#left = true;
    this.onprogress(undefined);
  }

  /** The tag points again to what it pointed to before. */
  moveBack = (tag: string): Promise<void> =>
    this.#ask(() => this.host.moveBack(this.id, tag), t('result.movedBack', { tag }));

  /** Asks the registry, or the engine that has it, back once more. */
  verifyAgain = (): Promise<void> =>
    this.#ask(
      () => this.host.verifyAgain(this.id),
      t(this.view?.install ? 'install.verified' : 'result.asked'),
    );

  async #ask(ask: () => Promise<JobView>, said: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = '';
    try {
      this.view = await ask();
      const { install, result } = this.view;
      const loaded = install?.result?.loaded.every(({ notVerified }) => notVerified === null);
      const doubt = t(install ? 'install.notVerified' : 'result.notVerified');
      announcer.say((loaded ?? result?.verified) ? said : doubt);
      this.onmoved();
    } catch (reason) {
      const failure = failureOf(reason);
      this.problem = `${failureTitle(failure)}: ${cause(failure)}`;
    } finally {
      this.busy = false;
    }
  }

  take(update: JobUpdate): void {
    const before = this.view?.progress;
    if (update.kind === 'snapshot') {
      this.view = update.job;
    } else if (this.view) {
      const changed = new Map(update.layers.map((layer) => [layer.number, layer]));
      this.view = {
        ...this.view,
        progress: update.progress,
        layers: this.view.layers.map((layer): JobLayer => changed.get(layer.number) ?? layer),
        log: [...this.view.log, ...update.log].slice(-500),
        warnings: [...this.view.warnings, ...update.warnings],
      };
    }
    if (this.view && !this.#left) this.onprogress(this.view.progress);
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

  #announce(before: JobProgress | undefined): void {
    const job = this.view;
    if (!job) return;
    const { state, percent } = job.progress;
    if (state !== before?.state) this.#announceState(job, before?.state);
    if (before && waits(job.progress) && !waits(before)) {
      const said = notice(job);
      if (job.progress.waitingFor === 'network') announcer.alert(said?.text ?? '');
      else announcer.say(commas(said?.text, said?.hint));
    }
    const quarter = QUARTERS.filter((at) => at <= percent).at(-1) ?? 0;
    if (state === 'sending' && quarter > this.#spoken) {
      this.#spoken = quarter;
      announcer.say(`${quarter} %`);
    }
  }

  #announceState(job: JobView, before: JobState | undefined): void {
    const { title } = job;
    switch (job.progress.state) {
      case 'done':
        // A result that was there when the page opened is read like any page.
        if (before !== undefined)
          announcer.say(
            ofKind(
              job.kind,
              job.install || job.copy?.result?.failed === 0 || job.result?.verified
                ? 'result.announced'
                : 'result.announcedNot',
              { title },
            ),
          );
        break;
      case 'paused':
        announcer.say(t('job.paused', { size: bytes(job.progress.sent) }));
        break;
      case 'cancelled':
        announcer.say(t('state.cancelled'));
        break;
      case 'failed':
        announcer.alert(
          [ofKind(job.kind, 'job.failed', { title }), job.failure && failureTitle(job.failure)]
            .filter(Boolean)
            .join(': '),
        );
        break;
      case 'queued':
      case 'checking':
      case 'sending':
        if (before === undefined) announcer.say(ofKind(job.kind, 'job.started', { title }));
        else if (before === 'paused' || before === 'pausing')
          announcer.say(ofKind(job.kind, 'job.resumed', { title }));
    }
  }
}

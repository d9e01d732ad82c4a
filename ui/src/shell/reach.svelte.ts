// Which hosts answered last, and which could not be reached: told by plans and by jobs, asked of nobody.

import type { JobRow, PreflightView } from '../bindings/view';
import { t } from '../i18n/index.svelte';
import { clock, commas } from '../lib/format';

interface Heard {
  answered: boolean;
  /** Seconds since 1970. */
  at: number;
}

/** The same news is noted again after this, seconds. */
const FRESH = 30;

export class Reach {
  /** What the system says of its own connection. */
  connected = $state(navigator.onLine);
  /** Who was asked and has not said a word for two seconds. */
  silent = $state<string | null>(null);
  /** A job waits for its host to be reached. */
  #waits = $state(false);
  #heard = $state.raw<ReadonlyMap<string, Heard>>(new Map());

  /** A host that could not be reached answers a job again. */
  constructor(private readonly onback: () => void = () => undefined) {}

  /** Somebody was asked, so that more is known than what the system says of its connection. */
  get asked(): boolean {
    return this.#heard.size > 0;
  }

  /** No job waits for the network, and somebody who was asked answered, if anybody was. */
  get online(): boolean {
    const all = [...this.#heard.values()];
    const answered = all.length === 0 || all.some((heard) => heard.answered);
    return this.connected && !this.#waits && answered;
  }

  /** One sentence a host. */
  get words(): string {
    if (this.#heard.size === 0) return t('status.noneAsked');
    const each = [...this.#heard].map(([host, { answered, at }]) =>
      t(answered ? 'status.answered' : 'status.unreachable', { host, time: clock(at) }),
    );
    return commas(...each);
  }

  fromPreflight(registry: string, { checks }: PreflightView): void {
    const write = checks.find((check) => check.id === 'write');
    const failed = write?.params.code;
    if (write?.params.reason === 'offline' || failed?.startsWith('network.')) {
      this.#note(registry, false);
    } else if (write && write.state !== 'notChecked') this.#note(registry, true);
  }

  fromJobs(all: JobRow[]): void {
    // This computer says nothing of the network.
    const rows = all.filter(({ practice }) => !practice);
    const waiting = rows.filter((row) => !row.interrupted && row.progress.waitingFor === 'network');
    this.#waits = waiting.length > 0;
    for (const { registry } of waiting) this.#note(registry, false);
    for (const { registry, progress } of rows) {
      if (progress.waitingFor !== null || progress.state !== 'sending' || !progress.speed) continue;
      const lost = this.#heard.get(registry)?.answered === false;
      this.#note(registry, true);
      if (lost) this.onback();
    }
  }

  #note(host: string, answered: boolean): void {
    const at = Date.now() / 1000;
    const before = this.#heard.get(host);
    if (before?.answered === answered && at - before.at < FRESH) return;
    this.#heard = new Map([...this.#heard, [host, { answered, at }]]);
  }
}

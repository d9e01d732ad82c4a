// Which hosts answered last, and which could not be reached: told by plans and by jobs, asked of nobody.

import type { JobRow, PreflightView } from '../../bindings/view';
import { t } from '../../i18n/index.svelte';
import { clock, commas } from '../../lib/format';

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
  #heard = $state.raw<ReadonlyMap<string, Heard>>(new Map());

  /** Nobody who was asked could be reached, or there is no connection at all. */
  get online(): boolean {
    const all = [...this.#heard.values()];
    return this.connected && (all.length === 0 || all.some((heard) => heard.answered));
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
    const failed = write?.params['code'];
    if (write?.params['reason'] === 'offline' || failed?.startsWith('network.')) {
      this.#note(registry, false);
    } else if (write && write.state !== 'notChecked') this.#note(registry, true);
  }

  fromJobs(rows: JobRow[]): void {
    for (const { registry, progress } of rows) {
      if (progress.waitingFor === 'network') this.#note(registry, false);
      else if (progress.state === 'sending' && progress.speed) this.#note(registry, true);
    }
  }

  #note(host: string, answered: boolean): void {
    const at = Date.now() / 1000;
    const before = this.#heard.get(host);
    if (before?.answered === answered && at - before.at < FRESH) return;
    this.#heard = new Map([...this.#heard, [host, { answered, at }]]);
  }
}

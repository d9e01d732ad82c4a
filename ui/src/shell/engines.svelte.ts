// Docker and Podman on this computer: whether they answer. Every page that uses them looks here.

import type { Host } from '../backend/host';
import { failureOf } from '../backend/host';
import type { Engine, EngineView, FailureView } from '../bindings/view';

/** How people call them. */
export const ENGINE_NAMES: Record<Engine, string> = { docker: 'Docker', podman: 'Podman' };

/** `Docker 29.1`, or `Docker` where its version is not known. */
export function engineName({ engine, version }: EngineView): string {
  const short = /^\d+\.\d+/.exec(version ?? '')?.[0];
  return short ? `${ENGINE_NAMES[engine]} ${short}` : ENGINE_NAMES[engine];
}

export class EnginesModel {
  /** Docker, then Podman; empty until the first answer. */
  list = $state.raw<EngineView[]>([]);
  /** They are being asked. */
  loading = $state(false);
  /** Why they could not be asked. */
  failure = $state.raw<FailureView>();
  #asked: Promise<void> | undefined;

  constructor(private readonly host: Host) {}

  named(engine: Engine): EngineView | undefined {
    return this.list.find((it) => it.engine === engine);
  }

  /** Those that answer. */
  get running(): EngineView[] {
    return this.list.filter(({ state }) => state === 'running');
  }

  /** They were asked, and this computer has none. */
  get none(): boolean {
    return this.list.length > 0 && this.list.every(({ state }) => state === 'notInstalled');
  }

  /** Asks them where nobody did yet. */
  load(): Promise<void> {
    return this.list.length > 0 ? Promise.resolve() : this.check();
  }

  /** Asks them again; whoever asks meanwhile waits for the same answer. */
  check(): Promise<void> {
    this.#asked ??= this.#ask().finally(() => (this.#asked = undefined));
    return this.#asked;
  }

  async #ask(): Promise<void> {
    this.loading = true;
    try {
      this.list = (await this.host.engines()).engines;
      this.failure = undefined;
    } catch (reason) {
      this.failure = failureOf(reason);
    } finally {
      this.loading = false;
    }
  }
}

// Getting an image in: what is being read, how far it is, and why it was refused.

import type { Host } from '../../backend/host';
import { failureOf } from '../../backend/host';
import type { Code, FailureView, OpenedView, ReadingView } from '../../bindings/view';
import { t } from '../../i18n/index.svelte';

/** Reading is shown only when it takes longer. */
const READING_MS = 300;

export class Opening {
  /** Name of the file that is being read, once that takes a while. */
  reading = $state('');
  /** The compressed file that is being unpacked. */
  unpacking = $state.raw<ReadingView>();
  failure = $state.raw<FailureView>();

  constructor(private readonly host: Host) {}

  /** What `read` gives; none where nothing was chosen, or it failed. */
  async open(
    name: string,
    read: () => Promise<OpenedView | null>,
  ): Promise<OpenedView | undefined> {
    this.failure = undefined;
    const timer = setTimeout(() => (this.reading = name || t('start.reading')), READING_MS);
    const look = setInterval(() => void this.#look(), READING_MS);
    try {
      return (await read()) ?? undefined;
    } catch (reason) {
      const failure = failureOf(reason);
      if (failure.code !== 'cancelled') this.failure = failure;
      return undefined;
    } finally {
      clearTimeout(timer);
      clearInterval(look);
      this.reading = '';
      this.unpacking = undefined;
    }
  }

  async #look(): Promise<void> {
    const unpacking = await this.host.reading();
    if (this.reading) this.unpacking = unpacking ?? undefined;
  }

  /** A file that was refused before it was opened. */
  refuse(code: Code): void {
    const known = { params: {}, retry: 'no', help: [], technical: null };
    this.failure = failureOf({ code, message: code, ...known });
  }
}

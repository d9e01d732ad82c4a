// Files that came in together: one form each, one after the other, in whatever order people like.

import type { Draft, OpenedView } from '../../bindings/view';

export interface Queued {
  name: string;
  /** Bytes, where known. */
  size: number | null;
  open: (draft: Draft) => Promise<OpenedView>;
  /** The file and the form as they were left. */
  left?: { opened: OpenedView; draft: Draft };
  /** A job publishes it. */
  started?: boolean;
}

export class Queue {
  items = $state.raw<Queued[]>([]);
  current = $state.raw<Queued>();

  /** A list that replaces the one before; one file alone is no queue. */
  start(items: Queued[]): void {
    this.items = items.length > 1 ? items : [];
    this.current = undefined;
  }

  /** Something about the one in the form changed. */
  note(change: Partial<Queued>): void {
    const before = this.current;
    if (!before) return;
    const after = { ...before, ...change };
    this.items = this.items.map((item) => (item === before ? after : item));
    this.current = after;
  }

  remove(item: Queued): void {
    this.items = this.items.filter((it) => it !== item);
    if (this.current === item) this.current = undefined;
  }

  /** The one that comes after what is in the form. */
  get next(): Queued | undefined {
    return this.items.find((item) => item !== this.current && !item.started);
  }
}

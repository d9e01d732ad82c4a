// What the other pages know of the form on Publish and ask of it. The model itself is that page's.

import type {
  Code,
  DragItem,
  Draft,
  Engine,
  FailureView,
  FileId,
  OpenedView,
  RegistryView,
} from '../bindings/view';

export interface PublishForm {
  readonly draft: Draft;
  /** The file in the form. */
  readonly opened: OpenedView | undefined;
  /** Where it goes. */
  readonly registry: RegistryView | undefined;
  /** Why the last wish came to nothing. */
  readonly failure: FailureView | undefined;
  /** The answers to the form as it is have not come yet. */
  readonly checking: boolean;

  choose(): Promise<void>;
  openArgument(): Promise<void>;
  openDropped(items: DragItem[]): Promise<void>;
  openRecent(file: FileId): Promise<void>;
  /** Images of an engine, by name: one fills the form, several wait for their turn. Whether it was opened. */
  openHeld(engine: Engine, images: { name: string; size: number }[]): Promise<boolean>;
  /** The file of an earlier job, with the form as it was. */
  reopen(job: number): Promise<void>;
  unpackAnyway(file: FileId): Promise<void>;
  startPractice(): Promise<void>;
  /** A file that was refused before it was opened. */
  refuse(code: Code): void;

  change(draft: Draft): void;
  switchTo(registry: string): Promise<void>;
  /** `anew`: GitHub is asked though it answered a moment ago. */
  check(anew?: boolean): Promise<void>;
  /** Something happened that may make the answers untrue. */
  outdated(): void;
  copyReference(): Promise<void>;
  publish(): Promise<void>;
  /** On to the next file of the queue, or back to the start page. */
  close(): Promise<void>;
  /** The same because somebody wants the start page: it can be undone. */
  leave(): Promise<void>;
}

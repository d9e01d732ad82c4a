// Getting images in: chosen, dropped, pasted, opened before, one or many.

import type { Host } from '../../backend/host';
import type { DragItem, Draft, Engine, FileId, OpenedView } from '../../bindings/view';
import { t } from '../../i18n/index.svelte';
import { announcer } from '../../lib/announce.svelte';
import type { Registries } from '../../shell/registries.svelte';
import { blank } from './drafts';
import { Opening } from './opening.svelte';
import { lastPart, readable } from './paths';
import type { Queued } from './queue.svelte';
import { Queue } from './queue.svelte';

/** The form that images come into. */
interface Form {
  readonly draft: Draft;
  readonly opened: OpenedView | undefined;
  take(opened: OpenedView): void;
}

export class Intake {
  readonly opening: Opening;
  readonly queue = new Queue();

  constructor(
    private readonly host: Host,
    private readonly registries: Registries,
    private readonly form: Form,
  ) {
    this.opening = new Opening(host);
  }

  /** The files that Slipway was started with: the others wait for their turn behind the first one. */
  openArgument = async (): Promise<void> => {
    await this.open('', () => this.host.openArgument(this.form.draft));
    const [items, beyond] = await this.host.moreArguments();
    const wrong = items.find(({ refused }) => refused !== null)?.refused;
    const others = this.#queued(items);
    const { failure } = this.opening;
    const { opened } = this.form;
    if (opened && !failure && others.length > 0) {
      const { file, name, fileSize: size } = opened;
      const first = { name, size, open: (draft: Draft) => this.host.openDropped([file], draft) };
      this.queue.start([first, ...others]);
      this.queue.current = first;
    } else if (others.length > 0) {
      await this.#openAll(others);
      this.opening.failure ??= failure;
    }
    // None of them vanishes without a word.
    if (wrong && !this.opening.failure) this.opening.refuse(wrong);
    if (beyond > 0) announcer.alert(t('drop.more', { n: beyond }));
  };

  choose = (): Promise<void> => this.open('', () => this.host.chooseImage(this.form.draft));

  openPath = (path: string): Promise<void> =>
    this.open(lastPart(path), () => this.host.openPath(path, this.form.draft));

  /** Opens the first of some dropped files; the others wait for their turn. */
  openDropped = async (items: DragItem[]): Promise<void> => {
    await this.#openAll(this.#queued(items));
  };

  #queued(items: DragItem[]): Queued[] {
    return items.flatMap(({ file, name, size, refused }) =>
      file === null || refused !== null
        ? []
        : [{ name, size, open: (draft: Draft) => this.host.openDropped([file], draft) }],
    );
  }

  /** Files that were copied in a file manager and pasted here. */
  openPaths = async (paths: string[]): Promise<void> => {
    await this.#openAll(
      paths.map((path) => ({
        name: readable(lastPart(path)),
        size: null,
        open: (draft: Draft) => this.host.openPath(path, draft),
      })),
    );
  };

  /** Images of an engine. Each is exported when its turn comes. Whether the first one was opened. */
  openHeld = (engine: Engine, images: { name: string; size: number }[]): Promise<boolean> =>
    this.#openAll(
      images.map(({ name, size }) => ({
        ...{ name, size },
        // Its own name says where it goes, whatever was typed for another one.
        open: (draft: Draft) => this.host.openHeld(engine, name, blank(draft)),
      })),
    );

  #openAll(items: Queued[]): Promise<boolean> {
    const [first] = items;
    this.queue.start(items);
    return first ? this.#openQueued(first, this.form.draft) : Promise.resolve(false);
  }

  /** Goes to another of the files that came in together. What was typed for this one is kept. */
  async pick(item: Queued): Promise<void> {
    const { opened, draft } = this.form;
    if (opened) this.queue.note({ left: { opened, draft } });
    if (!item.left) {
      await this.#openQueued(item, blank(draft));
      return;
    }
    this.queue.current = item;
    this.form.take({ ...item.left.opened, draft: item.left.draft });
  }

  async #openQueued(item: Queued, draft: Draft): Promise<boolean> {
    const opened = await this.opening.open(item.name, () => item.open(draft));
    if (!opened) return false;
    if (this.queue.items.includes(item)) this.queue.current = item;
    this.form.take(opened);
    return true;
  }

  /** The file of an earlier job, with the form as it was. */
  reopen = (job: number): Promise<void> => this.open('', () => this.host.reopenJob(job));

  /** A file that was opened before, with the form as it was. */
  openRecent = (file: FileId, name = ''): Promise<void> =>
    this.open(name, () => this.host.openRecent(file, this.form.draft));

  /** One that is no longer where it was: asks where it is now. */
  findRecent = (file: FileId): Promise<void> =>
    this.open('', () => this.host.findRecent(file, this.form.draft));

  /** Takes what `read` gives into the form; `name`: what is said to be read meanwhile. */
  async open(name: string, read: () => Promise<OpenedView | null>): Promise<void> {
    const opened = await this.opening.open(name, read);
    if (!opened) return;
    // A practised job is taken up in a practice registry that was started for it.
    if (!this.registries.named(opened.draft.registry)) await this.registries.load();
    // It takes the place of what is in the form, in the queue as well.
    const { file, fileSize } = opened;
    this.queue.note({
      name: opened.name,
      size: fileSize,
      open: (draft) => this.host.openDropped([file], draft),
    });
    this.form.take(opened);
  }

  /** Opens what was refused because it unpacks to far more than it is. */
  unpackAnyway = (file: FileId): Promise<void> =>
    this.open('', () => this.host.unpackAnyway(file, this.form.draft));

  cancelReading = (): Promise<void> => this.host.cancelReading();
}

// A copy as it is put together: both ends, which versions, and what would become of each tag.

import type { Host } from '../../backend/host';
import { failureOf } from '../../backend/host';
import type {
  CopyDraft,
  CopyEndView,
  CopyPlanView,
  CopyTagView,
  CopyVersions,
  CopyView,
  FailureView,
} from '../../bindings/view';
import type { CopyWish } from '../../shell/overlay.svelte';

/** What was typed is looked at after this rest. */
const REST_MS = 300;

export type Which = 'named' | 'all' | 'pattern';

/** A part of the sheet that something was wrong with. */
export type Part = 'from' | 'to' | 'versions' | 'plan';

/** Tags that a copy sets. */
export const isToDo = ({ state }: CopyTagView): boolean => state === 'new' || state === 'moves';

/** A tag that names another image there. */
export const isOther = (line: CopyTagView): boolean =>
  !line.signature && (line.state === 'moves' || line.state === 'left');

export class CopyModel {
  from = $state('');
  to = $state('');
  which = $state<Which>('all');
  pattern = $state('');
  /** The one platform that is wanted; all where it is empty. */
  platform = $state('');
  signatures = $state(true);
  noClobber = $state(false);
  source = $state.raw<CopyEndView>();
  target = $state.raw<CopyEndView>();
  settled = $state.raw<CopyView>();
  plan = $state.raw<CopyPlanView>();
  /** What went wrong, and at what. */
  problem = $state.raw<{ part: Part; failure: FailureView }>();
  /** Answers are awaited. */
  busy = $state(false);
  /** Platforms of the images, as far as they were read. */
  platforms = $state.raw<string[]>([]);
  /** Tags that name another image there, as they were found last. */
  others = $state.raw<CopyTagView[]>([]);
  /** Everything was read once more, because somebody wanted a dry run. */
  tried = $state(false);
  /** Tags that are chosen. */
  named = $state.raw<string[]>([]);
  /** Names for what moved tags name now; none where that is not kept. */
  #kept = $state.raw<Record<string, string | null>>({});
  /** What was looked at, as it was typed. */
  #seen: { from?: string; to?: string } = {};
  #round = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: Host,
    wish: CopyWish,
  ) {
    this.from = wish.from;
    this.to = wish.to ?? '';
    this.named = wish.tags;
    if (wish.tags.length > 0) this.which = 'named';
    if (this.from) void this.#look();
  }

  /** Something changed: what was found out is not of this any more. */
  changed(rest = REST_MS): void {
    this.#round += 1;
    this.plan = undefined;
    this.problem = undefined;
    this.tried = false;
    clearTimeout(this.#timer);
    this.busy = this.from.trim() !== '';
    this.#timer = setTimeout(() => void this.#look(), rest);
  }

  /** Somebody else asks: what both ends said is of no use. */
  anew(): void {
    this.#seen = {};
    this.changed(0);
  }

  /** The sheet is closed. */
  leave(): void {
    this.#round += 1;
    clearTimeout(this.#timer);
  }

  /** Both ends are asked once more. */
  async dryRun(): Promise<void> {
    this.changed();
    clearTimeout(this.#timer);
    this.#seen = {};
    const round = this.#round + 1;
    await this.#look();
    if (round === this.#round) this.tried = this.plan !== undefined;
  }

  /** Under which name what `tag` names now is kept; null: under none. */
  kept(tag: string): string | null {
    const given = this.settled?.tags.find((pair) => pair.tag === tag)?.keepOldAs ?? null;
    return this.#kept[tag] === undefined ? given : this.#kept[tag];
  }

  keep(tag: string, name: string | null | undefined): void {
    const others = Object.entries(this.#kept).filter(([other]) => other !== tag);
    const own: [string, string | null][] = name === undefined ? [] : [[tag, name]];
    this.#kept = Object.fromEntries([...others, ...own]);
    this.#round += 1;
    clearTimeout(this.#timer);
    this.busy = true;
    this.#timer = setTimeout(() => void this.#look(), REST_MS);
  }

  /** Each tag: what would become of it, or its name alone. */
  get lines(): Pick<CopyTagView, 'tag'>[] {
    return this.plan?.tags ?? this.settled?.tags ?? [];
  }

  get isSamePlace(): boolean {
    const { settled } = this;
    return (
      settled !== undefined &&
      settled.from === settled.to &&
      settled.tags.every(({ source, tag }) => source === tag)
    );
  }

  /** How many versions are copied: images, as far as they are known. */
  get count(): number {
    const lines = this.plan?.tags.filter(isToDo);
    if (!lines) return this.settled?.tags.length ?? 0;
    const images = lines.filter(({ signature }) => !signature);
    return new Set((images.length > 0 ? images : lines).map(({ digest }) => digest)).size;
  }

  /** Everything is there, or stays as it is. */
  get isNothing(): boolean {
    const { plan } = this;
    if (!plan || plan.tags.some(({ state }) => state === 'failed')) return false;
    return !plan.tags.some(isToDo) && plan.toSend + plan.toLink === 0;
  }

  get versions(): CopyVersions {
    if (this.which === 'pattern') return { kind: 'pattern', text: this.pattern };
    return this.which === 'all' ? { kind: 'all' } : { kind: 'named', tags: this.named };
  }

  /** What is asked for. One version alone may get another name where it goes. */
  #draft(source: CopyEndView): CopyDraft {
    const alone = this.which === 'named' && this.named.length === 1 ? this.named[0] : undefined;
    const sign = alone?.includes(':') ? '@' : ':';
    return {
      from: source.repository + (alone ? sign + alone : ''),
      to: this.to,
      versions: alone ? { kind: 'named', tags: [] } : this.versions,
      platforms: this.platform ? [this.platform] : [],
      signatures: this.signatures,
      noClobber: this.noClobber,
      keepOld: true,
    };
  }

  async #look(): Promise<void> {
    const round = ++this.#round;
    const isOver = () => round !== this.#round;
    this.busy = true;
    let part: Part = 'from';
    try {
      const source = await this.#sourceOf(isOver);
      if (isOver() || !source) return;
      part = 'to';
      const target = await this.#targetOf(isOver);
      if (isOver() || !target) return;
      part = 'versions';
      if (this.which === 'pattern' && !this.pattern.trim()) {
        this.settled = undefined;
        return;
      }
      const settled = this.#named(await this.host.settleCopy(this.#draft(source)));
      if (isOver()) return;
      this.settled = settled;
      if (this.isSamePlace) return;
      part = 'plan';
      const plan = await this.host.planCopy(settled);
      if (isOver()) return;
      this.plan = plan;
      this.others = plan.tags.filter(isOther);
      this.problem = undefined;
      if (!this.platform)
        this.platforms = [...new Set(plan.tags.flatMap(({ platforms }) => platforms))];
    } catch (reason) {
      if (isOver()) return;
      this.problem = { part, failure: failureOf(reason) };
      this.plan = undefined;
      // A name that is typed may be wrong on its way.
      if (part === 'plan' && this.problem.failure.code === 'form.problem') return;
      this.others = [];
      if (part !== 'plan') this.settled = undefined;
    } finally {
      if (!isOver()) this.busy = false;
    }
  }

  async #sourceOf(isOver: () => boolean): Promise<CopyEndView | undefined> {
    const text = this.from.trim();
    if (this.#seen.from === text) return this.source;
    this.source = undefined;
    if (!text) return undefined;
    const source = await this.host.copyEnd(text, true);
    if (isOver()) return undefined;
    this.#seen.from = text;
    this.source = source;
    if (source.version) this.named = [source.version];
    else this.named = this.named.filter((tag) => source.tags.includes(tag));
    if (source.version) this.which = 'named';
    else if (this.which === 'named' && this.named.length === 0) this.which = 'all';
    return source;
  }

  async #targetOf(isOver: () => boolean): Promise<CopyEndView | undefined> {
    const text = this.to.trim();
    if (this.#seen.to === text) return this.target;
    this.target = undefined;
    this.settled = undefined;
    if (!text) return undefined;
    const target = await this.host.copyEnd(text, false);
    if (isOver()) return undefined;
    this.#seen.to = text;
    this.target = target;
    return target;
  }

  /** The same with the names that somebody typed for what is kept. */
  #named(copy: CopyView): CopyView {
    const tags = copy.tags.map((pair) => {
      const name = this.#kept[pair.tag];
      return name === undefined ? pair : { ...pair, keepOldAs: name };
    });
    return { ...copy, tags };
  }

  /** Begins to copy; its job, or none where that failed. */
  async start(): Promise<number | undefined> {
    if (!this.settled || !this.plan || this.busy) return undefined;
    this.busy = true;
    try {
      return await this.host.startCopy(this.settled);
    } catch (reason) {
      this.problem = { part: 'plan', failure: failureOf(reason) };
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}

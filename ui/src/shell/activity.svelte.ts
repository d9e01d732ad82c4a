// All jobs as the page sees them: those under way as a stream, the history in parts.

import type { Host } from '../backend/host';
import { failureOf } from '../backend/host';
import type { JobProgress, JobRow, Show } from '../bindings/view';
import { t } from '../i18n/index.svelte';
import { announcer } from '../lib/announce.svelte';
import { failureTitle } from '../lib/failure';
import { ofKind } from '../lib/kind';
import { sentences } from '../lib/format';

/** A search begins after this rest. */
const REST_MS = 150;

export class ActivityModel {
  active = $state.raw<JobRow[]>([]);
  rows = $state.raw<JobRow[]>([]);
  more = $state(false);
  loaded = $state(false);
  show = $state<Show>('all');
  search = $state('');
  /** Jobs that need somebody, as the history says. */
  needy = $state(0);
  #watched: { id: number; progress: JobProgress } | undefined;
  #ended = 0;
  /** What ended before is no news; seconds since 1970. */
  #since = Math.floor(Date.now() / 1000);
  /** Jobs whose end was told. */
  #told = new Set<number>();
  #round = 0;
  /** Which list `rows` are of: filter and search. */
  #list = '';
  #loadingMore = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: Host,
    /** Jobs ended: what was found out about their places may be wrong now. */
    private readonly onended: () => void = () => undefined,
  ) {
    void host.watchActivity((view) => {
      this.active = view.active.map(this.#asWatched);
      if (view.ended !== this.#ended) {
        this.#ended = view.ended;
        void this.load();
        void this.#tell();
        this.onended();
      }
    });
  }

  /** A job's page says where it stands, none when it is left: it hears more often, and no two places differ. */
  watched(id: number, progress?: JobProgress): void {
    if (progress) this.#watched = { id, progress };
    else if (this.#watched?.id === id) this.#watched = undefined;
    this.active = this.active.map(this.#asWatched);
  }

  #asWatched = (row: JobRow): JobRow =>
    this.#watched?.id === row.id ? { ...row, progress: this.#watched.progress } : row;

  /** Tells whoever does not look at the window of each job that ended since the last time. */
  async #tell(): Promise<void> {
    const { rows } = await this.host.history({ search: '', show: 'all', before: null });
    const ended = rows.filter((row) => (row.ended ?? 0) >= this.#since && !this.#told.has(row.id));
    for (const row of ended) {
      this.#told.add(row.id);
      if (row.progress.state === 'cancelled') continue;
      const failed = row.progress.state === 'failed';
      const title = ofKind(row.kind, failed ? 'notify.failed' : 'notify.done', {
        title: row.title,
      });
      const body = row.failure
        ? failureTitle(row.failure)
        : sentences(
            ofKind(row.kind, row.verified ? 'notify.doneText' : 'notify.doneUnverified'),
            row.practice ? t('practice.hint') : '',
          );
      await this.host.notify(row.id, title, body);
    }
  }

  /** Jobs that were under way when Slipway ended: they need a decision. */
  get interrupted(): JobRow[] {
    return this.active.filter((row) => row.interrupted);
  }

  get running(): JobRow[] {
    return this.active.filter((row) => !row.interrupted && row.progress.state !== 'paused');
  }

  /** What the filter and the search leave of the jobs under way. */
  get shown(): JobRow[] {
    if (this.show === 'done') return [];
    const words = this.search.trim().toLowerCase();
    const found = (row: JobRow) =>
      [row.reference, row.title, row.fileName].some((text) => text.toLowerCase().includes(words));
    const wanted = this.show === 'needsYou' ? this.interrupted : this.active;
    return wanted.filter(found);
  }

  filter(show: Show): void {
    this.show = show;
    void this.load();
  }

  find(text: string): void {
    this.search = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), REST_MS);
  }

  /** Brings the history up to date. What was read of the same list before and still follows stays. */
  async load(): Promise<void> {
    const round = ++this.#round;
    const list = `${this.show} ${this.search}`;
    const query = { search: this.search, show: this.show, before: null };
    const none = { rows: [], more: false };
    const [page, needy] = await Promise.all([
      this.show === 'active' ? none : this.host.history(query),
      this.host.history({ search: '', show: 'needsYou', before: null }),
    ]);
    if (round !== this.#round) return;
    const last = page.rows.at(-1);
    // What ends stands before all others, so rows that follow one are as they were.
    const follows = page.more && list === this.#list;
    const at = follows ? this.rows.findIndex((row) => row.id === last?.id) : -1;
    if (at < 0) this.more = page.more;
    this.rows = at < 0 ? page.rows : [...page.rows, ...this.rows.slice(at + 1)];
    this.#list = list;
    this.needy = needy.rows.length;
    this.loaded = true;
  }

  async loadMore(): Promise<void> {
    const last = this.rows.at(-1);
    if (!this.more || !last || this.#loadingMore) return;
    const round = this.#round;
    const query = { search: this.search, show: this.show, before: last.id };
    this.#loadingMore = true;
    const page = await this.host.history(query).finally(() => (this.#loadingMore = false));
    if (round !== this.#round) return;
    this.rows = [...this.rows, ...page.rows];
    this.more = page.more;
  }

  async resume(job: number): Promise<void> {
    try {
      await this.host.resumeJob(job);
    } catch (reason) {
      announcer.alert(failureTitle(failureOf(reason)));
    }
  }

  async forget(job: number): Promise<void> {
    await this.host.forgetJob(job);
    this.rows = this.rows.filter((row) => row.id !== job);
    await this.load();
  }

  async clear(): Promise<void> {
    await this.host.clearHistory();
    await this.load();
  }

  async exportHistory(): Promise<void> {
    try {
      if (await this.host.exportHistory()) announcer.say(t('activity.exported'));
    } catch (reason) {
      announcer.alert(failureTitle(failureOf(reason)));
    }
  }
}

// The settings: each change counts at once, stands in the file, and can be undone.

import type { Host } from '../backend/host';
import { failureOf } from '../backend/host';
import type { SettingsView, StartView } from '../bindings/view';
import type { Key } from '../i18n/index.svelte';
import { i18n, t } from '../i18n/index.svelte';
import { announcer } from '../lib/announce.svelte';
import { cause } from '../lib/failure';
import { applyAppearance } from '../lib/theme';
import { toast } from './toast.svelte';

/** Sizes of everything, percent. */
export const ZOOMS = [50, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300];

/** What each is called. */
const NAMES: Record<keyof SettingsView, Key> = {
  language: 'settings.language',
  theme: 'settings.theme',
  colors: 'settings.colors',
  reduceMotion: 'settings.motion',
  zoom: 'settings.zoom',
  notifications: 'settings.notifications',
  onClose: 'settings.onClose.name',
  compression: 'settings.compression',
  parallel: 'settings.parallel',
  limitRate: 'settings.limit',
  way: 'settings.way',
  proxy: 'settings.proxy',
};

export class SettingsModel {
  view = $state.raw<SettingsView>({} as SettingsView);
  /** Why the last change did not count. */
  problem = $state('');

  constructor(
    private readonly host: Host,
    readonly start: StartView,
  ) {
    this.view = start.settings;
    this.#apply(start.settings, start.language);
  }

  #apply(settings: SettingsView, language: string): void {
    this.view = settings;
    applyAppearance(settings);
    // What was said in the other language is over.
    if (language !== i18n.language) announcer.forget();
    i18n.use(language);
  }

  /** The next larger or smaller size; 0: the usual one. */
  zoom(step: 1 | -1 | 0): Promise<void> {
    const now = this.view.zoom;
    const larger = ZOOMS.find((zoom) => zoom > now);
    const smaller = ZOOMS.findLast((zoom) => zoom < now);
    const zoom = { [1]: larger, [-1]: smaller, [0]: 100 }[step] ?? now;
    return this.change({ zoom }, false);
  }

  /** Changes what `change` names; `undoable` offers the way back. */
  async change(change: Partial<SettingsView>, undoable = true): Promise<void> {
    const before = this.view;
    const keys = (Object.keys(change) as (keyof SettingsView)[]).filter(
      (key) => change[key] !== before[key],
    );
    const [first] = keys;
    if (!first) return;
    const wanted = { ...before, ...change };
    // What was changed otherwise meanwhile stays as it is.
    const back = Object.fromEntries(keys.map((key) => [key, before[key]]));
    try {
      const { settings, language } = await this.host.changeSettings(wanted);
      this.problem = '';
      this.#apply(settings, language);
      const saved = t('settings.saved', { setting: t(NAMES[first]) });
      announcer.say(saved);
      if (undoable) toast.show(saved, () => void this.change(back, false));
    } catch (reason) {
      const failure = failureOf(reason);
      this.problem = failure.code === 'cancelled' ? '' : cause(failure);
      // The control shows what counts.
      this.view = { ...before };
    }
  }
}

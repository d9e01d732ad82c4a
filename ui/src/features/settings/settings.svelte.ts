// The settings: each change counts at once, stands in the file, and can be undone.

import type { SettingsView, StartView } from '../../bindings/view';
import type { Host } from '../../host/host';
import { failureOf } from '../../host/host';
import { i18n, t } from '../../i18n/index.svelte';
import { announcer } from '../../lib/announce.svelte';
import { cause } from '../../lib/failure';
import { applyAppearance } from '../../lib/theme';
import { toast } from '../../lib/toast.svelte';

/** Sizes of everything, percent. */
export const ZOOMS = [50, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300];

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
    const wanted = { ...before, ...change };
    if (JSON.stringify(wanted) === JSON.stringify(before)) return;
    try {
      const { settings, language } = await this.host.changeSettings(wanted);
      this.problem = '';
      this.#apply(settings, language);
      announcer.say(t('settings.saved'));
      if (undoable) toast.show(t('settings.saved'), () => void this.change(before, false));
    } catch (reason) {
      const failure = failureOf(reason);
      this.problem = failure.code === 'cancelled' ? '' : cause(failure);
      // The control shows what counts.
      this.view = { ...before };
    }
  }
}

// The settings: each change counts at once, stands in the file, and can be undone.

import type { SettingsView, StartView } from '../../bindings/view';
import type { Host } from '../../host/host';
import { failureOf } from '../../host/host';
import { i18n, t } from '../../i18n/index.svelte';
import { announcer } from '../../lib/announce.svelte';
import { cause } from '../../lib/failure';
import { applyAppearance } from '../../lib/theme';
import { toast } from '../../lib/toast.svelte';

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
    i18n.use(language);
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
      this.problem = cause(failureOf(reason));
      // The control shows what counts.
      this.view = { ...before };
    }
  }
}

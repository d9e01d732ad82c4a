// What every page works with, and what every key and the palette can do.

import { getContext, setContext } from 'svelte';

import type { IconName } from '../../components/icons';
import type { Host } from '../../host/host';
import type { Key } from '../../i18n/index.svelte';
import { t } from '../../i18n/index.svelte';
import { router } from '../../router.svelte';
import type { ActivityModel } from '../activity/activity.svelte';
import type { PublishModel } from '../publish/model.svelte';
import type { SettingsModel } from '../settings/settings.svelte';
import { overlay } from './overlay.svelte';

export interface Shell {
  host: Host;
  publish: PublishModel;
  activity: ActivityModel;
  settings: SettingsModel;
}

const key = Symbol('shell');
export const provideShell = (shell: Shell): Shell => setContext(key, shell);
export const useShell = (): Shell => getContext<Shell>(key);

export interface Command {
  title: Key;
  icon: IconName;
  /** As it stands on keys: `Ctrl+O`. */
  keys?: string;
  /** Why it cannot be run now. */
  unavailable?: string | undefined;
  run: () => void;
}

/** Every command of the app, those that cannot be run now with the reason. */
export function commands({ publish, activity, settings, host }: Shell): Command[] {
  const page = router.current;
  const job = page.page === 'job' ? page.job : activity.running[0]?.id;
  const running = activity.running.find((row) => row.id === job);
  const paused = activity.active.find(
    (row) => (row.id === job || row.interrupted) && row.progress.state === 'paused',
  );
  const noImage = publish.opened ? undefined : t('unavailable.image');
  const go = (route: Parameters<typeof router.go>[0]) => () => router.go(route);
  return [
    { title: 'rail.publish', icon: 'upload', keys: 'Ctrl+1', run: go({ page: 'publish' }) },
    { title: 'rail.activity', icon: 'pulse', keys: 'Ctrl+2', run: go({ page: 'activity' }) },
    {
      title: 'rail.settings',
      icon: 'gear',
      keys: 'Ctrl+,',
      run: go({ page: 'settings', section: 'general' }),
    },
    {
      title: 'start.choose',
      icon: 'fileZip',
      keys: 'Ctrl+O',
      run: () => {
        router.go({ page: 'publish' });
        void publish.choose();
      },
    },
    {
      title: 'ways.practice',
      icon: 'beaker',
      run: () => {
        router.go({ page: 'publish' });
        void publish.startPractice();
      },
    },
    {
      title: 'checks.again',
      icon: 'sync',
      keys: 'Ctrl+R',
      unavailable: noImage,
      run: () => void publish.check(),
    },
    {
      title: 'publish.copyReference',
      icon: 'copy',
      keys: 'Ctrl+Shift+C',
      unavailable: noImage,
      run: () => void publish.copyReference(),
    },
    {
      title: 'publish.closeImage',
      icon: 'x',
      unavailable: noImage,
      run: () => publish.close(),
    },
    {
      title: 'job.pause',
      icon: 'pause',
      keys: 'Ctrl+.',
      unavailable: running ? undefined : t('unavailable.job'),
      run: () => running && void host.pauseJob(running.id),
    },
    {
      title: 'job.resume',
      icon: 'play',
      keys: 'Ctrl+.',
      unavailable: paused ? undefined : t('unavailable.paused'),
      run: () => paused && void activity.resume(paused.id),
    },
    {
      title: 'activity.pauseAll',
      icon: 'pause',
      unavailable: activity.running.length > 0 ? undefined : t('unavailable.job'),
      run: () => void host.pauseAll(),
    },
    { title: 'activity.export', icon: 'download', run: () => void activity.exportHistory() },
    {
      title: 'settings.light',
      icon: 'paintbrush',
      run: () => void settings.change({ theme: 'light' }),
    },
    {
      title: 'settings.dark',
      icon: 'paintbrush',
      run: () => void settings.change({ theme: 'dark' }),
    },
    {
      title: 'settings.report',
      icon: 'log',
      run: go({ page: 'settings', section: 'diagnostics' }),
    },
    {
      title: 'shortcuts.title',
      icon: 'info',
      keys: 'Ctrl+/',
      run: () => (overlay.open = 'shortcuts'),
    },
  ];
}

// Every command of the app, with its keys; those that cannot be run now are there with the reason.

import { tick } from 'svelte';

import type { IconName } from '../../components/icons';
import type { Key } from '../../i18n/index.svelte';
import { t } from '../../i18n/index.svelte';
import { addAccount } from '../../shell/account-dialog';
import type { Shell } from '../../shell/context';
import { copyTo } from '../../shell/copy';
import { overlay } from '../../shell/overlay.svelte';
import type { Route } from '../../shell/router.svelte';
import { jobOf, router } from '../../shell/router.svelte';

export interface Command {
  title: Key;
  icon: IconName;
  /** As it stands on keys: `Ctrl+O`. */
  keys?: string;
  /** Why it cannot be run now. */
  unavailable?: string | undefined;
  run: () => void;
}

const go = (route: Route) => () => router.go(route);

/** Goes to Publish and does there what a button of that page does. */
const onPublish = (id: string) => () => {
  router.go({ page: 'publish' });
  void tick().then(() => document.getElementById(id)?.click());
};

function pages(): Command[] {
  return [
    { title: 'rail.publish', icon: 'upload', keys: 'Ctrl+1', run: go({ page: 'publish' }) },
    { title: 'rail.activity', icon: 'pulse', keys: 'Ctrl+2', run: go({ page: 'activity' }) },
    { title: 'rail.install', icon: 'download', keys: 'Ctrl+4', run: go({ page: 'install' }) },
    {
      title: 'rail.accounts',
      icon: 'key',
      keys: 'Ctrl+6',
      run: go({ page: 'accounts', account: '' }),
    },
    {
      title: 'rail.settings',
      icon: 'gear',
      keys: 'Ctrl+,',
      run: go({ page: 'settings', section: 'general' }),
    },
  ];
}

function publishing({ publish }: Shell): Command[] {
  const noImage = publish.opened ? undefined : t('unavailable.image');
  return [
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
      title: 'start.paste',
      icon: 'paste',
      unavailable: publish.opened ? t('unavailable.start') : undefined,
      run: onPublish('paste-button'),
    },
    {
      title: 'ways.practice',
      icon: 'beaker',
      run: () => {
        router.go({ page: 'publish' });
        void publish.startPractice();
      },
    },
    { title: 'ways.engine', icon: 'container', run: go({ page: 'engines' }) },
    { title: 'ways.build', icon: 'tools', run: go({ page: 'build' }) },
    { title: 'ways.copy', icon: 'copy', run: () => copyTo() },
    {
      title: 'image.inspect',
      icon: 'stack',
      unavailable: noImage,
      run: onPublish('inspect-button'),
    },
    {
      title: 'checks.again',
      icon: 'sync',
      keys: 'Ctrl+R',
      unavailable: noImage,
      run: () => void publish.check(true),
    },
    {
      title: 'publish.copyReference',
      icon: 'copy',
      keys: 'Ctrl+Shift+C',
      unavailable: noImage,
      run: () => void publish.copyReference(),
    },
    {
      title: 'command.show',
      icon: 'terminal',
      unavailable: noImage,
      run: onPublish('command-button'),
    },
    {
      title: 'publish.closeImage',
      icon: 'x',
      unavailable: noImage,
      run: () => void publish.close(),
    },
  ];
}

function jobs({ activity, host }: Shell): Command[] {
  const job = jobOf(router.current) ?? activity.running[0]?.id;
  const running = activity.running.find((row) => row.id === job);
  const paused = activity.active.find(
    (row) => (row.id === job || row.interrupted) && row.progress.state === 'paused',
  );
  return [
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
  ];
}

function accounts(): Command[] {
  return [{ title: 'account.add', icon: 'key', run: () => addAccount() }];
}

function looks({ settings }: Shell): Command[] {
  return [
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
      title: 'settings.contrast',
      icon: 'paintbrush',
      run: () => void settings.change({ theme: 'high-contrast' }),
    },
    {
      title: 'settings.report',
      icon: 'log',
      run: go({ page: 'settings', section: 'diagnostics' }),
    },
    { title: 'help.title', icon: 'question', run: () => (overlay.open = 'help') },
    {
      title: 'shortcuts.title',
      icon: 'info',
      keys: 'Ctrl+/',
      run: () => (overlay.open = 'shortcuts'),
    },
  ];
}

export const commands = (shell: Shell): Command[] => [
  ...pages(),
  ...publishing(shell),
  ...jobs(shell),
  ...accounts(),
  ...looks(shell),
];

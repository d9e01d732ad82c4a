// Why an engine is of no use now, and what helps.

import type { EngineView, LinkTopic } from '../bindings/view';
import { t } from '../i18n/index.svelte';
import { ENGINE_NAMES } from './engines.svelte';

export interface Away {
  title: string;
  /** What to do, in words. */
  hint: string;
  /** The command that does it. */
  command: string | null;
  /** What is known besides, in English. */
  said: string;
}

/** The page that tells how to get an engine; none where one is there. Without an engine at all, Docker's. */
export function howToGet(about: EngineView | undefined): LinkTopic | undefined {
  if (about && about.state !== 'notInstalled' && about.state !== 'notRunning') return undefined;
  return about?.engine === 'podman' ? 'installPodman' : 'installDocker';
}

const TITLES = {
  running: 'held.failed.title',
  notRunning: 'held.away.title',
  notInstalled: 'held.missing.title',
  noAccess: 'held.locked.title',
  failed: 'held.failed.title',
} as const;

/** `failure`: what went wrong; an engine may answer and refuse that alone. */
export function away(about: EngineView, failure = about.failure): Away {
  const { engine, state, command } = about;
  return {
    title: t(TITLES[state], { engine: ENGINE_NAMES[engine] }),
    hint: command ? t(state === 'noAccess' ? 'held.locked.hint' : 'held.away.hint') : '',
    command,
    said: command || state === 'notInstalled' ? '' : (failure?.message ?? ''),
  };
}

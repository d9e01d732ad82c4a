// What to run where a way to sign in has nothing yet: afterwards it is found.

import { login, refresh } from '../../lib/gh';
import type { AddModel, Way } from './add.svelte';

/** For a way that has nothing, or for what it found and lacks the scope. Capitals stand for what people put in. */
export function commands(
  way: Exclude<Way, 'paste' | 'file'>,
  { host, hostView }: Pick<AddModel, 'host' | 'hostView'>,
  found: boolean,
): string[] {
  if (way === 'gitHubCli') return [found ? refresh(host) : login(host)];
  if (found) return [];
  const [registry = host] = hostView?.registries ?? [];
  return {
    engines: [`docker login ${registry}`, `podman login ${registry}`],
    // Typed where nobody sees it: a token in a command stays in the shell's history.
    // Other systems' shells have other words for it.
    environment: /win/i.test(navigator.platform)
      ? []
      : ['read -rs GITHUB_TOKEN && export GITHUB_TOKEN'],
    browser: [`[sign-in]\n"${host}" = "CLIENT-ID"`],
  }[way];
}

// What to run where a way to sign in has nothing yet: afterwards it is found.

import type { AddModel, Way } from './add.svelte';

const SCOPE = 'write:packages';

// `gh` means github.com where it is told nothing.
const at = (host: string): string => (host === 'github.com' ? '' : ` --hostname ${host}`);

/** What gives the token of GitHub's command line one more scope. */
export const refresh = (host: string, scope = SCOPE): string =>
  `gh auth refresh${at(host)} -s ${scope}`;

/** For a way that has nothing, or for what it found and lacks the scope. Capitals stand for what people put in. */
export function commands(
  way: Exclude<Way, 'paste' | 'file'>,
  { host, hostView }: Pick<AddModel, 'host' | 'hostView'>,
  found: boolean,
): string[] {
  if (way === 'gitHubCli') return [found ? refresh(host) : `gh auth login${at(host)} -s ${SCOPE}`];
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

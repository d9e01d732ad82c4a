// What a host is set to, and what follows from its name where nothing is set.

import type { HostSettings, HostView } from '../../bindings/view';

/** What it takes to set the host as it is, all but the password: nobody gets that back. */
export const settingsOf = (host: HostView): HostSettings => ({
  name: host.name,
  caFile: host.caFile ?? '',
  proxy: host.proxy ?? '',
  proxyPassword: null,
  registry: host.kind === 'other',
  realm: host.realm ?? '',
  api: host.api ?? '',
  containers: host.containers ?? '',
  docker: host.docker ?? '',
});

/** The name without the address around it. */
export const bareName = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*/, '');

/** Who signs in to the proxy, and where; nothing where no user stands in its address. */
export function proxyUser(proxy: string): string {
  try {
    const { username, host } = new URL(proxy.trim());
    return username && `${username}@${host}`;
  } catch {
    return '';
  }
}

/** What a GitHub Enterprise host has by its name. An empty one has no such registry. */
export function usualOf(name: string) {
  const host = bareName(name) || 'HOST';
  const gheCom = host.endsWith('.ghe.com');
  // With a port, or as a number, nothing can stand below it.
  const below = host === 'HOST' || /^(?=.*\.)[^:]*[a-z][^:.]*$/.test(host);
  return {
    gheCom,
    api: gheCom ? `https://api.${host}` : `https://${host}/api/v3`,
    containers: below ? `containers.${host}` : '',
    docker: below && !gheCom ? `docker.${host}` : '',
  };
}

// What people run of GitHub's command line, so that its token can publish.

const SCOPE = 'write:packages';

// `gh` means github.com where it is told nothing.
const at = (host: string): string => (host === 'github.com' ? '' : ` --hostname ${host}`);

/** What signs in with the scope that publishing takes. */
export const login = (host: string): string => `gh auth login${at(host)} -s ${SCOPE}`;

/** What gives the token of GitHub's command line one more scope. */
export const refresh = (host: string, scope = SCOPE): string =>
  `gh auth refresh${at(host)} -s ${scope}`;

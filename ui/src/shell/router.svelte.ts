// Typed hash routes. Back and forward are the browser's own.

import type { JobKind } from '../bindings/view';

export const SECTIONS = [
  'general',
  'appearance',
  'hosts',
  'network',
  'transfer',
  'shortcuts',
  'diagnostics',
  'about',
] as const;
export type Section = (typeof SECTIONS)[number];
/** Where sections went that somebody may still have the address of. */
const MOVED: Partial<Record<string, Section>> = { notifications: 'general' };

export type Route =
  | { page: 'publish' }
  /** The images of Docker and Podman. */
  | { page: 'engines' }
  /** `job`: the build that is shown; the latest one, or none, where no number stands there. */
  | { page: 'build'; job?: number }
  | { page: 'activity' }
  | { page: 'job'; job: number }
  | { page: 'install' }
  /** A job that fetches an image. */
  | { page: 'installJob'; job: number }
  /** `account`: its id; the first one where it is empty or gone. */
  | { page: 'accounts'; account: string }
  | { page: 'settings'; section: Section };

function parse(hash: string): Route {
  const [page = '', rest = '', last = ''] = hash.replace(/^#\//, '').split('/');
  if (page === 'activity')
    return /^\d+$/.test(rest) ? { page: 'job', job: Number(rest) } : { page };
  if (page === 'install')
    return /^\d+$/.test(rest) ? { page: 'installJob', job: Number(rest) } : { page };
  if (page === 'publish' && rest === 'build')
    return /^\d+$/.test(last) ? { page: 'build', job: Number(last) } : { page: 'build' };
  if (page === 'accounts') return { page, account: readable(rest) };
  if (page === 'settings') {
    const section = SECTIONS.find((known) => known === rest) ?? MOVED[rest] ?? 'general';
    return { page, section };
  }
  if (page === 'publish' && rest === 'engines') return { page: 'engines' };
  return { page: 'publish' };
}

/** A part of an address in letters again; nothing where somebody typed it wrong. */
function readable(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

export function address(route: Route): string {
  switch (route.page) {
    case 'job':
      return `#/activity/${route.job}`;
    case 'engines':
      return '#/publish/engines';
    case 'build':
      return route.job === undefined ? '#/publish/build' : `#/publish/build/${route.job}`;
    case 'installJob':
      return `#/install/${route.job}`;
    case 'accounts':
      return route.account ? `#/accounts/${encodeURIComponent(route.account)}` : '#/accounts';
    case 'settings':
      return `#/settings/${route.section}`;
    default:
      return `#/${route.page}`;
  }
}

/** The page of a job. */
export const jobRoute = ({ id, kind }: { id: number; kind: JobKind }): Route => ({
  page: kind === 'install' ? 'installJob' : kind === 'build' ? 'build' : 'job',
  job: id,
});

/** The job whose page this is. */
export const jobOf = (route: Route): number | undefined =>
  route.page === 'job' || route.page === 'installJob' || route.page === 'build'
    ? route.job
    : undefined;

class Router {
  current = $state<Route>(parse(location.hash));

  constructor() {
    window.addEventListener('hashchange', () => (this.current = parse(location.hash)));
  }

  go(route: Route): void {
    location.hash = address(route);
    this.current = route;
  }

  /** The same page shows something else: the way back leads to the page before. */
  replace(route: Route): void {
    history.replaceState(null, '', address(route));
    this.current = route;
  }
}

export const router = new Router();

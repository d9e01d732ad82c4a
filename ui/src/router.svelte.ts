// Typed hash routes. Back and forward are the browser's own.

export const SECTIONS = [
  'general',
  'appearance',
  'hosts',
  'network',
  'transfer',
  'notifications',
  'shortcuts',
  'diagnostics',
  'about',
] as const;
export type Section = (typeof SECTIONS)[number];

export type Route =
  | { page: 'publish' }
  | { page: 'activity' }
  | { page: 'job'; job: number }
  | { page: 'settings'; section: Section };

function parse(hash: string): Route {
  const [page = '', rest = ''] = hash.replace(/^#\//, '').split('/');
  if (page === 'activity')
    return /^\d+$/.test(rest) ? { page: 'job', job: Number(rest) } : { page };
  if (page === 'settings') {
    return { page, section: SECTIONS.find((section) => section === rest) ?? 'general' };
  }
  return { page: 'publish' };
}

export function address(route: Route): string {
  switch (route.page) {
    case 'job':
      return `#/activity/${route.job}`;
    case 'settings':
      return `#/settings/${route.section}`;
    default:
      return `#/${route.page}`;
  }
}

class Router {
  current = $state<Route>(parse(location.hash));

  constructor() {
    window.addEventListener('hashchange', () => (this.current = parse(location.hash)));
  }

  go(route: Route): void {
    location.hash = address(route);
    this.current = route;
  }
}

export const router = new Router();

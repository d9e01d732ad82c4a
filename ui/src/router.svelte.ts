// Typed hash routes. Back and forward are the browser's own.

export type Route = { page: 'publish' } | { page: 'job'; job: number };

function parse(hash: string): Route {
  const job = /^#\/activity\/(\d+)$/.exec(hash);
  return job ? { page: 'job', job: Number(job[1]) } : { page: 'publish' };
}

export function address(route: Route): string {
  return route.page === 'job' ? `#/activity/${route.job}` : '#/publish';
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

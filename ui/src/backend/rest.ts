// Whether the page rests: nothing is asked of the host and nothing waits to be asked. `<html data-rest>` says so, for
// whoever has to know that what is drawn is final. It turns true only after what was answered has been drawn.

import type { Host } from './host';

/** They last as long as somebody looks on: they count until the first word comes. */
const WATCHES = new Set<PropertyKey>([
  'watchJob',
  'watchActivity',
  'watchBuild',
  'signInWithBrowser',
]);

/** What the page waits for. A page that begins anew waits for nothing of the one before. */
let underWay = new Set<object>();

function tell(rests: boolean): void {
  document.documentElement.dataset['rest'] = String(rests);
}

/** Something has begun that the page waits for. Call what it returns when that is over; more calls do nothing. */
export function begin(): () => void {
  const own = underWay;
  const call = {};
  own.add(call);
  tell(false);
  return () => {
    if (!own.delete(call)) return;
    // Who waited goes on first, asks more perhaps, and what it learned is drawn.
    setTimeout(() => {
      if (own === underWay && own.size === 0) tell(true);
    });
  };
}

/** The same host; the page does not rest while a call is under way. */
export function counted(host: Host): Host {
  underWay = new Set();
  return new Proxy(host, {
    get(target, name: keyof Host) {
      const call = target[name] as (...values: unknown[]) => Promise<unknown>;
      return (...values: unknown[]) => {
        const end = begin();
        const last = values.at(-1);
        if (WATCHES.has(name) && typeof last === 'function')
          values[values.length - 1] = (word: unknown) => {
            last(word);
            end();
          };
        return call.apply(target, values).finally(end);
      };
    },
  });
}

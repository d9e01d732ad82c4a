// How components get their host.

import { getContext, setContext } from 'svelte';

import type { Host } from './host';
import { counted } from './rest';

const key = Symbol('host');

export const provideHost = (host: Host): Host => setContext(key, counted(host));
export const useHost = (): Host => getContext<Host>(key);

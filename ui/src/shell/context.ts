// What every page works with.

import { getContext, setContext } from 'svelte';

import type { Host } from '../backend/host';
import type { AccountsModel } from './accounts.svelte';
import type { ActivityModel } from './activity.svelte';
import type { EnginesModel } from './engines.svelte';
import type { PublishForm } from './publish-form';
import type { Reach } from './reach.svelte';
import type { Registries } from './registries.svelte';
import type { SettingsModel } from './settings.svelte';

export interface Shell {
  host: Host;
  registries: Registries;
  publish: PublishForm;
  accounts: AccountsModel;
  activity: ActivityModel;
  engines: EnginesModel;
  settings: SettingsModel;
  reach: Reach;
}

const key = Symbol('shell');
export const provideShell = (shell: Shell): Shell => setContext(key, shell);
export const useShell = (): Shell => getContext<Shell>(key);

// What every page works with.

import { getContext, setContext } from 'svelte';

import type { Host } from '../../backend/host';
import type { ActivityModel } from '../../shell/activity.svelte';
import type { Reach } from '../../shell/reach.svelte';
import type { SettingsModel } from '../../shell/settings.svelte';
import type { AccountsModel } from '../accounts/accounts.svelte';
import type { PublishModel } from '../publish/model.svelte';

export interface Shell {
  host: Host;
  publish: PublishModel;
  accounts: AccountsModel;
  activity: ActivityModel;
  settings: SettingsModel;
  reach: Reach;
}

const key = Symbol('shell');
export const provideShell = (shell: Shell): Shell => setContext(key, shell);
export const useShell = (): Shell => getContext<Shell>(key);

// The window as host: its commands, and its events.

import { Channel, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import { bridge } from '../bindings/commands';
import type { AccountsView, DragView, JobId } from '../bindings/view';
import type { Host } from './host';

export const tauri: Host = {
  ...bridge(invoke, (called) => new Channel(called)),
  onAccounts: (listener) => listen<AccountsView>('accounts', (event) => listener(event.payload)),
  onClosing: (listener) => listen('closing', () => listener()),
  onArgument: (listener) => listen('argument', () => listener()),
  onSilence: (listener) => listen<string | null>('silence', (event) => listener(event.payload)),
  onOpenJob: (listener) => listen<JobId>('openJob', (event) => listener(event.payload)),
  onOpenAccount: (listener) => listen<string>('openAccount', (event) => listener(event.payload)),
  onDrag: (listener) => listen<DragView>('drag', (event) => listener(event.payload)),
};

// The window as host: one thin call for each command of src-tauri/commands.txt.

import { Channel, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import type {
  AccountsView,
  ActivityView,
  BrowserSignIn,
  DragView,
  JobId,
  JobUpdate,
} from '../bindings/view';
import type { Host } from './host';

export const tauri: Host = {
  start: () => invoke('start'),
  ready: () => invoke('ready'),
  chooseImage: (draft) => invoke('choose_image', { draft }),
  openPath: (path, draft) => invoke('open_path', { path, draft }),
  openDropped: (files, draft) => invoke('open_dropped', { files, draft }),
  unpackAnyway: (file, draft) => invoke('unpack_anyway', { file, draft }),
  moreArguments: () => invoke('more_arguments'),
  openArgument: (draft) => invoke('open_argument', { draft }),
  reading: () => invoke('reading'),
  cancelReading: () => invoke('cancel_reading'),
  details: (file, image) => invoke('details', { file, image }),
  layerContent: (file, image, layer) => invoke('layer_content', { file, image, layer }),
  leaveLayer: () => invoke('leave_layer'),
  checkForm: (draft) => invoke('check_form', { draft }),
  fillReference: (draft, text) => invoke('fill_reference', { draft, text }),
  switchRegistry: (draft, registry) => invoke('switch_registry', { draft, registry }),
  preflight: (draft, anew = false) => invoke('preflight', { draft, anew }),
  suggestions: (draft, field) => invoke('suggestions', { draft, field }),
  listedSuggestions: (draft, field) => invoke('listed_suggestions', { draft, field }),
  publish: (draft) => invoke('publish', { draft }),
  watchJob: (job, view) => {
    const channel = new Channel<JobUpdate>();
    channel.onmessage = view;
    return invoke('watch_job', { job, channel });
  },
  cancelJob: (job) => invoke('cancel_job', { job }),
  pauseJob: (job) => invoke('pause_job', { job }),
  resumeJob: (job) => invoke('resume_job', { job }),
  tryJobNow: (job) => invoke('try_job_now', { job }),
  moveBack: (job, tag) => invoke('move_back', { job, tag }),
  verifyAgain: (job) => invoke('verify_again', { job }),
  visibility: (job) => invoke('visibility', { job }),
  workflow: (job) => invoke('workflow', { job }),
  saveWorkflow: (job) => invoke('save_workflow', { job }),
  watchActivity: (view) => {
    const channel = new Channel<ActivityView>();
    channel.onmessage = view;
    return invoke('watch_activity', { channel });
  },
  history: (query) => invoke('history', { query }),
  recent: () => invoke('recent'),
  openRecent: (file, draft) => invoke('open_recent', { file, draft }),
  findRecent: (file, draft) => invoke('find_recent', { file, draft }),
  reopenJob: (job) => invoke('reopen_job', { job }),
  forgetJob: (job) => invoke('forget_job', { job }),
  clearHistory: () => invoke('clear_history'),
  pauseAll: () => invoke('pause_all'),
  exportHistory: () => invoke('export_history'),
  changeSettings: (settings) => invoke('change_settings', { settings }),
  compressionSpeeds: () => invoke('compression_speeds'),
  diagnostics: () => invoke('diagnostics'),
  saveDiagnostics: () => invoke('save_diagnostics'),
  notePageFault: (text) => invoke('note_page_fault', { text }),
  leave: (how) => invoke('leave', { how }),
  hosts: () => invoke('hosts'),
  setHost: (host) => invoke('set_host', { host }),
  removeHost: (name) => invoke('remove_host', { name }),
  checkHost: (name) => invoke('check_host', { name }),
  notify: (job, title, body) => invoke('notify', { job, title, body }),
  notifyExpiry: (id, title, body) => invoke('notify_expiry', { id, title, body }),
  startPractice: (draft) => invoke('start_practice', { draft }),
  registries: () => invoke('registries'),
  accounts: () => invoke('accounts'),
  checkToken: (token) => invoke('check_token', { token }),
  readClipboardToken: (host) => invoke('read_clipboard_token', { host }),
  readTokenFile: (host) => invoke('read_token_file', { host }),
  holdDroppedToken: (host, file) => invoke('hold_dropped_token', { host, file }),
  dropHeldToken: (id) => invoke('drop_held_token', { id }),
  findCredentials: () => invoke('find_credentials'),
  offeredLogins: () => invoke('offered_logins'),
  addAccount: (account) => invoke('add_account', { account }),
  replaceToken: (id, token, keep, anyway) => invoke('replace_token', { id, token, keep, anyway }),
  verifyAccount: (id) => invoke('verify_account', { id }),
  cancelAccountCheck: (id) => invoke('cancel_account_check', { id }),
  signOutAccount: (id) => invoke('sign_out_account', { id }),
  useAccount: (id) => invoke('use_account', { id }),
  checkKeychain: () => invoke('check_keychain'),
  signInWithBrowser: (host, purpose, keep, view) => {
    const channel = new Channel<BrowserSignIn>();
    channel.onmessage = view;
    return invoke('sign_in_with_browser', { host, purpose, keep, channel });
  },
  cancelBrowserSignIn: () => invoke('cancel_browser_sign_in'),
  openAccountPage: (page) => invoke('open_account_page', { page }),
  engineSignIns: (id) => invoke('engine_sign_ins', { id }),
  signInEngine: (id, engine, plain) => invoke('sign_in_engine', { id, engine, plain }),
  openLink: (topic, draft) => invoke('open_link', { topic, draft }),
  onAccounts: (listener) => listen<AccountsView>('accounts', (event) => listener(event.payload)),
  onClosing: (listener) => listen('closing', () => listener()),
  onArgument: (listener) => listen('argument', () => listener()),
  onSilence: (listener) => listen<string | null>('silence', (event) => listener(event.payload)),
  onOpenJob: (listener) => listen<JobId>('openJob', (event) => listener(event.payload)),
  onOpenAccount: (listener) => listen<string>('openAccount', (event) => listener(event.payload)),
  onDrag: (listener) => listen<DragView>('drag', (event) => listener(event.payload)),
};

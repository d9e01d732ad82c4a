// The window as host: one thin call for each command of src-tauri/commands.txt.

import { Channel, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import type { DragView, JobUpdate } from '../bindings/view';
import type { Host } from './host';

export const tauri: Host = {
  start: () => invoke('start'),
  chooseImage: (draft) => invoke('choose_image', { draft }),
  openPath: (path, draft) => invoke('open_path', { path, draft }),
  openDropped: (files, draft) => invoke('open_dropped', { files, draft }),
  openArgument: (draft) => invoke('open_argument', { draft }),
  reading: () => invoke('reading'),
  cancelReading: () => invoke('cancel_reading'),
  details: (file, image) => invoke('details', { file, image }),
  checkForm: (draft) => invoke('check_form', { draft }),
  switchRegistry: (draft, registry) => invoke('switch_registry', { draft, registry }),
  preflight: (draft) => invoke('preflight', { draft }),
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
  startPractice: (draft) => invoke('start_practice', { draft }),
  signIn: (registry, username, token) => invoke('sign_in', { registry, username, token }),
  signOut: (registry) => invoke('sign_out', { registry }),
  openLink: (topic, draft) => invoke('open_link', { topic, draft }),
  onDrag: (listener) => listen<DragView>('drag', (event) => listener(event.payload)),
};

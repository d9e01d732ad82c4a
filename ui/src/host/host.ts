// What the page asks of its host. Two hosts exist: the window (`tauri.ts`) and a stand-in for tests and
// development (`fake.ts`). Nothing else in the page knows which one it has.

import type {
  DetailsView,
  Draft,
  DragView,
  FailureView,
  FileId,
  FormView,
  JobId,
  JobUpdate,
  LinkTopic,
  OpenedView,
  PracticeView,
  PreflightView,
  ReadingView,
  RegistryView,
  StartView,
} from '../bindings/view';

/** A rejected promise carries a `FailureView`; see `failureOf`. */
export interface Host {
  start(): Promise<StartView>;
  chooseImage(draft: Draft): Promise<OpenedView | null>;
  openPath(path: string, draft: Draft): Promise<OpenedView>;
  openDropped(files: FileId[], draft: Draft): Promise<OpenedView>;
  openArgument(draft: Draft): Promise<OpenedView | null>;
  /** The compressed file that is being unpacked, while something is opened. */
  reading(): Promise<ReadingView | null>;
  /** What is being opened fails as `cancelled`. */
  cancelReading(): Promise<void>;
  details(file: FileId, image: string): Promise<DetailsView>;
  checkForm(draft: Draft): Promise<FormView>;
  switchRegistry(draft: Draft, registry: string): Promise<Draft>;
  preflight(draft: Draft): Promise<PreflightView>;
  publish(draft: Draft): Promise<JobId>;
  /** Calls `view` until the job is over; the promise resolves then. */
  watchJob(job: JobId, view: (update: JobUpdate) => void): Promise<void>;
  cancelJob(job: JobId): Promise<void>;
  pauseJob(job: JobId): Promise<void>;
  resumeJob(job: JobId): Promise<void>;
  tryJobNow(job: JobId): Promise<void>;
  startPractice(draft: Draft): Promise<PracticeView>;
  signIn(registry: string, username: string, token: string): Promise<RegistryView[]>;
  signOut(registry: string): Promise<RegistryView[]>;
  openLink(topic: LinkTopic, draft: Draft): Promise<void>;
  /** Files over the window. Returns how to stop listening. */
  onDrag(listener: (view: DragView) => void): Promise<() => void>;
}

/** What a rejected promise of a host carries. */
export function failureOf(reason: unknown): FailureView {
  if (typeof reason === 'object' && reason !== null && 'code' in reason && 'message' in reason) {
    return reason as FailureView;
  }
  return {
    code: 'internal',
    message: String(reason),
    params: {},
    retry: 'yes',
    help: [],
    technical: null,
  };
}

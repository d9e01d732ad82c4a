// What the page asks of its host. Two hosts exist: the window (`tauri.ts`) and a stand-in for tests and
// development (`fake.ts`). Nothing else in the page knows which one it has.

import type {
  AccountPage,
  AccountsView,
  ActivityView,
  AddedAccount,
  BrowserSignIn,
  DetailsView,
  Draft,
  DragView,
  Engine,
  EngineSignIn,
  FailureView,
  Field,
  FileId,
  FormView,
  FoundCredentials,
  FoundView,
  HeldToken,
  HistoryPage,
  HistoryQuery,
  HostCheckView,
  HostSettings,
  HostsView,
  HostView,
  JobId,
  JobUpdate,
  JobView,
  LayerContentView,
  LinkTopic,
  NewAccount,
  OpenedView,
  PracticeView,
  PreferencesView,
  PreflightView,
  Purpose,
  ReadingView,
  RecentView,
  RegistryView,
  SettingsView,
  StartView,
  SuggestionView,
  TokenCheckView,
  TokenFrom,
  VisibilityView,
  DragItem,
} from '../bindings/view';

/** A rejected promise carries a `FailureView`; see `failureOf`. */
export interface Host {
  start(): Promise<StartView>;
  /** The first paint is done: the window may be shown. */
  ready(): Promise<void>;
  chooseImage(draft: Draft): Promise<OpenedView | null>;
  openPath(path: string, draft: Draft): Promise<OpenedView>;
  openDropped(files: FileId[], draft: Draft): Promise<OpenedView>;
  /** Opens a file that was refused as `file.unpacks`. */
  unpackAnyway(file: FileId, draft: Draft): Promise<OpenedView>;
  /** The first file that Slipway was started with, once. */
  openArgument(draft: Draft): Promise<OpenedView | null>;
  /** The others, once, and how many there are beyond those that are looked at. */
  moreArguments(): Promise<[DragItem[], number]>;
  /** The compressed file that is being unpacked, while something is opened. */
  reading(): Promise<ReadingView | null>;
  /** What is being opened fails as `cancelled`. */
  cancelReading(): Promise<void>;
  details(file: FileId, image: string): Promise<DetailsView>;
  /**
   * Unpacks a layer, by its place in the list, to count; null for one that is not in the file. An earlier count
   * ends as `cancelled`.
   */
  layerContent(file: FileId, image: string, layer: number): Promise<LayerContentView | null>;
  /** A count that runs ends. */
  leaveLayer(): Promise<void>;
  checkForm(draft: Draft): Promise<FormView>;
  /** The form filled from a pasted reference or pull command; null where it is none. */
  fillReference(draft: Draft, text: string): Promise<Draft | null>;
  switchRegistry(draft: Draft, registry: string): Promise<Draft>;
  preflight(draft: Draft, anew?: boolean): Promise<PreflightView>;
  /** What the field may be filled with, as far as this computer knows. */
  suggestions(draft: Draft, field: Field): Promise<SuggestionView[]>;
  /** What GitHub's lists add to that; may take some seconds. */
  listedSuggestions(draft: Draft, field: Field): Promise<SuggestionView[]>;
  publish(draft: Draft): Promise<JobId>;
  /** Calls `view` until the job is over; the promise resolves then. */
  watchJob(job: JobId, view: (update: JobUpdate) => void): Promise<void>;
  cancelJob(job: JobId): Promise<void>;
  pauseJob(job: JobId): Promise<void>;
  resumeJob(job: JobId): Promise<void>;
  tryJobNow(job: JobId): Promise<void>;
  /** The tag points again to what it pointed to before; the job with that noted. */
  moveBack(job: JobId, tag: string): Promise<JobView>;
  /** Asks the registry back once more. */
  verifyAgain(job: JobId): Promise<JobView>;
  visibility(job: JobId): Promise<VisibilityView>;
  /** The same publish as a workflow file, in YAML. */
  workflow(job: JobId): Promise<string>;
  /** Asks where to; whether it was saved. */
  saveWorkflow(job: JobId): Promise<boolean>;
  /** Calls `view` with the jobs that are not over: at once, and whenever something changed. */
  watchActivity(view: (activity: ActivityView) => void): Promise<void>;
  history(query: HistoryQuery): Promise<HistoryPage>;
  /** Files that were opened or published last. */
  recent(): Promise<RecentView[]>;
  /** Opens one of them, with the form as it was where it was published before. */
  openRecent(file: FileId, draft: Draft): Promise<OpenedView>;
  /** Asks where it is now; opens it there. */
  findRecent(file: FileId, draft: Draft): Promise<OpenedView | null>;
  /** The file of an earlier job, with the form as it was. */
  reopenJob(job: JobId): Promise<OpenedView>;
  forgetJob(job: JobId): Promise<void>;
  clearHistory(): Promise<void>;
  pauseAll(): Promise<void>;
  /** Asks where to; whether it was written. */
  exportHistory(): Promise<boolean>;
  changeSettings(settings: SettingsView): Promise<PreferencesView>;
  /** Bytes a second for each level of gzip from 1 to 9. */
  compressionSpeeds(): Promise<number[]>;
  diagnostics(): Promise<string>;
  /** Asks where to; whether it was saved. */
  saveDiagnostics(): Promise<boolean>;
  /** Something failed in the page, for the report. */
  notePageFault(text: string): Promise<void>;
  /** Closes the window; jobs go on without it, or are paused. */
  leave(how: 'background' | 'pause'): Promise<void>;
  hosts(): Promise<HostView[]>;
  /** Adds a host, or sets one that is there anew. */
  setHost(host: HostSettings): Promise<HostsView>;
  removeHost(name: string): Promise<HostsView>;
  /** Asks each of the host's registries. */
  checkHost(name: string): Promise<HostCheckView[]>;
  /** Tells the system's user of a job, if nobody looks at the window. One a job: the next one replaces it. */
  notify(job: JobId, title: string, body: string): Promise<void>;
  /** Tells that the token of an account ends soon, if nobody looks at the window. One an account. */
  notifyExpiry(id: string, title: string, body: string): Promise<void>;
  startPractice(draft: Draft): Promise<PracticeView>;
  /** The form's registries, each with who is signed in there now. */
  registries(): Promise<RegistryView[]>;
  accounts(): Promise<AccountsView>;
  /** What can be told of a token without asking anybody. */
  checkToken(token: string): Promise<TokenCheckView>;
  /** Null: the clipboard holds nothing that could be a token. */
  readClipboardToken(host: string): Promise<HeldToken | null>;
  /** Asks which file; null: nobody chose one. */
  readTokenFile(host: string): Promise<HeldToken | null>;
  /** Reads the token of a file that was dropped. */
  holdDroppedToken(host: string, file: FileId): Promise<HeldToken>;
  /** Forgets a token that was read and is not wanted after all. */
  dropHeldToken(id: number): Promise<void>;
  /** What this computer has already: environment, Docker, Podman, the GitHub command line. */
  findCredentials(): Promise<FoundCredentials>;
  /** What files alone name for hosts that nobody is signed in at; no program, keychain or network is asked. */
  offeredLogins(): Promise<FoundView[]>;
  addAccount(account: NewAccount): Promise<AddedAccount>;
  /** `anyway`: though GitHub Packages refuses its kind, or nobody can be asked. */
  replaceToken(id: string, token: TokenFrom, keep: boolean, anyway: boolean): Promise<AddedAccount>;
  verifyAccount(id: string): Promise<AccountsView>;
  /** What is being verified fails as `cancelled`. */
  cancelAccountCheck(id: string): Promise<void>;
  signOutAccount(id: string): Promise<AccountsView>;
  /** Makes it the one that is used at its host. */
  useAccount(id: string): Promise<AccountsView>;
  checkKeychain(): Promise<AccountsView>;
  /** Calls `view` until it is over; the promise resolves then. */
  signInWithBrowser(
    host: string,
    purpose: Purpose,
    keep: boolean,
    view: (update: BrowserSignIn) => void,
  ): Promise<void>;
  cancelBrowserSignIn(): Promise<void>;
  openAccountPage(page: AccountPage): Promise<void>;
  /** How each container engine would be signed in with the account. */
  engineSignIns(id: string): Promise<EngineSignIn[]>;
  /** `plain`: the person agreed to a plain file. */
  signInEngine(id: string, engine: Engine, plain: boolean): Promise<void>;
  openLink(topic: LinkTopic, draft: Draft): Promise<void>;
  /** Accounts were checked in the background. Returns how to stop listening. */
  onAccounts(listener: (accounts: AccountsView) => void): Promise<() => void>;
  /** A host has kept silent for two seconds, or nobody does any longer. Returns how to stop listening. */
  onSilence(listener: (host: string | null) => void): Promise<() => void>;
  /** The window is to be closed while jobs run, and nothing was chosen for that. Returns how to stop listening. */
  onClosing(listener: () => void): Promise<() => void>;
  /** Another start handed a file over: it waits to be opened. Returns how to stop listening. */
  onArgument(listener: () => void): Promise<() => void>;
  /** A notification of a job was clicked. Returns how to stop listening. */
  onOpenJob(listener: (job: JobId) => void): Promise<() => void>;
  /** A notification of an account was clicked. Returns how to stop listening. */
  onOpenAccount(listener: (id: string) => void): Promise<() => void>;
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

// Generated from src-tauri/commands.rs by the test `commands` of crates/app. Do not edit.

import type {
  AccountPage,
  AccountsView,
  ActivityView,
  AddedAccount,
  Begun,
  BrowserSignIn,
  BuildArgumentView,
  BuildEngineView,
  BuildFolderView,
  BuildSecretFile,
  BuildSizeView,
  BuildUpdate,
  BuildWish,
  ContainerView,
  CopyDraft,
  CopyEndView,
  CopyPlanView,
  CopyView,
  DetailsView,
  DifferencesView,
  DockerAsks,
  Draft,
  DragItem,
  Engine,
  EngineSignIn,
  EnginesView,
  FactsView,
  Field,
  FileFormat,
  FileId,
  FixedView,
  FormView,
  FoundCredentials,
  FoundView,
  HeldImagesView,
  HeldToken,
  HistoryPage,
  HistoryQuery,
  HostCheckView,
  HostSettings,
  HostView,
  HostsView,
  ImageStateView,
  InstallWish,
  InstalledFile,
  JobId,
  JobUpdate,
  JobView,
  LayerContentView,
  LinkTopic,
  NewAccount,
  OnClose,
  OpenedView,
  PartsView,
  PastedView,
  PlaceView,
  PracticeView,
  PreferencesView,
  PreflightView,
  Purpose,
  ReadingView,
  RecentView,
  RegistryView,
  SettingsView,
  SignaturesView,
  StartView,
  SuggestionView,
  TagsView,
  TokenCheckView,
  TokenFrom,
  VisibilityView,
} from './view';

/** What the page may ask for. A rejected promise carries a `FailureView`. */
export interface Commands {
  /** What the window needs to know once. */
  start(): Promise<StartView>;
  /** The first paint is done: the window may be shown. */
  ready(): Promise<void>;
  /** Opens a page outside, in the system's browser. The page names a topic; the address is made in Rust. */
  openLink(topic: LinkTopic, draft: Draft): Promise<void>;
  /** Closes the window while jobs run: they go on without it, or are paused. */
  leave(how: OnClose): Promise<void>;
  /** Something failed in the page, for the report. */
  notePageFault(text: string): Promise<void>;
  /** Tells the system's user of a job, if nobody looks at the window. One a job: the next one replaces it. */
  notify(job: JobId, title: string, body: string): Promise<void>;
  /** Asks for a file with the system's own dialog; null where the person left it. */
  chooseImage(draft: Draft): Promise<OpenedView | null>;
  /** Opens a file by its path. */
  openPath(path: string, draft: Draft): Promise<OpenedView>;
  /** Opens files that were dropped. */
  openDropped(files: Array<FileId>, draft: Draft): Promise<OpenedView>;
  /** Opens a file that was refused as `file.unpacks`, since the person says so. */
  unpackAnyway(file: FileId, draft: Draft): Promise<OpenedView>;
  /** Opens the first file that Slipway was started with, once. */
  openArgument(draft: Draft): Promise<OpenedView | null>;
  /** The others, once, judged by name and first bytes, and how many there are beyond those that are looked at. */
  moreArguments(): Promise<[Array<DragItem>, number]>;
  /** The compressed file that is being unpacked, while something is opened. */
  reading(): Promise<ReadingView | null>;
  /** What is being opened fails as `cancelled`. */
  cancelReading(): Promise<void>;
  /** What stands in an image, for people who want to know. */
  details(file: FileId, image: string): Promise<DetailsView>;
  /**
   * Unpacks a layer, by its place in the list, to count; null for one that is not in the file. An earlier count ends
   * as `cancelled`.
   */
  layerContent(file: FileId, image: string, layer: number): Promise<LayerContentView | null>;
  /** A count that runs ends. */
  leaveLayer(): Promise<void>;
  /** What the local rules say of a form. */
  checkForm(draft: Draft): Promise<FormView>;
  /** The form filled from a pasted reference or pull command; null where it is none. */
  fillReference(draft: Draft, text: string): Promise<Draft | null>;
  /** The form for another registry; what was typed is kept. */
  switchRegistry(draft: Draft, registry: string): Promise<Draft>;
  /** What the registry and GitHub say of a form. `anew`: somebody asks on purpose, and wants no answer of a moment ago. */
  preflight(draft: Draft, anew: boolean): Promise<PreflightView>;
  /** Begins to publish. */
  publish(draft: Draft): Promise<JobId>;
  /** The repository at one end of a copy, and its tags. `isRead`: the copy comes from there. */
  copyEnd(reference: string, isRead: boolean): Promise<CopyEndView>;
  /** Which tags a copy is of, and under which names, as it stands now. */
  settleCopy(draft: CopyDraft): Promise<CopyView>;
  /** What a copy would do. Nothing is written. */
  planCopy(copy: CopyView): Promise<CopyPlanView>;
  /** Begins to copy. */
  startCopy(copy: CopyView): Promise<JobId>;
  /** What was pasted as the image to install: a name, a command, the address of a package's page. */
  readPasted(text: string): Promise<PastedView>;
  /** The tags of a repository. `anonymous`: as nobody in particular, whoever is signed in. */
  findTags(reference: string, anonymous: boolean): Promise<TagsView>;
  /** What a tag or digest names; what it holds is read for one platform, and with `every` for all. */
  imageFacts(reference: string, platform: string | null, every: boolean, anonymous: boolean): Promise<FactsView>;
  /** What speaks of an image for one platform, without one for all: signatures, SBOMs, attestations, which are read. */
  imageSignatures(reference: string, platform: string | null, anonymous: boolean): Promise<SignaturesView>;
  /** Where an image goes as this kind of file, unless somebody chooses another place. */
  installPlace(reference: string, format: FileFormat): Promise<PlaceView>;
  /** Asks where an image goes, a folder for an OCI layout, else a file; null where the person left it. */
  chooseInstallPlace(reference: string, format: FileFormat): Promise<PlaceView | null>;
  /** Begins to fetch an image into a file or a folder. */
  install(wish: InstallWish): Promise<Begun>;
  /** Begins once more what a job fetched that is over. */
  installAgain(job: JobId): Promise<JobId>;
  /** The file or folder that a job wrote, and what people do with it. */
  installedFile(job: JobId): Promise<InstalledFile>;
  /** Shows that file in the system's file manager. */
  showInstalledFile(job: JobId): Promise<void>;
  /** Asks for a folder to build; null where the person left it. */
  chooseBuildFolder(): Promise<BuildFolderView | null>;
  /** A folder that was dropped on the window. */
  droppedBuildFolder(folder: FileId): Promise<BuildFolderView>;
  /** The folder that Slipway was started with, once, where it is one to build. */
  argumentBuildFolder(): Promise<BuildFolderView | null>;
  /** Another Dockerfile of a folder. */
  buildFolder(folder: number, dockerfile: string): Promise<BuildFolderView>;
  /** Asks for another Dockerfile in the folder; null where the person left it. */
  chooseDockerfile(folder: number): Promise<BuildFolderView | null>;
  /** What of a folder is sent to an engine. An earlier count ends as `cancelled`. */
  buildSize(folder: number, dockerfile: string): Promise<BuildSizeView>;
  /** What an engine builds of a folder. */
  buildEngine(engine: Engine, folder: number, dockerfile: string): Promise<BuildEngineView>;
  /** Asks for the file that holds a secret; null where the person left it. What is in it stays in Rust. */
  chooseBuildSecret(): Promise<BuildSecretFile | null>;
  /** What a name says of an argument that somebody adds. */
  buildArgument(name: string): Promise<BuildArgumentView>;
  /** The same build as a command, with no value of a secret. */
  buildCommand(wish: BuildWish): Promise<string>;
  /** Begins to build. */
  beginBuild(wish: BuildWish): Promise<JobId>;
  /** Where an image goes when it is built, as people see it; rejects what is no destination. */
  checkDestination(reference: string): Promise<string>;
  /** Sets where the image of a running build goes; nowhere where that is empty. */
  setBuildPublish(job: JobId, reference: string): Promise<void>;
  /** Publishes what was built; what speaks against it is told to whoever watches the build. */
  publishBuilt(job: JobId, reference: string): Promise<void>;
  /** The build of this run that began last. */
  latestBuild(): Promise<JobId | null>;
  /** Attaches to a build: everything first, then what changes, until it is over or the page has left. */
  watchBuild(job: JobId, channel: (update: BuildUpdate) => void): Promise<void>;
  /** Starts the practice registry, with a form for it. */
  startPractice(draft: Draft): Promise<PracticeView>;
  /** What a field may be filled with, as far as this computer knows. */
  suggestions(draft: Draft, field: Field): Promise<Array<SuggestionView>>;
  /** What GitHub's lists add to that; may take some seconds. */
  listedSuggestions(draft: Draft, field: Field): Promise<Array<SuggestionView>>;
  /** Opens a file that was opened before, with the form as it was where it was published. */
  openRecent(file: number, draft: Draft): Promise<OpenedView>;
  /** Asks where such a file is now, and opens it there; null where the person left it. */
  findRecent(file: number, draft: Draft): Promise<OpenedView | null>;
  /**
   * Attaches to a job: everything first, then what changes, until it is over or the page has left. The job goes on
   * either way.
   */
  watchJob(job: JobId, channel: (update: JobUpdate) => void): Promise<void>;
  /** Ends a job. */
  cancelJob(job: JobId): Promise<void>;
  /** Pauses a job; one that is over, cancelled or paused stays as it is. */
  pauseJob(job: JobId): Promise<void>;
  /** Lets a paused, failed or interrupted job go on. */
  resumeJob(job: JobId): Promise<void>;
  /** Ends the waits of a job before its next tries. */
  tryJobNow(job: JobId): Promise<void>;
  /** The tag points again to what it pointed to before; the job with that noted. */
  moveBack(job: JobId, tag: string): Promise<JobView>;
  /** Asks the registry back once more. */
  verifyAgain(job: JobId): Promise<JobView>;
  /** Who may see what was published. */
  visibility(job: JobId): Promise<VisibilityView>;
  /** The same publish as a workflow file, in YAML. */
  workflow(job: JobId): Promise<string>;
  /** Asks where to, and writes that workflow there; whether it was written. */
  saveWorkflow(job: JobId): Promise<boolean>;
  /** Tells of the jobs that are not over: at once, and whenever something changed. */
  watchActivity(channel: (update: ActivityView) => void): Promise<void>;
  /** Jobs that are over. */
  history(query: HistoryQuery): Promise<HistoryPage>;
  /** Files that were opened or published last. */
  recent(): Promise<Array<RecentView>>;
  /** Opens the file of an earlier job, with the form as it was. */
  reopenJob(job: JobId): Promise<OpenedView>;
  /** Takes a job out of the history. */
  forgetJob(job: JobId): Promise<void>;
  /** Takes all jobs that are over out of the history. */
  clearHistory(): Promise<void>;
  /** Pauses all jobs. */
  pauseAll(): Promise<void>;
  /** Asks where to, and writes the history there; whether it was written. */
  exportHistory(): Promise<boolean>;
  /** Changes settings, now and in the file. */
  changeSettings(settings: SettingsView): Promise<PreferencesView>;
  /** Bytes a second for each level of gzip from 1 to 9. */
  compressionSpeeds(): Promise<Array<number>>;
  /** Unfinished files, which fetches go on with. */
  parts(): Promise<PartsView>;
  /** Removes those that no run writes; what is there then. */
  clearParts(): Promise<PartsView>;
  /** The diagnostics report, as it would be saved. */
  diagnostics(): Promise<string>;
  /** Asks where to, and saves the report there; whether it was saved. */
  saveDiagnostics(): Promise<boolean>;
  /** What a version names now, and what differs from the form's image; its manifest is read for that. */
  differences(draft: Draft, tag: string, platform: string | null): Promise<DifferencesView>;
  /** The versions that usually move along with those of the form. */
  companions(draft: Draft): Promise<Array<string>>;
  /** Which versions never move, by place. */
  fixedVersions(): Promise<Array<FixedView>>;
  /** Adds a rule for versions that never move, or sets the one of its place anew. */
  fixVersions(rule: FixedView): Promise<Array<FixedView>>;
  /** Takes the rule of a place away. */
  letVersionsMove(place: string): Promise<Array<FixedView>>;
  /** The hosts that registries belong to. */
  hosts(): Promise<Array<HostView>>;
  /** Adds a host, or sets one that is there anew. */
  setHost(host: HostSettings): Promise<HostsView>;
  /** Takes an added host away. */
  removeHost(name: string): Promise<HostsView>;
  /** Asks each of the host's registries. */
  checkHost(name: string): Promise<Array<HostCheckView>>;
  /** The form's registries, each with who is signed in there now. */
  registries(): Promise<Array<RegistryView>>;
  /** The accounts, and where their secrets lie. */
  accounts(): Promise<AccountsView>;
  /** What can be told of a token without asking anybody. */
  checkToken(token: string): Promise<TokenCheckView>;
  /**
   * Reads the clipboard in Rust, so that the token never is in the page; it is for `host` alone. Null: the clipboard
   * holds nothing that could be a token.
   */
  readClipboardToken(host: string): Promise<HeldToken | null>;
  /** Asks which file; null: nobody chose one. */
  readTokenFile(host: string): Promise<HeldToken | null>;
  /** Reads the token of a file that was dropped. */
  holdDroppedToken(host: string, file: FileId): Promise<HeldToken>;
  /** Tells that the token of an account ends soon, if nobody looks at the window. One an account. */
  notifyExpiry(id: string, title: string, body: string): Promise<void>;
  /** Forgets a token that was read and is not wanted after all. */
  dropHeldToken(id: number): Promise<void>;
  /**
   * What this computer has already: environment, Docker, Podman, the GitHub command line. Asked when the person wants
   * to add an account.
   */
  findCredentials(): Promise<FoundCredentials>;
  /** What files alone name for hosts that nobody is signed in at; no program, keychain or network is asked. */
  offeredLogins(): Promise<Array<FoundView>>;
  /** Adds an account. */
  addAccount(account: NewAccount): Promise<AddedAccount>;
  /** Another token for an account. `anyway`: though GitHub Packages refuses its kind, or nobody can be asked. */
  replaceToken(id: string, token: TokenFrom, keep: boolean, anyway: boolean): Promise<AddedAccount>;
  /** Asks the account's host whether its token still counts. */
  verifyAccount(id: string): Promise<AccountsView>;
  /** What is being verified fails as `cancelled`. */
  cancelAccountCheck(id: string): Promise<void>;
  /** Signs an account out. */
  signOutAccount(id: string): Promise<AccountsView>;
  /** Makes it the one that is used at its host. */
  useAccount(id: string): Promise<AccountsView>;
  /** Looks for the system's keychain again. */
  checkKeychain(): Promise<AccountsView>;
  /** Shows a code, and waits until it was entered in the browser. */
  signInWithBrowser(host: string, purpose: Purpose, keep: boolean, channel: (update: BrowserSignIn) => void): Promise<void>;
  /** Ends that wait. */
  cancelBrowserSignIn(): Promise<void>;
  /** Opens a page about accounts in the system's browser. */
  openAccountPage(page: AccountPage): Promise<void>;
  /** Docker and Podman on this computer: that they answer, or why they do not. */
  engines(): Promise<EnginesView>;
  /** The images of an engine, at once: no registry is asked. */
  engineImages(engine: Engine): Promise<HeldImagesView>;
  /**
   * How images of the engine's last list stand at the registries of their names. `anew`: what was answered a moment
   * ago is asked again.
   */
  imageStates(engine: Engine, ids: Array<string>, anew: boolean): Promise<Array<ImageStateView>>;
  /** Exports an image of an engine and opens it. */
  openHeld(engine: Engine, name: string, draft: Draft): Promise<OpenedView>;
  /** Nobody looks at an image any more: what an engine exported for it takes no more room. */
  leaveImage(file: FileId): Promise<void>;
  /** Gives an image of an engine one more name, `HOST/PATH:TAG`. */
  tagHeld(engine: Engine, id: string, name: string): Promise<void>;
  /** The containers that use an image. */
  containersOf(engine: Engine, id: string): Promise<Array<ContainerView>>;
  /** The commands that publish images of an engine, each given by all of its names, one a line. */
  heldCommands(engine: Engine, images: Array<Array<string>>, draft: Draft): Promise<string>;
  /** How each container engine would be signed in with the account. */
  engineSignIns(id: string): Promise<Array<EngineSignIn>>;
  /** Signs a container engine in. `plain`: the person agreed to a plain file. */
  signInEngine(id: string, engine: Engine, plain: boolean): Promise<void>;
  /** Which registries Docker and Podman ask Slipway for. */
  dockerAsks(): Promise<DockerAsks>;
  /** From now on they ask Slipway for the registries of this account. */
  letDockerAsk(id: string): Promise<DockerAsks>;
  /** They no longer ask Slipway. */
  letDockerBe(): Promise<DockerAsks>;
}

/** Asks by `ask`; `listen` makes of a function of the page what a command calls. */
export const bridge = (
  ask: <T>(command: string, words?: Record<string, unknown>) => Promise<T>,
  listen: <T>(called: (update: T) => void) => unknown,
): Commands => ({
  start: () => ask('start'),
  ready: () => ask('ready'),
  openLink: (topic, draft) => ask('open_link', { topic, draft }),
  leave: (how) => ask('leave', { how }),
  notePageFault: (text) => ask('note_page_fault', { text }),
  notify: (job, title, body) => ask('notify', { job, title, body }),
  chooseImage: (draft) => ask('choose_image', { draft }),
  openPath: (path, draft) => ask('open_path', { path, draft }),
  openDropped: (files, draft) => ask('open_dropped', { files, draft }),
  unpackAnyway: (file, draft) => ask('unpack_anyway', { file, draft }),
  openArgument: (draft) => ask('open_argument', { draft }),
  moreArguments: () => ask('more_arguments'),
  reading: () => ask('reading'),
  cancelReading: () => ask('cancel_reading'),
  details: (file, image) => ask('details', { file, image }),
  layerContent: (file, image, layer) => ask('layer_content', { file, image, layer }),
  leaveLayer: () => ask('leave_layer'),
  checkForm: (draft) => ask('check_form', { draft }),
  fillReference: (draft, text) => ask('fill_reference', { draft, text }),
  switchRegistry: (draft, registry) => ask('switch_registry', { draft, registry }),
  preflight: (draft, anew) => ask('preflight', { draft, anew }),
  publish: (draft) => ask('publish', { draft }),
  copyEnd: (reference, isRead) => ask('copy_end', { reference, isRead }),
  settleCopy: (draft) => ask('settle_copy', { draft }),
  planCopy: (copy) => ask('plan_copy', { copy }),
  startCopy: (copy) => ask('start_copy', { copy }),
  readPasted: (text) => ask('read_pasted', { text }),
  findTags: (reference, anonymous) => ask('find_tags', { reference, anonymous }),
  imageFacts: (reference, platform, every, anonymous) => ask('image_facts', { reference, platform, every, anonymous }),
  imageSignatures: (reference, platform, anonymous) => ask('image_signatures', { reference, platform, anonymous }),
  installPlace: (reference, format) => ask('install_place', { reference, format }),
  chooseInstallPlace: (reference, format) => ask('choose_install_place', { reference, format }),
  install: (wish) => ask('install', { wish }),
  installAgain: (job) => ask('install_again', { job }),
  installedFile: (job) => ask('installed_file', { job }),
  showInstalledFile: (job) => ask('show_installed_file', { job }),
  chooseBuildFolder: () => ask('choose_build_folder'),
  droppedBuildFolder: (folder) => ask('dropped_build_folder', { folder }),
  argumentBuildFolder: () => ask('argument_build_folder'),
  buildFolder: (folder, dockerfile) => ask('build_folder', { folder, dockerfile }),
  chooseDockerfile: (folder) => ask('choose_dockerfile', { folder }),
  buildSize: (folder, dockerfile) => ask('build_size', { folder, dockerfile }),
  buildEngine: (engine, folder, dockerfile) => ask('build_engine', { engine, folder, dockerfile }),
  chooseBuildSecret: () => ask('choose_build_secret'),
  buildArgument: (name) => ask('build_argument', { name }),
  buildCommand: (wish) => ask('build_command', { wish }),
  beginBuild: (wish) => ask('begin_build', { wish }),
  checkDestination: (reference) => ask('check_destination', { reference }),
  setBuildPublish: (job, reference) => ask('set_build_publish', { job, reference }),
  publishBuilt: (job, reference) => ask('publish_built', { job, reference }),
  latestBuild: () => ask('latest_build'),
  watchBuild: (job, channel) => ask('watch_build', { job, channel: listen(channel) }),
  startPractice: (draft) => ask('start_practice', { draft }),
  suggestions: (draft, field) => ask('suggestions', { draft, field }),
  listedSuggestions: (draft, field) => ask('listed_suggestions', { draft, field }),
  openRecent: (file, draft) => ask('open_recent', { file, draft }),
  findRecent: (file, draft) => ask('find_recent', { file, draft }),
  watchJob: (job, channel) => ask('watch_job', { job, channel: listen(channel) }),
  cancelJob: (job) => ask('cancel_job', { job }),
  pauseJob: (job) => ask('pause_job', { job }),
  resumeJob: (job) => ask('resume_job', { job }),
  tryJobNow: (job) => ask('try_job_now', { job }),
  moveBack: (job, tag) => ask('move_back', { job, tag }),
  verifyAgain: (job) => ask('verify_again', { job }),
  visibility: (job) => ask('visibility', { job }),
  workflow: (job) => ask('workflow', { job }),
  saveWorkflow: (job) => ask('save_workflow', { job }),
  watchActivity: (channel) => ask('watch_activity', { channel: listen(channel) }),
  history: (query) => ask('history', { query }),
  recent: () => ask('recent'),
  reopenJob: (job) => ask('reopen_job', { job }),
  forgetJob: (job) => ask('forget_job', { job }),
  clearHistory: () => ask('clear_history'),
  pauseAll: () => ask('pause_all'),
  exportHistory: () => ask('export_history'),
  changeSettings: (settings) => ask('change_settings', { settings }),
  compressionSpeeds: () => ask('compression_speeds'),
  parts: () => ask('parts'),
  clearParts: () => ask('clear_parts'),
  diagnostics: () => ask('diagnostics'),
  saveDiagnostics: () => ask('save_diagnostics'),
  differences: (draft, tag, platform) => ask('differences', { draft, tag, platform }),
  companions: (draft) => ask('companions', { draft }),
  fixedVersions: () => ask('fixed_versions'),
  fixVersions: (rule) => ask('fix_versions', { rule }),
  letVersionsMove: (place) => ask('let_versions_move', { place }),
  hosts: () => ask('hosts'),
  setHost: (host) => ask('set_host', { host }),
  removeHost: (name) => ask('remove_host', { name }),
  checkHost: (name) => ask('check_host', { name }),
  registries: () => ask('registries'),
  accounts: () => ask('accounts'),
  checkToken: (token) => ask('check_token', { token }),
  readClipboardToken: (host) => ask('read_clipboard_token', { host }),
  readTokenFile: (host) => ask('read_token_file', { host }),
  holdDroppedToken: (host, file) => ask('hold_dropped_token', { host, file }),
  notifyExpiry: (id, title, body) => ask('notify_expiry', { id, title, body }),
  dropHeldToken: (id) => ask('drop_held_token', { id }),
  findCredentials: () => ask('find_credentials'),
  offeredLogins: () => ask('offered_logins'),
  addAccount: (account) => ask('add_account', { account }),
  replaceToken: (id, token, keep, anyway) => ask('replace_token', { id, token, keep, anyway }),
  verifyAccount: (id) => ask('verify_account', { id }),
  cancelAccountCheck: (id) => ask('cancel_account_check', { id }),
  signOutAccount: (id) => ask('sign_out_account', { id }),
  useAccount: (id) => ask('use_account', { id }),
  checkKeychain: () => ask('check_keychain'),
  signInWithBrowser: (host, purpose, keep, channel) => ask('sign_in_with_browser', { host, purpose, keep, channel: listen(channel) }),
  cancelBrowserSignIn: () => ask('cancel_browser_sign_in'),
  openAccountPage: (page) => ask('open_account_page', { page }),
  engines: () => ask('engines'),
  engineImages: (engine) => ask('engine_images', { engine }),
  imageStates: (engine, ids, anew) => ask('image_states', { engine, ids, anew }),
  openHeld: (engine, name, draft) => ask('open_held', { engine, name, draft }),
  leaveImage: (file) => ask('leave_image', { file }),
  tagHeld: (engine, id, name) => ask('tag_held', { engine, id, name }),
  containersOf: (engine, id) => ask('containers_of', { engine, id }),
  heldCommands: (engine, images, draft) => ask('held_commands', { engine, images, draft }),
  engineSignIns: (id) => ask('engine_sign_ins', { id }),
  signInEngine: (id, engine, plain) => ask('sign_in_engine', { id, engine, plain }),
  dockerAsks: () => ask('docker_asks'),
  letDockerAsk: (id) => ask('let_docker_ask', { id }),
  letDockerBe: () => ask('let_docker_be'),
});

/** Answers nothing yet: what a test or a scene needs is put in place of it. */
export abstract class StandIn implements Commands {
  /** A command without an answer was asked. */
  protected abstract done(command: keyof Commands, words: unknown[]): Promise<void>;
  /** One was asked that has an answer. */
  protected abstract unprepared(command: keyof Commands, words: unknown[]): Promise<never>;

  start = (): Promise<StartView> => this.unprepared('start', []);
  ready = (): Promise<void> => this.done('ready', []);
  openLink = (topic: LinkTopic, draft: Draft): Promise<void> => this.done('openLink', [topic, draft]);
  leave = (how: OnClose): Promise<void> => this.done('leave', [how]);
  notePageFault = (text: string): Promise<void> => this.done('notePageFault', [text]);
  notify = (job: JobId, title: string, body: string): Promise<void> => this.done('notify', [job, title, body]);
  chooseImage = (draft: Draft): Promise<OpenedView | null> => this.unprepared('chooseImage', [draft]);
  openPath = (path: string, draft: Draft): Promise<OpenedView> => this.unprepared('openPath', [path, draft]);
  openDropped = (files: Array<FileId>, draft: Draft): Promise<OpenedView> => this.unprepared('openDropped', [files, draft]);
  unpackAnyway = (file: FileId, draft: Draft): Promise<OpenedView> => this.unprepared('unpackAnyway', [file, draft]);
  openArgument = (draft: Draft): Promise<OpenedView | null> => this.unprepared('openArgument', [draft]);
  moreArguments = (): Promise<[Array<DragItem>, number]> => this.unprepared('moreArguments', []);
  reading = (): Promise<ReadingView | null> => this.unprepared('reading', []);
  cancelReading = (): Promise<void> => this.done('cancelReading', []);
  details = (file: FileId, image: string): Promise<DetailsView> => this.unprepared('details', [file, image]);
  layerContent = (file: FileId, image: string, layer: number): Promise<LayerContentView | null> => this.unprepared('layerContent', [file, image, layer]);
  leaveLayer = (): Promise<void> => this.done('leaveLayer', []);
  checkForm = (draft: Draft): Promise<FormView> => this.unprepared('checkForm', [draft]);
  fillReference = (draft: Draft, text: string): Promise<Draft | null> => this.unprepared('fillReference', [draft, text]);
  switchRegistry = (draft: Draft, registry: string): Promise<Draft> => this.unprepared('switchRegistry', [draft, registry]);
  preflight = (draft: Draft, anew: boolean): Promise<PreflightView> => this.unprepared('preflight', [draft, anew]);
  publish = (draft: Draft): Promise<JobId> => this.unprepared('publish', [draft]);
  copyEnd = (reference: string, isRead: boolean): Promise<CopyEndView> => this.unprepared('copyEnd', [reference, isRead]);
  settleCopy = (draft: CopyDraft): Promise<CopyView> => this.unprepared('settleCopy', [draft]);
  planCopy = (copy: CopyView): Promise<CopyPlanView> => this.unprepared('planCopy', [copy]);
  startCopy = (copy: CopyView): Promise<JobId> => this.unprepared('startCopy', [copy]);
  readPasted = (text: string): Promise<PastedView> => this.unprepared('readPasted', [text]);
  findTags = (reference: string, anonymous: boolean): Promise<TagsView> => this.unprepared('findTags', [reference, anonymous]);
  imageFacts = (reference: string, platform: string | null, every: boolean, anonymous: boolean): Promise<FactsView> => this.unprepared('imageFacts', [reference, platform, every, anonymous]);
  imageSignatures = (reference: string, platform: string | null, anonymous: boolean): Promise<SignaturesView> => this.unprepared('imageSignatures', [reference, platform, anonymous]);
  installPlace = (reference: string, format: FileFormat): Promise<PlaceView> => this.unprepared('installPlace', [reference, format]);
  chooseInstallPlace = (reference: string, format: FileFormat): Promise<PlaceView | null> => this.unprepared('chooseInstallPlace', [reference, format]);
  install = (wish: InstallWish): Promise<Begun> => this.unprepared('install', [wish]);
  installAgain = (job: JobId): Promise<JobId> => this.unprepared('installAgain', [job]);
  installedFile = (job: JobId): Promise<InstalledFile> => this.unprepared('installedFile', [job]);
  showInstalledFile = (job: JobId): Promise<void> => this.done('showInstalledFile', [job]);
  chooseBuildFolder = (): Promise<BuildFolderView | null> => this.unprepared('chooseBuildFolder', []);
  droppedBuildFolder = (folder: FileId): Promise<BuildFolderView> => this.unprepared('droppedBuildFolder', [folder]);
  argumentBuildFolder = (): Promise<BuildFolderView | null> => this.unprepared('argumentBuildFolder', []);
  buildFolder = (folder: number, dockerfile: string): Promise<BuildFolderView> => this.unprepared('buildFolder', [folder, dockerfile]);
  chooseDockerfile = (folder: number): Promise<BuildFolderView | null> => this.unprepared('chooseDockerfile', [folder]);
  buildSize = (folder: number, dockerfile: string): Promise<BuildSizeView> => this.unprepared('buildSize', [folder, dockerfile]);
  buildEngine = (engine: Engine, folder: number, dockerfile: string): Promise<BuildEngineView> => this.unprepared('buildEngine', [engine, folder, dockerfile]);
  chooseBuildSecret = (): Promise<BuildSecretFile | null> => this.unprepared('chooseBuildSecret', []);
  buildArgument = (name: string): Promise<BuildArgumentView> => this.unprepared('buildArgument', [name]);
  buildCommand = (wish: BuildWish): Promise<string> => this.unprepared('buildCommand', [wish]);
  beginBuild = (wish: BuildWish): Promise<JobId> => this.unprepared('beginBuild', [wish]);
  checkDestination = (reference: string): Promise<string> => this.unprepared('checkDestination', [reference]);
  setBuildPublish = (job: JobId, reference: string): Promise<void> => this.done('setBuildPublish', [job, reference]);
  publishBuilt = (job: JobId, reference: string): Promise<void> => this.done('publishBuilt', [job, reference]);
  latestBuild = (): Promise<JobId | null> => this.unprepared('latestBuild', []);
  watchBuild = (job: JobId, _channel: (update: BuildUpdate) => void): Promise<void> => this.done('watchBuild', [job]);
  startPractice = (draft: Draft): Promise<PracticeView> => this.unprepared('startPractice', [draft]);
  suggestions = (draft: Draft, field: Field): Promise<Array<SuggestionView>> => this.unprepared('suggestions', [draft, field]);
  listedSuggestions = (draft: Draft, field: Field): Promise<Array<SuggestionView>> => this.unprepared('listedSuggestions', [draft, field]);
  openRecent = (file: number, draft: Draft): Promise<OpenedView> => this.unprepared('openRecent', [file, draft]);
  findRecent = (file: number, draft: Draft): Promise<OpenedView | null> => this.unprepared('findRecent', [file, draft]);
  watchJob = (job: JobId, _channel: (update: JobUpdate) => void): Promise<void> => this.done('watchJob', [job]);
  cancelJob = (job: JobId): Promise<void> => this.done('cancelJob', [job]);
  pauseJob = (job: JobId): Promise<void> => this.done('pauseJob', [job]);
  resumeJob = (job: JobId): Promise<void> => this.done('resumeJob', [job]);
  tryJobNow = (job: JobId): Promise<void> => this.done('tryJobNow', [job]);
  moveBack = (job: JobId, tag: string): Promise<JobView> => this.unprepared('moveBack', [job, tag]);
  verifyAgain = (job: JobId): Promise<JobView> => this.unprepared('verifyAgain', [job]);
  visibility = (job: JobId): Promise<VisibilityView> => this.unprepared('visibility', [job]);
  workflow = (job: JobId): Promise<string> => this.unprepared('workflow', [job]);
  saveWorkflow = (job: JobId): Promise<boolean> => this.unprepared('saveWorkflow', [job]);
  watchActivity = (_channel: (update: ActivityView) => void): Promise<void> => this.done('watchActivity', []);
  history = (query: HistoryQuery): Promise<HistoryPage> => this.unprepared('history', [query]);
  recent = (): Promise<Array<RecentView>> => this.unprepared('recent', []);
  reopenJob = (job: JobId): Promise<OpenedView> => this.unprepared('reopenJob', [job]);
  forgetJob = (job: JobId): Promise<void> => this.done('forgetJob', [job]);
  clearHistory = (): Promise<void> => this.done('clearHistory', []);
  pauseAll = (): Promise<void> => this.done('pauseAll', []);
  exportHistory = (): Promise<boolean> => this.unprepared('exportHistory', []);
  changeSettings = (settings: SettingsView): Promise<PreferencesView> => this.unprepared('changeSettings', [settings]);
  compressionSpeeds = (): Promise<Array<number>> => this.unprepared('compressionSpeeds', []);
  parts = (): Promise<PartsView> => this.unprepared('parts', []);
  clearParts = (): Promise<PartsView> => this.unprepared('clearParts', []);
  diagnostics = (): Promise<string> => this.unprepared('diagnostics', []);
  saveDiagnostics = (): Promise<boolean> => this.unprepared('saveDiagnostics', []);
  differences = (draft: Draft, tag: string, platform: string | null): Promise<DifferencesView> => this.unprepared('differences', [draft, tag, platform]);
  companions = (draft: Draft): Promise<Array<string>> => this.unprepared('companions', [draft]);
  fixedVersions = (): Promise<Array<FixedView>> => this.unprepared('fixedVersions', []);
  fixVersions = (rule: FixedView): Promise<Array<FixedView>> => this.unprepared('fixVersions', [rule]);
  letVersionsMove = (place: string): Promise<Array<FixedView>> => this.unprepared('letVersionsMove', [place]);
  hosts = (): Promise<Array<HostView>> => this.unprepared('hosts', []);
  setHost = (host: HostSettings): Promise<HostsView> => this.unprepared('setHost', [host]);
  removeHost = (name: string): Promise<HostsView> => this.unprepared('removeHost', [name]);
  checkHost = (name: string): Promise<Array<HostCheckView>> => this.unprepared('checkHost', [name]);
  registries = (): Promise<Array<RegistryView>> => this.unprepared('registries', []);
  accounts = (): Promise<AccountsView> => this.unprepared('accounts', []);
  checkToken = (token: string): Promise<TokenCheckView> => this.unprepared('checkToken', [token]);
  readClipboardToken = (host: string): Promise<HeldToken | null> => this.unprepared('readClipboardToken', [host]);
  readTokenFile = (host: string): Promise<HeldToken | null> => this.unprepared('readTokenFile', [host]);
  holdDroppedToken = (host: string, file: FileId): Promise<HeldToken> => this.unprepared('holdDroppedToken', [host, file]);
  notifyExpiry = (id: string, title: string, body: string): Promise<void> => this.done('notifyExpiry', [id, title, body]);
  dropHeldToken = (id: number): Promise<void> => this.done('dropHeldToken', [id]);
  findCredentials = (): Promise<FoundCredentials> => this.unprepared('findCredentials', []);
  offeredLogins = (): Promise<Array<FoundView>> => this.unprepared('offeredLogins', []);
  addAccount = (account: NewAccount): Promise<AddedAccount> => this.unprepared('addAccount', [account]);
  replaceToken = (id: string, token: TokenFrom, keep: boolean, anyway: boolean): Promise<AddedAccount> => this.unprepared('replaceToken', [id, token, keep, anyway]);
  verifyAccount = (id: string): Promise<AccountsView> => this.unprepared('verifyAccount', [id]);
  cancelAccountCheck = (id: string): Promise<void> => this.done('cancelAccountCheck', [id]);
  signOutAccount = (id: string): Promise<AccountsView> => this.unprepared('signOutAccount', [id]);
  useAccount = (id: string): Promise<AccountsView> => this.unprepared('useAccount', [id]);
  checkKeychain = (): Promise<AccountsView> => this.unprepared('checkKeychain', []);
  signInWithBrowser = (host: string, purpose: Purpose, keep: boolean, _channel: (update: BrowserSignIn) => void): Promise<void> => this.done('signInWithBrowser', [host, purpose, keep]);
  cancelBrowserSignIn = (): Promise<void> => this.done('cancelBrowserSignIn', []);
  openAccountPage = (page: AccountPage): Promise<void> => this.done('openAccountPage', [page]);
  engines = (): Promise<EnginesView> => this.unprepared('engines', []);
  engineImages = (engine: Engine): Promise<HeldImagesView> => this.unprepared('engineImages', [engine]);
  imageStates = (engine: Engine, ids: Array<string>, anew: boolean): Promise<Array<ImageStateView>> => this.unprepared('imageStates', [engine, ids, anew]);
  openHeld = (engine: Engine, name: string, draft: Draft): Promise<OpenedView> => this.unprepared('openHeld', [engine, name, draft]);
  leaveImage = (file: FileId): Promise<void> => this.done('leaveImage', [file]);
  tagHeld = (engine: Engine, id: string, name: string): Promise<void> => this.done('tagHeld', [engine, id, name]);
  containersOf = (engine: Engine, id: string): Promise<Array<ContainerView>> => this.unprepared('containersOf', [engine, id]);
  heldCommands = (engine: Engine, images: Array<Array<string>>, draft: Draft): Promise<string> => this.unprepared('heldCommands', [engine, images, draft]);
  engineSignIns = (id: string): Promise<Array<EngineSignIn>> => this.unprepared('engineSignIns', [id]);
  signInEngine = (id: string, engine: Engine, plain: boolean): Promise<void> => this.done('signInEngine', [id, engine, plain]);
  dockerAsks = (): Promise<DockerAsks> => this.unprepared('dockerAsks', []);
  letDockerAsk = (id: string): Promise<DockerAsks> => this.unprepared('letDockerAsk', [id]);
  letDockerBe = (): Promise<DockerAsks> => this.unprepared('letDockerBe', []);
}

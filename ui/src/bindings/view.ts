// Generated from crates/app/src/view/ by its test `bindings`. Do not edit.

/**
 * A file that was opened in this run. The page holds this handle, which nobody can guess, never a path.
 */
export type FileId = number;

/**
 * A job of this run.
 */
export type JobId = number;

/**
 * A folder that can be built.
 */
export type BuildFolderView = { 
/**
 * Handle of the folder.
 */
folder: number, 
/**
 * Where it is, as people read it, such as `~/src/octo-app`.
 */
shown: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Dockerfiles in it, with slashes from the folder on; the usual name first.
 */
dockerfiles: Array<string>, 
/**
 * The one that was looked into; none where there is none.
 */
dockerfile: string | null, 
/**
 * Names of its stages that can be built, in order.
 */
stages: Array<string>, 
/**
 * The arguments that it takes.
 */
arguments: Array<BuildArgumentView>, 
/**
 * IDs of the secrets that it asks for.
 */
secrets: Array<string>, 
/**
 * Why it cannot be read.
 */
failure: FailureView | null, };

/**
 * An argument that a Dockerfile takes.
 */
export type BuildArgumentView = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its value where none is given.
 */
default: string | null, 
/**
 * It is called as secrets are.
 */
secret: boolean, };

/**
 * What is sent to the engine.
 */
export type BuildSizeView = { 
/**
 * Files and links.
 */
files: number, 
/**
 * Bytes of the files.
 */
bytes: number, 
/**
 * Files and folders that `.dockerignore` leaves out; what is in such a folder is not counted.
 */
leftOut: number, };

/**
 * What an engine builds.
 */
export type BuildEngineView = { 
/**
 * Which one.
 */
engine: Engine, 
/**
 * Its name and version, such as `Docker 29.1`.
 */
name: string, 
/**
 * It takes secrets for a build.
 */
secrets: boolean, 
/**
 * The platforms; its own first.
 */
platforms: Array<BuildPlatformView>, };

/**
 * A platform that can be built.
 */
export type BuildPlatformView = { 
/**
 * Such as `linux/arm64`.
 */
platform: string, 
/**
 * How.
 */
how: BuildHow, };

/**
 * How a platform is built.
 */
export type BuildHow = "native" | "emulated" | "noEmulator";

/**
 * What somebody wants to build.
 */
export type BuildWish = { 
/**
 * Handle of the folder.
 */
folder: number, 
/**
 * A Dockerfile in it.
 */
dockerfile: string, 
/**
 * A stage of it; empty for the last one.
 */
target: string, 
/**
 * Platforms; none for the engine's own.
 */
platforms: Array<string>, 
/**
 * Arguments with their values.
 */
arguments: Array<BuildArgument>, 
/**
 * Secrets, by where their values are.
 */
secrets: Array<BuildSecret>, 
/**
 * The engine.
 */
engine: Engine, 
/**
 * Where the image goes when it is built, a whole reference; empty where it is not published.
 */
publish: string, };

/**
 * An argument of a build.
 */
export type BuildArgument = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its value.
 */
value: string, };

/**
 * A secret of a build.
 */
export type BuildSecret = { 
/**
 * What `RUN --mount=type=secret,id=…` names.
 */
id: string, 
/**
 * Where its value is.
 */
from: BuildSecretFrom, };

/**
 * Where the value of a secret is. It is read when the build begins.
 */
export type BuildSecretFrom = { "kind": "environment", 
/**
 * Its name.
 */
variable: string, } | { "kind": "file", 
/**
 * Its handle.
 */
file: number, };

/**
 * A file that somebody chose for a secret.
 */
export type BuildSecretFile = { 
/**
 * Its handle.
 */
file: number, 
/**
 * Where it is, as people read it.
 */
shown: string, };

/**
 * A build, as its job is kept.
 */
export type BuildView = { 
/**
 * The folder, as people read it.
 */
folder: string, 
/**
 * The Dockerfile in it.
 */
dockerfile: string, 
/**
 * The stage; empty for the last one.
 */
target: string, 
/**
 * Which engine builds, such as `Docker 29.1`.
 */
engine: string, 
/**
 * Names of the arguments; their values are not kept.
 */
arguments: Array<string>, 
/**
 * IDs of the secrets.
 */
secrets: Array<string>, 
/**
 * Set when it is built.
 */
result: BuiltView | null, };

/**
 * What came of a build.
 */
export type BuiltView = { 
/**
 * The engine's IDs of the images, one for each platform.
 */
ids: Array<string>, 
/**
 * Bytes of them, unpacked, as the engine counts.
 */
size: number, 
/**
 * Steps of the Dockerfile.
 */
steps: number, 
/**
 * Those that came from the engine's cache.
 */
cached: number, 
/**
 * Milliseconds.
 */
durationMs: number, };

/**
 * A build as somebody watches it.
 */
export type BuildRunView = { 
/**
 * Its job.
 */
job: JobId, 
/**
 * What the image is called.
 */
name: string, 
/**
 * What it is made of.
 */
build: BuildView, 
/**
 * The engine that builds it and has the image then; none where that is not known any more.
 */
engine: Engine | null, 
/**
 * Platforms.
 */
platforms: Array<string>, 
/**
 * When it began, seconds since 1970.
 */
started: number, 
/**
 * Where the image goes when it is built; empty where it is not published.
 */
publish: string, 
/**
 * Where it stands.
 */
progress: BuildProgressView, 
/**
 * The steps of the Dockerfile, and of the engine's own work those that failed.
 */
steps: Array<BuildStepView>, };

/**
 * Where a build stands.
 */
export type BuildProgressView = { 
/**
 * State.
 */
state: BuildState, 
/**
 * Bytes of the folder that went to the engine.
 */
sent: number, 
/**
 * Bytes that will.
 */
total: number, 
/**
 * Milliseconds since it began.
 */
elapsedMs: number, 
/**
 * The step that runs, or ran last, from 1.
 */
step: number, 
/**
 * Steps, as far as they are known.
 */
steps: number, 
/**
 * Set when it is built.
 */
result: BuiltView | null, 
/**
 * Set when it failed.
 */
failure: FailureView | null, 
/**
 * What the engine says of the failure, where it began to build.
 */
failed: BuildFailedView | null, 
/**
 * What becomes of the image.
 */
after: AfterBuildView, };

/**
 * States of a build.
 */
export type BuildState = "waiting" | "sending" | "building" | "cancelling" | "done" | "failed" | "cancelled";

/**
 * Why a build failed, in the engine's words.
 */
export type BuildFailedView = { 
/**
 * The engine's words.
 */
message: string, 
/**
 * Number of the step.
 */
step: number | null, 
/**
 * Line of the Dockerfile, from 1.
 */
line: number | null, 
/**
 * What the command ended with.
 */
code: number | null, };

/**
 * A step of a build.
 */
export type BuildStepView = { 
/**
 * Its number, which it keeps.
 */
number: number, 
/**
 * The stage that it belongs to, and of several platforms the platform.
 */
stage: string, 
/**
 * The instruction. In place of values of arguments it has their names.
 */
instruction: string, 
/**
 * State.
 */
state: BuildStepState, 
/**
 * When it began, milliseconds since the build did.
 */
beganMs: number | null, 
/**
 * How long it took, milliseconds.
 */
tookMs: number | null, };

/**
 * States of a step.
 */
export type BuildStepState = "waiting" | "running" | "cached" | "done" | "failed" | "cancelled";

/**
 * A line of what a step writes, harmless to show.
 */
export type BuildLineView = { 
/**
 * Number of the step.
 */
step: number, 
/**
 * Milliseconds since the step began.
 */
atMs: number, 
/**
 * The line.
 */
text: string, };

/**
 * What becomes of an image that is built.
 */
export type AfterBuildView = { "kind": "nothing" } | { "kind": "looking" } | { "kind": "publishes", 
/**
 * The job.
 */
job: JobId, } | { "kind": "waits", 
/**
 * Why.
 */
failure: FailureView | null, 
/**
 * What the pre-flight says against it.
 */
checks: Array<CheckView>, };

/**
 * What a watching view of a build gets.
 */
export type BuildUpdate = { "kind": "snapshot", 
/**
 * The build.
 */
build: BuildRunView, 
/**
 * The lines that are kept of all steps.
 */
lines: Array<BuildLineView>, } | { "kind": "progress", 
/**
 * Where it stands.
 */
progress: BuildProgressView, 
/**
 * Where the image goes when it is built.
 */
publish: string, 
/**
 * Steps that changed.
 */
steps: Array<BuildStepView>, 
/**
 * New lines.
 */
lines: Array<BuildLineView>, };

/**
 * What somebody pasted, as far as it is understood.
 */
export type PastedView = { 
/**
 * The image that is meant.
 */
wish: WishView | null, 
/**
 * Why it is none; nothing of the two where nothing was typed.
 */
problem: PastedProblem | null, };

/**
 * Why what was pasted is no reference.
 */
export type PastedProblem = { 
/**
 * The rule that it breaks.
 */
rule: RuleId, 
/**
 * Values for the sentence's placeholders, by name.
 */
params: { [key in string]: string }, 
/**
 * The nearest reference, where there is one.
 */
fix: string | null, 
/**
 * English sentence, for logs.
 */
message: string, };

/**
 * An image that somebody wants.
 */
export type WishView = { 
/**
 * The whole reference, as it was understood.
 */
reference: string, 
/**
 * `HOST/PATH` of it.
 */
repository: string, 
/**
 * The registry, as people see it.
 */
registry: string, 
/**
 * Its tag, where one was named.
 */
tag: string | null, 
/**
 * Its digest, where one was named.
 */
digest: string | null, 
/**
 * The platform that a pasted command wanted.
 */
platform: string | null, 
/**
 * The older registry: always with a sign-in, by version only.
 */
legacy: boolean, 
/**
 * It comes from this computer.
 */
practice: boolean, };

/**
 * As whom a registry was read.
 */
export type ReadAs = { 
/**
 * The account; none: as nobody in particular.
 */
account: AccountView | null, 
/**
 * Whose credential the registry refused, where it could be read without.
 */
refused: AccountView | null, 
/**
 * Who may see the package, as far as that is known.
 */
visibility: Visibility, };

/**
 * The tags of a repository.
 */
export type TagsView = { 
/**
 * `HOST/PATH`.
 */
repository: string, 
/**
 * One row a version with all its tags; those of which the date is known first, the newest first, then the others, the
 * highest version first.
 */
rows: Array<TagRow>, 
/**
 * So many of them are tags of signatures and the like.
 */
signatures: number, 
/**
 * The row of the highest version number; none where no tag is one.
 */
suggested: number | null, 
/**
 * Dates are known of all, of some, or of none.
 */
dates: Dates, 
/**
 * As whom they were read.
 */
readAs: ReadAs, };

/**
 * A version with its tags.
 */
export type TagRow = { 
/**
 * Handle within the list.
 */
id: number, 
/**
 * Its tags, the highest version number first. At least one.
 */
tags: Array<string>, 
/**
 * Digest, where it is known without asking for each tag.
 */
digest: string | null, 
/**
 * When it came, seconds since 1970.
 */
created: number | null, 
/**
 * Its place by version number, the highest first.
 */
rank: number, 
/**
 * It holds a signature, an attestation or an SBOM, no image.
 */
signature: boolean, };

/**
 * How many rows have a date.
 */
export type Dates = "all" | "some" | "none";

/**
 * What a tag or digest names.
 */
export type FactsView = { 
/**
 * The reference that was asked about.
 */
reference: string, 
/**
 * Digest of the manifest or index.
 */
digest: string, 
/**
 * It is an index: several platforms, or one in a list.
 */
index: boolean, 
/**
 * Its platforms, in its order.
 */
platforms: Array<PlatformView>, 
/**
 * All of them together, as far as every manifest was read; none where it is no index.
 */
all: SizeView | null, 
/**
 * The place in `platforms` of the one that fits this computer, else of the first.
 */
preselected: number, 
/**
 * The place in `platforms` of the one that was asked for; none where it is not there, or none was.
 */
wanted: number | null, 
/**
 * As whom it was read.
 */
readAs: ReadAs, 
/**
 * `docker pull HOST/PATH:TAG`; none where only a digest was named.
 */
byVersion: string | null, 
/**
 * `docker pull HOST/PATH@DIGEST`; none where the registry takes no digest.
 */
byDigest: string | null, };

/**
 * One platform of an image.
 */
export type PlatformView = { 
/**
 * `linux/arm64/v8`; empty where the image does not say it.
 */
platform: string, 
/**
 * It runs on this computer.
 */
fits: boolean, 
/**
 * What it takes, once its manifest was read.
 */
size: SizeView | null, };

/**
 * What there is to fetch.
 */
export type SizeView = { 
/**
 * Layers, each counted once.
 */
layers: number, 
/**
 * Bytes, those that are here already among them.
 */
bytes: number, 
/**
 * Bytes of layers and configurations that lie in files here, and are taken from there.
 */
here: number, };

/**
 * What speaks of an image and comes along where that is wanted: signatures, SBOMs, attestations.
 */
export type SignaturesView = { 
/**
 * Manifests that speak of it, or of one another.
 */
count: number, 
/**
 * Bytes beside those of the image, those that are here already among them.
 */
bytes: number, 
/**
 * Bytes of it that lie in files here, and are taken from there.
 */
here: number, };

/**
 * Where a file or a folder goes. The page knows the place by its handle alone.
 */
export type PlaceView = { 
/**
 * Handle.
 */
id: number, 
/**
 * `~/Downloads/monalisa-2.3.1.tar`, to be shown.
 */
shown: string, 
/**
 * A file of this name is there. A folder is added to.
 */
exists: boolean, 
/**
 * What the new one is called where both are kept.
 */
both: string, };

/**
 * What is to be fetched, and into which file or folder.
 */
export type InstallWish = { 
/**
 * The whole reference.
 */
reference: string, 
/**
 * Only these platforms; none for what fits the kind of file.
 */
platforms: Array<string>, 
/**
 * All platforms, whatever the kind of file.
 */
allPlatforms: boolean, 
/**
 * Signatures, SBOMs and attestations come along.
 */
signatures: boolean, 
/**
 * The kind of file.
 */
format: FileFormat, 
/**
 * The engine that it goes into, whatever the kind of file; none: to `place`.
 */
engine: Engine | null, 
/**
 * Where it goes: a folder for an OCI layout, else a file.
 */
place: number, 
/**
 * What becomes of a file that is there.
 */
existing: Existing, 
/**
 * Without the account that would be used.
 */
anonymous: boolean, };

/**
 * What becomes of a file that has the name already.
 */
export type Existing = "ask" | "replace" | "keepBoth";

/**
 * What came of wanting to begin.
 */
export type Begun = { "kind": "job", 
/**
 * Its handle.
 */
job: JobId, } | { "kind": "exists", 
/**
 * The place as it is now.
 */
place: PlaceView, } | { "kind": "noRoom", 
/**
 * Bytes that are to be written.
 */
need: number, 
/**
 * Bytes that are missing.
 */
missing: number, };

/**
 * The file or folder that a pull wrote, or the image in an engine, and what people do with it.
 */
export type InstalledFile = { 
/**
 * `~/Downloads/monalisa-2.3.1.tar`, to be shown; the engine.
 */
shown: string, 
/**
 * It is in this engine.
 */
engine: Engine | null, 
/**
 * It is there.
 */
there: boolean, 
/**
 * `docker load -i …`, for a shell; none for a folder, which Docker does not load.
 */
dockerLoad: string | null, 
/**
 * `podman load -i …`, for a shell; none where it is in an engine already.
 */
podmanLoad: string | null, 
/**
 * What FROM and Compose call it: `HOST/PATH:TAG`, with `@DIGEST` where one was named.
 */
name: string, 
/**
 * The name that the image has once it is loaded, in an engine its ID where it has no name; none for a file that was
 * named by a digest only.
 */
loaded: string | null, 
/**
 * Ports that it listens on, such as `8080/tcp`, as far as they are known.
 */
ports: Array<string>, 
/**
 * `docker pull HOST/PATH:TAG`; none where only a digest was named.
 */
byVersion: string | null, 
/**
 * `docker pull HOST/PATH@DIGEST`; none where the registry takes no digest.
 */
byDigest: string | null, 
/**
 * The same as a command of Slipway.
 */
command: string, };

/**
 * How serious a finding or a check is.
 */
export type Level = "information" | "warning" | "problem";

/**
 * What the window needs to know once, when it starts.
 */
export type StartView = { 
/**
 * Slipway's version.
 */
version: string, 
/**
 * `en` or `zh-CN`, from the settings or else the system.
 */
language: string, 
/**
 * What people chose.
 */
settings: SettingsView, 
/**
 * The registries to offer, in order.
 */
registries: Array<RegistryView>, 
/**
 * The form as it was left, or an empty one.
 */
draft: Draft, };

/**
 * The settings. None means the usual: what the system says, or what is best.
 */
export type SettingsView = { 
/**
 * `en` or `zh-CN`.
 */
language: string | null, 
/**
 * Colour theme.
 */
theme: Theme, 
/**
 * Colours for people who see some alike.
 */
colors: Colors, 
/**
 * Nothing moves, even where the system would let it.
 */
reduceMotion: boolean, 
/**
 * Size of everything in the window, percent; 100 is usual.
 */
zoom: number, 
/**
 * Whether the system tells of jobs that ended while nobody looked.
 */
notifications: Notifications, 
/**
 * What becomes of running jobs when the window is closed.
 */
onClose: OnClose, 
/**
 * How plain layers are compressed: `gzip:5`, `zstd:2`.
 */
compression: string | null, 
/**
 * Large layers side by side, at most; from 1 on.
 */
parallel: number | null, 
/**
 * Bytes a second that go up, at most; from 1 on.
 */
limitRate: number | null, 
/**
 * `put`, `stream` or `chunks`.
 */
way: string | null, 
/**
 * `system`, `none`, or the address of a proxy.
 */
proxy: string | null, };

/**
 * The settings as they are, and what follows from them.
 */
export type PreferencesView = { 
/**
 * They.
 */
settings: SettingsView, 
/**
 * `en` or `zh-CN`: what the window speaks.
 */
language: string, };

/**
 * What a version names now, and what differs from the image that is to be published.
 */
export type DifferencesView = { 
/**
 * The version.
 */
tag: string, 
/**
 * What it names: digest of the manifest or index.
 */
digest: string, 
/**
 * When the image of `platform` was built, seconds since 1970, where it says that.
 */
created: number | null, 
/**
 * Its layers at the registry, bytes; 0 where nothing is compared.
 */
size: number, 
/**
 * Platforms that both have; an empty text where an image says none.
 */
platforms: Array<string>, 
/**
 * Platforms of the one at the registry alone.
 */
onlyThere: Array<string>, 
/**
 * Platforms of the one to be published alone.
 */
onlyHere: Array<string>, 
/**
 * The one that is compared.
 */
platform: string | null, 
/**
 * What differs; none where they have no platform in common.
 */
comparison: ComparisonView | null, };

/**
 * What differs between two images of one platform.
 */
export type ComparisonView = { 
/**
 * Layers of both.
 */
common: LayersView, 
/**
 * Layers of the one at the registry alone.
 */
onlyThere: LayersView, 
/**
 * Layers of the one to be published alone; about, where they are compressed on the way.
 */
onlyHere: LayersView, 
/**
 * What differs in their configurations.
 */
config: Array<ConfigDifference>, };

/**
 * Some layers.
 */
export type LayersView = { 
/**
 * How many.
 */
count: number, 
/**
 * Together, bytes.
 */
bytes: number, };

/**
 * A part of a configuration that differs. Values of variables never cross.
 */
export type ConfigDifference = { 
/**
 * Which.
 */
part: ConfigPartName, 
/**
 * What only the one at the registry has.
 */
gone: Array<string>, 
/**
 * What only the one to be published has.
 */
come: Array<string>, 
/**
 * Names of variables that have another value.
 */
changed: Array<string>, };

/**
 * Parts of a configuration.
 */
export type ConfigPartName = "entryPoint" | "command" | "user" | "workingFolder" | "ports" | "variables" | "labels";

/**
 * A rule: which versions of a place never move once they are set.
 */
export type FixedView = { 
/**
 * `HOST`, `HOST/OWNER` or `HOST/OWNER/NAME`; the rule of the smallest place counts.
 */
place: string, 
/**
 * Which versions.
 */
which: FixedKind, 
/**
 * Such as `2.*`, where that is which; empty otherwise.
 */
pattern: string, };

/**
 * Which versions never move.
 */
export type FixedKind = "versions" | "pattern" | "all" | "nothing";

/**
 * Colour theme.
 */
export type Theme = "system" | "light" | "dark" | "high-contrast";

/**
 * Colours for people who see some alike.
 */
export type Colors = "usual" | "red-green" | "blue-yellow";

/**
 * Whether the system tells of jobs that ended while nobody looked.
 */
export type Notifications = "on" | "off";

/**
 * What becomes of running jobs when the window is closed.
 */
export type OnClose = "ask" | "background" | "pause";

/**
 * A registry that the form offers.
 */
export type RegistryView = { 
/**
 * The endpoint's name, as it stands in references: `ghcr.io`, `127.0.0.1:5000`.
 */
name: string, 
/**
 * What people are shown in its place: the practice registry plays `ghcr.io`.
 */
shown: string, 
/**
 * Which of GitHub's two forms (and rules) it follows.
 */
form: RegistryForm, 
/**
 * Deprecated by GitHub; shown with the chip "Legacy".
 */
legacy: boolean, 
/**
 * The practice registry on this computer.
 */
practice: boolean, 
/**
 * Where the endpoints file leads it instead, where it does (a lasting chip says so).
 */
overridden: OverrideView | null, 
/**
 * The user name that is signed in there for this run, if any.
 */
account: AccountView | null, };

/**
 * What the endpoints file (`SLIPWAY_HOSTS`) leads elsewhere than the registry's name says.
 */
export type OverrideView = { 
/**
 * Which part of it.
 */
part: OverriddenPart, 
/**
 * Where it is now: host and port; for a connection what was set for it.
 */
address: string, 
/**
 * What is kept or found for the name is used there all the same, since the file says so.
 */
credentials: boolean, };

/**
 * A part of a registry that the endpoints file can lead elsewhere.
 */
export type OverriddenPart = "registry" | "api" | "web" | "connection";

/**
 * Which fields a registry's references have.
 */
export type RegistryForm = "ownerName" | "ownerRepositoryName";

/**
 * Who is signed in at a registry. Never a secret, not even its last characters.
 */
export type AccountView = { 
/**
 * User name.
 */
username: string, 
/**
 * Where the credential came from.
 */
source: CredentialSource, };

/**
 * Where a credential came from.
 */
export type CredentialSource = "thisRun" | "environment" | "keychain" | "dockerConfig" | "dockerHelper" | "podman" | "gh" | "tokenFile" | "standardInput" | "practice";

/**
 * Everything the accounts screen shows.
 */
export type AccountsView = { 
/**
 * By host in the order of `hosts`, and in the order they were added.
 */
accounts: Array<Account>, 
/**
 * Whether the system's keychain answers.
 */
keychain: KeychainView, 
/**
 * Where people may sign in, github.com first.
 */
hosts: Array<SignInHost>, };

/**
 * A person's credential at one host.
 */
export type Account = { 
/**
 * `LOGIN@HOST`.
 */
id: string, 
/**
 * Where it belongs: `github.com`, `ghe.example.com`, or a registry's own name.
 */
host: string, 
/**
 * The login.
 */
username: string, 
/**
 * What kind of token it is.
 */
kind: TokenKind, 
/**
 * How it came here.
 */
source: AccountSource, 
/**
 * Where its secret lies.
 */
storage: AccountStorage, 
/**
 * It is the one used at its host unless another is chosen.
 */
isDefault: boolean, 
/**
 * The registries it signs in to, as they stand in references.
 */
registries: Array<string>, 
/**
 * What became of the last check.
 */
state: AccountState, 
/**
 * When the host answered last, seconds since 1970; none where it never did.
 */
checkedAt: number | null, 
/**
 * The last try reached nobody; what is shown is of `checked_at`.
 */
offline: boolean, 
/**
 * What the token was granted; none where GitHub does not say.
 */
scopes: Array<string> | null, 
/**
 * What it can do, in the order of the table; empty at hosts that are not GitHub.
 */
tasks: Array<TaskView>, 
/**
 * Granted, and needed for nothing here.
 */
surplus: Array<string>, 
/**
 * Seconds since 1970; none where it never ends or GitHub did not say.
 */
expiresAt: number | null, 
/**
 * The system's user is to be told that it ends in 7 days or in 1, and was not yet.
 */
expiryDue: number | null, 
/**
 * Organizations with single sign-on that were asked about.
 */
signOn: Array<SignOnView>, };

/**
 * The kinds of tokens, told by their first characters.
 */
export type TokenKind = "classic" | "browser" | "fineGrained" | "app" | "other";

/**
 * How a token came to Slipway.
 */
export type AccountSource = { 
/**
 * The way.
 */
way: AccountWay, 
/**
 * The variable, the file's name, or the helper's name; empty where there is nothing to name.
 */
name: string, };

/**
 * The ways in.
 */
export type AccountWay = "browser" | "paste" | "file" | "environment" | "docker" | "podman" | "gitHubCli" | "standardInput" | "practice";

/**
 * Where an account's secret lies.
 */
export type AccountStorage = { "place": "keychain", 
/**
 * The entry's name as the keychain shows it.
 */
entry: string, } | { "place": "thisRun" };

/**
 * What became of the last check of a token.
 */
export type AccountState = "notChecked" | "accepted" | "scopeMissing" | "expired" | "revoked" | "unsuitable" | "secretMissing" | "locked";

/**
 * One row of *What this token can do*.
 */
export type TaskView = { 
/**
 * What.
 */
task: TokenTask, 
/**
 * The scope that it takes.
 */
scope: string, 
/**
 * Whether the token may.
 */
allowed: Allowed, };

/**
 * What a token may be for.
 */
export type TokenTask = "install" | "publish" | "delete" | "legacy" | "organizations";

/**
 * Whether a token may do something.
 */
export type Allowed = "yes" | "missing" | "notGranted" | "unknown";

/**
 * Single sign-on of an organization.
 */
export type SignOnView = { 
/**
 * Its login.
 */
organization: string, 
/**
 * Whether the token is authorized for it.
 */
authorized: boolean, };

/**
 * The system's keychain.
 */
export type KeychainView = { 
/**
 * Whether it answers.
 */
state: KeychainState, 
/**
 * What to install where it is missing, such as `gnome-keyring`; empty where that does not help.
 */
package: string, };

/**
 * Whether the keychain answers.
 */
export type KeychainState = "ready" | "missing" | "locked";

/**
 * A host that people may sign in to.
 */
export type SignInHost = { 
/**
 * `github.com`, `ghe.example.com`, or a registry's own name.
 */
name: string, 
/**
 * Its registries, as they stand in references.
 */
registries: Array<string>, 
/**
 * It is GitHub: it says whom a token belongs to. Elsewhere the user name is typed.
 */
github: boolean, 
/**
 * Signing in with the browser is set up for it.
 */
browser: boolean, };

/**
 * What a new token is for; decides the scopes that the form on GitHub opens with.
 */
export type Purpose = "install" | "publish" | "publishAndDelete" | "legacy";

/**
 * What can be told of a token without asking anybody.
 */
export type TokenCheckView = { 
/**
 * Its kind.
 */
kind: TokenKind, 
/**
 * Whether it can be right.
 */
verdict: TokenVerdict, };

/**
 * Whether a token can be right.
 */
export type TokenVerdict = "empty" | "complete" | "plausible" | "tooShort" | "tooLong" | "checksum" | "fineGrained";

/**
 * A token that was read in Rust, from the clipboard or a file, and waits there to be used.
 */
export type HeldToken = { 
/**
 * Names it in [`TokenFrom::Held`].
 */
id: number, 
/**
 * What can be told of it.
 */
check: TokenCheckView, 
/**
 * The file's name; empty for the clipboard.
 */
file: string, };

/**
 * A credential that this computer already has, found but not read.
 */
export type FoundView = { 
/**
 * Names it in [`TokenFrom::Found`].
 */
id: number, 
/**
 * Where it was found, and the variable's, helper's or file's name.
 */
source: AccountSource, 
/**
 * The host it is for, as Slipway names hosts.
 */
host: string, 
/**
 * The login; empty where the place does not say.
 */
username: string, };

/**
 * What was found, and the places that could not be read.
 */
export type FoundCredentials = { 
/**
 * In the order they would be used.
 */
found: Array<FoundView>, 
/**
 * Places that could not be read, and why.
 */
troubles: Array<FoundTrouble>, };

/**
 * A place that could not be read.
 */
export type FoundTrouble = { 
/**
 * Which.
 */
way: AccountWay, 
/**
 * Why, in English, naming the file or program.
 */
message: string, };

/**
 * Where the token of a new account comes from.
 */
export type TokenFrom = { "from": "typed", 
/**
 * The token.
 */
token: string, } | { "from": "held", 
/**
 * [`HeldToken::id`].
 */
id: number, } | { "from": "found", 
/**
 * [`FoundView::id`].
 */
id: number, };

/**
 * An account to add.
 */
export type NewAccount = { 
/**
 * The host.
 */
host: string, 
/**
 * Its token.
 */
token: TokenFrom, 
/**
 * The login; empty to ask GitHub whom the token belongs to.
 */
username: string, 
/**
 * Keep it in the system's keychain; else until Slipway quits.
 */
keep: boolean, 
/**
 * Take it though GitHub Packages refuses its kind, or nobody can be asked.
 */
anyway: boolean, };

/**
 * An account that was added.
 */
export type AddedAccount = { 
/**
 * Its id.
 */
id: string, 
/**
 * All accounts now.
 */
accounts: AccountsView, 
/**
 * The keychain would not take it, so that it is kept until Slipway quits.
 */
notKept: boolean, };

/**
 * What happens while somebody signs in with the browser.
 */
export type BrowserSignIn = { "type": "code", 
/**
 * `XXXX-XXXX`.
 */
code: string, 
/**
 * The page, for people to read.
 */
page: string, 
/**
 * When the code ends, seconds since 1970.
 */
expiresAt: number, } | { "type": "added", 
/**
 * The account.
 */
added: AddedAccount, 
/**
 * What was asked for and not granted.
 */
lost: Array<TokenTask>, } | { "type": "failed", 
/**
 * Why.
 */
failure: FailureView, };

/**
 * Pages about accounts, from a closed list.
 */
export type AccountPage = { "page": "newToken", 
/**
 * The host.
 */
host: string, 
/**
 * What for.
 */
purpose: Purpose, } | { "page": "tokens", 
/**
 * The account.
 */
account: string, } | { "page": "signOn", 
/**
 * The account.
 */
account: string, 
/**
 * The organization.
 */
organization: string, } | { "page": "code", 
/**
 * The host.
 */
host: string, };

/**
 * How a container engine on this computer would be signed in.
 */
export type EngineSignIn = { 
/**
 * Which.
 */
engine: Engine, 
/**
 * It is installed.
 */
installed: boolean, 
/**
 * It asks Slipway anyway, so there is nothing to do.
 */
asks: boolean, 
/**
 * It would keep the token in a plain file.
 */
plain: boolean, 
/**
 * Where it would keep it: a helper's or a file's name.
 */
place: string, };

/**
 * The engines of this computer.
 */
export type EnginesView = { 
/**
 * Docker, then Podman: of each the one that its own command takes.
 */
engines: Array<EngineView>, };

/**
 * A container engine.
 */
export type EngineView = { 
/**
 * Which one.
 */
engine: Engine, 
/**
 * Whether it can be used.
 */
state: EngineState, 
/**
 * Its version, where it answers.
 */
version: string | null, 
/**
 * Where it listens, and who says so; empty where nothing is.
 */
place: string, 
/**
 * Its images are as a registry gave them, and its IDs are digests of manifests.
 */
keepsDigests: boolean, 
/**
 * It runs as the person, not as root.
 */
rootless: boolean, 
/**
 * Why it cannot be used.
 */
failure: FailureView | null, 
/**
 * A command for a terminal that helps then; none where there is none.
 */
command: string | null, };

/**
 * Whether an engine can be used.
 */
export type EngineState = "running" | "notRunning" | "notInstalled" | "noAccess" | "failed";

/**
 * An image that an engine has.
 */
export type HeldImage = { 
/**
 * Which engine.
 */
engine: Engine, 
/**
 * The name or ID that it was asked for by.
 */
name: string, 
/**
 * `sha256:…`, what the engine calls the image itself.
 */
id: string, 
/**
 * Once published, it gets the published name in the engine, too.
 */
nameIt: boolean, };

/**
 * The images of an engine, as it told them.
 */
export type HeldImagesView = { 
/**
 * The engine.
 */
engine: EngineView, 
/**
 * One an image, newest first.
 */
images: Array<EngineImageView>, 
/**
 * The registries that their names speak of and that are asked, with who asks.
 */
compared: Array<ComparedView>, 
/**
 * When the engine told them, seconds since 1970.
 */
read: number, };

/**
 * A registry that is asked, and as whom.
 */
export type ComparedView = { 
/**
 * Its name.
 */
registry: string, 
/**
 * Who asks.
 */
username: string, };

/**
 * How an image of an engine stands at the registry that its names speak of.
 */
export type ImageStateView = { 
/**
 * Its ID.
 */
id: string, 
/**
 * How it stands there.
 */
state: RegistryState, 
/**
 * Why that is not known.
 */
reason: UnknownReason | null, 
/**
 * The registry that this speaks of; empty where there is none.
 */
registry: string, 
/**
 * The tag that this speaks of; empty where there is none.
 */
tag: string, 
/**
 * The digest that stands there under this tag.
 */
digest: string | null, 
/**
 * Another tag there of the same digest, where one is known.
 */
sameAs: string | null, 
/**
 * The engine knows no digests of manifests, so configurations were compared.
 */
byConfig: boolean, 
/**
 * The package is there, if not the tag.
 */
package: boolean, 
/**
 * Of what is published: a tag of it that is not there.
 */
missing: string | null, 
/**
 * When the registry may be asked again, seconds since 1970; only where it asked to wait.
 */
again: number | null, 
/**
 * What went wrong.
 */
failure: FailureView | null, };

/**
 * How an image of an engine stands at a registry.
 */
export type RegistryState = "older" | "published" | "notThere" | "unknown" | "noName";

/**
 * Why it is not known how an image stands at a registry.
 */
export type UnknownReason = "notAsked" | "localName" | "signedOut" | "offline" | "noAccess" | "rateLimited" | "failed";

/**
 * A container that uses an image.
 */
export type ContainerView = { 
/**
 * As the engine has it.
 */
id: string, 
/**
 * What people call it.
 */
name: string, 
/**
 * It runs now.
 */
running: boolean, };

/**
 * An image of an engine, with all its names.
 */
export type EngineImageView = { 
/**
 * `sha256:…`.
 */
id: string, 
/**
 * All its names with a tag, as the engine spells them; often none.
 */
names: Array<string>, 
/**
 * `REPOSITORY@DIGEST` of where it came from or went to.
 */
digests: Array<string>, 
/**
 * Such as `linux/amd64`; none where it is not known, or where `parts` say it.
 */
platform: string | null, 
/**
 * Bytes, unpacked, as the engine counts them.
 */
size: number, 
/**
 * Bytes of it that other images have, too, where the engine tells.
 */
shared: number | null, 
/**
 * When it was made, seconds since 1970, where that is known.
 */
created: number | null, 
/**
 * Containers that use it, running or not.
 */
containers: number, 
/**
 * What an index holds: platforms and statements about them.
 */
parts: Array<EnginePartView>, 
/**
 * Why it cannot be read, in English.
 */
unreadable: string | null, };

/**
 * What an index of an engine holds.
 */
export type EnginePartView = { 
/**
 * Digest of its manifest.
 */
digest: string, 
/**
 * Of which kind.
 */
kind: EnginePartKind, 
/**
 * Such as `linux/arm64/v8`, of a platform.
 */
platform: string | null, 
/**
 * What it speaks of, of an attestation.
 */
of: string | null, 
/**
 * Its bytes are there.
 */
available: boolean, 
/**
 * Bytes.
 */
size: number, };

/**
 * Kinds of what an index holds.
 */
export type EnginePartKind = "platform" | "attestation" | "other";

/**
 * Docker and Podman, as far as they ask Slipway for logins.
 */
export type DockerAsks = { 
/**
 * The registries that Docker asks Slipway for; none where it is not set up.
 */
registries: Array<string>, 
/**
 * Those of them that Podman asks for, too: its own logins stand before.
 */
podman: Array<string>, 
/**
 * Those of them whose token Docker's file holds all the same, unencrypted; it is passed over.
 */
plain: Array<string>, 
/**
 * Where Docker finds `docker-credential-slipway`.
 */
program: string | null, 
/**
 * Docker's settings.
 */
config: string, };

/**
 * A container engine.
 */
export type Engine = "docker" | "podman";

/**
 * The publish form, exactly as typed.
 */
export type Draft = { 
/**
 * The opened file, if any.
 */
file: FileId | null, 
/**
 * Which image of the file: its [`ImageView::selector`].
 */
image: string, 
/**
 * Publish only this platform of it, such as `linux/amd64`; empty for all.
 */
platform: string, 
/**
 * Endpoint name.
 */
registry: string, 
/**
 * Field Owner.
 */
owner: string, 
/**
 * Field Repository.
 */
repository: string, 
/**
 * Field Image name.
 */
imageName: string, 
/**
 * The versions added so far, in order.
 */
versions: Array<string>, 
/**
 * What stands in the Version field and is not added yet. It counts as one more version.
 */
versionText: string, 
/**
 * More options.
 */
options: DraftOptions, 
/**
 * The image of an engine that the file was exported from, if any.
 */
held?: HeldImage, };

/**
 * What most people leave as it is. Empty means the usual.
 */
export type DraftOptions = { 
/**
 * Description on the package's page; a label.
 */
description: string, 
/**
 * Licences on the package's page (SPDX); a label.
 */
licenses: string, 
/**
 * More labels, one `KEY=VALUE` a line.
 */
labels: string, 
/**
 * How plain layers are compressed: `gzip:5`, `fast`, `small`, `zstd`.
 */
compression: string, 
/**
 * `put`, `stream` or `chunks`.
 */
way: string, 
/**
 * Statements about the image stay behind.
 */
dropAttestations: boolean, };

/**
 * An opened file with its images.
 */
export type OpenedView = { 
/**
 * Handle of the file.
 */
file: FileId, 
/**
 * File name without its folder.
 */
name: string, 
/**
 * Size of the file on disk, bytes.
 */
fileSize: number, 
/**
 * What kind of file it is.
 */
format: FileFormat, 
/**
 * Outer compression (`gzip`, `zstd`, `xz`, `bzip2`), if any.
 */
compressed: string | null, 
/**
 * How long reading took, milliseconds.
 */
readMs: number, 
/**
 * The images inside, at least one.
 */
images: Array<ImageView>, 
/**
 * What the file lists beside them: incomplete images, and what is none.
 */
leftOut: Array<LeftOutView>, 
/**
 * The draft after opening: empty fields were filled from what the file says.
 */
draft: Draft, };

/**
 * An entry of a file that cannot be published.
 */
export type LeftOutView = { 
/**
 * The number that it has among the images: `@0`, `@1`, …; none for what is no image.
 */
selector: string | null, 
/**
 * The names found in the file, as stored there.
 */
names: Array<string>, 
/**
 * Media type that the file's list says; empty where it says none.
 */
mediaType: string, 
/**
 * Its platform, where the file's list says so.
 */
platform: string | null, 
/**
 * What it is.
 */
what: LeftOutWhat, 
/**
 * What it lacks, or what is wrong with it.
 */
failure: FailureView, };

/**
 * What is left out.
 */
export type LeftOutWhat = "noImage" | "absent" | "incomplete";

/**
 * What is being unpacked, or read from a pipe, into a temporary file, which is gone when Slipway ends.
 */
export type ReadingView = { 
/**
 * File name without its folder.
 */
name: string, 
/**
 * Bytes of the file that were read.
 */
read: number, 
/**
 * Bytes of the file; 0 for a pipe.
 */
total: number, 
/**
 * Bytes that were unpacked.
 */
written: number, 
/**
 * Bytes that it needs unpacked, as far as the file says it.
 */
need: number | null, };

/**
 * Kinds of image files.
 */
export type FileFormat = "dockerArchive" | "ociArchive" | "ociLayout";

/**
 * One image of a file.
 */
export type ImageView = { 
/**
 * Picks this image: a name or `@0`, `@1`, … (also what `slipway push --image` takes).
 */
selector: string, 
/**
 * The names found in the file, as stored there (they may not be valid).
 */
names: Array<NameView>, 
/**
 * Platforms that are in the file, such as `linux/amd64`; attestations are left out.
 */
platforms: Array<string>, 
/**
 * Platforms that the index names but the file lacks.
 */
missingPlatforms: Array<string>, 
/**
 * Sum of the layers' sizes as stored, bytes.
 */
size: number, 
/**
 * When it was built, seconds since 1970.
 */
created: number | null, 
/**
 * Entry point and command, joined by spaces.
 */
runs: string | null, 
/**
 * Media type of the manifest or index.
 */
mediaType: string, 
/**
 * Digest of the stored manifest or index; none where a manifest is made at publishing.
 */
digest: string | null, 
/**
 * Layers of the image (of all present platforms), in order.
 */
layers: Array<LayerView>, 
/**
 * What the page should point out.
 */
findings: Array<FindingView>, };

/**
 * A name that stands in the file, split for the form.
 */
export type NameView = { 
/**
 * As stored.
 */
name: string, 
/**
 * Its last path part, made valid; fills Image name. Empty where nothing usable is left, or where it is a version only.
 */
imageName: string, 
/**
 * Its tag; fills Version. Empty where it has none.
 */
version: string, };

/**
 * One layer.
 */
export type LayerView = { 
/**
 * Position, from 1.
 */
number: number, 
/**
 * The build step that made it, if the config tells.
 */
madeBy: string | null, 
/**
 * Digest of the stored bytes; none where it is only known after compressing.
 */
digest: string | null, 
/**
 * Digest of the unpacked tar, from the config.
 */
diffId: string | null, 
/**
 * Media type it will have in the registry.
 */
mediaType: string, 
/**
 * Stored size, bytes (0 for a foreign layer that is not in the file: see `declared_size`).
 */
size: number, 
/**
 * Size that the manifest declares, bytes.
 */
declaredSize: number, 
/**
 * How it is stored, by its first bytes: `plain`, `gzip`, `zstd`, `other`.
 */
stored: string, 
/**
 * How it will be sent.
 */
sending: LayerSending, 
/**
 * Platform it belongs to, in an image of several.
 */
platform: string | null, };

/**
 * How a layer will be sent.
 */
export type LayerSending = "asStored" | "compressed" | "notInFile";

/**
 * A one-click fix: apply `draft` and say `value` on the button.
 */
export type FixView = { 
/**
 * What kind of words the button has.
 */
kind: FixKind, 
/**
 * The value the button names, such as `octocat`.
 */
value: string, 
/**
 * The whole form after the fix.
 */
draft: Draft, };

/**
 * What a fix button says.
 */
export type FixKind = "use" | "useOwner" | "fillAll" | "leaveIt" | "switchRegistry" | "shorten" | "onePlatform" | "sendInParts" | "dontLink";

/**
 * The form's fields.
 */
export type Field = "owner" | "repository" | "imageName" | "version";

/**
 * What the local rules say of a draft. Made at every key.
 */
export type FormView = { 
/**
 * The line of the labels that is none, if there is one.
 */
badLabel: string | null, 
/**
 * The fields in the order of this registry, each with what was found.
 */
fields: Array<FieldView>, 
/**
 * The live reference in parts, for "Will be published as".
 */
reference: ReferenceView, 
/**
 * Nothing here blocks publishing (the image may still).
 */
valid: boolean, };

/**
 * One field of the form.
 */
export type FieldView = { 
/**
 * Which.
 */
field: Field, 
/**
 * It may be left empty.
 */
optional: boolean, 
/**
 * It holds something, and nothing is wrong with it.
 */
ok: boolean, 
/**
 * What was found, the most serious first.
 */
findings: Array<FindingView>, 
/**
 * For Version: the level of each entry of `draft.versions`, where something was found.
 */
versions: Array<Level | null>, };

/**
 * The reference in named parts.
 */
export type ReferenceView = { 
/**
 * Registry, owner, (repository,) image name, version. A missing part has empty text.
 */
parts: Array<ReferencePart>, 
/**
 * The whole reference with the first version, for copying; missing parts are left out.
 */
full: string, 
/**
 * The same as people see it: the practice registry plays `ghcr.io`.
 */
shown: string, 
/**
 * The further versions.
 */
moreVersions: Array<string>, };

/**
 * One part of the reference.
 */
export type ReferencePart = { 
/**
 * Name of the part.
 */
part: PartName, 
/**
 * The separator before it: empty, `/` or `:`.
 */
before: string, 
/**
 * Its text.
 */
text: string, 
/**
 * Something blocks here.
 */
problem: boolean, };

/**
 * Names of the reference's parts.
 */
export type PartName = "registry" | "owner" | "repository" | "imageName" | "version";

/**
 * What fetches left unfinished, to go on with.
 */
export type PartsView = { 
/**
 * Each of them.
 */
parts: Array<PartView>, 
/**
 * So many of them no run writes.
 */
left: number, 
/**
 * What these take on the disk, bytes.
 */
size: number, 
/**
 * Days after which one that nobody went on with is removed.
 */
keptDays: number, };

/**
 * One of them.
 */
export type PartView = { 
/**
 * Where it lies, to be shown.
 */
folder: string, 
/**
 * Its own name.
 */
file: string, 
/**
 * The name that it gets when it is whole.
 */
becomes: string | null, 
/**
 * What it takes on the disk, bytes.
 */
size: number, 
/**
 * When it was written last, seconds since 1970.
 */
written: number | null, 
/**
 * A run writes it now.
 */
inUse: boolean, };

/**
 * The pre-flight card: what can be known before a byte is sent.
 */
export type PreflightView = { 
/**
 * The checks, grouped by severity: problems, warnings, passed, not checked.
 */
checks: Array<CheckView>, 
/**
 * The main button.
 */
button: PublishButton, 
/**
 * Where each layer stands, in the order of [`ImageView::layers`].
 */
layers: Array<LayerPlan>, 
/**
 * What each of them takes at the registry, bytes; about, where it is compressed on the way.
 */
sizes: Array<number>, 
/**
 * Bytes already at the registry.
 */
bytesThere: number, 
/**
 * Bytes to send; a guess where `exact` is false (plain layers are compressed on the way).
 */
bytesToSend: number, 
/**
 * `bytes_to_send` is exact.
 */
exact: boolean, 
/**
 * The equivalent command, for "Show as command".
 */
command: string, };

/**
 * Where a layer stands before publishing.
 */
export type LayerPlan = "there" | "toSend" | "unknown" | "tooLarge" | "notInFile";

/**
 * The main button of the publish page.
 */
export type PublishButton = { "kind": "publish" } | { "kind": "publishBytes", 
/**
 * Bytes to send.
 */
bytes: number, 
/**
 * The number is exact.
 */
exact: boolean, } | { "kind": "publishTags", 
/**
 * How many.
 */
count: number, } | { "kind": "signIn" } | { "kind": "nothing" } | { "kind": "firstProblem", 
/**
 * The field to go to; none where the image itself is the problem.
 */
field: Field | null, };

/**
 * What a row of the pre-flight card is about: a field of the form, or what was looked at.
 */
export type CheckId = RuleId | CheckName;

/**
 * What is looked at before a publish.
 */
export type CheckName = "token" | "token.accepted" | "token.scope" | "token.expired" | "token.expiring" | "token.sso" | "owner" | "owner.user" | "owner.organization" | "owner.unknown" | "repo.there" | "repo.renamed" | "repo.archived" | "repo.unknown" | "package" | "package.new" | "package.public" | "package.internal" | "package.private" | "package.there" | "write" | "tag.new" | "tag.same" | "tag.moves" | "tag.movesUnknown" | "tag.fixed" | "tag.fixedUnknown" | "tag.unknown" | "bytes" | "bytes.unknown" | "limits" | "limits.none" | "layer.limit" | "layer.slow" | "image.large" | "foreign.none" | "layer.foreign" | "foreign.kept" | "referrers.left" | "platforms" | "image.multi" | "index.sparse" | "zstd.saves";

/**
 * A rule of names that is broken.
 */
export type RuleId = "owner.empty" | "owner.case" | "owner.chars" | "owner.edge" | "owner.long" | "owner.pasted" | "repo.required" | "repo.form" | "repo.otherowner" | "repo.digest" | "name.empty" | "name.case" | "name.chars" | "name.separators" | "name.parts" | "name.long" | "version.empty" | "version.digest" | "version.chars" | "version.plus" | "version.long" | "version.sigtag" | "version.commit" | "version.hex64" | "version.hex64.refused" | "reference.host" | "reference.form" | "reference.digest";

/**
 * What a finding is about.
 */
export type FindingId = RuleId | NoteName;

/**
 * What is worth knowing of a file or an image.
 */
export type NoteName = "index.sparse" | "layer.foreign" | "layer.type" | "image.manyLayers" | "image.empty" | "image.leftOut" | "image.configName" | "image.folder" | "image.changed" | "file.leftOut";

/**
 * How a check ended.
 */
export type CheckState = "problem" | "warning" | "passed" | "notChecked";

/**
 * The "Image details" sheet.
 */
export type DetailsView = { 
/**
 * The config, indented JSON. Of the first platform, where there are several.
 */
config: string, 
/**
 * The manifest or index, indented JSON; for a manifest made at publishing, what is known of it.
 */
manifest: string, 
/**
 * The whole report as JSON, for "Copy as JSON".
 */
report: string, };

/**
 * What came of a copy.
 */
export type CopiedView = { 
/**
 * Each tag, those of signatures last.
 */
tags: Array<CopyTagView>, 
/**
 * Tags that failed.
 */
failed: number, 
/**
 * Bytes sent.
 */
sent: number, 
/**
 * Bytes that were there already, or linked.
 */
reused: number, 
/**
 * Duration, milliseconds.
 */
durationMs: number, };

/**
 * A copy as the page asks for it: what people typed and chose.
 */
export type CopyDraft = { 
/**
 * What is read, with its registry; a version or digest only where this one alone is meant.
 */
from: string, 
/**
 * Where it goes, with its registry; a version only where one image is copied under another.
 */
to: string, 
/**
 * Which versions.
 */
versions: CopyVersions, 
/**
 * Only these platforms; empty for all.
 */
platforms: Array<string>, 
/**
 * Signatures and attestations come along.
 */
signatures: boolean, 
/**
 * Tags that point to another image stay as they are.
 */
noClobber: boolean, 
/**
 * What a tag points to now gets a name of its own, by tag and date, before the tag moves.
 */
keepOld: boolean, };

/**
 * Which versions of a repository are copied.
 */
export type CopyVersions = { "kind": "named", 
/**
 * Tags.
 */
tags: Array<string>, } | { "kind": "all" } | { "kind": "pattern", 
/**
 * Patterns such as `2.*`, `!` in front of what stays behind, and bounds such as `>=2.0 <3`.
 */
text: string, };

/**
 * A repository at one end of a copy, as it was found.
 */
export type CopyEndView = { 
/**
 * `HOST/PATH`.
 */
repository: string, 
/**
 * The path alone, such as `octo-org/monalisa`.
 */
name: string, 
/**
 * Tag or digest that was named.
 */
version: string | null, 
/**
 * Its tags without those of signatures, the highest versions first.
 */
tags: Array<string>, 
/**
 * It is of the practice registry.
 */
practice: boolean, 
/**
 * What is known of it as a place to write to, problems first; nothing of one that is read.
 */
checks: Array<CheckView>, };

/**
 * One tag of a copy.
 */
export type CopyPair = { 
/**
 * What is read: a tag, or a digest.
 */
source: string, 
/**
 * The tag that is set.
 */
tag: string, 
/**
 * The name that whatever the tag points to now gets first, where it is to move.
 */
keepOldAs?: string | null, };

/**
 * What a copy would do.
 */
export type CopyPlanView = { 
/**
 * What would be copied.
 */
copy: CopyView, 
/**
 * Each tag, those of signatures last.
 */
tags: Array<CopyTagView>, 
/**
 * Bytes that go over the wire; each blob counts once.
 */
toSend: number, 
/**
 * Bytes that are linked from where they are in the same registry.
 */
toLink: number, 
/**
 * Bytes that are there.
 */
there: number, };

/**
 * States of a tag.
 */
export type CopyTagState = "new" | "same" | "moves" | "left" | "copied" | "failed";

/**
 * A tag of a copy: what becomes of it, or what became.
 */
export type CopyTagView = { 
/**
 * The tag.
 */
tag: string, 
/**
 * It holds what speaks of another image.
 */
signature: boolean, 
/**
 * State.
 */
state: CopyTagState, 
/**
 * What it will point to, or points to.
 */
digest: string | null, 
/**
 * What it points to where it is read, where that is another digest.
 */
sourceDigest: string | null, 
/**
 * What it pointed to before.
 */
movesFrom: string | null, 
/**
 * The name that this has, or will have.
 */
keptAs: string | null, 
/**
 * Platforms, as far as they are known.
 */
platforms: Array<string>, 
/**
 * Bytes that go over the wire for it alone.
 */
toSend: number, 
/**
 * Why the registry could not be asked back, where it could not.
 */
notVerified: string | null, 
/**
 * The rule of the settings that it stays by, such as `ghcr.io = versions`.
 */
fixedBy?: string | null, 
/**
 * Why it is not known, or was not copied.
 */
failure: FailureView | null, };

/**
 * What is copied, settled: enough to do the same again.
 */
export type CopyView = { 
/**
 * `HOST/PATH` that is read.
 */
from: string, 
/**
 * `HOST/PATH` that is written.
 */
to: string, 
/**
 * Its tags, in their order.
 */
tags: Array<CopyPair>, 
/**
 * Only these platforms; empty for all.
 */
platforms: Array<string>, 
/**
 * Signatures and attestations come along.
 */
signatures: boolean, 
/**
 * Tags that point to another image stay as they are.
 */
noClobber: boolean, 
/**
 * Plain http to a host that is not this computer.
 */
plainHttp: boolean, 
/**
 * Set when the job is over.
 */
result?: CopiedView | null, };

/**
 * What is in a layer.
 */
export type LayerContentView = { 
/**
 * Size unpacked, bytes.
 */
unpacked: number, 
/**
 * Files and links; folders and marks of deletion are not counted.
 */
files: number, };

/**
 * What is being dragged over the window, or was dropped. Sent as the event `drag`.
 */
export type DragView = { "phase": "over", 
/**
 * One line for each, at most 50.
 */
items: Array<DragItem>, 
/**
 * Items beyond those, which are not looked at.
 */
more: number, } | { "phase": "left" } | { "phase": "dropped", 
/**
 * One line for each, at most 50.
 */
items: Array<DragItem>, 
/**
 * Items beyond those, which are left out.
 */
more: number, };

/**
 * One dragged file, judged by name and first bytes.
 */
export type DragItem = { 
/**
 * Handle, where it is an image, a folder to build or a token.
 */
file: FileId | null, 
/**
 * File name.
 */
name: string, 
/**
 * Size, bytes.
 */
size: number, 
/**
 * `tar`, `compressed` (tar), `layout` (OCI folder); `build`: a folder with a Dockerfile; `token`: a text file with one token, for Accounts only.
 */
kind: string | null, 
/**
 * Why it is refused as an image, where it is.
 */
refused: Code | null, };

/**
 * A job as a whole: the first thing a view gets when it attaches.
 */
export type JobView = { 
/**
 * Handle.
 */
id: JobId, 
/**
 * What it does.
 */
kind: JobKind, 
/**
 * The reference with the first version, as people see it: the practice registry plays `ghcr.io`.
 */
reference: string, 
/**
 * Registry part of it. Where it really goes stands in `draft`.
 */
registry: string, 
/**
 * The image's name and first version, such as `monalisa 2.4.0`.
 */
title: string, 
/**
 * File name.
 */
fileName: string, 
/**
 * What kind of file.
 */
format: FileFormat, 
/**
 * Platforms being published.
 */
platforms: Array<string>, 
/**
 * It goes to the practice registry; nothing leaves the computer.
 */
practice: boolean, 
/**
 * The form that started it.
 */
draft: Draft, 
/**
 * When it started, seconds since 1970.
 */
started: number, 
/**
 * When it ended, seconds since 1970.
 */
ended: number | null, 
/**
 * It was under way when Slipway ended, and can go on.
 */
interrupted: boolean, 
/**
 * It was paused so that Slipway could end, and goes on with the next start.
 */
goesOn: boolean, 
/**
 * Where it stands.
 */
progress: JobProgress, 
/**
 * The layers' states, in the order of the image's layers.
 */
layers: Array<JobLayer>, 
/**
 * The log so far, at most the last 500 lines.
 */
log: Array<LogLine>, 
/**
 * What the registry warned of, such as that it will be gone; each text once.
 */
warnings: Array<string>, 
/**
 * Of a publish, set when `progress.state` is `done`.
 */
result: ResultView | null, 
/**
 * Of a pull: how it is done, and what came of it.
 */
install: InstallView | null, 
/**
 * How images are copied, where that is what it does.
 */
copy?: CopyView | null, 
/**
 * What is built, where that is what it does.
 */
build?: BuildView | null, 
/**
 * Set when `progress.state` is `failed`.
 */
failure: FailureView | null, };

/**
 * Where a job stands. Small: it is sent up to ten times a second.
 */
export type JobProgress = { 
/**
 * State.
 */
state: JobState, 
/**
 * Bytes to send in all: what the plan said, then what comes of compressing the layers.
 */
total: number, 
/**
 * Bytes of it that were sent.
 */
sent: number, 
/**
 * Bytes of `sent` that the registry keeps whatever happens now: a pause or an end may lose the rest.
 */
kept: number, 
/**
 * Bytes that the registry had already.
 */
reused: number, 
/**
 * `total` is exact.
 */
exact: boolean, 
/**
 * 0 to 100: `sent` of `total`. Goes back only where bytes are lost.
 */
percent: number, 
/**
 * Bytes a second over the last 5 s; none before there is data.
 */
speed: number | null, 
/**
 * Seconds left; none until 3 s of data exist.
 */
secondsLeft: number | null, 
/**
 * Seconds until something is tried again; none while nothing waits.
 */
retrySeconds: number | null, 
/**
 * What is waited for, from the fault until something moves again.
 */
waitingFor: WaitingFor | null, 
/**
 * Since when, seconds since 1970.
 */
waitingSince: number | null, 
/**
 * A layer that goes up again from its beginning, until it is there.
 */
startsOver: StartsOver | null, 
/**
 * Layers that are at the registry; steps of a build that are done.
 */
layersDone: number, 
/**
 * Layers in all; steps of a build, as far as they are known.
 */
layersTotal: number, };

/**
 * States of a job.
 */
export type JobState = "queued" | "checking" | "building" | "sending" | "committing" | "verifying" | "pausing" | "paused" | "cancelling" | "done" | "failed" | "cancelled";

/**
 * What a job waits for.
 */
export type WaitingFor = "network" | "slowDown" | "fault";

/**
 * A layer that the registry lost the beginning of.
 */
export type StartsOver = { 
/**
 * Which, from 1.
 */
layer: number, 
/**
 * Bytes that go up again.
 */
bytes: number, };

/**
 * One layer of a running job.
 */
export type JobLayer = { 
/**
 * Position in the job's list, from 1.
 */
number: number, 
/**
 * The build step that made it.
 */
madeBy: string | null, 
/**
 * Size at the registry, bytes; of a layer that is compressed on the way about, until it is there.
 */
size: number, 
/**
 * `size` is no estimate.
 */
exact: boolean, 
/**
 * State.
 */
state: LayerState, 
/**
 * Share done, 0 to 100, while uploading.
 */
percent: number, };

/**
 * States of a layer.
 */
export type LayerState = "waiting" | "there" | "compressing" | "uploading" | "committed" | "notInFile";

/**
 * A line of a job's log.
 */
export type LogLine = { 
/**
 * Milliseconds since the job started.
 */
atMs: number, 
/**
 * English text; holds no secret.
 */
text: string, };

/**
 * What a watching view gets.
 */
export type JobUpdate = { "kind": "snapshot", 
/**
 * The job.
 */
job: JobView, } | { "kind": "progress", 
/**
 * The numbers.
 */
progress: JobProgress, 
/**
 * Changed layers.
 */
layers: Array<JobLayer>, 
/**
 * New log lines.
 */
log: Array<LogLine>, 
/**
 * New warnings of the registry.
 */
warnings: Array<string>, };

/**
 * A job as one row.
 */
export type JobRow = { 
/**
 * Handle.
 */
id: JobId, 
/**
 * What it does, or did.
 */
kind: JobKind, 
/**
 * The reference with the first version, as people see it.
 */
reference: string, 
/**
 * Registry part of it.
 */
registry: string, 
/**
 * The image's name and first version, such as `monalisa 2.4.0`.
 */
title: string, 
/**
 * File name; of what goes into an engine the engine's.
 */
fileName: string, 
/**
 * What kind of file.
 */
format: FileFormat, 
/**
 * The engine that it goes into.
 */
engine: Engine | null, 
/**
 * It goes, or went, to the practice registry.
 */
practice: boolean, 
/**
 * Where it stands.
 */
progress: JobProgress, 
/**
 * It was under way when Slipway ended, and can go on.
 */
interrupted: boolean, 
/**
 * The window can do it once more. What a command wanted beyond a form, only the command can.
 */
repeatable: boolean, 
/**
 * When it started, seconds since 1970.
 */
started: number, 
/**
 * When it ended, seconds since 1970.
 */
ended: number | null, 
/**
 * Digest that was published or fetched; ID of an image that was built.
 */
digest: string | null, 
/**
 * The registry returned that digest, or those of all tags that were copied; what is fetched always has it.
 */
verified: boolean, 
/**
 * What went wrong.
 */
failure: FailureView | null, };

/**
 * The jobs that are not over; told whenever something about them changed, at most twice a second.
 */
export type ActivityView = { 
/**
 * They, the newest first.
 */
active: Array<JobRow>, 
/**
 * Jobs that ended in this run: more than before means that the history has new rows.
 */
ended: number, };

/**
 * Which jobs are shown.
 */
export type Show = "all" | "active" | "needsYou" | "done";

/**
 * What of the history is wanted.
 */
export type HistoryQuery = { 
/**
 * Words in name, digest or error; empty for all.
 */
search: string, 
/**
 * Which of them.
 */
show: Show, 
/**
 * Only those before this one, which is in the history; none for those that ended last.
 */
before: JobId | null, };

/**
 * A part of the history, those that ended last first.
 */
export type HistoryPage = { 
/**
 * The jobs.
 */
rows: Array<JobRow>, 
/**
 * There are more before them.
 */
more: boolean, };

/**
 * A file that was opened or published before.
 */
export type RecentView = { 
/**
 * Handle: opening it again goes by this.
 */
file: number, 
/**
 * The last job that published it; none where none did.
 */
job: JobId | null, 
/**
 * File name without its folder.
 */
name: string, 
/**
 * It is a folder with a layout.
 */
folder: boolean, 
/**
 * Where it went; empty where it went nowhere.
 */
reference: string, 
/**
 * That was the practice registry.
 */
practice: boolean, 
/**
 * How that ended.
 */
state: JobState | null, 
/**
 * When it was opened or published last, seconds since 1970.
 */
when: number, 
/**
 * Size, bytes; none where it is gone.
 */
size: number | null, };

/**
 * Something that could stand in a field. Anything else may be typed all the same.
 */
export type SuggestionView = { 
/**
 * The text.
 */
value: string, 
/**
 * Where it is known from.
 */
from: SuggestionFrom, };

/**
 * Where a suggestion is known from.
 */
export type SuggestionFrom = "account" | "history" | "file" | "gitHub" | "registry";

/**
 * A host with its registries.
 */
export type HostView = { 
/**
 * Where its pages are: `github.com`, `ghe.example.com`.
 */
name: string, 
/**
 * What it is.
 */
kind: HostKind, 
/**
 * Its registries, as they stand in references.
 */
registries: Array<string>, 
/**
 * It came with Slipway or the endpoints file, and cannot be removed.
 */
builtIn: boolean, 
/**
 * The endpoints file gives one of its registries another address.
 */
overridden: boolean, 
/**
 * The file of a certificate authority that is trusted for it beside the system's, where one is set.
 */
caFile: string | null, 
/**
 * The way there: `system`, `none` or a proxy's address, perhaps with a user name; none as everywhere else.
 */
proxy: string | null, 
/**
 * A password for the proxy's user name is known.
 */
hasProxyPassword: boolean, 
/**
 * A host of somebody else that tokens may be asked for at, where one is set.
 */
realm: string | null, 
/**
 * The address of its REST API, where one is set; else it is derived from the name.
 */
api: string | null, 
/**
 * Its container registry as it is set: a host, an address or `none`; else it is derived.
 */
containers: string | null, 
/**
 * Its older Docker registry, likewise.
 */
docker: string | null, };

/**
 * What a host is.
 */
export type HostKind = "github" | "enterpriseServer" | "gheCom" | "other";

/**
 * A host as somebody sets it. What is empty is derived from the name, or as everywhere else.
 */
export type HostSettings = { 
/**
 * `ghe.example.com`, `octocorp.ghe.com`, a registry, or `github.com`; an address around it is taken off.
 */
name: string, 
/**
 * The path of a certificate authority's file, PEM.
 */
caFile: string, 
/**
 * `none`, `system`, or a proxy's address, perhaps with a user name, never with a password.
 */
proxy: string, 
/**
 * The password for the proxy's user name; none keeps what is there, an empty one removes it.
 */
proxyPassword: string | null, 
/**
 * It is a registry of its own, not a GitHub Enterprise host.
 */
registry: boolean, 
/**
 * A host of somebody else that tokens may be asked for at; an address around it is taken off.
 */
realm: string, 
/**
 * The address of its REST API.
 */
api: string, 
/**
 * Its container registry: a host, an address, or `none`.
 */
containers: string, 
/**
 * Its older Docker registry, likewise.
 */
docker: string, };

/**
 * The hosts after a change, and what the form offers now.
 */
export type HostsView = { 
/**
 * The hosts.
 */
hosts: Array<HostView>, 
/**
 * The registries.
 */
registries: Array<RegistryView>, 
/**
 * The keychain would not take the proxy's password, so that it is kept until Slipway quits.
 */
proxyPasswordNotKept: boolean, };

/**
 * Whether a registry of a host answers.
 */
export type HostCheckView = { 
/**
 * The registry.
 */
registry: string, 
/**
 * It answered as a registry does.
 */
reachable: boolean, 
/**
 * What is missing, where it did not.
 */
failure: FailureView | null, };

/**
 * What was published.
 */
export type ResultView = { 
/**
 * Digest of the manifest or index.
 */
digest: string, 
/**
 * The registry returned the same digest.
 */
verified: boolean, 
/**
 * Why it is not verified, where it is not.
 */
notVerified: string | null, 
/**
 * `HOST/PATH` without tag.
 */
repository: string, 
/**
 * One row for each version.
 */
versions: Array<PublishedVersion>, 
/**
 * Media type of the manifest or index.
 */
mediaType: string, 
/**
 * Its size, bytes.
 */
manifestSize: number, 
/**
 * Platforms published.
 */
platforms: Array<string>, 
/**
 * Layers of the image.
 */
layers: number, 
/**
 * Size of the image in the registry, bytes.
 */
size: number, 
/**
 * Bytes sent.
 */
sent: number, 
/**
 * Bytes that were there already.
 */
reused: number, 
/**
 * Duration, milliseconds.
 */
durationMs: number, 
/**
 * The digest differs from the one stored in the file, because layers were compressed on the way or
 * platforms left out: the stored one.
 */
storedDigest: string | null, 
/**
 * `owner/repository` that the package was connected to by a label.
 */
source: string | null, 
/**
 * Installing by digest works at this registry.
 */
byDigest: boolean, 
/**
 * The topic for `open_link` that leads to the package page; none where there is no web page.
 */
packagePage: boolean, 
/**
 * The equivalent command.
 */
command: string, };

/**
 * What is fetched of an image.
 */
export type ChosenView = { 
/**
 * The image, as it was asked for.
 */
reference: string, 
/**
 * Digest of what will be there.
 */
digest: string, 
/**
 * No registry has that digest: it is the index of the platforms that were wanted.
 */
made: boolean, 
/**
 * Layers of it are compressed with Zstandard, which not every engine reads.
 */
zstd: boolean, };

/**
 * How an image is fetched.
 */
export type InstallView = { 
/**
 * The images; the first is the job's `reference`.
 */
references: Array<string>, 
/**
 * Only these platforms; none for what fits the kind of file.
 */
platforms: Array<string>, 
/**
 * All platforms, whatever the kind of file.
 */
allPlatforms: boolean, 
/**
 * Signatures, SBOMs and attestations come along.
 */
signatures: boolean, 
/**
 * Plain http to a host that is not this computer.
 */
plainHttp: boolean, 
/**
 * As nobody in particular, whoever is signed in.
 */
anonymous: boolean, 
/**
 * The engine that it goes into; none: into a file or a folder.
 */
engine: Engine | null, 
/**
 * What is fetched of each image, once that is known.
 */
chosen: Array<ChosenView>, 
/**
 * Set when `progress.state` is `done`.
 */
result: InstalledView | null, };

/**
 * An image that was fetched.
 */
export type InstalledImage = { 
/**
 * As it was asked for.
 */
reference: string, 
/**
 * Digest of its manifest or index.
 */
digest: string, 
/**
 * Signatures, SBOMs and attestations that came along.
 */
beside: number, };

/**
 * An image in an engine, read back from it.
 */
export type LoadedImage = { 
/**
 * What it is called there; its ID where only a digest was named.
 */
name: string, 
/**
 * Its ID there.
 */
id: string, 
/**
 * Such as `linux/amd64`.
 */
platform: string, 
/**
 * Its layers.
 */
layers: number, 
/**
 * Layers that the engine had before, told by the digests of what they unpack to; none where it does not tell.
 */
layersThere: number | null, 
/**
 * Ports that it listens on, such as `8080/tcp`.
 */
ports: Array<string>, 
/**
 * Why it is not known to be what was fetched, in English; none where its ID and all layers agree.
 */
notVerified: string | null, };

/**
 * What was fetched.
 */
export type InstalledView = { 
/**
 * Digest of the manifest or index in the file; of several images that of the first.
 */
digest: string, 
/**
 * Its media type.
 */
mediaType: string, 
/**
 * Size of the file, or of what the folder has of these images, bytes.
 */
fileSize: number, 
/**
 * Bytes of it that this computer had already.
 */
here: number, 
/**
 * The images, as they were asked for.
 */
images: Array<InstalledImage>, 
/**
 * Each as the engine has it, where they went into one.
 */
loaded: Array<LoadedImage>, 
/**
 * Whose credential the registry refused, where the image could be had without.
 */
refused: AccountView | null, };

/**
 * What a job does.
 */
export type JobKind = "publish" | "install" | "copy" | "build";

/**
 * One published version.
 */
export type PublishedVersion = { 
/**
 * The tag.
 */
tag: string, 
/**
 * What it pointed to before, if it existed with another digest.
 */
movedFrom: string | null, 
/**
 * It was there with the same digest.
 */
unchanged: boolean, 
/**
 * "Move it back" can be offered: the registry answers for the digest that it pointed to.
 */
movable: boolean, 
/**
 * It points to `moved_from` again.
 */
movedBack: boolean, };

/**
 * Who may see a package, as far as that can be told.
 */
export type VisibilityView = { 
/**
 * Who.
 */
state: Visibility, 
/**
 * When that was looked at, seconds since 1970.
 */
looked: number, };

/**
 * Who may see a package.
 */
export type Visibility = "private" | "internal" | "public" | "unknown";

/**
 * One thing that may help. The page has the words, by the failure's code and this.
 */
export type Remedy = { "kind": "page", 
/**
 * Which.
 */
topic: LinkTopic, } | { "kind": "message" } | { "kind": "replaceToken" } | { "kind": "addAccount" } | { "kind": "otherAccount" } | { "kind": "verifyToken" } | { "kind": "signInWithBrowser" } | { "kind": "useOwner", 
/**
 * The owner that was probably meant.
 */
owner: string, } | { "kind": "field", 
/**
 * Which.
 */
field: Field, } | { "kind": "switchRegistry", 
/**
 * Which.
 */
registry: string, } | { "kind": "hosts" } | { "kind": "fixedVersions" } | { "kind": "unpack" } | { "kind": "again" };

/**
 * Whether trying again helps.
 */
export type Retry = "no" | "yes" | "afterChange";

/**
 * Technical detail of a failed request, without secrets and local paths.
 */
export type TechnicalView = { 
/**
 * `POST /v2/octo-org/hello/blobs/uploads/`
 */
request: string | null, 
/**
 * The host that it was sent to, where the registry led to another one than itself.
 */
host: string | null, 
/**
 * HTTP status.
 */
status: number | null, 
/**
 * The registry's error code, such as `DENIED`.
 */
registryCode: string | null, 
/**
 * The registry's own message.
 */
message: string | null, 
/**
 * `x-github-request-id` or its like.
 */
requestId: string | null, 
/**
 * Who it was sent as, such as `octocat` and the source.
 */
credential: AccountView | null, 
/**
 * When, seconds since 1970.
 */
time: number, };

/**
 * Pages outside that the window can open. The page names a topic; Rust makes the address.
 */
export type LinkTopic = "newToken" | "tokens" | "packagePage" | "packageSettings" | "ownerSettings" | "billingSettings" | "planSettings" | "authorize" | "docs" | "status" | "installDocker" | "installPodman";

/**
 * Every way a file, a form, a registry or a network can say no. Closed: the page has words for each.
 */
export type Code = "file.unreadable" | "file.empty" | "file.zip" | "file.unknown" | "file.other" | "file.notImage" | "file.rootFilesystem" | "file.tooOld" | "file.notLayout" | "file.truncated" | "file.memberMissing" | "file.malformed" | "file.damaged" | "file.unsafe" | "file.leadsOut" | "file.bomb" | "file.unpacks" | "file.tooMuch" | "file.noRoom" | "file.changed" | "image.choose" | "image.unknown" | "image.incomplete" | "form.problem" | "layer.foreign" | "layer.limit" | "image.multi" | "image.change" | "realm.elsewhere" | "network.plainHttp" | "network.unknownHost" | "network.unreachable" | "network.timeout" | "network.tls" | "network.proxy" | "network.proxyRefused" | "signIn.required" | "denied.packageRole" | "denied.scope" | "denied.credential" | "unauthenticated" | "denied.orgCreate" | "ssoRequired" | "denied.other" | "token.checksum" | "token.fineGrained" | "token.otherPerson" | "credential.unusable" | "browser.notOffered" | "browser.denied" | "browser.expired" | "ownerNotFound" | "notFound" | "rateLimited" | "blobMissing" | "legacy.nameForm" | "legacy.unauthorized" | "legacy.billing" | "legacy.plan" | "legacy.nameTaken" | "manifestRefused" | "registryFault" | "badAnswer" | "digestDisagrees" | "tag.exists" | "tag.fixed" | "host.refused" | "settings.failed" | "output.failed" | "engine.away" | "engine.noAccess" | "engine.refused" | "engine.notLoaded" | "engine.zstd" | "engine.brokenOff" | "build.noDockerfile" | "build.folder" | "build.noSecrets" | "build.secret" | "build.asked" | "build.failed" | "practice.over" | "cancelled" | "internal";

/**
 * The practice registry after it was started.
 */
export type PracticeView = { 
/**
 * The registries to offer now.
 */
registries: Array<RegistryView>, 
/**
 * The generated sample image, with a filled form.
 */
opened: OpenedView, };

export type CodeParams = { "file.unreadable": {  }, "file.empty": {  }, "file.zip": {  }, "file.unknown": {  }, "file.other": { kind: "utf16" | "html" | "answer" | "lfs" | "front" | "lineEnds" | "base64" | "text" | "twice" | "named" | "unpacked" | "pipe" | "device", name?: string, bytes?: string }, "file.notImage": {  }, "file.rootFilesystem": {  }, "file.tooOld": {  }, "file.notLayout": {  }, "file.truncated": { at: string, size: string }, "file.memberMissing": { member: string }, "file.malformed": { member: string, reason: string }, "file.damaged": { member: string, layer?: string }, "file.unsafe": { member: string }, "file.leadsOut": { member: string, folder: string }, "file.bomb": { member: string }, "file.unpacks": { member: string, size: string, limit: string, file?: string }, "file.tooMuch": { member: string }, "file.noRoom": { folder: string, need: string, free: string }, "file.changed": {  }, "image.choose": { images: string }, "image.unknown": { selector: string }, "image.incomplete": { selector: string, reason: string }, "form.problem": { field?: "owner" | "repository" | "imageName" | "version" | "labels", rule?: "owner.empty" | "owner.case" | "owner.chars" | "owner.edge" | "owner.long" | "owner.pasted" | "repo.required" | "repo.form" | "repo.otherowner" | "repo.digest" | "name.empty" | "name.case" | "name.chars" | "name.separators" | "name.parts" | "name.long" | "version.empty" | "version.digest" | "version.chars" | "version.plus" | "version.long" | "version.sigtag" | "version.commit" | "version.hex64" | "version.hex64.refused" | "reference.host" | "reference.form" | "reference.digest" }, "layer.foreign": { layer: string }, "layer.limit": { layer: string, size: string, max: string }, "image.multi": { platforms: string }, "image.change": { what: string, reason: string }, "realm.elsewhere": { realm: string, builtIn?: "true" }, "network.plainHttp": { host: string, realm?: string }, "network.unknownHost": { host: string }, "network.unreachable": { host: string }, "network.timeout": { host: string }, "network.tls": { host: string, reason: "ended" | "notYet" | "name" | "issuer" | "authority" | "certificate" | "handshake" }, "network.proxy": { host: string, proxy: string }, "network.proxyRefused": { host: string, proxy: string, away?: "true", status?: string }, "signIn.required": {  }, "denied.packageRole": {  }, "denied.scope": {  }, "denied.credential": {  }, "unauthenticated": {  }, "denied.orgCreate": { token?: "app" }, "ssoRequired": {  }, "denied.other": {  }, "token.checksum": {  }, "token.fineGrained": {  }, "token.otherPerson": { username: string, account: string }, "credential.unusable": { reason: string }, "browser.notOffered": { host: string }, "browser.denied": {  }, "browser.expired": {  }, "ownerNotFound": {  }, "notFound": { platform?: string, present?: string }, "rateLimited": {  }, "blobMissing": { digest?: string, layer?: string }, "legacy.nameForm": {  }, "legacy.unauthorized": {  }, "legacy.billing": {  }, "legacy.plan": {  }, "legacy.nameTaken": {  }, "manifestRefused": {  }, "registryFault": {  }, "badAnswer": { reason?: string }, "digestDisagrees": { tag: string, expected: string, found: string }, "tag.exists": { tag: string, found: string }, "tag.fixed": { tag: string, found: string, rule: string }, "host.refused": { field: "name" | "caFile" | "proxy" | "proxyPassword" | "registry" | "realm" | "api" | "containers" | "docker", reason: string }, "settings.failed": {  }, "output.failed": {  }, "engine.away": { engine: string }, "engine.noAccess": { engine: string, place: string, command: string }, "engine.refused": { engine: string, reason: string }, "engine.notLoaded": { engine: string, reason: string }, "engine.zstd": { engine: string }, "engine.brokenOff": { engine: string, reason: string }, "build.noDockerfile": { folder: string, file: string }, "build.folder": { folder: string, reason: string }, "build.noSecrets": { engine: string }, "build.secret": { id: string, reason: string }, "build.asked": { reason: string }, "build.failed": { engine: string, file: string, line?: string }, "practice.over": {  }, "cancelled": {  }, "internal": {  } };

export type CheckParams = { "token": { reason: "offline" | "signedOut" | "later" | "fields", username?: string, registry?: string }, "token.accepted": { username: string, scopes: string }, "token.scope": { scope: string, account: string }, "token.expired": { date: string }, "token.expiring": { n: string }, "token.sso": { owner: string }, "owner": { reason: "offline" | "signedOut" | "later" | "fields" }, "owner.user": { owner: string }, "owner.organization": { owner: string }, "owner.unknown": { x: string }, "repo.there": { repository: string }, "repo.renamed": { x: string }, "repo.archived": { repository: string }, "repo.unknown": { account: string }, "package": { reason: "offline" | "signedOut" | "later" | "fields" }, "package.new": { name: string }, "package.public": { name: string }, "package.internal": { name: string }, "package.private": { name: string }, "package.there": { name: string }, "write": { reason?: "offline" | "signedOut" | "later" | "fields", registry?: string, code?: "file.unreadable" | "file.empty" | "file.zip" | "file.unknown" | "file.other" | "file.notImage" | "file.rootFilesystem" | "file.tooOld" | "file.notLayout" | "file.truncated" | "file.memberMissing" | "file.malformed" | "file.damaged" | "file.unsafe" | "file.leadsOut" | "file.bomb" | "file.unpacks" | "file.tooMuch" | "file.noRoom" | "file.changed" | "image.choose" | "image.unknown" | "image.incomplete" | "form.problem" | "layer.foreign" | "layer.limit" | "image.multi" | "image.change" | "realm.elsewhere" | "network.plainHttp" | "network.unknownHost" | "network.unreachable" | "network.timeout" | "network.tls" | "network.proxy" | "network.proxyRefused" | "signIn.required" | "denied.packageRole" | "denied.scope" | "denied.credential" | "unauthenticated" | "denied.orgCreate" | "ssoRequired" | "denied.other" | "token.checksum" | "token.fineGrained" | "token.otherPerson" | "credential.unusable" | "browser.notOffered" | "browser.denied" | "browser.expired" | "ownerNotFound" | "notFound" | "rateLimited" | "blobMissing" | "legacy.nameForm" | "legacy.unauthorized" | "legacy.billing" | "legacy.plan" | "legacy.nameTaken" | "manifestRefused" | "registryFault" | "badAnswer" | "digestDisagrees" | "tag.exists" | "tag.fixed" | "host.refused" | "settings.failed" | "output.failed" | "engine.away" | "engine.noAccess" | "engine.refused" | "engine.notLoaded" | "engine.zstd" | "engine.brokenOff" | "build.noDockerfile" | "build.folder" | "build.noSecrets" | "build.secret" | "build.asked" | "build.failed" | "practice.over" | "cancelled" | "internal" } & About, "tag.new": { tag: string }, "tag.same": { tag: string }, "tag.moves": { tag: string, from: string, to: string }, "tag.movesUnknown": { tag: string, from: string }, "tag.fixed": { tag: string, from: string, rule: string }, "tag.fixedUnknown": { tag: string, from: string, rule: string }, "tag.unknown": { tag: string, reason?: "offline" | "signedOut" | "later" | "fields" }, "bytes": { send: string, reused: string, layers: string, there: string, exact: "true" | "false", seconds?: string }, "bytes.unknown": { reason: "offline" | "signedOut" | "later" | "fields" }, "limits": { largest: string, max: string }, "limits.none": { largest: string }, "layer.limit": { layer: string, size: string, max: string }, "layer.slow": { layer: string, seconds: string }, "image.large": { size: string }, "foreign.none": {  }, "layer.foreign": { layer: string }, "foreign.kept": { count: string }, "referrers.left": { count: string }, "platforms": { platforms: string }, "image.multi": { platforms: string }, "index.sparse": { present: string, missing: string }, "zstd.saves": { saved: string } };

export type NoteParams = { "index.sparse": { present: string, missing: string }, "layer.foreign": { layer: string }, "layer.type": { layer: string, type: string, bytes: string }, "image.manyLayers": { count: string }, "image.empty": {  }, "image.leftOut": { what: string, reason: string }, "image.configName": { member: string }, "image.folder": { folder: string }, "image.changed": {  }, "file.leftOut": {  } };

export type RuleParams = { "owner.empty": {  }, "owner.case": {  }, "owner.chars": {  }, "owner.edge": {  }, "owner.long": {  }, "owner.pasted": {  }, "repo.required": {  }, "repo.form": {  }, "repo.otherowner": { x: string, owner: string }, "repo.digest": {  }, "name.empty": {  }, "name.case": {  }, "name.chars": {  }, "name.separators": {  }, "name.parts": { last?: string }, "name.long": { n: string }, "version.empty": {  }, "version.digest": {  }, "version.chars": {  }, "version.plus": {  }, "version.long": {  }, "version.sigtag": {  }, "version.commit": {  }, "version.hex64": {  }, "version.hex64.refused": {  }, "reference.host": {  }, "reference.form": {  }, "reference.digest": {  } };

/** What a failure of any code may say beside its own. */
export type About = { registry?: string, host?: string, asked?: string, owner?: string, package?: string, reference?: string, username?: string, member?: string };

/**
 * Why something failed. The page has the words, by `code`.
 */
export type FailureView = { [I in Code]: { code: I, params: CodeParams[I] & About } & { 
/**
 * English sentence.
 */
message: string, 
/**
 * Trying again may help without changing anything.
 */
retry: Retry, 
/**
 * What may help, best first.
 */
help: Array<Remedy>, 
/**
 * What the wire said; none where no request was involved.
 */
technical: TechnicalView | null, } }[Code];

/**
 * One check of the pre-flight card.
 */
export type CheckView = { [I in CheckId]: { id: I, params: (CheckParams & RuleParams)[I] } & { 
/**
 * How it ended.
 */
state: CheckState, 
/**
 * The fix button, if there is one.
 */
fix: FixView | null, 
/**
 * The field it belongs to, so that the title can lead there.
 */
field: Field | null, } }[CheckId];

/**
 * One finding about a file, an image or a field.
 */
export type FindingView = { [I in FindingId]: { id: I, params: (NoteParams & RuleParams)[I] } & { 
/**
 * How serious.
 */
level: Level, 
/**
 * The one-click fixes, the best first.
 */
fixes: Array<FixView>, 
/**
 * English sentence, for logs and the command. The page has its own words, by id.
 */
message: string, } }[FindingId];

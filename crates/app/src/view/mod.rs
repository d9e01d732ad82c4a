//! What crosses to the page and to `--json`: plain data, no rules.
//!
//! Every type here is serialised in camelCase; its TypeScript twin in `ui/src/bindings/` is generated
//! from it. Sizes are bytes and durations say their unit; byte counts stay below 2^53, so they are JSON
//! numbers. Nothing here can hold a secret.

mod account;
mod activity;
mod build;
mod built;
mod code;
mod compare;
mod copy;
mod credential;
mod draft;
mod engine;
mod engine_kind;
mod failure;
mod file;
mod finding;
mod form;
mod hosts;
mod ids;
mod install;
mod job;
mod params;
mod parts;
mod plan;
mod rules;
mod settings;
mod start;
mod suggestion;

pub use account::{
    Account, AccountPage, AccountSource, AccountState, AccountStorage, AccountWay, AccountsView,
    AddedAccount, Allowed, BrowserSignIn, DockerAsks, EngineSignIn, FoundCredentials, FoundTrouble,
    FoundView, HeldToken, KeychainState, KeychainView, NewAccount, Purpose, SignInHost, SignOnView, TaskView,
    TokenCheckView, TokenFrom, TokenKind, TokenTask, TokenVerdict,
};
pub use activity::{ActivityView, HistoryPage, HistoryQuery, JobRow, RecentView, Show, TaskBar};
pub use build::{
    AfterBuildView, BuildArgument, BuildArgumentView, BuildEngineView, BuildFailedView, BuildFolderView,
    BuildHow, BuildLineView, BuildPlatformView, BuildProgressView, BuildRunView, BuildSecret,
    BuildSecretFile, BuildSecretFrom, BuildSizeView, BuildState, BuildStepState, BuildStepView, BuildUpdate,
    BuildWish,
};
pub use built::{BuildView, BuiltView};
pub use code::{Code, FormPart, HostField, MadeFor, OtherFile, Untrusted};
pub use compare::{ComparisonView, ConfigDifference, ConfigPartName, DifferencesView, LayersView};
pub use copy::{
    CopiedView, CopyDraft, CopyEndView, CopyPair, CopyPlanView, CopyTagState, CopyTagView, CopyVersions,
    CopyView,
};
pub use credential::{AccountView, CredentialSource};
pub use draft::{Draft, DraftOptions, Field, FileId, FixKind, FixView, HeldImage, Level};
pub use engine::{
    ComparedView, ContainerView, EngineImageView, EnginePartKind, EnginePartView, EngineState, EngineView,
    EnginesView, HeldImagesView, ImageStateView, RegistryState, UnknownReason,
};
pub use engine_kind::Engine;
pub use failure::{About, FailureView, LinkTopic, Remedy, Retry, TechnicalView};
pub use file::{
    DetailsView, DragItem, DragView, FileFormat, ImageView, LayerContentView, LayerSending, LayerView,
    LeftOutView, LeftOutWhat, NameView, OpenedView, ReadingView,
};
pub use finding::FindingView;
pub use form::{FieldView, FormView, PartName, ReferencePart, ReferenceView};
pub use hosts::{HostCheckView, HostKind, HostSettings, HostView, HostsView};
pub use ids::{CheckId, CheckName, FindingId, NoteName, Reason, Refused};
pub use install::{
    Begun, Dates, Existing, FactsView, InstallWish, InstalledFile, PastedProblem, PastedView, PlaceView,
    PlatformView, ReadAs, SignaturesView, SizeView, TagRow, TagsView, WishView,
};
pub(crate) use job::is_final;
pub use job::{
    ChosenView, InstallView, InstalledImage, InstalledView, JobId, JobKind, JobLayer, JobProgress, JobState,
    JobUpdate, JobView, LayerState, LoadedImage, LogLine, PublishedVersion, ResultView, StartsOver,
    Visibility, VisibilityView, WaitingFor,
};
pub use params::{
    Bytes, Date, Declared, DigestOr, Flag, List, Parameter, Params, Seconds, Shown, Value, types_of,
};
pub use parts::{PartView, PartsView};
pub use plan::{CheckState, CheckView, LayerPlan, PreflightView, PublishButton};
pub use rules::{RuleId, RuleName};
pub use settings::{
    Colors, FixedKind, FixedView, Notifications, OnClose, PreferencesView, SettingsView, Theme, Zoom,
};
pub use start::{OverriddenPart, OverrideView, PracticeView, RegistryForm, RegistryView, StartView};
pub use suggestion::{SuggestionFrom, SuggestionView};

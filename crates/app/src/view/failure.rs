//! What went wrong, and the pages that help.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AccountView, Field};

/// Why something failed. The page has the words, by `code`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FailureView {
    /// What it is.
    pub code: Code,
    /// English sentence.
    pub message: String,
    /// Values for the page's words, by name: `registry`, `owner`, `username`, `layer`, `member`, `rule`, …
    pub params: std::collections::BTreeMap<String, String>,
    /// Trying again may help without changing anything.
    pub retry: Retry,
    /// What may help, best first.
    pub help: Vec<Remedy>,
    /// What the wire said; none where no request was involved.
    pub technical: Option<TechnicalView>,
}

/// Whether trying again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Retry {
    /// No: the same answer will come.
    No,
    /// It may.
    Yes,
    /// After something was changed (a token, a setting on GitHub).
    AfterChange,
}

/// One thing that may help. The page has the words, by the failure's code and this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Remedy {
    /// A page outside, for `open_link`.
    Page {
        /// Which.
        topic: LinkTopic,
    },
    /// A ready message for whoever can change it, to copy.
    Message,
    /// Another token for the same account.
    ReplaceToken,
    /// An account, where nobody is signed in.
    AddAccount,
    /// Another account.
    OtherAccount,
    /// Asking the host what the account's token may do now.
    VerifyToken,
    /// A new token by signing in with the browser, where that is set up for the host.
    SignInWithBrowser,
    /// The form with this owner.
    UseOwner {
        /// The owner that was probably meant.
        owner: String,
    },
    /// The form, at this field.
    Field {
        /// Which.
        field: Field,
    },
    /// The form for another registry.
    SwitchRegistry {
        /// Which.
        registry: String,
    },
    /// Where hosts are set, in the settings.
    Hosts,
    /// The same once more, with a layer that may unpack to far more than it is: `unpack_anyway`, then the publish.
    Unpack,
    /// The same once more.
    Again,
}

/// Technical detail of a failed request, without secrets and local paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TechnicalView {
    /// `POST /v2/octo-org/hello/blobs/uploads/`
    pub request: Option<String>,
    /// The host that it was sent to, where the registry led to another one than itself.
    #[serde(default)]
    pub host: Option<String>,
    /// HTTP status.
    pub status: Option<u16>,
    /// The registry's error code, such as `DENIED`.
    pub registry_code: Option<String>,
    /// The registry's own message.
    pub message: Option<String>,
    /// `x-github-request-id` or its like.
    pub request_id: Option<String>,
    /// Who it was sent as, such as `octocat` and the source.
    pub credential: Option<AccountView>,
    /// When, seconds since 1970.
    pub time: i64,
}

/// Pages outside that the window can open. The page names a topic; Rust makes the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LinkTopic {
    /// The form for a new classic token with `write:packages` ticked.
    NewToken,
    /// The person's tokens.
    Tokens,
    /// The package's page.
    PackagePage,
    /// The package's settings (visibility, access).
    PackageSettings,
    /// The owner's package settings.
    OwnerSettings,
    /// The owner's billing settings.
    BillingSettings,
    /// The owner's plan.
    PlanSettings,
    /// Where a token is authorized for the owner's single sign-on.
    Authorize,
    /// GitHub's page about packages and tokens.
    Docs,
    /// GitHub's status page.
    Status,
}

/// Every way a file, a form, a registry or a network can say no. Closed: the page has words for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub enum Code {
    /// No such file, or it cannot be read.
    #[serde(rename = "file.unreadable")]
    FileUnreadable,
    /// 0 bytes.
    #[serde(rename = "file.empty")]
    FileEmpty,
    /// A zip file.
    #[serde(rename = "file.zip")]
    FileZip,
    /// Not a tar, not compressed, not a layout.
    #[serde(rename = "file.unknown")]
    FileUnknown,
    /// Something else that is known. Params: `kind` (`utf16`, `html`, `answer`, `lfs`, `front`, `lineEnds`, `base64`,
    /// `text`, `twice`, `named`, `unpacked`, `pipe`, `device`), `name` of the format where it is `named`, and `bytes` in
    /// front of it where it is `front`.
    #[serde(rename = "file.other")]
    FileOther,
    /// A tar without an image. Params: none.
    #[serde(rename = "file.notImage")]
    FileNotImage,
    /// `docker export`: a root file system.
    #[serde(rename = "file.rootFilesystem")]
    FileRootFilesystem,
    /// Docker before 1.10: `repositories` without `manifest.json`.
    #[serde(rename = "file.tooOld")]
    FileTooOld,
    /// A folder that is no OCI layout.
    #[serde(rename = "file.notLayout")]
    FileNotLayout,
    /// Ends early. Params: `at`, `size` (bytes).
    #[serde(rename = "file.truncated")]
    FileTruncated,
    /// A member is missing. Params: `member`.
    #[serde(rename = "file.memberMissing")]
    FileMemberMissing,
    /// A member cannot be understood. Params: `member`, `reason`.
    #[serde(rename = "file.malformed")]
    FileMalformed,
    /// Content does not fit its digest. Params: `member`, and `layer` where it is a layer.
    #[serde(rename = "file.damaged")]
    FileDamaged,
    /// A name that climbs out or a link in a circle. Params: `member`.
    #[serde(rename = "file.unsafe")]
    FileUnsafe,
    /// A link of a layout leads out of its folder. Params: `member`, `folder`.
    #[serde(rename = "file.leadsOut")]
    FileLeadsOut,
    /// Unpacks to far too much. Params: `member`.
    #[serde(rename = "file.bomb")]
    FileBomb,
    /// It unpacks to so much more than it is that somebody has to allow it. Params: `member` (the file or a layer), `size`,
    /// `limit` (bytes), and `file`, for `unpack_anyway`, where the file is being opened.
    #[serde(rename = "file.unpacks")]
    FileUnpacks,
    /// More manifests and configurations than one file may make us keep. Params: `member`, the first that is too much.
    #[serde(rename = "file.tooMuch")]
    FileTooMuch,
    /// No room to unpack it. Params: `folder`, `need`, `free` (bytes).
    #[serde(rename = "file.noRoom")]
    FileNoRoom,
    /// It changed while it was read.
    #[serde(rename = "file.changed")]
    FileChanged,
    /// Several images, and none was chosen. Params: `images`.
    #[serde(rename = "image.choose")]
    ImageChoose,
    /// No such image in the file. Params: `selector`.
    #[serde(rename = "image.unknown")]
    ImageUnknown,
    /// The image that was chosen lacks something. Params: `selector`, `reason`.
    #[serde(rename = "image.incomplete")]
    ImageIncomplete,
    /// The form has a problem. Params: `field`, `rule`.
    #[serde(rename = "form.problem")]
    FormProblem,
    /// A foreign layer at a registry that refuses them. Params: `layer`.
    #[serde(rename = "layer.foreign")]
    LayerForeign,
    /// A layer above the limit. Params: `layer`, `size`, `max`.
    #[serde(rename = "layer.limit")]
    LayerLimit,
    /// Several platforms at a registry that takes one.
    #[serde(rename = "image.multi")]
    ImageMulti,
    /// A change that was wanted of the image cannot be made. Params: `what`, `reason`.
    #[serde(rename = "image.change")]
    ImageChange,
    /// The registry wants its token asked for at a host of somebody else. Params: `host` (of the registry), `realm`.
    #[serde(rename = "realm.elsewhere")]
    RealmElsewhere,
    /// Plain http to a host that is not this computer. Params: `host`; `realm` where the registry leads there.
    #[serde(rename = "network.plainHttp")]
    NetworkPlainHttp,
    /// No host of this name is known. Params: `host`.
    #[serde(rename = "network.unknownHost")]
    NetworkUnknownHost,
    /// No connection. Params: `host`.
    #[serde(rename = "network.unreachable")]
    NetworkUnreachable,
    /// No answer in time. Params: `host`.
    #[serde(rename = "network.timeout")]
    NetworkTimeout,
    /// Certificate not trusted. Params: `host`, `reason` (`ended`, `notYet`, `name`, `issuer`, `authority`, `certificate`,
    /// `handshake`).
    #[serde(rename = "network.tls")]
    NetworkTls,
    /// The proxy wants a sign-in, or refuses the one it got. Params: `host`, `proxy` (its address, or `system`).
    #[serde(rename = "network.proxy")]
    NetworkProxy,
    /// The proxy does not lead there. Params: `host`, `proxy` (its address, or `system`), `status` where it said one.
    #[serde(rename = "network.proxyRefused")]
    NetworkProxyRefused,
    /// No credential for this registry.
    #[serde(rename = "signIn.required")]
    SignInRequired,
    /// The account may not write this package.
    #[serde(rename = "denied.packageRole")]
    DeniedPackageRole,
    /// The token lacks a scope.
    #[serde(rename = "denied.scope")]
    DeniedScope,
    /// The token is no longer accepted.
    #[serde(rename = "denied.credential")]
    DeniedCredential,
    /// The token was not recognised.
    #[serde(rename = "unauthenticated")]
    Unauthenticated,
    /// The token may not create packages there.
    #[serde(rename = "denied.orgCreate")]
    DeniedOrgCreate,
    /// Single sign-on is missing.
    #[serde(rename = "ssoRequired")]
    SsoRequired,
    /// Refused, without a reason that we know.
    #[serde(rename = "denied.other")]
    DeniedOther,
    /// A token whose checksum or length is wrong: a copying error.
    #[serde(rename = "token.checksum")]
    TokenChecksum,
    /// A fine-grained token, which GitHub Packages refuses.
    #[serde(rename = "token.fineGrained")]
    TokenFineGrained,
    /// The token belongs to somebody else than the account. Params: `username`, `account`.
    #[serde(rename = "token.otherPerson")]
    TokenOtherPerson,
    /// A credential that was found or read cannot be used. Params: `reason`.
    #[serde(rename = "credential.unusable")]
    CredentialUnusable,
    /// Signing in with the browser is not set up. Params: `host`.
    #[serde(rename = "browser.notOffered")]
    BrowserNotOffered,
    /// The person refused in the browser. Params: `host`.
    #[serde(rename = "browser.denied")]
    BrowserDenied,
    /// The code was not entered in time. Params: `host`.
    #[serde(rename = "browser.expired")]
    BrowserExpired,
    /// There is no such owner.
    #[serde(rename = "ownerNotFound")]
    OwnerNotFound,
    /// Not found, or no access.
    #[serde(rename = "notFound")]
    NotFound,
    /// Asked to slow down, for longer than we wait.
    #[serde(rename = "rateLimited")]
    RateLimited,
    /// The registry lost a layer before the end. Params: `layer`, where it says which.
    #[serde(rename = "blobMissing")]
    BlobMissing,
    /// docker.pkg.github.com: three parts needed.
    #[serde(rename = "legacy.nameForm")]
    LegacyNameForm,
    /// docker.pkg.github.com: not signed in or scopes missing.
    #[serde(rename = "legacy.unauthorized")]
    LegacyUnauthorized,
    /// docker.pkg.github.com: billing.
    #[serde(rename = "legacy.billing")]
    LegacyBilling,
    /// docker.pkg.github.com: plan without packages for private repositories.
    #[serde(rename = "legacy.plan")]
    LegacyPlan,
    /// docker.pkg.github.com: the image name is taken in this owner.
    #[serde(rename = "legacy.nameTaken")]
    LegacyNameTaken,
    /// The registry refused the manifest.
    #[serde(rename = "manifestRefused")]
    ManifestRefused,
    /// The registry has a fault of its own (5xx).
    #[serde(rename = "registryFault")]
    RegistryFault,
    /// The registry's answer makes no sense.
    #[serde(rename = "badAnswer")]
    BadAnswer,
    /// After publishing, the registry returned another digest. Params: `expected`, `found`.
    #[serde(rename = "digestDisagrees")]
    DigestDisagrees,
    /// A host cannot be set so. Params: `field` (of `HostSettings`), `reason`.
    #[serde(rename = "host.refused")]
    HostRefused,
    /// `settings.toml` cannot be read or written, or a value is not understood.
    #[serde(rename = "settings.failed")]
    SettingsFailed,
    /// A target file could not be written.
    #[serde(rename = "output.failed")]
    OutputFailed,
    /// What was published to the practice registry is gone: it ended with the Slipway that had started it.
    #[serde(rename = "practice.over")]
    PracticeOver,
    /// The person cancelled (the command's exit code 130; in the window a state, never a failure page).
    #[serde(rename = "cancelled")]
    Cancelled,
    /// Our own fault.
    #[serde(rename = "internal")]
    Internal,
}

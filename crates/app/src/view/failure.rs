//! What went wrong, and the pages that help.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ids::ids;
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

ids! {
    /// Pages outside that the window can open. The page names a topic; Rust makes the address.
    LinkTopic {
        /// The form for a new classic token with `write:packages` ticked.
        NewToken = "newToken",
        /// The person's tokens.
        Tokens = "tokens",
        /// The package's page.
        PackagePage = "packagePage",
        /// The package's settings (visibility, access).
        PackageSettings = "packageSettings",
        /// The owner's package settings.
        OwnerSettings = "ownerSettings",
        /// The owner's billing settings.
        BillingSettings = "billingSettings",
        /// The owner's plan.
        PlanSettings = "planSettings",
        /// Where a token is authorized for the owner's single sign-on.
        Authorize = "authorize",
        /// GitHub's page about packages and tokens.
        Docs = "docs",
        /// GitHub's status page.
        Status = "status",
    }
}

ids! {
    /// Every way a file, a form, a registry or a network can say no. Closed: the page has words for each.
    Code {
        /// No such file, or it cannot be read.
        FileUnreadable = "file.unreadable",
        /// 0 bytes.
        FileEmpty = "file.empty",
        /// A zip file.
        FileZip = "file.zip",
        /// Not a tar, not compressed, not a layout.
        FileUnknown = "file.unknown",
        /// Something else that is known. Params: `kind` (`utf16`, `html`, `answer`, `lfs`, `front`, `lineEnds`, `base64`,
        /// `text`, `twice`, `named`, `unpacked`, `pipe`, `device`), `name` of the format where it is `named`, and `bytes` in
        /// front of it where it is `front`.
        FileOther = "file.other",
        /// A tar without an image. Params: none.
        FileNotImage = "file.notImage",
        /// `docker export`: a root file system.
        FileRootFilesystem = "file.rootFilesystem",
        /// Docker before 1.10: `repositories` without `manifest.json`.
        FileTooOld = "file.tooOld",
        /// A folder that is no OCI layout.
        FileNotLayout = "file.notLayout",
        /// Ends early. Params: `at`, `size` (bytes).
        FileTruncated = "file.truncated",
        /// A member is missing. Params: `member`.
        FileMemberMissing = "file.memberMissing",
        /// A member cannot be understood. Params: `member`, `reason`.
        FileMalformed = "file.malformed",
        /// Content does not fit its digest. Params: `member`, and `layer` where it is a layer.
        FileDamaged = "file.damaged",
        /// A name that climbs out or a link in a circle. Params: `member`.
        FileUnsafe = "file.unsafe",
        /// A link of a layout leads out of its folder. Params: `member`, `folder`.
        FileLeadsOut = "file.leadsOut",
        /// Unpacks to far too much. Params: `member`.
        FileBomb = "file.bomb",
        /// It unpacks to so much more than it is that somebody has to allow it. Params: `member` (the file or a layer), `size`,
        /// `limit` (bytes), and `file`, for `unpack_anyway`, where the file is being opened.
        FileUnpacks = "file.unpacks",
        /// More manifests and configurations than one file may make us keep. Params: `member`, the first that is too much.
        FileTooMuch = "file.tooMuch",
        /// No room to unpack it. Params: `folder`, `need`, `free` (bytes).
        FileNoRoom = "file.noRoom",
        /// It changed while it was read.
        FileChanged = "file.changed",
        /// Several images, and none was chosen. Params: `images`.
        ImageChoose = "image.choose",
        /// No such image in the file. Params: `selector`.
        ImageUnknown = "image.unknown",
        /// The image that was chosen lacks something. Params: `selector`, `reason`.
        ImageIncomplete = "image.incomplete",
        /// The form has a problem. Params: `field`, `rule`.
        FormProblem = "form.problem",
        /// A foreign layer at a registry that refuses them. Params: `layer`.
        LayerForeign = "layer.foreign",
        /// A layer above the limit. Params: `layer`, `size`, `max`.
        LayerLimit = "layer.limit",
        /// Several platforms at a registry that takes one.
        ImageMulti = "image.multi",
        /// A change that was wanted of the image cannot be made. Params: `what`, `reason`.
        ImageChange = "image.change",
        /// The registry wants its token asked for at a host of somebody else. Params: `host` (of the registry), `realm`.
        RealmElsewhere = "realm.elsewhere",
        /// Plain http to a host that is not this computer. Params: `host`; `realm` where the registry leads there.
        NetworkPlainHttp = "network.plainHttp",
        /// No host of this name is known. Params: `host`.
        NetworkUnknownHost = "network.unknownHost",
        /// No connection. Params: `host`.
        NetworkUnreachable = "network.unreachable",
        /// No answer in time. Params: `host`.
        NetworkTimeout = "network.timeout",
        /// Certificate not trusted. Params: `host`, `reason` (`ended`, `notYet`, `name`, `issuer`, `authority`, `certificate`,
        /// `handshake`).
        NetworkTls = "network.tls",
        /// The proxy wants a sign-in, or refuses the one it got. Params: `host`, `proxy` (its address, or `system`).
        NetworkProxy = "network.proxy",
        /// The proxy does not lead there. Params: `host`, `proxy` (its address, or `system`), `status` where it said one.
        NetworkProxyRefused = "network.proxyRefused",
        /// No credential for this registry.
        SignInRequired = "signIn.required",
        /// The account may not write this package.
        DeniedPackageRole = "denied.packageRole",
        /// The token lacks a scope.
        DeniedScope = "denied.scope",
        /// The token is no longer accepted.
        DeniedCredential = "denied.credential",
        /// The token was not recognised.
        Unauthenticated = "unauthenticated",
        /// The token may not create packages there.
        DeniedOrgCreate = "denied.orgCreate",
        /// Single sign-on is missing.
        SsoRequired = "ssoRequired",
        /// Refused, without a reason that we know.
        DeniedOther = "denied.other",
        /// A token whose checksum or length is wrong: a copying error.
        TokenChecksum = "token.checksum",
        /// A fine-grained token, which GitHub Packages refuses.
        TokenFineGrained = "token.fineGrained",
        /// The token belongs to somebody else than the account. Params: `username`, `account`.
        TokenOtherPerson = "token.otherPerson",
        /// A credential that was found or read cannot be used. Params: `reason`.
        CredentialUnusable = "credential.unusable",
        /// Signing in with the browser is not set up. Params: `host`.
        BrowserNotOffered = "browser.notOffered",
        /// The person refused in the browser. Params: `host`.
        BrowserDenied = "browser.denied",
        /// The code was not entered in time. Params: `host`.
        BrowserExpired = "browser.expired",
        /// There is no such owner.
        OwnerNotFound = "ownerNotFound",
        /// Not found, or no access.
        NotFound = "notFound",
        /// Asked to slow down, for longer than we wait.
        RateLimited = "rateLimited",
        /// The registry lost a layer before the end. Params: `layer`, where it says which.
        BlobMissing = "blobMissing",
        /// docker.pkg.github.com: three parts needed.
        LegacyNameForm = "legacy.nameForm",
        /// docker.pkg.github.com: not signed in or scopes missing.
        LegacyUnauthorized = "legacy.unauthorized",
        /// docker.pkg.github.com: billing.
        LegacyBilling = "legacy.billing",
        /// docker.pkg.github.com: plan without packages for private repositories.
        LegacyPlan = "legacy.plan",
        /// docker.pkg.github.com: the image name is taken in this owner.
        LegacyNameTaken = "legacy.nameTaken",
        /// The registry refused the manifest.
        ManifestRefused = "manifestRefused",
        /// The registry has a fault of its own (5xx).
        RegistryFault = "registryFault",
        /// The registry's answer makes no sense.
        BadAnswer = "badAnswer",
        /// After publishing, the registry returned another digest. Params: `expected`, `found`.
        DigestDisagrees = "digestDisagrees",
        /// A version points to another image, and is not to be moved. Params: `tag`, `found`.
        TagExists = "tag.exists",
        /// A host cannot be set so. Params: `field` (of `HostSettings`), `reason`.
        HostRefused = "host.refused",
        /// `settings.toml` cannot be read or written, or a value is not understood.
        SettingsFailed = "settings.failed",
        /// A target file could not be written.
        OutputFailed = "output.failed",
        /// What was published to the practice registry is gone: it ended with the Slipway that had started it.
        PracticeOver = "practice.over",
        /// The person cancelled (the command's exit code 130; in the window a state, never a failure page).
        Cancelled = "cancelled",
        /// Our own fault.
        Internal = "internal",
    }
}

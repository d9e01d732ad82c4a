//! Every way to say no, with the values that its words name.

use serde::{Deserialize, Serialize};
use slipway_archive::Kind;
use slipway_distribution::Distrust;
use ts_rs::TS;

use super::draft::Field;
use super::params::{Bytes, DigestOr, Flag, List, ids, with_params, word};
use super::rules::RuleName;

with_params! { kept
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
        /// Something else that is known. `name` of the format where it is `named`, and `bytes` in front of it where it is
        /// `front`.
        FileOther = "file.other" { kind: OtherFile, name: Option<String>, bytes: Option<usize> },
        /// A tar without an image.
        FileNotImage = "file.notImage",
        /// `docker export`: a root file system.
        FileRootFilesystem = "file.rootFilesystem",
        /// Docker before 1.10: `repositories` without `manifest.json`.
        FileTooOld = "file.tooOld",
        /// A folder that is no OCI layout.
        FileNotLayout = "file.notLayout",
        /// Ends early.
        FileTruncated = "file.truncated" { at: Bytes, size: Bytes },
        /// A member is missing.
        FileMemberMissing = "file.memberMissing" { member: String },
        /// A member cannot be understood.
        FileMalformed = "file.malformed" { member: String, reason: String },
        /// Content does not fit its digest; `layer` where it is one.
        FileDamaged = "file.damaged" { member: String, layer: Option<u32> },
        /// A name that climbs out or a link in a circle.
        FileUnsafe = "file.unsafe" { member: String },
        /// A link of a layout leads out of its folder.
        FileLeadsOut = "file.leadsOut" { member: String, folder: String },
        /// Unpacks to far too much.
        FileBomb = "file.bomb" { member: String },
        /// It unpacks to so much more than it is that somebody has to allow it. `member` is the file or a layer; `file`, for
        /// `unpack_anyway`, is there where the file is being opened.
        FileUnpacks = "file.unpacks" { member: String, size: Bytes, limit: Bytes, file: Option<u64> },
        /// More manifests and configurations than one file may make us keep; `member` is the first that is too much.
        FileTooMuch = "file.tooMuch" { member: String },
        /// No room to unpack it.
        FileNoRoom = "file.noRoom" { folder: String, need: Bytes, free: Bytes },
        /// It changed while it was read.
        FileChanged = "file.changed",
        /// Several images, and none was chosen.
        ImageChoose = "image.choose" { images: String },
        /// No such image in the file.
        ImageUnknown = "image.unknown" { selector: String },
        /// The image that was chosen lacks something.
        ImageIncomplete = "image.incomplete" { selector: String, reason: String },
        /// The form has a problem.
        FormProblem = "form.problem" { field: Option<FormPart>, rule: Option<RuleName> },
        /// A foreign layer at a registry that refuses them.
        LayerForeign = "layer.foreign" { layer: u32 },
        /// A layer above the limit.
        LayerLimit = "layer.limit" { layer: u32, size: Bytes, max: Bytes },
        /// Several platforms at a registry that takes one.
        ImageMulti = "image.multi" { platforms: List },
        /// A change that was wanted of the image cannot be made.
        ImageChange = "image.change" { what: String, reason: String },
        /// The registry wants its token asked for at a host of somebody else. `built_in`: nobody can choose who gives out
        /// its tokens.
        RealmElsewhere = "realm.elsewhere" { realm: String, built_in as "builtIn": Flag },
        /// Plain http to a host that is not this computer; `realm` where the registry leads there.
        NetworkPlainHttp = "network.plainHttp" { host: String, realm: Option<String> },
        /// No host of this name is known.
        NetworkUnknownHost = "network.unknownHost" { host: String },
        /// No connection.
        NetworkUnreachable = "network.unreachable" { host: String },
        /// No answer in time.
        NetworkTimeout = "network.timeout" { host: String },
        /// Certificate not trusted.
        NetworkTls = "network.tls" { host: String, reason: Untrusted },
        /// The proxy (its address, or `system`) wants a sign-in, or refuses the one it got.
        NetworkProxy = "network.proxy" { host: String, proxy: String },
        /// The proxy (its address, or `system`) does not lead there; `away`: it is not reached itself.
        NetworkProxyRefused = "network.proxyRefused" {
            host: String,
            proxy: String,
            away: Flag,
            status: Option<u16>,
        },
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
        DeniedOrgCreate = "denied.orgCreate" { token: Option<MadeFor> },
        /// Single sign-on is missing.
        SsoRequired = "ssoRequired",
        /// Refused, without a reason that we know.
        DeniedOther = "denied.other",
        /// A token whose checksum or length is wrong: a copying error.
        TokenChecksum = "token.checksum",
        /// A fine-grained token, which GitHub Packages refuses.
        TokenFineGrained = "token.fineGrained",
        /// The token belongs to somebody else than the account.
        TokenOtherPerson = "token.otherPerson" { username: String, account: String },
        /// A credential that was found or read cannot be used.
        CredentialUnusable = "credential.unusable" { reason: String },
        /// Signing in with the browser is not set up.
        BrowserNotOffered = "browser.notOffered" { host: String },
        /// The person refused in the browser.
        BrowserDenied = "browser.denied",
        /// The code was not entered in time.
        BrowserExpired = "browser.expired",
        /// There is no such owner.
        OwnerNotFound = "ownerNotFound",
        /// Not found, or no access. `platform`: of that one there is no image, but of those that are `present`.
        NotFound = "notFound" { platform: Option<String>, present: Option<List> },
        /// Asked to slow down, for longer than we wait.
        RateLimited = "rateLimited",
        /// The registry lost a layer before the end; which, where it says that.
        BlobMissing = "blobMissing" { digest: Option<String>, layer: Option<u32> },
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
        /// The registry's answer makes no sense; why, where that is known.
        BadAnswer = "badAnswer" { reason: Option<String> },
        /// After publishing, the registry returned another digest.
        DigestDisagrees = "digestDisagrees" { tag: String, expected: DigestOr, found: DigestOr },
        /// A version points to another image, and is not to be moved.
        TagExists = "tag.exists" { tag: String, found: DigestOr },
        /// A version points to another image, and a rule of the settings keeps it.
        TagFixed = "tag.fixed" { tag: String, found: DigestOr, rule: String },
        /// A host cannot be set so.
        HostRefused = "host.refused" { field: HostField, reason: String },
        /// `settings.toml` cannot be read or written, or a value is not understood.
        SettingsFailed = "settings.failed",
        /// A target file could not be written.
        OutputFailed = "output.failed",
        /// Docker or Podman cannot be used: it is not there, does not run, or does not answer.
        EngineAway = "engine.away" { engine: String },
        /// The person may not use its socket; `command` helps.
        EngineNoAccess = "engine.noAccess" { engine: String, place: String, command: String },
        /// It said no, in its own words.
        EngineRefused = "engine.refused" { engine: String, reason: String },
        /// It did not take an image, in its own words.
        EngineNotLoaded = "engine.notLoaded" { engine: String, reason: String },
        /// It does not read the compression of the layers; nothing was fetched.
        EngineZstd = "engine.zstd" { engine: String },
        /// It ended in the middle of what it gave.
        EngineBrokenOff = "engine.brokenOff" { engine: String, reason: String },
        /// There is no such Dockerfile in the folder.
        BuildNoDockerfile = "build.noDockerfile" { folder: String, file: String },
        /// The folder, or the Dockerfile in it, cannot be given to an engine.
        BuildFolder = "build.folder" { folder: String, reason: String },
        /// The engine takes no secrets for a build by its interface.
        BuildNoSecrets = "build.noSecrets" { engine: String },
        /// The value of a secret cannot be read where it should be.
        BuildSecret = "build.secret" { id: String, reason: String },
        /// What was asked of a build cannot be meant.
        BuildAsked = "build.asked" { reason: String },
        /// The engine built no image. `line` of the file where it names one.
        BuildFailed = "build.failed" { engine: String, file: String, line: Option<u32> },
        /// What was published to the practice registry is gone: it ended with the Slipway that had started it.
        PracticeOver = "practice.over",
        /// The person cancelled (the command's exit code 130; in the window a state, never a failure page).
        Cancelled = "cancelled",
        /// Our own fault.
        Internal = "internal",
    }
}

impl Code {
    /// Failures that are of whoever was asked in the end, where the registry led to another host: the title names that
    /// one.
    pub const OF_ASKED: [&str; 5] = ["badAnswer", "registryFault", "rateLimited", "notFound", "denied.other"];
}

ids! {
    /// What a file is in place of an image.
    OtherFile {
        /// A tar as UTF-16.
        Utf16 = "utf16",
        /// A web page.
        Html = "html",
        /// JSON or XML.
        Answer = "answer",
        /// A pointer of Git LFS.
        Lfs = "lfs",
        /// Text in front of a tar.
        Front = "front",
        /// A tar whose line ends were changed.
        LineEnds = "lineEnds",
        /// Base64.
        Base64 = "base64",
        /// Any other text.
        Text = "text",
        /// Compressed twice.
        Twice = "twice",
        /// A format that has a name.
        Named = "named",
        /// What `docker save` writes, unpacked.
        Unpacked = "unpacked",
        /// A pipe.
        Pipe = "pipe",
        /// A device.
        Device = "device",
    }
}

impl From<Kind> for OtherFile {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Utf16 => Self::Utf16,
            Kind::Html => Self::Html,
            Kind::Answer => Self::Answer,
            Kind::LfsPointer => Self::Lfs,
            Kind::TextInFront(_) => Self::Front,
            Kind::LineEnds => Self::LineEnds,
            Kind::Base64 => Self::Base64,
            Kind::Text => Self::Text,
            Kind::Twice => Self::Twice,
            Kind::Named(_) => Self::Named,
            Kind::UnpackedSave => Self::Unpacked,
            Kind::Pipe => Self::Pipe,
            Kind::Device => Self::Device,
        }
    }
}

ids! {
    /// Why a secure connection was not made.
    Untrusted {
        /// The certificate has ended.
        Ended = "ended",
        /// It is not valid yet.
        NotYet = "notYet",
        /// It is of another name.
        Name = "name",
        /// Nobody that is trusted vouches for it.
        Issuer = "issuer",
        /// It is one of an authority, not of a server.
        Authority = "authority",
        /// It cannot be used.
        Certificate = "certificate",
        /// What answers speaks no TLS that we know.
        Handshake = "handshake",
    }
}

impl From<&Distrust> for Untrusted {
    fn from(distrust: &Distrust) -> Self {
        match distrust {
            Distrust::Ended => Self::Ended,
            Distrust::NotYet => Self::NotYet,
            Distrust::Name(_) => Self::Name,
            Distrust::Issuer => Self::Issuer,
            Distrust::Authority => Self::Authority,
            Distrust::Certificate => Self::Certificate,
            Distrust::Handshake => Self::Handshake,
        }
    }
}

ids! {
    /// Whom a token was made for, where that explains a refusal.
    MadeFor {
        /// A workflow or an app.
        App = "app",
    }
}

ids! {
    /// A part of the form.
    FormPart {
        /// The owner.
        Owner = "owner",
        /// The repository.
        Repository = "repository",
        /// The image name.
        ImageName = "imageName",
        /// The version.
        Version = "version",
        /// The labels.
        Labels = "labels",
    }
}

impl From<Field> for FormPart {
    fn from(field: Field) -> Self {
        match field {
            Field::Owner => Self::Owner,
            Field::Repository => Self::Repository,
            Field::ImageName => Self::ImageName,
            Field::Version => Self::Version,
        }
    }
}

ids! {
    /// A field of [`HostSettings`](super::HostSettings).
    HostField {
        /// The name.
        Name = "name",
        /// The file of a certificate authority.
        CaFile = "caFile",
        /// The proxy.
        Proxy = "proxy",
        /// Its password.
        ProxyPassword = "proxyPassword",
        /// Whether it is a registry.
        Registry = "registry",
        /// Who gives out its tokens.
        Realm = "realm",
        /// Its REST API.
        Api = "api",
        /// Its container registry.
        Containers = "containers",
        /// Its older registry.
        Docker = "docker",
    }
}

impl HostField {
    /// The field of a key of the settings file; what has none is about the host as a whole, so about its name.
    pub(crate) fn of(key: Option<&str>) -> Self {
        Self::ALL.iter().copied().find(|field| Some(field.as_str()) == key).unwrap_or(Self::Name)
    }
}

word!(kept OtherFile, Untrusted, MadeFor, FormPart, HostField);

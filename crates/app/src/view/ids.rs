//! What checks and findings are called: closed sets, so that whoever has words for all of them cannot miss one.

use std::fmt;

use serde::{Deserialize, Serialize};
use slipway_reference::Digest;
use ts_rs::TS;

use super::code::Code;
use super::failure::About;
use super::params::{Bytes, Date, List, Param, Params, Seconds, Value, crossing, ids, with_params, word};
use super::rules::RuleId;

ids! {
    /// Why something could not be checked.
    Reason {
        /// No network.
        Offline = "offline",
        /// Nobody is signed in there.
        SignedOut = "signedOut",
        /// It is only known by trying, or nobody said.
        Later = "later",
        /// The form is not complete.
        Fields = "fields",
    }
}

word!(Reason);

with_params! {
    /// What is looked at before a publish.
    CheckName {
        /// Who is signed in, where nobody said what the token may do.
        Token = "token" { reason: Reason, username: Option<String>, registry: Option<String> },
        /// GitHub takes the token.
        TokenAccepted = "token.accepted" { username: String, scopes: List },
        /// It lacks a scope.
        TokenScope = "token.scope" { scope: String, account: String },
        /// It has ended.
        TokenExpired = "token.expired" { date: Date },
        /// It ends within so many days.
        TokenExpiring = "token.expiring" { n: i64 },
        /// It is not authorized for the owner's single sign-on.
        TokenSso = "token.sso" { owner: String },
        /// The owner was not asked about.
        Owner = "owner" { reason: Reason },
        /// A person.
        OwnerUser = "owner.user" { owner: String },
        /// An organization.
        OwnerOrganization = "owner.organization" { owner: String },
        /// There is no such owner.
        OwnerUnknown = "owner.unknown" { x: String },
        /// The repository is there.
        RepoThere = "repo.there" { repository: String },
        /// It has another name now.
        RepoRenamed = "repo.renamed" { x: String },
        /// It is archived.
        RepoArchived = "repo.archived" { repository: String },
        /// The account sees no such repository.
        RepoUnknown = "repo.unknown" { account: String },
        /// The package was not asked about.
        Package = "package" { reason: Reason },
        /// A new package.
        PackageNew = "package.new" { name: String },
        /// A public one.
        PackagePublic = "package.public" { name: String },
        /// One of an enterprise.
        PackageInternal = "package.internal" { name: String },
        /// A private one.
        PackagePrivate = "package.private" { name: String },
        /// It has versions, though GitHub's list does not show it.
        PackageThere = "package.there" { name: String },
        /// The registry opens an upload, or refuses to: then the parameters of that failure stand beside these.
        Write = "write" { reason: Option<Reason>, registry: Option<String>, code: Option<Refused> },
        /// No version has this tag.
        TagNew = "tag.new" { tag: String },
        /// It names this image already.
        TagSame = "tag.same" { tag: String },
        /// It names another one.
        TagMoves = "tag.moves" { tag: String, from: Digest, to: Digest },
        /// It moves to a digest that is known after compressing.
        TagMovesUnknown = "tag.movesUnknown" { tag: String, from: Digest },
        /// It names another one, and a rule of the settings keeps it.
        TagFixed = "tag.fixed" { tag: String, from: Digest, rule: String },
        /// A rule keeps it, and whether it names this image already is known after compressing.
        TagFixedUnknown = "tag.fixedUnknown" { tag: String, from: Digest, rule: String },
        /// Nobody said what it names; without a `reason` the registry would not.
        TagUnknown = "tag.unknown" { tag: String, reason: Option<Reason> },
        /// What goes up. `seconds` where the speed is known.
        Bytes = "bytes" {
            send: Bytes,
            reused: Bytes,
            layers: usize,
            there: usize,
            exact: bool,
            seconds: Option<Seconds>,
        },
        /// What goes up is not known.
        BytesUnknown = "bytes.unknown" { reason: Reason },
        /// All layers are within the limit.
        Limits = "limits" { largest: Bytes, max: Bytes },
        /// The registry states no limit.
        LimitsNone = "limits.none" { largest: Bytes },
        /// A layer is above it.
        LayerLimit = "layer.limit" { layer: u32, size: Bytes, max: Bytes },
        /// It takes longer than the registry allows one request.
        LayerSlow = "layer.slow" { layer: usize, seconds: Seconds },
        /// So large that the registry may be slow.
        ImageLarge = "image.large" { size: Bytes },
        /// No layer lies elsewhere.
        ForeignNone = "foreign.none",
        /// One does.
        LayerForeign = "layer.foreign" { layer: u32 },
        /// Some do and may.
        ForeignKept = "foreign.kept" { count: usize },
        /// What speaks of the image stays behind.
        ReferrersLeft = "referrers.left" { count: usize },
        /// Every platform is in the file.
        Platforms = "platforms" { platforms: List },
        /// Several platforms, where one is taken.
        ImageMulti = "image.multi" { platforms: List },
        /// The index names more than the file has.
        IndexSparse = "index.sparse" { present: List, missing: List },
        /// What zstd would send less.
        ZstdSaves = "zstd.saves" { saved: Bytes },
    }
}

with_params! {
    /// What is worth knowing of a file or an image.
    NoteName {
        /// The index names more than the file has.
        IndexSparse = "index.sparse" { present: List, missing: List },
        /// A layer lies elsewhere.
        LayerForeign = "layer.foreign" { layer: u32 },
        /// A layer is not what its type says.
        LayerType = "layer.type" { layer: u32, media_type as "type": String, bytes: String },
        /// More layers than Docker starts.
        ManyLayers = "image.manyLayers" { count: usize },
        /// No layers.
        Empty = "image.empty",
        /// Something of it stays behind.
        LeftOut = "image.leftOut" { what: String, reason: String },
        /// The config is named after another digest.
        ConfigName = "image.configName" { member: String },
        /// It stands in a folder of the file.
        Folder = "image.folder" { folder: String },
        /// It is changed as somebody asked.
        Changed = "image.changed",
        /// The file lists something that stays behind.
        FileLeftOut = "file.leftOut",
    }
}

/// Why the registry refused to open an upload, and for whom it should have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What it said.
    pub code: Box<Code>,
    /// Of what; the form's owner at least.
    pub about: Box<About>,
}

impl Param for Refused {
    const BESIDE: bool = true;

    fn words() -> Option<Vec<&'static str>> {
        Some(Code::all().iter().map(|code| code.name).collect())
    }

    fn value(&self) -> Option<Value> {
        Some(Value::Text(self.code.as_str().to_owned()))
    }
}

/// What a row of the pre-flight card is about: a field of the form, or what was looked at.
#[derive(Debug, Clone, PartialEq, Eq, TS)]
#[ts(untagged)]
pub enum CheckId {
    /// A rule of names.
    Rule(RuleId),
    /// What was looked at.
    Check(CheckName),
}

impl CheckId {
    /// Its name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.0.id(),
            Self::Check(name) => name.as_str(),
        }
    }

    /// Its parameters, as they cross.
    pub fn params(&self) -> Params {
        match self {
            Self::Rule(rule) => rule.params(),
            Self::Check(CheckName::Write { code: Some(refused), registry, .. }) => {
                let mut params = crossing(refused.about.values());
                params.extend(crossing(refused.code.values()));
                params.insert("code".to_owned(), refused.code.as_str().to_owned());
                params.extend(registry.clone().map(|registry| ("registry".to_owned(), registry)));
                params
            }
            Self::Check(name) => crossing(name.values()),
        }
    }
}

impl From<CheckName> for CheckId {
    fn from(name: CheckName) -> Self {
        Self::Check(name)
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, TS)]
#[ts(untagged)]
pub enum FindingId {
    /// A rule of names.
    Rule(RuleId),
    /// Something about the file or the image.
    Note(NoteName),
}

impl FindingId {
    /// Its name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.0.id(),
            Self::Note(name) => name.as_str(),
        }
    }

    /// Its parameters, as they cross.
    pub fn params(&self) -> Params {
        match self {
            Self::Rule(rule) => rule.params(),
            Self::Note(name) => crossing(name.values()),
        }
    }
}

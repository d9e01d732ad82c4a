//! What checks and findings are called: closed sets, so that whoever has words for all of them cannot miss one.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use slipway_reference::Rule;
use ts_rs::{Config, TS};

/// A closed set of ids, each with the name that it has in JSON and in the catalogues.
macro_rules! ids {
    ($(#[$about:meta])* $set:ident { $($(#[$doc:meta])* $id:ident = $name:tt,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
        pub enum $set {
            $($(#[$doc])* #[serde(rename = $name)] $id,)*
        }

        impl $set {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$id),*];

            /// Its name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$id => $name,)*
                }
            }
        }
    };
}

pub(super) use ids;

ids! {
    /// What is looked at before a publish; the parameters of its sentences.
    CheckName {
        /// Who is signed in. `username`, `registry`; or only `reason`.
        Token = "token",
        /// GitHub takes the token. `username`, `scopes`.
        TokenAccepted = "token.accepted",
        /// It lacks a scope. `scope`, `account`.
        TokenScope = "token.scope",
        /// It has ended. `date`.
        TokenExpired = "token.expired",
        /// It ends within days. `n`.
        TokenExpiring = "token.expiring",
        /// It is not authorized for the owner's single sign-on. `owner`.
        TokenSso = "token.sso",
        /// The owner was not asked about. `reason`.
        Owner = "owner",
        /// A person. `owner`.
        OwnerUser = "owner.user",
        /// An organization. `owner`.
        OwnerOrganization = "owner.organization",
        /// There is no such owner. `x`.
        OwnerUnknown = "owner.unknown",
        /// The repository is there. `repository`.
        RepoThere = "repo.there",
        /// It has another name now. `x`.
        RepoRenamed = "repo.renamed",
        /// It is archived. `repository`.
        RepoArchived = "repo.archived",
        /// The account sees no such repository. `account`.
        RepoUnknown = "repo.unknown",
        /// The package was not asked about. `reason`.
        Package = "package",
        /// A new package. `name`.
        PackageNew = "package.new",
        /// A public one. `name`.
        PackagePublic = "package.public",
        /// One of an enterprise. `name`.
        PackageInternal = "package.internal",
        /// A private one. `name`.
        PackagePrivate = "package.private",
        /// It has versions, though GitHub's list does not show it. `name`.
        PackageThere = "package.there",
        /// The registry opens an upload. `registry`; refused: `code`, `owner` and those of the code.
        Write = "write",
        /// `tag`.
        TagNew = "tag.new",
        /// It names this image already. `tag`.
        TagSame = "tag.same",
        /// `tag`, `from`, `to`.
        TagMoves = "tag.moves",
        /// It moves to a digest that is known after compressing. `tag`, `from`.
        TagMovesUnknown = "tag.movesUnknown",
        /// `tag`, `reason`.
        TagUnknown = "tag.unknown",
        /// What goes up. `send`, `reused`, `layers`, `there`, `exact`, and `seconds` where the speed is known.
        Bytes = "bytes",
        /// `reason`.
        BytesUnknown = "bytes.unknown",
        /// All layers are within the limit. `largest`, `max`.
        Limits = "limits",
        /// The registry states no limit. `largest`.
        LimitsNone = "limits.none",
        /// `layer`, `size`, `max`.
        LayerLimit = "layer.limit",
        /// It takes longer than the registry allows one request. `layer`, `seconds`.
        LayerSlow = "layer.slow",
        /// `size`.
        ImageLarge = "image.large",
        /// No layer lies elsewhere.
        ForeignNone = "foreign.none",
        /// One does. `layer`.
        LayerForeign = "layer.foreign",
        /// Some do and may. `count`.
        ForeignKept = "foreign.kept",
        /// What speaks of the image stays behind. `count`.
        ReferrersLeft = "referrers.left",
        /// `platforms`.
        Platforms = "platforms",
        /// Several platforms, where one is taken. `platforms`.
        ImageMulti = "image.multi",
        /// `present`, `missing`.
        IndexSparse = "index.sparse",
        /// What zstd would send less. `saved`.
        ZstdSaves = "zstd.saves",
    }
}

ids! {
    /// What is worth knowing of a file or an image; the parameters of its sentence.
    NoteName {
        /// `present`, `missing`.
        IndexSparse = "index.sparse",
        /// `layer`.
        LayerForeign = "layer.foreign",
        /// `layer`, `type`, `bytes`.
        LayerType = "layer.type",
        /// More layers than Docker starts. `count`.
        ManyLayers = "image.manyLayers",
        /// No layers.
        Empty = "image.empty",
        /// Something of it stays behind. `what`, `reason`.
        LeftOut = "image.leftOut",
        /// The config is named after another digest. `member`.
        ConfigName = "image.configName",
        /// It stands in a folder of the file. `folder`.
        Folder = "image.folder",
        /// It is changed as somebody asked.
        Changed = "image.changed",
        /// The file lists something that stays behind.
        FileLeftOut = "file.leftOut",
    }
}

/// A rule of names that is broken, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleId(pub Rule);

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.id())
    }
}

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        let rule = Rule::all().iter().find(|rule| rule.id() == id);
        rule.map(|rule| Self(*rule)).ok_or_else(|| D::Error::custom(format!("no rule “{id}”")))
    }
}

impl TS for RuleId {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn docs() -> Option<String> {
        Some("/**\n * A rule of names that is broken.\n */\n".to_owned())
    }

    fn name(_: &Config) -> String {
        "RuleId".to_owned()
    }

    fn inline(_: &Config) -> String {
        Rule::all().iter().map(|rule| format!("\"{}\"", rule.id())).collect::<Vec<_>>().join(" | ")
    }

    fn decl(config: &Config) -> String {
        format!("type RuleId = {};", Self::inline(config))
    }
}

/// What a row of the pre-flight card is about: a field of the form, or what was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum CheckId {
    /// A rule of names.
    Rule(RuleId),
    /// What was looked at.
    Check(CheckName),
}

impl CheckId {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.0.id(),
            Self::Check(name) => name.as_str(),
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum FindingId {
    /// A rule of names.
    Rule(RuleId),
    /// Something about the file or the image.
    Note(NoteName),
}

//! Copies between registries.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CheckView, FailureView};

/// A copy as the page asks for it: what people typed and chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopyDraft {
    /// What is read, with its registry; a version or digest only where this one alone is meant.
    pub from: String,
    /// Where it goes, with its registry; a version only where one image is copied under another.
    pub to: String,
    /// Which versions.
    pub versions: CopyVersions,
    /// Only these platforms; empty for all.
    pub platforms: Vec<String>,
    /// Signatures and attestations come along.
    pub signatures: bool,
    /// Tags that point to another image stay as they are.
    pub no_clobber: bool,
    /// What a tag points to now gets a name of its own, by tag and date, before the tag moves.
    pub keep_old: bool,
}

/// Which versions of a repository are copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum CopyVersions {
    /// These; with none the one that `from` names.
    Named {
        /// Tags.
        tags: Vec<String>,
    },
    /// All that have a tag.
    All,
    /// Those that fit.
    Pattern {
        /// Patterns such as `2.*`, `!` in front of what stays behind, and bounds such as `>=2.0 <3`.
        text: String,
    },
}

/// A repository at one end of a copy, as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopyEndView {
    /// `HOST/PATH`.
    pub repository: String,
    /// The path alone, such as `octo-org/monalisa`.
    pub name: String,
    /// Tag or digest that was named.
    pub version: Option<String>,
    /// Its tags without those of signatures, the highest versions first.
    pub tags: Vec<String>,
    /// It is of the practice registry.
    pub practice: bool,
    /// What is known of it as a place to write to, problems first; nothing of one that is read.
    pub checks: Vec<CheckView>,
}

/// What is copied, settled: enough to do the same again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopyView {
    /// `HOST/PATH` that is read.
    pub from: String,
    /// `HOST/PATH` that is written.
    pub to: String,
    /// Its tags, in their order.
    pub tags: Vec<CopyPair>,
    /// Only these platforms; empty for all.
    pub platforms: Vec<String>,
    /// Signatures and attestations come along.
    pub signatures: bool,
    /// Tags that point to another image stay as they are.
    pub no_clobber: bool,
    /// Plain http to a host that is not this computer.
    pub plain_http: bool,
    /// Set when the job is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<CopiedView>,
}

/// One tag of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopyPair {
    /// What is read: a tag, or a digest.
    pub source: String,
    /// The tag that is set.
    pub tag: String,
    /// The name that whatever the tag points to now gets first, where it is to move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_old_as: Option<String>,
}

/// What a copy would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopyPlanView {
    /// What would be copied.
    pub copy: CopyView,
    /// Each tag, those of signatures last.
    pub tags: Vec<CopyTagView>,
    /// Bytes that go over the wire; each blob counts once.
    pub to_send: u64,
    /// Bytes that are linked from where they are in the same registry.
    pub to_link: u64,
    /// Bytes that are there.
    pub there: u64,
}

/// What came of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopiedView {
    /// Each tag, those of signatures last.
    pub tags: Vec<CopyTagView>,
    /// Tags that failed.
    pub failed: u32,
    /// Bytes sent.
    pub sent: u64,
    /// Bytes that were there already, or linked.
    pub reused: u64,
    /// Duration, milliseconds.
    pub duration_ms: u64,
}

impl CopiedView {
    /// Every tag is there, and the registry was asked back for each.
    pub fn is_sound(&self) -> bool {
        self.failed == 0 && self.tags.iter().all(|tag| tag.not_verified.is_none())
    }
}

/// A tag of a copy: what becomes of it, or what became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopyTagView {
    /// The tag.
    pub tag: String,
    /// It holds what speaks of another image.
    pub signature: bool,
    /// State.
    pub state: CopyTagState,
    /// What it will point to, or points to.
    pub digest: Option<String>,
    /// What it points to where it is read, where that is another digest.
    pub source_digest: Option<String>,
    /// What it pointed to before.
    pub moves_from: Option<String>,
    /// The name that this has, or will have.
    pub kept_as: Option<String>,
    /// Platforms, as far as they are known.
    pub platforms: Vec<String>,
    /// Bytes that go over the wire for it alone.
    pub to_send: u64,
    /// Why the registry could not be asked back, where it could not.
    pub not_verified: Option<String>,
    /// The rule of the settings that it stays by, such as `ghcr.io = versions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_by: Option<String>,
    /// Why it is not known, or was not copied.
    pub failure: Option<FailureView>,
}

/// States of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CopyTagState {
    /// It will be set, and is new.
    New,
    /// The same digest is there; what speaks of it may still be missing.
    Same,
    /// It will point to another image than now.
    Moves,
    /// It points to another image, and stays.
    Left,
    /// It was set, and the registry was asked back.
    Copied,
    /// It failed.
    Failed,
}

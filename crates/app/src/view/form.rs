//! The form, its rules and fixes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Field, FindingView, Level};

/// What the local rules say of a draft. Made at every key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FormView {
    /// The line of the labels that is none, if there is one.
    pub bad_label: Option<String>,
    /// The fields in the order of this registry, each with what was found.
    pub fields: Vec<FieldView>,
    /// The live reference in parts, for "Will be published as".
    pub reference: ReferenceView,
    /// Nothing here blocks publishing (the image may still).
    pub valid: bool,
}

/// One field of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FieldView {
    /// Which.
    pub field: Field,
    /// It may be left empty.
    pub optional: bool,
    /// It holds something, and nothing is wrong with it.
    pub ok: bool,
    /// What was found, the most serious first.
    pub findings: Vec<FindingView>,
    /// For Version: the level of each entry of `draft.versions`, where something was found.
    pub versions: Vec<Option<Level>>,
}

/// The reference in named parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReferenceView {
    /// Registry, owner, (repository,) image name, version. A missing part has empty text.
    pub parts: Vec<ReferencePart>,
    /// The whole reference with the first version, for copying; missing parts are left out.
    pub full: String,
    /// The same as people see it: the practice registry plays `ghcr.io`.
    pub shown: String,
    /// The further versions.
    pub more_versions: Vec<String>,
}

/// One part of the reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReferencePart {
    /// Name of the part.
    pub part: PartName,
    /// The separator before it: empty, `/` or `:`.
    pub before: String,
    /// Its text.
    pub text: String,
    /// Something blocks here.
    pub problem: bool,
}

/// Names of the reference's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PartName {
    /// registry
    Registry,
    /// owner
    Owner,
    /// repository
    Repository,
    /// image name
    ImageName,
    /// version
    Version,
}

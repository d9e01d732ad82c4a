//! What could stand in a field.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Something that could stand in a field. Anything else may be typed all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SuggestionView {
    /// The text.
    pub value: String,
    /// Where it is known from.
    pub from: SuggestionFrom,
}

/// Where a suggestion is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SuggestionFrom {
    /// Who is signed in.
    Account,
    /// What was published before.
    History,
    /// The image file.
    File,
    /// GitHub's lists.
    GitHub,
    /// The registry has it.
    Registry,
}

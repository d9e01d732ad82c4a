//! What a push would do.

use serde::{Deserialize, Serialize, Serializer};
use ts_rs::TS;

use super::params::Params;
use super::{CheckId, Field, FixView};

/// The pre-flight card: what can be known before a byte is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreflightView {
    /// The checks, grouped by severity: problems, warnings, passed, not checked.
    pub checks: Vec<CheckView>,
    /// The main button.
    pub button: PublishButton,
    /// Where each layer stands, in the order of [`ImageView::layers`].
    pub layers: Vec<LayerPlan>,
    /// What each of them takes at the registry, bytes; about, where it is compressed on the way.
    pub sizes: Vec<u64>,
    /// Bytes already at the registry.
    pub bytes_there: u64,
    /// Bytes to send; a guess where `exact` is false (plain layers are compressed on the way).
    pub bytes_to_send: u64,
    /// `bytes_to_send` is exact.
    pub exact: bool,
    /// The equivalent command, for "Show as command".
    pub command: String,
}

/// Where a layer stands before publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LayerPlan {
    /// The registry has it.
    There,
    /// It will be sent.
    ToSend,
    /// Nobody knows yet (offline, signed out, or only known after compressing).
    Unknown,
    /// Above the registry's limit.
    TooLarge,
    /// Foreign: not in the file.
    NotInFile,
}

/// The main button of the publish page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum PublishButton {
    /// "Publish": the plan is unknown.
    Publish,
    /// "Publish 12.4 MB", or "Publish about 12.4 MB" where not exact.
    #[serde(rename_all = "camelCase")]
    PublishBytes {
        /// Bytes to send.
        bytes: u64,
        /// The number is exact.
        exact: bool,
    },
    /// "Publish 2 tags": every layer is there.
    PublishTags {
        /// How many.
        count: u32,
    },
    /// "Add account…": publishing there takes a sign-in, and nobody is signed in.
    SignIn,
    /// "Nothing to publish": the same digest is there under every version.
    Nothing,
    /// "Go to first problem".
    FirstProblem {
        /// The field to go to; none where the image itself is the problem.
        field: Option<Field>,
    },
}

/// One check of the pre-flight card.
#[derive(Debug, Clone, PartialEq, Eq, TS)]
#[ts(rename_all = "camelCase")]
pub struct CheckView {
    /// What it is about, with the values for its words.
    #[ts(skip)]
    pub id: CheckId,
    /// How it ended.
    pub state: CheckState,
    /// The fix button, if there is one.
    pub fix: Option<FixView>,
    /// The field it belongs to, so that the title can lead there.
    pub field: Option<Field>,
}

/// A check as it crosses.
#[derive(Serialize)]
struct Crossing<'a> {
    id: &'a str,
    state: &'a CheckState,
    params: Params,
    fix: &'a Option<FixView>,
    field: &'a Option<Field>,
}

impl Serialize for CheckView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { id, state, fix, field } = self;
        Crossing { id: id.as_str(), state, params: id.params(), fix, field }.serialize(serializer)
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CheckState {
    /// Blocks publishing.
    Problem,
    /// You may go on.
    Warning,
    /// Fine.
    Passed,
    /// Could not be known here.
    NotChecked,
}

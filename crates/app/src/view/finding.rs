//! What is found about a file, an image or a field.

use serde::{Serialize, Serializer};
use ts_rs::TS;

use super::params::Params;
use super::{FindingId, FixView, Level};

/// One finding about a file, an image or a field.
#[derive(Debug, Clone, PartialEq, Eq, TS)]
#[ts(rename_all = "camelCase")]
pub struct FindingView {
    /// What it is about, with the values for its words.
    #[ts(skip)]
    pub id: FindingId,
    /// How serious.
    pub level: Level,
    /// The one-click fixes, the best first.
    pub fixes: Vec<FixView>,
    /// English sentence, for logs and the command. The page has its own words, by id.
    pub message: String,
}

/// A finding as it crosses.
#[derive(Serialize)]
struct Crossing<'a> {
    id: &'a str,
    level: &'a Level,
    params: Params,
    fixes: &'a [FixView],
    message: &'a str,
}

impl Serialize for FindingView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { id, level, fixes, message } = self;
        Crossing { id: id.as_str(), level, params: id.params(), fixes, message }.serialize(serializer)
    }
}

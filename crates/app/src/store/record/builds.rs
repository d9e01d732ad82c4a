//! A build, as it is kept: names of its arguments and secrets, and no value.

use serde::{Deserialize, Serialize};

use crate::view::{BuildView, BuiltView};

/// What was built, and what came of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Build {
    folder: String,
    dockerfile: String,
    target: String,
    engine: String,
    arguments: Vec<String>,
    secrets: Vec<String>,
    result: Option<Built>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Built {
    ids: Vec<String>,
    size: u64,
    steps: u32,
    cached: u32,
    duration_ms: u64,
}

impl From<BuildView> for Build {
    fn from(build: BuildView) -> Self {
        let BuildView { folder, dockerfile, target, engine, arguments, secrets, result } = build;
        Self { folder, dockerfile, target, engine, arguments, secrets, result: result.map(Into::into) }
    }
}

impl From<Build> for BuildView {
    fn from(build: Build) -> Self {
        let Build { folder, dockerfile, target, engine, arguments, secrets, result } = build;
        Self { folder, dockerfile, target, engine, arguments, secrets, result: result.map(Into::into) }
    }
}

impl From<BuiltView> for Built {
    fn from(built: BuiltView) -> Self {
        let BuiltView { ids, size, steps, cached, duration_ms } = built;
        Self { ids, size, steps, cached, duration_ms }
    }
}

impl From<Built> for BuiltView {
    fn from(built: Built) -> Self {
        let Built { ids, size, steps, cached, duration_ms } = built;
        Self { ids, size, steps, cached, duration_ms }
    }
}

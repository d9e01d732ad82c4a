//! A copy between registries, and what came of it.

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use crate::view::{CopiedView, CopyPair, CopyTagState, CopyTagView, CopyView};

/// What is copied, settled.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Copy {
    from: String,
    to: String,
    tags: Vec<Pair>,
    platforms: Vec<String>,
    signatures: bool,
    no_clobber: bool,
    plain_http: bool,
    result: Option<Copied>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pair {
    source: String,
    tag: String,
    keep_old_as: Option<String>,
}

/// Sizes are bytes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Copied {
    tags: Vec<Outcome>,
    failed: u32,
    sent: u64,
    reused: u64,
    duration_ms: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    tag: String,
    signature: bool,
    state: CopyTagState,
    digest: Option<String>,
    source_digest: Option<String>,
    moves_from: Option<String>,
    kept_as: Option<String>,
    platforms: Vec<String>,
    to_send: u64,
    not_verified: Option<String>,
    fixed_by: Option<String>,
    failure: Option<Failure>,
}

impl From<CopyView> for Copy {
    fn from(copy: CopyView) -> Self {
        let CopyView { from, to, tags, platforms, signatures, no_clobber, plain_http, result } = copy;
        let tags = tags.into_iter().map(Into::into).collect();
        let result = result.map(Into::into);
        Self { from, to, tags, platforms, signatures, no_clobber, plain_http, result }
    }
}

impl From<Copy> for CopyView {
    fn from(copy: Copy) -> Self {
        let Copy { from, to, tags, platforms, signatures, no_clobber, plain_http, result } = copy;
        let tags = tags.into_iter().map(Into::into).collect();
        let result = result.map(Into::into);
        Self { from, to, tags, platforms, signatures, no_clobber, plain_http, result }
    }
}

impl From<CopyPair> for Pair {
    fn from(pair: CopyPair) -> Self {
        let CopyPair { source, tag, keep_old_as } = pair;
        Self { source, tag, keep_old_as }
    }
}

impl From<Pair> for CopyPair {
    fn from(pair: Pair) -> Self {
        let Pair { source, tag, keep_old_as } = pair;
        Self { source, tag, keep_old_as }
    }
}

impl From<CopiedView> for Copied {
    fn from(copied: CopiedView) -> Self {
        let CopiedView { tags, failed, sent, reused, duration_ms } = copied;
        Self { tags: tags.into_iter().map(Into::into).collect(), failed, sent, reused, duration_ms }
    }
}

impl From<Copied> for CopiedView {
    fn from(copied: Copied) -> Self {
        let Copied { tags, failed, sent, reused, duration_ms } = copied;
        Self { tags: tags.into_iter().map(Into::into).collect(), failed, sent, reused, duration_ms }
    }
}

impl From<CopyTagView> for Outcome {
    fn from(view: CopyTagView) -> Self {
        let CopyTagView {
            tag,
            signature,
            state,
            digest,
            source_digest,
            moves_from,
            kept_as,
            platforms,
            to_send,
            not_verified,
            fixed_by,
            failure,
        } = view;
        Self {
            tag,
            signature,
            state,
            digest,
            source_digest,
            moves_from,
            kept_as,
            platforms,
            to_send,
            not_verified,
            fixed_by,
            failure: failure.map(Into::into),
        }
    }
}

impl From<Outcome> for CopyTagView {
    fn from(kept: Outcome) -> Self {
        Self {
            tag: kept.tag,
            signature: kept.signature,
            state: kept.state,
            digest: kept.digest,
            source_digest: kept.source_digest,
            moves_from: kept.moves_from,
            kept_as: kept.kept_as,
            platforms: kept.platforms,
            to_send: kept.to_send,
            not_verified: kept.not_verified,
            fixed_by: kept.fixed_by,
            failure: kept.failure.map(Into::into),
        }
    }
}

//! A copy as the queue runs it, and how its tags are shown.

use std::sync::Arc;

use slipway_reference::{HostName, Tag};
use slipway_transfer::{
    Control, CopiedTag, CopyLine, CopyRequest, CopyState, Ends, Events, Options, Resources, TagState,
    TransferError, copy,
};

use crate::clock::now;
use crate::jobs::work::{Done, Outcome, Work};
use crate::settings::Current;
use crate::view::{CopiedView, CopyTagState, CopyTagView, FailureView};

/// A copy as the queue runs it.
pub(super) struct Copying {
    pub(super) settings: Arc<Current>,
    /// The registry that it goes to.
    pub(super) to: HostName,
    pub(super) request: CopyRequest,
    pub(super) ends: Ends,
    pub(super) resources: Resources,
}

impl Work for Copying {
    type Error = TransferError;

    async fn run(&mut self, events: &Events, control: &Control) -> Result<Done, TransferError> {
        // It may have waited since, or been paused: the rule that counts is that of now.
        self.request.options.guard = self.settings.get().transfer_to(&self.to, &self.request.to).guard;
        let copied = copy(&self.request, &self.ends, &self.resources, events, control).await?;
        let tags: Vec<_> = copied.tags.iter().map(|tag| done(tag, &self.request.options)).collect();
        let failed = tags.iter().filter(|tag| tag.state == CopyTagState::Failed).count();
        let line = format!("{} of {} tags are there", tags.len() - failed, tags.len());
        let copied = CopiedView {
            tags,
            failed: u32::try_from(failed).unwrap_or(u32::MAX),
            sent: copied.sent,
            reused: copied.reused,
            duration_ms: u64::try_from(copied.duration.as_millis()).unwrap_or(u64::MAX),
        };
        Ok(Done { line, outcome: Outcome::Copied(copied) })
    }

    fn failure(&self, error: &TransferError) -> FailureView {
        FailureView::transfer(error, now())
    }

    /// No form and no file says it.
    fn repeatable(&self) -> bool {
        false
    }
}

/// What would become of a tag.
pub(super) fn planned(line: &CopyLine, options: &Options) -> CopyTagView {
    let view = CopyTagView {
        platforms: line.platforms.clone(),
        to_send: line.to_send,
        ..of(&line.tag, line.is_signature, &line.state, options)
    };
    let kept_as = line.keep_old_as.as_ref().filter(|_| view.state == CopyTagState::Moves);
    CopyTagView { kept_as: kept_as.map(ToString::to_string), ..view }
}

/// What became of a tag.
fn done(tag: &CopiedTag, options: &Options) -> CopyTagView {
    let view = of(&tag.tag, tag.is_signature, &tag.state, options);
    let was_set = tag.state.as_ref().is_ok_and(|state| state.to_do && state.there != TagState::Same);
    CopyTagView {
        state: if was_set { CopyTagState::Copied } else { view.state },
        digest: tag.digest.as_ref().map(ToString::to_string).or(view.digest),
        kept_as: tag.kept_as.as_ref().map(ToString::to_string),
        not_verified: tag.not_verified.clone(),
        ..view
    }
}

fn of(
    tag: &Tag,
    signature: bool,
    state: &Result<CopyState, TransferError>,
    options: &Options,
) -> CopyTagView {
    let view = CopyTagView {
        tag: tag.to_string(),
        signature,
        state: CopyTagState::Failed,
        digest: None,
        source_digest: None,
        moves_from: None,
        kept_as: None,
        platforms: Vec::new(),
        to_send: 0,
        not_verified: None,
        fixed_by: None,
        failure: None,
    };
    let state = match state {
        Ok(state) => state,
        Err(error) => return CopyTagView { failure: Some(FailureView::transfer(error, now())), ..view },
    };
    let moves_from = match &state.there {
        TagState::Moves { from, .. } => Some(from.to_string()),
        _ => None,
    };
    CopyTagView {
        state: match &state.there {
            _ if state.left => CopyTagState::Left,
            TagState::Moves { .. } => CopyTagState::Moves,
            TagState::Same => CopyTagState::Same,
            TagState::New | TagState::Unknown => CopyTagState::New,
        },
        digest: Some(state.copied_digest.to_string()),
        source_digest: (state.digest != state.copied_digest).then(|| state.digest.to_string()),
        moves_from,
        fixed_by: options.guard_of(tag).filter(|_| state.left && !signature).map(|guard| guard.to_string()),
        ..view
    }
}

//! Rows of the pre-flight card.

use crate::view::{CheckName, CheckState, CheckView};

pub(super) fn check(name: CheckName, state: CheckState) -> CheckView {
    CheckView { id: name.into(), state, fix: None, field: None }
}

/// One that nothing speaks against.
pub(super) fn passed(name: CheckName) -> CheckView {
    check(name, CheckState::Passed)
}

/// One that could not be made; its `name` says why.
pub(super) fn not_checked(name: CheckName) -> CheckView {
    check(name, CheckState::NotChecked)
}

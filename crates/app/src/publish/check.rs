//! Rows of the pre-flight card. One that could not be made carries the parameter `reason`: `offline`, `signedOut`,
//! `later` or `fields`.

use std::collections::BTreeMap;

use crate::view::{CheckName, CheckState, CheckView};

/// Why something could not be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    Offline,
    SignedOut,
    Later,
    Fields,
}

impl Reason {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::SignedOut => "signedOut",
            Self::Later => "later",
            Self::Fields => "fields",
        }
    }
}

pub(super) fn check<const N: usize>(
    name: CheckName,
    state: CheckState,
    params: [(&str, String); N],
) -> CheckView {
    let params: BTreeMap<_, _> = params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    CheckView { id: name.into(), state, params, fix: None, field: None }
}

pub(super) fn not_checked(name: CheckName, reason: Reason) -> CheckView {
    check(name, CheckState::NotChecked, [("reason", reason.word().to_owned())])
}

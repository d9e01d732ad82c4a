//! Exit codes, as README promises them.

use std::process::ExitCode;

use slipway_app::view::{Code, FailureView};

/// How the command ends. Wrong usage (2) is the argument parser's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    Failed,
    Usage,
    /// Nothing was sent, or nothing that anybody could see: the input is what was refused.
    Refused,
    Authentication,
    Cancelled,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

impl Exit {
    /// What the shell gets.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Authentication => 4,
            Self::Cancelled => 130,
        }
    }

    /// What is left of this end where results could not be written to standard output. `only_tells`: the command does
    /// nothing but write, so that a reader who has seen enough ends it in peace.
    pub(crate) fn unwritten(self, error: &std::io::Error, only_tells: bool) -> Self {
        let closed = error.kind() == std::io::ErrorKind::BrokenPipe;
        if closed && only_tells {
            return self;
        }
        let done = if self == Self::Done { "it was done, but its result" } else { "its result" };
        crate::output::error(&format!("{done} cannot be written to standard output: {error}"));
        if self == Self::Done { Self::Failed } else { self }
    }

    /// The code for a failure. `started`: bytes may have gone out already.
    pub(crate) fn of(failure: &FailureView, started: bool) -> Self {
        match &failure.code {
            Code::Cancelled => Self::Cancelled,
            Code::SignInRequired
            | Code::DeniedPackageRole
            | Code::DeniedScope
            | Code::DeniedCredential
            | Code::DeniedOrgCreate { .. }
            | Code::DeniedOther
            | Code::Unauthenticated
            | Code::SsoRequired
            | Code::RealmElsewhere { .. }
            | Code::LegacyUnauthorized => Self::Authentication,
            // A layer of it, or a version that somebody set, was found only on the way; nothing was tagged.
            Code::FileUnpacks { .. } | Code::TagExists { .. } | Code::TagFixed { .. } => Self::Refused,
            _ if !started => Self::Refused,
            _ => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use slipway_app::view::{Bytes, Code, DigestOr, FailureView};

    use super::Exit;

    #[test]
    fn an_input_that_is_refused_on_the_way_ends_as_one_that_was_refused_before() {
        let of = |code, started| Exit::of(&FailureView::new(code, "refused"), started);
        for started in [false, true] {
            let (size, limit) = (Bytes(1), Bytes(2));
            let unpacks = Code::FileUnpacks { member: "a.tar.gz".to_owned(), size, limit, file: None };
            assert_eq!(of(unpacks, started), Exit::Refused);
            let exists = Code::TagExists { tag: "1.0".to_owned(), found: DigestOr("sha256:1".to_owned()) };
            assert_eq!(of(exists, started), Exit::Refused);
            let rule = "ghcr.io = versions".to_owned();
            let found = DigestOr("sha256:1".to_owned());
            assert_eq!(of(Code::TagFixed { tag: "1.0.0".to_owned(), found, rule }, started), Exit::Refused);
            assert_eq!(of(Code::DeniedScope, started), Exit::Authentication);
        }
        let damaged = || Code::FileDamaged { member: "layer.tar".to_owned(), layer: Some(1) };
        assert_eq!(of(damaged(), false), Exit::Refused);
        assert_eq!(of(damaged(), true), Exit::Failed);
    }
}

//! Why a chore cannot go on, and what helps.

use std::fmt;

/// What stopped the chore, in words for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Stop {
    what: String,
    help: Option<String>,
}

impl Stop {
    /// Stopped by `what`.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), help: None }
    }

    /// The same, with the next step to take.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Stopped by the operating system while `doing` something.
    pub(crate) fn io(doing: impl fmt::Display, error: &std::io::Error) -> Self {
        Self::new(format!("{doing}: {error}"))
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stopped: {}", self.what)?;
        match &self.help {
            Some(help) => write!(f, "\n{help}"),
            None => Ok(()),
        }
    }
}

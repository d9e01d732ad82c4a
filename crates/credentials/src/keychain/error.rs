//! Why the keychain did not do what it was asked for.

use std::fmt;

/// Why there is no keychain to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingReason {
    /// The desktop's session bus cannot be reached: a bare console, a container, a connection by SSH.
    NoBus,
    /// Nothing on the session bus keeps secrets: no GNOME Keyring, `KWallet` or `KeePassXC` is running.
    NoService,
    /// The service is there but has no default keyring to save in, which it would have to make first.
    NoKeyring,
    /// The service is there but did not answer in time.
    NoAnswer,
}

impl fmt::Display for MissingReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoBus => "the desktop's session bus cannot be reached",
            Self::NoService => "no secret service is running (GNOME Keyring, KWallet or KeePassXC)",
            Self::NoKeyring => "the secret service has no default keyring",
            Self::NoAnswer => "the secret service does not answer",
        })
    }
}

/// What the keychain can do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeychainState {
    /// It can be used without a question to the person.
    Ready,
    /// There is none.
    Missing {
        /// Why.
        reason: MissingReason,
    },
    /// It is there, and asks the person before it is used.
    Locked,
}

/// Why the keychain did not do what it was asked for. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// There is none.
    #[error("there is no keychain: {0}")]
    Missing(MissingReason),
    /// It stayed locked: the question was dismissed, or could not be shown.
    #[error("the keychain stayed locked")]
    Locked,
    /// It did not answer in time, perhaps because nobody answered its question.
    #[error("the keychain did not answer in time")]
    TimedOut,
    /// The system refuses access to it.
    #[error("the system refuses access to the keychain")]
    Denied,
    /// Several entries have this name.
    #[error("the keychain holds several entries of this name")]
    Ambiguous,
    /// Something else, in the keychain's own words.
    #[error("the keychain failed: {0}")]
    Other(String),
}

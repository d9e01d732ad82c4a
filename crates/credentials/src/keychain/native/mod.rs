//! The keychain of each system. All offer the same: `open`, `modifiers`, `state`, `unlock` with what is `Pending` of
//! it, and `error`, which tells what an error of the store means.

#[cfg(target_os = "macos")]
mod macos;
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "macos")]
pub(super) use macos::{Pending, error, modifiers, open, state, unlock};
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) use secret_service::{Pending, error, modifiers, open, state, unlock};
#[cfg(windows)]
pub(super) use windows::{Pending, error, modifiers, open, state, unlock};

/// What an entry is unlocked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To read or remove it where it is there.
    Find,
    /// To write it, which may make a new one.
    Save,
}

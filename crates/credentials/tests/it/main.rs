//! Where secrets live; each module says which part.

#[cfg(unix)]
mod finders;
mod keychain;
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;
#[cfg(unix)]
mod sign_in;
#[cfg(unix)]
mod stand_ins;

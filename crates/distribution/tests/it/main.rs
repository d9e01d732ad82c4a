//! The wire client of registries; each module says what of it.

mod authorization;
mod proxy;
mod tries;

//! How a host is reached; each module says what of it.

mod faults;
mod trust;

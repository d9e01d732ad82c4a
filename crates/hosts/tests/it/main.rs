//! The registries' rules as data; each module says which.

mod added;
mod endpoints;
mod form;

//! Getting an image out of a registry.

mod begin;
mod here;
mod load;
mod lookup;
mod manifests;
mod names;
mod options;
mod place;
mod signatures;
mod start;
mod tags;
mod wish;
mod work;

pub use options::{FetchProgress, PullFormat, PullOptions};
pub use start::Install;

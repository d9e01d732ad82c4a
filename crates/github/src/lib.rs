//! What GitHub knows: whose a token is and what it may do, who owns what, and which packages there are. Asks the
//! REST API and the device flow only; the registries are `slipway-distribution`'s.
//!
//! Nothing here tries again by itself: [`GitHubError::RateLimited`] says when it may be worth it.

mod account;
mod answer;
mod client;
mod device;
mod error;
mod http;
mod link;
mod package;
mod rate;
mod repository;
mod scopes;
mod sso;
mod token;

pub use account::{Account, AccountKind, Identity};
pub use client::{GitHub, Listed};
pub use device::{DeviceCode, DeviceError, DeviceFlow, Granted};
pub use error::{Answered, GitHubError};
pub use http::Options;
pub use package::{Holder, NamedPackage, Package, PackageType, PackageVersion, Visibility};
pub use rate::Rate;
pub use repository::Repository;
pub use scopes::{Diagnosis, Scopes, Task, Verdict, doctor};
pub use slipway_http::{Fault, Options as HttpOptions, Proxy};
pub use sso::Sso;
pub use token::{TokenCheck, TokenKind, TokenProblem, check};

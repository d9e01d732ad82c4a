//! How a host is reached, whoever asks: clients with their proxies and certificate authorities, faults by cause, answers
//! with bounds in size and time, and one budget of tries for one question.
//!
//! Nothing here knows a registry or GitHub. A client follows no redirects and sends no credential of its own.

mod asking;
mod body;
mod client;
mod fault;
mod names;
mod proxy;
mod retry;
mod tls;
mod wait;
mod words;

pub use asking::{Asked, Asking, SILENCE};
pub use body::{BodyError, beginning, read};
pub use client::{Client, Options, SetUpError};
pub use fault::{Distrust, Fault};
pub use proxy::{Proxy, ProxyError};
pub use retry::{Budget, Failure, RetryPolicy, Wish};
pub use wait::{answered, retry_after};
pub use words::{Said, printable, said};

//! The places that get a credential, or decide who does.

use std::collections::BTreeSet;

/// A place that gets a credential, or decides who does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Recipient {
    Registry(String),
    Api(String),
    /// A token service of somebody else.
    Realm(String),
    /// The file of a certificate authority.
    Authority(String),
    Proxy(String),
}

/// All those of a host.
pub(crate) type Recipients = BTreeSet<Recipient>;

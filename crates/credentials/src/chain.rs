//! Several places, asked in order.

use std::sync::Arc;

use slipway_distribution::{Credential, Credentials};
use slipway_reference::HostName;

/// Asks several places in order; the first that knows the host answers.
#[derive(Clone, Default)]
pub struct Chain(Vec<Arc<dyn Credentials>>);

impl Chain {
    /// A chain of `places`, the first asked first.
    pub fn new(places: Vec<Arc<dyn Credentials>>) -> Self {
        Self(places)
    }
}

impl Credentials for Chain {
    fn credential(&self, host: &HostName) -> Option<Credential> {
        self.0.iter().find_map(|place| place.credential(host))
    }
}

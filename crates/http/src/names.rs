//! Names of hosts and their addresses.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// No address was found for a name. Found again in the HTTP client's errors. Whether nobody has the name or nobody could
/// be asked is not told apart: the system's resolver says it in words of the person's language alone.
#[derive(Debug, thiserror::Error)]
#[error("no address was found for the name")]
pub(crate) struct UnknownHost;

/// The system's resolver, whose failures can be told from other ones.
pub(crate) struct System;

impl Resolve for System {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The port comes from the address that is asked for.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found: Vec<SocketAddr> = match found {
                Ok(found) => found.collect(),
                Err(error) => {
                    tracing::debug!(%error, host = name.as_str(), "looking a host up");
                    return Err(UnknownHost.into());
                }
            };
            if found.is_empty() {
                return Err(UnknownHost.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

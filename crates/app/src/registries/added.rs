//! The hosts of the settings as registries, and why one of them cannot be.

use std::collections::BTreeMap;
use std::path::Path;

use slipway_hosts::{Hosts, HostsError};
use slipway_reference::HostName;

use crate::settings::HostEntry;
use crate::view::{Code, FailureView, HostField};

/// Why a host cannot be as it is set.
#[derive(Debug)]
pub(crate) struct Refusal {
    host: String,
    /// The key in the settings; none where the name is meant.
    key: Option<&'static str>,
    reason: String,
}

impl Refusal {
    fn of(host: &HostName, error: HostsError) -> Self {
        let host = host.to_string();
        match error {
            HostsError::Value { key, reason, .. } => Self { host, key: Some(key), reason },
            HostsError::Name { reason, .. } | HostsError::Malformed(reason) => {
                Self { host, key: None, reason }
            }
        }
    }

    /// As the settings file is spoken of: `[hosts."ghe.example.com"] api: …`.
    pub(crate) fn in_settings(&self) -> String {
        let key = self.key.map(|key| format!(" {key}")).unwrap_or_default();
        format!("[hosts.\"{}\"]{key}: {}", self.host, self.reason)
    }

    /// As the form for `host` is told. What is wrong with another host by its coming is wrong with its name.
    pub(crate) fn in_form(self, host: &str) -> FailureView {
        if self.host == host {
            return refused(host, HostField::of(self.key), self.reason);
        }
        refused(host, HostField::Name, self.in_settings())
    }
}

/// What cannot be used of `host` stands in this field of its form.
pub(crate) fn refused(host: &str, field: HostField, reason: impl Into<String>) -> FailureView {
    let reason = reason.into();
    let message = format!("{host}: {}: {reason}", field.as_str());
    FailureView::new(Code::HostRefused { field, reason }, message)
}

/// The registries of `base` with the hosts of the settings. Their files are relative to `home`.
pub(crate) fn with_settings(
    base: &Hosts,
    entries: &BTreeMap<String, HostEntry>,
    home: &Path,
) -> Result<Hosts, Refusal> {
    let mut hosts = base.clone();
    for (name, entry) in entries {
        let host: HostName = name.parse().map_err(|reason: slipway_reference::Refusal| Refusal {
            host: name.clone(),
            key: None,
            reason: reason.to_string(),
        })?;
        hosts.add(&host, &entry.added(home)).map_err(|error| Refusal::of(&host, error))?;
    }
    Ok(hosts)
}

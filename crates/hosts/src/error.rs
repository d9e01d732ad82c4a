//! Why an endpoint cannot be used.

/// Why an endpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HostsError {
    /// The file is not TOML of the known form.
    #[error("{0}")]
    Malformed(String),
    /// A table's name is no host.
    #[error("[\"{table}\"] is no registry's name: {reason}")]
    Name {
        /// The table.
        table: String,
        /// Why.
        reason: String,
    },
    /// A value cannot be used.
    #[error("[\"{table}\"] {key}: {reason}")]
    Value {
        /// The table.
        table: String,
        /// The key in it.
        key: &'static str,
        /// Why.
        reason: String,
    },
}

//! How engines write IDs, names and platforms.

use serde_json::Value;

/// With its algorithm, which Podman leaves out here and there.
pub(crate) fn full_id(id: &str) -> String {
    if id.contains(':') { id.to_owned() } else { format!("sha256:{id}") }
}

/// `linux/arm64/v8`; parts that are not known are left out.
pub(crate) fn platform(os: &str, architecture: &str, variant: &str) -> String {
    let parts = [os, architecture, variant];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("/")
}

/// Texts of a list that may be null or not there.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Names, without what stands where there is none: `<none>:<none>`, `<none>@<none>`, and bare digests.
pub(crate) fn names(value: &Value) -> Vec<String> {
    let mut names = texts(value);
    names.retain(|name| !name.contains("<none>") && !name.starts_with("sha256:"));
    names
}

//! One image, as an engine describes it.

use serde_json::Value;

/// What an engine says of one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// `sha256:…`: the digest of its configuration, or of its manifest or index where the engine keeps those.
    pub id: String,
    /// All its names with a tag, as the engine spells them.
    pub names: Vec<String>,
    /// `REPOSITORY@DIGEST` of where it came from or went to.
    pub digests: Vec<String>,
    /// Such as `linux/arm64/v8`.
    pub platform: String,
    /// Digests of its unpacked layers, the lowest first.
    pub diff_ids: Vec<String>,
    /// Bytes, as the engine counts them.
    pub size: u64,
}

impl Details {
    pub(crate) fn read(value: &Value) -> Result<Self, String> {
        let id = value["Id"].as_str().filter(|id| !id.is_empty());
        let text = |name: &str| value[name].as_str().unwrap_or_default();
        Ok(Self {
            id: full_id(id.ok_or("it has no Id")?),
            names: names(&value["RepoTags"]),
            digests: names(&value["RepoDigests"]),
            platform: platform(text("Os"), text("Architecture"), text("Variant")),
            diff_ids: texts(&value["RootFS"]["Layers"]),
            size: value["Size"].as_u64().unwrap_or_default(),
        })
    }

    /// `name` is its ID, or the beginning of it.
    pub(crate) fn is_id(&self, name: &str) -> bool {
        let hex = name.strip_prefix("sha256:").unwrap_or(name);
        let own = self.id.strip_prefix("sha256:").unwrap_or(&self.id);
        !hex.is_empty() && own.starts_with(hex)
    }
}

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

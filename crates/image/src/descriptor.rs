//! What a manifest or an index says about something it names.

use serde_json::Value;
use slipway_reference::Digest;

use crate::Malformed;
use crate::json::{entry, text, texts};
use crate::platform::{LONGEST_WORD, Platform};

/// What a manifest or an index says about something it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// Media type.
    pub media_type: String,
    /// Digest.
    pub digest: Digest,
    /// Size in bytes.
    pub size: u64,
    /// Platform.
    pub platform: Option<Platform>,
    /// Annotations, in their order.
    pub annotations: Vec<(String, String)>,
    /// Where it can be had besides.
    pub urls: Vec<String>,
}

impl Descriptor {
    /// Reads a descriptor.
    ///
    /// # Errors
    /// Where it lacks its digest or its size, or says more than any descriptor does.
    pub fn read(value: &Value) -> Result<Self, Malformed> {
        let digest = text(value, "digest").ok_or_else(|| Malformed::new("a descriptor has no digest"))?;
        let digest = digest.parse().map_err(|_| Malformed::new(format!("\"{digest}\" is no digest")))?;
        let size = entry(value, "size")
            .and_then(Value::as_u64)
            .ok_or_else(|| Malformed::new("a descriptor has no size"))?;
        let media_type = text(value, "mediaType").unwrap_or_default();
        let platform = entry(value, "platform").and_then(Platform::read);
        // They are said again of each image and each layer.
        if media_type.len() > LONGEST_WORD || platform.as_ref().is_some_and(Platform::is_long) {
            return Err(Malformed::new(format!(
                "the media type or the platform of {digest} is longer than {LONGEST_WORD} bytes"
            )));
        }
        Ok(Self {
            media_type,
            digest,
            size,
            platform,
            annotations: annotations(value),
            urls: texts(value, "urls"),
        })
    }

    /// What `BuildKit` hides in an index: provenance and SBOMs, for no platform at all.
    pub fn is_attestation(&self) -> bool {
        let known = ("vnd.docker.reference.type".to_owned(), "attestation-manifest".to_owned());
        self.annotations.contains(&known)
            || self.platform.as_ref().is_some_and(|platform| platform.os == "unknown")
    }
}

/// Annotations of a descriptor, in their order; what is no text is left out.
pub fn annotations(descriptor: &Value) -> Vec<(String, String)> {
    let annotations = entry(descriptor, "annotations").and_then(Value::as_object).into_iter().flatten();
    annotations.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// What a manifest speaks of (`subject`, OCI image specification 1.1).
pub fn subject(manifest: &Value) -> Option<Digest> {
    entry(manifest, "subject").and_then(|subject| text(subject, "digest"))?.parse().ok()
}

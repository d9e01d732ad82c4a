//! A manifest or an index, and what it names.

use serde_json::Value;
use slipway_reference::Digest;

use crate::json::{self, entry, list};
use crate::{Descriptor, Malformed, subject};

/// A manifest or an index, read as leniently as Go reads it. What it names is read one by one, so that one odd entry
/// does not hide the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document(Value);

impl Document {
    /// Reads `raw`.
    ///
    /// # Errors
    /// Where it is no JSON, or holds more values than any manifest or index.
    pub fn parse(raw: &[u8]) -> Result<Self, Malformed> {
        json::parse(raw).map(Self)
    }

    /// It has a list of manifests, however short.
    pub fn is_index(&self) -> bool {
        entry(&self.0, "manifests").is_some_and(Value::is_array)
    }

    /// The manifests and indexes that an index names.
    pub fn manifests(&self) -> impl Iterator<Item = Result<Descriptor, Malformed>> {
        list(&self.0, "manifests").iter().map(Descriptor::read)
    }

    /// The manifest that this one speaks of.
    pub fn subject(&self) -> Option<Digest> {
        subject(&self.0)
    }

    /// The configuration that a manifest names.
    pub fn config(&self) -> Option<Result<Descriptor, Malformed>> {
        entry(&self.0, "config").map(Descriptor::read)
    }

    /// The layers that a manifest names, from the lowest.
    pub fn layers(&self) -> impl Iterator<Item = Result<Descriptor, Malformed>> {
        list(&self.0, "layers").iter().map(Descriptor::read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(value: &Value) -> Document {
        Document::parse(value.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_manifest_names_its_config_and_its_layers_in_their_order() {
        let descriptor = |digit: &str, size| serde_json::json!({"digest": format!("sha256:{}", digit.repeat(64)), "size": size});
        let manifest = serde_json::json!({"config": descriptor("a", 1), "layers": [descriptor("b", 2), descriptor("c", 3)]});
        assert_eq!(document(&manifest).config().unwrap().unwrap().size, 1);
        let sizes: Vec<_> = document(&manifest).layers().map(|layer| layer.unwrap().size).collect();
        assert_eq!(sizes, [2, 3]);
        assert!(!document(&manifest).is_index());
    }

    #[test]
    fn an_odd_entry_of_an_index_does_not_hide_the_others() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let index = document(&serde_json::json!({"manifests": [{"size": 1}, {"digest": digest, "size": 2}]}));
        let entries: Vec<_> = index.manifests().collect();
        assert_eq!(entries[0].as_ref().unwrap_err().to_string(), "a descriptor has no digest");
        assert_eq!(entries[1].as_ref().unwrap().size, 2);
        assert!(index.is_index() && document(&serde_json::json!({"manifests": []})).is_index());
    }
}

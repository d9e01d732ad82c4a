//! JSON of other tools, read as leniently as Go reads it: keys in any case, null for absent.

use serde_json::Value;

use crate::ArchiveError;

/// Manifests, indexes and configurations are at most so large, bytes. Registries refuse larger ones.
pub(crate) const LARGEST: u64 = 4 << 20;

/// Parses `raw`, the content of `member`.
pub(crate) fn parse(raw: &[u8], member: &str) -> Result<Value, ArchiveError> {
    // Some editors leave a byte order mark.
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    serde_json::from_slice(raw)
        .map_err(|error| ArchiveError::malformed(member, format!("it is no JSON: {error}")))
}

/// The entry `key` of an object; the exact spelling first, then any case. Null counts as absent.
pub(crate) fn entry<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    let found = object.get(key);
    let found = found
        .or_else(|| object.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, found)| found));
    found.filter(|found| !found.is_null())
}

/// A text that is not empty.
pub(crate) fn text(value: &Value, key: &str) -> Option<String> {
    entry(value, key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A list; empty where there is none.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    entry(value, key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A list of texts; one text alone counts as such a list.
pub(crate) fn texts(value: &Value, key: &str) -> Vec<String> {
    match entry(value, key) {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_any_case_and_nulls_are_read_as_go_does() {
        let value = serde_json::json!({"repoTags": ["a:1"], "Layers": null, "config": "x", "Config": "y"});
        assert_eq!(texts(&value, "RepoTags"), ["a:1"]);
        assert!(list(&value, "Layers").is_empty());
        assert_eq!(text(&value, "Config").as_deref(), Some("y"));
        assert_eq!(text(&value, "CONFIG").as_deref(), Some("x"));
    }
}

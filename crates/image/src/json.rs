//! JSON of other tools, read as leniently as Go reads it: keys in any case, null for absent.

use serde_json::Value;

use crate::Malformed;

/// Manifests, indexes and configurations are at most so large, bytes. Registries refuse larger ones.
pub const LARGEST: u64 = 4 << 20;

/// Values in one of them: each takes up to two hundred bytes while it is read.
const MOST_VALUES: usize = 250_000;

/// Parses `raw`: a manifest, an index or a configuration.
///
/// # Errors
/// Where it is no JSON, or holds more values than any such document.
pub fn parse(raw: &[u8]) -> Result<Value, Malformed> {
    if values(raw) > MOST_VALUES {
        return Err(Malformed::new(format!("it holds more than {MOST_VALUES} values")));
    }
    // Some editors leave a byte order mark.
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    serde_json::from_slice(raw).map_err(|error| Malformed::new(format!("it is no JSON: {error}")))
}

/// How many values there are in `raw` at most; keys count as such.
pub fn values(raw: &[u8]) -> usize {
    let (mut values, mut in_text, mut escaped) = (1, false, false);
    for byte in raw {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_text,
            b'"' => in_text = !in_text,
            b',' | b':' | b'{' | b'[' if !in_text => values += 1,
            _ => {}
        }
    }
    values
}

/// The entry `key` of an object; the exact spelling first, then any case. Null counts as absent.
pub fn entry<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    let found = object.get(key);
    let found = found
        .or_else(|| object.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, found)| found));
    found.filter(|found| !found.is_null())
}

/// A text that is not empty.
pub fn text(value: &Value, key: &str) -> Option<String> {
    entry(value, key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A list; empty where there is none.
pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    entry(value, key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A list of texts; one text alone counts as such a list.
pub fn texts(value: &Value, key: &str) -> Vec<String> {
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
    fn values_are_counted_outside_of_texts() {
        assert_eq!(values(br#"{"a": [1, "b,{\",:"], "c": null}"#), 7);
        assert!(parse(format!("[{}0]", "0,".repeat(250_000)).as_bytes()).is_err());
    }

    #[test]
    fn keys_in_any_case_and_nulls_are_read_as_go_does() {
        let value = serde_json::json!({"repoTags": ["a:1"], "Layers": null, "config": "x", "Config": "y"});
        assert_eq!(texts(&value, "RepoTags"), ["a:1"]);
        assert!(list(&value, "Layers").is_empty());
        assert_eq!(text(&value, "Config").as_deref(), Some("y"));
        assert_eq!(text(&value, "CONFIG").as_deref(), Some("x"));
    }
}

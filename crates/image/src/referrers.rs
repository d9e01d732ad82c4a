//! What lists manifests that speak of another one, where a registry has no better way: an index under a tag that is named
//! after the subject (distribution specification 1.1, "referrers tag schema").

use serde_json::{Value, json};
use slipway_reference::Digest;

use crate::Stored;

/// Digits of a digest that such a tag has at most: longer ones would make no valid tag.
const MOST_DIGITS: usize = 64;

/// The tag of the list of what speaks of `subject`: `sha256-…`.
pub fn list_tag(subject: &Digest) -> String {
    let hex = subject.hex();
    format!("{}-{}", subject.algorithm().as_str(), &hex[..hex.len().min(MOST_DIGITS)])
}

/// Whether `name`, a tag with or without what stands in front of it, is the tag of such a list.
pub fn is_list_tag(name: &str) -> bool {
    let tag = name.rsplit(':').next().unwrap_or(name);
    tag.split_once('-').is_some_and(|(algorithm, hex)| format!("{algorithm}:{hex}").parse::<Digest>().is_ok())
}

/// What a tag such as `sha256-….sig` is named after. That of a list of referrers (`sha256-…`) is none: lists are made
/// anew wherever what they list goes.
pub fn named_after(tag: &str) -> Option<Digest> {
    let (stem, _) = tag.split_once('.')?;
    let (algorithm, hex) = stem.split_once('-')?;
    format!("{algorithm}:{hex}").parse().ok()
}

/// What a list says of a referrer. Its kind is that of its configuration where it names none itself.
pub fn entry(stored: &Stored) -> Value {
    // Whoever stored these bytes parsed them already; what was accepted is JSON.
    let manifest: Value = serde_json::from_slice(&stored.raw).unwrap_or_default();
    let kind = manifest["artifactType"].as_str().or_else(|| manifest["config"]["mediaType"].as_str());
    let mut entry = json!({
        "mediaType": stored.media_type,
        "digest": stored.digest.to_string(),
        "size": stored.raw.len(),
        "artifactType": kind.unwrap_or_default(),
    });
    if manifest["annotations"].is_object() {
        entry["annotations"] = manifest["annotations"].clone();
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_of_a_list_is_known_again() {
        let subject: Digest = format!("sha256:{}", "a".repeat(64)).parse().unwrap();
        let tag = list_tag(&subject);
        assert_eq!(tag, format!("sha256-{}", "a".repeat(64)));
        assert!(is_list_tag(&tag) && is_list_tag(&format!("ghcr.io/octocat/monalisa:{tag}")));
        assert!(!is_list_tag("latest") && !is_list_tag("sha256-abc"));
        assert_eq!(named_after(&format!("{tag}.sig")), Some(subject));
        assert_eq!([&tag, "1.0", "sha256-abc.sig"].map(named_after), [None, None, None]);
    }

    #[test]
    fn the_kind_of_a_referrer_is_its_configs_where_it_names_none() {
        let raw = json!({"config": {"mediaType": "application/x"}, "annotations": {"a": "b"}}).to_string();
        let stored = Stored {
            media_type: "application/y".to_owned(),
            digest: crate::sha256(raw.as_bytes()),
            raw: raw.into_bytes().into(),
        };
        let entry = entry(&stored);
        assert_eq!(entry["artifactType"], "application/x");
        assert_eq!(entry["annotations"], json!({"a": "b"}));
    }
}

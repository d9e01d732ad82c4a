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
    let Some((algorithm, hex)) = tag.split_once('-') else { return false };
    // A longer digest is cut to what a tag may hold.
    let is_cut =
        algorithm == "sha512" && hex.len() == MOST_DIGITS && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_cut || format!("{algorithm}:{hex}").parse::<Digest>().is_ok()
}

/// Whether `tag` is named after the digest of what it speaks of: a list of referrers, or a signature, attestation or SBOM
/// as cosign names them (`sha256-….sig`). A tag such as `2.4.0.sbom` is one that somebody chose.
pub fn is_about_a_digest(tag: &str) -> bool {
    is_list_tag(tag.split('.').next().unwrap_or_default())
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
    });
    // An index has no configuration to take it from.
    if let Some(kind) = kind {
        entry["artifactType"] = json!(kind);
    }
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
        let long: Digest = format!("sha512:{}", "b".repeat(128)).parse().unwrap();
        assert!(is_list_tag(&list_tag(&long)), "though its tag has half of the digits");
        assert!(is_about_a_digest(&tag) && is_about_a_digest(&format!("{tag}.att")));
        assert!(!is_about_a_digest("2.4.0.sbom") && !is_about_a_digest("sha256-abc.sig"));
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

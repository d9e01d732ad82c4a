//! Names, tags and digests as the registry sees them. Its own grammar, so that it judges the client's.

use std::fmt;

/// Whether `name` is a repository name of the OCI distribution specification, at most 255 characters.
pub(crate) fn is_name(name: &str) -> bool {
    name.len() <= 255 && name.split('/').all(is_part)
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
fn is_part(part: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let mut rest = part;
    loop {
        let word = rest.len() - rest.trim_start_matches(alphanumeric).len();
        if word == 0 {
            return false;
        }
        rest = &rest[word..];
        if rest.is_empty() {
            return true;
        }
        let separator = rest.len() - rest.trim_start_matches(|c| !alphanumeric(c)).len();
        let (between, after) = rest.split_at(separator);
        if !matches!(between, "." | "_" | "__") && between.chars().any(|c| c != '-') {
            return false;
        }
        rest = after;
    }
}

/// `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`
pub(crate) fn is_tag(tag: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    tag.len() <= 128 && tag.starts_with(word) && tag.chars().all(|c| word(c) || c == '.' || c == '-')
}

/// The hash functions a digest may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Sha256,
    Sha512,
}

/// A digest: safe as a file name, because it is an algorithm and lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    pub(crate) algorithm: Algorithm,
    pub(crate) hex: String,
}

impl Digest {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (algorithm, hex) = text.split_once(':')?;
        let (algorithm, length) = match algorithm {
            "sha256" => (Algorithm::Sha256, 64),
            "sha512" => (Algorithm::Sha512, 128),
            _ => return None,
        };
        let valid =
            hex.len() == length && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        valid.then(|| Self { algorithm, hex: hex.to_owned() })
    }

    /// The digest of bytes at hand.
    pub(crate) fn of(algorithm: Algorithm, bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        let hex = match algorithm {
            Algorithm::Sha256 => hex::encode(sha2::Sha256::digest(bytes)),
            Algorithm::Sha512 => hex::encode(sha2::Sha512::digest(bytes)),
        };
        Self { algorithm, hex }
    }

    pub(crate) fn algorithm_name(&self) -> &'static str {
        match self.algorithm {
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha512 => "sha512",
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm_name(), self.hex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_outside_the_grammar_is_never_stored() {
        for good in ["a/b", "octocat/mona-lisa", "a/b_c", "a/b__c", "a/b--c", "a/b.c/d", "0/1"] {
            assert!(is_name(good), "{good}");
        }
        for bad in
            ["", "a/", "/a", "a//b", "a/B", "a/-b", "a/b-", "a/b..c", "a/b___c", "a/b._c", "a/é", "a/../b"]
        {
            assert!(!is_name(bad), "{bad}");
        }
        assert!(!is_name(&"a".repeat(256)));
    }

    #[test]
    fn tags_and_digests_cannot_climb_out_of_the_store() {
        assert!(is_tag("1.0") && is_tag("_x") && is_tag("sha256-ab.sig") && is_tag(&"t".repeat(128)));
        for bad in ["", ".1", "-1", "a/b", "a+b", "a:b"] {
            assert!(!is_tag(bad), "{bad}");
        }
        assert!(!is_tag(&"t".repeat(129)));
        assert!(Digest::parse(&format!("sha256:{}", "a".repeat(64))).is_some());
        for bad in ["sha256:../../x", "sha256:", "md5:abc"] {
            assert!(Digest::parse(bad).is_none(), "{bad}");
        }
        assert!(Digest::parse(&format!("sha256:{}", "A".repeat(64))).is_none());
    }
}

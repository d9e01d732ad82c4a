//! Which of a registry's resources a request path means.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// A resource of a registry. Names, digests and references are as they were sent, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/v2/`
    Base,
    /// `/token`
    Token,
    /// `/v2/NAME/blobs/uploads/`
    Uploads { name: String },
    /// `/v2/NAME/blobs/upload/ID`: singular at GitHub.
    Upload { name: String, id: String },
    /// `/v2/NAME/blobs/DIGEST`
    Blob { name: String, digest: String },
    /// `/v2/NAME/manifests/TAG` or `…/DIGEST`
    Manifest { name: String, reference: String },
    /// `/v2/NAME/tags/list`
    Tags { name: String },
    /// `/v2/NAME/referrers/DIGEST`
    Referrers { name: String },
    /// Anything else, `/v2/_catalog` among it.
    Unknown,
}

impl Route {
    pub(crate) fn of(path: &str) -> Self {
        let Ok(path) = percent_decode_str(path).decode_utf8() else { return Self::Unknown };
        if path == "/token" {
            return Self::Token;
        }
        if path == "/v2" || path == "/v2/" {
            return Self::Base;
        }
        let Some(rest) = path.strip_prefix("/v2/") else { return Self::Unknown };
        if let Some(name) =
            rest.strip_suffix("/blobs/uploads/").or_else(|| rest.strip_suffix("/blobs/uploads"))
        {
            return Self::Uploads { name: name.to_owned() };
        }
        if let Some(name) = rest.strip_suffix("/tags/list") {
            return Self::Tags { name: name.to_owned() };
        }
        let Some((before, last)) = rest.rsplit_once('/').filter(|(_, last)| !last.is_empty()) else {
            return Self::Unknown;
        };
        let last = last.to_owned();
        if let Some(name) = before.strip_suffix("/blobs/upload") {
            Self::Upload { name: name.to_owned(), id: last }
        } else if let Some(name) = before.strip_suffix("/blobs") {
            Self::Blob { name: name.to_owned(), digest: last }
        } else if let Some(name) = before.strip_suffix("/manifests") {
            Self::Manifest { name: name.to_owned(), reference: last }
        } else if let Some(name) = before.strip_suffix("/referrers") {
            Self::Referrers { name: name.to_owned() }
        } else {
            Self::Unknown
        }
    }

    /// The repository's name, as it was sent.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Uploads { name }
            | Self::Upload { name, .. }
            | Self::Blob { name, .. }
            | Self::Manifest { name, .. }
            | Self::Tags { name }
            | Self::Referrers { name } => Some(name),
            Self::Base | Self::Token | Self::Unknown => None,
        }
    }
}

/// The members of a query string, decoded, in order.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn of(query: Option<&str>) -> Self {
        let decode =
            |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(key, value)| (decode(key), decode(value)))
                .collect(),
        )
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.all(key).next()
    }

    /// All members but those of `key`, encoded again.
    pub(crate) fn without(&self, key: &str) -> Vec<String> {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let kept = self.0.iter().filter(|(k, _)| k != key);
        kept.map(|(key, value)| format!("{}={}", key, encode(value))).collect()
    }

    pub(crate) fn all<'a, 'k>(&'a self, key: &'k str) -> impl Iterator<Item = &'a str> + use<'a, 'k> {
        self.0.iter().filter(move |(k, _)| k == key).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_depth_reach_their_resource() {
        let name = || "a/b/c".to_owned();
        assert_eq!(Route::of("/v2/"), Route::Base);
        assert_eq!(Route::of("/v2/a/b/c/blobs/uploads/"), Route::Uploads { name: name() });
        assert_eq!(Route::of("/v2/a/b/c/blobs/upload/77"), Route::Upload { name: name(), id: "77".into() });
        assert_eq!(
            Route::of("/v2/a/b/c/blobs/sha256%3Aab"),
            Route::Blob { name: name(), digest: "sha256:ab".into() }
        );
        assert_eq!(
            Route::of("/v2/a/b/c/manifests/1"),
            Route::Manifest { name: name(), reference: "1".into() }
        );
        assert_eq!(Route::of("/v2/a/b/c/tags/list"), Route::Tags { name: name() });
        assert_eq!(Route::of("/v2/_catalog"), Route::Unknown);
    }

    #[test]
    fn a_client_that_writes_uploads_for_upload_does_not_reach_its_session() {
        assert_eq!(Route::of("/v2/a/b/blobs/uploads/77"), Route::Unknown);
    }

    #[test]
    fn several_scopes_of_one_query_are_all_seen() {
        let query = Query::of(Some("scope=repository:a/b:pull%2Cpush&scope=repository:c/d:pull&n=5&flag"));
        assert_eq!(
            query.all("scope").collect::<Vec<_>>(),
            ["repository:a/b:pull,push", "repository:c/d:pull"]
        );
        assert_eq!((query.get("n"), query.get("flag"), query.get("x")), (Some("5"), Some(""), None));
    }
}

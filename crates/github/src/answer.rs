//! An answer of GitHub and what its headers say.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A header's text, if it is there and is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Which organizations a list leaves out: `partial-results; organizations=ID,ID`.
    pub(crate) fn withheld(&self) -> Vec<u64> {
        self.header("x-github-sso").map(partial).unwrap_or_default()
    }
}

fn partial(header: &str) -> Vec<u64> {
    let mut parts = header.split(';').map(str::trim);
    if parts.next() != Some("partial-results") {
        return Vec::new();
    }
    let ids = parts.find_map(|part| part.strip_prefix("organizations=")).unwrap_or_default();
    ids.split(',').filter_map(|id| id.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_whom_it_leaves_out() {
        assert_eq!(partial("partial-results; organizations=21955855,20582480"), [21_955_855, 20_582_480]);
        assert_eq!(partial("required; url=https://github.com/orgs/octo/sso"), [0; 0]);
        assert_eq!(partial("partial-results"), [0; 0]);
    }
}

//! Names of images as Docker reads them.

use slipway_reference::{RepositoryPath, Tag};

/// `name` with what Docker adds in thought: `alpine` → `docker.io/library/alpine:latest`.
pub(crate) fn full(name: &str) -> String {
    let (rest, digest) = name.split_once('@').map_or((name, None), |(rest, digest)| (rest, Some(digest)));
    let (path, tag) = split_tag(rest);
    let path = match path.split_once('/') {
        Some((host, _)) if is_host(host) => path.to_owned(),
        Some(_) => format!("docker.io/{path}"),
        None => format!("docker.io/library/{path}"),
    };
    match (digest, tag) {
        (Some(digest), _) => format!("{path}@{digest}"),
        (None, tag) => format!("{path}:{}", tag.unwrap_or("latest")),
    }
}

/// Docker could use `name`.
pub(crate) fn is_valid(name: &str) -> bool {
    let (path, tag) = split_tag(name.split('@').next().unwrap_or(name));
    let path = match path.split_once('/') {
        Some((host, path)) if is_host(host) => path,
        _ => path,
    };
    path.parse::<RepositoryPath>().is_ok() && tag.is_none_or(|tag| tag.parse::<Tag>().is_ok())
}

/// What stands in front of the tag, and the tag.
pub(crate) fn split_tag(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
        _ => (name, None),
    }
}

fn is_host(part: &str) -> bool {
    part == "localhost" || part.contains(['.', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_full_names_of_one_image_are_the_same() {
        assert_eq!(full("alpine"), "docker.io/library/alpine:latest");
        assert_eq!(full("docker.io/library/alpine:latest"), full("alpine:latest"));
        assert_eq!(full("octocat/monalisa:1"), "docker.io/octocat/monalisa:1");
        assert_eq!(full("localhost:5000/a"), "localhost:5000/a:latest");
    }

    #[test]
    fn names_that_no_tool_takes_are_known() {
        assert!(
            is_valid("ghcr.io/octocat/monalisa:2.4.0")
                && is_valid("pretty-empty:latest")
                && is_valid("[::1]:5000/a")
        );
        assert!(!is_valid("UPPERCASE-IS-INVALID") && !is_valid("a:") && !is_valid(""));
    }
}

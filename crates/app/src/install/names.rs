//! What an image and its file are called.

use std::path::Path;

use slipway_archive::Folder;
use slipway_reference::{Reference, Tag};

use crate::shell::quoted;

/// The image's name and version, as a file. Tags and names hold nothing that a file name may not.
pub(super) fn file_name(reference: &Reference) -> String {
    format!("{}.tar", short_name(reference))
}

/// The image's name and version: `monalisa-2.3.1`.
pub(super) fn short_name(reference: &Reference) -> String {
    let name = reference.path.as_str().rsplit('/').next().unwrap_or_default();
    match (&reference.tag, &reference.digest) {
        (Some(tag), _) => format!("{name}-{tag}"),
        (None, Some(digest)) => {
            let hex: String = digest.hex().chars().take(12).collect();
            format!("{name}-{hex}")
        }
        (None, None) => format!("{name}-latest"),
    }
}

/// The name that an image has once its file is loaded: none where only a digest was named, for a file holds no digest as
/// a name.
pub(super) fn loaded_name(reference: &Reference) -> Option<String> {
    let Reference { host, path, tag, digest } = reference;
    let tag = tag.clone().or_else(|| digest.is_none().then(Tag::latest));
    tag.map(|tag| format!("{host}/{path}:{tag}"))
}

/// The command that copies the image `digest` of an OCI layout folder to where Podman has its images, under its name there.
pub(super) fn copied_to_podman(folder: &Path, digest: &str, reference: &Reference) -> Option<String> {
    let name = loaded_name(reference)?;
    let called = Folder::called(folder, digest)?;
    let from = quoted(&format!("oci:{}:{called}", folder.to_string_lossy()));
    Some(format!("skopeo copy {from} containers-storage:{name}"))
}

/// What FROM and Compose call what `reference` names, as exactly as it does.
pub(super) fn exact_name(reference: &Reference) -> String {
    let Reference { host, path, digest, .. } = reference;
    let name = loaded_name(reference).unwrap_or_else(|| format!("{host}/{path}"));
    digest.as_ref().map_or_else(|| name.clone(), |digest| format!("{name}@{digest}"))
}

/// The image's name and version, such as `monalisa 2.4.0`, and how many `more` there are: `monalisa 2.4.0 + 2`.
pub(super) fn title(reference: &Reference, more: usize) -> String {
    let name = reference.path.as_str().rsplit('/').next().unwrap_or_default();
    let version = reference.digest.as_ref().map(slipway_reference::Digest::short);
    let version = version.or_else(|| reference.tag.as_ref().map(ToString::to_string));
    let title = format!("{name} {}", version.unwrap_or_else(|| "latest".to_owned()));
    if more == 0 { title } else { format!("{title} + {more}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_after_the_image_and_its_version() {
        let digest = format!("sha256:{}", "3f1c".repeat(16));
        for (reference, name) in [
            ("ghcr.io/octo-org/tools/monalisa:2.3.1", "monalisa-2.3.1.tar".to_owned()),
            ("ghcr.io/octo-org/monalisa", "monalisa-latest.tar".to_owned()),
            (&format!("ghcr.io/octo-org/monalisa@{digest}"), "monalisa-3f1c3f1c3f1c.tar".to_owned()),
        ] {
            assert_eq!(file_name(&reference.parse().unwrap()), name);
        }
    }

    /// Else the page offers to run `latest`, which is another image.
    #[test]
    fn what_was_fetched_by_digest_is_never_called_latest() {
        let digest = format!("sha256:{}", "3f1c".repeat(16));
        let bare = "ghcr.io/octocat/a";
        for (reference, name, loaded) in [
            (bare.to_owned(), format!("{bare}:latest"), Some(format!("{bare}:latest"))),
            (format!("{bare}:1"), format!("{bare}:1"), Some(format!("{bare}:1"))),
            (format!("{bare}@{digest}"), format!("{bare}@{digest}"), None),
            (format!("{bare}:1@{digest}"), format!("{bare}:1@{digest}"), Some(format!("{bare}:1"))),
        ] {
            let reference = reference.parse().unwrap();
            assert_eq!((exact_name(&reference), loaded_name(&reference)), (name, loaded));
        }
    }
}

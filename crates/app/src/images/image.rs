//! From an opened archive to what the page shows of it.

use slipway_archive::{Archive, Format, LeftOut, LeftOutKind, Outer};
use slipway_hosts::Profile;
use slipway_image::{Compression as Stored, ConfigView, Image, ImageFinding, Manifest, Node};
use slipway_reference::{ImageName, Reference, Tag};
use slipway_transfer::{Compression, Encoding, Layer, Parts, Payload, Role};

use crate::view::{
    Code, DetailsView, FailureView, FileFormat, FindingId, FindingView, ImageView, LayerSending, LayerView,
    LeftOutView, LeftOutWhat, Level, List, NameView, NoteName,
};

/// The image that `selector` picks; without one, the only one there is.
pub(crate) fn select(archive: &Archive, selector: Option<&str>) -> Result<Image, FailureView> {
    match selector.filter(|selector| !selector.is_empty()) {
        Some(selector) => archive.select(selector).cloned().map_err(|error| FailureView::archive(&error)),
        None => archive.only().cloned().ok_or_else(|| {
            let called = |selector: &str, names: &[String]| match names.first() {
                Some(name) => format!("{selector} ({name})"),
                None => selector.to_owned(),
            };
            let names = archive.images().iter().map(|image| called(&image.selector, &image.names));
            let names = names.collect::<Vec<_>>().join(", ");
            let incomplete = archive.left_out().iter().filter_map(|left| {
                let called = called(left.selector.as_deref()?, &left.names);
                Some(format!("; {called} is incomplete: {}", left.reason))
            });
            let incomplete: String = incomplete.collect();
            let message = format!("the file holds several images, choose one: {names}{incomplete}");
            FailureView::new(Code::ImageChoose { images: names }, message)
        }),
    }
}

pub(crate) fn format(archive: &Archive) -> FileFormat {
    match archive.format() {
        Format::DockerArchive => FileFormat::DockerArchive,
        Format::OciArchive => FileFormat::OciArchive,
        Format::OciLayout => FileFormat::OciLayout,
    }
}

pub(crate) fn compressed(archive: &Archive) -> Option<String> {
    let name = match archive.outer() {
        Outer::None => return None,
        Outer::Gzip => "gzip",
        Outer::Zstd => "zstd",
        Outer::Xz => "xz",
        Outer::Bzip2 => "bzip2",
    };
    Some(name.to_owned())
}

/// What `image` consists of, by the rules of the registry that knows everything: what is listed does not depend on them.
pub(crate) fn parts(archive: &Archive, image: &Image) -> Parts {
    Parts::of(&Payload::of(archive, image), None, Profile::Ghcr, Compression::default())
}

/// What the page shows of `image`.
pub(crate) fn view(archive: &Archive, image: &Image) -> ImageView {
    let parts = parts(archive, image);
    let config = first_manifest(&image.root).map(|manifest| &*manifest.config_json);
    ImageView {
        selector: image.selector.clone(),
        names: image.names.iter().map(|name| name_view(name, is_oci(archive))).collect(),
        platforms: parts.platforms.clone(),
        missing_platforms: missing(image),
        size: parts.blobs.iter().filter(|blob| blob.role == Role::Layer).map(|blob| blob.size).sum(),
        created: config.and_then(|config| config.created.as_deref()).and_then(seconds),
        runs: config.and_then(runs),
        media_type: parts.media_type.clone(),
        digest: parts.stored_digest.as_ref().map(ToString::to_string),
        layers: parts.layers.iter().map(|layer| layer_view(&parts, layer)).collect(),
        findings: image.findings.iter().filter_map(finding).collect(),
    }
}

/// The layers of `parts` as the page lists them.
fn layer_view(parts: &Parts, layer: &Layer) -> LayerView {
    let blob = layer.blob.map(|blob| &parts.blobs[blob]);
    let sending = match blob.map(|blob| blob.encoding) {
        None => LayerSending::NotInFile,
        Some(Encoding::AsStored) => LayerSending::AsStored,
        Some(Encoding::Compress(_)) => LayerSending::Compressed,
    };
    LayerView {
        number: layer.number,
        made_by: layer.made_by.clone(),
        digest: layer.digest.as_ref().map(ToString::to_string),
        diff_id: layer.diff_id.as_ref().map(ToString::to_string),
        media_type: layer.media_type.clone(),
        size: blob.map_or(0, |blob| blob.size),
        declared_size: layer.size,
        stored: blob.map_or_else(|| named(&layer.media_type), |blob| stored(blob.stored)).to_owned(),
        sending,
        platform: layer.platform.clone(),
    }
}

/// What a layer is called follows its bytes.
fn stored(stored: Stored) -> &'static str {
    match stored {
        Stored::Plain => "plain",
        Stored::Gzip => "gzip",
        Stored::Zstd => "zstd",
        Stored::Other => "other",
    }
}

/// Of one that is not in the file there is only its name.
fn named(media_type: &str) -> &'static str {
    match media_type {
        gzip if gzip.ends_with("gzip") => "gzip",
        zstd if zstd.ends_with("zstd") => "zstd",
        _ => "plain",
    }
}

/// What the file lists beside its images.
pub(crate) fn left_out(archive: &Archive) -> Vec<LeftOutView> {
    let view = |left: &LeftOut| LeftOutView {
        selector: left.selector.clone(),
        names: left.names.clone(),
        media_type: left.media_type.clone(),
        platform: left.platform.as_ref().map(ToString::to_string),
        what: match left.kind {
            LeftOutKind::NoImage => LeftOutWhat::NoImage,
            LeftOutKind::Absent => LeftOutWhat::Absent,
            LeftOutKind::Incomplete => LeftOutWhat::Incomplete,
        },
        failure: FailureView::archive(&left.reason),
    };
    archive.left_out().iter().map(view).collect()
}

/// So many things that are left out are told one by one.
const MOST_TOLD: usize = 5;

/// The same before a push for which nobody chose the image.
pub(crate) fn left_out_notes(archive: &Archive) -> Vec<FindingView> {
    let note = |message: String| FindingView {
        id: FindingId::Note(NoteName::FileLeftOut),
        level: Level::Information,
        fixes: Vec::new(),
        message,
    };
    let left = archive.left_out();
    let told = left.iter().take(MOST_TOLD).map(|left| {
        let names =
            if left.names.is_empty() { String::new() } else { format!(" ({})", left.names.join(", ")) };
        note(format!("the file also lists something that stays behind{names}: {}", left.reason))
    });
    let more = left.len().saturating_sub(MOST_TOLD);
    told.chain((more > 0).then(|| note(format!("and {more} more, which `slipway inspect` shows")))).collect()
}

/// A stored name split for the form: the last path part, made valid, and the tag.
/// Names are those of an OCI index.
pub(crate) fn is_oci(archive: &Archive) -> bool {
    matches!(format(archive), FileFormat::OciArchive | FileFormat::OciLayout)
}

/// `oci`: it is the name of an entry of an OCI index, where a word alone is a version.
pub(crate) fn name_view(name: &str, oci: bool) -> NameView {
    if oci && !name.contains(['/', ':']) {
        let version = valid::<Tag>(name);
        return NameView { name: name.to_owned(), image_name: String::new(), version };
    }
    let (path, version) = match name.parse::<Reference>() {
        Ok(reference) => (reference.path.to_string(), reference.tag.map(|tag| tag.to_string())),
        // Names without a registry (`monalisa:2.4.0`) and names that are no references at all.
        Err(_) => {
            let name = name.split('@').next().unwrap_or(name);
            match name.rsplit_once(':') {
                Some((path, tag)) if !tag.contains('/') => (path.to_owned(), Some(tag.to_owned())),
                _ => (name.to_owned(), None),
            }
        }
    };
    let last = path.rsplit('/').next().unwrap_or(&path);
    let image_name = valid::<ImageName>(last);
    let version = version.map(|tag| valid::<Tag>(&tag)).unwrap_or_default();
    NameView { name: name.to_owned(), image_name, version }
}

/// What an image is probably called by the name of its file, without the version that stands there, too; nothing where no
/// name comes of it.
pub(crate) fn named_by_file(file: &str, version: &str) -> String {
    let mut name = file;
    while let Some((rest, _)) = name.rsplit_once('.').filter(|(_, end)| ENDINGS.contains(end)) {
        name = rest;
    }
    let bare = name.strip_suffix(version).filter(|_| !version.is_empty());
    let name = bare.map_or(name, |bare| bare.trim_end_matches(['-', '_', '.', ' ']));
    if name.is_empty() { String::new() } else { valid::<ImageName>(name) }
}

/// What files of images end with.
const ENDINGS: [&str; 11] = ["tar", "gz", "tgz", "zst", "zstd", "xz", "bz2", "oci", "docker", "image", "img"];

/// `text` if it is a valid `T`, else its nearest valid value, else nothing.
fn valid<T: std::str::FromStr<Err = slipway_reference::Refusal>>(text: &str) -> String {
    match text.parse::<T>() {
        Ok(_) => text.to_owned(),
        Err(refusal) => refusal.fix.unwrap_or_default(),
    }
}

fn first_manifest(node: &Node) -> Option<&Manifest> {
    match node {
        Node::Manifest(manifest) => Some(manifest),
        Node::Index(index) => index
            .children
            .iter()
            .filter_map(|child| first_manifest(child.node.as_ref()?))
            .min_by_key(|manifest| manifest.attestation),
    }
}

/// So much is told of what an image runs, characters; its configuration has all.
const MOST_RUNS: usize = 1000;

fn runs(config: &ConfigView) -> Option<String> {
    let words: Vec<&str> = config.entrypoint.iter().chain(&config.cmd).map(String::as_str).collect();
    // Many images may have one configuration, and each says it.
    (!words.is_empty()).then(|| words.join(" ").chars().take(MOST_RUNS).collect())
}

/// A time of a configuration, seconds since 1970; none where it is no time or means none.
pub(crate) fn seconds(created: &str) -> Option<i64> {
    let time: jiff::Timestamp = created.parse().ok()?;
    // Reproducible builds set the beginning of time: no age is better than "56 years ago".
    (time.as_second() > 0).then(|| time.as_second())
}

fn missing(image: &Image) -> Vec<String> {
    image
        .findings
        .iter()
        .flat_map(|finding| match finding {
            ImageFinding::SparseIndex { missing, .. } => missing.clone(),
            _ => Vec::new(),
        })
        .collect()
}

/// What the page points out. Names are only a hint for the form, so an invalid or missing one is no finding.
fn finding(finding: &ImageFinding) -> Option<FindingView> {
    let (name, message) = match finding {
        ImageFinding::SparseIndex { present, missing } => {
            let message = format!(
                "the file holds {} only; its index also names {}",
                present.join(", "),
                missing.join(", ")
            );
            let (present, missing) = (List(present.clone()), List(missing.clone()));
            (NoteName::IndexSparse { present, missing }, message)
        }
        &ImageFinding::ForeignLayer { number: layer } => {
            (NoteName::LayerForeign { layer }, format!("layer {layer} is a foreign layer"))
        }
        &ImageFinding::ManyLayers { count } => {
            (NoteName::ManyLayers { count }, format!("{count} layers: Docker takes at most 127"))
        }
        ImageFinding::EmptyImage => (NoteName::Empty, "the image has no layers".to_owned()),
        ImageFinding::LeftOut { what, reason } => {
            let message = format!("{what} stays behind: {reason}");
            (NoteName::LeftOut { what: what.clone(), reason: reason.clone() }, message)
        }
        ImageFinding::ConfigName { member } => (
            NoteName::ConfigName { member: member.clone() },
            format!("the config {member} is named after another digest than its own: it was changed"),
        ),
        ImageFinding::LayerType { number, media_type, stored: bytes } => {
            let bytes = match bytes {
                Stored::Plain => "a plain tar",
                Stored::Gzip => "gzip",
                Stored::Zstd => "zstd",
                Stored::Other => "something else",
            };
            let (layer, media_type) = (*number, media_type.clone());
            let message = format!("layer {layer} is called {media_type}, its bytes are {bytes}");
            (NoteName::LayerType { layer, media_type, bytes: bytes.to_owned() }, message)
        }
        ImageFinding::TopFolder { folder } => {
            let message = format!("the image stands in the folder {folder} of the file");
            (NoteName::Folder { folder: folder.clone() }, message)
        }
        _ => return None,
    };
    let id = FindingId::Note(name);
    Some(FindingView { id, level: Level::Information, fixes: Vec::new(), message })
}

/// What should be said before a push of `image`: what will not go up as one might expect.
pub(crate) fn notes(image: &Image, platform: Option<&str>) -> Vec<FindingView> {
    let of_others = |finding: &ImageFinding| {
        matches!(finding, ImageFinding::SparseIndex { .. } | ImageFinding::LeftOut { .. })
    };
    let chosen = |finding: &&ImageFinding| platform.is_none() || !of_others(finding);
    image.findings.iter().filter(chosen).filter_map(finding).collect()
}

/// What should be said where an image is changed first.
pub(crate) fn changed_note() -> FindingView {
    FindingView {
        id: FindingId::Note(NoteName::Changed),
        level: Level::Information,
        fixes: Vec::new(),
        message: "the image is changed as you asked, so its digest, and with labels its image ID, differs from the file's".to_owned(),
    }
}

/// The "Image details" sheet.
pub(crate) fn details(archive: &Archive, image: &Image, name: &str) -> DetailsView {
    let view = view(archive, image);
    let config = first_manifest(&image.root).and_then(|manifest| {
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut manifest.config.source.reader().ok()?, &mut text).ok()?;
        Some(pretty(&text))
    });
    let manifest = match &image.root {
        Node::Index(index) => pretty(&index.stored.raw),
        Node::Manifest(manifest) => match &manifest.stored {
            Some(stored) => pretty(&stored.raw),
            None => serde_json::to_string_pretty(&serde_json::json!({
                "mediaType": view.media_type,
                "config": manifest.config.digest.as_ref().map(ToString::to_string),
                "layers": view.layers.iter().map(|layer| serde_json::json!({
                    "mediaType": layer.media_type, "diffId": layer.diff_id,
                })).collect::<Vec<_>>(),
            }))
            .unwrap_or_default(),
        },
    };
    let report = serde_json::json!({"file": name, "format": format(archive), "image": view});
    DetailsView {
        config: config.unwrap_or_default(),
        manifest,
        report: serde_json::to_string_pretty(&report).unwrap_or_default(),
    }
}

/// Indented JSON; what is no JSON stays as it is.
fn pretty(raw: &[u8]) -> String {
    serde_json::from_slice::<serde_json::Value>(raw)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| String::from_utf8_lossy(raw).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_file_fill_the_form_with_valid_values() {
        let split = |name: &str| {
            let view = name_view(name, false);
            (view.image_name, view.version)
        };
        let pair = |name: &str, version: &str| (name.to_owned(), version.to_owned());
        assert_eq!(split("monalisa:2.4.0"), pair("monalisa", "2.4.0"));
        assert_eq!(split("ghcr.io/octo-org/monalisa:2.4.0"), pair("monalisa", "2.4.0"));
        assert_eq!(split("localhost:5000/tools/lint"), pair("lint", ""));
        assert_eq!(split("UPPERCASE-IS-INVALID"), pair("uppercase-is-invalid", ""));
        let of_index = |name: &str| (name_view(name, true).image_name, name_view(name, true).version);
        assert_eq!(of_index("2.4.0"), pair("", "2.4.0"));
        assert_eq!(of_index("ghcr.io/octo-org/monalisa:2.4.0"), pair("monalisa", "2.4.0"));
    }

    #[test]
    fn a_files_name_says_what_the_image_is_called_where_nothing_else_does() {
        let called = |file: &str, version: &str| named_by_file(file, version);
        assert_eq!(called("monalisa-2.4.0.tar", "2.4.0"), "monalisa");
        assert_eq!(called("Octo App_v3.tar.gz", "v3"), "octo-app");
        assert_eq!(called("hello.oci.tar", ""), "hello");
        assert_eq!(called("lesson-04.tgz", "latest"), "lesson-04");
        assert_eq!(called("layout", "1.0"), "layout");
        assert_eq!(called(".tar", ""), "");
    }
}

//! From a container to its images: which of the two lists counts, and what is worth saying.

use std::collections::{HashMap, HashSet};

use slipway_image::media::is_other;
use slipway_image::{Child, Compression, Image, ImageFinding, Layer, Manifest, Node};

use crate::ArchiveError;
use crate::budget::{Budget, MOST_OF_ONE};
use crate::container::Container;
use crate::docker::{self, Configs, Listed};
use crate::model::{Format, LeftOut, LeftOutKind};
use crate::roots::{Found, Roots};
use crate::{names, oci};

/// Docker starts no image with more layers.
const MOST_LAYERS: usize = 127;

/// What a file holds.
#[derive(Debug)]
pub(crate) struct Images {
    pub(crate) format: Format,
    pub(crate) whole: Vec<Image>,
    /// What is listed beside them.
    pub(crate) left_out: Vec<LeftOut>,
    /// JSON of which the content is kept, bytes.
    pub(crate) kept: u64,
}

impl Roots {
    /// With numbers, in the order of the file. What is incomplete keeps its number, so that no other image gets it.
    fn numbered(mut self, folder: Option<&str>) -> (Vec<Image>, Vec<LeftOut>) {
        self.found.sort_by_key(|found| found.order);
        self.left.sort_by_key(|left| left.order);
        let mut number = 0..;
        let mut next = || number.next().map(|number: usize| format!("@{number}")).unwrap_or_default();
        let mut left = self.left.iter_mut().filter(|left| left.kind != LeftOutKind::NoImage).peekable();
        let mut images = Vec::new();
        for found in self.found {
            while let Some(before) = left.next_if(|left| left.order < found.order) {
                before.selector = Some(next());
            }
            let mut findings = findings(&found);
            findings.extend(folder.map(|folder| ImageFinding::TopFolder { folder: folder.to_owned() }));
            images.push(Image {
                selector: next(),
                findings,
                names: found.names,
                root: found.root,
                referrers: found.referrers,
                tagged: found.tagged,
                speaking_indexes: found.speaking_indexes,
            });
        }
        left.for_each(|left| left.selector = Some(next()));
        (images, self.left)
    }
}

impl Images {
    /// Bytes of all blobs, each once, and of the JSON.
    pub(crate) fn size(&self) -> u64 {
        let mut seen = HashSet::new();
        let mut size = 0;
        let mut add = |name: String, bytes: u64| {
            if seen.insert(name) {
                size += bytes;
            }
        };
        for image in &self.whole {
            stored(&image.root, &mut add);
            image.referrers.iter().for_each(|manifest| of_manifest(manifest, &mut add));
            image.tagged.iter().for_each(|tagged| of_manifest(&tagged.manifest, &mut add));
        }
        size
    }
}

fn stored(node: &Node, add: &mut impl FnMut(String, u64)) {
    match node {
        Node::Index(index) => {
            add(index.stored.digest.to_string(), index.stored.raw.len() as u64);
            index.children.iter().filter_map(|child| child.node.as_ref()).for_each(|node| stored(node, add));
        }
        Node::Manifest(manifest) => of_manifest(manifest, add),
    }
}

fn of_manifest(manifest: &Manifest, add: &mut impl FnMut(String, u64)) {
    if let Some(stored) = &manifest.stored {
        add(stored.digest.to_string(), stored.raw.len() as u64);
    }
    let config = manifest.config.digest.as_ref().map(ToString::to_string).unwrap_or_default();
    add(config, manifest.config.size);
    for layer in manifest.layers.iter() {
        add(layer.member.clone(), layer.size);
    }
}

/// Reads the images of `container`, which messages call `file`.
pub(crate) fn read(container: &Container, file: &str) -> Result<Images, ArchiveError> {
    let layout = matches!(container, Container::Layout { .. });
    let mut budget = Budget::default();
    let docker = if layout { None } else { docker::entries(container, &mut budget) };
    let oci = oci::roots(container, &mut budget);
    let docker = match docker {
        Some(Err(error)) if error.is_of_the_file() => return Err(error),
        docker => docker,
    };
    let (format, roots) = match (oci, docker) {
        (Some(Ok(roots)), None) if !roots.found.is_empty() => {
            (if layout { Format::OciLayout } else { Format::OciArchive }, roots)
        }
        (Some(Ok(roots)), Some(docker)) if !roots.found.is_empty() => {
            (Format::DockerArchive, merge(container, roots, docker, &mut budget)?)
        }
        // Damage is told, not stepped around.
        (Some(Err(error)), _)
            if !matches!(error, ArchiveError::Malformed { .. } | ArchiveError::MemberMissing { .. }) =>
        {
            return Err(error);
        }
        // Docker reads manifest.json whatever the layout beside it lacks, and so can we.
        (oci, Some(Ok(entries))) if !entries.is_empty() => {
            if let Some(Err(error)) = oci {
                tracing::warn!(%error, "the layout in the file is left alone; manifest.json counts");
            }
            (Format::DockerArchive, docker::images(container, entries, &mut budget)?)
        }
        (Some(Err(error)), _) | (_, Some(Err(error))) => return Err(error),
        (Some(Ok(_)), _) => return Err(ArchiveError::malformed("index.json", "it lists no image")),
        (None, Some(Ok(_))) => return Err(ArchiveError::malformed("manifest.json", "it lists no image")),
        (None, None) => return Err(nothing(container, file)),
    };
    let (images, left_out) = roots.numbered(container.folder());
    for left in &left_out {
        tracing::debug!(reason = %left.reason, kind = ?left.kind, "left out");
    }
    Ok(Images { format, whole: images, left_out, kept: budget.kept() })
}

/// Why there is no image.
fn nothing(container: &Container, file: &str) -> ArchiveError {
    let file = file.to_owned();
    match container {
        Container::Layout { .. } => ArchiveError::MemberMissing { member: "index.json".to_owned() },
        Container::Tar { index, .. } if container.has("repositories") && index.complete => {
            ArchiveError::TooOld { file }
        }
        Container::Tar { index, .. } if index.is_root_filesystem() => ArchiveError::RootFilesystem { file },
        // The lists stand at the end of most files, so a tar without its end marks may have lost them.
        Container::Tar { file, index } if !index.complete => {
            ArchiveError::Truncated { at: file.length, size: file.length + 1024 }
        }
        Container::Tar { .. } => ArchiveError::NotImage { file },
    }
}

/// Images of the layout with the names that `manifest.json` gives them, and images that only that one has.
fn merge(
    container: &Container,
    mut roots: Roots,
    entries: Result<Vec<Listed>, ArchiveError>,
    budget: &mut Budget,
) -> Result<Roots, ArchiveError> {
    let entries = entries.unwrap_or_else(|error| {
        tracing::warn!(%error, "manifest.json is left alone; the layout counts");
        Vec::new()
    });
    let mut known = HashMap::new();
    for (at, image) in roots.found.iter().enumerate() {
        for manifest in manifests(&image.root) {
            known.entry(manifest.config.digest.clone()).or_insert(at);
        }
    }
    let left = roots.left.iter().enumerate().rev();
    let left = left.flat_map(|(at, left)| left.names.iter().map(move |name| (names::full(name), at)));
    let mut lacking: HashMap<String, usize> = left.collect();
    let mut restored = HashSet::new();
    let mut configs = Configs::new(container);
    for (Listed { names, entry }, order) in entries.into_iter().zip(BEHIND..) {
        let image = entry.and_then(|entry| {
            let config = configs.find(&entry, budget)?;
            let at = known.get(&Some(config.digest.clone())).copied();
            if at.is_none() {
                let mut found = Found { order, ..configs.image(&entry, names.clone(), config, budget)? };
                // It is whole here, and damaged in the layout: one image, in its place.
                let damaged = names.iter().find_map(|name| lacking.get(&names::full(name)).copied());
                if let Some((at, left)) = damaged.map(|at| (at, &roots.left[at])) {
                    found.order = left.order;
                    found.notes.push(ImageFinding::LeftOut {
                        what: "index.json".to_owned(),
                        reason: left.reason.to_string(),
                    });
                    restored.insert(at);
                }
                roots.found.push(found);
            }
            Ok(at)
        });
        match image {
            Ok(Some(at)) => merge_names(&mut roots.found[at].names, &names),
            Ok(None) => {}
            Err(error) if error.is_of_the_file() => return Err(error),
            Err(reason) => {
                // Both lists name it, and it is told once.
                let at = match names.iter().find_map(|name| lacking.get(&names::full(name)).copied()) {
                    Some(at) => {
                        // What one list says is not there at all the other shows to be there in part.
                        let left = &mut roots.left[at];
                        if left.kind != LeftOutKind::Incomplete {
                            (left.kind, left.reason) = (LeftOutKind::Incomplete, reason);
                        }
                        at
                    }
                    None => {
                        roots.left.push(LeftOut::new(LeftOutKind::Incomplete, order, Vec::new(), reason));
                        roots.left.len() - 1
                    }
                };
                for name in names {
                    if lacking.insert(names::full(&name), at).is_none() {
                        roots.left[at].names.push(name);
                    }
                }
            }
        }
    }
    let mut at = 0..;
    roots.left.retain(|_| at.next().is_none_or(|at| !restored.contains(&at)));
    Ok(roots)
}

/// The place of what only `manifest.json` lists: behind what the layout lists.
const BEHIND: u64 = 1 << 32;

/// `manifest.json` spells names as people do, so its names come first and stand for equal ones. A bare
/// version (`ref.name` of `BuildKit`) is only kept where nothing better is known.
fn merge_names(names: &mut Vec<String>, tags: &[String]) {
    let (mut merged, mut known) = (Vec::new(), HashSet::new());
    let bare = |name: &String| !name.contains(['/', ':']);
    for name in tags.iter().chain(names.iter().filter(|name| tags.is_empty() || !bare(name))) {
        if known.insert(names::full(name)) {
            merged.push(name.clone());
        }
    }
    *names = merged;
}

/// The manifests below `node` that are in the file.
fn manifests(node: &Node) -> Vec<&Manifest> {
    match node {
        Node::Manifest(manifest) => vec![manifest],
        Node::Index(index) => {
            index.children.iter().filter_map(|child| child.node.as_ref()).flat_map(manifests).collect()
        }
    }
}

fn findings(found: &Found) -> Vec<ImageFinding> {
    let images: Vec<_> =
        manifests(&found.root).into_iter().filter(|manifest| !manifest.attestation).collect();
    let mut findings = found.notes.clone();
    let missing = missing(&found.root);
    if !missing.is_empty() {
        let platform = |manifest: &&Manifest| manifest.platform.as_ref().map(ToString::to_string);
        findings.push(ImageFinding::SparseIndex {
            present: images.iter().filter_map(platform).collect(),
            missing,
        });
    }
    let mut foreign: Vec<u32> = images
        .iter()
        .flat_map(|manifest| manifest.layers.iter())
        .filter(|layer| !layer.urls.is_empty())
        .map(|layer| layer.number)
        .collect();
    foreign.sort_unstable();
    foreign.dedup();
    findings.extend(foreign.into_iter().map(|number| ImageFinding::ForeignLayer { number }));
    let most = images.iter().map(|manifest| manifest.layers.len()).max().unwrap_or_default();
    if most > MOST_LAYERS {
        findings.push(ImageFinding::ManyLayers { count: most });
    }
    if most == 0 {
        findings.push(ImageFinding::EmptyImage);
    }
    let layers = images.iter().flat_map(|manifest| manifest.layers.iter());
    findings.extend(layers.filter_map(misnamed).take(MOST_OF_ONE));
    if found.names.is_empty() {
        findings.push(ImageFinding::NoName);
    }
    let invalid = found.names.iter().filter(|name| !names::is_valid(name));
    findings.extend(invalid.map(|name| ImageFinding::InvalidName { name: name.clone() }));
    findings
}

/// A layer whose bytes are not what its media type says: some runtimes go by the one, some by the other.
fn misnamed(layer: &Layer) -> Option<ImageFinding> {
    let said = match &layer.media_type {
        said if said.ends_with("gzip") => Compression::Gzip,
        said if said.ends_with("zstd") => Compression::Zstd,
        said if said.ends_with(".tar") => Compression::Plain,
        _ => return None,
    };
    (layer.source.is_some() && layer.urls.is_empty() && said != layer.stored).then(|| {
        ImageFinding::LayerType {
            number: layer.number,
            media_type: layer.media_type.clone(),
            stored: layer.stored,
        }
    })
}

/// Platforms that an index names and the file does not hold; those without a platform by their digest.
fn missing(node: &Node) -> Vec<String> {
    let Node::Index(index) = node else { return Vec::new() };
    let of = |child: &Child| match (&child.node, &child.descriptor.platform) {
        (Some(node), _) => missing(node),
        (None, _) if child.descriptor.is_attestation() => Vec::new(),
        (None, _) if is_other(&child.descriptor.media_type) => Vec::new(),
        (None, Some(platform)) => vec![platform.to_string()],
        (None, None) => vec![child.descriptor.digest.short()],
    };
    index.children.iter().flat_map(of).collect()
}

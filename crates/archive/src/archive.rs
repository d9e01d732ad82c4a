//! An opened image file.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use slipway_reference::Reference;

use crate::file::FileAt;
use crate::index::Index;
use crate::model::{Format, Image, ImageFinding, Manifest, Node};
use crate::sniff::{self, Outer, Sniffed};
use crate::spool::{OpenOptions, spool};
use crate::store::{self, BlobReader, Source, Store};
use crate::{ArchiveError, docker, oci};

/// The most layers that Docker takes.
const MOST_LAYERS: usize = 127;

/// An opened image file. Cheap to clone; every method may be called from any thread.
#[derive(Debug, Clone)]
pub struct Archive {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    format: Format,
    outer: Outer,
    size: u64,
    images: Vec<Image>,
    /// The file as it was given; none for a folder, whose files are watched one by one.
    given: Option<FileAt>,
}

impl Archive {
    /// Opens a file or folder and finds its images. Blocks; a compressed file is unpacked once, anything
    /// else is read in place.
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Self, ArchiveError> {
        let name = sniff::name(path);
        let unreadable = |source| ArchiveError::Unreadable { file: name.clone(), source };
        let (outer, store) = match sniff::sniff(path)? {
            Sniffed::Layout => {
                let store = store::folder(path);
                let images = found(oci::images(&store)?)?;
                let size = images.iter().map(|image| stored_size(&image.root)).sum();
                return Ok(Self::new(path, Format::OciLayout, Outer::None, size, images, None));
            }
            Sniffed::Tar => {
                let file = File::open(path).and_then(|file| FileAt::new(file, false)).map_err(unreadable)?;
                (Outer::None, tar(file)?)
            }
            Sniffed::Compressed(outer) => {
                let spooled = spool(File::open(path).map_err(unreadable)?, outer, options)?;
                let file = FileAt::new(spooled, true).map_err(unreadable)?;
                let first = first_block(&file)?;
                if !matches!(crate::tar::parse(&first), crate::tar::Block::Header(_)) {
                    return Err(ArchiveError::Unknown { file: name });
                }
                (outer, tar(file)?)
            }
        };
        let (format, images) = images(&store, &name)?;
        let given = File::open(path).and_then(|file| FileAt::new(file, false)).map_err(unreadable)?;
        Ok(Self::new(path, format, outer, given.length, images, Some(given)))
    }

    fn new(path: &Path, format: Format, outer: Outer, size: u64, images: Vec<Image>, given: Option<FileAt>) -> Self {
        Self { inner: Arc::new(Inner { path: path.to_owned(), format, outer, size, images, given }) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// What kind of file it is.
    pub fn format(&self) -> Format {
        self.inner.format
    }

    /// The compression around it.
    pub fn outer(&self) -> Outer {
        self.inner.outer
    }

    /// Its size on disk, bytes.
    pub fn file_size(&self) -> u64 {
        self.inner.size
    }

    /// The images, at least one.
    pub fn images(&self) -> &[Image] {
        &self.inner.images
    }

    /// The image that `selector` means: `@0`, `@1`, … or one of its names.
    pub fn select(&self, selector: &str) -> Result<&Image, ArchiveError> {
        let images = &self.inner.images;
        let named = |image: &&Image| image.selector == selector || image.names.iter().any(|name| name == selector);
        images.iter().find(named).ok_or_else(|| {
            let present = images.iter().flat_map(|image| std::iter::once(&image.selector).chain(&image.names));
            let present = present.cloned().collect::<Vec<_>>().join(", ");
            ArchiveError::UnknownImage { selector: selector.to_owned(), present }
        })
    }

    /// The bytes of a blob.
    pub fn reader(&self, source: &Source) -> Result<BlobReader, ArchiveError> {
        source.open()
    }

    /// The file is still what was opened.
    pub fn unchanged(&self) -> Result<(), ArchiveError> {
        let Some(given) = &self.inner.given else { return Ok(()) };
        given.unchanged()?;
        // Somebody may have put another file in its place.
        let now = std::fs::metadata(&self.inner.path).map_err(|_| ArchiveError::Changed)?;
        let same = now.len() == given.length && now.modified().ok() == given.modified();
        if same { Ok(()) } else { Err(ArchiveError::Changed) }
    }
}

fn tar(file: FileAt) -> Result<Store, ArchiveError> {
    let index = Index::read(&file)?;
    Ok(Store::Tar { file: Arc::new(file), index })
}

fn first_block(file: &FileAt) -> Result<[u8; 512], ArchiveError> {
    let mut block = [0; 512];
    let read = file.read_at(&mut block, 0);
    read.map_err(|source| ArchiveError::Unreadable { file: "the file".to_owned(), source })?;
    Ok(block)
}

/// The images of a tar. A layout with content counts before Docker's own list: its manifests are stored, so
/// their digests can be kept.
fn images(store: &Store, file: &str) -> Result<(Format, Vec<Image>), ArchiveError> {
    let (has_list, has_index) = (store.has(docker::LIST), store.has(oci::INDEX));
    let format = if has_list { Format::DockerArchive } else { Format::OciArchive };
    let mut images = if has_index { oci::images(store)? } else { Vec::new() };
    if has_list {
        let entries = docker::entries(store)?;
        if images.is_empty() {
            let entries = entries.iter().enumerate();
            images = entries.map(|(at, entry)| docker::image(store, entry, at)).collect::<Result<_, _>>()?;
        } else {
            take_names(&mut images, &entries);
        }
    }
    if !has_list && !has_index {
        let Store::Tar { index, .. } = store else { return Err(ArchiveError::NotLayout { file: file.to_owned() }) };
        let file = file.to_owned();
        return Err(match () {
            () if index.has("repositories") => ArchiveError::TooOld { file },
            () if index.is_root_filesystem() => ArchiveError::RootFilesystem { file },
            () => ArchiveError::NotImage { file },
        });
    }
    Ok((format, found(images)?))
}

/// Docker's list has whole names where the layout often has the tag alone.
fn take_names(images: &mut [Image], entries: &[docker::Entry]) {
    for entry in entries.iter().filter(|entry| !entry.tags.is_empty()) {
        let only = images.len() == 1;
        let config = entry.config.rsplit('/').next().unwrap_or_default();
        let mine = images.iter_mut().find(|image| only || holds_config(&image.root, config));
        if let Some(image) = mine {
            // A tag alone says nothing that the whole name does not.
            image.names.retain(|name| name.contains([':', '/']) && !entry.tags.contains(name));
            image.names.splice(0..0, entry.tags.iter().cloned());
        }
    }
}

fn holds_config(node: &Node, hex: &str) -> bool {
    match node {
        Node::Manifest(manifest) => manifest.config.digest.as_ref().is_some_and(|digest| digest.hex() == hex),
        Node::Index(index) => index.children.iter().filter_map(|child| child.node.as_ref()).any(|node| holds_config(node, hex)),
    }
}

/// At least one image, each with what is worth pointing out.
fn found(mut images: Vec<Image>) -> Result<Vec<Image>, ArchiveError> {
    if images.is_empty() {
        return Err(ArchiveError::malformed(oci::INDEX, "it names no image"));
    }
    for image in &mut images {
        image.findings = findings(image);
        if image.findings.iter().any(|finding| matches!(finding, ImageFinding::SparseIndex { present, .. } if present.is_empty())) {
            return Err(ArchiveError::MemberMissing { member: "every manifest that the index names".to_owned() });
        }
    }
    Ok(images)
}

fn findings(image: &Image) -> Vec<ImageFinding> {
    let (mut present, mut missing) = (Vec::new(), Vec::new());
    platforms(&image.root, &mut present, &mut missing);
    let mut found = Vec::new();
    if !missing.is_empty() {
        found.push(ImageFinding::SparseIndex { present, missing });
    }
    let mut manifests = Vec::new();
    collect(&image.root, &mut manifests);
    for manifest in manifests {
        let foreign = manifest.layers.iter().filter(|layer| !layer.urls.is_empty());
        found.extend(foreign.map(|layer| ImageFinding::ForeignLayer { number: layer.number }));
        if manifest.layers.len() > MOST_LAYERS {
            found.push(ImageFinding::ManyLayers { count: manifest.layers.len() });
        }
        if manifest.layers.is_empty() {
            found.push(ImageFinding::EmptyImage);
        }
    }
    if image.names.is_empty() {
        found.push(ImageFinding::NoName);
    }
    // Names without a registry are usual; with one in front they must be references.
    let invalid = |name: &&String| format!("localhost/{name}").parse::<Reference>().is_err() && name.parse::<Reference>().is_err();
    found.extend(image.names.iter().filter(invalid).map(|name| ImageFinding::InvalidName { name: name.clone() }));
    found
}

fn platforms(node: &Node, present: &mut Vec<String>, missing: &mut Vec<String>) {
    let Node::Index(index) = node else { return };
    for child in &index.children {
        let name = child.descriptor.platform.as_ref().map_or_else(|| "unknown".to_owned(), ToString::to_string);
        match &child.node {
            Some(node @ Node::Index(_)) => platforms(node, present, missing),
            Some(Node::Manifest(manifest)) if manifest.attestation => {}
            Some(Node::Manifest(manifest)) => {
                present.push(manifest.platform.as_ref().map_or(name, ToString::to_string));
            }
            None if name == "unknown/unknown" => {}
            None => missing.push(name),
        }
    }
}

fn collect<'a>(node: &'a Node, manifests: &mut Vec<&'a Manifest>) {
    match node {
        Node::Manifest(manifest) => manifests.push(manifest),
        Node::Index(index) => {
            for node in index.children.iter().filter_map(|child| child.node.as_ref()) {
                collect(node, manifests);
            }
        }
    }
}

fn stored_size(node: &Node) -> u64 {
    let mut manifests = Vec::new();
    collect(node, &mut manifests);
    let layers = manifests.iter().flat_map(|manifest| &manifest.layers).map(|layer| layer.size).sum::<u64>();
    layers + manifests.iter().map(|manifest| manifest.config.size).sum::<u64>()
}

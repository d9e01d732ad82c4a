//! `manifest.json` of `docker save` and of the tools that imitate it.

use serde_json::Value;
use slipway_reference::{Algorithm, Digest};

use crate::ArchiveError;
use crate::budget::Budget;
use crate::config::ConfigView;
use crate::container::{Container, digest_of};
use crate::images::{Found, Roots};
use crate::json::{self, entry, list, text, texts};
use crate::model::{
    Blob, Compression, Descriptor, ImageFinding, Layer, LeftOut, LeftOutKind, Manifest, Node, Platform,
};
use crate::oci;

const CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar";

/// An entry of `manifest.json`.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Member of the configuration.
    pub(crate) config: String,
    pub(crate) names: Vec<String>,
    layers: Vec<String>,
    /// What Docker knows of some layers, by their diff IDs.
    sources: Vec<(Digest, Descriptor)>,
}

/// A place in the list: whom it names, and the entry or what is wrong with it.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) names: Vec<String>,
    pub(crate) entry: Result<Entry, ArchiveError>,
}

/// What `manifest.json` lists; none where there is none.
pub(crate) fn entries(container: &Container) -> Option<Result<Vec<Listed>, ArchiveError>> {
    container.has("manifest.json").then(|| {
        let (_, value) = container.json("manifest.json")?;
        let entries =
            value.as_array().ok_or_else(|| ArchiveError::malformed("manifest.json", "it is no list"))?;
        let listed = |value| Listed { names: texts(value, "RepoTags"), entry: Entry::read(value) };
        Ok(entries.iter().map(listed).collect())
    })
}

impl Entry {
    fn read(value: &Value) -> Result<Self, ArchiveError> {
        let malformed = |reason: &str| ArchiveError::malformed("manifest.json", reason);
        let config = text(value, "Config").ok_or_else(|| malformed("an entry names no configuration"))?;
        let layers = list(value, "Layers").iter().map(|layer| layer.as_str().map(str::to_owned));
        let layers =
            layers.collect::<Option<_>>().ok_or_else(|| malformed("a name of a layer is no text"))?;
        let sources = entry(value, "LayerSources").and_then(Value::as_object);
        let sources = sources.into_iter().flatten().filter_map(|(diff_id, descriptor)| {
            Some((diff_id.parse().ok()?, oci::descriptor(descriptor).ok()?))
        });
        Ok(Self { config, names: texts(value, "RepoTags"), layers, sources: sources.collect() })
    }
}

/// The images of `entries`. Where none is whole, the first lack is the error.
pub(crate) fn images(
    container: &Container,
    entries: Vec<Listed>,
    budget: &mut Budget,
) -> Result<Roots, ArchiveError> {
    let mut roots = Roots::default();
    for (Listed { names, entry }, order) in entries.into_iter().zip(0..) {
        let read = entry.and_then(|entry| {
            let config = config(container, &entry, budget)?;
            image(container, &entry, config, budget)
        });
        match read {
            Ok(found) => roots.found.push(Found { order, ..found }),
            Err(error) if error.is_of_the_file() => return Err(error),
            Err(error) => roots.left.push(LeftOut::new(LeftOutKind::Incomplete, order, names, error)),
        }
    }
    roots.some_whole()
}

/// The configuration of an entry.
#[derive(Debug)]
pub(crate) struct Config {
    raw: Vec<u8>,
    blob: Blob,
    /// The image's ID.
    pub(crate) digest: Digest,
    /// Its name states another one.
    misnamed: bool,
}

/// Reads the configuration of `entry`. Tools name the member after its digest. Docker and Podman never look at that name,
/// and people change configurations without changing it; in the store of a layout it is what finds the content.
pub(crate) fn config(
    container: &Container,
    entry: &Entry,
    budget: &mut Budget,
) -> Result<Config, ArchiveError> {
    let source = container.find(&entry.config)?;
    budget.document(source.length, "manifest.json")?;
    let raw = source.bytes(&entry.config, json::LARGEST)?;
    let digest = digest_of(&raw, Algorithm::Sha256);
    let other = stated(&entry.config).filter(|expected| *expected != digest);
    let misnamed = other.is_some();
    if let Some(expected) = other.filter(|_| is_blob(&entry.config)) {
        return Err(ArchiveError::Damaged { member: entry.config.clone(), expected, found: digest });
    }
    let blob =
        Blob { media_type: CONFIG.to_owned(), digest: Some(digest.clone()), size: source.length, source };
    Ok(Config { raw, blob, digest, misnamed })
}

/// The digest that a member's name states: `<hex>.json`, `sha256:<hex>`, `blobs/sha256/<hex>`.
fn stated(member: &str) -> Option<Digest> {
    let name = member.rsplit(['/', '\\']).next()?;
    let hex = name.strip_suffix(".json").unwrap_or(name);
    let hex = hex.strip_prefix("sha256:").unwrap_or(hex);
    format!("sha256:{hex}").parse().ok()
}

/// A member of a layout's store.
fn is_blob(member: &str) -> bool {
    crate::index::normal(member).is_some_and(|name| name.starts_with("blobs/"))
}

/// One image.
pub(crate) fn image(
    container: &Container,
    entry: &Entry,
    config: Config,
    budget: &mut Budget,
) -> Result<Found, ArchiveError> {
    let malformed = |reason: String| ArchiveError::malformed(&entry.config, reason);
    budget.layers(entry.layers.len(), "manifest.json")?;
    let config_json = ConfigView::read(&json::parse(&config.raw, &entry.config)?).map_err(malformed)?;
    let (count, diff_ids) = (entry.layers.len(), config_json.diff_ids.len());
    if diff_ids != count && diff_ids != 0 {
        return Err(malformed(format!("it names {diff_ids} layers, manifest.json names {count}")));
    }
    let made_by = config_json.made_by(count);
    let layers = entry.layers.iter().zip(made_by).zip(1..).map(|((member, made_by), number)| {
        let diff_id = config_json.diff_ids.get(number as usize - 1).cloned();
        layer(
            container,
            entry,
            member,
            Layer {
                number,
                diff_id,
                made_by,
                media_type: LAYER.to_owned(),
                digest: None,
                stored: Compression::Plain,
                size: 0,
                declared_size: 0,
                source: None,
                urls: Vec::new(),
                annotations: Vec::new(),
                member: member.clone(),
            },
        )
    });
    let layers = layers.collect::<Result<_, _>>()?;
    let platform = Platform::of(&config_json);
    let manifest = Manifest {
        stored: None,
        config: config.blob,
        config_json,
        layers,
        subject: None,
        platform,
        attestation: false,
    };
    let misnamed = config.misnamed.then(|| ImageFinding::ConfigName { member: entry.config.clone() });
    Ok(Found {
        order: 0,
        names: entry.names.clone(),
        root: Node::Manifest(Box::new(manifest)),
        referrers: Vec::new(),
        notes: misnamed.into_iter().collect(),
    })
}

fn layer(
    container: &Container,
    entry: &Entry,
    member: &str,
    mut layer: Layer,
) -> Result<Layer, ArchiveError> {
    let known = |(diff_id, descriptor): &(Digest, Descriptor)| {
        (layer.diff_id.as_ref() == Some(diff_id)).then(|| descriptor.clone())
    };
    let known = entry.sources.iter().find_map(known);
    if let Some(known) = known.clone().filter(|known| !known.urls.is_empty()) {
        // Docker puts the plain content of a foreign layer into the file; its descriptor is of the
        // compressed one elsewhere, and that is what a registry is told.
        layer.media_type = known.media_type;
        layer.digest = Some(known.digest);
        layer.declared_size = known.size;
        layer.urls = known.urls;
        layer.annotations = known.annotations;
        layer.stored = Compression::Other;
        return Ok(layer);
    }
    let source = container.find(member)?;
    // What is neither a tar nor compressed fails later, at its diff ID.
    layer.stored = oci::compression(&source, member)?.unwrap_or(Compression::Plain);
    let ending = match layer.stored {
        Compression::Gzip => ".gzip",
        Compression::Zstd => ".zstd",
        Compression::Plain | Compression::Other => "",
    };
    layer.media_type.push_str(ending);
    layer.size = source.length;
    layer.declared_size = source.length;
    layer.digest = known.filter(|known| known.size == source.length).map(|known| known.digest);
    layer.source = Some(source);
    Ok(layer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_states_a_digest_is_held_to_it() {
        let hex = "ab".repeat(32);
        for name in [format!("{hex}.json"), format!("sha256:{hex}"), format!("blobs/sha256/{hex}")] {
            assert_eq!(stated(&name).unwrap().hex(), hex);
        }
        assert_eq!(stated("config.json"), None);
    }
}

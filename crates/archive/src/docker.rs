//! `manifest.json` of `docker save` and of the tools that imitate it.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use slipway_image::json::{self, entry, list, text, texts};
use slipway_image::{
    Blob, Compression, ConfigView, Descriptor, ImageFinding, Layer, Manifest, Node, Platform, media,
};
use slipway_reference::{Algorithm, Digest};

use crate::ArchiveError;
use crate::budget::Budget;
use crate::container::{Container, digest_of, parse};
use crate::layer::compression;
use crate::model::{LeftOut, LeftOutKind};
use crate::roots::{Found, Roots};
use crate::source::Source;

/// An entry of `manifest.json`.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Member of the configuration.
    pub(crate) config: String,
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
pub(crate) fn entries(
    container: &Container,
    budget: &mut Budget,
) -> Option<Result<Vec<Listed>, ArchiveError>> {
    container.has("manifest.json").then(|| {
        let (raw, value) = container.json("manifest.json")?;
        budget.keep(&raw, "manifest.json")?;
        let entries =
            value.as_array().ok_or_else(|| ArchiveError::malformed("manifest.json", "it is no list"))?;
        budget.listed(entries.len(), "manifest.json")?;
        let listed = |value| {
            let names = texts(value, "RepoTags");
            budget.names(names.len(), "manifest.json")?;
            Ok(Listed { names, entry: Entry::read(value) })
        };
        entries.iter().map(listed).collect()
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
            Some((diff_id.parse().ok()?, Descriptor::read(descriptor).ok()?))
        });
        Ok(Self { config, layers, sources: sources.collect() })
    }
}

/// The images of `entries`. Where none is whole, the first lack is the error.
pub(crate) fn images(
    container: &Container,
    entries: Vec<Listed>,
    budget: &mut Budget,
) -> Result<Roots, ArchiveError> {
    let (mut roots, mut configs) = (Roots::default(), Configs::new(container));
    for (Listed { names, entry }, order) in entries.into_iter().zip(0..) {
        let read = entry.and_then(|entry| {
            let config = configs.find(&entry, budget)?;
            configs.image(&entry, names.clone(), config, budget)
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
    source: Source,
    /// The image's ID.
    pub(crate) digest: Digest,
    /// Its name states another one.
    misnamed: bool,
}

/// What a configuration says, kept once for all entries that name it.
#[derive(Debug)]
struct Said {
    config: Arc<ConfigView>,
    /// The steps that made layers.
    steps: Vec<Option<String>>,
}

/// The configurations of a file: each is read once, and what it says is kept once, however many entries name it.
pub(crate) struct Configs<'a> {
    container: &'a Container,
    digests: HashMap<String, Digest>,
    said: HashMap<Digest, Arc<Said>>,
}

impl<'a> Configs<'a> {
    pub(crate) fn new(container: &'a Container) -> Self {
        Self { container, digests: HashMap::new(), said: HashMap::new() }
    }

    /// Finds the configuration of `entry`. Tools name the member after its digest. Docker and Podman never look at that
    /// name, and people change configurations without changing it; in the store of a layout it is what finds the
    /// content.
    pub(crate) fn find(&mut self, entry: &Entry, budget: &mut Budget) -> Result<Config, ArchiveError> {
        let source = self.container.find(&entry.config)?;
        let at = source.at();
        let digest = match at.as_ref().and_then(|at| self.digests.get(at)) {
            Some(digest) => {
                budget.places(1, "manifest.json")?;
                digest.clone()
            }
            None => {
                budget.document(source.length, "manifest.json")?;
                let digest = digest_of(&source.bytes(&entry.config, json::LARGEST)?, Algorithm::Sha256);
                self.digests.extend(at.map(|at| (at, digest.clone())));
                digest
            }
        };
        let other = stated(&entry.config).filter(|expected| *expected != digest);
        let misnamed = other.is_some();
        if let Some(expected) = other.filter(|_| is_blob(&entry.config)) {
            return Err(ArchiveError::Damaged { member: entry.config.clone(), expected, found: digest });
        }
        Ok(Config { source, digest, misnamed })
    }

    /// What `config`, that of `entry`, says.
    fn said(
        &mut self,
        entry: &Entry,
        config: &Config,
        budget: &mut Budget,
    ) -> Result<Arc<Said>, ArchiveError> {
        if let Some(said) = self.said.get(&config.digest) {
            return Ok(Arc::clone(said));
        }
        let raw = config.source.bytes(&entry.config, json::LARGEST)?;
        budget.keep(&raw, &entry.config)?;
        let read = ConfigView::read(&parse(&raw, &entry.config)?);
        let config_json = read.map_err(|reason| ArchiveError::malformed(&entry.config, reason))?;
        let steps = config_json.steps();
        let said = Arc::new(Said { config: Arc::new(config_json), steps });
        self.said.insert(config.digest.clone(), Arc::clone(&said));
        Ok(said)
    }

    /// One image, of these names.
    pub(crate) fn image(
        &mut self,
        entry: &Entry,
        names: Vec<String>,
        config: Config,
        budget: &mut Budget,
    ) -> Result<Found, ArchiveError> {
        budget.layers(entry.layers.len(), "manifest.json")?;
        let said = self.said(entry, &config, budget)?;
        let (count, diff_ids) = (entry.layers.len(), said.config.diff_ids.len());
        if diff_ids != count && diff_ids != 0 {
            return Err(ArchiveError::malformed(
                &entry.config,
                format!("it names {diff_ids} layers, manifest.json names {count}"),
            ));
        }
        let fits = said.steps.len() == count;
        let layers = entry.layers.iter().zip(1..).map(|(member, number)| {
            let at = number as usize - 1;
            let diff_id = said.config.diff_ids.get(at).cloned();
            let made_by = said.steps.get(at).filter(|_| fits).cloned().flatten();
            let layer = Layer {
                number,
                diff_id,
                made_by,
                media_type: media::DOCKER_TAR.to_owned(),
                digest: None,
                stored: Compression::Plain,
                size: 0,
                declared_size: 0,
                source: None,
                urls: Vec::new(),
                annotations: Vec::new(),
                member: member.clone(),
            };
            self::layer(self.container, entry, member, layer)
        });
        let layers = layers.collect::<Result<Vec<_>, _>>()?;
        let misnamed = config.misnamed.then(|| ImageFinding::ConfigName { member: entry.config.clone() });
        let manifest = Manifest {
            stored: None,
            config: Blob {
                media_type: media::DOCKER_CONFIG.to_owned(),
                digest: Some(config.digest),
                size: config.source.length,
                source: config.source.into(),
            },
            config_json: Arc::clone(&said.config),
            layers: Arc::new(layers),
            subject: None,
            platform: Platform::of(&said.config),
            attestation: false,
        };
        Ok(Found {
            order: 0,
            names,
            root: Node::Manifest(Box::new(manifest)),
            referrers: Vec::new(),
            tagged: Vec::new(),
            speaking_indexes: Vec::new(),
            notes: misnamed.into_iter().collect(),
        })
    }
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
    layer.stored = compression(&source, member)?.unwrap_or(Compression::Plain);
    let ending = match layer.stored {
        Compression::Gzip => ".gzip",
        Compression::Zstd => ".zstd",
        Compression::Plain | Compression::Other => "",
    };
    layer.media_type.push_str(ending);
    layer.size = source.length;
    layer.declared_size = source.length;
    layer.digest = known.filter(|known| known.size == source.length).map(|known| known.digest);
    layer.source = Some(source.into());
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

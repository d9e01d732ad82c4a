//! `docker save`: images listed in `manifest.json`, with or without folders for their layers.

use serde_json::Value;
use slipway_reference::{Algorithm, Digest};

use crate::ArchiveError;
use crate::config::ConfigView;
use crate::model::{Blob, Compression, Image, Layer, Manifest, Node};
use crate::store::{Store, digest_of};

/// Where the list is.
pub(crate) const LIST: &str = "manifest.json";

const CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const PLAIN: &str = "application/vnd.docker.image.rootfs.diff.tar";
const GZIP: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";
const ZSTD: &str = "application/vnd.oci.image.layer.v1.tar+zstd";

/// An entry of the list.
pub(crate) struct Entry {
    pub(crate) config: String,
    pub(crate) tags: Vec<String>,
    layers: Vec<String>,
    /// Diff ID → descriptor, of layers with addresses of their own.
    foreign: Vec<(String, Value)>,
}

/// The entries of `manifest.json`.
pub(crate) fn entries(store: &Store) -> Result<Vec<Entry>, ArchiveError> {
    let (raw, _) = store.json(LIST)?;
    let list: Value = serde_json::from_slice(&raw).map_err(|error| ArchiveError::malformed(LIST, error))?;
    let list = list.as_array().ok_or_else(|| ArchiveError::malformed(LIST, "it is no list of images"))?;
    list.iter().map(entry).collect()
}

fn entry(value: &Value) -> Result<Entry, ArchiveError> {
    let bad = |reason: &str| ArchiveError::malformed(LIST, reason);
    let config = field(value, "Config").and_then(Value::as_str).ok_or_else(|| bad("an image has no Config"))?;
    let texts = |name: &str| match field(value, name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(texts)) => {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            texts.iter().map(text).collect::<Option<Vec<_>>>().ok_or_else(|| bad(&format!("{name} is no list of texts")))
        }
        Some(_) => Err(bad(&format!("{name} is no list"))),
    };
    let sources = field(value, "LayerSources").and_then(Value::as_object);
    Ok(Entry {
        config: config.to_owned(),
        tags: texts("RepoTags")?,
        layers: texts("Layers")?,
        // Docker 25 describes every layer here; only those with addresses say what the file does not.
        foreign: sources
            .into_iter()
            .flatten()
            .filter(|(_, source)| !urls(source).is_empty())
            .map(|(diff_id, source)| (diff_id.clone(), source.clone()))
            .collect(),
    })
}

/// A member by name, whatever its case: Jib writes `config`, Docker `Config`.
fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name).or_else(|| value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// The image of an entry, without a manifest: one is made at publishing.
pub(crate) fn image(store: &Store, entry: &Entry, position: usize) -> Result<Image, ArchiveError> {
    let (raw, source) = store.json(&entry.config)?;
    let digest = digest_of(&raw, Algorithm::Sha256);
    if let Some(expected) = named_digest(&entry.config) {
        if expected != digest {
            return Err(ArchiveError::Damaged { member: entry.config.clone(), expected, found: digest });
        }
    }
    let config_json = ConfigView::parse(&raw).map_err(|reason| ArchiveError::malformed(&entry.config, reason))?;
    if config_json.diff_ids.len() != entry.layers.len() {
        let (layers, ids) = (entry.layers.len(), config_json.diff_ids.len());
        let reason = format!("it lists {layers} layers, but the config {} has {ids} diff IDs", entry.config);
        return Err(ArchiveError::malformed(LIST, reason));
    }
    let layers = entry.layers.iter().enumerate().map(|(at, member)| layer(store, entry, &config_json, at, member));
    let layers = layers.collect::<Result<Vec<_>, _>>()?;
    let config = Blob { media_type: CONFIG.to_owned(), digest: Some(digest), size: raw.len() as u64, source };
    let manifest = Manifest {
        stored: None,
        platform: config_json.platform(),
        config,
        config_json,
        layers,
        subject: None,
        attestation: false,
    };
    Ok(Image {
        selector: format!("@{position}"),
        names: entry.tags.clone(),
        root: Node::Manifest(Box::new(manifest)),
        findings: Vec::new(),
    })
}

fn layer(store: &Store, entry: &Entry, config: &ConfigView, at: usize, member: &str) -> Result<Layer, ArchiveError> {
    let diff_id = config.diff_ids.get(at).cloned();
    let id = diff_id.as_ref().map(ToString::to_string);
    let foreign = entry.foreign.iter().find(|(key, _)| Some(key) == id.as_ref()).map(|(_, source)| source);
    let urls: Vec<String> = foreign.map(urls).unwrap_or_default();
    let source = match store.find(member) {
        Ok(source) => Some(source),
        Err(ArchiveError::MemberMissing { .. }) if foreign.is_some() => None,
        Err(error) => return Err(error),
    };
    let stored = source.as_ref().map_or(Ok(Compression::Gzip), |source| source.compression())?;
    let size = source.as_ref().map_or(0, |source| source.length());
    let said = |name: &str| foreign.and_then(|source| source.get(name));
    let media_type = said("mediaType").and_then(Value::as_str).unwrap_or(match stored {
        Compression::Plain | Compression::Other => PLAIN,
        Compression::Gzip => GZIP,
        Compression::Zstd => ZSTD,
    });
    Ok(Layer {
        number: u32::try_from(at + 1).unwrap_or(u32::MAX),
        media_type: media_type.to_owned(),
        digest: said("digest").and_then(Value::as_str).and_then(|digest| digest.parse().ok()),
        stored,
        size,
        declared_size: said("size").and_then(Value::as_u64).unwrap_or(size),
        diff_id,
        made_by: config.made_by.get(at).cloned().flatten(),
        source,
        urls,
        annotations: Vec::new(),
        member: member.to_owned(),
    })
}

fn urls(source: &Value) -> Vec<String> {
    let urls = source.get("urls").and_then(Value::as_array).into_iter().flatten();
    urls.filter_map(|url| url.as_str().map(str::to_owned)).collect()
}

/// A digest that a config's name claims: `<hex>.json`, `sha256:<hex>`, `blobs/sha256/<hex>`.
fn named_digest(name: &str) -> Option<Digest> {
    let last = name.rsplit('/').next().unwrap_or(name);
    let hex = last.strip_prefix("sha256:").or_else(|| last.strip_suffix(".json")).unwrap_or(last);
    format!("sha256:{hex}").parse().ok()
}

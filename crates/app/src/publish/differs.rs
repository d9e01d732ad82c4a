//! What differs between the image of the form and the one that a version of it names now.

use std::io::Read as _;

use serde_json::Value;
use slipway_distribution::{Access, ManifestAt, ManifestBytes, Registry, Repository};
use slipway_hosts::Endpoint;
use slipway_image::{
    ComparedLayer, ConfigPart, Document, LayerSum, Malformed, Manifest, Node, Platform, Side, compare, json,
};
use slipway_reference::Tag;
use slipway_transfer::{Parts, Payload};

use super::wish::Wish;
use super::{Publish, form, prepared};
use crate::clock::now;
use crate::images::image;
use crate::view::{
    About, Code, ComparisonView, ConfigDifference, ConfigPartName, DifferencesView, Draft, FailureView,
    LayersView,
};

/// A configuration is never larger, bytes.
const MOST_CONFIG: usize = 4 << 20;

/// An image of one platform at the registry, read.
struct There {
    layers: Vec<ComparedLayer>,
    config: Value,
    size: u64,
}

impl Publish {
    /// What `version` names now at the destination of `draft`, and what differs from the image of `draft` there: for
    /// `platform`, else for the first one that both have. Its manifest is read for that, which GitHub counts as a download.
    ///
    /// # Errors
    /// [`Code::NotFound`] where it names nothing any more; whatever the registry refuses with.
    pub async fn differences(
        &self,
        draft: &Draft,
        version: &str,
        platform: Option<&str>,
    ) -> Result<DifferencesView, FailureView> {
        let endpoint = self.registries.of_form(&draft.registry)?;
        let (_, checked) = form::check(&endpoint, draft, &self.form.hints(&endpoint, draft));
        let destination = prepared::valid(checked)?;
        let tag: Tag = version.parse().map_err(|_| FailureView::form(format!("{version} is no version")))?;
        let (contents, parts) = self.drafted(&endpoint, draft).await?;
        let here = images(&contents.image().root);

        let registry: Registry =
            self.accounts.registry(&endpoint).map_err(|error| FailureView::registry(&error, now()))?;
        let repository = registry.repository(&destination.path, Access::Pull);
        let reference = format!("{}/{}:{tag}", endpoint.shown(), destination.path);
        let about = About { reference: Some(reference.clone()), ..About::default() };
        let asked = repository.manifest(&ManifestAt::Tag(tag.clone())).await;
        let found = asked.map_err(|error| FailureView::registry(&error, now()).about(about.clone()))?;
        let found = found.ok_or_else(|| {
            FailureView::not_found(format!("{reference} names nothing any more")).about(about.clone())
        })?;
        let read = Reading { repository: &repository, about };
        let there = read.platforms(&found).await?;
        let named: Vec<String> = here.iter().map(|manifest| named(manifest)).collect();
        let both: Vec<String> =
            named.iter().filter(|name| there.iter().any(|(other, _)| other == *name)).cloned().collect();
        let chosen = platform.filter(|wanted| both.iter().any(|name| name == wanted)).map(str::to_owned);
        let chosen = chosen.or_else(|| both.first().cloned());
        let view = DifferencesView {
            tag: tag.to_string(),
            digest: found.digest.to_string(),
            created: None,
            size: 0,
            only_there: there
                .iter()
                .map(|(name, _)| name.clone())
                .filter(|name| !named.contains(name))
                .collect(),
            only_here: named.into_iter().filter(|name| !both.contains(name)).collect(),
            platforms: both,
            platform: chosen.clone(),
            comparison: None,
        };
        let Some(platform) = chosen else { return Ok(view) };
        let Some((_, at)) = there.into_iter().find(|(name, _)| *name == platform) else { return Ok(view) };
        let old = read.image(at).await?;
        let Some(manifest) = here.into_iter().find(|manifest| self::named(manifest) == platform) else {
            return Ok(view);
        };
        let config = config_of(manifest).map_err(|reason| FailureView::new(Code::FileUnreadable, reason))?;
        let layers = layers_of(&parts, &platform);
        let found = compare(
            Side { layers: &old.layers, config: &old.config },
            Side { layers: &layers, config: &config },
        );
        let difference = |difference: slipway_image::Difference| ConfigDifference {
            part: part_name(difference.part),
            gone: difference.gone,
            come: difference.come,
            changed: difference.changed,
        };
        Ok(DifferencesView {
            created: json::text(&old.config, "created").as_deref().and_then(image::seconds),
            size: old.size,
            comparison: Some(ComparisonView {
                common: sum(found.common),
                only_there: sum(found.only_old),
                only_here: sum(found.only_new),
                config: found.config.into_iter().map(difference).collect(),
            }),
            ..view
        })
    }

    /// What a form that is filled publishes, as far as no registry is asked.
    async fn drafted(&self, endpoint: &Endpoint, draft: &Draft) -> Result<(Payload, Parts), FailureView> {
        let file = draft.file.ok_or_else(|| FailureView::new(Code::FileUnreadable, "no file is opened"))?;
        let file = self.images.files().get(file)?;
        let archive = self.images.archive(&file).await?;
        let image = image::select(&archive, Some(&draft.image))?;
        let wish = Wish::of_form(endpoint, draft)?;
        let transfer = wish.sending(self.settings.get().transfer()).map_err(FailureView::form)?;
        let contents = Payload::of(&archive, &image).change(&wish.changes(endpoint)?);
        let contents = contents.map_err(|error| FailureView::transfer(&error, now()))?;
        let platform = wish.platform.as_deref();
        let parts = self.shared.parts(&contents, platform, endpoint.profile, &transfer).await?;
        Ok((contents, self.shared.estimated(parts).await?))
    }
}

/// Reads at one repository.
struct Reading<'a> {
    repository: &'a Repository,
    about: About,
}

impl Reading<'_> {
    fn failed(&self, error: &slipway_distribution::Error) -> FailureView {
        FailureView::registry(error, now()).about(self.about.clone())
    }

    fn malformed(&self, reason: &Malformed) -> FailureView {
        let code = Code::BadAnswer { reason: Some(reason.to_string()) };
        FailureView::new(code, reason.to_string()).about(self.about.clone())
    }

    /// The platforms of what was found, each with its manifest, as far as it was read.
    async fn platforms(&self, found: &ManifestBytes) -> Result<Vec<(String, At)>, FailureView> {
        let document = Document::parse(&found.raw).map_err(|reason| self.malformed(&reason))?;
        if document.is_index() {
            let images = document.manifests().filter_map(Result::ok).filter(|entry| !entry.is_attestation());
            let entry = |entry: slipway_image::Descriptor| {
                let platform = entry.platform.as_ref().map(Platform::to_string).unwrap_or_default();
                (platform, At::Named(ManifestAt::Digest(entry.digest)))
            };
            return Ok(images.map(entry).collect());
        }
        let config = self.config(&document).await?;
        let view = slipway_image::ConfigView::read(&config).map_err(|reason| self.malformed(&reason))?;
        let platform = Platform::of(&view).map(|platform| platform.to_string()).unwrap_or_default();
        Ok(vec![(platform, At::Read(Box::new(document), config))])
    }

    async fn image(&self, at: At) -> Result<There, FailureView> {
        let (document, config) = match at {
            At::Read(document, config) => (*document, config),
            At::Named(at) => {
                let found = self.repository.manifest(&at).await.map_err(|error| self.failed(&error))?;
                let found = found.ok_or_else(|| {
                    self.malformed(&Malformed::new("its index names what is not there".to_owned()))
                })?;
                let document = Document::parse(&found.raw).map_err(|reason| self.malformed(&reason))?;
                let config = self.config(&document).await?;
                (document, config)
            }
        };
        let diff_ids =
            slipway_image::ConfigView::read(&config).map_err(|reason| self.malformed(&reason))?.diff_ids;
        let mut layers = Vec::new();
        for (place, layer) in document.layers().enumerate() {
            let layer = layer.map_err(|reason| self.malformed(&reason))?;
            let (digest, diff_id) = (Some(layer.digest), diff_ids.get(place).cloned());
            layers.push(ComparedLayer { digest, diff_id, size: layer.size });
        }
        let size = layers.iter().fold(0, |sum: u64, layer| sum.saturating_add(layer.size));
        Ok(There { layers, config, size })
    }

    async fn config(&self, document: &Document) -> Result<Value, FailureView> {
        let Some(config) = document.config() else { return Ok(Value::Null) };
        let digest = config.map_err(|reason| self.malformed(&reason))?.digest;
        let raw = self.repository.small_blob(&digest, MOST_CONFIG).await;
        json::parse(&raw.map_err(|error| self.failed(&error))?).map_err(|reason| self.malformed(&reason))
    }
}

/// The manifest of a platform.
enum At {
    /// It was read.
    Read(Box<Document>, Value),
    /// An index names it.
    Named(ManifestAt),
}

/// The images under `node` that the file holds; statements about them are none.
fn images(node: &Node) -> Vec<&Manifest> {
    match node {
        Node::Manifest(manifest) if manifest.attestation => Vec::new(),
        Node::Manifest(manifest) => vec![&**manifest],
        Node::Index(index) => {
            index.children.iter().filter_map(|child| child.node.as_ref()).flat_map(images).collect()
        }
    }
}

fn named(manifest: &Manifest) -> String {
    manifest.platform.as_ref().map(Platform::to_string).unwrap_or_default()
}

fn config_of(manifest: &Manifest) -> Result<Value, String> {
    let mut raw = Vec::new();
    let reader = manifest.config.source.reader().map_err(|error| error.to_string())?;
    reader.take(json::LARGEST).read_to_end(&mut raw).map_err(|error| error.to_string())?;
    json::parse(&raw).map_err(|reason| reason.to_string())
}

/// The layers of one platform; those of a lone one name none.
fn layers_of(parts: &Parts, platform: &str) -> Vec<ComparedLayer> {
    let of = |layer: &&slipway_transfer::Layer| layer.platform.as_deref().is_none_or(|name| name == platform);
    let layer = |layer: &slipway_transfer::Layer| {
        let blob = layer.blob.map(|blob| &parts.blobs[blob]);
        let known = blob.and_then(slipway_transfer::Blob::in_registry);
        ComparedLayer {
            digest: known.map(|(digest, _)| digest).or_else(|| layer.digest.clone()),
            diff_id: layer.diff_id.clone(),
            size: blob.map_or(layer.size, slipway_transfer::Blob::wire_size),
        }
    };
    parts.layers.iter().filter(of).map(layer).collect()
}

fn sum(layers: LayerSum) -> LayersView {
    LayersView { count: u32::try_from(layers.count).unwrap_or(u32::MAX), bytes: layers.bytes }
}

fn part_name(part: ConfigPart) -> ConfigPartName {
    match part {
        ConfigPart::EntryPoint => ConfigPartName::EntryPoint,
        ConfigPart::Command => ConfigPartName::Command,
        ConfigPart::User => ConfigPartName::User,
        ConfigPart::WorkingFolder => ConfigPartName::WorkingFolder,
        ConfigPart::Ports => ConfigPartName::Ports,
        ConfigPart::Variables => ConfigPartName::Variables,
        ConfigPart::Labels => ConfigPartName::Labels,
    }
}

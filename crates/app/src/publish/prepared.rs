//! From a form or a command line to a job.

use std::path::PathBuf;
use std::sync::Arc;

use slipway_archive::Archive;
use slipway_hosts::{Checked, Destination, Endpoint, Hints, Profile};
use slipway_reference::{Level, Reference, Rule, Tag};
use slipway_transfer::{Payload, Published};

use super::form;
use super::held::Spool;
use super::wish::Wish;
use crate::images::File;
use crate::images::image;
use crate::view::{
    Code, Draft, Engine, FailureView, Field, FindingView, FormPart, PreflightView, PublishedVersion,
    ResultView, RuleName,
};

/// A push as the command line says it.
#[derive(Debug, Clone)]
pub struct PushOptions {
    /// The image files; several become one image of several platforms.
    pub files: Vec<PathBuf>,
    /// In place of files, images of an engine.
    pub from: Option<EngineImages>,
    /// Where to: a whole reference with its first version.
    pub reference: Reference,
    /// Further versions.
    pub tags: Vec<Tag>,
    /// Plain http to a host that is not this computer.
    pub plain_http: bool,
    /// What of it, and how.
    pub wish: Wish,
}

/// Images that an engine has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineImages {
    /// Which engine.
    pub engine: Engine,
    /// Names or IDs; several become one image of several platforms.
    pub names: Vec<String>,
}

/// What a push would do.
pub struct DryRun {
    /// The pre-flight card.
    pub plan: PreflightView,
    /// What is worth saying of the file and its image, as [`Publish::push`](crate::publish::Publish::push) tells it.
    pub notes: Vec<FindingView>,
    /// What the registry warns of.
    pub warnings: Vec<String>,
}

/// What is known of a push before the registry is asked.
pub(crate) struct Prepared {
    pub(crate) file: Arc<File>,
    pub(crate) contents: Payload,
    /// The first of its files.
    pub(crate) archive: Archive,
    /// Something about it is changed before it goes up.
    pub(crate) changed: bool,
    /// The file and `draft` say all of it.
    pub(crate) repeatable: bool,
    /// What the files list beside the images that nobody chose.
    pub(crate) notes: Vec<FindingView>,
    pub(crate) platform: Option<String>,
    pub(crate) endpoint: Endpoint,
    pub(crate) destination: Destination,
    /// The form that leads to the same push.
    pub(crate) draft: Draft,
    pub(crate) transfer: slipway_transfer::Options,
    /// What was spooled for it alone: whatever becomes of it, nobody else needs that. None where it lies in the form.
    pub(super) spool: Option<Spool>,
}

impl Prepared {
    /// What is worth saying before it begins.
    pub(crate) fn said(&self) -> Vec<FindingView> {
        let mut notes = self.notes.clone();
        notes.extend(image::notes(self.contents.image(), self.platform.as_deref()));
        notes.extend(self.changed.then(image::changed_note));
        notes
    }

    /// `HOST/PATH:TAG` with the first version.
    pub(crate) fn reference(&self) -> String {
        format!("{}:{}", self.repository(), self.destination.tags[0])
    }

    /// The same as people see it.
    pub(crate) fn shown(&self) -> String {
        let Destination { path, tags, .. } = &self.destination;
        format!("{}/{path}:{}", self.endpoint.shown(), tags[0])
    }

    /// `HOST/PATH`.
    pub(crate) fn repository(&self) -> String {
        format!("{}/{}", self.destination.host, self.destination.path)
    }

    /// The image's last name and first version: `monalisa 2.4.0`.
    pub(crate) fn title(&self) -> String {
        let path = self.destination.path.as_str();
        format!("{} {}", path.rsplit('/').next().unwrap_or(path), self.destination.tags[0])
    }

    /// The same push as a command.
    pub(crate) fn command(&self) -> String {
        let more: Vec<String> = self.destination.tags.iter().skip(1).map(ToString::to_string).collect();
        command(&self.file, &self.archive, &self.draft, &self.reference(), &more, self.endpoint.plain_http)
    }
}

/// `slipway push …`; the image is only named where the file holds several.
pub(crate) fn command(
    file: &File,
    archive: &Archive,
    draft: &Draft,
    reference: &str,
    more: &[String],
    plain_http: bool,
) -> String {
    let image = archive.only().is_none().then_some(draft.image.as_str());
    let options = &draft.options;
    let mut words = vec![
        ("description", options.description.trim()),
        ("licenses", options.licenses.trim()),
        ("compression", options.compression.as_str()),
        ("way", options.way.as_str()),
    ];
    // In the legacy registry's form it is a part of the path.
    let in_path = reference.split('/').nth(2).is_some_and(|part| part == draft.repository);
    if !in_path {
        words.insert(0, ("source", draft.repository.as_str()));
    }
    words.extend(options.labels.lines().map(|line| ("label", line.trim())));
    words.retain(|(_, value)| !value.is_empty());
    if options.drop_attestations {
        words.push(("drop-attestations", ""));
    }
    super::command::push(&file.words(), image, &draft.platform, reference, more, plain_http, &words)
}

/// The destination that a whole reference means at `endpoint`, by the rules of its form.
pub(crate) fn destination(
    endpoint: &Endpoint,
    reference: &Reference,
    tags: &[Tag],
) -> Result<(Destination, Draft), FailureView> {
    let Some(first) = reference.tag.clone().filter(|_| reference.digest.is_none()) else {
        let path = &reference.path;
        let (rule, message) = match (&reference.digest, &reference.tag) {
            (Some(digest), Some(tag)) => (
                Rule::VersionDigest,
                format!(
                    "a destination takes no digest, which follows from the image: leave out @{digest} behind {path}:{tag}"
                ),
            ),
            (Some(_), None) => (
                Rule::VersionDigest,
                format!("a digest is no version: images are published by version, such as {path}:1.0"),
            ),
            (None, _) => (
                Rule::VersionEmpty,
                format!("{reference} names no version: images are published by version, such as {path}:1.0"),
            ),
        };
        return Err(FailureView::broken(FormPart::Version, &rule, message));
    };
    let mut draft = Draft { registry: endpoint.name.to_string(), ..Draft::default() };
    if endpoint.profile == Profile::Generic {
        let mut all = vec![first];
        all.extend(tags.iter().filter(|tag| reference.tag.as_ref() != Some(*tag)).cloned());
        draft.versions = all.iter().map(ToString::to_string).collect();
        let path = reference.path.as_str();
        let (owner, name) = path.split_once('/').unwrap_or(("", path));
        (draft.owner, draft.image_name) = (owner.to_owned(), name.to_owned());
        let destination = Destination {
            host: endpoint.name.clone(),
            path: reference.path.clone(),
            tags: all,
            source: None,
        };
        return Ok((destination, draft));
    }
    let mut fields = slipway_hosts::fill(endpoint, reference).map_err(|refusal| {
        let rule = Some(RuleName::from(&refusal.rule));
        FailureView::new(Code::FormProblem { field: None, rule }, refusal.to_string())
    })?;
    fields.versions.extend(tags.iter().map(ToString::to_string));
    let draft = form::with_fields(&draft, fields);
    let (_, checked) = form::check(endpoint, &draft, &Hints::default());
    valid(checked).map(|destination| (destination, draft))
}

/// The destination of a checked form, or its first problem.
pub(crate) fn valid(checked: Checked) -> Result<Destination, FailureView> {
    if let Some(destination) = checked.destination {
        return Ok(destination);
    }
    let problem = checked.findings.iter().find(|finding| finding.refusal.rule.level() == Level::Problem);
    let (field, rule, message) = match problem {
        Some(finding) => {
            (form::name(finding.field), finding.refusal.rule.clone(), finding.refusal.to_string())
        }
        None => (Field::Version, Rule::VersionEmpty, "the form is not complete".to_owned()),
    };
    Err(FailureView::broken(field.into(), &rule, message))
}

/// Where something was published, as the page shows it.
#[derive(Debug, Clone)]
pub(crate) struct PublishedTo {
    /// `HOST/PATH`.
    pub(crate) repository: String,
    /// `owner/repository` that the package was connected to.
    pub(crate) source: Option<String>,
    pub(crate) by_digest: bool,
    pub(crate) package_page: bool,
    pub(crate) command: String,
}

/// What the page shows of a finished publish.
pub(crate) fn result(published: Published, place: &PublishedTo) -> ResultView {
    let PublishedTo { repository, source, by_digest, package_page, command } = place.clone();
    let digest = published.digest.to_string();
    let versions = published.tags.iter().map(|tag| {
        let before = tag.before.as_ref().map(ToString::to_string);
        PublishedVersion {
            tag: tag.tag.to_string(),
            unchanged: before.as_ref() == Some(&digest),
            movable: by_digest && before.as_ref().is_some_and(|before| *before != digest),
            moved_back: false,
            moved_from: before.filter(|before| *before != digest),
        }
    });
    ResultView {
        verified: published.not_verified.is_none(),
        not_verified: published.not_verified,
        repository,
        versions: versions.collect(),
        media_type: published.media_type,
        manifest_size: published.manifest_size,
        platforms: published.platforms,
        layers: u32::try_from(published.layers).unwrap_or(u32::MAX),
        size: published.size,
        sent: published.sent,
        reused: published.reused,
        duration_ms: u64::try_from(published.duration.as_millis()).unwrap_or(u64::MAX),
        stored_digest: published.stored_digest.as_ref().map(ToString::to_string),
        source,
        by_digest,
        package_page,
        command,
        digest,
    }
}

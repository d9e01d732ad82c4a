//! Images of an engine in the form: exported once, under the name that they have there.

use std::sync::Arc;

use slipway_hosts::Destination;
use slipway_reference::{Reference, Tag};

use super::{Publish, command};
use crate::engines::Engines;
use crate::images::File;
use crate::view::{Code, Draft, Engine, FailureView, FileId, HeldImage, OpenedView};

/// Stands for what people have to put in.
const PLACEHOLDER: &str = "OWNER";

/// What was spooled for a job. Nobody needs it once the job is over, whatever came of it.
pub(super) struct Spool(pub(super) Arc<File>);

impl Drop for Spool {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

/// A name that an image gets in its engine once it is published.
pub(super) struct Naming {
    pub(super) engines: Arc<Engines>,
    pub(super) held: HeldImage,
    pub(super) destination: Destination,
}

impl Naming {
    /// Gives it the published name.
    pub(super) async fn done(&self) -> Result<(), FailureView> {
        let Destination { host, path, tags, .. } = &self.destination;
        let reference = Reference { host: host.clone(), path: path.clone(), tag: None, digest: None };
        self.engines.tag(self.held.engine, &self.held.id, &reference, tags).await
    }
}

impl Publish {
    /// Opens an image of an engine: exports it once, and fills the empty fields of `draft` from its names. All tags of the
    /// name that it was asked for by are versions.
    ///
    /// # Errors
    /// The engine is not there, has no such image or breaks off; what it gives is no image; there is no room for it.
    pub async fn open_held(
        &self,
        engine: Engine,
        name: &str,
        draft: Draft,
    ) -> Result<OpenedView, FailureView> {
        let (file, wanted) = self.engines.open(engine, &[name.to_owned()]).await?;
        let [wanted] = &wanted[..] else {
            return Err(FailureView::new(Code::Internal, "one image was asked for"));
        };
        let name_it = draft.held.as_ref().is_some_and(|held| held.name_it);
        let held = HeldImage { engine, name: name.to_owned(), id: wanted.id().to_owned(), name_it };
        let draft = Draft { held: Some(held), ..self.named(name, wanted.names(), draft) };
        let mut opened = self.images.open(Arc::clone(&file), draft).await?;
        let archive = self.images.archive(&file).await?;
        opened.draft.image = wanted.pick(&archive)?.selector;
        Ok(opened)
    }

    /// The handle of the image of an earlier job, which the engine exports again when it is read.
    ///
    /// # Errors
    /// [`Code::FileChanged`] where its name means another image by now.
    pub(crate) async fn held_again(&self, held: &HeldImage) -> Result<FileId, FailureView> {
        let (file, wanted) = self.engines.open(held.engine, std::slice::from_ref(&held.name)).await?;
        match wanted.first().is_some_and(|wanted| wanted.id() == held.id) {
            true => Ok(file.id),
            false => {
                let said = format!("{} names another image in the engine by now", held.name);
                Err(FailureView::new(Code::FileChanged, said))
            }
        }
    }

    /// `draft` with what `name` says, unless somebody typed already.
    fn named(&self, name: &str, names: &[String], draft: Draft) -> Draft {
        if !draft.image_name.is_empty() || !draft.versions.is_empty() || !draft.version_text.is_empty() {
            return draft;
        }
        let Some((repository, _)) = split(name) else { return draft };
        let mut versions = tags_of(repository, names);
        // The one that was asked for comes first.
        versions.sort_by_key(|tag| !name.ends_with(&format!(":{tag}")));
        let filled = self.form.fill(&draft, name).unwrap_or_else(|| {
            let image_name = repository.rsplit('/').next().unwrap_or(repository).to_owned();
            Draft { image_name, ..draft }
        });
        Draft { versions, ..filled }
    }

    /// The commands that publish images of an engine, one a line, as the form does: each is given by all of its names, goes
    /// where the first one says, else to the registry of `draft`, and all tags of that name are versions.
    pub fn held_commands(&self, engine: Engine, images: &[Vec<String>], draft: &Draft) -> String {
        let engine = if engine == Engine::Docker { "docker" } else { "podman" };
        let line = |names: &Vec<String>| {
            let name = names.first()?;
            let what = ["--from".to_owned(), engine.to_owned(), name.clone()];
            let tags =
                split(name).map(|(repository, _)| tags_of(repository, &names[1..])).unwrap_or_default();
            Some(command::push(&what, None, "", &self.destination_of(name, draft), &tags, false, &[]))
        };
        images.iter().filter_map(line).collect::<Vec<_>>().join("\n")
    }

    /// Where an image goes that an engine calls so.
    fn destination_of(&self, name: &str, draft: &Draft) -> String {
        if self.form.fill(draft, name).is_some() {
            return name.to_owned();
        }
        let (repository, tag) = split(name).unwrap_or((name, "latest"));
        let last = repository.rsplit('/').next().unwrap_or(repository);
        let owner = match draft.owner.trim() {
            "" => PLACEHOLDER,
            owner => owner,
        };
        format!("{}/{owner}/{last}:{tag}", draft.registry)
    }
}

/// The tags that `repository` has among these names.
fn tags_of(repository: &str, names: &[String]) -> Vec<String> {
    let own = names.iter().filter_map(|name| split(name)).filter(|(of, _)| *of == repository);
    own.map(|(_, tag)| tag.to_owned()).collect()
}

/// Repository and tag of a name as engines spell it; none for an ID.
fn split(name: &str) -> Option<(&str, &str)> {
    let (repository, tag) = name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'))?;
    tag.parse::<Tag>().ok().filter(|_| repository != "sha256").map(|_| (repository, tag))
}

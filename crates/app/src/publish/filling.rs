//! The form: what is wrong with it, and what it could be filled with.

use std::sync::Arc;

use slipway_hosts::{Endpoint, Hints};
use slipway_reference::Reference;
use url::Url;

use super::there::There;
use super::{form, links};
use crate::accounts::Accounts;
use crate::images::{Files, image};
use crate::jobs::Jobs;
use crate::registries::Registries;
use crate::view::{Draft, FailureView, FormView, LinkTopic, NameView};

/// The publish form.
pub struct PublishForm {
    pub(super) registries: Arc<Registries>,
    pub(super) accounts: Arc<Accounts>,
    pub(super) files: Arc<Files>,
    pub(super) jobs: Arc<Jobs>,
    pub(super) there: There,
}

impl PublishForm {
    pub(crate) fn new(
        registries: Arc<Registries>,
        accounts: Arc<Accounts>,
        files: Arc<Files>,
        jobs: Arc<Jobs>,
    ) -> Self {
        Self { registries, accounts, files, jobs, there: There::new() }
    }

    /// What the local rules say of a form.
    pub fn check(&self, draft: &Draft) -> Result<FormView, FailureView> {
        let endpoint = self.registries.of_form(&draft.registry)?;
        Ok(form::check(&endpoint, draft, &self.hints(&endpoint, draft)).0)
    }

    /// The form filled from a whole reference or pull command that somebody pasted; none where `text` is neither, or
    /// names a registry that is not offered.
    pub fn fill(&self, draft: &Draft, text: &str) -> Option<Draft> {
        let reference = Reference::parse_pasted(text)?;
        let name = reference.host.to_string();
        if !self.accounts.registries().iter().any(|registry| registry.name == name) {
            return None;
        }
        let endpoint = self.registries.endpoint(&reference.host, false).ok()?;
        let fields = slipway_hosts::fill(&endpoint, &reference).ok()?;
        Some(Draft { registry: name, ..form::with_fields(draft, fields) })
    }

    /// The form for another registry; what was typed is kept.
    pub fn switch(&self, draft: &Draft, registry: &str) -> Result<Draft, FailureView> {
        let (from, to) = (self.registries.of_form(&draft.registry)?, self.registries.of_form(registry)?);
        let fields = slipway_hosts::switch(&form::fields(draft), &from, &to);
        let mut switched = Draft { registry: to.name.to_string(), ..form::with_fields(draft, fields) };
        // Whose name stands in the practice form is nobody's elsewhere.
        if from.plays != to.plays {
            let account = self.accounts.used_at(&to.name);
            switched.owner = account.map(|account| account.username.to_ascii_lowercase()).unwrap_or_default();
        }
        Ok(switched)
    }

    /// What could fill an empty field: who is signed in, and what the file says.
    pub(crate) fn hints(&self, endpoint: &Endpoint, draft: &Draft) -> Hints {
        let names = draft.file.and_then(|file| self.files.get(file).ok()).and_then(|file| {
            let archive = file.read()?;
            let image = archive.select(&draft.image).ok()?;
            let oci = image::is_oci(&archive);
            Some(image.names.iter().map(|name| image::name_view(name, oci)).collect::<Vec<_>>())
        });
        let find = |part: fn(&NameView) -> &String| {
            names.as_ref()?.iter().map(part).find(|text| !text.is_empty()).cloned()
        };
        Hints {
            owner: self.accounts.used_at(&endpoint.name).map(|account| account.username.to_ascii_lowercase()),
            image_name: find(|name| &name.image_name),
            version: find(|name| &name.version),
        }
    }

    /// The address of a page outside; none where there is no such page.
    pub fn link(&self, topic: LinkTopic, draft: &Draft) -> Option<Url> {
        let endpoint = self.registries.of_form(&draft.registry).ok()?;
        let (_, checked) = form::check(&endpoint, draft, &Hints::default());
        links::address(topic, &endpoint, checked.destination.as_ref().map(|destination| &destination.path))
    }
}

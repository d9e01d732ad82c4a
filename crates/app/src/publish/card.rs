//! What a publish would do: the pre-flight card of a form, and the dry run of a command line.

use std::sync::{Arc, Mutex, PoisonError};

use slipway_distribution::Waits;
use slipway_hosts::Endpoint;
use slipway_transfer::{Compression, Payload, Way};

use super::preflight::{Asked, Known};
use super::prepared::{DryRun, Prepared, PushOptions};
use super::wish::Wish;
use super::{Publish, form, preflight, prepared};
use crate::clock::now;
use crate::images::image;
use crate::view::{CheckState, CheckView, Draft, FailureView, JobId, PreflightView, Reason};

/// What came of a publish that is only begun where the pre-flight has nothing against it.
pub(crate) enum Cleared {
    /// This job does it.
    Begun(JobId),
    /// The pre-flight has problems with it.
    Problems(Vec<CheckView>),
    /// Nobody wanted it any more.
    Withdrawn,
}

impl Publish {
    /// The pre-flight card of a form.
    pub async fn preflight(&self, draft: &Draft) -> Result<PreflightView, FailureView> {
        let endpoint = self.registries.of_form(&draft.registry)?;
        let (form, checked) = form::check(&endpoint, draft, &self.form.hints(&endpoint, draft));
        let account = self.accounts.used_at(&endpoint.name);
        let settings = self.settings.get();
        let usual = match &checked.destination {
            Some(destination) => settings.transfer_to(&destination.host, &destination.path),
            None => settings.transfer(),
        };
        let problem = |message| FailureView::form(message);
        let (mut parts, mut command, mut chunks) = (None, String::new(), usual.way == Some(Way::Chunks));
        if let Some(file) = draft.file {
            let file = self.images.files().get(file)?;
            let archive = self.images.archive(&file).await?;
            let image = image::select(&archive, Some(&draft.image))?;
            // What is not valid yet is the form's matter; the plan shows the image without it.
            let wish = if form.valid { Wish::of_form(&endpoint, draft)? } else { Wish::default() };
            let transfer = wish.sending(usual.clone()).map_err(problem)?;
            let contents = Payload::of(&archive, &image).change(&wish.changes(&endpoint)?);
            let contents = contents.map_err(|error| FailureView::transfer(&error, now()))?;
            let platform = Some(draft.platform.as_str()).filter(|platform| !platform.is_empty());
            let unasked = self.shared.parts(&contents, platform, endpoint.profile, &transfer).await?;
            chunks = transfer.way == Some(Way::Chunks);
            parts = Some(self.shared.estimated(unasked).await?);
            let reference = &form.reference;
            command = prepared::command(
                &file,
                &archive,
                draft,
                &reference.full,
                &reference.more_versions,
                endpoint.plain_http,
            );
        }
        let asked = match (&checked.destination, &parts) {
            (Some(_), Some(_)) if account.is_none() && super::needs_account(endpoint.profile) => {
                Asked::Not(Reason::SignedOut)
            }
            (Some(destination), Some(parts)) => match self.accounts.registry(&endpoint) {
                Ok(client) => {
                    preflight::ask(&client, &destination.path, parts.clone(), &destination.tags, now()).await
                }
                Err(error) => return Err(FailureView::registry(&error, now())),
            },
            _ => Asked::Not(Reason::Fields),
        };
        let path = checked.destination.as_ref().map(|destination| &destination.path);
        let github = self.github.of(&endpoint, path, draft).await;
        let record = self.accounts.account_at(&endpoint);
        let newer = self.newer(draft, &endpoint);
        let registry = endpoint.name.to_string();
        let known = Known {
            endpoint: &endpoint,
            checked: &checked,
            account: account.as_ref(),
            parts: parts.as_ref(),
            asked: &asked,
            record: record.as_ref(),
            github,
            rate: self.store.ask(move |store| store.rate(&registry)).await,
            sending: &usual,
            chunks,
            newer: newer.as_ref(),
        };
        Ok(preflight::view(draft, &known, command))
    }

    /// The form for the registry that replaced the one of `draft` at its host, if there is one.
    fn newer(&self, draft: &Draft, endpoint: &Endpoint) -> Option<Draft> {
        let offered = self.registries.endpoints();
        let newer = offered.iter().find(|other| {
            endpoint.profile.is_legacy() && !other.profile.is_legacy() && other.host() == endpoint.host()
        })?;
        self.form.switch(draft, newer.name.as_str()).ok()
    }

    /// What [`push`](Self::push) would do; nothing is sent.
    pub async fn dry_run(&self, options: &PushOptions) -> Result<DryRun, FailureView> {
        let prepared = self.prepare(options).await?;
        self.run_dry(&prepared).await
    }

    /// Publishes what a command line says unless the pre-flight has a problem with it, or `begins` says that nobody wants it
    /// any more once that has looked; then nothing is sent.
    pub(crate) async fn push_if_clear(
        &self,
        options: &PushOptions,
        begins: impl FnOnce() -> bool,
    ) -> Result<Cleared, FailureView> {
        let prepared = self.prepare(options).await?;
        let mut checks = self.run_dry(&prepared).await?.plan.checks;
        checks.retain(|check| check.state == CheckState::Problem);
        if !checks.is_empty() {
            return Ok(Cleared::Problems(checks));
        }
        if !begins() {
            return Ok(Cleared::Withdrawn);
        }
        self.start_push(None, prepared).await.map(Cleared::Begun)
    }

    async fn run_dry(&self, prepared: &Prepared) -> Result<DryRun, FailureView> {
        let notes = prepared.said();
        let endpoint = &prepared.endpoint;
        let client =
            self.accounts.registry(endpoint).map_err(|error| FailureView::registry(&error, now()))?;
        let warnings = Arc::<Mutex<Vec<String>>>::default();
        let warned = Arc::clone(&warnings);
        let client = client.telling(Waits::default().with_warnings(move |text| {
            warned.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
        }));
        let parts = self.shared.estimated(self.prepared_parts(prepared).await?).await?;
        let destination = &prepared.destination;
        let asked = preflight::ask(&client, &destination.path, parts.clone(), &destination.tags, now()).await;
        let checked = slipway_hosts::Checked {
            findings: Vec::new(),
            destination: Some(destination.clone()),
            parts: Vec::new(),
            field_order: Vec::new(),
        };
        let account = self.accounts.used_at(&endpoint.name);
        let record = self.accounts.account_at(endpoint);
        let command = prepared.command();
        let known = Known {
            endpoint,
            checked: &checked,
            account: account.as_ref(),
            parts: Some(&parts),
            asked: &asked,
            record: record.as_ref(),
            github: self.github.of(endpoint, Some(&destination.path), &prepared.draft).await,
            rate: None,
            sending: &prepared.transfer,
            chunks: prepared.transfer.way == Some(Way::Chunks),
            newer: None,
        };
        let mut view = preflight::view(&prepared.draft, &known, command);
        if !prepared.transfer.compression.is_zstd() {
            let zstd = Compression::ZSTD;
            let saved = tokio::task::spawn_blocking(move || slipway_transfer::saving(&parts, zstd)).await;
            view.checks.extend(saved.ok().flatten().map(preflight::zstd_saves));
        }
        let warnings = warnings.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(DryRun { plan: view, notes, warnings })
    }
}

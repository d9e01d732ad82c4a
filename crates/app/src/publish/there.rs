//! The tags of the form's destination, for whoever chooses among them.

use std::time::Duration;

use slipway_distribution::Access;
use slipway_hosts::{Endpoint, Hints};
use slipway_reference::Tag;
use tokio::sync::watch;

use super::filling::PublishForm;
use super::form;
use crate::accounts::Fresh;
use crate::tags::of_images;
use crate::view::Draft;

/// They stay good for so long, unless something is published.
const GOOD_FOR: Duration = Duration::from_mins(1);

/// How long the registry may take; completion never keeps anybody waiting.
const LIMIT: Duration = Duration::from_secs(10);

/// Tags by the repository that has them.
pub(super) struct There {
    known: Fresh<String, Vec<Tag>>,
    /// The repository that was asked about last.
    wanted: watch::Sender<String>,
}

impl There {
    pub(super) fn new() -> Self {
        Self { known: Fresh::new(GOOD_FOR), wanted: watch::Sender::default() }
    }

    /// Something is published: there will be more.
    pub(super) fn forget(&self) {
        self.known.clear();
    }

    /// The tags of images at the destination of `draft`, the highest versions first; none where it is not complete, the
    /// registry does not say, or somebody asks about another one meanwhile.
    pub(super) async fn tags(
        &self,
        form: &PublishForm,
        endpoint: &Endpoint,
        draft: &Draft,
    ) -> Option<Vec<Tag>> {
        // Whatever its versions are.
        let any = Draft { versions: Vec::new(), version_text: "latest".to_owned(), ..draft.clone() };
        let path = form::check(endpoint, &any, &Hints::default()).1.destination?.path;
        let repository = format!("{}/{path}", endpoint.name);
        self.wanted.send_replace(repository.clone());
        let changes = form.accounts.changes();
        if let Some(known) = self.known.get(&repository, changes) {
            return Some(known);
        }
        let registry = form.accounts.registry(endpoint).ok()?;
        let mut wanted = self.wanted.subscribe();
        let asked = async { registry.repository(&path, Access::Pull).tags().await.ok() };
        let tags = tokio::select! {
            tags = tokio::time::timeout(LIMIT, asked) => of_images(tags.ok()??),
            _ = wanted.wait_for(|wanted| *wanted != repository) => return None,
        };
        self.known.keep(repository, tags.clone(), changes);
        Some(tags)
    }
}

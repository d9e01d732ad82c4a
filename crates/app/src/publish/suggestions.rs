//! What could stand in a field: who is signed in, what was published before, what the file says.

use std::collections::BTreeSet;

use slipway_github::NamedPackage;
use slipway_hosts::{Endpoint, NameForm};
use slipway_image::{Image, Node};
use slipway_reference::{Owner, Tag, companions};

use super::filling::PublishForm;
use crate::view::{Draft, FailureView, Field, SuggestionFrom, SuggestionView};

/// Jobs of the history that are looked through.
const LOOKED_THROUGH: usize = 200;

/// Suggestions that are worth a look.
const MOST: usize = 20;

/// Of those in GitHub's lists, which people search through by typing.
const MOST_LISTED: usize = 200;

/// The label with which images name their source.
const SOURCE: &str = "org.opencontainers.image.source";

impl PublishForm {
    /// What could stand in `field` of the form, the likeliest first, each once. Nothing is asked of the network.
    pub async fn suggestions(&self, draft: &Draft, field: Field) -> Result<Vec<SuggestionView>, FailureView> {
        let endpoint = self.registries.of_form(&draft.registry)?;
        let account = self.accounts.used_at(&endpoint.name).map(|account| account.username);
        let image = self.image_of(draft);
        let past = self.jobs.published_forms(LOOKED_THROUGH).await;
        let mut found = Vec::new();
        let mut add = |from, values: Vec<String>| {
            found.extend(values.into_iter().map(|value| SuggestionView { value, from }));
        };
        match field {
            Field::Owner => {
                add(
                    SuggestionFrom::Account,
                    account.into_iter().map(|name| name.to_ascii_lowercase()).collect(),
                );
                add(SuggestionFrom::File, image.iter().flat_map(owners_in).collect());
                add(SuggestionFrom::History, past.into_iter().map(|draft| draft.owner).collect());
            }
            Field::Repository => {
                // On the form with the repository in its paths only the name is wanted, of this owner.
                let in_path = endpoint.profile.form() == NameForm::OwnerRepositoryName;
                let fitting = |repository: String| match (repository.split_once('/'), in_path) {
                    (Some((owner, name)), true) => (owner == draft.owner).then(|| name.to_owned()),
                    (Some(_), false) | (None, true) => Some(repository),
                    (None, false) => None,
                };
                add(SuggestionFrom::File, image.iter().flat_map(sources).filter_map(fitting).collect());
                let used = past.into_iter().filter(|past| {
                    past.owner == draft.owner || past.repository.starts_with(&format!("{}/", draft.owner))
                });
                let used = used.map(|past| {
                    if past.repository.contains('/') || past.repository.is_empty() {
                        past.repository
                    } else {
                        format!("{}/{}", past.owner, past.repository)
                    }
                });
                add(SuggestionFrom::History, used.filter_map(fitting).collect());
            }
            Field::ImageName | Field::Version => {}
        }
        let mut seen = BTreeSet::new();
        found.retain(|suggestion| !suggestion.value.is_empty() && seen.insert(suggestion.value.clone()));
        found.truncate(MOST);
        Ok(found)
    }

    /// What GitHub's lists add to [`suggestions`](Self::suggestions); nothing where nobody is signed in, or GitHub does
    /// not answer in time. Asked once every few minutes.
    pub async fn listed_suggestions(
        &self,
        draft: &Draft,
        field: Field,
    ) -> Result<Vec<SuggestionView>, FailureView> {
        let endpoint = self.registries.of_form(&draft.registry)?;
        if field == Field::Version {
            let tags = self.there.tags(self, &endpoint, draft).await.unwrap_or_default();
            let of_tag = |tag: Tag| SuggestionView { value: tag.to_string(), from: SuggestionFrom::Registry };
            return Ok(tags.into_iter().take(MOST_LISTED).map(of_tag).collect());
        }
        if field == Field::ImageName {
            return Ok(self.image_names(&endpoint, draft).await);
        }
        let Some(lists) = self.accounts.lists_of(&endpoint).await else { return Ok(Vec::new()) };
        let in_path = endpoint.profile.form() == NameForm::OwnerRepositoryName;
        let of_owner = |name: &&String| name.split('/').next().is_some_and(|owner| owner == draft.owner);
        let values: Vec<String> = match field {
            Field::Owner => lists.owners,
            Field::Repository if in_path => {
                let own = lists.repositories.iter().filter(of_owner);
                own.filter_map(|name| name.split_once('/').map(|(_, name)| name.to_owned())).collect()
            }
            // Those of the owner in the form first.
            Field::Repository => {
                let (own, others): (Vec<_>, Vec<_>) = lists.repositories.iter().partition(of_owner);
                own.into_iter().chain(others).cloned().collect()
            }
            Field::ImageName | Field::Version => Vec::new(),
        };
        let values = values.into_iter().take(MOST_LISTED);
        Ok(values.map(|value| SuggestionView { value, from: SuggestionFrom::GitHub }).collect())
    }

    /// The owner's packages; in the older registry those of the repository.
    async fn image_names(&self, endpoint: &Endpoint, draft: &Draft) -> Vec<SuggestionView> {
        let Ok(owner) = draft.owner.parse::<Owner>() else { return Vec::new() };
        let packages = self.accounts.packages_of(endpoint, owner.as_str()).await.unwrap_or_default();
        let in_path = endpoint.profile.form() == NameForm::OwnerRepositoryName;
        let repository = format!("{}/{}", draft.owner, draft.repository);
        let fitting = packages.into_iter().filter(|package| {
            let linked = package.repository.as_deref();
            !in_path || linked.is_some_and(|linked| linked.eq_ignore_ascii_case(&repository))
        });
        let named = fitting.map(|NamedPackage { name, .. }| SuggestionView {
            value: name.to_ascii_lowercase(),
            from: SuggestionFrom::GitHub,
        });
        named.take(MOST_LISTED).collect()
    }

    /// The versions that usually move along with those of `draft` and are not among them, as far as none of them names a
    /// higher version now. What exists is asked of the registry, where that is not fresh in mind.
    ///
    /// # Errors
    /// Where the form's registry is none.
    pub async fn companions(&self, draft: &Draft) -> Result<Vec<String>, FailureView> {
        let endpoint = self.registries.of_form(&draft.registry)?;
        let named = || draft.versions.iter().chain(Some(&draft.version_text).filter(|text| !text.is_empty()));
        // Most versions have none: nobody is asked for them.
        if named().all(|version| companions(version, &[]).is_empty()) {
            return Ok(Vec::new());
        }
        let there = self.there.tags(self, &endpoint, draft).await.unwrap_or_default();
        let mut found: Vec<String> = Vec::new();
        for companion in named().flat_map(|version| companions(version, &there)) {
            let companion = companion.to_string();
            if !found.contains(&companion) && !named().any(|version| *version == companion) {
                found.push(companion);
            }
        }
        Ok(found)
    }

    /// Owners that something was published to.
    pub(super) async fn owners(&self) -> Vec<String> {
        let forms = self.jobs.published_forms(LOOKED_THROUGH).await.into_iter();
        forms.map(|draft| draft.owner).filter(|owner| !owner.is_empty()).collect()
    }

    fn image_of(&self, draft: &Draft) -> Option<Image> {
        let archive = self.files.get(draft.file?).ok()?.read()?;
        archive.select(&draft.image).ok().cloned()
    }
}

/// Owners in the names that an image has in its file.
fn owners_in(image: &Image) -> Vec<String> {
    let owner = |name: &String| {
        let parts: Vec<&str> = name.split('/').collect();
        // `octo-org/monalisa:1`, or with a registry before it.
        let owner = match parts[..] {
            [owner, _] if !owner.contains(['.', ':']) => owner,
            [host, owner, ..] if host.contains(['.', ':']) => owner,
            _ => return None,
        };
        owner.parse::<Owner>().ok().map(|owner| owner.to_string())
    };
    image.names.iter().filter_map(owner).collect()
}

/// `owner/repository` of GitHub that an image names as its source.
fn sources(image: &Image) -> Vec<String> {
    let mut node = &image.root;
    let manifest = loop {
        match node {
            Node::Manifest(manifest) => break manifest,
            Node::Index(index) => match index.children.iter().find_map(|child| child.node.as_ref()) {
                Some(child) => node = child,
                None => return Vec::new(),
            },
        }
    };
    let labels = manifest.config_json.labels.iter().filter(|(key, _)| key == SOURCE);
    let repository = |(_, address): &(String, String)| {
        let path = address.split_once("://")?.1.split_once('/')?.1;
        slipway_hosts::linked(path.trim_end_matches('/').trim_end_matches(".git"))
    };
    labels.filter_map(repository).map(|(owner, name)| format!("{owner}/{name}")).collect()
}

//! What somebody wants published, whether a form or a command line says so, and how that is settled.

use slipway_hosts::{Endpoint, NameForm, Profile};
use slipway_image::{Changes, Family};
use slipway_reference::Rule;
use slipway_transfer::{Compression, Options, Way};

use super::form;
use crate::view::{Code, Draft, FailureView, FormPart};

/// What somebody wants of a publish beside the image's file and its destination.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Which image of the file; needed where it holds several.
    pub image: Option<String>,
    /// Only this platform of it.
    pub platform: Option<String>,
    /// `OWNER/REPOSITORY` at GitHub that the package is to be connected to; becomes a label.
    pub source: Option<String>,
    /// The description on the package's page; a label.
    pub description: Option<String>,
    /// The licences there (SPDX); a label.
    pub licenses: Option<String>,
    /// What else is changed about the image first.
    pub changes: Changes,
    /// How it is sent.
    pub sending: Sending,
}

/// How an image is sent. What is left open is as the settings say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sending {
    /// How plain layers are compressed.
    pub compression: Option<Compression>,
    /// Large layers side by side, at most.
    pub parallel: Option<usize>,
    /// Bytes a second that go up, at most.
    pub rate: Option<u64>,
    /// The way every layer is sent.
    pub way: Option<Way>,
    /// Compressed layers are not unpacked to check their diff IDs.
    pub trust_layers: bool,
    /// Layers that the registry has already are read and checked all the same.
    pub verify: bool,
    /// A version that points to another image stays as it is, and the push is refused.
    pub no_clobber: bool,
}

impl Wish {
    /// What a form wishes.
    ///
    /// # Errors
    /// [`Code::FormProblem`] where one of its options is not understood.
    pub(super) fn of_form(endpoint: &Endpoint, draft: &Draft) -> Result<Self, FailureView> {
        let refused = |error: &dyn std::fmt::Display| FailureView::form(error.to_string());
        let options = &draft.options;
        let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        // In the legacy registry's form the repository is a part of the path.
        let connects = endpoint.profile.form() != NameForm::OwnerRepositoryName
            && endpoint.profile != Profile::Generic
            && !draft.repository.is_empty();
        let labels = form::labels(&options.labels).map_err(|line| {
            let code = Code::FormProblem { field: Some(FormPart::Labels), rule: None };
            FailureView::new(code, format!("{line} is no KEY=VALUE"))
        })?;
        let compression = said(&options.compression).map(|text| text.parse()).transpose();
        let way = said(&options.way).map(|text| text.parse()).transpose();
        Ok(Self {
            image: Some(draft.image.clone()),
            platform: said(&draft.platform),
            source: connects.then(|| draft.repository.clone()),
            description: said(options.description.trim()),
            licenses: said(options.licenses.trim()),
            changes: Changes { labels, drop_attestations: options.drop_attestations, ..Changes::default() },
            sending: Sending {
                compression: compression.map_err(|error| refused(&error))?,
                way: way.map_err(|error: String| refused(&error))?,
                ..Sending::default()
            },
        })
    }

    /// All that is changed about the image for `endpoint`. The labels' order is part of the image's digest, so it is the
    /// same whoever wishes; of two for one name the last counts.
    pub(super) fn changes(&self, endpoint: &Endpoint) -> Result<Changes, FailureView> {
        let mut labels = Vec::new();
        if let Some(repository) = &self.source {
            labels.push(source_label(endpoint, repository)?);
        }
        for (key, text) in [("description", &self.description), ("licenses", &self.licenses)] {
            labels.extend(text.clone().map(|text| (format!("org.opencontainers.image.{key}"), text)));
        }
        labels.extend(self.changes.labels.iter().cloned());
        let last = |at: usize, name: &str| !labels[at + 1..].iter().any(|(other, _)| other == name);
        let labels = labels.iter().enumerate().filter(|(at, (name, _))| last(*at, name));
        let labels = labels.map(|(_, label)| label.clone()).collect();
        Ok(Changes { labels, ..self.changes.clone() })
    }

    /// How it is sent, with `usual` for what is left open.
    ///
    /// # Errors
    /// What two wishes make impossible together.
    pub fn sending(&self, usual: Options) -> Result<Options, String> {
        let Sending { compression, parallel, rate, way, trust_layers, verify, no_clobber } =
            self.sending.clone();
        let compression = compression.unwrap_or(usual.compression);
        if self.changes.form == Some(Family::Docker) && compression.is_zstd() {
            return Err("Docker's form has no type for layers of zstd".to_owned());
        }
        Ok(Options {
            compression,
            parallel: parallel.or(usual.parallel),
            rate: rate.or(usual.rate),
            way: way.or(usual.way),
            trust_layers,
            verify,
            no_clobber,
            guard: usual.guard,
        })
    }
}

/// The label that connects a package to a repository; GitHub reads it when the image is published. The address is that
/// of the instance's pages.
fn source_label(endpoint: &Endpoint, repository: &str) -> Result<(String, String), FailureView> {
    let refused = || {
        let message = format!("{repository} is no OWNER/REPOSITORY");
        FailureView::broken(FormPart::Repository, &Rule::RepoForm, message)
    };
    let (owner, name) = slipway_hosts::linked(repository).ok_or_else(refused)?;
    let web = endpoint.web.as_ref().filter(|_| !endpoint.is_stand_in());
    let web = web.map_or("https://github.com", |web| web.as_str().trim_end_matches('/'));
    Ok(("org.opencontainers.image.source".to_owned(), format!("{web}/{owner}/{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_wish_leaves_open_is_as_usual() {
        let usual = Options { parallel: Some(3), rate: Some(1000), ..Options::default() };
        let wish = Wish {
            sending: Sending { compression: Some(Compression::ZSTD), rate: Some(7), ..Sending::default() },
            ..Wish::default()
        };
        let settled = wish.sending(usual.clone()).unwrap();
        let expected = Options { compression: Compression::ZSTD, parallel: Some(3), rate: Some(7), ..usual };
        assert_eq!(settled, expected);
    }

    #[test]
    fn dockers_form_and_zstd_are_refused_whoever_says_them() {
        let docker = Changes { form: Some(Family::Docker), ..Changes::default() };
        let wish = Wish { changes: docker, ..Wish::default() };
        assert!(wish.sending(Options::default()).is_ok());
        let zstd_is_usual = Options { compression: Compression::ZSTD, ..Options::default() };
        assert!(wish.sending(zstd_is_usual).unwrap_err().contains("zstd"));
    }
}

//! A copy as it is asked for, and settled: which tags, under which names.

use std::collections::HashSet;

use slipway_distribution::{ManifestAt, Repository};
use slipway_image::referrers::is_about_a_digest;
use slipway_reference::{HostName, Reference, RepositoryPath, Tag, TagPattern, VersionRange, by_version};
use slipway_transfer::CopyTag;

use crate::clock::{date, now};
use crate::view::{About, CopyPair, CopyView, FailureView};

/// A copy as somebody asks for it.
#[derive(Debug, Clone)]
pub struct CopyOptions {
    /// What is read; without tag and digest `latest`, where nothing is chosen.
    pub from: Reference,
    /// Where it goes; without a tag it keeps its own.
    pub to: Reference,
    /// Which tags of the repository, instead of one.
    pub choice: TagChoice,
    /// Only these platforms of each image, such as `linux/amd64`; empty for all.
    pub platforms: Vec<String>,
    /// Signatures and attestations come along.
    pub signatures: bool,
    /// Tags that point to another image stay as they are.
    pub no_clobber: bool,
    /// The name that what a tag points to now gets before it moves; `{tag}` and `{date}` stand for these.
    pub keep_old_as: Option<String>,
    /// Plain http to hosts that are not this computer.
    pub plain_http: bool,
    /// Bytes a second that go up, at most.
    pub rate: Option<u64>,
}

/// Which tags of a repository. Several choices add up; what is excluded is not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagChoice {
    /// These.
    pub tags: Vec<Tag>,
    /// All of them.
    pub all: bool,
    /// Those that fit one of these.
    pub matching: Vec<TagPattern>,
    /// Releases within this range.
    pub range: Option<VersionRange>,
    /// Of those that are left so many, the highest versions first.
    pub newest: Option<usize>,
    /// Never those that fit one of these.
    pub exclude: Vec<TagPattern>,
}

impl TagChoice {
    /// One image is meant, not some of a repository.
    pub fn is_one(&self) -> bool {
        *self == Self::default()
    }

    /// The repository must be asked for its tags.
    fn lists(&self) -> bool {
        self.all
            || self.range.is_some()
            || !self.matching.is_empty()
            || (self.tags.is_empty() && (self.newest.is_some() || !self.exclude.is_empty()))
    }

    /// What is chosen of `there`, the highest versions first. Tags of signatures are never chosen by themselves: they go
    /// with what they sign.
    pub fn of(&self, there: &[Tag]) -> Vec<Tag> {
        let no_filter = self.range.is_none() && self.matching.is_empty() && self.tags.is_empty();
        let is_chosen = |tag: &&Tag| {
            let text = tag.as_str();
            let fits = self.all
                || no_filter
                || self.range.as_ref().is_some_and(|range| range.contains(text))
                || self.matching.iter().any(|pattern| pattern.matches(text));
            fits && !is_about_a_digest(text)
        };
        let mut tags: Vec<Tag> = self.tags.clone();
        tags.extend(there.iter().filter(is_chosen).filter(|tag| !self.tags.contains(tag)).cloned());
        tags.retain(|tag| !self.exclude.iter().any(|pattern| pattern.matches(tag.as_str())));
        tags.sort_by(|one, other| by_version(one.as_str(), other.as_str()));
        tags.dedup();
        tags.truncate(self.newest.unwrap_or(usize::MAX));
        tags
    }
}

impl CopyOptions {
    /// The same with its tags settled; `source` is asked for them where that is needed.
    pub(super) async fn settled(&self, source: &Repository, at: i64) -> Result<CopyView, FailureView> {
        let wrong = |message: &str| FailureView::form(message);
        let pairs = if self.choice.is_one() {
            let source = match (&self.from.digest, &self.from.tag) {
                (Some(digest), _) => digest.to_string(),
                (None, tag) => tag.clone().unwrap_or_else(Tag::latest).to_string(),
            };
            let tag = self.to.tag.clone().or_else(|| self.from.tag.clone());
            let tag = match (tag, &self.from.digest) {
                (Some(tag), _) => tag,
                (None, None) => Tag::latest(),
                (None, Some(_)) => return Err(wrong("name the version that the copy gets")),
            };
            vec![(source, tag)]
        } else {
            if self.from.tag.is_some() || self.from.digest.is_some() || self.to.tag.is_some() {
                return Err(wrong("where tags are chosen, neither end names one"));
            }
            let there = match self.choice.lists() {
                true => {
                    let tags = source.tags_if_there().await;
                    let tags = tags.map_err(|error| FailureView::registry(&error, now()))?;
                    tags.ok_or_else(|| no_repository(&self.from))?
                }
                false => Vec::new(),
            };
            let tags = self.choice.of(&there);
            if tags.is_empty() {
                let said = format!(
                    "none of the {} tags of {}/{} is chosen",
                    there.len(),
                    self.from.host,
                    self.from.path
                );
                let reference = Some(format!("{}/{}", self.from.host, self.from.path));
                return Err(FailureView::not_found(said).about(About { reference, ..About::default() }));
            }
            tags.into_iter().map(|tag| (tag.to_string(), tag)).collect()
        };
        if self.to.digest.is_some() {
            return Err(wrong("a destination takes no digest, which follows from the image"));
        }
        let pairs = pairs.into_iter().map(|(source, tag)| {
            Ok(CopyPair { source, keep_old_as: self.kept_name(&tag, at)?, tag: tag.to_string() })
        });
        Ok(CopyView {
            from: format!("{}/{}", self.from.host, self.from.path),
            to: format!("{}/{}", self.to.host, self.to.path),
            tags: pairs.collect::<Result<_, FailureView>>()?,
            platforms: self.platforms.clone(),
            signatures: self.signatures,
            no_clobber: self.no_clobber,
            plain_http: self.plain_http,
            result: None,
        })
    }

    fn kept_name(&self, tag: &Tag, at: i64) -> Result<Option<String>, FailureView> {
        let Some(name) = &self.keep_old_as else { return Ok(None) };
        let name = name.replace("{tag}", tag.as_str()).replace("{date}", &date(at));
        match name.parse::<Tag>() {
            Ok(name) if name == *tag => Err(FailureView::form(format!(
                "what {tag} names now cannot be kept as {name}, which is the same name"
            ))),
            Ok(name) => Ok(Some(name.to_string())),
            Err(refusal) => Err(FailureView::form(format!("{name}: {refusal}"))),
        }
    }
}

/// The registry knows no such repository: its name is mistyped, or it is not there any more.
pub(super) fn no_repository(reference: &Reference) -> FailureView {
    let Reference { host, path, .. } = reference;
    let about = About { reference: Some(format!("{host}/{path}")), ..About::default() };
    FailureView::not_found(format!("{host} has no repository {path}")).about(about)
}

/// The two ends of a settled copy, and its tags.
pub(super) struct Read {
    pub(super) from: (HostName, RepositoryPath),
    pub(super) to: (HostName, RepositoryPath),
    pub(super) tags: Vec<CopyTag>,
}

/// Reads a settled copy, which may come out of a file.
pub(super) fn read(view: &CopyView) -> Result<Read, FailureView> {
    let wrong = |text: &str, reason: String| FailureView::form(format!("{text}: {reason}"));
    let end = |text: &str| {
        let reference: Reference = text.parse().map_err(|refusal| wrong(text, format!("{refusal}")))?;
        match (&reference.tag, &reference.digest) {
            (None, None) => Ok((reference.host, reference.path)),
            _ => Err(wrong(text, "it names a version".to_owned())),
        }
    };
    let tag = |text: &str| text.parse::<Tag>().map_err(|refusal| wrong(text, refusal.to_string()));
    let tags = view.tags.iter().map(|pair| {
        let source = match pair.source.contains(':') {
            true => ManifestAt::Digest(
                pair.source.parse().map_err(|_| wrong(&pair.source, "it is no digest".to_owned()))?,
            ),
            false => ManifestAt::Tag(tag(&pair.source)?),
        };
        let keep_old_as = pair.keep_old_as.as_deref().map(tag).transpose()?;
        if pair.keep_old_as.as_ref() == Some(&pair.tag) {
            return Err(wrong(&pair.tag, "what it names now cannot be kept under the same name".to_owned()));
        }
        Ok(CopyTag { source, tag: tag(&pair.tag)?, keep_old_as })
    });
    let tags: Vec<CopyTag> = tags.collect::<Result<_, FailureView>>()?;
    let (mut names, set) = (HashSet::new(), tags.iter().map(|copied| &copied.tag).collect::<HashSet<_>>());
    for name in tags.iter().filter_map(|copied| copied.keep_old_as.as_ref()) {
        // What is kept would be lost again.
        if set.contains(name) || !names.insert(name) {
            let reason = "two versions get this name, so that what it names would be lost".to_owned();
            return Err(wrong(name.as_str(), reason));
        }
    }
    Ok(Read { from: end(&view.from)?, to: end(&view.to)?, tags })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(names: &[&str]) -> Vec<Tag> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    #[test]
    fn what_is_kept_is_not_lost_to_another_version_of_the_same_copy() {
        let pair = |tag: &str, keep: Option<&str>| CopyPair {
            source: tag.to_owned(),
            tag: tag.to_owned(),
            keep_old_as: keep.map(str::to_owned),
        };
        let of = |tags: Vec<CopyPair>| CopyView {
            from: "ghcr.io/octocat/a".to_owned(),
            to: "ghcr.io/octocat/b".to_owned(),
            tags,
            platforms: Vec::new(),
            signatures: true,
            no_clobber: false,
            plain_http: false,
            result: None,
        };
        assert!(read(&of(vec![pair("latest", Some("latest-old")), pair("1.0", None)])).is_ok());
        for clash in [
            vec![pair("latest", Some("old")), pair("old", None)],
            vec![pair("latest", Some("old")), pair("1.0", Some("old"))],
            vec![pair("latest", Some("latest"))],
        ] {
            assert!(read(&of(clash)).is_err());
        }
    }

    #[test]
    fn choices_add_up_and_signatures_go_only_with_what_they_sign() {
        let list = format!("sha256-{}", "a".repeat(64));
        let cosign = format!("{list}.sig");
        let there = tags(&["1.9", "2.0", "2.1", "latest", "main", "2.1-rc.1", &list, &cosign]);
        let chosen =
            |choice: TagChoice| choice.of(&there).iter().map(ToString::to_string).collect::<Vec<_>>();
        let all = TagChoice { all: true, ..TagChoice::default() };
        assert_eq!(chosen(all.clone()), ["2.1", "2.1-rc.1", "2.0", "1.9", "latest", "main"]);
        let some = TagChoice {
            range: Some(">=2".parse().unwrap()),
            matching: vec!["lat*".parse().unwrap()],
            exclude: vec!["2.0".parse().unwrap()],
            ..TagChoice::default()
        };
        assert_eq!(chosen(some), ["2.1", "latest"]);
        let newest = TagChoice { newest: Some(2), ..TagChoice::default() };
        assert_eq!(chosen(newest), ["2.1", "2.1-rc.1"]);
        assert!(!all.is_one() && TagChoice::default().is_one());
    }
}

//! What speaks of an image that the target has already: signatures may have come to it, or to what it names.

use std::collections::HashSet;

use slipway_distribution::{ManifestAt, Repository};
use slipway_image::referrers::{is_about_a_digest, list_tag};
use slipway_reference::{Digest, Tag};

use super::survey::Reading;
use super::{CopyLine, reference};
use crate::error::TransferError;
use crate::remote::Tags;

impl Reading<'_> {
    /// The source has what may speak of something that nobody has read: tags that are named after none of `known`, and
    /// are lists or lack at the target.
    pub(super) async fn may_lack(&self, tags: &Tags, known: &HashSet<String>, target: &Repository) -> bool {
        let stem = |tag: &Tag| tag.as_str().split('.').next().unwrap_or_default().to_owned();
        let loose = tags.iter().filter(|tag| is_about_a_digest(tag.as_str()) && !known.contains(&stem(tag)));
        let loose: Vec<&Tag> = loose.collect();
        if loose.is_empty() || loose.iter().any(|tag| stem(tag) == tag.as_str()) {
            return !loose.is_empty();
        }
        // Where the target cannot be asked, reading more costs only time.
        let Ok(there) = target.tags().await else { return true };
        let there: Tags = there.into_iter().collect();
        loose.into_iter().any(|tag| !there.contains(tag))
    }

    /// All that speaks of an image which the target has is there, too; `named` gets the stems of tags that may speak of it.
    ///
    /// # Errors
    /// Those of reading at the source what an index names.
    pub(super) async fn is_all_there(
        &self,
        line: &CopyLine,
        digest: &Digest,
        tags: Option<&Tags>,
        (source, target): (&Repository, &Repository),
        named: &mut HashSet<String>,
    ) -> Result<bool, TransferError> {
        named.insert(list_tag(digest));
        if self.lists_differ(digest, tags, source, target).await {
            return Ok(false);
        }
        // Whether it keeps lists of its own is known by now.
        let is_wanted = self.looks_below || (tags.is_some() && self.remote.keeps_lists());
        if !line.is_index || !is_wanted {
            return Ok(true);
        }
        let below = self.remote.named_by(digest, &reference(self.request, &line.source)).await?;
        named.extend(below.iter().map(list_tag));
        for digest in &below {
            if self.lists_differ(digest, tags, source, target).await {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The list of what speaks of an image is another one at the target.
    async fn lists_differ(
        &self,
        digest: &Digest,
        tags: Option<&Tags>,
        source: &Repository,
        target: &Repository,
    ) -> bool {
        if tags.is_some()
            && let Ok(Some(listed)) = self.remote.listed(digest).await
        {
            if listed.is_empty() {
                return false;
            }
            let there = self.there.listed(digest).await.ok().flatten().unwrap_or_default();
            return listed.iter().any(|digest| !there.contains(digest));
        }
        let Ok(tag) = list_tag(digest).parse::<Tag>() else { return false };
        if !tags.is_some_and(|tags| tags.contains(&tag)) {
            return false;
        }
        let at = ManifestAt::Tag(tag);
        let (ours, theirs) = (source.manifest_digest(&at).await, target.manifest_digest(&at).await);
        // Where one of them cannot be asked, reading the image says why.
        let (Ok(ours), Ok(theirs)) = (ours, theirs) else { return true };
        ours.map(|found| found.digest) != theirs.map(|found| found.digest)
    }
}

//! Tags as people choose among them: one row a version, the newest first where that is known.

use std::collections::HashMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use slipway_distribution::ManifestAt;
use slipway_github::PackageVersion;
use slipway_image::referrers::is_about_a_digest;
use slipway_reference::{Tag, Version, by_version};

use super::start::Install;
use crate::clock::now;
use crate::view::{Dates, FailureView, TagRow};

/// Tags that are asked for side by side.
const AT_ONCE: usize = 6;

impl Install {
    /// What each of `tags` of the repository that `reference` names points to, in their order; none where one is gone.
    ///
    /// # Errors
    /// Whatever the registry refuses with.
    pub async fn digests(&self, reference: &str, tags: &[Tag]) -> Result<Vec<Option<String>>, FailureView> {
        let seen = self.seen(reference, false)?;
        let repository = &seen.source.repository;
        let asked = tags.iter().map(|tag| {
            let at = ManifestAt::Tag(tag.clone());
            async move { repository.manifest_digest(&at).await }
        });
        let asked = stream::iter(asked.collect::<Vec<_>>()).buffered(AT_ONCE).try_collect::<Vec<_>>();
        let found = asked.await.map_err(|error| FailureView::registry(&error, now()))?;
        Ok(found.into_iter().map(|found| found.map(|found| found.digest.to_string())).collect())
    }
}

/// Tags in rows.
pub(super) struct Listed {
    pub(super) rows: Vec<TagRow>,
    pub(super) signatures: u32,
    pub(super) suggested: Option<u32>,
    pub(super) dates: Dates,
}

/// Rows of `tags`, with what GitHub says of them.
pub(super) fn rows(tags: Vec<Tag>, known: &[PackageVersion]) -> Listed {
    let of: HashMap<&str, (usize, &PackageVersion)> = known
        .iter()
        .enumerate()
        .flat_map(|(place, version)| version.tags.iter().map(move |tag| (tag.as_str(), (place, version))))
        .collect();
    let mut tags: Vec<String> = tags.into_iter().map(|tag| tag.to_string()).collect();
    tags.sort_by(|one, other| by_version(one, other));
    tags.dedup();
    // From here on the tags of a row, and rows without a date, are in the order of their versions.
    let mut rows: Vec<(usize, TagRow)> = Vec::new();
    let mut of_version = HashMap::new();
    for tag in tags {
        let found = of.get(tag.as_str());
        if let Some(row) = found.and_then(|(place, _)| of_version.get(place)).copied() {
            let (_, row): &mut (usize, TagRow) = &mut rows[row];
            row.signature &= is_about_a_digest(&tag);
            row.tags.push(tag);
            continue;
        }
        let place = found.map_or(usize::MAX, |(place, _)| *place);
        of_version.extend(found.map(|_| (place, rows.len())));
        let number = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let row = TagRow {
            id: number,
            rank: number,
            signature: is_about_a_digest(&tag),
            digest: found.map(|(_, version)| version.name.clone()).filter(|name| name.contains(':')),
            created: found.and_then(|(_, version)| version.created),
            tags: vec![tag],
        };
        rows.push((place, row));
    }
    let newest = |row: &TagRow| row.created.map_or(i64::MAX, |created| -created);
    // Within a second GitHub's own order decides.
    rows.sort_by_key(|(place, row)| (newest(row), *place, row.rank));
    let rows: Vec<TagRow> = rows.into_iter().map(|(_, row)| row).collect();
    let (dated, all) = (rows.iter().filter(|row| row.created.is_some()).count(), rows.len());
    let images = rows.iter().filter(|row| !row.signature);
    let released = images.filter(|row| row.tags.iter().any(|tag| is_release(tag)));
    Listed {
        signatures: u32::try_from(rows.iter().filter(|row| row.signature).count()).unwrap_or(u32::MAX),
        suggested: released.min_by_key(|row| row.rank).map(|row| row.id),
        dates: match dated {
            0 => Dates::None,
            _ if dated == all => Dates::All,
            _ => Dates::Some,
        },
        rows,
    }
}

/// A whole version, such as `2.4.0`: no candidate, no variant.
fn is_release(tag: &str) -> bool {
    Version::of(tag).is_some_and(|version| version.is_release())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(texts: &[&str]) -> Vec<Tag> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn version(digit: char, created: i64, tags: &[&str]) -> PackageVersion {
        let name = format!("sha256:{}", digit.to_string().repeat(64));
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        PackageVersion { name, created: Some(created), tags }
    }

    fn shown(rows: &Listed) -> Vec<String> {
        rows.rows.iter().map(|row| row.tags.join(" ")).collect()
    }

    #[test]
    fn without_dates_the_highest_version_number_stands_first_and_is_suggested() {
        let rows = rows(
            tags(&[
                "latest",
                "2.9",
                "2.10.0",
                "main",
                "20241102",
                "v2.10.0-rc.2",
                "v2.10.0-rc.10",
                "2.10",
                "1",
                "nightly",
            ]),
            &[],
        );
        let expected = [
            "2.10.0",
            "2.10",
            "v2.10.0-rc.10",
            "v2.10.0-rc.2",
            "2.9",
            "1",
            "20241102",
            "latest",
            "main",
            "nightly",
        ];
        assert_eq!(shown(&rows), expected);
        assert_eq!(rows.rows[0].id, rows.suggested.unwrap());
        assert_eq!(rows.dates, Dates::None);
    }

    #[test]
    fn with_dates_a_version_is_one_row_with_all_its_tags_and_the_newest_stands_first() {
        let known = [
            version('d', 400, &["nightly"]),
            version('c', 300, &["2.4.0", "latest"]),
            version('b', 200, &[]),
            version('a', 100, &["2.3", "2.3.1"]),
        ];
        let all = ["2.3", "2.3.1", "2.4.0", "latest", "nightly", "1.0"];
        let rows = rows(tags(&all), &known);
        assert_eq!(shown(&rows), ["nightly", "2.4.0 latest", "2.3.1 2.3", "1.0"]);
        assert_eq!(rows.dates, Dates::Some, "one was not in GitHub's list");
        let row = rows.rows.iter().find(|row| Some(row.id) == rows.suggested).unwrap();
        assert_eq!(row.tags[0], "2.4.0", "neither the newest nor `latest` by itself");
        assert_eq!((row.created, row.digest.as_deref()), (Some(300), Some(known[1].name.as_str())));
    }

    #[test]
    fn tags_of_signatures_are_counted_and_never_suggested() {
        let hex = "a".repeat(64);
        let sigtag = format!("sha256-{hex}");
        let cosign = format!("sha256-{hex}.sig");
        let rows = rows(tags(&[&sigtag, &cosign, "monalisa.sbom", "v1.att", "sha256-short", "edge"]), &[]);
        assert_eq!((rows.signatures, rows.suggested), (2, None));
        let images: Vec<_> = rows.rows.iter().filter(|row| !row.signature).map(|row| &row.tags[0]).collect();
        assert_eq!(images, ["edge", "monalisa.sbom", "sha256-short", "v1.att"], "names that somebody chose");
    }
}

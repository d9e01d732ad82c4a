//! `slipway tags`.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde_json::json;
use slipway_app::view::{Dates, FailureView, TagRow, TagsView};
use slipway_app::{Inputs, Reference, Slipway, Tag};

use crate::arguments::Tags;
use crate::exit::Exit;
use crate::{output, token};

pub(crate) async fn run(arguments: Tags) -> Exit {
    let reference: Reference = match arguments.reference.parse() {
        Ok(reference) => reference,
        Err(refusal) => {
            output::usage(&format!("{}: {refusal}", arguments.reference));
            return Exit::Usage;
        }
    };
    let app = match token::signed_in(&arguments.sign_in, &reference, Inputs::default()).await {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    match Box::pin(listed(&app, &reference, &arguments)).await {
        Ok(tags) => {
            print(&tags, &arguments);
            Exit::Done
        }
        Err(failure) => {
            output::failure(&failure);
            Exit::of(&failure, false)
        }
    }
}

/// The rows that are wanted, with the digests that are.
async fn listed(app: &Slipway, reference: &Reference, arguments: &Tags) -> Result<TagsView, FailureView> {
    let repository = format!("{}/{}", reference.host, reference.path);
    let mut tags = app.install().tags(&repository, false).await?;
    tags.rows = chosen(tags.rows, arguments);
    if arguments.digests {
        let lacking: Vec<&mut TagRow> = tags.rows.iter_mut().filter(|row| row.digest.is_none()).collect();
        let names: Vec<Tag> = lacking.iter().filter_map(|row| row.tags.first()?.parse().ok()).collect();
        let found = app.install().digests(&repository, &names).await?;
        let found: HashMap<String, Option<String>> =
            names.iter().map(ToString::to_string).zip(found).collect();
        for row in lacking {
            row.digest = row.tags.first().and_then(|tag| found.get(tag).cloned().flatten());
        }
    }
    Ok(tags)
}

/// Rows that have a tag which is chosen, without the other tags.
fn chosen(rows: Vec<TagRow>, arguments: &Tags) -> Vec<TagRow> {
    let names = rows.iter().flat_map(|row| &row.tags).filter_map(|tag| tag.parse().ok());
    let names: Vec<Tag> = names.collect();
    let chosen = arguments.filter.choice().of(&names);
    let chosen: HashSet<&str> = chosen.iter().map(Tag::as_str).collect();
    let rows = rows.into_iter().filter_map(|mut row| {
        let all = arguments.all && row.signature;
        row.tags.retain(|tag| all || chosen.contains(tag.as_str()));
        (!row.tags.is_empty()).then_some(row)
    });
    rows.collect()
}

fn print(tags: &TagsView, arguments: &Tags) {
    if arguments.json {
        output::object(&json!(tags));
        return;
    }
    for row in &tags.rows {
        output::line(&told(row, tags.dates != Dates::None));
    }
    if tags.rows.is_empty() {
        output::note("no version is chosen");
    }
    if tags.signatures > 0 && !arguments.all {
        output::note(&format!("tags of signatures and the like: {}; --all shows them", tags.signatures));
    }
}

/// One line about a version: when it came, where that is known of any; its tags; its digest.
fn told(row: &TagRow, dated: bool) -> String {
    let at = row.created.and_then(|at| Timestamp::from_second(at).ok());
    let at = dated.then(|| at.map_or_else(|| format!("{:20}", "-"), |at| at.to_string()));
    let words = [at, Some(row.tags.join(" ")), row.digest.clone()];
    words.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::arguments::{Arguments, Command};

    fn row(tags: &[&str], created: Option<i64>, signature: bool) -> TagRow {
        let tags = tags.iter().map(ToString::to_string).collect();
        TagRow { id: 0, tags, digest: None, created, rank: 0, signature }
    }

    fn rows() -> Vec<TagRow> {
        let signature = format!("sha256-{}.sig", "a".repeat(64));
        vec![
            row(&["2.1.0", "latest"], Some(1_790_000_000), false),
            row(&["2.0.0"], None, false),
            row(&["1.9.0"], None, false),
            row(&[&signature], None, true),
        ]
    }

    fn shown(words: &[&str]) -> Vec<String> {
        let words = ["slipway", "tags", "ghcr.io/octocat/hello"].iter().chain(words);
        let Command::Tags(arguments) = Arguments::try_parse_from(words).unwrap().command else {
            panic!("another command")
        };
        chosen(rows(), &arguments).iter().map(|row| row.tags.join(" ")).collect()
    }

    #[test]
    fn what_is_chosen_stays_in_its_order_and_signatures_are_hidden() {
        assert_eq!(shown(&[]), ["2.1.0 latest", "2.0.0", "1.9.0"]);
        assert_eq!(shown(&["--range", ">=2"]), ["2.1.0", "2.0.0"]);
        assert_eq!(shown(&["--match", "l*"]), ["latest"]);
        assert_eq!(shown(&["--newest", "1", "--exclude", "2.1*"]), ["2.0.0"]);
        assert_eq!(shown(&["--all"]).len(), 4);
    }

    #[test]
    fn a_line_says_when_it_came_where_that_is_known() {
        let [first, second, ..] = &rows()[..] else { panic!("two rows") };
        assert_eq!(told(first, true), "2026-09-21T14:13:20Z  2.1.0 latest");
        assert_eq!(told(second, true), "-                     2.0.0");
        assert_eq!(told(second, false), "2.0.0");
    }
}

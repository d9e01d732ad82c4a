//! `slipway jobs`.

use jiff::Timestamp;
use serde_json::json;
use slipway_app::Finders;
use slipway_app::view::{HistoryQuery, JobKind, JobRow, Show};

use crate::arguments::Jobs;
use crate::exit::Exit;
use crate::{output, token};

pub(crate) async fn run(arguments: &Jobs) -> Exit {
    let app = match token::app(Finders::None) {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    let queue = app.activity().queue().await;
    let mut query = HistoryQuery { search: arguments.search.clone(), show: Show::All, before: None };
    let mut history = Vec::new();
    while history.len() < arguments.limit {
        let page = app.activity().history(&query).await;
        query.before = page.rows.last().map(|row| row.id);
        history.extend(page.rows);
        if !page.more || query.before.is_none() {
            break;
        }
    }
    history.truncate(arguments.limit);
    if arguments.json {
        output::object(&json!({"queue": queue, "history": history}));
        return Exit::Done;
    }
    for row in queue.iter().chain(&history) {
        output::line(&told(row));
    }
    if queue.is_empty() && history.is_empty() {
        output::note("no job is kept yet: what the window and this command do will be");
    }
    Exit::Done
}

/// One line about a job: when it ended, or began; how it stands; what it is about.
fn told(row: &JobRow) -> String {
    let at = Timestamp::from_second(row.ended.unwrap_or(row.started)).unwrap_or_default();
    let state = serde_json::to_value(row.progress.state).ok();
    let state = state.as_ref().and_then(|state| state.as_str()).unwrap_or_default();
    let state = match (row.ended, row.interrupted) {
        (Some(_), _) => state.to_owned(),
        (None, true) => format!("interrupted at {:.0} %", row.progress.percent),
        (None, false) => format!("{state} {:.0} %", row.progress.percent),
    };
    let what = match row.kind {
        JobKind::Publish | JobKind::Copy => format!("{} to {}", row.file_name, row.reference),
        JobKind::Build => match row.reference.is_empty() {
            true => format!("build of {}", row.file_name),
            false => format!("build of {} for {}", row.file_name, row.reference),
        },
        JobKind::Install => format!("{} to {}", row.reference, row.file_name),
    };
    let more = row.digest.as_ref().or(row.failure.as_ref().map(|failure| &failure.message));
    [Some(at.to_string()), Some(state), Some(what), more.cloned()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(change: serde_json::Value) -> JobRow {
        let mut row = json!({
            "id": 3, "kind": "publish", "reference": "ghcr.io/octocat/hello:1.0", "registry": "ghcr.io",
            "title": "hello 1.0", "fileName": "hello.tar", "practice": false, "interrupted": false,
            "repeatable": true, "format": "dockerArchive", "engine": null,
            "started": 1_790_000_000, "ended": null, "digest": null, "verified": false, "failure": null,
            "progress": {
                "state": "sending", "total": 4, "sent": 3, "kept": 0, "reused": 0, "exact": true, "percent": 75.2,
                "speed": null, "secondsLeft": null, "retrySeconds": null, "layersDone": 0, "layersTotal": 1,
            },
        });
        let serde_json::Value::Object(changes) = change else { panic!("an object") };
        changes.into_iter().for_each(|(name, value)| row[name] = value);
        serde_json::from_value(row).unwrap()
    }

    #[test]
    fn a_line_says_when_how_and_what() {
        let said = |change| told(&row(change));
        assert_eq!(
            said(json!({})),
            "2026-09-21T14:13:20Z  sending 75 %  hello.tar to ghcr.io/octocat/hello:1.0"
        );
        let interrupted = said(json!({"interrupted": true}));
        assert!(interrupted.contains("  interrupted at 75 %  "), "{interrupted}");
        let mut progress = serde_json::to_value(row(json!({})).progress).unwrap();
        progress["state"] = "done".into();
        let done =
            json!({"kind": "install", "ended": 1_790_000_060, "digest": "sha256:0", "progress": progress});
        assert_eq!(
            said(done),
            "2026-09-21T14:14:20Z  done  ghcr.io/octocat/hello:1.0 to hello.tar  sha256:0"
        );
    }
}

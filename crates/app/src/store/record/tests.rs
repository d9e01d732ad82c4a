use super::*;

/// Rows as they were kept before there were versions.
const PUSH: &str = include_str!("rows/push.json");
const PULL: &str = include_str!("rows/pull.json");
const FAILED: &str = include_str!("rows/failed.json");
/// One of the first Slipway that kept any.
const FIRST: &str = include_str!("rows/first.json");

const STATES: [&str; 12] = [
    "queued",
    "checking",
    "building",
    "sending",
    "committing",
    "verifying",
    "pausing",
    "paused",
    "cancelling",
    "done",
    "failed",
    "cancelled",
];

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// What the page gets of a row.
fn shown(row: &str) -> Value {
    serde_json::to_value(Record::read(row).unwrap().view(JobId(7))).unwrap()
}

/// The same as a page of that time got it: only the file's handle was good in no other run.
fn as_before(row: &str) -> Value {
    let mut view = value(row);
    view["id"] = 7.into();
    view["draft"]["file"] = Value::Null;
    // Nobody could want a pull as nobody in particular, nor more than one image and one platform.
    let reference = view["reference"].clone();
    if let Some(install) = view["install"].as_object_mut() {
        install.entry("anonymous").or_insert(false.into());
        let platform = install.remove("platform").unwrap();
        install.insert("platforms".to_owned(), serde_json::json!([platform]));
        install.insert("references".to_owned(), serde_json::json!([reference]));
        for (field, was) in [("allPlatforms", false.into()), ("signatures", false.into())] {
            install.insert(field.to_owned(), was);
        }
        install.insert("chosen".to_owned(), serde_json::json!([]));
        install["result"]["here"] = 0.into();
        install["result"]["images"] = serde_json::json!([]);
        // Nor was there an engine that it could go into.
        install.insert("engine".to_owned(), Value::Null);
        install["result"]["loaded"] = serde_json::json!([]);
    }
    view
}

#[test]
fn a_row_of_before_there_were_versions_is_shown_as_it_was_in_every_state() {
    for row in [PUSH, PULL, FAILED] {
        for state in STATES {
            let mut kept = value(row);
            kept["progress"]["state"] = state.into();
            let kept = kept.to_string();
            assert_eq!(shown(&kept), as_before(&kept), "{state}");
        }
    }
}

#[test]
fn what_the_first_history_did_not_know_is_what_it_was_then() {
    let view = shown(FIRST);
    assert_eq!((&view["kind"], &view["progress"]["kept"]), (&"publish".into(), &0.into()));
    assert_eq!(view["layers"][0]["exact"], true);
    assert_eq!(view["result"]["versions"][1]["movable"], false);
    assert_eq!(view["result"]["digest"], value(FIRST)["result"]["digest"]);
}

#[test]
fn what_is_written_now_is_read_the_same_and_says_its_version_and_kind() {
    for (row, kind) in [(PUSH, "push"), (PULL, "pull"), (FAILED, "push")] {
        for by_command in [false, true] {
            let record = Record::of(&Record::read(row).unwrap().view(JobId(7)), by_command);
            let written = record.text().unwrap();
            assert_eq!((&value(&written)["version"], &value(&written)["kind"]), (&1.into(), &kind.into()));
            assert_eq!(shown(&written), as_before(row));
            assert_eq!(Record::read(&written).unwrap().by_command, by_command);
        }
    }
}

#[test]
fn a_pull_of_several_images_is_kept_with_all_that_was_wanted() {
    let mut job = Record::read(PULL).unwrap().view(JobId(7));
    let install = job.install.as_mut().unwrap();
    install.references.push("ghcr.io/octocat/other:2.0".to_owned());
    (install.platforms, install.signatures) =
        (vec!["linux/amd64".to_owned(), "linux/arm64".to_owned()], true);
    let result = install.result.as_mut().unwrap();
    result.here = 5;
    result.images = vec![view::InstalledImage {
        reference: "ghcr.io/octocat/other:2.0".to_owned(),
        digest: "sha256:0".to_owned(),
        beside: 2,
    }];
    let written = Record::of(&job, false).text().unwrap();
    assert_eq!(shown(&written), serde_json::to_value(&job).unwrap());
}

#[test]
fn a_copy_is_kept_with_what_became_of_each_tag() {
    let failure = value(FAILED)["failure"].clone();
    let mut job = Record::read(PULL).unwrap().view(JobId(7));
    (job.kind, job.install) = (JobKind::Copy, None);
    let tag = |state: &str, failure: Value| {
        serde_json::json!({
            "tag": "1.0", "signature": false, "state": state, "digest": "sha256:0", "sourceDigest": null,
            "movesFrom": "sha256:1", "keptAs": "1.0-old", "platforms": ["linux/amd64"], "toSend": 5,
            "notVerified": null, "failure": failure,
        })
    };
    let copy = serde_json::json!({
        "from": "docker.io/library/hello", "to": "ghcr.io/octocat/hello",
        "tags": [{"source": "1.0", "tag": "1.0", "keepOldAs": "1.0-old"}, {"source": "2.0", "tag": "2.0"}],
        "platforms": ["linux/amd64"], "signatures": true, "noClobber": false, "plainHttp": false,
        "result": {
            "tags": [tag("copied", Value::Null), tag("failed", failure)], "failed": 1, "sent": 5, "reused": 9,
            "durationMs": 12,
        },
    });
    job.copy = Some(serde_json::from_value(copy).unwrap());
    let written = Record::of(&job, true).text().unwrap();
    assert_eq!(value(&written)["kind"], "copy");
    assert_eq!(shown(&written), serde_json::to_value(&job).unwrap());
}

#[test]
fn a_build_is_kept_with_names_and_is_left_alone_by_those_who_know_none() {
    let mut job = Record::read(PULL).unwrap().view(JobId(7));
    (job.kind, job.install) = (JobKind::Build, None);
    job.build = Some(Box::new(view::BuildView {
        folder: "~/src/octo-app".to_owned(),
        dockerfile: "Dockerfile".to_owned(),
        target: "runtime".to_owned(),
        engine: "Docker 20.10.24".to_owned(),
        arguments: vec!["NODE_VERSION".to_owned()],
        secrets: vec!["NPM_TOKEN".to_owned()],
        result: Some(view::BuiltView {
            ids: vec!["sha256:0".to_owned()],
            size: 5,
            steps: 9,
            cached: 4,
            duration_ms: 12,
        }),
    }));
    let written = Record::of(&job, true).text().unwrap();
    assert_eq!((&value(&written)["version"], &value(&written)["kind"]), (&2.into(), &"build".into()));
    assert_eq!(shown(&written), serde_json::to_value(&job).unwrap());
}

#[test]
fn what_only_the_moment_knows_is_not_kept_and_of_the_log_its_end() {
    let mut job = Record::read(PUSH).unwrap().view(JobId(7));
    job.progress.retry_seconds = Some(3);
    job.draft.file = Some(view::FileId(5));
    job.log = (0..300).map(|at_ms| LogLine { at_ms, text: format!("line {at_ms}") }).collect();
    let kept = Record::read(&Record::of(&job, false).text().unwrap()).unwrap().view(JobId(7));
    assert_eq!((kept.progress.retry_seconds, kept.draft.file), (None, None));
    assert_eq!((kept.log.len(), kept.log[0].at_ms), (200, 100));
}

#[test]
fn a_later_version_is_told_from_a_damaged_row() {
    let mut later = value(&Record::of(&Record::read(PUSH).unwrap().view(JobId(7)), false).text().unwrap());
    (later["version"], later["kind"]) = (3.into(), "other".into());
    assert!(matches!(Record::read(&later.to_string()), Err(Unread::Newer(3))));
    later["version"] = 1.into();
    for damaged in ["", "{", "[]", "{\"version\":1}", &later.to_string()] {
        assert!(matches!(Record::read(damaged), Err(Unread::Damaged(_))), "{damaged}");
    }
}

/// A code or a remedy that went out of use took no job with it.
#[test]
fn a_failure_whose_code_nobody_knows_any_more_is_told_in_its_own_words() {
    let mut row = value(FAILED);
    row["failure"]["code"] = "denied.longAgo".into();
    row["failure"]["help"][0] = serde_json::json!({"kind": "fax"});
    let failure = Record::read(&row.to_string()).unwrap().view(JobId(7)).failure.unwrap();
    assert_eq!((failure.code, failure.help.len()), (view::Code::Internal, 2));
    assert_eq!(failure.message, "octocat may not write octo-org/hello");
}

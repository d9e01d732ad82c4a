//! What one run did, the next one knows: history, interrupted jobs, and a record that nobody can read.

use std::path::Path;
use std::sync::Arc;

use slipway_app::Slipway;
use slipway_app::view::{Code, Draft, HistoryQuery, JobId, JobState, Show};

use crate::{Stage, all, end};

pub(crate) fn database(home: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(home.join("slipway.db")).unwrap()
}

/// Slipway after it published the sample image.
async fn published(stage: &Stage) -> (Arc<Slipway>, JobId) {
    let app = stage.signed_in();
    let job = app.publish().start(&stage.draft(&app).await).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    (app, job)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_run_knows_what_was_published_and_opens_it_again() {
    let stage = Stage::set().await;
    let (app, job) = published(&stage).await;
    drop(app);

    let app = stage.signed_in();
    let rows = app.activity().history(&all()).await.rows;
    assert_eq!((rows.len(), rows[0].id, rows[0].verified), (1, job, true));
    assert_eq!(end(&app, job).await, JobState::Done, "its page is still there");
    let find = async |search: &str| {
        let query = HistoryQuery { search: search.to_owned(), ..all() };
        app.activity().history(&query).await.rows.len()
    };
    let digest = rows[0].digest.clone().unwrap();
    assert_eq!(
        (find("HELLO").await, find(&digest[..20]).await, find("100%").await, find("other").await),
        (1, 1, 0, 0)
    );
    let needy = HistoryQuery { show: Show::NeedsYou, ..all() };
    assert!(app.activity().history(&needy).await.rows.is_empty());
    let again = app.activity().reopen(job).await.unwrap().draft;
    assert_eq!((again.owner.as_str(), &again.versions[..]), ("octocat", &["1.0".to_owned()][..]));
    assert_eq!(app.activity().recent().await[0].name, "hello.tar");
    // A new job never takes the place of an old one.
    assert!(app.publish().start(&again).await.unwrap().0 > job.0);

    let file = stage.folder().join("history.jsonl");
    app.activity().export_history(&file).await.unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("octocat/hello") && !text.contains("home"), "{text}");
    app.activity().forget(job).await;
    assert!(app.activity().history(&all()).await.rows.iter().all(|row| row.id != job));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ended_with_slipway_goes_on_under_its_old_handle() {
    let stage = Stage::set().await;
    let (app, job) = published(&stage).await;
    drop(app);
    // As it stands when power is lost in the middle.
    let database = database(&stage.home());
    let view: String = database.query_row("SELECT view FROM jobs", [], |row| row.get(0)).unwrap();
    let mut view: serde_json::Value = serde_json::from_str(&view).unwrap();
    view["progress"]["state"] = "sending".into();
    view["result"] = serde_json::Value::Null;
    database
        .execute("UPDATE jobs SET state = 'active', run = 'gone', view = ?1", [view.to_string()])
        .unwrap();
    drop(database);

    let app = stage.signed_in();
    assert!(app.activity().history(&all()).await.rows.is_empty());
    let mut interrupted = Vec::new();
    app.activity()
        .watch_all(|view| {
            interrupted = view.active;
            false
        })
        .await;
    assert_eq!((interrupted.len(), interrupted[0].interrupted, interrupted[0].id), (1, true, job));
    assert_eq!(app.activity().running(), 0, "it waits for somebody");
    app.activity().resume(job).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    assert_eq!(app.activity().history(&all()).await.rows.len(), 1);
}

/// A job as it stands when Slipway ended in the middle of it, with these changes of its view.
pub(crate) fn cut_off(home: &Path, job: JobId, change: impl FnOnce(&mut serde_json::Value)) {
    let database = database(home);
    let view: String =
        database.query_row("SELECT view FROM jobs WHERE id = ?1", [job.0], |row| row.get(0)).unwrap();
    let mut view: serde_json::Value = serde_json::from_str(&view).unwrap();
    (view["progress"]["state"], view["result"]) = ("sending".into(), serde_json::Value::Null);
    change(&mut view);
    let values = (view.to_string(), job.0);
    database
        .execute("UPDATE jobs SET state = 'active', run = 'gone', view = ?1 WHERE id = ?2", values)
        .unwrap();
}

pub(crate) async fn active(app: &Slipway) -> Vec<slipway_app::view::JobRow> {
    let mut active = Vec::new();
    app.activity()
        .watch_all(|view| {
            active = view.active;
            false
        })
        .await;
    active
}

/// "Paused ones go on with the next start": they did not.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_paused_to_quit_goes_on_with_the_next_start_where_somebody_is_signed_in() {
    let stage = Stage::set().await;
    let (app, job) = published(&stage).await;
    drop(app);
    cut_off(&stage.home(), job, |view| view["goesOn"] = true.into());
    let nobody = stage.start();
    nobody.activity().go_on().await;
    assert!(active(&nobody).await[0].interrupted, "it waits for a token");
    drop(nobody);
    let app = stage.signed_in();
    app.activity().go_on().await;
    assert_eq!(end(&app, job).await, JobState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_ended_waits_for_somebody() {
    let stage = Stage::set().await;
    let (app, job) = published(&stage).await;
    drop(app);
    // Of what was on its way only what the registry confirmed is there for certain.
    cut_off(&stage.home(), job, |view| {
        let progress = &mut view["progress"];
        (progress["sent"], progress["kept"], progress["total"]) = (900.into(), 300.into(), 1000.into());
        progress["percent"] = 90.0.into();
    });
    let app = stage.signed_in();
    app.activity().go_on().await;
    let row = active(&app).await.remove(0);
    assert!(row.interrupted);
    assert_eq!((row.progress.sent, row.progress.percent), (300, 30.0));
}

/// A publish of an earlier run to the practice registry waited for ever for a port where nobody was any more.
#[tokio::test(flavor = "multi_thread")]
async fn what_went_to_a_practice_registry_that_ended_is_taken_up_in_a_new_one() {
    let stage = Stage::set().await;
    let app = stage.start();
    let form = app.practice().start(app.start().draft).await.unwrap().opened.draft;
    let job = app.publish().start(&form).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    let own = Draft { registry: form.registry.clone(), ..stage.draft(&app).await };
    let of_own = app.publish().start(&own).await.unwrap();
    assert_eq!(end(&app, of_own).await, JobState::Done);
    assert!(
        app.activity().recent().await.iter().any(|file| file.practice),
        "it is not told as one of ghcr.io"
    );
    drop(app);
    let app = stage.start();
    let over = app.afterwards().verify_again(job).await.unwrap_err();
    assert_eq!(over.code, Code::PracticeOver);
    let again = app.activity().reopen(job).await.unwrap().draft;
    assert_ne!(again.registry, form.registry);
    let again = app.publish().start(&again).await.unwrap();
    assert_eq!(end(&app, again).await, JobState::Done);
    assert!(app.afterwards().verify_again(again).await.unwrap().result.unwrap().verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_nobody_can_read_is_set_aside() {
    let stage = Stage::set().await;
    let (app, _) = published(&stage).await;
    drop(app);
    database(&stage.home())
        .execute("INSERT INTO jobs VALUES (77, 'done', 'gone', NULL, 'hello', x'ff00', 1)", [])
        .unwrap();
    let app = stage.signed_in();
    assert_eq!(app.activity().history(&all()).await.rows.len(), 1, "the others are there");
    drop(app);
    let aside: u32 =
        database(&stage.home()).query_row("SELECT id FROM jobs_set_aside", [], |row| row.get(0)).unwrap();
    assert_eq!(aside, 77);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_history_comes_in_parts_without_a_gap() {
    let stage = Stage::set().await;
    let (app, _) = published(&stage).await;
    let database = database(&stage.home());
    database
        .execute_batch(
            "WITH RECURSIVE more(id) AS (SELECT 1000 UNION ALL SELECT id + 1 FROM more WHERE id < 10999)
             INSERT INTO jobs SELECT more.id, state, run, file, find, json_set(view, '$.id', more.id), ended
             FROM more, jobs WHERE jobs.id = 1;
             -- One that was taken up late ended last.
             UPDATE jobs SET ended = ended + 100 WHERE id = 5000;",
        )
        .unwrap();
    drop(database);
    let (mut query, mut ids) = (all(), Vec::new());
    loop {
        let page = app.activity().history(&query).await;
        ids.extend(page.rows.iter().map(|row| row.id.0));
        query.before = page.rows.last().map(|row| row.id);
        if !page.more {
            break;
        }
    }
    assert_eq!((ids.len(), ids[0]), (10_001, 5000));
    assert!(ids[1..].is_sorted_by(|newer, older| newer > older) && !ids[1..].contains(&5000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_of_an_earlier_version_is_in_order_of_its_ends() {
    let stage = Stage::set().await;
    let (app, job) = published(&stage).await;
    drop(app);
    // The tables as version 4 had them, with a job that began first and ended last, and one that nobody can read.
    database(&stage.home())
        .execute_batch(
            "ALTER TABLE sessions DROP COLUMN confirmed;
             DROP TABLE parts;
             DROP TABLE handles;
             DROP INDEX jobs_by_end;
             ALTER TABLE jobs DROP COLUMN ended;
             INSERT INTO jobs SELECT 2, state, run, file, find, json_set(view, '$.id', 2, '$.ended', 5) FROM jobs;
             INSERT INTO jobs VALUES (3, 'done', 'gone', NULL, 'hello', x'ff00'), (4, 'done', 'gone', NULL, '', '{');
             PRAGMA user_version = 4;",
        )
        .unwrap();
    let app = stage.signed_in();
    let ids: Vec<u32> = app.activity().history(&all()).await.rows.iter().map(|row| row.id.0).collect();
    assert_eq!(ids, [job.0, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_slipway_is_at_stands_in_the_queue_and_is_nobody_elses_to_take_up() {
    let stage = Stage::set().await;
    stage.practice.switches().change(|switches| switches.pace = Some(4_000));
    let app = stage.signed_in();
    let job = app.publish().start(&stage.draft(&app).await).await.unwrap();
    crate::reaches(&app, job, JobState::Sending).await;
    let beside = stage.start();
    let queue = beside.activity().queue().await;
    assert_eq!((queue.len(), queue[0].id, queue[0].interrupted), (1, job, false));
    assert!(active(&beside).await.is_empty());
    let shown = crate::watched(&beside, job).await;
    assert!(!shown.interrupted && shown.progress.state != JobState::Paused);
    beside.activity().resume(job).await.unwrap_err();
    beside.activity().cancel(job).await;
    app.activity().cancel(job).await;
    assert_eq!(end(&app, job).await, JobState::Cancelled);
    assert!(beside.activity().queue().await.is_empty());
}

/// The window was closed in the moment in which a job ended.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_ends_slipway_can_wait_until_everything_is_kept() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    let job = app.publish().start(&stage.draft(&app).await).await.unwrap();
    // It looks away at the end, as the window does.
    crate::reaches(&app, job, JobState::Done).await;
    app.activity().settle().await;
    let kept = |sql: &str| database(&stage.home()).query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
    assert_eq!(kept("SELECT count(*) FROM jobs WHERE state = 'done'"), 1);
    assert_eq!(kept("SELECT count(*) FROM homes"), 3, "where its layers are");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_later_slipway_kept_is_left_to_it() {
    let stage = Stage::set().await;
    let (app, job) = published(&stage).await;
    drop(app);
    let row = r#"{"version": 99, "kind": "copy"}"#;
    let database = database(&stage.home());
    for (id, state) in [(78, "done"), (79, "active")] {
        let values = (id, state, row);
        database.execute("INSERT INTO jobs VALUES (?1, ?2, 'gone', NULL, 'hello', ?3, 1)", values).unwrap();
    }
    let app = stage.signed_in();
    let rows = app.activity().history(&all()).await.rows;
    assert_eq!((rows.len(), rows[0].id), (1, job));
    assert!(active(&app).await.is_empty());
    drop(app);
    let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM jobs WHERE id IN (78, 79)"), 2);
    assert_eq!(count("SELECT count(*) FROM jobs_set_aside"), 0);
}

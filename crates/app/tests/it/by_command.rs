//! What a command does is kept beside what the window does, and is the command's own to go on with.

use std::sync::Arc;

use slipway_app::view::{Code, JobId, JobKind, JobState, Show};
use slipway_app::{Changes, Finders, PushOptions, Setup, Slipway, Wish};

use crate::{Stage, all, history, pulled, reaches, watched};

const IMAGE: &str = "ghcr.io/octocat/hello:1.0";

/// Slipway as a command starts it, signed in with octocat's token of this label.
fn command(stage: &Stage, label: &str) -> Arc<Slipway> {
    let setup = Setup::read(stage.environment(), Finders::None).unwrap();
    let app = Arc::new(Slipway::new(Setup { keychain: stage.keychain.clone(), ..setup }));
    stage.sign_in(&app, label);
    app
}

/// The job of `slipway push` for the sample image.
async fn push(stage: &Stage, app: &Slipway) -> JobId {
    app.publish().push(&options(stage)).await.unwrap().0
}

fn options(stage: &Stage) -> PushOptions {
    PushOptions {
        files: vec![stage.sample.clone()],
        from: None,
        reference: IMAGE.parse().unwrap(),
        tags: Vec::new(),
        plain_http: false,
        wish: Wish::default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_command_did_stands_in_the_windows_history_with_its_end() {
    let stage = Stage::set().await;
    let window = stage.signed_in();
    let app = command(&stage, "publish");
    let digest = {
        let job = push(&stage, &app).await;
        let ended = watched(&app, job).await;
        assert_eq!(ended.progress.state, JobState::Done);
        ended.result.unwrap().digest
    };
    pulled(&app, IMAGE, &stage.folder().join("pulled.tar")).await.unwrap();
    pulled(&app, "ghcr.io/octocat/missing:1", &stage.folder().join("missing.tar")).await.unwrap_err();
    drop(app);
    // The window was there all the time.
    let rows = window.activity().history(&all()).await.rows;
    let told: Vec<_> = rows.iter().map(|row| (row.kind, row.progress.state)).collect();
    assert_eq!(
        told,
        [
            (JobKind::Install, JobState::Failed),
            (JobKind::Install, JobState::Done),
            (JobKind::Publish, JobState::Done)
        ]
    );
    assert!(rows[1..].iter().all(|row| row.digest.as_ref() == Some(&digest) && row.ended.is_some()));
    assert!(matches!(rows[0].failure.as_ref().unwrap().code, Code::NotFound { .. }));
    // What it opened was not opened in the window.
    assert!(window.activity().recent().await.is_empty());
    // Its page is there, and the form is filled again from it.
    assert_eq!(watched(&window, rows[2].id).await.result.unwrap().digest, digest);
    assert_eq!(window.activity().reopen(rows[2].id).await.unwrap().draft.owner, "octocat");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_at_it_is_no_interrupted_job_and_one_that_was_killed_cancelled_it() {
    let stage = Stage::set().await;
    stage.practice.switches().change(|switches| switches.pace = Some(4_000));
    let (window, app) = (stage.signed_in(), command(&stage, "publish"));
    let job = push(&stage, &app).await;
    reaches(&app, job, JobState::Sending).await;
    let queue = window.activity().queue().await;
    assert_eq!((queue.len(), queue[0].id, queue[0].interrupted), (1, job, false));
    assert!(history::active(&window).await.is_empty());
    assert!(window.activity().history(&all()).await.rows.is_empty());
    assert!(app.activity().cancel_running(job));
    assert_eq!(watched(&app, job).await.progress.state, JobState::Cancelled);
    drop(app);

    history::cut_off(&stage.home(), job, |_| {});
    assert!(history::active(&window).await.is_empty(), "the window cannot go on with it");
    window.activity().go_on().await;
    let row = window.activity().history(&all()).await.rows.remove(0);
    assert_eq!((row.id, row.progress.state, row.interrupted), (job, JobState::Cancelled, false));
    assert!(row.ended.is_some() && window.activity().queue().await.is_empty());
}

/// "Try again" in the window would have published the image without its labels.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_form_cannot_say_is_repeated_by_its_command_alone() {
    let stage = Stage::set().await;
    let (window, app) = (stage.signed_in(), command(&stage, "publish"));
    let labels = vec![("org.example.key".to_owned(), "value".to_owned())];
    let changes = Changes { labels, ..Changes::default() };
    let wish = Wish { changes, ..Wish::default() };
    let job = app.publish().push(&PushOptions { wish, ..options(&stage) }).await.unwrap().0;
    assert_eq!(watched(&app, job).await.progress.state, JobState::Done);
    assert_eq!(window.activity().reopen(job).await.unwrap_err().code, Code::FileUnreadable);
    let rows = window.activity().history(&all()).await.rows;
    assert!(!rows[0].repeatable, "nothing that fails is offered");
    // The file itself is opened as any other.
    stage.draft(&window).await;
    let recent = window.activity().recent().await.remove(0);
    let opened = window.activity().open_recent(recent.file, window.start().draft).await.unwrap();
    assert_eq!((recent.job, opened.name.as_str()), (None, "hello.tar"));
    // What a form says as well, it is offered for.
    let plain = push(&stage, &app).await;
    watched(&app, plain).await;
    let rows = window.activity().history(&all()).await.rows;
    assert!(rows.iter().any(|row| row.id == plain && row.repeatable), "{rows:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_used_stops_no_command() {
    let stage = Stage::set().await;
    std::fs::create_dir_all(stage.home().join("slipway.db")).unwrap();
    let app = command(&stage, "publish");
    for _ in 0..2 {
        let job = push(&stage, &app).await;
        assert_eq!(watched(&app, job).await.progress.state, JobState::Done);
    }
    pulled(&app, IMAGE, &stage.folder().join("pulled.tar")).await.unwrap();
    assert!(app.activity().history(&all()).await.rows.is_empty());
}

/// A server that publishes every minute has a home that lasts.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_history_that_grows_for_ever_the_newest_are_kept() {
    let stage = Stage::set().await;
    let app = command(&stage, "publish");
    let first = push(&stage, &app).await;
    watched(&app, first).await;
    history::database(&stage.home())
        .execute_batch(
            "WITH RECURSIVE more(id) AS (SELECT 100 UNION ALL SELECT id + 1 FROM more WHERE id < 10199)
             INSERT INTO jobs SELECT more.id, state, run, file, find, '{}', ended FROM more, jobs WHERE jobs.id = 1;",
        )
        .unwrap();
    let last = push(&stage, &app).await;
    watched(&app, last).await;
    let database = history::database(&stage.home());
    let count = |which: &str| {
        let sql = format!("SELECT count(*) FROM jobs WHERE {which}");
        database.query_row(&sql, [], |row| row.get::<_, u32>(0)).unwrap()
    };
    assert_eq!((count("true"), count(&format!("id = {}", last.0))), (10_000, 1));
    assert_eq!(count(&format!("id = {}", first.0)), 0);
    let done = slipway_app::view::HistoryQuery { show: Show::Done, search: "hello".to_owned(), before: None };
    assert_eq!(app.activity().history(&done).await.rows[0].id, last);
}

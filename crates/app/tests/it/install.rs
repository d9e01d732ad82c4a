//! A pull is a job like a publish: it waits its turn, pauses, goes on, and stands in the history.

use slipway_app::view::{Code, JobKind, JobState};
use slipway_app::{PullFormat, PullOptions};

use crate::{Stage, all, end, reaches, watched};

const IMAGE: &str = "ghcr.io/octocat/hello:1.0";

fn options() -> PullOptions {
    PullOptions {
        format: PullFormat::DockerArchive,
        platform: Some("linux/amd64".to_owned()),
        plain_http: false,
        anonymous: false,
    }
}

/// The digest of the sample image, which is there afterwards.
async fn published(stage: &Stage) -> String {
    let app = stage.signed_in();
    let job = app.publish().start(&stage.draft(&app).await).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    watched(&app, job).await.result.unwrap().digest
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_pull_leaves_nothing_but_its_unfinished_file_and_goes_on_to_its_end() {
    let stage = Stage::set().await;
    let digest = published(&stage).await;
    let (app, output) = (stage.signed_in(), stage.folder().join("out/hello.tar"));
    std::fs::create_dir(output.parent().unwrap()).unwrap();
    let files = || std::fs::read_dir(output.parent().unwrap()).unwrap().count();
    stage.practice.switches().change(|switches| switches.download_pace = Some(4_000));
    let start =
        async || app.install().start(&IMAGE.parse().unwrap(), &output, &options(), |_| {}).await.unwrap();
    let job = start().await;
    assert_eq!(start().await, job, "the same is under way");
    reaches(&app, job, JobState::Sending).await;
    app.activity().pause(job);
    reaches(&app, job, JobState::Paused).await;
    assert!(files() == 1 && !output.exists());
    stage.practice.switches().change(|switches| switches.download_pace = None);
    app.activity().resume(job).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    let ended = watched(&app, job).await;
    let installed = ended.install.unwrap().result.unwrap();
    assert_eq!((&installed.digest, installed.file_size), (&digest, output.metadata().unwrap().len()));
    assert_eq!(
        (ended.progress.sent, ended.progress.layers_done),
        (ended.progress.total, ended.progress.layers_total)
    );
    assert!(files() == 1 && ended.progress.layers_total > 0);
    let said = |text: &str| ended.log.iter().any(|line| line.text.contains(text));
    assert!(said("fetching layers") && said("fetched sha256:") && !said("sending"), "{:?}", ended.log);
    let row = app.activity().history(&all()).await.rows.remove(0);
    assert_eq!((row.kind, row.digest, row.title.as_str()), (JobKind::Install, Some(digest), "hello 1.0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_pull_that_is_cancelled_leaves_no_file() {
    let stage = Stage::set().await;
    published(&stage).await;
    let (app, output) = (stage.signed_in(), stage.folder().join("out/hello.tar"));
    std::fs::create_dir(output.parent().unwrap()).unwrap();
    stage.practice.switches().change(|switches| switches.download_pace = Some(4_000));
    let job = app.install().start(&IMAGE.parse().unwrap(), &output, &options(), |_| {}).await.unwrap();
    reaches(&app, job, JobState::Sending).await;
    app.activity().pause(job);
    reaches(&app, job, JobState::Paused).await;
    app.activity().cancel(job).await;
    assert_eq!(end(&app, job).await, JobState::Cancelled);
    assert_eq!(std::fs::read_dir(output.parent().unwrap()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_that_ended_with_slipway_goes_on_under_its_old_handle() {
    let stage = Stage::set().await;
    let digest = published(&stage).await;
    let (app, output) = (stage.signed_in(), stage.folder().join("hello.tar"));
    let job = app.install().start(&IMAGE.parse().unwrap(), &output, &options(), |_| {}).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    drop(app);
    std::fs::remove_file(&output).unwrap();
    crate::history::cut_off(&stage.home(), job, |view| {
        view["install"]["result"] = serde_json::Value::Null;
        view["goesOn"] = true.into();
    });
    let app = stage.signed_in();
    app.activity().go_on().await;
    assert_eq!(end(&app, job).await, JobState::Done);
    assert_eq!(watched(&app, job).await.install.unwrap().result.unwrap().digest, digest);
    assert!(output.exists());
    // What was fetched was published nowhere.
    assert!(app.activity().recent().await.iter().all(|file| file.job != Some(job)));
}

/// `-o` may name a link: the unfinished file lies beside its end. And nobody else may write the same file meanwhile.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_pull_through_a_link_goes_on_and_a_cancel_keeps_what_an_earlier_one_left() {
    let stage = Stage::set().await;
    published(&stage).await;
    let at = |name: &str| stage.folder().join(name);
    std::fs::create_dir(at("out")).unwrap();
    std::os::unix::fs::symlink("out/hello.tar", at("link.tar")).unwrap();
    let app = stage.signed_in();
    let start = async |version: &str| {
        let reference = format!("ghcr.io/octocat/hello:{version}").parse().unwrap();
        app.install().start(&reference, &at("link.tar"), &options(), |_| {}).await
    };
    let parts = || std::fs::read_dir(at("out")).unwrap().count();
    stage.practice.switches().change(|switches| switches.download_pace = Some(4_000));
    let job = start("1.0").await.unwrap();
    reaches(&app, job, JobState::Sending).await;
    assert_eq!(start("2.0").await.unwrap_err().code, Code::OutputFailed);
    let direct =
        app.install().start(&IMAGE.parse().unwrap(), &at("out/./hello.tar"), &options(), |_| {}).await;
    assert_eq!(direct.unwrap(), job, "it is the same file");
    app.activity().pause(job);
    reaches(&app, job, JobState::Paused).await;
    assert_eq!(parts(), 1);
    stage.practice.switches().change(|switches| switches.download_pace = None);
    app.activity().resume(job).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    assert_eq!(parts(), 1, "the file alone");

    // The registry fails; what was fetched stays, also when the next try is cancelled before it came to that.
    std::fs::remove_file(at("out/hello.tar")).unwrap();
    stage.practice.switches().change(|switches| switches.download_pace = Some(4_000));
    let job = start("1.0").await.unwrap();
    reaches(&app, job, JobState::Sending).await;
    stage.practice.switches().change(|switches| switches.storage_unavailable = true);
    app.activity().pause(job);
    reaches(&app, job, JobState::Paused).await;
    drop(app);
    let app = stage.signed_in();
    let job =
        app.install().start(&IMAGE.parse().unwrap(), &at("link.tar"), &options(), |_| {}).await.unwrap();
    app.activity().cancel(job).await;
    end(&app, job).await;
    assert_eq!(parts(), 1);
}

/// Three paused jobs held all turns, and a fourth waited for ever.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_paused_holds_nobody_up() {
    let stage = Stage::set().await;
    published(&stage).await;
    let app = stage.signed_in();
    stage.practice.switches().change(|switches| switches.download_pace = Some(4_000));
    let start = async |name: &str| {
        let output = stage.folder().join(name);
        app.install().start(&IMAGE.parse().unwrap(), &output, &options(), |_| {}).await.unwrap()
    };
    for name in ["a.tar", "b.tar", "c.tar"] {
        let job = start(name).await;
        reaches(&app, job, JobState::Sending).await;
        app.activity().pause(job);
        reaches(&app, job, JobState::Paused).await;
    }
    stage.practice.switches().change(|switches| switches.download_pace = None);
    assert_eq!(end(&app, start("d.tar").await).await, JobState::Done);
}

//! Giving up a job removes what that job made, and nothing that another one left for whoever asks again.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use slipway_app::view::{Draft, Engine, JobId, JobState};
use slipway_app::{Platforms, PullFormat, PullOptions, Slipway};
use slipway_stage::engine::Fault;
use slipway_stage::until;

use crate::engines::Set;
use crate::history::{active, cut_off};
use crate::loading::{IMAGE, at_registry, loads, sent, usual};
use crate::{Stage, end, reaches, watched};

/// As it stands when a window's Slipway ended in the middle of the job.
fn interrupted(stage: &Stage, job: JobId) {
    cut_off(&stage.home(), job, |view| {
        view["failure"] = serde_json::Value::Null;
        view["byCommand"] = false.into();
    });
}

/// Cancels a job that was interrupted.
async fn gives_up(app: &Slipway, job: JobId) {
    assert!(active(app).await.iter().any(|row| row.id == job && row.interrupted), "{job:?}");
    app.activity().cancel(job).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_up_a_load_leaves_what_an_earlier_one_fetched() {
    let set = Set::up().await;
    let app = set.app();
    at_registry(&set, &app, "gzip").await;
    let refuses = || set.docker.fails(Fault::Load("no space left on device"));
    refuses();
    let maker = loads(&app, Engine::Docker).await.id;
    sent(&set);
    // Another one, paused while the engine takes the image.
    set.docker.fails(Fault::Holds);
    let job = app.install().load(&[IMAGE.parse().unwrap()], Engine::Docker, &usual(), |_| {}).await.unwrap();
    reaches(&app, job, JobState::Committing).await;
    app.activity().pause(job);
    reaches(&app, job, JobState::Paused).await;
    app.activity().cancel(job).await;
    assert_eq!(end(&app, job).await, JobState::Cancelled);
    assert_eq!(app.parts().view().await.left, 1, "the first one kept it");
    // One more, whose Slipway ended.
    refuses();
    let job = loads(&app, Engine::Docker).await.id;
    drop(app);
    interrupted(&set.stage, job);
    let app = set.app();
    gives_up(&app, job).await;
    assert_eq!((app.parts().view().await.left, sent(&set)), (1, 0), "the first one kept it");
    // The one that made it.
    drop(app);
    interrupted(&set.stage, maker);
    let app = set.app();
    gives_up(&app, maker).await;
    assert_eq!(app.parts().view().await.parts.len(), 0);
    assert!(std::fs::read_dir(set.stage.home().join("loads")).unwrap().next().is_none());
}

fn options(format: PullFormat) -> PullOptions {
    let platforms = Platforms::Only(vec!["linux/amd64".to_owned()]);
    PullOptions { format, platforms, signatures: false, plain_http: false, anonymous: false }
}

/// Publishes an image whose layers are half there for a while.
async fn large(stage: &Stage, app: &Slipway) {
    let draft = Draft { owner: "octocat".to_owned(), ..app.start().draft };
    let file = stage.large();
    let mut draft = app.images().open_path(&file, draft).await.unwrap().draft;
    "app".clone_into(&mut draft.image_name);
    draft.versions = vec!["1.0".to_owned()];
    let job = app.publish().start(&draft).await.unwrap();
    assert_eq!(end(app, job).await, JobState::Done);
    stage.practice.switches().change(|switches| switches.download_pace = Some(2_000_000));
}

/// A pull into `output` that is paused when `is_begun`.
async fn paused(app: &Slipway, output: &Path, format: PullFormat, is_begun: impl Fn() -> bool) -> JobId {
    let job = app.install().start(&[IMAGE.parse().unwrap()], output, &options(format), |_| {}).await.unwrap();
    until("the pull's beginning", is_begun).await;
    app.activity().pause(job);
    reaches(app, job, JobState::Paused).await;
    job
}

/// A pull to the same place that comes to nothing before anything is written, and ends with its Slipway.
async fn began_nothing(stage: &Stage, app: &Slipway, output: &Path, format: PullFormat) -> JobId {
    let gone = "ghcr.io/octocat/app:gone".parse().unwrap();
    let job = app.install().start(&[gone], output, &options(format), |_| {}).await.unwrap();
    assert!(watched(app, job).await.failure.is_some());
    assert_eq!(end(app, job).await, JobState::Failed);
    interrupted(stage, job);
    job
}

/// After the Slipway of `maker`, which was on its way to `output`, another job begins nothing there, and is given up.
async fn another_gives_up(
    stage: &Stage,
    app: Arc<Slipway>,
    maker: JobId,
    output: &Path,
    format: PullFormat,
) -> Arc<Slipway> {
    drop(app);
    let app = stage.signed_in();
    let other = began_nothing(stage, &app, output, format).await;
    drop(app);
    interrupted(stage, maker);
    let app = stage.signed_in();
    gives_up(&app, other).await;
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_up_a_pull_leaves_the_unfinished_file_of_another_one() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    large(&stage, &app).await;
    let (format, output) = (PullFormat::OciArchive, stage.folder().join("out/app.tar"));
    std::fs::create_dir(output.parent().unwrap()).unwrap();
    let files = || std::fs::read_dir(output.parent().unwrap()).unwrap().count();
    let maker = paused(&app, &output, format, || files() == 1).await;
    let app = another_gives_up(&stage, app, maker, &output, format).await;
    assert_eq!((files(), app.parts().view().await.left), (1, 1));
    gives_up(&app, maker).await;
    assert_eq!((files(), app.parts().view().await.parts.len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_up_a_pull_into_a_folder_leaves_the_half_blobs_of_others() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    large(&stage, &app).await;
    let (format, output) = (PullFormat::OciLayout, stage.folder().join("images"));
    let place = output.join(".unfinished");
    let halves = || {
        let entries = std::fs::read_dir(&place).into_iter().flatten().flatten();
        entries.filter(|half| half.metadata().is_ok_and(|facts| facts.len() > 0)).count()
    };
    let maker = paused(&app, &output, format, || halves() > 0).await;
    // Of another image, and of an earlier job.
    let others = place.join(format!("sha256-{}", "c41b".repeat(16)));
    std::fs::write(&others, "half").unwrap();
    let age = || {
        let file = std::fs::File::options().write(true).open(&others).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_hours(1)).unwrap();
    };
    age();
    let there = halves();
    let app = another_gives_up(&stage, app, maker, &output, format).await;
    assert_eq!(halves(), there, "it made none of them");
    gives_up(&app, maker).await;
    assert!(halves() == 1 && others.exists(), "the others' alone");
    // One that was taken up, and has not come to its half blobs again.
    let job = paused(&app, &output, format, || halves() > 1).await;
    drop(app);
    interrupted(&stage, job);
    let app = stage.signed_in();
    stage.practice.switches().change(|switches| switches.download_pace = Some(1));
    app.activity().resume(job).await.unwrap();
    app.activity().cancel(job).await;
    assert_eq!(end(&app, job).await, JobState::Cancelled);
    assert!(halves() == 1 && others.exists(), "the others' alone");
    stage.practice.switches().change(|switches| switches.download_pace = Some(2_000_000));
    // The same without a restart.
    let job = paused(&app, &output, format, || halves() > 1).await;
    app.activity().cancel(job).await;
    assert_eq!(end(&app, job).await, JobState::Cancelled);
    assert!(halves() == 1 && others.exists(), "the others' alone");
    assert_eq!(app.parts().view().await.left, 1, "they are shown, and cleared in time");
}

//! A pull is a job like a publish: it waits its turn, pauses, goes on, and stands in the history.

use slipway_app::view::{Code, Draft, FileFormat, JobKind, JobState};
use slipway_app::{FetchProgress, Platforms, PullFormat, PullOptions};
use slipway_stage::until;

use crate::{Stage, all, end, reaches, watched};

const IMAGE: &str = "ghcr.io/octocat/hello:1.0";

fn options() -> PullOptions {
    PullOptions {
        format: PullFormat::DockerArchive,
        platforms: Platforms::Only(vec!["linux/amd64".to_owned()]),
        signatures: false,
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
        async || app.install().start(&[IMAGE.parse().unwrap()], &output, &options(), |_| {}).await.unwrap();
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
    let job = app.install().start(&[IMAGE.parse().unwrap()], &output, &options(), |_| {}).await.unwrap();
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
    let job = app.install().start(&[IMAGE.parse().unwrap()], &output, &options(), |_| {}).await.unwrap();
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
        app.install().start(&[reference], &at("link.tar"), &options(), |_| {}).await
    };
    let parts = || std::fs::read_dir(at("out")).unwrap().count();
    stage.practice.switches().change(|switches| switches.download_pace = Some(4_000));
    let job = start("1.0").await.unwrap();
    reaches(&app, job, JobState::Sending).await;
    assert_eq!(start("2.0").await.unwrap_err().code, Code::OutputFailed);
    let direct =
        app.install().start(&[IMAGE.parse().unwrap()], &at("out/./hello.tar"), &options(), |_| {}).await;
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
        app.install().start(&[IMAGE.parse().unwrap()], &at("link.tar"), &options(), |_| {}).await.unwrap();
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
        app.install().start(&[IMAGE.parse().unwrap()], &output, &options(), |_| {}).await.unwrap()
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

/// A file that was fetched before has the layers; nobody need name it.
#[tokio::test(flavor = "multi_thread")]
async fn several_images_are_one_job_and_what_is_here_is_not_fetched() {
    let stage = Stage::set().await;
    let digest = published(&stage).await;
    let (app, at) = (stage.signed_in(), |name: &str| stage.folder().join(name));
    let first = PullOptions { format: PullFormat::OciArchive, ..options() };
    let job = app.install().start(&[IMAGE.parse().unwrap()], &at("first.tar"), &first, |_| {}).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    // The configuration is in the file that was published.
    let little = watched(&app, job).await.install.unwrap().result.unwrap().here;

    let both = [IMAGE, &format!("ghcr.io/octocat/hello@{digest}")].map(|name| name.parse().unwrap());
    let layout = PullOptions { format: PullFormat::OciLayout, signatures: true, ..options() };
    let here = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counted = std::sync::Arc::clone(&here);
    let hear = move |progress| {
        if let FetchProgress::Here { bytes } = progress {
            counted.fetch_add(bytes, std::sync::atomic::Ordering::Relaxed);
        }
    };
    let job = app.install().start(&both, &at("images"), &layout, hear).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    let view = watched(&app, job).await;
    let install = view.install.unwrap();
    let result = install.result.unwrap();
    assert_eq!(result.here, here.load(std::sync::atomic::Ordering::Relaxed));
    assert!(result.here > little && result.here == view.progress.reused, "{result:?}");
    assert_eq!(view.progress.sent, 0, "all of it was here");
    let images: Vec<_> = result.images.iter().map(|image| (&image.reference, &image.digest)).collect();
    assert_eq!(images, [(&install.references[0], &digest), (&install.references[1], &digest)]);
    assert_eq!(install.chosen.len(), 2);
    assert_eq!((view.title.as_str(), view.format), ("hello 1.0 + 1", FileFormat::OciLayout));
    assert!(at("images/index.json").exists() && !at("images/.unfinished").exists());

    // What changed since it was used is not looked into.
    std::fs::remove_dir_all(at("images")).unwrap();
    let file = std::fs::File::options().write(true).open(at("first.tar")).unwrap();
    file.set_modified(std::time::SystemTime::now() + std::time::Duration::from_hours(1)).unwrap();
    let again = app.install().again(job).await.unwrap();
    assert_eq!(end(&app, again).await, JobState::Done);
    let again = watched(&app, again).await;
    let install = again.install.unwrap();
    assert_eq!(
        (install.references.len(), install.signatures, again.format),
        (2, true, FileFormat::OciLayout)
    );
    assert_eq!(install.result.unwrap().here, little);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_pull_into_a_folder_goes_on_and_a_cancelled_one_leaves_nothing_unfinished() {
    let stage = Stage::set().await;
    published(&stage).await;
    let (app, output) = (stage.signed_in(), stage.folder().join("images"));
    let layout = PullOptions { format: PullFormat::OciLayout, ..options() };
    let start =
        async || app.install().start(&[IMAGE.parse().unwrap()], &output, &layout, |_| {}).await.unwrap();
    for goes_on in [false, true] {
        stage.practice.switches().change(|switches| switches.download_pace = Some(4_000));
        let job = start().await;
        assert_eq!(start().await, job, "the same is under way");
        reaches(&app, job, JobState::Sending).await;
        app.activity().pause(job);
        reaches(&app, job, JobState::Paused).await;
        assert!(!output.join("index.json").exists());
        if goes_on {
            stage.practice.switches().change(|switches| switches.download_pace = None);
            app.activity().resume(job).await.unwrap();
            assert_eq!(end(&app, job).await, JobState::Done);
            assert!(output.join("index.json").exists());
        } else {
            app.activity().cancel(job).await;
            assert_eq!(end(&app, job).await, JobState::Cancelled);
        }
        assert!(!output.join(".unfinished").exists());
    }
}

/// Blobs that are half done lie in the folder, and wait there as an unfinished file does.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_pull_left_half_done_in_a_folder_is_shown_cleared_and_gone_on_with() {
    let stage = Stage::set().await;
    let (app, output) = (stage.signed_in(), stage.folder().join("images"));
    // Large enough to be half there for a while, whatever else the computer does.
    let draft = Draft { owner: "octocat".to_owned(), ..app.start().draft };
    let mut draft = app.images().open_path(&stage.large(), draft).await.unwrap().draft;
    "hello".clone_into(&mut draft.image_name);
    draft.versions = vec!["1.0".to_owned()];
    let job = app.publish().start(&draft).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    let layout = PullOptions { format: PullFormat::OciLayout, ..options() };
    stage.practice.switches().change(|switches| switches.download_pace = Some(2_000_000));
    let job = app.install().start(&[IMAGE.parse().unwrap()], &output, &layout, |_| {}).await.unwrap();
    let place = output.join(".unfinished");
    // Of the layer: the configuration is whole a moment after it is begun.
    let is_half = || {
        let mut entries = std::fs::read_dir(&place).into_iter().flatten().flatten();
        entries.any(|entry| entry.metadata().is_ok_and(|half| half.len() > 1 << 16))
    };
    until("the half layer", is_half).await;
    assert!(app.parts().view().await.parts[0].in_use);
    assert!(app.parts().clear().await.parts[0].in_use && is_half(), "it is being written");
    app.activity().pause(job);
    reaches(&app, job, JobState::Paused).await;
    // Of another image, and large enough to take room on every disk.
    let other = place.join(format!("sha256-{}", "c41b".repeat(16)));
    std::fs::write(&other, vec![7; 1 << 16]).unwrap();
    std::fs::File::open(&other).unwrap().sync_all().unwrap();
    let seen = app.parts().view().await;
    let [part] = &seen.parts[..] else { panic!("{seen:?}") };
    assert_eq!(
        (part.folder.as_str(), part.file.as_str(), part.becomes.as_deref()),
        (output.to_str().unwrap(), ".unfinished", Some("images"))
    );
    assert!(!part.in_use && part.written.is_some());
    assert!(part.size >= 1 << 16 && seen.size == part.size && seen.left == 1, "{seen:?}");
    std::fs::write(output.join("notes"), "mine").unwrap();
    assert!(app.parts().clear().await.parts.is_empty());
    assert!(!place.exists() && output.join("oci-layout").exists() && output.join("notes").exists());

    stage.practice.switches().change(|switches| switches.download_pace = None);
    app.activity().resume(job).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    assert!(output.join("index.json").exists() && app.parts().view().await.parts.is_empty());
}

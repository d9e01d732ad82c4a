//! Images that go into Docker and Podman, by an engine's double.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::SystemTime;

use serde_json::json;
use slipway_app::view::{
    Begun, Code, Engine, Existing, FileFormat, InstallWish, InstalledView, JobState, JobView,
};
use slipway_app::{FetchProgress, Platforms, PullFormat, PullOptions, Sending, Slipway, Wish};
use slipway_stage::docs::part;
use slipway_stage::engine::{Fault, members};

use crate::engines::{Set, archive, options, published};
use crate::{all, end, pulled, reaches, watched};

pub(crate) const IMAGE: &str = "ghcr.io/octocat/app:1.0";

pub(crate) fn usual() -> PullOptions {
    PullOptions {
        format: PullFormat::DockerArchive,
        platforms: Platforms::Usual,
        signatures: false,
        plain_http: false,
        anonymous: false,
    }
}

/// An image at the registry, published out of Podman; its ID.
pub(crate) async fn at_registry(set: &Set, app: &Slipway, compression: &str) -> String {
    let (tar, id) = archive("app", "linux/amd64", &["localhost/app:1"]);
    set.podman.has(&tar);
    let sending = Sending { compression: Some(compression.parse().unwrap()), ..Sending::default() };
    let mut push = options(Engine::Podman, &["localhost/app:1"], IMAGE);
    push.wish = Wish { sending, ..Wish::default() };
    published(app, &push).await.unwrap();
    set.stage.practice.forget_requests();
    id
}

pub(crate) async fn loads(app: &Slipway, engine: Engine) -> JobView {
    let job = app.install().load(&[IMAGE.parse().unwrap()], engine, &usual(), |_| {}).await.unwrap();
    watched(app, job).await
}

fn wish(engine: Engine, platforms: &[&str]) -> InstallWish {
    InstallWish {
        reference: IMAGE.to_owned(),
        platforms: platforms.iter().map(|platform| (*platform).to_owned()).collect(),
        all_platforms: false,
        signatures: false,
        format: FileFormat::DockerArchive,
        engine: Some(engine),
        place: 0,
        existing: Existing::Ask,
        anonymous: false,
    }
}

fn result(job: JobView) -> InstalledView {
    assert_eq!(job.progress.state, JobState::Done, "{:?}", job.failure);
    job.install.unwrap().result.unwrap()
}

/// Bytes of blobs that the registry sent since the last call.
pub(crate) fn sent(set: &Set) -> u64 {
    let requests = set.stage.practice.requests();
    let blobs = requests.iter().filter(|request| request.method == "GET" && request.path.contains("/blobs/"));
    let sent = blobs.map(|request| request.sent_bytes).sum();
    set.stage.practice.forget_requests();
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_goes_into_each_engine_under_its_name_and_is_read_back() {
    let set = Set::up().await;
    let app = set.app();
    let id = at_registry(&set, &app, "gzip").await;
    for (engine, double, name) in
        [(Engine::Docker, &set.docker, "Docker"), (Engine::Podman, &set.podman, "Podman")]
    {
        let job = loads(&app, engine).await;
        assert_eq!((job.file_name.as_str(), job.install.as_ref().unwrap().engine), (name, Some(engine)));
        let (handle, result) = (job.id, result(job));
        let [image] = &result.loaded[..] else { panic!("{:?}", result.loaded) };
        // Podman had the image that was published.
        let there = u32::from(engine == Engine::Podman);
        assert_eq!(
            (image.name.as_str(), &image.id, image.layers, image.layers_there),
            (IMAGE, &id, 1, Some(there))
        );
        assert!(result.is_sound() && image.platform == "linux/amd64", "{image:?}");
        assert!(double.names(&id).contains(&IMAGE.to_owned()));
        let file = app.install().file(handle).await.unwrap();
        assert_eq!(
            (file.engine, file.loaded.as_deref(), file.podman_load),
            (Some(engine), Some(IMAGE), None)
        );
        assert_eq!(file.command, format!("slipway pull {IMAGE} --load {}", name.to_lowercase()));
        assert_eq!(app.install().path(handle).await, None, "there is no file to show");
        let row = app.activity().history(&all()).await.rows.remove(0);
        assert!(row.engine == Some(engine) && row.verified);
        assert!(std::fs::read_dir(set.stage.home().join("loads")).unwrap().next().is_none());
        assert!(app.parts().view().await.parts.is_empty());
    }
    let loaded = set.docker.loaded();
    assert!(members(&loaded[0]).iter().any(|(name, _)| name == "manifest.json"));
    let again = result(loads(&app, Engine::Docker).await);
    assert_eq!(again.loaded[0].layers_there, Some(1), "told by its unpacked digest");
}

/// What lies in Slipway's folder for engines: the folder, and each file as it was made and written last, with its size.
fn waiting(set: &Set) -> BTreeSet<(u64, SystemTime, u64)> {
    let folder = set.stage.home().join("loads");
    let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
    let facts = |path: std::path::PathBuf| {
        let facts = path.metadata().unwrap();
        let size = if facts.is_dir() { 0 } else { facts.len() };
        (std::os::unix::fs::MetadataExt::ino(&facts), facts.modified().unwrap(), size)
    };
    files.chain([folder.clone()]).map(facts).collect()
}

/// A row of the table of loads in `docs/faults.md`.
struct Row {
    /// As the table names it.
    fault: &'static str,
    how: Fault,
    /// What people hear.
    says: &'static str,
}

fn rows() -> [Row; 5] {
    let row = |fault, how, says| Row { fault, how, says };
    [
        row(
            "the engine refuses it behind status 200 (no space left)",
            Fault::Load("no space left on device"),
            "Docker refused the image: no space left on device",
        ),
        row(
            "the engine refuses it before it reads anything (500)",
            Fault::Refuses(500, "the store is read-only"),
            "the store is read-only",
        ),
        row("the engine goes away in mid-load", Fault::Leaves(1024), "Docker"),
        row("the engine ends its answer without a word", Fault::Mute, "Docker"),
        row(
            "the engine is stopped before the load begins",
            Fault::Answers("/load", 503, String::new()),
            "Docker",
        ),
    ]
}

/// Each fault meets a load of an image that was never fetched before; then the engine is well again.
#[tokio::test(flavor = "multi_thread")]
async fn after_no_fault_of_an_engine_is_anything_fetched_or_written_again() {
    let mut table =
        "| fault | fetched again by the next try | written again | people hear | what is kept |\n|---|---|---|---|---|\n"
            .to_owned();
    let amount = |bytes: u64, of: u64| match bytes {
        0 => "nothing".to_owned(),
        bytes => format!("{bytes} of {of} bytes"),
    };
    for Row { fault, how, says } in rows() {
        let set = Set::up().await;
        let app = set.app();
        at_registry(&set, &app, "gzip").await;
        set.docker.fails(how);
        let job = loads(&app, Engine::Docker).await;
        let first = sent(&set);
        let failure = job.failure.unwrap();
        assert!(failure.message.contains(says), "{fault}: {failure:?}");
        assert!(set.docker.loaded().is_empty() && first > 0, "{fault}: {first} bytes came");
        assert_eq!(app.parts().view().await.left, 1, "{fault}");
        // The same once more, so that what it wrote is there to be looked at.
        let before = waiting(&set);
        assert!(loads(&app, Engine::Docker).await.failure.is_some(), "{fault}");
        let after = waiting(&set);
        let written: u64 = after.difference(&before).map(|(_, _, size)| size).sum();
        let size: u64 = after.iter().map(|(_, _, size)| size).sum();
        assert!(size > 0 && (written > 0 || after == before), "{fault}: nothing came and went");
        set.docker.fails(None);
        assert!(result(loads(&app, Engine::Docker).await).is_sound(), "{fault}");
        let (again, written) = (amount(sent(&set), first), amount(written, size));
        assert_eq!(app.parts().view().await.parts.len(), 0, "{fault}: once it is loaded, nothing waits");
        writeln!(
            table,
            "| {fault} | {again} | {written} | that the engine failed, in its own words | all, for the engine or a file |"
        )
        .unwrap();
    }
    part("faults.md", "loads", &table);
}

/// Docker answers 200 and says behind it what went wrong.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_engine_refuses_is_kept_and_becomes_a_file_without_fetching_it_again() {
    let set = Set::up().await;
    let app = set.app();
    at_registry(&set, &app, "gzip").await;
    for fault in [Fault::Load("no space left on device"), Fault::Leaves(1024), Fault::Mute] {
        let said = matches!(fault, Fault::Load(_));
        set.docker.fails(fault);
        let kept = Arc::new(std::sync::atomic::AtomicBool::default());
        let hears = Arc::clone(&kept);
        let hear = move |progress| {
            if progress == FetchProgress::Kept {
                hears.store(true, std::sync::atomic::Ordering::Relaxed);
            }
        };
        let job = app.install().load(&[IMAGE.parse().unwrap()], Engine::Docker, &usual(), hear).await;
        let job = watched(&app, job.unwrap()).await;
        let failure = job.failure.unwrap();
        if said {
            let Code::EngineNotLoaded { reason, .. } = &failure.code else { panic!("{failure:?}") };
            assert_eq!(reason, "no space left on device");
            assert_eq!(
                failure.message.rsplit_once("Docker").unwrap().1,
                " refused the image: no space left on device"
            );
            assert!(sent(&set) > 0);
        } else {
            let own = matches!(failure.code, Code::EngineNotLoaded { .. } | Code::EngineAway { .. });
            assert!(own, "{failure:?}");
            assert_eq!(sent(&set), 0, "the next try has it");
        }
        assert!(kept.load(std::sync::atomic::Ordering::Relaxed));
        assert_eq!(set.docker.loaded().len(), 0);
        assert_eq!(app.parts().view().await.left, 1);
    }
    let file = set.stage.folder().join("instead.tar");
    pulled(&app, IMAGE, &file).await.unwrap();
    assert_eq!(sent(&set), 0, "what was fetched for the engine is taken");
    set.docker.fails(None);
    assert!(result(loads(&app, Engine::Docker).await).is_sound());
    assert_eq!((sent(&set), app.parts().view().await.parts.len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_the_engine_has_otherwise_is_not_verified() {
    let set = Set::up().await;
    let app = set.app();
    let id = at_registry(&set, &app, "gzip").await;
    let other = format!("sha256:{}", "ab".repeat(32));
    let answers = |id: &str, layer: &str| {
        let layers = [layer];
        let body = json!({"Id": id, "RepoTags": [IMAGE], "RootFS": {"Layers": layers}}).to_string();
        Fault::Answers("octocat/app:1.0/json", 200, body)
    };
    let own = result(loads(&app, Engine::Docker).await).loaded.remove(0);
    assert_eq!((own.not_verified, &own.id), (None, &id));
    for fault in [
        answers(&id, &other),
        answers(&other, &other),
        Fault::Answers("octocat/app:1.0/json", 404, json!({"message": "none"}).to_string()),
    ] {
        set.docker.fails(fault);
        let job = loads(&app, Engine::Docker).await;
        let result = result(job);
        assert!(!result.is_sound() && result.loaded[0].not_verified.is_some());
        let row = app.activity().history(&all()).await.rows.remove(0);
        assert!(!row.verified);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_is_read_back_once_more_as_often_as_people_ask() {
    let set = Set::up().await;
    let app = set.app();
    at_registry(&set, &app, "gzip").await;
    let away = || Fault::Answers("octocat/app:1.0/json", 404, json!({"message": "none"}).to_string());
    set.docker.fails(away());
    let job = loads(&app, Engine::Docker).await.id;
    sent(&set);
    let verified = async || {
        let view = app.install().verify_again(job).await.unwrap().unwrap();
        let row = app.activity().history(&all()).await.rows.remove(0);
        let sound = view.install.unwrap().result.unwrap().is_sound();
        assert_eq!(row.verified, sound, "what is kept is what is told");
        sound
    };
    assert!(!verified().await, "it is still away");
    set.docker.fails(None);
    assert!(verified().await);
    set.docker.fails(away());
    assert!(!verified().await);
    drop(app);
    let app = set.app();
    set.docker.fails(None);
    let view = app.install().verify_again(job).await.unwrap().unwrap();
    assert!(view.install.unwrap().result.unwrap().is_sound(), "another run knows what it should be");
    assert_eq!((sent(&set), set.docker.loaded().len()), (0, 1), "nothing is fetched or given again");
    let nobody = set.app_at("unix:///nowhere/docker.sock".to_owned(), set.podman.host());
    let failure = nobody.install().verify_again(job).await.unwrap_err();
    assert!(matches!(failure.code, Code::EngineAway { .. }), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn layers_that_an_engine_cannot_read_are_told_before_anything_is_fetched() {
    let set = Set::up().await;
    let app = set.app();
    at_registry(&set, &app, "zstd").await;
    let failure = loads(&app, Engine::Docker).await.failure.unwrap();
    assert_eq!(failure.code, Code::EngineZstd { engine: "Docker 20.10.24".to_owned() });
    assert!(failure.message.ends_with("which Docker 20.10.24 does not read"), "{}", failure.message);
    assert_eq!((sent(&set), set.docker.loaded().len()), (0, 0));
    let wish = |engine| wish(engine, &[]);
    let failure = app.install().begin(wish(Engine::Docker)).await.unwrap_err();
    assert_eq!(failure.code, Code::EngineZstd { engine: "Docker 20.10.24".to_owned() });
    let Begun::Job { job } = app.install().begin(wish(Engine::Podman)).await.unwrap() else { panic!() };
    assert!(result(watched(&app, job).await).is_sound(), "Podman reads them");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_begins_a_load_of_one_platform_and_of_no_others() {
    let set = Set::up().await;
    let app = set.app();
    at_registry(&set, &app, "gzip").await;
    for (platforms, all_platforms) in [(vec!["linux/amd64", "linux/arm64"], false), (Vec::new(), true)] {
        let odd = InstallWish { all_platforms, ..wish(Engine::Docker, &platforms) };
        let failure = app.install().begin(odd).await.unwrap_err();
        assert!(matches!(failure.code, Code::FormProblem { .. }), "{failure:?}");
    }
    for platforms in [&[][..], &["linux/amd64"]] {
        let begun = app.install().begin(wish(Engine::Docker, platforms)).await.unwrap();
        let Begun::Job { job } = begun else { panic!("{begun:?}") };
        let ended = watched(&app, job).await;
        assert_eq!(ended.platforms, ["linux/amd64"]);
        assert!(result(ended).is_sound());
    }
    let nobody = set.app_at("unix:///nowhere/docker.sock".to_owned(), set.podman.host());
    let failure = nobody.install().begin(wish(Engine::Docker, &[])).await.unwrap_err();
    assert!(matches!(failure.code, Code::EngineAway { .. }), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_pauses_goes_on_and_leaves_nothing_where_it_is_cancelled() {
    let set = Set::up().await;
    let app = set.app();
    at_registry(&set, &app, "gzip").await;
    let start = async || {
        set.docker.fails(Fault::Holds);
        let job =
            app.install().load(&[IMAGE.parse().unwrap()], Engine::Docker, &usual(), |_| {}).await.unwrap();
        reaches(&app, job, JobState::Committing).await;
        app.activity().pause(job);
        reaches(&app, job, JobState::Paused).await;
        set.docker.fails(None);
        job
    };
    let job = start().await;
    assert!(set.docker.loaded().is_empty());
    sent(&set);
    app.activity().resume(job).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    assert_eq!(sent(&set), 0, "what was fetched is there");
    assert!(result(watched(&app, job).await).is_sound());

    let job = start().await;
    app.activity().cancel(job).await;
    assert_eq!(end(&app, job).await, JobState::Cancelled);
    assert_eq!(app.parts().view().await.parts.len(), 0);
    assert!(std::fs::read_dir(set.stage.home().join("loads")).unwrap().next().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_ended_with_slipway_goes_on_into_the_same_engine() {
    let set = Set::up().await;
    let app = set.app();
    at_registry(&set, &app, "gzip").await;
    let job = loads(&app, Engine::Docker).await.id;
    drop(app);
    crate::history::cut_off(&set.stage.home(), job, |view| {
        view["result"] = serde_json::Value::Null;
        view["goesOn"] = true.into();
    });
    let app = set.app();
    app.activity().resume(job).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    assert!(result(watched(&app, job).await).is_sound());
    assert_eq!(set.docker.loaded().len(), 2);
}

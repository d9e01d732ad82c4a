//! What the Install page learns before anything is fetched: tags, what they hold, and where the file goes.

use slipway_app::view::{
    Begun, Code, Dates, Existing, FileFormat, InstallWish, JobState, NewAccount, TagsView, TokenFrom,
    Visibility,
};
use slipway_app::{Slipway, practice_registry as practice};
use slipway_stage::archive;

use crate::{Stage, end, watched};

const PATH: &str = "ghcr.io/octocat/hello";

/// Publishes the sample image under these versions.
async fn published(stage: &Stage, app: &Slipway, versions: &[&str]) {
    let mut draft = stage.draft(app).await;
    draft.versions = versions.iter().map(|version| (*version).to_owned()).collect();
    let job = app.publish().start(&draft).await.unwrap();
    assert_eq!(end(app, job).await, JobState::Done);
}

/// Publishes an image of two platforms as `2.0`.
async fn of_two_platforms(stage: &Stage, app: &Slipway) {
    of_platforms(stage, app, &["linux/amd64", "linux/arm64"]).await;
}

async fn of_platforms(stage: &Stage, app: &Slipway, platforms: &[&str]) {
    let file = stage.archive("several.tar", |path| {
        let layers = [archive::Layer::Text("hello")];
        archive::oci(path, "ghcr.io/octocat/hello:2.0", platforms, &layers)
    });
    let draft = slipway_app::view::Draft { owner: "octocat".to_owned(), ..app.start().draft };
    let draft = app.images().open_path(&file, draft).await.unwrap().draft;
    let job = app.publish().start(&draft).await.unwrap();
    assert_eq!(end(app, job).await, JobState::Done, "{:?}", watched(app, job).await.failure);
}

/// All that is usual of an image, into the file at this place.
fn wish(reference: &str, place: u32) -> InstallWish {
    InstallWish {
        reference: reference.to_owned(),
        platforms: Vec::new(),
        all_platforms: false,
        signatures: false,
        format: FileFormat::DockerArchive,
        engine: None,
        place,
        existing: Existing::Ask,
        anonymous: false,
    }
}

fn shown(tags: &TagsView) -> Vec<String> {
    tags.rows.iter().map(|row| row.tags.join(" ")).collect()
}

/// How often manifests were read, rather than asked about.
fn reads(stage: &Stage) -> usize {
    let requests = stage.practice.requests();
    requests.iter().filter(|it| it.method == "GET" && it.path.contains("/manifests/")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_sees_versions_with_their_dates_and_others_see_tags_in_their_order() {
    let stage = Stage::set().await;
    let app = stage.start();
    let token = TokenFrom::Typed { token: stage.token_called("publish").into() };
    let (host, username) = ("github.com".to_owned(), String::new());
    app.accounts().add(NewAccount { host, token, username, keep: false, anyway: false }).await.unwrap();
    published(&stage, &app, &["1.0", "latest"]).await;
    of_two_platforms(&stage, &app).await;
    let tags = app.install().tags(PATH, false).await.unwrap();
    assert_eq!(shown(&tags), ["2.0", "1.0 latest"]);
    assert_eq!((tags.dates, tags.signatures, tags.suggested), (Dates::All, 0, Some(tags.rows[0].id)));
    assert!(tags.rows.iter().all(|row| row.digest.as_ref().is_some_and(|it| it.starts_with("sha256:"))));
    assert_eq!(tags.read_as.account.unwrap().username, "octocat");
    assert_eq!(tags.read_as.visibility, Visibility::Private);
    assert_eq!(reads(&stage), 0, "a list is no download");

    stage.practice.set_visibility("octocat/hello", practice::Visibility::Public).unwrap();
    let tags = app.install().tags(PATH, true).await.unwrap();
    assert_eq!(shown(&tags), ["2.0", "1.0", "latest"]);
    assert_eq!((tags.dates, tags.read_as.account), (Dates::None, None));
    assert_eq!(tags.read_as.visibility, Visibility::Public);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_and_what_may_not_be_seen_are_told_apart_from_a_fault() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    published(&stage, &app, &["1.0"]).await;
    let nothing = app.install().tags("ghcr.io/octocat/nothing", false).await.unwrap_err();
    assert!(matches!(nothing.code, Code::NotFound { .. } | Code::DeniedOther), "{nothing:?}");
    let gone = app.install().facts("ghcr.io/octocat/hello:9", None, false, false).await.unwrap_err();
    assert!(matches!(gone.code, Code::NotFound { .. }), "{gone:?}");
    assert_eq!(gone.params()["reference"], "ghcr.io/octocat/hello:9");
    let asked = gone.technical.and_then(|technical| technical.credential);
    assert_eq!(
        asked.map(|account| account.username).as_deref(),
        Some("octocat"),
        "who may not see it is told"
    );
    let private = app.install().tags(PATH, true).await.unwrap_err();
    assert_eq!(private.code, Code::SignInRequired, "{private:?}");
    let odd = app.install().facts("ghcr.io", None, false, false).await.unwrap_err();
    assert!(matches!(odd.code, Code::FormProblem { .. }), "{odd:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_is_read_when_it_is_wanted_and_once() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    of_two_platforms(&stage, &app).await;
    stage.practice.forget_requests();
    let facts = async |platform, every| {
        app.install().facts("ghcr.io/octocat/hello:2.0", platform, every, false).await.unwrap()
    };
    let first = facts(Some("linux/amd64"), false).await;
    let names: Vec<_> = first.platforms.iter().map(|it| it.platform.as_str()).collect();
    assert_eq!(names, ["linux/amd64", "linux/arm64"]);
    assert!(first.platforms[0].size.is_some_and(|size| size.layers == 1 && size.bytes > 0));
    assert_eq!((first.platforms[1].size, first.all), (None, None));
    assert_eq!(reads(&stage), 2, "the index and the one that is wanted");
    assert_eq!(first.by_digest.as_ref().unwrap(), &format!("docker pull {PATH}@{}", first.digest));
    assert_eq!(facts(Some("linux/amd64"), false).await, first);
    assert_eq!(reads(&stage), 2);

    let all = facts(Some("linux/amd64"), true).await;
    let each: Vec<_> = all.platforms.iter().map(|it| it.size.unwrap().bytes).collect();
    assert_eq!(reads(&stage), 3);
    assert!(all.all.unwrap().bytes > each[0].max(each[1]), "{all:?}");
}

/// Else the page takes another platform than the one that a pasted command named.
#[tokio::test(flavor = "multi_thread")]
async fn the_platform_that_was_asked_for_is_found_by_its_variant_or_missed() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    of_two_platforms(&stage, &app).await;
    for (platform, wanted) in [
        (Some("linux/arm64"), Some(1)),
        (Some("linux/arm64/v8"), Some(1)),
        (Some("linux/amd64"), Some(0)),
        (Some("linux/riscv64"), None),
        (None, None),
    ] {
        let reference = "ghcr.io/octocat/hello:2.0";
        let facts = app.install().facts(reference, platform, false, false).await.unwrap();
        assert_eq!(facts.wanted, wanted, "{platform:?}");
    }
}

/// Else who was signed out goes on to see a private image, and is told that it is public.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_account_read_is_not_shown_to_somebody_without_it() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    published(&stage, &app, &["1.0"]).await;
    let tagged = format!("{PATH}:1.0");
    let digest = app.install().facts(&tagged, None, false, false).await.unwrap().digest;
    let by_digest = format!("{PATH}@{digest}");
    assert!(app.install().facts(&by_digest, None, false, false).await.is_ok());
    let unseen = app.install().facts(&by_digest, None, false, true).await.unwrap_err();
    assert_eq!(unseen.code, Code::SignInRequired, "{unseen:?}");
    let elsewhere = format!("ghcr.io/octocat/other@{digest}");
    let gone = app.install().facts(&elsewhere, None, false, false).await.unwrap_err();
    assert!(matches!(gone.code, Code::NotFound { .. } | Code::DeniedOther), "{gone:?}");
}

/// The bytes that are promised are those that the job counts.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_promised_is_what_comes() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    of_two_platforms(&stage, &app).await;
    published(&stage, &app, &["1.0"]).await;
    for (tag, platform, format) in [
        ("2.0", Some("linux/arm64"), FileFormat::DockerArchive),
        ("2.0", None, FileFormat::OciArchive),
        ("1.0", None, FileFormat::DockerArchive),
    ] {
        let reference = format!("{PATH}:{tag}");
        let facts = app.install().facts(&reference, platform, platform.is_none(), false).await.unwrap();
        let wanted = platform.map_or(facts.all.or(facts.platforms[0].size), |platform| {
            facts.platforms.iter().find(|it| it.platform == platform).unwrap().size
        });
        let wanted = wanted.unwrap();
        let file = stage.folder().join(format!("{tag}-{}.tar", platform.is_some()));
        let place = app.install().chosen_place(&file).id;
        let platforms = platform.map(str::to_owned).into_iter().collect();
        let wish =
            InstallWish { platforms, all_platforms: platform.is_none(), format, ..wish(&reference, place) };
        let Begun::Job { job } = app.install().begin(wish).await.unwrap() else { panic!("{tag} began") };
        let ended = watched(&app, job).await;
        assert_eq!(ended.progress.state, JobState::Done, "{:?}", ended.failure);
        // What was published from a file here, or fetched into one, is taken from there.
        let here = ended.install.and_then(|install| install.result).map(|result| result.here);
        assert_eq!(ended.progress.total + here.unwrap(), wanted.bytes, "{tag} {platform:?}");
        assert_eq!(here, Some(wanted.here), "it was told before");
        assert_eq!(ended.progress.layers_total, wanted.layers);
        assert!(!ended.platforms.is_empty() && ended.platforms[0].starts_with("linux/"));
        let installed = app.install().file(job).await.unwrap();
        let load = installed.docker_load.unwrap();
        assert!(installed.there && load.starts_with("docker load -i /"), "{load}");
        assert_eq!(installed.name, format!("{PATH}:{tag}"));
        assert_eq!(installed.loaded, Some(installed.name));
    }
}

/// The second time nothing is fetched, and nobody is asked about the folder that is there.
#[tokio::test(flavor = "multi_thread")]
async fn several_platforms_go_into_a_folder_that_is_added_to() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    of_platforms(&stage, &app, &["linux/amd64", "linux/arm64", "linux/s390x"]).await;
    let reference = format!("{PATH}:2.0");
    std::fs::write(stage.folder().join("mine.txt"), "mine").unwrap();
    let place = app.install().chosen_folder(stage.folder(), &reference).unwrap();
    let some = InstallWish {
        platforms: ["linux/amd64", "linux/s390x"].map(str::to_owned).into(),
        signatures: true,
        format: FileFormat::OciLayout,
        ..wish(&reference, place.id)
    };
    let began = async |wish: InstallWish| match app.install().begin(wish).await.unwrap() {
        Begun::Job { job } => job,
        other => panic!("{other:?}"),
    };
    let job = began(some.clone()).await;
    assert_eq!(end(&app, job).await, JobState::Done);
    let ended = watched(&app, job).await;
    assert_eq!(ended.platforms, some.platforms);
    let install = ended.install.unwrap();
    assert!(install.signatures && install.chosen[0].made, "{install:?}");
    let folder = stage.folder().join("hello-2.0");
    let index = std::fs::read_to_string(folder.join("index.json")).unwrap();
    assert!(index.contains(&install.result.unwrap().digest));
    let installed = app.install().file(job).await.unwrap();
    assert!(installed.there && installed.docker_load.is_none(), "{installed:?}");
    let from = format!("oci:{}:2.0", folder.display());
    let copied = format!("skopeo copy {from} containers-storage:{reference}");
    assert_eq!(installed.podman_load, Some(copied), "Podman would call it after the folder");
    if slipway_stage::registry::has_skopeo("several_platforms_go_into_a_folder_that_is_added_to") {
        let read = std::process::Command::new("skopeo").args(["inspect", "--raw", &from]).output().unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    }
    assert_eq!(app.install().path(job).await, Some(folder));

    let all = InstallWish { platforms: Vec::new(), all_platforms: true, ..some.clone() };
    let more = watched(&app, began(all).await).await;
    assert_eq!(more.progress.state, JobState::Done, "{:?}", more.failure);
    assert_eq!(more.platforms, ["linux/amd64", "linux/arm64", "linux/s390x"]);
    let facts = app.install().facts(&reference, None, true, false).await.unwrap();
    let install = more.install.unwrap();
    assert!(!install.chosen[0].made && install.result.unwrap().digest == facts.digest);
    assert!(more.progress.reused > 0 && more.progress.sent > 0, "{:?}", more.progress);
    // A place for a file is none for a folder.
    let file = app.install().chosen_place(&stage.folder().join("hello.tar")).id;
    let odd = app.install().begin(InstallWish { place: file, ..some }).await.unwrap_err();
    assert_eq!(odd.code, Code::Internal);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_is_asked_about_and_kept_beside_the_new_one() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    published(&stage, &app, &["1.0"]).await;
    // Where the last one went.
    app.install().chosen_place(&stage.folder().join("elsewhere.tar"));
    let reference = format!("{PATH}:1.0");
    let place = app.install().place(&reference, FileFormat::DockerArchive).unwrap();
    let (file, both) = (stage.folder().join("hello-1.0.tar"), stage.folder().join("hello-1.0 (2).tar"));
    std::fs::write(&file, "mine").unwrap();
    let wish = |existing| InstallWish { existing, ..wish(&reference, place.id) };
    let Begun::Exists { place: now } = app.install().begin(wish(Existing::Ask)).await.unwrap() else {
        panic!("it is there")
    };
    assert_eq!((now.id, now.both.as_str(), place.exists), (place.id, "hello-1.0 (2).tar", false));
    let begun = async |existing| match app.install().begin(wish(existing)).await.unwrap() {
        Begun::Job { job } => job,
        other => panic!("{other:?}"),
    };
    let job = begun(Existing::KeepBoth).await;
    assert_eq!(end(&app, job).await, JobState::Done);
    assert!(std::fs::read(&file).unwrap() == b"mine" && both.metadata().unwrap().len() > 100);
    let job = begun(Existing::Replace).await;
    assert_eq!(end(&app, job).await, JobState::Done);
    assert_eq!(file.metadata().unwrap().len(), both.metadata().unwrap().len());

    // The dialog asked about the file that is there, and about none that came later.
    let place = app.install().chosen_place(&file).id;
    let chosen = || InstallWish { place, ..wish(Existing::Ask) };
    let Begun::Job { job } = app.install().begin(chosen()).await.unwrap() else {
        panic!("it was asked about")
    };
    assert_eq!(end(&app, job).await, JobState::Done);
    assert!(matches!(app.install().begin(chosen()).await, Ok(Begun::Exists { .. })), "a second one is lost");

    // The same once more, as after a failure.
    std::fs::remove_file(&file).unwrap();
    assert!(!app.install().file(job).await.unwrap().there && app.install().path(job).await.is_none());
    let again = app.install().again(job).await.unwrap();
    assert!(again != job && end(&app, again).await == JobState::Done && file.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_image_comes_without_an_account_though_one_is_there() {
    let stage = Stage::set().await;
    published(&stage, &stage.signed_in(), &["1.0"]).await;
    stage.practice.set_visibility("octocat/hello", practice::Visibility::Public).unwrap();
    let app = stage.signed_in();
    stage.practice.forget_requests();
    let place = app.install().chosen_place(&stage.folder().join("hello.tar")).id;
    let wish = InstallWish { anonymous: true, ..wish(&format!("{PATH}:1.0"), place) };
    let Begun::Job { job } = app.install().begin(wish).await.unwrap() else { panic!("it begins") };
    assert_eq!(end(&app, job).await, JobState::Done);
    assert!(watched(&app, job).await.install.unwrap().anonymous);
    assert!(stage.practice.requests().iter().all(|request| request.user.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_pasted_is_read_or_refused_with_the_rule() {
    let stage = Stage::set().await;
    let app = stage.start();
    let wish = app.install().read_pasted("docker pull --platform linux/arm64 ghcr.io/octocat/hello:1.0");
    let wish = wish.wish.unwrap();
    assert_eq!((wish.repository.as_str(), wish.tag.as_deref()), (PATH, Some("1.0")));
    assert_eq!((wish.platform.as_deref(), wish.legacy), (Some("linux/arm64"), false));
    let refused = app.install().read_pasted("ghcr.io/Octocat/hello").problem.unwrap();
    assert_eq!(refused.fix.as_deref(), Some(PATH));
    let nothing = app.install().read_pasted("  ");
    assert!(nothing.wish.is_none() && nothing.problem.is_none());
}

//! Builds from Dockerfiles, by an engine's double.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use slipway_app::view::{
    AfterBuildView, BuildArgument, BuildHow, BuildProgressView, BuildRunView, BuildSecret, BuildSecretFrom,
    BuildState, BuildStepState, BuildStepView, BuildUpdate, BuildWish, Code, Engine, JobId, JobKind,
    JobState,
};
use slipway_app::{BuildOptions, Finders, SecretFrom, Setup, Slipway};
use slipway_stage::engine::{self, Fault, Like, Told};
use slipway_stage::tar::Tar;
use slipway_stage::{digest, image, until};

use crate::{Stage, all, end, watched};

/// Every value that must be told nowhere holds it.
const CANARY: &str = "canary-7f3a";

const DOCKERFILE: &str = "# comment\nARG NODE_VERSION=24\nFROM node:${NODE_VERSION} AS deps\nRUN npm ci\n\
    FROM deps AS build\nRUN --mount=type=secret,id=NPM_TOKEN npm run build\n";

/// A practice registry, an engine, and a folder to build.
struct Set {
    stage: Stage,
    docker: engine::Engine,
    podman: engine::Engine,
    folder: tempfile::TempDir,
    app: Arc<Slipway>,
}

impl Set {
    async fn up() -> Self {
        let (docker, podman) = (engine::Engine::start(Like::Docker), engine::Engine::start(Like::Podman));
        let stage = Stage::set().await;
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("Dockerfile", DOCKERFILE),
            ("Dockerfile.small", "FROM scratch"),
            (".dockerignore", "node_modules\n"),
            ("index.js", "1"),
            ("node_modules/a.js", "2"),
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let others = stage.environment();
        let (docker_host, podman_host) = (docker.host(), podman.host());
        let get = move |name: &str| match name {
            "DOCKER_HOST" => Some(docker_host.clone()),
            "CONTAINER_HOST" => Some(podman_host.clone()),
            "NPM_TOKEN" => Some(CANARY.to_owned()),
            _ => others(name),
        };
        let setup = Setup::read(get, Finders::None).unwrap();
        let setup = Setup { keychain: stage.keychain.clone(), in_window: true, ..setup };
        let app = Arc::new(Slipway::new(setup));
        Self { stage, docker, podman, folder, app }
    }

    fn options(&self) -> BuildOptions {
        BuildOptions { folder: self.folder.path().to_owned(), ..BuildOptions::default() }
    }

    /// What the window wants of the folder.
    async fn wish(&self) -> BuildWish {
        let folder = self.app.builds().chosen(self.folder.path()).await;
        BuildWish {
            folder: folder.folder,
            dockerfile: folder.dockerfile.unwrap(),
            target: String::new(),
            platforms: Vec::new(),
            arguments: Vec::new(),
            secrets: Vec::new(),
            engine: Engine::Docker,
            publish: String::new(),
        }
    }

    /// Everything that stands in Slipway's directory.
    fn kept(&self) -> String {
        fn read(folder: &Path, all: &mut Vec<u8>) {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                if entry.path().is_dir() {
                    read(&entry.path(), all);
                } else {
                    all.extend(std::fs::read(entry.path()).unwrap_or_default());
                }
            }
        }
        let home = PathBuf::from(self.stage.environment()("SLIPWAY_HOME").unwrap());
        let mut all = Vec::new();
        read(&home, &mut all);
        String::from_utf8_lossy(&all).into_owned()
    }
}

/// A Docker archive of one layer.
fn archive() -> Vec<u8> {
    archive_of("built")
}

fn archive_of(text: &str) -> Vec<u8> {
    let layer = image::layer(text);
    let config = image::config_of("linux/amd64", &[digest(&layer)]).to_string().into_bytes();
    let (member, of_layer) =
        (format!("{}.json", &digest(&config)[7..]), format!("{}.tar", &digest(&layer)[7..]));
    let entry = serde_json::json!([{"Config": member, "RepoTags": null, "Layers": [of_layer]}]).to_string();
    let tar = Tar::default().file(&of_layer, &layer).file(&member, &config);
    tar.file("manifest.json", entry.as_bytes()).end()
}

/// A build as a view saw it.
#[derive(Default)]
struct Seen {
    first: Option<BuildRunView>,
    last: Option<BuildProgressView>,
    steps: Vec<BuildStepView>,
    lines: Vec<(u32, String)>,
    /// Everything that crossed.
    text: String,
}

async fn seen(app: &Slipway, job: JobId) -> Seen {
    let mut seen = Seen::default();
    app.builds()
        .watch(job, |update| {
            seen.text.push_str(&serde_json::to_string(&update).unwrap());
            let (progress, steps, lines) = match update {
                BuildUpdate::Snapshot { build, lines } => {
                    seen.first = Some((*build).clone());
                    (build.progress.clone(), build.steps, lines)
                }
                BuildUpdate::Progress { progress, steps, lines, .. } => (*progress, steps, lines),
            };
            seen.last = Some(progress);
            for step in steps {
                seen.steps.retain(|known| known.number != step.number);
                seen.steps.push(step);
            }
            seen.lines.extend(lines.into_iter().map(|line| (line.step, line.text)));
            true
        })
        .await;
    seen.steps.sort_by_key(|step| step.number);
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_says_what_can_be_built_of_it() {
    let set = Set::up().await;
    let view = set.app.builds().chosen(set.folder.path()).await;
    assert_eq!(view.dockerfiles, ["Dockerfile", "Dockerfile.small"]);
    assert_eq!((view.dockerfile.as_deref(), view.failure.clone()), (Some("Dockerfile"), None));
    assert_eq!(
        (view.stages, view.secrets),
        (vec!["deps".to_owned(), "build".to_owned()], vec!["NPM_TOKEN".to_owned()])
    );
    assert_eq!(
        (view.arguments[0].name.as_str(), view.arguments[0].default.as_deref()),
        ("NODE_VERSION", Some("24"))
    );
    let size = set.app.builds().size(view.folder, "Dockerfile").await.unwrap();
    assert_eq!((size.files, size.left_out), (4, 1), "node_modules stays here");
    let small = set.app.builds().look(view.folder, "Dockerfile.small").await.unwrap();
    assert!(small.stages.is_empty() && small.failure.is_none());
    let engine = set.app.builds().engine(Engine::Docker, view.folder, "Dockerfile").await.unwrap();
    assert_eq!((engine.name.as_str(), engine.secrets), ("Docker 20.10.24", true));
    assert_eq!(
        (engine.platforms[0].platform.as_str(), engine.platforms[0].how),
        ("linux/amd64", BuildHow::Native)
    );
    let engine = set.app.builds().engine(Engine::Docker, view.folder, "Dockerfile.small").await.unwrap();
    assert!(engine.platforms.iter().all(|it| it.how == BuildHow::Native), "nothing of it runs: {engine:?}");
    assert!(!set.app.builds().engine(Engine::Podman, view.folder, "Dockerfile").await.unwrap().secrets);
    let empty = tempfile::tempdir().unwrap();
    let none = set.app.builds().chosen(empty.path()).await;
    assert!(matches!(none.failure.unwrap().code, Code::BuildNoDockerfile { .. }));
    let outside = set.app.builds().look(view.folder, "../Dockerfile").await.unwrap();
    assert!(outside.failure.is_some() && outside.stages.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_is_told_step_by_step_and_kept_without_values() {
    let set = Set::up().await;
    let told = [
        Told::Cached("[deps 1/2] FROM node:26-canary-7f3a-alpine"),
        Told::Runs("[deps 2/2] RUN npm ci"),
        Told::Logs("\u{1b}[31mfetched\u{1b}[0m"),
        Told::Done,
        Told::Runs("[build 1/1] RUN npm run build"),
        Told::Secret("NPM_TOKEN"),
        Told::Done,
    ];
    set.docker.will_build(&told, &archive());
    let mut wish = set.wish().await;
    wish.arguments =
        vec![BuildArgument { name: "NODE_VERSION".to_owned(), value: format!("26-{CANARY}-alpine") }];
    let from = BuildSecretFrom::Environment { variable: "NPM_TOKEN".to_owned() };
    wish.secrets = vec![BuildSecret { id: "NPM_TOKEN".to_owned(), from }];
    let command = set.app.builds().command(wish.clone()).unwrap();
    assert!(command.contains("--secret id=NPM_TOKEN,env=NPM_TOKEN"), "{command}");
    let job = set.app.builds().begin(wish).await.unwrap();
    let seen = seen(&set.app, job).await;
    let last = seen.last.unwrap();
    assert_eq!(last.state, BuildState::Done, "{:?} {:?}", last.failure, last.failed);
    let steps: Vec<_> =
        seen.steps.iter().map(|it| (it.stage.as_str(), it.instruction.as_str(), it.state)).collect();
    assert_eq!(
        steps,
        [
            ("deps", "FROM node:${NODE_VERSION}", BuildStepState::Cached),
            ("deps", "RUN npm ci", BuildStepState::Done),
            ("build", "RUN npm run build", BuildStepState::Done),
        ]
    );
    assert_eq!(seen.lines, [(1, "fetched".to_owned()), (2, "***".to_owned())]);
    assert_eq!((last.step, last.steps), (3, 3));
    let result = last.result.unwrap();
    assert_eq!((result.ids.len(), result.steps, result.cached), (1, 3, 1));
    let asked = set.docker.asked_builds();
    assert!(asked[0].arguments.contains(CANARY), "the engine got it");
    assert!(
        asked[0].files.contains(&"index.js".to_owned())
            && !asked[0].files.contains(&"node_modules/a.js".to_owned())
    );
    assert!(!seen.text.contains(CANARY), "{}", seen.text);
    assert_eq!(end(&set.app, job).await, JobState::Done);
    let kept = watched(&set.app, job).await;
    let build = kept.build.clone().unwrap();
    assert_eq!(
        (kept.kind, build.arguments, build.secrets),
        (JobKind::Build, vec!["NODE_VERSION".to_owned()], vec!["NPM_TOKEN".to_owned()])
    );
    assert_eq!((kept.progress.layers_done, kept.progress.layers_total), (3, 3));
    set.app.activity().settle().await;
    assert!(set.kept().contains("npm") || set.kept().contains("NPM_TOKEN"), "the history is looked at");
    assert!(!set.kept().contains(CANARY));
    assert!(!set.app.diagnostics().report().await.contains(CANARY));
    assert!(!format!("{kept:?}").contains(CANARY));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_told_with_its_step_line_and_last_lines() {
    let set = Set::up().await;
    let mut told = vec![Told::Cached("[deps 1/2] FROM node:24"), Told::Runs("[deps 2/2] RUN npm ci")];
    told.extend([Told::Logs("not this one"); 1]);
    told.extend((0..20).map(|_| Told::Logs("last")));
    told.push(Told::Fails("process \"/bin/sh -c npm ci\" did not complete successfully: exit code: 3"));
    set.docker.will_build(&told, &archive());
    let job = set.app.builds().begin(set.wish().await).await.unwrap();
    let seen = seen(&set.app, job).await;
    let last = seen.last.unwrap();
    let failed = last.failed.unwrap();
    assert_eq!((last.state, failed.step, failed.line), (BuildState::Failed, Some(1), Some(4)));
    assert_eq!(seen.steps[1].state, BuildStepState::Failed);
    assert_eq!(set.app.builds().last_lines(job), vec!["last"; 20]);
    let failure = last.failure.unwrap();
    let expected =
        Code::BuildFailed { engine: "Docker".to_owned(), file: "Dockerfile".to_owned(), line: Some(4) };
    assert_eq!(failure.code, expected);
    // The engine's words may hold values: they are shown and not kept.
    assert!(failed.message.contains("exit code: 3") && !failure.message.contains("npm"));
    set.podman
        .will_build(&[Told::Runs("RUN npm ci"), Told::Logs("x"), Told::Fails("exit status 3")], &archive());
    let options = BuildOptions { engine: Some(Engine::Podman), ..set.options() };
    let job = set.app.builds().build(&options).await.unwrap();
    let seen = seen_of_podman(&set.app, job).await;
    assert_eq!(seen, (Some(0), Some(4)), "a plain stream is no worse");
    set.docker
        .will_build(&[Told::Refuses("dockerfile parse error line 2: unknown instruction: FORM")], &archive());
    let job = set.app.builds().begin(set.wish().await).await.unwrap();
    let view = watched(&set.app, job).await;
    assert!(matches!(view.failure.unwrap().code, Code::BuildFailed { line: Some(2), .. }));
    assert!(set.app.builds().last_lines(job).is_empty());
}

async fn seen_of_podman(app: &Slipway, job: JobId) -> (Option<u32>, Option<u32>) {
    let failed = seen(app, job).await.last.unwrap().failed.unwrap();
    (failed.step, failed.line)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_is_cancelled_ends_at_the_engine_and_cannot_be_paused() {
    let set = Set::up().await;
    set.docker.will_build(&[Told::Runs("[a 1/1] RUN sleep 1000"), Told::Hangs], &archive());
    let job = set.app.builds().begin(set.wish().await).await.unwrap();
    let app = Arc::clone(&set.app);
    let mut pressed = false;
    let (mut last, mut step) = (None, None);
    app.builds()
        .watch(job, |update| {
            let (progress, steps) = match update {
                BuildUpdate::Snapshot { build, .. } => (build.progress.clone(), build.steps),
                BuildUpdate::Progress { progress, steps, .. } => (*progress, steps),
            };
            step = steps.into_iter().next_back().or(step.take());
            last = Some(progress.state);
            if progress.state == BuildState::Building && !pressed {
                pressed = true;
                app.activity().pause(job);
                app.activity().cancel_running(job);
            }
            true
        })
        .await;
    assert_eq!((last, step.unwrap().state), (Some(BuildState::Cancelled), BuildStepState::Cancelled));
    until("the end at the engine", || set.docker.ended_builds() > 0).await;
    assert_eq!(end(&set.app, job).await, JobState::Cancelled);
    assert!(!set.app.activity().history(&all()).await.rows[0].repeatable);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_built_is_published_unless_something_speaks_against_it() {
    let set = Set::up().await;
    let told = [Told::Runs("[a 1/1] COPY . ."), Told::Done];
    let destination = "ghcr.io/octocat/octo-app:3.0.0";
    // Nobody is signed in.
    set.docker.will_build(&told, &archive());
    let wish = BuildWish { publish: destination.to_owned(), ..set.wish().await };
    let job = set.app.builds().begin(wish.clone()).await.unwrap();
    let waits = seen(&set.app, job).await;
    assert_eq!(waits.first.unwrap().name, "octo-app");
    let last = waits.last.unwrap();
    assert_eq!(last.state, BuildState::Done);
    assert!(matches!(&last.after, AfterBuildView::Waits { .. }), "{:?}", last.after);
    assert_eq!(set.app.activity().history(&all()).await.rows.len(), 1, "nothing was begun");
    #[cfg(target_os = "linux")]
    assert_eq!(set.stage.spooled(), 0, "what came out of the engine for the look takes no room");
    set.stage.sign_in(&set.app, "publish");
    set.docker.will_build(&told, &archive());
    let job = set.app.builds().begin(wish).await.unwrap();
    let seen = seen(&set.app, job).await;
    let AfterBuildView::Publishes { job: published } = seen.last.unwrap().after else { panic!("it waits") };
    let published = watched(&set.app, published).await;
    assert_eq!(published.progress.state, JobState::Done, "{:?}", published.failure);
    assert_eq!(published.reference, destination);
    assert_eq!(set.docker.asked_builds()[1].names, [destination]);
    let (_, ids) = set.app.builds().images(job).unwrap();
    assert!(set.docker.names(&ids[0]).contains(&destination.to_owned()));
}

/// Nobody publishes what somebody took back while it was looked into.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_publish_is_given_up_while_it_is_looked_into() {
    let set = Set::up().await;
    set.stage.sign_in(&set.app, "publish");
    let large = archive_of(&"x".repeat(200_000));
    set.docker.will_build(&[Told::Runs("[a 1/1] COPY . ."), Told::Done], &large);
    // The image comes out of the engine for the pre-flight, and is on its way.
    set.docker.fails(Fault::Waits(100 << 10));
    let wish = BuildWish { publish: "ghcr.io/octocat/octo-app:3.0.0".to_owned(), ..set.wish().await };
    let job = set.app.builds().begin(wish).await.unwrap();
    let app = Arc::clone(&set.app);
    let watching = tokio::spawn(async move { seen(&app, job).await.last.unwrap().after });
    until("the export", || set.stage.spooled() == 1).await;
    set.app.builds().set_publish(job, "").unwrap();
    assert_eq!(watching.await.unwrap(), AfterBuildView::Nothing);
    until("the end of the export", || set.stage.spooled() == 0).await;
    set.docker.fails(None);

    // Whoever wants it after all publishes it once.
    let wanted = "ghcr.io/octocat/octo-app:3.0.1";
    set.app.builds().publish(job, wanted).unwrap();
    let AfterBuildView::Publishes { job: published } = seen(&set.app, job).await.last.unwrap().after else {
        panic!("it waits")
    };
    assert_eq!(watched(&set.app, published).await.reference, wanted);
    until("the end of the looks", || set.stage.spooled() == 0).await;
    let rows = set.app.activity().history(&all()).await.rows;
    let kinds: Vec<_> = rows.iter().map(|row| (row.kind, &*row.reference)).collect();
    let given_up = (JobKind::Build, "ghcr.io/octocat/octo-app:3.0.0");
    assert_eq!(kinds, [(JobKind::Publish, wanted), given_up], "the build, and what was wanted in the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_several_platforms_is_built() {
    let set = Set::up().await;
    let told = [Told::Runs("[a 1/1] COPY . ."), Told::Done];
    set.docker.will_build(&told, &archive());
    set.docker.will_build(&told, &archive());
    let platforms = vec!["linux/amd64".to_owned(), "linux/arm64".to_owned()];
    let reference = Some("ghcr.io/octocat/octo-app:3.0.0".parse().unwrap());
    let options = BuildOptions { platforms: platforms.clone(), reference, ..set.options() };
    let job = set.app.builds().build(&options).await.unwrap();
    let seen = seen(&set.app, job).await;
    let stages: Vec<_> = seen.steps.iter().map(|step| step.stage.as_str()).collect();
    assert_eq!(stages, ["linux/amd64 a", "linux/arm64 a"]);
    assert_eq!(seen.last.unwrap().result.unwrap().ids.len(), 2);
    let asked = set.docker.asked_builds();
    assert_eq!(asked.iter().map(|build| build.platform.clone()).collect::<Vec<_>>(), platforms);
    assert!(asked.iter().all(|build| build.names.is_empty()), "one name is no name of two images");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_built_is_said_before_a_job_begins() {
    let set = Set::up().await;
    let refused = async |options: BuildOptions| set.app.builds().build(&options).await.unwrap_err().code;
    let secret = |from| BuildOptions { secrets: vec![("a".to_owned(), from)], ..set.options() };
    let gone = secret(SecretFrom::Environment("NONE".to_owned()));
    assert!(matches!(refused(gone).await, Code::BuildSecret { .. }));
    let there = secret(SecretFrom::Environment("NPM_TOKEN".to_owned()));
    let podman = BuildOptions { engine: Some(Engine::Podman), ..there };
    assert!(matches!(refused(podman).await, Code::BuildNoSecrets { .. }));
    let none = BuildOptions { dockerfile: Some("none".to_owned()), ..set.options() };
    assert!(matches!(refused(none).await, Code::BuildNoDockerfile { .. }));
    assert!(set.docker.asked_builds().is_empty() && set.podman.asked_builds().is_empty());
    let wish = BuildWish { folder: 5, ..set.wish().await };
    assert_eq!(set.app.builds().begin(wish).await.unwrap_err().code, Code::Internal, "nobody chose it");
}

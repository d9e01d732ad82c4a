//! What the page's stand-in hands out: views of a real publish to the practice registry, as the app made them. The page's
//! tests stand on it, so what Rust does not make is not tested there.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Value, json};
use slipway_app::Slipway;
use slipway_app::view::{
    About, AccountView, Bytes, Code, CredentialSource, Draft, FailureView, Flag, JobId, JobState, JobUpdate,
    JobView, MadeFor, NewAccount, Remedy, TechnicalView, TokenFrom,
};
use slipway_stage::image::{OCI_GZIP, Oci, config_of};

use crate::{Stage, all, as_committed, end, reaches, watched};

/// What made the image's layers, and how many bytes each has.
const STEPS: [(&str, usize); 6] = [
    ("ADD rootfs.tar.xz /", 28_200_000),
    ("RUN apt-get install -y ca-certificates", 7_400_000),
    ("RUN useradd node", 600_000),
    ("RUN npm ci --omit=dev", 9_700_000),
    ("COPY app/ /srv/app/", 2_700_000),
    ("COPY config.json /srv/app/", 100_000),
];

/// The steps of the image that `latest` names before.
const BEFORE: [usize; 4] = [0, 1, 2, 5];

/// Times, seconds since 1970.
const WHEN: i64 = 1_790_000_000;

/// Names of requests.
const REQUEST: &str = "C559:34E8D2:158A23A:18442CA";

/// An archive of the image, and one of the image before.
fn archives(folder: &Path) -> [PathBuf; 2] {
    let layers = STEPS.map(|(_, size)| slipway_stage::gzip_of(size));
    let write = |name: &str, steps: &[usize], tags: &[&str]| {
        let mut oci = Oci::default();
        let digests: Vec<_> = steps.iter().map(|step| slipway_stage::digest(&layers[*step].1)).collect();
        let mut config = config_of("linux/amd64", &digests);
        config["created"] = json!("2026-09-21T12:11:40Z");
        config["config"]["Cmd"] = json!(["node", "server.js"]);
        config["history"] = steps.iter().map(|step| json!({"created_by": STEPS[*step].0})).collect();
        let blobs = steps.iter().map(|step| oci.blob(OCI_GZIP, &layers[*step].0)).collect();
        let manifest = oci.manifest(config.to_string().as_bytes(), blobs);
        let roots = tags.iter().map(|tag| {
            let mut root = manifest.clone();
            root["annotations"] =
                json!({"io.containerd.image.name": format!("docker.io/library/monalisa:{tag}")});
            root
        });
        let roots: Vec<_> = roots.collect();
        oci.write(folder.join(name), &roots)
    };
    [
        write("monalisa-2.4.0.tar", &[0, 1, 2, 3, 4, 5], &["2.4.0", "latest"]),
        write("monalisa-2.3.1.tar", &BEFORE, &["latest"]),
    ]
}

/// A stage on which `latest` names the image before, and Slipway as it starts for the first time.
struct Scene {
    stage: Stage,
    app: Arc<Slipway>,
    file: PathBuf,
}

impl Scene {
    async fn set() -> Self {
        let stage = Stage::set().await;
        let [file, before] = archives(stage.folder());
        let app = stage.signed_in();
        let mut draft = app.images().open_path(&before, owned(&app)).await.unwrap().draft;
        draft.versions = vec!["latest".to_owned()];
        let job = app.publish().start(&draft).await.unwrap();
        assert_eq!(end(&app, job).await, JobState::Done);
        drop(app);
        // Whoever publishes now knows nothing of that.
        std::fs::remove_dir_all(stage.home()).unwrap();
        Self { app: stage.signed_in(), stage, file }
    }

    fn folder(&self) -> String {
        self.stage.folder().to_string_lossy().into_owned()
    }

    /// A job as it is now.
    async fn job(&self, job: JobId) -> JobView {
        let mut view = None;
        let look = |update| {
            if let JobUpdate::Snapshot { job } = update {
                view = Some(*job);
            }
            false
        };
        self.app.activity().watch(job, look).await;
        view.unwrap()
    }
}

/// A form of whoever publishes for octo-org.
fn owned(app: &Slipway) -> Draft {
    Draft { owner: "octo-org".to_owned(), ..app.start().draft }
}

/// The form with a second version.
fn with_latest(draft: Draft) -> Draft {
    Draft { versions: vec!["2.4.0".to_owned(), "latest".to_owned()], ..draft }
}

/// What a running job is at the moment that the stand-in shows: what it has sent depends on the computer.
fn moment(job: &mut Value) {
    let progress = &mut job["progress"];
    for (name, value) in [("sent", 7_700_000), ("kept", 7_700_000), ("percent", 62), ("layersDone", 4)] {
        progress[name] = json!(value);
    }
    let running = progress["state"] == "sending";
    for (name, value) in [("speed", 1_300_000), ("secondsLeft", 4)] {
        progress[name] = if running { json!(value) } else { Value::Null };
    }
    for (layer, state, percent) in [(3, "uploading", 75), (4, "waiting", 0)] {
        job["layers"][layer]["state"] = json!(state);
        job["layers"][layer]["percent"] = json!(percent);
    }
    job["log"].as_array_mut().unwrap().truncate(1);
}

/// The same on every computer and at every time: this is the one place where values are replaced.
fn fixed(value: &mut Value, folders: &[String]) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| fixed(value, folders)),
        Value::Object(fields) => {
            for (name, value) in fields {
                let number = match name.as_str() {
                    "started" | "when" | "checkedAt" | "time" => Some(WHEN),
                    "ended" => Some(WHEN + 10),
                    "readMs" => Some(14),
                    "durationMs" => Some(9_800),
                    "atMs" => Some(0),
                    "id" | "job" | "file" => Some(1),
                    _ => None,
                };
                match number.filter(|_| value.is_number()) {
                    Some(number) => *value = json!(number),
                    None if name == "requestId" && value.is_string() => *value = json!(REQUEST),
                    None if name == "overridden" => {
                        *value = if value.is_boolean() { json!(false) } else { Value::Null };
                    }
                    None => fixed(value, folders),
                }
            }
        }
        Value::String(text) => {
            *text = folders.iter().fold(text.clone(), |text, folder| text.replace(folder, "/home/octocat"));
        }
        _ => {}
    }
}

/// Failures of every kind that the page shows in a way of its own, with what helps, as the app says it: of whoever
/// publishes `octo-org/hello` as octocat.
fn failures() -> Vec<FailureView> {
    let host = || "ghcr.io".to_owned();
    let layer = Code::FileUnpacks {
        member: "layer.tar".to_owned(),
        size: Bytes(781),
        limit: Bytes(268_435_456),
        file: None,
    };
    let proxy = Code::NetworkProxy { host: host(), proxy: "proxy.example.com:8080".to_owned() };
    let realm = Code::RealmElsewhere { realm: "auth.example.org".to_owned(), built_in: Flag(false) };
    let scopes = "permission_denied: The token provided does not match expected scopes.";
    let unknown = "unauthenticated: User cannot be authenticated with the token provided.";
    let created = "installation not allowed to Create organization package";
    let parts = "docker image push is only supported with a tag of the format :owner/:repo_name/:image_name";
    let asked = "Your request could not be authenticated by the GitHub Packages service.";
    let billing =
        "denied: Encountered a billing-related error. Please verify the billing status for this account.";
    let taken = "Docker image with name \"hello\" is already associated with another repository under owner \"octo-org\"";
    let examples = [
        (Code::DeniedPackageRole, 403, "permission_denied: write_package"),
        (Code::DeniedScope, 403, scopes),
        (Code::DeniedCredential, 403, "denied"),
        (Code::SignInRequired, 401, "denied"),
        (Code::Unauthenticated, 401, unknown),
        (Code::DeniedOrgCreate { token: Some(MadeFor::App) }, 403, created),
        (Code::OwnerNotFound, 404, "not_found: owner not found"),
        (Code::SsoRequired, 403, "denied"),
        (Code::RateLimited, 429, "retry-after: 10.305464ms, allowed: 2000/minute"),
        (Code::BlobMissing { digest: None, layer: Some(4) }, 400, "blob unknown to registry"),
        (Code::LegacyNameForm, 404, parts),
        (Code::LegacyUnauthorized, 401, asked),
        (Code::LegacyBilling, 403, billing),
        (Code::LegacyPlan, 403, "denied"),
        (Code::LegacyNameTaken, 400, taken),
        (Code::NetworkUnreachable { host: host() }, 0, ""),
        (realm, 0, ""),
        (layer, 0, ""),
        (proxy, 407, "Proxy Authentication Required"),
        (Code::Cancelled, 0, ""),
    ];
    examples.into_iter().map(|(code, status, said)| failure(code, status, said)).collect()
}

fn failure(code: Code, status: u16, said: &str) -> FailureView {
    let text = |text: &str| Some(text.to_owned());
    let (registry, owner) = match &code {
        Code::RealmElsewhere { .. } => ("nvcr.io", "octo-org"),
        Code::OwnerNotFound => ("ghcr.io", "octo-orgg"),
        code if code.as_str().starts_with("legacy") => ("docker.pkg.github.com", "octo-org"),
        _ => ("ghcr.io", "octo-org"),
    };
    let about = About {
        registry: text(registry),
        host: text("ghcr.io"),
        owner: text(owner),
        package: text("octo-org/hello"),
        username: text("octocat"),
        ..About::default()
    };
    let technical = (status > 0).then(|| TechnicalView {
        request: text("POST /v2/octo-org/hello/blobs/uploads/"),
        host: None,
        status: Some(status),
        registry_code: text("DENIED"),
        message: text(said),
        request_id: text(REQUEST),
        credential: Some(AccountView { username: "octocat".to_owned(), source: CredentialSource::ThisRun }),
        time: WHEN,
    });
    let mut view = FailureView { about, technical, ..FailureView::new(code, said) };
    if view.code == Code::OwnerNotFound {
        view.help.insert(0, Remedy::UseOwner { owner: "octo-org".to_owned() });
    }
    view
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stand_in_hands_out_what_the_app_makes() {
    let scene = Scene::set().await;
    let app = &scene.app;
    let start = app.start();
    let opened = app.images().open_path(&scene.file, owned(app)).await.unwrap();
    let draft = with_latest(opened.draft.clone());
    let form = app.form().check(&draft).unwrap();
    let preflight = app.publish().preflight(&draft).await.unwrap();
    let differences = app.publish().differences(&draft, "latest", None).await.unwrap();

    // Refused at first, then on its way, paused, and done.
    let refuse = |package: &str| {
        scene.stage.practice.switches().change(|switches| {
            switches.deny_package.clear();
            switches.deny_package.extend((!package.is_empty()).then(|| package.to_owned()));
        });
    };
    refuse("octo-org/monalisa");
    let job = app.publish().start(&draft).await.unwrap();
    let mut failed = json!(watched(app, job).await);
    // Which of several requests was refused first.
    failed["failure"]["message"] = json!("the registry refused the upload");
    failed["failure"]["technical"]["request"] = json!("POST /v2/octo-org/monalisa/blobs/uploads/");
    failed["log"].as_array_mut().unwrap().truncate(1);
    refuse("");

    scene.stage.hold();
    let job = app.publish().start(&draft).await.unwrap();
    // Until all that is there already is counted.
    let there: usize = BEFORE.iter().map(|step| STEPS[*step].1).sum();
    let planned = |update| {
        let progress = match update {
            JobUpdate::Snapshot { job } => job.progress,
            JobUpdate::Progress { progress, .. } => progress,
        };
        progress.state != JobState::Sending || progress.reused < there as u64
    };
    app.activity().watch(job, planned).await;
    let mut running = json!(scene.job(job).await);
    let mut row = json!(app.activity().queue().await.remove(0));
    app.activity().pause(job);
    reaches(app, job, JobState::Paused).await;
    let mut paused = json!(scene.job(job).await);
    moment(&mut running);
    moment(&mut paused);
    row["progress"] = running["progress"].clone();
    app.activity().cancel(job).await;
    assert_eq!(end(app, job).await, JobState::Cancelled);
    let before = scene.folder();
    drop(scene);

    let scene = Scene::set().await;
    let app = &scene.app;
    let draft = with_latest(app.images().open_path(&scene.file, owned(app)).await.unwrap().draft);
    let job = app.publish().start(&draft).await.unwrap();
    assert_eq!(end(app, job).await, JobState::Done);
    let mut done = json!(scene.job(job).await);
    done["log"].as_array_mut().unwrap().truncate(1);
    let over = app.activity().history(&all()).await.rows.remove(0);
    let recent = app.activity().recent().await;
    let workflow = app.afterwards().workflow(job).await.unwrap();
    let account = NewAccount {
        host: "github.com".to_owned(),
        token: TokenFrom::Typed { token: SecretString::from(scene.stage.token_called("organizations")) },
        username: String::new(),
        keep: true,
        anyway: false,
    };
    let accounts = app.accounts().add(account).await.unwrap().accounts;

    let fixtures = [
        ("opened", "OpenedView", json!(opened)),
        ("form", "FormView", json!(form)),
        ("preflight", "PreflightView", json!(preflight)),
        ("differences", "DifferencesView", json!(differences)),
        ("running", "JobView", running),
        ("paused", "JobView", paused),
        ("done", "JobView", done),
        ("failed", "JobView", failed),
        ("row", "JobRow", row),
        ("over", "JobRow", json!(over)),
        ("recents", "RecentView[]", json!(recent)),
        ("workflow", "string", json!(workflow)),
        ("settings", "SettingsView", json!(start.settings)),
        ("registries", "RegistryView[]", json!(start.registries)),
        ("draft", "Draft", json!(start.draft)),
        ("hosts", "HostView[]", json!(app.hosts().view())),
        ("accounts", "AccountsView", json!(accounts)),
        ("failures", "FailureView[]", json!(failures())),
    ];
    let folders = [before, scene.folder()];
    let mut types: Vec<_> = fixtures.iter().map(|(_, name, _)| name.trim_end_matches("[]")).collect();
    types.sort_unstable();
    types.dedup();
    types.retain(|name| *name != "string");
    let mut text = format!(
        "// Made by crates/app/tests/it/fixtures.rs, which runs the app against the practice registry. Do not edit.\n\n\
         import type {{ {} }} from '../bindings/view';\n",
        types.join(", ")
    );
    for (name, of, mut value) in fixtures {
        fixed(&mut value, &folders);
        let value = serde_json::to_string_pretty(&value).unwrap();
        writeln!(text, "\nexport const {name}: {of} = {value};").unwrap();
    }
    as_committed("ui/src/backend/fixtures.ts", &text);
}

//! A container engine that is none: it speaks as much of the Engine API as Slipway does, has the images that a test
//! gives it, and fails as told.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::building::{self, Session};
pub use crate::building::{Asked as AskedBuild, Told};
use crate::digest;
use crate::tar::Tar;

/// Which engine it is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Like {
    /// Docker 20.10 with overlay2.
    Docker,
    /// Podman 4.3.
    Podman,
}

/// How it fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The connection of an export ends after so many bytes.
    Cut(usize),
    /// An export ends well after so many bytes, without the end of its tar.
    Short(usize),
    /// After so many bytes of an export comes an object that says this.
    Says(usize, &'static str),
    /// An export sends so many bytes and then nothing, until [`Engine::go_on`].
    Waits(usize),
    /// A load is answered with this error, the status is 200.
    Load(&'static str),
    /// A load is answered with this status and message before its body is read.
    Refuses(u16, &'static str),
    /// A load that says nothing at all.
    Mute,
    /// A load waits before it takes anything, until [`Engine::go_on`].
    Holds,
    /// It goes away in the middle of a load, after so many bytes.
    Leaves(usize),
    /// A question whose path contains the first is answered with this status and body.
    Answers(&'static str, u16, String),
}

/// An image that it has.
#[derive(Debug, Clone)]
struct Held {
    names: Vec<String>,
    tar: Vec<u8>,
    /// Its export is not put together anew.
    as_it_came: bool,
    diff_ids: Vec<String>,
    platform: (String, String),
    created: i64,
}

#[derive(Default)]
struct Inner {
    images: BTreeMap<String, Held>,
    containers: Vec<String>,
    rows: Vec<Value>,
    fault: Option<Fault>,
    asked: Vec<String>,
    loaded: Vec<Vec<u8>>,
    broken: usize,
    /// What the next builds tell, and the image that comes of them.
    builds: Vec<(Vec<Told>, Vec<u8>)>,
    asked_builds: Vec<AskedBuild>,
    session: Option<Session>,
    ended_builds: usize,
}

struct Shared {
    like: Like,
    inner: Mutex<Inner>,
    go_on: tokio::sync::Notify,
}

/// A started engine; it ends when it is dropped.
pub struct Engine {
    folder: TempDir,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

impl Engine {
    /// Starts one at a socket of its own, without images.
    pub fn start(like: Like) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the socket");
        let listener = UnixListener::bind(folder.path().join("engine.sock")).expect("a socket");
        let (inner, go_on) = Default::default();
        let shared = Arc::new(Shared { like, inner, go_on });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move {
            axum::serve(listener, app).await.expect("a socket that listens");
        });
        Self { folder, shared, serving }
    }

    /// Where it listens.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("engine.sock")
    }

    /// The same as `DOCKER_HOST` has it.
    pub fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Gives it the first image of a Docker archive, under its names; its ID is given back.
    pub fn has(&self, tar: &[u8]) -> String {
        self.inner(|inner| put(inner, tar)).expect("a Docker archive with an image").0
    }

    /// Gives it an image that it exports as it came, as Docker 29 does: `id` is the digest of its index.
    pub fn keeps(&self, id: &str, names: &[&str], tar: &[u8]) {
        let held = Held {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            tar: tar.to_vec(),
            as_it_came: true,
            diff_ids: Vec::new(),
            platform: ("linux".to_owned(), "amd64".to_owned()),
            created: 1_700_000_000,
        };
        self.inner(|inner| inner.images.insert(id.to_owned(), held));
    }

    /// One more row of its list, as it stands: an index of Docker 29, for example. Nothing else is there of that image.
    pub fn lists(&self, row: Value) {
        self.inner(|inner| inner.rows.push(row));
    }

    /// A container uses the image.
    pub fn uses(&self, id: &str) {
        self.inner(|inner| inner.containers.push(id.to_owned()));
    }

    /// From now on it fails so.
    pub fn fails(&self, fault: impl Into<Option<Fault>>) {
        self.inner(|inner| inner.fault = fault.into());
    }

    /// What waits goes on.
    pub fn go_on(&self) {
        self.shared.go_on.notify_one();
    }

    /// What it was asked: method, path and query.
    pub fn asked(&self) -> Vec<String> {
        self.inner(|inner| inner.asked.clone())
    }

    /// The archives that were loaded into it.
    pub fn loaded(&self) -> Vec<Vec<u8>> {
        self.inner(|inner| inner.loaded.clone())
    }

    /// The next build tells this, and gives the first image of a Docker archive where it comes to its end.
    pub fn will_build(&self, told: &[Told], tar: &[u8]) {
        self.inner(|inner| inner.builds.push((told.to_vec(), tar.to_vec())));
    }

    /// The builds that it was asked for.
    pub fn asked_builds(&self) -> Vec<AskedBuild> {
        self.inner(|inner| inner.asked_builds.clone())
    }

    /// Builds whose asker left before their end.
    pub fn ended_builds(&self) -> usize {
        self.inner(|inner| inner.ended_builds)
    }

    /// Loads whose archive broke off.
    pub fn broken_loads(&self) -> usize {
        self.inner(|inner| inner.broken)
    }

    /// The names of an image, by its ID.
    pub fn names(&self, id: &str) -> Vec<String> {
        self.inner(|inner| inner.images.get(id).map(|held| held.names.clone()).unwrap_or_default())
    }

    fn inner<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.shared.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The members of a tar with short names, and their content.
pub fn members(tar: &[u8]) -> Vec<(String, &[u8])> {
    let (mut members, mut at) = (Vec::new(), 0);
    let text = |bytes: &[u8]| {
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        String::from_utf8_lossy(&bytes[..end]).trim().to_owned()
    };
    while let Some(header) = tar.get(at..at + 512).filter(|header| header[0] != 0) {
        let size = usize::from_str_radix(&text(&header[124..136]), 8).unwrap_or_default();
        let Some(content) = tar.get(at + 512..at + 512 + size) else { break };
        let prefix = text(&header[345..500]);
        let name = text(&header[..100]);
        members.push((if prefix.is_empty() { name } else { format!("{prefix}/{name}") }, content));
        at += 512 + size.next_multiple_of(512);
    }
    members
}

/// Keeps the first image of a Docker archive: its ID, and the names that the archive has for it.
fn put(inner: &mut Inner, tar: &[u8]) -> Option<(String, Vec<String>)> {
    let members = members(tar);
    let find = |wanted: &str| members.iter().find(|(name, _)| name == wanted).map(|(_, content)| *content);
    let listed: Value = serde_json::from_slice(find("manifest.json")?).ok()?;
    let entry = listed.get(0)?;
    let config = find(entry["Config"].as_str()?)?;
    let parsed: Value = serde_json::from_slice(config).ok()?;
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let (id, names) = (digest(config), texts(&entry["RepoTags"]));
    for held in inner.images.values_mut() {
        held.names.retain(|name| !names.contains(name));
    }
    let text = |name: &str| parsed[name].as_str().unwrap_or_default().to_owned();
    let created = 1_700_000_000 + i64::try_from(inner.images.len()).unwrap_or_default();
    let held = inner.images.entry(id.clone()).or_insert_with(|| Held {
        names: Vec::new(),
        tar: tar.to_vec(),
        as_it_came: false,
        diff_ids: texts(&parsed["rootfs"]["diff_ids"]),
        platform: (text("os"), text("architecture")),
        created,
    });
    held.names.extend(names.clone());
    Some((id, names))
}

fn find<'a>(inner: &'a Inner, name: &str) -> Option<(&'a String, &'a Held)> {
    let with_tag =
        if name.rsplit('/').next()?.contains(':') { name.to_owned() } else { format!("{name}:latest") };
    let hex = name.strip_prefix("sha256:").unwrap_or(name);
    inner.images.iter().find(|(id, held)| {
        held.names.contains(&with_tag)
            || (hex.len() > 3 && id.strip_prefix("sha256:").is_some_and(|id| id.starts_with(hex)))
    })
}

async fn answer(State(shared): State<Arc<Shared>>, mut request: Request) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let lock = || shared.inner.lock().unwrap_or_else(PoisonError::into_inner);
    lock().asked.push(format!("{method} {uri}"));
    let fault = lock().fault.clone();
    if let Some(Fault::Answers(part, status, body)) = &fault
        && uri.path().contains(part)
    {
        let status = StatusCode::from_u16(*status).expect("a status");
        // Whoever still sends may not hear an answer; who refuses early is another fault.
        let mut sent = request.into_body().into_data_stream();
        while sent.next().await.is_some_and(|piece| piece.is_ok()) {}
        return (status, [("content-type", "application/json")], body.clone()).into_response();
    }
    // Behind the version, which this one does not look at.
    let whole = uri.path();
    let path = match whole.strip_prefix("/v").and_then(|rest| rest.split_once('/')) {
        Some((version, rest)) if version.starts_with(|first: char| first.is_ascii_digit()) => {
            format!("/{rest}")
        }
        _ => whole.to_owned(),
    };
    let query = |wanted: &str| -> Vec<String> {
        let pairs = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned()).collect()
    };
    match (&method, path.as_str()) {
        (_, "/_ping") => hello(shared.like),
        (_, "/version") => axum::Json(version(shared.like)).into_response(),
        (_, "/info") => axum::Json(info(shared.like)).into_response(),
        (_, "/images/json") => axum::Json(list(&lock(), shared.like)).into_response(),
        (_, "/containers/json") => {
            let containers: Vec<Value> = lock().containers.iter().map(container).collect();
            axum::Json(containers).into_response()
        }
        (&Method::POST, "/session") if shared.like == Like::Docker => {
            let (session, answer) = building::session(&mut request);
            lock().session = Some(session);
            answer
        }
        (&Method::POST, "/build") => {
            build(&shared, uri.query().unwrap_or_default(), request.into_body()).await
        }
        (&Method::POST, "/images/load") => load(&shared, request.into_body(), fault).await,
        (_, "/images/get") => export(&shared, &query("names"), fault),
        (&Method::POST, path) if path.ends_with("/tag") => {
            let name = path.trim_start_matches("/images/").trim_end_matches("/tag");
            let mut inner = lock();
            let Some(id) = find(&inner, name).map(|(id, _)| id.clone()) else { return none(name) };
            let new = format!("{}:{}", query("repo")[0], query("tag")[0]);
            for held in inner.images.values_mut() {
                held.names.retain(|name| *name != new);
            }
            inner.images.get_mut(&id).expect("found before").names.push(new);
            StatusCode::CREATED.into_response()
        }
        (_, path) if path.starts_with("/images/") && path.ends_with("/get") => {
            let name = path.trim_start_matches("/images/").trim_end_matches("/get").to_owned();
            export(&shared, &[name], fault)
        }
        (_, path) if path.starts_with("/images/") && path.ends_with("/json") => {
            let name = path.trim_start_matches("/images/").trim_end_matches("/json");
            let inner = lock();
            let Some((id, held)) = find(&inner, name) else { return none(name) };
            axum::Json(json!({
                "Id": id, "RepoTags": held.names, "RepoDigests": [], "Size": held.tar.len(),
                "Os": held.platform.0, "Architecture": held.platform.1,
                "RootFS": {"Type": "layers", "Layers": held.diff_ids},
            }))
            .into_response()
        }
        _ => (StatusCode::NOT_FOUND, axum::Json(json!({"message": "page not found"}))).into_response(),
    }
}

fn none(name: &str) -> Response {
    let message = format!("No such image: {name}");
    (StatusCode::NOT_FOUND, axum::Json(json!({ "message": message }))).into_response()
}

fn hello(like: Like) -> Response {
    match like {
        Like::Docker => {
            ([("Api-Version", "1.41"), ("Server", "Docker/20.10.24 (linux)")], "OK").into_response()
        }
        Like::Podman => (
            [("Api-Version", "1.41"), ("Libpod-Api-Version", "4.3.1"), ("Server", "Libpod/4.3.1 (linux)")],
            "OK",
        )
            .into_response(),
    }
}

fn version(like: Like) -> Value {
    let version = if like == Like::Docker { "20.10.24" } else { "4.3.1" };
    json!({"Version": version, "ApiVersion": "1.41", "Os": "linux", "Arch": "amd64"})
}

fn info(like: Like) -> Value {
    match like {
        Like::Docker => {
            json!({"ID": "A:DOUBLE", "Driver": "overlay2", "DriverStatus": [["Supports d_type", "true"]]})
        }
        // Another ID each time, as Podman has it.
        Like::Podman => {
            let id = format!("{:?}", std::time::Instant::now());
            json!({"ID": id, "Name": "double", "DockerRootDir": "/containers", "Driver": "overlay", "Rootless": true})
        }
    }
}

fn container(image: &String) -> Value {
    json!({"Id": "c0ffee", "Names": ["/quiet_whale"], "ImageID": image, "State": "exited"})
}

fn list(inner: &Inner, like: Like) -> Value {
    let rows = inner.images.iter().map(|(id, held)| {
        let names = match (like, held.names.is_empty()) {
            (Like::Docker, true) => json!(["<none>:<none>"]),
            (Like::Podman, true) => Value::Null,
            (_, false) => json!(held.names),
        };
        json!({
            "Id": id, "ParentId": "", "RepoTags": names, "RepoDigests": null, "Created": held.created,
            "Size": held.tar.len(), "SharedSize": -1, "Containers": -1, "Labels": null,
        })
    });
    rows.chain(inner.rows.iter().cloned()).collect()
}

fn export(shared: &Arc<Shared>, names: &[String], fault: Option<Fault>) -> Response {
    let inner = shared.inner.lock().unwrap_or_else(PoisonError::into_inner);
    let mut found = Vec::new();
    for name in names {
        match find(&inner, name) {
            Some((_, held)) => found.push(held.clone()),
            None => return none(name),
        }
    }
    let tar = join(&found, names);
    let (length, end) = match fault {
        Some(Fault::Cut(length)) => (length, End::Cut),
        Some(Fault::Short(length)) => (length, End::Well),
        Some(Fault::Says(length, message)) => (length, End::Says(message)),
        Some(Fault::Waits(length)) => (length, End::Waits),
        _ => (tar.len(), End::Well),
    };
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(4);
    let waiting = Arc::clone(shared);
    tokio::spawn(async move {
        for piece in tar[..length.min(tar.len())].chunks(64 << 10) {
            if sender.send(Ok(Bytes::copy_from_slice(piece))).await.is_err() {
                return;
            }
        }
        let last = match end {
            End::Well => return,
            End::Cut => Err(io::Error::other("cut")),
            End::Says(message) => Ok(Bytes::from(json!({ "message": message }).to_string() + "\n")),
            End::Waits => {
                waiting.go_on.notified().await;
                Ok(Bytes::copy_from_slice(&tar[length.min(tar.len())..]))
            }
        };
        // Whoever asked may be gone.
        let _ = sender.send(last).await;
    });
    let pieces = stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) });
    ([("content-type", "application/x-tar")], Body::from_stream(pieces)).into_response()
}

/// How an export ends.
enum End {
    Well,
    Cut,
    Says(&'static str),
    Waits,
}

/// One archive of several images, each under the names that were asked for.
fn join(images: &[Held], asked: &[String]) -> Vec<u8> {
    if let [only] = images
        && only.as_it_came
    {
        return only.tar.clone();
    }
    let (mut tar, mut there, mut entries) = (Tar::default(), Vec::new(), Vec::new());
    for (held, asked) in images.iter().zip(asked) {
        for (name, content) in members(&held.tar) {
            if name == "manifest.json" {
                let listed: Value = serde_json::from_slice(content).expect("read before");
                let mut entry = listed[0].clone();
                // By its ID it has no name.
                entry["RepoTags"] = if held.names.contains(asked) { json!([asked]) } else { Value::Null };
                entries.push(entry);
            } else if !there.contains(&name) {
                tar = tar.file(&name, content);
                there.push(name);
            }
        }
    }
    tar.file("manifest.json", json!(entries).to_string().as_bytes()).end()
}

/// Builds what the test said, of whatever comes.
async fn build(shared: &Arc<Shared>, query: &str, body: Body) -> Response {
    let Ok(context) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let asked = AskedBuild::read(query, &context);
    let (told, tar, session) = {
        let mut inner = shared.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.asked_builds.push(asked.clone());
        if inner.builds.is_empty() {
            let message = json!({"message": "this engine builds nothing"});
            return (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(message)).into_response();
        }
        let (told, tar) = inner.builds.remove(0);
        (told, tar, inner.session.clone())
    };
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(4);
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let image = || {
            let mut inner = shared.inner.lock().unwrap_or_else(PoisonError::into_inner);
            let id = put(&mut inner, &tar).expect("a Docker archive with an image").0;
            inner.images.get_mut(&id).expect("put just now").names.extend(asked.names.clone());
            id
        };
        if !building::tell(shared.like, &told, session, image, &sender).await {
            shared.inner.lock().unwrap_or_else(PoisonError::into_inner).ended_builds += 1;
        }
    });
    let pieces = stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) });
    ([("content-type", "application/json")], Body::from_stream(pieces)).into_response()
}

async fn load(shared: &Shared, body: Body, fault: Option<Fault>) -> Response {
    if let Some(Fault::Refuses(status, message)) = fault {
        let status = StatusCode::from_u16(status).expect("a status");
        return (status, axum::Json(json!({ "message": message }))).into_response();
    }
    if fault == Some(Fault::Holds) {
        shared.go_on.notified().await;
    }
    if let Some(Fault::Leaves(length)) = fault {
        let (mut pieces, mut taken) = (body.into_data_stream(), 0);
        while taken < length
            && let Some(Ok(piece)) = pieces.next().await
        {
            taken += piece.len();
        }
        let gone = stream::iter([Err::<Bytes, _>(io::Error::other("gone"))]);
        return Body::from_stream(gone).into_response();
    }
    let whole = axum::body::to_bytes(body, usize::MAX).await;
    let mut inner = shared.inner.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(tar) = whole else {
        inner.broken += 1;
        return StatusCode::BAD_REQUEST.into_response();
    };
    let answer = match fault {
        Some(Fault::Load(message)) => {
            json!({"errorDetail": {"message": message}, "error": message}).to_string()
        }
        Some(Fault::Mute) => String::new(),
        _ => {
            inner.loaded.push(tar.to_vec());
            match put(&mut inner, &tar) {
                None => json!({"errorDetail": {"message": "no manifest.json"}}).to_string(),
                Some((id, names)) => said(shared.like, &id, &names),
            }
        }
    };
    ([("content-type", "application/json")], answer).into_response()
}

/// What each engine says of what it loaded.
fn said(like: Like, id: &str, names: &[String]) -> String {
    match (like, names.is_empty()) {
        (Like::Docker, true) => json!({"stream": format!("Loaded image ID: {id}\n")}).to_string() + "\r\n",
        (Like::Docker, false) => {
            let lines = names.iter().map(|name| json!({"stream": format!("Loaded image: {name}\n")}));
            lines.map(|line| line.to_string() + "\r\n").collect()
        }
        (Like::Podman, true) => json!({"stream": format!("Loaded image: {id}")}).to_string(),
        (Like::Podman, false) => json!({"stream": format!("Loaded image: {}", names.join(","))}).to_string(),
    }
}

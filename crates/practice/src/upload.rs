//! Upload sessions: opening, mounting, bytes with and without a range, and the commit.

use std::collections::{HashMap, HashSet};
use std::io::{self, SeekFrom};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_RANGE, HeaderName, LOCATION, RANGE};
use axum::http::request::Parts;
use axum::response::Response;
use sha2::{Digest as _, Sha256, Sha512};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

use crate::access::Caller;
use crate::answer::{CHUNK_MINIMUM, CONTENT_DIGEST, Fault, UPLOAD_UUID, empty};
use crate::body::{Broken, Incoming};
use crate::name::{Algorithm, Digest};
use crate::packages::Kind;
use crate::route::Query;
use crate::server::{Asked, Shared};
use crate::switches::MountAnswer;
use crate::token::random;
use crate::wire::Cut;

/// A session nobody has touched for this long is gone.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(1);

/// The sessions of both registries.
#[derive(Default)]
pub(crate) struct Uploads {
    running: Mutex<HashMap<String, Arc<Session>>>,
    /// Sessions whose commit answer and blob were both lost.
    lost: Mutex<HashSet<String>>,
}

struct Session {
    registry: Kind,
    name: String,
    id: String,
    opened: Instant,
    /// Bytes safely received, readable while a request is writing.
    received: AtomicU64,
    bytes: tokio::sync::Mutex<Received>,
}

struct Received {
    path: PathBuf,
    file: Option<File>,
    hash: Sha256,
    closed: bool,
}

impl Drop for Received {
    fn drop(&mut self) {
        // After a commit the file has moved and there is nothing here.
        if self.file.take().is_some() {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Uploads {
    fn open(&self, shared: &Shared, registry: Kind, name: &str) -> Result<Arc<Session>, Fault> {
        let id = uuid().map_err(|_| Fault::store(&io::Error::other("no random bytes")))?;
        let session = Arc::new(Session {
            registry,
            name: name.to_owned(),
            opened: Instant::now(),
            received: AtomicU64::new(0),
            bytes: tokio::sync::Mutex::new(Received {
                path: shared.store.uploads().join(&id),
                file: None,
                hash: Sha256::new(),
                closed: false,
            }),
            id: id.clone(),
        });
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.retain(|_, session| session.opened.elapsed() < FORGOTTEN_AFTER);
        running.insert(id, Arc::clone(&session));
        Ok(session)
    }

    fn find(&self, registry: Kind, name: &str, id: &str) -> Result<Arc<Session>, Fault> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        match running.get(id).filter(|session| session.registry == registry && session.name == name) {
            Some(session) => Ok(Arc::clone(session)),
            None if self.lost.lock().unwrap_or_else(PoisonError::into_inner).contains(id) => {
                Err(Fault::blob_unknown())
            }
            None => Err(upload_unknown()),
        }
    }

    pub(crate) fn close(&self, id: &str) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

/// `POST …/blobs/uploads/`: a session, or a mount.
pub(crate) async fn open(
    shared: &Shared,
    registry: Kind,
    name: &str,
    caller: &Caller,
    parts: &Parts,
) -> Result<Response, Fault> {
    let query = Query::of(parts.uri.query());
    // The older registry has no mounts.
    if let (Kind::Ghcr, Some(mount)) = (registry, query.get("mount")) {
        let digest = Digest::parse(mount).ok_or_else(|| Fault::digest_invalid("invalid digest"))?;
        match shared.switches.get().mount {
            MountAnswer::Unauthorized => return Err(Fault::unauthorized("authentication required")),
            MountAnswer::Forbidden => {
                return Err(Fault::denied("requested access to the resource is denied"));
            }
            MountAnswer::WhenPossible => {
                if let Some(from) =
                    query.get("from").filter(|from| shared.ghcr_may_pull(caller, from).is_ok())
                    && shared
                        .packages
                        .get(registry, from)
                        .is_some_and(|r| r.blobs.contains(&digest.to_string()))
                {
                    link(shared, registry, name, &digest).await?;
                    return Ok(created(name, &digest));
                }
            }
            MountAnswer::NotFound => {
                return Err(Fault::name_unknown("repository name not known to registry"));
            }
            MountAnswer::Fault => {
                return Err(Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "UNKNOWN", "unknown error"));
            }
            MountAnswer::Session => {}
        }
    }
    let session = shared.uploads.open(shared, registry, name)?;
    let mut response = progress(StatusCode::ACCEPTED, &session);
    if let Some(minimum) = shared.switches.get().chunk_minimum {
        response.headers_mut().insert(CHUNK_MINIMUM, minimum.into());
    }
    Ok(response)
}

/// `GET` of a session: how far it got.
pub(crate) fn status(shared: &Shared, registry: Kind, name: &str, id: &str) -> Result<Response, Fault> {
    let session = shared.uploads.find(registry, name, id)?;
    if !shared.switches.get().session_status {
        return Err(upload_unknown());
    }
    Ok(progress(StatusCode::NO_CONTENT, &session))
}

/// `PATCH` of a session: more bytes.
pub(crate) async fn patch(
    shared: &Shared,
    registry: Kind,
    name: &str,
    id: &str,
    asked: &mut Asked,
) -> Result<Response, Fault> {
    let session = shared.uploads.find(registry, name, id)?;
    let limits = Limits::of(shared, registry, &session, &asked.parts, true)?;
    let mut bytes = session.bytes.lock().await;
    append(shared, &session, &mut bytes, &limits, asked).await?;
    Ok(progress(StatusCode::ACCEPTED, &session))
}

/// `PUT …?digest=`: the rest of the bytes, if any, and the commit.
pub(crate) async fn commit(
    shared: &Arc<Shared>,
    registry: Kind,
    name: &str,
    id: &str,
    asked: &mut Asked,
) -> Result<Response, Fault> {
    let session = shared.uploads.find(registry, name, id)?;
    let query = Query::of(asked.parts.uri.query());
    let digest = query.get("digest").and_then(Digest::parse);
    let digest =
        digest.ok_or_else(|| Fault::digest_invalid("provided digest did not match uploaded content"))?;
    let limits = Limits::of(shared, registry, &session, &asked.parts, false)?;
    {
        let mut bytes = session.bytes.lock().await;
        append(shared, &session, &mut bytes, &limits, asked).await?;
        bytes.closed = true;
    }
    shared.uploads.close(id);
    // The client may leave while this runs; what it sent is committed all the same (jib#4301).
    let task = tokio::spawn(finish(Arc::clone(shared), session, digest));
    let answer = task.await.unwrap_or_else(|error| Err(Fault::store(&io::Error::other(error))))?;
    answer.ok_or_else(|| {
        asked.cut.now();
        upload_unknown()
    })
}

/// Writes a body behind what is there, and ends the session where a broken one does that.
async fn append(
    shared: &Shared,
    session: &Session,
    bytes: &mut Received,
    limits: &Limits,
    asked: &mut Asked,
) -> Result<(), Fault> {
    let appended = session.append(bytes, limits, asked).await;
    if appended.is_err() && asked.cut.is_cut() && shared.switches.get().cuts_end_sessions {
        shared.uploads.close(&session.id);
    }
    appended
}

/// Stores what a session received; `None` when the answer is to be lost.
async fn finish(
    shared: Arc<Shared>,
    session: Arc<Session>,
    digest: Digest,
) -> Result<Option<Response>, Fault> {
    let mut bytes = session.bytes.lock().await;
    if !bytes.is(&digest).await.map_err(|error| Fault::store(&error))? {
        return Err(Fault::new(StatusCode::NOT_FOUND, "BLOB_UPLOAD_INVALID", "blob upload invalid"));
    }
    let lost = shared.switches.lose_commit();
    if lost == Some(false) {
        shared.uploads.lost.lock().unwrap_or_else(PoisonError::into_inner).insert(session.id.clone());
        return Ok(None);
    }
    // Renaming an open file is refused on Windows.
    bytes.file = None;
    shared.store.adopt(&bytes.path, &digest).await.map_err(|error| Fault::store(&error))?;
    link(&shared, session.registry, &session.name, &digest).await?;
    if lost.is_some() {
        return Ok(None);
    }
    tokio::time::sleep(shared.switches.get().commit_delay).await;
    Ok(Some(created(&session.name, &digest)))
}

async fn link(shared: &Shared, registry: Kind, name: &str, digest: &Digest) -> Result<(), Fault> {
    let digest = digest.to_string();
    let linked = shared.packages.change(registry, name, move |record| {
        record.blobs.insert(digest);
    });
    linked.await.map_err(|error| Fault::store(&error))
}

/// How much one request may add.
struct Limits {
    /// The end of the declared range (exclusive), if there is one.
    range_end: Option<u64>,
    /// The most one request may carry.
    request: Option<u64>,
    /// The most a layer may have.
    layer: Option<u64>,
    /// The most a proxy in front lets through in one request; of more the registry gets nothing.
    body: Option<u64>,
}

impl Limits {
    fn of(
        shared: &Shared,
        registry: Kind,
        session: &Session,
        parts: &Parts,
        patch: bool,
    ) -> Result<Self, Fault> {
        let switches = shared.switches.get();
        let received = session.received.load(Ordering::Relaxed);
        let declared: Option<u64> = header(parts, &CONTENT_LENGTH).and_then(|value| value.parse().ok());
        if declared.is_none() && switches.length_required {
            return Err(Fault::new(StatusCode::LENGTH_REQUIRED, "UNKNOWN", "length required"));
        }
        let body = switches.body_bytes;
        if body.is_some_and(|most| declared.unwrap_or(0) > most) {
            return Err(body_too_large());
        }
        let layer = (registry == Kind::Docker).then_some(switches.docker_layer_bytes);
        if layer.is_some_and(|layer| received.saturating_add(declared.unwrap_or(0)) > layer) {
            return Err(layer_too_large());
        }
        let Some(range) = header(parts, &CONTENT_RANGE) else {
            return Ok(Self { range_end: None, request: None, layer, body });
        };
        // `start-end`, both inclusive, no unit and no total.
        let bounds =
            range.split_once('-').and_then(|(a, b)| Some((a.parse::<u64>().ok()?, b.parse::<u64>().ok()?)));
        let Some((first, last)) = bounds.filter(|(first, last)| first <= last) else {
            return Err(out_of_order(session));
        };
        // Only a PATCH is known to be held to the limit, and only at ghcr.io.
        let request = (patch && registry == Kind::Ghcr).then_some(switches.ranged_patch_bytes);
        if request.is_some_and(|most| declared.unwrap_or(0).max((last - first).saturating_add(1)) > most) {
            return Err(range_too_large(switches.ranged_patch_bytes));
        }
        if first != received {
            return Err(out_of_order(session));
        }
        Ok(Self { range_end: Some(last.saturating_add(1)), request, layer, body })
    }
}

impl Session {
    /// Writes a request's body behind what is there. Bytes that arrived before a failure stay.
    async fn append(&self, bytes: &mut Received, limits: &Limits, asked: &mut Asked) -> Result<(), Fault> {
        if bytes.closed {
            return Err(upload_unknown());
        }
        let begin = self.received.load(Ordering::Relaxed);
        let broken = |error: io::Error| Fault::store(&error);
        if bytes.file.is_none() {
            let mut options = File::options();
            options.read(true).write(true).create_new(true);
            bytes.file = Some(options.open(&bytes.path).await.map_err(broken)?);
        }
        let Received { file: Some(file), hash, .. } = bytes else { return Err(upload_unknown()) };
        // A request that was broken off may have written more than it was credited for.
        file.set_len(begin).await.map_err(broken)?;
        file.seek(SeekFrom::Start(begin)).await.map_err(broken)?;
        let (mut at, before) = (begin, limits.body.map(|_| hash.clone()));
        while let Some(chunk) = next(&mut asked.body, &asked.cut).await? {
            let end = at + chunk.len() as u64;
            if limits.body.is_some_and(|most| end - begin > most) {
                self.received.store(begin, Ordering::Relaxed);
                if let Some(before) = before {
                    *hash = before;
                }
                return Err(body_too_large());
            }
            if limits.layer.is_some_and(|layer| end > layer) {
                return Err(layer_too_large());
            }
            if let Some(most) = limits.request.filter(|most| end - begin > *most) {
                return Err(range_too_large(most));
            }
            if limits.range_end.is_some_and(|range_end| end > range_end) {
                return Err(out_of_order(self));
            }
            file.write_all(&chunk).await.map_err(broken)?;
            hash.update(&chunk);
            at = end;
            self.received.store(at, Ordering::Relaxed);
        }
        file.flush().await.map_err(broken)
    }

    fn location(&self) -> String {
        format!("/v2/{}/blobs/upload/{}", self.name, self.id)
    }

    /// `0-LAST`, which at the start also says `0-0`.
    fn range(&self) -> String {
        format!("0-{}", self.received.load(Ordering::Relaxed).saturating_sub(1))
    }
}

impl Received {
    async fn is(&mut self, digest: &Digest) -> io::Result<bool> {
        match digest.algorithm {
            Algorithm::Sha256 => Ok(hex::encode(self.hash.clone().finalize()) == digest.hex),
            Algorithm::Sha512 => {
                let Some(file) = &mut self.file else { return Ok(false) };
                file.seek(SeekFrom::Start(0)).await?;
                let (mut hash, mut buffer) = (Sha512::new(), vec![0; 128 << 10]);
                loop {
                    let count = file.read(&mut buffer).await?;
                    if count == 0 {
                        return Ok(hex::encode(hash.finalize()) == digest.hex);
                    }
                    hash.update(&buffer[..count]);
                }
            }
        }
    }
}

/// The next bytes of a body; a body that breaks off breaks the connection too.
async fn next(body: &mut Incoming, cut: &Cut) -> Result<Option<bytes::Bytes>, Fault> {
    match body.next().await {
        None => Ok(None),
        Some(Ok(bytes)) => Ok(Some(bytes)),
        Some(Err(Broken)) => {
            cut.now();
            Err(upload_unknown())
        }
    }
}

/// 202 or 204 with where the session is and how far it got.
fn progress(status: StatusCode, session: &Session) -> Response {
    let (location, range) = (session.location(), session.range());
    empty(status, &[(UPLOAD_UUID, &session.id), (LOCATION, &location), (RANGE, &range)])
}

fn created(name: &str, digest: &Digest) -> Response {
    let (location, digest) = (format!("/v2/{name}/blobs/{digest}"), digest.to_string());
    empty(StatusCode::CREATED, &[(LOCATION, &location), (CONTENT_DIGEST, &digest)])
}

fn upload_unknown() -> Fault {
    Fault::new(StatusCode::NOT_FOUND, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
}

fn range_too_large(most: u64) -> Fault {
    let most = most as f64 / f64::from(1 << 20);
    not_satisfiable(format!(
        "the request body is too large and exceeds the maximum permissible limit of {most:.2}MiB"
    ))
}

/// The text of this one is not known; the headers say where the session stands.
fn out_of_order(session: &Session) -> Fault {
    not_satisfiable("the requested range is not satisfiable".to_owned())
        .header(LOCATION, &session.location())
        .header(RANGE, &session.range())
}

fn not_satisfiable(message: String) -> Fault {
    Fault::new(StatusCode::RANGE_NOT_SATISFIABLE, "REQUESTED_RANGE_NOT_SATISFIABLE", message)
}

fn body_too_large() -> Fault {
    Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "UNKNOWN", "request entity too large")
}

/// The answer above the layer cap of docker.pkg.github.com is not known.
fn layer_too_large() -> Fault {
    Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "SIZE_INVALID", "the layer exceeds the maximum size of a layer")
}

fn header<'a>(parts: &'a Parts, name: &HeaderName) -> Option<&'a str> {
    parts.headers.get(name).and_then(|value| value.to_str().ok())
}

fn uuid() -> Result<String, crate::error::PracticeError> {
    let hex = hex::encode(random(16)?);
    Ok([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
}

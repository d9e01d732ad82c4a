//! Sending one blob: linked from elsewhere if that is possible, else sent by the way that fits, and after a fault
//! continued where the registry says it is.

mod checks;
mod chunks;
mod pause;
mod sessions;

use std::io::{BufReader, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream;
use slipway_distribution::{Body, Budget, Error, Repository, Retries, Upload};
use slipway_hosts::{Meaning, Profile};
use slipway_image::Compression;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;

use self::pause::Moved;
pub(crate) use self::pause::{ASK, LET_END};
use self::sessions::Leaving;
use crate::check::Checked;
use crate::control::Control;
use crate::encode::{EncodeError, Encoded, Expected, Out, chunks_ahead, encode};
use crate::error::TransferError;
use crate::event::{Cause, Event, Events};
use crate::ledger::SessionKey;
use crate::options::Way;
use crate::origin::Origin;
use crate::plan::{Blob, Encoding, Presence, Request, Role};
use crate::resources::Resources;
use crate::unpack;

/// A session is remembered for blobs from this size on, bytes; smaller ones are quicker sent again.
pub const RESUMABLE: u64 = 1 << 20;

/// Bytes of a stored layer that are read at once to be unpacked.
const READ_AT_ONCE: usize = 256 << 10;

/// A layer up to this size, bytes, is compressed in memory before it goes up: its digest is known then, and one request
/// carries it.
const SHORT: u64 = 2 << 20;

type Check = JoinHandle<Result<Checked, EncodeError>>;

/// Sends the blobs of one push.
pub(crate) struct Sender<'a> {
    pub(crate) origin: &'a Origin<'a>,
    pub(crate) request: &'a Request,
    pub(crate) repository: &'a Repository,
    pub(crate) profile: Profile,
    pub(crate) registry: &'a str,
    pub(crate) resources: &'a Resources,
    pub(crate) events: &'a Events,
    pub(crate) control: &'a Control,
    retries: &'a Retries,
    /// Pays for chunks of way C, in units of 64 KiB.
    chunk_memory: Semaphore,
    /// Checks of diff IDs that are under way beside the sending: blob, and the end of it.
    checks: Mutex<Vec<(usize, Check)>>,
    began: Instant,
    sent: Arc<AtomicU64>,
}

/// How one attempt begins.
struct Attempt<'a> {
    /// Where to; its requests share the blob's tries.
    repository: &'a Repository,
    way: Way,
    /// No body is longer, bytes, where a limit was met.
    most: Option<u64>,
    /// A session to go on with, and what it has.
    session: Option<(Upload, u64)>,
    tries: &'a Tries,
}

/// The tries of one blob.
struct Tries {
    budget: Budget,
    /// How much of the blob the registry was seen to have at most: only what goes beyond that is progress. What goes up
    /// and is lost again is none, or a body that always fails would go up for ever.
    reached: AtomicU64,
}

impl Tries {
    /// The registry has so much of the blob.
    fn reached(&self, offset: u64) {
        if self.reached.fetch_max(offset, Ordering::Relaxed) < offset {
            self.budget.renew();
        }
    }
}

/// A failed attempt, and what can be gone on with.
struct Failed {
    error: TransferError,
    session: Option<Upload>,
    /// Bytes of the blob that the registry confirmed in that session.
    confirmed: u64,
    /// A chunk as long as the others was taken in this attempt.
    chunks_fit: bool,
    /// The tries know of it already.
    noted: bool,
}

impl From<TransferError> for Failed {
    fn from(error: TransferError) -> Self {
        Self { error, session: None, confirmed: 0, chunks_fit: false, noted: false }
    }
}

impl<'a> Sender<'a> {
    pub(crate) fn new(
        origin: &'a Origin<'a>,
        request: &'a Request,
        repository: &'a Repository,
        endpoint: &'a slipway_hosts::Endpoint,
        resources: &'a Resources,
        events: &'a Events,
        control: &'a Control,
    ) -> Self {
        Self {
            origin,
            request,
            repository,
            profile: endpoint.profile,
            registry: endpoint.name.as_str(),
            resources,
            events,
            control,
            retries: repository.registry().retries(),
            chunk_memory: Semaphore::new(usize::try_from(chunks::CHUNK_MEMORY >> 16).unwrap_or(256)),
            checks: Mutex::default(),
            began: Instant::now(),
            sent: Arc::default(),
        }
    }

    /// Sends blob number `index` and returns what it is in the registry. One that nobody was asked for is linked where that
    /// is possible, else looked for.
    pub(crate) async fn send(
        &self,
        index: usize,
        blob: &Blob,
        there: Presence,
    ) -> Result<Encoded, TransferError> {
        (self.events)(Event::Started { blob: index });
        let key = self.key(blob);
        let (mut session, mut _leaving) = (None, None);
        // All that is asked about the blob is one question.
        let tries = Tries { budget: Budget::new(&self.retries.blob), reached: AtomicU64::new(0) };
        let repository = self.repository.sharing(&tries.budget);
        let linked = self.link(index, blob).await;
        if there == Presence::Unknown
            && !matches!(linked, Some(Ok(_)))
            && let Some(encoded) = self.looked_for(blob, &repository).await?
        {
            if let Some(Err(opened)) = linked {
                opened.abandon().await;
            }
            self.learn(blob, &encoded);
            self.check_unsent(index, blob)?;
            (self.events)(Event::There { blob: index });
            return Ok(encoded);
        }
        match linked {
            Some(Ok(encoded)) => {
                self.learn(blob, &encoded);
                self.check_unsent(index, blob)?;
                return Ok(encoded);
            }
            Some(Err(opened)) => session = Some((opened.sharing(&tries.budget), 0)),
            None => {
                if let Some(key) = &key {
                    let left = self.left_open(index, key, &repository).await;
                    (session, _leaving) = left.unzip();
                }
            }
        }
        let sent = self.persist(index, blob, key.as_ref(), session, (&repository, &tries)).await;
        if let Some(key) = &key {
            match &sent {
                Ok(_) => self.resources.ledger.drop_session(key),
                Err(_) => self.resources.ledger.leave_session(key),
            }
        }
        let encoded = sent?;
        self.learn(blob, &encoded);
        (self.events)(Event::Committed { blob: index, digest: encoded.digest.clone(), size: encoded.size });
        Ok(encoded)
    }

    /// Tries until the blob is there, or until that makes no sense any more.
    async fn persist(
        &self,
        index: usize,
        blob: &Blob,
        key: Option<&SessionKey>,
        mut session: Option<(Upload, u64)>,
        (repository, tries): (&Repository, &Tries),
    ) -> Result<Encoded, TransferError> {
        // Whoever drops this future leaves the session to the next try.
        let _leaving =
            key.map(|key| Leaving { ledger: Arc::clone(&self.resources.ledger), key: key.clone() });
        let (mut flaky, mut most) = (false, None);
        let budget = &tries.budget;
        loop {
            let way = if most.is_some() { Way::Chunks } else { self.way(blob, flaky, session.as_ref()) };
            let attempt = Attempt { repository, way, most, session: session.take(), tries };
            let failed = match Box::pin(self.attempt(index, blob, key, attempt)).await {
                Ok(encoded) => return Ok(encoded),
                Err(failed) => failed,
            };
            let TransferError::Registry { source, doing } = failed.error else { return Err(failed.error) };
            let lost_session = lost_session(&source);
            flaky |= source.is_out_of_reach();
            let smaller = if failed.chunks_fit { None } else { smaller(&source, most) };
            most = smaller.or(most);
            let wait = if failed.noted { budget.noted(&*source) } else { budget.failed(&*source) };
            let wait = match wait {
                _ if repository.registry().gives_up(budget, &source) => {
                    return Err(TransferError::Registry { source, doing });
                }
                Some(wait) => wait,
                // A proxy in front takes no body of this length, or none without one: smaller ones may do.
                None if smaller.is_some() => {
                    budget.renew();
                    Duration::ZERO
                }
                // The session is gone, or the bytes in it are not ours: a new one may do.
                None if lost_session && budget.tried() < self.retries.blob.tries => Duration::ZERO,
                None if self.control.unless_paused(repository.registry().comes_back(&source)).await? => {
                    budget.renew();
                    Duration::ZERO
                }
                None => return Err(TransferError::Registry { source, doing }),
            };
            let kept = failed.session.filter(|_| !lost_session);
            self.control.noticed(&source);
            (self.events)(Event::Interrupted {
                blob: index,
                cause: Cause::of(&source),
                reason: source.to_string(),
                wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            });
            self.control.unless_paused(self.control.waits.sleep(wait)).await?;
            session = match kept {
                // Nothing of it is anywhere yet.
                Some(upload) if source.is_moved() => Some((upload, 0)),
                Some(upload) => self.how_far(index, upload, failed.confirmed).await,
                None => None,
            };
            if let Some((_, offset)) = &session {
                tries.reached(*offset);
            }
            if session.is_none()
                && let Some(key) = key
            {
                self.resources.ledger.drop_session(key);
            }
        }
    }

    /// The way that fits: nothing known speaks for chunks but a link that is slow for the registry's limit, one
    /// that broke before, or a beginning that is there.
    fn way(&self, blob: &Blob, flaky: bool, session: Option<&(Upload, u64)>) -> Way {
        if let Some(way) = self.request.options.way {
            return if session.is_some_and(|(_, offset)| *offset > 0) { Way::Chunks } else { way };
        }
        let begun = session.is_some_and(|(_, offset)| *offset > 0);
        if begun || (flaky && blob.size > RESUMABLE) || self.too_slow(blob) {
            return Way::Chunks;
        }
        if blob.in_registry().is_some() || is_short(blob) { Way::Put } else { Way::Stream }
    }

    /// At the rate so far the blob would take more than half of the time that one request may take.
    fn too_slow(&self, blob: &Blob) -> bool {
        let Some(seconds) = self.profile.limits().upload_seconds else { return false };
        let elapsed = self.began.elapsed().as_secs_f64();
        let sent = self.sent.load(Ordering::Relaxed) as f64;
        // A guess from the first moments would only be noise.
        if elapsed < 5.0 || sent == 0.0 {
            return false;
        }
        blob.wire_size() as f64 / (sent / elapsed) > seconds as f64 / 2.0
    }

    async fn attempt(
        &self,
        index: usize,
        blob: &Blob,
        key: Option<&SessionKey>,
        attempt: Attempt<'_>,
    ) -> Result<Encoded, Failed> {
        let (mut upload, offset) = match attempt.session {
            Some(session) => session,
            None => (attempt.repository.open_upload().await.map_err(Self::doing(blob))?, 0),
        };
        if let Some(key) = key {
            self.resources.ledger.keep_session(key, upload.location(), offset);
        }
        match attempt.way {
            Way::Put if blob.in_registry().is_none() && is_short(blob) => {
                let (encoded, body, moved) = self.packed(index, blob).await?;
                let put = upload.put(&encoded.digest, encoded.size, body);
                match self.in_hand(moved.left(blob), put).await {
                    Some(Ok(())) => Ok(encoded),
                    Some(Err(error)) => Err(failed(Self::doing(blob)(error), upload)),
                    None => Err(self.let_go(index, &mut upload).await),
                }
            }
            Way::Put => {
                // What is compressed on the way is compressed once before, to know what comes out; the same comes again.
                let (digest, size) = match blob.in_registry() {
                    Some(known) => known,
                    None => self.measured(index, blob).await.map(|encoded| (encoded.digest, encoded.size))?,
                };
                let (body, encoding, moved) = self.start(index, blob)?;
                let sent = self.in_hand(moved.left(blob), upload.put(&digest, size, body)).await;
                let Some(sent) = sent else { return Err(self.let_go(index, &mut upload).await) };
                let result = settle(encoding, blob, sent.map_err(Self::doing(blob))).await;
                result.map(|((), encoded)| encoded).map_err(|error| failed(error, upload))
            }
            Way::Stream => {
                let (body, encoding, moved) = self.start(index, blob)?;
                let sent = self.in_hand(moved.left(blob), upload.stream(body)).await;
                let Some(sent) = sent else { return Err(self.let_go(index, &mut upload).await) };
                match settle(encoding, blob, sent.map_err(Self::doing(blob))).await {
                    Ok(((), encoded)) => self.commit(blob, upload, encoded).await,
                    Err(error) => Err(failed(error, upload)),
                }
            }
            Way::Chunks => {
                self.chunks(index, blob, key, (upload, offset), (attempt.most, attempt.tries)).await
            }
        }
    }

    /// A short blob as it goes up, in memory, and what it is: that saves the request which ends a stream.
    async fn packed(&self, index: usize, blob: &Blob) -> Result<(Encoded, Body, Arc<Moved>), TransferError> {
        let moved = Arc::<Moved>::default();
        let (mut wire, encoding) = self.encoder(index, blob, 0, &moved)?;
        let packing = async {
            let mut chunks = Vec::new();
            // Why one is missing, the encoder tells.
            while let Some(Ok(chunk)) = wire.recv().await {
                chunks.push(Ok(chunk));
            }
            let ((), encoded) = settle(encoding, blob, Ok(())).await?;
            Ok::<_, TransferError>((encoded, chunks))
        };
        let (encoded, chunks) = self.control.unless_paused(packing).await??;
        Ok((encoded, self.body(index, stream::iter(chunks), &moved), moved))
    }

    /// What a blob becomes in the registry, found out without sending it.
    async fn measured(&self, index: usize, blob: &Blob) -> Result<Encoded, TransferError> {
        let out = Out { wire: None, skip: 0, check: None };
        let encoding = self.encode(index, blob, out, Arc::default())?;
        let measured = settle(encoding, blob, Ok(()));
        self.control.unless_paused(measured).await?.map(|((), encoded)| encoded)
    }

    async fn commit(&self, blob: &Blob, upload: Upload, encoded: Encoded) -> Result<Encoded, Failed> {
        upload.commit(&encoded.digest).await.map_err(Self::doing(blob))?;
        Ok(encoded)
    }

    /// Remembers what a blob became and where it is.
    pub(crate) fn learn(&self, blob: &Blob, encoded: &Encoded) {
        let ledger = &self.resources.ledger;
        if let (Encoding::Compress(method), Some(diff_id)) = (blob.encoding, &blob.diff_id) {
            ledger.remember_compressed(diff_id, method, &encoded.digest, encoded.size);
        }
        if blob.role == Role::Layer {
            ledger.remember_home(self.registry, &self.request.path, &encoded.digest);
        }
    }

    fn doing(blob: &Blob) -> impl FnOnce(Error) -> TransferError + use<> {
        TransferError::registry(match blob.role {
            Role::Config => "sending the config".to_owned(),
            Role::Layer => format!("sending layer {}", blob.number),
        })
    }

    /// Starts reading and encoding on a thread of its own; the body takes what comes out. Dropping the body
    /// stops the thread at its next chunk.
    fn start(&self, index: usize, blob: &Blob) -> Result<(Body, Encoder, Arc<Moved>), TransferError> {
        let moved = Arc::<Moved>::default();
        let (chunks, encoding) = self.encoder(index, blob, 0, &moved)?;
        let chunks = stream::unfold(chunks, async |mut chunks| {
            let chunk = chunks.recv().await?;
            Some((chunk, chunks))
        });
        Ok((self.body(index, chunks, &moved), encoding, moved))
    }

    /// A body that keeps to the rate and counts.
    fn body(
        &self,
        index: usize,
        chunks: impl futures_util::Stream<Item = std::io::Result<Bytes>> + Send + 'static,
        moved: &Arc<Moved>,
    ) -> Body {
        let limit = self.resources.limit.clone();
        let limited = futures_util::StreamExt::then(chunks, move |chunk| {
            let limit = limit.clone();
            async move {
                limit.take(chunk.as_ref().map_or(0, Bytes::len)).await;
                chunk
            }
        });
        let (events, all, moved) = (Arc::clone(self.events), Arc::clone(&self.sent), Arc::clone(moved));
        Body::from_stream(limited).counted(Arc::new(move |bytes| {
            all.fetch_add(bytes, Ordering::Relaxed);
            moved.sent.fetch_add(bytes, Ordering::Relaxed);
            events(Event::Sent { blob: index, bytes });
        }))
    }

    fn encoder(
        &self,
        index: usize,
        blob: &Blob,
        skip: u64,
        moved: &Arc<Moved>,
    ) -> Result<(mpsc::Receiver<std::io::Result<Bytes>>, Encoder), TransferError> {
        let (wire, chunks) = mpsc::channel(chunks_ahead(blob.encoding));
        let out = Out { wire: Some(wire), skip, check: self.checker(index, blob)? };
        Ok((chunks, self.encode(index, blob, out, Arc::clone(moved))?))
    }

    fn encode(
        &self,
        index: usize,
        blob: &Blob,
        out: Out,
        moved: Arc<Moved>,
    ) -> Result<Encoder, TransferError> {
        let reader = blob.source.reader().map_err(|error| TransferError::read(&blob.member, error))?;
        let stored = blob.stored;
        let expected = Expected { digest: blob.digest.clone(), diff_id: blob.diff_id.clone() };
        let (encoding, pool, events) = (blob.encoding, self.resources.pool.clone(), Arc::clone(self.events));
        let layer = self.checking(blob);
        Ok(tokio::task::spawn_blocking(move || {
            let taken = AtomicU64::new(0);
            let source = Counted { source: reader, taken: &taken };
            // What is stored compressed and is to be compressed otherwise is unpacked on the way.
            let again = encoding != Encoding::AsStored && stored != Compression::Plain;
            let step = |content, made| {
                let bytes = if again { taken.swap(0, Ordering::Relaxed) } else { content };
                moved.read.fetch_add(bytes, Ordering::Relaxed);
                moved.made.fetch_add(made, Ordering::Relaxed);
                events(Event::Encoded { blob: index, bytes, made });
            };
            if !again {
                return encode(source, encoding, &expected, &pool, out, step);
            }
            let source = unpack::reader(BufReader::with_capacity(READ_AT_ONCE, source), stored);
            let source = unpack::bounded(source.map_err(EncodeError::Read)?, &layer);
            encode(source, encoding, &expected, &pool, out, step)
        }))
    }
}

/// Counts what of the file was read, bytes.
struct Counted<'a, R> {
    source: R,
    taken: &'a AtomicU64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.source.read(buffer)?;
        self.taken.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// It is compressed on the way and fits into memory whole, whatever becomes of it.
fn is_short(blob: &Blob) -> bool {
    blob.is_compressed_on_the_way() && blob.stored == Compression::Plain && blob.size <= SHORT
}

type Encoder = JoinHandle<Result<Encoded, EncodeError>>;

/// The next shorter length of bodies after a refusal of their length (413 of proxies such as nginx, 411 of those that
/// take nothing whose length is not said).
fn smaller(failed: &Error, most: Option<u64>) -> Option<u64> {
    // That is said of the layer, not of a body.
    if failed.errors.first().is_some_and(|error| error.code == "SIZE_INVALID") {
        return None;
    }
    let next = match (failed.status, most) {
        (Some(411 | 413), None) => chunks::CHUNK,
        (Some(413), Some(most)) => most / 2,
        _ => return None,
    };
    (next >= chunks::SHORTEST).then_some(next)
}

/// The registry does not know the session any more, or has other bytes in it than were sent.
fn lost_session(error: &Error) -> bool {
    let code = error.errors.first().map_or("", |error| error.code.as_str());
    // A session that cannot be opened was never there: that is a refusal.
    let opening = error.request.as_ref().is_some_and(|request| request.method == "POST");
    if opening {
        return false;
    }
    matches!(error.status, Some(404 | 416))
        || matches!(code, "BLOB_UPLOAD_UNKNOWN" | "BLOB_UPLOAD_INVALID" | "DIGEST_INVALID" | "RANGE_INVALID")
            && error.meaning() != Meaning::OwnerNotFound
}

fn failed(error: TransferError, session: Upload) -> Failed {
    Failed { error, session: Some(session), confirmed: 0, chunks_fit: false, noted: false }
}

/// Brings both ends of a blob together. The file's fault is told before the connection's, which it causes.
async fn settle<T>(
    encoding: Encoder,
    blob: &Blob,
    sent: Result<T, TransferError>,
) -> Result<(T, Encoded), TransferError> {
    // A panic there is a fault of ours; it takes the same way as any other unexpected end.
    let encoded = encoding.await.unwrap_or_else(|panic| Err(EncodeError::Read(std::io::Error::other(panic))));
    match encoded {
        Err(EncodeError::Stopped) => Err(sent.err().unwrap_or(TransferError::Cancelled)),
        Err(error) => Err(damaged(blob, error)),
        Ok(encoded) => Ok((sent?, encoded)),
    }
}

fn damaged(blob: &Blob, error: EncodeError) -> TransferError {
    match error {
        EncodeError::Damaged { expected, found } => {
            TransferError::DamagedLayer { layer: blob.number, member: blob.member.clone(), expected, found }
        }
        EncodeError::Read(error) => TransferError::read(&blob.member, error),
        EncodeError::Stopped => TransferError::Cancelled,
    }
}

//! What was learnt and need not be learnt twice.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use slipway_compress::Method;
use slipway_reference::{Digest, RepositoryPath};

/// A memory across pushes. Losing it costs time, never correctness: whatever it says of a registry is asked again
/// before it counts, and what it says of content is bound to digests.
///
/// What is to be remembered is taken at once, wherever it is told: a ledger that cannot write forgets. What is asked may
/// wait for a disk, so it is asked on a thread that may wait.
pub trait Ledger: Send + Sync {
    /// What a layer of this diff ID became when it was compressed so: digest and size, bytes.
    fn compressed(&self, diff_id: &Digest, method: Method) -> Option<(Digest, u64)>;
    /// Remembers that.
    fn remember_compressed(&self, diff_id: &Digest, method: Method, digest: &Digest, size: u64);

    /// The blob `digest` was unpacked once and has this diff ID.
    fn is_checked(&self, digest: &Digest, diff_id: &Digest) -> bool;
    /// Remembers that.
    fn remember_checked(&self, digest: &Digest, diff_id: &Digest);

    /// Paths of `registry` where the blob was seen, the latest first; a few at most.
    fn homes(&self, registry: &str, digest: &Digest) -> Vec<RepositoryPath>;
    /// Remembers that it is there.
    fn remember_home(&self, registry: &str, path: &RepositoryPath, digest: &Digest);

    /// The upload session that was left open for `blob` (see [`SessionKey`]), if no running transfer holds it: its
    /// address, and how much of the blob the registry confirmed, bytes. It is then held by the caller.
    fn take_session(&self, key: &SessionKey) -> Option<(String, u64)>;
    /// Remembers a session that is being used, by its address, and so many confirmed bytes.
    fn keep_session(&self, key: &SessionKey, location: &str, confirmed: u64);
    /// The session is over.
    fn drop_session(&self, key: &SessionKey);
    /// The transfer that used the session ends, the session stays.
    fn leave_session(&self, key: &SessionKey);
}

/// Which upload a session belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionKey {
    /// Name of the registry.
    pub registry: String,
    /// The path.
    pub path: RepositoryPath,
    /// What is sent: its digest, or its diff ID and how it is compressed.
    pub blob: String,
}

/// A ledger that lasts as long as the process.
#[derive(Debug, Default)]
pub struct Remembered(Mutex<Memory>);

#[derive(Debug)]
struct Session {
    location: String,
    confirmed: u64,
    held: bool,
}

#[derive(Debug, Default)]
struct Memory {
    compressed: HashMap<(Digest, Method), (Digest, u64)>,
    checked: HashMap<Digest, Digest>,
    homes: HashMap<(String, Digest), Vec<RepositoryPath>>,
    sessions: HashMap<SessionKey, Session>,
}

impl Remembered {
    fn with<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Ledger for Remembered {
    fn compressed(&self, diff_id: &Digest, method: Method) -> Option<(Digest, u64)> {
        self.with(|memory| memory.compressed.get(&(diff_id.clone(), method)).cloned())
    }

    fn remember_compressed(&self, diff_id: &Digest, method: Method, digest: &Digest, size: u64) {
        self.with(|memory| memory.compressed.insert((diff_id.clone(), method), (digest.clone(), size)));
    }

    fn is_checked(&self, digest: &Digest, diff_id: &Digest) -> bool {
        self.with(|memory| memory.checked.get(digest) == Some(diff_id))
    }

    fn remember_checked(&self, digest: &Digest, diff_id: &Digest) {
        self.with(|memory| memory.checked.insert(digest.clone(), diff_id.clone()));
    }

    fn homes(&self, registry: &str, digest: &Digest) -> Vec<RepositoryPath> {
        let key = (registry.to_owned(), digest.clone());
        self.with(|memory| memory.homes.get(&key).cloned().unwrap_or_default())
    }

    fn remember_home(&self, registry: &str, path: &RepositoryPath, digest: &Digest) {
        self.with(|memory| {
            let homes = memory.homes.entry((registry.to_owned(), digest.clone())).or_default();
            homes.retain(|home| home != path);
            homes.insert(0, path.clone());
        });
    }

    fn take_session(&self, key: &SessionKey) -> Option<(String, u64)> {
        self.with(|memory| {
            let session = memory.sessions.get_mut(key)?;
            let free = !std::mem::replace(&mut session.held, true);
            free.then(|| (session.location.clone(), session.confirmed))
        })
    }

    fn keep_session(&self, key: &SessionKey, location: &str, confirmed: u64) {
        let session = Session { location: location.to_owned(), confirmed, held: true };
        self.with(|memory| memory.sessions.insert(key.clone(), session));
    }

    fn drop_session(&self, key: &SessionKey) {
        self.with(|memory| memory.sessions.remove(key));
    }

    fn leave_session(&self, key: &SessionKey) {
        self.with(|memory| {
            if let Some(session) = memory.sessions.get_mut(key) {
                session.held = false;
            }
        });
    }
}

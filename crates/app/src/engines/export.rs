//! What an engine exports, as a file.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use slipway_archive::{Archive, ArchiveError, OpenOptions};
use slipway_engines::{Engine, EngineError};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::images::Stream;

/// Pieces that wait to be written to the disk.
const QUEUED: usize = 16;

/// How often it is looked whether somebody ended it while the engine keeps silent.
const LOOK: Duration = Duration::from_millis(100);

/// Behind what is no image so many bytes are still read: the engine may say there what happened to it.
const LAST_WORDS: usize = 1 << 20;

/// Images that an engine exports when somebody reads them.
pub(super) struct Exported {
    engine: Engine,
    /// As people asked for them.
    named: Vec<String>,
    /// As the engine is asked.
    exact: Vec<String>,
    /// Bytes, about.
    need: Option<u64>,
    runtime: Handle,
}

impl Exported {
    pub(super) fn new(engine: Engine, named: Vec<String>, exact: Vec<String>, need: Option<u64>) -> Self {
        Self { engine, named, exact, need, runtime: Handle::current() }
    }
}

impl Stream for Exported {
    fn name(&self) -> String {
        self.named.join(", ")
    }

    fn words(&self) -> Vec<String> {
        let engine = self.engine.kind().to_string().to_lowercase();
        ["--from".to_owned(), engine].into_iter().chain(self.named.iter().cloned()).collect()
    }

    fn open(&self, options: &OpenOptions) -> Result<Archive, ArchiveError> {
        let (sender, receiver) = mpsc::channel(QUEUED);
        let (engine, exact) = (self.engine.clone(), self.exact.clone());
        let pump = self.runtime.spawn(pump(engine, exact, sender, options.cancelled.clone()));
        let reader = Pieces { receiver, current: Bytes::new() };
        let opened = Archive::open_reader(reader, &self.name(), self.need, options);
        let error = match opened {
            Ok(archive) => return Ok(archive),
            Err(error) => error,
        };
        let ours = matches!(
            error,
            ArchiveError::NoRoom { .. }
                | ArchiveError::Spool { .. }
                | ArchiveError::Bomb { .. }
                | ArchiveError::TooMuch { .. }
                | ArchiveError::Cancelled
        );
        if ours {
            pump.abort();
            return Err(error);
        }
        // What is no image may be one that the engine could not go on with; then it knows best why.
        match self.runtime.block_on(pump) {
            Ok(Err(said)) => {
                Err(ArchiveError::Unreadable { file: self.name(), source: io::Error::other(said) })
            }
            _ => Err(error),
        }
    }
}

/// Moves the export into `sender`, to its end or until `cancelled` is set.
async fn pump(
    engine: Engine,
    names: Vec<String>,
    sender: mpsc::Sender<io::Result<Bytes>>,
    cancelled: Option<Arc<AtomicBool>>,
) -> Result<(), EngineError> {
    let moved = tokio::select! {
        biased;
        moved = export(&engine, &names, &sender) => moved,
        () = is_set(cancelled) => {
            // Nobody may be left to hear it.
            let _ = sender.send(Err(io::Error::other(ArchiveError::Cancelled))).await;
            return Ok(());
        }
    };
    if let Err(error) = &moved {
        // The reader must not take it for the end.
        let _ = sender.send(Err(io::Error::other(error.to_string()))).await;
    }
    moved
}

async fn export(
    engine: &Engine,
    names: &[String],
    sender: &mpsc::Sender<io::Result<Bytes>>,
) -> Result<(), EngineError> {
    let mut export = engine.export(names).await?;
    let mut left = LAST_WORDS;
    while let Some(piece) = export.next().await? {
        let length = piece.len();
        if sender.send(Ok(piece)).await.is_err() {
            if left < length {
                break;
            }
            left -= length;
        }
    }
    Ok(())
}

async fn is_set(flag: Option<Arc<AtomicBool>>) {
    let Some(flag) = flag else { return std::future::pending().await };
    while !flag.load(Ordering::Relaxed) {
        tokio::time::sleep(LOOK).await;
    }
}

/// What comes through a channel, to be read on a thread that may wait.
struct Pieces {
    receiver: mpsc::Receiver<io::Result<Bytes>>,
    current: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.receiver.blocking_recv() {
                Some(piece) => self.current = piece?,
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.current.len());
        buffer[..length].copy_from_slice(&self.current.split_to(length));
        Ok(length)
    }
}

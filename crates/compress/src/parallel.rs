//! Blocks in, compressed blocks out, in order, with several on the way.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak, mpsc};

use thread_priority::{ThreadPriority, ThreadPriorityValue};

use crate::{Method, blocks};

/// A quarter of the way from the least priority to the highest: below normal, by any system's measure.
const BACKGROUND: u8 = 25;

/// Blocks that every stream may have on the way whatever the others do: one is compressed while the next is
/// read.
const OWN: usize = 2;

/// The threads that compress, for all layers of all jobs together, and the room for what they work on.
#[derive(Clone)]
pub struct Pool {
    threads: Arc<rayon::ThreadPool>,
    /// Bytes of blocks that may still be lent to streams, beyond their own ones.
    spare: Arc<AtomicUsize>,
    /// There while a stream is.
    buffers: Arc<Mutex<Weak<Buffers>>>,
}

/// Memory of blocks that are done, for the next ones: new memory must be cleared first, by the system and by us. It goes
/// with the last stream.
struct Buffers {
    free: Mutex<Vec<Vec<u8>>>,
    most: usize,
}

impl Buffers {
    /// Memory of that length; what stands in it is old.
    fn take(&self, length: usize) -> Vec<u8> {
        let mut buffer = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        buffer.resize(length, 0);
        buffer
    }

    fn give(&self, buffer: Vec<u8>) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < self.most {
            free.push(buffer);
        }
    }
}

impl Pool {
    /// A pool of so many threads; 0 means one for each core.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new(threads: usize) -> io::Result<Self> {
        Self::build(rayon::ThreadPoolBuilder::new().num_threads(threads))
    }

    /// The same with threads that stand back: whatever else wants a core, as a window that is drawn, has it first.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn in_background(threads: usize) -> io::Result<Self> {
        let stand_back = |_| {
            // Where the system refuses, they only compete as others do.
            let _ = ThreadPriorityValue::try_from(BACKGROUND)
                .map(|priority| ThreadPriority::Crossplatform(priority).set_for_current());
        };
        Self::build(rayon::ThreadPoolBuilder::new().num_threads(threads).start_handler(stand_back))
    }

    fn build(builder: rayon::ThreadPoolBuilder) -> io::Result<Self> {
        let threads =
            builder.thread_name(|number| format!("compress-{number}")).build().map_err(io::Error::other)?;
        let spare = (threads.current_num_threads() + 2) << 20;
        Ok(Self {
            threads: Arc::new(threads),
            spare: Arc::new(AtomicUsize::new(spare)),
            buffers: Arc::default(),
        })
    }

    fn buffers(&self) -> Arc<Buffers> {
        let mut kept = self.buffers.lock().unwrap_or_else(PoisonError::into_inner);
        kept.upgrade().unwrap_or_else(|| {
            let buffers = Arc::new(Buffers { free: Mutex::default(), most: self.threads() + 2 });
            *kept = Arc::downgrade(&buffers);
            buffers
        })
    }

    /// Threads of it.
    pub fn threads(&self) -> usize {
        self.threads.current_num_threads()
    }

    fn borrow(&self, bytes: usize) -> bool {
        let taken = |spare: usize| spare.checked_sub(bytes);
        self.spare.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.spare.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("threads", &self.threads()).finish_non_exhaustive()
    }
}

/// Compresses what `source` holds; [`next`](Self::next) gives the compressed blocks in order.
///
/// Memory: two blocks and what they became, and as many more as the pool can lend at that moment.
pub struct Parallel<R> {
    pool: Pool,
    buffers: Arc<Buffers>,
    method: Method,
    source: R,
    under_way: VecDeque<Block>,
    ended: bool,
    blocks: u64,
}

struct Block {
    compressed: mpsc::Receiver<Vec<u8>>,
    lent: usize,
}

impl<R: Read> Parallel<R> {
    /// Reads nothing yet.
    pub fn new(pool: &Pool, method: Method, source: R) -> Self {
        let (pool, buffers) = (pool.clone(), pool.buffers());
        Self { pool, buffers, method, source, under_way: VecDeque::new(), ended: false, blocks: 0 }
    }

    /// The next compressed block; none at the end. `seen` gets every block as it was read. An empty source is
    /// one empty member.
    ///
    /// # Errors
    /// Those of `source`.
    pub fn next(&mut self, mut seen: impl FnMut(&[u8])) -> io::Result<Option<Vec<u8>>> {
        while !self.ended {
            let lent = match self.under_way.len() {
                0..OWN => 0,
                _ if self.pool.borrow(self.method.block()) => self.method.block(),
                _ => break,
            };
            // Nothing more is read while the oldest block is ready and there is enough to do meanwhile.
            let Some((block, length)) = self.read(lent)? else { continue };
            seen(&block[..length]);
            self.start(block, length, lent);
        }
        let Some(block) = self.under_way.pop_front() else {
            let nothing = std::mem::replace(&mut self.blocks, 1) == 0;
            return Ok(nothing.then(|| blocks::empty(self.method)));
        };
        let compressed = block.compressed.recv();
        self.pool.give_back(block.lent);
        // The other end is only dropped unsent when compressing panicked.
        compressed.map(Some).map_err(|_| io::Error::other("compressing failed"))
    }

    /// A whole block or the last rest, and how long that is; none at the end.
    fn read(&mut self, lent: usize) -> io::Result<Option<(Vec<u8>, usize)>> {
        let mut block = self.buffers.take(self.method.block());
        let read = fill(&mut self.source, &mut block);
        let length = *read.as_ref().unwrap_or(&0);
        self.ended = length < block.len();
        if length == 0 {
            self.pool.give_back(lent);
            self.buffers.give(block);
            return read.map(|_| None);
        }
        Ok(Some((block, length)))
    }

    fn start(&mut self, block: Vec<u8>, length: usize, lent: usize) {
        let (done, compressed) = mpsc::sync_channel(1);
        let (method, buffers) = (self.method, Arc::clone(&self.buffers));
        self.pool.threads.spawn_fifo(move || {
            // A panic here would end the program; whoever waits hears of it instead.
            let work = AssertUnwindSafe(|| blocks::compress(method, &block[..length]));
            let member = std::panic::catch_unwind(work);
            buffers.give(block);
            if let Ok(member) = member {
                // Nobody waits any more where the transfer was cancelled.
                let _ = done.send(member);
            }
        });
        self.under_way.push_back(Block { compressed, lent });
        self.blocks += 1;
    }
}

/// Reads until the buffer is full or the source ends; how much it was.
fn fill(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match source.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

impl<R> Drop for Parallel<R> {
    fn drop(&mut self) {
        let lent = self.under_way.iter().map(|block| block.lent).sum();
        self.pool.give_back(lent);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// The nice value of a pool's thread: what follows the name in `/proc/thread-self/stat` starts with field 3, and
    /// this is field 19.
    fn nice(pool: &Pool) -> i32 {
        pool.threads.install(|| {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
            let (_, fields) = stat.rsplit_once(") ").unwrap();
            fields.split(' ').nth(19 - 3).unwrap().parse().unwrap()
        })
    }

    #[test]
    fn threads_in_the_background_stand_back_and_others_do_not() {
        let usual = nice(&Pool::new(1).unwrap());
        assert!(nice(&Pool::in_background(1).unwrap()) > usual);
    }
}

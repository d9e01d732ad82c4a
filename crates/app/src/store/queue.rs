//! The thread that has the database, and the queue before it: what is written and asked takes its turn, whoever comes,
//! and no thread of the runtime waits for a disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use super::Database;

/// So much waits at most. An entry of the ledger is a few hundred bytes; of each job one record is on its way.
const MOST: usize = 1024;

/// Something to do with the database; with none where it cannot be used.
type Order = Box<dyn FnOnce(Option<&Database>) + Send>;

/// The queue. Dropped, it ends when everything in it is done.
pub(super) struct Queue {
    orders: Option<mpsc::Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Queue {
    /// Starts the thread, which opens the database in Slipway's directory `home`; none where there can be no thread.
    pub(super) fn begin(home: PathBuf) -> Option<Self> {
        let (orders, waiting) = mpsc::channel(MOST);
        let thread = std::thread::Builder::new().name("slipway-store".to_owned());
        let thread = thread.spawn(move || work(&home, waiting));
        let thread = thread
            .inspect_err(|error| tracing::warn!(%error, "no thread for slipway.db: nothing is remembered"));
        Some(Self { orders: Some(orders), thread: Some(thread.ok()?) })
    }

    /// What `work` says, when its turn has come and everything before it is done.
    pub(super) async fn ask<T: Default + Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> T + Send + 'static,
    ) -> T {
        let (order, answer) = asking(work);
        let Some(orders) = &self.orders else { return T::default() };
        match orders.send(order).await {
            Ok(()) => answer.await.unwrap_or_default(),
            Err(_) => T::default(),
        }
    }

    /// The same on a thread that may wait.
    ///
    /// # Panics
    ///
    /// On a thread of the runtime, which may not.
    pub(super) fn wait<T: Default + Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> T + Send + 'static,
    ) -> T {
        let (order, answer) = asking(work);
        let Some(orders) = &self.orders else { return T::default() };
        match orders.blocking_send(order) {
            Ok(()) => answer.blocking_recv().unwrap_or_default(),
            Err(_) => T::default(),
        }
    }

    /// Lets `work` be done in its turn, and waits for nothing. Where the disk does not keep up at all it is dropped: for
    /// what may be forgotten.
    pub(super) fn note(&self, work: impl FnOnce(&Database) + Send + 'static) {
        let Some(orders) = &self.orders else { return };
        let order: Order = Box::new(|database| {
            database.map(work);
        });
        if let Err(TrySendError::Full(_)) = orders.try_send(order) {
            tracing::warn!("slipway.db does not keep up: something is not remembered");
        }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        drop(self.orders.take());
        // The next one who opens the file finds everything in it, and the run over.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn asking<T: Default + Send + 'static>(
    work: impl FnOnce(&Database) -> T + Send + 'static,
) -> (Order, oneshot::Receiver<T>) {
    let (answer, answered) = oneshot::channel();
    let order: Order = Box::new(|database| {
        // Whoever asked may be gone.
        let _ = answer.send(database.map(work).unwrap_or_default());
    });
    (order, answered)
}

fn work(home: &Path, mut orders: mpsc::Receiver<Order>) {
    let database = Database::open(home)
        .inspect_err(|error| tracing::warn!(%error, "slipway.db cannot be used: nothing is remembered"))
        .ok();
    while let Some(order) = orders.blocking_recv() {
        // A fault of ours in one of them ends neither the others nor the memory.
        if catch_unwind(AssertUnwindSafe(|| order(database.as_ref()))).is_err() {
            tracing::error!("something failed in the middle with slipway.db");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn started(home: &Path) -> Queue {
        Queue::begin(home.to_owned()).unwrap()
    }

    fn count(counter: &Arc<AtomicUsize>) -> impl FnOnce(&Database) + Send + 'static {
        let counter = Arc::clone(counter);
        move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A push that waited for the disk held up everything else that its thread did.
    #[tokio::test]
    #[should_panic(expected = "Cannot block the current thread from within a runtime")]
    async fn no_thread_of_the_runtime_waits_for_the_disk() {
        let home = tempfile::tempdir().unwrap();
        started(home.path()).wait(|_| ());
    }

    #[tokio::test]
    async fn the_database_is_on_a_thread_of_its_own_which_belongs_to_no_runtime() {
        let home = tempfile::tempdir().unwrap();
        let queue = started(home.path());
        let of_runtime = || Some(tokio::runtime::Handle::try_current().is_ok());
        assert_eq!(queue.ask(move |_| of_runtime()).await, Some(false));
        let (told, name) = std::sync::mpsc::channel();
        queue.note(move |_| told.send(std::thread::current().name().map(str::to_owned)).unwrap());
        queue.ask(|_| ()).await;
        assert_eq!(name.recv().unwrap().as_deref(), Some("slipway-store"));
    }

    #[test]
    fn everything_is_done_in_the_order_it_came_and_before_the_queue_is_gone() {
        let home = tempfile::tempdir().unwrap();
        let order = Arc::<std::sync::Mutex<Vec<usize>>>::default();
        let queue = started(home.path());
        for number in 0..500 {
            let order = Arc::clone(&order);
            queue.note(move |_| order.lock().unwrap().push(number));
        }
        drop(queue);
        let done = order.lock().unwrap();
        assert!(done.len() == 500 && done.is_sorted());
    }

    #[test]
    fn a_disk_that_stands_still_fills_no_memory_and_whoever_waits_is_heard() {
        let home = tempfile::tempdir().unwrap();
        let queue = started(home.path());
        let (go_on, gate) = std::sync::mpsc::channel::<()>();
        queue.note(move |_| {
            let _ = gate.recv();
        });
        let done = Arc::<AtomicUsize>::default();
        for _ in 0..3 * MOST {
            queue.note(count(&done));
        }
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| queue.wait(|_| true));
            drop(go_on);
            assert!(waiting.join().unwrap());
        });
        let done = done.load(Ordering::Relaxed);
        assert!((MOST - 1..=MOST).contains(&done), "{done}");
    }

    #[test]
    fn what_fails_in_the_middle_takes_nothing_else_with_it() {
        let home = tempfile::tempdir().unwrap();
        let queue = started(home.path());
        assert!(!queue.wait(|_| -> bool { panic!("on purpose") }));
        assert!(queue.wait(|_| true));
    }
}

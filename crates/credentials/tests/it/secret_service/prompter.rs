//! Stands in for the desktop's prompter, which shows GNOME Keyring's questions. Nobody answers them.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::watch;
use zbus::Connection;
use zbus::message::Header;
use zbus::names::OwnedUniqueName;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};

use super::PATIENCE;

/// The questions that are shown, and how many were ever to be shown.
#[derive(Debug, Default, Clone)]
struct Questions {
    /// Who asks, and where the answer goes.
    shown: Vec<(OwnedUniqueName, OwnedObjectPath)>,
    ever: usize,
    most: usize,
}

/// A prompter on the session's bus.
pub(crate) struct Prompter {
    connection: Connection,
    shown: Arc<watch::Sender<Questions>>,
    questions: watch::Receiver<Questions>,
}

impl Prompter {
    pub(crate) async fn start() -> Self {
        let (shown, questions) = watch::channel(Questions::default());
        let shown = Arc::new(shown);
        let connection = zbus::connection::Builder::session()
            .unwrap()
            .serve_at("/org/gnome/keyring/Prompter", Shown(Arc::clone(&shown)))
            .unwrap()
            .name("org.gnome.keyring.SystemPrompter")
            .unwrap()
            .build()
            .await
            .unwrap();
        Self { connection, shown, questions }
    }

    /// Waits until so many questions are shown.
    pub(crate) async fn wait_for(&mut self, count: usize) {
        let shown = self.questions.wait_for(|questions| questions.shown.len() == count);
        tokio::time::timeout(PATIENCE, shown).await.expect("as many questions are shown").unwrap();
    }

    /// Refuses every question until `call` ends.
    pub(crate) async fn refusing<T>(&mut self, call: impl Future<Output = T>) -> T {
        let mut call = std::pin::pin!(call);
        loop {
            tokio::select! {
                ended = &mut call => return ended,
                () = self.refuse() => {}
            }
        }
    }

    async fn refuse(&mut self) {
        self.questions.wait_for(|questions| !questions.shown.is_empty()).await.unwrap();
        // Its window closes with the answer; GNOME Keyring does not always take it back as well.
        let mut first = None;
        self.shown.send_modify(|questions| first = questions.shown.pop());
        if let Some((asker, callback)) = first {
            answer(&self.connection, asker, callback, "no").await;
        }
    }

    /// The most questions that were shown at once.
    pub(crate) fn most(&self) -> usize {
        self.questions.borrow().most
    }

    /// How many questions were ever to be shown.
    pub(crate) fn ever(&self) -> usize {
        self.questions.borrow().ever
    }
}

/// The interface that libgcr's prompters have.
struct Shown(Arc<watch::Sender<Questions>>);

#[zbus::interface(name = "org.gnome.keyring.internal.Prompter")]
impl Shown {
    /// A question wants to be shown; it may be at once.
    fn begin_prompting(
        &self,
        callback: OwnedObjectPath,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) {
        self.0.send_modify(|questions| questions.ever += 1);
        let (asker, shared) = (asker(&header), connection.clone());
        let ready = async move { answer(&shared, asker, callback, "").await };
        // Later: the asker waits for the end of this call first.
        connection.executor().spawn(ready, "ready").detach();
    }

    /// The question itself.
    fn perform_prompt(
        &self,
        callback: OwnedObjectPath,
        kind: String,
        properties: HashMap<String, OwnedValue>,
        exchange: String,
        #[zbus(header)] header: Header<'_>,
    ) {
        // What is asked does not matter here; the interface has them.
        let _ = (kind, properties, exchange);
        self.0.send_modify(|questions| {
            questions.shown.push((asker(&header), callback));
            questions.most = questions.most.max(questions.shown.len());
        });
    }

    /// The question is taken back, or was answered.
    fn stop_prompting(&self, callback: OwnedObjectPath) {
        self.0.send_modify(|questions| questions.shown.retain(|(_, shown)| *shown != callback));
    }
}

fn asker(header: &Header<'_>) -> OwnedUniqueName {
    header.sender().expect("a bus names senders").to_owned().into()
}

async fn answer(connection: &Connection, asker: OwnedUniqueName, callback: OwnedObjectPath, answer: &str) {
    let interface = Some("org.gnome.keyring.internal.Prompter.Callback");
    let body = (answer, HashMap::<String, OwnedValue>::new(), "");
    // The asker may be gone.
    let _ = connection.call_method(Some(asker), callback, interface, "PromptReady", &body).await;
}

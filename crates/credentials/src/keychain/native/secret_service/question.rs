//! The question that the service is asking the person.

use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use tokio::sync::watch;
use zbus::Connection;
use zbus::zvariant::OwnedObjectPath;

use super::bus::PromptProxy;

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// The person answered it.
    Given,
    /// The person dismissed it, or it could not be shown.
    Dismissed,
    /// The service ended before.
    Gone,
}

/// The last question, answered or not.
#[derive(Default)]
pub(in crate::keychain) struct Pending(Option<watch::Receiver<Option<Answer>>>);

impl Pending {
    /// Whether no question is being asked.
    pub(super) fn is_answered(&self) -> bool {
        self.0.as_ref().is_none_or(|question| question.borrow().is_some() || question.has_changed().is_err())
    }

    /// Asks the question `prompt`. It is asked where the connection's own work is done, whatever becomes of the caller.
    pub(super) fn ask(&mut self, connection: &Connection, prompt: OwnedObjectPath) {
        let (sender, receiver) = watch::channel(None);
        let shown = connection.clone();
        let ask = async move {
            let answer = ask(&shown, prompt).await.unwrap_or(Answer::Gone);
            sender.send_replace(Some(answer));
        };
        connection.executor().spawn(ask, "a question").detach();
        self.0 = Some(receiver);
    }

    /// Waits for the answer.
    pub(super) async fn answer(&mut self) -> Option<Answer> {
        let question = self.0.as_mut()?;
        question.wait_for(Option::is_some).await.map_or(Some(Answer::Gone), |answer| *answer)
    }
}

async fn ask(connection: &Connection, prompt: OwnedObjectPath) -> zbus::Result<Answer> {
    let proxy = PromptProxy::new(connection, prompt).await?;
    let mut answers = proxy.receive_completed().await?;
    let mut owners = proxy.inner().receive_owner_changed().await?;
    proxy.prompt("").await?;
    Ok(match select(answers.next(), owners.next()).await {
        Either::Left((Some(answer), _)) if *answer.args()?.dismissed() => Answer::Dismissed,
        Either::Left((Some(_), _)) => Answer::Given,
        Either::Left((None, _)) | Either::Right(_) => Answer::Gone,
    })
}

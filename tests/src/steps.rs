//! What many journeys do on their way.

use std::path::Path;

use crate::playground::Playground;
use crate::registry::PATIENCE;
use crate::window::Window;

/// Opens a file and waits for its form.
pub async fn open(window: &Window, file: &Path) {
    window.open_file(file).await;
    window.find("region", "Destination").await;
}

/// Signs octocat in with a token by its label, and fills the owner in.
pub async fn sign_in(window: &Window, playground: &Playground, label: &str) {
    window.fill("Owner", "octocat").await;
    window.sign_in("octocat", &playground.token_called(label)).await;
}

/// Adds octocat's account on its page, with a token that may publish.
pub async fn add_account(window: &Window, playground: &Playground) {
    window.press("link", "Accounts").await;
    window.press("button", "Add account…").await;
    window.hand_over(&playground.token_called("publish")).await;
    window.press_last("button", "Add account").await;
    // The dialog says so, too, before its answer is there.
    window.gone_dialog().await;
    window.see("Accepted by").await;
    window.rests().await;
}

/// Publishes what is in the form to octocat, signed in.
pub async fn publish(window: &Window, playground: &Playground) {
    window.find("region", "Destination").await;
    if !window.has("button", "Account: octocat").await {
        window.sign_in("octocat", &playground.token("octocat")).await;
    }
    window.fill("Owner", "octocat").await;
    window.press("button", "Publish ").await;
}

/// Publishes the sample to octocat/hello, and waits for its result.
pub async fn publish_sample(window: &Window, playground: &Playground) {
    window.open_file(&playground.sample).await;
    publish(window, playground).await;
    window.find("heading", "Published and verified").await;
}

/// Opens what passed among the checks.
pub async fn unfold(window: &Window) {
    checked(window).await;
    window.script("document.getElementById('passed-checks').click()", &[]).await;
}

/// Waits until the checks speak of the form as it is, in whatever language.
pub async fn checked(window: &Window) {
    // Busy from the first change on, so nothing has to be waited for before.
    let judged = "return document.getElementById('checks')?.getAttribute('aria-busy') === 'false'";
    assert!(window.until(judged, &[], PATIENCE).await.is_some(), "the checks do not end");
}

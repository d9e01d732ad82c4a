//! The keychain with a real GNOME Keyring, in a session of each test's own.

mod prompter;
mod session;

use std::process::Command;
use std::time::Duration;

use prompter::Prompter;
use secrecy::{ExposeSecret, SecretString};
use session::{Keyring, inside};
use slipway_credentials::{EntryName, Keychain, KeychainError, KeychainState, MissingReason};

/// Long enough for any call that is answered at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// For calls that nobody answers; long enough to ask.
const SOON: Duration = Duration::from_secs(2);

const NO_SERVICE: KeychainState = KeychainState::Missing { reason: MissingReason::NoService };

fn name() -> EntryName {
    EntryName::of("octocat", &"ghcr.io".parse().unwrap())
}

fn secret() -> SecretString {
    SecretString::from("s3cret")
}

/// What another program finds under our name: the secret (`lookup`), or all about it (`search`).
fn secret_tool(action: &str) -> String {
    let output = Command::new("secret-tool")
        .args([action, "service", "Slipway", "username", "octocat@ghcr.io"])
        .output()
        .expect("libsecret's secret-tool is installed: `cargo xtask test` sees to it");
    String::from_utf8(output.stdout).unwrap()
}

/// Waits until the keychain is in `state`, as it becomes when its service comes or goes.
async fn wait_for(keychain: &Keychain, state: KeychainState) {
    let becomes = async {
        while keychain.state(PATIENCE).await != state {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, becomes).await.expect("the keychain's state changes");
}

/// A keychain whose service is running and unlocked.
async fn ready() -> (Keychain, Keyring) {
    let (keychain, keyring) = (Keychain::system(), Keyring::start());
    wait_for(&keychain, KeychainState::Ready).await;
    (keychain, keyring)
}

#[test]
fn a_saved_token_is_found_by_other_programs_and_gone_once_removed() {
    inside("a_saved_token_is_found_by_other_programs_and_gone_once_removed", async || {
        let (keychain, _keyring) = ready().await;
        assert!(keychain.load(&name(), PATIENCE).await.unwrap().is_none());
        keychain.save(&name(), &SecretString::from("earlier"), PATIENCE).await.unwrap();
        keychain.save(&name(), &secret(), PATIENCE).await.unwrap();
        assert_eq!(secret_tool("lookup"), "s3cret");
        let about = secret_tool("search");
        assert!(about.contains("label = Slipway: octocat at ghcr.io"), "{about}");
        let loaded = keychain.load(&name(), PATIENCE).await.unwrap().unwrap();
        assert_eq!(loaded.expose_secret(), "s3cret");
        keychain.remove(&name(), PATIENCE).await.unwrap();
        assert_eq!(secret_tool("lookup"), "");
        assert!(keychain.load(&name(), PATIENCE).await.unwrap().is_none());
        keychain.remove(&name(), PATIENCE).await.unwrap();
    });
}

#[test]
fn a_service_that_starts_later_is_found_by_the_same_process() {
    inside("a_service_that_starts_later_is_found_by_the_same_process", async || {
        let keychain = Keychain::system();
        let missing = Err(KeychainError::Missing(MissingReason::NoService));
        assert_eq!(keychain.state(PATIENCE).await, NO_SERVICE);
        assert_eq!(keychain.save(&name(), &secret(), PATIENCE).await, missing);
        let keyring = Keyring::start();
        wait_for(&keychain, KeychainState::Ready).await;
        keychain.save(&name(), &secret(), PATIENCE).await.unwrap();
        drop(keyring);
        wait_for(&keychain, NO_SERVICE).await;
        assert_eq!(keychain.remove(&name(), PATIENCE).await, missing);
        let _again = Keyring::start();
        wait_for(&keychain, KeychainState::Ready).await;
        assert_eq!(keychain.load(&name(), PATIENCE).await.unwrap().unwrap().expose_secret(), "s3cret");
    });
}

#[test]
fn a_computer_without_a_session_bus_has_no_keychain() {
    inside("a_computer_without_a_session_bus_has_no_keychain", async || {
        // A process of its own once more: nothing listens there.
        if std::env::var_os("SLIPWAY_TEST_NO_BUS").is_none() {
            let inner = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "secret_service::a_computer_without_a_session_bus_has_no_keychain"])
                .env("SLIPWAY_TEST_NO_BUS", "1")
                .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
                .output()
                .unwrap();
            assert!(inner.status.success(), "{}", String::from_utf8_lossy(&inner.stdout));
            return;
        }
        let state = Keychain::system().state(PATIENCE).await;
        assert_eq!(state, KeychainState::Missing { reason: MissingReason::NoBus });
        let failed = Keychain::system().save(&name(), &secret(), PATIENCE).await;
        assert_eq!(failed, Err(KeychainError::Missing(MissingReason::NoBus)));
    });
}

#[test]
fn a_locked_keychain_that_cannot_ask_stays_locked() {
    inside("a_locked_keychain_that_cannot_ask_stays_locked", async || {
        let (keychain, keyring) = ready().await;
        keychain.save(&name(), &secret(), PATIENCE).await.unwrap();
        keyring.lock().await;
        assert_eq!(keychain.state(PATIENCE).await, KeychainState::Locked);
        let locked = keychain.load(&name(), PATIENCE).await;
        assert_eq!(locked.err(), Some(KeychainError::Locked));
    });
}

#[test]
fn a_question_is_asked_once_however_many_calls_wait_for_its_answer() {
    inside("a_question_is_asked_once_however_many_calls_wait_for_its_answer", async || {
        let (keychain, keyring) = ready().await;
        keychain.save(&name(), &secret(), PATIENCE).await.unwrap();
        let mut prompter = Prompter::start().await;
        keyring.lock().await;
        assert_eq!(keychain.state(PATIENCE).await, KeychainState::Locked);
        assert_eq!(prompter.ever(), 0, "asking for the state asks nobody");

        // One call is given up by its caller, one ends at its limit.
        let given_up = tokio::spawn({
            let keychain = keychain.clone();
            async move { keychain.load(&name(), PATIENCE).await }
        });
        prompter.wait_for(1).await;
        assert_eq!(keychain.state(PATIENCE).await, KeychainState::Locked, "the state is told meanwhile");
        given_up.abort();
        let unanswered = keychain.load(&name(), SOON).await;
        assert_eq!(unanswered.err(), Some(KeychainError::TimedOut));
        let other = EntryName::of("hubot", &"ghcr.io".parse().unwrap());
        let unanswered = keychain.save(&other, &secret(), SOON).await;
        assert_eq!(unanswered, Err(KeychainError::TimedOut));

        assert_eq!((prompter.ever(), prompter.most()), (1, 1));

        // A refusal answers who waits for it. Who comes later asks again.
        let refused = prompter.refusing(keychain.load(&name(), PATIENCE)).await;
        assert_eq!(refused.err(), Some(KeychainError::Locked));
        let before = prompter.ever();
        let asks_again = keychain.load(&name(), SOON).await;
        assert_eq!(asks_again.err(), Some(KeychainError::TimedOut));
        prompter.wait_for(1).await;
        assert_eq!((prompter.ever(), prompter.most()), (before + 1, 1));

        // Unlocked in another way meanwhile.
        keyring.unlock().await;
        wait_for(&keychain, KeychainState::Ready).await;
        assert_eq!(keychain.load(&name(), PATIENCE).await.unwrap().unwrap().expose_secret(), "s3cret");
    });
}

#[test]
fn a_question_ends_with_the_service_that_asked_it() {
    inside("a_question_ends_with_the_service_that_asked_it", async || {
        let (keychain, keyring) = ready().await;
        keychain.save(&name(), &secret(), PATIENCE).await.unwrap();
        let mut prompter = Prompter::start().await;
        keyring.lock().await;
        let waiting = tokio::spawn({
            let keychain = keychain.clone();
            async move { keychain.load(&name(), PATIENCE).await }
        });
        prompter.wait_for(1).await;
        drop(keyring);
        let failed = waiting.await.unwrap().err();
        assert_eq!(failed, Some(KeychainError::Missing(MissingReason::NoService)));
        let _again = Keyring::start();
        wait_for(&keychain, KeychainState::Ready).await;
        assert_eq!(keychain.load(&name(), PATIENCE).await.unwrap().unwrap().expose_secret(), "s3cret");
    });
}

//! The keychain with stores that stand in for the system's: its promises about time, turns and secrets.

use std::any::Any;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use keyring_core::api::{CredentialApi, CredentialPersistence, CredentialStoreApi};
use keyring_core::{Credential, Entry, Error, mock};
use secrecy::{ExposeSecret, SecretString};
use slipway_credentials::{EntryName, Keychain, KeychainError, KeychainState, MissingReason};

/// Long enough for any call that is answered at all.
const PATIENCE: Duration = Duration::from_secs(60);
/// For calls that are never answered.
const SOON: Duration = Duration::from_millis(50);

fn name() -> EntryName {
    EntryName::of("octocat", &"ghcr.io".parse().unwrap())
}

/// The error that the next use of the entry ends with.
fn fail_next(store: &Arc<mock::Store>, error: Error) {
    let entry = store.build(&name().service, &name().user, None).unwrap();
    entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
}

#[tokio::test]
async fn a_saved_token_is_loaded_again_and_gone_once_removed() {
    let keychain = Keychain::with_store(mock::Store::new().unwrap());
    assert_eq!(keychain.state(PATIENCE).await, KeychainState::Ready);
    assert!(keychain.load(&name(), PATIENCE).await.unwrap().is_none());
    keychain.save(&name(), &SecretString::from("first"), PATIENCE).await.unwrap();
    keychain.save(&name(), &SecretString::from("second"), PATIENCE).await.unwrap();
    let other = EntryName::of("octocat", &"docker.pkg.github.com".parse().unwrap());
    assert!(keychain.load(&other, PATIENCE).await.unwrap().is_none(), "a token belongs to one host");
    let loaded = keychain.clone().load(&name(), PATIENCE).await.unwrap().unwrap();
    assert_eq!(loaded.expose_secret(), "second");
    keychain.remove(&name(), PATIENCE).await.unwrap();
    assert!(keychain.load(&name(), PATIENCE).await.unwrap().is_none());
    keychain.remove(&name(), PATIENCE).await.unwrap();
}

#[tokio::test]
async fn an_error_says_what_happened_and_holds_no_secret() {
    let store = mock::Store::new().unwrap();
    let keychain = Keychain::with_store(Arc::<mock::Store>::clone(&store));
    let canary = || b"canary\xff".to_vec();
    let cases = [
        (Error::BadEncoding(canary()), KeychainError::Other("the entry holds no text".to_owned())),
        (
            Error::BadDataFormat(canary(), "canary".into()),
            KeychainError::Other("the entry holds no text".to_owned()),
        ),
        (Error::Ambiguous(Vec::new()), KeychainError::Ambiguous),
        (Error::NoDefaultStore, KeychainError::Missing(MissingReason::NoService)),
    ];
    for (error, expected) in cases {
        fail_next(&store, error);
        let failed = keychain.load(&name(), PATIENCE).await.unwrap_err();
        assert_eq!(failed, expected);
        assert!(!format!("{failed} {failed:?}").contains("canary"));
    }
}

/// A store whose first save waits for a word that the test may never say.
#[derive(Debug)]
struct Hanging {
    store: Arc<mock::Store>,
    wait: Arc<Mutex<Option<Receiver<()>>>>,
}

#[derive(Debug)]
struct HangingEntry {
    entry: Entry,
    wait: Arc<Mutex<Option<Receiver<()>>>>,
}

fn hanging() -> (Keychain, Sender<()>) {
    let (sender, receiver) = channel();
    let store = Hanging { store: mock::Store::new().unwrap(), wait: Arc::new(Mutex::new(Some(receiver))) };
    (Keychain::with_store(Arc::new(store)), sender)
}

impl CredentialStoreApi for Hanging {
    fn vendor(&self) -> String {
        "a test".to_owned()
    }

    fn id(&self) -> String {
        "hanging".to_owned()
    }

    fn build(
        &self,
        service: &str,
        user: &str,
        modifiers: Option<&HashMap<&str, &str>>,
    ) -> keyring_core::Result<Entry> {
        let entry = self.store.build(service, user, modifiers)?;
        let wait = Arc::clone(&self.wait);
        Ok(Entry::new_with_credential(Arc::new(HangingEntry { entry, wait })))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn persistence(&self) -> CredentialPersistence {
        CredentialPersistence::ProcessOnly
    }
}

impl CredentialApi for HangingEntry {
    fn set_secret(&self, secret: &[u8]) -> keyring_core::Result<()> {
        let wait = self.wait.lock().unwrap().take();
        if let Some(wait) = wait {
            let _ = wait.recv();
        }
        self.entry.set_secret(secret)
    }

    fn get_secret(&self) -> keyring_core::Result<Vec<u8>> {
        self.entry.get_secret()
    }

    fn delete_credential(&self) -> keyring_core::Result<()> {
        self.entry.delete_credential()
    }

    fn get_credential(&self) -> keyring_core::Result<Option<Arc<Credential>>> {
        Ok(None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        self.entry.get_specifiers()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[tokio::test]
async fn a_keychain_that_hangs_stops_neither_the_caller_nor_later_calls() {
    let (keychain, _never) = hanging();
    let hung = keychain.save(&name(), &SecretString::from("first"), SOON).await;
    assert_eq!(hung, Err(KeychainError::TimedOut));
    keychain.save(&name(), &SecretString::from("second"), PATIENCE).await.unwrap();
    assert_eq!(keychain.load(&name(), PATIENCE).await.unwrap().unwrap().expose_secret(), "second");
}

#[tokio::test]
async fn a_call_that_is_given_up_frees_its_turn() {
    let (keychain, _never) = hanging();
    let secret = SecretString::from("first");
    let wanted = name();
    let hung = tokio::time::timeout(SOON, keychain.save(&wanted, &secret, PATIENCE)).await;
    assert!(hung.is_err(), "nobody answered it");
    assert!(keychain.load(&name(), PATIENCE).await.unwrap().is_none());
}

#[tokio::test]
async fn calls_take_turns_so_that_no_two_questions_are_asked_at_once() {
    let (keychain, answer) = hanging();
    let first = tokio::spawn({
        let keychain = keychain.clone();
        async move { keychain.save(&name(), &SecretString::from("first"), PATIENCE).await }
    });
    // The first call has its turn as soon as the second one has to wait for it.
    while !matches!(keychain.load(&name(), SOON).await, Err(KeychainError::TimedOut)) {
        tokio::task::yield_now().await;
    }
    answer.send(()).unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(keychain.load(&name(), PATIENCE).await.unwrap().unwrap().expose_secret(), "first");
}

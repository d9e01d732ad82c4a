//! Getting an image out of a registry.

mod options;

pub use options::{FetchProgress, Fetched, PullFormat, PullOptions};

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use slipway_archive::Target;
use slipway_reference::Reference;
use slipway_transfer::{Control, Event, Events, PullRequest};
use tokio_util::sync::CancellationToken;

use crate::accounts::Accounts;
use crate::clock::now;
use crate::failure::credential_source;
use crate::registries::Registries;
use crate::store::Store;
use crate::view::{AccountView, FailureView};

/// Fetches images.
pub struct Install {
    registries: Arc<Registries>,
    accounts: Arc<Accounts>,
    ledger: Arc<Store>,
}

impl Install {
    pub(crate) fn new(registries: Arc<Registries>, accounts: Arc<Accounts>, ledger: Arc<Store>) -> Self {
        Self { registries, accounts, ledger }
    }

    /// Fetches an image into a file. `platform` picks one of several.
    pub async fn pull(
        &self,
        reference: &Reference,
        output: &Path,
        options: PullOptions,
        progress: impl Fn(FetchProgress) + Send + Sync + 'static,
        cancel: &CancellationToken,
    ) -> Result<Fetched, FailureView> {
        let PullOptions { format, platform, plain_http } = options;
        let endpoint = self.registries.endpoint(&reference.host, plain_http)?;
        let registry =
            self.accounts.registry(&endpoint).map_err(|error| FailureView::registry(&error, now()))?;
        self.ledger.clear_parts();
        let left = self.ledger.take_parts(output);
        let request = PullRequest {
            reference: reference.clone(),
            platform,
            default_platform: this_platform(),
            format: match format {
                PullFormat::DockerArchive => Target::DockerArchive,
                PullFormat::OciArchive => Target::OciArchive,
            },
            output: output.to_owned(),
            unfinished: left.clone(),
        };
        let begun = Arc::<Mutex<Option<PathBuf>>>::default();
        let (ledger, unfinished, progress) =
            (Arc::clone(&self.ledger), Arc::clone(&begun), Arc::new(progress));
        let tell = Arc::clone(&progress);
        let events: Events = Arc::new(move |event| match event {
            Event::Unfinished { path } => {
                ledger.keep_part(&path);
                *unfinished.lock().unwrap_or_else(PoisonError::into_inner) = Some(path);
            }
            Event::Fetching { digest, size } => {
                tell(FetchProgress::Blob { digest: digest.to_string(), size });
            }
            Event::Found { bytes } => tell(FetchProgress::Found { bytes }),
            Event::Received { bytes } => tell(FetchProgress::Received { bytes }),
            Event::Warned { text } => tell(FetchProgress::Warning { text }),
            Event::Waiting { reason, wait_ms, .. } => {
                tell(FetchProgress::Waiting { reason, seconds: wait_ms.div_ceil(1000) });
            }
            _ => {}
        });
        let control = Control::new(&events);
        let pulling = slipway_transfer::pull(&request, &registry, &events, &control);
        tokio::pin!(pulling);
        let pulled = tokio::select! {
            pulled = &mut pulling => pulled,
            () = cancel.cancelled() => {
                control.cancel();
                pulling.await
            }
        };
        let begun = begun.lock().unwrap_or_else(PoisonError::into_inner).take();
        for path in left.iter().filter(|path| begun.as_ref() != Some(path)) {
            // Where nothing was begun, it may still be gone on with.
            if begun.is_some() { self.ledger.remove_part(path) } else { self.ledger.leave_part(path) }
        }
        if let Some(path) = begun {
            if path.exists() {
                self.ledger.leave_part(&path);
                progress(FetchProgress::Kept);
            } else {
                self.ledger.forget_part(&path);
            }
        }
        match pulled {
            Ok(pulled) => Ok(Fetched {
                digest: pulled.digest.to_string(),
                media_type: pulled.media_type,
                file_size: pulled.file_size,
                refused: registry
                    .refused_credential()
                    .map(|(username, source)| AccountView { username, source: credential_source(source) }),
            }),
            Err(error) => Err(FailureView::transfer(&error, now())),
        }
    }
}

/// `linux/` and this computer's architecture in Go's words: containers run on Linux even on other systems.
fn this_platform() -> String {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("linux/{architecture}")
}

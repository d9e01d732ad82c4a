//! Unfinished files, and blobs in folders, which fetches left and go on with: shown and cleared.

use std::fs::Metadata;
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use slipway_archive::Folder;

use crate::store::{KEPT_DAYS, Part, Store};
use crate::view::{PartView, PartsView};

/// Unfinished files.
pub struct Parts {
    store: Arc<Store>,
}

impl Parts {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    /// Those that are there.
    pub async fn view(&self) -> PartsView {
        self.with(seen).await
    }

    /// Removes all that no run writes; what is there then.
    pub async fn clear(&self) -> PartsView {
        self.with(|store| {
            store.remove_left_parts();
            seen(store)
        })
        .await
    }

    async fn with(&self, work: impl FnOnce(&Store) -> PartsView + Send + 'static) -> PartsView {
        let store = Arc::clone(&self.store);
        // Whoever ends the process meanwhile wants no answer.
        tokio::task::spawn_blocking(move || work(&store)).await.unwrap_or_default()
    }
}

fn seen(store: &Store) -> PartsView {
    let parts: Vec<PartView> = store.parts().iter().filter_map(view).collect();
    let left = parts.iter().filter(|part| !part.in_use);
    PartsView {
        size: left.clone().map(|part| part.size).sum(),
        left: u32::try_from(left.count()).unwrap_or(u32::MAX),
        kept_days: KEPT_DAYS,
        parts,
    }
}

/// One that is there.
fn view(part: &Part) -> Option<PartView> {
    let itself = std::fs::symlink_metadata(&part.path).ok()?;
    let files = match Folder::of_unfinished(&part.path) {
        Some(_) => Folder::halves(&part.path),
        None => vec![itself],
    };
    let written = files.iter().filter_map(|facts| facts.modified().ok()).max();
    let written = written.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let shown = |path: &Path| path.to_string_lossy().into_owned();
    Some(PartView {
        folder: part.path.parent().map(shown).unwrap_or_default(),
        file: part.path.file_name().map(|name| shown(Path::new(name))).unwrap_or_default(),
        becomes: part.becomes(),
        size: files.iter().map(taken).sum(),
        written: written.and_then(|since| i64::try_from(since.as_secs()).ok()),
        in_use: part.in_use,
    })
}

/// What it takes on the disk, bytes: where files may have holes, less than its length.
#[cfg(unix)]
fn taken(facts: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(facts) * 512
}

#[cfg(not(unix))]
fn taken(facts: &Metadata) -> u64 {
    facts.len()
}

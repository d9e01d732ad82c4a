//! Blobs in files on this computer: what was opened, and what earlier pulls wrote.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use slipway_archive::{Archive, OpenOptions, Outer, Sniffed, sniff};
use slipway_image::{BlobSource, Manifest, Node};
use slipway_reference::Digest;
use slipway_transfer::Here;

use crate::store::Store;

/// So many files are looked into, those that were used last first.
const MOST_FILES: usize = 16;

/// Looks into the files that `store` knows, and into `target`, which may be what an earlier pull wrote.
pub(super) fn here(store: Arc<Store>, target: Option<PathBuf>) -> Here {
    Arc::new(move |wanted| {
        let known = store.wait(|store| store.used_files(MOST_FILES));
        let known = known.into_iter().filter(|(path, when)| is_as_it_was(path, *when));
        let files = target.clone().into_iter().chain(store.whole_parts()).chain(known.map(|(path, _)| path));
        let mut found = Found { lacking: wanted.iter().cloned().collect(), there: HashMap::new() };
        for path in files {
            if found.lacking.is_empty() {
                break;
            }
            found.look_into(&path);
        }
        found.there
    })
}

/// Nobody wrote the file, or the list of a folder, since it was used.
fn is_as_it_was(path: &Path, used: i64) -> bool {
    let list = path.join("index.json");
    let written = if path.is_dir() { list.metadata() } else { path.metadata() };
    let written = written.and_then(|there| there.modified()).ok();
    let written = written.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    written.is_some_and(|at| i64::try_from(at.as_secs()).is_ok_and(|at| at <= used))
}

/// What is wanted, and what was found of it.
struct Found {
    /// Sizes by digest of what no file has yet.
    lacking: HashMap<Digest, u64>,
    there: HashMap<Digest, Vec<BlobSource>>,
}

impl Found {
    fn look_into(&mut self, path: &Path) {
        // What is compressed as a whole would have to be unpacked first.
        let is_plain = matches!(sniff(path), Ok(Sniffed::Tar | Sniffed::Layout));
        let opened = is_plain.then(|| Archive::open(path, &OpenOptions::default()).ok()).flatten();
        let Some(archive) = opened.filter(|archive| archive.outer() == Outer::None) else { return };
        for image in archive.images() {
            self.node(&image.root);
            image.referrers.iter().for_each(|manifest| self.manifest(manifest));
            image.tagged.iter().for_each(|tagged| self.manifest(&tagged.manifest));
        }
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Manifest(manifest) => self.manifest(manifest),
            Node::Index(index) => {
                index
                    .children
                    .iter()
                    .filter_map(|child| child.node.as_ref())
                    .for_each(|node| self.node(node));
            }
        }
    }

    fn manifest(&mut self, manifest: &Manifest) {
        self.blob(manifest.config.digest.as_ref(), Some(&manifest.config.source));
        for layer in manifest.layers.iter() {
            self.blob(layer.digest.as_ref(), layer.source.as_ref());
        }
    }

    fn blob(&mut self, digest: Option<&Digest>, source: Option<&BlobSource>) {
        let (Some(digest), Some(source)) = (digest, source) else { return };
        if self.lacking.get(digest).is_some_and(|size| *size == source.size()) {
            self.lacking.remove(digest);
            self.there.entry(digest.clone()).or_default().push(source.clone());
        }
    }
}

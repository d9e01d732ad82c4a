//! Manifests, read on request and kept by digest for whoever read them: at GitHub each reading counts as a download.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use slipway_distribution::{Error, ManifestAt, ManifestBytes, Repository};
use slipway_image::{ConfigView, Descriptor, Document, Malformed, Platform, json};
use slipway_reference::{Digest, RepositoryPath};
use slipway_transfer::{Here, KnownManifests, Speaking};

use crate::view::{AccountView, CredentialSource, SizeView};

/// So many bytes of manifests are kept, and of more those that were read first go: all that one image may have, as for a
/// pull.
const MOST_BYTES: usize = 32 << 20;

/// So many platforms are kept.
const MOST_KEPT: usize = 512;

/// A configuration is never larger, bytes.
const MOST_CONFIG: usize = 4 << 20;

/// Names the image that an entry of an index speaks of.
const ABOUT: &str = "vnd.docker.reference.digest";

/// How deep an index may name indexes, and how many manifests it may name: as for a pull.
const DEPTH: u32 = 8;
const MOST_CHILDREN: usize = 10_000;

/// Why a manifest is of no use.
#[derive(Debug)]
pub(super) enum Unread {
    /// The registry failed.
    Registry(Box<Error>),
    /// It is not what it should be.
    Malformed(String),
}

impl From<Error> for Unread {
    fn from(error: Error) -> Self {
        Self::Registry(Box::new(error))
    }
}

impl From<Malformed> for Unread {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed.to_string())
    }
}

/// A manifest or an index, read.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) bytes: ManifestBytes,
    document: Document,
}

/// Where manifests are read, and as whom.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) repository: Repository,
    pub(super) path: RepositoryPath,
    /// None: as nobody in particular.
    pub(super) account: Option<AccountView>,
}

/// Who may read a manifest in one repository need not be let in at another, nor once signed out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    registry: String,
    path: String,
    account: Option<(String, CredentialSource)>,
    digest: Digest,
}

impl Source {
    fn key(&self, digest: &Digest) -> Key {
        let account = self.account.as_ref();
        Key {
            registry: self.repository.registry().endpoint().name.to_string(),
            path: self.path.to_string(),
            account: account.map(|account| (account.username.clone(), account.source)),
            digest: digest.clone(),
        }
    }
}

/// Manifests by what leads to them.
#[derive(Default)]
struct Kept {
    all: HashMap<Key, Arc<Manifest>>,
    /// The oldest first.
    order: VecDeque<Key>,
    bytes: usize,
}

impl Kept {
    /// Adds one; beyond `most` bytes the oldest go.
    fn add(&mut self, key: Key, manifest: &Arc<Manifest>, most: usize) {
        let size = |manifest: &Arc<Manifest>| manifest.bytes.raw.len();
        self.bytes += size(manifest);
        match self.all.insert(key.clone(), Arc::clone(manifest)) {
            Some(old) => self.bytes -= size(&old),
            None => self.order.push_back(key),
        }
        while self.bytes > most && self.order.len() > 1 {
            let oldest = self.order.pop_front().and_then(|key| self.all.remove(&key));
            self.bytes -= oldest.as_ref().map_or(0, size);
        }
    }
}

/// What was read in this run.
#[derive(Default)]
pub(super) struct Manifests {
    read: Mutex<Kept>,
    /// Platforms, by the digest of the configuration that says them. Only whoever read a manifest that names it asks.
    platforms: Mutex<HashMap<Digest, String>>,
}

/// All that is fetched for a manifest, each once.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Configurations and layers.
    pub(super) blobs: Vec<(Digest, u64)>,
    /// Manifests below the root.
    pub(super) children: Vec<(Digest, u64)>,
    /// A layer is compressed with Zstandard.
    pub(super) zstd: bool,
    seen: HashSet<Digest>,
    layers: HashSet<Digest>,
}

impl Contents {
    /// In figures; `here` is what lies on this computer.
    fn size(&self, here: &HashSet<Digest>) -> SizeView {
        let all = self.blobs.iter().chain(&self.children);
        let lies_here = self.blobs.iter().filter(|(digest, _)| here.contains(digest));
        SizeView { layers: number(self.layers.len()), bytes: sum(all), here: sum(lies_here) }
    }

    /// Every manifest below the root.
    pub(super) fn manifests(&self) -> impl Iterator<Item = &Digest> {
        self.children.iter().map(|(digest, _)| digest)
    }

    /// What of `speaking` comes beside all of this.
    pub(super) fn beside(&self, speaking: &Speaking) -> Self {
        let manifests: HashSet<&Digest> = self.manifests().collect();
        let is_new = |digest: &Digest| !self.seen.contains(digest) && !manifests.contains(digest);
        let mut beside = Self::default();
        for (digest, size, is_layer) in speaking.blobs.iter().filter(|(digest, ..)| is_new(digest)) {
            beside.layers.extend(is_layer.then(|| digest.clone()));
            beside.blobs.push((digest.clone(), *size));
        }
        beside.children = speaking.manifests.iter().filter(|(digest, _)| is_new(digest)).cloned().collect();
        beside
    }

    fn take(&mut self, manifest: &Manifest) -> Result<(), Malformed> {
        let config = manifest.document.config().into_iter().map(|config| (config, false));
        for (blob, is_layer) in config.chain(manifest.document.layers().map(|layer| (layer, true))) {
            let Descriptor { digest, size, urls, media_type, .. } = blob?;
            self.zstd |= is_layer && media_type.ends_with("zstd");
            // Foreign layers lie elsewhere.
            if urls.is_empty() {
                if is_layer {
                    self.layers.insert(digest.clone());
                }
                if self.seen.insert(digest.clone()) {
                    self.blobs.push((digest, size));
                }
            }
        }
        Ok(())
    }
}

/// Figures of each of `all`. What lies on this computer is looked for once, however many there are.
pub(super) async fn sizes(here: Here, all: &[Contents]) -> Vec<SizeView> {
    let mut wanted: Vec<(Digest, u64)> = Vec::new();
    let mut named = HashSet::new();
    for (digest, size) in all.iter().flat_map(|contents| &contents.blobs) {
        if named.insert(digest) {
            wanted.push((digest.clone(), *size));
        }
    }
    let looking = tokio::task::spawn_blocking(move || here(&wanted).into_keys().collect::<HashSet<_>>());
    // Where looking failed, all is fetched.
    let found = looking.await.unwrap_or_default();
    all.iter().map(|contents| contents.size(&found)).collect()
}

pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn sum<'a>(all: impl Iterator<Item = &'a (Digest, u64)>) -> u64 {
    all.fold(0, |sum, (_, size)| sum.saturating_add(*size))
}

/// What one source's manifests are known to be, for whoever reads more of them.
pub(super) struct Known {
    pub(super) manifests: Arc<Manifests>,
    pub(super) source: Source,
}

impl KnownManifests for Known {
    fn known(&self, digest: &Digest) -> Option<ManifestBytes> {
        self.manifests.known(&self.source, digest).map(|known| known.bytes.clone())
    }

    fn keep(&self, manifest: &ManifestBytes) {
        // One that is malformed is read again by whoever wants it again.
        let _ = self.manifests.keep(&self.source, manifest.clone());
    }
}

impl Manifest {
    pub(super) fn is_index(&self) -> bool {
        self.document.is_index()
    }

    /// The platforms that an index has images for, in its order; statements about them are none.
    pub(super) fn platforms(&self) -> Vec<(String, Digest)> {
        let images = self.document.manifests().filter_map(Result::ok);
        let images = images.filter(|entry| !entry.is_attestation());
        let named = |entry: Descriptor| {
            let platform = entry.platform.as_ref().map(Platform::to_string).unwrap_or_default();
            (platform, entry.digest)
        };
        images.map(named).collect()
    }

    /// What an index says about `images`: provenance and SBOMs.
    pub(super) fn statements(&self, images: &[Digest]) -> Vec<Digest> {
        let about = |(key, value): &(String, String)| {
            key == ABOUT && images.iter().any(|image| *value == image.to_string())
        };
        let entries = self.document.manifests().filter_map(Result::ok);
        let statements =
            entries.filter(|entry| entry.is_attestation() && entry.annotations.iter().any(about));
        statements.map(|entry| entry.digest).collect()
    }
}

impl Manifests {
    /// What stands at `at`; none where nothing does. Its state is asked for, and where that is known, nothing is read.
    pub(super) async fn at(&self, source: &Source, at: &ManifestAt) -> Result<Option<Arc<Manifest>>, Unread> {
        let asks = source.repository.registry().endpoint().profile.manifest_head();
        let at = match at {
            ManifestAt::Tag(_) if asks => match source.repository.manifest_digest(at).await? {
                Some(found) => &ManifestAt::Digest(found.digest),
                None => return Ok(None),
            },
            // The older registry says nothing of a tag but its manifest.
            at => at,
        };
        if let ManifestAt::Digest(digest) = at
            && let Some(known) = self.known(source, digest)
        {
            return Ok(Some(known));
        }
        let Some(bytes) = source.repository.manifest(at).await? else { return Ok(None) };
        Ok(Some(self.keep(source, bytes)?))
    }

    fn keep(&self, source: &Source, bytes: ManifestBytes) -> Result<Arc<Manifest>, Malformed> {
        let manifest = Arc::new(Manifest { document: Document::parse(&bytes.raw)?, bytes });
        self.kept().add(source.key(&manifest.bytes.digest), &manifest, MOST_BYTES);
        Ok(manifest)
    }

    /// One that an index names.
    pub(super) async fn child(&self, source: &Source, digest: &Digest) -> Result<Arc<Manifest>, Unread> {
        let found = self.at(source, &ManifestAt::Digest(digest.clone())).await?;
        found.ok_or_else(|| Unread::Malformed(format!("{digest} is named and not there")))
    }

    /// One that was read before.
    pub(super) fn known(&self, source: &Source, digest: &Digest) -> Option<Arc<Manifest>> {
        self.kept().all.get(&source.key(digest)).cloned()
    }

    /// All that `root` consists of. What an index names is read for that.
    pub(super) async fn contents(&self, source: &Source, root: &Arc<Manifest>) -> Result<Contents, Unread> {
        self.below(source, vec![Arc::clone(root)]).await
    }

    /// All that some manifests of an index consist of, and these themselves.
    pub(super) async fn part(&self, source: &Source, digests: &[Digest]) -> Result<Contents, Unread> {
        let mut roots = Vec::new();
        for digest in digests {
            roots.push(self.child(source, digest).await?);
        }
        let itself = |root: &Arc<Manifest>| (root.bytes.digest.clone(), root.bytes.raw.len() as u64);
        let themselves: Vec<_> = roots.iter().map(itself).collect();
        let mut contents = self.below(source, roots).await?;
        contents.children.extend(themselves);
        Ok(contents)
    }

    /// All that several manifests consist of.
    async fn below(&self, source: &Source, roots: Vec<Arc<Manifest>>) -> Result<Contents, Unread> {
        let mut contents = Contents::default();
        let mut named: HashSet<Digest> = roots.iter().map(|root| root.bytes.digest.clone()).collect();
        let mut level = roots;
        for _ in 0..DEPTH {
            let mut below = Vec::new();
            for manifest in level {
                contents.take(&manifest)?;
                for entry in manifest.document.manifests() {
                    let digest = entry?.digest;
                    if named.insert(digest.clone()) {
                        if named.len() > MOST_CHILDREN {
                            return Err(Unread::Malformed(
                                "it names more manifests than can be meant".into(),
                            ));
                        }
                        let child = self.child(source, &digest).await?;
                        contents.children.push((digest, child.bytes.raw.len() as u64));
                        below.push(child);
                    }
                }
            }
            level = below;
        }
        if level.is_empty() {
            Ok(contents)
        } else {
            Err(Unread::Malformed("its indexes are nested too deep".into()))
        }
    }

    /// What a manifest's configuration says that it runs on; empty where it says nothing.
    pub(super) async fn platform(&self, source: &Source, manifest: &Manifest) -> Result<String, Unread> {
        let Some(config) = manifest.document.config() else { return Ok(String::new()) };
        let digest = config?.digest;
        let known = || self.platforms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(platform) = known().get(&digest) {
            return Ok(platform.clone());
        }
        let raw = source.repository.small_blob(&digest, MOST_CONFIG).await?;
        // What is no image has a configuration of its own kind.
        let config = json::parse(&raw).and_then(|config| ConfigView::read(&config));
        let platform = config.ok().as_ref().and_then(Platform::of).map(|it| it.to_string());
        let platform = platform.unwrap_or_default();
        let mut known = known();
        if known.len() >= MOST_KEPT {
            known.clear();
        }
        known.insert(digest, platform.clone());
        Ok(platform)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Else as many archives are opened as an index has platforms, times sixteen.
    #[tokio::test]
    async fn what_is_here_is_looked_for_once_for_all_platforms() {
        let digest = |fill: &str| -> Digest { format!("sha256:{}", fill.repeat(16)).parse().unwrap() };
        let [base, one, other] = ["3f1c", "c41b", "77aa"].map(digest);
        let of = |blobs: [(&Digest, u64); 2]| {
            let blobs = blobs.map(|(digest, size)| (digest.clone(), size)).to_vec();
            Contents { blobs, children: vec![(digest("0b0b"), 5)], ..Contents::default() }
        };
        let all = [of([(&base, 100), (&one, 10)]), of([(&base, 100), (&other, 20)])];
        let asked = Arc::<Mutex<Vec<usize>>>::default();
        let (counts, found) = (Arc::clone(&asked), HashMap::from([(base.clone(), Vec::new())]));
        let here: Here = Arc::new(move |wanted| {
            counts.lock().unwrap().push(wanted.len());
            found.clone()
        });
        let told: Vec<_> = sizes(here, &all).await.iter().map(|size| (size.bytes, size.here)).collect();
        assert_eq!(told, [(115, 100), (125, 100)]);
        assert_eq!(*asked.lock().unwrap(), [3], "one look, and each blob once");
    }

    #[test]
    fn beyond_so_many_bytes_the_oldest_manifests_go() {
        let manifest = |number: u32| {
            let raw = format!("{{\"schemaVersion\":2,\"manifests\":[],\"n\":{number}}}").into_bytes();
            let digest = Digest::sha256(&[u8::try_from(number).unwrap(); 32]);
            let document = Document::parse(&raw).unwrap();
            let media_type = "application/vnd.oci.image.index.v1+json".to_owned();
            Arc::new(Manifest { document, bytes: ManifestBytes { media_type, raw, digest } })
        };
        let key = |manifest: &Manifest| Key {
            registry: "ghcr.io".to_owned(),
            path: "octocat/a".to_owned(),
            account: None,
            digest: manifest.bytes.digest.clone(),
        };
        let [one, two, three] = [1, 2, 3].map(manifest);
        let most = 2 * one.bytes.raw.len();
        let mut kept = Kept::default();
        for manifest in [&one, &two, &one, &three] {
            kept.add(key(manifest), manifest, most);
        }
        let there = [&one, &two, &three].map(|manifest| kept.all.contains_key(&key(manifest)));
        assert_eq!((there, kept.bytes, kept.order.len()), ([false, true, true], most, 2));
        // One that is larger than all may be is kept alone.
        kept.add(key(&one), &one, 1);
        assert_eq!((kept.all.len(), kept.bytes), (1, one.bytes.raw.len()));
    }
}

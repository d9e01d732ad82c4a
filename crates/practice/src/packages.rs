//! Which packages there are: who may do what with them, and what their tags point to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::error::PracticeError;
use crate::name::{Algorithm, Digest, is_name};

/// Which of the two registries a package belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Ghcr,
    Docker,
}

/// Who may see a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everyone, signed in or not.
    Public,
    /// People with a role.
    Private,
}

/// What a person may do with a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Pull.
    Read,
    /// Pull and push.
    Write,
    /// Everything.
    Admin,
}

/// A package as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The full name, such as `octocat/monalisa`.
    pub name: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// The roles that were given, by login.
    pub roles: BTreeMap<String, Role>,
    /// The repository its images say they come from, such as `octocat/octo-app`.
    pub repository: Option<String>,
    /// The manifest digest of each tag.
    pub tags: BTreeMap<String, String>,
    /// The media type of each manifest, by digest; those without a tag among them.
    pub manifests: BTreeMap<String, String>,
}

/// Everything known about one repository of one registry. Blobs can be here before there is a package.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) registry: Kind,
    pub(crate) name: String,
    /// Whether a first manifest made it a package.
    pub(crate) published: bool,
    pub(crate) visibility: Visibility,
    pub(crate) roles: BTreeMap<String, Role>,
    pub(crate) repository: Option<String>,
    /// The digests of blobs that were committed to or mounted into this repository.
    pub(crate) blobs: BTreeSet<String>,
    pub(crate) manifests: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
    /// The digest of each manifest in the order in which they came, and when, seconds since 1970.
    #[serde(default)]
    pub(crate) came: Vec<(String, u64)>,
}

impl Record {
    fn new(registry: Kind, name: &str) -> Self {
        Self {
            registry,
            name: name.to_owned(),
            published: false,
            visibility: Visibility::Private,
            roles: BTreeMap::new(),
            repository: None,
            blobs: BTreeSet::new(),
            manifests: BTreeMap::new(),
            tags: BTreeMap::new(),
            came: Vec::new(),
        }
    }

    /// Takes a manifest, if it is not there.
    pub(crate) fn add_manifest(&mut self, digest: String, media_type: String) {
        if self.manifests.insert(digest.clone(), media_type).is_none() {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
            self.came.push((digest, now));
        }
    }

    fn package(&self) -> Package {
        Package {
            name: self.name.clone(),
            visibility: self.visibility,
            roles: self.roles.clone(),
            repository: self.repository.clone(),
            tags: self.tags.clone(),
            manifests: self.manifests.clone(),
        }
    }
}

type Records = BTreeMap<(Kind, String), Arc<Record>>;

/// All records, in memory and on disk.
#[derive(Clone, Debug)]
pub(crate) struct Packages {
    folder: PathBuf,
    records: Arc<Mutex<Records>>,
}

impl Packages {
    /// Reads every record of `folder`, which must exist.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, PracticeError> {
        let unreadable = |source| PracticeError::Directory { path: folder.clone(), source };
        let mut records = Records::new();
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let damaged = |reason: String| PracticeError::Damaged { path: path.clone(), reason };
            let bytes = fs::read(&path).map_err(|error| damaged(error.to_string()))?;
            let record: Record =
                serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
            if !is_name(&record.name) {
                return Err(damaged(format!("{:?} is not a package name", record.name)));
            }
            records.insert((record.registry, record.name.clone()), Arc::new(record));
        }
        Ok(Self { folder, records: Arc::new(Mutex::new(records)) })
    }

    pub(crate) fn get(&self, registry: Kind, name: &str) -> Option<Arc<Record>> {
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.get(&(registry, name.to_owned())).cloned()
    }

    /// The record, if it is a package by now.
    pub(crate) fn published(&self, registry: Kind, name: &str) -> Option<Arc<Record>> {
        self.get(registry, name).filter(|record| record.published)
    }

    /// The packages of this owner, by name.
    pub(crate) fn of_owner(&self, registry: Kind, owner: &str) -> Vec<Arc<Record>> {
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let of_owner = |record: &&Arc<Record>| {
            record.registry == registry && record.published && record.name.split('/').next() == Some(owner)
        };
        records.values().filter(of_owner).cloned().collect()
    }

    /// Another package of this owner in `registry` with the same last name part.
    pub(crate) fn namesake(&self, registry: Kind, owner: &str, name: &str) -> bool {
        let last = |name: &str| name.rsplit('/').next().map(str::to_owned);
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.values().any(|record| {
            record.registry == registry
                && record.published
                && record.name != name
                && record.name.split('/').next() == Some(owner)
                && last(&record.name) == last(name)
        })
    }

    pub(crate) fn view(&self, registry: Kind, name: &str) -> Option<Package> {
        self.published(registry, name).map(|record| record.package())
    }

    /// Changes a record, making it if there is none, and keeps it on disk before anybody sees it.
    pub(crate) async fn change(
        &self,
        registry: Kind,
        name: &str,
        change: impl FnOnce(&mut Record) + Send + 'static,
    ) -> io::Result<()> {
        let this = self.clone();
        let name = name.to_owned();
        let done = tokio::task::spawn_blocking(move || this.change_now(registry, &name, change)).await;
        done.unwrap_or_else(|error| Err(io::Error::other(error)))
    }

    pub(crate) fn change_now(
        &self,
        registry: Kind,
        name: &str,
        change: impl FnOnce(&mut Record),
    ) -> io::Result<()> {
        let key = (registry, name.to_owned());
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let mut record =
            records.get(&key).map_or_else(|| Record::new(registry, name), |record| (**record).clone());
        change(&mut record);
        // A file name that no name can break: the names' case and length are not every file system's.
        let stem = Digest::of(Algorithm::Sha256, format!("{registry:?} {name}").as_bytes()).hex;
        let file = self.folder.join(format!("{stem}.json"));
        let fresh = self.folder.join(format!("{stem}.new"));
        fs::write(&fresh, serde_json::to_vec_pretty(&record)?)?;
        fs::rename(&fresh, &file)?;
        records.insert(key, Arc::new(record));
        Ok(())
    }
}

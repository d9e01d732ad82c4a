//! An OCI layout folder in the making: each blob gets its place when it is whole, and `index.json` names them at the very
//! end, beside the images that are there.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::Value;
use slipway_image::json;
use slipway_reference::Digest;

use crate::container::blob_name;
use crate::file::{read_exact_at, write_all_at};
use crate::layout::{
    FULL_NAME, OCI_LAYOUT, REF_NAME, WriteImage, annotation, call_in_full, entries_of, index,
};
use crate::output::{OutputPlace, PART, part_prefix};

/// Where blobs lie until they are whole, and the lock of whoever writes.
pub(crate) const UNFINISHED: &str = ".unfinished";
pub(crate) const LOCK: &str = "lock";

/// Says that a folder is an OCI layout.
const VERSION: &str = "oci-layout";

/// A folder that one pull at a time writes. Blobs that are whole stay whatever happens, and nobody reads of them before
/// [`finish`](Self::finish).
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// It was not there before.
    made: bool,
    /// Held as long as this is.
    _lock: File,
}

/// A blob on its way. What is there of it is to be checked by whoever goes on with it.
#[derive(Debug)]
pub struct Part {
    file: File,
    path: PathBuf,
    place: PathBuf,
}

impl Folder {
    /// Whether `path` is an OCI layout, or can become one: an empty folder, or none in a folder that is there.
    ///
    /// # Errors
    /// Says what else it is.
    pub fn look(path: &Path) -> io::Result<()> {
        let refused = |kind, said: &str| Err(io::Error::new(kind, said));
        match std::fs::metadata(path) {
            Ok(there) if !there.is_dir() => {
                return refused(io::ErrorKind::NotADirectory, "it is no folder; -o writes into a file");
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                let parent = parent.unwrap_or(Path::new("."));
                if parent.is_dir() {
                    return Ok(());
                }
                let said = format!("the folder {} is not there", parent.display());
                return refused(io::ErrorKind::NotFound, &said);
            }
            Err(error) => return Err(error),
        }
        let version = path.join(VERSION);
        if version.symlink_metadata().is_err() {
            for entry in std::fs::read_dir(path)? {
                if !is_left(&entry?.file_name()) {
                    let said =
                        "it holds something else than an OCI layout; name an empty folder or a new one";
                    return refused(io::ErrorKind::AlreadyExists, said);
                }
            }
            return Ok(());
        }
        let version = document(&version)?;
        if !version["imageLayoutVersion"].as_str().is_some_and(|version| version.starts_with("1.")) {
            return refused(io::ErrorKind::InvalidData, "its oci-layout names no version 1 of OCI layouts");
        }
        listed(path).map(|_| ())
    }

    /// Begins to write into the folder at `path`, which is made where it is not there.
    ///
    /// # Errors
    /// Those of [`look`](Self::look); [`io::ErrorKind::ResourceBusy`] while somebody else writes there; the system's.
    pub fn begin(path: &Path) -> io::Result<Self> {
        Self::look(path)?;
        let (unfinished, made) = (path.join(UNFINISHED), !path.exists());
        std::fs::create_dir_all(&unfinished)?;
        if !std::fs::symlink_metadata(&unfinished)?.is_dir() {
            return Err(io::Error::other(format!("{} is no folder", unfinished.display())));
        }
        let lock = locked(&unfinished)?;
        let version = path.join(VERSION);
        if !version.exists() {
            // So that the next pull knows it again.
            write(version, OCI_LAYOUT)?;
        }
        Ok(Self { root: path.to_owned(), made, _lock: lock })
    }

    /// Whether the folder at `path` has a file in the place of this blob, of `size` bytes. Its content is to be checked.
    pub fn has(path: &Path, digest: &Digest, size: u64) -> bool {
        let there = path.join(blob_name(digest)).metadata();
        there.is_ok_and(|there| there.is_file() && there.len() == size)
    }

    /// Bytes of a blob of `size` that the folder at `path` has, in its place or on its way there. They are to be checked.
    pub fn there(path: &Path, digest: &Digest, size: u64) -> u64 {
        if Self::has(path, digest, size) {
            return size;
        }
        let part = std::fs::symlink_metadata(path.join(UNFINISHED).join(name(digest)));
        part.ok().filter(std::fs::Metadata::is_file).map_or(0, |part| part.len()).min(size)
    }

    /// The blob that has its place already and the right size. Its content is to be checked.
    pub fn whole(&self, digest: &Digest, size: u64) -> Option<File> {
        if !Self::has(&self.root, digest, size) {
            return None;
        }
        File::open(self.root.join(blob_name(digest))).ok()
    }

    /// The unfinished blob of this digest, one that is there or a new one, and how many bytes there are of it.
    ///
    /// # Errors
    /// The system's.
    pub fn part(&self, digest: &Digest, size: u64) -> io::Result<(Part, u64)> {
        let (place, path) =
            (self.root.join(blob_name(digest)), self.root.join(UNFINISHED).join(name(digest)));
        if let Some(folder) = place.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // A link would be written through.
        if std::fs::symlink_metadata(&path).is_ok_and(|there| !there.is_file()) {
            std::fs::remove_file(&path)?;
        }
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(&path)?;
        let mut length = file.metadata()?.len();
        if length > size {
            file.set_len(0)?;
            length = 0;
        }
        Ok((Part { file, path, place }, length))
    }

    /// All blobs are there: `index.json` names the images. Images that it named stay, but for those of the same names, and
    /// so does what else it says.
    ///
    /// # Errors
    /// The system's; then `index.json` is as it was.
    pub fn finish(self, images: &[WriteImage]) -> io::Result<()> {
        for image in images {
            self.small(&image.digest, &image.raw)?;
        }
        let (mut document, there) = listed(&self.root)?;
        document["manifests"] = Value::Array(merged(there, entries_of(images)));
        write(self.root.join("index.json"), document.to_string().as_bytes())?;
        self.remove_parts(is_half);
        self.unlock();
        Ok(())
    }

    /// What tools call the image `digest` of the layout at `root`; none where it has no such image, or no name for it.
    pub fn called(root: &Path, digest: &str) -> Option<String> {
        let (_, entries) = listed(root).ok()?;
        let mut named = entries.iter().filter(|entry| entry["digest"] == digest);
        named.find_map(|entry| annotation(entry, REF_NAME)).map(str::to_owned)
    }

    /// What is unfinished stays for the next pull; where nothing is, no trace of it does.
    pub fn leave(self) {
        if !self.remove_parts(|_| false) {
            self.unlock();
        }
    }

    /// Removes what is unfinished of `blobs`, and the folder where it was made and holds nothing else. What cannot be removed
    /// is gone on with or removed by the next pull.
    pub fn discard<'a>(self, blobs: impl IntoIterator<Item = &'a Digest>) {
        let own: HashSet<String> = blobs.into_iter().map(name).collect();
        self.give_up(|part| own.contains(part));
    }

    /// The same for a folder that nobody writes, and each unfinished blob in it of which `is_own` says so.
    pub fn discard_at(path: &Path, is_own: impl Fn(&Metadata) -> bool) {
        let unfinished = path.join(UNFINISHED);
        if unfinished.is_dir()
            && let Ok(folder) = Self::begin(path)
        {
            folder.give_up(|name| {
                let facts = std::fs::symlink_metadata(unfinished.join(name));
                half(name).is_some() && facts.is_ok_and(|facts| is_own(&facts))
            });
        }
    }

    fn give_up(self, is_own: impl Fn(&str) -> bool) {
        let others = self.remove_parts(is_own);
        let blobs = self.root.join("blobs");
        for folder in std::fs::read_dir(&blobs).into_iter().flatten().flatten() {
            let _ = std::fs::remove_dir(folder.path());
        }
        let _ = std::fs::remove_dir(&blobs);
        let empty = !others && !blobs.exists() && !self.root.join("index.json").exists();
        if empty {
            let _ = std::fs::remove_file(self.root.join(VERSION));
        }
        if !others {
            self.unlock();
        }
        if empty && self.made {
            let _ = std::fs::remove_dir(&self.root);
        }
    }

    /// Removes unfinished blobs, and says whether others are left.
    fn remove_parts(&self, is_own: impl Fn(&str) -> bool) -> bool {
        let mut others = false;
        for entry in std::fs::read_dir(self.root.join(UNFINISHED)).into_iter().flatten().flatten() {
            match entry.file_name().to_str() {
                Some(LOCK) => {}
                Some(name) if is_own(name) => _ = std::fs::remove_file(entry.path()),
                _ => others = true,
            }
        }
        others
    }

    /// The last thing that is done: whoever waits for the folder may begin then.
    fn unlock(&self) {
        let unfinished = self.root.join(UNFINISHED);
        let _ = std::fs::remove_file(unfinished.join(LOCK));
        let _ = std::fs::remove_dir(unfinished);
    }

    /// Writes a blob that is in memory.
    fn small(&self, digest: &Digest, raw: &[u8]) -> io::Result<()> {
        let (part, _) = self.part(digest, raw.len() as u64)?;
        part.write_at(raw, 0)?;
        part.finish()
    }
}

impl Part {
    /// Writes bytes at their place.
    ///
    /// # Errors
    /// The system's.
    pub fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        write_all_at(&self.file, bytes, offset)
    }

    /// Reads what was written there.
    ///
    /// # Errors
    /// The system's; the end of what is there counts as such.
    pub fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        read_exact_at(&self.file, bytes, offset)
    }

    /// Nothing of it is there.
    ///
    /// # Errors
    /// The system's.
    pub fn clear(&self) -> io::Result<()> {
        self.file.set_len(0)
    }

    /// All of it is there and is what it should be: it gets its place when it is on the disk.
    ///
    /// # Errors
    /// The system's.
    pub fn finish(self) -> io::Result<()> {
        self.file.sync_all()?;
        std::fs::rename(self.path, self.place)
    }
}

/// Nobody else writes as long as the file is open.
pub(crate) fn locked(unfinished: &Path) -> io::Result<File> {
    let path = unfinished.join(LOCK);
    let lock = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::new(io::ErrorKind::ResourceBusy, "another pull writes into this folder"))
        }
        // Some network file systems have no locks.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(lock),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// A name of something that a pull leaves that is killed at its very beginning.
fn is_left(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name == UNFINISHED || (name.starts_with(&part_prefix(Path::new(VERSION))) && name.ends_with(PART))
}

/// Whether a name in [`UNFINISHED`] is that of a blob on its way.
pub(crate) fn is_half(file: &str) -> bool {
    half(file).is_some()
}

/// The blob on its way that has this name in [`UNFINISHED`].
fn half(file: &str) -> Option<Digest> {
    let digest = file.split_once('-').map(|(algorithm, hex)| format!("{algorithm}:{hex}"))?;
    digest.parse::<Digest>().ok().filter(|digest| name(digest) == file)
}

fn name(digest: &Digest) -> String {
    format!("{}-{}", digest.algorithm().as_str(), digest.hex())
}

fn write(path: PathBuf, bytes: &[u8]) -> io::Result<()> {
    let mut output = OutputPlace::File(path).open()?;
    output.write_all(bytes)?;
    output.finish()
}

/// A small document of the folder.
fn document(path: &Path) -> io::Result<Value> {
    let malformed = |reason: String| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        io::Error::new(io::ErrorKind::InvalidData, format!("its {name} is not understood: {reason}"))
    };
    let mut raw = Vec::new();
    File::open(path)?.take(json::LARGEST + 1).read_to_end(&mut raw)?;
    if raw.len() as u64 > json::LARGEST {
        return Err(malformed("it is too large".to_owned()));
    }
    json::parse(&raw).map_err(|reason| malformed(reason.to_string()))
}

/// The folder's `index.json`, and what it names; nothing where there is none.
fn listed(root: &Path) -> io::Result<(Value, Vec<Value>)> {
    let path = root.join("index.json");
    if path.symlink_metadata().is_err() {
        return Ok((index(Vec::new()), Vec::new()));
    }
    let mut document = document(&path)?;
    match document.get_mut("manifests").map(Value::take) {
        Some(Value::Array(entries)) => Ok((document, entries)),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "its index.json names no manifests")),
    }
}

/// The entries of `there` that none of `ours` takes the place of, and `ours`. Tools choose an image by its name, so an
/// image that shares its tag with another one is called by its whole name.
fn merged(there: Vec<Value>, mut ours: Vec<Value>) -> Vec<Value> {
    let mut all = Vec::new();
    for old in there {
        let mut stays = true;
        for new in ours.iter_mut().filter(|new| takes_place(&old, new)) {
            inherit(new, &old);
            stays = false;
        }
        all.extend(stays.then_some(old));
    }
    for entry in &mut ours {
        let name = annotation(entry, REF_NAME);
        if name.is_some() && all.iter().any(|other| annotation(other, REF_NAME) == name) {
            call_in_full(entry);
        }
    }
    all.extend(ours);
    all
}

/// Whether an entry is to go for a new one: it has the same name, or is the same image and has no other name.
fn takes_place(old: &Value, new: &Value) -> bool {
    let same_image = old["digest"] == new["digest"];
    match (annotation(old, FULL_NAME), annotation(old, REF_NAME)) {
        (Some(full), _) => annotation(new, FULL_NAME) == Some(full),
        // A tag alone may be that of any image.
        (None, Some(name)) => {
            annotation(new, FULL_NAME) == Some(name)
                || (same_image && annotation(new, REF_NAME) == Some(name))
        }
        (None, None) => same_image,
    }
}

/// What somebody said of an image, such as its platform, is said of it again.
fn inherit(new: &mut Value, old: &Value) {
    if old["digest"] != new["digest"] {
        return;
    }
    add(new, old);
    if let Some(said) = old.get("annotations") {
        add(&mut new["annotations"], said);
    }
}

/// Adds the members that `new` lacks.
fn add(new: &mut Value, old: &Value) {
    if let (Some(new), Some(old)) = (new.as_object_mut(), old.as_object()) {
        for (key, value) in old {
            new.entry(key.as_str()).or_insert_with(|| value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(name: &str, tag: &str, digest: &str) -> Value {
        json!({"digest": digest, "annotations": {FULL_NAME: name, REF_NAME: tag}})
    }

    #[test]
    fn an_image_takes_the_place_of_its_name_and_others_stay() {
        let there = vec![
            entry("ghcr.io/octocat/a:1", "1", "old"),
            entry("ghcr.io/octocat/b:1", "ghcr.io/octocat/b:1", "b"),
            json!({"digest": "c", "annotations": {REF_NAME: "2"}}),
            json!({"digest": "d"}),
        ];
        let (new, two) = (entry("ghcr.io/octocat/a:1", "1", "new"), entry("ghcr.io/octocat/e:2", "2", "e"));
        let kept = merged(there.clone(), vec![new.clone(), two]);
        let in_full = entry("ghcr.io/octocat/e:2", "ghcr.io/octocat/e:2", "e");
        assert_eq!(kept, [there[1].clone(), there[2].clone(), there[3].clone(), new, in_full]);
        // The tag alone says nothing of the image; its digest, and the whole name, do.
        let same = entry("ghcr.io/octocat/e:2", "2", "c");
        assert_eq!(merged(there[2..3].to_vec(), vec![same.clone()]), [same]);
        let whole = json!({"digest": "x", "annotations": {REF_NAME: "ghcr.io/octocat/a:1"}});
        let new = entry("ghcr.io/octocat/a:1", "1", "new");
        assert_eq!(merged(vec![whole], vec![new.clone()]), [new]);
        // Another image of that tag cannot have its name.
        let kept = merged(there.clone(), vec![entry("ghcr.io/octocat/f:1", "1", "f")]);
        assert_eq!(kept[..4], there);
        assert_eq!(annotation(&kept[4], REF_NAME), Some("ghcr.io/octocat/f:1"));
    }

    #[test]
    fn what_others_said_of_a_folder_and_its_images_stays() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(VERSION), OCI_LAYOUT).unwrap();
        let raw = b"{}".to_vec();
        let digest = slipway_stage::digest(&raw);
        let old = json!({
            "schemaVersion": 2, "annotations": {"octocat": "ours"}, "unknown": [1],
            "manifests": [{
                "digest": digest, "size": 2, "platform": {"os": "linux", "architecture": "arm64"},
                "annotations": {"octocat": "built here"},
            }],
        });
        std::fs::write(home.path().join("index.json"), old.to_string()).unwrap();
        let image = WriteImage {
            names: vec!["ghcr.io/octocat/a:1".to_owned()],
            media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
            digest: digest.parse().unwrap(),
            raw,
            loaded: None,
            beside: Vec::new(),
        };
        Folder::begin(home.path()).unwrap().finish(&[image]).unwrap();
        let new = document(&home.path().join("index.json")).unwrap();
        assert_eq!((&new["annotations"], &new["unknown"]), (&old["annotations"], &old["unknown"]));
        let [entry] = new["manifests"].as_array().unwrap().as_slice() else { panic!("{new}") };
        assert_eq!(entry["platform"], old["manifests"][0]["platform"]);
        assert_eq!(annotation(entry, "octocat"), Some("built here"));
        assert_eq!(annotation(entry, FULL_NAME), Some("ghcr.io/octocat/a:1"));
        assert_eq!(Folder::called(home.path(), &digest).as_deref(), annotation(entry, REF_NAME));
        assert_eq!(Folder::called(home.path(), "sha256:none"), None);
    }

    #[test]
    fn what_a_pull_left_at_its_very_beginning_is_no_other_content() {
        let home = tempfile::tempdir().unwrap();
        let part = |name: &str| std::fs::write(home.path().join(name), "{").unwrap();
        std::fs::create_dir(home.path().join(UNFINISHED)).unwrap();
        part(".oci-layout.x7Q.part");
        Folder::begin(home.path()).unwrap();
        std::fs::remove_file(home.path().join(VERSION)).unwrap();
        part("film.part");
        assert_eq!(Folder::look(home.path()).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    }

    #[test]
    fn what_another_pull_began_stays_where_one_is_discarded() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("layout");
        let digest = |text: &[u8]| slipway_stage::digest(text).parse::<Digest>().unwrap();
        let (own, other) = (digest(b"own"), digest(b"other"));
        let folder = Folder::begin(&path).unwrap();
        folder.part(&own, 4).unwrap().0.write_at(b"ow", 0).unwrap();
        folder.part(&other, 4).unwrap().0.write_at(b"or", 0).unwrap();
        folder.discard([&own]);
        let folder = Folder::begin(&path).unwrap();
        let length = |digest: &Digest| folder.part(digest, 4).unwrap().1;
        assert_eq!((length(&own), length(&other)), (0, 2));
    }

    #[test]
    fn a_folder_that_is_something_else_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        assert!(Folder::look(&at("new")).is_ok() && Folder::look(home.path()).is_ok(), "new, and empty");
        assert_eq!(Folder::look(&at("none/new")).unwrap_err().kind(), io::ErrorKind::NotFound);
        std::fs::write(at("precious"), "").unwrap();
        assert_eq!(Folder::look(home.path()).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(Folder::look(&at("precious")).unwrap_err().kind(), io::ErrorKind::NotADirectory);
        std::fs::create_dir(at("later")).unwrap();
        std::fs::write(at("later/oci-layout"), r#"{"imageLayoutVersion": "2.0.0"}"#).unwrap();
        assert_eq!(Folder::look(&at("later")).unwrap_err().kind(), io::ErrorKind::InvalidData);
        std::fs::write(at("later/oci-layout"), OCI_LAYOUT).unwrap();
        assert!(Folder::look(&at("later")).is_ok());
        std::fs::write(at("later/index.json"), "[]").unwrap();
        assert_eq!(Folder::look(&at("later")).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn one_pull_at_a_time_writes_and_what_is_discarded_leaves_no_trace() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("layout");
        let first = Folder::begin(&path).unwrap();
        assert_eq!(Folder::begin(&path).unwrap_err().kind(), io::ErrorKind::ResourceBusy);
        Folder::discard_at(&path, |_| true);
        assert!(path.exists(), "somebody writes it");
        drop(first);
        Folder::discard_at(&path, |_| true);
        assert_eq!(std::fs::read_dir(&path).unwrap().count(), 0, "a folder that was there stays");
        std::fs::remove_dir(&path).unwrap();
        Folder::begin(&path).unwrap().discard([]);
        assert!(!path.exists());
    }

    #[test]
    fn what_is_there_of_a_blob_is_gone_on_with_and_more_than_it_can_be_is_nothing() {
        let home = tempfile::tempdir().unwrap();
        let digest: Digest = slipway_stage::digest(b"blob").parse().unwrap();
        let folder = Folder::begin(home.path()).unwrap();
        let (part, length) = folder.part(&digest, 4).unwrap();
        assert_eq!(length, 0);
        part.write_at(b"bl", 0).unwrap();
        let (part, length) = folder.part(&digest, 4).unwrap();
        assert_eq!(length, 2);
        part.write_at(b"ob", 2).unwrap();
        assert!(folder.whole(&digest, 4).is_none(), "it has no place yet");
        part.finish().unwrap();
        assert!(folder.whole(&digest, 4).is_some() && folder.whole(&digest, 5).is_none());
        folder.part(&digest, 4).unwrap().0.write_at(b"longer", 0).unwrap();
        assert_eq!(folder.part(&digest, 4).unwrap().1, 0);
    }
}

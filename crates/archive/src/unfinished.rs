//! An image file in the making: written at any of its places, with a record in it of what is there, so that what a run
//! left half done is gone on with by the next.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::file::{read_exact_at, write_all_at};
use crate::layout::Layout;
use crate::output::{PART, part, part_prefix};

/// A file beside its target that becomes the target when it is whole. Behind the place of its last byte stands the
/// record: which [`Layout`] it follows, and how much of each blob there is from its beginning. Dropped before its end, it
/// is removed, unless it is to be [kept](Self::keep).
///
/// What the record says is to be checked: after a crash of the system the file may lack what it tells of.
#[derive(Debug)]
pub struct Unfinished {
    file: File,
    path: PathBuf,
    target: PathBuf,
    size: u64,
    kept: AtomicBool,
}

/// Bytes of the record before what it says of the blobs, and of each of them.
const KEY: u64 = 32;
const LENGTH: u64 = 8;

impl Unfinished {
    /// Begins a file for `target`. `tell` hears of its path before it is made.
    ///
    /// # Errors
    /// The system's.
    pub fn begin(target: &Path, layout: &Layout, tell: impl FnMut(&Path)) -> io::Result<Self> {
        let (file, path) = part(target, 0o666, tell)?.keep().map_err(|error| error.error)?;
        let (target, size) = (target.to_owned(), layout.size());
        let unfinished = Self { file, path, target, size, kept: AtomicBool::new(false) };
        #[cfg(unix)]
        unfinished.make_writable()?;
        let mut record = layout.key().to_vec();
        record.resize(record.len() + 8 * layout.members().len(), 0);
        write_all_at(&unfinished.file, &record, size)?;
        Ok(unfinished)
    }

    /// Goes on with the file at `path` that was begun for the same target and the same layout, and says how much of each
    /// blob is there; none where it is another one, or none at all.
    ///
    /// # Errors
    /// The system's.
    pub fn go_on(path: &Path, target: &Path, layout: &Layout) -> io::Result<Option<(Self, Vec<u64>)>> {
        if !Self::is_for(path, target) || !std::fs::symlink_metadata(path).is_ok_and(|there| there.is_file())
        {
            return Ok(None);
        }
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let (size, blobs) = (layout.size(), layout.members().len() as u64);
        if size.checked_add(KEY + LENGTH * blobs) != Some(file.metadata()?.len()) {
            return Ok(None);
        }
        let mut record = vec![0; usize::try_from(KEY + LENGTH * blobs).map_err(io::Error::other)?];
        read_exact_at(&file, &mut record, size)?;
        let (key, lengths) = record.split_at(32);
        if key != layout.key() {
            return Ok(None);
        }
        let lengths = lengths.chunks_exact(8).zip(layout.members()).map(|(length, member)| {
            let length = u64::from_le_bytes(length.try_into().unwrap_or_default());
            // More than there is of it says nothing.
            if length <= member.size { length } else { 0 }
        });
        let lengths = lengths.collect();
        let (path, target) = (path.to_owned(), target.to_owned());
        Ok(Some((Self { file, path, target, size, kept: AtomicBool::new(false) }, lengths)))
    }

    /// Whether a file at `path`, by its name, was begun for `target`.
    pub fn is_for(path: &Path, target: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let folder = |path: &Path| std::path::absolute(path).ok()?.parent().map(Path::to_owned);
        let random = name.strip_prefix(&part_prefix(target)).and_then(|rest| rest.strip_suffix(PART));
        // `.app.tar.x7.part` is not for `app`.
        random.is_some_and(|random| !random.contains('.'))
            && folder(path).is_some_and(|at| folder(target) == Some(at))
    }

    /// It takes the place of a file that may be read-only, and is to be opened for writing again.
    #[cfg(unix)]
    fn make_writable(&self) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        let mut permissions = self.file.metadata()?.permissions();
        permissions.set_mode(permissions.mode() | 0o600);
        self.file.set_permissions(permissions)
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

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
    /// The system's; the file's end counts as such.
    pub fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        read_exact_at(&self.file, bytes, offset)
    }

    /// Records that `length` bytes of the blob with this number are there.
    ///
    /// # Errors
    /// The system's.
    pub fn record(&self, blob: usize, length: u64) -> io::Result<()> {
        write_all_at(&self.file, &length.to_le_bytes(), self.size + KEY + LENGTH * blob as u64)
    }

    /// The same file once more, for whoever brings it onto the disk meanwhile.
    ///
    /// # Errors
    /// The system's.
    pub fn handle(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// It stays for [`go_on`](Self::go_on) when it is dropped.
    pub fn keep(&self) {
        self.kept.store(true, Ordering::Relaxed);
    }

    /// Everything is there: the file gets its name, in place of one that was there, when it is on the disk.
    ///
    /// # Errors
    /// The system's; then the file that was there is as it was.
    pub fn finish(self) -> io::Result<()> {
        self.file.set_len(self.size)?;
        #[cfg(unix)]
        if let Ok(there) = std::fs::metadata(&self.target) {
            self.file.set_permissions(there.permissions())?;
        }
        self.file.sync_all()?;
        std::fs::rename(&self.path, &self.target)?;
        self.keep();
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.kept.load(Ordering::Relaxed) {
            // What cannot be removed is known to the next run.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use slipway_image::media::OCI_MANIFEST;
    use slipway_reference::Digest;

    use super::*;
    use crate::layout::{Target, WriteImage};

    fn layout(name: &str) -> Layout {
        let digest = |text: &str| -> Digest { slipway_stage::digest(text.as_bytes()).parse().unwrap() };
        let entry = |text: &str| serde_json::json!({"digest": digest(text).to_string(), "size": text.len()});
        let manifest = serde_json::json!({"config": entry("config"), "layers": [entry("layer")]});
        let raw = manifest.to_string().into_bytes();
        let image = WriteImage {
            names: vec![name.to_owned()],
            media_type: OCI_MANIFEST.to_owned(),
            digest: slipway_stage::digest(&raw).parse().unwrap(),
            raw,
            loaded: None,
            beside: Vec::new(),
        };
        let blobs = ["config", "layer"].map(|text| (digest(text), text.len() as u64));
        Layout::new(Target::OciArchive, blobs, &[image]).unwrap()
    }

    #[test]
    fn what_was_left_is_gone_on_with_where_it_was_and_only_for_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("image.tar");
        let layout_a = layout("a:1");
        let mut told = PathBuf::new();
        let tell = |path: &Path| {
            assert!(!path.exists(), "it is written down before it is there");
            path.clone_into(&mut told);
        };
        let begun = Unfinished::begin(&target, &layout_a, tell).unwrap();
        let at = layout_a.members()[1].offset;
        begun.write_at(b"lay", at).unwrap();
        begun.record(1, 3).unwrap();
        begun.keep();
        drop(begun);
        for other in ["other.tar", "image"] {
            let other = folder.path().join(other);
            assert!(Unfinished::go_on(&told, &other, &layout_a).unwrap().is_none(), "{}", other.display());
        }
        assert!(Unfinished::go_on(&told, &target, &layout("b:1")).unwrap().is_none());
        let (on, lengths) = Unfinished::go_on(&told, &target, &layout_a).unwrap().unwrap();
        assert_eq!(lengths, [0, 3]);
        let mut there = [0; 3];
        on.read_at(&mut there, at).unwrap();
        assert_eq!(&there, b"lay");
        on.finish().unwrap();
        assert_eq!(target.metadata().unwrap().len(), layout_a.size(), "the record is gone");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_record_that_tells_of_more_than_there_can_be_tells_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (target, layout) = (folder.path().join("image.tar"), layout("a:1"));
        let begun = Unfinished::begin(&target, &layout, |_| ()).unwrap();
        begun.record(0, u64::MAX).unwrap();
        begun.keep();
        let path = begun.path().to_owned();
        drop(begun);
        let (on, lengths) = Unfinished::go_on(&path, &target, &layout).unwrap().unwrap();
        assert_eq!(lengths, [0, 0]);
        drop(on);
        assert!(!path.exists(), "what is given up is removed");
    }

    /// A link that somebody planted under such a name led elsewhere.
    #[cfg(unix)]
    #[test]
    fn a_link_is_not_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let (target, layout) = (folder.path().join("image.tar"), layout("a:1"));
        let begun = Unfinished::begin(&target, &layout, |_| ()).unwrap();
        let link = folder.path().join(".image.tar.planted.part");
        std::os::unix::fs::symlink(begun.path(), &link).unwrap();
        assert!(Unfinished::go_on(&link, &target, &layout).unwrap().is_none());
        assert!(Unfinished::go_on(begun.path(), &target, &layout).unwrap().is_some());
    }
}

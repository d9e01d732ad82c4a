//! Blobs that a pull left half done in a layout folder, seen and removed by whoever did not begin them.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use crate::folder::{Folder, LOCK, UNFINISHED, is_half, locked};

impl Folder {
    /// Where blobs of the folder at `root` lie until they are whole.
    pub fn unfinished(root: &Path) -> PathBuf {
        root.join(UNFINISHED)
    }

    /// The folder that `place` is the [`unfinished`](Self::unfinished) of; none where it is another path.
    pub fn of_unfinished(place: &Path) -> Option<&Path> {
        place.parent().filter(|_| place.file_name().is_some_and(|name| name == UNFINISHED))
    }

    /// What the system says of each blob that is half done at `place`, of which [`of_unfinished`](Self::of_unfinished)
    /// knows the folder. What cannot be looked at is none.
    pub fn halves(place: &Path) -> Vec<Metadata> {
        let is_folder = std::fs::symlink_metadata(place).is_ok_and(|there| there.is_dir());
        let entries = is_folder.then(|| std::fs::read_dir(place).ok()).flatten();
        let halves = entries.into_iter().flatten().flatten();
        let halves = halves.filter(|entry| entry.file_name().to_str().is_some_and(is_half));
        halves.filter_map(|entry| entry.metadata().ok()).filter(Metadata::is_file).collect()
    }

    /// Removes the blobs that are half done at `place`, and `place` where it holds nothing else. Nothing else in the folder is
    /// touched.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] where nothing is there; [`io::ErrorKind::ResourceBusy`] while somebody writes there; the
    /// system's.
    pub fn remove_halves(place: &Path) -> io::Result<()> {
        if !std::fs::symlink_metadata(place)?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotADirectory, "it is no folder"));
        }
        let _lock = locked(place)?;
        let mut others = false;
        for entry in std::fs::read_dir(place)? {
            let entry = entry?;
            let is_file = entry.file_type()?.is_file();
            match entry.file_name().to_str() {
                Some(LOCK) => {}
                Some(name) if is_file && is_half(name) => std::fs::remove_file(entry.path())?,
                _ => others = true,
            }
        }
        // As a pull that ends does.
        if !others {
            let _ = std::fs::remove_file(place.join(LOCK));
            let _ = std::fs::remove_dir(place);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use slipway_reference::Digest;

    use super::*;

    fn blob(fill: &str) -> Digest {
        format!("sha256:{}", fill.repeat(16)).parse().unwrap()
    }

    /// A layout folder with a blob that is half done.
    fn begun(root: &Path) -> Folder {
        let folder = Folder::begin(root).unwrap();
        folder.part(&blob("3f1c"), 9).unwrap().0.write_at(b"half", 0).unwrap();
        folder
    }

    #[test]
    fn what_is_half_done_is_seen_and_removed_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let (root, place) = (home.path().join("images"), Folder::unfinished(&home.path().join("images")));
        let folder = begun(&root);
        folder.leave();
        assert_eq!(Folder::of_unfinished(&place), Some(root.as_path()));
        assert_eq!(Folder::of_unfinished(&root), None);
        let lengths = |place: &Path| Folder::halves(place).iter().map(Metadata::len).collect::<Vec<_>>();
        assert_eq!(lengths(&place), [4]);
        // What people put there is no blob.
        for name in ["notes", "sha256-", "sha256-3f1c"] {
            std::fs::write(place.join(name), "mine").unwrap();
        }
        std::fs::create_dir(place.join(format!("sha256-{}", "c41b".repeat(16)))).unwrap();
        let whole = root.join("blobs/sha256").join("ab".repeat(32));
        std::fs::write(&whole, "whole").unwrap();
        std::fs::write(root.join("index.json"), "{}").unwrap();
        assert_eq!(lengths(&place), [4]);
        Folder::remove_halves(&place).unwrap();
        assert!(lengths(&place).is_empty());
        for kept in [place.join("notes"), place.join("sha256-3f1c"), whole, root.join("index.json")] {
            assert!(kept.exists(), "{}", kept.display());
        }
        assert!(root.join("oci-layout").exists());
    }

    #[test]
    fn what_is_being_written_stays_and_an_empty_place_goes() {
        let home = tempfile::tempdir().unwrap();
        let place = Folder::unfinished(home.path());
        let folder = begun(home.path());
        assert_eq!(Folder::remove_halves(&place).unwrap_err().kind(), io::ErrorKind::ResourceBusy);
        assert_eq!(Folder::halves(&place).len(), 1);
        folder.leave();
        Folder::remove_halves(&place).unwrap();
        assert!(!place.exists());
        assert_eq!(Folder::remove_halves(&place).unwrap_err().kind(), io::ErrorKind::NotFound);
        Folder::begin(home.path()).unwrap().leave();
        assert!(!place.exists(), "nothing is half done there");
    }

    /// A link that somebody planted there led elsewhere.
    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let home = tempfile::tempdir().unwrap();
        let elsewhere = home.path().join("elsewhere");
        std::fs::create_dir(&elsewhere).unwrap();
        let half = elsewhere.join(format!("sha256-{}", "3f1c".repeat(16)));
        std::fs::write(&half, "half").unwrap();
        let place = Folder::unfinished(home.path());
        std::os::unix::fs::symlink(&elsewhere, &place).unwrap();
        assert!(Folder::halves(&place).is_empty());
        assert_eq!(Folder::remove_halves(&place).unwrap_err().kind(), io::ErrorKind::NotADirectory);
        assert!(half.exists());
    }
}

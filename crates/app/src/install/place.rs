//! Where files go: the page names a place by its handle, and never a path.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use slipway_archive::Folder;
use slipway_reference::Reference;

use super::names::{file_name, short_name};
use crate::view::{FileFormat, PlaceView};

/// The places that were shown in this run.
#[derive(Default)]
pub(super) struct Places(Mutex<Known>);

#[derive(Default)]
struct Known {
    all: Vec<Place>,
    /// Where the last one was chosen.
    folder: Option<PathBuf>,
}

/// What is written at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file, which replaces the one that is there.
    File,
    /// A folder, which is added to.
    Folder,
}

impl From<FileFormat> for Kind {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::OciLayout => Self::Folder,
            FileFormat::DockerArchive | FileFormat::OciArchive => Self::File,
        }
    }
}

/// A place that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    /// The file that is there may be replaced: the system's dialog asked about it. It holds once, and for no file that
    /// came there later.
    pub(super) agreed: bool,
    pub(super) kind: Kind,
}

impl Places {
    /// The usual place for `reference`: where the last file went, else the downloads.
    pub(super) fn usual(&self, reference: &Reference, kind: Kind) -> PlaceView {
        let folder = self.known(|known| known.folder.clone()).unwrap_or_else(downloads);
        let path = match kind {
            Kind::File => folder.join(file_name(reference)),
            Kind::Folder => new_layout(&folder, reference),
        };
        self.add(Place { path, agreed: false, kind })
    }

    /// A place for a file that somebody chose in the system's dialog.
    pub(super) fn chosen(&self, path: &Path) -> PlaceView {
        self.remember(path);
        self.add(Place { path: path.to_owned(), agreed: path.exists(), kind: Kind::File })
    }

    /// A folder that somebody chose in the system's dialog, or one in it: what people keep there is no image.
    pub(super) fn chosen_folder(&self, path: &Path, reference: &Reference) -> PlaceView {
        let path = match Folder::look(path) {
            Ok(()) => path.to_owned(),
            Err(_) => new_layout(path, reference),
        };
        self.remember(&path);
        self.add(Place { path, agreed: false, kind: Kind::Folder })
    }

    fn remember(&self, path: &Path) {
        let folder = path.parent().map(Path::to_owned);
        self.known(|known| known.folder = folder);
    }

    /// What was agreed to happened: the next file there is asked about.
    pub(super) fn used(&self, id: u32) {
        self.known(|known| {
            let place = usize::try_from(id).ok().and_then(|id| known.all.get_mut(id));
            if let Some(place) = place {
                place.agreed = false;
            }
        });
    }

    /// The place with this handle.
    pub(super) fn get(&self, id: u32) -> Option<Place> {
        self.known(|known| known.all.get(usize::try_from(id).ok()?).cloned())
    }

    /// The place as it is now.
    pub(super) fn view(&self, id: u32) -> Option<PlaceView> {
        Some(view(id, &self.get(id)?))
    }

    fn add(&self, place: Place) -> PlaceView {
        let id = self.known(|known| {
            let there = known.all.iter().position(|known| *known == place);
            there.unwrap_or_else(|| {
                known.all.push(place.clone());
                known.all.len() - 1
            })
        });
        view(u32::try_from(id).unwrap_or(u32::MAX), &place)
    }

    fn known<T>(&self, look: impl FnOnce(&mut Known) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn view(id: u32, place: &Place) -> PlaceView {
    PlaceView {
        id,
        shown: shown(&place.path),
        exists: place.kind == Kind::File && !place.agreed && place.path.exists(),
        both: beside(&place.path).file_name().unwrap_or_default().to_string_lossy().into_owned(),
    }
}

/// The same name with a number behind it that no file there has.
pub(super) fn beside(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let end = path.extension().map(|end| format!(".{}", end.to_string_lossy())).unwrap_or_default();
    let mut numbered = (2_u64..).map(|number| path.with_file_name(format!("{stem} ({number}){end}")));
    numbered.find(|path| !path.exists()).unwrap_or_else(|| path.to_owned())
}

/// `~/Downloads/monalisa-2.3.1.tar`
pub(super) fn shown(path: &Path) -> String {
    let home = directories::BaseDirs::new().map(|folders| folders.home_dir().to_owned());
    let below = home.as_ref().and_then(|home| path.strip_prefix(home).ok());
    match below {
        Some(rest) => format!("~{}{}", std::path::MAIN_SEPARATOR, rest.display()),
        None => path.display().to_string(),
    }
}

/// A layout of this name in `folder`: the one that is there, or one that can become it.
fn new_layout(folder: &Path, reference: &Reference) -> PathBuf {
    let name = short_name(reference);
    let path = folder.join(&name);
    let numbered = (2_u64..).map(|number| folder.join(format!("{name} ({number})")));
    // Where the system refuses, writing tells it.
    let can_be = |path: &PathBuf| Folder::look(path).is_ok() || !path.exists();
    std::iter::once(path.clone()).chain(numbered).find(can_be).unwrap_or(path)
}

fn downloads() -> PathBuf {
    let named = directories::UserDirs::new();
    let named = named.as_ref().and_then(|folders| folders.download_dir().map(Path::to_owned));
    let home = || directories::BaseDirs::new().map(|folders| folders.home_dir().to_owned());
    named.filter(|folder| folder.is_dir()).or_else(home).unwrap_or_else(std::env::temp_dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_keeps_its_handle_and_files_that_are_there_are_counted_past() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("monalisa-2.3.1.tar");
        let places = Places::default();
        let chosen = places.chosen(&path);
        assert_eq!(places.chosen(&path).id, chosen.id);
        let usual = places.usual(&"ghcr.io/octo-org/monalisa:2.3.1".parse().unwrap(), Kind::File);
        assert_eq!(places.get(usual.id).unwrap().path, path, "the folder of the last one");
        assert!(!usual.exists);
        std::fs::write(&path, b"").unwrap();
        std::fs::write(folder.path().join("monalisa-2.3.1 (2).tar"), b"").unwrap();
        let usual = places.view(usual.id).unwrap();
        assert!(usual.exists);
        assert_eq!(usual.both, "monalisa-2.3.1 (3).tar");
        assert_eq!(places.get(99), None);
    }

    /// Else a file that the dialog never asked about is replaced without a question.
    #[test]
    fn what_the_dialog_asked_about_is_replaced_once_and_nothing_that_came_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.tar");
        let places = Places::default();
        let early = places.chosen(&path).id;
        std::fs::write(&path, b"mine").unwrap();
        assert!(places.view(early).unwrap().exists, "it came after the dialog");
        let asked = places.chosen(&path).id;
        assert!(!places.view(asked).unwrap().exists, "the dialog asked");
        places.used(asked);
        assert!(places.view(asked).unwrap().exists, "it holds once");
        let again = places.chosen(&path).id;
        assert!(!places.view(again).unwrap().exists, "the dialog asked anew");
    }

    /// Else a pull puts its blobs among somebody's photographs, or refuses the folder that was just chosen.
    #[test]
    fn a_layout_goes_into_a_folder_of_its_own_unless_the_chosen_one_is_a_layout() {
        let folder = tempfile::tempdir().unwrap();
        let reference = "ghcr.io/octo-org/monalisa:2.3.1".parse().unwrap();
        let places = Places::default();
        let path = |place: PlaceView| places.get(place.id).unwrap().path;
        assert_eq!(path(places.chosen_folder(folder.path(), &reference)), folder.path(), "it is empty");
        std::fs::write(folder.path().join("mine.jpg"), b"").unwrap();
        let inside = folder.path().join("monalisa-2.3.1");
        assert_eq!(path(places.chosen_folder(folder.path(), &reference)), inside);
        // One that is there is added to, without a question.
        std::fs::create_dir(&inside).unwrap();
        std::fs::write(inside.join("oci-layout"), br#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        std::fs::write(inside.join("index.json"), br#"{"schemaVersion":2,"manifests":[]}"#).unwrap();
        let usual = places.usual(&reference, Kind::Folder);
        assert!(!usual.exists);
        assert_eq!(path(usual), inside);
        std::fs::remove_file(inside.join("oci-layout")).unwrap();
        let beside = folder.path().join("monalisa-2.3.1 (2)");
        assert_eq!(path(places.usual(&reference, Kind::Folder)), beside, "it is something else");
    }
}

//! Where a file is written: a regular one gets its content at once and at the very end, anything else is written to and
//! never replaced.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{self, Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

/// Links that are followed, as systems do.
const MOST_LINKS: u32 = 40;

/// A place for a file, looked at but not touched yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputPlace {
    /// Standard output.
    Standard,
    /// A regular file, which may be there; links are followed.
    File(PathBuf),
    /// A pipe, a device or the like.
    Stream(PathBuf),
}

impl OutputPlace {
    /// What `path` means; `-` is standard output.
    ///
    /// # Errors
    /// A folder, and a file in a folder that is not there.
    pub fn of(path: &Path) -> io::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::Standard);
        }
        let at = followed(path)?;
        let ends_as_folder = path
            .as_os_str()
            .as_encoded_bytes()
            .last()
            .is_some_and(|byte| path::is_separator(char::from(*byte)));
        match std::fs::metadata(&at) {
            Ok(there) if there.is_dir() => Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                "it is a folder: a file in it is to be named",
            )),
            Ok(there) if there.is_file() => Ok(Self::File(at)),
            Ok(_) => Ok(Self::Stream(at)),
            Err(error) if error.kind() == io::ErrorKind::NotFound && ends_as_folder => {
                Err(io::Error::new(io::ErrorKind::NotFound, "it is to be a folder, which is not there"))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = folder(&at);
                if folder.is_dir() {
                    return Ok(Self::File(at));
                }
                let said = format!("the folder {} is not there", folder.display());
                Err(io::Error::new(io::ErrorKind::NotFound, said))
            }
            Err(error) => Err(error),
        }
    }

    /// Opens it. What is written to a regular file lies in an unfinished one beside it until [`Output::finish`].
    ///
    /// # Errors
    /// The system's.
    pub fn open(self) -> io::Result<Output> {
        self.open_as(0o666)
    }

    /// The same, for what is nobody else's: a file that was not there can be read by its owner alone.
    ///
    /// # Errors
    /// The system's.
    pub fn open_private(self) -> io::Result<Output> {
        self.open_as(0o600)
    }

    fn open_as(self, mode: u32) -> io::Result<Output> {
        let kind = match self {
            Self::Standard => Kind::Standard(io::stdout()),
            // A pipe waits here for whoever reads it.
            Self::Stream(path) => Kind::Stream(OpenOptions::new().write(true).open(path)?),
            Self::File(target) => Kind::File { part: part(&target, mode, |_| ())?, target },
        };
        Ok(Output { kind })
    }
}

/// Writes `bytes` to what `path` means, all of them or none. A file that was not there can be read by its owner alone.
///
/// # Errors
/// Those of [`OutputPlace`], and the system's.
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut output = OutputPlace::of(path)?.open_private()?;
    output.write_all(bytes)?;
    output.finish()
}

/// An output that is being written. Dropped before its end, an unfinished file is removed.
#[derive(Debug)]
pub struct Output {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Standard(io::Stdout),
    Stream(File),
    File { part: NamedTempFile, target: PathBuf },
}

impl Output {
    /// Ends it: a regular file gets its name, in place of one that was there.
    ///
    /// # Errors
    /// The system's; then the file that was there is as it was.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        match self.kind {
            Kind::File { part, target } => {
                part.as_file().sync_all()?;
                part.persist(target).map(|_| ()).map_err(|error| error.error)
            }
            Kind::Standard(_) | Kind::Stream(_) => Ok(()),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.kind {
            Kind::Standard(out) => out.write(bytes),
            Kind::Stream(out) => out.write(bytes),
            Kind::File { part, .. } => part.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.kind {
            Kind::Standard(out) => out.flush(),
            Kind::Stream(out) => out.flush(),
            Kind::File { part, .. } => part.flush(),
        }
    }
}

/// How the names of unfinished files end.
pub(crate) const PART: &str = ".part";

/// How the names of those for `target` begin.
pub(crate) fn part_prefix(target: &Path) -> String {
    format!(".{}.", target.file_name().unwrap_or_default().to_string_lossy())
}

/// An unfinished file beside `target`, of a name that nobody can foresee: it is made anew and never through a link.
/// `tell` gets its name first.
pub(crate) fn part(target: &Path, mode: u32, mut tell: impl FnMut(&Path)) -> io::Result<NamedTempFile> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    // As the file that is there has them.
    #[cfg(not(unix))]
    let _ = mode;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        let there = std::fs::metadata(target).map(|there| there.permissions().mode());
        options.mode(there.unwrap_or(mode) & 0o777);
    }
    Builder::new().prefix(&part_prefix(target)).suffix(PART).make_in(folder(target), |path| {
        tell(path);
        options.open(path)
    })
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The end of a chain of links, which need not be there. Links of the system that lead to no name, such as that of
/// standard output, stay as they are.
fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut at = path.to_owned();
    for _ in 0..MOST_LINKS {
        let is_link = std::fs::symlink_metadata(&at).is_ok_and(|there| there.is_symlink());
        if !is_link {
            return Ok(at);
        }
        let to = folder(&at).join(std::fs::read_link(&at)?);
        let leads_nowhere = std::fs::symlink_metadata(&to).is_err() && std::fs::metadata(&at).is_ok();
        if leads_nowhere {
            return Ok(at);
        }
        at = to;
    }
    Err(io::Error::other("its links lead in a circle"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(path: &Path, text: &str) {
        let mut output = OutputPlace::of(path).unwrap().open().unwrap();
        output.write_all(text.as_bytes()).unwrap();
        output.finish().unwrap();
    }

    #[test]
    fn a_file_is_as_it_was_until_the_new_one_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.tar");
        std::fs::write(&path, "before").unwrap();
        let mut output = OutputPlace::of(&path).unwrap().open().unwrap();
        output.write_all(b"after").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "before");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
        drop(output);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "what is given up is removed");
        written(&path, "after");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "after");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_and_a_missing_one_are_refused_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let missing = format!("{}/none/", folder.path().display());
        assert!(OutputPlace::of(Path::new(&missing)).unwrap_err().to_string().contains("folder"));
        let kind = |path: &Path| OutputPlace::of(path).unwrap_err().kind();
        assert_eq!(kind(folder.path()), io::ErrorKind::IsADirectory);
        assert_eq!(kind(&folder.path().join("none/image.tar")), io::ErrorKind::NotFound);
        assert_eq!(OutputPlace::of(Path::new("-")).unwrap(), OutputPlace::Standard);
    }

    /// skopeo#1485, skopeo#2623: people name the device of standard output, which was replaced by a file.
    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_stays_one() {
        let null = Path::new("/dev/null");
        assert_eq!(OutputPlace::of(null).unwrap(), OutputPlace::Stream(null.to_owned()));
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("nowhere");
        std::os::unix::fs::symlink(null, &link).unwrap();
        written(&link, "gone");
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(!std::fs::metadata(null).unwrap().is_file());
    }

    #[cfg(unix)]
    #[test]
    fn through_a_link_its_target_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("images")).unwrap();
        for target in ["images/there.tar", "images/new.tar"] {
            let link = at(if target.ends_with("new.tar") { "new" } else { "there" });
            if target.ends_with("there.tar") {
                std::fs::write(at(target), "before").unwrap();
            }
            std::os::unix::fs::symlink(target, &link).unwrap();
            written(&link, "after");
            assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink(), "{target}");
            assert_eq!(std::fs::read_to_string(at(target)).unwrap(), "after");
        }
        std::os::unix::fs::symlink("b", at("a")).unwrap();
        std::os::unix::fs::symlink("a", at("b")).unwrap();
        assert!(OutputPlace::of(&at("a")).is_err());
    }

    /// A link that somebody planted under the name of the unfinished file led elsewhere.
    #[cfg(unix)]
    #[test]
    fn a_planted_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.tar");
        let victim = folder.path().join("victim");
        std::fs::write(&victim, "precious").unwrap();
        std::os::unix::fs::symlink(&victim, folder.path().join("image.tar.part")).unwrap();
        written(&path, "image");
        assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
    }

    #[cfg(unix)]
    #[test]
    fn who_may_read_a_file_may_read_the_new_one() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.tar");
        let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        std::fs::write(folder.path().join("usual"), "").unwrap();
        let usual = std::fs::metadata(folder.path().join("usual")).unwrap().permissions().mode() & 0o777;
        written(&path, "a");
        assert_eq!(mode(), usual);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        written(&path, "b");
        assert_eq!(mode(), 0o640);
    }
}

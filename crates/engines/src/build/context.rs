//! The folder that a build is given: counted first, then sent as a tar. Links are sent as links, never followed.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tar::{Builder, EntryType, Header};

use super::ignore::{BadPattern, Ignore};

/// Folders in folders are followed so far.
const DEEPEST: usize = 128;

/// Its usual name.
const DOCKERFILE: &str = "Dockerfile";

const IGNORE: &str = ".dockerignore";

/// Why a folder cannot be given to a build.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// The folder has no such file.
    #[error("{folder} has no {file}")]
    NoDockerfile {
        /// The folder.
        folder: PathBuf,
        /// The file that was looked for.
        file: String,
    },
    /// The Dockerfile must be in the folder.
    #[error("{file} is not a file in {folder}")]
    Outside {
        /// The folder.
        folder: PathBuf,
        /// As it was named.
        file: String,
    },
    /// A file cannot be read, or changed while it was sent.
    #[error("{path} cannot be sent: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What says which files are left out cannot be understood; then none is sent.
    #[error("{file}, {source}")]
    Ignore {
        /// Which one.
        file: PathBuf,
        /// What is wrong.
        source: BadPattern,
    },
    /// Folders in folders, deeper than can be meant.
    #[error("{path} lies deeper than {DEEPEST} folders")]
    Deep {
        /// Which one.
        path: PathBuf,
    },
    /// Whoever takes the tar takes no more of it.
    #[error("the engine takes no more: {0}")]
    Taken(io::Error),
}

/// A folder with a Dockerfile.
#[derive(Debug, Clone)]
pub struct Context {
    folder: PathBuf,
    /// With slashes, from the folder on.
    dockerfile: String,
    ignore: Ignore,
    /// The rules that the Dockerfile has for itself. They are sent in the place of the others: what is there
    /// Podman applies once more.
    own: Option<PathBuf>,
}

/// What is sent of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ContextSize {
    /// Files and links that are sent.
    pub files: u64,
    /// Bytes of the files.
    pub bytes: u64,
    /// Files and folders that `.dockerignore` leaves out; what is in such a folder is not counted.
    pub left_out: u64,
}

impl Context {
    /// The folder `folder`, which is built by `dockerfile` (a path in it; its usual name where none is said).
    ///
    /// # Errors
    /// Where there is no such file, or `.dockerignore` cannot be read or has a line that is no pattern.
    pub fn open(folder: &Path, dockerfile: Option<&str>) -> Result<Self, ContextError> {
        let named = dockerfile.unwrap_or(DOCKERFILE);
        let outside = || ContextError::Outside { folder: folder.to_owned(), file: named.to_owned() };
        let path = folder.join(named);
        if !path.is_file() {
            return Err(ContextError::NoDockerfile { folder: folder.to_owned(), file: named.to_owned() });
        }
        let below = path.strip_prefix(folder).map_err(|_| outside())?;
        let mut parts = Vec::new();
        for part in below.components() {
            match part {
                std::path::Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
                std::path::Component::CurDir => {}
                _ => return Err(outside()),
            }
        }
        let dockerfile = parts.join("/");
        // A Dockerfile may have one of its own (BuildKit).
        let own = folder.join(format!("{dockerfile}.dockerignore"));
        let own = own.is_file().then_some(own);
        let file = own.clone().unwrap_or_else(|| folder.join(IGNORE));
        let text = match fs::read(&file) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(ContextError::File { path: file, source }),
        };
        let ignore = Ignore::parse(&text).map_err(|source| ContextError::Ignore { file, source })?;
        Ok(Self { folder: folder.to_owned(), dockerfile, ignore, own })
    }

    /// The Dockerfile, with slashes, from the folder on.
    pub fn dockerfile(&self) -> &str {
        &self.dockerfile
    }

    /// Where the Dockerfile is.
    pub fn path(&self) -> PathBuf {
        self.folder.join(&self.dockerfile)
    }

    /// What would be sent. Blocks. `go_on` is asked at each file.
    ///
    /// # Errors
    /// Where a folder cannot be read.
    pub fn size(&self, go_on: impl Fn() -> bool) -> Result<ContextSize, ContextError> {
        let mut size = ContextSize::default();
        self.walk(&mut |found| {
            match found {
                Found::LeftOut => size.left_out += 1,
                Found::Folder { .. } => {}
                Found::Link { .. } => size.files += 1,
                Found::File { about, .. } => {
                    size.files += 1;
                    size.bytes += about.len();
                }
            }
            if go_on() { Ok(()) } else { Err(ContextError::Taken(io::ErrorKind::Interrupted.into())) }
        })?;
        Ok(size)
    }

    /// Writes the tar that is sent. Blocks. `sent` is told the bytes of files as they go.
    ///
    /// # Errors
    /// Where a file cannot be read or changed meanwhile, or the tar is taken no more. Then it has no end.
    pub fn write(&self, output: impl Write, mut sent: impl FnMut(u64)) -> Result<(), ContextError> {
        let mut tar = Builder::new(Output { output, given_up: false });
        let walked = self.walk(&mut |found| {
            let (path, kind, about) = match &found {
                Found::LeftOut => return Ok(()),
                Found::Folder { path, about } => (path, EntryType::Directory, about),
                Found::Link { path, about, .. } => (path, EntryType::Symlink, about),
                Found::File { path, about, .. } => (path, EntryType::Regular, about),
            };
            let mut header = header(kind, about);
            match &found {
                Found::Link { target, .. } => {
                    tar.append_link(&mut header, path, target).map_err(ContextError::Taken)
                }
                Found::File { place, about, .. } => {
                    let failed = |source| ContextError::File { path: place.clone(), source };
                    let mut file = Exactly {
                        file: File::open(place).map_err(failed)?,
                        left: about.len(),
                        failed: None,
                        sent: &mut sent,
                    };
                    header.set_size(about.len());
                    let written = tar.append_data(&mut header, path, &mut file);
                    match file.failed {
                        Some(source) => Err(failed(source)),
                        None => written.map_err(ContextError::Taken),
                    }
                }
                _ => tar.append_data(&mut header, path, io::empty()).map_err(ContextError::Taken),
            }
        });
        if let Err(error) = walked {
            tar.get_mut().given_up = true;
            return Err(error);
        }
        tar.into_inner().and_then(|mut output| output.flush()).map_err(ContextError::Taken)
    }

    fn walk(&self, take: &mut impl FnMut(Found) -> Result<(), ContextError>) -> Result<(), ContextError> {
        if let Some(own) = &self.own {
            let about = fs::metadata(own);
            let about = about.map_err(|source| ContextError::File { path: own.clone(), source })?;
            take(Found::File { path: IGNORE.to_owned(), about, place: own.clone() })?;
        }
        self.walk_in(&self.folder, "", 0, take)
    }

    /// What is in a folder, in the order of names: the same folder is always the same tar.
    fn walk_in(
        &self,
        place: &Path,
        below: &str,
        depth: usize,
        take: &mut impl FnMut(Found) -> Result<(), ContextError>,
    ) -> Result<(), ContextError> {
        if depth > DEEPEST {
            return Err(ContextError::Deep { path: place.to_owned() });
        }
        let failed = |path: &Path, source| ContextError::File { path: path.to_owned(), source };
        let entries = fs::read_dir(place).map_err(|source| failed(place, source))?;
        let mut names = Vec::new();
        for entry in entries {
            names.push(entry.map_err(|source| failed(place, source))?.file_name());
        }
        names.sort();
        for name in names {
            let place = place.join(&name);
            let shown = name.to_string_lossy();
            let path = if below.is_empty() { shown.into_owned() } else { format!("{below}/{shown}") };
            if self.own.is_some() && path == IGNORE {
                continue;
            }
            let out = self.ignore.leaves_out(&path) && !self.is_needed(&path);
            let about = match fs::symlink_metadata(&place) {
                // It went meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                about => about.map_err(|source| failed(&place, source))?,
            };
            let enter =
                about.is_dir() && (!out || self.ignore.keeps_below(&path) || self.leads_to_dockerfile(&path));
            if name.to_str().is_none() {
                // Under a name that only resembles its own it must not be sent.
                match out {
                    true => take(Found::LeftOut)?,
                    false => return Err(failed(&place, io::Error::other("its name is not UTF-8"))),
                }
                continue;
            }
            if out {
                take(Found::LeftOut)?;
            } else if about.is_dir() {
                take(Found::Folder { path: path.clone(), about: about.clone() })?;
            } else if about.is_symlink() {
                let target = fs::read_link(&place).map_err(|source| failed(&place, source))?;
                take(Found::Link { path: path.clone(), about: about.clone(), target })?;
            } else if about.is_file() {
                take(Found::File { path: path.clone(), about: about.clone(), place: place.clone() })?;
            }
            // What else there is (sockets, devices) no build can be given.
            if enter {
                self.walk_in(&place, &path, depth + 1, take)?;
            }
        }
        Ok(())
    }

    /// Docker's command sends these two whatever `.dockerignore` says.
    fn is_needed(&self, path: &str) -> bool {
        path == self.dockerfile || path == IGNORE
    }

    fn leads_to_dockerfile(&self, folder: &str) -> bool {
        self.dockerfile.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Something in the folder.
enum Found {
    LeftOut,
    Folder { path: String, about: Metadata },
    Link { path: String, about: Metadata, target: PathBuf },
    File { path: String, about: Metadata, place: PathBuf },
}

/// Where a tar goes. Its builder writes the marks of the end even when it is dropped after an error, and an
/// engine would take the part for the whole.
struct Output<W> {
    output: W,
    given_up: bool,
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.given_up { Err(io::ErrorKind::BrokenPipe.into()) } else { self.output.write(bytes) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

/// As many bytes of a file as were announced.
struct Exactly<'a, F> {
    file: File,
    left: u64,
    failed: Option<io::Error>,
    sent: &'a mut F,
}

impl<F: FnMut(u64)> Read for Exactly<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let read = match self.file.read(&mut buffer[..most]) {
            Ok(0) => Err(io::Error::other("it became shorter meanwhile")),
            read => read,
        };
        match read {
            Ok(read) => {
                self.left -= read as u64;
                (self.sent)(read as u64);
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let told = io::Error::new(error.kind(), error.to_string());
                self.failed = Some(error);
                Err(told)
            }
        }
    }
}

/// Nobody's in particular, with the rights and the time that it has.
fn header(kind: EntryType, about: &Metadata) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(0);
    header.set_mode(mode(about));
    header.set_uid(0);
    header.set_gid(0);
    let modified = about.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    header.set_mtime(modified.map_or(0, |since| since.as_secs()));
    header
}

#[cfg(unix)]
fn mode(about: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    about.permissions().mode() & 0o7777
}

/// As Docker's command sends files from Windows.
#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0o755
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    /// Names, kinds and contents of what is sent.
    fn sent(context: &Context) -> Vec<(String, String)> {
        let (mut bytes, mut told) = (Vec::new(), 0);
        context.write(&mut bytes, |more| told += more).unwrap();
        assert_eq!(told, context.size(|| true).unwrap().bytes);
        let mut tar = tar::Archive::new(&bytes[..]);
        let entries = tar.entries().unwrap().map(|entry| {
            let mut entry = entry.unwrap();
            let name = entry.path().unwrap().display().to_string();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            match entry.header().entry_type() {
                EntryType::Symlink => (name, format!("-> {}", entry.link_name().unwrap().unwrap().display())),
                EntryType::Directory => (name, "/".to_owned()),
                _ => (name, text),
            }
        });
        entries.collect()
    }

    #[test]
    fn what_is_left_out_is_not_sent_and_links_are_not_followed() {
        let folder = folder(&[
            ("Dockerfile", "FROM scratch"),
            (".dockerignore", "**\n!src\n!keep/deep/*.txt\n"),
            ("src/a.rs", "a"),
            ("src/b/c.rs", "c"),
            ("keep/deep/x.txt", "x"),
            ("keep/deep/y.md", "y"),
            ("node_modules/huge/z", "z"),
        ]);
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("src/link")).unwrap();
        let context = Context::open(folder.path(), None).unwrap();
        let all = sent(&context);
        let all: Vec<_> = all.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(
            all,
            [
                (".dockerignore", "**\n!src\n!keep/deep/*.txt\n"),
                ("Dockerfile", "FROM scratch"),
                ("keep/deep/x.txt", "x"),
                ("src", "/"),
                ("src/a.rs", "a"),
                ("src/b", "/"),
                ("src/b/c.rs", "c"),
                ("src/link", "-> /etc/passwd"),
            ]
        );
        let size = context.size(|| true).unwrap();
        assert_eq!((size.files, size.left_out), (6, 4));
        assert!(context.size(|| false).is_err());
    }

    #[test]
    fn a_dockerfile_may_lie_deeper_and_has_rules_of_its_own() {
        let long = "d".repeat(120);
        let folder = folder(&[
            ("docker/ci/Dockerfile.web", "FROM scratch"),
            ("docker/ci/Dockerfile.web.dockerignore", "docker\nsecret"),
            (".dockerignore", "a"),
            ("secret", "s"),
            ("a", "a"),
            (&format!("{long}/{long}"), "long"),
        ]);
        let context = Context::open(folder.path(), Some("./docker/ci/Dockerfile.web")).unwrap();
        assert_eq!(context.dockerfile(), "docker/ci/Dockerfile.web");
        let all = sent(&context);
        let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        let deep = format!("{long}/{long}");
        assert_eq!(names, [".dockerignore", "a", &long, &deep, "docker/ci/Dockerfile.web"]);
        // Podman reads what has this name, and would leave out `a`.
        assert_eq!(all[0].1, "docker\nsecret");
        fs::remove_file(folder.path().join(".dockerignore")).unwrap();
        assert_eq!(sent(&context)[0], (".dockerignore".to_owned(), "docker\nsecret".to_owned()));
    }

    #[test]
    fn a_name_that_is_not_utf_8_is_told_unless_it_is_left_out() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = folder(&[("Dockerfile", "FROM scratch"), ("sub/a", "a")]);
        let odd = folder.path().join("sub").join(std::ffi::OsStr::from_bytes(b"b\xff"));
        fs::write(&odd, "b").unwrap();
        let context = Context::open(folder.path(), None).unwrap();
        let failed = context.write(io::sink(), |_| ()).unwrap_err();
        assert!(matches!(&failed, ContextError::File { path, .. } if *path == odd), "{failed}");
        assert!(failed.to_string().ends_with("its name is not UTF-8"), "{failed}");
        fs::write(folder.path().join(".dockerignore"), "sub/b*").unwrap();
        let context = Context::open(folder.path(), None).unwrap();
        let names: Vec<String> = sent(&context).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, [".dockerignore", "Dockerfile", "sub", "sub/a"]);
    }

    #[test]
    fn a_file_that_becomes_shorter_is_told_and_nothing_is_made_up() {
        let folder = folder(&[("log", "0123456789")]);
        let log = folder.path().join("log");
        fs::write(&log, "0123").unwrap();
        let mut short =
            Exactly { file: File::open(&log).unwrap(), left: 10, failed: None, sent: &mut |_| () };
        assert!(io::copy(&mut short, &mut io::sink()).is_err());
        assert!(short.failed.unwrap().to_string().contains("shorter"));
    }

    /// Whoever finds the marks of the end takes a part for the whole.
    #[test]
    fn behind_a_file_that_fails_comes_no_end() {
        let folder = folder(&[("A.log", &"x".repeat(1 << 20)), ("Dockerfile", "FROM scratch")]);
        let context = Context::open(folder.path(), None).unwrap();
        let log = folder.path().join("A.log");
        let mut bytes = Vec::new();
        let failed = context.write(&mut bytes, |_| fs::write(&log, "x").unwrap()).unwrap_err();
        assert!(matches!(&failed, ContextError::File { path, .. } if *path == log), "{failed}");
        assert!(bytes.ends_with(b"x"), "{} bytes", bytes.len());
    }

    #[test]
    fn a_folder_without_a_dockerfile_is_said() {
        let folder = folder(&[("a", "a")]);
        let failed = |file| Context::open(folder.path(), file).unwrap_err().to_string();
        assert!(failed(None).ends_with("has no Dockerfile"));
        assert!(failed(Some("Other")).ends_with("has no Other"));
        fs::write(folder.path().join("a.dockerignore"), "b\n[secret").unwrap();
        assert!(failed(Some("a")).ends_with("a.dockerignore, line 2: syntax error in pattern: [secret"));
        fs::create_dir(folder.path().join("sub")).unwrap();
        let sub = folder.path().join("sub");
        assert!(matches!(Context::open(&sub, Some("../a")), Err(ContextError::Outside { .. })));
    }
}

//! What real images are made of: files of Debian's, Python's and Node's packages, a log, and noise. Each part is a tar
//! that is made once and kept; a manifest names every package with its version and hash, and another set of packages
//! makes another series of figures.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::read::GzDecoder;

use crate::pushers::is_there;
use crate::{Outcome, demand};

const MB: u64 = 1_000_000;

/// A part of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// What a distribution's base system holds.
    Root,
    /// Compilers, their libraries and headers.
    Compilers,
    /// Packages of Python, compiled extensions among them.
    Python,
    /// Packages of Node.
    Node,
    /// A server's log.
    Log,
    /// What looks like nothing: encrypted data, media.
    Noise,
    /// Archives that are compressed already.
    Debs,
}

impl Part {
    pub(crate) const ALL: [Self; 7] =
        [Self::Root, Self::Compilers, Self::Python, Self::Node, Self::Log, Self::Noise, Self::Debs];

    const fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Compilers => "compilers",
            Self::Python => "python",
            Self::Node => "node",
            Self::Log => "log",
            Self::Noise => "noise",
            Self::Debs => "debs",
        }
    }

    /// About how many bytes of it an image has: it ends with the file that reaches them.
    pub(crate) const fn size(self) -> u64 {
        match self {
            Self::Root => 180 * MB,
            Self::Compilers => 332 * MB,
            Self::Python => 225 * MB,
            Self::Node => 115 * MB,
            Self::Log => 118 * MB,
            Self::Noise => 150 * MB,
            Self::Debs => 77 * MB,
        }
    }
}

/// Debian's packages of a base system, as its own sources of packages have them at the moment.
const ROOT: &[&str] = &[
    "libc6",
    "bash",
    "coreutils",
    "dpkg",
    "apt",
    "libapt-pkg6.0",
    "perl-base",
    "perl",
    "perl-modules-5.36",
    "libperl5.36",
    "util-linux",
    "systemd",
    "libsystemd-shared",
    "udev",
    "libssl3",
    "openssl",
    "gnupg",
    "gpg",
    "ca-certificates",
    "git",
    "vim",
    "vim-runtime",
    "libicu72",
    "libstdc++6",
    "ncurses-base",
    "ncurses-bin",
    "openssh-client",
    "curl",
    "libcurl4",
    "iproute2",
    "libglib2.0-0",
    "python3.11-minimal",
    "libpython3.11-stdlib",
    "libpython3.11-minimal",
    "tzdata",
    "libnode108",
    "postgresql-15",
];

/// Debian's packages of compilers and what they need.
const COMPILERS: &[&str] = &[
    "cpp-12",
    "gcc-12",
    "g++-12",
    "libgcc-12-dev",
    "libstdc++-12-dev",
    "libllvm14",
    "binutils-x86-64-linux-gnu",
    "libc6-dev",
    "linux-libc-dev",
    "gdb",
    "cmake",
    "cmake-data",
    "libicu-dev",
    "libboost1.74-dev",
    "libasan8",
    "libtsan2",
];

/// Python's packages: for version 3.11 on Linux, whatever computer asks.
const PYTHON: &[&str] = &[
    "numpy==2.4.6",
    "scipy==1.17.1",
    "pandas==3.1.1",
    "matplotlib==3.11.2",
    "scikit-learn==1.9.1",
    "sympy==1.14.0",
    "django==5.2.19",
    "sqlalchemy==2.1.9",
];

/// Node's packages.
const NODE: &[&str] = &[
    "webpack@5.113.0",
    "lodash@4.18.1",
    "core-js@3.51.0",
    "rxjs@7.8.2",
    "date-fns@4.4.0",
    "three@0.187.0",
    "@babel/core@8.1.3",
    "eslint@10.15.0",
    "react-dom@19.3.1",
    "next@16.4.6",
];

/// The parts on this computer.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    folder: PathBuf,
    /// Names the set of packages: the start of the manifest's digest.
    pub(crate) series: String,
}

impl Content {
    /// Takes what is there, or brings and makes it.
    pub(crate) fn ready(folder: &Path) -> Outcome<Self> {
        let folder = folder.join("content");
        let manifest = folder.join("manifest.txt");
        if !manifest.is_file() {
            println!("==> Bringing packages of Debian, Python and Node into {}", folder.display());
            let text = make(&folder)?;
            // Written last: without it nothing counts.
            let part = manifest.with_extension("part");
            std::fs::write(&part, text)?;
            std::fs::rename(&part, &manifest)?;
        }
        let series = slipway_stage::sha256(&std::fs::read(&manifest)?)[..12].to_owned();
        Ok(Self { folder, series })
    }

    /// The tar of a part.
    pub(crate) fn part(&self, part: Part) -> PathBuf {
        path(&self.folder, part)
    }
}

fn path(folder: &Path, part: Part) -> PathBuf {
    folder.join(format!("{}.tar", part.name()))
}

/// Makes all parts and returns the manifest.
fn make(folder: &Path) -> Outcome<String> {
    let (debs, wheels, packs) = (folder.join("debian"), folder.join("python"), folder.join("node"));
    for folder in [&debs, &wheels, &packs] {
        // What an earlier start left may be of other versions.
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder)?;
    }
    if !is_there("apt-get") || !is_there("dpkg-deb") {
        return Err("the images are made of Debian's packages: this needs Debian, or a child of it".into());
    }
    demand(Command::new("apt-get").args(["-q", "download"]).args(ROOT).args(COMPILERS).current_dir(&debs))?;
    demand(
        Command::new("python3")
            .args(["-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"])
            .args(["--implementation", "cp", "--python-version", "3.11"])
            .args(["--platform", "manylinux_2_28_x86_64", "--platform", "manylinux_2_17_x86_64"])
            .args(["--platform", "any", "--dest"])
            .arg(&wheels)
            .args(PYTHON),
    )?;
    demand(Command::new("npm").args(["pack", "--silent", "--pack-destination"]).arg(&packs).args(NODE))?;

    let mut manifest = String::from("# kind, file (name, version and computer), bytes, SHA-256\n");
    for (kind, folder) in [("debian", &debs), ("python", &wheels), ("node", &packs)] {
        for file in files(folder)? {
            let bytes = std::fs::read(&file)?;
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            writeln!(manifest, "{kind} {name} {} sha256:{}", bytes.len(), slipway_stage::sha256(&bytes))?;
        }
    }
    for part in Part::ALL {
        println!("    {}", part.name());
        let mut tar = Tar::create(&path(folder, part), part.size())?;
        match part {
            Part::Root => each_deb(&debs, ROOT, &mut tar)?,
            Part::Compilers => each_deb(&debs, COMPILERS, &mut tar)?,
            Part::Python => each_wheel(&wheels, folder, &mut tar)?,
            Part::Node => {
                for pack in files(&packs)? {
                    let place = pack.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                    tar.take(GzDecoder::new(BufReader::new(File::open(pack)?)), &place)?;
                }
            }
            Part::Log => tar.add("var/log/access.log", &log(part.size()))?,
            Part::Noise => tar.add("srv/volume.img", &noise(part.size()))?,
            Part::Debs => {
                for deb in files(&debs)? {
                    let name = deb.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    tar.add(&format!("var/cache/apt/archives/{name}"), &std::fs::read(&deb)?)?;
                }
            }
        }
        let size = tar.end()?;
        // A set of packages that shrank makes another image than the tables speak of.
        if size < part.size() {
            return Err(format!("{} has {size} bytes only, of {}", part.name(), part.size()).into());
        }
    }
    Ok(manifest)
}

/// Files of a folder by name.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.sort();
    Ok(files)
}

fn each_deb(folder: &Path, packages: &[&str], tar: &mut Tar) -> Outcome<()> {
    let all = files(folder)?;
    for package in packages {
        let is_it = |file: &&PathBuf| {
            file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("{package}_")))
        };
        let deb = all.iter().find(is_it).ok_or_else(|| format!("apt-get brought no {package}"))?;
        let mut unpack = Command::new("dpkg-deb")
            .arg("--fsys-tarfile")
            .arg(deb)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut out = unpack.stdout.take().ok_or("dpkg-deb has no output")?;
        tar.take(&mut out, "")?;
        io::copy(&mut out, &mut io::sink())?;
        let status = unpack.wait()?;
        if !status.success() {
            return Err(format!("dpkg-deb ended with {status} for {}", deb.display()).into());
        }
    }
    Ok(())
}

/// Wheels are zip files; Python unpacks them.
fn each_wheel(wheels: &Path, folder: &Path, tar: &mut Tar) -> Outcome<()> {
    for wheel in files(wheels)? {
        let unpacked = folder.join("unpacked");
        let _ = std::fs::remove_dir_all(&unpacked);
        demand(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&unpacked))?;
        tar.folder(&unpacked, "usr/lib/python3/dist-packages")?;
        std::fs::remove_dir_all(&unpacked)?;
    }
    Ok(())
}

/// A tar that takes files until it is large enough.
struct Tar {
    builder: tar::Builder<BufWriter<File>>,
    /// Bytes of files so far, and how many are enough.
    size: u64,
    enough: u64,
}

impl Tar {
    fn create(path: &Path, enough: u64) -> Outcome<Self> {
        let file = BufWriter::with_capacity(1 << 20, File::create(path)?);
        Ok(Self { builder: tar::Builder::new(file), size: 0, enough })
    }

    fn add(&mut self, name: &str, content: &[u8]) -> Outcome<()> {
        if self.size >= self.enough {
            return Ok(());
        }
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        self.builder.append_data(&mut header, name, content)?;
        self.size += content.len() as u64;
        Ok(())
    }

    /// Takes the files of another tar, under `place`.
    fn take(&mut self, from: impl Read, place: &str) -> Outcome<()> {
        let mut from = tar::Archive::new(from);
        for entry in from.entries()? {
            let mut entry = entry?;
            let kind = entry.header().entry_type();
            if self.size >= self.enough {
                break;
            }
            let path = Path::new(place).join(entry.path()?);
            let mut header = entry.header().clone();
            if kind.is_file() {
                self.size += entry.size();
                self.builder.append_data(&mut header, path, &mut entry)?;
            } else if let (true, Some(target)) = (kind.is_symlink(), entry.link_name()?) {
                self.builder.append_link(&mut header, path, target)?;
            }
        }
        Ok(())
    }

    /// Takes the files below a folder, by name.
    fn folder(&mut self, folder: &Path, place: &str) -> Outcome<()> {
        for path in files(folder)? {
            let name = format!("{place}/{}", path.file_name().unwrap_or_default().to_string_lossy());
            if path.is_dir() {
                self.folder(&path, &name)?;
            } else {
                self.add(&name, &std::fs::read(&path)?)?;
            }
        }
        Ok(())
    }

    fn end(self) -> Outcome<u64> {
        self.builder.into_inner()?.flush()?;
        Ok(self.size)
    }
}

/// Lines as a web server writes them.
fn log(size: u64) -> Vec<u8> {
    const PATHS: [&str; 8] = [
        "/",
        "/index.html",
        "/api/v1/orders",
        "/api/v1/users/login",
        "/static/app.js",
        "/static/style.css",
        "/images/logo.png",
        "/healthz",
    ];
    const AGENTS: [&str; 3] = [
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
        "curl/7.88.1",
    ];
    let (mut dice, mut second) = (Dice::new(1), 0);
    let mut out = Vec::with_capacity(size as usize + 400);
    while (out.len() as u64) < size {
        let throw = dice.next();
        second += u64::from(throw.is_multiple_of(9));
        let (path, agent) = (PATHS[(throw >> 8) as usize % 8], AGENTS[(throw >> 12) as usize % 3]);
        let status = if (throw >> 16) % 50 == 0 { 404 } else { 200 };
        let line = format!(
            "10.{}.{}.{} - - [12/Nov/2026:{:02}:{:02}:{:02} +0000] \"GET {path}?id={:x} HTTP/1.1\" {status} {} \"-\" \"{agent}\" {}ms\n",
            (throw >> 20) % 4,
            (throw >> 24) & 255,
            (throw >> 32) & 255,
            second / 3600 % 24,
            second / 60 % 60,
            second % 60,
            dice.next() >> 40,
            (throw >> 40) % 40_000,
            (throw >> 56) + 1,
        );
        out.extend_from_slice(line.as_bytes());
    }
    out
}

fn noise(size: u64) -> Vec<u8> {
    let mut dice = Dice::new(2);
    std::iter::repeat_with(|| dice.next().to_le_bytes()).flatten().take(size as usize).collect()
}

/// xorshift64 by George Marsaglia.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

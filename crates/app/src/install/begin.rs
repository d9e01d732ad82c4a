//! Beginning a pull from the window, and what people do with its file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use slipway_archive::{Folder, Layout, WriteImage};
use slipway_hosts::Endpoint;
use slipway_image::Platform;
use slipway_reference::{Digest, Reference, Tag};
use slipway_transfer::{Platforms, Speaking, TransferError};

use super::load::again;
use super::lookup::{Seen, parsed, place};
use super::manifests::{Contents, Manifest, Unread};
use super::names::{copied_to_podman, exact_name, file_name, loaded_name};
use super::options::{PullFormat, PullOptions};
use super::place::{Kind, Place, beside, shown};
use super::start::{Install, What, no_zstd, this_platform};
use crate::clock::now;
use crate::shell::quoted;
use crate::store::Kept;
use crate::view::{
    Begun, Code, Engine, Existing, FailureView, FileFormat, InstallView, InstallWish, InstalledFile, JobId,
    JobKind, JobView, PlaceView,
};

impl Install {
    /// The usual place for what `reference` becomes as a `format`: where the last one went, else the downloads.
    pub fn place(&self, reference: &str, format: FileFormat) -> Result<PlaceView, FailureView> {
        parsed(reference).map(|reference| self.places.usual(&reference, format.into()))
    }

    /// What the file of `reference` is usually called.
    pub fn file_name(&self, reference: &str) -> Result<String, FailureView> {
        parsed(reference).map(|reference| file_name(&reference))
    }

    /// A place for a file that somebody chose in the system's dialog.
    pub fn chosen_place(&self, path: &Path) -> PlaceView {
        self.places.chosen(path)
    }

    /// A folder that somebody chose in the system's dialog: itself where it is an OCI layout or empty, else a new one in
    /// it that is called after `reference`.
    pub fn chosen_folder(&self, path: &Path, reference: &str) -> Result<PlaceView, FailureView> {
        parsed(reference).map(|reference| self.places.chosen_folder(path, &reference))
    }

    /// Begins to fetch, unless a file is there and nobody said what becomes of it, or the disk has too little room. The
    /// file is looked at and reckoned before anything is fetched of it.
    pub async fn begin(&self, wish: InstallWish) -> Result<Begun, FailureView> {
        if let Some(engine) = wish.engine {
            return Box::pin(self.begin_load(wish, engine)).await;
        }
        let lost = || FailureView::new(Code::Internal, "no such place was shown");
        let Place { mut path, agreed, kind } = self.places.get(wish.place).ok_or_else(lost)?;
        if kind != Kind::from(wish.format) {
            return Err(lost());
        }
        // A folder is added to.
        if kind == Kind::File && path.exists() && !agreed {
            match wish.existing {
                Existing::Ask => {
                    let place = self.places.view(wish.place).ok_or_else(lost)?;
                    return Ok(Begun::Exists { place });
                }
                Existing::Replace => {}
                Existing::KeepBoth => path = beside(&path),
            }
        }
        let seen = self.seen(&wish.reference, wish.anonymous)?;
        let format = PullFormat::from(wish.format);
        let platforms = platforms_of(&wish);
        // Whoever cannot be asked now may answer the job, which waits for it.
        let reckoned = self.reckon(&seen, format, &platforms, wish.signatures, &path).await;
        let (need, named, _) = reckoned.unwrap_or_default();
        if let Some(missing) = missing(&path, need) {
            return Ok(Begun::NoRoom { need, missing });
        }
        let options = PullOptions {
            format,
            platforms,
            signatures: wish.signatures,
            plain_http: false,
            anonymous: wish.anonymous,
        };
        let references = std::slice::from_ref(&seen.reference);
        let what = What { references, output: &path, options: &options, platforms: named, engine: None };
        let job = self.start_as(None, what, Arc::new(|_| ())).await?;
        self.places.used(wish.place);
        Ok(Begun::Job { job })
    }

    /// The same into an engine. It is asked first, and what it does not read is said before anything is fetched.
    async fn begin_load(&self, wish: InstallWish, engine: Engine) -> Result<Begun, FailureView> {
        let found = Box::pin(self.engines.engine(engine)).await?;
        let seen = self.seen(&wish.reference, wish.anonymous)?;
        let platforms = match platforms_of(&wish) {
            Platforms::Usual => Platforms::Only(vec![found.platform.clone()]),
            Platforms::Only(platforms) if platforms.len() == 1 => Platforms::Only(platforms),
            Platforms::Only(_) | Platforms::All => {
                return Err(FailureView::form("an engine takes one platform of an image"));
            }
        };
        let references = std::slice::from_ref(&seen.reference);
        let output = self.waits(references, engine, &wish.platforms);
        let format = PullFormat::DockerArchive;
        let reckoned = self.reckon(&seen, format, &platforms, false, &output).await;
        let (need, named, zstd) = reckoned.unwrap_or_default();
        if let Some(reader) = no_zstd(&found).filter(|_| zstd) {
            let reference = seen.reference.to_string();
            return Err(FailureView::transfer(&TransferError::Zstd { reference, reader }, now()));
        }
        // Slipway's folder may not be there yet.
        if let Some(missing) = missing(&self.home, need) {
            return Ok(Begun::NoRoom { need, missing });
        }
        let platforms = match wish.platforms.is_empty() {
            true => Platforms::Usual,
            false => platforms,
        };
        let (signatures, plain_http, anonymous) = (false, false, wish.anonymous);
        let options = PullOptions { format, platforms, signatures, plain_http, anonymous };
        let what =
            What { references, output: &output, options: &options, platforms: named, engine: Some(found) };
        let job = self.start_as(None, what, Arc::new(|_| ())).await?;
        Ok(Begun::Job { job })
    }

    /// Begins once more what a job did that is over, into the same file.
    pub async fn again(&self, job: JobId) -> Result<JobId, FailureView> {
        let (view, file) = self.fetched(job).await?;
        self.begin_like(None, &view, &file).await
    }

    /// The file that a job wrote, and what people do with it.
    pub async fn file(&self, job: JobId) -> Result<InstalledFile, FailureView> {
        let (view, path) = self.fetched(job).await?;
        let reference = parsed(&view.reference)?;
        let endpoint = self.registries.endpoint(&reference.host, false)?;
        let result = view.install.as_ref().and_then(|install| install.result.as_ref());
        let digest = result.map(|result| result.digest.clone());
        let (by_version, by_digest) = pulls(&reference, &endpoint, digest.as_deref());
        let engine = view.install.as_ref().and_then(|install| install.engine);
        let in_engine = result.and_then(|result| result.loaded.first());
        let file = quoted(&path.to_string_lossy());
        let loads = engine.is_none();
        let is_folder = view.format == FileFormat::OciLayout;
        let podman_loads = match is_folder {
            // Podman itself calls what it loads of a folder after the folder.
            true => digest.as_deref().and_then(|digest| copied_to_podman(&path, digest, &reference)),
            false => Some(format!("podman load -i {file}")),
        };
        Ok(InstalledFile {
            shown: if loads { shown(&path) } else { view.file_name.clone() },
            engine,
            there: !loads || path.exists(),
            docker_load: (loads && !is_folder).then(|| format!("docker load -i {file}")),
            podman_load: podman_loads.filter(|_| loads),
            name: exact_name(&reference),
            loaded: in_engine.map(|image| image.name.clone()).or_else(|| loaded_name(&reference)),
            ports: in_engine.map(|image| image.ports.clone()).unwrap_or_default(),
            by_version,
            by_digest,
            command: command(&view, &path),
        })
    }

    /// Reads back once more what a job gave to an engine, and keeps what comes of it; none where the job fetched nothing.
    ///
    /// # Errors
    /// The engine is not there; the job has no result, or gave nothing to an engine.
    pub async fn verify_again(&self, job: JobId) -> Result<Option<JobView>, FailureView> {
        let Some(kept) = self.jobs.kept(job).await.filter(|kept| kept.view.kind == JobKind::Install) else {
            return Ok(None);
        };
        let gone = || FailureView::new(Code::Internal, "this job gave nothing to an engine");
        let InstallView { engine, result, .. } = kept.view.install.unwrap_or_default();
        let (engine, result) = engine.zip(result).ok_or_else(gone)?;
        let engine = Box::pin(self.engines.engine(engine)).await?;
        let mut loaded = Vec::new();
        for image in result.loaded {
            loaded.push(again(&engine, image).await?);
        }
        let changed = self.jobs.change_installed(job, |result| result.loaded = loaded).await;
        changed.ok_or_else(gone).map(Some)
    }

    /// Where a job's file or folder is, while it is there.
    pub async fn path(&self, job: JobId) -> Option<PathBuf> {
        let (view, path) = self.fetched(job).await.ok()?;
        let is_file = view.install.is_none_or(|install| install.engine.is_none());
        Some(path).filter(|path| is_file && path.exists())
    }

    async fn fetched(&self, job: JobId) -> Result<(JobView, PathBuf), FailureView> {
        let kept = self.jobs.kept(job).await.filter(|kept| kept.view.kind == JobKind::Install);
        let known = kept.and_then(|Kept { view, file, .. }| Some((view, file?)));
        known.ok_or_else(|| FailureView::new(Code::FileUnreadable, "this job is not kept any more"))
    }

    /// Bytes that a pull would write to `path`, the platforms of it, and whether layers are in Zstandard. Blobs that a folder
    /// has are not written again. What speaks of the image is among them, and read, where `signatures` are wanted.
    pub(super) async fn reckon(
        &self,
        seen: &Seen,
        format: PullFormat,
        wanted: &Platforms,
        signatures: bool,
        path: &Path,
    ) -> Result<(u64, Vec<String>, bool), Unread> {
        let gone = || Unread::Malformed("it is not there".to_owned());
        let mut root = self.manifests.at(&seen.source, &seen.at()).await?.ok_or_else(gone)?;
        let here = this_platform();
        let one = match wanted {
            Platforms::Only(platforms) => platforms.first().filter(|_| platforms.len() == 1),
            Platforms::Usual => Some(&here).filter(|_| format == PullFormat::DockerArchive),
            Platforms::All => None,
        };
        let mut platforms: Vec<String> = root.platforms().into_iter().map(|(name, _)| name).collect();
        let contents = match (one, wanted) {
            _ if !root.is_index() => {
                let name = self.manifests.platform(&seen.source, &root).await?;
                platforms = (!name.is_empty()).then_some(name).into_iter().collect();
                self.manifests.contents(&seen.source, &root).await?
            }
            (Some(one), _) => {
                let (name, child) = self.one(seen, &root, one).await?.ok_or_else(gone)?;
                (root, platforms) = (child, vec![name]);
                self.manifests.contents(&seen.source, &root).await?
            }
            (None, Platforms::Only(several)) => {
                let contents;
                (contents, platforms) = self.several(seen, &root, several).await?;
                contents
            }
            (None, _) => self.manifests.contents(&seen.source, &root).await?,
        };
        // An index of some of its platforms is in no registry: nothing speaks of it there.
        let is_made = root.is_index() && platforms.len() < root.platforms().len();
        let (mut beside, mut speaking) = (Contents::default(), Speaking::default());
        if signatures {
            let own = (!is_made).then_some(&root.bytes.digest);
            let subjects: Vec<Digest> = contents.manifests().chain(own).cloned().collect();
            // Where it cannot be read now, the job says why.
            speaking = self.speaking(seen, &subjects).await.unwrap_or_default();
            beside = contents.beside(&speaking);
        }
        let image = WriteImage {
            names: vec![seen.reference.to_string()],
            media_type: root.bytes.media_type.clone(),
            digest: root.bytes.digest.clone(),
            // An index of fewer platforms is smaller.
            raw: root.bytes.raw.clone(),
            loaded: None,
            beside: speaking.beside,
        };
        let zstd = contents.zstd;
        let blobs = contents.blobs.into_iter().chain(beside.blobs);
        let all = blobs.chain(contents.children).chain(beside.children);
        let layout = Layout::new(format.target(), all, &[image]);
        let layout = layout.map_err(|error| Unread::Malformed(error.to_string()))?;
        let there = match format {
            PullFormat::OciLayout => folder_has(path, &layout),
            PullFormat::DockerArchive | PullFormat::OciArchive => file_has(path, layout.size()),
        };
        Ok((layout.size().saturating_sub(there), platforms, zstd))
    }

    /// What the platforms `wanted` in an index consist of, with what speaks of them, and their names.
    async fn several(
        &self,
        seen: &Seen,
        root: &Manifest,
        wanted: &[String],
    ) -> Result<(Contents, Vec<String>), Unread> {
        let mut entries = root.platforms();
        entries.retain(|(name, _)| wanted.iter().any(|wanted| Platform::is_meant(name, wanted)));
        let (names, mut digests): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
        digests.extend(root.statements(&digests));
        Ok((self.manifests.part(&seen.source, &digests).await?, names))
    }

    /// The manifest of `wanted` in an index.
    pub(super) async fn one(
        &self,
        seen: &Seen,
        root: &Manifest,
        wanted: &str,
    ) -> Result<Option<(String, Arc<Manifest>)>, Unread> {
        let entries = root.platforms();
        let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
        let Some((name, digest)) = place(&names, wanted).and_then(|place| entries.get(place)) else {
            return Ok(None);
        };
        Ok(Some((name.clone(), self.manifests.child(&seen.source, digest).await?)))
    }
}

/// Bytes of a file of `size` that are at `path` already: one of that very size is gone on with as it is, such as what an
/// engine refused. Whether it is the right one is found when it is read.
fn file_has(path: &Path, size: u64) -> u64 {
    let is_whole = path.metadata().is_ok_and(|there| there.is_file() && there.len() == size);
    if is_whole { size } else { 0 }
}

/// The commands that fetch `reference` by its version and by `digest`.
fn pulls(
    reference: &Reference,
    endpoint: &Endpoint,
    digest: Option<&str>,
) -> (Option<String>, Option<String>) {
    let Reference { host, path, tag, digest: named } = reference;
    let tag = tag.clone().or_else(|| named.is_none().then(Tag::latest));
    let digest = digest.filter(|_| endpoint.profile.by_digest());
    (
        tag.map(|tag| format!("docker pull {host}/{path}:{tag}")),
        digest.map(|digest| format!("docker pull {host}/{path}@{digest}")),
    )
}

/// `slipway pull …` for what a job did.
fn command(job: &JobView, file: &Path) -> String {
    let install = job.install.clone().unwrap_or_default();
    let mut words = vec!["slipway".to_owned(), "pull".to_owned(), quoted(&job.reference)];
    words.extend(install.references.iter().skip(1).map(|reference| quoted(reference)));
    let (way, target) = match install.engine {
        Some(Engine::Docker) => ("--load", "docker".to_owned()),
        Some(Engine::Podman) => ("--load", "podman".to_owned()),
        None if job.format == FileFormat::OciLayout => ("--layout", quoted(&file.to_string_lossy())),
        None => ("-o", quoted(&file.to_string_lossy())),
    };
    words.extend([way.to_owned(), target]);
    if job.format == FileFormat::OciArchive {
        words.extend(["--format".to_owned(), "oci-archive".to_owned()]);
    }
    let all = install.all_platforms.then(|| "all".to_owned());
    for platform in install.platforms.iter().chain(&all) {
        words.extend(["--platform".to_owned(), quoted(platform)]);
    }
    words.extend(install.signatures.then(|| "--with-signatures".to_owned()));
    words.extend(install.plain_http.then(|| "--plain-http".to_owned()));
    words.join(" ")
}

fn platforms_of(wish: &InstallWish) -> Platforms {
    match wish.platforms.is_empty() {
        _ if wish.all_platforms => Platforms::All,
        true => Platforms::Usual,
        false => Platforms::Only(wish.platforms.clone()),
    }
}

/// Bytes of `layout` that the folder at `path` has already.
fn folder_has(path: &Path, layout: &Layout) -> u64 {
    layout.members().iter().map(|member| Folder::there(path, &member.digest, member.size)).sum()
}

/// Bytes that are missing on the disk of `path` where `need` bytes are written; none where they are there, or where the system
/// does not say: writing will tell.
fn missing(path: &Path, need: u64) -> Option<u64> {
    let free = fs4::available_space(path.parent()?).ok()?;
    need.checked_sub(free).filter(|missing| *missing > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_file_that_is_there_needs_no_room() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kept.tar");
        assert_eq!(file_has(&file, 4), 0);
        std::fs::write(&file, "1234").unwrap();
        assert_eq!((file_has(&file, 4), file_has(&file, 5), file_has(folder.path(), 4)), (4, 0, 0));
    }

    #[test]
    fn a_disk_with_too_little_room_is_told_with_what_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("monalisa.tar");
        assert_eq!(missing(&file, 1), None);
        let missing = missing(&file, u64::MAX / 2).unwrap();
        assert!(missing < u64::MAX / 2, "what is free counts");
    }

    #[test]
    fn blobs_that_a_folder_has_take_no_room() {
        let folder = tempfile::tempdir().unwrap();
        let blob = |fill: &str, size| (format!("sha256:{}", fill.repeat(16)).parse().unwrap(), size);
        let [there, other]: [(Digest, u64); 2] = [blob("3f1c", 7), blob("c41b", 9)];
        let layout = Layout::new(slipway_archive::Target::OciLayout, [there.clone(), other.clone()], &[]);
        let layout = layout.unwrap();
        let blobs = folder.path().join("blobs/sha256");
        std::fs::create_dir_all(&blobs).unwrap();
        std::fs::write(blobs.join(there.0.hex()), "content").unwrap();
        std::fs::write(blobs.join(other.0.hex()), "half").unwrap();
        assert_eq!(folder_has(folder.path(), &layout), 7);
        let unfinished = folder.path().join(".unfinished");
        std::fs::create_dir(&unfinished).unwrap();
        let half = format!("sha256-{}", other.0.hex());
        std::fs::write(unfinished.join(half), "half").unwrap();
        assert_eq!(folder_has(folder.path(), &layout), 11, "what is half there is gone on with");
    }

    #[test]
    fn the_command_does_the_same_in_a_shell() {
        let mut job =
            JobView { reference: "ghcr.io/octocat/a:1".to_owned(), ..JobView::waiting(JobKind::Install, 0) };
        let file = Path::new("/home/o c/a-1.tar");
        assert_eq!(command(&job, file), "slipway pull ghcr.io/octocat/a:1 -o '/home/o c/a-1.tar'");
        job.format = FileFormat::OciArchive;
        assert!(command(&job, file).ends_with(" --format oci-archive"));
        job.format = FileFormat::OciLayout;
        job.install = Some(InstallView {
            references: ["ghcr.io/octocat/a:1", "ghcr.io/octocat/b:2"].map(str::to_owned).into(),
            platforms: ["linux/amd64", "linux/arm64"].map(str::to_owned).into(),
            signatures: true,
            ..InstallView::default()
        });
        assert_eq!(
            command(&job, Path::new("images")),
            "slipway pull ghcr.io/octocat/a:1 ghcr.io/octocat/b:2 --layout images --platform linux/amd64 \
             --platform linux/arm64 --with-signatures"
        );
        let engine = Some(Engine::Podman);
        let loads =
            JobView { install: Some(InstallView { engine, ..InstallView::default() }), ..job.clone() };
        assert_eq!(command(&loads, file), "slipway pull ghcr.io/octocat/a:1 --load podman");
        let install = InstallView { all_platforms: true, plain_http: true, ..InstallView::default() };
        job.install = Some(install);
        assert!(command(&job, file).ends_with(" --platform all --plain-http"));
    }
}

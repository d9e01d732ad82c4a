//! Building images from a Dockerfile: what a folder offers, a build as a job, and publishing what came of it.

mod folders;
mod hide;
mod live;
mod options;
mod platforms;
mod watched;
mod work;

pub use options::{BuildOptions, SecretFrom, looks_secret};

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use slipway_credentials::Surroundings;
use slipway_engines::{Context, ContextError, Dockerfile};
use slipway_reference::Reference;

use crate::clock::now;
use crate::engines::{Engines, named};
use crate::images::Files;
use crate::jobs::Jobs;
use crate::jobs::work::Items;
use crate::publish::Publish;
use crate::view::{
    BuildArgumentView, BuildEngineView, BuildFolderView, BuildSecretFile, BuildSecretFrom, BuildSizeView,
    BuildUpdate, BuildView, BuildWish, Code, Engine, FailureView, FileId, JobId, JobKind, JobView, is_final,
};
use folders::{Given, dockerfiles, shown};
use hide::Hide;
use live::Live;
use options::of_folder;
use watched::{About, Watched};
use work::Building;

/// Builds that are over and can still be watched.
const KEPT: usize = 8;

/// A Dockerfile is read so far, bytes.
const LONGEST: u64 = 4 << 20;

/// Builds from Dockerfiles.
pub struct Builds {
    files: Arc<Files>,
    engines: Arc<Engines>,
    surroundings: Surroundings,
    jobs: Arc<Jobs>,
    publish: Arc<Publish>,
    given: Given,
    /// Number of the latest count of a folder; others end.
    counting: Arc<AtomicU64>,
    /// Builds of this run, the newest last.
    all: Mutex<Vec<Arc<Watched>>>,
}

impl Builds {
    pub(crate) fn new(
        files: Arc<Files>,
        engines: Arc<Engines>,
        surroundings: Surroundings,
        jobs: Arc<Jobs>,
        publish: Arc<Publish>,
    ) -> Self {
        let (given, counting, all) = Default::default();
        Self { files, engines, surroundings, jobs, publish, given, counting, all }
    }

    /// A folder that somebody chose in the system's dialog, or named at the start; with the Dockerfile `dockerfile` in it,
    /// its usual one where none is said.
    pub async fn chosen(&self, folder: &Path) -> BuildFolderView {
        let id = self.given.add(folder);
        self.view(id, folder.to_owned(), None).await
    }

    /// A folder that was dropped on the window.
    pub async fn dropped(&self, folder: FileId) -> Result<BuildFolderView, FailureView> {
        let file = self.files.get(folder)?;
        if !file.was_dropped() {
            return Err(nothing_given());
        }
        Ok(self.chosen(&file.path).await)
    }

    /// The Dockerfile `dockerfile` of a folder.
    pub async fn look(&self, folder: u64, dockerfile: &str) -> Result<BuildFolderView, FailureView> {
        let path = self.given.get(folder).ok_or_else(nothing_given)?;
        Ok(self.view(folder, path, Some(dockerfile.to_owned())).await)
    }

    /// A file that somebody chose for a secret.
    pub fn chosen_secret(&self, file: &Path) -> BuildSecretFile {
        BuildSecretFile { file: self.given.add(file), shown: shown(file, self.surroundings.home()) }
    }

    /// What is sent of a folder. An earlier count that still runs ends as cancelled.
    pub async fn size(&self, folder: u64, dockerfile: &str) -> Result<BuildSizeView, FailureView> {
        let mine = self.counting.fetch_add(1, Ordering::Relaxed) + 1;
        let path = self.given.get(folder).ok_or_else(nothing_given)?;
        let (latest, dockerfile) = (Arc::clone(&self.counting), dockerfile.to_owned());
        let place = shown(&path, self.surroundings.home());
        let counted = blocking(move || {
            let context = Context::open(&path, Some(&dockerfile))?;
            context.size(|| latest.load(Ordering::Relaxed) == mine)
        });
        let size = counted.await?.map_err(|error| match error {
            ContextError::Taken(_) => FailureView::new(Code::Cancelled, "the count was ended"),
            error => of_folder(&error, &place),
        })?;
        Ok(BuildSizeView { files: size.files, bytes: size.bytes, left_out: size.left_out })
    }

    /// What an engine builds of a folder.
    pub async fn engine(
        &self,
        engine: Engine,
        folder: u64,
        dockerfile: &str,
    ) -> Result<BuildEngineView, FailureView> {
        let found = self.engines.engine(engine).await?;
        let path = self.given.get(folder).map(|folder| folder.join(dockerfile));
        let runs =
            blocking(move || path.and_then(|path| read(&path).ok()).is_none_or(|file| file.runs)).await?;
        Ok(BuildEngineView {
            engine,
            name: format!("{} {}", found.kind(), found.version),
            secrets: found.has_buildkit(),
            platforms: platforms::of(&found, runs),
        })
    }

    /// What a name says of an argument that somebody adds.
    pub fn argument(&self, name: &str) -> BuildArgumentView {
        BuildArgumentView { name: name.to_owned(), default: None, secret: looks_secret(name) }
    }

    /// `slipway build …` for what the window wants.
    pub fn command(&self, wish: BuildWish) -> Result<String, FailureView> {
        Ok(self.options(wish)?.command())
    }

    /// Begins what the window wants.
    pub async fn begin(&self, wish: BuildWish) -> Result<JobId, FailureView> {
        let publish = self.destination(&wish.publish)?;
        let options = self.options(wish)?;
        self.start(&options, publish).await
    }

    /// Begins what a command wants; what comes of it is published by nobody but its caller.
    pub async fn build(&self, options: &BuildOptions) -> Result<JobId, FailureView> {
        self.start(options, String::new()).await
    }

    /// Where the image of a build goes when it is there; empty: nowhere. One that is there already is published at once, and
    /// not at all where that is only being looked into.
    pub fn set_publish(&self, job: JobId, reference: &str) -> Result<(), FailureView> {
        let reference = self.destination(reference)?;
        let Some(watched) = self.watched(job) else { return Ok(()) };
        let mut is_built = false;
        watched.set(|state| {
            is_built = state.result.is_some();
            if reference.is_empty() {
                state.give_up();
            } else if !is_built {
                state.publish.clone_from(&reference);
            }
        });
        if is_built && !reference.is_empty() { self.publish(job, &reference) } else { Ok(()) }
    }

    /// Publishes what was built, unless the pre-flight has something against it, which a view of the build is told. What is
    /// under way is not done twice.
    pub fn publish(&self, job: JobId, reference: &str) -> Result<(), FailureView> {
        let gone = || FailureView::new(Code::Internal, "no image of this build is known any more");
        let watched = self.watched(job).ok_or_else(gone)?;
        let reference = self.destination(reference)?;
        let (mut is_built, mut wish) = (false, None);
        watched.set(|state| {
            is_built = state.result.is_some();
            wish = if is_built { state.want(reference) } else { None };
        });
        if let Some(wish) = wish {
            work::publish(Arc::clone(&self.publish), watched, wish);
        }
        if is_built { Ok(()) } else { Err(gone()) }
    }

    /// Whether a folder that Slipway was started with is one to build.
    pub fn is_meant(&self, folder: &Path) -> bool {
        crate::images::is_buildable(folder)
    }

    /// Another Dockerfile of a folder, which somebody chose in the system's dialog.
    pub async fn chosen_dockerfile(&self, folder: u64, file: &Path) -> Result<BuildFolderView, FailureView> {
        let path = self.given.get(folder).ok_or_else(nothing_given)?;
        let Some(below) = file.strip_prefix(&path).ok().and_then(Path::to_str) else {
            let place = shown(&path, self.surroundings.home());
            let reason = format!("{} is not in it", shown(file, self.surroundings.home()));
            let said = format!("{place}: {reason}");
            return Err(FailureView::new(Code::BuildFolder { folder: place, reason }, said));
        };
        self.look(folder, below).await
    }

    /// A destination by the rules of its registry; nothing for none.
    fn destination(&self, reference: &str) -> Result<String, FailureView> {
        match reference.trim() {
            "" => Ok(String::new()),
            reference => self.publish.check_destination(reference),
        }
    }

    /// The build of this run that began last.
    pub fn latest(&self) -> Option<JobId> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).last().map(|watched| watched.about.id)
    }

    /// Tells `view` of a build: everything first, then what changes, at most ten times a second, until it is over or `view`
    /// returns false. One that is not of this run ends at once.
    pub async fn watch(&self, job: JobId, view: impl FnMut(BuildUpdate) -> bool) {
        if let Some(watched) = self.watched(job) {
            watched.watch(view).await;
        }
    }

    /// The last lines of the step that failed.
    pub fn last_lines(&self, job: JobId) -> Vec<String> {
        let Some(watched) = self.watched(job) else { return Vec::new() };
        let state = watched.lock();
        let step = state.failed.as_ref().and_then(|failed| failed.step);
        step.map(|step| state.live.last_lines(step)).unwrap_or_default()
    }

    /// The images that came of a build, and the engine that has them.
    pub fn images(&self, job: JobId) -> Option<(Engine, Vec<String>)> {
        let watched = self.watched(job)?;
        let ids = watched.lock().result.as_ref().map(|built| built.ids.clone());
        Some((watched.about.engine, ids?))
    }

    fn watched(&self, job: JobId) -> Option<Arc<Watched>> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|watched| watched.about.id == job).cloned()
    }

    async fn view(&self, id: u64, folder: PathBuf, dockerfile: Option<String>) -> BuildFolderView {
        let place = shown(&folder, self.surroundings.home());
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let place_of = place.clone();
        let looked = blocking(move || {
            let found = dockerfiles(&folder);
            let dockerfile = dockerfile.or_else(|| found.first().cloned());
            let opened = Context::open(&folder, dockerfile.as_deref());
            let read = opened.and_then(|context| {
                let file = read(&context.path());
                file.map_err(|source| ContextError::File { path: context.path(), source })
            });
            (found, dockerfile, read.map_err(|error| of_folder(&error, &place_of)))
        });
        let (found, dockerfile, read) = match looked.await {
            Ok(looked) => looked,
            Err(failure) => (Vec::new(), None, Err(failure)),
        };
        let (file, failure) = match read {
            Ok(file) => (file, None),
            Err(failure) => (Dockerfile::default(), Some(failure)),
        };
        let arguments = file.arguments.into_iter().map(|(name, default)| BuildArgumentView {
            secret: looks_secret(&name),
            name,
            default,
        });
        BuildFolderView {
            folder: id,
            shown: place,
            name,
            dockerfiles: found,
            dockerfile: dockerfile.filter(|_| failure.is_none()),
            stages: file.stages,
            arguments: arguments.collect(),
            secrets: file.secrets,
            failure,
        }
    }

    fn options(&self, wish: BuildWish) -> Result<BuildOptions, FailureView> {
        let BuildWish { folder, dockerfile, target, platforms, arguments, secrets, engine, publish } = wish;
        let secrets = secrets.into_iter().map(|secret| {
            let from = match secret.from {
                BuildSecretFrom::Environment { variable } => SecretFrom::Environment(variable),
                BuildSecretFrom::File { file } => {
                    SecretFrom::File(self.given.get(file).ok_or_else(nothing_given)?)
                }
            };
            Ok((secret.id, from))
        });
        Ok(BuildOptions {
            folder: self.given.get(folder).ok_or_else(nothing_given)?,
            dockerfile: Some(dockerfile).filter(|file| !file.is_empty()),
            target: Some(target).filter(|target| !target.is_empty()),
            platforms,
            arguments: arguments.into_iter().map(|argument| (argument.name, argument.value)).collect(),
            secrets: secrets.collect::<Result<_, FailureView>>()?,
            engine: Some(engine),
            reference: parsed(publish.trim())?,
            network: None,
        })
    }

    async fn start(&self, options: &BuildOptions, publish: String) -> Result<JobId, FailureView> {
        options.check()?;
        let engine = match options.engine {
            Some(engine) => self.engines.engine(engine).await?,
            None => self.engines.first().await?,
        };
        if !options.secrets.is_empty() && !engine.has_buildkit() {
            let name = engine.kind().to_string();
            let said = slipway_engines::BuildError::NoSecrets(engine.kind()).to_string();
            return Err(FailureView::new(Code::BuildNoSecrets { engine: name }, said));
        }
        let place = shown(&options.folder, self.surroundings.home());
        let (read_options, surroundings, place_of) =
            (options.clone(), self.surroundings.clone(), place.clone());
        let opened = blocking(move || {
            let context = open(&read_options).map_err(|error| of_folder(&error, &place_of))?;
            let dockerfile = read(&context.path()).map_err(|source| {
                of_folder(&ContextError::File { path: context.path(), source }, &place_of)
            })?;
            Ok::<_, FailureView>((context, dockerfile, read_options.read_secrets(&surroundings)?))
        });
        let (context, dockerfile, secrets) = opened.await??;
        let folder_name = || {
            let whole = std::path::absolute(&options.folder).unwrap_or_else(|_| options.folder.clone());
            whole.file_name().unwrap_or_default().to_string_lossy().into_owned()
        };
        let last = |reference: &Reference| {
            let path = reference.path.as_str();
            path.rsplit('/').next().unwrap_or(path).to_owned()
        };
        let name = options.reference.as_ref().map_or_else(folder_name, last);
        let build = BuildView {
            folder: place.clone(),
            dockerfile: context.dockerfile().to_owned(),
            target: options.target.clone().unwrap_or_default(),
            engine: format!("{} {}", engine.kind(), engine.version),
            arguments: options.arguments.iter().map(|(name, _)| name.clone()).collect(),
            secrets: options.secrets.iter().map(|(id, _)| id.clone()).collect(),
            result: None,
        };
        let platforms = match options.platforms.is_empty() {
            true => vec![engine.platform.clone()],
            false => options.platforms.clone(),
        };
        let id = self.jobs.new_handle().await;
        let base = JobView {
            id,
            reference: options.reference.as_ref().map(ToString::to_string).unwrap_or_default(),
            registry: options
                .reference
                .as_ref()
                .map(|reference| reference.host.to_string())
                .unwrap_or_default(),
            title: name.clone(),
            file_name: place,
            platforms: platforms.clone(),
            build: Some(Box::new(build.clone())),
            ..JobView::waiting(JobKind::Build, now())
        };
        let live = Live::new(Hide::new(&options.arguments, &secrets), 0, Instant::now());
        let about = About { id, name, engine: named(engine.kind()), build, platforms, started: base.started };
        let watched = Arc::new(Watched::new(about, live, publish));
        self.keep(&watched);
        let building = Building {
            engine,
            context,
            dockerfile,
            options: options.clone(),
            secrets,
            watched: Arc::clone(&watched),
            publish: Arc::clone(&self.publish),
        };
        let job = self.jobs.start(base, PathBuf::new(), &Items::default(), building);
        if let Some(running) = self.jobs.get(job) {
            // It was just made, and is made once.
            let _ = watched.job.set(running);
        }
        Ok(job)
    }

    /// Keeps a build to be watched; of those that are over the oldest go.
    fn keep(&self, watched: &Arc<Watched>) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(Arc::clone(watched));
        let over =
            |watched: &Arc<Watched>| watched.job.get().is_some_and(|job| is_final(job.lock().live.state()));
        while all.len() > KEPT {
            let Some(oldest) = all.iter().position(over) else { break };
            all.remove(oldest);
        }
    }
}

/// The folder as it is sent; where no Dockerfile is named, the one that is usually there.
fn open(options: &BuildOptions) -> Result<Context, ContextError> {
    let usual = || folders::usual(&options.folder).next();
    let dockerfile = options.dockerfile.as_deref().or_else(usual);
    Context::open(&options.folder, dockerfile)
}

fn read(path: &Path) -> std::io::Result<Dockerfile> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(Dockerfile::parse(&String::from_utf8_lossy(&bytes)))
}

/// A destination, if there is one.
fn parsed(reference: &str) -> Result<Option<Reference>, FailureView> {
    let parsed = (!reference.is_empty()).then(|| reference.parse::<Reference>()).transpose();
    parsed.map_err(|refusal| FailureView::form(format!("{reference}: {refusal}")))
}

fn nothing_given() -> FailureView {
    FailureView::new(Code::Internal, "no such folder or file was chosen")
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, FailureView> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|panic| FailureView::new(Code::Internal, panic.to_string()))
}

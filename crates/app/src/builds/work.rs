//! A build as the queue runs it.

use std::sync::Arc;
use std::time::Instant;

use slipway_engines::{BuildError, BuildRequest, Context, ContextError, Dockerfile, Engine, Secret};
use slipway_transfer::{Control, Events};

use super::options::{BuildOptions, of_folder};
use super::watched::Watched;
use crate::jobs::work::{Done, Outcome, Steps, Stopped, Work};
use crate::publish::{Cleared, EngineImages, Publish, PushOptions, Wish};
use crate::view::{AfterBuildView, Code, FailureView};

/// A build as the queue runs it.
pub(super) struct Building {
    pub(super) engine: Engine,
    pub(super) context: Context,
    pub(super) dockerfile: Dockerfile,
    pub(super) options: BuildOptions,
    pub(super) secrets: Vec<Secret>,
    pub(super) watched: Arc<Watched>,
    pub(super) publish: Arc<Publish>,
}

/// Why a build ended without an image.
pub(super) enum Ended {
    Cancelled,
    Failed(Box<FailureView>),
}

impl Stopped for Ended {
    fn is_cancel(&self) -> bool {
        matches!(self, Self::Cancelled)
    }
}

impl Work for Building {
    type Error = Ended;

    async fn run(&mut self, _: &Events, control: &Control) -> Result<Done, Ended> {
        self.watched.set(|state| state.live.begin(Instant::now()));
        let ended = tokio::select! {
            biased;
            // What is dropped ends at the engine, too; finished steps stay in its cache.
            () = control.ended() => Err(Ended::Cancelled),
            built = self.build() => built,
        };
        self.watched.set(|state| state.live.end(Instant::now()));
        ended
    }

    fn failure(&self, error: &Ended) -> FailureView {
        match error {
            Ended::Failed(failure) => (**failure).clone(),
            Ended::Cancelled => FailureView::new(Code::Cancelled, "the build was cancelled"),
        }
    }

    fn steps(&self) -> Option<Arc<Steps>> {
        Some(Arc::clone(&self.watched.steps))
    }

    /// Values are kept nowhere.
    fn repeatable(&self) -> bool {
        false
    }
}

impl Building {
    async fn build(&self) -> Result<Done, Ended> {
        let ended = |failure: FailureView| Ended::Failed(Box::new(failure));
        let (context, folder) = (self.context.clone(), self.watched.about.build.folder.clone());
        let size = tokio::task::spawn_blocking(move || context.size(|| true)).await;
        let size = size.map_err(|panic| ended(FailureView::new(Code::Internal, panic.to_string())))?;
        let size = size.map_err(|error| ended(of_folder(&error, &folder)))?;
        self.watched.set(|state| state.live.total = size.bytes);
        let platforms = match &self.options.platforms[..] {
            [] => vec![None],
            some => some.iter().cloned().map(Some).collect(),
        };
        let several = platforms.len() > 1;
        let mut ids = Vec::new();
        for platform in platforms {
            let shown = platform.clone().filter(|_| several).unwrap_or_default();
            self.watched.set(|state| state.live.next(&shown));
            let named = self.options.reference.as_ref().filter(|_| !several);
            let request = BuildRequest {
                context: self.context.clone(),
                names: named.map(ToString::to_string).into_iter().collect(),
                target: self.options.target.clone(),
                platform,
                arguments: self.options.arguments.clone(),
                secrets: self.secrets.clone(),
                network: self.options.network.clone(),
            };
            let watched = Arc::clone(&self.watched);
            let built = self.engine.build(&request, move |event| watched.apply(&event)).await;
            ids.push(built.map_err(|error| ended(self.failed(&error)))?.id);
        }
        let mut size = 0;
        for id in &ids {
            // An engine that forgot it meanwhile built it all the same.
            size += self.engine.inspect(id).await.map_or(0, |details| details.size);
        }
        let line = format!("built {}", ids.join(", "));
        let (mut result, mut wish) = (None, None);
        self.watched.set(|state| {
            let built = state.live.built(ids, size, Instant::now());
            let reference = state.publish.clone();
            wish = if reference.is_empty() { None } else { state.want(reference) };
            state.result = Some(built.clone());
            result = Some(built);
        });
        if let Some(wish) = wish {
            publish(Arc::clone(&self.publish), Arc::clone(&self.watched), wish);
        }
        let lost = || ended(FailureView::new(Code::Internal, "the result of the build is gone"));
        Ok(Done { line, outcome: Outcome::Built(result.ok_or_else(lost)?) })
    }

    /// What is kept of a failure: the engine's own words, which may hold values, are shown beside it and not kept.
    fn failed(&self, error: &BuildError) -> FailureView {
        let (engine, file) = (self.engine.kind().to_string(), self.context.dockerfile().to_owned());
        match error {
            BuildError::Context(ContextError::Taken(_)) | BuildError::Engine(_) => match error {
                BuildError::Engine(error) => FailureView::engine(error),
                _ => FailureView::new(Code::EngineAway { engine }, error.to_string()),
            },
            BuildError::Context(error) => of_folder(error, &self.watched.about.build.folder),
            BuildError::NoSecrets(_) => FailureView::new(Code::BuildNoSecrets { engine }, error.to_string()),
            BuildError::Failed(failed) => {
                let view = self.watched.fail(failed, |instruction| self.dockerfile.line_of(instruction));
                let line = view.line.map(|line| format!(" at line {line}")).unwrap_or_default();
                let code =
                    view.code.map(|code| format!(": the command ended with {code}")).unwrap_or_default();
                let said = format!("the build of {file} failed{line}{code}");
                FailureView::new(Code::BuildFailed { engine, file, line: view.line }, said)
            }
        }
    }
}

/// Publishes what was built, unless the pre-flight has something against it. It goes on by itself, as long as `wish` is the
/// last one.
pub(super) fn publish(by: Arc<Publish>, watched: Arc<Watched>, wish: u64) {
    let looking = tokio::spawn(published(by, Arc::clone(&watched), wish));
    tokio::spawn(async move {
        // Whoever waits for a task that died would wait for ever.
        let after = looking.await.unwrap_or_else(|panic| AfterBuildView::Waits {
            failure: Some(FailureView::new(Code::Internal, panic.to_string())),
            checks: Vec::new(),
        });
        watched.set(|state| state.settle(wish, after));
    });
}

async fn published(publish: Arc<Publish>, watched: Arc<Watched>, wish: u64) -> AfterBuildView {
    let (reference, ids) = {
        let state = watched.lock();
        if state.wishes != wish {
            return AfterBuildView::Nothing;
        }
        let ids = state.result.as_ref().map(|built| built.ids.clone()).unwrap_or_default();
        (state.publish.clone(), ids)
    };
    let waits = |failure| AfterBuildView::Waits { failure: Some(failure), checks: Vec::new() };
    let reference = match reference.parse() {
        Ok(reference) => reference,
        Err(refusal) => return waits(FailureView::form(format!("{reference}: {refusal}"))),
    };
    let options = PushOptions {
        files: Vec::new(),
        from: Some(EngineImages { engine: watched.about.engine, names: ids }),
        reference,
        tags: Vec::new(),
        plain_http: false,
        wish: Wish::default(),
    };
    let looked = tokio::select! {
        biased;
        looked = publish.push_if_clear(&options, || watched.lock().begin(wish)) => looked,
        // What came out of the engine until now takes no more room.
        () = watched.is_given_up(wish) => return AfterBuildView::Nothing,
    };
    match looked {
        Ok(Cleared::Begun(job)) => AfterBuildView::Publishes { job },
        Ok(Cleared::Problems(checks)) => AfterBuildView::Waits { failure: None, checks },
        Ok(Cleared::Withdrawn) => AfterBuildView::Nothing,
        Err(failure) => waits(failure),
    }
}

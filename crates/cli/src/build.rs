//! `slipway build`.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use slipway_app::view::{
    BuildFailedView, BuildProgressView, BuildState, BuildStepState, BuildStepView, BuildUpdate, BuiltView,
    Code, FailureView, JobId,
};
use slipway_app::{
    BuildOptions, EngineImages, Finders, Inputs, PushOptions, Reference, Slipway, Wish, looks_secret,
};

use crate::arguments::Build;
use crate::exit::Exit;
use crate::output::{self, size};
use crate::{interrupt, push, token};

pub(crate) async fn run(arguments: Build) -> Exit {
    let parsed = arguments.destination.as_ref().map(|text| (text, text.parse::<Reference>()));
    let reference = match parsed {
        Some((_, Ok(reference))) => Some(reference),
        Some((text, Err(refusal))) => {
            output::usage(&format!("{text}: {refusal}"));
            return Exit::Usage;
        }
        None => None,
    };
    let publishes = reference.as_ref().filter(|_| !arguments.no_push);
    if arguments.no_push && arguments.platforms.len() > 1 {
        output::usage("--no-push names one image in the engine; several platforms are several images there");
        return Exit::Usage;
    }
    let app = match publishes {
        Some(reference) => token::signed_in(&arguments.sign_in, reference, Inputs::default()).await,
        None => token::app(Finders::None),
    };
    let app = match app {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    let options = match options(&arguments, reference.clone(), |name| std::env::var(name).ok()) {
        Ok(options) => options,
        Err(message) => {
            output::usage(&message);
            return Exit::Usage;
        }
    };
    for (name, _) in options.arguments.iter().filter(|(name, _)| looks_secret(name)) {
        output::note(&format!(
            "{name} looks like a secret: values of --build-arg stay in the image's history; --secret id={name},env={name} \
             and RUN --mount=type=secret,id={name} keep it out"
        ));
    }
    let job = match app.builds().build(&options).await {
        Ok(job) => job,
        Err(failure) => {
            output::failure(&failure);
            return Exit::of(&failure, false);
        }
    };
    let exit = watch(&app, job, arguments.json, publishes.is_some()).await;
    let built = app.builds().images(job).filter(|_| exit == Exit::Done);
    match (publishes, built) {
        (Some(reference), Some((engine, names))) => {
            let options = PushOptions {
                files: Vec::new(),
                from: Some(EngineImages { engine, names }),
                reference: reference.clone(),
                tags: Vec::new(),
                plain_http: false,
                wish: Wish::default(),
            };
            push::push(app, &options, arguments.json).await
        }
        _ => exit,
    }
}

/// The command line as the app takes it.
fn options(
    arguments: &Build,
    reference: Option<Reference>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<BuildOptions, String> {
    let values = arguments.arguments.iter().filter_map(|argument| match argument.split_once('=') {
        Some((name, value)) => Some((name.to_owned(), value.to_owned())),
        // As Docker does: what the environment does not have stays as the Dockerfile says.
        None => Some((argument.clone(), variable(argument)?)),
    });
    Ok(BuildOptions {
        folder: arguments.folder.clone(),
        dockerfile: arguments.file.as_deref().map(|file| in_folder(&arguments.folder, file)).transpose()?,
        target: arguments.target.clone(),
        platforms: arguments.platforms.clone(),
        arguments: values.collect(),
        secrets: arguments.secrets.clone(),
        engine: arguments.engine.map(Into::into),
        reference,
        network: arguments.network.clone(),
    })
}

/// The Dockerfile from the folder on: as it was named from here where that is in the folder, else from the folder.
fn in_folder(folder: &Path, file: &Path) -> Result<String, String> {
    let whole = |path: &Path| path.canonicalize().ok();
    let from_here = whole(file)
        .zip(whole(folder))
        .and_then(|(file, folder)| file.strip_prefix(folder).ok().map(Path::to_owned));
    let named = from_here.unwrap_or_else(|| file.to_owned());
    let text = named.to_str().ok_or_else(|| format!("{}: its name is not UTF-8", file.display()))?;
    Ok(text.replace('\\', "/"))
}

/// Tells the build to its end.
async fn watch(app: &Arc<Slipway>, job: JobId, as_json: bool, goes_on: bool) -> Exit {
    let cancelled = Arc::clone(app);
    interrupt::cancels(move || {
        cancelled.activity().cancel_running(job);
    });
    let mut shown = Shown { as_json, states: HashMap::new(), announced: false };
    let mut last = None;
    app.builds()
        .watch(job, |update| {
            let (progress, steps, lines) = match update {
                BuildUpdate::Snapshot { build, lines } => (build.progress.clone(), build.steps, lines),
                BuildUpdate::Progress { progress, steps, lines, .. } => (*progress, steps, lines),
            };
            shown.progress(&progress);
            // A step that began and ended since is told with its lines between.
            for step in &steps {
                shown.begins(step);
            }
            for line in &lines {
                shown.line(line.step, line.at_ms, &line.text);
            }
            for step in &steps {
                shown.step(step);
            }
            last = Some(progress);
            true
        })
        .await;
    // What is kept of it is kept before the command ends.
    app.activity().watch(job, |_| true).await;
    last.map_or(Exit::Failed, |last| ended(&last, as_json, goes_on))
}

/// `goes_on`: what was built is published next.
fn ended(last: &BuildProgressView, as_json: bool, goes_on: bool) -> Exit {
    match (last.state, &last.result, &last.failure) {
        (BuildState::Done, Some(built), _) => {
            done(built, as_json, goes_on);
            Exit::Done
        }
        (BuildState::Cancelled, ..) => {
            let said = "cancelled; finished steps stay in the engine's cache";
            output::failure(&FailureView::new(Code::Cancelled, said));
            Exit::Cancelled
        }
        (_, _, Some(failure)) => {
            if let Some(failed) = &last.failed {
                tell(failed, as_json);
            }
            output::failure(failure);
            Exit::of(failure, true)
        }
        _ => {
            output::failed(Code::Internal, "the build ended without a word");
            Exit::Failed
        }
    }
}

fn done(built: &BuiltView, as_json: bool, goes_on: bool) {
    if as_json {
        let mut value = json!(built);
        value["event"] = json!(if goes_on { "built" } else { "done" });
        output::object(&value);
        return;
    }
    for id in &built.ids {
        output::line(id);
    }
    let BuiltView { steps, cached, .. } = built;
    output::note(&format!("built {}, {steps} steps, {cached} of them cached", size(built.size)));
}

/// What the engine says of a failure.
fn tell(failed: &BuildFailedView, as_json: bool) {
    if as_json {
        let mut value = json!(failed);
        value["event"] = json!("buildFailed");
        output::object(&value);
    } else {
        output::note(&failed.message);
    }
}

/// Steps and logs as lines, or as objects.
struct Shown {
    as_json: bool,
    states: HashMap<u32, BuildStepState>,
    announced: bool,
}

impl Shown {
    fn progress(&mut self, progress: &BuildProgressView) {
        if progress.state == BuildState::Sending && progress.total > 0 && !self.announced && !self.as_json {
            self.announced = true;
            output::note(&format!("sending {} to the engine", size(progress.total)));
        }
    }

    /// Its beginning, where that was not told yet.
    fn begins(&mut self, step: &BuildStepView) {
        let begun = !matches!(step.state, BuildStepState::Waiting | BuildStepState::Cached);
        if begun && !self.states.contains_key(&step.number) {
            self.step(&BuildStepView { state: BuildStepState::Running, took_ms: None, ..step.clone() });
        }
    }

    fn step(&mut self, step: &BuildStepView) {
        if step.state == BuildStepState::Waiting || self.states.get(&step.number) == Some(&step.state) {
            return;
        }
        self.states.insert(step.number, step.state);
        if self.as_json {
            let mut value = json!(step);
            value["event"] = json!("step");
            output::object(&value);
            return;
        }
        let took = step.took_ms.map(|ms| format!(" in {}", seconds(ms))).unwrap_or_default();
        let word = match step.state {
            BuildStepState::Waiting => return,
            BuildStepState::Running => String::new(),
            BuildStepState::Cached => ", cached".to_owned(),
            BuildStepState::Done => format!(", done{took}"),
            BuildStepState::Failed => format!(", failed{took}"),
            BuildStepState::Cancelled => ", ended".to_owned(),
        };
        let stage = if step.stage.is_empty() { String::new() } else { format!("{}: ", step.stage) };
        output::note(&format!("#{} {stage}{}{word}", step.number + 1, step.instruction));
    }

    fn line(&self, step: u32, at_ms: u64, text: &str) {
        if self.as_json {
            output::object(&json!({"event": "log", "step": step, "atMs": at_ms, "text": text}));
        } else {
            output::note(&format!("#{} {} {text}", step + 1, seconds(at_ms)));
        }
    }
}

/// `2.1 s`
fn seconds(ms: u64) -> String {
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dockerfile_is_found_from_here_or_from_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("web")).unwrap();
        let file = folder.path().join("web/Dockerfile");
        std::fs::write(&file, "").unwrap();
        assert_eq!(in_folder(folder.path(), &file).unwrap(), "web/Dockerfile");
        assert_eq!(in_folder(folder.path(), Path::new("web/Dockerfile")).unwrap(), "web/Dockerfile");
        assert_eq!(seconds(2149), "2.1 s");
    }

    #[test]
    fn a_name_alone_takes_the_value_of_the_environment() {
        use clap::Parser as _;
        let words = ["slipway", "build", ".", "--build-arg", "A=1=2", "--build-arg", "B", "--build-arg", "C"];
        let arguments = crate::arguments::Arguments::try_parse_from(words).unwrap();
        let crate::arguments::Command::Build(build) = arguments.command else { panic!("a build") };
        let options = options(&build, None, |name| (name == "B").then(|| "b".to_owned())).unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(options.arguments, [pair("A", "1=2"), pair("B", "b")]);
    }
}

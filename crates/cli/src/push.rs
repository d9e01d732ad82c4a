//! `slipway push`.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use slipway_app::view::{
    CheckState, Code, FailureView, FindingView, JobState, JobUpdate, JobView, ResultView,
};
use slipway_app::{Changes, DryRun, EngineImages, Family, PushOptions, Reference, Sending, Slipway, Wish};

use crate::arguments::{self, Push};
use crate::exit::Exit;
use crate::output::{self, size};
use crate::progress::Shown;
use crate::{interrupt, reading, token};

pub(crate) async fn run(arguments: Push) -> Exit {
    let reference = match arguments.destination.parse::<Reference>() {
        Ok(reference) => reference,
        Err(refusal) => {
            output::usage(&format!("{}: {refusal}", arguments.destination));
            return Exit::Usage;
        }
    };
    let files: &[PathBuf] = if arguments.held.from.is_some() { &[] } else { &arguments.files };
    if let Some(message) = reading::from_terminal(files) {
        output::usage(message);
        return Exit::Usage;
    }
    if arguments.sign_in.token_stdin && files.iter().any(|file| reading::is_input(file)) {
        output::usage("standard input cannot hold the image (-) and the token (--token-stdin)");
        return Exit::Usage;
    }
    let inputs = arguments.reading.inputs();
    let app = match token::signed_in(&arguments.sign_in, &reference, inputs).await {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    let options = match options(&arguments) {
        Ok(options) => options,
        Err(message) => {
            output::usage(&message);
            return Exit::Usage;
        }
    };
    if let Err(reason) = options.wish.sending(app.preferences().settings().transfer()) {
        output::usage(&format!("--form docker: {reason}"));
        return Exit::Usage;
    }
    if arguments.dry_run {
        return match reading::told(&app, arguments.json, Box::pin(app.publish().dry_run(&options))).await {
            Ok(run) => dry_run(&run, &reference, arguments.json),
            Err(failure) => {
                output::failure(&failure);
                Exit::of(&failure, false)
            }
        };
    }
    let exit = push(Arc::clone(&app), &options, arguments.json).await;
    match options.from.as_ref().filter(|_| arguments.held.name_here && exit == Exit::Done) {
        Some(from) => name_here(&app, from, &options).await,
        None => exit,
    }
}

/// Gives what was published its name in the engine.
async fn name_here(app: &Slipway, from: &EngineImages, options: &PushOptions) -> Exit {
    let [name] = &from.names[..] else {
        output::note("an image of several platforms is none of the engine, so none got the published name");
        return Exit::Done;
    };
    match app.engines().tag(from.engine, name, &options.reference, &options.tags).await {
        Ok(()) => Exit::Done,
        Err(failure) => {
            output::note("it is published; only the name in the engine is missing");
            output::failure(&failure);
            Exit::Failed
        }
    }
}

/// The command line as the app takes it. A destination or a tag that is not valid is wrong usage, said with
/// its rule and the nearest valid value.
fn options(arguments: &Push) -> Result<PushOptions, String> {
    let reference =
        arguments.destination.parse().map_err(|refusal| format!("{}: {refusal}", arguments.destination))?;
    let tags: Result<Vec<_>, String> = arguments
        .tags
        .iter()
        .map(|tag| tag.parse().map_err(|refusal| format!("--tag {tag}: {refusal}")))
        .collect();
    let (sending, changing) = (&arguments.sending, &arguments.changing);
    let form = changing.form.map(|form| match form {
        arguments::Family::Docker => Family::Docker,
        arguments::Family::Oci => Family::Oci,
    });
    let wish = Wish {
        image: arguments.image.clone(),
        platform: arguments.platform.clone(),
        source: changing.source.clone(),
        description: changing.description.clone(),
        licenses: changing.licenses.clone(),
        changes: Changes {
            labels: changing.labels.clone(),
            platforms: Vec::new(),
            form,
            drop_attestations: changing.drop_attestations,
            push_foreign: changing.push_foreign,
            recompress: changing.recompress,
        },
        sending: Sending {
            compression: sending.compression,
            parallel: sending.parallel.map(usize::from),
            rate: sending.limit_rate,
            way: sending.way,
            trust_layers: sending.trust_layers,
            verify: sending.verify,
            no_clobber: sending.no_clobber,
        },
    };
    let (mut files, plain_http) = (arguments.files.clone(), arguments.plain_http);
    let from = arguments.held.from.map(|engine| {
        let names = files.drain(..).map(|name| name.to_string_lossy().into_owned());
        EngineImages { engine: engine.into(), names: names.collect() }
    });
    Ok(PushOptions { files, from, reference, tags: tags?, plain_http, wish })
}

fn dry_run(run: &DryRun, reference: &Reference, as_json: bool) -> Exit {
    let DryRun { plan, notes, warnings } = run;
    tell(notes, as_json);
    if as_json {
        let mut value = json!(plan);
        value["event"] = json!("plan");
        value["warnings"] = json!(warnings);
        output::object(&value);
    } else {
        for check in &plan.checks {
            let params = check.id.params();
            let params: Vec<String> = params.iter().map(|(name, value)| format!("{name} {value}")).collect();
            let state = match check.state {
                CheckState::Problem => "problem",
                CheckState::Warning => "warning",
                CheckState::Passed => "passed",
                CheckState::NotChecked => "not checked",
            };
            output::line(&format!("{state:<12} {:<18} {}", check.id, params.join(", ")));
        }
        let about = if plan.exact { "" } else { "up to " };
        output::line(&format!(
            "{about}{} to send, {} there already",
            size(plan.bytes_to_send),
            size(plan.bytes_there)
        ));
    }
    if !as_json {
        for text in warnings {
            output::warning(reference.host.as_str(), text);
        }
    }
    let blocked = plan.checks.iter().any(|check| check.state == CheckState::Problem);
    if blocked { Exit::Refused } else { Exit::Done }
}

/// What is worth saying of the image before it goes up.
fn tell(notes: &[FindingView], as_json: bool) {
    for note in notes {
        if as_json {
            output::object(&json!({
                "event": "note",
                "id": note.id.as_str(),
                "params": note.id.params(),
                "message": note.message,
            }));
        } else {
            output::note(&note.message);
        }
    }
}

pub(crate) async fn push(app: Arc<Slipway>, options: &PushOptions, as_json: bool) -> Exit {
    let (job, notes) = match reading::told(&app, as_json, Box::pin(app.publish().push(options))).await {
        Ok(started) => started,
        Err(failure) => {
            output::failure(&failure);
            return Exit::of(&failure, false);
        }
    };
    tell(&notes, as_json);
    let cancelled = Arc::clone(&app);
    interrupt::cancels(move || {
        cancelled.activity().cancel_running(job);
    });
    let mut shown = Shown::new(as_json);
    let mut exit = Exit::Failed;
    app.activity()
        .watch(job, |update| {
            match update {
                JobUpdate::Progress { progress, log, .. } => shown.progress(&progress, &log),
                JobUpdate::Snapshot { job } => {
                    shown.progress(&job.progress, &[]);
                    if let Some(end) = ended(&job, &mut shown, as_json) {
                        exit = end;
                    }
                }
            }
            true
        })
        .await;
    exit
}

/// The last words, where the job is over.
fn ended(job: &JobView, shown: &mut Shown, as_json: bool) -> Option<Exit> {
    let exit = match job.progress.state {
        JobState::Done => Exit::Done,
        JobState::Cancelled => Exit::Cancelled,
        JobState::Failed => job.failure.as_ref().map_or(Exit::Failed, |failure| Exit::of(failure, true)),
        _ => return None,
    };
    shown.finish();
    if !as_json {
        for text in &job.warnings {
            output::warning(&job.registry, text);
        }
    }
    match (&job.result, &job.failure) {
        (Some(result), _) => done(result, job, as_json),
        (_, Some(failure)) => output::failure_after(failure, &job.warnings),
        _ => {
            let said = "cancelled; what was sent by then is kept for the next try";
            output::failure_after(&FailureView::new(Code::Cancelled, said), &job.warnings);
        }
    }
    Some(exit)
}

fn done(result: &ResultView, job: &JobView, as_json: bool) {
    if as_json {
        let mut value = json!(result);
        value["event"] = json!("done");
        value["reference"] = json!(job.reference);
        value["warnings"] = json!(job.warnings);
        value["verified"] = json!(result.not_verified.is_none());
        output::object(&value);
        return;
    }
    if let Some(reason) = &result.not_verified {
        output::note(&format!("published, but not verified: {reason}"));
    }
    if let Some(stored) = &result.stored_digest {
        output::note(&format!("the digest differs from the one in the file ({stored})"));
    }
    for version in &result.versions {
        let moved = match &version.moved_from {
            Some(from) => format!(" (moved from {from})"),
            None if version.unchanged => " (as before)".to_owned(),
            None => String::new(),
        };
        output::line(&format!("{}:{}{moved}", result.repository, version.tag));
    }
    output::line(&format!("{}@{}", result.repository, result.digest));
    output::note(&format!("sent {}, {} were there already", size(result.sent), size(result.reused)));
}

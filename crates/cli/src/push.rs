//! `slipway push`.

use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use slipway_app::view::{
    CheckState, Code, FailureView, FindingView, JobProgress, JobState, JobUpdate, JobView, LogLine,
    ResultView,
};
use slipway_app::{Changes, DryRun, PushOptions, Reference, Settings, Slipway, TransferOptions};

use crate::arguments::{Form, Push};
use crate::exit::Exit;
use crate::output::{self, size};
use crate::{interrupt, reading, token};

pub(crate) async fn run(arguments: Push) -> Exit {
    let reference = match arguments.destination.parse::<Reference>() {
        Ok(reference) => reference,
        Err(refusal) => {
            output::usage(&format!("{}: {refusal}", arguments.destination));
            return Exit::Usage;
        }
    };
    if let Some(message) = reading::from_terminal(&arguments.files) {
        output::usage(message);
        return Exit::Usage;
    }
    if arguments.sign_in.token_stdin && arguments.files.iter().any(|file| reading::is_input(file)) {
        output::usage("standard input cannot hold the image (-) and the token (--token-stdin)");
        return Exit::Usage;
    }
    let inputs = arguments.reading.inputs();
    let app = match token::signed_in(&arguments.sign_in, &reference, inputs).await {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    let options = match options(&arguments, &app.preferences().settings()) {
        Ok(options) => options,
        Err(message) => {
            output::usage(&message);
            return Exit::Usage;
        }
    };
    if arguments.dry_run {
        return match reading::told(&app, arguments.json, Box::pin(app.publish().dry_run(&options))).await {
            Ok(run) => dry_run(&run, &reference, arguments.json),
            Err(failure) => {
                output::failure(&failure);
                Exit::of(&failure, false)
            }
        };
    }
    push(app, &options, arguments.json).await
}

/// The command line as the app takes it. A destination or a tag that is not valid is wrong usage, said with
/// its rule and the nearest valid value.
fn options(arguments: &Push, usual: &Settings) -> Result<PushOptions, String> {
    let reference =
        arguments.destination.parse().map_err(|refusal| format!("{}: {refusal}", arguments.destination))?;
    let tags: Result<Vec<_>, String> = arguments
        .tags
        .iter()
        .map(|tag| tag.parse().map_err(|refusal| format!("--tag {tag}: {refusal}")))
        .collect();
    let (sending, changing) = (&arguments.sending, &arguments.changing);
    let form = changing.form.map(|form| match form {
        Form::Docker => slipway_app::Form::Docker,
        Form::Oci => slipway_app::Form::Oci,
    });
    let mut labels = changing.labels.clone();
    for (key, text) in [("description", &changing.description), ("licenses", &changing.licenses)] {
        labels.extend(text.clone().map(|text| (format!("org.opencontainers.image.{key}"), text)));
    }
    let usual = usual.transfer();
    let compression = sending.compression.unwrap_or(usual.compression);
    if form == Some(slipway_app::Form::Docker) && compression.is_zstd() {
        return Err("--form docker: Docker's form has no type for layers of zstd".to_owned());
    }
    Ok(PushOptions {
        files: arguments.files.clone(),
        reference,
        tags: tags?,
        image: arguments.image.clone(),
        platform: arguments.platform.clone(),
        plain_http: arguments.plain_http,
        source: changing.source.clone(),
        changes: Changes {
            labels,
            form,
            drop_attestations: changing.drop_attestations,
            push_foreign: changing.push_foreign,
            recompress: changing.recompress,
        },
        transfer: TransferOptions {
            compression,
            parallel: sending.parallel.map(usize::from).or(usual.parallel),
            rate: sending.limit_rate.or(usual.rate),
            way: sending.way.or(usual.way),
            trust_layers: sending.trust_layers,
            verify: sending.verify,
        },
    })
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

async fn push(app: Arc<Slipway>, options: &PushOptions, as_json: bool) -> Exit {
    let (job, notes) = match reading::told(&app, as_json, Box::pin(app.publish().push(options))).await {
        Ok(started) => started,
        Err(failure) => {
            output::failure(&failure);
            return Exit::of(&failure, false);
        }
    };
    tell(&notes, as_json);
    let cancelled = Arc::clone(&app);
    interrupt::cancels(move || cancelled.activity().cancel(job));
    let mut shown = Shown::new(as_json);
    let mut exit = Exit::Failed;
    app.activity()
        .watch(job, |update| {
            match update {
                JobUpdate::Progress { progress, log, .. } => shown.progress(&progress, &log),
                JobUpdate::Snapshot { job } => {
                    shown.progress(&job.progress, &[]);
                    if let Some(end) = shown.end(&job) {
                        exit = end;
                    }
                }
            }
            true
        })
        .await;
    exit
}

/// How progress is shown: bars on a terminal, lines elsewhere, objects with `--json`.
struct Shown {
    as_json: bool,
    bar: Option<ProgressBar>,
}

impl Shown {
    fn new(as_json: bool) -> Self {
        // The bar is on standard error, and hidden by itself where that is no terminal.
        let bar = (!as_json).then(|| {
            let style = ProgressStyle::with_template("{msg:<22} [{bar:30}] {percent:>3} % {prefix}");
            let bar = ProgressBar::new(100);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
            output::draws(&bar);
            bar
        });
        Self { as_json, bar: bar.filter(|bar| !bar.is_hidden()) }
    }

    fn progress(&self, progress: &JobProgress, log: &[LogLine]) {
        if self.as_json {
            let mut value = json!(progress);
            value["event"] = json!("progress");
            output::object(&value);
            return;
        }
        if let Some(bar) = &self.bar {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            bar.set_position(progress.percent.clamp(0.0, 100.0) as u64);
            bar.set_message(word(progress.state));
            let speed = progress.speed.map(|speed| format!(", {:.1} MB/s", speed / 1e6)).unwrap_or_default();
            bar.set_prefix(format!("{} of {}{speed}", size(progress.sent), size(progress.total)));
            return;
        }
        for line in log {
            output::note(&line.text);
        }
    }

    /// The last words, where the job is over.
    fn end(&mut self, job: &JobView) -> Option<Exit> {
        let exit = match job.progress.state {
            JobState::Done => Exit::Done,
            JobState::Cancelled => Exit::Cancelled,
            JobState::Failed => job.failure.as_ref().map_or(Exit::Failed, |failure| Exit::of(failure, true)),
            _ => return None,
        };
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        if !self.as_json {
            for text in &job.warnings {
                output::warning(&job.registry, text);
            }
        }
        match (&job.result, &job.failure) {
            (Some(result), _) => done(result, job, self.as_json),
            (_, Some(failure)) => output::failure_after(failure, &job.warnings),
            _ => {
                let said = "cancelled; what was sent by then is kept for the next try";
                output::failure_after(&FailureView::new(Code::Cancelled, said), &job.warnings);
            }
        }
        Some(exit)
    }
}

fn word(state: JobState) -> &'static str {
    match state {
        JobState::Queued => "waiting for its turn",
        JobState::Checking => "asking the registry",
        JobState::Sending => "sending layers",
        JobState::Committing => "telling the registry",
        JobState::Verifying => "asking back",
        JobState::Pausing => "pausing",
        JobState::Paused => "paused",
        JobState::Cancelling => "cancelling",
        JobState::Done => "done",
        JobState::Failed => "failed",
        JobState::Cancelled => "cancelled",
    }
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

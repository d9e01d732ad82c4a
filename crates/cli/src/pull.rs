//! `slipway pull`.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use slipway_app::view::{Code, CredentialSource, FailureView, InstalledView, JobId, JobUpdate};
use slipway_app::{FetchProgress, Inputs, PullFormat, PullOptions, Reference, Slipway};

use crate::arguments::{Format, Pull};
use crate::exit::Exit;
use crate::output::{self, size};
use crate::progress::Pulse;
use crate::{interrupt, token};

pub(crate) async fn run(arguments: Pull) -> Exit {
    let reference: Reference = match arguments.reference.parse() {
        Ok(reference) => reference,
        Err(refusal) => {
            output::usage(&format!("{}: {refusal}", arguments.reference));
            return Exit::Usage;
        }
    };
    let piped = is_standard_output(&arguments.output);
    if piped && arguments.json {
        output::usage("--json and the archive cannot both go to standard output");
        return Exit::Usage;
    }
    let app = match token::signed_in(&arguments.sign_in, &reference, Inputs::default()).await {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    let app = Arc::new(app);
    let format = match arguments.format {
        Format::DockerArchive => PullFormat::DockerArchive,
        Format::OciArchive => PullFormat::OciArchive,
    };
    let bar = ProgressBar::new(0);
    if let Ok(style) =
        ProgressStyle::with_template("fetching [{bar:30}] {bytes} of {total_bytes}, {bytes_per_sec}")
    {
        bar.set_style(style.progress_chars("=> "));
    }
    output::draws(&bar);
    let received = Arc::new(AtomicU64::new(0));
    let (shown, counted, as_json) = (bar.clone(), Arc::clone(&received), arguments.json);
    let warnings = Arc::<Mutex<Vec<String>>>::default();
    let (noted, host) = (Arc::clone(&warnings), reference.host.to_string());
    let progress = move |event: FetchProgress| match event {
        FetchProgress::Blob { digest, size: bytes } if as_json => {
            output::object(&json!({"event": "blob", "digest": digest, "size": bytes}));
        }
        FetchProgress::Total { bytes } => shown.set_length(bytes),
        FetchProgress::Blob { digest, size: bytes } => {
            if shown.is_hidden() {
                output::note(&format!("fetching {digest}, {}", size(bytes)));
            }
        }
        FetchProgress::Found { bytes } if as_json => {
            output::object(&json!({"event": "found", "bytes": bytes}));
        }
        FetchProgress::Found { bytes } => shown.inc(bytes),
        FetchProgress::Kept => {
            output::note("what was fetched is kept for two weeks: the same command goes on from there");
        }
        FetchProgress::Warning { text } => {
            if !as_json {
                output::warning(&host, &text);
            }
            noted.lock().unwrap_or_else(PoisonError::into_inner).push(text);
        }
        FetchProgress::Waiting { reason, seconds } if as_json => {
            output::object(&json!({"event": "retry", "reason": reason, "seconds": seconds}));
        }
        FetchProgress::Waiting { reason, seconds } => {
            output::note(&format!("{reason}; next try in {seconds} s"));
        }
        FetchProgress::Received { bytes } => {
            counted.fetch_add(bytes, Ordering::Relaxed);
            shown.inc(bytes);
        }
    };
    let options = PullOptions {
        format,
        platform: arguments.platform,
        plain_http: arguments.plain_http,
        anonymous: false,
    };
    // The device of standard output may lead to a file, which is not to be replaced.
    let output = if piped { Path::new("-") } else { &arguments.output };
    let ended = match app.install().start(&reference, output, &options, progress).await {
        Ok(job) => {
            let cancelled = Arc::clone(&app);
            interrupt::cancels(move || {
                cancelled.activity().cancel_running(job);
            });
            let pulse = (!arguments.json && bar.is_hidden()).then(Pulse::new);
            ended(&app, job, pulse).await
        }
        Err(failure) => Ended::Failed(Box::new(failure)),
    };
    bar.finish_and_clear();
    let warnings = warnings.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match ended {
        Ended::Done(pulled) => {
            if let Some(account) = &pulled.refused {
                output::note(&format!(
                    "{} refused the credential of {} ({}); the image is public and was fetched without it",
                    reference.host,
                    account.username,
                    place(account.source)
                ));
            }
            if arguments.json {
                output::object(&json!({
                    "event": "done",
                    "digest": pulled.digest,
                    "mediaType": pulled.media_type,
                    "fileSize": pulled.file_size,
                    "received": received.load(Ordering::Relaxed),
                    "warnings": warnings,
                }));
            } else if piped {
                output::note(&format!("{}, {}", pulled.digest, size(pulled.file_size)));
            } else {
                output::line(&pulled.digest);
                output::note(&format!("{}, {}", arguments.output.display(), size(pulled.file_size)));
            }
            Exit::Done
        }
        Ended::Failed(failure) => {
            output::failure_after(&failure, &warnings);
            Exit::of(&failure, true)
        }
    }
}

/// How a pull ended.
enum Ended {
    Done(InstalledView),
    Failed(Box<FailureView>),
}

async fn ended(app: &Slipway, job: JobId, mut pulse: Option<Pulse>) -> Ended {
    let mut last = None;
    app.activity()
        .watch(job, |update| {
            match update {
                JobUpdate::Snapshot { job } => last = Some(job),
                JobUpdate::Progress { progress, .. } => {
                    if let Some(line) = pulse.as_mut().and_then(|pulse| pulse.line(&progress)) {
                        output::note(&line);
                    }
                }
            }
            true
        })
        .await;
    let cancelled = || FailureView::new(Code::Cancelled, "cancelled");
    let Some(job) = last else { return Ended::Failed(Box::new(cancelled())) };
    match (job.install.and_then(|install| install.result), job.failure) {
        (Some(installed), _) => Ended::Done(installed),
        (None, failure) => Ended::Failed(Box::new(failure.unwrap_or_else(cancelled))),
    }
}

/// Whether the archive goes where results go: then nothing else may.
fn is_standard_output(output: &Path) -> bool {
    output == Path::new("-") || is_same(output, Path::new("/dev/stdout"))
}

#[cfg(unix)]
fn is_same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let place = |path| std::fs::metadata(path).map(|there| (there.dev(), there.ino()));
    matches!((place(one), place(other)), (Ok(one), Ok(other)) if one == other)
}

#[cfg(not(unix))]
fn is_same(_: &Path, _: &Path) -> bool {
    false
}

/// Where a credential came from, in words.
fn place(source: CredentialSource) -> &'static str {
    match source {
        CredentialSource::ThisRun | CredentialSource::StandardInput => "handed over",
        CredentialSource::Environment => "from the environment",
        CredentialSource::Keychain => "from the keychain",
        CredentialSource::DockerConfig => "from Docker's config.json",
        CredentialSource::DockerHelper => "from Docker's credential helper",
        CredentialSource::Podman => "from Podman's auth.json",
        CredentialSource::Gh => "from the GitHub CLI",
        CredentialSource::TokenFile => "from a file",
        CredentialSource::Practice => "of the practice registry",
    }
}

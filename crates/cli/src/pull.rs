//! `slipway pull`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use slipway_app::view::{
    Code, CredentialSource, Engine, FailureView, InstalledView, JobId, JobUpdate, LoadedImage,
};
use slipway_app::{FetchProgress, Inputs, Platforms, PullFormat, PullOptions, Reference, Slipway};

use crate::arguments::{Format, Pull};
use crate::exit::Exit;
use crate::output::{self, size};
use crate::progress::Pulse;
use crate::{interrupt, token};

pub(crate) async fn run(arguments: Pull) -> Exit {
    let mut references: Vec<Reference> = Vec::new();
    for text in &arguments.references {
        match text.parse() {
            // Said twice, it is the same image.
            Ok(reference) if references.contains(&reference) => {}
            Ok(reference) => references.push(reference),
            Err(refusal) => {
                output::usage(&format!("{text}: {refusal}"));
                return Exit::Usage;
            }
        }
    }
    let Some(platforms) = platforms(&arguments.platforms) else {
        output::usage("--platform all is all of them; name it alone");
        return Exit::Usage;
    };
    let one = match &platforms {
        Platforms::Usual => true,
        Platforms::Only(platforms) => platforms.len() == 1,
        Platforms::All => false,
    };
    if arguments.load.is_some() && !one {
        output::usage("an engine takes one platform of an image");
        return Exit::Usage;
    }
    let Some(reference) = references.first() else { return Exit::Usage };
    let Some(target) = Target::of(&arguments) else { return Exit::Usage };
    let piped = matches!(&target, Target::Output(path) if is_standard_output(path));
    if piped && arguments.json {
        output::usage("--json and the archive cannot both go to standard output");
        return Exit::Usage;
    }
    let app = match token::signed_in(&arguments.sign_in, reference, Inputs::default()).await {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    for other in references.iter().filter(|other| other.host != reference.host) {
        if let Err(failure) = app.accounts().borrow_from_docker(other).await {
            // Perhaps nobody needs to be signed in.
            output::note(&failure.message);
        }
    }
    let app = Arc::new(app);
    let format = match arguments.format {
        _ if arguments.layout.is_some() => PullFormat::OciLayout,
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
        FetchProgress::Chosen { reference, digest, made, zstd } => {
            if as_json {
                output::object(
                    &json!({"event": "image", "reference": reference, "digest": digest, "made": made}),
                );
            } else if made {
                output::note(&format!("{reference}, with these platforms alone, is {digest}"));
            }
            if zstd && !as_json {
                output::note(&format!(
                    "{reference} has layers that are compressed with Zstandard: `docker load` of Docker before 23 does \
                     not read them"
                ));
            }
        }
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
        FetchProgress::TakenBack { bytes } if as_json => {
            output::object(&json!({"event": "again", "bytes": bytes}));
        }
        FetchProgress::TakenBack { bytes } => shown.dec(bytes),
        FetchProgress::Here { bytes } if as_json => {
            output::object(&json!({"event": "here", "bytes": bytes}));
        }
        FetchProgress::Found { bytes } | FetchProgress::Here { bytes } => shown.inc(bytes),
        FetchProgress::Loading { engine } if as_json => {
            output::object(&json!({"event": "loading", "engine": engine.to_lowercase()}));
        }
        FetchProgress::Loading { engine } => output::note(&format!("giving it to {engine}")),
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
        platforms,
        signatures: arguments.with_signatures,
        plain_http: arguments.plain_http,
        anonymous: false,
    };
    let install = app.install();
    let started = match &target {
        Target::Engine(engine) => install.load(&references, *engine, &options, progress).await,
        // The device of standard output may lead to a file, which is not to be replaced.
        Target::Output(_) if piped => install.start(&references, Path::new("-"), &options, progress).await,
        Target::Output(path) => install.start(&references, path, &options, progress).await,
    };
    let ended = match started {
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
                let mut done = json!({
                    "event": "done",
                    "digest": pulled.digest,
                    "mediaType": pulled.media_type,
                    "fileSize": pulled.file_size,
                    "here": pulled.here,
                    "images": pulled.images,
                    "received": received.load(Ordering::Relaxed),
                    "warnings": warnings,
                });
                if let Target::Engine(engine) = target {
                    done["engine"] = json!(engine);
                    done["loaded"] = json!(pulled.loaded);
                    done["verified"] = json!(pulled.is_sound());
                }
                output::object(&done);
            } else {
                let lines = match &pulled.images[..] {
                    [] | [_] => vec![pulled.digest.clone()],
                    several => several.iter().map(|it| format!("{} {}", it.digest, it.reference)).collect(),
                };
                let name = match &target {
                    Target::Output(path) if !piped => format!("{}, ", path.display()),
                    Target::Output(_) | Target::Engine(_) => String::new(),
                };
                let here = match pulled.here {
                    0 => String::new(),
                    bytes => format!(", of which {} were on this computer", size(bytes)),
                };
                let written = format!("{name}{}{here}", size(pulled.file_size));
                if piped {
                    output::note(&format!("{}, {written}", lines.join(", ")));
                } else {
                    for line in &lines {
                        output::line(line);
                    }
                    output::note(&written);
                }
                pulled.loaded.iter().for_each(|image| output::note(&loaded(image)));
            }
            // What a script goes on with must be what it asked for.
            let verified = pulled.loaded.iter().all(|image| image.not_verified.is_none());
            if verified { Exit::Done } else { Exit::Failed }
        }
        Ended::Failed(failure) => {
            output::failure_after(&failure, &warnings);
            Exit::of(&failure, true)
        }
    }
}

/// Where images go.
enum Target {
    /// A file or a folder.
    Output(PathBuf),
    /// An engine.
    Engine(Engine),
}

impl Target {
    fn of(arguments: &Pull) -> Option<Self> {
        let output = || arguments.layout.clone().or_else(|| arguments.output.clone()).map(Self::Output);
        arguments.load.map(|engine| Self::Engine(engine.into())).or_else(output)
    }
}

/// What an engine has of an image.
fn loaded(image: &LoadedImage) -> String {
    let LoadedImage { name, id, platform, layers, layers_there, not_verified, .. } = image;
    let there = layers_there.map(|there| format!(", {there} of them were there")).unwrap_or_default();
    let proof = match not_verified {
        None => "read back, and all agree".to_owned(),
        Some(reason) => format!("NOT VERIFIED: {reason}"),
    };
    format!("{name} is {id}, {platform}, {layers} layers{there}; {proof}")
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

/// What these words ask for, each platform once; none where `all` stands beside others.
fn platforms(words: &[String]) -> Option<Platforms> {
    let mut only: Vec<String> = Vec::new();
    for word in words {
        if !only.contains(word) {
            only.push(word.clone());
        }
    }
    match only.as_slice() {
        [] => Some(Platforms::Usual),
        [all] if all == "all" => Some(Platforms::All),
        several if several.iter().any(|word| word == "all") => None,
        _ => Some(Platforms::Only(only)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_counts_once_and_all_stands_alone() {
        let of = |words: &[&str]| platforms(&words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(of(&[]), Some(Platforms::Usual));
        assert_eq!(of(&["all", "all"]), Some(Platforms::All));
        assert_eq!(of(&["linux/arm64"; 2]), Some(Platforms::Only(vec!["linux/arm64".to_owned()])));
        assert_eq!(of(&["linux/arm64", "all"]), None);
    }
}

//! `slipway copy`.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use slipway_app::view::{
    Code, CopiedView, CopyPlanView, CopyTagState, CopyTagView, CopyView, FailureView, JobState, JobUpdate,
    JobView,
};
use slipway_app::{CopyOptions, Inputs, Reference, Slipway, TagChoice};

use crate::arguments::Copy;
use crate::exit::Exit;
use crate::output::{self, size};
use crate::progress::Shown;
use crate::{interrupt, token};

pub(crate) async fn run(arguments: Copy) -> Exit {
    match wished(&arguments) {
        Ok(wish) => copy(&arguments, wish).await,
        Err(message) => {
            output::usage(&message);
            Exit::Usage
        }
    }
}

/// What is copied: as it is said, or as a plan in a file says.
enum Wish {
    Said(Box<CopyOptions>),
    Plan(Box<CopyView>),
}

fn wished(arguments: &Copy) -> Result<Wish, String> {
    if let Some(path) = &arguments.plan {
        return plan_in(path).map(|plan| Wish::Plan(Box::new(plan)));
    }
    let reference = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default();
        text.parse::<Reference>().map_err(|refusal| format!("{text}: {refusal}"))
    };
    let tags = arguments
        .choice
        .tags
        .iter()
        .map(|tag| tag.parse().map_err(|refusal| format!("--tag {tag}: {refusal}")));
    Ok(Wish::Said(Box::new(CopyOptions {
        from: reference(&arguments.source)?,
        to: reference(&arguments.destination)?,
        choice: TagChoice {
            tags: tags.collect::<Result<_, _>>()?,
            all: arguments.choice.all_tags,
            ..arguments.choice.filter.choice()
        },
        platforms: arguments.what.platforms.clone(),
        signatures: !arguments.what.no_signatures,
        no_clobber: arguments.what.no_clobber,
        keep_old_as: arguments.what.keep_old_as.clone(),
        plain_http: arguments.plain_http,
        rate: arguments.limit_rate,
    })))
}

/// A plan that was saved.
fn plan_in(path: &Path) -> Result<CopyView, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{shown} is no saved plan: {error}"))
}

async fn copy(arguments: &Copy, wish: Wish) -> Exit {
    // A token on standard input is for where it goes.
    let to = match &wish {
        Wish::Said(options) => Ok(options.to.clone()),
        Wish::Plan(plan) => plan.to.parse::<Reference>().map_err(|refusal| format!("{}: {refusal}", plan.to)),
    };
    let to = match to {
        Ok(to) => to,
        Err(message) => {
            output::usage(&message);
            return Exit::Usage;
        }
    };
    let app = match token::signed_in(&arguments.sign_in, &to, Inputs::default()).await {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    let settled = match wish {
        Wish::Plan(plan) => Ok(*plan),
        Wish::Said(options) => app.copies().settle(&options).await,
    };
    let settled = match settled {
        Ok(settled) => settled,
        Err(failure) => return failed(&failure),
    };
    if let Some(path) = &arguments.save_plan
        && let Err(message) = save(path, &settled)
    {
        output::failed(Code::OutputFailed, &message);
        return Exit::Failed;
    }
    if arguments.dry_run {
        return match Box::pin(app.copies().plan(&settled)).await {
            Ok(plan) => planned(&plan, arguments.json),
            Err(failure) => failed(&failure),
        };
    }
    start(app, &settled, arguments).await
}

fn failed(failure: &FailureView) -> Exit {
    output::failure(failure);
    if matches!(failure.code, Code::FormProblem { .. }) { Exit::Usage } else { Exit::of(failure, false) }
}

fn save(path: &Path, settled: &CopyView) -> Result<(), String> {
    let text = serde_json::to_string_pretty(settled).unwrap_or_default() + "\n";
    let written = slipway_app::write_file(path, text.as_bytes());
    written.map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

fn planned(plan: &CopyPlanView, as_json: bool) -> Exit {
    if as_json {
        let mut value = json!(plan);
        value["event"] = json!("plan");
        output::object(&value);
    } else {
        plan.tags.iter().for_each(tell);
        output::note(&format!(
            "{} to send, {} linked there, {} there already",
            size(plan.to_send),
            size(plan.to_link),
            size(plan.there)
        ));
    }
    let failed = plan.tags.iter().any(|tag| tag.state == CopyTagState::Failed);
    if failed || any_fixed(&plan.tags) { Exit::Refused } else { Exit::Done }
}

/// One line about a tag.
fn tell(tag: &CopyTagView) {
    let state = match tag.state {
        CopyTagState::New => "new",
        CopyTagState::Same => "same",
        CopyTagState::Moves => "moves",
        CopyTagState::Left => "left",
        CopyTagState::Copied => "copied",
        CopyTagState::Failed => "failed",
    };
    let left = tag.state == CopyTagState::Left;
    let notes = [
        tag.digest.clone(),
        tag.source_digest
            .as_ref()
            .map(|source| format!("(another digest than {source}: platforms stay behind)")),
        tag.moves_from.as_ref().map(|from| match left {
            true => format!("(names {from}, and stays)"),
            false => format!("(from {from})"),
        }),
        tag.fixed_by.as_ref().map(|rule| format!("(never moves here, by the rule {rule} of the settings)")),
        tag.kept_as.as_ref().map(|name| format!("(kept as {name})")),
        tag.not_verified.as_ref().map(|reason| format!("(not verified: {reason})")),
    ];
    let words = [Some(format!("{state:<7} {}", tag.tag))].into_iter().chain(notes).flatten();
    output::line(&words.collect::<Vec<_>>().join("  "));
    if let Some(failure) = &tag.failure {
        output::note(&format!("{}: {}", tag.tag, failure.message));
    }
}

/// One was wanted that never moves there.
fn any_fixed(tags: &[CopyTagView]) -> bool {
    tags.iter().any(|tag| tag.fixed_by.is_some())
}

async fn start(app: Arc<Slipway>, settled: &CopyView, arguments: &Copy) -> Exit {
    let job = match app.copies().start(settled, arguments.limit_rate).await {
        Ok(job) => job,
        Err(failure) => return failed(&failure),
    };
    let cancelled = Arc::clone(&app);
    interrupt::cancels(move || {
        cancelled.activity().cancel_running(job);
    });
    let mut shown = Shown::new(arguments.json);
    let mut exit = Exit::Failed;
    app.activity()
        .watch(job, |update| {
            match update {
                JobUpdate::Progress { progress, log, .. } => shown.progress(&progress, &log),
                JobUpdate::Snapshot { job } => {
                    shown.progress(&job.progress, &[]);
                    if let Some(end) = ended(&job, &mut shown, arguments.json) {
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
        job.warnings.iter().for_each(|text| output::warning(&job.registry, text));
    }
    let result = job.copy.as_ref().and_then(|copy| copy.result.as_ref());
    match (result, &job.failure) {
        (Some(result), _) => return Some(done(result, job, as_json)),
        (None, Some(failure)) => output::failure_after(failure, &job.warnings),
        (None, None) => {
            let said = "cancelled; what was sent by then is kept for the next try";
            output::failure_after(&FailureView::new(Code::Cancelled, said), &job.warnings);
        }
    }
    Some(exit)
}

fn done(result: &CopiedView, job: &JobView, as_json: bool) -> Exit {
    if as_json {
        let mut value = json!(result);
        value["event"] = json!("done");
        value["reference"] = json!(job.reference);
        value["warnings"] = json!(job.warnings);
        output::object(&value);
    } else {
        result.tags.iter().for_each(tell);
        let there =
            result.tags.len() - usize::try_from(result.failed).unwrap_or(usize::MAX).min(result.tags.len());
        output::note(&format!(
            "{there} of {} tags are there; sent {}, {} were there already or linked",
            result.tags.len(),
            size(result.sent),
            size(result.reused)
        ));
    }
    exit_of(result)
}

fn exit_of(result: &CopiedView) -> Exit {
    match result.failed {
        0 if any_fixed(&result.tags) => Exit::Refused,
        0 => Exit::Done,
        _ => Exit::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(fixed_by: Option<&str>) -> CopyTagView {
        CopyTagView {
            tag: "1.0.0".to_owned(),
            signature: false,
            state: CopyTagState::Left,
            digest: None,
            source_digest: None,
            moves_from: None,
            kept_as: None,
            platforms: Vec::new(),
            to_send: 0,
            not_verified: None,
            fixed_by: fixed_by.map(str::to_owned),
            failure: None,
        }
    }

    #[test]
    fn a_copy_that_a_rule_keeps_from_a_version_is_refused_and_one_that_was_told_to_leave_it_is_done() {
        let copy = CopyView {
            from: "ghcr.io/octocat/a".to_owned(),
            to: "ghcr.io/octocat/b".to_owned(),
            tags: Vec::new(),
            platforms: Vec::new(),
            signatures: true,
            no_clobber: false,
            plain_http: false,
            result: None,
        };
        for (fixed_by, exit) in [(Some("ghcr.io = versions"), Exit::Refused), (None, Exit::Done)] {
            let (copy, tags) = (copy.clone(), vec![left(fixed_by)]);
            let plan = CopyPlanView { copy, tags: tags.clone(), to_send: 0, to_link: 0, there: 0 };
            assert_eq!(planned(&plan, true), exit);
            let copied = CopiedView { tags, failed: 0, sent: 0, reused: 0, duration_ms: 0 };
            assert_eq!(exit_of(&copied), exit);
        }
    }
}

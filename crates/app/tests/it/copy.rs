//! Copies as the window asks for them: looked at, settled, planned, done, and in the history.

use slipway_app::Slipway;
use slipway_app::view::{
    CheckState, Code, CopyDraft, CopyEndView, CopyTagState, CopyVersions, CopyView, FailureView, JobKind,
    JobState,
};

use crate::hosts::octocat;
use crate::{Stage, all, end, watched};

fn draft(from: &str, to: &str, versions: CopyVersions) -> CopyDraft {
    CopyDraft {
        from: from.to_owned(),
        to: to.to_owned(),
        versions,
        platforms: Vec::new(),
        signatures: true,
        no_clobber: false,
        keep_old: true,
    }
}

fn named(tags: &[&str]) -> CopyVersions {
    CopyVersions::Named { tags: tags.iter().map(ToString::to_string).collect() }
}

/// The sample image, published with these versions.
async fn published(stage: &Stage, app: &Slipway, image_name: &str, versions: &[&str]) {
    let mut draft = stage.draft(app).await;
    image_name.clone_into(&mut draft.image_name);
    draft.versions = versions.iter().map(ToString::to_string).collect();
    let job = app.publish().start(&draft).await.unwrap();
    assert_eq!(end(app, job).await, JobState::Done);
}

/// What is known of a place to write to, by id, with problems and warnings marked.
fn known(end: &CopyEndView) -> Vec<String> {
    let mark = |state| match state {
        CheckState::Problem => "problem: ",
        CheckState::Warning => "warning: ",
        CheckState::Passed => "",
        CheckState::NotChecked => "not checked: ",
    };
    end.checks.iter().map(|check| format!("{}{}", mark(check.state), check.id)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_says_at_once_whether_it_takes_images() {
    let stage = Stage::set().await;
    let app = stage.start();
    let account = octocat("github.com", &stage.token_called("publish"), false);
    app.accounts().add(account).await.unwrap();
    published(&stage, &app, "hello", &["1.0"]).await;
    let new = app.copies().look(TO, false).await.unwrap();
    assert_eq!(known(&new), ["token.accepted", "owner.user", "package.new", "write"]);
    let there = app.copies().look(FROM, false).await.unwrap();
    assert_eq!(known(&there), ["token.accepted", "owner.user", "package.private", "write"]);
    assert!(app.copies().look(FROM, true).await.unwrap().checks.is_empty(), "it is not written to");
    let closed = app.copies().look("ghcr.io/monalisa/hello", false).await.unwrap();
    assert_eq!(known(&closed)[0], "problem: write", "{:?}", known(&closed));
    let nobody = stage.start();
    let asked = nobody.copies().look("ghcr.io/octocat/hello", false).await;
    assert!(asked.is_err_and(|failure| failure.code == Code::SignInRequired));
}

const FROM: &str = "ghcr.io/octocat/hello";
const TO: &str = "ghcr.io/octocat/hello-again";

#[tokio::test(flavor = "multi_thread")]
async fn what_the_window_asks_for_is_looked_at_planned_copied_and_kept() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    published(&stage, &app, "hello", &["1.0", "latest"]).await;
    let end_view = app.copies().look(&format!("{FROM}:1.0"), true).await.unwrap();
    assert_eq!((end_view.repository.as_str(), end_view.name.as_str()), (FROM, "octocat/hello"));
    assert_eq!(
        (end_view.version.as_deref(), &end_view.tags[..]),
        (Some("1.0"), &["1.0", "latest"].map(String::from)[..])
    );
    assert!(app.copies().look(TO, false).await.unwrap().tags.is_empty(), "nothing is there yet");
    let mistyped = app.copies().look(TO, true).await.unwrap_err();
    assert!(matches!(mistyped.code, Code::NotFound { .. }), "{mistyped:?}");
    let mistyped = app.copies().settle_draft(&draft(TO, FROM, CopyVersions::All)).await.unwrap_err();
    assert!(mistyped.message.contains("has no repository octocat/hello-again"), "{mistyped:?}");

    let pattern = CopyVersions::Pattern { text: ">=1.0 !latest".to_owned() };
    let one = app.copies().settle_draft(&draft(FROM, TO, pattern)).await.unwrap();
    assert_eq!(one.tags.iter().map(|pair| pair.tag.as_str()).collect::<Vec<_>>(), ["1.0"]);
    let settled = app.copies().settle_draft(&draft(FROM, TO, CopyVersions::All)).await.unwrap();
    let kept = settled.tags[1].keep_old_as.clone().unwrap();
    assert!(kept.starts_with("latest-20"), "{kept}");
    let plan = app.copies().plan_from_page(&settled).await.unwrap();
    assert!(plan.tags.iter().all(|tag| tag.state == CopyTagState::New), "{plan:?}");
    assert_eq!((plan.to_send, plan.to_link > 0), (0, true), "both names are of one registry");

    let job = app.copies().start_from_page(&settled).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    let view = watched(&app, job).await;
    let copied = view.copy.unwrap().result.unwrap();
    assert_eq!((copied.failed, copied.tags.len()), (0, 2));
    for tag in &copied.tags {
        assert_eq!((tag.state, &tag.digest), (CopyTagState::Copied, &plan.tags[0].digest));
    }
    let row = app.activity().history(&all()).await.rows.remove(0);
    assert_eq!((row.kind, row.title.as_str(), row.verified), (JobKind::Copy, "hello-again, 2 tags", true));
    let again = app.copies().plan_from_page(&settled).await.unwrap();
    assert!(again.tags.iter().all(|tag| tag.state == CopyTagState::Same), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_refused_with_their_rule_and_old_ones_are_never_kept_under_themselves() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    published(&stage, &app, "hello", &["1.0"]).await;
    let settle =
        async |from: &str, to: &str, versions| app.copies().settle_draft(&draft(from, to, versions)).await;
    let rule = |refused: Result<CopyView, FailureView>| {
        let failure = refused.unwrap_err();
        let value = serde_json::to_value(&failure).unwrap();
        assert_eq!(value["code"], "form.problem");
        value["params"]["rule"].clone()
    };
    assert_eq!(rule(settle(FROM, "ghcr.io/octocat/Hello", named(&["1.0"])).await), "name.case");
    assert_eq!(rule(settle(FROM, "octocat/hello", named(&["1.0"])).await), "reference.host");
    assert_eq!(rule(settle(FROM, TO, named(&["1 0"])).await), "version.chars");
    let mut settled = settle(FROM, TO, named(&["1.0"])).await.unwrap();
    settled.tags[0].keep_old_as = Some("1.0".to_owned());
    let refused = app.copies().plan_from_page(&settled).await.unwrap_err();
    assert!(matches!(refused.code, Code::FormProblem { .. }), "{refused:?}");
    let refused = app.copies().start_from_page(&settled).await.unwrap_err();
    assert!(matches!(refused.code, Code::FormProblem { .. }), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_ended_with_slipway_goes_on_under_its_old_handle() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    published(&stage, &app, "hello", &["1.0"]).await;
    let settled = app.copies().settle_draft(&draft(FROM, TO, named(&["1.0"]))).await.unwrap();
    let job = app.copies().start_from_page(&settled).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    drop(app);
    crate::history::cut_off(&stage.home(), job, |view| {
        view["copy"]["result"] = serde_json::Value::Null;
        view["goesOn"] = true.into();
    });
    let app = stage.signed_in();
    app.activity().go_on().await;
    assert_eq!(end(&app, job).await, JobState::Done);
    let copied = watched(&app, job).await.copy.unwrap().result.unwrap();
    assert_eq!(copied.tags[0].state, CopyTagState::Same);
}

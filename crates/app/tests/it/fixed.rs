//! Versions that never move by a rule of the settings: for the form, a push, a copy, and a version that is moved back.

use slipway_app::Slipway;
use slipway_app::view::{
    CheckState, Code, CopyDraft, CopyTagState, CopyVersions, Draft, Field, FixKind, FixedKind, FixedView,
    FormPart, JobState, PublishButton, Remedy,
};

use crate::{Stage, end, reaches, watched};

fn rule(place: &str, which: FixedKind) -> FixedView {
    FixedView { place: place.to_owned(), which, pattern: String::new() }
}

/// The sample under these versions, as another image for each description.
async fn filled(stage: &Stage, app: &Slipway, versions: &[&str], description: &str) -> Draft {
    let mut draft = stage.draft(app).await;
    draft.versions = versions.iter().map(ToString::to_string).collect();
    description.clone_into(&mut draft.options.description);
    draft
}

async fn published(app: &Slipway, draft: &Draft) {
    let job = app.publish().start(draft).await.unwrap();
    assert_eq!(end(app, job).await, JobState::Done);
}

impl Stage {
    fn tag(&self, package: &str, tag: &str) -> String {
        self.practice.package(package).unwrap().tags[tag].clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_says_what_never_moves_and_a_push_sends_nothing_for_it() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    published(&app, &filled(&stage, &app, &["1.0.0", "latest"], "one").await).await;
    let before = stage.tag("octocat/hello", "1.0.0");
    app.preferences().fix_versions(&rule(" ghcr.io/Octocat/ ", FixedKind::Versions)).unwrap();

    let same = app.publish().preflight(&filled(&stage, &app, &["1.0.0"], "one").await).await.unwrap();
    assert_eq!(same.button, PublishButton::Nothing, "what is there already stays so");
    let draft = filled(&stage, &app, &["1.0.0", "latest"], "two").await;
    let card = app.publish().preflight(&draft).await.unwrap();
    let check = card.checks.iter().find(|check| check.id.as_str() == "tag.fixed").unwrap();
    assert_eq!((check.state, check.field), (CheckState::Problem, Some(Field::Version)));
    assert_eq!(check.id.params()["rule"], "ghcr.io/octocat = versions");
    assert_eq!(card.button, PublishButton::FirstProblem { field: Some(Field::Version) });
    let fix = check.fix.clone().unwrap();
    assert_eq!((fix.kind, &fix.draft.versions[..]), (FixKind::LeaveIt, &["latest".to_owned()][..]));

    stage.practice.forget_requests();
    let job = app.publish().start(&draft).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Failed);
    let failure = watched(&app, job).await.failure.unwrap();
    assert!(matches!(&failure.code, Code::TagFixed { tag, .. } if tag == "1.0.0"), "{failure:?}");
    assert!(failure.help.contains(&Remedy::FixedVersions), "{failure:?}");
    let uploads = stage.practice.requests().into_iter().filter(|request| request.method == "POST").count();
    assert_eq!((uploads, stage.tag("octocat/hello", "latest")), (0, before.clone()));

    published(&app, &fix.draft).await;
    assert_eq!(stage.tag("octocat/hello", "1.0.0"), before);
    assert_ne!(stage.tag("octocat/hello", "latest"), before);
}

/// It said "whatever begins from now on": a job that waits or is paused has not set its version yet.
#[tokio::test(flavor = "multi_thread")]
async fn a_rule_holds_for_a_job_that_was_paused_before_it() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    published(&app, &filled(&stage, &app, &["1.0.0"], "one").await).await;
    let before = stage.tag("octocat/hello", "1.0.0");
    stage.practice.switches().change(|switches| switches.pace = Some(4_000));
    let job = app.publish().start(&filled(&stage, &app, &["1.0.0"], "two").await).await.unwrap();
    app.activity().pause(job);
    reaches(&app, job, JobState::Paused).await;
    app.preferences().fix_versions(&rule("ghcr.io", FixedKind::All)).unwrap();
    stage.practice.switches().change(|switches| switches.pace = None);
    app.activity().resume(job).await.unwrap();
    let failure = watched(&app, job).await.failure.unwrap();
    assert!(matches!(&failure.code, Code::TagFixed { .. }), "{failure:?}");
    assert_eq!(stage.tag("octocat/hello", "1.0.0"), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_moves_does_not_move_back_either() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    published(&app, &filled(&stage, &app, &["1.0.0"], "one").await).await;
    let first = stage.tag("octocat/hello", "1.0.0");
    let job = app.publish().start(&filled(&stage, &app, &["1.0.0"], "two").await).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    let second = stage.tag("octocat/hello", "1.0.0");

    app.preferences().fix_versions(&rule("ghcr.io", FixedKind::All)).unwrap();
    let refused = app.afterwards().move_back(job, "1.0.0").await.unwrap_err();
    let Code::TagFixed { rule: kept_by, .. } = &refused.code else { panic!("{refused:?}") };
    assert_eq!((kept_by.as_str(), refused.help.contains(&Remedy::FixedVersions)), ("ghcr.io = all", true));
    assert_eq!(stage.tag("octocat/hello", "1.0.0"), second);
    app.preferences().fix_versions(&rule("ghcr.io/octocat/hello", FixedKind::Nothing)).unwrap();
    app.afterwards().move_back(job, "1.0.0").await.unwrap();
    assert_eq!(stage.tag("octocat/hello", "1.0.0"), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_leaves_what_never_moves_where_it_goes() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    published(&app, &filled(&stage, &app, &["1.0.0", "latest"], "one").await).await;
    let other =
        Draft { image_name: "again".to_owned(), ..filled(&stage, &app, &["1.0.0", "latest"], "two").await };
    published(&app, &other).await;
    app.preferences().fix_versions(&rule("ghcr.io/octocat/again", FixedKind::Versions)).unwrap();
    let draft = CopyDraft {
        from: "ghcr.io/octocat/hello".to_owned(),
        to: "ghcr.io/octocat/again".to_owned(),
        versions: CopyVersions::All,
        platforms: Vec::new(),
        signatures: true,
        no_clobber: false,
        keep_old: false,
    };
    let before = stage.tag("octocat/again", "1.0.0");
    let settled = app.copies().settle_draft(&draft).await.unwrap();
    let plan = app.copies().plan_from_page(&settled).await.unwrap();
    let state = |tag: &slipway_app::view::CopyTagView| (tag.state, tag.fixed_by.clone());
    let kept_by = Some("ghcr.io/octocat/again = versions".to_owned());
    assert_eq!(
        plan.tags.iter().map(state).collect::<Vec<_>>(),
        [(CopyTagState::Left, kept_by.clone()), (CopyTagState::Moves, None)]
    );
    let job = app.copies().start_from_page(&settled).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Done);
    let copied = watched(&app, job).await.copy.unwrap().result.unwrap();
    assert_eq!(
        copied.tags.iter().map(state).collect::<Vec<_>>(),
        [(CopyTagState::Left, kept_by), (CopyTagState::Copied, None)]
    );
    assert_eq!(stage.tag("octocat/again", "1.0.0"), before);
    assert_eq!(stage.tag("octocat/again", "latest"), stage.tag("octocat/hello", "latest"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_without_a_place_or_a_tag_to_fit_is_refused_with_the_rule_of_names_that_it_breaks() {
    let stage = Stage::set().await;
    let app = stage.start();
    let pattern = |text: &str| FixedView { pattern: text.to_owned(), ..rule("ghcr.io", FixedKind::Pattern) };
    for (wrong, field) in [
        (rule("octo-org", FixedKind::All), None),
        (rule("ghcr.io/octo_", FixedKind::All), None),
        (pattern("2. *"), Some(FormPart::Version)),
        (pattern(" "), Some(FormPart::Version)),
    ] {
        let refused = app.preferences().fix_versions(&wrong).unwrap_err();
        let Code::FormProblem { field: found, rule: Some(_) } = &refused.code else { panic!("{refused:?}") };
        assert_eq!(*found, field, "{wrong:?}");
    }
    assert!(app.preferences().fixed_versions().is_empty());
    let rules = app.preferences().fix_versions(&pattern(" v* ")).unwrap();
    assert_eq!(rules, [pattern("v*")]);
    drop(app);
    let app = stage.start();
    assert_eq!(app.preferences().fixed_versions(), rules, "it stands in the file");
    assert!(app.preferences().let_versions_move("ghcr.io").unwrap().is_empty());
}

//! The app as both shells use it: from a file to a result, watched.

use std::sync::Arc;
use std::time::Duration;

use slipway_app::view::{CheckState, Code, Draft, JobState, JobUpdate, PublishButton, Remedy, Visibility};
use slipway_app::{Changes, PushOptions, Wish};
use slipway_stage::gzip;
use slipway_stage::image::{OCI_GZIP, Oci, config};
use tokio::time::Instant;

use crate::{Running, reaches, watched};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_fills_the_form_and_the_form_leads_to_a_verified_digest() {
    let stage = Running::set().await;
    let draft = stage.filled("publish").await;
    assert_eq!((draft.image_name.as_str(), &draft.versions[..]), ("hello", &["1.0".to_owned()][..]));
    let form = stage.app.form().check(&draft).unwrap();
    assert!(form.valid);
    assert_eq!(form.reference.full, "ghcr.io/octocat/hello:1.0");
    let card = stage.app.publish().preflight(&draft).await.unwrap();
    assert!(
        card.checks.iter().any(|check| check.id.as_str() == "tag.new" && check.state == CheckState::Passed)
    );
    assert!(matches!(card.button, PublishButton::PublishBytes { exact: false, .. }), "{:?}", card.button);
    assert!(
        card.command.starts_with("slipway push ") && card.command.ends_with(" ghcr.io/octocat/hello:1.0")
    );
    let job = stage.app.publish().start(&draft).await.unwrap();
    let ended = watched(&stage.app, job).await;
    let result = ended.result.unwrap();
    assert!(result.verified);
    let package = stage.practice.package("octocat/hello").unwrap();
    assert_eq!(package.tags["1.0"], result.digest);
    // Whoever looks later gets the whole at once.
    assert_eq!(watched(&stage.app, job).await.progress.state, JobState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_and_its_command_line_publish_the_same_bytes() {
    let stage = Running::set().await;
    let mut draft = stage.filled("publish").await;
    draft.repository = "octocat/hello-world".to_owned();
    draft.options.description = "says hello".to_owned();
    draft.options.licenses = "MIT".to_owned();
    draft.options.labels = "z=1\na=2".to_owned();
    let by_form = watched(&stage.app, stage.app.publish().start(&draft).await.unwrap()).await.result.unwrap();
    let options = PushOptions {
        files: vec![stage.sample.clone()],
        from: None,
        reference: "ghcr.io/octocat/hello:1.1".parse().unwrap(),
        tags: Vec::new(),
        plain_http: false,
        wish: Wish {
            source: Some("octocat/hello-world".to_owned()),
            description: Some("says hello".to_owned()),
            licenses: Some("MIT".to_owned()),
            changes: Changes {
                labels: [("z", "1"), ("a", "2")].map(|(key, text)| (key.to_owned(), text.to_owned())).into(),
                ..Changes::default()
            },
            ..Wish::default()
        },
    };
    let (job, _) = stage.app.publish().push(&options).await.unwrap();
    let by_command = watched(&stage.app, job).await.result.unwrap();
    assert_eq!(by_command.digest, by_form.digest);
    draft.options.labels = "z=2\na=2".to_owned();
    draft.versions = vec!["1.2".to_owned()];
    let other = watched(&stage.app, stage.app.publish().start(&draft).await.unwrap()).await.result.unwrap();
    assert_ne!(other.digest, by_form.digest, "the labels are in it");
}

/// The clock goes on only while everybody waits, so that what is counted depends on no machine.
#[tokio::test(start_paused = true)]
async fn a_running_job_is_found_again_told_of_seldom_and_cancelled() {
    let stage = Running::set().await;
    stage.pace(Some(4_000));
    let draft = stage.filled("publish").await;
    let job = stage.app.publish().start(&draft).await.unwrap();
    assert_eq!(
        stage.app.publish().start(&draft).await.unwrap(),
        job,
        "the same publish is not started twice"
    );
    let app = Arc::clone(&stage.app);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(2)).await;
        app.activity().cancel(job).await;
    });
    let (began, mut messages, mut last) = (Instant::now(), 0, None);
    let count = |update| {
        messages += 1;
        last = Some(update);
        true
    };
    stage.app.activity().watch(job, count).await;
    let Some(JobUpdate::Snapshot { job: ended }) = last else { panic!("{last:?}") };
    assert_eq!(ended.progress.state, JobState::Cancelled);
    assert!(ended.failure.is_none(), "cancelling is no failure");
    let most = 12.0 * (began.elapsed().as_secs_f64() + 1.0);
    assert!(f64::from(messages) <= most, "{messages} messages");
    assert!(stage.practice.package("octocat/hello").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_may_not_publish_is_found_before_anything_is_sent() {
    let stage = Running::set().await;
    let draft = stage.filled("read").await;
    let card = stage.app.publish().preflight(&draft).await.unwrap();
    let write = card.checks.iter().find(|check| check.id.as_str() == "write").unwrap();
    assert_eq!((write.state, write.id.params()["code"].as_str()), (CheckState::Problem, "denied.scope"));
    assert!(matches!(card.button, PublishButton::FirstProblem { .. }));
    let job = stage.app.publish().start(&draft).await.unwrap();
    let ended = watched(&stage.app, job).await;
    let failure = ended.failure.unwrap();
    assert_eq!(failure.code, Code::DeniedScope);
    let technical = failure.technical.unwrap();
    assert_eq!(technical.status, Some(403));
    assert_eq!(technical.credential.unwrap().username, "octocat");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_crosses_to_a_shell_holds_the_token() {
    let stage = Running::set().await;
    let draft = stage.filled("publish").await;
    let token = stage.practice.token_for("octocat").unwrap().to_owned();
    let mut seen = serde_json::to_string(&stage.app.start()).unwrap();
    seen += &serde_json::to_string(&stage.app.form().check(&draft).unwrap()).unwrap();
    seen += &serde_json::to_string(&stage.app.publish().preflight(&draft).await.unwrap()).unwrap();
    let job = stage.app.publish().start(&draft).await.unwrap();
    stage
        .app
        .activity()
        .watch(job, |update| {
            seen += &serde_json::to_string(&update).unwrap();
            true
        })
        .await;
    let refused =
        stage.app.accounts().sign_in_from_input(&"ghcr.io".parse().unwrap(), "", &token).unwrap_err();
    seen += &serde_json::to_string(&refused).unwrap();
    assert!(seen.contains("octocat") && !seen.contains(&token));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_practice_registry_needs_nothing_but_a_click() {
    let stage = Running::set().await;
    let practice = stage.app.practice().start(stage.app.start().draft).await.unwrap();
    let registry = practice.registries.iter().find(|registry| registry.practice).unwrap();
    assert_eq!(registry.account.as_ref().unwrap().username, "octocat");
    let draft = &practice.opened.draft;
    assert_eq!(draft.registry, registry.name);
    // It plays ghcr.io; only what can be copied says where it is.
    let at = &registry.name;
    assert_eq!(registry.shown, "ghcr.io");
    let form = stage.app.form().check(draft).unwrap().reference;
    assert_eq!(
        (form.shown.as_str(), form.full),
        ("ghcr.io/octocat/hello:1.0", format!("{at}/octocat/hello:1.0"))
    );
    assert_eq!(form.parts[0].text, "ghcr.io");
    let plan = stage.app.publish().preflight(draft).await.unwrap();
    let passed = plan.checks.iter().filter(|check| check.state == CheckState::Passed);
    let passed: Vec<_> = passed.map(|check| check.id.as_str()).collect();
    let played = ["token.accepted", "owner.user", "package.new", "write", "tag.new", "bytes"];
    assert!(played.iter().all(|id| passed.contains(id)), "{:?}", plan.checks);
    assert!(
        plan.checks.iter().all(|check| check
            .id
            .params()
            .get("registry")
            .is_none_or(|name| name == "ghcr.io"))
    );
    assert!(plan.command.contains(at) && !plan.command.contains("ghcr.io"), "{}", plan.command);
    let elsewhere = Draft { owner: "monalisa".to_owned(), ..draft.clone() };
    let refused = stage.app.publish().preflight(&elsewhere).await.unwrap();
    let write = refused.checks.iter().find(|check| check.id.as_str() == "write").unwrap();
    assert_eq!((write.state, write.id.params()["registry"].as_str()), (CheckState::Problem, "ghcr.io"));
    let job = stage.app.publish().start(draft).await.unwrap();
    let ended = watched(&stage.app, job).await;
    assert_eq!((ended.reference.as_str(), ended.registry.as_str()), ("ghcr.io/octocat/hello:1.0", "ghcr.io"));
    let result = ended.result.unwrap();
    assert!(ended.practice && result.verified);
    assert_eq!(result.repository, format!("{at}/octocat/hello"));
    assert!(result.command.contains(at) && !result.command.contains("ghcr.io"), "{}", result.command);
    // What is asked afterwards goes there, too.
    assert!(stage.app.afterwards().verify_again(job).await.unwrap().result.unwrap().verified);
    assert_eq!(stage.app.afterwards().visibility(job).await.unwrap().state, Visibility::Private);
    assert!(stage.app.afterwards().workflow(job).await.is_err(), "no workflow reaches it");
    // Its account is nobody's.
    assert_eq!(stage.app.accounts().view().await.accounts, []);
}

/// The distribution specification wants clients to say what `Warning` headers say; nobody heard of a registry that was to be
/// switched off.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_registry_warns_of_stands_once_in_the_job_that_met_it() {
    let stage = Running::set().await;
    let text = "This registry is read-only from 1 March.";
    stage.practice.switches().change(|switches| switches.warning = Some(text.to_owned()));
    let draft = stage.filled("publish").await;
    let job = stage.app.publish().start(&draft).await.unwrap();
    let (mut told, mut first) = (Vec::new(), None);
    stage
        .app
        .activity()
        .watch(job, |update| {
            match update {
                JobUpdate::Snapshot { job } => _ = first.get_or_insert(job.warnings.len()),
                JobUpdate::Progress { warnings, .. } => told.extend(warnings),
            }
            true
        })
        .await;
    let ended = watched(&stage.app, job).await;
    assert_eq!((ended.progress.state, ended.warnings), (JobState::Done, vec![text.to_owned()]));
    assert!(first.unwrap() + told.len() <= 1, "{told:?}");
    stage.practice.switches().change(|switches| switches.warning = None);
    let quiet = Draft { versions: vec!["2.0".to_owned()], ..draft };
    let job = stage.app.publish().start(&quiet).await.unwrap();
    assert!(watched(&stage.app, job).await.warnings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_job_sends_nothing_and_goes_on_to_its_end() {
    let stage = Running::set().await;
    stage.practice.switches().change(|switches| switches.pace = Some(4_000));
    let draft = stage.filled("publish").await;
    let job = stage.app.publish().start(&draft).await.unwrap();
    reaches(&stage.app, job, JobState::Sending).await;
    stage.app.activity().pause(job);
    reaches(&stage.app, job, JobState::Paused).await;
    assert!(stage.practice.package("octocat/hello").is_none());
    stage.practice.switches().change(|switches| switches.pace = None);
    stage.app.activity().resume(job).await.unwrap();
    let ended = watched(&stage.app, job).await;
    assert_eq!(ended.progress.state, JobState::Done);
    let package = stage.practice.package("octocat/hello").unwrap();
    assert_eq!(package.tags["1.0"], ended.result.unwrap().digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_is_looked_into_without_anything_being_sent_or_kept() {
    let stage = Running::set().await;
    let opened = stage.app.images().open_path(&stage.sample, Draft::default()).await.unwrap();
    let image = &opened.images[0];
    for (place, layer) in image.layers.iter().enumerate() {
        let content =
            stage.app.images().layer_content(opened.file, &image.selector, place).await.unwrap().unwrap();
        // The sample is a docker-save archive, whose layers are plain tars.
        assert_eq!(content.unpacked, layer.size);
        assert!(content.files > 0, "{layer:?}");
    }
    let beyond = stage.app.images().layer_content(opened.file, &image.selector, image.layers.len()).await;
    assert_eq!(beyond.unwrap(), None);
    let unknown = stage.app.images().layer_content(opened.file, "no such image", 0).await.unwrap_err();
    assert_eq!(unknown.code.as_str(), "image.unknown");
}

/// Only sending shows what a layer unpacks to, where the file itself is not compressed.
#[tokio::test(flavor = "multi_thread")]
async fn a_layer_that_unpacks_to_far_more_than_it_is_goes_up_when_somebody_says_so() {
    let stage = Running::set().await;
    let content = vec![0; 257 << 20];
    let mut oci = Oci::default();
    let layer = oci.blob(OCI_GZIP, &gzip(&content));
    let image = oci.manifest(&config(&[&content]), vec![layer]);
    let path = oci.write(stage.folder().join("zeros.tar"), &[image]);
    let draft = Draft { image_name: "zeros".to_owned(), ..stage.filled("publish").await };
    let draft = stage.app.images().open_path(&path, draft).await.unwrap().draft;
    let refused =
        watched(&stage.app, stage.app.publish().start(&draft).await.unwrap()).await.failure.unwrap();
    assert_eq!((refused.code.as_str(), &refused.help[..]), ("file.unpacks", &[Remedy::Unpack][..]));
    assert!(stage.practice.package("octocat/zeros").is_none_or(|package| package.tags.is_empty()));
    let opened = stage.app.images().unpack_anyway(draft.file.unwrap(), draft.clone()).await.unwrap();
    assert_eq!((&opened.draft.versions, opened.draft.file), (&draft.versions, draft.file));
    let ended = watched(&stage.app, stage.app.publish().start(&draft).await.unwrap()).await;
    assert!(ended.result.is_some_and(|result| result.verified), "{:?}", ended.failure);
}

/// The tag of an OCI archive filled Image name, so that `2.4.0` was published as a package.
#[tokio::test(flavor = "multi_thread")]
async fn the_tag_of_an_oci_archive_is_a_version_and_its_file_says_the_name() {
    let stage = Running::set().await;
    let mut oci = Oci::default();
    let mut image = oci.image("hello");
    image["annotations"] = serde_json::json!({"org.opencontainers.image.ref.name": "2.4.0"});
    let path = oci.write(stage.folder().join("monalisa-2.4.0.oci.tar"), &[image]);
    let draft = stage.app.images().open_path(&path, Draft::default()).await.unwrap().draft;
    assert_eq!((draft.image_name.as_str(), &draft.versions[..]), ("monalisa", &["2.4.0".to_owned()][..]));
}

/// "Publish" was blue and failed.
#[tokio::test(flavor = "multi_thread")]
async fn where_publishing_takes_a_sign_in_the_button_leads_to_it() {
    let stage = Running::set().await;
    let draft = stage.draft(&stage.app).await;
    let card = stage.app.publish().preflight(&draft).await.unwrap();
    assert_eq!(card.button, PublishButton::SignIn);
    stage.sign_in(&stage.app, "publish");
    assert!(matches!(
        stage.app.publish().preflight(&draft).await.unwrap().button,
        PublishButton::PublishBytes { .. }
    ));
}

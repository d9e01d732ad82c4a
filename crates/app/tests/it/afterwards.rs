//! What can be done about something that was published, and what is known for the next time.

use slipway_app::Slipway;
use slipway_app::view::{
    CheckState, Code, Draft, Field, FixKind, JobId, JobState, JobUpdate, Remedy, SuggestionFrom, Visibility,
    WaitingFor,
};

use crate::{Stage, all, end};

/// Publishes the sample with this description, which makes it another image.
async fn publish(app: &Slipway, draft: &Draft, description: &str) -> JobId {
    let mut draft = draft.clone();
    draft.options.description = description.to_owned();
    let job = app.publish().start(&draft).await.unwrap();
    assert_eq!(end(app, job).await, JobState::Done);
    job
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_moved_can_be_moved_back() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    let draft = stage.draft(&app).await;
    publish(&app, &draft, "one").await;
    let before = stage.practice.package("octocat/hello").unwrap().tags["1.0"].clone();
    let second = publish(&app, &draft, "two").await;
    drop(app);

    // A later run knows of it, too.
    let app = stage.signed_in();
    let job = app.afterwards().move_back(second, "1.0").await.unwrap();
    let result = job.result.unwrap();
    assert!(result.versions[0].movable && result.versions[0].moved_back);
    let tags = stage.practice.package("octocat/hello").unwrap().tags;
    assert_eq!(tags["1.0"], before);
    // What does not point to it any more is not asked back.
    assert!(app.afterwards().verify_again(second).await.unwrap().result.unwrap().verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_somebody_else_moved_meanwhile_stays() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    let draft = stage.draft(&app).await;
    publish(&app, &draft, "one").await;
    let second = publish(&app, &draft, "two").await;
    publish(&app, &draft, "three").await;
    let there = stage.practice.package("octocat/hello").unwrap().tags["1.0"].clone();
    for refused in
        [app.afterwards().move_back(second, "1.0").await, app.afterwards().verify_again(second).await]
    {
        let refused = refused.unwrap_err();
        let Code::DigestDisagrees { found, .. } = refused.code else { panic!("{refused:?}") };
        assert_eq!(found.0, there);
    }
    assert_eq!(stage.practice.package("octocat/hello").unwrap().tags["1.0"], there);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_see_a_package_is_told_by_asking_as_nobody() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    let job = publish(&app, &stage.draft(&app).await, "").await;
    assert_eq!(app.afterwards().visibility(job).await.unwrap().state, Visibility::Private);
    stage.practice.set_visibility("octocat/hello", slipway_practice::Visibility::Public).unwrap();
    assert_eq!(app.afterwards().visibility(job).await.unwrap().state, Visibility::Public);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_as_workflow_names_file_and_versions_and_no_token() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    let mut draft = stage.draft(&app).await;
    draft.versions.push("latest".to_owned());
    let job = publish(&app, &draft, "").await;
    let text = app.afterwards().workflow(job).await.unwrap();
    for part in [
        "packages: write",
        "skopeo copy docker-archive:hello.tar docker://ghcr.io/octocat/hello:1.0\n",
        "skopeo copy docker-archive:hello.tar docker://ghcr.io/octocat/hello:latest\n",
        "skopeo login ghcr.io",
        "${{ secrets.GITHUB_TOKEN }}",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let token = stage.practice.token("octocat", "publish").unwrap();
    assert!(!text.contains(token));
    let file = stage.folder().join("publish.yml");
    app.afterwards().save_workflow(job, &file).await.unwrap();
    assert_eq!(std::fs::read_to_string(file).unwrap(), text);
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_are_suggested_what_is_known_of_them() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    let draft = Draft { repository: "octo-org/octo-app".to_owned(), ..stage.draft(&app).await };
    publish(&app, &draft, "").await;
    let values = async |draft: &Draft, field| {
        let suggested = app.form().suggestions(draft, field).await.unwrap();
        suggested.into_iter().map(|one| (one.value, one.from)).collect::<Vec<_>>()
    };
    assert_eq!(values(&draft, Field::Owner).await, [("octocat".to_owned(), SuggestionFrom::Account)]);
    assert_eq!(
        values(&draft, Field::Repository).await,
        [("octo-org/octo-app".to_owned(), SuggestionFrom::History)]
    );
    let legacy =
        Draft { registry: "docker.pkg.github.com".to_owned(), owner: "octo-org".to_owned(), ..draft };
    assert_eq!(values(&legacy, Field::Repository).await, [("octo-app".to_owned(), SuggestionFrom::History)]);
    assert!(values(&legacy, Field::Version).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misspelt_owner_comes_with_the_one_that_was_meant() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    let draft = stage.draft(&app).await;
    publish(&app, &draft, "").await;
    let misspelt = Draft { owner: "octocatt".to_owned(), ..draft };
    let job = app.publish().start(&misspelt).await.unwrap();
    assert_eq!(end(&app, job).await, JobState::Failed);
    let failure = app.activity().history(&all()).await.rows[0].failure.clone().unwrap();
    assert_eq!(failure.code, Code::OwnerNotFound);
    assert_eq!(failure.help, [Remedy::UseOwner { owner: "octocat".to_owned() }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_only_opened_is_offered_again_and_found_where_it_moved() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    stage.draft(&app).await;
    let opened = app.activity().recent().await;
    assert_eq!((opened.len(), opened[0].name.as_str(), opened[0].job), (1, "hello.tar", None));
    assert!(opened[0].size.is_some());

    let (before, now) = (stage.sample.clone(), stage.folder().join("moved.tar"));
    std::fs::rename(before, &now).unwrap();
    let gone = app.activity().recent().await;
    assert_eq!(gone[0].size, None);
    let draft = app.start().draft;
    let refused = app.activity().open_recent(gone[0].file, draft.clone()).await.unwrap_err();
    assert_eq!(refused.code, Code::FileUnreadable);
    // Something that is no image is not taken for it.
    let other = stage.folder().join("hosts.toml");
    app.activity().found_recent(gone[0].file, &other, draft.clone()).await.unwrap_err();
    assert_eq!(app.activity().recent().await[0].name, "hello.tar");
    let found = app.activity().found_recent(gone[0].file, &now, draft).await.unwrap();
    assert_eq!(found.name, "moved.tar");
    assert_eq!(
        app.activity().recent().await.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(),
        ["moved.tar"]
    );
    app.activity().clear_history().await;
    assert!(app.activity().recent().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_asked_whether_it_is_there() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    let checks = app.hosts().check("github.com").await;
    assert_eq!(
        checks.iter().map(|check| check.registry.as_str()).collect::<Vec<_>>(),
        ["ghcr.io", "docker.pkg.github.com"]
    );
    assert!(checks.iter().all(|check| check.reachable && check.failure.is_none()), "{checks:?}");
    assert!(app.hosts().check("ghe.example.com").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_too_slow_for_one_request_is_offered_to_go_in_parts() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    let draft = stage.draft(&app).await;
    let database = rusqlite::Connection::open(stage.home().join("slipway.db")).unwrap();
    let rate = |rate: f64| {
        database.execute("INSERT OR REPLACE INTO rates VALUES ('ghcr.io', ?1)", [rate]).unwrap();
    };
    rate(1e9);
    let quick = app.publish().preflight(&draft).await.unwrap();
    let bytes = quick.checks.iter().find(|check| check.id.as_str() == "bytes").unwrap();
    assert_eq!(bytes.id.params()["seconds"], "1");
    assert!(quick.checks.iter().all(|check| check.id.as_str() != "layer.slow"));

    rate(0.5);
    let slow = app.publish().preflight(&draft).await.unwrap();
    let check = slow.checks.into_iter().find(|check| check.id.as_str() == "layer.slow").unwrap();
    assert_eq!(
        (check.state, check.id.params()["layer"].as_str()),
        (CheckState::Warning, "2"),
        "the one that takes longest"
    );
    assert!(check.id.params()["seconds"].parse::<u64>().unwrap() > 600);
    let fix = check.fix.unwrap();
    assert_eq!((fix.kind, fix.draft.options.way.as_str()), (FixKind::SendInParts, "chunks"));
    let fixed = app.publish().preflight(&fix.draft).await.unwrap();
    assert!(fixed.checks.iter().all(|check| check.id.as_str() != "layer.slow"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_without_a_network_waits_for_it() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    let draft = stage.draft(&app).await;
    let _folder = stage.playground.stop().await;
    let job = app.publish().start(&draft).await.unwrap();
    let mut state = None;
    app.activity()
        .watch(job, |update| match update {
            JobUpdate::Progress { progress, .. } if progress.waiting_for == Some(WaitingFor::Network) => {
                app.activity().cancel_running(job);
                true
            }
            JobUpdate::Progress { .. } => true,
            JobUpdate::Snapshot { job } => {
                state = Some(job.progress.state);
                true
            }
        })
        .await;
    assert_eq!(state, Some(JobState::Cancelled));
}

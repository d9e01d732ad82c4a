//! What the form knows of its destination: versions and images that are there, what moves along, and what differs.

use slipway_app::Slipway;
use slipway_app::view::{ConfigPartName, Draft, Field, JobState, NewAccount, SuggestionFrom, TokenFrom};

use crate::{Running, end};

async fn published(app: &Slipway, draft: &Draft, versions: &[&str]) {
    let draft = Draft { versions: versions.iter().map(ToString::to_string).collect(), ..draft.clone() };
    let job = app.publish().start(&draft).await.unwrap();
    assert_eq!(end(app, job).await, JobState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_and_images_that_are_there_are_listed_once_asked_for() {
    let stage = Running::set().await;
    let account = NewAccount {
        host: "github.com".to_owned(),
        token: TokenFrom::Typed { token: stage.token_called("publish").into() },
        username: String::new(),
        keep: false,
        anyway: false,
    };
    stage.app.accounts().add(account).await.unwrap();
    let draft = stage.draft(&stage.app).await;
    published(&stage.app, &draft, &["1.0.0", "1.1.0", "latest"]).await;
    published(&stage.app, &Draft { image_name: "tools/deep".to_owned(), ..draft.clone() }, &["2.0"]).await;
    stage.practice.forget_requests();
    let draft = Draft { versions: Vec::new(), version_text: "not a version".to_owned(), ..draft };
    for _ in 0..2 {
        assert!(stage.app.form().suggestions(&draft, Field::Version).await.unwrap().is_empty());
        let listed = stage.app.form().listed_suggestions(&draft, Field::Version).await.unwrap();
        assert!(listed.iter().all(|it| it.from == SuggestionFrom::Registry), "{listed:?}");
        let values: Vec<_> = listed.iter().map(|it| it.value.as_str()).collect();
        assert_eq!(values, ["1.1.0", "1.0.0", "latest"]);
        let images = stage.app.form().listed_suggestions(&draft, Field::ImageName).await.unwrap();
        let mut values: Vec<_> = images.iter().map(|it| it.value.as_str()).collect();
        values.sort_unstable();
        assert_eq!(values, ["hello", "tools/deep"]);
    }
    let requests = stage.practice.requests();
    let asked = |end: &str| requests.iter().filter(|request| request.path.ends_with(end)).count();
    assert_eq!((asked("/tags/list"), asked("/packages")), (1, 1), "each is asked once for a while");
    assert!(requests.iter().all(|request| !request.path.contains("/manifests/")), "nothing is downloaded");

    published(&stage.app, &draft_with(&draft, "hello"), &["1.2.0"]).await;
    let listed = stage.app.form().listed_suggestions(&draft, Field::Version).await.unwrap();
    assert_eq!(listed[0].value, "1.2.0", "what was published since is there");
}

fn draft_with(draft: &Draft, image_name: &str) -> Draft {
    Draft { image_name: image_name.to_owned(), version_text: String::new(), ..draft.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moves_along_is_offered_unless_it_names_a_higher_version() {
    let stage = Running::set().await;
    let draft = stage.filled("publish").await;
    published(&stage.app, &draft, &["2.4.1", "2.4", "latest"]).await;
    let companions = async |versions: &[&str], text: &str| {
        let versions = versions.iter().map(ToString::to_string).collect();
        let draft = Draft { versions, version_text: text.to_owned(), ..draft.clone() };
        stage.app.form().companions(&draft).await.unwrap()
    };
    assert_eq!(companions(&["2.4.2"], "").await, ["2.4", "2", "latest"]);
    assert_eq!(companions(&["latest"], "2.5.0").await, ["2.5", "2"], "those that are named already are not");
    assert!(companions(&["2.4.0"], "").await.is_empty());
    let nowhere = Draft { owner: String::new(), ..draft_with(&draft, "hello") };
    let nowhere = Draft { versions: vec!["1.0.0".to_owned()], ..nowhere };
    assert_eq!(stage.app.form().companions(&nowhere).await.unwrap(), ["1.0", "1", "latest"]);
    stage.practice.forget_requests();
    assert!(companions(&["main"], "").await.is_empty());
    assert!(stage.practice.requests().is_empty(), "nobody is asked for what has none");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_version_names_and_what_differs_is_read_when_asked_for() {
    let stage = Running::set().await;
    let mut draft = stage.filled("publish").await;
    published(&stage.app, &draft, &["1.0"]).await;
    draft.options.labels = "team=canary".to_owned();
    let tag = stage.practice.package("octocat/hello").unwrap().tags["1.0"].clone();
    let found = stage.app.publish().differences(&draft, "1.0", None).await.unwrap();
    assert_eq!((found.digest, found.only_there.len(), found.only_here.len()), (tag, 0, 0));
    assert_eq!((found.platforms.len(), found.platform.as_ref()), (1, found.platforms.first()));
    let comparison = found.comparison.unwrap();
    assert_eq!((comparison.only_there.count, comparison.only_here.count), (0, 0), "{comparison:?}");
    assert!(comparison.common.count > 0 && comparison.common.bytes == found.size, "{comparison:?}");
    let [labels] = &comparison.config[..] else { panic!("{comparison:?}") };
    assert_eq!((labels.part, &labels.come[..]), (ConfigPartName::Labels, &["team=canary".to_owned()][..]));
    let gone = stage.app.publish().differences(&draft, "9.9", None).await.unwrap_err();
    assert!(gone.message.contains("9.9"), "{gone:?}");
}

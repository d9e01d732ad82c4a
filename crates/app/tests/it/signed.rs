//! Signatures, SBOMs and attestations in what is promised before anything is fetched.

use std::collections::HashSet;
use std::path::Path;

use slipway_app::Slipway;
use slipway_app::view::{Begun, Draft, Existing, FileFormat, InstallWish, JobState};
use slipway_stage::image::Oci;

use crate::{Stage, end, watched};

const IMAGE: &str = "ghcr.io/octocat/app:1.0";

/// Publishes the image in this file, which goes then: else its blobs were taken from there.
async fn published(app: &Slipway, file: &Path, version: &str) {
    let draft = Draft { owner: "octocat".to_owned(), ..app.start().draft };
    let mut draft = app.images().open_path(file, draft).await.unwrap().draft;
    "app".clone_into(&mut draft.image_name);
    draft.versions = vec![version.to_owned()];
    let job = app.publish().start(&draft).await.unwrap();
    assert_eq!(end(app, job).await, JobState::Done, "{:?}", watched(app, job).await.failure);
    std::fs::remove_file(file).unwrap();
}

/// Publishes an index as [`IMAGE`], with statements, one about a statement, and a tag that cosign would write for `arm64`.
async fn signed(stage: &Stage, app: &Slipway) {
    let mut layout = Oci::default();
    let roots = layout.signed();
    published(app, &layout.write(stage.folder().join("app.tar"), &roots), "1.0").await;
    let root = stage.practice.package("octocat/app").unwrap().tags["1.0"].clone();
    let index = std::fs::read(stage.blob(&root)).unwrap();
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
    let arm = index["manifests"][1]["digest"].as_str().unwrap().replace(':', "-");
    let mut layout = Oci::default();
    let signature = layout.image("a signature");
    let file = layout.write(stage.folder().join("signature.tar"), &[signature]);
    published(app, &file, &format!("{arm}.sig")).await;
    stage.practice.forget_requests();
}

/// Manifests that were read since the last call, each as often as it was.
fn reads(stage: &Stage) -> Vec<String> {
    let requests = stage.practice.requests();
    stage.practice.forget_requests();
    let reads = requests.into_iter().filter(|it| it.method == "GET" && it.path.contains("/manifests/"));
    reads.map(|request| request.path).collect()
}

/// Each that is read counts as a download at GitHub.
#[tokio::test(flavor = "multi_thread")]
async fn signatures_are_read_when_they_are_wanted_and_once() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    signed(&stage, &app).await;
    app.install().facts(IMAGE, Some("linux/amd64"), false, false).await.unwrap();
    let mut all = reads(&stage);
    assert_eq!(all.len(), 2, "the index and the platform that is meant: {all:?}");
    for (platform, count) in [(Some("linux/amd64"), 2), (Some("linux/arm64"), 1), (None, 4)] {
        let told = app.install().signatures(IMAGE, platform, false).await.unwrap();
        assert_eq!((told.count, told.here), (count, 0), "{platform:?}");
        let read = reads(&stage);
        assert!(told.bytes > 0 && !read.is_empty(), "{platform:?}: {told:?}");
        all.extend(read);
        assert_eq!(app.install().signatures(IMAGE, platform, false).await.unwrap(), told);
        assert!(reads(&stage).is_empty(), "{platform:?}: it is known");
    }
    let each: HashSet<&String> = all.iter().collect();
    assert_eq!(each.len(), all.len(), "read twice: {all:?}");
    let none = app.install().signatures(IMAGE, Some("linux/s390x"), false).await.unwrap();
    assert_eq!((none.count, none.bytes), (0, 0));
}

/// The bytes that are promised are those that the job counts.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_promised_with_signatures_is_what_comes() {
    let stage = Stage::set().await;
    let app = stage.signed_in();
    signed(&stage, &app).await;
    let platforms = [Some("linux/amd64"), Some("linux/arm64"), None];
    // Of what came first some is here the next time.
    for (number, platform) in platforms.into_iter().cycle().take(4).enumerate() {
        let facts = app.install().facts(IMAGE, platform, platform.is_none(), false).await.unwrap();
        let size = match platform {
            Some(platform) => facts.platforms.iter().find(|it| it.platform == platform).unwrap().size,
            None => facts.all,
        };
        let (size, beside) = (size.unwrap(), app.install().signatures(IMAGE, platform, false).await.unwrap());
        reads(&stage);
        let place = app.install().chosen_place(&stage.folder().join(format!("{number}.tar"))).id;
        let wish = InstallWish {
            reference: IMAGE.to_owned(),
            platforms: platform.map(str::to_owned).into_iter().collect(),
            all_platforms: platform.is_none(),
            signatures: true,
            format: FileFormat::OciArchive,
            engine: None,
            place,
            existing: Existing::Ask,
            anonymous: false,
        };
        let Begun::Job { job } = app.install().begin(wish).await.unwrap() else { panic!("it begins") };
        let ended = watched(&app, job).await;
        assert_eq!(end(&app, job).await, JobState::Done, "{:?}", ended.failure);
        let result = ended.install.unwrap().result.unwrap();
        assert_eq!(ended.progress.total + result.here, size.bytes + beside.bytes, "{platform:?}");
        assert_eq!(result.here, size.here + beside.here, "{platform:?}: it was told before");
        assert_eq!(result.images[0].beside, beside.count, "{platform:?}");
        assert_eq!(beside.here > 0, number > 1, "{platform:?}");
        let read = reads(&stage);
        let each: HashSet<&String> = read.iter().collect();
        assert_eq!(each.len(), read.len(), "the job alone reads them: {read:?}");
    }
}

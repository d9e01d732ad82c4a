//! Copies between two registries, and within one: every digest stays, and nothing is sent that need not be.

use std::sync::{Arc, Mutex};

use http::StatusCode;
use serde_json::{Value, json};
use slipway_archive::{Archive, OpenOptions};
use slipway_distribution::{Access, ManifestAt};
use slipway_practice::{Mishap, MountAnswer, Place, Trouble};
use slipway_stage::image::Oci;
use slipway_stage::noise;
use slipway_transfer::{
    Control, Copied, CopyBytes, CopyRequest, CopyTag, Ends, Event, Events, Options, Payload, TagState,
    TransferError, copy, survey,
};

use crate::{Stage, plain, quick};

fn tag(name: &str) -> CopyTag {
    let tag: slipway_reference::Tag = name.parse().unwrap();
    CopyTag { source: ManifestAt::Tag(tag.clone()), tag, keep_old_as: None }
}

fn request(from: &str, to: &str, tags: &[&str]) -> CopyRequest {
    CopyRequest {
        from: format!("ghcr.io/{from}").parse().unwrap(),
        to: to.parse().unwrap(),
        tags: tags.iter().map(|name| tag(name)).collect(),
        platforms: Vec::new(),
        referrers: false,
        options: quick(),
    }
}

/// Copies, and the events of it.
async fn copied(request: &CopyRequest, ends: &Ends, stage: &Stage) -> (Copied, Vec<Event>) {
    let told = Arc::<Mutex<Vec<Event>>>::default();
    let hear = Arc::clone(&told);
    let events: Events = Arc::new(move |event| hear.lock().unwrap().push(event));
    let control = Control::new(&events);
    let copied = copy(request, ends, &stage.resources, &events, &control).await.unwrap();
    let told = told.lock().unwrap().clone();
    (copied, told)
}

fn between(one: &Stage, other: &Stage) -> Ends {
    Ends { source: one.registry(), target: other.registry() }
}

fn digest(descriptor: &Value) -> String {
    descriptor["digest"].as_str().unwrap().to_owned()
}

impl Stage {
    /// Publishes the only image of a layout as it is.
    pub(crate) async fn publish_layout(&self, layout: Oci, roots: &[Value], path: &str) {
        let file = layout.write(self.folder().join("image.tar"), roots);
        let archive = Archive::open(&file, &OpenOptions::default()).unwrap();
        self.push_contents(Payload::of(&archive, &archive.images()[0]), path, quick()).await.unwrap();
    }

    /// What cosign writes: a tag that is named after what is signed.
    pub(crate) async fn sign(&self, package: &str, signed: &Value, text: &str) {
        let tag = format!("{}.sig", digest(signed).replace(':', "-"));
        let mut layout = Oci::default();
        let image = layout.image(text);
        let file = layout.write(self.folder().join("signature.tar"), &[image]);
        let archive = Archive::open(&file, &OpenOptions::default()).unwrap();
        self.publish_as(package, Payload::of(&archive, &archive.images()[0]), &tag).await;
    }

    /// Publishes this under a tag of its own.
    async fn publish_as(&self, package: &str, contents: Payload, tag: &str) {
        let mut wanted = Self::request_of(contents, package, Options::default());
        wanted.tags = vec![tag.parse().unwrap()];
        let events: Events = Arc::new(|_| ());
        let (registry, control) = (self.registry(), Control::new(&events));
        slipway_transfer::push(&wanted, &registry, &self.resources, &events, &control).await.unwrap();
    }

    /// What was asked for by `HEAD`, and how often, since the last [`Stage::seen`].
    fn heads(&self) -> Vec<(&'static str, usize)> {
        let requests = self.practice.requests();
        let of = |kind: &str| {
            let path = format!("/{kind}/");
            requests.iter().filter(|request| request.method == "HEAD" && request.path.contains(&path)).count()
        };
        let counts = ["blobs", "manifests"].map(|kind| (kind, of(kind)));
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    fn tags(&self, package: &str) -> Vec<(String, String)> {
        self.practice.package(package).unwrap().tags.into_iter().collect()
    }
}

/// An index with a nested one, a provenance statement, and platforms.
fn nested(layout: &mut Oci) -> Value {
    let mut children = [layout.image("amd"), layout.image("arm")];
    for (child, architecture) in children.iter_mut().zip(["amd64", "arm64"]) {
        child["platform"] = json!({"os": "linux", "architecture": architecture});
    }
    let mut statement = layout.image("provenance");
    statement["platform"] = json!({"os": "unknown", "architecture": "unknown"});
    statement["annotations"] = json!({
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": digest(&children[0]),
    });
    let inner = layout.index(&[children[1].clone(), children[0].clone()]);
    layout.index(&[children[0].clone(), children[1].clone(), statement, inner])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_copied_to_another_registry_byte_for_byte_and_only_once() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    let layers: Vec<_> = (1..4).map(|seed| noise(300_000, seed)).collect();
    one.push(&plain(one.folder(), &layers), "octocat/a", quick()).await.unwrap();
    let before = one.tags("octocat/a");
    let wanted = request("octocat/a", "octocat/b", &["1.0"]);
    let ends = between(&one, &other);

    let control = Control::new(&(Arc::new(|_| ()) as Events));
    let (lines, bytes) = survey(&wanted, &ends, &control).await.unwrap();
    assert_eq!(lines[0].state.as_ref().unwrap().there, TagState::New);
    assert!(bytes.to_send > 900_000 && bytes.to_send == lines[0].to_send, "{bytes:?}");
    assert!(other.practice.package("octocat/b").is_none(), "looking writes nothing");

    other.seen();
    let (done, told) = copied(&wanted, &ends, &other).await;
    assert_eq!(done.tags[0].digest.as_ref().unwrap().to_string(), before[0].1);
    assert_eq!(other.tags("octocat/b"), before);
    assert_eq!(done.sent, bytes.to_send);
    // Each blob was asked for once, and the tag once before it was set and once after.
    assert_eq!(other.heads(), [("blobs", 4), ("manifests", 2)]);
    let Some(Event::Wanted { blobs, here: false }) =
        told.iter().find(|event| matches!(event, Event::Wanted { .. }))
    else {
        panic!("{told:?}")
    };
    assert_eq!(blobs.len(), 4);

    // The same again: a question at each end, and nothing else.
    one.seen();
    other.seen();
    let (again, _) = copied(&wanted, &ends, &other).await;
    assert_eq!((again.sent, &again.tags[0].state.as_ref().unwrap().there), (0, &TagState::Same));
    assert_eq!((one.seen(), other.seen()), ((0, vec!["HEAD".to_owned()]), (0, vec!["HEAD".to_owned()])));
}

#[tokio::test(flavor = "multi_thread")]
async fn within_one_registry_no_byte_of_a_blob_goes_over_the_wire() {
    let stage = Stage::set().await;
    stage.push(&plain(stage.folder(), &[noise(300_000, 1)]), "octocat/a", quick()).await.unwrap();
    let wanted = request("octocat/a", "octocat/b", &["1.0"]);
    let ends = between(&stage, &stage);
    let control = Control::new(&(Arc::new(|_| ()) as Events));
    let (_, bytes) = survey(&wanted, &ends, &control).await.unwrap();
    assert!(bytes.to_send == 0 && bytes.to_link > 300_000, "{bytes:?}");
    stage.practice.forget_requests();
    let (done, told) = copied(&wanted, &ends, &stage).await;
    assert_eq!(stage.tags("octocat/b"), stage.tags("octocat/a"));
    let linked = told.iter().filter(|event| matches!(event, Event::Linked { .. })).count();
    assert_eq!((linked, done.sent), (2, 0), "the configuration, too, small as it is");
    // What is linked is not looked for before; the tag is, at both ends, and once more when it is set.
    assert_eq!(stage.heads(), [("manifests", 3)]);
    let (sent, methods) = stage.seen();
    assert!(sent == 0 && !methods.iter().any(|method| method == "PATCH"), "{methods:?}");
    assert_eq!(
        methods.iter().filter(|method| *method == "GET").count(),
        2,
        "its manifest, twice: {methods:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_keeps_what_it_names_and_what_speaks_of_it() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    let mut layout = Oci::default();
    let index = nested(&mut layout);
    let sbom = layout.about(&index, "application/spdx+json", "three packages");
    let signature = layout.about(&sbom, "application/vnd.example.signature", "signed by octocat");
    one.publish_layout(layout, &[index.clone(), sbom, signature], "octocat/a").await;
    one.sign("octocat/a", &index, "signature").await;

    let wanted = CopyRequest { referrers: true, ..request("octocat/a", "octocat/b", &["1.0"]) };
    let ends = between(&one, &other);
    let (done, _) = copied(&wanted, &ends, &other).await;
    assert!(done.tags.iter().all(|tag| tag.state.is_ok()), "{:?}", done.tags);
    let package = |stage: &Stage, name| stage.practice.package(name).unwrap();
    let (from, to) = (package(&one, "octocat/a"), package(&other, "octocat/b"));
    assert_eq!(to.tags, from.tags, "lists of referrers and signatures among them");
    assert_eq!(to.manifests, from.manifests);

    one.seen();
    other.seen();
    let (again, _) = copied(&wanted, &ends, &other).await;
    let (sent, methods) = other.seen();
    assert!(sent == 0 && methods.iter().all(|method| method == "HEAD"), "{methods:?}");
    assert_eq!(again.sent, 0);

    // Whoever signed at the target, too, has the only copy of that.
    other.sign("octocat/b", &index, "another signature").await;
    let before = other.tags("octocat/b");
    let (done, _) = copied(&wanted, &ends, &other).await;
    let signature = done.tags.iter().find(|tag| tag.is_signature).unwrap();
    assert!(signature.state.as_ref().unwrap().left);
    assert_eq!(other.tags("octocat/b"), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_came_to_what_an_unchanged_index_names_is_copied() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    let mut layout = Oci::default();
    let index = nested(&mut layout);
    one.publish_layout(layout, std::slice::from_ref(&index), "octocat/a").await;
    let wanted = CopyRequest { referrers: true, ..request("octocat/a", "octocat/b", &["1.0"]) };
    let ends = between(&one, &other);
    copied(&wanted, &ends, &other).await;

    let child = one.json(&digest(&index))["manifests"][1].clone();
    one.sign("octocat/a", &child, "signature").await;
    let (done, _) = copied(&wanted, &ends, &other).await;
    assert!(done.tags.iter().all(|tag| tag.state.is_ok()), "{:?}", done.tags);
    assert_eq!(other.tags("octocat/b"), one.tags("octocat/a"));

    // One of an image that is not copied stays, and costs no more than the list of tags.
    one.sign("octocat/a", &json!({"digest": format!("sha256:{}", "5".repeat(64))}), "of another").await;
    copied(&wanted, &ends, &other).await;
    assert_eq!(other.tags("octocat/b").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_statements_that_speaks_of_an_image_comes_along_with_what_it_names() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    let mut layout = Oci::default();
    let index = nested(&mut layout);
    one.publish_layout(layout, std::slice::from_ref(&index), "octocat/a").await;
    let mut statements = Oci::default();
    let children = [statements.image("statement of amd"), statements.image("statement of arm")];
    let both = statements.index(&children);
    let file = statements.write(one.folder().join("statements.tar"), &[both]);
    let archive = Archive::open(&file, &OpenOptions::default()).unwrap();
    one.publish_as("octocat/a", Payload::of(&archive, &archive.images()[0]), "statements").await;
    let put = async |at: ManifestAt, index: Value| {
        let repository = one.registry().repository(&"octocat/a".parse().unwrap(), Access::PullPush);
        let (raw, kind) = (index.to_string(), "application/vnd.oci.image.index.v1+json");
        let found =
            json!({"mediaType": kind, "digest": slipway_stage::digest(raw.as_bytes()), "size": raw.len()});
        repository.put_manifest(&at, kind, raw.into()).await.unwrap();
        found
    };
    let of = |manifests: &[Value]| {
        let kind = "application/vnd.oci.image.index.v1+json";
        json!({"schemaVersion": 2, "mediaType": kind, "manifests": manifests})
    };
    let mut speaks = of(&children);
    speaks["subject"] = index.clone();
    let said = ManifestAt::Digest(slipway_stage::digest(speaks.to_string().as_bytes()).parse().unwrap());
    let speaks = put(said, speaks).await;
    let list = digest(&index).replace(':', "-");
    put(ManifestAt::Tag(list.parse().unwrap()), of(std::slice::from_ref(&speaks))).await;

    let wanted = CopyRequest { referrers: true, ..request("octocat/a", "octocat/b", &["1.0"]) };
    let (done, _) = copied(&wanted, &between(&one, &other), &other).await;
    assert!(done.tags.iter().all(|tag| tag.state.is_ok()), "{:?}", done.tags);
    let to = other.practice.package("octocat/b").unwrap();
    for wanted in [&speaks, &children[0], &children[1]] {
        assert!(to.manifests.contains_key(&digest(wanted)), "{wanted}");
    }
    assert_eq!(other.json(&to.tags[&list])["manifests"][0]["digest"], speaks["digest"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_of_one_platform_is_copied_as_that_one_only() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    one.push(&plain(one.folder(), &[noise(10_000, 1)]), "octocat/a", quick()).await.unwrap();
    let ends = between(&one, &other);
    let of = |platform: &str| CopyRequest {
        platforms: vec![platform.to_owned()],
        ..request("octocat/a", "octocat/b", &["1.0"])
    };
    let (done, _) = copied(&of("linux/arm64"), &ends, &other).await;
    let failed = done.tags[0].state.as_ref().unwrap_err().to_string();
    assert!(failed.contains("linux/arm64") && failed.contains("linux/amd64"), "{failed}");
    let (done, _) = copied(&of("linux/amd64"), &ends, &other).await;
    assert!(done.tags[0].state.is_ok());
    assert_eq!(other.tags("octocat/b"), one.tags("octocat/a"));
}

#[tokio::test(flavor = "multi_thread")]
async fn some_platforms_make_another_index_and_one_goes_by_itself() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    let mut layout = Oci::default();
    let index = nested(&mut layout);
    one.publish_layout(layout, std::slice::from_ref(&index), "octocat/a").await;
    let ends = between(&one, &other);
    let of = |platforms: &[&str], to: &str| CopyRequest {
        platforms: platforms.iter().map(ToString::to_string).collect(),
        ..request("octocat/a", to, &["1.0"])
    };
    let (done, _) = copied(&of(&["linux/amd64", "linux/arm64"], "octocat/both"), &ends, &other).await;
    assert_eq!(done.tags[0].digest.as_ref().unwrap().to_string(), digest(&index), "nothing stays behind");
    copied(&of(&["linux/arm64"], "octocat/arm"), &ends, &other).await;
    let manifest = other.json(&other.tags("octocat/arm")[0].1);
    assert!(manifest["layers"].is_array(), "{manifest}");
    let (done, _) = copied(&of(&["linux/s390x"], "octocat/none"), &ends, &other).await;
    let failed = done.tags[0].state.as_ref().unwrap_err().to_string();
    assert!(failed.contains("linux/s390x") && failed.contains("linux/amd64, linux/arm64"), "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_come_along_whole_where_some_platforms_are_copied() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    let mut layout = Oci::default();
    let index = nested(&mut layout);
    one.publish_layout(layout, std::slice::from_ref(&index), "octocat/a").await;
    let arm = one.json(&digest(&index))["manifests"][1].clone();
    // One is a manifest of another platform, the other an index of none.
    one.sign("octocat/a", &arm, "signature").await;
    let mut layout = Oci::default();
    let children = [layout.image("statement"), layout.image("another statement")];
    let both = layout.index(&children);
    let file = layout.write(one.folder().join("statements.tar"), &[both]);
    let archive = Archive::open(&file, &OpenOptions::default()).unwrap();
    let statements = format!("{}.att", digest(&arm).replace(':', "-"));
    one.publish_as("octocat/a", Payload::of(&archive, &archive.images()[0]), &statements).await;

    let wanted = CopyRequest {
        platforms: vec!["linux/arm64".to_owned()],
        referrers: true,
        ..request("octocat/a", "octocat/b", &["1.0"])
    };
    let (done, _) = copied(&wanted, &between(&one, &other), &other).await;
    assert!(done.tags.iter().all(|tag| tag.state.is_ok()), "{:?}", done.tags);
    let (from, to) = (one.tags("octocat/a"), other.tags("octocat/b"));
    assert_eq!(from.len(), 3, "{from:?}");
    assert_eq!(to[1..], from[1..], "the image alone became another one");
    let kept = other.practice.package("octocat/b").unwrap().manifests;
    assert!(children.iter().all(|child| kept.contains_key(&digest(child))));

    // Whoever signed at the target has the only copy of that.
    other.sign("octocat/b", &arm, "another signature").await;
    let before = other.tags("octocat/b");
    let (done, _) = copied(&wanted, &between(&one, &other), &other).await;
    assert!(done.tags.iter().all(|tag| tag.state.is_ok()), "{:?}", done.tags);
    assert_eq!(other.tags("octocat/b"), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_that_moves_keeps_what_it_named_under_another_name_or_stays() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    one.push(&plain(one.folder(), &[noise(10_000, 1)]), "octocat/a", quick()).await.unwrap();
    other.push(&plain(other.folder(), &[noise(10_000, 2)]), "octocat/b", quick()).await.unwrap();
    let before = other.tags("octocat/b");
    let ends = between(&one, &other);
    let mut wanted = request("octocat/a", "octocat/b", &["1.0"]);

    wanted.options.no_clobber = true;
    let (done, _) = copied(&wanted, &ends, &other).await;
    assert!(done.tags[0].state.as_ref().unwrap().left);
    assert_eq!(other.tags("octocat/b"), before);

    wanted.options.no_clobber = false;
    wanted.tags[0].keep_old_as = Some("1.0-before".parse().unwrap());
    let (done, _) = copied(&wanted, &ends, &other).await;
    assert_eq!(done.tags[0].kept_as, Some("1.0-before".parse().unwrap()));
    let expected = [
        ("1.0".to_owned(), one.tags("octocat/a")[0].1.clone()),
        ("1.0-before".to_owned(), before[0].1.clone()),
    ];
    assert_eq!(other.tags("octocat/b"), expected);

    // Another backup of that name would lose the first one.
    one.push(&plain(one.folder(), &[noise(10_000, 3)]), "octocat/a", quick()).await.unwrap();
    let (done, _) = copied(&wanted, &ends, &other).await;
    assert!(matches!(done.tags[0].state, Err(TransferError::Exists { .. })), "{:?}", done.tags);
    assert_eq!(other.tags("octocat/b"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_that_is_not_there_does_not_stop_the_others() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    one.push(&plain(one.folder(), &[noise(10_000, 1)]), "octocat/a", quick()).await.unwrap();
    let (done, _) =
        copied(&request("octocat/a", "octocat/b", &["0.9", "1.0"]), &between(&one, &other), &other).await;
    let TransferError::Source(error) = done.tags[0].state.as_ref().unwrap_err() else { panic!("{done:?}") };
    assert!(matches!(**error, TransferError::NotFound { .. }), "{error}");
    assert_eq!(other.tags("octocat/b"), one.tags("octocat/a"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_that_is_not_what_it_should_be_sets_no_tag() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    one.push(&plain(one.folder(), &[noise(900_000, 1)]), "octocat/a", quick()).await.unwrap();
    let digest = one.tags("octocat/a")[0].1.clone();
    let layer = one.json(&digest)["layers"][0]["digest"].as_str().unwrap().to_owned();
    let blob = one.blob(&layer);
    let mut bytes = std::fs::read(&blob).unwrap();
    bytes[1000] ^= 1;
    std::fs::write(&blob, bytes).unwrap();
    let (done, _) =
        copied(&request("octocat/a", "octocat/b", &["1.0"]), &between(&one, &other), &other).await;
    assert!(done.tags[0].state.is_err(), "{done:?}");
    assert!(other.practice.package("octocat/b").is_none_or(|package| package.tags.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_somebody_sets_meanwhile_is_not_moved_by_a_push_that_must_not() {
    let stage = Stage::set().await;
    stage.push(&plain(stage.folder(), &[noise(10_000, 1)]), "octocat/a", quick()).await.unwrap();
    let before = stage.tags("octocat/a");
    let options = Options { no_clobber: true, ..quick() };
    // Its digest is only known when the layer is compressed: the last look before the tag is what finds it.
    let refused = stage.push(&plain(stage.folder(), &[noise(10_000, 2)]), "octocat/a", options.clone()).await;
    assert!(matches!(refused, Err(TransferError::Exists { .. })), "{refused:?}");
    assert_eq!(stage.tags("octocat/a"), before);
    stage.push(&plain(stage.folder(), &[noise(10_000, 1)]), "octocat/a", options).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_count_once_however_many_tags_share_them() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    one.push(&plain(one.folder(), &[noise(200_000, 1)]), "octocat/a", quick()).await.unwrap();
    let mut latest = request("octocat/a", "octocat/b", &["1.0"]);
    latest.tags.push(CopyTag { tag: "latest".parse().unwrap(), ..tag("1.0") });
    let ends = between(&one, &other);
    let control = Control::new(&(Arc::new(|_| ()) as Events));
    let (lines, bytes) = survey(&latest, &ends, &control).await.unwrap();
    assert_eq!(bytes, CopyBytes { to_send: lines[1].to_send, ..CopyBytes::default() });
    let (done, _) = copied(&latest, &ends, &other).await;
    assert_eq!((done.sent, done.reused), (bytes.to_send, 0), "nothing was there before");
    assert_eq!(other.tags("octocat/b").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_name_for_what_a_repository_has_moves_and_asks_for_no_blob() {
    let stage = Stage::set().await;
    stage.push(&plain(stage.folder(), &[noise(300_000, 1)]), "octocat/a", quick()).await.unwrap();
    let mut wanted = request("octocat/a", "octocat/a", &["1.0"]);
    wanted.tags[0].tag = "latest".parse().unwrap();
    stage.seen();
    let (done, told) = copied(&wanted, &between(&stage, &stage), &stage).await;
    assert!(done.tags[0].state.is_ok() && done.sent == 0 && done.reused > 300_000, "{done:?}");
    assert_eq!(told.iter().filter(|event| matches!(event, Event::There { .. })).count(), 2);
    assert_eq!(stage.tags("octocat/a").len(), 2);
    let (_, methods) = stage.seen();
    assert_eq!(methods.iter().filter(|method| *method == "POST").count(), 0, "{methods:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_linked_is_looked_for_once_and_not_sent_again() {
    let stage = Stage::set().await;
    stage.push(&plain(stage.folder(), &[noise(300_000, 1)]), "octocat/a", quick()).await.unwrap();
    stage.push(&plain(stage.folder(), &[noise(300_000, 1)]), "octocat/b", quick()).await.unwrap();
    let mut wanted = request("octocat/a", "octocat/b", &["1.0"]);
    wanted.tags[0].tag = "2.0".parse().unwrap();
    stage.practice.switches().change(|switches| switches.mount = MountAnswer::Session);
    stage.seen();
    let (done, _) = copied(&wanted, &between(&stage, &stage), &stage).await;
    assert!(done.tags[0].state.is_ok() && done.sent == 0 && done.reused > 300_000, "{done:?}");
    assert_eq!(stage.heads(), [("blobs", 2), ("manifests", 3)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_on_its_way_when_a_tag_failed_is_asked_for_again() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    one.push(&plain(one.folder(), &[noise(300_000, 1)]), "octocat/a", quick()).await.unwrap();
    let mut wanted = request("octocat/a", "octocat/b", &["1.0"]);
    wanted.tags.push(CopyTag { tag: "latest".parse().unwrap(), ..tag("1.0") });
    other.practice.plan(Trouble::at(Place::Body, Mishap::EarlyAnswer(StatusCode::FORBIDDEN)));
    let (done, _) = copied(&wanted, &between(&one, &other), &other).await;
    assert!(done.tags[0].state.is_err() && done.tags[1].state.is_ok(), "{done:?}");
    let asked = other.heads().iter().find(|(kind, _)| *kind == "blobs").map(|(_, count)| *count);
    assert!(asked > Some(2), "once each before, and what the first tag had begun once more: {asked:?}");
}

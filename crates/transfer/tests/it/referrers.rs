//! Signatures and SBOMs of an image go up with it, and whoever looks at the image finds them.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use slipway_archive::{Archive, OpenOptions};
use slipway_image::Changes;
use slipway_stage::image::{OCI_INDEX, Oci};
use slipway_transfer::{Check, Compression, Options, Parts, Payload};

use crate::Stage;

fn digest(descriptor: &Value) -> String {
    descriptor["digest"].as_str().unwrap().to_owned()
}

/// The tag of the list that says who speaks of `subject`.
fn list_tag(subject: &Value) -> String {
    digest(subject).replace(':', "-")
}

fn opened(file: &Path) -> Payload {
    let archive = Archive::open(file, &OpenOptions::default()).unwrap();
    assert_eq!(archive.images().len(), 1, "what speaks of an image is no image");
    Payload::of(&archive, &archive.images()[0])
}

/// An image, its SBOM, and a signature of the SBOM; the signature stands before what it signs.
fn signed(path: PathBuf) -> (PathBuf, Value, Value, Value) {
    let mut layout = Oci::default();
    let image = layout.image("x");
    let sbom = layout.about(&image, "application/spdx+json", "three packages");
    let signature = layout.about(&sbom, "application/vnd.example.signature", "signed by octocat");
    let file = layout.write(path, &[signature.clone(), image.clone(), sbom.clone()]);
    (file, image, sbom, signature)
}

impl Stage {
    /// Digests in the list of those that speak of `subject`.
    fn list(&self, package: &str, subject: &Value) -> Vec<String> {
        let package = self.practice.package(package).unwrap();
        let Some(list) = package.tags.get(&list_tag(subject)) else { return Vec::new() };
        let list = self.json(list);
        assert_eq!(list["mediaType"], OCI_INDEX);
        list["manifests"].as_array().unwrap().iter().map(digest).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_speaks_of_an_image_goes_up_with_it_and_is_listed() {
    let stage = Stage::set().await;
    let (file, image, sbom, signature) = signed(stage.folder().join("signed.tar"));
    let published = stage.push_contents(opened(&file), "octocat/app", Options::default()).await.unwrap();
    assert_eq!(published.digest.to_string(), digest(&image));
    assert_eq!((published.layers, &published.platforms[..]), (1, &["linux/amd64".to_owned()][..]));
    assert_eq!(stage.list("octocat/app", &image), [digest(&sbom)]);
    assert_eq!(stage.list("octocat/app", &sbom), [digest(&signature)]);
    let list = &stage.practice.package("octocat/app").unwrap().tags[&list_tag(&image)];
    let entry = stage.json(list)["manifests"][0].clone();
    assert_eq!(entry["artifactType"], "application/spdx+json");
    assert_eq!(entry["annotations"], json!({"said": "three packages"}));

    // Another statement about the same image comes later, in a file that lists it the way registries do.
    let mut layout = Oci::default();
    let again = layout.image("x");
    let second = layout.about(&again, "application/vnd.example.scan", "no findings");
    let mut list = layout.index(std::slice::from_ref(&second));
    list["annotations"] = json!({"org.opencontainers.image.ref.name": list_tag(&again)});
    let file = layout.write(stage.folder().join("scanned.tar"), &[again, list]);
    stage.push_contents(opened(&file), "octocat/app", Options::default()).await.unwrap();
    assert_eq!(
        stage.list("octocat/app", &image),
        [digest(&sbom), digest(&second)],
        "nothing of the list is lost"
    );

    stage.push_contents(opened(&file), "octocat/app", Options::default()).await.unwrap();
    assert_eq!(stage.list("octocat/app", &image).len(), 2, "nothing is listed twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_keeps_lists_itself_gets_none() {
    let stage = Stage::set().await;
    stage.practice.switches().change(|switches| switches.acknowledges_subjects = true);
    let (file, image, sbom, _) = signed(stage.folder().join("signed.tar"));
    stage.push_contents(opened(&file), "octocat/app", Options::default()).await.unwrap();
    let package = stage.practice.package("octocat/app").unwrap();
    assert!(package.manifests.contains_key(&digest(&sbom)));
    assert!(!package.tags.contains_key(&list_tag(&image)), "{:?}", package.tags);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_image_leaves_behind_what_was_said_of_the_other() {
    let stage = Stage::set().await;
    let (file, _, sbom, _) = signed(stage.folder().join("signed.tar"));
    let changes = Changes { labels: vec![("a".to_owned(), "b".to_owned())], ..Changes::default() };
    let changed = opened(&file).change(&changes).unwrap();
    let profile = stage.registry().endpoint().profile;
    let parts = Parts::of(&changed, None, profile, Compression::default());
    assert_eq!(parts.checks, [Check::ReferrersLeft { count: 2 }]);
    stage.push_contents(changed, "octocat/app", Options::default()).await.unwrap();
    let package = stage.practice.package("octocat/app").unwrap();
    assert!(!package.manifests.contains_key(&digest(&sbom)));

    let dropped = Changes { drop_attestations: true, ..Changes::default() };
    let parts = Parts::of(&opened(&file).change(&dropped).unwrap(), None, profile, Compression::default());
    assert_eq!(parts.checks, [], "by choice is no surprise");
}

#[test]
fn a_statement_about_something_else_is_an_image_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let image = Oci::default().image("x");
    let mut layout = Oci::default();
    let alone = layout.about(&image, "application/spdx+json", "three packages");
    let file = layout.write(folder.path().join("alone.tar"), std::slice::from_ref(&alone));
    let contents = opened(&file);
    let slipway_image::Node::Manifest(manifest) = &contents.image().root else { panic!("no manifest") };
    assert_eq!(manifest.stored.as_ref().unwrap().digest.to_string(), digest(&alone));
}

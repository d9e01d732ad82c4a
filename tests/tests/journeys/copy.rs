//! `slipway copy` between real registries: others read what was copied, with the digests of before. And a copy as the
//! window makes it.

use serde_json::{Value, json};
use slipway_tests::command::Slipway;
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::registry::{Registry, skopeo_digest, skopeo_pull};
use slipway_tests::shapes;
use slipway_tests::steps;
use slipway_tests::window::Window;

/// States of the tags that an object tells of.
fn states(object: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let tags = object["tags"].as_array().unwrap();
    tags.iter().map(|tag| (text(&tag["tag"]), text(&tag["state"]))).collect()
}

#[test]
fn a_repository_is_copied_with_every_digest_and_a_saved_plan_sends_nothing_again() {
    let (one, other) = (Registry::start(), Registry::start());
    let folder = tempfile::tempdir().unwrap();
    let slipway = Slipway::default();
    let shapes =
        [shapes::kaniko(folder.path()), shapes::oci_zstd(folder.path()), shapes::oci_gzip(folder.path())];
    let tags = ["v1.2.3", "2.0", "2.1"];
    let mut digests = Vec::new();
    for (shape, tag) in shapes.iter().zip(tags) {
        let reference = format!("{}/octocat/app:{tag}", one.host());
        let pushed = slipway.run(["push", &shape.path.to_string_lossy(), &reference, "--json"]);
        digests.push(pushed.digest());
    }
    let (from, to) = (format!("{}/octocat/app", one.host()), format!("{}/team/app", other.host()));
    let plan = folder.path().join("plan.json").to_string_lossy().into_owned();

    let looked = slipway.run(["copy", &from, &to, "--all-tags", "--dry-run", "--json", "--save-plan", &plan]);
    assert_eq!(looked.code, 0, "{}{}", looked.output, looked.error);
    let expected: Vec<_> = ["2.1", "2.0", "v1.2.3"].map(|tag| (tag.to_owned(), "new".to_owned())).into();
    assert_eq!(states(&looked.last()), expected);
    assert!(looked.last()["toSend"].as_u64().unwrap() > 0);

    let copied = slipway.run(["copy", "--plan", &plan, "--json"]);
    assert_eq!(copied.code, 0, "{}{}", copied.output, copied.error);
    assert_eq!(copied.last()["sent"], looked.last()["toSend"]);
    for (tag, digest) in tags.iter().zip(&digests) {
        let reference = format!("{to}:{tag}");
        assert_eq!(skopeo_digest(&reference, None), *digest);
        skopeo_pull(&reference, tempfile::tempdir().unwrap().path());
    }

    let again = slipway.run(["copy", "--plan", &plan, "--json"]);
    assert_eq!((again.code, &again.last()["sent"]), (0, &json!(0)));
    assert!(states(&again.last()).iter().all(|(_, state)| state == "same"), "{}", again.output);

    // Some of them, under another name of the same registry: nothing is sent.
    let within = format!("{}/team/other", other.host());
    let some = slipway.run(["copy", &to, &within, "--range", ">=2 <3", "--json"]);
    assert_eq!((some.code, &some.last()["sent"]), (0, &json!(0)), "{}", some.error);
    assert_eq!(states(&some.last()).len(), 2);
    assert_eq!(skopeo_digest(&format!("{within}:2.1"), None), digests[2]);
}

#[test]
fn what_cannot_be_copied_is_told_and_the_rest_is_there() {
    let registry = Registry::start();
    let folder = tempfile::tempdir().unwrap();
    let slipway = Slipway::default();
    let from = format!("{}/octocat/app", registry.host());
    let image = shapes::oci_gzip(folder.path()).path.to_string_lossy().into_owned();
    let other = shapes::oci_zstd(folder.path()).path.to_string_lossy().into_owned();
    let to = format!("{}/team/app", registry.host());
    assert_eq!(slipway.run(["push", &image, &format!("{from}:1.0")]).code, 0);
    let there = slipway.run(["push", &other, &format!("{to}:1.0"), "--json"]).digest();

    let partly =
        slipway.run(["copy", &from, &to, "--tag", "0.9", "--tag", "1.0", "--keep-old-as", "{tag}-old"]);
    assert_eq!(partly.code, 1, "{}{}", partly.output, partly.error);
    assert!(
        partly.output.contains("copied  1.0") && partly.output.contains("failed  0.9"),
        "{}",
        partly.output
    );
    assert!(
        partly.output.contains(&format!("(from {there})")) && partly.output.contains("(kept as 1.0-old)")
    );
    assert_eq!(skopeo_digest(&format!("{to}:1.0-old"), None), there);

    let back = format!("{to}:1.0");
    let refused = slipway.run(["push", &other, &back, "--no-clobber"]);
    assert_eq!(refused.code, 3, "{}{}", refused.output, refused.error);
    assert!(refused.error.contains("1.0 names another image already"), "{}", refused.error);
    let left = slipway.run(["copy", &format!("{to}:1.0-old"), &back, "--no-clobber", "--json"]);
    assert_eq!((left.code, states(&left.last())), (0, vec![("1.0".to_owned(), "left".to_owned())]));
    for wrong in [
        vec!["copy", &from, &back, "--all-tags"],
        vec!["copy", &from, &to, "--range", "newest"],
        vec!["copy", &from],
        vec!["copy", "--plan", &image],
    ] {
        assert_eq!(slipway.run(&wrong).code, 2, "{wrong:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_copied_to_another_name_from_the_window() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup()).await;
    steps::publish_sample(&window, &playground).await;
    let digest = playground.practice.package("octocat/hello").expect("it is there").tags["1.0"].clone();

    window.press("button", "Copy to…").await;
    window.find("dialog", "Copy octocat/hello").await;
    window.find("combobox", "Copy to").await;
    // Of many keys one may get lost on the driver's way.
    let script = "document.getElementById('copy-to').focus();
        document.execCommand('insertText', false, arguments[0])";
    window.script(script, &[json!("ghcr.io/octocat/hello-again")]).await;
    window.see("New there").await;
    window.find("button", "Copy 1 version").await;
    window.press_last("button", "Copy 1 version").await;

    window.find("heading", "Copied and verified").await;
    let copied = playground.practice.package("octocat/hello-again").expect("it is there, too");
    assert_eq!(copied.tags["1.0"], digest);
    window.press("link", "Activity").await;
    window.see("Copy, ").await;
    window.close().await;
}

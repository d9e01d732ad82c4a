//! Whole pushes and pulls against the practice registry, in good weather and bad.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use slipway_archive::{Archive, ArchiveError, OpenOptions, Target};
use slipway_distribution::{Registry, Retries};
use slipway_hosts::Meaning;
use slipway_stage::noise;
use slipway_transfer::{
    Control, Event, Events, Parts, Phase, PullRequest, Request, TransferError, pull, push,
};

use crate::{Stage, plain, resources, wanted};

impl Stage {
    /// The client of `host` for octocat's token of this label.
    fn client(&self, host: &str, label: &str) -> Registry {
        self.registry_at(host, label, Retries::default())
    }

    /// To publish the sample image.
    fn sample(&self, path: &str, tags: &[&str]) -> Request {
        let request = Self::request(&self.sample, path, slipway_transfer::Options::default());
        Request { tags: tags.iter().map(|tag| tag.parse().unwrap()).collect(), ..request }
    }
}

fn quiet() -> Events {
    Arc::new(|_| {})
}

#[tokio::test(flavor = "multi_thread")]
async fn every_version_points_to_the_digest_that_was_verified() {
    let stage = Stage::set().await;
    let phases = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&phases);
    let events: Events = Arc::new(move |event| {
        if let Event::Phase(phase) = event {
            seen.lock().unwrap().push(phase);
        }
    });
    let request = stage.sample("octocat/hello", &["1.0", "latest"]);
    let registry = stage.client("ghcr.io", "publish");
    let published = push(&request, &registry, &resources(), &events, &Control::new(&quiet())).await.unwrap();
    assert_eq!(published.not_verified, None);
    let package = stage.practice.package("octocat/hello").unwrap();
    for tag in ["1.0", "latest"] {
        assert_eq!(package.tags[tag], published.digest.to_string());
    }
    let order = [Phase::Checking, Phase::Sending, Phase::Committing, Phase::Verifying];
    assert_eq!(*phases.lock().unwrap(), order);
    let again = push(&request, &registry, &resources(), &quiet(), &Control::new(&quiet())).await.unwrap();
    assert_eq!(again.digest, published.digest, "the same file gives the same image");
    assert_eq!(again.tags[0].before.as_ref(), Some(&published.digest));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_older_registry_gets_the_same_bytes() {
    let stage = Stage::set().await;
    let registry = stage.client("docker.pkg.github.com", "publish");
    let request = stage.sample("octocat/octo-app/hello", &["1.0"]);
    let profile = registry.endpoint().profile;
    let parts = Parts::of(&request.contents, None, profile, request.options.compression);
    let request = Request { parts, ..request };
    let published = push(&request, &registry, &resources(), &quiet(), &Control::new(&quiet())).await.unwrap();
    let package = stage.practice.docker_package("octocat/octo-app/hello").unwrap();
    assert_eq!(package.tags["1.0"], published.digest.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_layer_is_named_and_leaves_no_version() {
    let stage = Stage::set().await;
    let mut bytes = std::fs::read(&stage.sample).unwrap();
    // In the middle of the largest layer's content.
    let request = stage.sample("octocat/hello", &["1.0"]);
    let largest = request.parts.blobs.iter().max_by_key(|blob| blob.size).unwrap();
    let mut content = Vec::new();
    std::io::Read::read_to_end(&mut largest.source.reader().unwrap(), &mut content).unwrap();
    let at = bytes.windows(content.len()).position(|window| window == content).unwrap();
    bytes[at + content.len() / 2] ^= 1;
    std::fs::write(&stage.sample, bytes).unwrap();

    let request = stage.sample("octocat/hello", &["1.0"]);
    let registry = stage.client("ghcr.io", "publish");
    let error = push(&request, &registry, &resources(), &quiet(), &Control::new(&quiet())).await.unwrap_err();
    assert!(
        matches!(&error, TransferError::DamagedLayer { layer, .. } if *layer == largest.number),
        "{error}"
    );
    assert!(stage.practice.package("octocat/hello").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changed_since_it_was_opened_is_not_published() {
    let stage = Stage::set().await;
    let request = stage.sample("octocat/hello", &["1.0"]);
    let mut bytes = std::fs::read(&stage.sample).unwrap();
    bytes.extend([0; 512]);
    std::fs::write(&stage.sample, bytes).unwrap();
    let registry = stage.client("ghcr.io", "publish");
    let error = push(&request, &registry, &resources(), &quiet(), &Control::new(&quiet())).await.unwrap_err();
    assert!(matches!(error, TransferError::Archive(ArchiveError::Changed)), "{error}");
    assert!(stage.practice.requests().is_empty(), "nothing was asked of the registry");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_end_in_the_middle_and_lost_commit_answers_do_not_fail_a_push() {
    let stage = Arc::new(Stage::set().await);
    stage.practice.switches().change(|switches| {
        switches.lose_commit_answers = 1;
        switches.lost_commits_keep_blob = true;
    });
    // Every token ends before the next request of its blob: when it begins, with its first bytes, and when it is there.
    // Layers go up one at a time, the configuration beside the first: a token that ended twice on the way of one request
    // would be refused, and rightly.
    let (registry_of, config_is_there) = (Arc::clone(&stage), AtomicBool::new(false));
    let begun = Mutex::new(BTreeSet::new());
    let events: Events = Arc::new(move |event| {
        let ends = match event {
            Event::Started { .. } => true,
            Event::Sent { blob, .. } => begun.lock().unwrap().insert(blob),
            Event::Committed { .. } => config_is_there.swap(true, Ordering::Relaxed),
            _ => false,
        };
        if ends && config_is_there.load(Ordering::Relaxed) {
            registry_of.practice.expire_bearers();
        }
    });
    let file = plain(stage.folder(), &[noise(3 << 20, 1), noise(3 << 20, 2), noise(3 << 20, 3)]);
    let options = slipway_transfer::Options { parallel: Some(1), ..slipway_transfer::Options::default() };
    let request = Stage::request(&file, "octocat/hello", options);
    let registry = stage.client("ghcr.io", "publish");
    let published = push(&request, &registry, &resources(), &events, &Control::new(&quiet())).await.unwrap();
    let package = stage.practice.package("octocat/hello").unwrap();
    assert_eq!(package.tags["1.0"], published.digest.to_string());
    let bought = stage.practice.requests().iter().filter(|request| request.path == "/token").count();
    assert!(bought > published.layers as usize, "{bought} tokens");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_may_only_read_is_refused_with_its_reason() {
    let stage = Stage::set().await;
    let request = stage.sample("octocat/hello", &["1.0"]);
    let registry = stage.client("ghcr.io", "read");
    let error = push(&request, &registry, &resources(), &quiet(), &Control::new(&quiet())).await.unwrap_err();
    let TransferError::Registry { source, .. } = error else { panic!("{error}") };
    assert_eq!(source.meaning(), Meaning::DeniedScope);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_push_ends_as_cancelled_and_leaves_no_version() {
    let stage = Stage::set().await;
    let cancel = Control::new(&quiet());
    let pressed = cancel.clone();
    // Pressed when the first blob starts.
    let events: Events = Arc::new(move |event| {
        if let Event::Started { .. } = event {
            pressed.cancel();
        }
    });
    let request = stage.sample("octocat/hello", &["1.0"]);
    let registry = stage.client("ghcr.io", "publish");
    let error = push(&request, &registry, &resources(), &events, &cancel).await.unwrap_err();
    assert!(matches!(error, TransferError::Cancelled), "{error}");
    assert!(stage.practice.package("octocat/hello").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_pushed_is_pulled_with_its_digest_in_both_forms() {
    let stage = Stage::set().await;
    let registry = stage.client("ghcr.io", "publish");
    let request = stage.sample("octocat/hello", &["1.0"]);
    let published = push(&request, &registry, &resources(), &quiet(), &Control::new(&quiet())).await.unwrap();
    for (name, format) in [("a.tar", Target::DockerArchive), ("b.tar", Target::OciArchive)] {
        let output = stage.folder().join(name);
        let request = PullRequest {
            images: vec![wanted("ghcr.io/octocat/hello:1.0", &registry)],
            default_platform: "linux/amd64".to_owned(),
            format,
            output: output.clone(),
            unfinished: Vec::new(),
            here: None,
            no_zstd: None,
        };
        let pulled = pull(&request, &quiet(), &Control::new(&quiet())).await.unwrap();
        assert_eq!(pulled.images[0].digest, published.digest);
        let archive = Archive::open(&output, &OpenOptions::default()).unwrap();
        assert_eq!(archive.images()[0].names, ["ghcr.io/octocat/hello:1.0"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_that_fails_or_is_cancelled_leaves_no_file() {
    let stage = Stage::set().await;
    let registry = stage.client("ghcr.io", "publish");
    let request = stage.sample("octocat/hello", &["1.0"]);
    push(&request, &registry, &resources(), &quiet(), &Control::new(&quiet())).await.unwrap();
    let folder = stage.folder().join("out");
    std::fs::create_dir(&folder).unwrap();
    let request = PullRequest {
        images: vec![wanted("ghcr.io/octocat/hello:1.0", &registry)],
        default_platform: "linux/amd64".to_owned(),
        format: Target::DockerArchive,
        output: folder.join("hello.tar"),
        unfinished: Vec::new(),
        here: None,
        no_zstd: None,
    };
    let control = Control::new(&quiet());
    let pressed = control.clone();
    let events: Events = Arc::new(move |event| {
        if let Event::Fetching { .. } = event {
            pressed.cancel();
        }
    });
    let error = pull(&request, &events, &control).await.unwrap_err();
    assert!(matches!(error, TransferError::Cancelled), "{error}");
    let missing = PullRequest { images: vec![wanted("ghcr.io/octocat/none:1.0", &registry)], ..request };
    assert!(pull(&missing, &quiet(), &Control::new(&quiet())).await.is_err());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

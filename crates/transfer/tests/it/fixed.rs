//! Versions that must not move: nothing is sent where it is known before, and what somebody sets meanwhile stays.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use slipway_archive::{Archive, OpenOptions};
use slipway_distribution::ManifestAt;
use slipway_reference::{Guard, Tag};
use slipway_stage::{digest, noise};
use slipway_transfer::{
    Control, Copied, CopyRequest, CopyTag, Ends, Event, Events, Options, Payload, Phase, Published,
    TransferError, copy, push,
};

use crate::{Stage, archive, quick};

fn guarded() -> Options {
    let guard = Guard { place: "ghcr.io/octocat".parse().unwrap(), fixed: "versions".parse().unwrap() };
    Options { guard: Some(guard), ..quick() }
}

fn no_clobber() -> Options {
    Options { no_clobber: true, ..quick() }
}

fn version(name: &str) -> Tag {
    name.parse().unwrap()
}

impl Stage {
    /// An image of its own for each seed.
    fn image(&self, seed: u64) -> PathBuf {
        let layer = noise(10_000, seed);
        let id = digest(&layer);
        archive(self.folder(), &format!("{seed}.tar"), &[layer], &[id])
    }

    async fn push_seed(
        &self,
        seed: u64,
        tags: &[&str],
        options: Options,
        events: &Events,
    ) -> Result<Published, TransferError> {
        let file = self.image(seed);
        let archive = Archive::open(&file, &OpenOptions::default()).unwrap();
        let contents = Payload::of(&archive, &archive.images()[0]);
        let mut request = Self::request_of(contents, "octocat/a", options);
        request.tags = tags.iter().map(|name| version(name)).collect();
        push(&request, &self.registry(), &self.resources, events, &Control::new(events)).await
    }

    async fn pushed(&self, seed: u64, tags: &[&str], options: Options) -> Result<Published, TransferError> {
        self.push_seed(seed, tags, options, &(Arc::new(|_| ()) as Events)).await
    }

    fn digest_of(&self, tag: &str) -> Option<String> {
        self.practice.package("octocat/a")?.tags.get(tag).cloned()
    }
}

/// Somebody else sets `tag` once, as soon as `now` says so.
fn meanwhile(stage: &Arc<Stage>, tag: &'static str, now: fn(&Event) -> bool) -> Events {
    let (stage, once) = (Arc::clone(stage), Mutex::new(true));
    Arc::new(move |event| {
        if now(&event) && std::mem::take(&mut *once.lock().unwrap()) {
            let tags = [tag];
            let theirs = stage.pushed(99, &tags, quick());
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(theirs)).unwrap();
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_never_moves_is_refused_before_anything_is_sent() {
    let stage = Stage::set().await;
    stage.pushed(1, &["1.0.0", "latest"], guarded()).await.unwrap();
    let before = stage.digest_of("1.0.0");
    stage.seen();
    // What its layer becomes is not known yet, but the registry lacks its configuration.
    for (tags, options) in [(["latest", "1.0.0"], guarded()), (["1.0.0", "2.0.0"], no_clobber())] {
        let ruled = options.guard.clone();
        let refused = stage.pushed(2, &tags, options).await;
        let Err(TransferError::Exists { tag, found, guard }) = refused else { panic!("{refused:?}") };
        assert_eq!((tag, Some(found.to_string())), (version("1.0.0"), before.clone()));
        assert_eq!(guard.map(|guard| *guard), ruled, "whose rule it is");
        let (sent, methods) = stage.seen();
        assert!(
            sent == 0 && !methods.iter().any(|method| method != "HEAD" && method != "GET"),
            "{methods:?}"
        );
    }
    assert_eq!((stage.digest_of("1.0.0"), stage.digest_of("latest")), (before.clone(), before));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_image_and_what_the_rule_leaves_out_go_through() {
    let stage = Stage::set().await;
    stage.pushed(1, &["1.0.0", "latest"], guarded()).await.unwrap();
    let before = stage.digest_of("1.0.0");
    // Another computer, which does not know yet what the layer becomes.
    let other = Stage { resources: crate::resources(), ..stage };
    let again = other.pushed(1, &["1.0.0"], guarded()).await.unwrap();
    assert_eq!(Some(again.digest.to_string()), before);
    let moved = other.pushed(2, &["latest"], guarded()).await.unwrap();
    assert_eq!(other.digest_of("latest"), Some(moved.digest.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_somebody_sets_meanwhile_stays_and_none_beside_it_is_set() {
    for options in [guarded(), no_clobber()] {
        for phase in [
            |event: &Event| *event == Event::Phase(Phase::Sending),
            |event: &Event| *event == Event::Phase(Phase::Committing),
        ] {
            let stage = Arc::new(Stage::set().await);
            let events = meanwhile(&stage, "1.0.0", phase);
            let refused = stage.push_seed(1, &["latest", "1.0.0"], options.clone(), &events).await;
            assert!(matches!(&refused, Err(TransferError::Exists { .. })), "{refused:?}");
            let theirs = stage.pushed(99, &["theirs"], quick()).await.unwrap().digest.to_string();
            assert_eq!(stage.digest_of("1.0.0"), Some(theirs));
            assert_eq!(stage.digest_of("latest"), None, "a version without the other");
        }
    }
}

async fn copied(options: Options, events: &Events, (from, to): (&Stage, &Stage)) -> Copied {
    let tags = ["1.0.0", "latest"].map(|name| CopyTag {
        source: ManifestAt::Tag(version(name)),
        tag: version(name),
        keep_old_as: None,
    });
    let request = CopyRequest {
        from: "ghcr.io/octocat/a".parse().unwrap(),
        to: "octocat/a".parse().unwrap(),
        tags: tags.into(),
        platforms: Vec::new(),
        referrers: false,
        options,
    };
    let ends = Ends { source: from.registry(), target: to.registry() };
    copy(&request, &ends, &to.resources, events, &Control::new(events)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_leaves_what_never_moves_and_what_somebody_sets_meanwhile() {
    let sending = |event: &Event| *event == Event::Phase(Phase::Sending);
    let arrived = |event: &Event| matches!(event, Event::Committed { .. });
    for options in [guarded(), no_clobber()] {
        for now in [sending, arrived] {
            let (from, to) = (Stage::set().await, Arc::new(Stage::set().await));
            from.pushed(1, &["1.0.0", "latest"], quick()).await.unwrap();
            let done = copied(options.clone(), &meanwhile(&to, "1.0.0", now), (&from, &to)).await;
            let theirs = to.pushed(99, &["theirs"], quick()).await.unwrap().digest;
            let [one, latest] = &done.tags[..] else { panic!("{done:?}") };
            let state = one.state.as_ref().unwrap();
            assert!(state.left && !state.to_do, "{state:?}");
            assert_eq!(
                (one.digest.as_ref(), to.digest_of("1.0.0")),
                (Some(&theirs), Some(theirs.to_string()))
            );
            assert!(latest.state.is_ok());
            assert_eq!(to.digest_of("latest"), from.digest_of("latest"), "the others are copied");
        }
    }
}

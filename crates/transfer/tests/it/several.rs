//! Pulls of several images and platforms, with what speaks of them, into archives and folders, and from what is here.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use slipway_archive::{Archive, ArchiveError, Format, OpenOptions, Target};
use slipway_image::{BlobSource, Node};
use slipway_reference::Digest;
use slipway_stage::image::{OCI_GZIP, OCI_INDEX, Oci, config_of};
use slipway_stage::{gzip, noise};
use slipway_transfer::{
    Control, Event, Events, Here, Payload, Platforms, PullImage, PullRequest, Pulled, TransferError, pull,
};

use crate::{Stage, plain, quick, wanted};

fn request(images: Vec<PullImage>, format: Target, output: PathBuf) -> PullRequest {
    let default_platform = "linux/arm64".to_owned();
    PullRequest {
        images,
        default_platform,
        format,
        output,
        unfinished: Vec::new(),
        here: None,
        no_zstd: None,
    }
}

/// Pulls, and the events of it.
async fn pulled(request: &PullRequest) -> (Result<Pulled, TransferError>, Vec<Event>) {
    let told = Arc::<Mutex<Vec<Event>>>::default();
    let hear = Arc::clone(&told);
    let events: Events = Arc::new(move |event| hear.lock().unwrap().push(event));
    let ended = pull(request, &events, &Control::new(&events)).await;
    let told = told.lock().unwrap().clone();
    (ended, told)
}

fn received(told: &[Event]) -> u64 {
    told.iter().map(|event| if let Event::Received { bytes, .. } = event { *bytes } else { 0 }).sum()
}

fn digest(descriptor: &Value) -> String {
    descriptor["digest"].as_str().unwrap().to_owned()
}

fn open(path: &Path) -> Archive {
    Archive::open(path, &OpenOptions::default()).unwrap()
}

/// The content of a member of a tar.
fn member(path: &Path, name: &str) -> Value {
    let mut archive = tar::Archive::new(std::fs::File::open(path).unwrap());
    let found =
        archive.entries().unwrap().map(Result::unwrap).find(|it| it.path().unwrap() == Path::new(name));
    serde_json::from_reader(found.unwrap()).unwrap()
}

impl Stage {
    /// Digests of the blobs that were asked for since the last call.
    fn blobs(&self) -> BTreeSet<String> {
        let requests = self.practice.requests();
        self.practice.forget_requests();
        // Those that lead to a store, and what they lead to.
        let blobs = requests.iter().filter(|it| it.method == "GET" && it.path.contains("/blobs/"));
        blobs.map(|it| it.path.rsplit('/').next().unwrap().to_owned()).collect()
    }
}

/// An index of three platforms and a statement about the first.
fn index(layout: &mut Oci) -> (Value, Vec<Value>) {
    let platforms = ["amd64", "arm64", "s390x"];
    let mut children: Vec<Value> = platforms
        .iter()
        .map(|architecture| {
            let plain = slipway_stage::image::layer(&format!("for {architecture}"));
            let layer = layout.blob(OCI_GZIP, &gzip(&plain));
            let config =
                config_of(&format!("linux/{architecture}"), &[slipway_stage::digest(&plain)]).to_string();
            let mut manifest = layout.manifest(config.as_bytes(), vec![layer]);
            manifest["platform"] = json!({"os": "linux", "architecture": architecture});
            manifest
        })
        .collect();
    let mut statement = layout.image("provenance");
    statement["platform"] = json!({"os": "unknown", "architecture": "unknown"});
    statement["annotations"] = json!({
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": digest(&children[0]),
    });
    children.push(statement);
    (layout.index(&children), children)
}

#[tokio::test(flavor = "multi_thread")]
async fn images_of_two_registries_share_one_archive_and_what_they_have_in_common_comes_once() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    let (base, top) = (noise(200_000, 1), noise(10_000, 2));
    one.push(&plain(one.folder(), &[base.clone(), top]), "octocat/a", quick()).await.unwrap();
    other.push(&plain(other.folder(), std::slice::from_ref(&base)), "octocat/b", quick()).await.unwrap();
    let images = [("ghcr.io/octocat/a:1.0", &one), ("ghcr.io/octocat/b:1.0", &other)];
    let images: Vec<_> = images.iter().map(|(name, stage)| wanted(name, &stage.registry())).collect();
    one.blobs();
    other.blobs();
    let output = one.folder().join("both.tar");
    let request =
        request([images.clone(), images[..1].to_vec()].concat(), Target::DockerArchive, output.clone());
    let (ended, told) = pulled(&request).await;
    let ended = ended.unwrap();
    assert_eq!(ended.images.len(), 3);
    let (from_one, from_other) = (one.blobs(), other.blobs());
    assert_eq!((from_one.len(), from_other.len()), (3, 1), "the other's configuration alone");
    let sizes: u64 = told
        .iter()
        .map(|event| match event {
            Event::Wanted { blobs, .. } => blobs.iter().map(|blob| blob.size).sum(),
            _ => 0,
        })
        .sum();
    assert_eq!(received(&told), sizes);
    let archive = open(&output);
    let names: Vec<_> = archive.images().iter().map(|image| image.names.clone()).collect();
    assert_eq!(names, [["ghcr.io/octocat/a:1.0"], ["ghcr.io/octocat/b:1.0"]]);
    assert_eq!(member(&output, "manifest.json").as_array().unwrap().len(), 2);
    assert_eq!(member(&output, "index.json")["manifests"].as_array().unwrap().len(), 2, "named once");
    for (image, pulled) in archive.images().iter().zip(&ended.images) {
        assert_eq!(image.root.stored().unwrap().digest, pulled.digest);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_platforms_make_an_index_of_them_and_all_are_the_index_byte_for_byte() {
    let stage = Stage::set().await;
    let mut layout = Oci::default();
    let (root, children) = index(&mut layout);
    stage.publish_layout(layout, std::slice::from_ref(&root), "octocat/a").await;
    let only = |names: &[&str]| Platforms::Only(names.iter().map(ToString::to_string).collect());
    let pull_of = async |platforms: Platforms, format| {
        let image = PullImage { platforms, ..wanted("ghcr.io/octocat/a:1.0", &stage.registry()) };
        let output = stage.folder().join("out.tar");
        let (ended, told) = pulled(&request(vec![image], format, output.clone())).await;
        (ended, told, output)
    };
    for format in [Target::DockerArchive, Target::OciArchive] {
        let (ended, told, output) = pull_of(only(&["linux/amd64", "linux/s390x"]), format).await;
        let ended = ended.unwrap();
        let reduced = ended.images[0].digest.to_string();
        assert_ne!(reduced, digest(&root));
        let at = |wanted: fn(&Event) -> bool| told.iter().position(wanted).unwrap();
        let chosen = at(|event| matches!(event, Event::Chosen { .. }));
        assert!(chosen < at(|event| matches!(event, Event::Fetching { .. })), "it is said before");
        let Event::Chosen { digest: said, stored_digest, .. } = &told[chosen] else { panic!() };
        assert_eq!((said.to_string(), stored_digest.to_string()), (reduced, digest(&root)));
        let archive = open(&output);
        let Node::Index(index) = &archive.images()[0].root else { panic!("an index") };
        let kept: Vec<_> = index.children.iter().map(|child| child.descriptor.digest.to_string()).collect();
        assert_eq!(kept, [0, 2, 3].map(|at: usize| digest(&children[at])), "and what speaks of them");
    }
    let (ended, _, output) = pull_of(Platforms::All, Target::DockerArchive).await;
    assert_eq!(ended.unwrap().images[0].digest.to_string(), digest(&root));
    let archive = open(&output);
    assert_eq!((archive.format(), archive.images().len()), (Format::DockerArchive, 1));
    // What `docker load` gets runs on this computer.
    let listed = member(&output, "manifest.json");
    let config = listed[0]["Config"].as_str().unwrap();
    assert_eq!(member(&output, config)["architecture"], "arm64");
    assert_eq!(listed[0]["RepoTags"], json!(["ghcr.io/octocat/a:1.0"]));
    let (ended, ..) = pull_of(Platforms::Usual, Target::DockerArchive).await;
    assert_eq!(ended.unwrap().images[0].digest.to_string(), digest(&children[1]), "as ever");
    let (ended, ..) = pull_of(only(&["linux/amd64", "linux/riscv64"]), Target::OciArchive).await;
    let said = ended.unwrap_err().to_string();
    assert!(said.contains("no image for linux/riscv64; it has linux/amd64, linux/arm64"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_speaks_of_an_image_comes_along_and_a_push_puts_it_again() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    let mut layout = Oci::default();
    let (root, children) = index(&mut layout);
    let sbom = layout.about(&children[0], "application/spdx+json", "three packages");
    let signed = layout.about(&sbom, "application/vnd.example.signature", "signed by octocat");
    let statement = layout.image("statement");
    let statements = json!({
        "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [statement], "subject": root,
    });
    let statements = layout.blob(OCI_INDEX, statements.to_string().as_bytes());
    one.publish_layout(layout, &[root.clone(), sbom, signed, statements], "octocat/a").await;
    one.sign("octocat/a", &root, "signature").await;
    one.sign("octocat/a", &children[1], "signature").await;
    let from = one.practice.package("octocat/a").unwrap();
    for (number, format) in
        [Target::DockerArchive, Target::OciArchive, Target::OciLayout].into_iter().enumerate()
    {
        let image = PullImage {
            platforms: Platforms::All,
            referrers: true,
            ..wanted("ghcr.io/octocat/a:1.0", &one.registry())
        };
        let output = one.folder().join(format!("signed-{number}"));
        let ended = pulled(&request(vec![image], format, output.clone())).await.0.unwrap();
        assert_eq!((ended.images[0].digest.to_string(), ended.images[0].beside), (digest(&root), 5));
        let archive = open(&output);
        let [image] = archive.images() else {
            panic!("what speaks of an image is none: {:?}", archive.images())
        };
        let about = (image.referrers.len(), image.tagged.len(), image.speaking_indexes.len());
        assert_eq!(about, (2, 2, 1));
        let package = format!("octocat/b{number}");
        other.push_contents(Payload::of(&archive, image), &package, quick()).await.unwrap();
        let to = other.practice.package(&package).unwrap();
        assert_eq!((to.tags, to.manifests), (from.tags.clone(), from.manifests.clone()), "{format:?}");
    }
    // One platform brings what speaks of that one.
    let image = PullImage {
        platforms: Platforms::Only(vec!["linux/arm64".to_owned()]),
        referrers: true,
        ..wanted("ghcr.io/octocat/a:1.0", &one.registry())
    };
    let output = one.folder().join("one.tar");
    pulled(&request(vec![image], Target::OciArchive, output.clone())).await.0.unwrap();
    let archive = open(&output);
    assert_eq!((archive.images()[0].referrers.len(), archive.images()[0].tagged.len()), (0, 1));
}

/// Somebody may have signed where it goes, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_is_there_is_not_replaced() {
    let (one, other) = (Stage::set().await, Stage::set().await);
    let mut layout = Oci::default();
    let image = layout.image("x");
    one.publish_layout(layout, std::slice::from_ref(&image), "octocat/a").await;
    one.sign("octocat/a", &image, "signature").await;
    let signed = PullImage { referrers: true, ..wanted("ghcr.io/octocat/a:1.0", &one.registry()) };
    let output = one.folder().join("signed.tar");
    pulled(&request(vec![signed], Target::OciArchive, output.clone())).await.0.unwrap();
    let mut layout = Oci::default();
    let mine = layout.image("mine");
    let archive = open(&layout.write(other.folder().join("mine.tar"), std::slice::from_ref(&mine)));
    let mut signing = Stage::request_of(Payload::of(&archive, &archive.images()[0]), "octocat/a", quick());
    let tag = format!("{}.sig", digest(&image).replace(':', "-"));
    signing.tags = vec![tag.parse().unwrap()];
    let events: Events = Arc::new(|_| ());
    let (registry, control) = (other.registry(), Control::new(&events));
    slipway_transfer::push(&signing, &registry, &other.resources, &events, &control).await.unwrap();
    let archive = open(&output);
    other.push_contents(Payload::of(&archive, &archive.images()[0]), "octocat/a", quick()).await.unwrap();
    assert_eq!(other.practice.package("octocat/a").unwrap().tags[&tag], digest(&mine));
}

/// Layers of the images for layouts; each is noise.
const LAYERS: [usize; 3] = [6 << 20, 3 << 20, 64 << 10];

async fn with_image() -> (Stage, PullRequest) {
    let stage = Stage::set().await;
    let layers: Vec<_> = (1..).zip(LAYERS).map(|(seed, size)| noise(size, seed)).collect();
    stage.push(&plain(stage.folder(), &layers), "octocat/a", quick()).await.unwrap();
    let image = wanted("ghcr.io/octocat/a:1.0", &stage.registry());
    let request = request(vec![image], Target::OciLayout, stage.folder().join("layout"));
    (stage, request)
}

/// Names in the folder, without those of blobs.
fn names(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_gains_images_and_fetches_what_it_lacks_alone() {
    let (stage, request) = with_image().await;
    let first = pulled(&request).await.0.unwrap();
    assert_eq!(names(&request.output), ["blobs", "index.json", "oci-layout"]);
    let base = noise(LAYERS[0], 1);
    let other = plain(stage.folder(), &[base, noise(1000, 9)]);
    stage.push(&other, "octocat/b", quick()).await.unwrap();
    stage.blobs();
    let images = vec![wanted("ghcr.io/octocat/b:1.0", &stage.registry())];
    let (second, told) = pulled(&PullRequest { images, ..request.clone() }).await;
    let second = second.unwrap();
    assert_eq!(stage.blobs().len(), 2, "its configuration and its second layer");
    assert!(second.here >= LAYERS[0] as u64 && received(&told) < LAYERS[0] as u64, "{second:?}");
    let archive = open(&request.output);
    let found: Vec<_> =
        archive.images().iter().map(|image| image.root.stored().unwrap().digest.clone()).collect();
    assert_eq!(found, [first.images[0].digest.clone(), second.images[0].digest.clone()]);
    // A version that moved takes the place of the one before.
    let moved = plain(stage.folder(), &[noise(2000, 8)]);
    let moved = stage.push(&moved, "octocat/a", quick()).await.unwrap().digest;
    pulled(&request).await.0.unwrap();
    let archive = open(&request.output);
    let found: Vec<_> =
        archive.images().iter().map(|image| image.root.stored().unwrap().digest.clone()).collect();
    assert_eq!(found, [second.images[0].digest.clone(), moved]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_goes_on_by_range_and_a_blob_that_was_damaged_is_fetched_anew() {
    let (_stage, request) = with_image().await;
    let told = Arc::<Mutex<u64>>::default();
    let control = Control::new(&(Arc::new(|_| ()) as Events));
    let (sum, hand) = (Arc::clone(&told), control.clone());
    let events: Events = Arc::new(move |event| {
        if let Event::Received { bytes, .. } = event {
            let mut sum = sum.lock().unwrap();
            *sum += bytes;
            if *sum > (LAYERS[0] / 2) as u64 {
                hand.pause();
            }
        }
    });
    let paused = pull(&request, &events, &control).await;
    assert!(matches!(paused, Err(TransferError::Cancelled)), "{paused:?}");
    let before = *told.lock().unwrap();
    assert!(!request.output.join("index.json").exists(), "nobody takes it for an image");
    let whole: u64 = LAYERS.iter().sum::<usize>() as u64;
    let (ended, told) = pulled(&request).await;
    ended.unwrap();
    assert!(received(&told) + before < whole + (4 << 20), "{} and {before} of {whole}", received(&told));
    let blob = request.output.join("blobs/sha256");
    let largest = names(&blob).into_iter().map(|name| blob.join(name));
    let largest = largest.max_by_key(|path| path.metadata().unwrap().len()).unwrap();
    let content = std::fs::read(&largest).unwrap();
    let mut damaged = content.clone();
    damaged[1000] ^= 1;
    std::fs::write(&largest, damaged).unwrap();
    let (ended, told) = pulled(&request).await;
    let here = ended.unwrap().here;
    assert!(std::fs::read(&largest).unwrap() == content);
    assert!(received(&told) >= LAYERS[0] as u64 && here >= LAYERS[1] as u64, "{here}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_pull_leaves_nothing_unfinished_and_an_odd_folder_is_refused() {
    let (stage, request) = with_image().await;
    let control = Control::new(&(Arc::new(|_| ()) as Events));
    let hand = control.clone();
    let events: Events = Arc::new(move |event| {
        if let Event::Fetching { .. } = event {
            hand.cancel();
        }
    });
    let cancelled = pull(&request, &events, &control).await;
    assert!(matches!(cancelled, Err(TransferError::Cancelled)), "{cancelled:?}");
    assert!(!request.output.join(".unfinished").exists() && !request.output.join("index.json").exists());
    stage.blobs();
    let odd = PullRequest { output: stage.folder().to_owned(), ..request };
    let refused = pulled(&odd).await.0.unwrap_err().to_string();
    assert!(refused.contains("something else than an OCI layout"), "{refused}");
    assert!(stage.practice.requests().is_empty(), "it is refused before anything is asked");
}

/// Says that the layers of `archive` lie here.
fn here(archive: &Archive) -> Here {
    let Node::Manifest(manifest) = &archive.images()[0].root else { panic!("a manifest") };
    let layers = manifest.layers.iter();
    let known: HashMap<Digest, Vec<BlobSource>> =
        layers.map(|layer| (layer.digest.clone().unwrap(), layer.source.iter().cloned().collect())).collect();
    Arc::new(move |_| known.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_this_computer_is_taken_from_there_and_fetched_where_it_is_something_else() {
    let (stage, request) = with_image().await;
    let at = |name: &str| stage.folder().join(name);
    let first = PullRequest { format: Target::OciArchive, output: at("first.tar"), ..request.clone() };
    let whole = pulled(&first).await.0.unwrap();
    let bytes = std::fs::read(at("first.tar")).unwrap();
    let archive = open(&at("first.tar"));
    let layers = LAYERS.iter().sum::<usize>() as u64;
    stage.blobs();
    for (name, format) in [("second.tar", Target::OciArchive), ("folder", Target::OciLayout)] {
        let again = PullRequest { format, output: at(name), here: Some(here(&archive)), ..request.clone() };
        let (ended, told) = pulled(&again).await;
        let ended = ended.unwrap();
        assert_eq!(ended.images, whole.images);
        assert!(ended.here >= layers && received(&told) < 100_000, "{ended:?}");
        assert_eq!(stage.blobs().len(), 1, "the configuration");
    }
    assert!(std::fs::read(at("second.tar")).unwrap() == bytes);

    // In sequence, too: what goes down a pipe cannot be taken back.
    #[cfg(unix)]
    {
        let piped = PullRequest {
            format: Target::OciArchive,
            output: PathBuf::from("/dev/null"),
            here: Some(here(&archive)),
            ..request.clone()
        };
        assert!(pulled(&piped).await.0.unwrap().here >= layers);
        stage.blobs();
    }

    // One byte of the first layer is another one.
    let Node::Manifest(manifest) = &archive.images()[0].root else { panic!("a manifest") };
    let digest = manifest.layers[0].digest.clone().unwrap();
    let piece = noise(LAYERS[0], 1)[1000..1008].to_vec();
    let place = bytes.windows(8).position(|it| it == piece);
    let mut damaged = bytes.clone();
    damaged[place.expect("noise is stored as it is")] ^= 1;
    std::fs::write(at("damaged.tar"), damaged).unwrap();
    let third = PullRequest {
        format: Target::OciArchive,
        output: at("third.tar"),
        here: Some(here(&open(&at("damaged.tar")))),
        ..request
    };
    let ended = pulled(&third).await.0.unwrap();
    assert!(ended.here > 0 && ended.here < layers);
    assert!(stage.blobs().contains(&digest.to_string()));
    assert!(std::fs::read(at("third.tar")).unwrap() == bytes);
}

/// Says that every blob lies here, as these bytes at its first readings and as the others later.
#[derive(Debug)]
struct Changing {
    readings: std::sync::atomic::AtomicUsize,
    first: usize,
    now: Vec<u8>,
    later: Vec<u8>,
}

impl slipway_image::ReadAt for Changing {
    fn reader(&self, _: u64, _: u64) -> std::io::Result<Box<dyn std::io::Read + Send>> {
        let reading = self.readings.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let bytes = if reading < self.first { &self.now } else { &self.later };
        Ok(Box::new(std::io::Cursor::new(bytes.clone())))
    }
}

fn changing(digest: &Digest, first: usize, now: &[u8], later: &[u8]) -> Here {
    let bytes = Changing { readings: 0.into(), first, now: now.to_vec(), later: later.to_vec() };
    let source = BlobSource::new(Arc::new(bytes), now.len() as u64);
    let known = HashMap::from([(digest.clone(), vec![source])]);
    Arc::new(move |_| known.clone())
}

/// The largest layer of the image: its digest and its bytes.
async fn largest(stage: &Stage, request: &PullRequest) -> (Digest, Vec<u8>) {
    let output = stage.folder().join("whole.tar");
    let first = PullRequest { format: Target::OciArchive, output: output.clone(), ..request.clone() };
    pulled(&first).await.0.unwrap();
    let archive = open(&output);
    let Node::Manifest(manifest) = &archive.images()[0].root else { panic!("a manifest") };
    let mut bytes = Vec::new();
    let source = manifest.layers[0].source.as_ref().unwrap();
    std::io::Read::read_to_end(&mut source.reader().unwrap(), &mut bytes).unwrap();
    stage.blobs();
    (manifest.layers[0].digest.clone().unwrap(), bytes)
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_changes_on_this_computer_while_it_goes_down_a_pipe_is_told() {
    let (stage, request) = with_image().await;
    let (digest, bytes) = largest(&stage, &request).await;
    let mut other = bytes.clone();
    other[1000] ^= 1;
    for (later, well) in [(&bytes, true), (&other, false)] {
        let here = Some(changing(&digest, 1, &bytes, later));
        let output = PathBuf::from("/dev/null");
        let piped = PullRequest { format: Target::OciArchive, output, here, ..request.clone() };
        match pulled(&piped).await.0 {
            Ok(pulled) => assert!(well && pulled.here == bytes.len() as u64),
            Err(TransferError::Archive(ArchiveError::Damaged { expected, .. })) => {
                assert!(!well && expected == digest);
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_copy_on_this_computer_costs_nothing_of_what_is_there() {
    let (stage, request) = with_image().await;
    let (digest, bytes) = largest(&stage, &request).await;
    let control = Control::new(&(Arc::new(|_| ()) as Events));
    let (hand, half, sum) = (control.clone(), bytes.len() as u64 / 2, Mutex::new(0));
    let events: Events = Arc::new(move |event| {
        if let Event::Received { bytes, .. } = event {
            let mut sum = sum.lock().unwrap();
            *sum += bytes;
            if *sum > half + LAYERS[1] as u64 {
                hand.pause();
            }
        }
    });
    let paused = pull(&request, &events, &control).await;
    assert!(matches!(paused, Err(TransferError::Cancelled)), "{paused:?}");
    let part = request.output.join(".unfinished").join(digest.to_string().replace(':', "-"));
    let there = part.metadata().unwrap().len();
    assert!(there > 0);
    let mut other = bytes.clone();
    other[1000] ^= 1;
    let again = PullRequest { here: Some(changing(&digest, 9, &other, &other)), ..request };
    let (ended, told) = pulled(&again).await;
    ended.unwrap();
    let found = told.iter().any(|event| matches!(event, Event::Found { bytes, .. } if *bytes == there));
    assert!(found, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_platform_that_was_asked_for_is_checked_where_the_image_has_no_other() {
    let stage = Stage::set().await;
    stage.push(&plain(stage.folder(), &[noise(10_000, 1)]), "octocat/a", quick()).await.unwrap();
    let of = async |platforms| {
        let image = PullImage { platforms, ..wanted("ghcr.io/octocat/a:1.0", &stage.registry()) };
        let output = stage.folder().join("out.tar");
        pulled(&request(vec![image], Target::DockerArchive, output)).await.0
    };
    let only = |name: &str| Platforms::Only(vec![name.to_owned()]);
    let refused = of(only("linux/s390x")).await.unwrap_err();
    assert!(
        matches!(&refused, TransferError::NoPlatform { present, .. } if present == "linux/amd64"),
        "{refused}"
    );
    of(only("linux/amd64")).await.unwrap();
    // Nobody asked for this computer's, which is another one here.
    of(Platforms::Usual).await.unwrap();
}

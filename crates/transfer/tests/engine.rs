//! What the engine remembers, continues and refuses, against the practice registry.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use slipway_archive::{Archive, OpenOptions};
use slipway_distribution::{Credential, CredentialSource, Credentials, Options as ClientOptions, Registry};
use slipway_hosts::Hosts;
use slipway_practice::{MountAnswer, Options as PracticeOptions, Practice};
use slipway_reference::HostName;
use slipway_transfer::{
    Compression, Control, Engine, Event, Events, Options, Pool, Published, Remembered, Request,
    TransferError, Way, push,
};

struct Token(String);

impl Credentials for Token {
    fn credential(&self, _: &HostName) -> Option<Credential> {
        let secret = SecretString::from(self.0.clone());
        Some(Credential { username: "octocat".to_owned(), secret, source: CredentialSource::ThisRun })
    }
}

struct Stage {
    practice: Practice,
    folder: tempfile::TempDir,
    engine: Engine,
}

impl Stage {
    async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let practice = Practice::start(PracticeOptions::new(folder.path().join("registry"))).await.unwrap();
        let engine = Engine { pool: Pool::new(2).unwrap(), ledger: Arc::new(Remembered::default()) };
        Self { practice, folder, engine }
    }

    fn registry(&self) -> Registry {
        let hosts = Hosts::with_file(&self.practice.hosts_file(), Path::new("")).unwrap();
        let endpoint = hosts.endpoint(&"ghcr.io".parse().unwrap(), false).unwrap();
        let token = Token(self.practice.token("octocat", "publish").unwrap().to_owned());
        Registry::new(&endpoint, Arc::new(token), &ClientOptions::default()).unwrap()
    }

    fn request(file: &Path, path: &str, options: Options) -> Request {
        let archive = Archive::open(file, &OpenOptions::default()).unwrap();
        Request {
            image: archive.images()[0].clone(),
            archive,
            platform: None,
            path: path.parse().unwrap(),
            tags: vec!["1.0".parse().unwrap()],
            options,
        }
    }

    async fn push(&self, file: &Path, path: &str, options: Options) -> Result<Published, TransferError> {
        let events: Events = Arc::new(|_| {});
        let request = Self::request(file, path, options);
        push(&request, &self.registry(), &self.engine, &events, &Control::new(&events)).await
    }

    /// Bytes that went up in bodies, and the methods of the requests, since the last call.
    fn seen(&self) -> (u64, Vec<String>) {
        let requests = self.practice.requests();
        self.practice.forget_requests();
        let uploads = requests.iter().filter(|request| request.path.contains("/blobs/"));
        (uploads.map(|request| request.body_bytes).sum(), requests.into_iter().map(|r| r.method).collect())
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Bytes that no compressor makes smaller.
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    })
    .take(length)
    .collect()
}

fn member(tar: &mut Vec<u8>, name: &str, content: &[u8]) {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..108].copy_from_slice(b"0000644\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    tar.extend(header);
    tar.extend(content);
    tar.resize(tar.len().next_multiple_of(512), 0);
}

/// A docker-save archive of these layers; `claimed` are the diff IDs of its config.
fn archive(folder: &Path, name: &str, layers: &[Vec<u8>], claimed: &[String]) -> PathBuf {
    let ids: Vec<String> = claimed.iter().map(|id| format!("\"sha256:{id}\"")).collect();
    let config = format!(
        r#"{{"architecture":"amd64","os":"linux","config":{{}},"rootfs":{{"type":"layers","diff_ids":[{}]}}}}"#,
        ids.join(",")
    );
    let mut tar = Vec::new();
    let config_name = format!("{}.json", sha256(config.as_bytes()));
    member(&mut tar, &config_name, config.as_bytes());
    let names: Vec<String> = (0..layers.len()).map(|number| format!("{number}/layer.tar")).collect();
    for (name, layer) in names.iter().zip(layers) {
        member(&mut tar, name, layer);
    }
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let manifest =
        format!(r#"[{{"Config":"{config_name}","RepoTags":["a:1.0"],"Layers":[{}]}}]"#, names.join(","));
    member(&mut tar, "manifest.json", manifest.as_bytes());
    tar.resize(tar.len() + 1024, 0);
    let path = folder.join(name);
    std::fs::write(&path, tar).unwrap();
    path
}

fn plain(folder: &Path, layers: &[Vec<u8>]) -> PathBuf {
    let ids: Vec<String> = layers.iter().map(|layer| sha256(layer)).collect();
    archive(folder, "image.tar", layers, &ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_archive_is_neither_read_nor_sent_again() {
    let stage = Stage::set().await;
    let file = plain(stage.folder.path(), &[noise(3 << 20, 1), noise(50_000, 2)]);
    let first = stage.push(&file, "octocat/a", Options::default()).await.unwrap();
    stage.seen();
    let reads = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&reads);
    let events: Events = Arc::new(move |event| {
        if let Event::Read { bytes, .. } = event {
            *counted.lock().unwrap() += bytes;
        }
    });
    let request = Stage::request(&file, "octocat/a", Options::default());
    let again =
        push(&request, &stage.registry(), &stage.engine, &events, &Control::new(&events)).await.unwrap();
    assert_eq!((again.digest, again.sent), (first.digest.clone(), 0));
    assert_eq!(*reads.lock().unwrap(), 0, "no layer was read");
    let (sent, methods) = stage.seen();
    assert_eq!(sent, 0);
    // The challenge, its token, the version; and one HEAD for each blob.
    assert!(methods.iter().all(|method| method == "GET" || method == "HEAD"), "{methods:?}");
    assert!(methods.len() <= 3 + 3, "{methods:?}");

    let verified = Options { verify: true, ..Options::default() };
    assert_eq!(stage.push(&file, "octocat/a", verified).await.unwrap().digest, first.digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_of_another_path_is_linked_and_no_refusal_of_that_is_fatal() {
    let stage = Stage::set().await;
    let file = plain(stage.folder.path(), &[noise(1 << 20, 1)]);
    let first = stage.push(&file, "octocat/a", Options::default()).await.unwrap();
    stage.seen();
    let linked = stage.push(&file, "octocat/b", Options::default()).await.unwrap();
    assert_eq!(linked.digest, first.digest);
    assert!(stage.seen().0 < 1000, "only the config went up");
    for (name, answer) in [
        ("octocat/c", MountAnswer::Session),
        ("octocat/d", MountAnswer::Unauthorized),
        ("octocat/e", MountAnswer::Forbidden),
    ] {
        stage.practice.switches().change(|switches| switches.mount = answer);
        let sent = stage.push(&file, name, Options::default()).await.unwrap();
        assert_eq!(sent.digest, first.digest, "{answer:?}");
        assert!(stage.seen().0 >= 1 << 20, "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_and_every_compression_gives_the_same_image_each_time() {
    let stage = Stage::set().await;
    let file = plain(stage.folder.path(), &[noise(9 << 20, 1), vec![7; 3 << 20]]);
    let zstd: Compression = "zstd".parse().unwrap();
    for compression in [Compression::default(), Compression::FAST, zstd] {
        let mut digests = Vec::new();
        for (number, way) in
            [Some(Way::Put), Some(Way::Stream), Some(Way::Chunks), None].into_iter().enumerate()
        {
            // Nothing is remembered or linked: each sends everything.
            let engine =
                Engine { pool: Pool::new(number + 1).unwrap(), ledger: Arc::new(Remembered::default()) };
            let stage = Stage { engine, ..Stage::set().await };
            let options = Options { compression, way, ..Options::default() };
            digests.push(stage.push(&file, "octocat/a", options).await.unwrap().digest);
            let ranged = stage.practice.requests().iter().filter(|r| r.content_range.is_some()).count();
            assert_eq!(ranged >= 3, way == Some(Way::Chunks), "{way:?}: {ranged} ranges");
        }
        assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "{compression}: {digests:?}");
    }
    let _ = stage.practice.requests();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_was_ended_goes_on_where_the_registry_says_it_is() {
    const LAYER: u64 = 24 << 20;
    let stage = Stage::set().await;
    stage.practice.switches().change(|switches| switches.session_status = true);
    let file = plain(stage.folder.path(), &[noise(usize::try_from(LAYER).unwrap(), 1)]);
    let request =
        Stage::request(&file, "octocat/a", Options { way: Some(Way::Chunks), ..Options::default() });
    // Ended when about two thirds are there.
    let control = Arc::new(Mutex::new(None::<Control>));
    let (sent, ending) = (Mutex::new(0), Arc::clone(&control));
    let events: Events = Arc::new(move |event| {
        if let Event::Sent { bytes, .. } = event {
            let mut sent = sent.lock().unwrap();
            *sent += bytes;
            if *sent > LAYER * 2 / 3
                && let Some(control) = &*ending.lock().unwrap()
            {
                control.cancel();
            }
        }
    });
    *control.lock().unwrap() = Some(Control::new(&events));
    let handle = control.lock().unwrap().clone().unwrap();
    let ended = push(&request, &stage.registry(), &stage.engine, &events, &handle).await;
    assert!(matches!(ended, Err(TransferError::Cancelled)), "{ended:?}");
    stage.seen();
    let done = stage.push(&file, "octocat/a", Options::default()).await.unwrap();
    assert!(done.not_verified.is_none());
    let (sent, _) = stage.seen();
    assert!(sent < LAYER / 2, "{sent} of {LAYER} bytes went up again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_whose_layer_is_not_what_its_config_says_is_refused_before_the_tag() {
    let stage = Stage::set().await;
    let layer = noise(2 << 20, 1);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&layer).unwrap();
    let packed = packed.finish().unwrap();
    let folder = stage.folder.path();
    let right = archive(folder, "right.tar", std::slice::from_ref(&packed), &[sha256(&layer)]);
    let wrong = archive(folder, "wrong.tar", &[packed], &[sha256(b"another layer")]);
    let plain = archive(folder, "plain.tar", &[layer], &[sha256(b"another layer")]);
    for file in [&wrong, &plain] {
        let error = stage.push(file, "octocat/a", Options::default()).await.unwrap_err();
        assert!(matches!(error, TransferError::DamagedLayer { layer: 1, .. }), "{error}");
        assert!(stage.practice.package("octocat/a").is_none_or(|package| package.tags.is_empty()));
    }
    stage.push(&right, "octocat/a", Options::default()).await.unwrap();
    // Its blob is there now; the wrong config is found out all the same.
    let error = stage.push(&wrong, "octocat/a", Options::default()).await.unwrap_err();
    assert!(matches!(error, TransferError::DamagedLayer { layer: 1, .. }), "{error}");
    let trusting = Options { trust_layers: true, ..Options::default() };
    stage.push(&wrong, "octocat/trusted", trusting).await.unwrap();
}

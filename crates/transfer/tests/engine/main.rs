//! The push engine against the practice registry: what it remembers, and what it makes of faults.

mod chaos;
mod contents;
mod faults;
mod layout;
mod memory;
mod referrers;
mod whole;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use slipway_archive::{Archive, OpenOptions};
use slipway_distribution::{
    Credential, CredentialSource, Credentials, Options as ClientOptions, Registry, Retries, RetryPolicy,
};
use slipway_hosts::Hosts;
use slipway_practice::{Options as PracticeOptions, Practice};
use slipway_reference::HostName;
use slipway_transfer::{
    Contents, Control, Engine, Events, Options, Pool, Published, Remembered, Request, TransferError, push,
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
        let options = ClientOptions { retries: impatient(), ..ClientOptions::default() };
        Registry::new(&endpoint, Arc::new(token), &options).unwrap()
    }

    fn request(file: &Path, path: &str, options: Options) -> Request {
        let archive = Archive::open(file, &OpenOptions::default()).unwrap();
        Request {
            contents: Contents::of(&archive, &archive.images()[0]),
            platform: None,
            path: path.parse().unwrap(),
            tags: vec!["1.0".parse().unwrap()],
            options,
        }
    }

    async fn push(&self, file: &Path, path: &str, options: Options) -> Result<Published, TransferError> {
        let archive = Archive::open(file, &OpenOptions::default()).unwrap();
        self.push_contents(Contents::of(&archive, &archive.images()[0]), path, options).await
    }

    async fn push_contents(
        &self,
        contents: Contents,
        path: &str,
        options: Options,
    ) -> Result<Published, TransferError> {
        let events: Events = Arc::new(|_| {});
        let (path, tags) = (path.parse().unwrap(), vec!["1.0".parse().unwrap()]);
        let request = Request { contents, platform: None, path, tags, options };
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

/// The usual budgets with shorter waits.
fn impatient() -> Retries {
    let (first_wait, longest_wait) = (Duration::from_millis(10), Duration::from_millis(100));
    let hurry = |policy: RetryPolicy| RetryPolicy {
        first_wait,
        longest_wait,
        secondary_wait: longest_wait,
        ..policy
    };
    let Retries { request, job, chunk, blob, .. } = Retries::default();
    Retries {
        request: hurry(request),
        job: hurry(job),
        chunk: hurry(chunk),
        blob: hurry(blob),
        away: Duration::from_secs(20),
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
    image(folder, name, "amd64", layers, claimed)
}

fn of_architecture(folder: &Path, name: &str, architecture: &str, layer: &[u8]) -> PathBuf {
    image(folder, name, architecture, &[layer.to_vec()], &[sha256(layer)])
}

fn image(folder: &Path, name: &str, architecture: &str, layers: &[Vec<u8>], claimed: &[String]) -> PathBuf {
    let ids: Vec<String> = claimed.iter().map(|id| format!("\"sha256:{id}\"")).collect();
    let config = format!(
        r#"{{"architecture":"{architecture}","os":"linux","config":{{}},"rootfs":{{"type":"layers","diff_ids":[{}]}}}}"#,
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

//! The pipelines against the practice registry: what it remembers, and what it makes of faults.

mod chaos;
mod contents;
mod copy;
mod faults;
mod fixed;
mod hostile;
mod memory;
mod pause;
mod pull;
mod pull_faults;
mod referrers;
mod several;
mod strange;
mod surroundings;
mod whole;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use slipway_archive::{Archive, OpenOptions};
use slipway_distribution::{
    Credential, CredentialSource, Credentials, Options as ClientOptions, Registry, Retries, RetryPolicy,
};
use slipway_hosts::{Hosts, Profile};
use slipway_reference::HostName;
use slipway_stage::tar::Tar;
use slipway_stage::{Playground, digest, image};
use slipway_transfer::{
    Compression, Control, Events, Options, Parts, Payload, Platforms, Pool, Published, PullImage, Remembered,
    Request, Resources, TransferError, push,
};

struct Token(String);

impl Credentials for Token {
    fn credential(&self, _: &HostName) -> Option<Credential> {
        let secret = SecretString::from(self.0.clone());
        Some(Credential { username: "octocat".to_owned(), secret, source: CredentialSource::ThisRun })
    }
}

/// A practice registry and resources that remember nothing yet.
struct Stage {
    playground: Playground,
    resources: Resources,
}

impl Deref for Stage {
    type Target = Playground;

    fn deref(&self) -> &Playground {
        &self.playground
    }
}

impl Stage {
    async fn set() -> Self {
        Self { playground: Playground::start().await, resources: resources() }
    }

    fn registry(&self) -> Registry {
        self.registry_at("ghcr.io", "publish", impatient())
    }

    /// The client of `host` for octocat's token of this label.
    fn registry_at(&self, host: &str, label: &str, retries: Retries) -> Registry {
        let hosts = Hosts::with_file(&self.practice.hosts_file(), Path::new("")).unwrap();
        let endpoint = hosts.endpoint(&host.parse().unwrap(), false).unwrap();
        let token = Token(self.token_called(label));
        let options = ClientOptions { retries, ..ClientOptions::default() };
        Registry::new(&endpoint, Arc::new(token), &options).unwrap()
    }

    fn request(file: &Path, path: &str, options: Options) -> Request {
        let archive = Archive::open(file, &OpenOptions::default()).unwrap();
        Self::request_of(Payload::of(&archive, &archive.images()[0]), path, options)
    }

    /// For `ghcr.io`.
    fn request_of(contents: Payload, path: &str, options: Options) -> Request {
        let parts = Parts::of(&contents, None, Profile::Ghcr, options.compression);
        Request { contents, parts, path: path.parse().unwrap(), tags: vec!["1.0".parse().unwrap()], options }
    }

    async fn push(&self, file: &Path, path: &str, options: Options) -> Result<Published, TransferError> {
        let archive = Archive::open(file, &OpenOptions::default()).unwrap();
        self.push_contents(Payload::of(&archive, &archive.images()[0]), path, options).await
    }

    async fn push_contents(
        &self,
        contents: Payload,
        path: &str,
        options: Options,
    ) -> Result<Published, TransferError> {
        let events: Events = Arc::new(|_| {});
        let request = Self::request_of(contents, path, options);
        push(&request, &self.registry(), &self.resources, &events, &Control::new(&events)).await
    }

    /// Bytes that went up in bodies, and the methods of the requests, since the last call.
    fn seen(&self) -> (u64, Vec<String>) {
        let requests = self.practice.requests();
        self.practice.forget_requests();
        let uploads = requests.iter().filter(|request| request.path.contains("/blobs/"));
        (uploads.map(|request| request.body_bytes).sum(), requests.into_iter().map(|r| r.method).collect())
    }
}

/// An image as a pull wants it.
fn wanted(reference: &str, registry: &Registry) -> PullImage {
    PullImage {
        reference: reference.parse().unwrap(),
        registry: registry.clone(),
        platforms: Platforms::Usual,
        referrers: false,
    }
}

/// Resources that remember nothing yet.
fn resources() -> Resources {
    Resources {
        pool: Pool::new(2).unwrap(),
        ledger: Arc::new(Remembered::default()),
        limit: slipway_transfer::Limit::default(),
    }
}

/// For tests that say nothing of compression, and would spend most of their time on it.
fn quick() -> Options {
    Options { compression: Compression::FAST, ..Options::default() }
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
    let Retries { request, job, chunk, blob, unreached, .. } = Retries::default();
    Retries {
        request: hurry(request),
        job: hurry(job),
        chunk: hurry(chunk),
        blob: hurry(blob),
        unreached,
        late: Duration::from_millis(100),
        away: Duration::from_secs(20),
    }
}

/// A docker-save archive of these layers; `claimed` are the diff IDs of its config.
fn archive(folder: &Path, name: &str, layers: &[Vec<u8>], claimed: &[String]) -> PathBuf {
    image(folder, name, "amd64", layers, claimed)
}

fn of_architecture(folder: &Path, name: &str, architecture: &str, layer: &[u8]) -> PathBuf {
    image(folder, name, architecture, &[layer.to_vec()], &[digest(layer)])
}

fn image(folder: &Path, name: &str, architecture: &str, layers: &[Vec<u8>], claimed: &[String]) -> PathBuf {
    let names: Vec<String> = (0..layers.len()).map(|number| format!("{number}/layer.tar")).collect();
    let members = names.iter().zip(layers).fold(Tar::default(), |tar, (name, layer)| tar.file(name, layer));
    let config = image::config_of(&format!("linux/{architecture}"), claimed).to_string();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let path = folder.join(name);
    std::fs::write(&path, image::docker_with(members, config.as_bytes(), &names)).unwrap();
    path
}

fn plain(folder: &Path, layers: &[Vec<u8>]) -> PathBuf {
    let ids: Vec<String> = layers.iter().map(|layer| digest(layer)).collect();
    archive(folder, "image.tar", layers, &ids)
}

//! What is fetched, on its way into an engine: a whole file in Slipway's own folder, which the engine gets as a stream. Only
//! what was checked reaches the engine that way, and what was fetched is there still where the engine refuses it.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::Value;
use slipway_archive::{Archive, OpenOptions};
use slipway_engines::{Details, Engine, EngineError, LoadWriter};
use slipway_image::{Image, Node};
use slipway_reference::Reference;
use slipway_transfer::{Control, Event, Events, Phase, PulledImage, TransferError};
use tokio_util::sync::CancellationToken;

use super::names::{file_name, loaded_name};
use crate::view::{Code, FailureView, LoadedImage};

/// A configuration is never larger, bytes.
const MOST_CONFIG: u64 = 4 << 20;

/// So much is given to the engine at once, bytes.
const PIECE: usize = 256 << 10;

/// Where what is fetched for `engine` lies until that has it: the same place for the same images, so that the next try
/// finds it.
pub(super) fn place(home: &Path, engine: &str, references: &[Reference], platforms: &[String]) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    let names: Vec<_> = references.iter().map(ToString::to_string).collect();
    names.hash(&mut hasher);
    platforms.hash(&mut hasher);
    let name = references.first().map(file_name).unwrap_or_default();
    let name = name.strip_suffix(".tar").unwrap_or(&name);
    home.join("loads").join(format!("{engine}-{name}-{:016x}.tar", hasher.finish()))
}

/// What an image should be in an engine.
struct Expected {
    /// Its name there, or its ID.
    name: Option<String>,
    /// What the engine may call it: the digest of its configuration, or of its manifest.
    ids: [String; 2],
    diff_ids: Vec<String>,
    ports: Vec<String>,
}

/// Gives the images in `file` to `engine`, and reads them back. A pause or a cancel breaks it off, and nothing is loaded.
///
/// # Errors
/// What the engine says, as [`TransferError::Output`].
pub(super) async fn load(
    engine: &Engine,
    file: &Path,
    images: &[PulledImage],
    events: &Events,
    control: &Control,
) -> Result<Vec<LoadedImage>, TransferError> {
    let failed = |error: EngineError| output(file, io::Error::other(error));
    let (path, wanted) = (file.to_owned(), images.to_vec());
    let expected = tokio::task::spawn_blocking(move || expected(&path, &wanted));
    let expected = expected.await.unwrap_or_else(|panic| Err(output(file, io::Error::other(panic))))?;
    // What it does not tell costs no more than a figure.
    let had = Box::pin(control.unless_stopped(engine.layers())).await?.ok();
    events(Event::Phase(Phase::Loading));
    let (writer, loading) = engine.load();
    let stopped = CancellationToken::new();
    let (path, halted, _ends) = (file.to_owned(), stopped.clone(), stopped.drop_guard());
    let giving = tokio::task::spawn_blocking(move || give(&path, writer, &halted));
    let loaded = match Box::pin(control.unless_stopped(loading)).await? {
        Ok(loaded) => loaded,
        Err(error) => {
            // Where the file could not be read, the engine only knows that it ended.
            let gave = giving.await.ok();
            return Err(match gave {
                Some(Err(source)) if source.kind() != io::ErrorKind::BrokenPipe => output(file, source),
                _ => failed(error),
            });
        }
    };
    events(Event::Phase(Phase::Verifying));
    let mut found = Vec::new();
    for (expected, image) in expected.into_iter().zip(images) {
        let name = expected.name.clone();
        let name = name.or_else(|| loaded.ids.iter().find(|id| expected.ids.contains(id)).cloned());
        let name = name.unwrap_or_else(|| expected.ids[0].clone());
        let details = Box::pin(control.unless_cancelled(engine.inspect(&name))).await?;
        tracing::debug!(reference = %image.reference, %name, "read back from the engine");
        found.push(compared(engine, name, expected, details, had.as_ref()));
    }
    Ok(found)
}

/// Reads back once more what was given to `engine`.
///
/// # Errors
/// What it should be is not known: an earlier Slipway gave it.
pub(super) async fn again(engine: &Engine, image: LoadedImage) -> Result<LoadedImage, FailureView> {
    let LoadedImage { name, ids, diff_ids, ports, layers_there, .. } = image;
    let ids = <[String; 2]>::try_from(ids).map_err(|_| {
        let said = "an earlier Slipway installed it and kept nothing to compare it with: install it again";
        FailureView::new(Code::Internal, said)
    })?;
    let details = engine.inspect(&name).await;
    tracing::debug!(%name, "read back from the engine once more");
    let expected = Expected { name: None, ids, diff_ids, ports };
    Ok(LoadedImage { layers_there, ..compared(engine, name, expected, details, None) })
}

/// What the engine has, beside what it should be.
fn compared(
    engine: &Engine,
    name: String,
    expected: Expected,
    details: Result<Details, EngineError>,
    had: Option<&HashSet<String>>,
) -> LoadedImage {
    let Expected { ids, diff_ids, ports, .. } = expected;
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let there = |had: &HashSet<String>| diff_ids.iter().filter(|layer| had.contains(*layer)).count();
    let (id, platform, layers, layers_there, not_verified) = match details {
        Ok(details) => {
            let not_verified = if details.diff_ids != diff_ids {
                Some(format!("{} has other layers under this name than were fetched", engine.kind()))
            } else if !ids.contains(&details.id) {
                Some(format!("{} has another image under this name than was fetched", engine.kind()))
            } else {
                None
            };
            let there = had.map(|had| count(there(had)));
            (details.id, details.platform, details.diff_ids.len(), there, not_verified)
        }
        Err(error) => {
            let not_verified = Some(format!("it cannot be read back: {error}"));
            (ids[0].clone(), String::new(), diff_ids.len(), None, not_verified)
        }
    };
    LoadedImage {
        name,
        id,
        platform,
        layers: count(layers),
        layers_there,
        ports,
        not_verified,
        ids: ids.into(),
        diff_ids,
    }
}

/// Writes the file to the engine, to its end or until it is stopped.
fn give(path: &Path, mut writer: LoadWriter, stopped: &CancellationToken) -> io::Result<()> {
    let (mut file, mut buffer) = (File::open(path)?, vec![0; PIECE]);
    loop {
        if stopped.is_cancelled() {
            return Ok(());
        }
        match file.read(&mut buffer)? {
            0 => return writer.finish(),
            length => writer.write_all(&buffer[..length])?,
        }
    }
}

/// What the configurations in `file` say of each of `images`.
fn expected(file: &Path, images: &[PulledImage]) -> Result<Vec<Expected>, TransferError> {
    let archive = Archive::open(file, &OpenOptions::default())?;
    let of = |image: &PulledImage| {
        let is_it = |held: &&Image| held.root.stored().is_some_and(|stored| stored.digest == image.digest);
        let held = archive.images().iter().find(is_it).map(|held| &held.root);
        let Some(Node::Manifest(manifest)) = held else {
            let reason = "it is no image of one platform".to_owned();
            return Err(TransferError::BadManifest { reference: image.reference.to_string(), reason });
        };
        let config = manifest.config.digest.as_ref().map(ToString::to_string).unwrap_or_default();
        Ok(Expected {
            name: loaded_name(&image.reference),
            ids: [config, image.digest.to_string()],
            diff_ids: manifest.config_json.diff_ids.iter().map(ToString::to_string).collect(),
            ports: manifest.config.source.reader().map(ports).unwrap_or_default(),
        })
    };
    images.iter().map(of).collect()
}

/// Ports that a configuration names.
fn ports(config: impl io::Read) -> Vec<String> {
    let config: Value = serde_json::from_reader(config.take(MOST_CONFIG)).unwrap_or_default();
    let ports = config["config"]["ExposedPorts"].as_object();
    ports.into_iter().flatten().map(|(port, _)| port.clone()).collect()
}

fn output(file: &Path, source: io::Error) -> TransferError {
    TransferError::Output { path: file.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_images_wait_at_the_same_place_and_others_at_another() {
        let one: Reference = "ghcr.io/octocat/a:1".parse().unwrap();
        let other: Reference = "ghcr.io/octo-org/a:1".parse().unwrap();
        let arm = ["linux/arm64".to_owned()];
        let at = |engine, reference: &Reference, platforms: &[String]| {
            place(Path::new("home"), engine, std::slice::from_ref(reference), platforms)
        };
        let usual = at("docker", &one, &[]);
        assert_eq!(usual, at("docker", &one, &[]));
        for different in [at("podman", &one, &[]), at("docker", &other, &[]), at("docker", &one, &arm)] {
            assert_ne!(usual, different);
        }
        assert!(usual.file_name().unwrap().to_str().unwrap().starts_with("docker-a-1-"));
    }

    #[test]
    fn ports_are_those_of_the_configuration() {
        let config = br#"{"config": {"ExposedPorts": {"8080/tcp": {}, "53/udp": {}}}}"#;
        assert_eq!(ports(&config[..]), ["8080/tcp", "53/udp"]);
        assert!(ports(&b"{}"[..]).is_empty());
    }
}

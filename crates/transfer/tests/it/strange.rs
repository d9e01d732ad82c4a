//! What a pull writes, in the hands of other programs; what it reads, from Debian's registry.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use serde_json::{Value, json};
use slipway_archive::{Archive, OpenOptions, Target};
use slipway_distribution::Registry;
use slipway_hosts::{Hosts, Profile};
use slipway_stage::image::{OCI_GZIP, Oci, config_of, layer};
#[cfg(unix)]
use slipway_stage::installed::{Installed, Kind};
use slipway_stage::registry::{self, has_skopeo, skopeo};
use slipway_stage::{digest, gzip};
use slipway_transfer::{
    Control, Events, Parts, Payload, Platforms, PullImage, PullRequest, Request, pull, push,
};

use crate::{impatient, quick, resources, wanted};

/// The registry at `host`, as nobody in particular.
fn client(host: &str) -> Registry {
    let endpoint = Hosts::builtin().endpoint(&host.parse().unwrap(), false).unwrap();
    let options = slipway_distribution::Options { retries: impatient(), ..Default::default() };
    Registry::new(&endpoint, Arc::new(()), &options).unwrap()
}

fn quiet() -> Events {
    Arc::new(|_| ())
}

async fn pushed(file: &Path, at: usize, registry: &Registry, path: &str, tag: &str) -> String {
    let archive = Archive::open(file, &OpenOptions::default()).unwrap();
    let contents = Payload::of(&archive, &archive.images()[at]);
    let parts = Parts::of(&contents, None, Profile::Generic, quick().compression);
    let request = Request {
        contents,
        parts,
        path: path.parse().unwrap(),
        tags: vec![tag.parse().unwrap()],
        options: quick(),
    };
    let control = Control::new(&quiet());
    push(&request, registry, &resources(), &quiet(), &control).await.unwrap().digest.to_string()
}

/// An index of two platforms, each with two layers; its descriptor, and diff IDs and image IDs of each.
fn two_platforms(layout: &mut Oci) -> (Value, Vec<(Vec<String>, String)>) {
    let (mut children, mut known) = (Vec::new(), Vec::new());
    for architecture in ["amd64", "arm64"] {
        let plain = ["base", architecture].map(layer);
        let layers = plain.iter().map(|plain| layout.blob(OCI_GZIP, &gzip(plain))).collect();
        let diff_ids: Vec<String> = plain.iter().map(|plain| digest(plain)).collect();
        let config = config_of(&format!("linux/{architecture}"), &diff_ids).to_string();
        let mut manifest = layout.manifest(config.as_bytes(), layers);
        manifest["platform"] = json!({"os": "linux", "architecture": architecture});
        children.push(manifest);
        known.push((diff_ids, digest(config.as_bytes())));
    }
    (layout.index(&children), known)
}

/// Image ID and diff IDs that Podman has after loading `file`, each with the name.
fn podman(file: &Path, names: &[&str]) -> Vec<(String, Vec<String>)> {
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new("podman")
            .arg("--root")
            .arg(home.path().join("root"))
            .arg("--runroot")
            .arg(home.path().join("run"))
            .args(["--storage-driver", "vfs"])
            .args(arguments)
            .env("TMPDIR", home.path())
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "podman {arguments:?}: {error}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    run(&["load", "-i", &file.to_string_lossy()]);
    let known = names.iter().map(|name| {
        let said: Value = serde_json::from_str(&run(&["image", "inspect", name])).unwrap();
        let layers = said[0]["RootFS"]["Layers"].as_array().unwrap();
        let layers = layers.iter().map(|layer| layer.as_str().unwrap().to_owned()).collect();
        (format!("sha256:{}", said[0]["Id"].as_str().unwrap()), layers)
    });
    known.collect()
}

fn has_podman(test: &str) -> bool {
    let is_here = Command::new("podman").arg("--version").output().is_ok();
    if !is_here {
        slipway_stage::left_out(test, "podman is not installed");
    }
    is_here
}

#[tokio::test(flavor = "multi_thread")]
async fn podman_loads_what_was_pulled_and_skopeo_reads_the_original_digests() {
    let test = "podman_loads_what_was_pulled_and_skopeo_reads_the_original_digests";
    if !has_skopeo(test) || !has_podman(test) {
        return;
    }
    let (debian, folder) = (registry::Registry::start(), tempfile::tempdir().unwrap());
    let (host, at) = (debian.host(), |name: &str| folder.path().join(name));
    let registry = client(&host);
    let mut layout = Oci::default();
    let (index, known) = two_platforms(&mut layout);
    let sbom = layout.about(&index, "application/spdx+json", "three packages");
    let file = layout.write(at("source.tar"), &[index.clone(), sbom]);
    let whole = pushed(&file, 0, &registry, "octocat/a", "1.0").await;
    assert_eq!(whole, index["digest"].as_str().unwrap());
    let mut other = Oci::default();
    let plain = layer("other");
    let packed = other.blob(OCI_GZIP, &gzip(&plain));
    let config = config_of("linux/amd64", &[digest(&plain)]).to_string();
    let image = other.manifest(config.as_bytes(), vec![packed]);
    let single = pushed(&other.write(at("other.tar"), &[image]), 0, &registry, "octocat/b", "2.0").await;
    let images = |all: Platforms| -> Vec<PullImage> {
        let names = [format!("{host}/octocat/a:1.0"), format!("{host}/octocat/b:2.0")];
        let images = names.iter().map(|name| wanted(name, &registry));
        images.map(|image| PullImage { platforms: all.clone(), referrers: true, ..image }).collect()
    };
    let request = |images, format, name: &str| PullRequest {
        images,
        default_platform: "linux/amd64".to_owned(),
        format,
        output: at(name),
        unfinished: Vec::new(),
        here: None,
        no_zstd: None,
    };
    let names = [format!("{host}/octocat/a:1.0"), format!("{host}/octocat/b:2.0")];
    for (name, format, platforms) in [
        ("usual.tar", Target::DockerArchive, Platforms::Usual),
        ("all.tar", Target::DockerArchive, Platforms::All),
        ("oci.tar", Target::OciArchive, Platforms::Usual),
        ("layout", Target::OciLayout, Platforms::All),
    ] {
        let whole_index = name != "usual.tar";
        let request = request(images(platforms), format, name);
        let control = Control::new(&quiet());
        let pulled = pull(&request, &quiet(), &control).await.unwrap();
        if format == Target::DockerArchive {
            let loaded = podman(&at(name), &[&names[0]]);
            assert_eq!(loaded[0], (known[0].1.clone(), known[0].0.clone()), "{name}");
        }
        let path = at(name).display().to_string();
        let transport = if format == Target::OciLayout { "oci" } else { "oci-archive" };
        for (reference, digest) in [("1.0", &pulled.images[0].digest), ("2.0", &pulled.images[1].digest)] {
            let raw = skopeo(&["inspect", "--raw", &format!("{transport}:{path}:{reference}")]);
            assert_eq!(slipway_stage::digest(raw.as_bytes()), digest.to_string(), "{name} {reference}");
        }
        assert_eq!(pulled.images[1].digest.to_string(), single);
        if whole_index {
            assert_eq!(pulled.images[0].digest.to_string(), whole);
            assert_eq!(pulled.images[0].beside, 1, "the SBOM");
        }
        for (number, image) in pulled.images.iter().enumerate() {
            let again = pushed(&at(name), number, &registry, "octocat/again", "1.0").await;
            assert_eq!(again, image.digest.to_string(), "{name}");
        }
    }
}

/// Docker loads files only. Podman takes a folder of one image, too, and calls that after the folder's path, whatever the
/// folder calls it; so it refuses a path that is no name, such as one with capitals (Podman 4.3.1).
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn podman_loads_a_layout_folder_with_the_id_and_the_layers_of_the_registry() {
    let test = "podman_loads_a_layout_folder_with_the_id_and_the_layers_of_the_registry";
    let Some(engine) = Installed::start(Kind::Podman, test) else { return };
    let stage = crate::Stage::set().await;
    let mut layout = Oci::default();
    let (index, known) = two_platforms(&mut layout);
    stage.publish_layout(layout, &[index], "octocat/a").await;
    let lower = format!("layout-{}", std::process::id());
    let folder = tempfile::Builder::new().prefix(&lower).rand_bytes(0).tempdir().unwrap();
    // Of an index it takes what runs here.
    let here = usize::from(std::env::consts::ARCH == "aarch64");
    let platform = ["linux/amd64", "linux/arm64"][here].to_owned();
    for (name, platforms) in [("one", Platforms::Only(vec![platform.clone()])), ("all", Platforms::All)] {
        let request = PullRequest {
            images: vec![PullImage { platforms, ..wanted("ghcr.io/octocat/a:1.0", &stage.registry()) }],
            default_platform: platform.clone(),
            format: Target::OciLayout,
            output: folder.path().join(name),
            unfinished: Vec::new(),
            here: None,
            no_zstd: None,
        };
        pull(&request, &quiet(), &Control::new(&quiet())).await.unwrap();
        let said = engine.run(&["load", "-i", &request.output.to_string_lossy()]);
        let loaded = said.rsplit_once(": ").expect("it says what it loaded").1;
        let (id, layers) = engine.image(loaded);
        assert_eq!((layers, id), known[here].clone(), "{name}: {said}");
        engine.run(&["rmi", "--all", "--force"]);
    }
}

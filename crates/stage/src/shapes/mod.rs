//! Archives in the shapes that other tools give them, small and made here, with what each must read as.
//!
//! The names say whose shape it is. Where a real archive of that tool is at hand, tests read that besides.

mod make;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use self::make::{
    Members, buildkit, configuration, docker_save, hello_world, index, oci_archive, packed_docker,
    packed_oci, shape, write,
};
use crate::image::{
    DOCKER_MANIFEST, OCI_CONFIG, OCI_GZIP, OCI_LAYER, OCI_MANIFEST, blob_path, descriptor, layer,
};
use crate::tar::Tar;
use crate::{digest, gzip, noise, sha256, zstd};

/// What kind of archive it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Format {
    DockerArchive,
    OciArchive,
}

/// How a file or its layers are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Packed {
    Not,
    Gzip,
    Zstd,
    Xz,
}

/// An archive, and what it must read as.
#[derive(Debug, Clone)]
pub struct Shape {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    pub format: Format,
    /// How the whole file is packed.
    pub outer: Packed,
    /// How its layers are packed.
    pub stored: Packed,
    /// What is in it.
    pub images: Vec<Image>,
}

/// An image in an archive.
#[derive(Debug, Clone)]
pub struct Image {
    /// Its names, as they stand there.
    pub names: Vec<String>,
    /// Its digest as it is stored; that of its configuration where only that is.
    pub id: String,
    /// The digest of its configuration.
    pub config: String,
    /// How many layers it has.
    pub layers: usize,
}

/// Every shape.
pub fn all(folder: &Path) -> Vec<Shape> {
    let docker: [(&str, &[&[&str]]); 4] = [
        ("docker-name-only", &[&["pretty-empty:latest"]]),
        ("docker-registry-name", &[&["example.com/empty:latest"]]),
        ("docker-two-names", &[&["pretty-empty:latest", "example.com/empty:latest"]]),
        ("docker-unnamed", &[&[]]),
    ];
    let oci = [
        ("oci-name-only", Some("pretty-empty:latest")),
        ("oci-non-docker-name", Some("UPPERCASE-IS-INVALID")),
        ("oci-registry-name", Some("example.com/empty:latest")),
        ("oci-unnamed", None),
    ];
    let mut shapes = vec![
        two_images(folder),
        legacy(folder),
        kaniko(folder),
        oci_estargz(folder),
        oci_gzip(folder),
        oci_plain(folder),
        oci_zstd(folder),
        docker_gzip(folder),
        two_layers(folder),
        lowercase(folder),
        sparse(folder),
        prefixed(folder),
        buildkit_docker(folder),
        buildkit_oci(folder),
    ];
    shapes.extend(docker.map(|(name, images)| packed_docker(folder, name, images)));
    shapes.extend(oci.map(|(name, reference)| packed_oci(folder, name, reference)));
    shapes
}

/// As `docker save` wrote it until version 24: 14 plain layers, each in a folder that comes before its files.
pub fn legacy(folder: &Path) -> Shape {
    let layers: Vec<Vec<u8>> = (0..14).map(|number| layer(&format!("layer {number}"))).collect();
    let (bytes, images) = docker_save(&[(&["dive-test:latest"], &layers)]);
    shape(folder, "docker-legacy.tar", &bytes, (Format::DockerArchive, Packed::Not, Packed::Not), images)
}

/// The same with two layers, one of them of 20 kB, as Jib's tests have it.
pub fn two_layers(folder: &Path) -> Shape {
    let large = Tar::default().file("noise", &noise(20_000, 1)).end();
    let (bytes, images) = docker_save(&[(&["extraction.test:latest"], &[layer("small"), large])]);
    shape(folder, "docker-two-layers.tar", &bytes, (Format::DockerArchive, Packed::Not, Packed::Not), images)
}

/// One layer, and the whole packed with gzip.
pub fn docker_gzip(folder: &Path) -> Shape {
    let (bytes, images) = docker_save(&[(&["alpine:3.10"], &[layer("one")])]);
    let kind = (Format::DockerArchive, Packed::Gzip, Packed::Not);
    shape(folder, "docker-one-layer.tar.gz", &gzip(&bytes), kind, images)
}

/// Two images in an xz file; the only layer of the second is a symbolic link to that of the first.
pub fn two_images(folder: &Path) -> Shape {
    packed_docker(
        folder,
        "docker-two-images",
        &[&["example.com/empty:latest"], &["example.com/empty/but:different"]],
    )
}

/// As kaniko and crane write it: 14 layers as gzip, beside a configuration that is named `sha256:…`.
pub fn kaniko(folder: &Path) -> Shape {
    let plain: Vec<Vec<u8>> = (0..14).map(|number| layer(&format!("layer {number}"))).collect();
    let config = configuration(&plain);
    let name = digest(&config);
    let mut tar = Tar::default().file(&name, &config);
    let mut names = Vec::new();
    for layer in &plain {
        let packed = gzip(layer);
        names.push(format!("{}.tar.gz", sha256(&packed)));
        tar = tar.file(&names[names.len() - 1], &packed);
    }
    let list =
        json!([{"Config": name, "RepoTags": ["dive-test:kaniko-latest"], "Layers": names}]).to_string();
    let images = vec![Image {
        names: vec!["dive-test:kaniko-latest".to_owned()],
        id: name.clone(),
        config: name,
        layers: 14,
    }];
    let bytes = tar.file("manifest.json", list.as_bytes()).end();
    shape(folder, "docker-kaniko.tar", &bytes, (Format::DockerArchive, Packed::Not, Packed::Gzip), images)
}

/// As Jib writes it: the keys of `manifest.json` begin with small letters.
pub fn lowercase(folder: &Path) -> Shape {
    let plain = [layer("one"), layer("two")];
    let (config, packed) = (configuration(&plain), plain.map(|layer| gzip(&layer)));
    let names: Vec<String> = packed.iter().map(|layer| format!("{}.tar.gz", sha256(layer))).collect();
    let tar = names.iter().zip(&packed).fold(Tar::default(), |tar, (name, layer)| tar.file(name, layer));
    let list = json!([{"config": "config.json", "repoTags": ["extraction.test:latest"], "layers": names}])
        .to_string();
    let bytes = tar.file("config.json", &config).file("manifest.json", list.as_bytes()).end();
    let id = digest(&config);
    let images =
        vec![Image { names: vec!["extraction.test:latest".to_owned()], config: id.clone(), id, layers: 2 }];
    shape(folder, "docker-lowercase.tar", &bytes, (Format::DockerArchive, Packed::Not, Packed::Gzip), images)
}

/// An OCI archive without a name and without `oci-layout`, its layer as gzip.
pub fn oci_gzip(folder: &Path) -> Shape {
    oci_archive(folder, "oci-gzip.tar", OCI_GZIP, gzip, Packed::Gzip)
}

/// The same as eStargz: a gzip whose bytes are pointed into, so they must stay as they are.
pub fn oci_estargz(folder: &Path) -> Shape {
    let members = |plain: &[u8]| [gzip(&plain[..512]), gzip(&plain[512..])].concat();
    oci_archive(folder, "oci-estargz.tar", OCI_GZIP, members, Packed::Gzip)
}

/// The same with zstd.
pub fn oci_zstd(folder: &Path) -> Shape {
    oci_archive(folder, "oci-zstd.tar", "application/vnd.oci.image.layer.v1.tar+zstd", zstd, Packed::Zstd)
}

/// The same with a plain layer.
pub fn oci_plain(folder: &Path) -> Shape {
    oci_archive(folder, "oci-uncompressed.tar", OCI_LAYER, <[u8]>::to_vec, Packed::Not)
}

/// As `docker save` of an image of many platforms writes it: most children of its list of manifests are not there.
pub fn sparse(folder: &Path) -> Shape {
    hello_world(folder, "oci-sparse.tar", "")
}

/// The same as `tar -c .` packs it: `./` stands before every name.
pub fn prefixed(folder: &Path) -> Shape {
    hello_world(folder, "oci-prefixed.tar", "./")
}

/// As `BuildKit` writes it for Docker: a layout with a manifest of Docker's, no layer, and `Layers: null`.
pub fn buildkit_docker(folder: &Path) -> Shape {
    let names = json!(["github.com/buildkit/archive:docker"]);
    buildkit(folder, "buildkit-docker.tar", DOCKER_MANIFEST, "docker", &names)
}

/// The same in OCI's form; `manifest.json` has no names.
pub fn buildkit_oci(folder: &Path) -> Shape {
    buildkit(folder, "buildkit-oci.tar", OCI_MANIFEST, "oci", &Value::Null)
}

/// The file system of a container, as `docker export` writes it: no image.
pub fn exported_container(folder: &Path) -> PathBuf {
    let tar = Tar::default().link(b'5', "bin/", "").file("bin/[", b"#!").link(b'1', "bin/sh", "bin/[");
    let tar = tar
        .link(b'5', "etc/", "")
        .file("etc/passwd", b"root")
        .link(b'5', "usr/", "")
        .link(b'5', "usr/bin/", "");
    write(folder, "exported-container.tar", &tar.end())
}

/// A tar of this one file: no image.
pub fn one_file(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    write(folder, &format!("only-{name}.tar"), &Tar::default().file(name, content).end())
}

/// A folder as `skopeo copy … dir:` writes it, with odd characters in its name: not one of our forms.
pub fn skopeo_folder(folder: &Path) -> PathBuf {
    let plain = layer("one");
    let mut members = Members::default();
    let manifest = members.manifest(
        OCI_MANIFEST,
        OCI_CONFIG,
        &configuration(std::slice::from_ref(&plain)),
        &[(OCI_LAYER, plain)],
    );
    let files = members
        .0
        .into_iter()
        .map(|(name, bytes)| (name.rsplit('/').next().unwrap_or_default().to_owned(), bytes));
    let version = ("version".to_owned(), b"Directory Transport Version: 1.1\n".to_vec());
    let manifest = ("manifest.json".to_owned(), manifest.to_string().into_bytes());
    Members(files.chain([version, manifest]).collect()).folder(&folder.join("skopeo-5pec!@L"))
}

/// Layouts as folders, most of them broken.
#[derive(Debug)]
pub struct Layouts {
    /// A good one, whose image is called `0.0.1`.
    pub good: PathBuf,
    /// Its `index.json` is no JSON.
    pub bad_json: PathBuf,
    /// Its `index.json` is a folder.
    pub index_folder: PathBuf,
    /// Its `index.json` lists nothing.
    pub empty: PathBuf,
    /// The blob that its `index.json` names is not there.
    pub hollow: PathBuf,
    /// The name of that blob.
    pub missing: String,
}

/// Writes these.
pub fn layouts(folder: &Path) -> Layouts {
    let plain = layer("one");
    let mut members = Members::default();
    let mut root = members.manifest(
        OCI_MANIFEST,
        OCI_CONFIG,
        &configuration(std::slice::from_ref(&plain)),
        &[(OCI_GZIP, gzip(&plain))],
    );
    root["annotations"] = json!({"org.opencontainers.image.ref.name": "0.0.1"});
    let with = |name: &str, index: &[u8]| members.clone().layout(index).folder(&folder.join(name));
    let gone = descriptor("application/badmedia+json", b"nowhere");
    let index_folder = with("index-folder.oci", b"{}");
    std::fs::remove_file(index_folder.join("index.json"))
        .and_then(|()| std::fs::create_dir(index_folder.join("index.json")))
        .expect("the folder is made");
    Layouts {
        good: with("good.oci", &index(&[root])),
        bad_json: with("bad-json.oci", b"foobar"),
        index_folder,
        empty: with("empty.oci", b"{}"),
        missing: blob_path(&gone),
        hollow: with("hollow.oci", &index(&[gone])),
    }
}

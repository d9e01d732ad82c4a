//! The command against Debian's registry and skopeo: what we publish others read, and what others publish
//! we read, with the digests that were said.

#![allow(clippy::print_stdout, reason = "says what was measured")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use slipway_tests::archive::docker_save;
use slipway_tests::command::Slipway;
use slipway_tests::others_archives;
use slipway_tests::registry::{PATIENCE, Registry, skopeo, skopeo_digest, skopeo_pull};
use slipway_tests::shapes::{self, Shape};
use slipway_tests::watched::{nameless_files, peak_memory};

/// Archives with the shapes of other tools', and what picks the image where there are several.
fn archives(folder: &Path) -> [(Shape, &'static [&'static str]); 8] {
    [
        (shapes::legacy(folder), &[]),
        (shapes::kaniko(folder), &[]),
        (shapes::oci_zstd(folder), &[]),
        (shapes::oci_plain(folder), &[]),
        (shapes::docker_gzip(folder), &[]),
        (shapes::lowercase(folder), &[]),
        (shapes::two_images(folder), &["--image", "@1"]),
        (shapes::sparse(folder), &[]),
    ]
}

/// The archives of other tools themselves.
const THEIR_ARCHIVES: [(&str, &[&str]); 8] = [
    ("dive/.data/test-docker-image.tar", &[]),
    ("dive/.data/test-kaniko-image.tar", &[]),
    ("dive/.data/test-oci-zstd-image.tar", &[]),
    ("dive/.data/test-oci-uncompressed-image.tar", &[]),
    ("fanal/test/testdata/alpine-310.tar.gz", &[]),
    ("jib/jib-image.tar", &[]),
    ("container-libs/common/libimage/testdata/docker-two-images.tar.xz", &["--image", "@1"]),
    ("oras-go/content/oci/testdata/hello-world.tar", &[]),
];

/// Pushes an archive, and lets skopeo read all of it under the digest that was reported.
fn is_read_by_skopeo(registry: &Registry, name: &str, path: &Path, more: &[&str]) {
    let reference = format!("{}/octocat/{name}:1", registry.host());
    let arguments = ["push", &path.to_string_lossy(), &reference, "--json"];
    let run = Slipway::default().run(arguments.iter().chain(more));
    assert_eq!(run.code, 0, "{}: {}{}", path.display(), run.output, run.error);
    assert_eq!(skopeo_digest(&reference, None), run.digest(), "{}", path.display());
    let folder = tempfile::tempdir().unwrap();
    skopeo_pull(&reference, folder.path());
}

#[test]
fn what_slipway_pushes_skopeo_reads_with_the_digest_we_reported() {
    let registry = Registry::start();
    let folder = tempfile::tempdir().unwrap();
    for (number, (shape, more)) in archives(folder.path()).iter().enumerate() {
        is_read_by_skopeo(&registry, &format!("image{number}"), &shape.path, more);
    }
}

#[test]
fn other_projects_archives_are_pushed_and_read_by_skopeo() {
    let name = "command::other_projects_archives_are_pushed_and_read_by_skopeo";
    let Some(folder) = others_archives(name) else { return };
    let registry = Registry::start();
    for (number, (file, more)) in THEIR_ARCHIVES.iter().enumerate() {
        is_read_by_skopeo(&registry, &format!("image{number}"), &folder.join(file), more);
    }
}

#[test]
fn a_sparse_archive_says_before_the_push_which_platform_goes_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = shapes::sparse(folder.path()).path;
    let registry = Registry::start();
    let reference = format!("{}/octocat/hello:1", registry.host());
    let run = Slipway::default().run(["push", &path.to_string_lossy(), &reference, "--json"]);
    let objects = run.objects();
    assert_eq!(objects[0]["event"], "note", "{}", run.output);
    assert_eq!(objects[0]["id"], "index.sparse");
    assert!(objects[0]["params"]["missing"].as_str().unwrap().contains('/'));
    assert_eq!(objects.last().unwrap()["platforms"].as_array().unwrap().len(), 1);
}

#[test]
fn a_second_push_sends_no_stored_layer_again_and_moves_no_tag() {
    let folder = tempfile::tempdir().unwrap();
    let path = shapes::oci_gzip(folder.path()).path;
    let registry = Registry::start();
    let reference = format!("{}/octocat/again:1", registry.host());
    let slipway = Slipway::default();
    let first = slipway.run(["push", &path.to_string_lossy(), &reference, "--json"]).last();
    let second = slipway.run(["push", &path.to_string_lossy(), &reference, "--tag", "2", "--json"]).last();
    assert_eq!(first["digest"], second["digest"]);
    assert!(first["sent"].as_u64().unwrap() > 0);
    assert_eq!(second["sent"], 0);
    assert_eq!(second["versions"][0]["unchanged"], true);
    assert_eq!(second["versions"][1]["tag"], "2");
}

/// What skopeo can read and publish, in its own words for where it is.
fn theirs(folder: &Path) -> [(&'static str, PathBuf, &'static str); 6] {
    [
        ("docker-archive", shapes::legacy(folder).path, ""),
        ("docker-archive", shapes::kaniko(folder).path, ""),
        ("docker-archive", shapes::lowercase(folder).path, ""),
        ("docker-archive", shapes::two_images(folder).path, ":@1"),
        ("oci-archive", shapes::oci_zstd(folder).path, ""),
        ("oci", shapes::layouts(folder).good, ""),
    ]
}

/// The same of other projects.
const THEIR_OWN: [(&str, &str, &str); 6] = [
    ("docker-archive", "dive/.data/test-docker-image.tar", ""),
    ("docker-archive", "dive/.data/test-kaniko-image.tar", ""),
    ("docker-archive", "jib/jib-image.tar", ""),
    ("docker-archive", "container-libs/common/libimage/testdata/docker-two-images.tar.xz", ":@1"),
    ("oci-archive", "dive/.data/test-oci-zstd-image.tar", ""),
    ("oci", "fanal/test/testdata/test.oci", ""),
];

/// Lets skopeo publish what `source` names; we pull it in both formats, and skopeo reads what we wrote.
fn is_pulled_as_skopeo_published_it(registry: &Registry, name: &str, source: &str) {
    let folder = tempfile::tempdir().unwrap();
    let reference = format!("{}/octocat/{name}:1", registry.host());
    let there = format!("docker://{reference}");
    skopeo(&["copy", "--dest-tls-verify=false", source, &there]);
    for format in ["oci-archive", "docker-archive"] {
        let file = folder.path().join(format!("{format}.tar"));
        let file = file.to_string_lossy();
        let arguments = ["pull", &reference, "-o", &file, "--format", format, "--json"];
        let run = Slipway::default().run(arguments);
        assert_eq!(run.digest(), skopeo_digest(&reference, None), "{source}: {}", run.error);
        assert!(!Path::new(&format!("{file}.part")).exists());
        // The config, and so the image ID, went through both of us unchanged.
        let config = |at: &str| skopeo(&["inspect", "--config", "--raw", "--tls-verify=false", at]);
        assert_eq!(config(&format!("{format}:{file}")), config(&there), "{source} as {format}");
    }
}

#[test]
fn what_skopeo_pushes_slipway_pulls_and_skopeo_reads_back() {
    let registry = Registry::start();
    let folder = tempfile::tempdir().unwrap();
    for (number, (transport, path, image)) in theirs(folder.path()).iter().enumerate() {
        let source = format!("{transport}:{}{image}", path.display());
        is_pulled_as_skopeo_published_it(&registry, &format!("theirs{number}"), &source);
    }
}

#[test]
fn other_projects_archives_are_pushed_by_skopeo_pulled_and_read_back() {
    let name = "command::other_projects_archives_are_pushed_by_skopeo_pulled_and_read_back";
    let Some(folder) = others_archives(name) else { return };
    let registry = Registry::start();
    for (number, (transport, file, image)) in THEIR_OWN.iter().enumerate() {
        let source = format!("{transport}:{}{image}", folder.join(file).display());
        is_pulled_as_skopeo_published_it(&registry, &format!("theirs{number}"), &source);
    }
}

#[test]
fn a_missing_image_is_no_file_and_a_clear_word() {
    let registry = Registry::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("none.tar");
    let reference = format!("{}/octocat/none:1", registry.host());
    let run = Slipway::default().run(["pull", &reference, "-o", &file.to_string_lossy(), "--json"]);
    assert_eq!((run.code, run.last()["code"].as_str()), (1, Some("notFound")), "{}", run.output);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn refusals_come_before_anything_is_sent_with_their_own_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let zip = folder.path().join("a.tar");
    std::fs::write(&zip, b"PK\x03\x04 and more").unwrap();
    let zip = zip.to_string_lossy();
    let slipway = Slipway::default();
    let run = slipway.run(["push", &zip, "127.0.0.1:1/octocat/a:1", "--json"]);
    assert_eq!((run.code, run.last()["code"].as_str()), (3, Some("file.zip")));
    let run = slipway.run(["push", &zip, "ghcr.io/Octocat/a:1"]);
    assert_eq!(run.code, 2);
    assert!(run.error.contains("octocat"), "the nearest valid value is named: {}", run.error);
    let run = slipway.run(["push", &zip]);
    assert_eq!(run.code, 2);
}

#[test]
fn several_images_are_never_chosen_between_silently() {
    let folder = tempfile::tempdir().unwrap();
    let path = shapes::two_images(folder.path()).path;
    let run = Slipway::default().run(["push", &path.to_string_lossy(), "127.0.0.1:1/octocat/a:1", "--json"]);
    assert_eq!((run.code, run.last()["code"].as_str()), (3, Some("image.choose")));
    assert!(run.last()["params"]["images"].as_str().unwrap().contains("example.com/empty/but:different"));
}

#[test]
fn plain_http_to_another_host_is_refused_unless_it_is_asked_for() {
    // An override may only lead to this computer.
    let folder = tempfile::tempdir().unwrap();
    let path = shapes::two_layers(folder.path()).path;
    let hosts = folder.path().join("hosts.toml");
    std::fs::write(&hosts, "[\"ghcr.io\"]\nregistry = \"http://registry.example.com\"\n").unwrap();
    let slipway = Slipway::default().with("SLIPWAY_HOSTS", &hosts.to_string_lossy());
    let run = slipway.run(["push", &path.to_string_lossy(), "ghcr.io/octocat/a:1"]);
    assert_eq!(run.code, 2, "{}", run.error);
    assert!(run.error.contains("ghcr.io"), "{}", run.error);
}

/// A gigabyte goes up in constant memory and without a temporary file.
#[test]
fn a_large_archive_takes_little_memory_and_no_temporary_file() {
    const SIZE: u64 = 1 << 30;
    /// kB.
    const MOST: u64 = 64 << 10;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.tar");
    docker_save(&file, &[SIZE], "large:1").unwrap();
    let temporary = folder.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let registry = Registry::start();
    let reference = format!("{}/octocat/large:1", registry.host());
    let slipway = Slipway::default().with("TMPDIR", &temporary.to_string_lossy());
    let mut child = slipway.start(["push", &file.to_string_lossy(), &reference, "--json"]);
    drop(child.stdin.take());
    let (mut peak, mut deleted) = (0, Vec::new());
    let began = Instant::now();
    // Its output is small; the pipe holds it until the end.
    let reader = std::thread::spawn({
        let mut output = child.stdout.take().unwrap();
        move || {
            let mut text = String::new();
            std::io::Read::read_to_string(&mut output, &mut text).map(|_| text)
        }
    });
    while child.try_wait().unwrap().is_none() {
        peak = peak.max(peak_memory(child.id()).unwrap_or(0));
        deleted.extend(nameless_files(child.id()));
        assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0);
        assert!(began.elapsed() < PATIENCE * 10, "the push does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = reader.join().unwrap().unwrap();
    let last: serde_json::Value = serde_json::from_str(output.lines().last().unwrap()).unwrap();
    assert_eq!(last["event"], "done", "{last}");
    assert_eq!(skopeo_digest(&reference, None), last["digest"].as_str().unwrap());
    println!("peak memory {peak} kB for {SIZE} bytes");
    assert!((1..MOST).contains(&peak), "{peak} kB of memory");
    assert!(deleted.is_empty(), "temporary files: {deleted:?}");
}

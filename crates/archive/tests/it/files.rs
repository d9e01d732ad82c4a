//! What surrounds an image: compression, other kinds of files, layout folders, cancelling.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use slipway_archive::{
    Archive, ArchiveError, Format, Kind, OpenOptions, Outer, Sniffed, SpoolProgress, sniff, unpacked_limit,
};
use slipway_stage::image::{Oci, blob_path, docker, layer};
use slipway_stage::tar::Tar;
use slipway_stage::{bzip2, gzip, noise, xz, zstd};

use crate::{content, open, opened, save};

fn image() -> Vec<u8> {
    let plain = layer("x");
    docker(Tar::default().file("1", &plain), &[&plain], &["1"])
}

fn compressed(plain: &[u8]) -> [(Outer, Vec<u8>); 4] {
    [
        (Outer::Gzip, gzip(plain)),
        (Outer::Zstd, zstd(plain)),
        (Outer::Xz, xz(plain)),
        (Outer::Bzip2, bzip2(plain)),
    ]
}

#[test]
fn every_outer_compression_is_read_in_one_piece_and_in_several() {
    let plain = image();
    let (front, back) = plain.split_at(700);
    for ((outer, whole), (front, back)) in
        compressed(&plain).into_iter().zip(compressed(front).into_iter().zip(compressed(back)))
    {
        let pieces = [front.1, back.1].concat();
        for bytes in [whole, pieces] {
            let saved = save(&bytes);
            assert_eq!(sniff(&saved.path).unwrap(), Sniffed::Compressed(outer));
            let archive = open(&saved.path).unwrap();
            assert_eq!((archive.outer(), archive.file_size()), (outer, bytes.len() as u64));
            assert_eq!(content(&archive, 1), layer("x"));
        }
    }
}

#[test]
fn a_compressed_file_that_ends_early_is_truncated_and_a_broken_one_damaged() {
    // Long enough that a cut leaves something to unpack.
    let body = noise(300_000, 1);
    let plain = docker(Tar::default().file("1", &body), &[&body], &["1"]);
    for (outer, bytes) in compressed(&plain) {
        let cut = opened(&bytes[..bytes.len() * 2 / 3]).unwrap_err();
        assert!(matches!(cut, ArchiveError::Truncated { .. }), "{outer:?}: {cut}");
        if outer != Outer::Zstd {
            let mut broken = bytes.clone();
            let middle = broken.len() / 2;
            broken[middle..middle + 64].fill(0x55);
            let broken = opened(&broken).unwrap_err();
            assert!(
                matches!(broken, ArchiveError::Malformed { .. } | ArchiveError::Truncated { .. }),
                "{outer:?}: {broken}"
            );
        }
    }
}

#[test]
fn what_unpacks_to_far_too_much_is_left_where_somebody_has_to_allow_it() {
    let large = layer("x").into_iter().chain(vec![0; 4 << 20]).collect::<Vec<u8>>();
    let image = docker(Tar::default().file("1", &large), &[&large], &["1"]);
    let little = OpenOptions { max_unpacked: Some(1 << 20), ..OpenOptions::default() };
    let enough = OpenOptions { max_unpacked: Some(8 << 20), ..OpenOptions::default() };
    for (outer, bytes) in compressed(&image) {
        let saved = save(&bytes);
        let error = Archive::open(&saved.path, &little).unwrap_err();
        assert!(matches!(&error, ArchiveError::Unpacks { limit: 1_048_576, .. }), "{outer:?}: {error}");
        assert!(error.to_string().contains("image.tar") && error.to_string().contains("--max-unpacked"));
        Archive::open(&saved.path, &enough).unwrap();
    }
    // Without a word of anybody: twenty times its size, from where it could do harm on.
    assert_eq!(unpacked_limit(3 << 20), 256 << 20);
    assert_eq!(unpacked_limit(1 << 30), 20 << 30);
}

/// Written so far, where it is told.
fn written(bytes: &[u8]) -> (Option<ArchiveError>, u64) {
    let most = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&most);
    let on_spool: Arc<dyn Fn(SpoolProgress) + Send + Sync> =
        Arc::new(move |progress| _ = told.fetch_max(progress.written, Ordering::Relaxed));
    let options = OpenOptions { on_spool: Some(on_spool), ..OpenOptions::default() };
    (Archive::open(&save(bytes).path, &options).err(), most.load(Ordering::Relaxed))
}

#[test]
fn what_is_no_image_fills_no_disk() {
    // No tar at all: nothing of it is written.
    let (error, most) = written(&gzip(&vec![7; 64 << 20]));
    assert!(matches!(error, Some(ArchiveError::Unknown { .. })) && most == 0, "{error:?} after {most}");
    // Nonsense behind the first member: the rest is not unpacked, and it is told as if it had been.
    let mut nonsense = Tar::default().file("1", b"x").0;
    nonsense.resize(64 << 20, 7);
    let (error, most) = written(&gzip(&nonsense));
    assert!(
        matches!(&error, Some(ArchiveError::Malformed { member, .. }) if member == "the tar header at byte 1024"),
        "{error:?}"
    );
    assert!(most <= 1 << 20, "{most} bytes were written");
}

#[test]
fn unpacking_tells_how_far_it_is_and_can_be_cancelled() {
    let (size, saved) = (image().len() as u64, save(&gzip(&image())));
    let told: Arc<Mutex<Vec<SpoolProgress>>> = Arc::default();
    let tell = Arc::clone(&told);
    let options = OpenOptions {
        on_spool: Some(Arc::new(move |progress| tell.lock().unwrap().push(progress))),
        ..OpenOptions::default()
    };
    Archive::open(&saved.path, &options).unwrap();
    let told = told.lock().unwrap();
    let (first, last) = (told[0], told[told.len() - 1]);
    assert_eq!((first.written, first.need), (0, Some(size)), "the room is told before it is taken");
    assert_eq!((last.written, last.need), (size, Some(size)));
    let options = OpenOptions { cancelled: Some(Arc::new(AtomicBool::new(true))), ..OpenOptions::default() };
    assert!(matches!(Archive::open(&saved.path, &options), Err(ArchiveError::Cancelled)));
}

#[test]
fn a_file_that_says_how_much_it_needs_is_refused_where_that_does_not_fit() {
    // The head of a zstd frame (RFC 8878 §3.1.1): its content has 2^60 bytes.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0b1110_0000];
    frame.extend((1_u64 << 60).to_le_bytes());
    frame.extend([0; 64]);
    let saved = save(&frame);
    let error = open(&saved.path).unwrap_err();
    assert!(matches!(error, ArchiveError::Unpacks { .. }), "{error}");
    let allowing = OpenOptions { max_unpacked: Some(u64::MAX), ..OpenOptions::default() };
    let error = Archive::open(&saved.path, &allowing).unwrap_err();
    assert!(matches!(error, ArchiveError::NoRoom { need, .. } if need == 1 << 60), "{error}");
}

#[test]
fn files_of_other_kinds_are_refused_for_what_they_are() {
    let error = |bytes: &[u8]| opened(bytes).unwrap_err();
    assert!(matches!(error(b""), ArchiveError::Empty { .. }));
    assert!(matches!(error(b"PK\x03\x04 and so on"), ArchiveError::Zip { .. }));
    for text in [b"just some text".to_vec(), gzip(b"just some text")] {
        assert!(matches!(error(&text), ArchiveError::Other { kind: Kind::Text, .. }));
    }
    assert!(matches!(error(&[7; 2048]), ArchiveError::Unknown { .. }));
    assert!(matches!(error(&[0; 1024]), ArchiveError::NotImage { .. }));
    assert!(matches!(error(&Tar::default().file("readme", b"hello").end()), ArchiveError::NotImage { .. }));
    let root = Tar::default().file("etc/passwd", b"").file("usr/bin/env", b"").link(b'2', "bin", "usr/bin");
    assert!(matches!(error(&root.end()), ArchiveError::RootFilesystem { .. }));
    let old = Tar::default().file("abc/layer.tar", b"").file("abc/json", b"{}").file("repositories", b"{}");
    assert!(matches!(error(&old.end()), ArchiveError::TooOld { .. }));
    let nowhere = open(std::path::Path::new("/nowhere/at/all.tar")).unwrap_err();
    assert!(matches!(nowhere, ArchiveError::Unreadable { .. }));
}

/// docker/for-win#660, docker/for-win#758, moby/moby#30919: `docker save IMAGE > image.tar` in Windows PowerShell.
/// podman-container-tools/podman#352: progress in front of the tar. And what downloads and Git leave in a file's place.
#[test]
fn what_became_of_an_image_on_its_way_is_said() {
    let plain = image();
    let page = b"<!DOCTYPE html>\n<html><title>Sign in</title></html>\n".repeat(40);
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
    let wide: Vec<u8> = plain.iter().flat_map(|byte| [*byte, 0]).collect();
    let text = "\u{feff}".as_bytes();
    let progress = b"Copying blob sha256:0123\nWriting manifest to image destination\n";
    let rows = [
        (Kind::Utf16, [&b"\xff\xfe"[..], &wide].concat()),
        (Kind::TextInFront(3), [text, &plain].concat()),
        (Kind::TextInFront(progress.len()), [&progress[..], &plain].concat()),
        (Kind::Html, page),
        (Kind::LfsPointer, pointer.to_vec()),
        (Kind::Answer, br#"{"message": "Not Found", "status": "404"}"#.to_vec()),
        (Kind::Base64, base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &plain).into_bytes()),
        (Kind::Base64, base64::Engine::encode(&base64::prelude::BASE64_STANDARD, gzip(&plain)).into_bytes()),
        (Kind::Twice, gzip(&gzip(&plain))),
        (Kind::Named("7-Zip"), b"7z\xbc\xaf\x27\x1c\0\x04".to_vec()),
    ];
    for (kind, bytes) in rows {
        for bytes in [gzip(&bytes), bytes].into_iter().skip(usize::from(kind == Kind::Twice)) {
            let error = opened(&bytes).unwrap_err();
            assert!(
                matches!(&error, ArchiveError::Other { kind: found, .. } if *found == kind),
                "{kind:?}: {error}"
            );
        }
    }
}

/// The copy of a program that takes every file for text, `core.autocrlf` and FTP among them.
#[test]
fn a_tar_whose_line_ends_were_changed_is_told_from_a_damaged_one() {
    let body = b"one\ntwo\nthree\n".repeat(50);
    let plain = docker(Tar::default().file("1", &body), &[&body], &["1"]);
    let mut changed = Vec::new();
    for byte in &plain {
        changed.extend(if *byte == b'\n' { &b"\r\n"[..] } else { std::slice::from_ref(byte) });
    }
    let error = opened(&changed).unwrap_err();
    assert!(matches!(error, ArchiveError::Other { kind: Kind::LineEnds, .. }), "{error}");
    // One that is damaged in another way is no text.
    let mut damaged = plain;
    damaged.insert(700, b'x');
    assert!(matches!(opened(&damaged), Err(ArchiveError::Malformed { .. })));
}

#[test]
fn an_unpacked_docker_save_is_no_layout_and_is_called_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    unpack(&image(), folder.path());
    let error = open(folder.path()).unwrap_err();
    assert!(matches!(error, ArchiveError::Other { kind: Kind::UnpackedSave, .. }), "{error}");
    // What a web page calls itself by is an object.
    std::fs::write(folder.path().join("manifest.json"), "\n{\"name\": \"a page\"}").unwrap();
    assert!(matches!(open(folder.path()), Err(ArchiveError::NotLayout { .. })));
}

/// Unpacks an archive of ours into a folder.
fn unpack(bytes: &[u8], folder: &std::path::Path) {
    let mut at = 0;
    while bytes[at] != 0 {
        let text = |range: std::ops::Range<usize>| {
            std::str::from_utf8(&bytes[at..][range]).unwrap().trim_end_matches('\0').to_owned()
        };
        let size = usize::from_str_radix(&text(124..136), 8).unwrap();
        let path = folder.join(text(0..100));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &bytes[at + 512..at + 512 + size]).unwrap();
        at += 512 + size.next_multiple_of(512);
    }
}

#[test]
fn a_layout_folder_is_read_and_watched() {
    let mut oci = Oci::default();
    let image = oci.image("x");
    let folder = tempfile::tempdir().unwrap();
    unpack(&oci.end(&[image]), folder.path());
    assert_eq!(sniff(folder.path()).unwrap(), Sniffed::Layout);
    let archive = open(folder.path()).unwrap();
    assert_eq!((archive.format(), content(&archive, 1)), (Format::OciLayout, layer("x")));
    archive.unchanged().unwrap();
    std::fs::write(folder.path().join("index.json"), "{}").unwrap();
    assert!(matches!(archive.unchanged(), Err(ArchiveError::Changed)));
    std::fs::remove_file(folder.path().join("oci-layout")).unwrap();
    assert!(matches!(open(folder.path()), Err(ArchiveError::NotLayout { .. })));
}

#[cfg(unix)]
#[test]
fn links_in_a_layout_folder_do_not_lead_out_of_it() {
    let mut oci = Oci::default();
    let image = oci.image("x");
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    unpack(&oci.end(&[image]), folder.path());
    let blobs = folder.path().join("blobs");
    std::fs::rename(&blobs, outside.path().join("blobs")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("blobs"), &blobs).unwrap();
    let error = open(folder.path()).unwrap_err();
    assert!(matches!(error, ArchiveError::LeadsOut { .. }), "{error}");
    // The way round is named, and there is one for who trusts the folder.
    let folder_name = folder.path().file_name().unwrap().to_string_lossy().into_owned();
    assert!(error.to_string().contains(&format!("cp -rL {folder_name}")), "{error}");
    let trusting = OpenOptions { trust_links: true, ..OpenOptions::default() };
    assert_eq!(content(&Archive::open(folder.path(), &trusting).unwrap(), 1), layer("x"));
}

/// bazel-contrib/rules_oci#439, bootc-dev/ocidir-rs#21: one blob of many lies elsewhere.
#[cfg(unix)]
#[test]
fn an_image_that_is_linked_from_elsewhere_takes_nothing_from_the_others() {
    let mut oci = Oci::default();
    let (linked, here) = (oci.image("linked"), oci.image("here"));
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    unpack(&oci.end(&[linked.clone(), here]), folder.path());
    let (blob, away) = (folder.path().join(blob_path(&linked)), outside.path().join("manifest"));
    std::fs::rename(&blob, &away).unwrap();
    std::os::unix::fs::symlink(&away, &blob).unwrap();
    let archive = open(folder.path()).unwrap();
    assert_eq!(content(&archive, 1), layer("here"));
    assert!(matches!(archive.left_out()[0].reason, ArchiveError::LeadsOut { .. }));
    // Trust goes as far as files do.
    let trusting = OpenOptions { trust_links: true, ..OpenOptions::default() };
    assert_eq!(Archive::open(folder.path(), &trusting).unwrap().images().len(), 2);
    std::fs::remove_file(&blob).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &blob).unwrap();
    let archive = Archive::open(folder.path(), &trusting).unwrap();
    assert!(matches!(archive.left_out()[0].reason, ArchiveError::Malformed { .. }));
}

/// skopeo#590, containers/image#1317, google/go-containerregistry#933: an archive from a pipe.
#[cfg(unix)]
#[test]
fn an_archive_from_a_pipe_is_kept_and_read_as_often_as_needed() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let streams = OpenOptions { streams: true, ..OpenOptions::default() };
    let through = |bytes: Vec<u8>, options: &OpenOptions| {
        let end = pipe.clone();
        let writer = std::thread::spawn(move || std::fs::write(end, bytes));
        let read = Archive::open(&pipe, options);
        // Who is not read to the end may not be able to write it all.
        let _ = writer.join().unwrap();
        read
    };
    for (outer, bytes) in compressed(&image()).into_iter().chain([(Outer::None, image())]) {
        let size = bytes.len() as u64;
        let archive = through(bytes, &streams).unwrap();
        assert_eq!((archive.outer(), archive.file_size()), (outer, size));
        for _ in 0..2 {
            assert_eq!(content(&archive, 1), layer("x"));
        }
        archive.unchanged().unwrap();
    }
    let error = |bytes: Vec<u8>| through(bytes, &streams).unwrap_err();
    assert!(matches!(error(Vec::new()), ArchiveError::Empty { .. }));
    assert!(matches!(error(b"<html>".to_vec()), ArchiveError::Other { kind: Kind::Html, .. }));
    assert!(matches!(error(image()[..2048].to_vec()), ArchiveError::Truncated { .. }));
    let little = OpenOptions { spool_limit: 4096, ..streams.clone() };
    assert!(matches!(through(image(), &little), Err(ArchiveError::Bomb { .. })));
    let nowhere = OpenOptions { spool_dir: Some(folder.path().join("none")), ..streams.clone() };
    let error = through(image(), &nowhere).unwrap_err();
    assert!(error.to_string().contains("none") && error.to_string().contains("TMPDIR"), "{error}");
    // Nobody writes: the window would wait for ever, so it is refused unopened.
    let error = open(&pipe).unwrap_err();
    assert!(matches!(error, ArchiveError::Other { kind: Kind::Pipe, .. }), "{error}");
    assert!(matches!(sniff(&pipe), Err(ArchiveError::Other { kind: Kind::Pipe, .. })));
    // Endless ones are seen through at their first bytes.
    let zeros = Archive::open(std::path::Path::new("/dev/zero"), &streams).unwrap_err();
    assert!(matches!(zeros, ArchiveError::NotImage { .. }), "{zeros}");
}

/// What nobody may read.
struct Unread;

impl std::io::Read for Unread {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        panic!("it was read");
    }
}

#[test]
fn what_a_program_writes_is_kept_and_its_need_is_told_before_anything_is_read() {
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let heard = std::sync::Arc::clone(&told);
    let telling = OpenOptions {
        on_spool: Some(std::sync::Arc::new(move |progress| heard.lock().unwrap().push(progress))),
        ..OpenOptions::default()
    };
    let (size, input) = (image().len() as u64, std::io::Cursor::new(image()));
    let archive = Archive::open_reader(input, "octocat/a:1", Some(1 << 20), &telling).unwrap();
    assert_eq!((archive.file_size(), archive.path().to_str()), (size, Some("octocat/a:1")));
    assert_eq!(content(&archive, 1), layer("x"));
    assert_eq!(told.lock().unwrap()[0].need, Some(1 << 20));
    // More than any disk has: nothing is read.
    let error = Archive::open_reader(Unread, "a", Some(u64::MAX), &OpenOptions::default()).unwrap_err();
    assert!(matches!(error, ArchiveError::NoRoom { need: u64::MAX, .. }), "{error}");
    assert!(error.to_string().contains("pipe"), "{error}");
}

/// Bytes behind which comes a failure.
struct Broken(std::io::Cursor<Vec<u8>>);

impl std::io::Read for Broken {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(std::io::Error::other("the engine broke off")),
            length => Ok(length),
        }
    }
}

/// An engine's export that broke off ends in an error, which is not to be taken for the end of the tar.
#[test]
fn what_breaks_off_is_told_in_the_words_of_whoever_read_it() {
    // Even where nothing is missing of the tar itself.
    for length in [0, 600, 3000, image().len()] {
        let input = Broken(std::io::Cursor::new(image()[..length.min(image().len())].to_vec()));
        let error = Archive::open_reader(input, "a", None, &OpenOptions::default()).unwrap_err();
        let ArchiveError::Unreadable { source, .. } = &error else { panic!("{length}: {error}") };
        assert_eq!(source.to_string(), "the engine broke off", "{length}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_can_hold_no_file_is_told_with_the_way_round() {
    let full = OpenOptions { spool_dir: Some("/dev/full".into()), ..OpenOptions::default() };
    let error = Archive::open(&save(&gzip(&image())).path, &full).unwrap_err();
    assert!(matches!(&error, ArchiveError::Spool { folder, .. } if folder == "/dev/full"), "{error}");
    assert!(error.to_string().contains("TMPDIR"), "{error}");
}

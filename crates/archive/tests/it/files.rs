//! What surrounds an image: compression, other kinds of files, layout folders, cancelling.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use slipway_archive::{Archive, ArchiveError, Format, OpenOptions, Outer, Sniffed, SpoolProgress, sniff};
use slipway_stage::image::{Oci, docker, layer};
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
fn what_unpacks_to_far_too_much_is_a_bomb() {
    let zeros = vec![0; 4 << 20];
    let options = OpenOptions { spool_limit: 1 << 20, ..OpenOptions::default() };
    for (outer, bytes) in compressed(&zeros) {
        let error = Archive::open(&save(&bytes).path, &options).unwrap_err();
        assert!(matches!(error, ArchiveError::Bomb { .. }), "{outer:?}: {error}");
    }
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
    let error = opened(&frame).unwrap_err();
    assert!(matches!(error, ArchiveError::NoRoom { need, .. } if need == 1 << 60), "{error}");
}

#[test]
fn files_of_other_kinds_are_refused_for_what_they_are() {
    let error = |bytes: &[u8]| opened(bytes).unwrap_err();
    assert!(matches!(error(b""), ArchiveError::Empty { .. }));
    assert!(matches!(error(b"PK\x03\x04 and so on"), ArchiveError::Zip { .. }));
    assert!(matches!(error(b"just some text"), ArchiveError::Unknown { .. }));
    assert!(matches!(error(&gzip(b"just some text")), ArchiveError::Unknown { .. }));
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
    assert!(matches!(error, ArchiveError::Unsafe { .. }), "{error}");
}

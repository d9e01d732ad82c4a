//! Whatever the bytes are, the answer is an image or a refusal.

use std::io::Read as _;

use proptest::prelude::*;
use slipway_image::{BlobSource, Node};
use slipway_stage::gzip;
use slipway_stage::image::{Oci, docker, layer};
use slipway_stage::tar::{Tar, header, pax, seal};

use crate::{open, opened, save};

fn samples() -> Vec<Vec<u8>> {
    let plain = layer("x");
    let members = Tar::default()
        .file("a/layer.tar", &plain)
        .link(b'2', "b", "a/layer.tar")
        .extra(b'L', b"long\0")
        .file("c", b"");
    let mut oci = Oci::default();
    let image = oci.image("x");
    let index = oci.index(&[image]);
    let docker = docker(members, &[&plain, &plain], &["a/layer.tar", "b"]);
    vec![gzip(&docker), docker, oci.end(&[index]), with_holes()]
}

/// Samples whose layers are not in the file as they read.
const ELSEWHERE: [usize; 2] = [0, 3];

/// An image in a folder, whose layers have holes.
fn with_holes() -> Vec<u8> {
    let plain = [&[7; 512][..], &[0; 2048], &[8; 512]].concat();
    let stored = [[7; 512], [8; 512]].concat();
    let config = slipway_stage::image::config(&[&plain, &plain]);
    let mut old = header("a/old", 1024, b'S', "");
    old[386..434].copy_from_slice(b"00000000000 00000001000 00000005000 00000001000 ");
    old[483..495].copy_from_slice(b"00000006000 ");
    seal(&mut old);
    let records = [
        pax("GNU.sparse.major", "1"),
        pax("GNU.sparse.minor", "0"),
        pax("GNU.sparse.name", "a/new"),
        pax("GNU.sparse.realsize", "3072"),
    ];
    let mut map = b"2\n0\n512\n2560\n512\n".to_vec();
    map.resize(512, 0);
    let tar = Tar::default().raw(&old, &stored).extra(b'x', &records.concat());
    let tar = tar.file("a/stand-in", &[map, stored].concat());
    let tar = tar.file(&format!("a/{}.json", slipway_stage::sha256(&config)), &config);
    tar.file("a/manifest.json", &slipway_stage::image::manifest(&config, &["old", "new"])).end()
}

/// Opens, and reads every layer there is. What is read is what the archive says it holds, and is part of it.
fn exercise(bytes: &[u8], elsewhere: bool) -> Option<usize> {
    let saved = save(bytes);
    let archive = open(&saved.path).ok()?;
    let mut layers = 0;
    for image in archive.images() {
        for source in sources(&image.root) {
            let mut read = Vec::new();
            source.reader().unwrap().read_to_end(&mut read).unwrap();
            assert_eq!(read.len() as u64, source.size());
            let inside = || read.is_empty() || bytes.windows(read.len()).any(|part| part == read);
            assert!(elsewhere || inside(), "bytes from elsewhere");
            layers += 1;
        }
    }
    Some(layers)
}

fn sources(node: &Node) -> Vec<&BlobSource> {
    match node {
        Node::Manifest(manifest) => {
            manifest.layers.iter().filter_map(|layer| layer.source.as_ref()).collect()
        }
        Node::Index(index) => {
            index.children.iter().filter_map(|child| child.node.as_ref()).flat_map(sources).collect()
        }
    }
}

#[test]
fn no_cut_passes_for_the_whole() {
    for (which, bytes) in samples().into_iter().enumerate() {
        let whole = exercise(&bytes, ELSEWHERE.contains(&which)).unwrap();
        for cut in (0..bytes.len()).step_by(if which == 0 { 1 } else { 64 }) {
            let read = exercise(&bytes[..cut], ELSEWHERE.contains(&which));
            assert!(read.is_none_or(|layers| layers == whole), "sample {which} cut at {cut}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        let _ = opened(&bytes);
    }

    #[test]
    fn any_changed_archive_is_survived(
        which in 0..4_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in proptest::option::of(any::<prop::sample::Index>()),
        checksums in any::<bool>(),
    ) {
        let mut bytes = samples().swap_remove(which);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if checksums {
            // With right checksums the changes reach what is behind them.
            for block in bytes.chunks_exact_mut(512).filter(|block| &block[257..262] == b"ustar") {
                seal(block.try_into().unwrap());
            }
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        exercise(&bytes, ELSEWHERE.contains(&which));
    }
}

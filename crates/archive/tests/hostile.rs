//! Whatever the bytes are, the answer is an image or a refusal.

mod build;

use build::{Oci, Tar, docker, gzip, layer, opened};
use proptest::prelude::*;

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
    vec![gzip(&docker), docker, oci.end(&[index])]
}

/// Opens, and reads every layer there is.
fn exercise(bytes: &[u8]) {
    use slipway_archive::Node;
    let saved = build::save(bytes);
    let Ok(archive) = build::open(&saved.path) else { return };
    for image in archive.images() {
        let Node::Manifest(manifest) = &image.root else { continue };
        for source in manifest.layers.iter().filter_map(|layer| layer.source.as_ref()) {
            let _ = archive.reader(source).map(|mut reader| std::io::copy(&mut reader, &mut std::io::sink()));
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
        which in 0..3_usize,
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
                build::seal(block.try_into().unwrap());
            }
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        exercise(&bytes);
    }
}

//! Members that are stored with holes: what `tar -S` makes of an image's members with long runs of zeros.

use std::io::Read as _;

use slipway_archive::ArchiveError;
use slipway_stage::image::{docker, layer};
use slipway_stage::noise;
use slipway_stage::tar::{Tar, header, pax, seal};

use crate::{content, only, opened};

/// Pieces between holes: where each stands, and its bytes.
type Pieces = Vec<(usize, Vec<u8>)>;

/// A layer whose pieces are far from one another, with a hole at its end.
fn with_holes(pieces: usize) -> (Vec<u8>, Pieces) {
    let mut plain = vec![0; 512 * 20 * pieces + 100_000];
    let mut stored = Vec::new();
    for number in 0..pieces {
        let (at, bytes) = (512 * 20 * number, noise(512 + number % 3, number as u64));
        plain[at..at + bytes.len()].copy_from_slice(&bytes);
        stored.push((at, bytes));
    }
    (plain, stored)
}

fn stored(pieces: &Pieces) -> Vec<u8> {
    pieces.iter().flat_map(|(_, bytes)| bytes.clone()).collect()
}

/// GNU's old form: four pieces in the header, 21 in each block behind it.
fn old(tar: Tar, name: &str, size: usize, pieces: &Pieces) -> Tar {
    let entry = |(at, bytes): &(usize, Vec<u8>)| format!("{at:011o}\0{:011o}\0", bytes.len()).into_bytes();
    let entries: Vec<Vec<u8>> = pieces.iter().map(entry).collect();
    let content = stored(pieces);
    let mut head = header(name, content.len() as u64, b'S', "");
    let (first, more) = entries.split_at(entries.len().min(4));
    head[386..386 + first.len() * 24].copy_from_slice(&first.concat());
    head[482] = u8::from(!more.is_empty());
    head[483..495].copy_from_slice(format!("{size:011o}\0").as_bytes());
    seal(&mut head);
    let mut blocks = head.to_vec();
    let mut chunks = more.chunks(21).peekable();
    while let Some(chunk) = chunks.next() {
        let mut block = [0; 512];
        block[..chunk.len() * 24].copy_from_slice(&chunk.concat());
        block[504] = u8::from(chunks.peek().is_some());
        blocks.extend(block);
    }
    tar.raw(&blocks, &content)
}

/// PAX 0.0: two records for each piece.
fn pax_0_0(tar: Tar, name: &str, size: usize, pieces: &Pieces) -> Tar {
    let mut records = [pax("GNU.sparse.size", &size.to_string()), pax("GNU.sparse.numblocks", "?")].concat();
    for (at, bytes) in pieces {
        records.extend(pax("GNU.sparse.offset", &at.to_string()));
        records.extend(pax("GNU.sparse.numbytes", &bytes.len().to_string()));
    }
    tar.extra(b'x', &records).file(name, &stored(pieces))
}

/// PAX 0.1: one record for all pieces, and a stand-in name.
fn pax_0_1(tar: Tar, name: &str, size: usize, pieces: &Pieces) -> Tar {
    let map: Vec<String> = pieces.iter().map(|(at, bytes)| format!("{at},{}", bytes.len())).collect();
    let records = [
        pax("GNU.sparse.size", &size.to_string()),
        pax("GNU.sparse.name", name),
        pax("GNU.sparse.map", &map.join(",")),
    ];
    tar.extra(b'x', &records.concat()).file("GNUSparseFile.1/stand-in", &stored(pieces))
}

/// PAX 1.0: the pieces stand in front of the content.
fn pax_1_0(tar: Tar, name: &str, size: usize, pieces: &Pieces) -> Tar {
    let entries = pieces.iter().map(|(at, bytes)| format!("{at}\n{}\n", bytes.len()));
    let map: String = std::iter::once(format!("{}\n", pieces.len())).chain(entries).collect();
    lines(tar, name, &size.to_string(), &map, &stored(pieces))
}

fn lines(tar: Tar, name: &str, size: &str, map: &str, content: &[u8]) -> Tar {
    let records = [
        pax("GNU.sparse.major", "1"),
        pax("GNU.sparse.minor", "0"),
        pax("GNU.sparse.name", name),
        pax("GNU.sparse.realsize", size),
    ];
    let mut body = map.as_bytes().to_vec();
    body.resize(body.len().next_multiple_of(512), 0);
    body.extend(content);
    tar.extra(b'x', &records.concat()).file("GNUSparseFile.1/stand-in", &body)
}

/// Packs a member of this name and size.
type Form = fn(Tar, &str, usize, &Pieces) -> Tar;

const FORMS: [Form; 4] = [old, pax_0_0, pax_0_1, pax_1_0];

/// `tar -S` packs an unpacked image with holes; that archive was refused (issue 16).
#[test]
fn an_image_packed_by_tar_with_holes_has_all_its_bytes() {
    for (number, form) in FORMS.into_iter().enumerate() {
        for count in [0, 1, 4, 5, 60] {
            let (plain, pieces) = with_holes(count);
            let members = form(Tar::default(), "a/layer.tar", plain.len(), &pieces).file("behind", b"x");
            let archive = opened(&docker(members, &[&plain], &["a/layer.tar"])).unwrap();
            assert_eq!(only(&archive.images()[0]).layers[0].size, plain.len() as u64);
            assert!(content(&archive, 1) == plain, "form {number} with {count} pieces");
        }
    }
}

#[test]
fn links_lead_to_members_with_holes_and_lists_may_have_some() {
    let (plain, pieces) = with_holes(3);
    let config = slipway_stage::image::config(&[&plain]);
    let list = slipway_stage::image::manifest(&config, &["link"]);
    let name = format!("{}.json", slipway_stage::sha256(&config));
    let members = old(Tar::default(), "layer.tar", plain.len(), &pieces).link(b'1', "link", "layer.tar");
    let members = pax_1_0(members, "manifest.json", list.len(), &vec![(0, list)]);
    assert!(content(&opened(&members.file(&name, &config).end()).unwrap(), 1) == plain);
}

/// Parts of a layer are sent one by one; they begin and end anywhere.
#[test]
fn parts_of_a_member_with_holes_are_where_they_should_be() {
    let (plain, pieces) = with_holes(7);
    let members = pax_1_0(Tar::default(), "1", plain.len(), &pieces);
    let archive = opened(&docker(members, &[&plain], &["1"])).unwrap();
    let source = only(&archive.images()[0]).layers[0].source.clone().unwrap();
    let part = |from: usize, length: usize| {
        let mut bytes = Vec::new();
        let part = source.part(from as u64, length as u64);
        part.reader().unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    for (from, length) in [(0, 0), (0, 1), (500, 600), (511, 1), (512, 1), (10_239, 3), (3_000, 50_000)] {
        assert!(part(from, length) == plain[from..from + length], "{length} from {from}");
    }
    let end = plain.len() - 10;
    assert!(part(end, 100) == plain[end..]);
}

#[test]
fn a_member_whose_holes_make_no_sense_is_told_by_its_own_name() {
    let plain = layer("x");
    let stored = vec![(0, vec![7; 512])];
    let lies = [
        old(Tar::default(), "1", 100, &stored),
        pax_0_1(Tar::default(), "1", 100, &stored),
        lines(Tar::default(), "1", "1000", "1\n0\n511\n", &[7; 512]),
        lines(Tar::default(), "1", "1000", "1\n0\n513\n", &[7; 512]),
        lines(Tar::default(), "1", "1000", "2\n0\n300\n200\n212\n", &[7; 512]),
        lines(Tar::default(), "1", "1000", "1\n18446744073709551615\n512\n", &[7; 512]),
        lines(Tar::default(), "1", "1000", "1\n0\n-1\n", &[7; 512]),
        lines(Tar::default(), "1", "1000", "1\n0\n", &[7; 512]),
        lines(Tar::default(), "1", "", "1\n0\n512\n", &[7; 512]),
        Tar::default()
            .extra(b'x', &[pax("GNU.sparse.major", "2"), pax("GNU.sparse.size", "5")].concat())
            .file("1", b"x"),
    ];
    for (number, members) in lies.into_iter().enumerate() {
        let good = members.clone().file("2", &plain);
        let error = opened(&docker(members, &[&plain], &["1"])).unwrap_err();
        let told = matches!(&error, ArchiveError::Malformed { member, reason } if member == "1" && reason.contains("holes"));
        assert!(told, "{number}: {error}");
        assert_eq!(content(&opened(&docker(good, &[&plain], &["2"])).unwrap(), 1), plain, "{number}");
    }
}

/// A few hundred bytes must not become terabytes of zeros to be read, sent or kept.
#[test]
fn a_hole_without_bounds_is_a_bomb() {
    for size in ["1099511627776", "18446744073709551615", "3000000000"] {
        let members = lines(Tar::default(), "1", size, "1\n0\n512\n", &[7; 512]);
        let error = opened(&docker(members, &[&layer("x")], &["1"])).unwrap_err();
        assert!(matches!(error, ArchiveError::Bomb { .. }), "{size}: {error}");
    }
}

#[test]
fn pieces_without_number_are_a_bomb() {
    // As many as the map says, of no bytes: they would only be kept.
    let map: String =
        std::iter::once("300000\n".to_owned()).chain(vec!["0\n0\n".to_owned(); 300_000]).collect();
    let one = |tar: Tar, name: &str| lines(tar, name, "0", &map, b"");
    opened(&docker(one(Tar::default(), "1"), &[b""], &["1"])).unwrap();
    let error = opened(&docker(one(one(Tar::default(), "1"), "2"), &[b""], &["1"])).unwrap_err();
    assert!(matches!(error, ArchiveError::Bomb { .. }), "{error}");
    let claim = lines(Tar::default(), "1", "0", "99999999999\n", b"");
    let error = opened(&docker(claim, &[b""], &["1"])).unwrap_err();
    assert!(matches!(error, ArchiveError::Bomb { .. }), "{error}");
}

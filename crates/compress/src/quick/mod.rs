//! The quick compressor: DEFLATE (RFC 1951) as gzip (RFC 1952), a block of a layer at a time. It looks a position up in one
//! table that stays in the nearest memory of a core, takes what it finds, and goes on faster where it finds nothing. Other
//! compressors find more; none that was measured is as quick (`docs/speed.md`).
//!
//! Whole numbers decide everything and nothing stays from block to block, so the same block always becomes the same
//! bytes.
#![allow(
    clippy::cast_possible_truncation,
    reason = "positions are kept as their lowest 16 bits, and lengths and distances are what fits into them"
)]

mod bits;
mod codes;
mod counts;
mod search;
mod symbols;

use self::bits::Bits;
use self::counts::Counts;
use self::search::{Match, Place, SLOTS, search};

/// The longest block, bytes: positions in it are kept as their lowest 16 bits, which is enough for distances, and sums
/// of counts in 32.
const LONGEST: usize = 1 << 24;

/// Bytes after which it is asked whether the statistics changed, so that another set of codes pays.
const SEGMENT: usize = 32 << 10;

/// gzip's header: no name, no time, of no system in particular.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// A compressor and its memory, usually a megabyte and a half for blocks of one, and four at most.
#[derive(Default)]
pub(crate) struct Quick {
    /// Where something like it stood last, by a hash of what stands there.
    table: Vec<u16>,
    matches: Vec<Match>,
    out: Vec<u8>,
}

/// A part of the input that shares its codes.
struct Part {
    start: usize,
    end: usize,
    /// Its first match.
    first: usize,
    counts: Counts,
}

impl Quick {
    /// `block`, at most 16 MiB, as one member.
    pub(crate) fn member(&mut self, block: &[u8]) -> Vec<u8> {
        assert!(block.len() <= LONGEST, "a block is a piece of a layer");
        self.table.clear();
        self.table.resize(SLOTS, 0);
        self.matches.clear();
        let most = bits::most(block.len());
        if self.out.len() < most {
            self.out.resize(most, 0);
        }
        self.out[..HEADER.len()].copy_from_slice(&HEADER);
        let mut bits = Bits::new(&mut self.out, HEADER.len());
        parts(block, &mut self.table, &mut self.matches, &mut bits);
        let check = libdeflater::crc32(block);
        bits.bytes(&check.to_le_bytes());
        bits.bytes(&(block.len() as u32).to_le_bytes());
        let length = bits.end();
        self.out[..length].to_vec()
    }
}

/// Searches segment after segment and writes them in parts of like statistics.
fn parts(block: &[u8], table: &mut [u16], matches: &mut Vec<Match>, bits: &mut Bits<'_>) {
    let limit = search::limit(block);
    let mut place = Place::default();
    let mut part: Option<Part> = None;
    loop {
        let (start, first) = (part.as_ref().map_or(0, |part| part.end), matches.len());
        place = search(block, place, limit.min(place.next + SEGMENT), table, matches);
        let last = place.next >= limit;
        let end = if last { block.len() } else { place.told };
        let counts = Counts::of(&block[start..end], &matches[first..]);
        part = Some(match part {
            Some(mut part) if part.counts.goes_with(&counts) => {
                part.counts.add(&counts);
                Part { end, ..part }
            }
            before => {
                if let Some(before) = before {
                    bits.part(
                        &block[before.start..before.end],
                        &matches[before.first..first],
                        before.counts,
                        false,
                    );
                }
                Part { start, end, first, counts }
            }
        });
        if last {
            break;
        }
    }
    if let Some(part) = part {
        bits.part(&block[part.start..part.end], &matches[part.first..], part.counts, true);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use proptest::prelude::*;

    use super::*;

    fn unpacked(member: &[u8]) -> Vec<u8> {
        let mut content = Vec::new();
        flate2::read::GzDecoder::new(member).read_to_end(&mut content).unwrap();
        content
    }

    /// Pieces of few different bytes, of chance, and of what stood before, near or far.
    fn content() -> impl Strategy<Value = Vec<u8>> {
        let piece = (0_u8..4, 0_usize..70_000, 1_usize..40_000, any::<u64>());
        prop::collection::vec(piece, 0..8).prop_map(|pieces| {
            let mut content = Vec::new();
            for (kind, length, distance, seed) in pieces {
                match kind {
                    0 => content.extend(std::iter::repeat_n(seed as u8, length)),
                    1 => content.extend(slipway_stage::noise(length, seed)),
                    2 => {
                        content.extend(slipway_stage::noise(length, seed).iter().map(|byte| b'a' + byte % 9));
                    }
                    _ if content.is_empty() => {}
                    _ => {
                        let from = content.len() - distance.min(content.len());
                        (from..from + length).for_each(|at| content.push(content[at]));
                    }
                }
            }
            content
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        /// Whatever it is, others unpack it, it is never much longer than before, and what was compressed earlier leaves
        /// no trace.
        #[test]
        fn everything_comes_back(content in content(), before in content()) {
            let mut quick = Quick::default();
            let member = quick.member(&content);
            prop_assert!(unpacked(&member) == content);
            prop_assert!(member.len() <= content.len() + content.len() / 4_000 + 64);
            quick.member(&before);
            prop_assert!(quick.member(&content) == member);
        }
    }

    #[test]
    fn short_content_comes_back() {
        let mut quick = Quick::default();
        for length in 0..80 {
            for content in [vec![b'x'; length], slipway_stage::noise(length, 1)] {
                assert_eq!(unpacked(&quick.member(&content)), content);
            }
        }
    }

    #[test]
    fn what_repeats_becomes_short() {
        let mut quick = Quick::default();
        assert!(quick.member(&vec![0; 1 << 20]).len() < 1_500);
        let line = b"GET /index.html HTTP/1.1 200 ".repeat(30_000);
        assert!(quick.member(&line).len() < line.len() / 200);
        // As far back as DEFLATE reaches, and one byte farther.
        for (distance, found) in [(32_768, true), (32_769, false)] {
            let piece = slipway_stage::noise(distance, 4);
            let member = quick.member(&[&piece[..], &piece[..]].concat());
            assert_eq!(member.len() < distance + 4_000, found, "{distance}: {} bytes", member.len());
        }
    }
}

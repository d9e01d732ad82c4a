//! Finds what stood before.

use super::symbols::{LONGEST, SHORTEST};

/// As far back as DEFLATE reaches, bytes.
const WINDOW: usize = 32 << 10;

/// A larger table finds more and does not stay in the nearest memory, which costs more than it brings: with 14 instead of
/// 13 bits programs became 0.8 % smaller, in a tenth more time.
const SLOT_BITS: u32 = 13;
pub(super) const SLOTS: usize = 1 << SLOT_BITS;

/// Bytes without a match after which one in so many positions fewer is looked at.
const PATIENCE: usize = 64;

/// Bytes at the end of a block that are not searched, so that what is read at once is always there.
const MARGIN: usize = 16;

/// Some bytes as they are, and then some that stood before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    pub(super) literals: u32,
    pub(super) length: u16,
    /// How far back, less one.
    pub(super) distance: u16,
}

/// How far the search is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// The position to look at next.
    pub(super) next: usize,
    /// Matches tell what is before this one.
    pub(super) told: usize,
}

/// Where the search of a block ends.
pub(super) fn limit(block: &[u8]) -> usize {
    block.len().saturating_sub(MARGIN)
}

#[inline]
fn read(block: &[u8], at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&block[at..at + 8]);
    u64::from_le_bytes(bytes)
}

/// The slot of what stands there, by its first six bytes.
#[inline]
fn slot(bytes: u64) -> usize {
    ((bytes << 16).wrapping_mul(0xcf1b_bcdc_b7a5_6463) >> (64 - SLOT_BITS)) as usize
}

/// Where it stood before by the table: how far back, and in which of the eight bytes there it differs. None where fewer
/// than four are the same. What the table says may be long out of date, so the bytes decide.
#[inline]
fn before(block: &[u8], at: usize, bytes: u64, noted: u16) -> Option<(usize, u64)> {
    let distance = usize::from((at as u16).wrapping_sub(noted));
    if distance.wrapping_sub(1) >= WINDOW || distance > at {
        return None;
    }
    let differs = read(block, at - distance) ^ bytes;
    (differs as u32 == 0).then_some((distance, differs))
}

/// Searches from `place` up to `end`, which is no more than [`limit`] says; a match may lead farther.
pub(super) fn search(
    block: &[u8],
    place: Place,
    end: usize,
    table: &mut [u16],
    matches: &mut Vec<Match>,
) -> Place {
    let Place { mut next, mut told } = place;
    let Ok(table) = <&mut [u16; SLOTS]>::try_from(table) else { return place };
    'searching: while next < end {
        let (mut step, mut hasten) = (2, next + PATIENCE);
        let (mut at, (distance, differs)) = loop {
            // Two positions at once: while one waits for memory, the other is reckoned.
            let (one, two) = (read(block, next), read(block, next + 1));
            let (first, second) = (slot(one), slot(two));
            let (noted, noted_second) = (table[first], table[second]);
            table[first] = next as u16;
            if let Some(found) = before(block, next, one, noted) {
                break (next, found);
            }
            table[second] = (next + 1) as u16;
            if let Some(found) = before(block, next + 1, two, noted_second) {
                break (next + 1, found);
            }
            next += step;
            if next >= hasten {
                (step, hasten) = (step + 1, hasten + PATIENCE);
            }
            if next >= end {
                break 'searching;
            }
        };
        let mut length = match differs {
            0 => 8 + same(&block[at + 8..], &block[at + 8 - distance..]),
            _ => differs.trailing_zeros() as usize / 8,
        };
        // It may have begun before, where nobody looked.
        let back = began(block, at, distance).min(at - told);
        (at, length) = (at - back, length + back);
        tell(matches, at - told, length, distance);
        (next, told) = (at + length, at + length);
        if next < end {
            table[slot(read(block, at + 2))] = (at + 2) as u16;
            table[slot(read(block, next - 2))] = (next - 2) as u16;
        }
    }
    Place { next, told }
}

/// How many bytes two places have in common. `one` is the later of them, and the shorter.
#[inline]
fn same(one: &[u8], other: &[u8]) -> usize {
    let (eights, rest) = one.as_chunks::<8>();
    let mut length = 0;
    for (eight, other) in eights.iter().zip(other.as_chunks::<8>().0) {
        let differs = u64::from_le_bytes(*eight) ^ u64::from_le_bytes(*other);
        if differs != 0 {
            return length + differs.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    length + rest.iter().zip(&other[length..]).take_while(|(one, other)| one == other).count()
}

/// How many bytes before two places are the same, at most eight.
#[inline]
fn began(block: &[u8], at: usize, distance: usize) -> usize {
    let other = at - distance;
    if other >= 8 {
        return (read(block, at - 8) ^ read(block, other - 8)).leading_zeros() as usize / 8;
    }
    usize::from(other > 0 && block[at - 1] == block[other - 1])
}

/// Notes a match, in pieces where it is longer than can be said at once.
#[inline]
fn tell(matches: &mut Vec<Match>, literals: usize, length: usize, distance: usize) {
    let distance = (distance - 1) as u16;
    let (mut literals, mut left) = (literals as u32, length);
    loop {
        let mut piece = left.min(LONGEST);
        if (1..SHORTEST).contains(&(left - piece)) {
            piece = left - SHORTEST;
        }
        matches.push(Match { literals, length: piece as u16, distance });
        (literals, left) = (0, left - piece);
        if left == 0 {
            return;
        }
    }
}

//! Members that a tar stores with holes (`tar -S`): GNU's old form, and its PAX forms 0.0, 0.1 and 1.0 (the manual of
//! GNU tar, "Storing Sparse Files"). Only the pieces between the holes are in the tar; holes read as zeros.

use crate::limits::{MOST_RATIO, MOST_SPOOLED, RATIO_FROM};
use crate::tar::number;

/// A piece of the content that is in the tar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where it stands in the content.
    pub(crate) offset: u64,
    /// Bytes.
    pub(crate) length: u64,
    /// Where it lies in the file.
    pub(crate) at: u64,
}

/// Why a member with holes cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// What says where the holes are makes no sense.
    Map(&'static str),
    /// It is so much larger than what is stored of it that no harm can be ruled out.
    Bomb,
}

const NO_FIT: Fault = Fault::Map("what says where its holes are does not fit");
const NO_NUMBERS: Fault = Fault::Map("what says where its holes are is not understood");

/// Lays the pieces of `map` (offset and length, one after the other) over the `stored` bytes at `at`. They are there in
/// order, overlap nowhere, and are all that is stored.
pub(crate) fn lay(map: &[u64], size: u64, at: u64, stored: u64) -> Result<Vec<Piece>, Fault> {
    if !map.len().is_multiple_of(2) {
        return Err(NO_FIT);
    }
    let holes = size.saturating_sub(stored);
    // As for what is compressed: nothing that people store shrinks more.
    if size > MOST_SPOOLED || (holes > RATIO_FROM && size / stored.max(1) > MOST_RATIO) {
        return Err(Fault::Bomb);
    }
    let (mut pieces, mut end, mut laid) = (Vec::new(), 0_u64, 0_u64);
    for pair in map.chunks_exact(2) {
        let (offset, length) = (pair[0], pair[1]);
        let behind = offset.checked_add(length).filter(|behind| offset >= end && *behind <= size);
        end = behind.ok_or(NO_FIT)?;
        if length > 0 {
            pieces.push(Piece { offset, length, at: at + laid });
        }
        laid += length;
        if laid > stored {
            return Err(NO_FIT);
        }
    }
    if laid == stored { Ok(pieces) } else { Err(NO_FIT) }
}

/// The pieces in a block of GNU's old form, where `entries` stand from `from` on. One without a length ends the list.
pub(crate) fn entries(
    block: &[u8; 512],
    from: usize,
    entries: usize,
    map: &mut Vec<u64>,
) -> Result<(), Fault> {
    for entry in block[from..].chunks_exact(24).take(entries) {
        if entry[12] == 0 {
            break;
        }
        for field in [&entry[..12], &entry[12..]] {
            map.push(number(field).ok_or(NO_NUMBERS)?);
        }
    }
    Ok(())
}

/// The size with its holes in a header of GNU's old form.
pub(crate) fn real_size(block: &[u8; 512]) -> Result<u64, Fault> {
    number(&block[483..495]).ok_or(NO_NUMBERS)
}

/// The numbers in front of the content (PAX 1.0), one a line: how many pieces, then offset and length of each.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    count: Option<u64>,
    number: Option<u64>,
    pub(crate) map: Vec<u64>,
}

impl Lines {
    /// Takes one more block; whether it was the last. There may be no more than `most` pieces, else it is none of
    /// ours to keep.
    pub(crate) fn take(&mut self, block: &[u8], most: usize) -> Result<bool, Fault> {
        for byte in block {
            if self.is_complete() {
                return Ok(true);
            }
            match byte {
                b'0'..=b'9' => {
                    let digit = u64::from(byte - b'0');
                    let number = self.number.unwrap_or_default().checked_mul(10);
                    self.number =
                        Some(number.and_then(|number| number.checked_add(digit)).ok_or(NO_NUMBERS)?);
                }
                b'\n' => {
                    let number = self.number.take().ok_or(NO_NUMBERS)?;
                    match self.count {
                        None if number > most as u64 => return Err(Fault::Bomb),
                        None => self.count = Some(number),
                        Some(_) => self.map.push(number),
                    }
                }
                _ => return Err(NO_NUMBERS),
            }
        }
        Ok(self.is_complete())
    }

    fn is_complete(&self) -> bool {
        self.count.is_some_and(|count| self.map.len() as u64 == count * 2)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pieces_lie_where_the_map_says() {
        let piece = |offset, length, at| Piece { offset, length, at };
        assert_eq!(lay(&[0, 5, 10, 3, 20, 0], 20, 100, 8), Ok(vec![piece(0, 5, 100), piece(10, 3, 105)]));
        assert_eq!(lay(&[], 20, 100, 0), Ok(Vec::new()), "nothing but a hole");
    }

    #[test]
    fn maps_that_lie_are_refused() {
        for (map, size, stored) in [
            (&[0, 5, 4, 3][..], 20, 8),
            (&[10, 3, 0, 5], 20, 8),
            (&[0, 21], 20, 21),
            (&[0, 5], 20, 8),
            (&[0, 9], 20, 8),
            (&[u64::MAX, 8], 20, 8),
            (&[0], 20, 0),
        ] {
            assert_eq!(lay(map, size, 0, stored), Err(NO_FIT), "{map:?}");
        }
        assert_eq!(lay(&[0, 1], u64::MAX, 0, 1), Err(Fault::Bomb));
        assert_eq!(lay(&[0, 512], 2 << 30, 0, 512), Err(Fault::Bomb));
    }

    #[test]
    fn a_map_in_lines_ends_where_it_says() {
        let mut lines = Lines::default();
        assert_eq!(lines.take(b"2\n0\n5\n1", 9), Ok(false));
        assert_eq!(lines.take(b"0\n3\n\0\0\0", 9), Ok(true));
        assert_eq!(lines.map, [0, 5, 10, 3]);
        assert_eq!(Lines::default().take(b"0\n\0\0", 9), Ok(true));
        assert_eq!(Lines::default().take(b"10\n", 9), Err(Fault::Bomb));
        for odd in [&b"\n"[..], b"-1\n", b"1\n+", b"99999999999999999999\n"] {
            assert_eq!(Lines::default().take(odd, 9), Err(NO_NUMBERS));
        }
    }

    proptest! {
        #[test]
        fn no_map_leads_out_of_what_is_stored(
            map in proptest::collection::vec(0..2000_u64, 0..12), size in 0..4000_u64, stored in 0..4000_u64,
        ) {
            for piece in lay(&map, size, 1000, stored).unwrap_or_default() {
                prop_assert!(piece.offset + piece.length <= size);
                prop_assert!(piece.at >= 1000 && piece.at + piece.length <= 1000 + stored);
            }
        }
    }
}

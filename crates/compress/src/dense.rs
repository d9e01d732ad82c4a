//! What a block is like, by samples of it: whether it does not shrink, as noise does not and what is compressed already,
//! and whether it is text. To find the first out by compressing costs as much as compressing text; samples tell it in a
//! hundredth of the time.
//!
//! All of it is counted in whole numbers, from the block's bytes alone, so each computer comes to the same result.

/// A block shorter than this is compressed and not looked at.
const WORTH_IT: usize = 256 << 10;

/// Samples of a block, and bytes of each.
const SAMPLES: usize = 16;
const SAMPLE: usize = 2 << 10;

/// How unevenly the values of a sample may stand, as the sum of the squares of how often each does. Eight times each
/// gives 16,384; by chance it is about 18,430, give or take 180. Of program files and text, nine samples in ten have more
/// than 120,000; the few that look like chance seldom come sixteen in a row.
const UNEVEN: u32 = 20_500;

/// Of text, one byte in so many at most is zero or not ASCII.
const ODD: usize = 20;

/// Bytes that a look takes.
const LOOK: usize = 64 << 10;

/// By how much of it a look must shrink to be worth compressing: one part in so many.
const GAIN: usize = 64;

/// All samples of the block look like chance. What repeats far away may look so, too: see [`look`].
pub(crate) fn looks_so(block: &[u8]) -> bool {
    block.len() >= WORTH_IT && (0..SAMPLES).all(|number| is_even(sample(block, number)))
}

/// The block is text, nearly all of it.
pub(crate) fn is_text(block: &[u8]) -> bool {
    let is_odd = |byte: &&u8| **byte == 0 || !byte.is_ascii();
    block.len() >= WORTH_IT && {
        let odd = |number| sample(block, number).iter().filter(is_odd).count();
        (0..SAMPLES).map(odd).sum::<usize>() <= SAMPLES * SAMPLE / ODD
    }
}

/// A sample: one in each sixteenth of the block, never at the same place of it, so that nothing that comes back at equal
/// distances is all that is seen.
fn sample(block: &[u8], number: usize) -> &[u8] {
    let part = block.len() / SAMPLES;
    let at = number * part + (number * 40_503) % (part - SAMPLE + 1);
    &block[at..at + SAMPLE]
}

fn is_even(sample: &[u8]) -> bool {
    let mut counts = [0_u32; 256];
    for byte in sample {
        counts[usize::from(*byte)] += 1;
    }
    counts.iter().map(|count| count * count).sum::<u32>() <= UNEVEN
}

/// The piece in the middle that is compressed to be sure: chance that is repeated shrinks after all.
pub(crate) fn look(block: &[u8]) -> &[u8] {
    let at = (block.len() - LOOK) / 2;
    &block[at..at + LOOK]
}

/// A look of `length` bytes that became `compressed` bytes did not shrink.
pub(crate) const fn holds(length: usize, compressed: usize) -> bool {
    compressed + length / GAIN >= length
}

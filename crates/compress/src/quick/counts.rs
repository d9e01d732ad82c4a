//! How often each symbol comes, and whether two pieces are alike enough to share their codes.

use super::search::Match;
use super::symbols::{DISTANCES, LENGTHS, LITERALS, distance_symbol, length_symbol};

/// How often each symbol comes in a piece.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    pub(super) literals: [u32; LITERALS],
    pub(super) distances: [u32; DISTANCES],
}

/// What another set of codes costs, about, in 256ths of a bit: sixty bytes.
const CODES: u64 = 60 * 8 * 256;

impl Counts {
    /// Those of a piece of the input with its matches. The end is not counted.
    pub(super) fn of(piece: &[u8], matches: &[Match]) -> Self {
        let mut counts = Self { literals: [0; LITERALS], distances: [0; DISTANCES] };
        // Two that take turns: the same byte often comes twice in a row, and would wait for itself.
        let mut others = [0_u32; 256];
        let mut rest = piece;
        for one in matches {
            let (run, later) = rest.split_at(one.literals as usize);
            let (pairs, odd) = run.as_chunks::<2>();
            for [byte, other] in pairs {
                counts.literals[usize::from(*byte)] += 1;
                others[usize::from(*other)] += 1;
            }
            for byte in odd {
                counts.literals[usize::from(*byte)] += 1;
            }
            counts.literals[LENGTHS + length_symbol(one.length)] += 1;
            counts.distances[distance_symbol(one.distance)] += 1;
            rest = &later[usize::from(one.length)..];
        }
        for byte in rest {
            counts.literals[usize::from(*byte)] += 1;
        }
        for (count, other) in counts.literals.iter_mut().zip(others) {
            *count += other;
        }
        counts
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.literals.iter_mut().zip(other.literals).for_each(|(count, more)| *count += more);
        self.distances.iter_mut().zip(other.distances).for_each(|(count, more)| *count += more);
    }

    /// Both with the same codes cost no more than each with its own.
    pub(super) fn goes_with(&self, other: &Self) -> bool {
        let mut both = self.clone();
        both.add(other);
        both.cost() <= self.cost() + other.cost() + CODES
    }

    /// What all symbols cost with codes that fit them, in 256ths of a bit.
    fn cost(&self) -> u64 {
        cost(&self.literals) + cost(&self.distances)
    }
}

fn cost(counts: &[u32]) -> u64 {
    let all: u32 = counts.iter().sum();
    let most = u64::from(log2(all));
    counts.iter().map(|count| u64::from(*count) * most.saturating_sub(u64::from(log2(*count)))).sum()
}

/// The logarithm to base 2, in 256ths; 0 of 0.
fn log2(number: u32) -> u32 {
    let Some(top) = number.checked_ilog2() else { return 0 };
    let fraction = (u64::from(number) << 8 >> top) & 255;
    top * 256 + u32::from(FRACTIONS[fraction as usize])
}

/// The logarithm of 1 and so many 256ths, in 256ths.
const FRACTIONS: [u8; 256] = fractions();

/// Bit by bit: squaring a number doubles its logarithm.
const fn fractions() -> [u8; 256] {
    let (mut table, mut at) = ([0; 256], 0);
    while at < 256 {
        // Between 1 and 2, in units of 2^-32.
        let mut number = (256 + at as u64) << 24;
        let (mut logarithm, mut bit) = (0_u8, 0);
        while bit < 8 {
            number = ((number >> 8) * (number >> 8)) >> 16;
            logarithm <<= 1;
            if number >= 1 << 33 {
                logarithm |= 1;
                number >>= 1;
            }
            bit += 1;
        }
        table[at] = logarithm;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logarithm_is_right_to_a_256th_or_two() {
        for number in (1..5_000).chain([65_535, 1 << 20, (1 << 24) + 12_345]) {
            let exact = f64::from(number).log2() * 256.0;
            assert!((f64::from(log2(number)) - exact).abs() < 2.5, "{number}");
        }
        assert_eq!(log2(0), 0);
    }

    #[test]
    fn text_goes_with_text_and_not_with_chance() {
        let text = Counts::of(&b"what stands here is text ".repeat(600), &[]);
        let noise = Counts::of(&slipway_stage::noise(15_000, 1), &[]);
        assert!(text.goes_with(&text) && noise.goes_with(&noise));
        assert!(!text.goes_with(&noise));
    }
}

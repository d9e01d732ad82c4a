//! Prefix codes: how many bits each symbol gets, and which.

/// The longest code that DEFLATE allows.
const LONGEST: usize = 15;

/// Most symbols that a code has.
const SYMBOLS: usize = 286;

/// A code: bits of each symbol, in the order in which they are sent, and how many; none for symbols that do not come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code<const N: usize> {
    pub(super) bits: [u16; N],
    pub(super) lengths: [u8; N],
}

impl<const N: usize> Code<N> {
    /// The code that says what comes so often in the fewest bits, of codes no longer than `limit`. At least two symbols
    /// get one: old readers take no code of one (zlib up to 1.2.1).
    pub(super) fn of(counts: &[u32; N], limit: usize) -> Self {
        let lengths = lengths(counts, limit);
        Self { bits: bits(&lengths), lengths }
    }
}

fn lengths<const N: usize>(counts: &[u32; N], limit: usize) -> [u8; N] {
    // How often, then which, in one number: sorted that way, the same counts always give the same code.
    let mut leaves = [0_u64; SYMBOLS];
    let mut n = 0;
    for (symbol, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        leaves[n] = u64::from(*count) << 16 | symbol as u64;
        n += 1;
    }
    for symbol in 0..2 {
        if n < 2 && !leaves[..n].iter().any(|leaf| leaf & 0xffff == symbol) {
            leaves[n] = 1 << 16 | symbol;
            n += 1;
        }
    }
    let leaves = &mut leaves[..n];
    leaves.sort_unstable();

    let mut per_length = [0_usize; LONGEST + 1];
    for depth in depths(leaves) {
        per_length[usize::from(depth).min(limit)] += 1;
    }
    shorten(&mut per_length, limit);
    let (mut lengths, mut leaves) = ([0; N], leaves.iter());
    // What comes least gets the longest.
    for length in (1..=limit).rev() {
        for leaf in leaves.by_ref().take(per_length[length]) {
            lengths[(leaf & 0xffff) as usize] = length as u8;
        }
    }
    lengths
}

/// How deep each leaf lies in Huffman's tree. Leaves are sorted, and what is joined comes in order by itself, so the two
/// least are always at the front of one of the two.
fn depths(leaves: &[u64]) -> impl Iterator<Item = u8> + use<> {
    const NODES: usize = 2 * SYMBOLS;
    let n = leaves.len();
    let (mut weights, mut parents) = ([0_u64; SYMBOLS], [0_u16; NODES]);
    let (mut leaf, mut node) = (0, 0);
    for made in 0..n - 1 {
        for _ in 0..2 {
            let weight = if leaf < n && (node >= made || leaves[leaf] >> 16 <= weights[node]) {
                parents[leaf] = (n + made) as u16;
                leaf += 1;
                leaves[leaf - 1] >> 16
            } else {
                parents[n + node] = (n + made) as u16;
                node += 1;
                weights[node - 1]
            };
            weights[made] += weight;
        }
    }
    let mut depths = [0_u8; NODES];
    for at in (0..2 * n - 2).rev() {
        depths[at] = depths[usize::from(parents[at])] + 1;
    }
    depths.into_iter().take(n)
}

/// Codes that were cut to the limit are too many for it: others become longer until all have room.
fn shorten(per_length: &mut [usize; LONGEST + 1], limit: usize) {
    let used: usize = (1..=limit).map(|length| per_length[length] << (limit - length)).sum();
    for _ in 1 << limit..used {
        let mut length = limit - 1;
        while per_length[length] == 0 {
            length -= 1;
        }
        // One of these goes down a step and takes one of the longest beside it.
        per_length[length] -= 1;
        per_length[length + 1] += 2;
        per_length[limit] -= 1;
    }
}

/// The bits of codes of these lengths (RFC 1951 §3.2.2), turned round, since they are sent from their first.
fn bits<const N: usize>(lengths: &[u8; N]) -> [u16; N] {
    let mut per_length = [0_u16; LONGEST + 1];
    for length in lengths.iter().filter(|length| **length > 0) {
        per_length[usize::from(*length)] += 1;
    }
    let (mut next, mut code) = ([0_u16; LONGEST + 1], 0);
    for length in 1..=LONGEST {
        code = (code + per_length[length - 1]) << 1;
        next[length] = code;
    }
    lengths.map(|length| {
        if length == 0 {
            return 0;
        }
        let code = next[usize::from(length)];
        next[usize::from(length)] += 1;
        code.reverse_bits() >> (16 - u32::from(length))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However unlike the counts are, the codes fill their room and none is the beginning of another.
        #[test]
        fn codes_are_complete(exponents in prop::collection::vec(0_u32..24, 30), limit in 6_usize..=15) {
            let mut counts = [0; 30];
            for (count, exponent) in counts.iter_mut().zip(&exponents) {
                *count = if *exponent == 0 { 0 } else { 1 << exponent };
            }
            let code = Code::of(&counts, limit);
            let room: u32 = code.lengths.iter().filter(|length| **length > 0).map(|length| 1 << (15 - length)).sum();
            prop_assert_eq!(room, 1 << 15);
            prop_assert!(code.lengths.iter().all(|length| usize::from(*length) <= limit));
            prop_assert!(counts.iter().zip(code.lengths).all(|(count, length)| *count == 0 || length > 0));
            // More often is never longer.
            for (count, length) in counts.iter().zip(code.lengths) {
                let shorter = counts.iter().zip(code.lengths).all(|(other, others)| other <= count || others <= length);
                prop_assert!(*count == 0 || shorter);
            }
        }
    }

    #[test]
    fn one_symbol_gets_a_code_beside_another() {
        let mut counts = [0; 30];
        counts[7] = 5;
        let code = Code::of(&counts, 15);
        assert_eq!((code.lengths[7], code.lengths[0]), (1, 1));
        assert_eq!(Code::of(&[0; 30], 15).lengths[..3], [1, 1, 0]);
    }
}

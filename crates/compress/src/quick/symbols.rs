//! How DEFLATE says lengths and distances: a symbol and some more bits (RFC 1951 §3.2.5).

/// The shortest and the longest match that can be said, bytes.
pub(super) const SHORTEST: usize = 3;
pub(super) const LONGEST: usize = 258;

/// Symbols of literals, of the end of a part, and of lengths.
pub(super) const LITERALS: usize = 286;
/// The symbol that ends a part.
pub(super) const END: usize = 256;
/// The symbol of the first length.
pub(super) const LENGTHS: usize = 257;
/// Symbols of distances.
pub(super) const DISTANCES: usize = 30;

/// The first length of each symbol.
pub(super) const LENGTH_FROM: [u16; 29] = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
    227, 258,
];

/// Bits that tell which length of a symbol it is.
pub(super) const LENGTH_BITS: [u8; 29] =
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

/// The symbol of each length, less [`LENGTHS`].
const LENGTH_SYMBOL: [u8; LONGEST + 1] = length_symbols();

const fn length_symbols() -> [u8; LONGEST + 1] {
    let (mut symbols, mut length) = ([0; LONGEST + 1], SHORTEST);
    while length <= LONGEST {
        let mut symbol = 28;
        while LENGTH_FROM[symbol] as usize > length {
            symbol -= 1;
        }
        symbols[length] = symbol as u8;
        length += 1;
    }
    symbols
}

/// The symbol of a length, less [`LENGTHS`].
#[inline]
pub(super) fn length_symbol(length: u16) -> usize {
    usize::from(LENGTH_SYMBOL[usize::from(length)])
}

/// The symbol of a distance, which is given less one.
#[inline]
pub(super) fn distance_symbol(less_one: u16) -> usize {
    if less_one < 2 {
        return usize::from(less_one);
    }
    let top = less_one.ilog2();
    (2 * top + u32::from(less_one >> (top - 1) & 1)) as usize
}

/// Bits that tell which distance of a symbol it is.
pub(super) const fn distance_bits(symbol: usize) -> u32 {
    if symbol < 4 { 0 } else { symbol as u32 / 2 - 1 }
}

/// The first distance of a symbol, less one.
pub(super) const fn distance_from(symbol: usize) -> u32 {
    if symbol < 2 { symbol as u32 } else { (2 + symbol as u32 % 2) << (symbol as u32 / 2 - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_and_distance_has_the_symbol_of_the_standard() {
        // The ends of its table.
        for (length, symbol) in
            [(3, 0), (10, 7), (11, 8), (12, 8), (13, 9), (130, 23), (131, 24), (257, 27), (258, 28)]
        {
            assert_eq!(length_symbol(length), symbol, "{length}");
        }
        for (distance, symbol) in
            [(1, 0), (4, 3), (5, 4), (6, 4), (7, 5), (24_576, 28), (24_577, 29), (32_768, 29)]
        {
            assert_eq!(distance_symbol(distance - 1), symbol, "{distance}");
        }
        for less_one in 0..32_768_u32 {
            let symbol = distance_symbol(less_one as u16);
            let over = less_one - distance_from(symbol);
            assert!(over < 1 << distance_bits(symbol), "{less_one}");
        }
    }
}

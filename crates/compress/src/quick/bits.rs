//! Writes parts: their codes, then their content (RFC 1951 §3.2.3 to §3.2.7).

use super::SEGMENT;
use super::codes::Code;
use super::counts::Counts;
use super::search::Match;
use super::symbols::{
    DISTANCES, END, LENGTH_BITS, LENGTH_FROM, LENGTHS, LITERALS, LONGEST, SHORTEST, distance_bits,
    distance_from, distance_symbol, length_symbol,
};

/// Four literals must fit between two writes: no code of theirs is longer.
const LITERAL_LIMIT: usize = 14;
const DISTANCE_LIMIT: usize = 15;

/// Bytes that a stored piece has at most.
const STORED: usize = 0xffff;

/// In which order the lengths of the codes of lengths are told.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Room for a member of so many bytes, whatever they are: a part that does not shrink is stored.
pub(super) const fn most(length: usize) -> usize {
    length + (length / SEGMENT + 2) * 16 + 64
}

/// Bits that go out, the lowest first.
pub(super) struct Bits<'a> {
    out: &'a mut [u8],
    at: usize,
    /// What waits for its byte to be full, and how many bits that are: at most 7 after each write.
    waiting: u64,
    count: u32,
}

/// Lengths of codes as they are told: each a symbol, and what follows it.
struct Told {
    items: [(u8, u8); LITERALS + DISTANCES],
    count: usize,
}

impl<'a> Bits<'a> {
    /// Writes from `at` on.
    pub(super) fn new(out: &'a mut [u8], at: usize) -> Self {
        Self { out, at, waiting: 0, count: 0 }
    }

    /// How much is written.
    pub(super) fn end(&self) -> usize {
        self.at
    }

    #[inline]
    fn put(&mut self, bits: u64, count: u32) {
        self.waiting |= bits << self.count;
        self.count += count;
    }

    /// Writes the bytes that are full.
    #[inline]
    fn write(&mut self) {
        self.out[self.at..self.at + 8].copy_from_slice(&self.waiting.to_le_bytes());
        self.at += (self.count / 8) as usize;
        self.waiting >>= self.count & !7;
        self.count &= 7;
    }

    /// Fills the last byte with zeros.
    fn align(&mut self) {
        self.write();
        self.at += usize::from(self.count > 0);
        (self.waiting, self.count) = (0, 0);
    }

    /// Whole bytes.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.align();
        self.out[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }

    /// A piece of the input with its matches, in codes of its own, or stored where that is shorter.
    pub(super) fn part(&mut self, piece: &[u8], matches: &[Match], mut counts: Counts, last: bool) {
        counts.literals[END] = 1;
        let literals = Code::of(&counts.literals, LITERAL_LIMIT);
        let distances = Code::of(&counts.distances, DISTANCE_LIMIT);
        let told = Told::of(&literals, &distances);
        let code = Code::of(&told.counts(), 7);
        let size = 3 + told.size(&code) + content_size(&counts, &literals, &distances);
        if size >= stored_size(piece) {
            return self.stored(piece, last);
        }
        self.put(u64::from(last) | 0b10 << 1, 3);
        self.codes(&told, &code, &literals, &distances);
        self.content(piece, matches, &literals, &distances);
    }

    fn stored(&mut self, piece: &[u8], last: bool) {
        let mut rest = piece;
        loop {
            let (now, later) = rest.split_at(rest.len().min(STORED));
            self.put(u64::from(last && later.is_empty()), 3);
            let length = now.len() as u16;
            self.bytes(&length.to_le_bytes());
            self.bytes(&(!length).to_le_bytes());
            self.bytes(now);
            rest = later;
            if rest.is_empty() {
                return;
            }
        }
    }

    fn codes(
        &mut self,
        told: &Told,
        code: &Code<19>,
        literals: &Code<LITERALS>,
        distances: &Code<DISTANCES>,
    ) {
        self.put((used(&literals.lengths, LENGTHS) - LENGTHS) as u64, 5);
        self.put((used(&distances.lengths, 1) - 1) as u64, 5);
        let lengths = told_lengths(code);
        self.put(lengths as u64 - 4, 4);
        self.write();
        for symbol in &ORDER[..lengths] {
            self.put(u64::from(code.lengths[*symbol]), 3);
            self.write();
        }
        for (symbol, more) in told.items() {
            let at = usize::from(*symbol);
            self.put(u64::from(code.bits[at]), u32::from(code.lengths[at]));
            self.put(u64::from(*more), more_bits(*symbol));
            self.write();
        }
    }

    fn content(
        &mut self,
        piece: &[u8],
        matches: &[Match],
        literals: &Code<LITERALS>,
        distances: &Code<DISTANCES>,
    ) {
        // Bits and how many, ready to be sent together: of each literal, each length, and each symbol of a distance.
        let byte_codes: [(u16, u8); 256] =
            std::array::from_fn(|symbol| (literals.bits[symbol], literals.lengths[symbol]));
        let length_codes: [(u32, u32); LONGEST + 1] = std::array::from_fn(|length| {
            let symbol = length_symbol(length.max(SHORTEST) as u16);
            let (bits, count) = (literals.bits[LENGTHS + symbol], literals.lengths[LENGTHS + symbol]);
            let over = length.saturating_sub(usize::from(LENGTH_FROM[symbol])) as u32;
            (u32::from(bits) | over << count, u32::from(count + LENGTH_BITS[symbol]))
        });
        let distance_codes: [(u16, u8, u16, u8); DISTANCES] = std::array::from_fn(|symbol| {
            let (from, more) = (distance_from(symbol) as u16, distance_bits(symbol) as u8);
            (distances.bits[symbol], distances.lengths[symbol], from, more)
        });
        let mut rest = piece;
        for one in matches {
            let (run, later) = rest.split_at(one.literals as usize);
            self.literals(run, &byte_codes);
            let (bits, count) = length_codes[usize::from(one.length)];
            self.put(u64::from(bits), count);
            let (bits, count, from, more) = distance_codes[distance_symbol(one.distance)];
            self.put(u64::from(bits), u32::from(count));
            self.put(u64::from(one.distance - from), u32::from(more));
            self.write();
            rest = &later[usize::from(one.length)..];
        }
        self.literals(rest, &byte_codes);
        self.put(u64::from(literals.bits[END]), u32::from(literals.lengths[END]));
        self.write();
    }

    #[inline]
    fn literals(&mut self, run: &[u8], codes: &[(u16, u8); 256]) {
        let (fours, rest) = run.as_chunks::<4>();
        for four in fours {
            for byte in four {
                let (bits, count) = codes[usize::from(*byte)];
                self.put(u64::from(bits), u32::from(count));
            }
            self.write();
        }
        for byte in rest {
            let (bits, count) = codes[usize::from(*byte)];
            self.put(u64::from(bits), u32::from(count));
        }
        self.write();
    }
}

/// Symbols up to the last that comes, but at least so many.
fn used(lengths: &[u8], least: usize) -> usize {
    lengths.iter().rposition(|length| *length > 0).map_or(least, |last| least.max(last + 1))
}

/// How many lengths of the codes of lengths are told.
fn told_lengths(code: &Code<19>) -> usize {
    ORDER.iter().rposition(|symbol| code.lengths[*symbol] > 0).map_or(4, |last| 4.max(last + 1))
}

/// Bits that follow a symbol of a length of a code.
const fn more_bits(symbol: u8) -> u32 {
    match symbol {
        16 => 2,
        17 => 3,
        18 => 7,
        _ => 0,
    }
}

impl Told {
    fn of(literals: &Code<LITERALS>, distances: &Code<DISTANCES>) -> Self {
        let mut told = Self { items: [(0, 0); LITERALS + DISTANCES], count: 0 };
        let literals = &literals.lengths[..used(&literals.lengths, LENGTHS)];
        let distances = &distances.lengths[..used(&distances.lengths, 1)];
        let mut run = (0, 0);
        for length in literals.iter().chain(distances) {
            if run.1 > 0 && run.0 != *length {
                told.run(run.0, run.1);
                run.1 = 0;
            }
            run = (*length, run.1 + 1);
        }
        told.run(run.0, run.1);
        told
    }

    /// The same length so many times.
    fn run(&mut self, length: u8, mut times: usize) {
        if length > 0 {
            self.push(length, 0);
            times -= 1;
        }
        while times >= 3 {
            let (symbol, least, most) = match (length, times) {
                (0, 11..) => (18, 11, 138),
                (0, _) => (17, 3, 10),
                _ => (16, 3, 6),
            };
            let now = times.min(most);
            self.push(symbol, (now - least) as u8);
            times -= now;
        }
        for _ in 0..times {
            self.push(length, 0);
        }
    }

    fn push(&mut self, symbol: u8, more: u8) {
        self.items[self.count] = (symbol, more);
        self.count += 1;
    }

    fn items(&self) -> &[(u8, u8)] {
        &self.items[..self.count]
    }

    fn counts(&self) -> [u32; 19] {
        let mut counts = [0; 19];
        self.items().iter().for_each(|(symbol, _)| counts[usize::from(*symbol)] += 1);
        counts
    }

    /// Bits of all that tells the codes.
    fn size(&self, code: &Code<19>) -> u64 {
        let item = |(symbol, _): &(u8, u8)| {
            u64::from(code.lengths[usize::from(*symbol)]) + u64::from(more_bits(*symbol))
        };
        5 + 5 + 4 + 3 * told_lengths(code) as u64 + self.items().iter().map(item).sum::<u64>()
    }
}

/// Bits of the content in these codes.
fn content_size(counts: &Counts, literals: &Code<LITERALS>, distances: &Code<DISTANCES>) -> u64 {
    let more = |symbol: usize| symbol.checked_sub(LENGTHS).map_or(0, |symbol| u32::from(LENGTH_BITS[symbol]));
    let of = |count: u32, length: u8, more: u32| u64::from(count) * u64::from(u32::from(length) + more);
    let lengths = counts.literals.iter().zip(literals.lengths).enumerate();
    let all = lengths.map(|(symbol, (count, length))| of(*count, length, more(symbol))).sum::<u64>();
    let far = counts.distances.iter().zip(distances.lengths).enumerate();
    all + far.map(|(symbol, (count, length))| of(*count, length, distance_bits(symbol))).sum::<u64>()
}

/// Bits of a piece as it is.
fn stored_size(piece: &[u8]) -> u64 {
    (piece.len() + 5 * piece.len().div_ceil(STORED).max(1) + 1) as u64 * 8
}

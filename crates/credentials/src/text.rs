//! Text as Windows writes it: PowerShell puts a byte order mark in front, and writes UTF-16 where it is not told
//! otherwise.

use secrecy::zeroize::Zeroizing;

/// The text in `bytes`, which may hold a secret; none where they are no text.
pub(crate) fn text(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let wide = |units: &[u8], of: fn([u8; 2]) -> u16| {
        let (pairs, []) = units.as_chunks() else { return None };
        let units = Zeroizing::new(pairs.iter().copied().map(of).collect::<Vec<u16>>());
        String::from_utf16(&units).ok()
    };
    let text = match bytes {
        [0xff, 0xfe, units @ ..] => wide(units, u16::from_le_bytes),
        [0xfe, 0xff, units @ ..] => wide(units, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, text @ ..] | text => std::str::from_utf8(text).ok().map(str::to_owned),
    };
    text.map(Zeroizing::new)
}

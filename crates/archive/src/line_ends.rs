//! Whether a tar went through something that took it for text.

use crate::file::FileAt;
use crate::tar::{Block, parse};

/// So far it is looked for changed line ends, bytes.
const LOOKED_THROUGH: usize = 4 << 20;

/// Each line end of `file` became two bytes, as programs do that take it for text: then the header that should be at
/// `header` is behind it by as many.
pub(crate) fn line_ends_changed(file: &FileAt, header: u64) -> bool {
    let Some(header) = usize::try_from(header).ok().filter(|header| *header < LOOKED_THROUGH) else {
        return false;
    };
    let mut bytes = vec![0; (header * 2 + 1024).min(LOOKED_THROUGH)];
    let Ok(length) = file.read_at(&mut bytes, 0) else { return false };
    bytes.truncate(length);
    let mut before = Vec::with_capacity(header + 512);
    let mut changed = false;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => changed = true,
            // One that was left alone: they were not changed.
            b'\n' if at == 0 || bytes[at - 1] != b'\r' => return false,
            byte => before.push(*byte),
        }
    }
    let block = before.get(header..header + 512).and_then(|block| block.try_into().ok());
    changed && block.is_some_and(|block| matches!(parse(block), Block::Header(_) | Block::End))
}

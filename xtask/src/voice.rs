//! Who speaks when two things go on at once: one is heard as it goes, the other is kept until it has ended.

use std::io::Write as _;

/// Where the output of a step goes.
#[derive(Debug)]
pub(crate) enum Voice {
    /// To standard output at once.
    Live,
    /// Kept, to be told as one piece.
    Kept(Vec<u8>),
}

impl Voice {
    /// Says a line.
    pub(crate) fn line(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        self.bytes(b"\n");
    }

    /// Says these bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        match self {
            Self::Live => {
                let mut out = std::io::stdout();
                // A closed terminal is no reason to lose the count.
                let _ = out.write_all(bytes).and_then(|()| out.flush());
            }
            Self::Kept(kept) => kept.extend_from_slice(bytes),
        }
    }

    /// Tells what was kept so far, and keeps nothing of it.
    pub(crate) fn tell(&mut self) {
        if let Self::Kept(kept) = self {
            let kept = std::mem::take(kept);
            Self::Live.bytes(&kept);
        }
    }
}

//! What a file is that is no image: people read that rather than "it is no tar".

use std::fmt;
use std::fs::FileType;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::outer::{Outer, outer};
use crate::tar::{Block, parse};

/// What a file is instead of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A tar as UTF-16: Windows PowerShell's `>` takes what a program writes for text.
    Utf16,
    /// An HTML page.
    Html,
    /// JSON or XML, as servers answer with.
    Answer,
    /// What Git has in a large file's place.
    LfsPointer,
    /// A tar with so many bytes of text in front of it.
    TextInFront(usize),
    /// A tar whose line ends were changed.
    LineEnds,
    /// A tar, or a compressed one, in Base64.
    Base64,
    /// Any other text.
    Text,
    /// Compressed, and what comes out is compressed again.
    Twice,
    /// A format of this name.
    Named(&'static str),
    /// What `docker save` writes, unpacked into a folder.
    UnpackedSave,
    /// A named pipe or a socket.
    Pipe,
    /// A device.
    Device,
}

/// Formats by their first bytes.
const NAMED: [(&[u8], &str); 11] = [
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"LZIP", "lzip"),
    (b"\xffLZMA\0", "lzma"),
    (b"070701", "cpio"),
    (b"!<arch>\n", "ar (such as .deb)"),
    (b"hsqs", "SquashFS"),
    (b"QFI\xfb", "QCOW2"),
    (b"%PDF-", "PDF"),
    (b"\x7fELF", "ELF"),
];

impl Kind {
    /// What a file that begins with `first` is, where that is known.
    pub(crate) fn of(first: &[u8]) -> Option<Self> {
        if let Some((_, name)) = NAMED.iter().find(|(begin, _)| first.starts_with(begin)) {
            return Some(Self::Named(name));
        }
        if first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff") {
            return Some(Self::Utf16);
        }
        if let Some(at) = behind_text(first) {
            return Some(Self::TextInFront(at));
        }
        let text = text(first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first))?.trim_start();
        let begins =
            |with: &str| text.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with));
        Some(if begins("<!doctype html") || begins("<html") {
            Self::Html
        } else if begins("version https://git-lfs.github.com/spec/") {
            Self::LfsPointer
        } else if begins("<?xml") || text.starts_with(['{', '[']) {
            Self::Answer
        } else if is_base64(text) {
            Self::Base64
        } else {
            Self::Text
        })
    }

    /// What is neither a file nor a folder.
    #[cfg(unix)]
    pub(crate) fn of_type(kind: FileType) -> Self {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_fifo() || kind.is_socket() { Self::Pipe } else { Self::Device }
    }

    #[cfg(not(unix))]
    pub(crate) fn of_type(_: FileType) -> Self {
        Self::Pipe
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf16 => {
                "text in UTF-16, as > in Windows PowerShell writes it: save with docker save -o FILE IMAGE"
            }
            Self::Html => "an HTML page, perhaps one to sign in at, in place of the download",
            Self::Answer => "JSON or XML, perhaps a server's answer in place of the download",
            Self::LfsPointer => "a Git LFS pointer in place of the file: get the file with git lfs pull",
            Self::TextInFront(3) => "a tar with a byte order mark in front, as programs put it before text",
            Self::TextInFront(bytes) => {
                return write!(
                    f,
                    "a tar with {bytes} bytes of text in front, as programs print it: write the tar into a file of its own"
                );
            }
            Self::LineEnds => "a tar whose line ends were changed as if it were text: copy it as binary",
            Self::Base64 => "text in Base64: decode it first",
            Self::Text => "a text file",
            Self::Twice => "compressed twice: unpack it once",
            Self::Named(name) => return write!(f, "a file of another format: {name}"),
            Self::UnpackedSave => {
                "what docker save writes, unpacked into a folder: pack it again with tar -C FOLDER -cf FILE ."
            }
            Self::Pipe => "a pipe; the command slipway reads those, the window takes files",
            Self::Device => "a device",
        })
    }
}

/// Text, which may end in the middle of a letter; none for anything else.
fn text(bytes: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let odd = |letter: char| letter.is_control() && !"\t\r\n\u{b}\u{c}\u{1b}".contains(letter);
    (!text.is_empty() && !text.contains(odd)).then_some(text)
}

/// Where a tar begins behind some text: a byte order mark, or what a program printed before it.
fn behind_text(first: &[u8]) -> Option<usize> {
    let magic = first.windows(5).position(|part| part == b"ustar")?;
    let at = magic.checked_sub(257).filter(|at| *at > 0)?;
    let block = first.get(at..at + 512)?.try_into().ok()?;
    let is_text = (at == 3 && first.starts_with(b"\xef\xbb\xbf")) || text(&first[..at]).is_some();
    (is_text && matches!(parse(block), Block::Header(_))).then_some(at)
}

/// A tar or something compressed comes out.
fn is_base64(text: &str) -> bool {
    let letters: String = text.chars().filter(|letter| !letter.is_ascii_whitespace()).take(684).collect();
    let whole = letters.len() / 4 * 4;
    let Ok(plain) = BASE64_STANDARD.decode(&letters.as_bytes()[..whole]) else { return false };
    let block = plain.get(..512).and_then(|block| block.try_into().ok());
    outer(&plain) != Outer::None || block.is_some_and(|block| matches!(parse(block), Block::Header(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_what_a_file_is() {
        for (first, kind) in [
            (&b"\xff\xfem\0a\0"[..], Kind::Utf16),
            (b"\xfe\xff\0m\0a", Kind::Utf16),
            (b"\n <!DOCTYPE HTML>", Kind::Html),
            (b"\xef\xbb\xbf<html lang=en>", Kind::Html),
            (b"<?xml version=\"1.0\"?><Error>", Kind::Answer),
            (b"{\"message\": \"Not Found\"}", Kind::Answer),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n", Kind::LfsPointer),
            (b"H4sIAAAAAAAAA+3BMQEAAADCoPVP7WkJoAAA", Kind::Base64),
            (b"just some words", Kind::Text),
            (b"words that end in a lett\xc3", Kind::Text),
            ("你好".as_bytes(), Kind::Text),
            ("é 漢字 🐳".repeat(99).as_bytes(), Kind::Text),
            (b"7z\xbc\xaf\x27\x1c\0\x04", Kind::Named("7-Zip")),
        ] {
            assert_eq!(Kind::of(first), Some(kind), "{}", first.escape_ascii());
        }
        assert_eq!(Kind::of(&[7; 600]), None);
        assert_eq!(Kind::of(b""), None);
    }
}

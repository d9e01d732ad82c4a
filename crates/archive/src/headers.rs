//! The headers of a tar in their order, put together to one for each member. Whoever reads the tar brings the bytes:
//! from a file that can be read at any place, or as they come ([`Members`]).

use crate::ArchiveError;
use crate::tar::{BLOCK, Block, Header, Pax, Sparse, parse};

/// The longest name, or set of PAX records, bytes.
pub(crate) const LONGEST: u64 = 1 << 20;

/// The longest name that a record gives to all members that follow, bytes: each of them would have it, and a few bytes
/// of file would be as many names as there are members.
const LONGEST_FOR_ALL: usize = 4096;

/// What eleven octal digits can say, bytes.
const LARGEST_OCTAL: u64 = 0o777_7777_7777;

/// A member's header with all that stood before it.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) name: String,
    pub(crate) link: String,
    /// Bytes.
    pub(crate) size: u64,
    /// The type flag.
    pub(crate) kind: u8,
    pub(crate) sparse: Option<Box<Sparse>>,
}

impl Head {
    /// Bytes that follow in the tar. Links, folders, devices and pipes have none, whatever their size says.
    pub(crate) fn stored(&self) -> u64 {
        if matches!(self.kind, b'1'..=b'6') { 0 } else { self.size }
    }

    pub(crate) fn is_folder(&self) -> bool {
        self.kind == b'5' || (matches!(self.kind, b'0' | 0 | b'7') && self.name.ends_with('/'))
    }
}

/// What stood before the next member.
#[derive(Debug, Default)]
pub(crate) struct Headers {
    global: Pax,
    local: Pax,
    long_name: Option<String>,
    long_link: Option<String>,
}

/// Why a header cannot be read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// It makes no sense.
    Reason(&'static str),
    Error(ArchiveError),
}

impl Headers {
    /// How many bytes of content belong to the header itself; none for a member's.
    pub(crate) fn content(header: &Header) -> Result<Option<usize>, ArchiveError> {
        if !matches!(header.kind, b'x' | b'g' | b'L' | b'K') {
            return Ok(None);
        }
        let fits = usize::try_from(header.size).ok().filter(|_| header.size <= LONGEST);
        fits.map(Some).ok_or_else(too_long)
    }

    /// Takes the content of such a header.
    pub(crate) fn take(&mut self, kind: u8, content: &[u8]) -> Result<(), Unread> {
        match kind {
            b'x' => self.local.read(content).map_err(Unread::Reason)?,
            b'g' => {
                self.global
                    .read(content)
                    .map_err(|reason| Unread::Error(ArchiveError::malformed("a PAX header", reason)))?;
                // Holes are a member's own: nobody writes them for all that follow.
                self.global.sparse = None;
                let mut names = [&self.global.path, &self.global.link].into_iter().flatten();
                if names.any(|name| name.len() > LONGEST_FOR_ALL) {
                    return Err(Unread::Error(too_long()));
                }
            }
            b'L' => self.long_name = Some(gnu_text(content)),
            _ => self.long_link = Some(gnu_text(content)),
        }
        Ok(())
    }

    /// The header of a member, with what stood before it.
    pub(crate) fn member(&mut self, header: Header) -> Result<Head, ArchiveError> {
        let own = std::mem::take(&mut self.local);
        let (long_name, long_link) = (self.long_name.take(), self.long_link.take());
        let sparse_name = own.sparse.as_ref().and_then(|sparse| sparse.name.clone());
        let path = sparse_name.or(own.path).or(long_name).or_else(|| self.global.path.clone());
        let name = path.unwrap_or(header.name);
        let link = own.link.or(long_link).or_else(|| self.global.link.clone()).unwrap_or(header.link);
        let size = match own.size.or(self.global.size) {
            // Two sizes are how members are smuggled past a reader (RUSTSEC-2025-0111).
            // A field that is too small for the size holds nothing, or as much as it can (libarchive).
            Some(size) if ![0, LARGEST_OCTAL, size].contains(&header.size) => {
                return Err(ArchiveError::unsafe_name(name, "its two sizes disagree"));
            }
            Some(size) => size,
            None => header.size,
        };
        Ok(Head { name, link, size, kind: header.kind, sparse: own.sparse })
    }
}

fn too_long() -> ArchiveError {
    ArchiveError::Bomb { member: "a tar header".to_owned() }
}

fn gnu_text(content: &[u8]) -> String {
    let end = content.iter().position(|byte| *byte == 0).unwrap_or(content.len());
    String::from_utf8_lossy(&content[..end]).into_owned()
}

/// The members of a tar that comes in pieces of any size, one after the other. Nothing is kept but the header that is
/// read now, so a tar of any size takes at most a few MiB.
#[derive(Debug, Default)]
pub struct Members {
    headers: Headers,
    at: At,
    /// What came of the block, or of the content of a header, that is read now.
    part: Vec<u8>,
    /// Bytes that came before it.
    offset: u64,
}

#[derive(Debug, Default)]
enum At {
    #[default]
    Header,
    /// In the content of a header of this kind, so many bytes with its padding.
    Content {
        kind: u8,
        length: usize,
        padded: usize,
    },
    /// In blocks that go on with the list of a member with holes (GNU's old form), before so many bytes of content.
    Holes(u64),
    /// So many bytes before the next header.
    Body(u64),
    End,
}

/// What is told of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its name.
    pub name: &'a str,
    /// It is a folder.
    pub is_folder: bool,
}

impl Members {
    /// Takes the next bytes, and tells each member whose header ends in them.
    ///
    /// # Errors
    /// Says what is no header, or a header that is too long.
    pub fn take(&mut self, mut bytes: &[u8], mut tell: impl FnMut(Entry<'_>)) -> Result<(), ArchiveError> {
        while !bytes.is_empty() {
            let wanted = match &mut self.at {
                At::End => return Ok(()),
                At::Body(left) => {
                    let passed = (*left).min(bytes.len() as u64);
                    *left -= passed;
                    self.offset += passed;
                    // It is no longer than the bytes.
                    bytes = &bytes[usize::try_from(passed).unwrap_or(bytes.len())..];
                    if *left == 0 {
                        self.at = At::Header;
                    }
                    continue;
                }
                At::Content { padded, .. } => *padded,
                At::Header | At::Holes(_) => 512,
            };
            let (more, rest) = bytes.split_at(bytes.len().min(wanted - self.part.len()));
            self.part.extend_from_slice(more);
            bytes = rest;
            if self.part.len() == wanted {
                let part = std::mem::take(&mut self.part);
                self.at = self.whole(&part, &mut tell)?;
                self.offset += wanted as u64;
            }
        }
        Ok(())
    }

    /// What comes behind `part`, which is whole.
    fn whole(&mut self, part: &[u8], tell: &mut impl FnMut(Entry<'_>)) -> Result<At, ArchiveError> {
        match self.at {
            At::Content { kind, length, .. } => {
                self.headers.take(kind, &part[..length]).map_err(|unread| match unread {
                    Unread::Reason(reason) => self.malformed(reason),
                    Unread::Error(error) => error,
                })?;
                return Ok(At::Header);
            }
            At::Holes(size) => return Ok(if part[504] == 0 { body(size) } else { At::Holes(size) }),
            _ => {}
        }
        let Ok(block) = part.try_into() else { return Ok(At::End) };
        let header = match parse(block) {
            Block::End => return Ok(At::End),
            Block::Invalid(reason) => return Err(self.malformed(reason)),
            Block::Header(header) => header,
        };
        if let Some(length) = Headers::content(&header)? {
            let padded = length.next_multiple_of(512);
            let content = At::Content { kind: header.kind, length, padded };
            return if length == 0 {
                self.at = content;
                self.whole(&[], tell)
            } else {
                Ok(content)
            };
        }
        let head = self.headers.member(header)?;
        tell(Entry { name: &head.name, is_folder: head.is_folder() });
        Ok(if head.kind == b'S' && part[482] != 0 { At::Holes(head.size) } else { body(head.stored()) })
    }

    fn malformed(&self, reason: &str) -> ArchiveError {
        ArchiveError::malformed(format!("the tar header at byte {}", self.offset), reason)
    }

    /// No more bytes come.
    ///
    /// # Errors
    /// [`ArchiveError::Truncated`] in the middle of a member. Some tools leave the marks at the end out.
    pub fn end(&self) -> Result<(), ArchiveError> {
        let left = match &self.at {
            At::End => 0,
            At::Header if self.part.is_empty() => 0,
            At::Header | At::Holes(_) => BLOCK - self.part.len() as u64,
            At::Content { padded, .. } => (padded - self.part.len()) as u64,
            // The last body may lack its padding.
            At::Body(left) => left.saturating_sub(BLOCK - 1),
        };
        let at = self.offset + self.part.len() as u64;
        if left == 0 { Ok(()) } else { Err(ArchiveError::Truncated { at, size: at.saturating_add(left) }) }
    }
}

/// The body of a member of `size` bytes, with its padding.
fn body(size: u64) -> At {
    match size.checked_next_multiple_of(BLOCK).unwrap_or(u64::MAX) {
        0 => At::Header,
        length => At::Body(length),
    }
}

#[cfg(test)]
mod tests {
    use slipway_stage::tar::{Tar, header, pax, seal};

    use super::*;

    fn names(tar: &[u8], at_once: usize) -> Result<Vec<String>, ArchiveError> {
        let (mut members, mut names) = (Members::default(), Vec::new());
        for bytes in tar.chunks(at_once) {
            members.take(bytes, |entry| names.push(entry.name.to_owned()))?;
            assert!(members.part.capacity() <= 2 << 20, "no more than a header is kept");
        }
        members.end()?;
        Ok(names)
    }

    #[test]
    fn members_are_the_same_however_the_bytes_come() {
        let mut holes = header("holes", 512, b'S', "");
        holes[482] = 1;
        seal(&mut holes);
        let tar = Tar::default()
            .file("a", &[1; 700])
            .extra(b'x', &pax("path", "b/long"))
            .file("short", b"")
            .raw(&holes, &[0; 1024])
            .extra(b'L', b"c\0")
            .extra(b'x', b"")
            .link(b'2', "link", "a")
            .link(b'5', "folder", "")
            .end();
        for at_once in [1, 7, 511, 512, 513, 1 << 20] {
            let expected = ["a", "b/long", "holes", "c", "folder"];
            assert_eq!(names(&tar, at_once).unwrap(), expected, "{at_once} bytes at once");
        }
    }

    #[test]
    fn a_header_of_gigabytes_is_refused_before_its_content_comes() {
        for kind in [b'x', b'g', b'L', b'K'] {
            let error = names(&header("long", 4 << 30, kind, ""), 512).unwrap_err();
            assert!(matches!(error, ArchiveError::Bomb { .. }), "{error}");
        }
    }

    #[test]
    fn a_member_that_ends_early_is_told() {
        let tar = Tar::default().file("a", &[1; 700]).end();
        assert!(matches!(names(&tar[..1000], 64), Err(ArchiveError::Truncated { at: 1000, .. })));
        assert!(names(&tar[..512 + 700], 64).is_ok(), "the last padding may be missing");
        assert!(names(&tar[..512 + 1024], 64).is_ok(), "and so may the marks at the end");
        assert!(matches!(names(&tar[..100], 64), Err(ArchiveError::Truncated { .. })));
    }
}

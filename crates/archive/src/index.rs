//! What a tar holds: one walk over its headers, seeking over the bodies. Names resolve inside this index and
//! nowhere else; the file system is never asked for one.

use std::collections::{HashMap, HashSet};

use crate::ArchiveError;
use crate::file::FileAt;
use crate::tar::{BLOCK, Block, Header, Pax, parse};

/// Members that an image may have; far above what any tool writes.
const MOST_MEMBERS: usize = 250_000;

/// The longest name, or set of PAX records, bytes.
const LONGEST: u64 = 1 << 20;

/// Names and link targets together, bytes: one record for all members could make each of them long.
const MOST_NAMES: usize = 64 << 20;

/// What eleven octal digits can say, bytes.
const LARGEST_OCTAL: u64 = 0o777_7777_7777;

/// Links that lead to one member.
const MOST_LINKS: usize = 40;

/// Where a member's content lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

#[derive(Debug, Clone)]
enum Member {
    File(Extent),
    /// Its content is stored with holes; we do not read that.
    Sparse,
    /// Names another member from the root.
    HardLink(String),
    /// Names another member from its own folder.
    Symlink(String),
    Folder,
}

/// Name → member. Of two members with one name the later counts, as it would when unpacked.
#[derive(Debug, Default)]
pub(crate) struct Index {
    members: HashMap<String, Member>,
    /// The marks at the end were there.
    pub(crate) complete: bool,
}

impl Index {
    /// Walks the headers of `file`.
    pub(crate) fn read(file: &FileAt) -> Result<Self, ArchiveError> {
        Walk { file, offset: 0, global: Pax::default(), ended: false, names: 0 }.index()
    }

    /// The content of `name`, through links.
    pub(crate) fn resolve(&self, name: &str) -> Result<Extent, ArchiveError> {
        let mut at = normal(name).filter(|_| !is_absolute(name)).ok_or_else(|| climbs(name))?;
        let mut seen = HashSet::new();
        loop {
            if !seen.insert(at.clone()) || seen.len() > MOST_LINKS {
                return Err(ArchiveError::unsafe_name(name, "its links lead in a circle"));
            }
            at = match self.members.get(&at) {
                Some(Member::File(extent)) => return Ok(*extent),
                Some(Member::Sparse) => {
                    return Err(ArchiveError::malformed(
                        name,
                        "it is stored with holes, which no image tool writes",
                    ));
                }
                Some(Member::Folder) => return Err(ArchiveError::malformed(name, "it is a folder")),
                Some(Member::HardLink(target)) => {
                    normal(target).filter(|_| !is_absolute(target)).ok_or_else(|| climbs(target))?
                }
                Some(Member::Symlink(target)) => {
                    let folder = at.rsplit_once('/').map_or("", |(folder, _)| folder);
                    normal(&format!("{folder}/{target}"))
                        .filter(|_| !is_absolute(target))
                        .ok_or_else(|| climbs(target))?
                }
                None => return Err(ArchiveError::MemberMissing { member: at }),
            };
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// A root file system rather than an image: folders that every Linux has.
    pub(crate) fn is_root_filesystem(&self) -> bool {
        let known = ["etc", "usr", "bin", "dev", "proc", "var", "lib", "sys"];
        let tops: HashSet<&str> = self.members.keys().filter_map(|name| name.split('/').next()).collect();
        known.iter().filter(|name| tops.contains(*name)).count() >= 3 || self.has(".dockerenv")
    }
}

fn climbs(name: &str) -> ArchiveError {
    ArchiveError::unsafe_name(name, "the name leads out of the file")
}

pub(crate) fn is_absolute(name: &str) -> bool {
    name.starts_with(['/', '\\']) || name.as_bytes().get(1) == Some(&b':')
}

/// A name without `.`, `..` and doubled slashes, with forward ones; none where it leads out.
pub(crate) fn normal(name: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    // A leading slash that we put there ourselves stands for the root of the archive.
    for part in name.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

struct Walk<'a> {
    file: &'a FileAt,
    offset: u64,
    global: Pax,
    ended: bool,
    /// Bytes of the names that are kept.
    names: usize,
}

impl Walk<'_> {
    fn index(mut self) -> Result<Index, ArchiveError> {
        let mut index = Index::default();
        let mut local = Pax::default();
        let (mut long_name, mut long_link) = (None, None);
        let mut count = 0;
        while let Some(header) = self.header()? {
            count += 1;
            if count > MOST_MEMBERS {
                // A root file system may well have as many; it is refused with its own words.
                if index.is_root_filesystem() {
                    return Ok(index);
                }
                return Err(ArchiveError::Bomb { member: "the list of members".to_owned() });
            }
            match header.kind {
                b'x' => local.read(&self.small(&header)?).map_err(|reason| self.malformed(reason))?,
                b'g' => {
                    let records = self.small(&header)?;
                    self.global
                        .read(&records)
                        .map_err(|reason| ArchiveError::malformed("a PAX header", reason))?;
                }
                b'L' => long_name = Some(gnu_text(&self.small(&header)?)),
                b'K' => long_link = Some(gnu_text(&self.small(&header)?)),
                _ => {
                    let own = std::mem::take(&mut local);
                    let (long_name, long_link) = (long_name.take(), long_link.take());
                    let pax = Pax {
                        path: own.path.or(long_name).or_else(|| self.global.path.clone()),
                        link: own.link.or(long_link).or_else(|| self.global.link.clone()),
                        size: own.size.or(self.global.size),
                        sparse: own.sparse || self.global.sparse,
                        sparse_name: own.sparse_name,
                    };
                    self.member(&mut index, header, pax)?;
                }
            }
        }
        index.complete = self.ended;
        Ok(index)
    }

    /// The next header; none at the end.
    fn header(&mut self) -> Result<Option<Header>, ArchiveError> {
        let mut block = [0; 512];
        let read = self.file.read_at(&mut block, self.offset).map_err(unreadable)?;
        match read {
            // Some tools leave the end marks out.
            0 if self.offset > 0 => return Ok(None),
            512 => {}
            _ => return Err(ArchiveError::Truncated { at: self.file.length, size: self.offset + BLOCK }),
        }
        match parse(&block) {
            Block::End => {
                self.ended = true;
                Ok(None)
            }
            Block::Header(header) => {
                self.offset += BLOCK;
                Ok(Some(header))
            }
            Block::Invalid(reason) => Err(self.malformed(reason)),
        }
    }

    fn malformed(&self, reason: &str) -> ArchiveError {
        ArchiveError::malformed(format!("the tar header at byte {}", self.offset), reason)
    }

    /// The content of a header that belongs to the next member.
    fn small(&mut self, header: &Header) -> Result<Vec<u8>, ArchiveError> {
        if header.size > LONGEST {
            return Err(ArchiveError::Bomb { member: "a tar header".to_owned() });
        }
        let extent = self.body(header.size)?;
        let mut content = vec![0; usize::try_from(extent.length).unwrap_or_default()];
        self.file.read_at(&mut content, extent.offset).map_err(unreadable)?;
        Ok(content)
    }

    /// Passes over a body.
    fn body(&mut self, length: u64) -> Result<Extent, ArchiveError> {
        let offset = self.offset;
        let end = offset.checked_add(length).ok_or_else(|| self.malformed("its size is no size"))?;
        if end > self.file.length {
            return Err(ArchiveError::Truncated { at: self.file.length, size: end });
        }
        // The last body may lack its padding.
        self.offset = end.div_ceil(BLOCK) * BLOCK;
        Ok(Extent { offset, length })
    }

    fn member(&mut self, index: &mut Index, header: Header, pax: Pax) -> Result<(), ArchiveError> {
        let name = pax.sparse_name.or(pax.path).unwrap_or(header.name);
        let link = pax.link.unwrap_or(header.link);
        let size = match pax.size {
            // Two sizes are how members are smuggled past a reader (RUSTSEC-2025-0111).
            // A field that is too small for the size holds nothing, or as much as it can (libarchive).
            Some(size) if ![0, LARGEST_OCTAL, size].contains(&header.size) => {
                return Err(ArchiveError::unsafe_name(name, "its two sizes disagree"));
            }
            Some(size) => size,
            None => header.size,
        };
        let member = match header.kind {
            b'0' | 0 | b'7' if name.ends_with('/') => {
                self.body(size)?;
                Member::Folder
            }
            b'0' | 0 | b'7' => {
                let extent = self.body(size)?;
                if pax.sparse { Member::Sparse } else { Member::File(extent) }
            }
            b'S' => {
                self.sparse_body(size)?;
                Member::Sparse
            }
            b'1' => Member::HardLink(link),
            b'2' => Member::Symlink(link),
            b'5' => Member::Folder,
            // Devices and pipes have no body, whatever their size says.
            b'3' | b'4' | b'6' => return Ok(()),
            _ => {
                self.body(size)?;
                return Ok(());
            }
        };
        // A name that leads out of the file is never found again, so it does no harm.
        if let Some(name) = normal(&name).filter(|_| !is_absolute(&name)) {
            self.names += name.len();
            if let Member::HardLink(target) | Member::Symlink(target) = &member {
                self.names += target.len();
            }
            if self.names > MOST_NAMES {
                return Err(ArchiveError::Bomb { member: "the list of members".to_owned() });
            }
            index.members.insert(name, member);
        }
        Ok(())
    }

    /// GNU's sparse members may have more blocks of their map before the body.
    fn sparse_body(&mut self, size: u64) -> Result<(), ArchiveError> {
        let mut block = [0; 512];
        self.file.read_at(&mut block, self.offset - BLOCK).map_err(unreadable)?;
        let mut extended = block[482] != 0;
        while extended {
            let extent = self.body(BLOCK)?;
            self.file.read_at(&mut block, extent.offset).map_err(unreadable)?;
            extended = block[504] != 0;
        }
        self.body(size).map(|_| ())
    }
}

fn gnu_text(content: &[u8]) -> String {
    let end = content.iter().position(|byte| *byte == 0).unwrap_or(content.len());
    String::from_utf8_lossy(&content[..end]).into_owned()
}

fn unreadable(source: std::io::Error) -> ArchiveError {
    ArchiveError::Unreadable { file: "the file".to_owned(), source }
}

//! What a tar holds: one walk over its headers, seeking over the bodies. Names resolve inside this index and
//! nowhere else; the file system is never asked for one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::ArchiveError;
use crate::file::FileAt;
use crate::headers::{Head, Headers, Unread};
use crate::kind::Kind;
use crate::limits::{MOST_MEMBERS, MOST_PIECES};
use crate::line_ends::line_ends_changed;
use crate::sparse::{self, Fault, Lines, Piece};
use crate::tar::{BLOCK, Block, Header, Sparse, parse};

/// Names and link targets that are looked at, bytes in all.
const MOST_LOOKED_AT: usize = 64 << 20;

/// Those of them that are kept, bytes in all.
const MOST_NAMES: usize = 20 << 20;

/// The longest name or link target that is kept, bytes: no system takes longer ones.
const LONGEST_NAME: usize = 4096;

/// After so many blocks it is asked whether whoever waits has left.
const BETWEEN_ASKING: u32 = 1000;

/// Folders around an image, one in the other.
const MOST_FOLDERS: usize = 4;

/// The longest name of such a folder, bytes.
const LONGEST_FOLDER: usize = 255;

/// Links that lead to one member.
const MOST_LINKS: usize = 40;

/// Names that links lead to, bytes in all: each is looked at whenever somebody comes by.
const MOST_FOLLOWED: usize = 16 << 20;

/// Where a member's content lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

/// What a member holds.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// As it is stored.
    Whole(Extent),
    /// With holes, which are zeros.
    Sparse { pieces: Arc<[Piece]>, size: u64 },
}

#[derive(Debug, Clone)]
enum Member {
    File(Content),
    /// It is stored with holes that cannot be read.
    Holes(Fault),
    /// Names another member from the root.
    HardLink(Box<str>),
    /// Names another member from its own folder.
    Symlink(Box<str>),
    Folder,
}

/// Name → member. Of two members with one name the later counts, as it would when unpacked.
#[derive(Debug, Default)]
pub(crate) struct Index {
    members: HashMap<Box<str>, Member>,
    /// The marks at the end were there.
    pub(crate) complete: bool,
    /// Names count from this folder on; with a slash at its end, or empty.
    folder: String,
    /// Bytes of names that links led to.
    followed: AtomicUsize,
}

impl Index {
    /// Walks the headers of `file`, which messages call `name`, until `cancelled` is set.
    pub(crate) fn read(
        file: &FileAt,
        name: &str,
        cancelled: Option<&AtomicBool>,
    ) -> Result<Self, ArchiveError> {
        let (offset, blocks, looked, kept, pieces) = (0, 0, 0, 0, 0);
        let walk = Walk { file, name, cancelled, offset, ended: false, blocks, looked, kept, pieces };
        let mut index = walk.index()?;
        if !index.has_list() {
            index.enter_folder();
        }
        Ok(index)
    }

    /// One of the files that lead to images is there.
    fn has_list(&self) -> bool {
        ["manifest.json", "index.json", "repositories"].iter().any(|name| self.has(name))
    }

    /// People pack the folder of an image rather than what is in it. Where everything is in one folder and the lists of
    /// images are there, names count from it on.
    fn enter_folder(&mut self) {
        for _ in 0..MOST_FOLDERS {
            let inside = self.members.keys().filter_map(|name| name.strip_prefix(self.folder.as_str()));
            // What macOS and its tools put beside the files of others.
            let ours = inside.filter(|name| {
                let last = name.rsplit('/').next().unwrap_or(name);
                !last.starts_with("._") && last != ".DS_Store" && !name.starts_with("__MACOSX")
            });
            let mut tops = ours.map(|name| name.split('/').next().unwrap_or(name));
            let Some(only) = tops.next() else { break };
            // Its name is said of each image.
            if only.len() > LONGEST_FOLDER || tops.any(|other| other != only) {
                break;
            }
            self.folder = format!("{}{only}/", self.folder);
            if self.has("manifest.json") || (self.has("index.json") && self.has("oci-layout")) {
                return;
            }
        }
        self.folder.clear();
    }

    /// The folder that names count from, where it is not the top.
    pub(crate) fn folder(&self) -> Option<&str> {
        self.folder.strip_suffix('/')
    }

    /// The content of `name`, through links.
    pub(crate) fn resolve(&self, name: &str) -> Result<Content, ArchiveError> {
        let name_inside = normal(name).filter(|_| !is_absolute(name)).ok_or_else(|| climbs(name))?;
        let mut at = format!("{}{name_inside}", self.folder);
        let mut seen = HashSet::new();
        loop {
            if !seen.insert(at.clone()) || seen.len() > MOST_LINKS {
                return Err(ArchiveError::unsafe_name(name, "its links lead in a circle"));
            }
            if self.followed.fetch_add(at.len(), Ordering::Relaxed) > MOST_FOLLOWED {
                return Err(ArchiveError::Bomb { member: "the list of links".to_owned() });
            }
            at = match self.members.get(at.as_str()) {
                Some(Member::File(content)) => return Ok(content.clone()),
                Some(Member::Holes(Fault::Map(reason))) => {
                    return Err(ArchiveError::malformed(name, *reason));
                }
                Some(Member::Holes(Fault::Bomb)) => {
                    return Err(ArchiveError::Bomb { member: name.to_owned() });
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
                None => {
                    let member = at.strip_prefix(self.folder.as_str()).unwrap_or(&at).to_owned();
                    return Err(ArchiveError::MemberMissing { member });
                }
            };
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(format!("{}{name}", self.folder).as_str())
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
    name: &'a str,
    cancelled: Option<&'a AtomicBool>,
    offset: u64,
    ended: bool,
    /// Blocks that were read.
    blocks: u32,
    /// Bytes of names that were looked at, and of those that are kept.
    looked: usize,
    kept: usize,
    /// Pieces of members with holes that are kept.
    pieces: usize,
}

impl Walk<'_> {
    fn index(mut self) -> Result<Index, ArchiveError> {
        let mut index = Index::default();
        let mut headers = Headers::default();
        let mut count = 0;
        while let Some(header) = self.header()? {
            count += 1;
            if count > MOST_MEMBERS {
                // A root file system may well have as many; it is refused with its own words.
                if index.is_root_filesystem() {
                    return Ok(index);
                }
                return Err(ArchiveError::too_many_members());
            }
            if let Some(length) = Headers::content(&header)? {
                let extent = self.body(length as u64)?;
                let mut content = vec![0; length];
                self.file.read_at(&mut content, extent.offset).map_err(unreadable)?;
                headers.take(header.kind, &content).map_err(|unread| match unread {
                    Unread::Reason(reason) => self.malformed(reason),
                    Unread::Error(error) => error,
                })?;
            } else {
                let head = headers.member(header)?;
                self.member(&mut index, head)?;
            }
        }
        index.complete = self.ended;
        Ok(index)
    }

    /// One more block is about to be read: whoever waits may leave.
    fn step(&mut self) -> Result<(), ArchiveError> {
        self.blocks = self.blocks.wrapping_add(1);
        let asked = self.blocks.is_multiple_of(BETWEEN_ASKING);
        match self.cancelled {
            Some(cancelled) if asked && cancelled.load(Ordering::Relaxed) => Err(ArchiveError::Cancelled),
            _ => Ok(()),
        }
    }

    /// The next header; none at the end.
    fn header(&mut self) -> Result<Option<Header>, ArchiveError> {
        self.step()?;
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
            Block::Invalid(_) if line_ends_changed(self.file, self.offset) => {
                Err(ArchiveError::Other { file: self.name.to_owned(), kind: Kind::LineEnds })
            }
            Block::Invalid(reason) => Err(self.malformed(reason)),
        }
    }

    fn malformed(&self, reason: &str) -> ArchiveError {
        ArchiveError::malformed(format!("the tar header at byte {}", self.offset), reason)
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

    fn member(&mut self, index: &mut Index, head: Head) -> Result<(), ArchiveError> {
        let member = match head.kind {
            b'S' => holes(self.old_sparse(head.size)?),
            b'1' => Member::HardLink(head.link.into()),
            b'2' => Member::Symlink(head.link.into()),
            b'3' | b'4' | b'6' => return Ok(()),
            _ => {
                let folder = head.is_folder();
                let extent = self.body(head.stored())?;
                match (head.kind, &head.sparse) {
                    _ if folder => Member::Folder,
                    (b'0' | 0 | b'7', None) => Member::File(Content::Whole(extent)),
                    (b'0' | 0 | b'7', Some(sparse)) => holes(self.sparse(sparse, extent)?),
                    _ => return Ok(()),
                }
            }
        };
        let target = match &member {
            Member::HardLink(target) | Member::Symlink(target) => target.len(),
            _ => 0,
        };
        // Whether they are kept or not: looking at a name takes as long as it is.
        self.looked += head.name.len() + target;
        if self.looked > MOST_LOOKED_AT {
            return Err(ArchiveError::too_many_members());
        }
        if head.name.len() > LONGEST_NAME || target > LONGEST_NAME {
            return Ok(());
        }
        // A name that leads out of the file is never found again, so it does no harm.
        if let Some(name) = normal(&head.name).filter(|_| !is_absolute(&head.name)) {
            self.kept += name.len() + target;
            if self.kept > MOST_NAMES {
                return Err(ArchiveError::too_many_members());
            }
            index.members.insert(name.into(), member);
        }
        Ok(())
    }

    /// A member with holes in GNU's old form. Its list of pieces may go on in more blocks before the content.
    fn old_sparse(&mut self, size: u64) -> Result<Result<Content, Fault>, ArchiveError> {
        let mut block = [0; 512];
        self.file.read_at(&mut block, self.offset - BLOCK).map_err(unreadable)?;
        let (real, mut map) = (sparse::real_size(&block), Vec::new());
        let mut read = sparse::entries(&block, 386, 4, &mut map);
        let mut extended = block[482] != 0;
        while extended {
            self.step()?;
            let extent = self.body(BLOCK)?;
            self.file.read_at(&mut block, extent.offset).map_err(unreadable)?;
            read = read.and_then(|()| sparse::entries(&block, 0, 21, &mut map));
            if map.len() / 2 > MOST_PIECES {
                break;
            }
            extended = block[504] != 0;
        }
        self.keep(map.len() / 2)?;
        let extent = self.body(size)?;
        Ok(real.and_then(|real| read.and_then(|()| content(&map, real, extent))))
    }

    /// A member with holes in one of GNU's PAX forms, stored at `extent`.
    fn sparse(&mut self, sparse: &Sparse, extent: Extent) -> Result<Result<Content, Fault>, ArchiveError> {
        let Some(size) = sparse.size else {
            return Ok(Err(Fault::Map("it has holes and does not say how large it is with them")));
        };
        let (map, extent) = match sparse.version {
            (None | Some(0), _) => (sparse.map.clone(), extent),
            (Some(1), Some(0)) => match self.lines(extent)? {
                Ok(read) => read,
                Err(fault) => return Ok(Err(fault)),
            },
            _ => return Ok(Err(Fault::Map("it has holes in a form that is not known"))),
        };
        self.keep(map.len() / 2)?;
        Ok(content(&map, size, extent))
    }

    /// The list of pieces that stands before a member's content, and where that begins.
    fn lines(&mut self, extent: Extent) -> Result<Result<(Vec<u64>, Extent), Fault>, ArchiveError> {
        let (mut lines, mut block, mut read) = (Lines::default(), [0; 512], 0);
        while read + BLOCK <= extent.length {
            self.step()?;
            self.file.read_at(&mut block, extent.offset + read).map_err(unreadable)?;
            read += BLOCK;
            match lines.take(&block, MOST_PIECES) {
                Ok(false) => {}
                Ok(true) => {
                    let behind = Extent { offset: extent.offset + read, length: extent.length - read };
                    return Ok(Ok((lines.map, behind)));
                }
                Err(fault) => return Ok(Err(fault)),
            }
        }
        Ok(Err(Fault::Map("what says where its holes are does not end")))
    }

    /// So many more pieces are kept.
    fn keep(&mut self, more: usize) -> Result<(), ArchiveError> {
        self.pieces += more;
        if self.pieces <= MOST_PIECES {
            return Ok(());
        }
        Err(ArchiveError::too_many_members())
    }
}

fn content(map: &[u64], size: u64, stored: Extent) -> Result<Content, Fault> {
    let pieces = sparse::lay(map, size, stored.offset, stored.length)?;
    Ok(Content::Sparse { pieces: pieces.into(), size })
}

fn holes(content: Result<Content, Fault>) -> Member {
    content.map_or_else(Member::Holes, Member::File)
}

fn unreadable(source: std::io::Error) -> ArchiveError {
    ArchiveError::Unreadable { file: "the file".to_owned(), source }
}

//! gzip files (RFC 1952), unpacked as they come: all members, each held to its own check.

use std::io::{self, BufRead, Read};

use fdeflate::Decompressor;
use libdeflater::Crc;

/// How far back DEFLATE refers (RFC 1951 §3.2.5), bytes.
const WINDOW: usize = 32 << 10;

/// Content that is unpacked at once, bytes.
const ROOM: usize = 128 << 10;

/// Bytes of the file that are asked for at once.
const INPUT: usize = 64 << 10;

/// A member's CRC-32 and length, bytes (RFC 1952 §2.3.1).
const TRAILER: usize = 8;

/// What the inflater takes for the checksum of a zlib stream, which this is not, bytes.
const CHECKSUM: usize = 4;

/// It reads so many bytes more than it uses, at most.
const AHEAD: usize = 3;

/// Two bytes that begin a zlib stream (RFC 1950 §2.2), for an inflater that expects one.
const ZLIB: [u8; 2] = [0x78, 0x01];

/// The content of a gzip file. Memory stays the same whatever the file holds.
///
/// Reading fails with `UnexpectedEof` where the file ends too early and with `InvalidData` where it is none or damaged. A
/// block whose code has a single symbol, its end, counts as damaged; no usual packer writes one.
pub struct Gunzip<R> {
    source: R,
    /// Bytes of the file: used up to `at`, there up to `end`. What was used last stays, since a trailer may begin in it.
    input: Box<[u8]>,
    at: usize,
    end: usize,
    /// Content: handed out up to `given`, made up to `made`. What was made last stays, since it is referred to.
    content: Box<[u8]>,
    given: usize,
    made: usize,
    state: State,
    padded: bool,
}

enum State {
    Start,
    Inside(Box<Member>),
    Between,
    End,
    /// Nothing more can be trusted.
    Failed,
}

struct Member {
    inflater: Decompressor,
    crc: Crc,
    /// Bytes of content, modulo 2^32 as in the trailer.
    length: u32,
}

impl<R: Read> Gunzip<R> {
    /// `source` is read in large parts; it needs no buffer of its own.
    pub fn new(source: R) -> Self {
        Self {
            source,
            input: vec![0; INPUT].into_boxed_slice(),
            at: 0,
            end: 0,
            content: vec![0; WINDOW + ROOM].into_boxed_slice(),
            given: 0,
            made: 0,
            state: State::Start,
            padded: false,
        }
    }

    /// Passes over what stands behind the last member and begins none, as `gzip` does: tapes and downloads are padded.
    #[must_use]
    pub fn padded(self) -> Self {
        Self { padded: true, ..self }
    }

    /// Reads on behind the last [`TRAILER`] bytes that were used; whether more came.
    fn refill(&mut self) -> io::Result<bool> {
        let kept = self.at.saturating_sub(TRAILER);
        self.input.copy_within(kept..self.end, 0);
        self.at -= kept;
        self.end -= kept;
        loop {
            match self.source.read(&mut self.input[self.end..]) {
                Ok(come) => {
                    self.end += come;
                    return Ok(come > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The next byte, left where it is; none at the end of the file.
    fn next(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.end && !self.refill()? {
            return Ok(None);
        }
        Ok(Some(self.input[self.at]))
    }

    /// Passes over a member's header.
    fn header(&mut self) -> io::Result<()> {
        let mut crc = Crc::new();
        let mut byte = |gunzip: &mut Self| {
            let byte = gunzip.next()?.ok_or(io::ErrorKind::UnexpectedEof)?;
            gunzip.at += 1;
            crc.update(&[byte]);
            io::Result::Ok(byte)
        };
        let magic = [byte(self)?, byte(self)?, byte(self)?];
        let flags = byte(self)?;
        if magic != [0x1f, 0x8b, 8] || flags & 0b1110_0000 != 0 {
            return Err(damaged("no gzip header"));
        }
        let [check, extra, name, comment] = [1, 2, 3, 4].map(|bit| flags & (1 << bit) != 0);
        // Time, level, system.
        for _ in 0..6 {
            byte(self)?;
        }
        if extra {
            let length = u16::from_le_bytes([byte(self)?, byte(self)?]);
            for _ in 0..length {
                byte(self)?;
            }
        }
        for text in [name, comment] {
            while text && byte(self)? != 0 {}
        }
        if check {
            let found = crc.sum().to_le_bytes();
            let mut crc = [0; 2];
            for told in &mut crc {
                *told = self.next()?.ok_or(io::ErrorKind::UnexpectedEof)?;
                self.at += 1;
            }
            if crc != found[..2] {
                return Err(damaged("a gzip header's check does not fit"));
            }
        }
        Ok(())
    }

    /// Makes some content of `member`; whether its compressed data ended.
    fn inflate(&mut self, member: &mut Member) -> io::Result<bool> {
        if self.made == self.content.len() {
            self.content.copy_within(self.made - WINDOW.., 0);
            (self.given, self.made) = (WINDOW, WINDOW);
        }
        loop {
            let input = &self.input[self.at..self.end];
            let (used, come) = member
                .inflater
                .read(input, &mut self.content, self.made, false)
                .map_err(|_| damaged("damaged gzip data"))?;
            self.at += used;
            let new = &self.content[self.made..self.made + come];
            member.crc.update(new);
            // Never more than `ROOM`.
            member.length = member.length.wrapping_add(u32::try_from(come).unwrap_or_default());
            self.made += come;
            if member.inflater.is_done() {
                return Ok(true);
            }
            if come > 0 {
                return Ok(false);
            }
            if self.at == self.end && !self.refill()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Finds the trailer of a member that ended, and passes over it. Where exactly its data ended is not told by the
    /// inflater; CRC and length, 64 bits, tell it. Only zeros behind an empty member may pass for its own: no content hangs
    /// on it.
    fn trailer(&mut self, member: &Member) -> io::Result<()> {
        let mut trailer = [0; TRAILER];
        trailer[..4].copy_from_slice(&member.crc.sum().to_le_bytes());
        trailer[4..].copy_from_slice(&member.length.to_le_bytes());
        // All of the trailer, even if nothing was read ahead.
        while self.end - self.at < TRAILER - CHECKSUM && self.refill()? {}
        let begins = (0..=AHEAD).filter_map(|ahead| self.at.checked_sub(CHECKSUM + ahead));
        let mut cut = false;
        for begin in begins {
            let there = &self.input[begin..self.end];
            if there.starts_with(&trailer) {
                self.at = begin + TRAILER;
                return Ok(());
            }
            cut |= trailer.starts_with(there);
        }
        // Not even the beginning of what cannot be trusted is handed out.
        self.made = self.given;
        Err(if cut {
            io::ErrorKind::UnexpectedEof.into()
        } else {
            damaged("a gzip member's check does not fit")
        })
    }

    /// Goes on until there is content to hand out, or none is left. Once it failed, it fails.
    fn advance(&mut self) -> io::Result<()> {
        self.step().inspect_err(|_| self.state = State::Failed)
    }

    fn step(&mut self) -> io::Result<()> {
        while self.given == self.made {
            self.state = match std::mem::replace(&mut self.state, State::End) {
                State::Start => {
                    self.header()?;
                    // A member knows nothing of the content before it.
                    (self.given, self.made) = (0, 0);
                    State::Inside(Box::new(Member::new()?))
                }
                State::Inside(mut member) => {
                    if self.inflate(&mut member)? {
                        self.trailer(&member)?;
                        State::Between
                    } else {
                        State::Inside(member)
                    }
                }
                State::Between => match self.next()? {
                    None => State::End,
                    Some(byte) if self.padded && byte != 0x1f => State::End,
                    Some(_) => State::Start,
                },
                State::End => return Ok(()),
                State::Failed => return Err(damaged("the gzip file failed before")),
            };
        }
        Ok(())
    }
}

impl Member {
    fn new() -> io::Result<Self> {
        let mut inflater = Decompressor::new();
        inflater.ignore_adler32();
        // What follows is plain DEFLATE; nothing of it is there yet.
        inflater.read(&ZLIB, &mut [], 0, false).map_err(|error| damaged(&format!("{error:?}")))?;
        Ok(Self { inflater, crc: Crc::new(), length: 0 })
    }
}

impl<R: Read> BufRead for Gunzip<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.advance()?;
        Ok(&self.content[self.given..self.made])
    }

    fn consume(&mut self, length: usize) {
        self.given += length;
    }
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let length = ready.len().min(buffer.len());
        buffer[..length].copy_from_slice(&ready[..length]);
        self.consume(length);
        Ok(length)
    }
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, GzBuilder};
    use proptest::prelude::*;
    use slipway_stage::noise;

    use super::*;

    /// What failed fails again: nobody takes a part for the whole.
    fn unpack(file: &[u8]) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        let mut gunzip = Gunzip::new(file);
        let read = gunzip.read_to_end(&mut content);
        assert_eq!(gunzip.read(&mut [0]).is_err(), read.is_err());
        read.map(|_| content)
    }

    fn varied(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at * at % 251).to_le_bytes()[0]).collect()
    }

    fn gzip(content: &[u8], level: u32) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), Compression::new(level));
        out.write_all(content).unwrap();
        out.finish().unwrap()
    }

    /// A file that comes in parts of that many bytes, as a connection's does.
    struct Dripping<'a>(&'a [u8], usize);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(buffer.len());
            self.0.read(&mut buffer[..length])
        }
    }

    proptest! {
        #[test]
        fn what_another_program_packed_comes_back_however_it_comes(
            parts in proptest::collection::vec((0..9_u32, 0..200_000_usize, 0..3_u8), 1..5),
            drip in 1..3000_usize,
        ) {
            let mut file = Vec::new();
            let mut whole = Vec::new();
            for (level, length, kind) in parts {
                let content = match kind {
                    0 => noise(length, 7),
                    1 => vec![7; length],
                    _ => (0..length).map(|at| b"etaoin shrdlu, "[(at * at / 7) % 15]).collect(),
                };
                file.extend(gzip(&content, level));
                whole.extend(content);
            }
            let mut found = Vec::new();
            Gunzip::new(Dripping(&file, drip)).read_to_end(&mut found).unwrap();
            prop_assert!(found == whole);
        }
    }

    #[test]
    fn each_way_to_end_a_member_leaves_its_trailer_where_it_is_found() {
        // Lengths by one, so that the data ends at each bit of a byte and its trailer with 0 to 3 bytes read ahead.
        for length in 0..600 {
            let content = varied(length);
            for level in [0, 1, 6] {
                let one = gzip(&content, level);
                assert_eq!(unpack(&one).unwrap(), content, "{length} at level {level}");
                let file = [one.clone(), gzip(b"", level), one].concat();
                assert_eq!(
                    unpack(&file).unwrap(),
                    [&content[..], &content[..]].concat(),
                    "{length}, {level}"
                );
            }
        }
    }

    #[test]
    fn a_header_with_all_it_may_have_is_passed_over() {
        let mut file = GzBuilder::new()
            .extra(vec![1; 300])
            .filename("layer.tar")
            .comment("made by hand")
            .write(Vec::new(), Compression::fast());
        file.write_all(b"content").unwrap();
        let file = file.finish().unwrap();
        assert_eq!(unpack(&file).unwrap(), b"content");
        // With a check of its own, and with a wrong one.
        let mut checked = vec![0x1f, 0x8b, 8, 2, 0, 0, 0, 0, 0, 3];
        let mut crc = Crc::new();
        crc.update(&checked);
        checked.extend(&crc.sum().to_le_bytes()[..2]);
        let body = &gzip(b"content", 6)[10..];
        assert_eq!(unpack(&[&checked[..], body].concat()).unwrap(), b"content");
        checked[11] ^= 1;
        assert_eq!(unpack(&[&checked[..], body].concat()).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn each_cut_and_each_changed_byte_is_found() {
        let content = varied(3000);
        let file = gzip(&content, 6);
        for cut in 0..file.len() {
            assert_eq!(
                unpack(&file[..cut]).unwrap_err().kind(),
                io::ErrorKind::UnexpectedEof,
                "cut at {cut}"
            );
        }
        // The time, the level and the system say nothing of the content.
        for at in (0..file.len()).filter(|at| !(4..10).contains(at)) {
            let mut damaged = file.clone();
            damaged[at] ^= 0x10;
            assert!(unpack(&damaged).is_err(), "byte {at}");
        }
        for at in file.len() - TRAILER..file.len() {
            let mut damaged = file.clone();
            damaged[at] ^= 1;
            assert_eq!(unpack(&damaged).unwrap_err().kind(), io::ErrorKind::InvalidData, "byte {at}");
        }
    }

    #[test]
    fn what_follows_the_last_member_is_passed_over_only_where_that_is_wanted() {
        let file = [gzip(b"content", 6), vec![0; 700]].concat();
        assert_eq!(unpack(&file).unwrap_err().kind(), io::ErrorKind::InvalidData);
        let mut content = Vec::new();
        Gunzip::new(&file[..]).padded().read_to_end(&mut content).unwrap();
        assert_eq!(content, b"content");
    }

    #[test]
    fn nothing_is_no_gzip_file() {
        assert_eq!(unpack(b"").unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(unpack(b"PK\x03\x04 and more").unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}

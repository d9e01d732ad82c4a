//! Tar headers: ustar, GNU and PAX. Pure.

use crate::limits::MOST_PIECES;

/// Size of a header, and the unit of everything, bytes.
pub(crate) const BLOCK: u64 = 512;

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) link: String,
    /// Bytes.
    pub(crate) size: u64,
    /// The type flag.
    pub(crate) kind: u8,
}

/// A block read as a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// All zero: the end.
    End,
    Header(Header),
    /// No header.
    Invalid(&'static str),
}

/// Reads one block.
pub(crate) fn parse(block: &[u8; 512]) -> Block {
    if block.iter().all(|byte| *byte == 0) {
        return Block::End;
    }
    let Some(stated) = number(&block[148..156]) else { return Block::Invalid("its checksum is no number") };
    let in_sum = |(at, byte): (usize, &u8)| if (148..156).contains(&at) { b' ' } else { *byte };
    let unsigned: u64 = block.iter().enumerate().map(in_sum).map(u64::from).sum();
    // Old tars summed signed bytes.
    let signed: i64 = block.iter().enumerate().map(in_sum).map(|byte| i64::from(byte.cast_signed())).sum();
    if stated != unsigned && i64::try_from(stated) != Ok(signed) {
        return Block::Invalid("its checksum does not fit");
    }
    let Some(size) = number(&block[124..136]) else { return Block::Invalid("its size is no number") };
    let mut name = text(&block[..100]);
    // GNU's own form (`ustar  `) keeps times where POSIX keeps the front of long names.
    if &block[257..263] == b"ustar\0" && block[345] != 0 {
        name = format!("{}/{name}", text(&block[345..500]));
    }
    Block::Header(Header { name, link: text(&block[157..257]), size, kind: block[156] })
}

/// A field up to its first NUL.
fn text(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

/// Octal digits, or GNU's base 256 for what does not fit into them.
pub(crate) fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        if field[0] & 0x40 != 0 {
            return None;
        }
        return field.iter().enumerate().try_fold(0_u64, |value, (at, byte)| {
            let byte = if at == 0 { byte & 0x3f } else { *byte };
            value.checked_mul(256)?.checked_add(u64::from(byte))
        });
    }
    let digits = text(field);
    let digits = digits.trim_matches(' ');
    if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
}

/// The records of a PAX header that matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pax {
    pub(crate) path: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) size: Option<u64>,
    /// The member is stored with holes.
    pub(crate) sparse: Option<Box<Sparse>>,
}

/// What PAX records say of a member with holes, in the words of GNU tar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sparse {
    /// Its name; `path` is a stand-in for readers that cannot read it.
    pub(crate) name: Option<String>,
    /// The form: 0.0, 0.1 or 1.0.
    pub(crate) version: (Option<u64>, Option<u64>),
    /// Its size with the holes, bytes.
    pub(crate) size: Option<u64>,
    /// Offset and length of each piece, one after the other; in form 1.0 they stand before the content.
    pub(crate) map: Vec<u64>,
}

impl Pax {
    /// Reads `LENGTH KEY=VALUE\n` records over what is there already.
    pub(crate) fn read(&mut self, mut records: &[u8]) -> Result<(), &'static str> {
        while !records.is_empty() && records[0] != 0 {
            let space = records.iter().position(|byte| *byte == b' ').ok_or("a PAX record has no length")?;
            let length: usize = std::str::from_utf8(&records[..space])
                .ok()
                .and_then(|digits| digits.parse().ok())
                .filter(|length| *length > space + 1 && *length <= records.len())
                .ok_or("the length of a PAX record does not fit")?;
            let record = &records[space + 1..length];
            let record = record.strip_suffix(b"\n").ok_or("a PAX record has no end")?;
            let equals = record.iter().position(|byte| *byte == b'=').ok_or("a PAX record has no value")?;
            let value = String::from_utf8_lossy(&record[equals + 1..]).into_owned();
            // An empty value takes an earlier one back.
            let value = Some(value).filter(|value| !value.is_empty());
            match &record[..equals] {
                b"path" => self.path = value,
                b"linkpath" => self.link = value,
                b"size" => self.size = value.map(|value| decimal(&value)).transpose()?,
                key => {
                    if let Some(key) = key.strip_prefix(b"GNU.sparse.") {
                        self.sparse.get_or_insert_default().read(key, value)?;
                    }
                }
            }
            records = &records[length..];
        }
        Ok(())
    }
}

impl Sparse {
    fn read(&mut self, key: &[u8], value: Option<String>) -> Result<(), &'static str> {
        let number = || value.as_deref().map(decimal).transpose();
        match key {
            b"name" => self.name = value,
            b"major" => self.version.0 = number()?,
            b"minor" => self.version.1 = number()?,
            b"size" | b"realsize" => self.size = number()?,
            // One of each for every piece: form 0.0.
            b"offset" | b"numbytes" => self.map.extend(number()?),
            b"map" => {
                let numbers = value.iter().flat_map(|value| value.split(',')).map(decimal);
                self.map = numbers.collect::<Result<_, _>>()?;
            }
            _ => {}
        }
        // Headers can stand in any number before a member.
        if self.map.len() > 2 * MOST_PIECES { Err("a PAX header names too many pieces") } else { Ok(()) }
    }
}

/// Digits only: `parse` by itself would take a sign.
fn decimal(value: &str) -> Result<u64, &'static str> {
    let digits = Some(value).filter(|value| value.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).ok_or("a PAX size is no number")
}

/// The header of a file, with a PAX header in front of it where the old fields are too small. Times and
/// owners are zero, so that the same image gives the same bytes.
pub(crate) fn write(name: &str, size: u64) -> Vec<u8> {
    let mut records = Vec::new();
    if name.len() > 100 {
        records.extend(record("path", name));
    }
    if size > 0o777_7777_7777 {
        records.extend(record("size", &size.to_string()));
    }
    let mut blocks = Vec::new();
    if !records.is_empty() {
        blocks.extend(block("pax", records.len() as u64, b'x'));
        records.resize(records.len().next_multiple_of(512), 0);
        blocks.extend(records);
    }
    let stated = if size > 0o777_7777_7777 { 0 } else { size };
    blocks.extend(block(name, stated, b'0'));
    blocks
}

/// A PAX record, which counts its own length in.
fn record(key: &str, value: &str) -> Vec<u8> {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len() + 1;
    while length != rest.len() + length.to_string().len() {
        length = rest.len() + length.to_string().len();
    }
    format!("{length}{rest}").into_bytes()
}

fn block(name: &str, size: u64, kind: u8) -> [u8; 512] {
    let mut block = [0; 512];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &name.as_bytes()[..name.len().min(100)]);
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, &[kind]);
    put(257, b"ustar\x0000");
    let sum: u32 = block.iter().copied().map(u32::from).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Many small headers say as much as a large one.
    #[test]
    fn pieces_are_counted_over_all_headers_before_a_member() {
        let mut sparse = Sparse::default();
        let mut read = || sparse.read(b"offset", Some("0".to_owned()));
        assert!((0..2 * MOST_PIECES).all(|_| read().is_ok()));
        assert!(read().is_err());
    }

    #[test]
    fn sizes_are_read_in_octal_and_in_base_256() {
        assert_eq!(number(b"00000001750\0"), Some(1000));
        assert_eq!(number(b"        \0\0\0\0"), Some(0));
        assert_eq!(number(&[0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]), Some(2 << 32));
        assert_eq!(number(&[0xff; 12]), None);
        assert_eq!(number(b"9\0\0\0\0\0\0\0\0\0\0\0"), None);
    }

    #[test]
    fn pax_records_say_long_names_and_large_sizes() {
        let mut pax = Pax::default();
        pax.read(b"18 path=a/long/one\n20 size=99999999999\n").unwrap_err();
        let mut pax = Pax::default();
        pax.read(b"19 path=a/long/one\n20 size=99999999999\n").unwrap();
        assert_eq!((pax.path.as_deref(), pax.size), (Some("a/long/one"), Some(99_999_999_999)));
    }

    #[test]
    fn a_header_that_is_written_is_read_again() {
        for size in [0, 1, 0o777_7777_7777, 0o777_7777_7777 + 1, u64::MAX] {
            for name in ["index.json".to_owned(), "n".repeat(141)] {
                let written = write(&name, size);
                let (front, last) = written.split_at(written.len() - 512);
                let Block::Header(header) = parse(last.try_into().unwrap()) else { panic!("no header") };
                let mut pax = Pax::default();
                if !front.is_empty() {
                    pax.read(&front[512..]).unwrap();
                }
                assert_eq!(pax.size.unwrap_or(header.size), size);
                assert_eq!(pax.path.unwrap_or(header.name), name);
            }
        }
    }

    proptest! {
        #[test]
        fn no_block_and_no_record_breaks_the_parser(block in proptest::collection::vec(any::<u8>(), 512)) {
            let _ = parse(block.as_slice().try_into().unwrap());
            let _ = Pax::default().read(&block);
        }
    }
}

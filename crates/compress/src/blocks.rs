//! One block: a gzip member or a zstd frame.

use std::cell::RefCell;

use libdeflater::{CompressionLvl, Compressor};

use crate::Method;

/// A compressor is half a megabyte of tables: each thread keeps the one it used last.
enum Kept {
    Gzip(u8, Compressor),
    Zstd(u8, zstd::bulk::Compressor<'static>),
}

thread_local! {
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

/// The empty content as a whole gzip or zstd file.
pub(crate) fn empty(method: Method) -> Vec<u8> {
    compress(method, &[])
}

/// `block` as one member or frame.
pub fn compress(method: Method, block: &[u8]) -> Vec<u8> {
    KEPT.with_borrow_mut(|kept| match method {
        Method::Gzip(level) => {
            let compressor = match kept.take() {
                Some(Kept::Gzip(before, compressor)) if before == level => compressor,
                // The type admits the library's levels only, so neither fallback is ever taken.
                _ => Compressor::new(CompressionLvl::new(i32::from(level)).unwrap_or_default()),
            };
            let (compressor, member) = gzip(compressor, block);
            *kept = Some(Kept::Gzip(level, compressor));
            member
        }
        Method::Zstd(level) => {
            let mut compressor = match kept.take() {
                Some(Kept::Zstd(before, compressor)) if before == level => compressor,
                _ => zstd_compressor(level),
            };
            let frame = compressor.compress(block).expect("the room is as large as zstd's own bound");
            *kept = Some(Kept::Zstd(level, compressor));
            frame
        }
    })
}

fn gzip(mut compressor: Compressor, block: &[u8]) -> (Compressor, Vec<u8>) {
    let mut member = vec![0; compressor.gzip_compress_bound(block.len())];
    let length =
        compressor.gzip_compress(block, &mut member).expect("the room is as large as libdeflate's own bound");
    member.truncate(length);
    (compressor, member)
}

/// Frames carry no checksum of their own: whoever takes a layer checks its digest.
fn zstd_compressor(level: u8) -> zstd::bulk::Compressor<'static> {
    zstd::bulk::Compressor::new(i32::from(level)).expect("only memory can be missing here")
}

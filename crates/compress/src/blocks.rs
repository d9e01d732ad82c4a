//! One block: a gzip member or a zstd frame.

use std::cell::RefCell;

use libdeflater::{CompressionLvl, Compressor};
use zstd::zstd_safe::CParameter;

use crate::quick::Quick;
use crate::{Format, Method, dense};

/// A compressor is half a megabyte of tables: each thread keeps those it used last, and room for what comes out.
#[derive(Default)]
struct Kept {
    gzip: Option<(Method, Compressor)>,
    zstd: Option<(Method, zstd::bulk::Compressor<'static>)>,
    store: Option<Compressor>,
    text: Option<Compressor>,
    quick: Quick,
    out: Vec<u8>,
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

/// The empty content as a whole gzip or zstd file.
pub(crate) fn empty(method: Method) -> Vec<u8> {
    compress(method, &[])
}

/// `block` as one member or frame.
pub fn compress(method: Method, block: &[u8]) -> Vec<u8> {
    KEPT.with_borrow_mut(|kept| match method.format() {
        Format::Gzip if method.stores() && is_dense(block, &mut kept.quick) => {
            let store = kept.store.get_or_insert_with(|| gzip_compressor(0));
            member(store, block, &mut kept.out)
        }
        Format::Gzip if method.is_quick() => kept.quick.member(block),
        Format::Gzip if method.hurries_text() && dense::is_text(block) => {
            member(kept.text.get_or_insert_with(|| gzip_compressor(1)), block, &mut kept.out)
        }
        Format::Gzip => member(
            of_method(&mut kept.gzip, method, |method| gzip_compressor(method.level())),
            block,
            &mut kept.out,
        ),
        Format::Zstd => frame(of_method(&mut kept.zstd, method, zstd_compressor), block, &mut kept.out),
    })
}

/// Compressing would not make the block smaller, as far as samples tell.
fn is_dense(block: &[u8], quick: &mut Quick) -> bool {
    dense::looks_so(block) && {
        let look = dense::look(block);
        dense::holds(look.len(), quick.member(look).len())
    }
}

/// The compressor of this method: the one that is there, or a new one in its place.
fn of_method<C>(kept: &mut Option<(Method, C)>, method: Method, new: impl Fn(Method) -> C) -> &mut C {
    if kept.as_ref().is_none_or(|(before, _)| *before != method) {
        *kept = None;
    }
    &mut kept.get_or_insert_with(|| (method, new(method))).1
}

fn member(compressor: &mut Compressor, block: &[u8], out: &mut Vec<u8>) -> Vec<u8> {
    let out = room(out, compressor.gzip_compress_bound(block.len()));
    let length =
        compressor.gzip_compress(block, out).expect("the room is as large as libdeflate's own bound");
    out[..length].to_vec()
}

fn frame(compressor: &mut zstd::bulk::Compressor<'static>, block: &[u8], out: &mut Vec<u8>) -> Vec<u8> {
    let out = room(out, zstd::zstd_safe::compress_bound(block.len()));
    let length = compressor.compress_to_buffer(block, out).expect("the room is as large as zstd's own bound");
    out[..length].to_vec()
}

/// At least so many bytes of it, whatever stands in them.
fn room(out: &mut Vec<u8>, least: usize) -> &mut [u8] {
    if out.len() < least {
        out.resize(least, 0);
    }
    out
}

fn gzip_compressor(level: u8) -> Compressor {
    // The type admits the library's levels only, so the fallback is never taken.
    Compressor::new(CompressionLvl::new(i32::from(level)).unwrap_or_default())
}

/// Frames carry no checksum of their own: whoever takes a layer checks its digest.
fn zstd_compressor(method: Method) -> zstd::bulk::Compressor<'static> {
    let new = || {
        let mut compressor = zstd::bulk::Compressor::new(i32::from(method.level()))?;
        if let Some(bits) = method.zstd_table() {
            compressor.set_parameter(CParameter::HashLog(bits))?;
        }
        Ok::<_, std::io::Error>(compressor)
    };
    new().expect("only memory can be missing here")
}

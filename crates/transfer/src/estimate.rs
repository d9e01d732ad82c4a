//! What another compression would bring, from samples of the layers.

use std::io::Read as _;

use slipway_compress::Method;

use crate::plan::{Blob, Encoding, Parts};

/// Samples of each layer, evenly spread, and bytes of each: a few milliseconds a layer.
const SAMPLES: u64 = 8;
const SAMPLE: u64 = 256 << 10;

/// Bytes that `other` would send less than what the push is set to, for layers that are compressed on the way and were
/// never before; about, as samples of them say. None where there are none. Blocks.
pub fn saving(parts: &Parts, other: Method) -> Option<u64> {
    let mut saved = None;
    for blob in &parts.blobs {
        if let (Encoding::Compress(method), None) = (blob.encoding, &blob.remembered) {
            let (now, then) = sampled(blob, method, other).ok()?;
            let gain = (now - then).max(0.0) * blob.size as f64;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let gain = gain as u64;
            saved = Some(saved.unwrap_or(0) + gain);
        }
    }
    saved
}

/// What each method makes of the samples of a blob, as parts of their size.
fn sampled(blob: &Blob, method: Method, other: Method) -> std::io::Result<(f64, f64)> {
    let (mut read, mut now, mut then) = (0, 0, 0);
    let step = (blob.size / SAMPLES).max(SAMPLE);
    for at in (0..blob.size).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
        let part = blob.source.part(at, SAMPLE);
        let mut sample = Vec::new();
        part.reader().map_err(std::io::Error::other)?.read_to_end(&mut sample)?;
        read += sample.len();
        now += slipway_compress::block(method, &sample).len();
        then += slipway_compress::block(other, &sample).len();
    }
    let share = |length: usize| length as f64 / read.max(1) as f64;
    Ok((share(now), share(then)))
}

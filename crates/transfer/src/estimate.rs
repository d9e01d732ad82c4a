//! What compressing will bring, from samples of the layers.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::{Mutex, PoisonError};

use slipway_compress::Method;
use slipway_reference::Digest;

use crate::plan::{Blob, Encoding, Parts};

/// Samples of each layer, evenly spread, and bytes of each: a few milliseconds a layer.
const SAMPLES: u64 = 8;
const SAMPLE: u64 = 256 << 10;

/// What samples said of layers: each is read once.
#[derive(Debug, Default)]
pub struct Samples(Mutex<HashMap<(Digest, Method), f64>>);

impl Samples {
    /// Fills in what the layers that are compressed on the way will be, about ([`Blob::estimated`]). Blocks.
    pub fn estimate(&self, parts: &mut Parts) {
        for blob in &mut parts.blobs {
            let Some((diff_id, method)) = open_question(blob) else { continue };
            let known = self.known(&diff_id, method);
            let share = known.or_else(|| sampled(blob, &[method]).ok().map(|shares| shares[0]));
            if let Some(share) = share {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((diff_id, method), share);
                blob.estimated = Some(part(blob.size, share));
            }
        }
    }

    /// The same as far as it is known without reading anything.
    pub fn recall(&self, parts: &mut Parts) {
        for blob in &mut parts.blobs {
            let known = open_question(blob).and_then(|(diff_id, method)| self.known(&diff_id, method));
            blob.estimated = known.map(|share| part(blob.size, share));
        }
    }

    fn known(&self, diff_id: &Digest, method: Method) -> Option<f64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(diff_id.clone(), method)).copied()
    }
}

/// A layer of which nobody knows what it will be.
fn open_question(blob: &Blob) -> Option<(Digest, Method)> {
    match (blob.encoding, &blob.remembered, &blob.diff_id) {
        (Encoding::Compress(method), None, Some(diff_id)) => Some((diff_id.clone(), method)),
        _ => None,
    }
}

/// Bytes that `other` would send less than what the push is set to, for layers that are compressed on the way and were
/// never before; about, as samples of them say. None where there are none. Blocks.
pub fn saving(parts: &Parts, other: Method) -> Option<u64> {
    let mut saved = None;
    for blob in &parts.blobs {
        if let (Encoding::Compress(method), None) = (blob.encoding, &blob.remembered) {
            let shares = sampled(blob, &[method, other]).ok()?;
            saved = Some(saved.unwrap_or(0) + part(blob.size, (shares[0] - shares[1]).max(0.0)));
        }
    }
    saved
}

fn part(size: u64, share: f64) -> u64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let part = (size as f64 * share) as u64;
    part
}

/// What each method makes of the samples of a blob, as parts of their size.
fn sampled(blob: &Blob, methods: &[Method]) -> std::io::Result<Vec<f64>> {
    let (mut read, mut made) = (0, vec![0; methods.len()]);
    let step = (blob.size / SAMPLES).max(SAMPLE);
    for at in (0..blob.size).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
        let part = blob.source.part(at, SAMPLE);
        let mut sample = Vec::new();
        part.reader()?.read_to_end(&mut sample)?;
        read += sample.len();
        for (made, method) in made.iter_mut().zip(methods) {
            *made += slipway_compress::block(*method, &sample).len();
        }
    }
    Ok(made.into_iter().map(|length| length as f64 / read.max(1) as f64).collect())
}

//! What the registry's rules say of an image, and what people should know before it goes up.

use slipway_hosts::Profile;

use super::parts::Builder;
use super::{Check, Encoding};

impl Builder {
    pub(super) fn checks(&self, profile: Profile) -> Vec<Check> {
        let limits = profile.limits();
        let mut checks = Vec::new();
        if self.platforms.len() > 1 && !profile.multi_platform() {
            checks.push(Check::MultiPlatform { platforms: self.platforms.clone() });
        }
        if profile.foreign_layers() {
            if !self.foreign.is_empty() {
                checks.push(Check::ForeignKept { count: self.foreign.len() });
            }
        } else {
            checks.extend(self.foreign.iter().map(|layer| Check::LayerForeign { layer: *layer }));
        }
        if self.referrers_left > 0 && self.only.is_none() {
            checks.push(Check::ReferrersLeft { count: self.referrers_left });
        }
        if let Some(max) = limits.layer_bytes {
            // What a plain layer weighs is only known after compressing.
            let large =
                self.blobs.iter().filter(|blob| blob.encoding == Encoding::AsStored && blob.size > max);
            checks.extend(large.map(|blob| Check::LayerLimit { layer: blob.number, size: blob.size, max }));
        }
        let size = self.blobs.iter().map(|blob| blob.size).sum();
        if limits.image_bytes_slow.is_some_and(|slow| size > slow) {
            checks.push(Check::ImageLarge { size });
        }
        let missing = self.missing.iter().filter_map(|(_, platform)| platform.clone());
        // BuildKit lists attestations as `unknown/unknown`.
        let missing: Vec<_> = missing.filter(|platform| platform != "unknown/unknown").collect();
        if !missing.is_empty() && self.only.is_none() {
            checks.push(Check::Sparse { present: self.platforms.clone(), missing });
        }
        checks
    }
}

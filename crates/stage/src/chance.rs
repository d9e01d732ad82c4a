//! Tests by chance: how many throws, what each of them throws, and how to repeat one.

/// The seeds of a test by chance: the first `usual` ones, the first `long` with `SLIPWAY_LONG=1`, and one alone with
/// `SLIPWAY_SEED`.
pub fn seeds(usual: u64, long: u64) -> Vec<u64> {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(seed) = set("SLIPWAY_SEED") {
        return vec![seed.parse().expect("SLIPWAY_SEED is a number")];
    }
    (1..=if set("SLIPWAY_LONG").is_some() { long } else { usual }).collect()
}

/// How to repeat a throw: for the message of what fails with it.
pub fn again(seed: u64, package: &str, test: &str) -> String {
    format!("seed {seed}; once more: SLIPWAY_SEED={seed} cargo test -p {package} {test}")
}

/// Chance that can be repeated (splitmix64).
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    /// The throws of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next throw, from 0 to below `end`, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    /// The next throw as a place in a list of this length.
    pub fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("it is below a length")
    }
}

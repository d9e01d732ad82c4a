//! Tests by chance: how many throws, and how to repeat one.

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

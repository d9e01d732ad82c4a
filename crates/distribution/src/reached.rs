//! Who answered already.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// A registry that leads to more hosts than this has all further ones taken for unknown.
const MOST_REACHED: usize = 64;

/// The hosts that answered at least once, as errors name them.
#[derive(Default)]
pub(crate) struct Reached(Mutex<HashSet<String>>);

impl Reached {
    pub(crate) fn note(&self, place: &str) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() < MOST_REACHED && !places.contains(place) {
            places.insert(place.to_owned());
        }
    }

    pub(crate) fn has(&self, place: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(place)
    }
}

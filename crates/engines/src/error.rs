//! What goes wrong with an engine.

use std::io;

use crate::kind::Kind;

/// An engine's words are kept so far, characters.
const MOST_WORDS: usize = 1000;

/// Why an engine did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Nobody is there.
    #[error("{engine} is not running: nothing answers at {place}. {help}")]
    Absent {
        /// Which one.
        engine: Kind,
        /// Where.
        place: String,
        /// What starts it.
        help: String,
    },
    /// The person may not use its socket.
    #[error("you may not use the socket of {engine}, {place}: {help}")]
    NoAccess {
        /// Which one.
        engine: Kind,
        /// Where.
        place: String,
        /// The command that helps.
        help: String,
    },
    /// It cannot be reached, for another reason.
    #[error("{engine} cannot be reached at {place}: {source}")]
    Unreachable {
        /// Which one.
        engine: Kind,
        /// Where.
        place: String,
        /// Why.
        source: io::Error,
    },
    /// It keeps silent.
    #[error("{engine} at {place} does not answer for {seconds} s")]
    Silent {
        /// Which one.
        engine: Kind,
        /// Where.
        place: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// Whoever is there speaks something else.
    #[error("what answers at {place} is no engine: {reason}")]
    NoEngine {
        /// Where.
        place: String,
        /// What it lacks.
        reason: String,
    },
    /// It said no.
    #[error("{engine} refused: {message} (status {status})")]
    Refused {
        /// Which one.
        engine: Kind,
        /// Its status.
        status: u16,
        /// Its words.
        message: String,
    },
    /// One manifest list among its images makes it fail for all.
    #[error(
        "{engine} cannot list its images while it has this manifest list: {message}. `podman manifest rm NAME` removes a list and none of its images; a newer Podman leaves lists out"
    )]
    ManifestList {
        /// Which one.
        engine: Kind,
        /// Its words.
        message: String,
    },
    /// It has no such image.
    #[error("{engine} has no image {name}")]
    NoImage {
        /// Which one.
        engine: Kind,
        /// As it was asked for.
        name: String,
    },
    /// No name that an engine may be asked for.
    #[error("{name} is no name or ID of an image")]
    BadName {
        /// As it was given.
        name: String,
    },
    /// An export ended before its end.
    #[error("the export of {engine} broke off after {bytes} bytes: {reason}")]
    BrokenOff {
        /// Which one.
        engine: Kind,
        /// Bytes that came.
        bytes: u64,
        /// Why, in the engine's words where it said so.
        reason: String,
    },
    /// It did not load the image.
    #[error("{engine} refused the image: {message}")]
    NotLoaded {
        /// Which one.
        engine: Kind,
        /// Its words.
        message: String,
    },
    /// Its answer cannot be understood.
    #[error("the answer of {engine} to {what} cannot be understood: {reason}")]
    Malformed {
        /// Which one.
        engine: Kind,
        /// What it was asked.
        what: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A certificate cannot be used.
    #[error("the certificates in {folder} cannot be used: {reason}")]
    Certificates {
        /// Where they are.
        folder: String,
        /// Why.
        reason: String,
    },
}

/// Words of an engine, at a bearable length and on one line.
pub(crate) fn words(text: &str) -> String {
    let text: Vec<&str> = text.split_whitespace().collect();
    text.join(" ").chars().take(MOST_WORDS).collect()
}

//! Images on their way out of an engine.

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde_json::Value;

use crate::error::{EngineError, words};
use crate::kind::Kind;
use crate::wire::chain;

/// Two blocks of zeros end a tar.
const END: usize = 1024;

/// So much of the end is kept: the marks, or what an engine says in their place.
const TAIL: usize = 8 << 10;

/// A tar that an engine writes. Dropped before its end, the engine stops.
#[derive(Debug)]
pub struct Export {
    kind: Kind,
    body: Incoming,
    bytes: u64,
    tail: Vec<u8>,
}

impl Export {
    pub(crate) fn new(kind: Kind, body: Incoming) -> Self {
        Self { kind, body, bytes: 0, tail: Vec::new() }
    }

    /// The next bytes; none when all are there. An answer that began well can end badly: only with the marks at its end is
    /// the tar whole.
    ///
    /// # Errors
    /// [`EngineError::BrokenOff`].
    pub async fn next(&mut self) -> Result<Option<Bytes>, EngineError> {
        loop {
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.keep(&data);
                        return Ok(Some(data));
                    }
                }
                Some(Err(error)) => return Err(self.broken(chain(&error))),
                None => return self.whole().map(|()| None),
            }
        }
    }

    fn keep(&mut self, data: &Bytes) {
        self.bytes += data.len() as u64;
        let last = &data[data.len().saturating_sub(TAIL)..];
        self.tail.extend_from_slice(last);
        let beyond = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..beyond);
    }

    fn whole(&self) -> Result<(), EngineError> {
        let marks = &self.tail[self.tail.len().saturating_sub(END)..];
        if marks.len() == END && marks.iter().all(|byte| *byte == 0) && self.bytes.is_multiple_of(512) {
            return Ok(());
        }
        let said = said(&self.tail);
        Err(self.broken(said.unwrap_or_else(|| "the end of the tar is not there".to_owned())))
    }

    fn broken(&self, reason: String) -> EngineError {
        EngineError::BrokenOff { engine: self.kind, bytes: self.bytes, reason }
    }
}

/// What an engine said behind a tar that it could not go on with: it still speaks where it sent a status that was good.
fn said(tail: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(tail);
    text.match_indices('{').find_map(|(at, _)| {
        let said: Value = serde_json::from_str(text[at..].trim()).ok()?;
        let message = said["message"].as_str().or_else(|| said["errorDetail"]["message"].as_str());
        message.map(words)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_engine_says_behind_a_broken_tar_is_found() {
        let tail = b"layer bytes { \xff\x00 {\"message\":\"write /tmp/x: no space left on device\"}\n";
        assert_eq!(said(tail).as_deref(), Some("write /tmp/x: no space left on device"));
        assert_eq!(said(b"{ no json }"), None);
    }
}

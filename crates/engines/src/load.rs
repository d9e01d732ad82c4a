//! Images on their way into an engine.

use std::io::{self, Write};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use hyper::{Method, StatusCode};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::address::Place;
use crate::error::{EngineError, words};
use crate::objects::Objects;
use crate::wire::{self, chain};

/// Pieces that wait for the connection.
const QUEUED: usize = 16;

/// Of an answer so much is kept while it is not yet understood, bytes.
const MOST_UNREAD: usize = 1 << 20;

/// So many names are taken of one answer.
const MOST_NAMES: usize = 10_000;

/// What an engine made of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Loaded {
    /// Names of images, as the engine spells them.
    pub names: Vec<String>,
    /// IDs of images without a name.
    pub ids: Vec<String>,
}

/// An archive that is written into an engine. Each write blocks until the engine takes more.
#[derive(Debug)]
pub struct LoadWriter {
    pieces: mpsc::Sender<Piece>,
}

#[derive(Debug)]
enum Piece {
    Bytes(Bytes),
    /// All of it was there.
    End,
}

impl LoadWriter {
    /// It is whole. Only with this an engine loads it.
    ///
    /// # Errors
    /// The engine takes nothing any more; the future of the load says why.
    pub fn finish(self) -> io::Result<()> {
        self.send(Piece::End)
    }

    fn send(&self, piece: Piece) -> io::Result<()> {
        let gone = || io::Error::new(io::ErrorKind::BrokenPipe, "the engine takes no more");
        self.pieces.blocking_send(piece).map_err(|_| gone())
    }
}

impl Write for LoadWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !bytes.is_empty() {
            self.send(Piece::Bytes(Bytes::copy_from_slice(bytes)))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is written goes into the body of a request. Without its end the request breaks off.
pub(crate) fn writer() -> (LoadWriter, wire::Body) {
    let (pieces, taken) = mpsc::channel(QUEUED);
    let body = stream::unfold(Some(taken), |taken| async {
        let mut taken: mpsc::Receiver<Piece> = taken?;
        match taken.recv().await {
            Some(Piece::Bytes(bytes)) => Some((Ok(Frame::data(bytes)), Some(taken))),
            Some(Piece::End) => None,
            // The engine must not take a part for the whole.
            None => Some((Err(io::Error::other("the archive was given up")), None)),
        }
    });
    (LoadWriter { pieces }, StreamBody::new(body).boxed_unsync())
}

/// A load at `path` of the engine at `place`.
pub(crate) fn begin(
    place: Place,
    path: String,
) -> (LoadWriter, impl Future<Output = Result<Loaded, EngineError>> + Send + use<>) {
    let (writer, body) = writer();
    let load = async move {
        let answer = wire::send(&place, Method::POST, &path, body).await?;
        let status = answer.status();
        if status != StatusCode::OK {
            let body = wire::read(&place, answer.into_body()).await?;
            let message = match wire::refusal(&place, status, &body) {
                EngineError::Refused { message, .. } => fitting(&message),
                other => return Err(other),
            };
            return Err(EngineError::NotLoaded { engine: place.kind, message });
        }
        let (mut body, mut lines) = (answer.into_body(), Lines::default());
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| EngineError::NotLoaded {
                engine: place.kind,
                message: format!("its answer broke off: {}", chain(&error)),
            })?;
            if let Ok(data) = frame.into_data() {
                lines.take(&data);
            }
        }
        lines.end().map_err(|message| EngineError::NotLoaded { engine: place.kind, message })
    };
    (writer, load)
}

/// The line of several tries that says what is wrong with a Docker archive, where there is such.
fn fitting(message: &str) -> String {
    let tries = message.split(" * ").find_map(|attempt| attempt.strip_prefix("docker-archive: "));
    tries.map_or_else(|| message.to_owned(), words)
}

/// What the objects of an answer tell.
#[derive(Default)]
struct Lines {
    objects: Objects,
    loaded: Loaded,
    failed: Option<String>,
    /// Something else was said last.
    said: Option<String>,
}

impl Lines {
    fn take(&mut self, data: &[u8]) {
        let (objects, dropped) = self.objects.take(data, MOST_UNREAD);
        for object in &objects {
            self.object(object);
        }
        if dropped {
            self.failed.get_or_insert_with(|| "its answer cannot be understood".to_owned());
        }
    }

    fn object(&mut self, object: &Value) {
        // `error` is on its way out; only the other will stay.
        let error = object["errorDetail"]["message"].as_str().or_else(|| object["error"].as_str());
        if let Some(error) = error {
            self.failed.get_or_insert_with(|| words(error));
        }
        let text = object["stream"].as_str().or_else(|| object["status"].as_str()).unwrap_or_default();
        for line in text.lines().map(str::trim) {
            // The image is there and cannot be used.
            if line.starts_with("Error unpacking image") {
                self.failed.get_or_insert_with(|| words(line));
                continue;
            }
            let named = ["Loaded image: ", "Loaded image ID: ", "Loaded image(s): "];
            let Some(rest) = named.iter().find_map(|begin| line.strip_prefix(begin)) else {
                if object["stream"].is_string() && !line.is_empty() {
                    self.said = Some(words(line));
                }
                continue;
            };
            for name in rest.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                let into =
                    if name.starts_with("sha256:") { &mut self.loaded.ids } else { &mut self.loaded.names };
                if into.len() < MOST_NAMES {
                    into.push(name.to_owned());
                }
            }
        }
    }

    /// What came of it: some engines say nothing at all where they loaded nothing.
    fn end(self) -> Result<Loaded, String> {
        let loaded_any = !self.loaded.names.is_empty() || !self.loaded.ids.is_empty();
        match (self.failed, loaded_any) {
            (Some(error), _) => Err(error),
            (None, true) => Ok(self.loaded),
            (None, false) => {
                Err(self.said.unwrap_or_else(|| "it says of no image that it was loaded".to_owned()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(pieces: &[&str]) -> Result<Loaded, String> {
        let mut lines = Lines::default();
        for piece in pieces {
            lines.take(piece.as_bytes());
        }
        lines.end()
    }

    #[test]
    fn an_answer_may_be_cut_anywhere_and_lack_ends_of_lines() {
        let loaded = |names: &[&str], ids: &[&str]| {
            let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
            Ok(Loaded { names: texts(names), ids: texts(ids) })
        };
        let whole = "{\"stream\":\"Loaded image: a:1\\n\"}\r\n{\"stream\":\"Loaded image ID: sha256:b\\nLoaded image ID: sha256:c\\n\"}\r\n";
        for cut in 0..whole.len() {
            let (first, rest) = whole.split_at(cut);
            assert_eq!(outcome(&[first, rest]), loaded(&["a:1"], &["sha256:b", "sha256:c"]), "{cut}");
        }
        let podman = "{\"stream\":\"Loaded image: ghcr.io/o/a:1,ghcr.io/o/a:latest,sha256:d\"}";
        assert_eq!(outcome(&[podman]), loaded(&["ghcr.io/o/a:1", "ghcr.io/o/a:latest"], &["sha256:d"]));
    }

    #[test]
    fn success_is_no_error_and_something_loaded() {
        let error = "{\"errorDetail\":{\"message\":\"no space left on device\"},\"error\":\"no space left on device\"}";
        let line = "{\"stream\":\"Loaded image: a:1\\n\"}\n";
        assert_eq!(outcome(&[line, error]), Err("no space left on device".to_owned()));
        assert_eq!(outcome(&["{\"errorDetail\":{\"message\":\"only this\"}}"]), Err("only this".to_owned()));
        assert!(outcome(&[]).unwrap_err().contains("no image"));
        assert!(outcome(&["{}"]).unwrap_err().contains("no image"));
        let unpacking = "{\"stream\":\"Error unpacking image a:1: no space\\n\"}\n";
        assert!(outcome(&[line, unpacking]).unwrap_err().starts_with("Error unpacking"));
    }

    #[test]
    fn of_several_tries_the_one_that_fits_is_told() {
        let message = "failed to load image: payload does not match any of the supported image formats: * oci: x * oci-archive: y * docker-archive: loading tar component manifest.json: file does not exist * dir: z";
        assert_eq!(fitting(message), "loading tar component manifest.json: file does not exist");
        assert_eq!(fitting("one or more images are required"), "one or more images are required");
    }
}

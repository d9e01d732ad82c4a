//! Answers that are read whole: never without a bound, never without an end.

use std::io::Read as _;
use std::time::Duration;

use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use reqwest::Response;

use crate::fault::Fault;

/// Why an answer could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It is larger than it may be.
    #[error("it is larger than it may be")]
    TooLarge,
    /// It broke off, or nothing came any more.
    #[error("it broke off")]
    Broken(Fault),
}

/// A whole answer may take so many times what may lie between two pieces of it: they are small, and who sends a byte now
/// and then holds nobody up for long.
const MOST_IDLES: u32 = 2;

/// The whole of an answer, at most `most` bytes. Between two pieces of it may lie `idle`, and in all twice as much.
///
/// # Errors
/// [`BodyError::TooLarge`] above `most` bytes, [`BodyError::Broken`] where it does not come to its end in time.
pub async fn read(response: &mut Response, most: usize, idle: Duration) -> Result<Vec<u8>, BodyError> {
    let whole = async {
        let mut body = Vec::new();
        while let Some(chunk) = next(response, idle).await? {
            if body.len() + chunk.len() > most {
                return Err(BodyError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    tokio::time::timeout(idle.saturating_mul(MOST_IDLES), whole)
        .await
        .unwrap_or(Err(BodyError::Broken(Fault::Timeout)))
}

/// The beginning of an answer that nobody depends on, such as the words of a refusal: at most `most` bytes, and as much
/// as comes within `patience`. Its content coding is undone, since some send one that nobody asked for.
pub async fn beginning(response: &mut Response, most: usize, patience: Duration) -> Vec<u8> {
    let mut body = Vec::new();
    let read = async {
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = most - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if body.len() == most {
                break;
            }
        }
    };
    // What came until then is kept.
    let _ = tokio::time::timeout(patience, read).await;
    if is_gzip(response.headers()) { unpacked(&body, most) } else { body }
}

/// The next piece of an answer; none at its end.
async fn next(response: &mut Response, idle: Duration) -> Result<Option<bytes::Bytes>, BodyError> {
    match tokio::time::timeout(idle, response.chunk()).await {
        Ok(Ok(chunk)) => Ok(chunk),
        Ok(Err(error)) => Err(BodyError::Broken(Fault::of(&error))),
        Err(_) => Err(BodyError::Broken(Fault::Timeout)),
    }
}

fn is_gzip(headers: &HeaderMap) -> bool {
    let coding = headers.get(CONTENT_ENCODING).and_then(|value| value.to_str().ok());
    coding.is_some_and(|coding| matches!(coding.trim().to_ascii_lowercase().as_str(), "gzip" | "x-gzip"))
}

/// As much as can be unpacked; what is cut off in the middle is of use too.
fn unpacked(packed: &[u8], most: usize) -> Vec<u8> {
    let mut body = vec![0; most];
    let mut reader = flate2::read::GzDecoder::new(packed);
    let mut filled = 0;
    while filled < most {
        match reader.read(&mut body[filled..]) {
            Ok(0) | Err(_) => break,
            Ok(length) => filled += length,
        }
    }
    body.truncate(filled);
    body
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use tokio::time::{Instant, sleep};

    use super::*;

    const IDLE: Duration = Duration::from_mins(1);

    /// Manifests, tokens, lists of tags: a server that stalled or dripped held a command up for ever.
    #[tokio::test(start_paused = true)]
    async fn an_answer_that_stalls_or_drips_comes_to_an_end() {
        let second = Duration::from_secs(1);
        for (pause, longest) in [(IDLE + second, IDLE), (Duration::from_secs(59), IDLE * MOST_IDLES)] {
            let drops = stream::unfold((), move |()| async move {
                sleep(pause).await;
                Some((Ok::<_, std::io::Error>("x"), ()))
            });
            let body = reqwest::Body::wrap_stream(drops);
            let mut response = Response::from(http::Response::new(body));
            let began = Instant::now();
            let read = read(&mut response, 1 << 20, IDLE).await;
            assert_eq!(read, Err(BodyError::Broken(Fault::Timeout)));
            assert!(began.elapsed() <= longest + second, "{:?}", began.elapsed());
        }
    }
}

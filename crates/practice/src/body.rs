//! Request bodies, read at the pace and within the time the switches allow.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody as _};
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::log::Entry;
use crate::switches::SwitchBoard;
use crate::trouble::Mishap;

/// How much of a refused body is still taken off the wire, and for how long.
const DRAINED_BYTES: usize = 64 << 20;
const DRAINED_FOR: Duration = Duration::from_secs(5);

/// The body of a request.
///
/// When it is dropped unread, the rest is taken off the wire in the background: closing a connection on which bytes
/// are waiting would reset it, and the client would lose the early answer.
pub(crate) struct Incoming {
    stream: Option<BodyDataStream>,
    entry: Arc<Entry>,
    switches: Arc<SwitchBoard>,
    until: Option<Instant>,
    /// After so many bytes it breaks off, if it has more.
    cut_after: Option<u64>,
    /// It had more, which was left out.
    cut: bool,
    /// After so many bytes nothing is read for a while.
    stall: Option<(u64, Duration)>,
    read: u64,
}

/// A body ended early: the client left, or the request took longer than the switch allows.
#[derive(Debug)]
pub(crate) struct Broken;

impl Incoming {
    pub(crate) fn new(body: Body, entry: Arc<Entry>, switches: Arc<SwitchBoard>) -> Self {
        let until = switches.get().request_limit.map(|limit| Instant::now() + limit);
        let stream = (!body.is_end_stream()).then(|| body.into_data_stream());
        Self { stream, entry, switches, until, cut_after: None, cut: false, stall: None, read: 0 }
    }

    /// What is to happen while it is read.
    pub(crate) fn meet(&mut self, mishap: &Mishap) {
        match mishap {
            Mishap::Cut(after) => self.cut_after = Some(*after),
            Mishap::Stall(after, time) => self.stall = Some((*after, *time)),
            _ => {}
        }
    }

    /// Reads what is left, and throws it away.
    pub(crate) async fn drain(&mut self) {
        while let Some(Ok(_)) = self.next().await {}
    }

    /// The rest is not taken off the wire.
    pub(crate) fn leave(&mut self) {
        self.stream = None;
    }

    /// The next bytes; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, Broken>> {
        // One chunk may hold the place of the cut as well as the end of the body.
        if self.cut {
            return Some(self.end());
        }
        let stream = self.stream.as_mut()?;
        let chunk = match self.until {
            None => stream.next().await,
            Some(until) if until <= Instant::now() => return Some(self.end()),
            Some(until) => match timeout_at(until, stream.next()).await {
                Ok(chunk) => chunk,
                Err(_) => return Some(self.end()),
            },
        };
        if self.cut_after.is_some_and(|after| self.read >= after) && chunk.is_some() {
            return Some(self.end());
        }
        if let Some((_, time)) = self.stall.take_if(|(after, _)| self.read >= *after) {
            sleep(time).await;
        }
        match chunk {
            Some(Ok(mut bytes)) => {
                let room = self.cut_after.map_or(u64::MAX, |after| after - self.read);
                self.cut = bytes.len() as u64 > room;
                bytes.truncate(usize::try_from(room).unwrap_or(usize::MAX));
                self.read += bytes.len() as u64;
                self.entry.read(bytes.len() as u64);
                rest(|| self.switches.pace(), bytes.len()).await;
                Some(Ok(bytes))
            }
            Some(Err(_)) => Some(self.end()),
            None => {
                self.stream = None;
                None
            }
        }
    }

    /// The whole body if it has at most `limit` bytes; `Ok(None)` if it has more.
    pub(crate) async fn whole(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Broken> {
        let mut whole = Vec::new();
        while let Some(bytes) = self.next().await {
            let bytes = bytes?;
            if whole.len() + bytes.len() > limit {
                return Ok(None);
            }
            whole.extend_from_slice(&bytes);
        }
        Ok(Some(whole))
    }

    fn end(&mut self) -> Result<Bytes, Broken> {
        (self.stream, self.cut) = (None, false);
        Err(Broken)
    }
}

/// Waits as long as `bytes` take at the set pace, looking at the switch on the way.
pub(crate) async fn rest(pace: impl Fn() -> Option<u64>, bytes: usize) {
    let began = Instant::now();
    while let Some(pace) = pace() {
        let takes = Duration::from_secs_f64(bytes as f64 / pace as f64);
        let Some(left) = takes.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) else { return };
        sleep(left.min(Duration::from_millis(50))).await;
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        let (Some(mut stream), Ok(runtime)) = (self.stream.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        runtime.spawn(async move {
            let drain = async {
                let mut drained = 0;
                while let Some(Ok(bytes)) = stream.next().await {
                    drained += bytes.len();
                    if drained > DRAINED_BYTES {
                        break;
                    }
                }
            };
            timeout(DRAINED_FOR, drain).await
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Log, Server};
    use crate::switches::Switches;

    #[tokio::test]
    async fn a_body_is_cut_where_it_is_to_be_however_it_arrives() {
        let (parts, ()) = axum::http::Request::new(()).into_parts();
        for pieces in [vec!["0123456789"], vec!["012345678", "9"], vec!["01234", "56789"]] {
            for (after, whole) in [(5, false), (9, false), (10, true)] {
                let pieces =
                    futures_util::stream::iter(pieces.clone().into_iter().map(Ok::<_, std::io::Error>));
                let log = Log::default();
                let entry = log.begin(Server::Ghcr, &parts);
                let switches = Arc::new(SwitchBoard::new(Switches::default()));
                let mut body = Incoming::new(Body::from_stream(pieces), entry, switches);
                body.meet(&Mishap::Cut(after));
                assert_eq!(body.whole(64).await.is_ok(), whole, "after {after}");
                assert_eq!(log.requests()[0].body_bytes, after);
            }
        }
    }
}

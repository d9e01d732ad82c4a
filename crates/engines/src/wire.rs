//! One request, on a connection of its own.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::address::{Address, Place};
use crate::error::{EngineError, words};
use crate::heard::Heard;
use crate::tls;

/// An answer that is read as a whole has so many bytes at most: a list of some ten thousand images.
const MOST_ANSWER: usize = 64 << 20;

/// A plain question is answered within this time, also by an engine with many images.
pub(crate) const QUICK: Duration = Duration::from_secs(120);

/// What is sent along.
pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// Nothing.
pub(crate) fn nothing() -> Body {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

/// Sends one request and gives its answer, whatever its status, as soon as that begins. Waits as long as it takes.
pub(crate) async fn send(
    place: &Place,
    method: Method,
    path: &str,
    body: Body,
) -> Result<Response<Incoming>, EngineError> {
    let io = connect(place).await?;
    let unreachable = |error: hyper::Error| unreachable(place, io::Error::other(chain(&error)));
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(Heard::new(io))).await.map_err(unreachable)?;
    // It ends with the answer's body, or when nobody reads that any more.
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "the connection to an engine ended");
        }
    });
    let host = match &place.address {
        Address::Tcp { host, port, .. } => format!("{host}:{port}"),
        Address::Socket(_) | Address::Pipe(_) => "engine".to_owned(),
    };
    let request = Request::builder().method(method).uri(path).header("host", host);
    let request = request.header("content-type", "application/x-tar").body(body);
    let request = request.map_err(|error| EngineError::BadName { name: error.to_string() })?;
    sender.send_request(request).await.map_err(unreachable)
}

/// Sends a request whose connection then becomes another one.
pub(crate) async fn upgrade(
    place: &Place,
    request: hyper::http::request::Builder,
) -> Result<Response<Incoming>, EngineError> {
    let io = connect(place).await?;
    let unreachable = |error: hyper::Error| unreachable(place, io::Error::other(chain(&error)));
    let (mut sender, connection) = http1::handshake(TokioIo::new(io)).await.map_err(unreachable)?;
    tokio::spawn(connection.with_upgrades());
    let request = request.body(nothing());
    let request = request.map_err(|error| EngineError::BadName { name: error.to_string() })?;
    sender.send_request(request).await.map_err(unreachable)
}

/// Asks something that is answered at once, and reads all of it.
pub(crate) async fn ask(
    place: &Place,
    method: Method,
    path: &str,
    within: Duration,
) -> Result<(StatusCode, hyper::HeaderMap, Bytes), EngineError> {
    let asked = async {
        let answer = send(place, method, path, nothing()).await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        Ok((status, headers, read(place, answer.into_body()).await?))
    };
    limited(place, within, asked).await
}

/// What is asked of the engine at `place`, unless it takes longer than `within`: [`EngineError::Silent`].
pub(crate) async fn limited<T>(
    place: &Place,
    within: Duration,
    asked: impl Future<Output = Result<T, EngineError>>,
) -> Result<T, EngineError> {
    let silent = |_| EngineError::Silent {
        engine: place.kind,
        place: place.address.to_string(),
        seconds: within.as_secs(),
    };
    tokio::time::timeout(within, asked).await.map_err(silent)?
}

/// All of a body, within bounds.
pub(crate) async fn read(place: &Place, body: Incoming) -> Result<Bytes, EngineError> {
    let read = Limited::new(body, MOST_ANSWER).collect().await;
    read.map(http_body_util::Collected::to_bytes).map_err(|error| unreachable(place, io::Error::other(error)))
}

/// What an answer that says no says: `message`, or its beginning.
pub(crate) fn refusal(place: &Place, status: StatusCode, body: &[u8]) -> EngineError {
    let said = serde_json::from_slice::<Value>(body).ok();
    let said = said.as_ref().and_then(|said| said["message"].as_str());
    let message = said.map_or_else(|| words(&String::from_utf8_lossy(body)), words);
    EngineError::Refused { engine: place.kind, status: status.as_u16(), message }
}

/// An error with all its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn unreachable(place: &Place, source: io::Error) -> EngineError {
    EngineError::Unreachable { engine: place.kind, place: place.address.to_string(), source }
}

async fn connect(place: &Place) -> Result<Box<dyn Io>, EngineError> {
    let (engine, at) = (place.kind, place.address.to_string());
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
            EngineError::Absent { engine, place: at.clone(), help: engine.start().to_owned() }
        }
        io::ErrorKind::PermissionDenied => {
            EngineError::NoAccess { engine, place: at.clone(), help: engine.access().to_owned() }
        }
        _ => unreachable(place, error),
    };
    match &place.address {
        Address::Socket(path) => socket(path).await.map_err(failed),
        Address::Pipe(name) => pipe(name).await.map_err(failed),
        Address::Tcp { host, port, tls } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(failed)?;
            let Some(files) = tls else { return Ok(Box::new(stream)) };
            let name = rustls::pki_types::ServerName::try_from(host.clone());
            let name = name.map_err(|error| unreachable(place, io::Error::other(error)))?;
            let connector = tokio_rustls::TlsConnector::from(tls::config(files)?);
            let stream = connector.connect(name, stream).await;
            Ok(Box::new(stream.map_err(|error| unreachable(place, error))?))
        }
    }
}

#[cfg(unix)]
async fn socket(path: &std::path::Path) -> io::Result<Box<dyn Io>> {
    Ok(Box::new(tokio::net::UnixStream::connect(path).await?))
}

#[cfg(not(unix))]
async fn socket(_: &std::path::Path) -> io::Result<Box<dyn Io>> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system has no such sockets"))
}

#[cfg(windows)]
async fn pipe(name: &str) -> io::Result<Box<dyn Io>> {
    /// All ends of the pipe are in use.
    const BUSY: i32 = 231;
    loop {
        match tokio::net::windows::named_pipe::ClientOptions::new().open(name) {
            Ok(pipe) => return Ok(Box::new(pipe)),
            Err(error) if error.raw_os_error() == Some(BUSY) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

#[cfg(not(windows))]
#[allow(clippy::unused_async, reason = "as on Windows")]
async fn pipe(_: &str) -> io::Result<Box<dyn Io>> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system has no such pipes"))
}

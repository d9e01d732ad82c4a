//! A BuildKit session: a connection on which the engine asks us, while it builds, for the build's secrets. After the
//! upgrade the engine is the client, and this side a gRPC server (moby/buildkit, `session/secrets`).

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Limited, StreamBody};
use hyper::body::{Body, Frame};
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::TokioExecutor;
use prost::Message;
use secrecy::{ExposeSecret as _, SecretSlice};
use tokio::task::JoinHandle;

use crate::address::Place;
use crate::error::EngineError;
use crate::wire;

/// Where a secret is asked for.
const GET_SECRET: &str = "/moby.buildkit.secrets.v1.Secrets/GetSecret";

/// Where it is asked whether this side lives.
const CHECK: &str = "/grpc.health.v1.Health/Check";

/// A question is never longer, bytes.
const LONGEST: usize = 64 << 10;

/// An engine opens one within this time.
const OPENED: Duration = Duration::from_secs(15);

/// gRPC's codes.
const OK: &str = "0";
const NOT_FOUND: &str = "5";
const UNIMPLEMENTED: &str = "12";

/// A secret of a build, by the ID that `RUN --mount=type=secret` names.
pub type Secret = (String, SecretSlice<u8>);

#[derive(Clone, PartialEq, Message)]
struct GetSecretRequest {
    #[prost(string, tag = "1")]
    id: String,
}

/// A session that is open. Dropped, it ends.
pub(crate) struct Session {
    pub(crate) id: String,
    serving: JoinHandle<()>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Session {
    /// Opens one that gives out `secrets`.
    ///
    /// # Errors
    /// The engine cannot be reached, says no, or keeps silent.
    pub(crate) async fn open(place: &Place, id: String, secrets: Vec<Secret>) -> Result<Self, EngineError> {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/session")
            .header("host", "engine")
            .header("connection", "Upgrade")
            .header("upgrade", "h2c")
            .header("x-docker-expose-session-uuid", &id)
            .header("x-docker-expose-session-name", "slipway")
            .header("x-docker-expose-session-sharedkey", "")
            .header("x-docker-expose-session-grpc-method", GET_SECRET)
            .header("x-docker-expose-session-grpc-method", CHECK);
        let opened = wire::limited(place, OPENED, async {
            let answer = wire::upgrade(place, request).await?;
            if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
                let status = answer.status();
                let body = wire::read(place, answer.into_body()).await?;
                return Err(wire::refusal(place, status, &body));
            }
            Ok(answer)
        });
        let answer = opened.await?;
        let secrets = Arc::new(secrets);
        let serving = tokio::spawn(async move {
            let Ok(upgraded) = hyper::upgrade::on(answer).await else { return };
            let service = service_fn(move |request| {
                let secrets = Arc::clone(&secrets);
                async move { Ok::<_, Infallible>(answered(request, &secrets).await) }
            });
            let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            if let Err(error) = server.serve_connection(upgraded, service).await {
                tracing::debug!(%error, "a build's session ended");
            }
        });
        Ok(Self { id, serving })
    }
}

type Answer = Response<UnsyncBoxBody<Bytes, Infallible>>;

async fn answered<B: Body<Data = Bytes, Error: std::error::Error + Send + Sync + 'static>>(
    request: Request<B>,
    secrets: &[Secret],
) -> Answer {
    let path = request.uri().path().to_owned();
    match path.as_str() {
        GET_SECRET => match asked(request.into_body()).await {
            Some(GetSecretRequest { id }) => match secrets.iter().find(|(known, _)| *known == id) {
                Some((_, secret)) => says(Some(field(secret.expose_secret())), OK, ""),
                None => says(None, NOT_FOUND, "this build has no such secret"),
            },
            None => says(None, UNIMPLEMENTED, "the question cannot be understood"),
        },
        // It lives: SERVING.
        CHECK => says(Some(Bytes::from_static(&[0x08, 0x01])), OK, ""),
        _ => says(None, UNIMPLEMENTED, "no such method"),
    }
}

/// The one message of a question.
async fn asked<B: Body<Data = Bytes, Error: std::error::Error + Send + Sync + 'static>>(
    body: B,
) -> Option<GetSecretRequest> {
    let bytes = Limited::new(body, LONGEST).collect().await.ok()?.to_bytes();
    // Not compressed, then its length.
    let message = bytes.get(5..).filter(|_| bytes[0] == 0)?;
    GetSecretRequest::decode(message).ok()
}

/// A message whose first field is these bytes.
fn field(secret: &[u8]) -> Bytes {
    let mut message = BytesMut::with_capacity(secret.len() + 16);
    prost::encoding::encode_key(1, prost::encoding::WireType::LengthDelimited, &mut message);
    prost::encoding::encode_varint(secret.len() as u64, &mut message);
    message.put_slice(secret);
    message.freeze()
}

fn says(message: Option<Bytes>, status: &str, words: &str) -> Answer {
    let mut trailers = HeaderMap::new();
    for (name, value) in [("grpc-status", status), ("grpc-message", words)] {
        if let Ok(value) = value.parse() {
            trailers.insert(name, value);
        }
    }
    let framed = message.map(|message| {
        let mut framed = BytesMut::with_capacity(message.len() + 5);
        framed.put_u8(0);
        framed.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
        framed.put_slice(&message);
        Frame::data(framed.freeze())
    });
    let frames = framed.into_iter().chain([Frame::trailers(trailers)]).map(Ok::<_, Infallible>);
    let body = StreamBody::new(futures_util::stream::iter(frames)).boxed_unsync();
    let mut answer = Response::new(body);
    answer.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/grpc"));
    answer
}

/// A name for a session that nobody else has.
pub(crate) fn new_id() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    async fn ask(path: &str, message: &[u8]) -> (Vec<u8>, String) {
        let mut framed = vec![0];
        framed.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
        framed.extend(message);
        let request = Request::builder().uri(path).body(Full::new(Bytes::from(framed))).unwrap();
        let secrets = [("token".to_owned(), SecretSlice::from(b"s3cret".to_vec()))];
        let collected = answered(request, &secrets).await.into_body().collect().await.unwrap();
        let status = collected.trailers().unwrap()["grpc-status"].to_str().unwrap().to_owned();
        (collected.to_bytes().to_vec(), status)
    }

    #[cfg(unix)]
    #[tokio::test(start_paused = true)]
    async fn an_engine_that_opens_no_session_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("engine.sock");
        let _silent = tokio::net::UnixListener::bind(&socket).unwrap();
        let (address, origin) = (crate::Address::Socket(socket), crate::Origin::Usual);
        let place = Place { address, origin, kind: crate::Kind::Docker };
        let opening = Session::open(&place, "id".to_owned(), Vec::new());
        // Time is not waited for; without a limit of its own it would be this one that ends it.
        let opened = tokio::time::timeout(Duration::from_secs(3600), opening).await.unwrap();
        assert!(matches!(opened, Err(EngineError::Silent { seconds: 15, .. })));
    }

    #[tokio::test]
    async fn a_secret_is_given_to_whoever_asks_by_its_id() {
        let question = |id: &str| GetSecretRequest { id: id.to_owned() }.encode_to_vec();
        let (body, status) = ask(GET_SECRET, &question("token")).await;
        assert_eq!((body.as_slice(), status.as_str()), (&b"\0\0\0\0\x08\x0a\x06s3cret"[..], OK));
        let (body, status) = ask(GET_SECRET, &question("other")).await;
        assert_eq!((body.as_slice(), status.as_str()), (&b""[..], NOT_FOUND));
        assert_eq!(ask(CHECK, b"").await, (b"\0\0\0\0\x02\x08\x01".to_vec(), OK.to_owned()));
        assert_eq!(ask("/x", b"").await.1, UNIMPLEMENTED);
        assert_eq!(ask(GET_SECRET, b"\xff").await.1, UNIMPLEMENTED);
    }
}

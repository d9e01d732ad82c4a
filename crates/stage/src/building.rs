//! Builds of the engine's double: what a test says is told as `BuildKit` or as Podman tells it.

use std::io;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc};

use crate::engine::{Like, members};

/// What a build tells, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// An instruction of a stage begins, such as `[build 2/4] RUN make`.
    Runs(&'static str),
    /// One comes from the cache.
    Cached(&'static str),
    /// The one that runs writes a line.
    Logs(&'static str),
    /// It asks for this secret and writes it.
    Secret(&'static str),
    /// It is done.
    Done,
    /// It fails, and the build with it.
    Fails(&'static str),
    /// The build fails without a step that did.
    Refuses(&'static str),
    /// Nothing more comes.
    Hangs,
}

/// A build that was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Names for the image.
    pub names: Vec<String>,
    /// Arguments, as JSON; empty where there are none.
    pub arguments: String,
    /// The platform; empty where none was named.
    pub platform: String,
    /// The stage; empty where none was named.
    pub target: String,
    /// The Dockerfile.
    pub dockerfile: String,
    /// Names of the files that came.
    pub files: Vec<String>,
}

impl Asked {
    pub(crate) fn read(query: &str, context: &[u8]) -> Self {
        let all = |wanted: &str| -> Vec<String> {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| decoded(value)).collect()
        };
        let one = |wanted: &str| all(wanted).pop().unwrap_or_default();
        Self {
            names: all("t"),
            arguments: one("buildargs"),
            platform: one("platform"),
            target: one("target"),
            dockerfile: one("dockerfile"),
            files: members(context).into_iter().map(|(name, _)| name).collect(),
        }
    }
}

fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%').and_then(|hex| hex::decode(hex).ok());
        rest = if hex.is_some() { &after[2..] } else { after };
        bytes.extend(hex.unwrap_or_else(|| vec![*first]));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

type Sender = hyper::client::conn::http2::SendRequest<Full<Bytes>>;

/// Where a build asks for its secrets; it opens in the background.
pub(crate) type Session = Arc<Mutex<Option<Sender>>>;

/// A session of a client: after the upgrade this side asks.
pub(crate) fn session(request: &mut Request) -> (Session, Response) {
    let upgrade = hyper::upgrade::on(request);
    let session = Session::default();
    let opening = Arc::clone(&session).try_lock_owned().expect("nobody else has it");
    tokio::spawn(async move {
        let mut opening = opening;
        let upgraded = upgrade.await.expect("an upgrade");
        let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), upgraded);
        let (sender, connection) = handshake.await.expect("a client that serves");
        *opening = Some(sender);
        drop(opening);
        // It ends with the build.
        let _ = connection.await;
    });
    let headers = [("connection", "Upgrade"), ("upgrade", "h2c")];
    (session, (StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
}

/// Asks for a secret, as `BuildKit` does.
async fn secret(session: Option<&Session>, id: &str) -> String {
    let Some(session) = session else { return "no session".to_owned() };
    let mut session = session.lock().await;
    let Some(sender) = session.as_mut() else { return "no session".to_owned() };
    let question = field(1, id.as_bytes());
    let mut framed = vec![0];
    framed.extend(u32::try_from(question.len()).expect("a short ID").to_be_bytes());
    framed.extend(question);
    let request = hyper::Request::post("http://client/moby.buildkit.secrets.v1.Secrets/GetSecret")
        .header("content-type", "application/grpc")
        .body(Full::new(Bytes::from(framed)))
        .expect("a request");
    let answer = sender.send_request(request).await.expect("an answer");
    let body = answer.into_body().collect().await.expect("a whole answer").to_bytes();
    // Behind the frame's head, the tag and a length of one byte.
    body.get(7..).map_or_else(|| "not found".to_owned(), |value| String::from_utf8_lossy(value).into_owned())
}

/// Tells all of it; false where whoever asked was gone before the end.
pub(crate) async fn tell(
    like: Like,
    told: &[Told],
    session: Option<Session>,
    image: impl FnOnce() -> String,
    sender: &mpsc::Sender<io::Result<Bytes>>,
) -> bool {
    let mut teller = Teller { like, all: count(told), number: 0, current: None, out: Vec::new() };
    for one in told {
        let failed = match one {
            Told::Runs(name) => teller.step(name, false),
            Told::Cached(name) => teller.step(name, true),
            Told::Logs(line) => teller.log(line),
            Told::Secret(id) => {
                let value = secret(session.as_ref(), id).await;
                teller.log(&value)
            }
            Told::Done => teller.done(None),
            Told::Fails(error) => {
                teller.done(Some(error));
                Some(*error)
            }
            Told::Refuses(error) => Some(*error),
            Told::Hangs => None,
        };
        if let Some(error) = failed {
            teller.out.push(json!({"errorDetail": {"message": error}, "error": error}));
        }
        if !send(sender, &mut teller.out).await {
            return false;
        }
        if failed.is_some() {
            return true;
        }
        if *one == Told::Hangs {
            sender.closed().await;
            return false;
        }
    }
    let id = image();
    teller.out.push(match like {
        Like::Docker => json!({"id": "moby.image.id", "aux": {"ID": id}}),
        Like::Podman => json!({"aux": {"ID": id}}),
    });
    send(sender, &mut teller.out).await
}

async fn send(sender: &mpsc::Sender<io::Result<Bytes>>, out: &mut Vec<Value>) -> bool {
    let lines: String = out.drain(..).map(|line| format!("{line}\r\n")).collect();
    lines.is_empty() || sender.send(Ok(Bytes::from(lines))).await.is_ok()
}

fn count(told: &[Told]) -> usize {
    told.iter().filter(|one| matches!(one, Told::Runs(_) | Told::Cached(_))).count()
}

struct Teller {
    like: Like,
    all: usize,
    number: usize,
    /// The step that runs.
    current: Option<&'static str>,
    out: Vec<Value>,
}

impl Teller {
    fn step(&mut self, name: &'static str, cached: bool) -> Option<&'static str> {
        self.number += 1;
        self.current = (!cached).then_some(name);
        if self.like == Like::Podman {
            // It numbers them for itself, and knows no stages.
            let instruction = name.split_once("] ").map_or(name, |(_, instruction)| instruction);
            self.say(&format!("STEP {}/{}: {instruction}\n", self.number, self.all));
            if cached {
                self.say("--> Using cache 0123\n");
            }
        } else {
            self.vertex(name, if cached { &[(4, 1)] } else { &[] }, "", cached);
        }
        None
    }

    fn done(&mut self, error: Option<&str>) -> Option<&'static str> {
        if let Some(name) = self.current.take().filter(|_| self.like == Like::Docker) {
            self.vertex(name, &[], error.unwrap_or_default(), true);
        }
        None
    }

    fn log(&mut self, line: &str) -> Option<&'static str> {
        match (self.like, self.current) {
            (Like::Podman, _) => self.say(&format!("{line}\n")),
            (Like::Docker, None) => {}
            (Like::Docker, Some(name)) => {
                let log = [field(1, name.as_bytes()), field(4, format!("{line}\n").as_bytes())].concat();
                self.trace(&field(3, &log));
            }
        }
        None
    }

    /// A step of `BuildKit`, which is called by its name; it takes a second and a half.
    fn vertex(&mut self, name: &str, flags: &[(u8, u8)], error: &str, over: bool) {
        let time = |seconds: u8| [0x08, seconds, 0x10, 0].to_vec();
        let mut vertex = [field(1, name.as_bytes()), field(3, name.as_bytes())].concat();
        for (tag, value) in flags {
            vertex.extend([tag << 3, *value]);
        }
        vertex.extend(field(5, &time(10)));
        if over {
            vertex.extend(field(6, &time(12)));
        }
        if !error.is_empty() {
            vertex.extend(field(7, error.as_bytes()));
        }
        self.trace(&field(1, &vertex));
    }

    fn trace(&mut self, message: &[u8]) {
        self.out.push(json!({"id": "moby.buildkit.trace", "aux": STANDARD.encode(message)}));
    }

    fn say(&mut self, text: &str) {
        self.out.push(json!({ "stream": text }));
    }
}

/// A field of a message that holds bytes.
fn field(tag: u8, bytes: &[u8]) -> Vec<u8> {
    let mut field = vec![(tag << 3) | 2];
    let mut length = bytes.len();
    while length >= 0x80 {
        field.push(u8::try_from(length & 0x7f).expect("seven bits") | 0x80);
        length >>= 7;
    }
    field.push(u8::try_from(length).expect("seven bits"));
    field.extend(bytes);
    field
}

//! A proxy on this computer, for tests. Names under `.test` mean nothing to anybody else, so what arrives went through it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// Who may use it.
pub const USER: &str = "octocat";
/// Its password.
pub const PASSWORD: &str = "canary";

/// `octocat:canary`.
const AUTHORIZATION: &str = "Basic b2N0b2NhdDpjYW5hcnk=";

const REFUSAL: &[u8] = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// A proxy that wants a sign-in.
pub struct TestProxy {
    /// Where it listens.
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl TestProxy {
    /// Starts one. Every name leads to `server`; a tunnel is opened and ends at once.
    pub async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback works");
        let address = listener.local_addr().expect("loopback works");
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass(stream, server, Arc::clone(&seen)));
            }
        });
        Self { address, requests }
    }

    /// Starts one that leads nowhere: it answers everything with `status`, such as `403 Forbidden`.
    pub async fn refusing(status: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback works");
        let address = listener.local_addr().expect("loopback works");
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let Some(head) = head(&mut stream).await else { continue };
                let line = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
                seen.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { address, requests }
    }

    /// Its address, with a user name.
    pub fn with_user(&self) -> String {
        format!("http://{USER}@{}/", self.address)
    }

    /// The first lines of the requests; `407` stands before those that it refused.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Everything before a request's body.
async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

async fn pass(mut stream: TcpStream, server: SocketAddr, seen: Arc<Mutex<Vec<String>>>) {
    let Some(head) = head(&mut stream).await else { return };
    let line = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
    let let_in = head.lines().any(|line| {
        let header = line.split_once(": ");
        header.is_some_and(|(name, value)| {
            name.eq_ignore_ascii_case("proxy-authorization") && value == AUTHORIZATION
        })
    });
    let told = if let_in { line.clone() } else { format!("407 {line}") };
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(told);
    if !let_in {
        let _ = stream.write_all(REFUSAL).await;
        return;
    }
    if line.starts_with("CONNECT ") {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        return;
    }
    let mut to = TcpStream::connect(server).await.expect("loopback works");
    // One request each, so that all of them are seen.
    let head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    to.write_all(head.as_bytes()).await.expect("loopback works");
    let _ = copy_bidirectional(&mut stream, &mut to).await;
}

//! Servers on loopback that answer whatever a test wants.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use tokio::task::JoinHandle;

/// A request that a server saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `GET` and so on.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Its `Authorization`.
    pub authorization: Option<String>,
}

type Seen = Arc<Mutex<Vec<Asked>>>;
type Answer = Arc<dyn Fn(&Request) -> Response + Send + Sync>;

/// A server that answers by a function. It runs until it is stopped or the test ends.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    seen: Seen,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts one.
    pub async fn start(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        let (seen, answer): (_, Answer) = (Seen::default(), Arc::new(answer));
        let listener = tokio::net::TcpListener::bind(crate::free_address()).await.expect("the port is ours");
        let address = listener.local_addr().expect("a bound listener has an address");
        let app = Router::new().fallback(note).with_state((Arc::clone(&seen), answer));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { address, seen, task }
    }

    /// What it was asked so far.
    pub fn seen(&self) -> Vec<Asked> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Nobody listens any more.
    pub async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

async fn note(State((seen, answer)): State<(Seen, Answer)>, request: Request) -> Response {
    let authorization = request.headers().get("authorization");
    let asked = Asked {
        method: request.method().to_string(),
        path: request.uri().to_string(),
        authorization: authorization.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
    };
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    let response = answer(&request);
    // The body is read, as a registry does that wants it.
    let _ = axum::body::to_bytes(request.into_body(), usize::MAX).await;
    response
}

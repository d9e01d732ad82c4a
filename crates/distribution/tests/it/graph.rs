//! Hosts that lead to each other by chance: by redirects, by realms, by the Location of an upload, by the Link of a list.
//! Wherever they lead, a credential reaches only its own origin.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use slipway_distribution::{Access, Body, ManifestAt, Options, Registry, Repository, Retries, RetryPolicy};
use slipway_stage::docs::{Malice, malice};
use slipway_stage::{Chance, Server, again, seeds};

use crate::{Octocat, digest, endpoint, quick, status, with};

/// Servers of a graph; the first one is the registry.
const NODES: usize = 4;

/// What requests are told apart by: `/v2/`, blobs, manifests, opening an upload, its session, putting a manifest, tokens,
/// lists.
const KINDS: usize = 8;

/// The names of a server: as the registry is called, and as a host of somebody else.
const NAMES: [&str; 2] = ["127.0.0.1", "localhost"];

/// Where an answer leads.
#[derive(Debug, Clone, Copy)]
struct To {
    node: usize,
    name: usize,
    kind: usize,
}

#[derive(Debug, Clone, Copy)]
enum Does {
    Serves,
    Lacks,
    AsksBasic,
    AsksAt(To),
    Leads(u16, To),
    Continues(To),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    node: usize,
    host: String,
    authorization: Option<String>,
}

/// Everything that the servers of a graph know of each other.
struct Graph {
    does: Vec<[Does; KINDS]>,
    ports: Mutex<Vec<u16>>,
    seen: Mutex<Vec<Seen>>,
}

impl Graph {
    fn by(chance: &mut Chance) -> Self {
        let to = |chance: &mut Chance| To {
            node: chance.place(NODES),
            name: chance.place(NAMES.len()),
            kind: chance.place(KINDS),
        };
        let mut does = |kind: usize| match chance.place(8) {
            0..2 => Does::Serves,
            2 => Does::Lacks,
            3 => Does::AsksBasic,
            // Nobody gets far without a token: the way to one is drawn more often.
            4 => Does::AsksAt(To { kind: 6, ..to(chance) }),
            5 if kind == 0 => Does::AsksAt(To { kind: 6, name: 0, ..to(chance) }),
            5..7 => Does::Leads([301, 302, 303, 307, 308][chance.place(5)], to(chance)),
            _ => Does::Continues(To { kind: 4, ..to(chance) }),
        };
        let does = (0..NODES).map(|_| std::array::from_fn(&mut does)).collect();
        Self { does, ports: Mutex::default(), seen: Mutex::default() }
    }

    fn address(&self, to: To) -> String {
        let port = self.ports.lock().unwrap()[to.node];
        let path = match to.kind {
            0 => "/v2/".to_owned(),
            1 => format!("/v2/octocat/monalisa/blobs/{}", digest()),
            2 | 5 => "/v2/octocat/monalisa/manifests/1".to_owned(),
            3 => "/v2/octocat/monalisa/blobs/uploads/".to_owned(),
            4 => "/session/1".to_owned(),
            6 => "/token".to_owned(),
            _ => "/v2/octocat/monalisa/tags/list".to_owned(),
        };
        format!("http://{}:{port}{path}", NAMES[to.name])
    }

    fn answer(&self, node: usize, request: &Request) -> Response {
        let header = |name| {
            request.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        self.seen.lock().unwrap().push(Seen {
            node,
            host: header("host").unwrap_or_default(),
            authorization: header("authorization"),
        });
        let (path, method) = (request.uri().path(), request.method().as_str());
        let kind = match method {
            _ if path == "/v2/" => 0,
            _ if path == "/token" => 6,
            _ if path.contains("/uploads/") => 3,
            _ if path.contains("/blobs/") => 1,
            "PUT" if path.contains("/manifests/") => 5,
            _ if path.contains("/manifests/") => 2,
            _ if path.contains("/tags/") => 7,
            _ => 4,
        };
        match self.does[node][kind] {
            // A token that says who gave it out.
            Does::Serves if kind == 6 => format!("{{\"token\":\"of-{node}\"}}").into_response(),
            Does::Serves => match method {
                "POST" => with(202, &[("location", self.address(To { node, name: 0, kind: 4 }))]),
                "PUT" | "PATCH" => status(201),
                _ => "{\"tags\":[\"1\"]}".into_response(),
            },
            Does::Lacks => status(404),
            Does::AsksBasic => with(401, &[("www-authenticate", "Basic realm=\"here\"".to_owned())]),
            Does::AsksAt(to) => {
                let bearer = format!("Bearer realm=\"{}\",service=\"s\"", self.address(to));
                with(401, &[("www-authenticate", bearer)])
            }
            Does::Leads(code, to) => with(code, &[("location", self.address(to))]),
            Does::Continues(to) if kind == 7 => {
                let next = format!("<{}>; rel=\"next\"", self.address(To { kind: 7, ..to }));
                (StatusCode::OK, [("link", next)], "{\"tags\":[\"1\"]}").into_response()
            }
            Does::Continues(to) => with(202, &[("location", self.address(to))]),
        }
    }

    /// Who may get the user name with the token: the registry, and the token services that it names itself where they are
    /// on its own host.
    fn own(&self) -> BTreeSet<(usize, usize)> {
        let named = self.does[0].iter().filter_map(|does| match does {
            Does::AsksAt(to) if to.name == 0 => Some((to.node, 0)),
            _ => None,
        });
        named.chain([(0, 0)]).collect()
    }
}

/// Everything that a push and a pull ask; what comes of it does not matter.
async fn everything(repository: &Repository) {
    let small = || Body::from_bytes("abc".into());
    let (tag, by_digest) = (ManifestAt::Tag("1".parse().unwrap()), ManifestAt::Digest(digest()));
    let kind = "application/vnd.oci.image.manifest.v1+json";
    let _ = repository.registry().reach().await;
    let _ = repository.registry().sign_in().await;
    let _ = repository.blob_exists(&digest()).await;
    let _ = repository.blob(&digest(), 0).await;
    let _ = repository.manifest_digest(&tag).await;
    let _ = repository.manifest(&by_digest).await;
    let _ = repository.tags().await;
    let _ = repository.probe_write().await;
    let _ = repository.mount(&digest(), &"octocat/other".parse().unwrap()).await;
    if let Ok(mut upload) = repository.open_upload().await {
        let _ = upload.put(&digest(), 3, small()).await;
    }
    if let Ok(mut upload) = repository.open_upload().await {
        let _ = upload.chunk(0, 3, small()).await;
        let _ = upload.offset().await;
        let _ = upload.commit(&digest()).await;
    }
    if let Ok(mut upload) = repository.open_upload().await {
        let _ = upload.stream(small()).await;
        upload.abandon().await;
    }
    let _ = repository.put_manifest(&tag, kind, "{}".into()).await;
}

/// Twice at most: a graph is many questions.
fn twice() -> Retries {
    let twice = |policy: RetryPolicy| RetryPolicy { tries: 2, ..policy };
    let Retries { request, job, chunk, blob, .. } = quick();
    Retries { request: twice(request), job: twice(job), chunk: twice(chunk), blob: twice(blob), ..quick() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_reaches_only_its_own_origin_however_hosts_lead_to_each_other() {
    let (mut got, mut elsewhere) = (0, 0);
    for seed in seeds(60, 10_000) {
        let graph = Arc::new(Graph::by(&mut Chance::new(seed)));
        let mut servers = Vec::new();
        for node in 0..NODES {
            let known = Arc::clone(&graph);
            servers.push(Server::start(move |request| known.answer(node, request)).await);
        }
        let ports: Vec<u16> = servers.iter().map(|server| server.address.port()).collect();
        graph.ports.lock().unwrap().clone_from(&ports);
        let options = Options { retries: twice(), ..Options::default() };
        for access in [Access::PullPush, Access::Pull] {
            let registry = Registry::new(&endpoint(servers[0].address), Arc::new(Octocat), &options).unwrap();
            everything(&registry.repository(&"octocat/monalisa".parse().unwrap(), access)).await;
        }
        let own = graph.own();
        for seen in graph.seen.lock().unwrap().iter() {
            let name =
                NAMES.iter().position(|name| seen.host == format!("{name}:{}", ports[seen.node])).unwrap();
            elsewhere += usize::from((seen.node, name) != (0, 0));
            let Some(sent) = &seen.authorization else { continue };
            got += 1;
            // What a token service gave out goes to the registry; user name and token to their own hosts.
            let may = match sent.starts_with("Bearer ") {
                true => (seen.node, name) == (0, 0),
                false => own.contains(&(seen.node, name)),
            };
            let test = "a_credential_reaches_only_its_own_origin";
            assert!(may, "{seen:?} of {:?}\n{}", graph.does, again(seed, "slipway-distribution", test));
        }
    }
    assert!(got > 0 && elsewhere > 0, "{got} requests with a credential, {elsewhere} to other places");
}

/// What is proven here, beside the code of `http`, and in `tries.rs` and `authorization.rs`.
#[test]
fn what_is_bounded_stands_in_the_table() {
    let row = |input, before, bound, seen| Malice { input, before, bound, seen };
    malice(
        "registries",
        &[
            row(
                "hosts that lead to each other by redirects, realms, `Location` and `Link`",
                "nothing: it held",
                "a credential reaches its own origin, and the token service that was allowed",
                "whoever was really asked, and who led there",
            ),
            row(
                "a manifest, a token, a list or a refusal that stops in the middle",
                "a wait without end",
                "a minute without a byte; ten seconds for the words of a refusal",
                "who is waited for after two seconds, then that it did not answer in time",
            ),
            row("the same, one byte now and then", "a wait without end", "two minutes in all", "the same"),
            row(
                "a token that lives as long as a number can say",
                "a panic, and a push that hangs",
                "the usual life",
                "nothing",
            ),
            row(
                "a list of tags without an end",
                "8 GB",
                "1,000 pages, 100,000 tags",
                "that the list does not end",
            ),
            row(
                "`OCI-Chunk-Min-Length` of gigabytes",
                "a chunk of that length in memory",
                "64 MiB",
                "nothing",
            ),
        ],
    );
}

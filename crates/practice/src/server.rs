//! Starting and stopping the four servers, and what they share.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::net::SocketAddr;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::header::{HOST, HeaderName, HeaderValue, WARNING};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request as HttpRequest, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::api::device::Devices;
use crate::api::{self, Rates};
use crate::bearer::Bearers;
use crate::body::Incoming;
use crate::error::PracticeError;
use crate::log::{Entry, Log, Request, Server};
use crate::manifest::Late;
use crate::options::{Options, User};
use crate::packages::{Kind, Package, Packages, Role, Visibility};
use crate::route::Route;
use crate::store::Store;
use crate::switches::SwitchBoard;
use crate::token::{TokenTable, random};
use crate::trouble::{Mishap, Trouble, Troubles};
use crate::upload::Uploads;
use crate::visitors::may_ask;
use crate::wire::{Cut, Loopback};
use crate::{docker, ghcr, storage};

/// How long requests under way may take to end after a stop.
const GRACE: Duration = Duration::from_millis(500);

/// A running practice registry. Dropping it stops it without waiting.
pub struct Practice {
    shared: Arc<Shared>,
    stopping: CancellationToken,
    servers: Vec<JoinHandle<()>>,
}

impl Practice {
    /// Opens the store and starts the servers. Needs a Tokio runtime, which it keeps using.
    ///
    /// # Errors
    /// When the directory cannot be used, an address is taken or not loopback, or the users contradict themselves.
    pub async fn start(options: Options) -> Result<Self, PracticeError> {
        check_users(&options.users)?;
        let tokens = Arc::new(TokenTable::make_up(&options.users)?);
        Self::start_with(options, tokens).await
    }

    /// Stops, stays away for so long and starts again with the same addresses, content, people and tokens. Sessions
    /// and bearer tokens are gone.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub async fn restart(self, away: Duration) -> Result<Self, PracticeError> {
        let options = Options {
            directory: self.shared.store.root().to_owned(),
            ghcr: self.ghcr(),
            docker: self.docker(),
            api: self.api(),
            users: self.shared.users.clone(),
            switches: self.switches().get(),
        };
        let tokens = Arc::clone(&self.shared.tokens);
        self.stop().await;
        tokio::time::sleep(away).await;
        Self::start_with(options, tokens).await
    }

    async fn start_with(options: Options, tokens: Arc<TokenTable>) -> Result<Self, PracticeError> {
        let directory = options.directory;
        let opened = tokio::task::spawn_blocking(move || {
            let store = Store::open(&directory)?;
            let packages = Packages::open(store.packages())?;
            Ok::<_, PracticeError>((store, packages))
        });
        // Nobody aborts the task, so a failed join is a panic, which goes on here.
        let (store, packages) = opened.await.unwrap_or_else(|error| resume_unwind(error.into_panic()))?;
        let (stopping, stopped) = (CancellationToken::new(), CancellationToken::new());
        let connections = Arc::<AtomicU64>::default();
        let bind = |address: SocketAddr| -> Result<(Loopback, SocketAddr), PracticeError> {
            if !address.ip().is_loopback() {
                return Err(PracticeError::NotLoopback { address });
            }
            let failed = |source| PracticeError::Listen { address, source };
            let listener =
                Loopback::bind(address, stopped.clone(), Arc::clone(&connections)).map_err(failed)?;
            let address = listener.address().map_err(failed)?;
            Ok((listener, address))
        };
        let (ghcr_listener, ghcr) = bind(options.ghcr)?;
        let docker_listener = options.docker.map(bind).transpose()?;
        let api_listener = options.api.map(bind).transpose()?;
        let (storage_listener, storage) = bind(SocketAddr::new(options.ghcr.ip(), 0))?;
        let docker = docker_listener.as_ref().map(|(_, address)| *address);
        let api = api_listener.as_ref().map(|(_, address)| *address);
        let shared = Arc::new(Shared {
            tokens,
            users: options.users,
            addresses: Addresses { ghcr, docker, storage, api },
            storage_key: random(32)?,
            switches: Arc::new(SwitchBoard::new(options.switches)),
            bearers: Bearers::default(),
            rates: Rates::begin(),
            devices: Devices::default(),
            uploads: Uploads::default(),
            troubles: Troubles::default(),
            connections,
            log: Log::default(),
            refused_once: Mutex::default(),
            late: Late::default(),
            store,
            packages,
            stopped,
        });
        let listeners = [(Server::Ghcr, ghcr_listener), (Server::Storage, storage_listener)].into_iter();
        let listeners = listeners.chain(docker_listener.map(|(listener, _)| (Server::Docker, listener)));
        let listeners = listeners.chain(api_listener.map(|(listener, _)| (Server::Api, listener)));
        let servers = listeners
            .map(|(server, listener)| {
                let router = Router::new().fallback(serve).with_state((server, Arc::clone(&shared)));
                let router = router.into_make_service_with_connect_info::<Cut>();
                let signal = stopping.clone().cancelled_owned();
                tokio::spawn(async move {
                    // It ends with the signal, never with an error.
                    let _ = axum::serve(listener, router).with_graceful_shutdown(signal).await;
                })
            })
            .collect();
        Ok(Self { shared, stopping, servers })
    }

    /// Where the registry that stands for `ghcr.io` listens.
    pub fn ghcr(&self) -> SocketAddr {
        self.shared.addresses.ghcr
    }

    /// Where the registry that stands for `docker.pkg.github.com` listens, if it was asked for.
    pub fn docker(&self) -> Option<SocketAddr> {
        self.shared.addresses.docker
    }

    /// Where blobs are downloaded from.
    pub fn storage(&self) -> SocketAddr {
        self.shared.addresses.storage
    }

    /// Where the server that stands for `api.github.com` listens, if it was asked for. The pages of `github.com` and
    /// the device flow are there, too.
    pub fn api(&self) -> Option<SocketAddr> {
        self.shared.addresses.api
    }

    /// A hosts file (TOML) that sends the real names here.
    pub fn hosts_file(&self) -> String {
        let more = self.api().map(|at| format!("api = \"http://{at}\"\nweb = \"http://{at}\"\n"));
        let more = more.unwrap_or_default();
        let table = |name: &str, address| {
            // What is kept for GitHub's names may be used: nothing leaves this computer.
            format!("[\"{name}\"]\nregistry = \"http://{address}\"\n{more}credentials = true\n")
        };
        let docker = self.docker().map(|address| format!("\n{}", table("docker.pkg.github.com", address)));
        table("ghcr.io", self.ghcr()) + &docker.unwrap_or_default()
    }

    /// Revokes the token with this text; whether there was one. Bearer tokens that it bought stay good until they end.
    pub fn revoke(&self, token: &str) -> bool {
        self.shared.tokens.revoke(token)
    }

    /// The usual token of a person: the first of its list.
    pub fn token_for(&self, login: &str) -> Option<&str> {
        self.shared.tokens.secret_of(login, None)
    }

    /// The token of a person with this label; see [`Options::new`] for the usual ones.
    pub fn token(&self, login: &str, label: &str) -> Option<&str> {
        self.shared.tokens.secret_of(login, Some(label))
    }

    /// The last 20,000 requests of all servers in the order they came.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.log.requests()
    }

    /// How many connections all servers accepted since the start.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.shared.log.clear();
    }

    /// The switches, to read and to change while it runs.
    pub fn switches(&self) -> &SwitchBoard {
        &self.shared.switches
    }

    /// Plans a trouble for requests to come. Of several that fit, the first planned happens first.
    pub fn plan(&self, trouble: Trouble) {
        self.shared.troubles.plan(trouble);
    }

    /// How many planned mishaps did not happen yet.
    pub fn mishaps_left(&self) -> u32 {
        self.shared.troubles.left()
    }

    /// Lets every bearer token expire now, as in the middle of a long push.
    pub fn expire_bearers(&self) {
        self.shared.bearers.expire();
    }

    /// Plays the person who enters a device flow's code, signed in as `login`, and allows what is asked for. False where
    /// no code like this waits.
    pub fn enter_device_code(&self, user_code: &str, login: &str) -> bool {
        self.shared.user(login).is_some_and(|user| !user.organization)
            && self.shared.devices.enter(user_code, login)
    }

    /// Plays the person who enters the code and refuses. False where no code like this waits.
    pub fn deny_device_code(&self, user_code: &str) -> bool {
        self.shared.devices.deny(user_code)
    }

    /// Lets every device flow's code expire now.
    pub fn expire_device_codes(&self) {
        self.shared.devices.expire();
    }

    /// A package of the `ghcr.io` registry, once it has a manifest.
    pub fn package(&self, name: &str) -> Option<Package> {
        self.shared.packages.view(Kind::Ghcr, name)
    }

    /// A package of the `docker.pkg.github.com` registry, once it has a manifest.
    pub fn docker_package(&self, name: &str) -> Option<Package> {
        self.shared.packages.view(Kind::Docker, name)
    }

    /// What the settings page does: makes a `ghcr.io` package public or private.
    ///
    /// # Errors
    /// When there is no such package, or its record cannot be written.
    pub fn set_visibility(&self, name: &str, visibility: Visibility) -> Result<(), PracticeError> {
        self.settings(name, |record| record.visibility = visibility)
    }

    /// What the settings page does: gives a person a role on a `ghcr.io` package, or takes it (`None`).
    ///
    /// # Errors
    /// When there is no such package, or its record cannot be written.
    pub fn set_role(&self, name: &str, login: &str, role: Option<Role>) -> Result<(), PracticeError> {
        self.settings(name, |record| {
            record.roles.remove(login);
            record.roles.extend(role.map(|role| (login.to_owned(), role)));
        })
    }

    /// Stops the servers: new connections are refused, requests under way have half a second to end.
    pub async fn stop(mut self) {
        self.stopping.cancel();
        let servers = std::mem::take(&mut self.servers);
        let ended = async {
            for server in servers {
                // A server that panicked has ended too.
                let _ = server.await;
            }
        };
        tokio::pin!(ended);
        if tokio::time::timeout(GRACE, &mut ended).await.is_err() {
            self.shared.stopped.cancel();
            ended.await;
        }
    }

    fn settings(
        &self,
        name: &str,
        change: impl FnOnce(&mut crate::packages::Record),
    ) -> Result<(), PracticeError> {
        if self.package(name).is_none() {
            return Err(PracticeError::NoPackage { name: name.to_owned() });
        }
        let failed = |source| PracticeError::Write { path: self.shared.store.packages(), source };
        self.shared.packages.change_now(Kind::Ghcr, name, change).map_err(failed)
    }
}

impl Drop for Practice {
    fn drop(&mut self) {
        self.stopping.cancel();
        self.shared.stopped.cancel();
    }
}

impl fmt::Debug for Practice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither tokens nor what was asked.
        f.debug_struct("Practice").field("addresses", &self.shared.addresses).finish_non_exhaustive()
    }
}

/// What all four servers work with.
pub(crate) struct Shared {
    pub(crate) users: Vec<User>,
    pub(crate) tokens: Arc<TokenTable>,
    pub(crate) addresses: Addresses,
    pub(crate) storage_key: Vec<u8>,
    pub(crate) switches: Arc<SwitchBoard>,
    pub(crate) bearers: Bearers,
    pub(crate) rates: Rates,
    pub(crate) devices: Devices,
    pub(crate) uploads: Uploads,
    pub(crate) store: Store,
    pub(crate) packages: Packages,
    troubles: Troubles,
    connections: Arc<AtomicU64>,
    log: Log,
    /// Cancelled when the time for requests under way is over.
    stopped: CancellationToken,
    /// New images of the older registry that were refused as "already associated" for no reason.
    refused_once: Mutex<HashSet<String>>,
    pub(crate) late: Late,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses {
    ghcr: SocketAddr,
    docker: Option<SocketAddr>,
    pub(crate) storage: SocketAddr,
    api: Option<SocketAddr>,
}

impl Shared {
    /// Scheme and host of a registry as this client reaches it: `localhost` stays `localhost`.
    pub(crate) fn base(&self, registry: Kind, headers: &HeaderMap) -> String {
        let address = match registry {
            Kind::Ghcr => self.addresses.ghcr,
            Kind::Docker => self.addresses.docker.unwrap_or(self.addresses.ghcr),
        };
        let by_name = format!("localhost:{}", address.port());
        let asked = headers.get(HOST).and_then(|host| host.to_str().ok());
        if asked == Some(&by_name) { format!("http://{by_name}") } else { format!("http://{address}") }
    }

    /// Scheme and host of the API.
    pub(crate) fn api_origin(&self) -> String {
        format!("http://{}", self.addresses.api.unwrap_or(self.addresses.ghcr))
    }

    pub(crate) fn realm(&self, headers: &HeaderMap) -> String {
        format!("{}/token", self.base(Kind::Ghcr, headers))
    }

    /// Whether this image is refused for the first time.
    pub(crate) fn first_refusal_of(&self, name: &str) -> bool {
        self.refused_once.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned())
    }
}

/// A request with what is needed to answer it.
pub(crate) struct Asked {
    pub(crate) parts: Parts,
    pub(crate) body: Incoming,
    pub(crate) entry: Arc<Entry>,
    pub(crate) cut: Cut,
}

async fn serve(
    State((server, shared)): State<(Server, Arc<Shared>)>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: HttpRequest<axum::body::Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let entry = shared.log.begin(server, &parts);
    let body = Incoming::new(body, Arc::clone(&entry), Arc::clone(&shared.switches));
    if !may_ask(&parts.headers) {
        entry.answered(StatusCode::FORBIDDEN.as_u16());
        return (StatusCode::FORBIDDEN, "a practice registry serves programs on this computer only\n")
            .into_response();
    }
    let mut asked = Asked { parts, body, entry: Arc::clone(&entry), cut: cut.clone() };
    let mut response = tokio::select! {
        response = meet(server, &shared, &mut asked) => response,
        () = shared.stopped.cancelled() => {
            cut.now();
            Response::default()
        }
    };
    let headers = response.headers_mut();
    if matches!(server, Server::Ghcr | Server::Docker) {
        headers.insert(
            HeaderName::from_static("docker-distribution-api-version"),
            HeaderValue::from_static("registry/2.0"),
        );
        let warning = shared.switches.get().warning;
        let warning = warning.map(|text| HeaderValue::try_from(format!("299 - \"{text}\"")));
        if let Some(Ok(warning)) = warning {
            headers.insert(WARNING, warning);
        }
    }
    if let Some(id) = request_id().filter(|_| server != Server::Storage) {
        headers.insert(HeaderName::from_static("x-github-request-id"), id);
    }
    if !cut.is_cut() {
        entry.answered(response.status().as_u16());
    }
    response
}

/// Answers a request, through whatever trouble it meets.
async fn meet(server: Server, shared: &Arc<Shared>, asked: &mut Asked) -> Response {
    let chaos = shared.switches.get().chaos;
    let Some(mishap) = shared.troubles.meet(server, &asked.parts, chaos) else {
        return answer(server, shared, asked).await;
    };
    asked.body.meet(&mishap);
    match &mishap {
        Mishap::EarlyAnswer(_) => asked.body.leave(),
        Mishap::Answer(_) | Mishap::Say(..) | Mishap::TooMany(_) | Mishap::SecondaryLimit(_) => {
            asked.body.drain().await;
        }
        Mishap::Cut(0) => {
            asked.cut.now();
            return Response::default();
        }
        Mishap::Stall(0, time) => tokio::time::sleep(*time).await,
        Mishap::ForgetSession => {
            if let Route::Upload { id, .. } = Route::of(asked.parts.uri.path()) {
                shared.uploads.close(&id);
            }
        }
        Mishap::EndTokens => shared.bearers.expire(),
        _ => {}
    }
    let instead = if server == Server::Api { api::instead(&mishap) } else { mishap.answer() };
    if let Some(instead) = instead {
        return instead;
    }
    let mut response = answer(server, shared, asked).await;
    mishap.change(&mut response);
    if mishap == Mishap::CutAnswer {
        asked.cut.now();
    }
    response
}

async fn answer(server: Server, shared: &Arc<Shared>, asked: &mut Asked) -> Response {
    let answer = match server {
        Server::Ghcr => ghcr::answer(shared, asked).await,
        Server::Docker => docker::answer(shared, asked).await,
        Server::Api => Ok(api::answer(shared, asked).await),
        Server::Storage => Ok(storage::answer(shared, &asked.parts, Arc::clone(&asked.entry)).await),
    };
    answer.unwrap_or_else(IntoResponse::into_response)
}

/// Five groups of hexadecimal digits, as in `C559:34E8D2:158A23A:18442CA:672D5D0A`.
fn request_id() -> Option<HeaderValue> {
    let hex = hex::encode_upper(random(16).ok()?);
    let groups = [&hex[..4], &hex[4..10], &hex[10..17], &hex[17..24], &hex[24..]];
    HeaderValue::from_str(&groups.join(":")).ok()
}

fn check_users(users: &[User]) -> Result<(), PracticeError> {
    let mut organizations = BTreeMap::new();
    for user in users {
        if organizations.insert(user.login.as_str(), user.organization).is_some() {
            return Err(PracticeError::Users { reason: format!("{} is there twice", user.login) });
        }
    }
    for user in users {
        for membership in &user.member_of {
            if organizations.get(membership.organization.as_str()) != Some(&true) {
                let reason = format!(
                    "{} belongs to {}, which is no organization",
                    user.login, membership.organization
                );
                return Err(PracticeError::Users { reason });
            }
        }
    }
    Ok(())
}

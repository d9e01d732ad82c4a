//! Finding engines: where they may be, by what the computer says, and which of them answer.

use std::path::PathBuf;
use std::time::Duration;

use crate::address::{self, Address, Certificates, Origin, Place, Unread};
use crate::client::Engine;
use crate::context::{self, Context};
use crate::error::EngineError;
use crate::kind::Kind;
use crate::view::{System, View};

/// An engine that is asked for the first time may have to be started by its socket.
const FIRST: Duration = Duration::from_secs(15);

/// Where engines may be.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Discovered {
    /// Places to ask, the one that Docker's or Podman's own command would take first of its kind.
    pub places: Vec<Place>,
    /// What people set up and cannot be used from here.
    pub unusable: Vec<Unusable>,
    /// What people chose, at most one of a kind. Its own command takes no other, whatever comes of it.
    pub chosen: Vec<(Kind, Result<Place, Unusable>)>,
    /// The places of each kind: one that both kinds lead to is here twice.
    each: Vec<Place>,
}

/// Why there is no engine of a kind.
#[derive(Debug)]
pub enum Missing {
    /// What people chose is of no use from here.
    Unusable(Unusable),
    /// It was asked, or is where people set it up, and failed.
    Failed(EngineError),
    /// Another one is where it was chosen.
    Other {
        /// Who answers there.
        found: Kind,
        /// Where that is.
        place: Place,
    },
    /// Nothing leads to one.
    Nowhere,
}

/// A setting that leads to no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// What it would be.
    pub kind: Kind,
    /// Who says it.
    pub origin: Origin,
    /// Why it is of no use.
    pub why: NotUsable,
}

/// Why a setting leads to no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotUsable {
    /// It leads through another computer.
    #[error(
        "{host} is reached by ssh, which Slipway does not speak: forward its socket (ssh -nNT -L {local}:/var/run/docker.sock {login}) and set DOCKER_HOST=unix://{local}"
    )]
    Ssh {
        /// As it is set.
        host: String,
        /// What ssh takes.
        login: String,
        /// A place for the socket.
        local: String,
    },
    /// No such context.
    #[error("there is no context {name}: `docker context ls` shows which there are")]
    NoContext {
        /// Its name.
        name: String,
    },
    /// No such connection.
    #[error("there is no connection {name}: `podman system connection list` shows which there are")]
    NoConnection {
        /// Its name.
        name: String,
    },
    /// An address of no form that we know.
    #[error("{host} is no address of an engine: unix:///PATH, npipe:////./pipe/NAME and tcp://HOST:PORT are")]
    Form {
        /// As it is set.
        host: String,
    },
    /// The engine's certificate is not to be checked.
    #[error(
        "it turns off the check of the engine's certificate, which Slipway never does: set up its authority's ca.pem"
    )]
    Unverified,
    /// Certificates are wanted, and there are none.
    #[error(
        "DOCKER_TLS_VERIFY is set, and {folder} has no ca.pem: set DOCKER_CERT_PATH to the folder that has it"
    )]
    NoCertificates {
        /// Where they were looked for.
        folder: String,
    },
}

/// Where engines may be, by what `view` says. Nothing is connected to.
///
/// `DOCKER_HOST`, `CONTAINER_HOST` and `CONTAINER_CONNECTION` stand for themselves: where one is set, that engine is looked
/// for there alone, as its own command does.
pub fn places(view: &dyn View) -> Discovered {
    let mut found = Discovered::default();
    match view.given("DOCKER_HOST") {
        Some(host) => {
            let origin = Origin::Variable("DOCKER_HOST");
            let way = match certificates(view) {
                Ok(tls) => way(Kind::Docker, origin, &host, tls),
                Err(why) => Err(Unusable { kind: Kind::Docker, origin, why }),
            };
            found.choose(Kind::Docker, way);
        }
        None => docker(view, &mut found),
    }
    // Podman's command looks at the name of a connection first.
    match (view.given("CONTAINER_CONNECTION"), view.given("CONTAINER_HOST")) {
        (None, Some(host)) => {
            found.choose(Kind::Podman, way(Kind::Podman, Origin::Variable("CONTAINER_HOST"), &host, None));
        }
        (name, _) => podman(view, name, &mut found),
    }
    found.each.clone_from(&found.places);
    let mut seen = Vec::new();
    found.places.retain(|place| {
        let real = match &place.address {
            Address::Socket(path) => Address::Socket(view.real(path)),
            other => other.clone(),
        };
        let new = !seen.contains(&real);
        seen.push(real);
        new
    });
    found
}

/// `DOCKER_TLS_VERIFY`, as Docker's command takes it: anything but nothing turns it on.
fn certificates(view: &dyn View) -> Result<Option<Certificates>, NotUsable> {
    if view.variable("DOCKER_TLS_VERIFY").is_none_or(|value| value.is_empty()) {
        return Ok(None);
    }
    let folder = view.given("DOCKER_CERT_PATH").map_or_else(|| context::folder(view), PathBuf::from);
    let tls = Certificates::in_folder(&folder);
    if view.is_there(&tls.authority) {
        return Ok(Some(tls));
    }
    Err(NotUsable::NoCertificates { folder: folder.display().to_string() })
}

fn docker(view: &dyn View, found: &mut Discovered) {
    let contexts = context::all(view);
    // The context `default` is the usual place.
    let chosen = view.given("DOCKER_CONTEXT").or_else(|| context::current(view));
    let chosen = chosen.filter(|name| name != "default");
    let is_chosen = |context: &&Context| Some(&context.name) == chosen.as_ref();
    if let Some(name) = &chosen {
        let none = || {
            let (origin, why) = (Origin::Context(name.clone()), NotUsable::NoContext { name: name.clone() });
            Err(Unusable { kind: Kind::Docker, origin, why })
        };
        found.choose(Kind::Docker, contexts.iter().find(is_chosen).map_or_else(none, by_context));
    }
    for path in docker_sockets(view) {
        found.usual(view, Kind::Docker, path);
    }
    for context in contexts.iter().filter(|context| !is_chosen(context)) {
        found.add(by_context(context));
    }
}

/// `named`: the connection that a variable has chosen.
fn podman(view: &dyn View, named: Option<String>, found: &mut Discovered) {
    let (usual, connections) = context::connections(view);
    let only = named.is_some();
    let chosen = named.or(usual);
    let by_connection =
        |(name, uri): &(String, String)| way(Kind::Podman, Origin::Connection(name.clone()), uri, None);
    if let Some(name) = &chosen {
        match connections.iter().find(|(known, _)| known == name) {
            // Machines are named by ssh to this computer; their sockets are in the usual places.
            Some((_, uri)) if is_machine(uri) => {}
            Some(connection) => found.choose(Kind::Podman, by_connection(connection)),
            None => {
                let why = NotUsable::NoConnection { name: name.clone() };
                let origin = Origin::Connection(name.clone());
                found.choose(Kind::Podman, Err(Unusable { kind: Kind::Podman, origin, why }));
            }
        }
    }
    if only && found.chosen(Kind::Podman).is_some() {
        return;
    }
    for connection in connections.iter().filter(|(name, _)| Some(name) != chosen.as_ref()) {
        if !connection.1.starts_with("ssh://") {
            found.add(by_connection(connection));
        }
    }
    for path in podman_sockets(view) {
        found.usual(view, Kind::Podman, path);
    }
}

/// `ssh://core@127.0.0.1:53298/run/…` leads into a virtual machine of this computer.
fn is_machine(uri: &str) -> bool {
    let Some(rest) = uri.strip_prefix("ssh://") else { return false };
    let place = rest.split('/').next().unwrap_or_default();
    let host = place.rsplit('@').next().unwrap_or_default();
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|own| host.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
}

fn by_context(context: &Context) -> Result<Place, Unusable> {
    let origin = Origin::Context(context.name.clone());
    if context.unverified && context.tls.is_some() {
        return Err(Unusable { kind: Kind::Docker, origin, why: NotUsable::Unverified });
    }
    way(Kind::Docker, origin, &context.host, context.tls.clone())
}

/// Where `host` leads.
fn way(kind: Kind, origin: Origin, host: &str, tls: Option<Certificates>) -> Result<Place, Unusable> {
    let why = match address::parse(host, tls) {
        Ok(address) => return Ok(Place { address, origin, kind }),
        Err(Unread::Ssh) => NotUsable::Ssh {
            host: host.to_owned(),
            login: host.trim_start_matches("ssh://").to_owned(),
            local: "/tmp/engine.sock".to_owned(),
        },
        Err(Unread::Form) => NotUsable::Form { host: host.to_owned() },
    };
    Err(Unusable { kind, origin, why })
}

/// Folders of the person's own sockets.
fn runtime(view: &dyn View) -> Vec<PathBuf> {
    let named = view.given("XDG_RUNTIME_DIR").map(PathBuf::from);
    let usual = view.user().map(|user| PathBuf::from(format!("/run/user/{user}")));
    named.into_iter().chain(usual).collect()
}

fn docker_sockets(view: &dyn View) -> Vec<PathBuf> {
    let home = |rest: &str| view.home().join(rest);
    if view.system() == System::Windows {
        return ["//./pipe/docker_engine", "//./pipe/dockerDesktopLinuxEngine"].map(PathBuf::from).into();
    }
    let mut paths = vec![PathBuf::from("/var/run/docker.sock")];
    paths.extend(runtime(view).into_iter().map(|folder| folder.join("docker.sock")));
    paths.extend(
        [
            ".docker/run/docker.sock",
            ".docker/desktop/docker.sock",
            ".orbstack/run/docker.sock",
            ".rd/docker.sock",
            ".lima/default/sock/docker.sock",
            ".lima/docker/sock/docker.sock",
            ".colima/default/docker.sock",
            ".colima/docker.sock",
        ]
        .map(home),
    );
    let mut profiles = view.entries(&home(".colima"));
    profiles.sort();
    paths.extend(profiles.into_iter().map(|profile| profile.join("docker.sock")));
    paths
}

fn podman_sockets(view: &dyn View) -> Vec<PathBuf> {
    match view.system() {
        System::Windows => vec![PathBuf::from("//./pipe/podman-machine-default")],
        System::MacOs => {
            let machine = view.home().join(".local/share/containers/podman/machine/podman.sock");
            let temporary = view.given("TMPDIR").map(|folder| PathBuf::from(folder).join("podman"));
            let mut sockets = temporary.map(|folder| view.entries(&folder)).unwrap_or_default();
            sockets.retain(|path| path.to_string_lossy().ends_with("-api.sock"));
            sockets.sort();
            std::iter::once(machine).chain(sockets).collect()
        }
        System::Linux => {
            let own = runtime(view).into_iter().map(|folder| folder.join("podman/podman.sock"));
            own.chain([PathBuf::from("/run/podman/podman.sock")]).collect()
        }
    }
}

impl Discovered {
    /// What people chose of this kind, where they did.
    pub fn chosen(&self, kind: Kind) -> Option<&Result<Place, Unusable>> {
        self.chosen.iter().find(|(of, _)| *of == kind).map(|(_, way)| way)
    }

    /// The engine of this kind that its own command would take: the chosen one, or else the first that answers. What people
    /// chose and does not answer is never replaced by another one, which may have other images of the same names.
    ///
    /// # Errors
    /// [`Missing`]
    pub async fn engine(&self, kind: Kind) -> Result<Engine, Missing> {
        let place = match self.chosen(kind) {
            Some(Ok(place)) => place,
            Some(Err(unusable)) => return Err(Missing::Unusable(unusable.clone())),
            None => return self.first(kind).await,
        };
        match Engine::connect(place.clone(), FIRST).await {
            Ok(engine) if engine.kind() == kind => Ok(engine),
            Ok(engine) => Err(Missing::Other { found: engine.kind(), place: place.clone() }),
            Err(error) => Err(Missing::Failed(error)),
        }
    }

    /// The first of this kind that answers; places that are named after the other kind are asked last.
    async fn first(&self, kind: Kind) -> Result<Engine, Missing> {
        let (own, others): (Vec<_>, Vec<_>) = self.each.iter().partition(|place| place.kind == kind);
        let mut missing = Missing::Nowhere;
        for place in own.into_iter().chain(others) {
            match Engine::connect(place.clone(), FIRST).await {
                Ok(engine) if engine.kind() == kind => return Ok(engine),
                Err(EngineError::Absent { .. }) if place.origin == Origin::Usual => {}
                Err(error) if place.kind == kind && matches!(missing, Missing::Nowhere) => {
                    missing = Missing::Failed(error);
                }
                _ => {}
            }
        }
        let set = self.unusable.iter().find(|unusable| unusable.kind == kind);
        match (missing, set) {
            (Missing::Nowhere, Some(set)) => Err(Missing::Unusable(set.clone())),
            (missing, _) => Err(missing),
        }
    }

    fn add(&mut self, way: Result<Place, Unusable>) {
        match way {
            Ok(place) => self.places.push(place),
            Err(unusable) => self.unusable.push(unusable),
        }
    }

    fn choose(&mut self, kind: Kind, way: Result<Place, Unusable>) {
        self.chosen.push((kind, way.clone()));
        self.add(way);
    }

    fn usual(&mut self, view: &dyn View, kind: Kind, path: PathBuf) {
        let address = match view.system() {
            // Only opening a pipe tells whether it is there.
            System::Windows => Address::Pipe(address::pipe(&path.to_string_lossy())),
            _ if view.is_there(&path) => Address::Socket(path),
            _ => return,
        };
        self.places.push(Place { address, origin: Origin::Usual, kind });
    }
}

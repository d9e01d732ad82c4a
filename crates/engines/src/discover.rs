//! Finding engines: where they may be, by what the computer says, and which of them answer.

use std::path::PathBuf;
use std::time::Duration;

use futures_util::future::join_all;

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
/// `DOCKER_HOST` and `CONTAINER_HOST` stand for themselves: where one is set, that engine is looked for there alone, as its
/// own command does.
pub fn places(view: &dyn View) -> Discovered {
    let mut found = Discovered::default();
    match view.given("DOCKER_HOST") {
        Some(host) => {
            let origin = Origin::Variable("DOCKER_HOST");
            match certificates(view) {
                Ok(tls) => found.take(Kind::Docker, origin, &host, tls),
                Err(why) => found.unusable.push(Unusable { kind: Kind::Docker, origin, why }),
            }
        }
        None => docker(view, &mut found),
    }
    match view.given("CONTAINER_HOST") {
        Some(host) => found.take(Kind::Podman, Origin::Variable("CONTAINER_HOST"), &host, None),
        None => podman(view, &mut found),
    }
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
    if let Some(name) = chosen.clone().filter(|_| !contexts.iter().any(|context| is_chosen(&context))) {
        let origin = Origin::Context(name.clone());
        found.unusable.push(Unusable { kind: Kind::Docker, origin, why: NotUsable::NoContext { name } });
    }
    for context in contexts.iter().filter(is_chosen) {
        found.context(context);
    }
    for path in docker_sockets(view) {
        found.usual(view, Kind::Docker, path);
    }
    for context in contexts.iter().filter(|context| !is_chosen(context)) {
        found.context(context);
    }
}

fn podman(view: &dyn View, found: &mut Discovered) {
    for (name, uri) in context::connections(view) {
        // Machines are named by ssh; their sockets are in the usual places.
        if !uri.starts_with("ssh://") {
            found.take(Kind::Podman, Origin::Connection(name), &uri, None);
        }
    }
    for path in podman_sockets(view) {
        found.usual(view, Kind::Podman, path);
    }
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
    fn take(&mut self, kind: Kind, origin: Origin, host: &str, tls: Option<Certificates>) {
        match address::parse(host, tls) {
            Ok(address) => self.places.push(Place { address, origin, kind }),
            Err(unread) => {
                let why = match unread {
                    Unread::Ssh => NotUsable::Ssh {
                        host: host.to_owned(),
                        login: host.trim_start_matches("ssh://").to_owned(),
                        local: "/tmp/engine.sock".to_owned(),
                    },
                    Unread::Form => NotUsable::Form { host: host.to_owned() },
                };
                self.unusable.push(Unusable { kind, origin, why });
            }
        }
    }

    fn context(&mut self, context: &Context) {
        let origin = Origin::Context(context.name.clone());
        if context.unverified && context.tls.is_some() {
            self.unusable.push(Unusable { kind: Kind::Docker, origin, why: NotUsable::Unverified });
            return;
        }
        self.take(Kind::Docker, origin, &context.host, context.tls.clone());
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

/// Asks all places at once who is there. One engine at two places is told once; what does not answer is told where people
/// set it up, or where something is.
pub async fn find(places: &[Place]) -> Vec<(Place, Result<Engine, EngineError>)> {
    let asked = places.iter().map(|place| Engine::connect(place.clone(), FIRST));
    let answers = join_all(asked).await;
    let mut found: Vec<(Place, Result<Engine, EngineError>)> = Vec::new();
    for (place, answer) in places.iter().zip(answers) {
        match &answer {
            Ok(engine) => {
                let known = found.iter().filter_map(|(_, answer)| answer.as_ref().ok());
                if known.into_iter().any(|other| other.is(engine)) {
                    continue;
                }
            }
            Err(EngineError::Absent { .. }) if place.origin == Origin::Usual => continue,
            Err(_) => {}
        }
        found.push((place.clone(), answer));
    }
    found
}

//! Where engines are looked for, on computers that are on paper.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use slipway_engines::{Discovered, Kind, System, View, places};

/// A computer on paper.
#[derive(Clone)]
struct Paper {
    system: System,
    variables: BTreeMap<&'static str, String>,
    /// What is there, and its content.
    files: BTreeMap<PathBuf, Vec<u8>>,
    links: BTreeMap<PathBuf, PathBuf>,
}

impl Paper {
    fn new(system: System, there: &[&str]) -> Self {
        let files = there.iter().map(|path| (PathBuf::from(path), Vec::new())).collect();
        Self { system, variables: BTreeMap::new(), files, links: BTreeMap::new() }
    }

    fn set(mut self, name: &'static str, value: &str) -> Self {
        self.variables.insert(name, value.to_owned());
        self
    }

    fn file(mut self, path: &str, content: &str) -> Self {
        self.files.insert(PathBuf::from(path), content.as_bytes().to_vec());
        self
    }

    fn link(mut self, path: &str, to: &str) -> Self {
        self.files.insert(PathBuf::from(path), Vec::new());
        self.links.insert(PathBuf::from(path), PathBuf::from(to));
        self
    }
}

impl View for Paper {
    fn system(&self) -> System {
        self.system
    }
    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }
    fn home(&self) -> &Path {
        Path::new("/home/mona")
    }
    fn user(&self) -> Option<u32> {
        (self.system != System::Windows).then_some(1000)
    }
    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        self.files.get(path).filter(|content| !content.is_empty()).cloned()
    }
    fn entries(&self, folder: &Path) -> Vec<PathBuf> {
        let below = self.files.keys().filter_map(|path| path.strip_prefix(folder).ok());
        let mut entries: Vec<_> = below.filter_map(|rest| Some(folder.join(rest.iter().next()?))).collect();
        entries.dedup();
        entries
    }
    fn is_there(&self, path: &Path) -> bool {
        self.files.contains_key(path)
    }
    fn real(&self, path: &Path) -> PathBuf {
        self.links.get(path).cloned().unwrap_or_else(|| path.to_owned())
    }
}

fn shown(found: &Discovered) -> Vec<String> {
    let line =
        |place: &slipway_engines::Place| format!("{} {} ({})", place.kind, place.address, place.origin);
    found.places.iter().map(line).collect()
}

/// What was chosen of a kind.
fn chosen(found: &Discovered, kind: Kind) -> Option<String> {
    found.chosen(kind).map(|way| match way {
        Ok(place) => format!("{} ({})", place.address, place.origin),
        Err(unusable) => format!("of no use: {}", unusable.why),
    })
}

const META: &str = "/home/mona/.docker/contexts/meta";

#[test]
fn engines_are_looked_for_where_they_usually_are() {
    let linux = [
        "/var/run/docker.sock",
        "/run/user/1000/docker.sock",
        "/home/mona/.docker/desktop/docker.sock",
        "/run/user/1000/podman/podman.sock",
        "/run/podman/podman.sock",
        "/home/mona/.colima/work/docker.sock",
    ];
    let found = places(&Paper::new(System::Linux, &linux));
    assert_eq!(
        shown(&found),
        [
            "Docker /var/run/docker.sock (the usual place)",
            "Docker /run/user/1000/docker.sock (the usual place)",
            "Docker /home/mona/.docker/desktop/docker.sock (the usual place)",
            "Docker /home/mona/.colima/work/docker.sock (the usual place)",
            "Podman /run/user/1000/podman/podman.sock (the usual place)",
            "Podman /run/podman/podman.sock (the usual place)",
        ]
    );
    let mac = [
        "/home/mona/.docker/run/docker.sock",
        "/home/mona/.orbstack/run/docker.sock",
        "/tmp/mona/podman/podman-machine-default-api.sock",
        "/tmp/mona/podman/gvproxy.sock",
    ];
    let found = places(&Paper::new(System::MacOs, &mac).set("TMPDIR", "/tmp/mona"));
    assert_eq!(
        shown(&found),
        [
            "Docker /home/mona/.docker/run/docker.sock (the usual place)",
            "Docker /home/mona/.orbstack/run/docker.sock (the usual place)",
            "Podman /tmp/mona/podman/podman-machine-default-api.sock (the usual place)",
        ]
    );
    let found = places(&Paper::new(System::Windows, &[]));
    assert_eq!(
        shown(&found),
        [
            r"Docker \\.\pipe\docker_engine (the usual place)",
            r"Docker \\.\pipe\dockerDesktopLinuxEngine (the usual place)",
            r"Podman \\.\pipe\podman-machine-default (the usual place)",
        ]
    );
    assert_eq!(places(&Paper::new(System::Linux, &[])), Discovered::default());
}

#[test]
fn a_socket_by_two_names_is_asked_once() {
    let paper = Paper::new(System::Linux, &["/run/user/1000/podman/podman.sock"]);
    let paper = paper.link("/var/run/docker.sock", "/run/user/1000/podman/podman.sock");
    assert_eq!(shown(&places(&paper)), ["Docker /var/run/docker.sock (the usual place)"]);
}

#[test]
fn what_people_say_stands_before_what_is_usual() {
    let there = ["/var/run/docker.sock", "/run/user/1000/podman/podman.sock"];
    let paper = Paper::new(System::Linux, &there);
    let found = places(&paper.clone().set("DOCKER_HOST", "unix:///tmp/other.sock"));
    assert_eq!(
        shown(&found),
        [
            "Docker /tmp/other.sock (DOCKER_HOST)",
            "Podman /run/user/1000/podman/podman.sock (the usual place)",
        ]
    );
    let found = places(&paper.clone().set("CONTAINER_HOST", "unix:///tmp/p.sock"));
    assert_eq!(
        shown(&found),
        ["Docker /var/run/docker.sock (the usual place)", "Podman /tmp/p.sock (CONTAINER_HOST)"]
    );
    // Set to nothing is not set.
    let found = places(&paper.set("DOCKER_HOST", " ").set("DOCKER_CONTEXT", ""));
    assert_eq!(shown(&found)[0], "Docker /var/run/docker.sock (the usual place)");
}

#[test]
fn contexts_are_read_and_the_chosen_one_is_first() {
    let meta = |name: &str, host: &str| {
        format!(
            r#"{{"Name":"{name}","Metadata":{{}},"Endpoints":{{"docker":{{"Host":"{host}","SkipTLSVerify":false}}}}}}"#
        )
    };
    let paper = Paper::new(System::Linux, &["/var/run/docker.sock"])
        .file(&format!("{META}/82fe/meta.json"), &meta("eng", "unix:///run/example/docker.sock"))
        // Nested, as people order them.
        .file(&format!("{META}/team/77aa/meta.json"), &meta("away", "ssh://mona@engine.example.com"))
        .file(&format!("{META}/broken/meta.json"), "{");
    let found = places(&paper.clone().file("/home/mona/.docker/config.json", r#"{"currentContext":"eng"}"#));
    assert_eq!(
        shown(&found),
        [
            "Docker /run/example/docker.sock (the context eng)",
            "Docker /var/run/docker.sock (the usual place)",
        ]
    );
    let [away] = &found.unusable[..] else { panic!("{:?}", found.unusable) };
    let said = away.why.to_string();
    assert!(said.contains("ssh -nNT -L") && said.contains("mona@engine.example.com"), "{said}");
    assert_eq!(chosen(&found, Kind::Docker).unwrap(), "/run/example/docker.sock (the context eng)");
    // The variable stands before the file, and there is no way back from a name that is wrong, or leads elsewhere.
    let found = places(&paper.clone().set("DOCKER_CONTEXT", "nope"));
    let why = chosen(&found, Kind::Docker).unwrap();
    assert!(why.starts_with("of no use: there is no context nope"), "{why}");
    assert_eq!(shown(&found)[0], "Docker /var/run/docker.sock (the usual place)", "it is told all the same");
    let why = chosen(&places(&paper.clone().set("DOCKER_CONTEXT", "away")), Kind::Docker).unwrap();
    assert!(why.contains("ssh -nNT -L"), "{why}");
    // The usual place is no choice.
    assert_eq!(chosen(&places(&paper.set("DOCKER_CONTEXT", "default")), Kind::Docker), None);
}

#[test]
fn certificates_are_where_docker_has_them() {
    let paper = Paper::new(System::Linux, &["/certs/ca.pem"]).set("DOCKER_HOST", "tcp://engine.example.com");
    assert_eq!(shown(&places(&paper)), ["Docker tcp://engine.example.com:2375 (DOCKER_HOST)"]);
    let tls = paper.clone().set("DOCKER_TLS_VERIFY", "1");
    let found = places(&tls.clone().set("DOCKER_CERT_PATH", "/certs"));
    assert_eq!(shown(&found), ["Docker tcp://engine.example.com:2376 (DOCKER_HOST)"]);
    let found = places(&tls);
    assert!(found.places.is_empty());
    assert!(found.unusable[0].why.to_string().contains("/home/mona/.docker has no ca.pem"));
    // Nothing is no wish, as for Docker's command.
    let found = places(&paper.set("DOCKER_TLS_VERIFY", ""));
    assert_eq!(shown(&found), ["Docker tcp://engine.example.com:2375 (DOCKER_HOST)"]);
    // The folder of a context's certificates is the digest of its name.
    let folder =
        "/home/mona/.docker/contexts/tls/82fe032bd9337b5dfb99b28717cf8651daac73f2d319e6d6213544660b961ee7";
    let meta = |skip: bool| {
        format!(r#"{{"Name":"eng","Endpoints":{{"docker":{{"Host":"tcp://e","SkipTLSVerify":{skip}}}}}}}"#)
    };
    let paper = Paper::new(System::Linux, &[]).file(&format!("{folder}/docker/ca.pem"), "x");
    let found = places(&paper.clone().file(&format!("{META}/a/meta.json"), &meta(false)));
    assert_eq!(shown(&found), ["Docker tcp://e:2376 (the context eng)"]);
    let found = places(&paper.file(&format!("{META}/a/meta.json"), &meta(true)));
    assert!(found.places.is_empty() && found.unusable[0].why.to_string().contains("never does"));
}

#[test]
fn connections_of_podman_are_read() {
    let listed = r#"{"Connection":{"Default":"own","Connections":{
        "away":{"URI":"ssh://core@127.0.0.1:1/run/podman.sock"},"b":{"URI":"unix:///b.sock"},"own":{"URI":"unix:///own.sock"}}}}"#;
    let paper =
        Paper::new(System::Linux, &[]).file("/home/mona/.config/containers/podman-connections.json", listed);
    let found = places(&paper);
    assert_eq!(shown(&found), ["Podman /own.sock (the connection own)", "Podman /b.sock (the connection b)"]);
    assert!(found.unusable.is_empty(), "machines are reached by their sockets");
    assert_eq!(chosen(&found, Kind::Podman).unwrap(), "/own.sock (the connection own)");
    assert!(found.places.iter().all(|place| place.kind == Kind::Podman));
}

#[test]
fn a_chosen_connection_of_podman_is_the_only_one() {
    let listed = |default: &str| {
        format!(
            r#"{{"Connection":{{"Default":"{default}","Connections":{{
            "machine":{{"URI":"ssh://core@127.0.0.1:5/run/podman.sock"}},
            "far":{{"URI":"ssh://core@127.0.0.1.example.com/p.sock"}},"b":{{"URI":"unix:///b.sock"}}}}}}}}"#
        )
    };
    let paper = |default: &str| {
        Paper::new(System::Linux, &["/run/podman/podman.sock"])
            .file("/home/mona/.config/containers/podman-connections.json", &listed(default))
    };
    let of = |paper: &Paper| chosen(&places(paper), Kind::Podman);
    assert_eq!(of(&paper("machine")), None, "its socket is in the usual place");
    assert!(of(&paper("far")).unwrap().contains("ssh -nNT -L"));
    assert!(of(&paper("gone")).unwrap().starts_with("of no use: there is no connection gone"));
    // The variable stands before the file and before an address.
    let set = paper("far").set("CONTAINER_CONNECTION", "b").set("CONTAINER_HOST", "unix:///host.sock");
    assert_eq!(of(&set).unwrap(), "/b.sock (the connection b)");
    assert_eq!(shown(&places(&set)), ["Podman /b.sock (the connection b)"]);
    let set = paper("far").set("CONTAINER_HOST", "unix:///host.sock");
    assert_eq!(of(&set).unwrap(), "/host.sock (CONTAINER_HOST)");
}

//! Docker's contexts, and Podman's connections: engines that people named.

use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::address::Certificates;
use crate::view::View;

/// So many folders of contexts are looked into.
const MOST_FOLDERS: usize = 1000;

/// A context of Docker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Context {
    pub(crate) name: String,
    /// As `DOCKER_HOST` has it.
    pub(crate) host: String,
    pub(crate) tls: Option<Certificates>,
    /// The engine's certificate is not to be checked.
    pub(crate) unverified: bool,
}

/// Docker's folder.
pub(crate) fn folder(view: &dyn View) -> PathBuf {
    view.given("DOCKER_CONFIG").map_or_else(|| view.home().join(".docker"), PathBuf::from)
}

/// The context that `config.json` has chosen.
pub(crate) fn current(view: &dyn View) -> Option<String> {
    let config = json(view, &folder(view).join("config.json"))?;
    config["currentContext"].as_str().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// All contexts that lead to an engine, by name. Their folders may be nested.
pub(crate) fn all(view: &dyn View) -> Vec<Context> {
    let root = folder(view).join("contexts");
    let mut folders = vec![root.join("meta")];
    let (mut found, mut looked) = (Vec::new(), 0);
    while let Some(folder) = folders.pop() {
        looked += 1;
        if looked > MOST_FOLDERS {
            break;
        }
        match json(view, &folder.join("meta.json")) {
            Some(meta) => found.extend(read(view, &meta, &root)),
            None => folders.extend(view.entries(&folder)),
        }
    }
    found.sort_by(|one: &Context, other| one.name.cmp(&other.name));
    found
}

fn read(view: &dyn View, meta: &Value, root: &Path) -> Option<Context> {
    let name = meta["Name"].as_str()?;
    let docker = &meta["Endpoints"]["docker"];
    let host = docker["Host"].as_str().filter(|host| !host.is_empty())?;
    let folder = root.join("tls").join(hex::encode(Sha256::digest(name))).join("docker");
    let tls = Certificates::in_folder(&folder);
    Some(Context {
        name: name.to_owned(),
        host: host.to_owned(),
        tls: view.is_there(&tls.authority).then_some(tls),
        unverified: docker["SkipTLSVerify"].as_bool().unwrap_or_default(),
    })
}

/// The name of Podman's default connection, and the names and addresses of all, by name.
pub(crate) fn connections(view: &dyn View) -> (Option<String>, Vec<(String, String)>) {
    let config = view.given("XDG_CONFIG_HOME").map_or_else(|| view.home().join(".config"), PathBuf::from);
    let file = config.join("containers/podman-connections.json");
    let Some(listed) = json(view, &file) else { return (None, Vec::new()) };
    let listed = &listed["Connection"];
    let usual = listed["Default"].as_str().filter(|name| !name.is_empty()).map(str::to_owned);
    let named = listed["Connections"].as_object().into_iter().flatten();
    let mut found: Vec<_> =
        named.filter_map(|(name, about)| Some((name.clone(), about["URI"].as_str()?.to_owned()))).collect();
    found.sort();
    (usual, found)
}

fn json(view: &dyn View, path: &Path) -> Option<Value> {
    serde_json::from_slice(&view.read(path)?).ok()
}

//! Docker's `config.json` with Slipway as the helper of some hosts (`credHelpers`).
//!
//! Docker and Podman look there for a host before anything else of the file, and ask the program
//! `docker-credential-slipway`. Nothing else in the file is changed, and what cannot be read is left alone.

use std::collections::BTreeMap;

use serde::Serialize as _;
use serde_json::{Map, Value};

/// How `credHelpers` names Slipway.
pub const OURS: &str = "slipway";

/// Whether this names Slipway; from inside WSL programs of Windows have their ending.
pub(crate) fn is_ours(name: &str) -> bool {
    name == OURS || name == "slipway.exe"
}

/// The Docker Hub's name.
const HUB: &str = "docker.io";

/// How Docker asks for the Hub; Podman asks for it by its name, as everybody does for all others.
const HUB_ADDRESS: &str = "https://index.docker.io/v1/";

/// Docker's member with a helper for each host.
const HELPERS: &str = "credHelpers";

/// Why a `config.json` is left as it is. Quotes nothing of it, for it may hold secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDockers {
    /// It is no JSON.
    #[error("line {line} is no JSON")]
    Malformed {
        /// From 1.
        line: usize,
    },
    /// It is no object.
    #[error("it is no JSON object")]
    NoObject,
    /// Docker would refuse it.
    #[error("its credHelpers do not name a program for each host")]
    NoHelpers,
}

/// A `config.json`, as text that can be changed.
#[derive(Debug, Clone, PartialEq)]
pub struct DockerSettings(Map<String, Value>);

impl DockerSettings {
    /// Reads the text of one; an empty one is as good as none.
    ///
    /// # Errors
    /// Where Docker could not use it either.
    pub fn parse(text: &str) -> Result<Self, NotDockers> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Ok(Self(Map::new()));
        }
        let value: Value =
            serde_json::from_str(text).map_err(|error| NotDockers::Malformed { line: error.line() })?;
        let Value::Object(members) = value else { return Err(NotDockers::NoObject) };
        let usable = match members.get(HELPERS) {
            None | Some(Value::Null) => true,
            Some(Value::Object(helpers)) => helpers.values().all(Value::is_string),
            Some(_) => false,
        };
        if usable { Ok(Self(members)) } else { Err(NotDockers::NoHelpers) }
    }

    /// The hosts whose helper is Slipway.
    pub fn ours(&self) -> Vec<String> {
        let mut ours: Vec<String> = Vec::new();
        for (key, _) in self.helpers().filter(|(_, name)| is_ours(name)) {
            let host = if key == HUB_ADDRESS { HUB } else { key };
            if !ours.iter().any(|known| known == host) {
                ours.push(host.to_owned());
            }
        }
        ours
    }

    /// Nothing but the helpers.
    #[must_use]
    pub fn helpers_alone(&self) -> Self {
        let helpers = self.0.get(HELPERS).map(|helpers| (HELPERS.to_owned(), helpers.clone()));
        Self(helpers.into_iter().collect())
    }

    /// Names Slipway as the helper of these hosts.
    pub fn set(&mut self, hosts: &[String]) {
        let helpers = self.0.entry(HELPERS).or_insert_with(|| Value::Object(Map::new()));
        if helpers.is_null() {
            *helpers = Value::Object(Map::new());
        }
        if let Value::Object(helpers) = helpers {
            helpers.extend(hosts.iter().flat_map(|host| keys(host)).map(|key| (key, Value::from(OURS))));
        }
    }

    /// Takes Slipway out of those of `hosts` that it is the helper of; each gets the helper that `before` has for it. What
    /// somebody else set meanwhile stays.
    pub fn unset(&mut self, hosts: &[String], before: &Self) {
        let former: BTreeMap<&str, &str> = before.helpers().filter(|(_, name)| !is_ours(name)).collect();
        let Some(Value::Object(helpers)) = self.0.get_mut(HELPERS) else { return };
        for key in hosts.iter().flat_map(|host| keys(host)) {
            if !helpers.get(&key).and_then(Value::as_str).is_some_and(is_ours) {
                continue;
            }
            match former.get(key.as_str()) {
                Some(name) => helpers.insert(key, Value::from(*name)),
                None => helpers.shift_remove(&key),
            };
        }
        let was_there = before.0.contains_key(HELPERS);
        if helpers.is_empty() && !was_there {
            self.0.shift_remove(HELPERS);
        }
    }

    /// Whether it holds a login of `host` itself, which is passed over while Slipway is the helper.
    pub fn has_login(&self, host: &str) -> bool {
        let auths = self.0.get("auths").and_then(Value::as_object);
        keys(host)
            .iter()
            .filter_map(|key| auths?.get(key)?.as_object())
            .any(|login| login.values().any(|value| value.as_str().is_some_and(|text| !text.is_empty())))
    }

    /// The text, indented as Docker does it.
    pub fn text(&self) -> String {
        let mut text = Vec::new();
        let indented = serde_json::ser::PrettyFormatter::with_indent(b"\t");
        let mut serializer = serde_json::Serializer::with_formatter(&mut text, indented);
        // Text keys and values only: nothing of it can fail, and what it writes is UTF-8.
        let _ = self.0.serialize(&mut serializer);
        String::from_utf8(text).unwrap_or_default()
    }

    fn helpers(&self) -> impl Iterator<Item = (&str, &str)> {
        let helpers = self.0.get(HELPERS).and_then(Value::as_object);
        helpers.into_iter().flatten().filter_map(|(host, name)| Some((host.as_str(), name.as_str()?)))
    }
}

/// What `host` is called in the file.
fn keys(host: &str) -> Vec<String> {
    let hub = (host == HUB).then(|| HUB_ADDRESS.to_owned());
    std::iter::once(host.to_owned()).chain(hub).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn settings(text: &str) -> DockerSettings {
        DockerSettings::parse(text).unwrap()
    }

    /// `docker login` drops members that it does not know.
    #[test]
    fn nothing_but_the_helpers_of_these_hosts_is_changed() {
        let text = "{\n\t\"zz\": {\n\t\t\"b\": 1.50,\n\t\t\"a\": 18446744073709551615\n\t},\n\t\"credsStore\": \"desktop\"\n}";
        let before = settings(text);
        let mut now = before.clone();
        now.set(&hosts(&["ghcr.io"]));
        let expected = text.replace(
            "\"desktop\"\n",
            "\"desktop\",\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"slipway\"\n\t}\n",
        );
        // A number keeps its value; how it was spelled is lost.
        assert_eq!(now.text(), expected.replace("1.50", "1.5"));
        assert_eq!(now.ours(), ["ghcr.io"]);
        now.unset(&hosts(&["ghcr.io"]), &before);
        assert_eq!(now, before);
    }

    #[test]
    fn a_helper_of_before_comes_back_and_what_others_set_meanwhile_stays() {
        let before = settings(r#"{"credHelpers":{"ghcr.io":"pass","x.example.com":"ecr"}}"#);
        let mut now = before.clone();
        now.set(&hosts(&["ghcr.io", "docker.pkg.github.com", "containers.ghe.example.com"]));
        assert_eq!(now.ours(), ["ghcr.io", "docker.pkg.github.com", "containers.ghe.example.com"]);
        now.0["credHelpers"]["containers.ghe.example.com"] = "desktop".into();
        let ours = hosts(&["ghcr.io", "docker.pkg.github.com", "containers.ghe.example.com"]);
        now.unset(&ours, &before);
        let left = r#"{"credHelpers":{"ghcr.io":"pass","x.example.com":"ecr","containers.ghe.example.com":"desktop"}}"#;
        assert_eq!(now, settings(left));
    }

    #[test]
    fn a_file_that_docker_could_not_use_is_left_alone() {
        for (text, why) in [
            ("{\n\"auths\": {\"ghcr.io\": {\"auth\": \"secret", NotDockers::Malformed { line: 2 }),
            ("[]", NotDockers::NoObject),
            (r#"{"credHelpers":["slipway"]}"#, NotDockers::NoHelpers),
            (r#"{"credHelpers":{"ghcr.io":1}}"#, NotDockers::NoHelpers),
        ] {
            assert_eq!(DockerSettings::parse(text), Err(why), "{text}");
        }
        for none in ["", " \n", "{}", r#"{"credHelpers":null}"#] {
            let mut now = settings(none);
            now.set(&hosts(&["ghcr.io"]));
            assert_eq!(now.ours(), ["ghcr.io"], "{none}");
        }
    }

    #[test]
    fn a_login_that_the_file_holds_is_told_from_the_empty_one_that_docker_leaves() {
        let file = settings(r#"{"auths":{"ghcr.io":{"auth":"b2N0b2NhdDp0"},"x.example.com":{}}}"#);
        assert!(file.has_login("ghcr.io"));
        assert!(!file.has_login("x.example.com"));
        assert!(!file.has_login("y.example.com"));
    }
}

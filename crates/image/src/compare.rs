//! What differs between two images of one platform, as far as manifests and configurations say it.

use std::collections::BTreeMap;

use serde_json::Value;
use slipway_reference::Digest;

use crate::json::{entry, text, texts};

/// A layer that is compared: it is the same one where either digest is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedLayer {
    /// Digest of the stored bytes, where it is known.
    pub digest: Option<Digest>,
    /// Digest of the plain content, where it is known.
    pub diff_id: Option<Digest>,
    /// Size at the registry, bytes.
    pub size: u64,
}

/// One of two images.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// From the lowest to the topmost.
    pub layers: &'a [ComparedLayer],
    /// The configuration, parsed.
    pub config: &'a Value,
}

/// Some layers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LayerSum {
    /// How many.
    pub count: usize,
    /// Together, bytes.
    pub bytes: u64,
}

impl LayerSum {
    fn add(&mut self, layer: &ComparedLayer) {
        self.count += 1;
        // A registry may claim any size.
        self.bytes = self.bytes.saturating_add(layer.size);
    }
}

/// What differs between two images.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Layers of both, with their sizes in the older one.
    pub common: LayerSum,
    /// Layers of the older one alone.
    pub only_old: LayerSum,
    /// Layers of the newer one alone.
    pub only_new: LayerSum,
    /// What differs in their configurations.
    pub config: Vec<Difference>,
}

/// A part of a configuration that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub part: ConfigPart,
    /// What only the older one has.
    pub gone: Vec<String>,
    /// What only the newer one has.
    pub come: Vec<String>,
    /// Names of variables that both have with another value. Values of variables are never told: they may be secrets.
    pub changed: Vec<String>,
}

/// A part of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigPart {
    /// The words of the entry point.
    EntryPoint,
    /// The words of the command.
    Command,
    /// Who it runs as.
    User,
    /// Where it runs.
    WorkingFolder,
    /// Ports, such as `80/tcp`.
    Ports,
    /// Names of variables.
    Variables,
    /// Labels as `KEY=VALUE`.
    Labels,
}

/// What differs between `old` and `new`.
pub fn compare(old: Side<'_>, new: Side<'_>) -> Comparison {
    let mut found = Comparison { config: differences(old.config, new.config), ..Comparison::default() };
    // An image may have a layer twice: each counts as often as both have it.
    let mut left: Vec<&ComparedLayer> = new.layers.iter().collect();
    for layer in old.layers {
        match left.iter().position(|other| is_same(layer, other)) {
            Some(place) => {
                left.remove(place);
                found.common.add(layer);
            }
            None => found.only_old.add(layer),
        }
    }
    for layer in left {
        found.only_new.add(layer);
    }
    found
}

fn is_same(one: &ComparedLayer, other: &ComparedLayer) -> bool {
    let same = |one: &Option<Digest>, other: &Option<Digest>| one.is_some() && one == other;
    same(&one.digest, &other.digest) || same(&one.diff_id, &other.diff_id)
}

fn differences(old: &Value, new: &Value) -> Vec<Difference> {
    let (old, new) = (run(old), run(new));
    let line = |part, key: &str| {
        let words = |config: &Value| texts(config, key).join(" ");
        one(part, words(old), words(new))
    };
    let word = |part, key: &str| {
        let word = |config: &Value| text(config, key).unwrap_or_default();
        one(part, word(old), word(new))
    };
    let found = [
        line(ConfigPart::EntryPoint, "Entrypoint"),
        line(ConfigPart::Command, "Cmd"),
        word(ConfigPart::User, "User"),
        word(ConfigPart::WorkingFolder, "WorkingDir"),
        several(ConfigPart::Ports, ports(old), ports(new)),
        variables(old, new),
        several(ConfigPart::Labels, labels(old), labels(new)),
    ];
    found.into_iter().flatten().collect()
}

/// The part of a configuration that says how it runs.
fn run(config: &Value) -> &Value {
    entry(config, "config").unwrap_or(&Value::Null)
}

fn one(part: ConfigPart, old: String, new: String) -> Option<Difference> {
    let said = |text: String| if text.is_empty() { Vec::new() } else { vec![text] };
    several(part, said(old), said(new))
}

fn several(part: ConfigPart, old: Vec<String>, new: Vec<String>) -> Option<Difference> {
    let gone: Vec<String> = old.iter().filter(|text| !new.contains(text)).cloned().collect();
    let come: Vec<String> = new.into_iter().filter(|text| !old.contains(text)).collect();
    let differs = !gone.is_empty() || !come.is_empty();
    differs.then_some(Difference { part, gone, come, changed: Vec::new() })
}

fn variables(old: &Value, new: &Value) -> Option<Difference> {
    let (old, new) = (texts(old, "Env"), texts(new, "Env"));
    let read = |lines: &[String]| -> BTreeMap<String, String> {
        let pairs = lines.iter().map(|line| line.split_once('=').unwrap_or((line, "")));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    let (old, new) = (read(&old), read(&new));
    let names = |of: &BTreeMap<String, String>| of.keys().cloned().collect::<Vec<_>>();
    let changed = old.iter().filter(|(name, value)| new.get(*name).is_some_and(|other| other != *value));
    let changed: Vec<String> = changed.map(|(name, _)| name.clone()).collect();
    match several(ConfigPart::Variables, names(&old), names(&new)) {
        Some(found) => Some(Difference { changed, ..found }),
        None if changed.is_empty() => None,
        None => Some(Difference { part: ConfigPart::Variables, gone: Vec::new(), come: Vec::new(), changed }),
    }
}

fn ports(config: &Value) -> Vec<String> {
    let ports = entry(config, "ExposedPorts").and_then(Value::as_object);
    ports.into_iter().flatten().map(|(port, _)| port.clone()).collect()
}

fn labels(config: &Value) -> Vec<String> {
    let labels = entry(config, "Labels").and_then(Value::as_object).into_iter().flatten();
    labels.filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn digest(digit: char) -> Digest {
        format!("sha256:{}", digit.to_string().repeat(64)).parse().unwrap()
    }

    fn layer(digest_of: Option<char>, diff_id: Option<char>, size: u64) -> ComparedLayer {
        ComparedLayer { digest: digest_of.map(digest), diff_id: diff_id.map(digest), size }
    }

    #[test]
    fn a_layer_is_in_common_by_either_digest_and_as_often_as_both_have_it() {
        let old = [
            layer(Some('1'), Some('a'), 10),
            layer(Some('2'), Some('b'), 20),
            layer(Some('2'), Some('b'), 20),
            layer(Some('3'), None, 5),
            layer(Some('4'), None, u64::MAX),
        ];
        let new = [
            layer(None, Some('a'), 11),
            layer(Some('2'), None, 20),
            layer(Some('3'), None, 5),
            layer(None, None, 7),
        ];
        let side = |layers| Side { layers, config: &Value::Null };
        let found = compare(side(&old), side(&new));
        assert_eq!(found.common, LayerSum { count: 3, bytes: 35 });
        assert_eq!(found.only_old, LayerSum { count: 2, bytes: u64::MAX });
        assert_eq!(found.only_new, LayerSum { count: 1, bytes: 7 });
        assert_eq!(compare(side(&old), side(&old)).only_old, LayerSum::default());
    }

    #[test]
    fn configurations_differ_by_what_runs_and_never_by_the_values_of_variables() {
        let old = json!({"created": "2024", "config": {
            "Entrypoint": ["/app"], "Cmd": ["serve", "--port", "80"], "User": "root", "WorkingDir": "/srv",
            "ExposedPorts": {"80/tcp": {}, "81/tcp": {}}, "Env": ["PATH=/bin", "TOKEN=canary-old", "OLD=1"],
            "Labels": {"a": "1", "b": "2"},
        }});
        let new = json!({"config": {
            "Entrypoint": ["/app"], "Cmd": ["serve"], "WorkingDir": "/srv", "ExposedPorts": {"81/tcp": {}},
            "Env": ["TOKEN=canary-new", "PATH=/bin", "NEW=canary"], "Labels": {"a": "1", "b": "3"},
        }});
        let found = compare(Side { layers: &[], config: &old }, Side { layers: &[], config: &new });
        let difference = |part, gone: &[&str], come: &[&str], changed: &[&str]| {
            let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
            Difference { part, gone: texts(gone), come: texts(come), changed: texts(changed) }
        };
        assert_eq!(
            found.config,
            [
                difference(ConfigPart::Command, &["serve --port 80"], &["serve"], &[]),
                difference(ConfigPart::User, &["root"], &[], &[]),
                difference(ConfigPart::Ports, &["80/tcp"], &[], &[]),
                difference(ConfigPart::Variables, &["OLD"], &["NEW"], &["TOKEN"]),
                difference(ConfigPart::Labels, &["b=2"], &["b=3"], &[]),
            ]
        );
        assert!(!format!("{found:?}").contains("canary"));
        let same = compare(Side { layers: &[], config: &old }, Side { layers: &[], config: &old });
        assert_eq!(same, Comparison::default());
    }
}

//! The form of Docker's `config.json`, which Podman's `auth.json` shares.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use slipway_reference::DOCKER_HUB;

use super::ours::is_ours;
use crate::text::text;

/// Some tools leave the padding out.
const PADDED_OR_NOT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What stands in such a file.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct File {
    auths: Option<BTreeMap<String, Entry>>,
    #[serde(rename = "credsStore")]
    store: Option<String>,
    #[serde(rename = "credHelpers")]
    helpers: Option<BTreeMap<String, String>>,
}

/// An entry of `auths`; an empty one says that the secret is in the store.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entry {
    auth: Option<SecretString>,
    identitytoken: Option<SecretString>,
    /// As Kubernetes' `.dockerconfigjson` and people who write the file by hand have it.
    username: Option<String>,
    password: Option<SecretString>,
}

/// What an entry of `auths` holds.
pub(crate) enum Login {
    /// A user name and a secret.
    Basic(String, SecretString),
    /// A token that a registry's own token endpoint gave out. GitHub's never do.
    IdentityToken,
}

impl File {
    /// Reads `path`; a file that does not exist holds nothing.
    pub(crate) fn read(path: &Path) -> Result<Self, Unreadable> {
        Ok(read(path)?.map(|text| Self::parse(&text)).transpose()?.unwrap_or_default())
    }

    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Parses `DOCKER_AUTH_CONFIG`, in which Docker refuses every member but `auths.HOST.auth`.
    pub(crate) fn parse_variable(text: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Variable {
            auths: Option<BTreeMap<String, Only>>,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Only {
            auth: Option<SecretString>,
        }
        let entries = serde_json::from_str::<Variable>(text)?.auths.unwrap_or_default().into_iter();
        let auths = entries.map(|(key, only)| (key, Entry { auth: only.auth, ..Entry::default() })).collect();
        Ok(Self { auths: Some(auths), ..Self::default() })
    }

    /// Reads `~/.dockercfg`, where the entries of `auths` stand alone.
    pub(crate) fn read_legacy(path: &Path) -> Result<Self, Unreadable> {
        let auths = read(path)?.map(|text| serde_json::from_str(&text)).transpose()?;
        Ok(Self { auths, ..Self::default() })
    }

    /// The keys of `auths` as they stand there.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.auths.iter().flatten().map(|(key, _)| key.as_str())
    }

    /// The logins in `auths`, with the keys they stand under.
    pub(crate) fn logins(&self) -> impl Iterator<Item = (&str, Login)> {
        self.auths.iter().flatten().filter_map(|(key, auth)| Some((key.as_str(), auth.login()?)))
    }

    /// The helper that keeps all hosts without one of their own, unless that is Slipway: it need not ask itself.
    pub(crate) fn store(&self) -> Option<&str> {
        self.store.as_deref().filter(|name| !name.is_empty() && !is_ours(name))
    }

    /// Keys with a helper of their own that is another program.
    pub(crate) fn helpers(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.helpers.iter().flatten().map(|(key, name)| (key.as_str(), name.as_str()));
        all.filter(|(_, name)| !name.is_empty() && !is_ours(name))
    }

    /// Whether Slipway is the helper of `wanted`, by name.
    pub(crate) fn asks_us(&self, wanted: &str) -> bool {
        self.helpers.iter().flatten().any(|(key, name)| key == wanted && is_ours(name))
    }

    /// The helper that keeps the login of `wanted`.
    pub(crate) fn helper_of(&self, wanted: &str) -> Option<&str> {
        self.helpers().find(|(key, _)| host(key) == wanted).map(|(_, name)| name).or(self.store())
    }

    /// Whether it says nothing about logins: Docker then chooses a store by itself.
    pub(crate) fn is_silent(&self) -> bool {
        self.store().is_none() && self.keys().next().is_none() && self.helpers().next().is_none()
    }
}

impl Entry {
    /// `user:secret` in Base64; a secret may hold colons, and old clients padded it with NULs.
    fn login(&self) -> Option<Login> {
        if self.identitytoken.as_ref().is_some_and(|token| !token.expose_secret().is_empty()) {
            return Some(Login::IdentityToken);
        }
        let Some(packed) =
            self.auth.as_ref().map(|auth| auth.expose_secret().trim()).filter(|auth| !auth.is_empty())
        else {
            return basic(self.username.as_deref()?, self.password.as_ref()?.expose_secret());
        };
        let bytes = Zeroizing::new(PADDED_OR_NOT.decode(packed).ok()?);
        let (username, secret) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
        basic(username, secret.trim_end_matches('\0'))
    }
}

fn basic(username: &str, secret: &str) -> Option<Login> {
    (!username.is_empty() && !secret.is_empty())
        .then(|| Login::Basic(username.to_owned(), SecretString::from(secret)))
}

/// Why such a file cannot be used. The parser's message is left out, because it could quote a secret.
pub(crate) enum Unreadable {
    Io(std::io::Error),
    /// Where it stops being understood, from 1.
    Line(usize),
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        Self::Line(error.line())
    }
}

fn read(path: &Path) -> Result<Option<Zeroizing<String>>, Unreadable> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Unreadable::Io(error)),
    };
    let text = text(&bytes).ok_or(Unreadable::Line(1))?;
    // An empty file is one that nobody has written to yet.
    Ok((!text.trim().is_empty()).then_some(text))
}

/// How well the entry `key` serves the path `path` of `registry`; none where it is for something else. The longest path
/// counts most (containers-auth.json(5)), then the key that is spelled as the registry is.
pub(crate) fn fit(key: &str, registry: &str, path: &str) -> Option<(usize, bool)> {
    let (place, below) = place(key);
    let inside = path.strip_prefix(below).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    (same_registry(place, registry) && (below.is_empty() || inside)).then(|| (below.len(), key == registry))
}

/// What a key is for: a registry, or a part of one (`ghcr.io/octocat`).
pub(crate) fn part(key: &str) -> String {
    match place(key) {
        (_, "") => host(key).to_owned(),
        (place, below) => format!("{place}/{below}"),
    }
}

/// The registry that a key is for, and the part of it: none for an address in full, of which Docker writes
/// `https://index.docker.io/v1/`.
fn place(key: &str) -> (&str, &str) {
    let bare = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(key);
    let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
    let path = path.trim_matches('/');
    let whole = key.contains("://") || matches!(path, "v1" | "v2");
    (host, if whole { "" } else { path })
}

fn same_registry(one: &str, other: &str) -> bool {
    let hub = |name: &str| DOCKER_HUB.iter().any(|hub| name.eq_ignore_ascii_case(hub));
    one.eq_ignore_ascii_case(other) || (hub(one) && hub(other))
}

/// `https://ghcr.io/v2/`, `https://ghcr.io/` and `ghcr.io` are one host (docker/cli's own rule).
pub(crate) fn host(key: &str) -> &str {
    let bare = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(key);
    bare.split('/').next().unwrap_or(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The login for `path` of `registry`, as `user:secret`.
    fn login(text: &[u8], registry: &str, path: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.json");
        std::fs::write(&file, text).unwrap();
        let file = File::read(&file).ok().unwrap();
        let fits = file.logins().filter_map(|(key, login)| Some((fit(key, registry, path)?, login)));
        match fits.max_by_key(|(fit, _)| *fit)?.1 {
            Login::Basic(username, secret) => Some(format!("{username}:{}", secret.expose_secret())),
            Login::IdentityToken => None,
        }
    }

    fn of(entries: &[(&str, &str)], registry: &str, path: &str) -> Option<String> {
        let auths: serde_json::Map<_, _> = entries
            .iter()
            .map(|(key, login)| {
                let auth = base64::engine::general_purpose::STANDARD.encode(login);
                ((*key).to_owned(), serde_json::json!({ "auth": auth }))
            })
            .collect();
        login(serde_json::json!({ "auths": auths }).to_string().as_bytes(), registry, path)
    }

    #[test]
    fn a_login_is_found_however_docker_wrote_the_host() {
        for key in ["ghcr.io", "https://ghcr.io", "https://ghcr.io/", "https://ghcr.io/v2/", "ghcr.io/v1/"] {
            let entries = [(key, "octocat:a:b")];
            assert_eq!(of(&entries, "ghcr.io", "octocat/hello").as_deref(), Some("octocat:a:b"), "{key}");
            assert_eq!(of(&entries, "docker.pkg.github.com", "octocat/hello"), None);
        }
    }

    /// Of several keys for one host the last one was taken, and keys of other people's paths were used.
    #[test]
    fn a_login_of_somebody_elses_path_is_never_sent() {
        let own = ("ghcr.io", "octocat:own");
        let (hubot, octocat) = (("ghcr.io/hubot", "hubot:theirs"), ("ghcr.io/octocat", "octocat:path"));
        let found = |entries: &[_]| of(entries, "ghcr.io", "octocat/hello");
        assert_eq!(found(&[hubot]), None);
        assert_eq!(found(&[("ghcr.io/octo", "octo:theirs")]), None, "octo is no part of octocat");
        for entries in [[own, hubot], [hubot, own]] {
            assert_eq!(found(&entries).as_deref(), Some("octocat:own"));
        }
        assert_eq!(found(&[hubot, octocat]).as_deref(), Some("octocat:path"));
        assert_eq!(found(&[octocat, own]).as_deref(), Some("octocat:path"), "the longest path that fits");
        let older = ("https://ghcr.io/v1/", "octocat:older");
        for entries in [[own, older], [older, own]] {
            assert_eq!(found(&entries).as_deref(), Some("octocat:own"), "the exact key");
        }
    }

    #[test]
    fn docker_hubs_login_serves_all_of_its_names() {
        let entries = [("https://index.docker.io/v1/", "octocat:hub")];
        for name in DOCKER_HUB {
            assert_eq!(of(&entries, name, "octocat/hello").as_deref(), Some("octocat:hub"), "{name}");
        }
        assert_eq!(of(&entries, "docker.io.example.com", "octocat/hello"), None);
    }

    #[test]
    fn a_login_is_read_in_every_form_that_tools_write() {
        let json = |text: &str| login(text.as_bytes(), "ghcr.io", "octocat/hello");
        // octocat:s3:cret
        let expected = Some("octocat:s3:cret".to_owned());
        let packed = r#"{"auths":{"ghcr.io":{"auth":"b2N0b2NhdDpzMzpjcmV0"}}}"#;
        assert_eq!(json(packed), expected);
        let plain =
            r#"{"auths":{"ghcr.io":{"username":"octocat","password":"s3:cret","auth":"","email":"x"}}}"#;
        assert_eq!(json(plain), expected);
        // octocat:abcd, whose padding is left out.
        let unpadded = r#"{"auths":{"ghcr.io":{"auth":"b2N0b2NhdDphYmNk"}}}"#;
        assert_eq!(json(unpadded), Some("octocat:abcd".to_owned()));
        let unpadded = r#"{"auths":{"ghcr.io":{"auth":"b2N0b2NhdDphYmM"}}}"#;
        assert_eq!(json(unpadded), Some("octocat:abc".to_owned()));
        let marked = [b"\xef\xbb\xbf", packed.as_bytes()].concat();
        assert_eq!(login(&marked, "ghcr.io", "octocat/hello"), expected);
        let wide: Vec<u8> =
            [0xfeff].into_iter().chain(packed.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(login(&wide, "ghcr.io", "octocat/hello"), expected);
    }

    #[test]
    fn an_entry_that_only_points_to_a_store_is_no_login() {
        assert_eq!(login(br#"{"auths":{"ghcr.io":{}}}"#, "ghcr.io", ""), None);
        assert_eq!(login(b"{}", "ghcr.io", ""), None);
        assert_eq!(login(b"", "ghcr.io", ""), None);
    }

    #[test]
    fn a_broken_file_is_reported_by_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, "{\"auths\":\n{\"ghcr.io\":{\"auth\": canary}}}").unwrap();
        assert!(matches!(File::read(&path), Err(Unreadable::Line(2))));
        std::fs::write(&path, b"{\"auths\": \xe4}").unwrap();
        assert!(matches!(File::read(&path), Err(Unreadable::Line(1))));
        std::fs::remove_file(&path).unwrap();
        assert!(File::read(&path).is_ok_and(|file| file.is_silent()), "no file is no login");
    }
}

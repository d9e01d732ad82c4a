//! An engine that answers: who it is, and what it is asked.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use hyper::{HeaderMap, Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::address::Place;
use crate::error::EngineError;
use crate::export::Export;
use crate::image::Details;
use crate::kind::Kind;
use crate::list::{self, Container, ImageRow};
use crate::load::{self, LoadWriter, Loaded};
use crate::wire::{self, QUICK};

/// What of a name stays as it is: Podman takes no encoded `/` and `:` everywhere.
const NAMES: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b':')
    .remove(b'@');

/// The newest version of the API that is understood here. What an engine of a later one answers then still fits.
const OURS: ApiVersion = ApiVersion { major: 1, minor: 52 };

/// Images that are looked at side by side.
const AT_ONCE: usize = 4;

/// A version of the Engine API, such as 1.41.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiVersion {
    major: u32,
    minor: u32,
}

impl ApiVersion {
    fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.trim().split_once('.')?;
        Some(Self { major: major.parse().ok()?, minor: minor.parse().ok()? })
    }

    /// It is 1.`minor` or a later one.
    pub(crate) fn has(self, minor: u32) -> bool {
        self >= Self { major: 1, minor }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// An engine that answered.
#[derive(Debug, Clone)]
pub struct Engine {
    /// Where, and who it is: `kind` is what answered, whatever was expected.
    pub place: Place,
    /// Its own version, such as `20.10.24`.
    pub version: String,
    /// The version of the API that is spoken with it.
    pub api: ApiVersion,
    /// It keeps images as they came (Docker's containerd store): its IDs are digests of manifests, and its exports hold
    /// what a registry gave, byte for byte.
    pub keeps_digests: bool,
    /// It runs as the person, not as root.
    pub rootless: bool,
    /// The platform that its containers are of, such as `linux/amd64`.
    pub platform: String,
}

impl Engine {
    /// Asks who is at `place`.
    ///
    /// # Errors
    /// Nobody is there, or somebody who has not told all within `within`, or is no engine.
    pub async fn connect(place: Place, within: Duration) -> Result<Self, EngineError> {
        // One limit for all questions: each may be answered just in time.
        wire::limited(&place, within, Self::ask(place.clone(), within)).await
    }

    async fn ask(place: Place, within: Duration) -> Result<Self, EngineError> {
        let (status, headers, body) = wire::ask(&place, Method::GET, "/_ping", within).await?;
        if status != StatusCode::OK {
            return Err(wire::refusal(&place, status, &body));
        }
        let at = place.address.to_string();
        let api = header(&headers, "api-version").and_then(ApiVersion::parse);
        let reason = || "it names no version of its API".to_owned();
        let api = api.ok_or_else(|| EngineError::NoEngine { place: at, reason: reason() })?.min(OURS);
        let kind = match headers.contains_key("libpod-api-version") {
            true => Kind::Podman,
            false => Kind::Docker,
        };
        let mut engine = Self {
            place: Place { kind, ..place },
            version: String::new(),
            api,
            keeps_digests: false,
            rootless: false,
            platform: String::new(),
        };
        let about = engine.json("/version", "version", within).await?;
        let info = engine.json("/info", "info", within).await?;
        engine.take(&about, &info);
        Ok(engine)
    }

    /// Takes what `/version` and `/info` say.
    fn take(&mut self, about: &Value, info: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.version = text(&about["Version"]);
        self.platform = format!("{}/{}", text(&about["Os"]), text(&about["Arch"]));
        let status = info["DriverStatus"].as_array().into_iter().flatten();
        let mut pairs = status.map(|pair| (pair[0].as_str(), pair[1].as_str()));
        self.keeps_digests =
            pairs.any(|pair| pair == (Some("driver-type"), Some("io.containerd.snapshotter.v1")));
        let options = info["SecurityOptions"].as_array().into_iter().flatten();
        let by_option = options.filter_map(Value::as_str).any(|option| option.contains("name=rootless"));
        self.rootless = info["Rootless"].as_bool().unwrap_or_default() || by_option;
    }

    /// Which of the two it is.
    pub fn kind(&self) -> Kind {
        self.place.kind
    }

    /// The images that people see: one row an image with all its names, newest first. Platforms are asked for where the
    /// list does not tell them.
    ///
    /// # Errors
    /// Those of the engine. An image that cannot be looked at is told in its row.
    pub async fn images(&self) -> Result<Vec<ImageRow>, EngineError> {
        let mut query = Vec::new();
        // What an engine does not know it passes over, so a later one may be asked for what it has.
        if self.api.has(42) {
            query.push("shared-size=1");
        }
        if self.api.has(47) {
            query.push("manifests=1");
        }
        let path = format!("/images/json?{}", query.join("&"));
        let images =
            self.json(path.trim_end_matches('?'), "images", QUICK).await.map_err(|error| match error {
                EngineError::Refused { engine: Kind::Podman, message, .. } if is_of_list(&message) => {
                    EngineError::ManifestList { engine: Kind::Podman, message }
                }
                other => other,
            })?;
        let containers = self.json("/containers/json?all=1", "containers", QUICK).await?;
        let rows = list::rows(&images, &containers);
        let mut rows = rows.map_err(|reason| self.malformed("images", reason))?;
        let looked = stream::iter(&mut rows).for_each_concurrent(AT_ONCE, |row| async move {
            if row.platform.is_some() || !row.parts.is_empty() {
                return;
            }
            match self.inspect(&row.id).await {
                Ok(details) => row.platform = Some(details.platform),
                Err(error) => row.unreadable = Some(error.to_string()),
            }
        });
        looked.await;
        Ok(rows)
    }

    /// The containers that use the image with this ID, running or not.
    ///
    /// # Errors
    /// Those of the engine.
    pub async fn containers(&self, image: &str) -> Result<Vec<Container>, EngineError> {
        let all = self.json("/containers/json?all=1", "containers", QUICK).await?;
        Ok(list::containers_of(&all, image))
    }

    /// What the engine says of the image that `name` or an ID means.
    ///
    /// # Errors
    /// [`EngineError::NoImage`], and those of the engine.
    pub async fn inspect(&self, name: &str) -> Result<Details, EngineError> {
        let name = valid(name)?;
        let (status, body) = self.get(&format!("/images/{}/json", encoded(name)), QUICK).await?;
        if status == StatusCode::NOT_FOUND {
            return Err(EngineError::NoImage { engine: self.kind(), name: name.to_owned() });
        }
        let value = self.parsed(status, &body, "image")?;
        Details::read(&value).map_err(|reason| self.malformed("image", reason))
    }

    /// What `name` means to this engine: the image, and the whole name or ID to ask for it by. A bare name means its
    /// `latest` alone, where an export of it would bring all its tags.
    ///
    /// # Errors
    /// As [`inspect`](Self::inspect).
    pub async fn resolve(&self, name: &str) -> Result<(Details, String), EngineError> {
        let details = self.inspect(name).await?;
        let by_id = details.is_id(name);
        let last = name.rsplit('/').next().unwrap_or(name);
        let bare = !by_id && !last.contains([':', '@']);
        let exact = match (by_id, bare) {
            (true, _) => details.id.clone(),
            (false, true) => format!("{name}:latest"),
            (false, false) => name.to_owned(),
        };
        Ok((details, exact))
    }

    /// Begins to export images, by what [`resolve`](Self::resolve) gave, in one stream. An engine may take minutes before the first byte: most
    /// write a copy of their own first.
    ///
    /// # Errors
    /// [`EngineError::NoImage`], and those of the engine.
    pub async fn export(&self, names: &[String]) -> Result<Export, EngineError> {
        let names: Result<Vec<_>, _> = names.iter().map(|name| valid(name).map(encoded)).collect();
        let names = names?;
        let path = match &names[..] {
            [] => return Err(EngineError::BadName { name: String::new() }),
            [one] => format!("/images/{one}/get"),
            several => format!("/images/get?names={}", several.join("&names=")),
        };
        let answer = wire::send(&self.place, Method::GET, &self.path(&path), wire::nothing()).await?;
        let status = answer.status();
        if status == StatusCode::OK {
            return Ok(Export::new(self.kind(), answer.into_body()));
        }
        let body = wire::read(&self.place, answer.into_body()).await?;
        if status == StatusCode::NOT_FOUND {
            return Err(EngineError::NoImage { engine: self.kind(), name: names.join(", ") });
        }
        Err(wire::refusal(&self.place, status, &body))
    }

    /// Begins to load an archive. What is written goes to the engine as it comes; the future gives what the engine made
    /// of it, once the writer is finished. A writer that is dropped before ends it, and nothing is loaded.
    pub fn load(&self) -> (LoadWriter, impl Future<Output = Result<Loaded, EngineError>> + Send + use<>) {
        // Without it some engines tell no failures of unpacking.
        load::begin(self.place.clone(), self.path("/images/load?quiet=0"))
    }

    /// Gives the image `name` one more name, `repository`:`tag`. Podman puts a registry of its own before one that has none, so
    /// whole names are wanted.
    ///
    /// # Errors
    /// [`EngineError::NoImage`], and those of the engine.
    pub async fn tag(&self, name: &str, repository: &str, tag: &str) -> Result<(), EngineError> {
        let (image, repository) = (encoded(valid(name)?), encoded(valid(repository)?));
        let path = format!("/images/{image}/tag?repo={repository}&tag={}", encoded(valid(tag)?));
        let (status, _, body) = wire::ask(&self.place, Method::POST, &self.path(&path), QUICK).await?;
        match status {
            StatusCode::CREATED => Ok(()),
            StatusCode::NOT_FOUND => Err(EngineError::NoImage { engine: self.kind(), name: name.to_owned() }),
            _ => Err(wire::refusal(&self.place, status, &body)),
        }
    }

    pub(crate) fn path(&self, path: &str) -> String {
        format!("/v{}{path}", self.api)
    }

    async fn get(&self, path: &str, within: Duration) -> Result<(StatusCode, Bytes), EngineError> {
        let (status, _, body) = wire::ask(&self.place, Method::GET, &self.path(path), within).await?;
        Ok((status, body))
    }

    async fn json(&self, path: &str, what: &'static str, within: Duration) -> Result<Value, EngineError> {
        let (status, body) = self.get(path, within).await?;
        self.parsed(status, &body, what)
    }

    fn parsed(&self, status: StatusCode, body: &[u8], what: &'static str) -> Result<Value, EngineError> {
        if status != StatusCode::OK {
            return Err(wire::refusal(&self.place, status, body));
        }
        serde_json::from_slice(body).map_err(|error| self.malformed(what, error.to_string()))
    }

    fn malformed(&self, what: &'static str, reason: String) -> EngineError {
        EngineError::Malformed { engine: self.kind(), what, reason }
    }
}

/// What Podman says where a manifest list stands in its way.
fn is_of_list(message: &str) -> bool {
    ["choosing image instance", "image selected from image index", "manifest list"]
        .iter()
        .any(|words| message.contains(words))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn encoded(name: &str) -> String {
    utf8_percent_encode(name, NAMES).to_string()
}

/// A name that stays within its place in a path: an engine would take `..` as another question.
fn valid(name: &str) -> Result<&str, EngineError> {
    let parts = name.split('/');
    let fits = |part: &str| !part.is_empty() && part != "." && part != "..";
    match parts.into_iter().all(fits) && !name.starts_with('-') {
        true => Ok(name),
        false => Err(EngineError::BadName { name: name.to_owned() }),
    }
}

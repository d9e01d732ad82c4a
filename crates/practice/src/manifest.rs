//! Manifests: kept byte for byte, checked for what they refer to, served to those who accept them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;

use crate::access::Caller;
use crate::answer::{CONTENT_DIGEST, Fault, empty};
use crate::body::Broken;
use crate::name::{Algorithm, Digest, is_tag};
use crate::packages::{Kind, Record, Role};
use crate::server::{Asked, Shared};

const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// GitHub's limit is not known; the specification asks registries for at least this much, in bytes.
const LARGEST: usize = 4 << 20;

/// Says that the registry keeps lists of referrers (distribution specification 1.1).
const SUBJECT: HeaderName = HeaderName::from_static("oci-subject");

/// The label and annotation that connects a package to a repository.
const SOURCE: &str = "org.opencontainers.image.source";

/// Tags whose copies are behind, by registry, name and tag.
#[derive(Default)]
pub(crate) struct Late(Mutex<HashMap<(Kind, String, String), Behind>>);

/// What a copy that is behind still shows.
#[derive(Clone)]
struct Behind {
    /// What the tag pointed to, if it was there.
    before: Option<String>,
    /// How often that is still shown.
    left: u32,
}

impl Late {
    /// What is shown of a tag in place of what it points to; none once all copies have caught up.
    fn shows(&self, registry: Kind, name: &str, tag: &str) -> Option<Behind> {
        let mut late = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let behind = late.get_mut(&(registry, name.to_owned(), tag.to_owned()))?;
        behind.left = behind.left.checked_sub(1)?;
        Some(behind.clone())
    }

    fn put(&self, registry: Kind, name: &str, tag: &str, behind: Behind) {
        let mut late = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        late.insert((registry, name.to_owned(), tag.to_owned()), behind);
    }
}

/// `GET` and `HEAD`: the stored bytes, if the client accepts their type.
pub(crate) async fn get(
    shared: &Shared,
    registry: Kind,
    name: &str,
    reference: &str,
    parts: &Parts,
) -> Result<Response, Fault> {
    let unknown = || Fault::manifest_unknown("manifest unknown");
    if registry == Kind::Docker && reference.contains(':') {
        return Err(no_digests(name, reference));
    }
    let record = shared.packages.published(registry, name).ok_or_else(unknown)?;
    let behind = shared.late.shows(registry, name, reference);
    let digest = match &behind {
        Some(behind) => behind.before.as_deref().ok_or_else(unknown)?,
        None => record.tags.get(reference).map_or(reference, String::as_str),
    };
    let media_type = record.manifests.get(digest).ok_or_else(unknown)?;
    let digest = Digest::parse(digest).ok_or_else(unknown)?;
    if registry == Kind::Ghcr && !accepts(&parts.headers, media_type) {
        let kind = match media_type.as_str() {
            OCI_INDEX => "OCI index found, but Accept header does not support OCI indexes",
            OCI_MANIFEST => "OCI manifest found, but Accept header does not support OCI manifests",
            DOCKER_LIST => "manifest list found, but Accept header does not support manifest lists",
            _ => "schema 2 manifest found, but Accept header does not support schema 2 manifests",
        };
        return Err(Fault::manifest_unknown(kind));
    }
    let bytes = shared.store.read(&digest).await.map_err(|error| Fault::store(&error))?;
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    if registry == Kind::Docker {
        // As captured in 2019 (containerd#3291): no digest, and a type that says nothing.
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        return Ok(response);
    }
    let digest = digest.to_string();
    for (name, value) in
        [(CONTENT_TYPE, media_type), (CONTENT_DIGEST, &digest), (ETAG, &format!("\"{digest}\""))]
    {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    Ok(response)
}

/// `PUT`: the first one makes the package, private, with the pusher as its admin.
pub(crate) async fn put(
    shared: &Shared,
    registry: Kind,
    name: &str,
    reference: &str,
    caller: &Caller,
    asked: &mut Asked,
) -> Result<Response, Fault> {
    let invalid = |reason: &str| Fault::new(StatusCode::BAD_REQUEST, "MANIFEST_INVALID", reason);
    let content_type = asked.parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_owned();
    let raw = asked.body.whole(LARGEST).await.map_err(|Broken| {
        asked.cut.now();
        invalid("manifest invalid")
    })?;
    let raw = raw.ok_or_else(|| {
        Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "SIZE_INVALID", "the manifest exceeds the maximum size")
    })?;
    let by_digest = reference.contains(':');
    let algorithm = match Digest::parse(reference) {
        _ if by_digest && registry == Kind::Docker => return Err(no_digests(name, reference)),
        Some(digest) => digest.algorithm,
        None if is_tag(reference) => Algorithm::Sha256,
        None if by_digest => return Err(Fault::digest_invalid("invalid digest")),
        None => return Err(Fault::new(StatusCode::BAD_REQUEST, "TAG_INVALID", "invalid tag")),
    };
    let digest = Digest::of(algorithm, &raw);
    if by_digest && digest.to_string() != reference {
        return Err(Fault::digest_invalid("provided digest did not match uploaded content"));
    }
    let content: Value = serde_json::from_slice(&raw).map_err(|_| invalid("manifest invalid"))?;
    let is_index = matches!(media_type.as_str(), DOCKER_LIST | OCI_INDEX);
    if !is_index && !matches!(media_type.as_str(), DOCKER_MANIFEST | OCI_MANIFEST) {
        return Err(invalid("manifest invalid: unsupported media type"));
    }
    if content.get("mediaType").is_some_and(|declared| declared.as_str() != Some(&media_type)) {
        return Err(invalid("manifest invalid: the media type differs from the content type"));
    }
    if registry == Kind::Docker {
        docker_refusals(shared, name, &content, is_index)?;
    }
    let record = shared.packages.get(registry, name);
    let missing =
        missing(record.as_deref(), &content, is_index).ok_or_else(|| invalid("manifest invalid"))?;
    if !missing.is_empty() {
        return Err(Fault::manifest_blobs_unknown(missing));
    }
    let source = source(shared, &content, is_index).await;
    shared.store.put(&digest, &raw).await.map_err(|error| Fault::store(&error))?;
    let login = caller.token.as_ref().map(|token| token.login.clone());
    if !by_digest {
        let before = record.as_ref().and_then(|record| record.tags.get(reference).cloned());
        shared.late.put(registry, name, reference, Behind { before, left: shared.switches.get().late_tags });
    }
    let (tag, stored) = ((!by_digest).then(|| reference.to_owned()), digest.to_string());
    let kept = shared.packages.change(registry, name, move |record| {
        if !record.published {
            record.published = true;
            record.roles.extend(login.map(|login| (login, Role::Admin)));
        }
        if source.is_some() {
            record.repository = source;
        }
        record.tags.extend(tag.map(|tag| (tag, stored.clone())));
        record.add_manifest(stored, media_type);
    });
    kept.await.map_err(|error| Fault::store(&error))?;
    let (location, digest) = (format!("/v2/{name}/manifests/{digest}"), digest.to_string());
    let mut headers = vec![(LOCATION, location.as_str())];
    // The older registry names no digest anywhere.
    if registry == Kind::Ghcr {
        headers.push((CONTENT_DIGEST, &digest));
    }
    let subject = content.get("subject").and_then(|subject| subject.get("digest")?.as_str());
    headers.extend(
        subject.filter(|_| shared.switches.get().acknowledges_subjects).map(|subject| (SUBJECT, subject)),
    );
    Ok(empty(StatusCode::CREATED, &headers))
}

/// What the older registry never took. The texts of the refused kinds are not known.
fn docker_refusals(shared: &Shared, name: &str, content: &Value, is_index: bool) -> Result<(), Fault> {
    if is_index {
        return Err(Fault::denied("manifest lists are not supported"));
    }
    let mut layers = content.get("layers").and_then(Value::as_array).into_iter().flatten();
    if layers.any(is_foreign) {
        return Err(Fault::new(
            StatusCode::BAD_REQUEST,
            "MANIFEST_INVALID",
            "foreign layers are not supported",
        ));
    }
    let mut parts = name.split('/');
    let (owner, image) = (parts.next().unwrap_or_default(), parts.next_back().unwrap_or_default());
    let is_new = shared.packages.published(Kind::Docker, name).is_none();
    let spurious =
        is_new && shared.switches.get().spurious_already_associated && shared.first_refusal_of(name);
    if spurious || (is_new && shared.packages.namesake(Kind::Docker, owner, name)) {
        return Err(Fault::denied(format!(
            "Docker image with name \"{image}\" is already associated with another repository under owner \"{owner}\""
        )));
    }
    Ok(())
}

fn no_digests(name: &str, digest: &str) -> Fault {
    let mut parts = name.split('/').skip(1);
    let (repository, image) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    Fault::manifest_unknown(format!(
        "Docker image reference {image}:{digest} not found under repo \"{repository}\"."
    ))
}

/// The digests a manifest refers to that this repository does not have; `None` if it is not a manifest.
fn missing(record: Option<&Record>, content: &Value, is_index: bool) -> Option<Vec<String>> {
    let has = |digest: &str| {
        record.is_some_and(|record| {
            if is_index { record.manifests.contains_key(digest) } else { record.blobs.contains(digest) }
        })
    };
    let mut wanted = Vec::new();
    if is_index {
        wanted.extend(content.get("manifests")?.as_array()?);
    } else {
        wanted.push(content.get("config")?);
        wanted.extend(content.get("layers")?.as_array()?.iter().filter(|layer| !is_foreign(layer)));
    }
    let mut missing: Vec<String> = Vec::new();
    for descriptor in wanted {
        let digest = descriptor.get("digest")?.as_str()?;
        if !has(digest) && !missing.iter().any(|known| known == digest) {
            missing.push(digest.to_owned());
        }
    }
    Some(missing)
}

fn is_foreign(layer: &Value) -> bool {
    let media_type = layer.get("mediaType").and_then(Value::as_str).unwrap_or_default();
    media_type.contains(".foreign.") || media_type.contains(".nondistributable.")
}

/// Only the four exact types count: no wildcard, no falling back.
fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut types =
        values.flat_map(|value| value.split(',')).map(|one| one.split(';').next().unwrap_or_default());
    types.any(|accepted| accepted.trim() == media_type)
}

/// The repository an image says it comes from: annotations of the manifest, else labels of the config.
async fn source(shared: &Shared, content: &Value, is_index: bool) -> Option<String> {
    let annotation = content.get("annotations").and_then(|annotations| annotations.get(SOURCE)?.as_str());
    let url = match annotation {
        Some(url) => url.to_owned(),
        None if is_index => return None,
        None => {
            let digest = Digest::parse(content.get("config")?.get("digest")?.as_str()?)?;
            if shared.store.length(&digest).await.ok()?? > LARGEST as u64 {
                return None;
            }
            let config: Value = serde_json::from_slice(&shared.store.read(&digest).await.ok()?).ok()?;
            config.get("config")?.get("Labels")?.get(SOURCE)?.as_str()?.to_owned()
        }
    };
    url.strip_prefix("https://github.com/").map(|path| path.trim_end_matches('/').to_lowercase())
}

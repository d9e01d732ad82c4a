//! Manifests, always as bytes: what is stored or sent is never written anew.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, Method, StatusCode};
use reqwest::Response;
use sha2::Digest as _;
use slipway_hosts::At;
use slipway_reference::{Algorithm, Digest, Tag};

use crate::client::{Repository, Request};
use crate::error::{Context, Error, ErrorKind};

/// A manifest or index is never larger, bytes (the specification's own advice).
const MOST: usize = 4 << 20;

/// Everything that is understood, always: ghcr.io answers 404 where an index is not among them.
const ACCEPTED: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
                        application/vnd.docker.distribution.manifest.list.v2+json, \
                        application/vnd.docker.distribution.manifest.v2+json";

/// Where a manifest is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManifestAt {
    /// Under a tag.
    Tag(Tag),
    /// Under its digest.
    Digest(Digest),
}

impl ManifestAt {
    fn path(&self) -> String {
        match self {
            Self::Tag(tag) => format!("manifests/{tag}"),
            Self::Digest(digest) => format!("manifests/{digest}"),
        }
    }
}

/// What a tag points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The digest.
    pub digest: Digest,
    /// Size of the manifest, bytes, where the registry says it.
    pub size: Option<u64>,
    /// Media type.
    pub media_type: String,
}

/// A manifest or index, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestBytes {
    /// Media type.
    pub media_type: String,
    /// The bytes.
    pub raw: Vec<u8>,
    /// Their digest, computed here.
    pub digest: Digest,
}

/// What a registry says of a manifest that was put.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Put {
    /// The digest, if it says one.
    pub digest: Option<Digest>,
    /// The manifest that it speaks of, where the registry keeps lists of referrers itself (`OCI-Subject`, distribution
    /// specification 1.1).
    pub subject: Option<Digest>,
}

/// Says that the registry keeps lists of referrers.
const SUBJECT: HeaderName = HeaderName::from_static("oci-subject");

impl Repository {
    /// What stands at a tag or digest; none where nothing does.
    pub async fn manifest_digest(&self, at: &ManifestAt) -> Result<Option<Found>, Error> {
        if self.registry.endpoint().profile.manifest_head() {
            let headers = [(ACCEPT, ACCEPTED.to_owned())];
            let request = self.bodyless(Method::HEAD, self.address(&at.path()), At::Manifest, &headers);
            let (response, _) = self.follow(request).await?;
            match response.status() {
                StatusCode::NOT_FOUND => return Ok(None),
                StatusCode::OK => {
                    if let Some(digest) = header_digest(&response) {
                        let size = header(&response, &CONTENT_LENGTH).and_then(|text| text.parse().ok());
                        let media_type = base_type(&response);
                        return Ok(Some(Found { digest, size, media_type }));
                    }
                }
                // Refused without words, or not offered: GET says more.
                _ => {}
            }
        }
        let found = self.manifest(at).await?;
        Ok(found.map(|manifest| Found {
            digest: manifest.digest,
            size: Some(manifest.raw.len() as u64),
            media_type: manifest.media_type,
        }))
    }

    /// The manifest at a tag or digest; none where nothing is.
    ///
    /// # Errors
    /// [`ErrorKind::Digest`] where the bytes do not fit the digest that was asked for or promised,
    /// [`ErrorKind::TooLarge`] above 4 MiB.
    pub async fn manifest(&self, at: &ManifestAt) -> Result<Option<ManifestBytes>, Error> {
        match self.needed_manifest(at).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.status == Some(StatusCode::NOT_FOUND.as_u16()) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The same, where its absence is a failure: the registry's words are kept.
    pub async fn needed_manifest(&self, at: &ManifestAt) -> Result<ManifestBytes, Error> {
        let headers = [(ACCEPT, ACCEPTED.to_owned())];
        let request = self.bodyless(Method::GET, self.address(&at.path()), At::Manifest, &headers);
        let (response, context) = self.follow(request).await?;
        match response.status() {
            StatusCode::OK => read(response, at, &context, self.registry.options().idle_timeout).await,
            _ => Err(context.answer(response).await),
        }
    }

    /// Puts a manifest, byte for byte, and returns what the registry says of it.
    pub async fn put_manifest(&self, at: &ManifestAt, media_type: &str, raw: Bytes) -> Result<Put, Error> {
        let url = self.address(&at.path());
        let context = self.context(At::Manifest, &Method::PUT, &url);
        let headers: [(HeaderName, String); 1] = [(CONTENT_TYPE, media_type.to_owned())];
        let digest = match at {
            ManifestAt::Digest(digest) => digest.clone(),
            ManifestAt::Tag(_) => digest(&raw, Algorithm::Sha256),
        };
        let request = Request {
            method: Method::PUT,
            url,
            at: At::Manifest,
            headers: &headers,
            body: Some(raw),
            patience: self.registry.options().commit_timeout,
        };
        let good = [StatusCode::CREATED, StatusCode::OK, StatusCode::ACCEPTED, StatusCode::NO_CONTENT];
        let (budget, mut unsure) = (self.budget(), false);
        loop {
            let answered = match self.once(&request, &context, &budget).await {
                Ok(response) => context.expect(response, &good).await,
                Err(error) => Err(error),
            };
            let failed = match answered {
                Ok(response) => {
                    let subject = header(&response, &SUBJECT).and_then(|text| text.parse().ok());
                    return Ok(Put { digest: header_digest(&response), subject });
                }
                Err(failed) => failed,
            };
            // Its answer may have got lost, and a tag that is set may not be set again (Harbor, ECR): what stands there
            // now says more than another try.
            unsure |= failed.is_out_of_reach() || failed.status.is_some_and(|status| status >= 500);
            if unsure && self.sharing(&budget).holds(at, &digest).await {
                return Ok(Put::default());
            }
            if !self.registry.again(&budget, &failed).await {
                return Err(failed);
            }
        }
    }

    /// Whether this stands there, for all one can tell.
    async fn holds(&self, at: &ManifestAt, digest: &Digest) -> bool {
        matches!(self.manifest_digest(at).await, Ok(Some(found)) if found.digest == *digest)
    }
}

async fn read(
    mut response: Response,
    at: &ManifestAt,
    context: &Context,
    idle: Duration,
) -> Result<ManifestBytes, Error> {
    let promised = header_digest(&response);
    let stated = base_type(&response);
    let raw = slipway_http::read(&mut response, MOST, idle).await.map_err(|error| context.unread(error))?;
    let asked = match at {
        ManifestAt::Digest(digest) => Some(digest.clone()),
        ManifestAt::Tag(_) => None,
    };
    for expected in asked.into_iter().chain(promised) {
        let found = digest(&raw, expected.algorithm());
        if found != expected {
            return Err(context.error(ErrorKind::Digest { expected, found }));
        }
    }
    let media_type = media_type(&stated, &raw).ok_or_else(|| context.bad("a manifest is no JSON object"))?;
    let digest = match at {
        ManifestAt::Digest(digest) => digest.clone(),
        ManifestAt::Tag(_) => digest(&raw, Algorithm::Sha256),
    };
    Ok(ManifestBytes { media_type, raw, digest })
}

pub(crate) fn digest(raw: &[u8], algorithm: Algorithm) -> Digest {
    match algorithm {
        Algorithm::Sha256 => Digest::sha256(&sha2::Sha256::digest(raw).into()),
        Algorithm::Sha512 => Digest::sha512(&sha2::Sha512::digest(raw).into()),
    }
}

fn header<'a>(response: &'a Response, name: &HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

fn header_digest(response: &Response) -> Option<Digest> {
    header(response, &HeaderName::from_static("docker-content-digest"))?.parse().ok()
}

/// The content type without its parameters.
fn base_type(response: &Response) -> String {
    let stated = header(response, &CONTENT_TYPE).unwrap_or_default();
    stated.split(';').next().unwrap_or_default().trim().to_owned()
}

/// The stated type; where that says nothing (docker.pkg.github.com: `application/json`), the one inside.
fn media_type(stated: &str, raw: &[u8]) -> Option<String> {
    let manifest: serde_json::Value = serde_json::from_slice(raw).ok()?;
    let manifest = manifest.as_object()?;
    if stated.starts_with("application/vnd.") {
        return Some(stated.to_owned());
    }
    let inside = manifest.get("mediaType").and_then(|value| value.as_str()).map(str::to_owned);
    Some(inside.unwrap_or_else(|| {
        let kind = if manifest.contains_key("manifests") { "index" } else { "manifest" };
        format!("application/vnd.oci.image.{kind}.v1+json")
    }))
}

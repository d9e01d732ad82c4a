//! Upload sessions: a blob goes up in one `PUT` (way A), one unranged `PATCH` and a commit (way B), or ranged `PATCH`es
//! and a commit (way C); or it is linked from another path and does not go up at all.

use http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, LOCATION, RANGE};
use http::{HeaderName, Method, StatusCode};
use slipway_hosts::At;
use slipway_http::Budget;
use slipway_reference::{Digest, RepositoryPath};
use url::Url;

use crate::body::Body;
use crate::client::{Repository, Request, is_moved};
use crate::error::Error;

/// Registries differ in what they answer to a PATCH and a PUT that worked (regclient#75).
const GOOD: [StatusCode; 4] =
    [StatusCode::OK, StatusCode::CREATED, StatusCode::ACCEPTED, StatusCode::NO_CONTENT];

/// An open upload session.
pub struct Upload {
    repository: Repository,
    location: Url,
    /// The smallest chunk that this registry wants, bytes (`OCI-Chunk-Min-Length`).
    chunk_minimum: Option<u64>,
}

/// What came of asking for a blob of another path.
pub enum Mount {
    /// It is linked: nothing has to be sent.
    Linked,
    /// Not linked, but a session was opened instead.
    Session(Upload),
}

impl Repository {
    /// Opens a session. Nothing is written by that: a session that is left expires.
    pub async fn open_upload(&self) -> Result<Upload, Error> {
        let url = self.address("blobs/uploads/");
        let context = self.context(At::Upload, &Method::POST, &url);
        let response = self.send(&self.bodyless(Method::POST, url, At::Upload, &[])).await?;
        let response = context.expect(response, &GOOD).await?;
        self.session(&response)
    }

    fn session(&self, response: &reqwest::Response) -> Result<Upload, Error> {
        let location = self.location(response)?;
        // A session has an address of its own; without one everything that is sent would be told as a lost session.
        if location == *response.url() {
            let context = self.context(At::Upload, &Method::POST, &location);
            return Err(context.bad("its answer has no address of the upload session"));
        }
        let minimum = response.headers().get("oci-chunk-min-length");
        let chunk_minimum = minimum.and_then(|value| value.to_str().ok()?.parse().ok());
        Ok(Upload { repository: self.clone(), location, chunk_minimum })
    }

    /// A session that was opened before, perhaps by another run. Asks nothing; [`Upload::offset`] tells whether
    /// it still lives. None where the address is not this registry's.
    pub fn reopen(&self, location: &str) -> Option<Upload> {
        let location = Url::parse(location).ok()?;
        let own = location.origin() == self.address("").origin();
        own.then(|| Upload { repository: self.clone(), location, chunk_minimum: None })
    }

    /// Asks for the blob `digest` of the path `from` in the same registry to be linked here.
    ///
    /// # Errors
    /// Any refusal. It is never more than a lost chance: an upload can still be tried.
    pub async fn mount(&self, digest: &Digest, from: &RepositoryPath) -> Result<Mount, Error> {
        let asking = Repository { source: Some(from.clone()), ..self.clone() };
        let mut url = asking.address("blobs/uploads/");
        url.query_pairs_mut().append_pair("mount", &digest.to_string()).append_pair("from", from.as_str());
        let context = asking.context(At::Upload, &Method::POST, &url);
        // Once: the ordinary upload comes next and has patience.
        let request = asking.bodyless(Method::POST, url, At::Upload, &[]);
        let response =
            context.expect(asking.once(&request, &context, &asking.budget()).await?, &GOOD).await?;
        match response.status() {
            StatusCode::CREATED => Ok(Mount::Linked),
            _ => self.session(&response).map(Mount::Session),
        }
    }

    /// Whether we may write here: a session is opened and given up.
    pub async fn probe_write(&self) -> Result<(), Error> {
        self.open_upload().await?.abandon().await;
        Ok(())
    }

    /// The session's next address; relative ones are usual (ghcr.io), and count from where the answer came from in the end.
    fn location(&self, response: &reqwest::Response) -> Result<Url, Error> {
        let from = response.url();
        let context = self.context(At::Upload, &Method::POST, from);
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let location = location.ok_or_else(|| context.bad("its answer has no Location"))?;
        Self::resolve(from, location, &context)
    }
}

impl Upload {
    /// Where the session is, to be found again by [`Repository::reopen`]. May hold state of the registry, never a
    /// credential of ours; not for display.
    pub fn location(&self) -> &str {
        self.location.as_str()
    }

    /// The smallest chunk that the registry wants, bytes.
    pub fn chunk_minimum(&self) -> Option<u64> {
        self.chunk_minimum
    }

    /// The same session, whose requests share the tries of `budget`.
    #[must_use]
    pub fn sharing(self, budget: &Budget) -> Self {
        Self { repository: self.repository.sharing(budget), ..self }
    }

    /// Way A: everything in one PUT, with digest and length known beforehand.
    pub async fn put(&mut self, digest: &Digest, size: u64, body: Body) -> Result<(), Error> {
        let url = with_digest(&self.location, digest);
        let repository = &self.repository;
        let headers = [octets(), (CONTENT_LENGTH, size.to_string())];
        let context = repository.context(At::Upload, &Method::PUT, &url);
        let sent = match repository.stream(Method::PUT, url.clone(), &headers, body).await {
            Ok(response) if is_moved(response.status()) => {
                self.location = Repository::redirected(&response, &url, &context)?;
                return Err(Error { moved: true, ..context.answer(response).await });
            }
            Ok(response) => context.expect(response, &GOOD).await.map(|_| ()),
            Err(error) => Err(error),
        };
        match sent {
            Err(error) if unsure(&error) && repository.has(digest).await => Ok(()),
            other => other,
        }
    }

    /// Way B: everything in one PATCH without a range. The session is used up if this fails.
    pub async fn stream(&mut self, body: Body) -> Result<(), Error> {
        self.patch(&[octets()], body).await
    }

    /// Way C: `length` bytes that begin at `offset` of the blob. What `Range` says in an answer that went well is not
    /// believed: some registries keep a stuck one (aws/containers-roadmap#2831). One that took less says 416 to
    /// the next chunk; then [`offset`](Self::offset) tells.
    pub async fn chunk(&mut self, offset: u64, length: u64, body: Body) -> Result<(), Error> {
        let range = format!("{offset}-{}", (offset + length).saturating_sub(1));
        let headers = [octets(), (CONTENT_RANGE, range), (CONTENT_LENGTH, length.to_string())];
        self.patch(&headers, body).await
    }

    async fn patch(&mut self, headers: &[(HeaderName, String)], body: Body) -> Result<(), Error> {
        let context = self.repository.context(At::Upload, &Method::PATCH, &self.location);
        let response = self.repository.stream(Method::PATCH, self.location.clone(), headers, body).await?;
        if is_moved(response.status()) {
            // The content is gone by; whoever has it still sends it again, there.
            self.location = Repository::redirected(&response, &self.location, &context)?;
            return Err(Error { moved: true, ..context.answer(response).await });
        }
        let response = context.expect(response, &GOOD).await?;
        self.moved(&response)
    }

    /// Some registries name no new address when it stays the same.
    fn moved(&mut self, response: &reqwest::Response) -> Result<(), Error> {
        if response.headers().contains_key(LOCATION) {
            self.location = self.repository.location(response)?;
        }
        Ok(())
    }

    /// How many bytes the registry has of this session; none where the session is gone or the registry does not
    /// tell (unknown for ghcr.io).
    pub async fn offset(&mut self) -> Option<u64> {
        let request = self.repository.bodyless(Method::GET, self.location.clone(), At::Upload, &[]);
        let response = self.repository.send(&request).await.ok()?;
        if !matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::ACCEPTED | StatusCode::OK) {
            return None;
        }
        self.moved(&response).ok()?;
        received(&response)
    }

    /// Ends the session: its content becomes the blob `digest`.
    ///
    /// A commit can take long and its answer get lost (jib#4301): after every failure the registry is asked for the
    /// blob before the commit is made again or given up.
    pub async fn commit(self, digest: &Digest) -> Result<(), Error> {
        let Self { repository, location, .. } = self;
        let url = with_digest(&location, digest);
        let context = repository.context(At::Upload, &Method::PUT, &url);
        let options = repository.registry.options();
        let request = Request {
            method: Method::PUT,
            url,
            at: At::Upload,
            headers: &[octets()],
            body: None,
            patience: options.commit_timeout,
        };
        let budget = repository.budget();
        loop {
            let failed = match repository.once(&request, &context, &budget).await {
                Ok(response) => match context.expect(response, &GOOD).await {
                    Ok(_) => return Ok(()),
                    Err(error) => error,
                },
                Err(error) => error,
            };
            if unsure(&failed) && repository.has(digest).await {
                return Ok(());
            }
            if !repository.registry.again(&budget, &failed).await {
                return Err(failed);
            }
        }
    }

    /// Gives the session up. Registries that do not offer this (ghcr.io answers 405) let it expire.
    pub async fn abandon(self) {
        let Self { repository, location, .. } = self;
        // Nothing depends on it.
        let _ = repository.once_only(Method::DELETE, location, At::Upload).await;
    }
}

impl Repository {
    /// The blob is there, for all one can tell.
    async fn has(&self, digest: &Digest) -> bool {
        matches!(self.blob_exists(digest).await, Ok(Some(_)))
    }
}

/// A failure after which the blob may be there all the same.
fn unsure(error: &Error) -> bool {
    error.is_out_of_reach()
        || error.status.is_some_and(|status| status == 404 || status == 416 || status >= 500)
}

/// The offset after the last byte that a `Range: 0-<last>` names. `0-0` is what registries also say when they have
/// nothing (distribution-spec#577), and one byte more or less is found out by the next chunk.
fn received(response: &reqwest::Response) -> Option<u64> {
    offset_of(response.headers().get(RANGE)?.to_str().ok()?)
}

fn offset_of(range: &str) -> Option<u64> {
    let (_, last) = range.trim().trim_start_matches("bytes=").split_once('-')?;
    match last.parse::<u64>().ok()? {
        0 => Some(0),
        last => last.checked_add(1),
    }
}

fn octets() -> (HeaderName, String) {
    (CONTENT_TYPE, "application/octet-stream".to_owned())
}

/// The digest joined to an address that may have a query already (dotnet/sdk-container-builds#292), and the digest, too,
/// where a request with it was led there.
fn with_digest(location: &Url, digest: &Digest) -> Url {
    let mut url = location.clone();
    if url.query_pairs().any(|(name, _)| name == "digest") {
        return url;
    }
    url.query_pairs_mut().append_pair("digest", &digest.to_string());
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_says_how_far_the_registry_is() {
        let rows = [
            ("0-0", Some(0)),
            ("0-1023", Some(1024)),
            ("bytes=0-9", Some(10)),
            ("0-18446744073709551615", None),
            ("0--1", None),
            ("", None),
            ("9", None),
        ];
        for (range, offset) in rows {
            assert_eq!(offset_of(range), offset, "{range}");
        }
    }

    #[test]
    fn the_digest_joins_an_address_with_and_without_query() {
        let digest: Digest = format!("sha256:{}", "a".repeat(64)).parse().unwrap();
        let joined = |text: &str| with_digest(&Url::parse(text).unwrap(), &digest).to_string();
        let end = format!("digest=sha256%3A{}", "a".repeat(64));
        assert_eq!(joined("http://a/up/1"), format!("http://a/up/1?{end}"));
        assert_eq!(joined("http://a/up/1?_state=x%2By"), format!("http://a/up/1?_state=x%2By&{end}"));
    }
}

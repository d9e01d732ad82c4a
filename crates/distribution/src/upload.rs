//! Upload sessions: a blob goes up in one PUT (way A) or one unranged PATCH and a commit (way B).

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{HeaderName, Method, StatusCode};
use slipway_hosts::At;
use slipway_reference::Digest;
use url::Url;

use crate::body::Body;
use crate::client::{Repository, Request};
use crate::error::{Error, ErrorKind};

/// Registries differ in what they answer to a PATCH and a PUT that worked (regclient#75).
const GOOD: [StatusCode; 4] =
    [StatusCode::OK, StatusCode::CREATED, StatusCode::ACCEPTED, StatusCode::NO_CONTENT];

/// An open upload session.
pub struct Upload {
    repository: Repository,
    location: Url,
}

impl Repository {
    /// Opens a session. Nothing is written by that: a session that is left expires.
    pub async fn open_upload(&self) -> Result<Upload, Error> {
        let url = self.address("blobs/uploads/");
        let context = self.context(At::Upload, &Method::POST, &url);
        let response = self.send(&self.bodyless(Method::POST, url.clone(), At::Upload, &[])).await?;
        let response = context.expect(response, &GOOD).await?;
        let location = self.location(&response, &url)?;
        Ok(Upload { repository: self.clone(), location })
    }

    /// Whether we may write here: a session is opened and given up.
    pub async fn probe_write(&self) -> Result<(), Error> {
        self.open_upload().await?.abandon().await;
        Ok(())
    }

    /// Way A: one PUT with a known digest and length.
    pub async fn upload_known(&self, digest: &Digest, size: u64, body: Body) -> Result<(), Error> {
        let upload = self.open_upload().await?;
        let url = with_digest(&upload.location, digest);
        let headers = [octets(), (CONTENT_LENGTH, size.to_string())];
        let context = self.context(At::Upload, &Method::PUT, &url);
        let sent = match self.stream(Method::PUT, url, &headers, body).await {
            Ok(response) => context.expect(response, &GOOD).await.map(|_| ()),
            Err(error) => Err(error),
        };
        self.confirmed(digest, sent).await
    }

    /// The session's next address; relative ones are usual (ghcr.io).
    fn location(&self, response: &reqwest::Response, from: &Url) -> Result<Url, Error> {
        let context = self.context(At::Upload, &Method::POST, from);
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let location = location.ok_or_else(|| context.bad("its answer has no Location"))?;
        Self::resolve(from, location, &context)
    }

    /// After a commit that failed or whose answer was lost, the blob may be there all the same; a second
    /// commit would be answered with 404 (jib#4301). So the registry is asked before anything is said.
    async fn confirmed(&self, digest: &Digest, committed: Result<(), Error>) -> Result<(), Error> {
        let Err(error) = committed else { return Ok(()) };
        let unsure = matches!(error.kind, ErrorKind::Connect | ErrorKind::Timeout)
            || error.status.is_some_and(|status| status == 404 || status >= 500);
        if unsure && matches!(self.blob_exists(digest).await, Ok(Some(_))) {
            return Ok(());
        }
        Err(error)
    }
}

impl Upload {
    /// Way B: everything in one PATCH without a range. The session is used up if this fails.
    pub async fn stream(self, body: Body) -> Result<Self, Error> {
        let Self { repository, location } = self;
        let context = repository.context(At::Upload, &Method::PATCH, &location);
        let response = repository.stream(Method::PATCH, location.clone(), &[octets()], body).await?;
        let response = context.expect(response, &GOOD).await?;
        // Some registries name no new address when it stays the same.
        let location = match response.headers().contains_key(LOCATION) {
            true => repository.location(&response, &location)?,
            false => location,
        };
        Ok(Self { repository, location })
    }

    /// Ends the session: its content becomes the blob `digest`.
    pub async fn commit(self, digest: &Digest) -> Result<(), Error> {
        let Self { repository, location } = self;
        let url = with_digest(&location, digest);
        let context = repository.context(At::Upload, &Method::PUT, &url);
        let request = Request {
            method: Method::PUT,
            url,
            at: At::Upload,
            headers: &[octets()],
            body: None,
            patience: repository.registry.options().commit_timeout,
        };
        let committed = match repository.send(&request).await {
            Ok(response) => context.expect(response, &GOOD).await.map(|_| ()),
            Err(error) => Err(error),
        };
        repository.confirmed(digest, committed).await
    }

    /// Gives the session up. Registries that do not offer this (ghcr.io answers 405) let it expire.
    pub async fn abandon(self) {
        let Self { repository, location } = self;
        // Nothing depends on it.
        let _ = repository.once_only(Method::DELETE, location, At::Upload).await;
    }
}

fn octets() -> (HeaderName, String) {
    (CONTENT_TYPE, "application/octet-stream".to_owned())
}

/// The digest joined to an address that may have a query already. (dotnet/sdk-container-builds#292)
fn with_digest(location: &Url, digest: &Digest) -> Url {
    let mut url = location.clone();
    url.query_pairs_mut().append_pair("digest", &digest.to_string());
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_joins_an_address_with_and_without_query() {
        let digest: Digest = format!("sha256:{}", "a".repeat(64)).parse().unwrap();
        let joined = |text: &str| with_digest(&Url::parse(text).unwrap(), &digest).to_string();
        let end = format!("digest=sha256%3A{}", "a".repeat(64));
        assert_eq!(joined("http://a/up/1"), format!("http://a/up/1?{end}"));
        assert_eq!(joined("http://a/up/1?_state=x%2By"), format!("http://a/up/1?_state=x%2By&{end}"));
    }
}

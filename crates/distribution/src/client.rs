//! The client: addresses, credentials and the one way a request goes out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use http::header::{LOCATION, WWW_AUTHENTICATE};
use http::{Method, StatusCode};
use reqwest::Response;
use slipway_hosts::{At, AuthScheme, Endpoint};
use slipway_http::{Budget, Client, Fault, Options as HttpOptions, SetUpError, printable};
use slipway_reference::RepositoryPath;
use url::Url;

use crate::credential::{Credential, CredentialSource, Credentials};
use crate::error::{Context, Error, ErrorKind, MOST_MESSAGE, Of, RequestLine};
use crate::reached::Reached;
use crate::retry::{Retries, Waits};
use crate::scheme::{Authorization, Scheme, with};
use crate::secrets::Secrets;
use crate::token::{self, Tokens};
use crate::warning;

/// The rest of an answer is waited for so long.
const REST: Duration = Duration::from_secs(10);

/// Redirects that are followed for one request.
pub(crate) const MOST_REDIRECTS: u32 = 5;

/// How a client behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// The way there. Which certificates are trusted, and plain http, the endpoint says.
    pub http: HttpOptions,
    /// Without a byte moving either way.
    pub idle_timeout: Duration,
    /// For the answer after everything was sent: ghcr.io takes 5 to 11 s to commit 700 MB (jib#4301).
    pub commit_timeout: Duration,
    /// What is tried again, and how often.
    pub retries: Retries,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            http: HttpOptions::default(),
            idle_timeout: Duration::from_secs(60),
            commit_timeout: Duration::from_secs(180),
            retries: Retries::default(),
        }
    }
}

/// A registry, with whoever is signed in there.
#[derive(Clone)]
pub struct Registry {
    pub(crate) inner: Arc<Inner>,
    pub(crate) waits: Waits,
}

pub(crate) struct Inner {
    pub(crate) endpoint: Endpoint,
    credentials: Arc<dyn Credentials>,
    pub(crate) http: Client,
    options: Options,
    pub(crate) tokens: Tokens,
    pub(crate) of: Arc<Of>,
    /// How the registry wants to know who asks, once it said so.
    pub(crate) scheme: RwLock<Option<Scheme>>,
    /// It let someone in with a token at least once.
    let_in: AtomicBool,
    /// It served somebody who had none, at least once.
    served: AtomicBool,
    /// A credential that it refused, where it could be read without.
    set_aside: Mutex<Option<(String, CredentialSource)>>,
    pub(crate) reached: Reached,
    pub(crate) asking: tokio::sync::Mutex<()>,
}

/// What is wanted of a repository; becomes the scope of its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading.
    Pull,
    /// Reading and writing.
    PullPush,
}

/// What a registry said to a sign-in that it did not refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// It knows the credential.
    Accepted,
    /// It lets everybody in, so that it says nothing of the credential.
    NotWanted,
}

/// One path in a registry.
#[derive(Clone)]
pub struct Repository {
    pub(crate) registry: Registry,
    pub(crate) path: RepositoryPath,
    pub(crate) access: Access,
    /// Another path whose blobs may be linked into this one; its pull scope is asked for too.
    pub(crate) source: Option<RepositoryPath>,
    /// The tries that its requests share; none where each has its own.
    pub(crate) budget: Option<Budget>,
}

impl Registry {
    /// A client for `endpoint`.
    ///
    /// # Errors
    /// [`ErrorKind::PlainHttp`] where a host that is not this computer would be reached by plain http and
    /// the endpoint does not allow it; [`ErrorKind::Invalid`] where its certificate file cannot be used.
    pub fn new(
        endpoint: &Endpoint,
        credentials: Arc<dyn Credentials>,
        options: &Options,
    ) -> Result<Self, Box<Error>> {
        let of = Arc::new(Of {
            host: endpoint.name.to_string(),
            profile: endpoint.profile,
            origin: endpoint.registry.origin(),
            proxy: options.http.proxy.to_string(),
            secrets: Secrets::default(),
        });
        let context =
            Context { of: Arc::clone(&of), at: At::Other, request: None, credential: None, led_to: None };
        let client = HttpOptions {
            ca_file: endpoint.ca_file.clone(),
            plain_http: endpoint.plain_http,
            ..options.http.clone()
        };
        let http = Client::new(&endpoint.registry, &client).map_err(|error| {
            Box::new(context.error(match error {
                SetUpError::PlainHttp => ErrorKind::PlainHttp,
                SetUpError::Invalid(reason) => ErrorKind::Invalid(reason),
            }))
        })?;
        Ok(Self {
            inner: Arc::new(Inner {
                endpoint: endpoint.clone(),
                credentials,
                http,
                options: options.clone(),
                tokens: Tokens::default(),
                of,
                scheme: RwLock::new((endpoint.profile.auth() == AuthScheme::Basic).then_some(Scheme::Basic)),
                let_in: AtomicBool::new(false),
                served: AtomicBool::new(false),
                set_aside: Mutex::default(),
                reached: Reached::default(),
                asking: tokio::sync::Mutex::default(),
            }),
            waits: Waits::default(),
        })
    }

    /// The same registry, with connections and tokens shared, whose waits are told and can be cut short.
    #[must_use]
    pub fn telling(&self, waits: Waits) -> Self {
        Self { inner: Arc::clone(&self.inner), waits }
    }

    /// Asks the registry whether it is one: `/v2/` answers with or without a sign-in (distribution specification,
    /// "Determining support").
    ///
    /// # Errors
    /// Why it was not reached, or [`ErrorKind::Answer`] where something else answers there.
    pub async fn reach(&self) -> Result<(), Error> {
        let url = self.address("/v2/");
        let context = self.context(At::Other, &Method::GET, &url);
        let asked = self.inner.http.request(Method::GET, url).send();
        let response = self.within(&context, self.options().http.connect_timeout, asked).await?;
        context.expect(response, &[StatusCode::OK, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN]).await?;
        Ok(())
    }

    /// Signs in as `docker login` does: `/v2/` with the credential, or with a token that was bought with it for nothing
    /// in particular. Tried once.
    ///
    /// # Errors
    /// [`Error::refuses_credential`] tells a credential that is not taken from whatever else went wrong.
    pub async fn sign_in(&self) -> Result<SignIn, Error> {
        let url = self.address("/v2/");
        let context = self.context(At::Other, &Method::GET, &url);
        let patience = self.options().idle_timeout;
        let response =
            self.within(&context, patience, self.inner.http.request(Method::GET, url.clone()).send()).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            context.expect(response, &[StatusCode::OK]).await?;
            return Ok(SignIn::NotWanted);
        }
        let authorization = match self.challenged(&context, response.headers())? {
            Scheme::Open => Authorization::None,
            Scheme::Basic => self.basic(),
            Scheme::Bearer { realm, service } => Authorization::Bearer(
                self.ask_token(&realm, service.as_deref(), "", self.credential().as_ref()).await?,
            ),
        };
        finish(response).await;
        let asked = with(self.inner.http.request(Method::GET, url), &authorization, &[]).send();
        let response = self.within(&context, patience, asked).await?;
        context.expect(response, &[StatusCode::OK]).await?;
        Ok(SignIn::Accepted)
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &Endpoint {
        &self.inner.endpoint
    }

    /// One path in it.
    pub fn repository(&self, path: &RepositoryPath, access: Access) -> Repository {
        Repository { registry: self.clone(), path: path.clone(), access, source: None, budget: None }
    }

    pub(crate) fn options(&self) -> &Options {
        &self.inner.options
    }

    /// The user name and origin of a credential that the registry refused, where it could be read without.
    pub fn refused_credential(&self) -> Option<(String, CredentialSource)> {
        self.inner.set_aside.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_aside(&self, credential: Credential) {
        let named = (credential.username, credential.source);
        *self.inner.set_aside.lock().unwrap_or_else(PoisonError::into_inner) = Some(named);
    }

    pub(crate) fn credential(&self) -> Option<Credential> {
        self.inner.credentials.credential(&self.inner.endpoint.name)
    }

    pub(crate) fn context(&self, at: At, method: &Method, url: &Url) -> Context {
        Context {
            of: Arc::clone(&self.inner.of),
            at,
            request: Some(RequestLine { method: method.to_string(), path: String::new() }),
            credential: self.credential().map(|credential| (credential.username, credential.source)),
            led_to: None,
        }
        .at(url)
    }

    /// Takes note of an answer: who gave it, and what the registry itself warns of.
    pub(crate) fn heard(&self, context: &Context, response: &Response) {
        self.inner.reached.note(context.place());
        if !self.is_own(response.url()) {
            return;
        }
        for text in warning::texts(response.headers()) {
            self.waits.warn(&printable(&self.inner.of.secrets.without(&text), MOST_MESSAGE));
        }
    }

    /// `url` is the registry's own: its credentials may go there.
    pub(crate) fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.inner.endpoint.registry.origin()
    }

    pub(crate) fn address(&self, path: &str) -> Url {
        let mut url = self.inner.endpoint.registry.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        url
    }

    /// Waits for an answer, but not for ever.
    pub(crate) async fn within(
        &self,
        context: &Context,
        patience: Duration,
        answer: impl Future<Output = reqwest::Result<Response>>,
    ) -> Result<Response, Error> {
        let _asked = self.inner.http.asking(context.place());
        match tokio::time::timeout(patience, answer).await {
            Ok(Ok(response)) => {
                self.heard(context, &response);
                Ok(response)
            }
            Ok(Err(error)) => Err(self.unanswered(context, &error).await),
            Err(_) => Err(context.network(Fault::Timeout)),
        }
    }

    /// A failure of the HTTP client.
    pub(crate) async fn unanswered(&self, context: &Context, error: &reqwest::Error) -> Error {
        // Its own address knows the way that was taken; the error may hold one with a query, which is not kept.
        let url = error.url().cloned().unwrap_or_else(|| self.address("/v2/"));
        context.at(&url).network(self.inner.http.fault(error, &url).await)
    }
}

/// A request as it is described once and sent perhaps several times.
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) at: At,
    pub(crate) headers: &'a [(http::HeaderName, String)],
    /// Bytes that are sent, if any; cheap to send again.
    pub(crate) body: Option<bytes::Bytes>,
    /// How long the answer may take.
    pub(crate) patience: Duration,
}

impl Repository {
    /// The registry.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The address of `rest` below this path.
    pub(crate) fn address(&self, rest: &str) -> Url {
        self.registry.address(&format!("/v2/{}/{rest}", self.path))
    }

    pub(crate) fn context(&self, at: At, method: &Method, url: &Url) -> Context {
        self.registry.context(at, method, url)
    }

    /// A request without content.
    pub(crate) fn bodyless<'a>(
        &self,
        method: Method,
        url: Url,
        at: At,
        headers: &'a [(http::HeaderName, String)],
    ) -> Request<'a> {
        Request { method, url, at, headers, body: None, patience: self.registry.options().idle_timeout }
    }

    /// Sends a request, as often as the policy says. The answer may have any status that is not transient.
    pub(crate) async fn send(&self, request: &Request<'_>) -> Result<Response, Error> {
        let context = self.context(request.at, &request.method, &request.url);
        let budget = self.budget();
        // All tries with their waits are one question to whoever looks on.
        let _asked = self.registry.inner.http.asking(context.place());
        loop {
            let failed = match self.once(request, &context, &budget).await {
                Ok(response) if crate::error::is_transient(response.status().as_u16()) => {
                    context.answer(response).await
                }
                // GitHub's secondary limit is a 403 that only its words tell from a refusal. An answer to HEAD
                // has no words.
                Ok(response)
                    if response.status() == StatusCode::FORBIDDEN && request.method != Method::HEAD =>
                {
                    context.answer(response).await
                }
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            if !self.registry.again(&budget, &failed).await {
                return Err(failed);
            }
        }
    }

    /// The same path, whose requests share the tries of `budget`: they are all one question.
    #[must_use]
    pub fn sharing(&self, budget: &Budget) -> Self {
        Self { budget: Some(budget.clone()), ..self.clone() }
    }

    /// The tries of the next question.
    pub(crate) fn budget(&self) -> Budget {
        self.budget.clone().unwrap_or_else(|| self.registry.budget())
    }

    /// Sends a request once, or twice where its token was refused. What has to be asked before spends the tries of
    /// `budget`.
    pub(crate) async fn once(
        &self,
        request: &Request<'_>,
        context: &Context,
        budget: &Budget,
    ) -> Result<Response, Error> {
        let (mut url, mut renewed, mut moves) = (request.url.clone(), false, 0);
        let mut elsewhere: Option<Box<Context>> = None;
        let asks = matches!(request.method, Method::GET | Method::HEAD);
        loop {
            freed().await;
            let authorization = self.authorization(&url, budget).await?;
            let mut builder = self.registry.inner.http.request(request.method.clone(), url.clone());
            builder = with(builder, &authorization, request.headers);
            builder = match &request.body {
                Some(body) => builder.body(body.clone()),
                // A registry wants to be told that nothing comes (RFC 9110 §8.6).
                None if !asks => builder.header(http::header::CONTENT_LENGTH, "0"),
                None => builder,
            };
            let context = elsewhere.as_deref().unwrap_or(context);
            let response = self.registry.within(context, request.patience, builder.send()).await?;
            tracing::debug!(method = %request.method, path = request.url.path(), status = response.status().as_u16());
            // The whole request belongs elsewhere; what it carries is at hand. Credentials stay with their host.
            if !asks && is_moved(response.status()) && moves < MOST_REDIRECTS {
                url = Self::redirected(&response, &url, context)?;
                elsewhere = Some(Box::new(context.at(&url)));
                moves += 1;
                finish(response).await;
                continue;
            }
            if response.status() != StatusCode::UNAUTHORIZED || !self.registry.is_own(&url) {
                self.let_in(&authorization, response.status());
                return Ok(response);
            }
            match authorization {
                // It took such tokens a moment ago: a refused fresh one is its own trouble, and passes.
                Authorization::Bearer(_) if renewed && self.registry.inner.let_in.load(Ordering::Relaxed) => {
                    return Err(Error { token_ended: true, ..context.answer(response).await });
                }
                _ if renewed => return Ok(response),
                Authorization::Bearer(token) => {
                    self.registry.inner.tokens.refuse(&self.scope(), &token).await;
                }
                // It let us in without a word before, and now it asks.
                Authorization::None if response.headers().contains_key(WWW_AUTHENTICATE) => {
                    let scheme = self.registry.challenged(context, response.headers())?;
                    let inner = &self.registry.inner;
                    let mut known = inner.scheme.write().unwrap_or_else(PoisonError::into_inner);
                    let is_news = known.replace(scheme.clone()) != Some(scheme);
                    if !is_news && !inner.served.load(Ordering::Relaxed) {
                        return Ok(response);
                    }
                }
                // It served such requests a moment ago: one refusal in between may be a slip (a registry behind several
                // machines, one of which starts anew).
                Authorization::None | Authorization::Basic(_)
                    if self.registry.inner.served.load(Ordering::Relaxed) => {}
                _ => return Ok(response),
            }
            renewed = true;
            finish(response).await;
        }
    }

    pub(crate) fn let_in(&self, authorization: &Authorization, status: StatusCode) {
        if status.is_success() {
            let inner = &self.registry.inner;
            let known =
                if matches!(authorization, Authorization::Bearer(_)) { &inner.let_in } else { &inner.served };
            known.store(true, Ordering::Relaxed);
        }
    }

    /// Sends a GET or HEAD and follows redirects by our rules: `Authorization` stays with its host, https
    /// never becomes http except on this computer.
    pub(crate) async fn follow(&self, request: Request<'_>) -> Result<(Response, Context), Error> {
        let mut request = request;
        for _ in 0..=MOST_REDIRECTS {
            let context = self.context(request.at, &request.method, &request.url);
            let response = self.send(&request).await?;
            if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
                return Ok((response, context));
            }
            request.url = Self::redirected(&response, &request.url, &context)?;
        }
        let context = self.context(request.at, &request.method, &request.url);
        Err(context.bad("it redirects in a circle"))
    }

    /// Where an answer of `from` leads.
    pub(crate) fn redirected(response: &Response, from: &Url, context: &Context) -> Result<Url, Error> {
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        Self::resolve(from, location.ok_or_else(|| context.bad("it redirects to nowhere"))?, context)
    }

    /// A `Location` as an address.
    pub(crate) fn resolve(from: &Url, location: &str, context: &Context) -> Result<Url, Error> {
        let url = from.join(location).map_err(|_| context.bad("its Location is no address"))?;
        match (from.scheme(), url.scheme()) {
            ("https", "https") | ("http", "http" | "https") => Ok(url),
            ("https", "http") => Err(context.bad("it leads from https to http")),
            _ => Err(context.bad("its Location is neither http nor https")),
        }
    }
}

/// Statuses that send the same request, with its content, to another address (RFC 9110, sections 15.4.8 and 15.4.9).
pub(crate) fn is_moved(status: StatusCode) -> bool {
    matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT)
}

/// Lets a connection that just became free return to the pool, which its own task does; else one more is opened.
pub(crate) async fn freed() {
    tokio::task::yield_now().await;
}

/// Reads the short rest of an answer that nobody needs: only then its connection can be used again.
pub(crate) async fn finish(mut response: Response) {
    slipway_http::beginning(&mut response, token::MOST_BODY, REST).await;
}

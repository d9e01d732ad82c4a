//! Who asks: the registry's way of wanting to know, and tokens for what is asked.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use base64::Engine as _;
use http::header::{ACCEPT, AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use reqwest::Response;
use secrecy::{ExposeSecret as _, SecretString};
use slipway_hosts::{At, Meaning, RealmRefusal};
use slipway_http::{Budget, printable};
use url::Url;

use crate::challenge::{self, Challenge};
use crate::client::{Access, MOST_REDIRECTS, Registry, Repository, finish};
use crate::credential::Credential;
use crate::error::{Context, Error, ErrorKind, place};
use crate::scheme::{Authorization, Scheme, sensitive};
use crate::token::{self, Token};

/// A realm that is no address is told so far, characters.
const MOST_REALM: usize = 100;

impl Registry {
    /// How the registry wants to know who asks; asked for once.
    async fn scheme(&self, budget: &Budget) -> Result<Scheme, Error> {
        let known = || self.inner.scheme.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(scheme) = known() {
            return Ok(scheme);
        }
        let _asking = self.inner.asking.lock().await;
        if let Some(scheme) = known() {
            return Ok(scheme);
        }
        let url = self.address("/v2/");
        let context = self.context(At::Other, &Method::GET, &url);
        let response = loop {
            let asked = self.inner.http.request(Method::GET, url.clone()).send();
            let answered = self.within(&context, self.options().idle_timeout, asked).await;
            let failed = match answered {
                Ok(response) if crate::error::is_transient(response.status().as_u16()) => {
                    context.answer(response).await
                }
                // GitHub's secondary limit is a 403 that only its words tell from a refusal.
                Ok(response) if response.status() == StatusCode::FORBIDDEN => {
                    let refused = context.answer(response).await;
                    if !refused.is_transient() {
                        break None;
                    }
                    refused
                }
                Ok(response) => break Some(response),
                Err(error) => error,
            };
            if !self.again(budget, &failed).await {
                return Err(failed);
            }
        };
        let scheme = match &response {
            Some(response) if response.status() == StatusCode::UNAUTHORIZED => {
                self.challenged(&context, response.headers())?
            }
            _ => Scheme::Open,
        };
        if let Some(response) = response {
            finish(response).await;
        }
        *self.inner.scheme.write().unwrap_or_else(PoisonError::into_inner) = Some(scheme.clone());
        Ok(scheme)
    }

    /// User name and token for a request to the registry itself.
    pub(crate) fn basic(&self) -> Authorization {
        let credential = self.credential();
        let value = credential.as_ref().and_then(|credential| self.basic_of(credential));
        value.map_or(Authorization::None, Authorization::Basic)
    }

    fn basic_of(&self, credential: &Credential) -> Option<HeaderValue> {
        let pair =
            SecretString::from(format!("{}:{}", credential.username, credential.secret.expose_secret()));
        let encoded = base64::engine::general_purpose::STANDARD.encode(pair.expose_secret());
        let value = sensitive(&format!("Basic {encoded}"));
        self.inner.of.secrets.learn(&credential.secret);
        self.inner.of.secrets.learn(&SecretString::from(encoded));
        value
    }

    /// Asks the token endpoint once, for several scopes with a space between them or for none, as `credential`. Where it
    /// moved on its own origin, it is followed.
    pub(crate) async fn ask_token(
        &self,
        realm: &Url,
        service: Option<&str>,
        scope: &str,
        credential: Option<&Credential>,
    ) -> Result<Token, Error> {
        let mut url = realm.clone();
        url.query_pairs_mut()
            .extend_pairs(service.map(|service| ("service", service)))
            .extend_pairs(scope.split_whitespace().map(|scope| ("scope", scope)));
        let basic = credential.and_then(|credential| self.basic_of(credential));
        for _ in 0..=MOST_REDIRECTS {
            let context = self.context(At::Token, &Method::GET, &url);
            let mut request =
                self.inner.http.request(Method::GET, url.clone()).header(ACCEPT, "application/json");
            if let Some(basic) = &basic {
                request = request.header(AUTHORIZATION, basic.clone());
            }
            let response = self.within(&context, self.options().idle_timeout, request.send()).await?;
            if response.status().is_success() {
                let token = read_token(response, &context, self.options().idle_timeout).await?;
                self.inner.of.secrets.learn(&token.value);
                return Ok(token);
            }
            if !leads_on(response.status()) {
                return Err(context.answer(response).await);
            }
            let next = Repository::redirected(&response, &url, &context)?;
            // The credential was meant for this very host.
            if next.origin() != realm.origin() {
                let place = context.elsewhere(&next);
                return Err(context.bad(format!("it redirects to {place}, where no token is asked for")));
            }
            url = next;
            finish(response).await;
        }
        let context = self.context(At::Token, &Method::GET, &url);
        Err(context.bad("it redirects in a circle"))
    }

    pub(crate) fn challenged(&self, context: &Context, headers: &HeaderMap) -> Result<Scheme, Error> {
        let refused = |reason: String| context.error(ErrorKind::Challenge(reason));
        let values = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
        match challenge::best(values) {
            None => Err(refused("it names no way that is known".to_owned())),
            Some(Challenge::Basic) => Ok(Scheme::Basic),
            Some(Challenge::Bearer { realm, service }) => {
                let url = Url::parse(&realm).ok().filter(Url::has_host);
                let url = url.ok_or_else(|| {
                    refused(format!("its realm {} is no address", printable(&realm, MOST_REALM)))
                })?;
                match self.inner.endpoint.check_realm(&url) {
                    Ok(()) => Ok(Scheme::Bearer { realm: url, service }),
                    Err(RealmRefusal::Elsewhere) => Err(context.error(ErrorKind::Realm(place(&url)))),
                    Err(RealmRefusal::Unprotected) if url.scheme() == "http" => {
                        Err(context.error(ErrorKind::PlainRealm(place(&url))))
                    }
                    Err(RealmRefusal::Unprotected) => {
                        Err(refused(format!("its realm is {}, not https", url.scheme())))
                    }
                }
            }
        }
    }
}

impl Repository {
    pub(crate) fn scope(&self) -> String {
        let actions = match self.access {
            Access::Pull => "pull",
            Access::PullPush => "pull,push",
        };
        let own = format!("repository:{}:{actions}", self.path);
        match &self.source {
            Some(source) => format!("{own} repository:{source}:pull"),
            None => own,
        }
    }

    /// What goes with a request to `url`: nothing where that is not the registry itself.
    pub(crate) async fn authorization(&self, url: &Url, budget: &Budget) -> Result<Authorization, Error> {
        if !self.registry.is_own(url) {
            return Ok(Authorization::None);
        }
        match self.registry.scheme(budget).await? {
            Scheme::Open => Ok(Authorization::None),
            Scheme::Basic => Ok(self.registry.basic()),
            Scheme::Bearer { realm, service } => {
                let scope = self.scope();
                let fetch = async || self.fetch_token(&realm, service.as_deref(), &scope, budget).await;
                self.registry.inner.tokens.get(&scope, Instant::now(), fetch).await.map(Authorization::Bearer)
            }
        }
    }

    /// A token for `scope`. For reading, a credential that is refused is set aside and the token asked for without it:
    /// a stale one must not stand between a person and a public image.
    async fn fetch_token(
        &self,
        realm: &Url,
        service: Option<&str>,
        scope: &str,
        budget: &Budget,
    ) -> Result<Token, Error> {
        let buy = async |credential| self.buy_token(realm, service, scope, credential, budget).await;
        let Some(credential) = self.registry.credential() else { return buy(None).await };
        let refused = match buy(Some(&credential)).await {
            Err(error) if self.access == Access::Pull && is_refusal(error.meaning()) => error,
            bought => return bought,
        };
        match buy(None).await {
            Ok(token) => {
                tracing::warn!(host = %self.registry.inner.endpoint.name, source = ?credential.source, "the credential was refused; reading without it");
                self.registry.set_aside(credential);
                Ok(token)
            }
            // What is not public is hidden from strangers: the refusal of the credential is what matters.
            Err(_) => Err(refused),
        }
    }

    async fn buy_token(
        &self,
        realm: &Url,
        service: Option<&str>,
        scope: &str,
        credential: Option<&Credential>,
        budget: &Budget,
    ) -> Result<Token, Error> {
        let mut doubted = false;
        loop {
            let asked = Box::pin(self.registry.ask_token(realm, service, scope, credential)).await;
            let mut failed = match asked {
                Ok(token) => return Ok(token),
                Err(failed) => failed,
            };
            // GitHub once did not know good tokens for a while (getwud/wud#219): one such answer is doubted.
            if failed.meaning() == Meaning::Unauthenticated && !doubted {
                doubted = true;
                failed.token_ended = true;
            }
            if !self.registry.again(budget, &failed).await {
                return Err(failed);
            }
        }
    }
}

/// Statuses that lead a GET to another address (RFC 9110, section 15.4).
fn leads_on(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Whether it is the credential that is refused.
fn is_refusal(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::DeniedCredential | Meaning::Unauthenticated | Meaning::DeniedOther)
}

async fn read_token(mut response: Response, context: &Context, idle: Duration) -> Result<Token, Error> {
    let now = Instant::now();
    let body = slipway_http::read(&mut response, token::MOST_BODY, idle).await;
    let body = body.map_err(|error| context.unread(error))?;
    Token::parse(&body, now).ok_or_else(|| context.bad("it holds no token"))
}

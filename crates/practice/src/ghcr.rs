//! The registry that stands for `ghcr.io`.

use std::sync::Arc;

use axum::http::header::{AUTHORIZATION, LOCATION};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::json;

use crate::access::{basic, scheme};
use crate::answer::{Fault, empty, json};
use crate::bearer::{Grant, Scope};
use crate::name::is_name;
use crate::options::TokenForm;
use crate::packages::{Kind, Visibility};
use crate::route::{Query, Route};
use crate::server::{Asked, Shared};
use crate::{blob, manifest, tags, upload};

/// Answers a request at the port of `ghcr.io`.
pub(crate) async fn answer(shared: &Arc<Shared>, asked: &mut Asked) -> Result<Response, Fault> {
    let route = Route::of(asked.parts.uri.path());
    if route == Route::Token {
        return token(shared, asked);
    }
    let method = asked.parts.method.clone();
    let headers = &asked.parts.headers;
    let reading = matches!(method, Method::GET | Method::HEAD);
    let caller = shared.ghcr_caller(headers, route.name(), reading)?;
    if let Some(token) = &caller.token {
        asked.entry.of_user(&token.login);
    }
    // An owner and at least one part more.
    if route.name().is_some_and(|name| !is_name(name) || !name.contains('/')) {
        return Err(Fault::name_invalid());
    }
    if method == Method::DELETE {
        return Err(Fault::unsupported());
    }
    match (&route, &method) {
        (Route::Base, _) if reading => return Ok(json(StatusCode::OK, "{}\n".to_owned())),
        (Route::Uploads { name }, &Method::POST) => {
            shared.ghcr_may_push(&caller, name, headers)?;
            return upload::open(shared, Kind::Ghcr, name, &caller, &asked.parts).await;
        }
        (Route::Upload { name, id }, _) => {
            shared.ghcr_may_push(&caller, name, headers)?;
            return match method {
                Method::GET => upload::status(shared, Kind::Ghcr, name, id),
                Method::PATCH => upload::patch(shared, Kind::Ghcr, name, id, asked).await,
                Method::PUT => upload::commit(shared, Kind::Ghcr, name, id, asked).await,
                _ => Err(Fault::unsupported()),
            };
        }
        (Route::Manifest { name, reference }, &Method::PUT) => {
            shared.ghcr_may_push(&caller, name, headers)?;
            return manifest::put(shared, Kind::Ghcr, name, reference, &caller, asked).await;
        }
        (_, _) if !reading => return Err(Fault::unsupported()),
        (_, _) => {}
    }
    match &route {
        Route::Blob { name, digest } => {
            shared.ghcr_may_pull(&caller, name)?;
            // With a token for pushing, a missing write role shows here already (build-push-action#981).
            if method == Method::HEAD && caller.means_to_push(name) {
                shared.ghcr_may_push(&caller, name, headers)?;
            }
            blob::get(shared, Kind::Ghcr, name, digest, &method).await
        }
        Route::Manifest { name, reference } => {
            shared.ghcr_may_pull(&caller, name)?;
            manifest::get(shared, Kind::Ghcr, name, reference, &asked.parts).await
        }
        Route::Tags { name } => {
            shared.ghcr_may_pull(&caller, name)?;
            tags::list(shared, Kind::Ghcr, name, &asked.parts)
        }
        Route::Referrers { name } => {
            shared.ghcr_may_pull(&caller, name)?;
            if shared.switches.get().referrers_redirect {
                // Another host than the registry's, as the web address was (artifacthub/hub#4785).
                let away = format!("http://{}/{name}", shared.addresses.storage);
                return Ok(empty(StatusCode::SEE_OTHER, &[(LOCATION, &away)]));
            }
            Err(Fault::manifest_unknown("manifest unknown"))
        }
        // The catalogue among them.
        _ => Err(Fault::unsupported()),
    }
}

/// `/token`: facts §1.2.
fn token(shared: &Shared, asked: &Asked) -> Result<Response, Fault> {
    let headers = &asked.parts.headers;
    if asked.parts.method != Method::GET {
        return Err(Fault::unsupported());
    }
    if scheme(headers, "bearer").is_some() {
        let fault = Fault::unauthorized("authentication required");
        return Err(fault.challenge(&shared.challenge(None, headers)));
    }
    let query = Query::of(asked.parts.uri.query());
    let scopes: Vec<Scope> =
        query.all("scope").flat_map(str::split_whitespace).filter_map(Scope::parse).collect();
    let switches = shared.switches.get();
    let token = if headers.contains_key(AUTHORIZATION) {
        let denied = || Fault::denied("denied");
        let (user, secret) = basic(headers).ok_or_else(denied)?;
        let token = shared.tokens.find(&secret).filter(|token| token.is_live()).ok_or_else(denied)?;
        let refused_form = token.form == TokenForm::FineGrained && !switches.fine_grained_sign_in;
        if refused_form || !shared.username_fits(&user, &token) {
            return Err(denied());
        }
        asked.entry.of_user(&token.login);
        Some(token)
    } else {
        anonymous(shared, &scopes)?;
        None
    };
    let bearer = shared.bearers.issue(Grant { token, scopes }, switches.token_life);
    let bearer = bearer.map_err(|error| Fault::store(&std::io::Error::other(error)))?;
    Ok(json(StatusCode::OK, format!("{}\n", json!({ "token": bearer }))))
}

/// Nobody in particular may have a token for pulling public packages.
fn anonymous(shared: &Shared, scopes: &[Scope]) -> Result<(), Fault> {
    let denied = || Fault::denied("requested access to the resource is denied");
    if scopes.is_empty() || scopes.iter().any(|scope| scope.push) {
        return Err(denied());
    }
    for scope in scopes {
        let record = shared.packages.published(Kind::Ghcr, &scope.name).ok_or_else(denied)?;
        if record.visibility == Visibility::Private {
            return Err(Fault::unauthorized("authentication required"));
        }
    }
    Ok(())
}

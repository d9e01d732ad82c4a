//! The registry that stands for `docker.pkg.github.com`.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use axum::response::Response;

use crate::answer::{Fault, json};
use crate::name::is_name;
use crate::packages::Kind;
use crate::route::Route;
use crate::server::{Asked, Shared};
use crate::{blob, manifest, tags, upload};

/// Answers a request at the port of `docker.pkg.github.com`.
pub(crate) async fn answer(shared: &Arc<Shared>, asked: &mut Asked) -> Result<Response, Fault> {
    let route = Route::of(asked.parts.uri.path());
    let method = asked.parts.method.clone();
    let caller = shared.docker_caller(&asked.parts.headers)?;
    if let Some(token) = &caller.token {
        asked.entry.of_user(&token.login);
    }
    let reading = matches!(method, Method::GET | Method::HEAD);
    let Some(name) = route.name() else {
        return match route {
            Route::Base if reading => Ok(json(StatusCode::OK, "{}\n".to_owned())),
            // No token endpoint and no catalogue.
            _ => Err(Fault::new(StatusCode::NOT_FOUND, "NOT_FOUND", "page not found")),
        };
    };
    if !is_name(name) {
        return Err(Fault::name_invalid());
    }
    shared.docker_may(&caller, name, !reading)?;
    match (&route, &method) {
        (Route::Uploads { .. }, &Method::POST) => {
            upload::open(shared, Kind::Docker, name, &caller, &asked.parts).await
        }
        (Route::Upload { id, .. }, &Method::GET) => upload::status(shared, Kind::Docker, name, id),
        (Route::Upload { id, .. }, &Method::PATCH) => {
            upload::patch(shared, Kind::Docker, name, id, asked).await
        }
        (Route::Upload { id, .. }, &Method::PUT) => {
            upload::commit(shared, Kind::Docker, name, id, asked).await
        }
        (Route::Blob { digest, .. }, &Method::GET | &Method::HEAD) => {
            blob::get(shared, Kind::Docker, name, digest, &method).await
        }
        (Route::Manifest { reference, .. }, &Method::GET) => {
            manifest::get(shared, Kind::Docker, name, reference, &asked.parts).await
        }
        (Route::Manifest { reference, .. }, &Method::PUT) => {
            manifest::put(shared, Kind::Docker, name, reference, &caller, asked).await
        }
        (Route::Manifest { .. }, &Method::HEAD) => {
            // 52 bytes, as the length of the captured answer says (containerd#3291); their text is not known.
            let body = "{\"errors\":[{\"code\":\"UNSUPPORTED\",\"message\":\"HEAD\"}]}";
            Ok(json(StatusCode::METHOD_NOT_ALLOWED, body.to_owned()))
        }
        (Route::Tags { .. }, &Method::GET) => tags::list(shared, Kind::Docker, name, &asked.parts),
        (Route::Referrers { .. }, &Method::GET) => {
            Err(Fault::new(StatusCode::NOT_FOUND, "NOT_FOUND", "page not found"))
        }
        _ => Err(Fault::unsupported()),
    }
}

//! Tag lists, in pages.

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, LINK};
use axum::http::request::Parts;
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::answer::{Fault, json};
use crate::packages::Kind;
use crate::route::Query;
use crate::server::Shared;
use crate::switches::LinkForm;

/// `GET …/tags/list`: a page, and the address of the next one in `Link`.
pub(crate) fn list(shared: &Shared, registry: Kind, name: &str, parts: &Parts) -> Result<Response, Fault> {
    let absent = || Fault::name_unknown("repository name not known to registry");
    let record = shared.packages.published(registry, name).ok_or_else(absent)?;
    let switches = shared.switches.get();
    let query = Query::of(parts.uri.query());
    let count = query.get("n").and_then(|n| n.parse().ok()).filter(|n| *n > 0).unwrap_or(switches.tag_page);
    let after = query.get("last").unwrap_or_default();
    let mut rest = record.tags.keys().filter(|tag| tag.as_str() > after);
    let page: Vec<&String> = rest.by_ref().take(count).collect();
    let next = rest.next().and(page.last()).map(|last| {
        let last = utf8_percent_encode(last, NON_ALPHANUMERIC);
        let base = match switches.link {
            LinkForm::Relative => String::new(),
            LinkForm::Absolute => shared.base(registry, &parts.headers),
        };
        format!("<{base}/v2/{name}/tags/list?last={last}&n={count}>; rel=\"next\"")
    });
    let mut response = json(StatusCode::OK, format!("{}\n", json!({ "name": name, "tags": page })));
    if let Some(value) = next.and_then(|next| HeaderValue::from_str(&next).ok()) {
        response.headers_mut().insert(LINK, value);
    }
    Ok(response)
}

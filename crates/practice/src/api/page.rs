//! Pages, so that links into GitHub lead somewhere.

use axum::body::Body;
use axum::response::Response;

use super::answer::insert;

/// A page for any path.
pub(super) fn answer(path: &str) -> Response {
    let path = path.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Practice GitHub</title>\n\
         <h1>Practice GitHub</h1>\n<p>At GitHub, this page would be <code>{path}</code>.</p>\n</html>\n"
    );
    let mut response = Response::new(Body::from(page));
    insert(&mut response, "content-type", "text/html; charset=utf-8");
    insert(&mut response, "content-security-policy", "default-src 'none'");
    response
}

//! What speaks of a manifest, as registries list it that keep such lists (distribution specification 1.1).

use http::header::{ACCEPT, LINK};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use slipway_hosts::At;
use slipway_reference::Digest;

use crate::client::Repository;
use crate::error::Error;
use crate::tags::next;

/// Pages that are read.
const MOST_PAGES: usize = 100;

/// All pages together are never larger, bytes.
const MOST: usize = 4 << 20;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

impl Repository {
    /// An index of what speaks of `subject`, all pages in one; none where the registry keeps no such lists.
    pub async fn referrers(&self, subject: &Digest) -> Result<Option<Vec<u8>>, Error> {
        let mut url = self.address(&format!("referrers/{subject}"));
        let (mut listed, mut left) = (Vec::new(), MOST);
        for _ in 0..MOST_PAGES {
            let headers = [(ACCEPT, INDEX.to_owned())];
            let request = self.bodyless(Method::GET, url.clone(), At::Other, &headers);
            let (mut response, context) = self.follow(request).await?;
            match response.status() {
                StatusCode::OK => {}
                StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => return Ok(None),
                _ => return Err(context.answer(response).await),
            }
            let next = response.headers().get(LINK).and_then(|value| next(value.to_str().ok()?));
            let body = slipway_http::read(&mut response, left, self.registry.options().idle_timeout).await;
            let body = body.map_err(|error| context.unread(error))?;
            left -= body.len();
            let page = serde_json::from_slice::<Value>(&body).ok();
            // A page of a web site is no list.
            let Some(Value::Array(entries)) =
                page.and_then(|mut page| Some(page.get_mut("manifests")?.take()))
            else {
                return Ok(None);
            };
            listed.extend(entries);
            match next {
                Some(location) => url = Self::resolve(&url, &location, &context)?,
                None => {
                    let list = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": listed});
                    return Ok(Some(list.to_string().into_bytes()));
                }
            }
        }
        let context = self.context(At::Other, &Method::GET, &url);
        Err(context.bad("its list of referrers does not end"))
    }
}

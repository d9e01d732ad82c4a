//! The tags of a repository.

use http::header::LINK;
use http::{Method, StatusCode};
use slipway_hosts::At;
use slipway_reference::Tag;
use url::Url;

use crate::client::Repository;
use crate::error::Error;

/// Pages that are read.
const MOST_PAGES: usize = 1000;

/// Tags that are kept.
const MOST_TAGS: usize = 100_000;

/// A page is never larger, bytes.
const MOST: usize = 8 << 20;

#[derive(serde::Deserialize)]
struct Page {
    tags: Option<Vec<String>>,
}

impl Repository {
    /// Every tag, page by page; those that are no valid tags are left out. Empty where the repository is not
    /// there.
    pub async fn tags(&self) -> Result<Vec<Tag>, Error> {
        Ok(self.tags_if_there().await?.unwrap_or_default())
    }

    /// The same; none where the registry knows no such repository.
    pub async fn tags_if_there(&self) -> Result<Option<Vec<Tag>>, Error> {
        let mut url = self.address("tags/list");
        url.query_pairs_mut().append_pair("n", "1000");
        let mut tags = Vec::new();
        for page in 0..MOST_PAGES {
            let request = self.bodyless(Method::GET, url.clone(), At::Other, &[]);
            let (mut response, context) = self.follow(request).await?;
            match response.status() {
                StatusCode::OK => {}
                StatusCode::NOT_FOUND => return Ok((page > 0).then_some(tags)),
                _ => return Err(context.answer(response).await),
            }
            let next = response.headers().get(LINK).and_then(|value| next(value.to_str().ok()?));
            let body = slipway_http::read(&mut response, MOST, self.registry.options().idle_timeout).await;
            let body = body.map_err(|error| context.unread(error))?;
            let page: Page =
                serde_json::from_slice(&body).map_err(|_| context.bad("a list of tags is not understood"))?;
            tags.extend(page.tags.into_iter().flatten().filter_map(|tag| tag.parse().ok()));
            match next {
                Some(location) => url = Self::resolve(&url, &location, &context)?,
                None => return Ok(Some(tags)),
            }
            if tags.len() > MOST_TAGS {
                break;
            }
        }
        let context = self.context(At::Other, &Method::GET, &Url::clone(&url));
        Err(context.bad("its list of tags does not end"))
    }
}

/// The target of `Link: <…>; rel="next"`.
pub(crate) fn next(value: &str) -> Option<String> {
    value.split(',').find_map(|link| {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = parameters.split(';').any(|parameter| {
            matches!(parameter.trim().to_ascii_lowercase().as_str(), "rel=next" | "rel=\"next\"")
        });
        is_next.then(|| target.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn the_next_page_is_found_among_other_links() {
        assert_eq!(
            next(r#"</v2/a/tags/list?last=b&n=2>; rel="next""#).as_deref(),
            Some("/v2/a/tags/list?last=b&n=2")
        );
        assert_eq!(next(r#"<x>; rel="prev", <y>; rel=next"#).as_deref(), Some("y"));
        assert_eq!(next(r#"<x>; rel="prev""#), None);
    }
}

//! Content that is sent while it is made: once, and watched on its way.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use reqwest::Response;
use slipway_hosts::At;
use slipway_http::Fault;
use url::Url;

use crate::body::Moved;
use crate::client::{Repository, freed};
use crate::error::{Context, Error, ErrorKind};
use crate::scheme::{Authorization, with};

impl Repository {
    /// Sends a stream, once. An answer that comes before its end is the answer.
    pub(crate) async fn stream(
        &self,
        method: Method,
        url: Url,
        headers: &[(http::HeaderName, String)],
        body: crate::Body,
    ) -> Result<Response, Error> {
        let context = self.context(At::Upload, &method, &url);
        let authorization = self.authorization(&url, &self.budget()).await?;
        freed().await;
        let (content, moved) = body.into_request();
        let own = self.registry.is_own(&url);
        let builder = self.registry.inner.http.request(method, url);
        let builder = with(builder, &authorization, headers).body(content);
        let answer = self.moving(&context, &moved, builder.send()).await;
        let failed = moved.failed.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(reason) = failed {
            return Err(context.error(ErrorKind::Body(reason)));
        }
        let response = match answer {
            Ok(response) => response,
            // A registry may answer and close while we still write; then only the closed pipe is seen
            // (reqwest#1975). Asking for a new session, which costs nothing, brings the reason out.
            Err(error) if matches!(error.kind, ErrorKind::Network(Fault::Connect)) => {
                return Err(match Box::pin(self.open_upload()).await {
                    Err(reason) if matches!(reason.kind, ErrorKind::Answer) => reason,
                    _ => error,
                });
            }
            Err(error) => return Err(error),
        };
        tracing::debug!(request = ?context.request, status = response.status().as_u16());
        // Another host was sent no credential that could have ended.
        if response.status() == StatusCode::UNAUTHORIZED && own {
            let refused = Error { token_ended: true, ..context.answer(response).await };
            if let Authorization::Bearer(token) = &authorization {
                self.registry.inner.tokens.refuse(&self.scope(), token).await;
                return Err(refused);
            }
            // Whether it was a slip is told by asking for a new session, which costs nothing.
            return Err(match Box::pin(self.open_upload()).await {
                Ok(_) => refused,
                Err(reason) => reason,
            });
        }
        self.let_in(&authorization, response.status());
        if response.status().is_success() {
            moved.accepted();
        }
        Ok(response)
    }

    /// Waits for the answer to a stream as long as it moves, and after its end as long as a commit takes.
    async fn moving(
        &self,
        context: &Context,
        moved: &Moved,
        answer: impl Future<Output = reqwest::Result<Response>>,
    ) -> Result<Response, Error> {
        let options = self.registry.options();
        tokio::pin!(answer);
        let (mut steps, mut since, mut silent) = (0, Instant::now(), None);
        loop {
            match tokio::time::timeout(Duration::from_secs(1), &mut answer).await {
                Ok(Ok(response)) => {
                    self.registry.heard(context, &response);
                    return Ok(response);
                }
                Ok(Err(error)) => return Err(self.registry.unanswered(context, &error).await),
                Err(_) => {}
            }
            let now = moved.steps.load(Ordering::Relaxed);
            if now != steps {
                (steps, since, silent) = (now, Instant::now(), None);
            } else if silent.is_none() {
                silent = Some(self.registry.inner.http.asking(context.place()));
            }
            let ended = moved.ended.load(Ordering::Relaxed);
            let patience = if ended { options.commit_timeout } else { options.idle_timeout };
            if since.elapsed() > patience {
                return Err(context.network(Fault::Timeout));
            }
        }
    }
}

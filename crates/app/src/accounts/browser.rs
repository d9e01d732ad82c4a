//! Signing in with the browser: GitHub's device flow, for hosts with an OAuth client id.

use std::sync::PoisonError;

use slipway_github::{DeviceError, DeviceFlow, Granted};
use tokio_util::sync::CancellationToken;

use super::add::Keeping;
use super::ways::Taken;
use super::{Accounts, scopes};
use crate::clock::now;
use crate::view::{About, AccountSource, AccountWay, BrowserSignIn, Code, FailureView, Purpose, TokenTask};

/// The client id of Slipway's own OAuth app on github.com, where the build knows one. It is no secret.
const GITHUB_COM: Option<&str> = option_env!("SLIPWAY_OAUTH_CLIENT_ID");

impl Accounts {
    /// The OAuth client id for `host`: from the settings, else from the build.
    pub(super) fn client_id(&self, host: &str) -> Option<String> {
        let set = self.settings.get().sign_in.get(host).cloned();
        set.or_else(|| GITHUB_COM.filter(|_| host == "github.com").map(str::to_owned))
    }

    /// Shows `view` a code, waits until it was entered in the browser, and adds the account. One at a time: a second call
    /// ends the first.
    pub async fn sign_in_with_browser(
        &self,
        host: &str,
        purpose: Purpose,
        keep: bool,
        view: impl Fn(BrowserSignIn),
    ) {
        let cancel = CancellationToken::new();
        let before = self.browser.lock().unwrap_or_else(PoisonError::into_inner).replace(cancel.clone());
        if let Some(before) = before {
            before.cancel();
        }
        match self.through_browser(host, purpose, keep, &view, &cancel).await {
            Ok(Some(added)) => view(added),
            Ok(None) => {}
            Err(failure) => view(BrowserSignIn::Failed { failure: Box::new(failure) }),
        }
    }

    /// Ends the wait for the browser.
    pub fn cancel_browser_sign_in(&self) {
        if let Some(cancel) = self.browser.lock().unwrap_or_else(PoisonError::into_inner).take() {
            cancel.cancel();
        }
    }

    async fn through_browser(
        &self,
        host: &str,
        purpose: Purpose,
        keep: bool,
        view: &impl Fn(BrowserSignIn),
        cancel: &CancellationToken,
    ) -> Result<Option<BrowserSignIn>, FailureView> {
        let not_offered = || {
            FailureView::new(
                Code::BrowserNotOffered { host: host.to_owned() },
                format!("signing in with the browser is not set up for {host}"),
            )
        };
        let endpoint = self.registries.of_host(host).into_iter().find(|endpoint| endpoint.web.is_some());
        let endpoint = endpoint.ok_or_else(not_offered)?;
        let (web, client) = (endpoint.web.clone(), self.client_id(host));
        let (Some(web), Some(client)) = (web, client) else { return Err(not_offered()) };
        let flow = DeviceFlow::new(web, client, &self.clients.github_options(&endpoint))
            .map_err(|error| failed(host, &error))?;
        let asked = scopes(purpose);
        let Some(begun) = cancel.run_until_cancelled(flow.begin(asked)).await else { return Ok(None) };
        let code = begun.map_err(|error| failed(host, &error))?;
        view(BrowserSignIn::Code {
            code: code.user_code.clone(),
            page: code.verification_uri.to_string(),
            expires_at: now() + i64::try_from(code.expires_in.as_secs()).unwrap_or(i64::MAX),
        });
        let granted =
            flow.poll(&code, tokio::time::sleep, cancel).await.map_err(|error| failed(host, &error))?;
        let Some(Granted { token, missing, .. }) = granted else { return Ok(None) };
        let taken = Taken {
            secret: token,
            source: AccountSource { way: AccountWay::Browser, name: String::new() },
            username: None,
            held: false,
        };
        let added = self.take_in(host, taken, "", Keeping { keep, anyway: false, instead_of: None }).await?;
        let lost = missing.iter().filter_map(|scope| task_of(scope)).collect();
        Ok(Some(BrowserSignIn::Added { added: Box::new(added), lost }))
    }
}

/// What is lost without a scope.
fn task_of(scope: &str) -> Option<TokenTask> {
    Some(match scope {
        "read:packages" => TokenTask::Install,
        "write:packages" => TokenTask::Publish,
        "delete:packages" => TokenTask::Delete,
        "repo" => TokenTask::Legacy,
        "read:org" => TokenTask::Organizations,
        _ => return None,
    })
}

fn failed(host: &str, error: &DeviceError) -> FailureView {
    let stated = || host.to_owned();
    let code = match error {
        DeviceError::Wire(error) => return FailureView::github(error, now()),
        DeviceError::NotOffered { .. } => Code::BrowserNotOffered { host: stated() },
        DeviceError::Denied => Code::BrowserDenied,
        DeviceError::Expired => Code::BrowserExpired,
        _ => Code::DeniedOther,
    };
    FailureView::new(code, error.to_string()).about(About { host: Some(stated()), ..About::default() })
}

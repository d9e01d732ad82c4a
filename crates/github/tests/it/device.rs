//! The device flow, with the person played by the practice GitHub.

use std::cell::RefCell;
use std::time::Duration;

use axum::response::IntoResponse as _;
use secrecy::ExposeSecret as _;
use slipway_github::{DeviceCode, DeviceError, DeviceFlow, Granted, Scopes};
use slipway_practice::{Mishap, Place, SwitchBoard, Trouble};
use slipway_stage::Server;
use tokio_util::sync::CancellationToken;

use super::*;

impl Stage {
    fn flow(&self) -> DeviceFlow {
        DeviceFlow::new(self.web(), "Iv1.practice", &Options::default()).unwrap()
    }

    /// A code for `write:packages`.
    async fn code(&self) -> (DeviceFlow, DeviceCode) {
        let flow = self.flow();
        let code = flow.begin(&["write:packages"]).await.unwrap();
        (flow, code)
    }

    fn switches(&self) -> &SwitchBoard {
        self.practice.switches()
    }
}

/// Polls without waiting, does `then` before the second poll, and says how many seconds would have been waited.
async fn poll(
    flow: &DeviceFlow,
    code: &DeviceCode,
    then: impl Fn(),
) -> (Result<Option<Granted>, DeviceError>, Vec<f64>) {
    let waits = RefCell::new(Vec::new());
    let sleep = |wait: Duration| {
        waits.borrow_mut().push(wait.as_secs_f64());
        if waits.borrow().len() == 2 {
            then();
        }
        async {}
    };
    let polled = flow.poll(code, sleep, &CancellationToken::new()).await;
    (polled, waits.into_inner())
}

#[tokio::test]
async fn who_enters_the_code_signs_this_computer_in() {
    let stage = Stage::new().await;
    let (flow, code) = stage.code().await;
    assert_eq!(code.user_code.len(), 9);
    assert_eq!(code.verification_uri, stage.web().join("/login/device").unwrap());
    assert_eq!(code.expires_in, Duration::from_mins(15));
    let (granted, waits) =
        poll(&flow, &code, || assert!(stage.practice.enter_device_code(&code.user_code, "monalisa"))).await;
    let granted = granted.unwrap().unwrap();
    assert_eq!(waits, [6.0, 6.0]);
    assert_eq!((granted.scopes, granted.missing), (Scopes::of(&["write:packages"]), vec![]));
    let user = stage.github_with(granted.token.expose_secret()).user().await.unwrap();
    assert_eq!((user.login.as_str(), user.scopes), ("monalisa", Scopes::of(&["write:packages"])));
    assert!(!format!("{code:?}{:?}", granted.token).contains(granted.token.expose_secret()));
}

#[tokio::test]
async fn polling_slows_down_when_asked_and_forgives_a_fresh_code() {
    let stage = Stage::new().await;
    stage.switches().change(|switches| {
        switches.device.slow_down = [3].into();
        switches.device.incorrect_codes = 2;
    });
    let (flow, code) = stage.code().await;
    let waits = RefCell::new(Vec::new());
    let sleep = |wait: Duration| {
        waits.borrow_mut().push(wait.as_secs_f64());
        if waits.borrow().len() == 4 {
            stage.practice.enter_device_code(&code.user_code, "octocat");
        }
        async {}
    };
    let granted = flow.poll(&code, sleep, &CancellationToken::new()).await.unwrap();
    assert!(granted.is_some());
    assert_eq!(waits.into_inner(), [6.0, 6.0, 6.0, 14.0]);
    stage.switches().change(|switches| switches.device.incorrect_codes = 3);
    let (flow, code) = stage.code().await;
    let (polled, waits) = poll(&flow, &code, || ()).await;
    assert!(matches!(polled, Err(DeviceError::IncorrectCode)) && waits.len() == 3, "{polled:?} {waits:?}");
}

#[tokio::test]
async fn a_scope_that_was_taken_away_is_told() {
    let stage = Stage::new().await;
    stage.switches().change(|switches| switches.device.granted = Some(vec!["read:packages".to_owned()]));
    let (flow, code) = stage.code().await;
    let enter = || assert!(stage.practice.enter_device_code(&code.user_code, "octocat"));
    let granted = poll(&flow, &code, enter).await.0.unwrap().unwrap();
    assert_eq!(granted.missing, ["write:packages"]);
    assert_eq!(granted.scopes.include("read:packages"), Some(true));
    stage.switches().change(|switches| switches.device.granted = Some(vec![]));
    let (flow, code) = stage.code().await;
    let enter = || assert!(stage.practice.enter_device_code(&code.user_code, "octocat"));
    let granted = poll(&flow, &code, enter).await.0.unwrap().unwrap();
    assert_eq!((granted.scopes.is_known(), granted.missing.len()), (true, 1));
}

#[tokio::test]
async fn refused_expired_and_cancelled_are_three_things() {
    let stage = Stage::new().await;
    let (flow, code) = stage.code().await;
    let (denied, _) = poll(&flow, &code, || assert!(stage.practice.deny_device_code(&code.user_code))).await;
    assert!(matches!(denied, Err(DeviceError::Denied)), "{denied:?}");
    let (flow, code) = stage.code().await;
    let (expired, _) = poll(&flow, &code, || stage.practice.expire_device_codes()).await;
    assert!(matches!(expired, Err(DeviceError::Expired)), "{expired:?}");
    // Nobody enters it: the waits use its life up.
    let (flow, code) = stage.code().await;
    let (unused, waits) = poll(&flow, &code, || ()).await;
    assert!(matches!(unused, Err(DeviceError::Expired)), "{unused:?}");
    assert_eq!(waits.len(), 150);
    let (flow, code) = stage.code().await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    assert!(flow.poll(&code, tokio::time::sleep, &cancel).await.unwrap().is_none());
}

#[tokio::test]
async fn every_other_word_of_github_ends_the_flow_as_what_it_is() {
    let stage = Stage::new().await;
    for word in [
        "incorrect_client_credentials",
        "unsupported_grant_type",
        "unverified_user_email",
        "device_flow_disabled",
        "a_new_word",
    ] {
        stage.switches().change(|switches| switches.device.error = Some(word.to_owned()));
        let (flow, code) = stage.code().await;
        let error = poll(&flow, &code, || ()).await.0.unwrap_err();
        let right = match word {
            "unverified_user_email" => matches!(error, DeviceError::UnverifiedEmail),
            "device_flow_disabled" => matches!(error, DeviceError::NotOffered { .. }),
            _ => matches!(&error, DeviceError::Refused { word: said } if said == word),
        };
        assert!(right, "{word}: {error:?}");
    }
}

#[tokio::test]
async fn a_host_without_the_app_leaves_pasting_a_token() {
    let stage = Stage::new().await;
    stage.switches().change(|switches| switches.device.client_known = false);
    let unknown = stage.flow().begin(&["read:packages"]).await.unwrap_err();
    assert!(matches!(unknown, DeviceError::NotOffered { status: 404, .. }), "{unknown:?}");
    stage.switches().change(|switches| {
        switches.device.client_known = true;
        switches.device.enabled = false;
    });
    let disabled = stage.flow().begin(&["read:packages"]).await.unwrap_err();
    assert!(
        matches!(&disabled, DeviceError::NotOffered { status: 400, word: Some(word) } if word == "device_flow_disabled"),
        "{disabled:?}"
    );
    for status in ["401", "403", "422"] {
        stage.practice.plan(Trouble::at(Place::Api, Mishap::Answer(status.parse().unwrap())));
        let refused = stage.flow().begin(&[]).await.unwrap_err();
        assert!(matches!(refused, DeviceError::NotOffered { .. }), "{status}: {refused:?}");
    }
}

#[tokio::test]
async fn a_short_outage_does_not_lose_the_code() {
    let stage = Stage::new().await;
    let (flow, code) = stage.code().await;
    stage.practice.plan(Trouble::at(Place::Api, Mishap::Cut(0)));
    stage.practice.plan(Trouble::at(Place::Api, Mishap::Answer("503".parse().unwrap())));
    let enter = || assert!(stage.practice.enter_device_code(&code.user_code, "octocat"));
    let (granted, waits) = poll(&flow, &code, enter).await;
    assert!(granted.unwrap().is_some() && waits.len() == 3, "{waits:?}");
    let (flow, code) = stage.code().await;
    stage.practice.plan(Trouble::at(Place::Api, Mishap::Answer("503".parse().unwrap())).times(6));
    let (failed, waits) = poll(&flow, &code, || ()).await;
    assert!(matches!(failed, Err(DeviceError::Wire(_))) && waits.len() == 6, "{failed:?} {waits:?}");
}

#[tokio::test]
async fn a_page_at_another_host_is_never_shown() {
    let answer = r#"{"device_code":"x","user_code":"ABCD-EFGH","verification_uri":"https://github.example/login/device",
        "expires_in":900,"interval":5}"#;
    let server = Server::start(move |_| answer.into_response()).await;
    let web = format!("http://{}", server.address).parse().unwrap();
    let flow = DeviceFlow::new(web, "Iv1.practice", &Options::default()).unwrap();
    let error = flow.begin(&["read:packages"]).await.unwrap_err();
    assert!(matches!(error, DeviceError::Wire(slipway_github::GitHubError::Malformed { .. })), "{error:?}");
}

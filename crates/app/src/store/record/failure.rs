//! Why a job failed.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::results::Account;
use crate::view::{Code, FailureView, Retry, TechnicalView};

/// Why a job failed. What no longer has words is told as far as it has.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Failure {
    code: Value,
    message: String,
    params: BTreeMap<String, String>,
    retry: Retry,
    help: Vec<Value>,
    technical: Option<Technical>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Technical {
    request: Option<String>,
    #[serde(default)]
    host: Option<String>,
    status: Option<u16>,
    registry_code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    credential: Option<Account>,
    time: i64,
}

impl From<FailureView> for Failure {
    fn from(failure: FailureView) -> Self {
        let (code, params) = (kept(&failure.code), failure.params());
        let FailureView { message, retry, help, technical, .. } = failure;
        Self {
            code,
            message,
            params,
            retry,
            help: help.iter().map(kept).collect(),
            technical: technical.map(Into::into),
        }
    }
}

impl From<Failure> for FailureView {
    fn from(failure: Failure) -> Self {
        let (code, about) = Code::of(failure.code.as_str().unwrap_or_default(), &failure.params);
        Self {
            code: code.unwrap_or(Code::Internal),
            message: failure.message,
            about,
            retry: failure.retry,
            help: failure.help.iter().filter_map(known).collect(),
            technical: failure.technical.map(Into::into),
        }
    }
}

impl From<TechnicalView> for Technical {
    fn from(technical: TechnicalView) -> Self {
        let TechnicalView { request, host, status, registry_code, message, request_id, credential, time } =
            technical;
        let credential = credential.map(Into::into);
        Self { request, host, status, registry_code, message, request_id, credential, time }
    }
}

impl From<Technical> for TechnicalView {
    fn from(technical: Technical) -> Self {
        let Technical { request, host, status, registry_code, message, request_id, credential, time } =
            technical;
        let credential = credential.map(Into::into);
        Self { request, host, status, registry_code, message, request_id, credential, time }
    }
}

fn kept(word: &impl Serialize) -> Value {
    serde_json::to_value(word).unwrap_or_default()
}

/// A word that this Slipway has, too.
fn known<T: DeserializeOwned>(word: &Value) -> Option<T> {
    T::deserialize(word).ok()
}

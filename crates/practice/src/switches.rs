//! What tests can change about the registry while it runs.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use crate::trouble::Chaos;

/// How the registry behaves where GitHub's behaviour varies, is not known, or takes too long for a test.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // Switches are on or off.
pub struct Switches {
    /// How long a bearer token lives. GitHub does not say; its answers name no expiry.
    pub token_life: Duration,
    /// Whether `/token` checks the user name against the token's owner. Believed not to be so at GitHub.
    pub check_username: bool,
    /// Whether fine-grained tokens are refused only at the first push or pull instead of at `/token`. Reports differ.
    pub fine_grained_sign_in: bool,
    /// Full names (`octocat/monalisa`) that nobody may write, as if the role were missing.
    pub deny_package: BTreeSet<String>,
    /// Whether `GET` of an upload session says how far it got (204); otherwise 404. Unknown for GitHub.
    pub session_status: bool,
    /// Whether an upload session ends when a request to it breaks off, as in distribution 2.8; else it keeps what
    /// arrived.
    pub cuts_end_sessions: bool,
    /// The smallest chunk that is wanted (`OCI-Chunk-Min-Length`), bytes; said, not enforced.
    pub chunk_minimum: Option<u64>,
    /// Troubles by chance.
    pub chaos: Option<Chaos>,
    /// What a mount request gets.
    pub mount: MountAnswer,
    /// How many bytes one `PATCH` with `Content-Range` may carry at ghcr.io.
    pub ranged_patch_bytes: u64,
    /// How many bytes a layer may have at docker.pkg.github.com.
    pub docker_layer_bytes: u64,
    /// How long a commit's answer takes after the blob is stored.
    pub commit_delay: Duration,
    /// How many of the next commits get no answer: the connection closes instead.
    pub lose_commit_answers: u32,
    /// Whether a blob whose commit answer was lost is kept (a repeated commit then gets `BLOB_UPLOAD_UNKNOWN`) or
    /// lost too (`BLOB_UNKNOWN`).
    pub lost_commits_keep_blob: bool,
    /// How many bytes a second are read of each upload body; the kernel's buffers, some 100 KiB, come on top.
    pub pace: Option<u64>,
    /// How many bytes a second are sent of each blob that is downloaded.
    pub download_pace: Option<u64>,
    /// How long one request's body may take before the connection is cut. About 10 minutes at GitHub.
    pub request_limit: Option<Duration>,
    /// The longest body that a proxy in front of the registry lets through (413), bytes.
    pub body_bytes: Option<u64>,
    /// Whether a proxy in front of the registry takes bodies of a declared length only (411).
    pub length_required: bool,
    /// How often a tag that was just put is still answered for as it was before, as by copies that are behind.
    pub late_tags: u32,
    /// Tags in one page when the request does not say.
    pub tag_page: usize,
    /// The form of the address in a page's `Link`.
    pub link: LinkForm,
    /// Whether a referrers request is sent elsewhere (303, seen in April 2026) instead of getting 404.
    pub referrers_redirect: bool,
    /// Whether a manifest's `subject` is acknowledged (`OCI-Subject`), as registries do that keep lists of referrers.
    pub acknowledges_subjects: bool,
    /// What the registries warn of with every answer: the text of a `Warning: 299` header.
    pub warning: Option<String>,
    /// How long a storage address stays good.
    pub storage_life: Duration,
    /// Whether storage answers 503 because the account's traffic is used up.
    pub storage_unavailable: bool,
    /// How the REST API behaves.
    pub api: ApiSwitches,
    /// How the device flow ends.
    pub device: DeviceSwitches,
    /// Whether the first manifest of a new image at docker.pkg.github.com is refused once as "already associated".
    pub spurious_already_associated: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            token_life: Duration::from_mins(5),
            check_username: false,
            fine_grained_sign_in: false,
            deny_package: BTreeSet::new(),
            session_status: false,
            cuts_end_sessions: false,
            chunk_minimum: None,
            chaos: None,
            mount: MountAnswer::WhenPossible,
            ranged_patch_bytes: 4 << 20,
            docker_layer_bytes: 5 << 30,
            commit_delay: Duration::ZERO,
            lose_commit_answers: 0,
            lost_commits_keep_blob: true,
            pace: None,
            download_pace: None,
            request_limit: None,
            body_bytes: None,
            length_required: false,
            late_tags: 0,
            tag_page: 100,
            link: LinkForm::Relative,
            referrers_redirect: false,
            acknowledges_subjects: false,
            warning: None,
            storage_life: Duration::from_mins(5),
            storage_unavailable: false,
            api: ApiSwitches::default(),
            device: DeviceSwitches::default(),
            spurious_already_associated: false,
        }
    }
}

/// How the REST API behaves.
#[derive(Clone, Debug)]
pub struct ApiSwitches {
    /// Whether it is below `/api/v3`, too, as at an Enterprise Server.
    pub enterprise: bool,
    /// Whether an organization that did not authorize a token looks absent instead of naming single sign-on.
    pub hides_sso: bool,
    /// How many items one page of a list has at most. 100 at GitHub.
    pub page: usize,
    /// How many requests each account may make an hour; 60 of them without a token. The hour begins with the start.
    pub hourly: u64,
}

impl Default for ApiSwitches {
    fn default() -> Self {
        Self { enterprise: false, hides_sso: false, page: 100, hourly: 5000 }
    }
}

/// How the device flow goes. Polls that come too early are not told apart: tests do not wait.
#[derive(Clone, Debug)]
pub struct DeviceSwitches {
    /// Whether the client id is that of an app; otherwise nobody gets a code.
    pub client_known: bool,
    /// Whether that app may use the device flow.
    pub enabled: bool,
    /// How many seconds are to be between polls.
    pub interval: u64,
    /// How long a code can be entered.
    pub life: Duration,
    /// Which polls of a code, counted from 1, get `slow_down`.
    pub slow_down: BTreeSet<u32>,
    /// How many first polls of a code get `incorrect_device_code` (seen once with fresh codes; cli/cli#9302).
    pub incorrect_codes: u32,
    /// An error word that every poll gets, such as `unverified_user_email`.
    pub error: Option<String>,
    /// What is granted instead of what was asked for, as when an organization's rules take a scope away.
    pub granted: Option<Vec<String>>,
}

impl Default for DeviceSwitches {
    fn default() -> Self {
        Self {
            client_known: true,
            enabled: true,
            interval: 5,
            life: Duration::from_mins(15),
            slow_down: BTreeSet::new(),
            incorrect_codes: 0,
            error: None,
            granted: None,
        }
    }
}

/// What a mount request gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MountAnswer {
    /// 201 when the source may be read and has the blob, else 202 with an ordinary session.
    WhenPossible,
    /// 202 always.
    Session,
    /// 401 always.
    Unauthorized,
    /// 403 always.
    Forbidden,
    /// 404 always.
    NotFound,
    /// 500 always.
    Fault,
}

/// The form of the address in a page's `Link`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkForm {
    /// A path.
    Relative,
    /// With scheme and host.
    Absolute,
}

/// The switches of a running registry.
#[derive(Debug)]
pub struct SwitchBoard(RwLock<Switches>);

impl SwitchBoard {
    pub(crate) fn new(switches: Switches) -> Self {
        Self(RwLock::new(switches))
    }

    /// The switches as they are now.
    pub fn get(&self) -> Switches {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes switches; requests under way see it at their next decision.
    pub fn change(&self, change: impl FnOnce(&mut Switches)) {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Takes one of the answers that are to be lost; says whether the blob is kept then.
    pub(crate) fn lose_commit(&self) -> Option<bool> {
        let mut switches = self.0.write().unwrap_or_else(PoisonError::into_inner);
        switches.lose_commit_answers = switches.lose_commit_answers.checked_sub(1)?;
        Some(switches.lost_commits_keep_blob)
    }

    pub(crate) fn pace(&self) -> Option<u64> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).pace.filter(|pace| *pace > 0)
    }
}

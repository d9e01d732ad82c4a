//! Accounts: who is signed in where, where the secret lies, and what the token may do. Never a secret.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::FailureView;
use super::engine_kind::Engine;

/// Everything the accounts screen shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountsView {
    /// By host in the order of `hosts`, and in the order they were added.
    pub accounts: Vec<Account>,
    /// Whether the system's keychain answers.
    pub keychain: KeychainView,
    /// Where people may sign in, github.com first.
    pub hosts: Vec<SignInHost>,
}

/// A person's credential at one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// `LOGIN@HOST`.
    pub id: String,
    /// Where it belongs: `github.com`, `ghe.example.com`, or a registry's own name.
    pub host: String,
    /// The login.
    pub username: String,
    /// What kind of token it is.
    pub kind: TokenKind,
    /// How it came here.
    pub source: AccountSource,
    /// Where its secret lies.
    pub storage: AccountStorage,
    /// It is the one used at its host unless another is chosen.
    pub is_default: bool,
    /// The registries it signs in to, as they stand in references.
    pub registries: Vec<String>,
    /// What became of the last check.
    pub state: AccountState,
    /// When the host answered last, seconds since 1970; none where it never did.
    pub checked_at: Option<i64>,
    /// The last try reached nobody; what is shown is of `checked_at`.
    pub offline: bool,
    /// What the token was granted; none where GitHub does not say.
    pub scopes: Option<Vec<String>>,
    /// What it can do, in the order of the table; empty at hosts that are not GitHub.
    pub tasks: Vec<TaskView>,
    /// Granted, and needed for nothing here.
    pub surplus: Vec<String>,
    /// Seconds since 1970; none where it never ends or GitHub did not say.
    pub expires_at: Option<i64>,
    /// The system's user is to be told that it ends in 7 days or in 1, and was not yet.
    pub expiry_due: Option<u32>,
    /// Organizations with single sign-on that were asked about.
    pub sign_on: Vec<SignOnView>,
}

/// The kinds of tokens, told by their first characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TokenKind {
    /// `ghp_`, or 40 hexadecimal digits from before 2021.
    Classic,
    /// `gho_`: from signing in with the browser, or of the GitHub command line.
    Browser,
    /// `github_pat_`, which GitHub Packages refuses.
    FineGrained,
    /// `ghs_`, `ghu_`: of an app or a workflow.
    App,
    /// Anything else: a password or another registry's token.
    Other,
}

/// How a token came to Slipway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountSource {
    /// The way.
    pub way: AccountWay,
    /// The variable, the file's name, or the helper's name; empty where there is nothing to name.
    pub name: String,
}

/// The ways in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum AccountWay {
    /// A code entered in the browser.
    Browser,
    /// Pasted or typed.
    Paste,
    /// Read from a file.
    File,
    /// A variable of the environment.
    Environment,
    /// Docker's settings or its credential helper.
    Docker,
    /// Podman's `auth.json`.
    Podman,
    /// The GitHub command line.
    GitHubCli,
    /// Standard input.
    StandardInput,
    /// The practice registry's own.
    Practice,
}

/// Where an account's secret lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "place", rename_all = "camelCase")]
pub enum AccountStorage {
    /// The system's keychain.
    Keychain {
        /// The entry's name as the keychain shows it.
        entry: String,
    },
    /// Memory, until Slipway quits.
    ThisRun,
}

/// What became of the last check of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum AccountState {
    /// Nobody was asked yet.
    NotChecked,
    /// It is good for publishing.
    Accepted,
    /// It is accepted but may not publish.
    ScopeMissing,
    /// Its day is over.
    Expired,
    /// The host no longer knows it.
    Revoked,
    /// GitHub Packages refuses tokens of its kind.
    Unsuitable,
    /// The keychain no longer has its secret.
    SecretMissing,
    /// The keychain is locked.
    Locked,
}

/// One row of *What this token can do*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TaskView {
    /// What.
    pub task: TokenTask,
    /// The scope that it takes.
    pub scope: String,
    /// Whether the token may.
    pub allowed: Allowed,
}

/// What a token may be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TokenTask {
    /// Pull images.
    Install,
    /// Push images.
    Publish,
    /// Delete package versions.
    Delete,
    /// The older registry, whose packages inherit from a repository.
    Legacy,
    /// Offer organizations in the form.
    Organizations,
}

/// Whether a token may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Allowed {
    /// It may.
    Yes,
    /// The scope is missing.
    Missing,
    /// The scope is not granted, and is not needed for most.
    NotGranted,
    /// GitHub does not say.
    Unknown,
}

/// Single sign-on of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignOnView {
    /// Its login.
    pub organization: String,
    /// Whether the token is authorized for it.
    pub authorized: bool,
}

/// The system's keychain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeychainView {
    /// Whether it answers.
    pub state: KeychainState,
    /// What to install where it is missing, such as `gnome-keyring`; empty where that does not help.
    pub package: String,
}

/// Whether the keychain answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum KeychainState {
    /// It does.
    Ready,
    /// None answers on this computer; tokens are kept until Slipway quits.
    Missing,
    /// It wants its password.
    Locked,
}

/// A host that people may sign in to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignInHost {
    /// `github.com`, `ghe.example.com`, or a registry's own name.
    pub name: String,
    /// Its registries, as they stand in references.
    pub registries: Vec<String>,
    /// It is GitHub: it says whom a token belongs to. Elsewhere the user name is typed.
    pub github: bool,
    /// Signing in with the browser is set up for it.
    pub browser: bool,
}

/// What a new token is for; decides the scopes that the form on GitHub opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Purpose {
    /// `read:packages`.
    Install,
    /// `write:packages`, which includes reading.
    Publish,
    /// `write:packages` and `delete:packages`.
    PublishAndDelete,
    /// `write:packages` and `repo`, for the older registry.
    Legacy,
}

/// What can be told of a token without asking anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TokenCheckView {
    /// Its kind.
    pub kind: TokenKind,
    /// Whether it can be right.
    pub verdict: TokenVerdict,
}

/// Whether a token can be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TokenVerdict {
    /// Nothing was typed.
    Empty,
    /// Its checksum fits.
    Complete,
    /// Its form is right; there is no checksum to tell by.
    Plausible,
    /// Characters are missing.
    TooShort,
    /// It is longer than such tokens are, or has spaces inside.
    TooLong,
    /// The checksum does not fit: a copying error.
    Checksum,
    /// GitHub Packages refuses this kind.
    FineGrained,
}

/// A token that was read in Rust, from the clipboard or a file, and waits there to be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HeldToken {
    /// Names it in [`TokenFrom::Held`].
    pub id: u64,
    /// What can be told of it.
    pub check: TokenCheckView,
    /// The file's name; empty for the clipboard.
    pub file: String,
}

/// A credential that this computer already has, found but not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundView {
    /// Names it in [`TokenFrom::Found`].
    pub id: u64,
    /// Where it was found, and the variable's, helper's or file's name.
    pub source: AccountSource,
    /// The host it is for, as Slipway names hosts.
    pub host: String,
    /// The login; empty where the place does not say.
    pub username: String,
}

/// What was found, and the places that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundCredentials {
    /// In the order they would be used.
    pub found: Vec<FoundView>,
    /// Places that could not be read, and why.
    pub troubles: Vec<FoundTrouble>,
}

/// A place that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundTrouble {
    /// Which.
    pub way: AccountWay,
    /// Why, in English, naming the file or program.
    pub message: String,
}

/// Where the token of a new account comes from.
#[derive(Deserialize, TS)]
#[serde(tag = "from", rename_all = "camelCase")]
pub enum TokenFrom {
    /// Typed or pasted into the field. The one thing that goes from the page to Rust and never back.
    Typed {
        /// The token.
        #[ts(type = "string")]
        token: SecretString,
    },
    /// Read in Rust from the clipboard or a file.
    Held {
        /// [`HeldToken::id`].
        id: u64,
    },
    /// Found on this computer.
    Found {
        /// [`FoundView::id`].
        id: u64,
    },
}

/// An account to add.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NewAccount {
    /// The host.
    pub host: String,
    /// Its token.
    pub token: TokenFrom,
    /// The login; empty to ask GitHub whom the token belongs to.
    pub username: String,
    /// Keep it in the system's keychain; else until Slipway quits.
    pub keep: bool,
    /// Take it though GitHub Packages refuses its kind, or nobody can be asked.
    pub anyway: bool,
}

/// An account that was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AddedAccount {
    /// Its id.
    pub id: String,
    /// All accounts now.
    pub accounts: AccountsView,
    /// The keychain would not take it, so that it is kept until Slipway quits.
    pub not_kept: bool,
}

/// What happens while somebody signs in with the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum BrowserSignIn {
    /// This code is to be entered on the page.
    #[serde(rename_all = "camelCase")]
    Code {
        /// `XXXX-XXXX`.
        code: String,
        /// The page, for people to read.
        page: String,
        /// When the code ends, seconds since 1970.
        expires_at: i64,
    },
    /// It was entered, and the account is there.
    Added {
        /// The account.
        added: Box<AddedAccount>,
        /// What was asked for and not granted.
        lost: Vec<TokenTask>,
    },
    /// It came to nothing.
    Failed {
        /// Why.
        failure: Box<FailureView>,
    },
}

/// Pages about accounts, from a closed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "page", rename_all = "camelCase")]
pub enum AccountPage {
    /// The form for a new classic token.
    NewToken {
        /// The host.
        host: String,
        /// What for.
        purpose: Purpose,
    },
    /// Where the account's scopes and life can be changed: its tokens on GitHub.
    Tokens {
        /// The account.
        account: String,
    },
    /// Where the token is authorized for an organization's single sign-on.
    SignOn {
        /// The account.
        account: String,
        /// The organization.
        organization: String,
    },
    /// Where the code of signing in with the browser is entered.
    Code {
        /// The host.
        host: String,
    },
}

/// How a container engine on this computer would be signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EngineSignIn {
    /// Which.
    pub engine: Engine,
    /// It is installed.
    pub installed: bool,
    /// It asks Slipway anyway, so there is nothing to do.
    pub asks: bool,
    /// It would keep the token in a plain file.
    pub plain: bool,
    /// Where it would keep it: a helper's or a file's name.
    pub place: String,
}

/// Docker and Podman, as far as they ask Slipway for logins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DockerAsks {
    /// The registries that Docker asks Slipway for; none where it is not set up.
    pub registries: Vec<String>,
    /// Those of them that Podman asks for, too: its own logins stand before.
    pub podman: Vec<String>,
    /// Those of them whose token Docker's file holds all the same, unencrypted; it is passed over.
    pub plain: Vec<String>,
    /// Where Docker finds `docker-credential-slipway`.
    pub program: Option<String>,
    /// Docker's settings.
    pub config: String,
}

//! What went wrong, and the pages that help.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;

use super::params::{Params, Value, crossing, ids};
use super::{AccountView, Code, Field};

/// Why something failed. The page has the words, by `code`.
#[derive(Debug, Clone, PartialEq, Eq, TS)]
#[ts(rename_all = "camelCase")]
pub struct FailureView {
    /// What it is, with the values for its words.
    #[ts(skip)]
    pub code: Code,
    /// English sentence.
    pub message: String,
    /// Of what, as far as that is known: values for the words of any code.
    #[ts(skip)]
    pub about: About,
    /// Trying again may help without changing anything.
    pub retry: Retry,
    /// What may help, best first.
    pub help: Vec<Remedy>,
    /// What the wire said; none where no request was involved.
    pub technical: Option<TechnicalView>,
}

impl FailureView {
    /// The values for its words, as they cross.
    pub fn params(&self) -> Params {
        crossing(self.values())
    }

    /// The values for its words; what the code itself says stands last, above what is known around it.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&'static str, Value)> {
        self.about.values().chain(self.code.values())
    }
}

impl Code {
    /// What was kept of a failure: its code, as far as there is such a one with these values, and of what it was.
    pub(crate) fn of(name: &str, params: &Params) -> (Option<Self>, About) {
        (Self::read(name, params), About::read(params))
    }
}

/// A failure as it crosses: the values for its words in one map, as text.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Crossing {
    code: String,
    message: String,
    params: Params,
    retry: Retry,
    help: Vec<Remedy>,
    technical: Option<TechnicalView>,
}

impl Serialize for FailureView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (code, params) = (self.code.as_str().to_owned(), self.params());
        let Self { message, retry, help, technical, .. } = self.clone();
        Crossing { code, message, params, retry, help, technical }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FailureView {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Crossing { code, message, params, retry, help, technical } = Crossing::deserialize(deserializer)?;
        let code = Code::read(&code, &params)
            .ok_or_else(|| D::Error::custom(format!("no failure “{code}” with {params:?}")))?;
        Ok(Self { code, message, about: About::read(&params), retry, help, technical })
    }
}

/// The parameters that a failure of any code may have.
macro_rules! about {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Of what a failure is, as far as that is known.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct About {
            $($(#[$doc])* pub $name: Option<String>,)*
        }

        impl About {
            /// Their names.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];

            pub(crate) fn values(&self) -> impl Iterator<Item = (&'static str, Value)> + use<> {
                let values = [$((stringify!($name), self.$name.clone())),*];
                values.into_iter().filter_map(|(name, value)| Some((name, Value::Text(value?))))
            }

            fn read(params: &Params) -> Self {
                Self { $($name: params.get(stringify!($name)).cloned()),* }
            }

            /// With what `other` knows, which counts more.
            pub(crate) fn and(self, other: Self) -> Self {
                Self { $($name: other.$name.or(self.$name)),* }
            }
        }
    };
}

about! {
    /// The registry, as people see it.
    registry,
    /// The host that was asked.
    host,
    /// The other host that the registry led to.
    asked,
    /// The owner of the package.
    owner,
    /// The package, `owner/name`.
    package,
    /// The image or the account that was named.
    reference,
    /// Who asked.
    username,
    /// What in the file.
    member,
}

/// Whether trying again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Retry {
    /// No: the same answer will come.
    No,
    /// It may.
    Yes,
    /// After something was changed (a token, a setting on GitHub).
    AfterChange,
}

/// One thing that may help. The page has the words, by the failure's code and this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Remedy {
    /// A page outside, for `open_link`.
    Page {
        /// Which.
        topic: LinkTopic,
    },
    /// A ready message for whoever can change it, to copy.
    Message,
    /// Another token for the same account.
    ReplaceToken,
    /// An account, where nobody is signed in.
    AddAccount,
    /// Another account.
    OtherAccount,
    /// Asking the host what the account's token may do now.
    VerifyToken,
    /// A new token by signing in with the browser, where that is set up for the host.
    SignInWithBrowser,
    /// The form with this owner.
    UseOwner {
        /// The owner that was probably meant.
        owner: String,
    },
    /// The form, at this field.
    Field {
        /// Which.
        field: Field,
    },
    /// The form for another registry.
    SwitchRegistry {
        /// Which.
        registry: String,
    },
    /// Where hosts are set, in the settings.
    Hosts,
    /// Where it is set which versions never move, in the settings.
    FixedVersions,
    /// The same once more, with a layer that may unpack to far more than it is: `unpack_anyway`, then the publish.
    Unpack,
    /// The same once more.
    Again,
}

/// Technical detail of a failed request, without secrets and local paths.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TechnicalView {
    /// `POST /v2/octo-org/hello/blobs/uploads/`
    pub request: Option<String>,
    /// The host that it was sent to, where the registry led to another one than itself.
    #[serde(default)]
    pub host: Option<String>,
    /// HTTP status.
    pub status: Option<u16>,
    /// The registry's error code, such as `DENIED`.
    pub registry_code: Option<String>,
    /// The registry's own message.
    pub message: Option<String>,
    /// `x-github-request-id` or its like.
    pub request_id: Option<String>,
    /// Who it was sent as, such as `octocat` and the source.
    pub credential: Option<AccountView>,
    /// When, seconds since 1970.
    pub time: i64,
}

ids! {
    /// Pages outside that the window can open. The page names a topic; Rust makes the address.
    LinkTopic {
        /// The form for a new classic token with `write:packages` ticked.
        NewToken = "newToken",
        /// The person's tokens.
        Tokens = "tokens",
        /// The package's page.
        PackagePage = "packagePage",
        /// The package's settings (visibility, access).
        PackageSettings = "packageSettings",
        /// The owner's package settings.
        OwnerSettings = "ownerSettings",
        /// The owner's billing settings.
        BillingSettings = "billingSettings",
        /// The owner's plan.
        PlanSettings = "planSettings",
        /// Where a token is authorized for the owner's single sign-on.
        Authorize = "authorize",
        /// GitHub's page about packages and tokens.
        Docs = "docs",
        /// GitHub's status page.
        Status = "status",
        /// How Docker is installed.
        InstallDocker = "installDocker",
        /// How Podman is installed.
        InstallPodman = "installPodman",
    }
}

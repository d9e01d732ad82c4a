//! Every error as what crosses to the page and to `--json`: a code of the closed set, an English sentence
//! and values for the page's own words. Guesses are never dressed as facts here; the words say "often".

use std::collections::BTreeMap;

use slipway_archive::{ArchiveError, Kind};
use slipway_distribution::{Distrust, ErrorKind, Fault};
use slipway_hosts::{At, Meaning, Profile};
use slipway_transfer::{Check, TransferError};

use crate::view::{
    AccountView, Code, CredentialSource, FailureView, Field, LinkTopic, Remedy, Retry, TechnicalView,
};

/// Names that differ by so many letters are taken for slips.
const NEAR: usize = 2;

impl Code {
    /// As it stands in JSON: `denied.scope`.
    pub(crate) fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Why no answer came.
    pub(crate) fn network(fault: &Fault) -> Self {
        match fault {
            Fault::UnknownHost => Self::NetworkUnknownHost,
            Fault::Refused | Fault::Connect => Self::NetworkUnreachable,
            Fault::Timeout => Self::NetworkTimeout,
            Fault::Tls(_) => Self::NetworkTls,
            Fault::ProxySignIn => Self::NetworkProxy,
            Fault::ProxyAway | Fault::ProxyRefused(_) => Self::NetworkProxyRefused,
        }
    }
}

impl FailureView {
    /// A failure of `code` without a request.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let (retry, help) = advice(code);
        Self { code, message: message.into(), params: BTreeMap::new(), retry, help, technical: None }
    }

    /// The same with one more value for the words.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// With what the page's words about a network need.
    pub(crate) fn of_network(self, host: &str, proxy: &str, fault: &Fault) -> Self {
        let view = self.with("host", host);
        match fault {
            Fault::ProxySignIn | Fault::ProxyRefused(None) => view.with("proxy", proxy),
            Fault::ProxyAway => view.with("proxy", proxy).with("away", true),
            Fault::ProxyRefused(Some(status)) => view.with("proxy", proxy).with("status", status),
            Fault::Tls(distrust) => view.with("reason", word(distrust)),
            Fault::UnknownHost | Fault::Refused | Fault::Connect | Fault::Timeout => view,
        }
    }

    /// An archive that cannot be used.
    pub(crate) fn archive(error: &ArchiveError) -> Self {
        let new = |code| Self::new(code, error.to_string());
        match error {
            ArchiveError::Unreadable { .. } => new(Code::FileUnreadable),
            ArchiveError::Empty { .. } => new(Code::FileEmpty),
            ArchiveError::Zip { .. } => new(Code::FileZip),
            ArchiveError::Unknown { .. } => new(Code::FileUnknown),
            ArchiveError::Other { kind, .. } => {
                let view = new(Code::FileOther).with("kind", kind.word());
                match kind {
                    Kind::Named(name) => view.with("name", name),
                    Kind::TextInFront(bytes) => view.with("bytes", bytes),
                    _ => view,
                }
            }
            ArchiveError::NotImage { .. } => new(Code::FileNotImage),
            ArchiveError::RootFilesystem { .. } => new(Code::FileRootFilesystem),
            ArchiveError::TooOld { .. } => new(Code::FileTooOld),
            ArchiveError::NotLayout { .. } => new(Code::FileNotLayout),
            ArchiveError::Truncated { at, size, .. } => {
                new(Code::FileTruncated).with("at", at).with("size", size)
            }
            ArchiveError::MemberMissing { member, .. } => new(Code::FileMemberMissing).with("member", member),
            ArchiveError::Malformed { member, reason, .. } => {
                new(Code::FileMalformed).with("member", member).with("reason", reason)
            }
            ArchiveError::Damaged { member, .. } => new(Code::FileDamaged).with("member", member),
            ArchiveError::Unsafe { member, .. } => new(Code::FileUnsafe).with("member", member),
            ArchiveError::LeadsOut { member, folder } => {
                new(Code::FileLeadsOut).with("member", member).with("folder", folder)
            }
            ArchiveError::Incomplete { selector, reason } => {
                new(Code::ImageIncomplete).with("selector", selector).with("reason", reason)
            }
            ArchiveError::Bomb { member, .. } => new(Code::FileBomb).with("member", member),
            ArchiveError::Unpacks { member, size, limit } => {
                new(Code::FileUnpacks).with("member", member).with("size", size).with("limit", limit)
            }
            ArchiveError::TooMuch { member } => new(Code::FileTooMuch).with("member", member),
            ArchiveError::NoRoom { folder, need, free, .. } => {
                new(Code::FileNoRoom).with("folder", folder).with("need", need).with("free", free)
            }
            ArchiveError::Changed => new(Code::FileChanged),
            ArchiveError::UnknownImage { selector, .. } => new(Code::ImageUnknown).with("selector", selector),
            ArchiveError::Cancelled => new(Code::Cancelled),
            ArchiveError::Spool { .. } => new(Code::OutputFailed),
        }
    }

    /// A transfer that ended early. `now` is seconds since 1970.
    pub(crate) fn transfer(error: &TransferError, now: i64) -> Self {
        let new = |code| Self::new(code, error.to_string());
        match error {
            TransferError::Archive(error) => Self::archive(error),
            TransferError::Read { member, .. } => new(Code::FileUnreadable).with("member", member),
            TransferError::Refused(check) => Self::refused(check),
            TransferError::Registry { source, .. } => {
                let message = in_words(source, error.to_string());
                Self { message, ..Self::registry(source, now) }
            }
            TransferError::DamagedLayer { layer, member, .. } => {
                new(Code::FileDamaged).with("layer", layer).with("member", member)
            }
            TransferError::Disagrees { tag, expected, found } => {
                new(Code::DigestDisagrees).with("tag", tag).with("expected", expected).with("found", found)
            }
            TransferError::Source(error) => Self::transfer(error, now),
            TransferError::Exists { tag, found } => {
                new(Code::TagExists).with("tag", tag).with("found", found)
            }
            TransferError::Change { what, reason } => {
                new(Code::ImageChange).with("what", what).with("reason", reason)
            }
            TransferError::NotFound { reference, source } => {
                let technical = Self::registry(source, now).technical;
                Self { technical, ..new(Code::NotFound).with("reference", reference) }
            }
            TransferError::NoPlatform { reference, platform, present } => new(Code::NotFound)
                .with("reference", reference)
                .with("platform", platform)
                .with("present", present),
            TransferError::BadManifest { reference, reason } => {
                new(Code::BadAnswer).with("reference", reference).with("reason", reason)
            }
            TransferError::Output { .. } => new(Code::OutputFailed),
            TransferError::Cancelled => new(Code::Cancelled),
        }
    }

    /// A rule of the registry that speaks against the image.
    pub(crate) fn refused(check: &Check) -> Self {
        let new = |code| Self::new(code, check.to_string());
        match check {
            Check::LayerLimit { layer, size, max } => {
                new(Code::LayerLimit).with("layer", layer).with("size", size).with("max", max)
            }
            Check::LayerForeign { layer } => new(Code::LayerForeign).with("layer", layer),
            Check::MultiPlatform { platforms } => {
                new(Code::ImageMulti).with("platforms", platforms.join(", "))
            }
            // The others never block.
            Check::ForeignKept { .. }
            | Check::ReferrersLeft { .. }
            | Check::ImageLarge { .. }
            | Check::Sparse { .. } => new(Code::Internal),
        }
    }

    /// What a registry, or the way to it, said. `now` is seconds since 1970.
    pub(crate) fn registry(error: &slipway_distribution::Error, now: i64) -> Self {
        let code = match &error.kind {
            ErrorKind::Answer => meaning(error.meaning()),
            ErrorKind::Network(fault) => Code::network(fault),
            ErrorKind::PlainHttp | ErrorKind::PlainRealm(_) => Code::NetworkPlainHttp,
            ErrorKind::Realm(_) => Code::RealmElsewhere,
            ErrorKind::Body(_) => Code::FileUnreadable,
            _ => Code::BadAnswer,
        };
        // Without a credential, every refusal has the same cure.
        let anonymous = error.credential.is_none();
        // Another host that a registry led to knows nothing of the credential, and no sign-in helps there.
        let stranger = error.led_to.is_some() && error.at != At::Token;
        let code = match code {
            Code::Unauthenticated | Code::DeniedCredential | Code::DeniedOther | Code::LegacyUnauthorized
                if stranger =>
            {
                Code::BadAnswer
            }
            Code::Unauthenticated | Code::DeniedCredential | Code::DeniedOther | Code::LegacyUnauthorized
                if anonymous =>
            {
                Code::SignInRequired
            }
            other => other,
        };
        let account = error.credential.as_ref().map(|(username, source)| AccountView {
            username: username.clone(),
            source: credential_source(*source),
        });
        let first = error.errors.first();
        let mut view = Self::new(code, in_words(error, error.to_string()))
            .with("host", error.asked())
            .with("registry", &error.host);
        if let Some(asked) = &error.led_to {
            view = view.with("asked", asked);
        }
        // Nobody can choose who gives out github.com's tokens, so the page of hosts has nothing to set for it.
        if code == Code::RealmElsewhere && matches!(error.profile, Profile::Ghcr | Profile::DockerPkg) {
            (view.retry, view.help) = (Retry::Yes, vec![Remedy::Again]);
            view = view.with("builtIn", true);
        }
        match &error.kind {
            ErrorKind::Network(fault) => view = view.of_network(error.asked(), &error.proxy, fault),
            ErrorKind::Realm(realm) | ErrorKind::PlainRealm(realm) => view = view.with("realm", realm),
            _ => {}
        }
        // GitHub calls the tokens of workflows and apps so; whoever has another one is told of their organization.
        if code == Code::DeniedOrgCreate
            && first.is_some_and(|first| first.message.starts_with("installation"))
        {
            view = view.with("token", "app");
        }
        if let Some(account) = &account {
            view = view.with("username", &account.username);
        }
        if let Some(digest) = first.filter(|_| code == Code::BlobMissing).and_then(digest) {
            view = view.with("digest", digest);
        }
        view.technical = Some(TechnicalView {
            request: error.request.as_ref().map(|request| format!("{} {}", request.method, request.path)),
            host: error.led_to.clone(),
            status: error.status,
            registry_code: first.map(|error| error.code.clone()).filter(|code| !code.is_empty()),
            message: first.map(|error| error.message.clone()).filter(|message| !message.is_empty()),
            request_id: error.request_id.clone(),
            credential: account,
            time: now,
        });
        view
    }
}

/// What was said of `error`, and the setting that helps, where there is one.
fn in_words(error: &slipway_distribution::Error, said: String) -> String {
    match &error.kind {
        // Whoever asks for GitHub's tokens is not for people to choose.
        ErrorKind::Realm(realm) if error.profile == Profile::Generic => format!(
            "{said}. Where you trust {realm} with the token, allow it for this host: `slipway hosts add {} --registry \
             --realm {realm}`, or Settings, Hosts",
            error.host
        ),
        _ => said,
    }
}

/// Why a secure connection was not made, as the page's words are chosen by it.
fn word(distrust: &Distrust) -> &'static str {
    match distrust {
        Distrust::Ended => "ended",
        Distrust::NotYet => "notYet",
        Distrust::Name(_) => "name",
        Distrust::Issuer => "issuer",
        Distrust::Authority => "authority",
        Distrust::Certificate => "certificate",
        Distrust::Handshake => "handshake",
    }
}

/// The digest that a registry's error speaks of; its form differs from registry to registry.
fn digest(error: &slipway_distribution::RegistryError) -> Option<&str> {
    let texts = [error.detail.as_deref(), Some(error.message.as_str())];
    texts.into_iter().flatten().find_map(|text| {
        let from = &text[text.find("sha256:")?..];
        let end =
            from.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != ':').unwrap_or(from.len());
        Some(&from[..end])
    })
}

pub(crate) fn credential_source(source: slipway_distribution::CredentialSource) -> CredentialSource {
    use slipway_distribution::CredentialSource as Source;
    match source {
        Source::ThisRun => CredentialSource::ThisRun,
        Source::Environment => CredentialSource::Environment,
        Source::Keychain => CredentialSource::Keychain,
        Source::DockerConfig => CredentialSource::DockerConfig,
        Source::DockerHelper => CredentialSource::DockerHelper,
        Source::Podman => CredentialSource::Podman,
        Source::Gh => CredentialSource::Gh,
        Source::TokenFile => CredentialSource::TokenFile,
        Source::StandardInput => CredentialSource::StandardInput,
        Source::Practice => CredentialSource::Practice,
    }
}

fn meaning(meaning: Meaning) -> Code {
    match meaning {
        Meaning::DeniedPackageRole => Code::DeniedPackageRole,
        Meaning::DeniedScope => Code::DeniedScope,
        Meaning::DeniedCredential => Code::DeniedCredential,
        Meaning::Unauthenticated => Code::Unauthenticated,
        Meaning::DeniedOrgCreate => Code::DeniedOrgCreate,
        Meaning::SsoRequired => Code::SsoRequired,
        Meaning::DeniedOther => Code::DeniedOther,
        Meaning::OwnerNotFound => Code::OwnerNotFound,
        Meaning::NotFound => Code::NotFound,
        Meaning::RateLimited { .. } => Code::RateLimited,
        Meaning::BlobMissing => Code::BlobMissing,
        Meaning::LegacyNameForm => Code::LegacyNameForm,
        Meaning::LegacyUnauthorized => Code::LegacyUnauthorized,
        Meaning::LegacyBilling => Code::LegacyBilling,
        Meaning::LegacyPlan => Code::LegacyPlan,
        Meaning::LegacyNameTaken => Code::LegacyNameTaken,
        Meaning::ManifestRefused => Code::ManifestRefused,
        Meaning::RegistryFault => Code::RegistryFault,
        Meaning::Other => Code::BadAnswer,
    }
}

/// Whether trying again helps, and what else may, best first (ux: "When something goes wrong").
fn advice(code: Code) -> (Retry, Vec<Remedy>) {
    let page = |topic| Remedy::Page { topic };
    let field = |field| Remedy::Field { field };
    let ghcr = || Remedy::SwitchRegistry { registry: "ghcr.io".to_owned() };
    match code {
        Code::DeniedPackageRole => (
            Retry::AfterChange,
            vec![page(LinkTopic::PackageSettings), Remedy::Message, Remedy::OtherAccount],
        ),
        Code::DeniedScope => (Retry::AfterChange, vec![page(LinkTopic::NewToken), Remedy::ReplaceToken]),
        Code::LegacyUnauthorized => {
            (Retry::AfterChange, vec![page(LinkTopic::NewToken), Remedy::ReplaceToken, ghcr()])
        }
        Code::DeniedCredential => (
            Retry::AfterChange,
            vec![Remedy::ReplaceToken, Remedy::SignInWithBrowser, page(LinkTopic::NewToken)],
        ),
        Code::SignInRequired => (
            Retry::AfterChange,
            vec![Remedy::AddAccount, Remedy::SignInWithBrowser, page(LinkTopic::NewToken)],
        ),
        Code::Unauthenticated => {
            (Retry::Yes, vec![Remedy::Again, Remedy::VerifyToken, page(LinkTopic::Status)])
        }
        Code::DeniedOrgCreate => {
            (Retry::AfterChange, vec![Remedy::OtherAccount, page(LinkTopic::OwnerSettings), Remedy::Message])
        }
        Code::SsoRequired => (Retry::AfterChange, vec![page(LinkTopic::Authorize), Remedy::Again]),
        Code::LegacyBilling => (Retry::AfterChange, vec![page(LinkTopic::BillingSettings), Remedy::Message]),
        Code::LegacyPlan => (Retry::AfterChange, vec![page(LinkTopic::PlanSettings)]),
        Code::LegacyNameForm => (Retry::AfterChange, vec![field(Field::Repository), ghcr()]),
        Code::LegacyNameTaken => (Retry::Yes, vec![Remedy::Again, field(Field::ImageName), ghcr()]),
        Code::TokenFineGrained | Code::TokenChecksum => (Retry::AfterChange, vec![page(LinkTopic::NewToken)]),
        Code::DeniedOther => (Retry::AfterChange, vec![Remedy::OtherAccount, page(LinkTopic::Docs)]),
        Code::NotFound | Code::ManifestRefused => (Retry::AfterChange, vec![page(LinkTopic::Docs)]),
        Code::RegistryFault | Code::RateLimited => (Retry::Yes, vec![Remedy::Again, page(LinkTopic::Status)]),
        Code::NetworkUnreachable
        | Code::NetworkUnknownHost
        | Code::NetworkTimeout
        | Code::BlobMissing
        | Code::BadAnswer
        | Code::DigestDisagrees
        | Code::Cancelled
        | Code::Internal => (Retry::Yes, vec![Remedy::Again]),
        Code::RealmElsewhere => (Retry::AfterChange, vec![Remedy::Hosts]),
        Code::FileUnpacks => (Retry::AfterChange, vec![Remedy::Unpack]),
        Code::TagExists => (Retry::AfterChange, vec![field(Field::Version)]),
        Code::OwnerNotFound
        | Code::NetworkTls
        | Code::NetworkPlainHttp
        | Code::NetworkProxy
        | Code::NetworkProxyRefused
        | Code::FileChanged
        | Code::FileTruncated
        | Code::FileUnreadable
        | Code::SettingsFailed
        | Code::OutputFailed => (Retry::AfterChange, Vec::new()),
        _ => (Retry::No, Vec::new()),
    }
}

/// The known owner that `typed` is nearest to, if it is near: what was probably meant.
pub(crate) fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a String>) -> Option<&'a String> {
    let near = known.into_iter().map(|owner| (strsim::osa_distance(typed, owner), owner));
    near.filter(|(distance, _)| (1..=NEAR).contains(distance))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, owner)| owner)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use slipway_distribution::{Distrust, Fault};

    use super::{nearest, word};
    use crate::view::{Code, FailureView};

    /// The page has a sentence for each of these words (`ui/tests/failure.test.ts`).
    #[test]
    fn whoever_is_not_trusted_is_told_why_and_a_proxy_that_refuses_with_what() {
        let all = [
            Distrust::Ended,
            Distrust::NotYet,
            Distrust::Name(vec!["elsewhere.test".to_owned()]),
            Distrust::Issuer,
            Distrust::Authority,
            Distrust::Certificate,
            Distrust::Handshake,
        ];
        let words: BTreeSet<_> = all.iter().map(word).collect();
        let expected = ["ended", "notYet", "name", "issuer", "authority", "certificate", "handshake"];
        assert_eq!(words, BTreeSet::from(expected));
        let told = |fault: &Fault| {
            FailureView::new(Code::network(fault), "").of_network("ghcr.io", "http://proxy:8080/", fault)
        };
        let distrusted = told(&Fault::Tls(Distrust::Issuer));
        assert_eq!((distrusted.code, distrusted.params["reason"].as_str()), (Code::NetworkTls, "issuer"));
        let refused = told(&Fault::ProxyRefused(Some(403)));
        assert_eq!(refused.code, Code::NetworkProxyRefused);
        assert_eq!([&refused.params["proxy"], &refused.params["status"]], ["http://proxy:8080/", "403"]);
        assert_eq!(told(&Fault::UnknownHost).code, Code::NetworkUnknownHost);
    }

    #[test]
    fn a_slip_of_the_finger_finds_the_owner_that_was_meant() {
        let known = ["octocat".to_owned(), "octo-org".to_owned()];
        assert_eq!(nearest("octo-orgg", &known), Some(&known[1]));
        assert_eq!(nearest("otcocat", &known), Some(&known[0]));
        assert_eq!(nearest("octo-org", &known), None, "that one is known not to be there");
        assert_eq!(nearest("somebody", &known), None);
    }
}

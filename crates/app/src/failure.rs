//! Every error as what crosses to the page and to `--json`: a code of the closed set, an English sentence
//! and values for the page's own words. Guesses are never dressed as facts here; the words say "often".

use slipway_archive::{ArchiveError, Kind};
use slipway_distribution::{ErrorKind, Fault};
use slipway_engines::EngineError;
use slipway_hosts::{At, Meaning, Profile};
use slipway_reference::Rule;
use slipway_transfer::{Check, TransferError};

use crate::view::{
    About, AccountView, Bytes, Code, CredentialSource, DigestOr, FailureView, Field, Flag, FormPart,
    LinkTopic, List, MadeFor, Remedy, Retry, TechnicalView,
};

/// Names that differ by so many letters are taken for slips.
const NEAR: usize = 2;

impl Code {
    /// Why no answer came from `host`, on the way through `proxy` (its address, or `system`).
    pub(crate) fn network(host: &str, proxy: &str, fault: &Fault) -> Self {
        let (host, proxy) = (host.to_owned(), proxy.to_owned());
        match fault {
            Fault::UnknownHost => Self::NetworkUnknownHost { host },
            Fault::Refused | Fault::Connect => Self::NetworkUnreachable { host },
            Fault::Timeout => Self::NetworkTimeout { host },
            Fault::Tls(distrust) => Self::NetworkTls { host, reason: distrust.into() },
            Fault::ProxySignIn => Self::NetworkProxy { host, proxy },
            Fault::ProxyAway => Self::NetworkProxyRefused { host, proxy, away: Flag(true), status: None },
            Fault::ProxyRefused(status) => {
                Self::NetworkProxyRefused { host, proxy, away: Flag(false), status: *status }
            }
        }
    }
}

impl FailureView {
    /// A failure of `code` without a request.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let (retry, help) = advice(&code);
        let about = About::default();
        Self { code, message: message.into(), about, retry, help, technical: None }
    }

    /// The same of what `about` knows, beside what is known already.
    #[must_use]
    pub(crate) fn about(self, about: About) -> Self {
        Self { about: self.about.and(about), ..self }
    }

    /// A credential that cannot be used, and why.
    pub(crate) fn unusable(reason: impl ToString) -> Self {
        let reason = reason.to_string();
        Self::new(Code::CredentialUnusable { reason: reason.clone() }, reason)
    }

    /// A form that cannot be used as a whole.
    pub(crate) fn form(message: impl Into<String>) -> Self {
        Self::new(Code::FormProblem { field: None, rule: None }, message)
    }

    /// What `rule` says against a part of the form.
    pub(crate) fn broken(part: FormPart, rule: &Rule, message: impl Into<String>) -> Self {
        Self::new(Code::FormProblem { field: Some(part), rule: Some(rule.into()) }, message)
    }

    /// Something that is not there, or that nobody may see.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Code::NotFound { platform: None, present: None }, message)
    }

    /// An archive that cannot be used.
    pub(crate) fn archive(error: &ArchiveError) -> Self {
        let new = |code| Self::new(code, error.to_string());
        match error {
            ArchiveError::Unreadable { source, .. } => match of_engine(source) {
                Some(error) => Self::engine(error),
                None => new(Code::FileUnreadable),
            },
            ArchiveError::Empty { .. } => new(Code::FileEmpty),
            ArchiveError::Zip { .. } => new(Code::FileZip),
            ArchiveError::Unknown { .. } => new(Code::FileUnknown),
            ArchiveError::Other { kind, .. } => {
                let (name, bytes) = match *kind {
                    Kind::Named(name) => (Some(name.to_owned()), None),
                    Kind::TextInFront(bytes) => (None, Some(bytes)),
                    _ => (None, None),
                };
                new(Code::FileOther { kind: (*kind).into(), name, bytes })
            }
            ArchiveError::NotImage { .. } => new(Code::FileNotImage),
            ArchiveError::RootFilesystem { .. } => new(Code::FileRootFilesystem),
            ArchiveError::TooOld { .. } => new(Code::FileTooOld),
            ArchiveError::NotLayout { .. } => new(Code::FileNotLayout),
            ArchiveError::Truncated { at, size, .. } => {
                new(Code::FileTruncated { at: Bytes(*at), size: Bytes(*size) })
            }
            ArchiveError::MemberMissing { member, .. } => {
                new(Code::FileMemberMissing { member: member.clone() })
            }
            ArchiveError::Malformed { member, reason, .. } => {
                new(Code::FileMalformed { member: member.clone(), reason: reason.clone() })
            }
            ArchiveError::Damaged { member, .. } => {
                new(Code::FileDamaged { member: member.clone(), layer: None })
            }
            ArchiveError::Unsafe { member, .. } => new(Code::FileUnsafe { member: member.clone() }),
            ArchiveError::LeadsOut { member, folder } => {
                new(Code::FileLeadsOut { member: member.clone(), folder: folder.clone() })
            }
            ArchiveError::Incomplete { selector, reason } => {
                new(Code::ImageIncomplete { selector: selector.clone(), reason: reason.clone() })
            }
            ArchiveError::Bomb { member, .. } => new(Code::FileBomb { member: member.clone() }),
            ArchiveError::Unpacks { member, size, limit } => new(Code::FileUnpacks {
                member: member.clone(),
                size: Bytes(*size),
                limit: Bytes(*limit),
                file: None,
            }),
            ArchiveError::TooMuch { member } => new(Code::FileTooMuch { member: member.clone() }),
            ArchiveError::NoRoom { folder, need, free, .. } => {
                new(Code::FileNoRoom { folder: folder.clone(), need: Bytes(*need), free: Bytes(*free) })
            }
            ArchiveError::Changed => new(Code::FileChanged),
            ArchiveError::UnknownImage { selector, .. } => {
                new(Code::ImageUnknown { selector: selector.clone() })
            }
            ArchiveError::Cancelled => new(Code::Cancelled),
            ArchiveError::Spool { .. } => new(Code::OutputFailed),
        }
    }

    /// A transfer that ended early. `now` is seconds since 1970.
    pub(crate) fn transfer(error: &TransferError, now: i64) -> Self {
        let new = |code| Self::new(code, error.to_string());
        let of = |reference: &String| About { reference: Some(reference.clone()), ..About::default() };
        match error {
            TransferError::Archive(error) => Self::archive(error),
            TransferError::Read { member, .. } => {
                new(Code::FileUnreadable).about(About { member: Some(member.clone()), ..About::default() })
            }
            TransferError::Refused(check) => Self::refused(check),
            TransferError::Registry { source, .. } => {
                let message = in_words(source, error.to_string());
                Self { message, ..Self::registry(source, now) }
            }
            TransferError::DamagedLayer { layer, member, .. } => {
                new(Code::FileDamaged { member: member.clone(), layer: Some(*layer) })
            }
            TransferError::Source(error) => Self::transfer(error, now),
            TransferError::Disagrees { tag, expected, found } => new(Code::DigestDisagrees {
                tag: tag.to_string(),
                expected: DigestOr(expected.to_string()),
                found: DigestOr(found.clone()),
            }),
            TransferError::Exists { tag, found, guard } => {
                let (tag, found) = (tag.to_string(), DigestOr(found.to_string()));
                new(match guard {
                    Some(guard) => Code::TagFixed { tag, found, rule: guard.to_string() },
                    None => Code::TagExists { tag, found },
                })
            }
            TransferError::Change { what, reason } => {
                new(Code::ImageChange { what: what.clone(), reason: reason.clone() })
            }
            TransferError::NotFound { reference, source } => {
                let technical = Self::registry(source, now).technical;
                Self { technical, ..Self::not_found(error.to_string()).about(of(reference)) }
            }
            TransferError::NoPlatform { reference, platform, present } => {
                let present = List(present.split(", ").map(str::to_owned).collect());
                new(Code::NotFound { platform: Some(platform.clone()), present: Some(present) })
                    .about(of(reference))
            }
            TransferError::Zstd { reader, reference } => {
                new(Code::EngineZstd { engine: reader.clone() }).about(of(reference))
            }
            TransferError::BadManifest { reference, reason } => {
                new(Code::BadAnswer { reason: Some(reason.clone()) }).about(of(reference))
            }
            TransferError::Output { source, .. } => match of_engine(source) {
                Some(error) => Self::engine(error),
                None => new(Code::OutputFailed),
            },
            TransferError::Cancelled => new(Code::Cancelled),
        }
    }

    /// What went wrong with Docker or Podman.
    pub(crate) fn engine(error: &EngineError) -> Self {
        let new = |code| Self::new(code, error.to_string());
        let named = ToString::to_string;
        match error {
            EngineError::Absent { engine, .. }
            | EngineError::Unreachable { engine, .. }
            | EngineError::Silent { engine, .. } => new(Code::EngineAway { engine: named(engine) }),
            EngineError::NoEngine { place, .. } => new(Code::EngineAway { engine: place.clone() }),
            EngineError::NoAccess { engine, place, help } => new(Code::EngineNoAccess {
                engine: named(engine),
                place: place.clone(),
                command: help.clone(),
            }),
            EngineError::NoImage { .. } => Self::not_found(error.to_string()),
            EngineError::BadName { .. } => Self::form(error.to_string()),
            EngineError::BrokenOff { engine, reason, .. } => {
                new(Code::EngineBrokenOff { engine: named(engine), reason: reason.clone() })
            }
            EngineError::Refused { engine, message: reason, .. }
            | EngineError::ManifestList { engine, message: reason }
            | EngineError::Malformed { engine, reason, .. } => {
                new(Code::EngineRefused { engine: named(engine), reason: reason.clone() })
            }
            EngineError::NotLoaded { engine, message: reason } => {
                new(Code::EngineNotLoaded { engine: named(engine), reason: reason.clone() })
            }
            EngineError::Certificates { reason, .. } => {
                new(Code::EngineRefused { engine: "Docker".to_owned(), reason: reason.clone() })
            }
        }
    }

    /// A rule of the registry that speaks against the image.
    pub(crate) fn refused(check: &Check) -> Self {
        let new = |code| Self::new(code, check.to_string());
        match check {
            &Check::LayerLimit { layer, size, max } => {
                new(Code::LayerLimit { layer, size: Bytes(size), max: Bytes(max) })
            }
            &Check::LayerForeign { layer } => new(Code::LayerForeign { layer }),
            Check::MultiPlatform { platforms } => {
                new(Code::ImageMulti { platforms: List(platforms.clone()) })
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
        let first = error.errors.first();
        let (host, stated) = (error.asked(), || error.asked().to_owned());
        let code = match &error.kind {
            ErrorKind::Answer => meaning(error.meaning(), first),
            ErrorKind::Network(fault) => Code::network(host, &error.proxy, fault),
            ErrorKind::PlainHttp => Code::NetworkPlainHttp { host: stated(), realm: None },
            ErrorKind::PlainRealm(realm) => {
                Code::NetworkPlainHttp { host: stated(), realm: Some(realm.clone()) }
            }
            ErrorKind::Realm(realm) => {
                // Nobody can choose who gives out github.com's tokens, so the page of hosts has nothing to set for it.
                let built_in = matches!(error.profile, Profile::Ghcr | Profile::DockerPkg);
                Code::RealmElsewhere { realm: realm.clone(), built_in: Flag(built_in) }
            }
            ErrorKind::Body(_) => Code::FileUnreadable,
            _ => Code::BadAnswer { reason: None },
        };
        // Without a credential, every refusal has the same cure.
        let anonymous = error.credential.is_none();
        // Another host that a registry led to knows nothing of the credential, and no sign-in helps there.
        let stranger = error.led_to.is_some() && error.at != At::Token;
        let code = match code {
            Code::Unauthenticated | Code::DeniedCredential | Code::DeniedOther | Code::LegacyUnauthorized
                if stranger =>
            {
                Code::BadAnswer { reason: None }
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
        let mut view = Self::new(code, in_words(error, error.to_string())).about(About {
            host: Some(host.to_owned()),
            registry: Some(error.host.clone()),
            asked: error.led_to.clone(),
            username: account.as_ref().map(|account| account.username.clone()),
            ..About::default()
        });
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

fn meaning(meaning: Meaning, said: Option<&slipway_distribution::RegistryError>) -> Code {
    match meaning {
        Meaning::DeniedPackageRole => Code::DeniedPackageRole,
        Meaning::DeniedScope => Code::DeniedScope,
        Meaning::DeniedCredential => Code::DeniedCredential,
        Meaning::Unauthenticated => Code::Unauthenticated,
        // GitHub calls the tokens of workflows and apps so; whoever has another one is told of their organization.
        Meaning::DeniedOrgCreate => Code::DeniedOrgCreate {
            token: said.is_some_and(|said| said.message.starts_with("installation")).then_some(MadeFor::App),
        },
        Meaning::SsoRequired => Code::SsoRequired,
        Meaning::DeniedOther => Code::DeniedOther,
        Meaning::OwnerNotFound => Code::OwnerNotFound,
        Meaning::NotFound => Code::NotFound { platform: None, present: None },
        Meaning::RateLimited { .. } => Code::RateLimited,
        Meaning::BlobMissing => {
            Code::BlobMissing { digest: said.and_then(digest).map(str::to_owned), layer: None }
        }
        Meaning::LegacyNameForm => Code::LegacyNameForm,
        Meaning::LegacyUnauthorized => Code::LegacyUnauthorized,
        Meaning::LegacyBilling => Code::LegacyBilling,
        Meaning::LegacyPlan => Code::LegacyPlan,
        Meaning::LegacyNameTaken => Code::LegacyNameTaken,
        Meaning::ManifestRefused => Code::ManifestRefused,
        Meaning::RegistryFault => Code::RegistryFault,
        Meaning::Other => Code::BadAnswer { reason: None },
    }
}

/// What an engine said, where that is why something could not be read or written.
fn of_engine(source: &std::io::Error) -> Option<&EngineError> {
    source.get_ref()?.downcast_ref()
}

/// Whether trying again helps, and what else may, best first (ux: "When something goes wrong").
fn advice(code: &Code) -> (Retry, Vec<Remedy>) {
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
        Code::DeniedOrgCreate { .. } => {
            (Retry::AfterChange, vec![Remedy::OtherAccount, page(LinkTopic::OwnerSettings), Remedy::Message])
        }
        Code::SsoRequired => (Retry::AfterChange, vec![page(LinkTopic::Authorize), Remedy::Again]),
        Code::LegacyBilling => (Retry::AfterChange, vec![page(LinkTopic::BillingSettings), Remedy::Message]),
        Code::LegacyPlan => (Retry::AfterChange, vec![page(LinkTopic::PlanSettings)]),
        Code::LegacyNameForm => (Retry::AfterChange, vec![field(Field::Repository), ghcr()]),
        Code::LegacyNameTaken => (Retry::Yes, vec![Remedy::Again, field(Field::ImageName), ghcr()]),
        Code::TokenFineGrained | Code::TokenChecksum => (Retry::AfterChange, vec![page(LinkTopic::NewToken)]),
        Code::DeniedOther => (Retry::AfterChange, vec![Remedy::OtherAccount, page(LinkTopic::Docs)]),
        Code::NotFound { .. } | Code::ManifestRefused => (Retry::AfterChange, vec![page(LinkTopic::Docs)]),
        Code::RegistryFault | Code::RateLimited => (Retry::Yes, vec![Remedy::Again, page(LinkTopic::Status)]),
        Code::NetworkUnreachable { .. }
        | Code::NetworkUnknownHost { .. }
        | Code::NetworkTimeout { .. }
        | Code::BlobMissing { .. }
        | Code::BadAnswer { .. }
        | Code::DigestDisagrees { .. }
        | Code::RealmElsewhere { built_in: Flag(true), .. }
        | Code::EngineAway { .. }
        | Code::EngineBrokenOff { .. }
        | Code::EngineNotLoaded { .. }
        | Code::Cancelled
        | Code::Internal => (Retry::Yes, vec![Remedy::Again]),
        Code::RealmElsewhere { .. } => (Retry::AfterChange, vec![Remedy::Hosts]),
        Code::FileUnpacks { .. } => (Retry::AfterChange, vec![Remedy::Unpack]),
        Code::TagExists { .. } => (Retry::AfterChange, vec![field(Field::Version)]),
        Code::TagFixed { .. } => (Retry::AfterChange, vec![field(Field::Version), Remedy::FixedVersions]),
        Code::OwnerNotFound
        | Code::NetworkTls { .. }
        | Code::NetworkPlainHttp { .. }
        | Code::NetworkProxy { .. }
        | Code::NetworkProxyRefused { .. }
        | Code::FileChanged
        | Code::FileTruncated { .. }
        | Code::FileUnreadable
        | Code::EngineNoAccess { .. }
        | Code::EngineRefused { .. }
        | Code::EngineZstd { .. }
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
    use slipway_distribution::{Distrust, Fault};

    use super::nearest;
    use crate::view::{Code, Flag, Untrusted};

    /// The page has a sentence for each of these words (`ui/tests/failure.test.ts`).
    #[test]
    fn whoever_is_not_trusted_is_told_why_and_a_proxy_that_refuses_with_what() {
        let all = [
            (Distrust::Ended, Untrusted::Ended),
            (Distrust::NotYet, Untrusted::NotYet),
            (Distrust::Name(vec!["elsewhere.test".to_owned()]), Untrusted::Name),
            (Distrust::Issuer, Untrusted::Issuer),
            (Distrust::Authority, Untrusted::Authority),
            (Distrust::Certificate, Untrusted::Certificate),
            (Distrust::Handshake, Untrusted::Handshake),
        ];
        assert_eq!(all.len(), Untrusted::ALL.len());
        let (host, proxy) = ("ghcr.io".to_owned(), "http://proxy:8080/".to_owned());
        let told = |fault: Fault| Code::network(&host, &proxy, &fault);
        for (distrust, reason) in all {
            assert_eq!(told(Fault::Tls(distrust)), Code::NetworkTls { host: host.clone(), reason });
        }
        let refused = |away, status| Code::NetworkProxyRefused {
            host: host.clone(),
            proxy: proxy.clone(),
            away: Flag(away),
            status,
        };
        assert_eq!(told(Fault::ProxyRefused(Some(403))), refused(false, Some(403)));
        assert_eq!(told(Fault::ProxyAway), refused(true, None));
        assert_eq!(told(Fault::UnknownHost), Code::NetworkUnknownHost { host: host.clone() });
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

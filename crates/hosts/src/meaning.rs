//! What a registry's refusal means. GitHub's texts come from public threads; a text that is not known is
//! never guessed into a cause.

use std::time::Duration;

use crate::Profile;

/// Where in the protocol an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The token endpoint.
    Token,
    /// Looking for or fetching a blob.
    Blob,
    /// An upload.
    Upload,
    /// A manifest.
    Manifest,
    /// Anything else.
    Other,
}

/// An answer, as far as its meaning depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// The first error's code.
    pub code: Option<&'a str>,
    /// The first error's message.
    pub message: Option<&'a str>,
    /// Where it came from.
    pub at: At,
    /// `X-GitHub-SSO`.
    pub sso_header: Option<&'a str>,
}

/// What it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is a row of the catalogue of failures")]
pub enum Meaning {
    DeniedPackageRole,
    DeniedScope,
    DeniedCredential,
    Unauthenticated,
    DeniedOrgCreate,
    SsoRequired,
    DeniedOther,
    OwnerNotFound,
    NotFound,
    RateLimited { retry_after: Option<Duration> },
    BlobMissing,
    LegacyNameForm,
    LegacyUnauthorized,
    LegacyBilling,
    LegacyPlan,
    LegacyNameTaken,
    ManifestRefused,
    RegistryFault,
    Other,
}

/// What `answer` of a registry of this kind means.
pub fn meaning(profile: Profile, answer: &Answer) -> Meaning {
    let message = answer.message.unwrap_or_default().to_ascii_lowercase();
    let code = answer.code.unwrap_or_default().to_ascii_uppercase();
    let says = |text: &str| message.contains(text);
    let limited = || Meaning::RateLimited { retry_after: answer.message.and_then(retry_hint) };

    if answer.status == 429 || code == "TOOMANYREQUESTS" || says("secondary rate limit") {
        return limited();
    }
    let sso = answer.sso_header.is_some_and(|header| header.starts_with("required"));
    if sso || says("saml") || says("single sign-on") {
        return Meaning::SsoRequired;
    }
    if profile.is_legacy()
        && let Some(meaning) = legacy(answer.status, &message)
    {
        return meaning;
    }
    if says("does not match expected scopes") || says("has not been granted the required scopes") {
        return Meaning::DeniedScope;
    }
    if says("installation not allowed to") || says("permission_denied: create_package") {
        return Meaning::DeniedOrgCreate;
    }
    if says("permission_denied: write_package") || says("permission_denied: read_package") {
        return Meaning::DeniedPackageRole;
    }
    if says("owner not found") {
        return Meaning::OwnerNotFound;
    }
    if code == "MANIFEST_BLOB_UNKNOWN" || (answer.at == At::Manifest && says("blob unknown to registry")) {
        return Meaning::BlobMissing;
    }
    match (answer.status, answer.at) {
        (401, _) => Meaning::Unauthenticated,
        // A wrong, ended or revoked token is refused before any package is looked at, public ones too.
        (403, At::Token) if message == "denied" || says("invalid token") => Meaning::DeniedCredential,
        (403, _) if says("invalid token") => Meaning::DeniedCredential,
        (403, _) => Meaning::DeniedOther,
        (404, _) => Meaning::NotFound,
        (400 | 413 | 415 | 422, At::Manifest) => Meaning::ManifestRefused,
        (500.., _) => Meaning::RegistryFault,
        _ => Meaning::Other,
    }
}

/// The texts of the older registry.
fn legacy(status: u16, message: &str) -> Option<Meaning> {
    let says = |text: &str| message.contains(text);
    if says("billing-related error") {
        return Some(Meaning::LegacyBilling);
    }
    if says("only supported with a tag of the format") {
        return Some(Meaning::LegacyNameForm);
    }
    if says("already associated with another repository") {
        return Some(Meaning::LegacyNameTaken);
    }
    if status == 403 && says("plan") {
        return Some(Meaning::LegacyPlan);
    }
    let scopes = says("please ensure that your token has") || says("required scopes");
    (status == 401 || says("could not be authenticated") || scopes).then_some(Meaning::LegacyUnauthorized)
}

/// The wait that stands in a message as a Go duration: `retry-after: 10.305464ms, allowed: 2000/minute`.
pub fn retry_hint(message: &str) -> Option<Duration> {
    let lower = message.to_ascii_lowercase();
    let rest = lower.split_once("retry-after:")?.1.trim_start();
    let text: &str = rest.split([',', ';', ' ']).next()?;
    go_duration(text)
}

/// A Go duration such as `1m30.5s`, `10.3ms`, `250µs`.
fn go_duration(text: &str) -> Option<Duration> {
    let (mut rest, mut seconds) = (text, 0.0);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|end| *end > 0)?;
        let number: f64 = rest[..digits].parse().ok()?;
        let unit = &rest[digits..];
        let unit = &unit[..unit.find(|c: char| c.is_ascii_digit()).unwrap_or(unit.len())];
        seconds += number
            * match unit {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" | "μs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = &rest[digits + unit.len()..];
    }
    (!text.is_empty()).then(|| Duration::try_from_secs_f64(seconds).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(profile: Profile, at: At, status: u16, code: &str, message: &str) -> Meaning {
        meaning(profile, &Answer { status, code: Some(code), message: Some(message), at, sso_header: None })
    }

    #[test]
    fn every_known_text_of_ghcr_has_its_meaning() {
        use At::{Blob, Manifest, Token, Upload};
        use Meaning as M;
        let rows = [
            (Token, 401, "UNAUTHORIZED", "authentication required", M::Unauthenticated),
            (Token, 403, "DENIED", "requested access to the resource is denied", M::DeniedOther),
            (Token, 403, "DENIED", "denied", M::DeniedCredential),
            (Upload, 403, "DENIED", "invalid token", M::DeniedCredential),
            (Upload, 403, "DENIED", "permission_denied: write_package", M::DeniedPackageRole),
            (Manifest, 403, "DENIED", "permission_denied: read_package", M::DeniedPackageRole),
            (
                Upload,
                403,
                "DENIED",
                "permission_denied: The token provided does not match expected scopes.",
                M::DeniedScope,
            ),
            (
                Upload,
                403,
                "DENIED",
                "installation not allowed to Create organization package",
                M::DeniedOrgCreate,
            ),
            (
                Upload,
                403,
                "DENIED",
                "permission_denied: installation not allowed to Create organization package",
                M::DeniedOrgCreate,
            ),
            (
                Upload,
                403,
                "DENIED",
                "installation not allowed to Write organization package",
                M::DeniedOrgCreate,
            ),
            (Upload, 403, "DENIED", "permission_denied: create_package", M::DeniedOrgCreate),
            (Upload, 404, "NAME_UNKNOWN", "not_found: owner not found", M::OwnerNotFound),
            (Upload, 403, "DENIED", "not_found: owner not found", M::OwnerNotFound),
            (
                Blob,
                401,
                "UNAUTHORIZED",
                "unauthenticated: User cannot be authenticated with the token provided.",
                M::Unauthenticated,
            ),
            (Manifest, 400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry", M::BlobMissing),
            (Manifest, 400, "MANIFEST_INVALID", "manifest invalid", M::ManifestRefused),
            (Blob, 503, "", "Egress is over the account limit", M::RegistryFault),
            (Manifest, 404, "MANIFEST_UNKNOWN", "manifest unknown", M::NotFound),
        ];
        for (where_, status, code, message, expected) in rows {
            assert_eq!(at(Profile::Ghcr, where_, status, code, message), expected, "{message}");
        }
    }

    #[test]
    fn every_known_text_of_the_older_registry_has_its_meaning() {
        use Meaning as M;
        let rows = [
            (
                401,
                "UNAUTHORIZED",
                "Your request could not be authenticated by the GitHub Packages service. Please ensure your access token is valid and has the appropriate scopes configured.",
                M::LegacyUnauthorized,
            ),
            (
                404,
                "NAME_UNKNOWN",
                "docker image push is only supported with a tag of the format :owner/:repo_name/:image_name.",
                M::LegacyNameForm,
            ),
            (
                404,
                "NAME_UNKNOWN",
                "Request failed with : Cannot find package version with version id 1, please ensure that your token has repo, read:packages & write:packages scopes",
                M::LegacyUnauthorized,
            ),
            (
                403,
                "DENIED",
                "Your token has not been granted the required scopes to execute this query.",
                M::LegacyUnauthorized,
            ),
            (
                400,
                "UNKNOWN",
                "Docker image with name \"X\" is already associated with another repository under owner \"Y\"",
                M::LegacyNameTaken,
            ),
            (
                403,
                "DENIED",
                "Encountered a billing-related error. Please verify the billing status for this account.",
                M::LegacyBilling,
            ),
        ];
        for (status, code, message, expected) in rows {
            assert_eq!(at(Profile::DockerPkg, At::Upload, status, code, message), expected, "{message}");
        }
    }

    #[test]
    fn the_wait_in_a_message_is_understood_to_the_microsecond() {
        assert_eq!(
            retry_hint("retry-after: 10.5ms, allowed: 2000/minute"),
            Some(Duration::from_micros(10_500))
        );
        assert_eq!(retry_hint("retry-after: 250µs, allowed: 44000/minute"), Some(Duration::from_micros(250)));
        assert_eq!(retry_hint("retry-after: 1m30s"), Some(Duration::from_secs(90)));
        assert_eq!(retry_hint("slow down"), None);
        assert_eq!(retry_hint("retry-after: soon"), None);
        let limited =
            at(Profile::Ghcr, At::Upload, 429, "TOOMANYREQUESTS", "retry-after: 2s, allowed: 2000/minute");
        assert_eq!(limited, Meaning::RateLimited { retry_after: Some(Duration::from_secs(2)) });
    }

    #[test]
    fn single_sign_on_is_told_from_the_header() {
        let answer = Answer {
            status: 403,
            code: None,
            message: None,
            at: At::Upload,
            sso_header: Some("required; url=https://github.com/orgs/octo-org/sso?authorization_request=a"),
        };
        assert_eq!(meaning(Profile::Ghcr, &answer), Meaning::SsoRequired);
    }
}

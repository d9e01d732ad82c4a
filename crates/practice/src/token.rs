//! Tokens in the forms GitHub gives them, made up at each start.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::PracticeError;
use crate::options::{ExpiryLayout, Standing, TokenForm, TokenSpec, User};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A token somebody holds. No `Debug`: it holds a secret.
pub(crate) struct Token {
    pub(crate) login: String,
    pub(crate) form: TokenForm,
    pub(crate) standing: Standing,
    /// When it ends, and how that is said.
    pub(crate) expires: Option<(SystemTime, ExpiryLayout)>,
    label: String,
    scopes: BTreeSet<String>,
    secret: String,
}

impl Token {
    fn make_up(login: &str, spec: &TokenSpec) -> Result<Self, PracticeError> {
        Ok(Self {
            login: login.to_owned(),
            label: spec.label.clone(),
            form: spec.form,
            scopes: spec.scopes.iter().cloned().collect(),
            standing: spec.standing.clone(),
            expires: spec.expires.map(|expiry| (SystemTime::now() + expiry.after, expiry.layout)),
            secret: secret(spec)?,
        })
    }

    /// Whether the token's scopes include `scope`; writing includes reading.
    pub(crate) fn has(&self, scope: &str) -> bool {
        let held = |scope: &str| self.scopes.contains(scope);
        held(scope)
            || match scope {
                "read:packages" => held("write:packages"),
                "read:org" => held("write:org") || held("admin:org"),
                _ => false,
            }
    }

    /// The names of the scopes it was given, in order.
    pub(crate) fn given(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(String::as_str)
    }

    /// The scopes as one of GitHub's messages lists them.
    pub(crate) fn scopes(&self) -> String {
        self.scopes.iter().map(|scope| format!("'{scope}'")).collect::<Vec<_>>().join(", ")
    }

    /// Whether the registries know the token and take it at all.
    pub(crate) fn is_live(&self) -> bool {
        matches!(self.standing, Standing::Valid | Standing::SsoMissing(_))
    }

    /// Whether the organization demands single sign-on and did not authorize this token.
    pub(crate) fn lacks_sso(&self, owner: &str) -> bool {
        matches!(&self.standing, Standing::SsoMissing(organizations) if organizations.iter().any(|o| o == owner))
    }
}

/// Every token of this start.
pub(crate) struct TokenTable {
    /// Those made up at the start and those granted since.
    by_secret: RwLock<HashMap<String, Arc<Token>>>,
    /// Those made up at the start.
    in_order: Vec<Arc<Token>>,
}

impl TokenTable {
    pub(crate) fn make_up(users: &[User]) -> Result<Self, PracticeError> {
        let mut in_order = Vec::new();
        for user in users {
            for spec in &user.tokens {
                in_order.push(Arc::new(Token::make_up(&user.login, spec)?));
            }
        }
        let by_secret: HashMap<_, _> =
            in_order.iter().map(|token| (token.secret.clone(), Arc::clone(token))).collect();
        Ok(Self { by_secret: RwLock::new(by_secret), in_order })
    }

    /// Makes up one more token for `login` and says its text.
    pub(crate) fn grant(&self, login: &str, spec: &TokenSpec) -> Result<String, PracticeError> {
        let token = Token::make_up(login, spec)?;
        let secret = token.secret.clone();
        let mut by_secret = self.by_secret.write().unwrap_or_else(PoisonError::into_inner);
        by_secret.insert(secret.clone(), Arc::new(token));
        Ok(secret)
    }

    /// From now on nobody knows the token with this text; whether anybody did.
    pub(crate) fn revoke(&self, secret: &str) -> bool {
        self.by_secret.write().unwrap_or_else(PoisonError::into_inner).remove(secret).is_some()
    }

    /// The token with this text, in whatever standing.
    pub(crate) fn find(&self, secret: &str) -> Option<Arc<Token>> {
        self.by_secret.read().unwrap_or_else(PoisonError::into_inner).get(secret).cloned()
    }

    /// The text of a user's token: the one with this label, or the first.
    pub(crate) fn secret_of(&self, login: &str, label: Option<&str>) -> Option<&str> {
        self.in_order
            .iter()
            .find(|token| token.login == login && label.is_none_or(|label| token.label == label))
            .map(|token| token.secret.as_str())
    }
}

fn secret(spec: &TokenSpec) -> Result<String, PracticeError> {
    let checked = |prefix: &str| -> Result<String, PracticeError> {
        let body = base62(30)?;
        let mut sum = checksum(&body);
        if spec.standing == Standing::WrongChecksum {
            let last = if sum.ends_with('0') { '1' } else { '0' };
            sum.pop();
            sum.push(last);
        }
        Ok(format!("{prefix}{body}{sum}"))
    };
    match spec.form {
        TokenForm::Classic => checked("ghp_"),
        TokenForm::OauthApp => checked("gho_"),
        TokenForm::FineGrained => Ok(format!("github_pat_{}_{}", base62(22)?, base62(59)?)),
        TokenForm::App => {
            let part = |bytes| random(bytes).map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
            let header = URL_SAFE_NO_PAD.encode(br#"{"typ":"JWT","alg":"RS256"}"#);
            Ok(format!("ghs_123456_{header}.{}.{}", part(96)?, part(256)?))
        }
    }
}

/// CRC-32 of the 30 characters after the prefix in base62, six digits.
fn checksum(body: &str) -> String {
    let mut rest = crc32(body.as_bytes());
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    digits.iter().copied().map(char::from).collect()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// `count` random characters of `0-9A-Za-z`.
fn base62(count: usize) -> Result<String, PracticeError> {
    let mut text = String::with_capacity(count);
    while text.len() < count {
        // 248 = 4 × 62: above it some characters would come up more often.
        let fair = random(count)?.into_iter().filter(|byte| *byte < 248);
        text.extend(fair.map(|byte| char::from(BASE62[usize::from(byte % 62)])).take(count - text.len()));
    }
    Ok(text)
}

/// `count` random bytes of the system.
pub(crate) fn random(count: usize) -> Result<Vec<u8>, PracticeError> {
    let mut bytes = vec![0; count];
    getrandom::fill(&mut bytes).map_err(|error| PracticeError::Random(error.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;

    #[test]
    fn the_checksum_is_the_one_of_a_published_revoked_token() {
        assert_eq!(checksum("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ"), "0mLq17");
    }

    #[test]
    fn made_up_tokens_have_the_form_people_know_and_differ_at_each_start() {
        let users = Options::new("unused").users;
        let table = TokenTable::make_up(&users).unwrap();
        let secret = |label| table.secret_of("octocat", Some(label)).unwrap();
        for (label, prefix, length) in [
            ("publish", "ghp_", 40),
            ("oauth", "gho_", 40),
            ("expired", "ghp_", 40),
            ("fine-grained", "github_pat_", 93),
        ] {
            assert!(secret(label).starts_with(prefix) && secret(label).len() == length, "{label}");
        }
        assert!((500..540).contains(&secret("app").len()), "{}", secret("app").len());
        for label in ["publish", "oauth", "expired"] {
            let (body, sum) = secret(label)[4..].split_at(30);
            assert_eq!(checksum(body), sum, "{label}");
        }
        let (body, sum) = secret("mistyped")[4..].split_at(30);
        assert_ne!(checksum(body), sum);
        assert_eq!(table.secret_of("octocat", None), table.secret_of("octocat", Some("publish")));
        assert_eq!(table.secret_of("octo-org", None), None);
        let again = TokenTable::make_up(&users).unwrap();
        assert_ne!(again.secret_of("octocat", None), table.secret_of("octocat", None));
    }
}

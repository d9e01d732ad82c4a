//! What a token's text tells, without asking anybody: its kind and whether it was copied whole.

/// Characters of `ghp_` and the other kinds with a checksum: the prefix, 30 random ones, 6 of the checksum.
const CHECKED_LENGTH: usize = 40;
/// `github_pat_`, 22 characters, `_`, 59 characters.
const FINE_GRAINED_LENGTH: usize = 93;
const PREFIX: usize = 4;
const CHECKSUM: usize = 6;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What a token is, by its prefix (GitHub's blog on token formats, 2021).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// `ghp_`: a classic personal access token.
    Classic,
    /// `gho_`: given to an OAuth app, such as the `gh` command.
    OAuth,
    /// `ghu_`: given to a GitHub App for a person.
    AppUser,
    /// `ghr_`: buys new tokens for a GitHub App.
    Refresh,
    /// `ghs_`: a GitHub App's installation, or an Actions job.
    App,
    /// `github_pat_`: a fine-grained personal access token. The container registry does not take it.
    FineGrained,
    /// 40 hexadecimal digits: from before 2021.
    Old,
    /// Anything else: perhaps a password, perhaps a kind that came later.
    Unknown,
}

/// What is visibly wrong with a token's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenProblem {
    /// There is nothing.
    Empty,
    /// A space or a line break stands inside it.
    Space,
    /// Its end is missing.
    TooShort {
        /// So many characters.
        missing: usize,
    },
    /// Something else was copied with it.
    TooLong,
    /// Its checksum does not fit: a character is wrong.
    Checksum,
}

/// What [`check`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenCheck {
    /// Its kind.
    pub kind: TokenKind,
    /// What is wrong, if anything shows. GitHub may still refuse a token without a problem, and its forms may change:
    /// warn, do not block.
    pub problem: Option<TokenProblem>,
}

/// Looks at a token's text, offline. Spaces around it do not count, since every field takes them off.
pub fn check(text: &str) -> TokenCheck {
    let text = text.trim();
    let kind = kind(text);
    TokenCheck { kind, problem: problem(kind, text) }
}

fn kind(text: &str) -> TokenKind {
    let prefixes = [
        ("github_pat_", TokenKind::FineGrained),
        ("ghp_", TokenKind::Classic),
        ("gho_", TokenKind::OAuth),
        ("ghu_", TokenKind::AppUser),
        ("ghr_", TokenKind::Refresh),
        ("ghs_", TokenKind::App),
    ];
    let found = prefixes.iter().find(|(prefix, _)| text.starts_with(prefix));
    match found {
        Some((_, kind)) => *kind,
        None if text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => TokenKind::Old,
        None => TokenKind::Unknown,
    }
}

fn problem(kind: TokenKind, text: &str) -> Option<TokenProblem> {
    if text.is_empty() {
        return Some(TokenProblem::Empty);
    }
    if text.chars().any(char::is_whitespace) {
        return Some(TokenProblem::Space);
    }
    let length = text.chars().count();
    let expected = match kind {
        // Since 2026 there is a JWT inside, and GitHub asks nobody to assume a length.
        TokenKind::App if length > CHECKED_LENGTH => return None,
        TokenKind::Classic | TokenKind::OAuth | TokenKind::AppUser | TokenKind::App => CHECKED_LENGTH,
        TokenKind::FineGrained => FINE_GRAINED_LENGTH,
        TokenKind::Refresh | TokenKind::Old | TokenKind::Unknown => return None,
    };
    if length < expected {
        return Some(TokenProblem::TooShort { missing: expected - length });
    }
    if length > expected {
        return Some(TokenProblem::TooLong);
    }
    let checked = kind != TokenKind::FineGrained;
    (checked && !checksum_fits(text.as_bytes())).then_some(TokenProblem::Checksum)
}

/// The last six characters are the CRC-32 of the thirty before them, in base62.
fn checksum_fits(token: &[u8]) -> bool {
    let Some(end) = token.len().checked_sub(CHECKSUM).filter(|end| *end > PREFIX) else { return false };
    let mut rest = crc32fast::hash(&token[PREFIX..end]);
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    token[end..] == digits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A published token that was revoked, in two parts, so that no scanner takes it for a secret.
    const BODY: &str = "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ";
    const SUM: &str = "0mLq17";

    fn found(text: &str) -> (TokenKind, Option<TokenProblem>) {
        let TokenCheck { kind, problem } = check(text);
        (kind, problem)
    }

    #[test]
    fn a_whole_token_of_each_kind_is_known_and_has_no_problem() {
        for (prefix, kind) in [
            ("ghp_", TokenKind::Classic),
            ("gho_", TokenKind::OAuth),
            ("ghu_", TokenKind::AppUser),
            ("ghs_", TokenKind::App),
        ] {
            assert_eq!(found(&format!("{prefix}{BODY}{SUM}")), (kind, None));
            assert_eq!(found(&format!(" {prefix}{BODY}{SUM}\n")), (kind, None));
        }
        let fine = format!("github_pat_{}_{}", "a".repeat(22), "b".repeat(59));
        assert_eq!(found(&fine), (TokenKind::FineGrained, None));
        assert_eq!(found(&format!("ghr_{}", "a".repeat(76))), (TokenKind::Refresh, None));
        assert_eq!(found(&"0123456789abcdef".repeat(3)[..40]), (TokenKind::Old, None));
        assert_eq!(found("a password, perhaps?".replace(' ', "").as_str()), (TokenKind::Unknown, None));
    }

    #[test]
    fn a_long_token_of_actions_is_left_alone() {
        let long = format!("ghs_123456_{}.{}-_.{}", "a".repeat(40), "b".repeat(200), "c".repeat(240));
        assert_eq!(found(&long), (TokenKind::App, None));
    }

    #[test]
    fn a_copying_mistake_is_told_before_anybody_is_asked() {
        let whole = format!("ghp_{BODY}{SUM}");
        assert_eq!(found(&whole.replace("zQ", "zq")), (TokenKind::Classic, Some(TokenProblem::Checksum)));
        assert_eq!(found(&whole[..37]), (TokenKind::Classic, Some(TokenProblem::TooShort { missing: 3 })));
        assert_eq!(found(&format!("{whole}x")), (TokenKind::Classic, Some(TokenProblem::TooLong)));
        assert_eq!(
            found(&format!("{} {}", &whole[..20], &whole[20..])),
            (TokenKind::Classic, Some(TokenProblem::Space))
        );
        assert_eq!(found("  "), (TokenKind::Unknown, Some(TokenProblem::Empty)));
        assert_eq!(
            found("github_pat_abc"),
            (TokenKind::FineGrained, Some(TokenProblem::TooShort { missing: 79 }))
        );
    }

    #[test]
    fn letters_that_no_token_has_break_nothing() {
        let odd = format!("ghp_{}", "ü".repeat(36));
        assert_eq!(found(&odd), (TokenKind::Classic, Some(TokenProblem::Checksum)));
        assert_eq!(found("ghp_"), (TokenKind::Classic, Some(TokenProblem::TooShort { missing: 36 })));
    }
}

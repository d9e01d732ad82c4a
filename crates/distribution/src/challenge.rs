//! `WWW-Authenticate`: how a registry asks for credentials. Pure.

/// A challenge that is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// User name and token with each request.
    Basic,
    /// A token from a realm.
    Bearer { realm: String, service: Option<String> },
}

/// The best challenge of all headers: Bearer before Basic, whichever stands first.
pub(crate) fn best<'a>(values: impl Iterator<Item = &'a str>) -> Option<Challenge> {
    let mut best = None;
    for challenge in values.filter_map(parse) {
        match challenge {
            Challenge::Bearer { .. } => return Some(challenge),
            Challenge::Basic => best = Some(challenge),
        }
    }
    best
}

/// The best challenge of a header's value: Bearer before Basic. Unknown schemes are passed over.
///
/// The scope of a challenge is not used: ghcr.io names a placeholder there, and clients that put its text
/// into their own fail (cloudflare/serverless-registry#148).
pub(crate) fn parse(value: &str) -> Option<Challenge> {
    let mut best = None;
    let mut rest = value.trim_start();
    while !rest.is_empty() {
        let end = rest.find([' ', ',']).unwrap_or(rest.len());
        let (scheme, after) = rest.split_at(end);
        let (parameters, next) = parameters(after);
        let find = |name: &str| {
            let found = parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.clone())
        };
        if scheme.eq_ignore_ascii_case("bearer") {
            if let Some(realm) = find("realm") {
                return Some(Challenge::Bearer { realm, service: find("service") });
            }
        } else if scheme.eq_ignore_ascii_case("basic") {
            best = Some(Challenge::Basic);
        }
        rest = next;
    }
    best
}

/// The parameters behind a scheme, and what follows them: the next scheme, if there is one.
fn parameters(text: &str) -> (Vec<(String, String)>, &str) {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches([' ', ',']);
    loop {
        let name_end = rest.find(|c: char| !is_token(c)).unwrap_or(rest.len());
        let after = rest[name_end..].trim_start();
        let Some(value) = after.strip_prefix('=').filter(|_| name_end > 0) else { return (found, rest) };
        let name = rest[..name_end].to_owned();
        let (value, next) = match value.trim_start().strip_prefix('"') {
            Some(quoted) => unquote(quoted),
            None => {
                let value = value.trim_start();
                let end = value.find([',', ' ']).unwrap_or(value.len());
                (value[..end].to_owned(), &value[end..])
            }
        };
        found.push((name, value));
        rest = next.trim_start_matches([' ', ',']);
    }
}

fn unquote(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    (value, "")
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[allow(clippy::unnecessary_wraps, reason = "what is expected is an option")]
    fn bearer(realm: &str, service: Option<&str>) -> Option<Challenge> {
        Some(Challenge::Bearer { realm: realm.to_owned(), service: service.map(str::to_owned) })
    }

    #[test]
    fn the_challenges_of_known_registries_are_understood() {
        let ghcr =
            r#"Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:user/image:pull""#;
        assert_eq!(parse(ghcr), bearer("https://ghcr.io/token", Some("ghcr.io")));
        assert_eq!(parse(r#"Basic realm="GitHub Package Registry""#), Some(Challenge::Basic));
        assert_eq!(
            parse(r#"basic realm="a", Bearer realm=https://a/b , service="x \"y\"""#),
            bearer("https://a/b", Some("x \"y\""))
        );
        assert_eq!(parse(r#"Negotiate, Basic realm="x""#), Some(Challenge::Basic));
        assert_eq!(parse("Negotiate"), None);
        assert_eq!(parse("Bearer"), None);
        assert_eq!(parse(""), None);
    }

    /// The first of two headers was taken, whatever it asked for (prowler-cloud/prowler#12691).
    #[test]
    fn the_best_of_several_headers_counts_wherever_it_stands() {
        let (basic, ghcr) = (r#"Basic realm="r""#, r#"Bearer realm="https://a/b",service="c""#);
        for headers in [[basic, ghcr], [ghcr, basic], ["Negotiate", ghcr]] {
            assert_eq!(best(headers.into_iter()), bearer("https://a/b", Some("c")), "{headers:?}");
        }
        assert_eq!(best(["Negotiate", basic].into_iter()), Some(Challenge::Basic));
        assert_eq!(best(["Negotiate"].into_iter()), None);
    }

    proptest! {
        #[test]
        fn no_header_breaks_the_parser(value in "\\PC{0,80}") {
            let _ = parse(&value);
        }

        #[test]
        fn any_realm_survives_quoting(realm in "[ -~]{1,40}") {
            let quoted = realm.replace('\\', "\\\\").replace('"', "\\\"");
            prop_assert_eq!(parse(&format!("Bearer realm=\"{quoted}\"")), bearer(&realm, None));
        }
    }
}

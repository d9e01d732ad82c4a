//! `Warning: 299 - "text"`: what a registry wants people to know, such as that it will be gone next month (distribution
//! specification, "Warnings"; RFC 7234, section 5.5). It is only told: nothing follows from it.

use http::HeaderMap;
use http::header::WARNING;

/// The texts of an answer that are for people, as they were sent.
pub(crate) fn texts(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(WARNING).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    values.flat_map(|value| parse(&value)).collect()
}

/// One header may hold several, between commas. What is not understood ends it.
fn parse(value: &str) -> Vec<String> {
    let (mut rest, mut texts) = (value, Vec::new());
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some((code, after)) = rest.split_once(' ') else { return texts };
        let Some((agent, after)) = after.trim_start().split_once(' ') else { return texts };
        let Some((text, after)) = quoted(after.trim_start()) else { return texts };
        // Other codes are about caches, and other agents are on the way.
        if code == "299" && agent == "-" {
            texts.push(text);
        }
        // A date may follow.
        rest = quoted(after.trim_start()).map_or(after, |(_, after)| after);
    }
}

/// A quoted string, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let (mut plain, mut escaped) = (String::new(), false);
    for (at, c) in inner.char_indices() {
        match c {
            '"' if !escaped => return Some((plain, &inner[at + 1..])),
            '\\' if !escaped => escaped = true,
            c => {
                plain.push(c);
                escaped = false;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn only_what_a_registry_itself_says_to_people_is_a_warning() {
        for (value, texts) in [
            (r#"299 - "Gone on 1 March.""#, &["Gone on 1 March."][..]),
            (r#"299 - "say \"hi\" \\ there""#, &[r#"say "hi" \ there"#]),
            (r#"299 - "one", 299 - "two, too""#, &["one", "two, too"]),
            (r#"299 - "one" "Wed, 21 Oct 2015 07:28:00 GMT", 299 - "two""#, &["one", "two"]),
            (r#"110 - "Response is stale", 299 - "two""#, &["two"]),
            (r#"299 proxy.example.com "not the registry's""#, &[]),
            (r#"299 - "does not end"#, &[]),
            ("299 - bare", &[]),
            ("299", &[]),
            ("", &[]),
        ] {
            assert_eq!(parse(value), texts, "{value}");
        }
    }
}

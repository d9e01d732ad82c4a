//! What of a build's words must not be told: values of secrets nowhere, those of arguments in no name of a step and no error.

use secrecy::{ExposeSecret as _, SecretString};

/// A shorter value could not be told from other words.
const SHORTEST: usize = 3;

/// What stands in the place of a secret.
const HIDDEN: &str = "***";

/// What a line ends with that was cut.
const CUT: char = '…';

/// The values of a build, those first that may hold others.
#[derive(Clone, Default)]
pub(super) struct Hide {
    arguments: Vec<(String, String)>,
    /// Each line of each secret.
    secrets: Vec<SecretString>,
}

impl Hide {
    pub(super) fn new(arguments: &[(String, String)], secrets: &[slipway_engines::Secret]) -> Self {
        let texts = secrets.iter().filter_map(|(_, value)| std::str::from_utf8(value.expose_secret()).ok());
        let lines = texts.flat_map(str::lines).map(str::trim).filter(|line| line.len() >= SHORTEST);
        let mut secrets: Vec<SecretString> = lines.map(SecretString::from).collect();
        secrets.sort_by_key(|line| std::cmp::Reverse(line.expose_secret().len()));
        let hide = Self { arguments: Vec::new(), secrets };
        // A value that holds a secret is found as it stands when that is hidden.
        let values = arguments.iter().map(|(name, value)| (name.clone(), hide.log(value)));
        let mut arguments: Vec<_> = values.filter(|(_, value)| value.trim().len() >= SHORTEST).collect();
        arguments.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        Self { arguments, ..hide }
    }

    /// A line of a log: commands may write what they were given.
    pub(super) fn log(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for secret in self.secrets.iter().map(SecretString::expose_secret) {
            if shown.contains(secret) {
                shown = shown.replace(secret, HIDDEN);
            }
            // The cut may be within one.
            if let Some(begin) = shown.strip_suffix(CUT)
                && let Some(part) = begun(begin, secret)
            {
                shown = format!("{}{HIDDEN}{CUT}", &begin[..begin.len() - part]);
            }
        }
        shown
    }

    /// A step's name or an error: engines write values of arguments where the Dockerfile has their names.
    pub(super) fn words(&self, text: &str) -> String {
        let mut shown = self.log(text);
        for (name, value) in &self.arguments {
            shown = replaced(&shown, value, &format!("${{{name}}}"));
        }
        shown
    }
}

/// How many bytes of `secret` `text` ends with, where it ends with its beginning.
fn begun(text: &str, secret: &str) -> Option<usize> {
    let ends = secret.char_indices().map(|(end, _)| end).filter(|end| *end >= SHORTEST);
    ends.rev().find(|end| text.ends_with(&secret[..*end]))
}

/// `text` with `by` for each `value` that is a word of its own.
fn replaced(text: &str, value: &str, by: &str) -> String {
    let (mut shown, mut rest) = (String::new(), text);
    let letter =
        |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    while let Some((before, after)) = rest.split_once(value) {
        let within = letter(before.chars().next_back().or_else(|| shown.chars().next_back()))
            && letter(value.chars().next())
            || letter(value.chars().next_back()) && letter(after.chars().next());
        shown.push_str(before);
        shown.push_str(if within { value } else { by });
        rest = after;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use secrecy::SecretSlice;

    use super::*;

    #[test]
    fn values_give_way_to_names_and_secrets_to_nothing() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let arguments = [pair("V", "3.24"), pair("LONG", "3.24-alpine"), pair("EMPTY", " "), pair("D", "1")];
        let secret = |text: &str| SecretSlice::from(text.as_bytes().to_vec());
        let secrets = [
            ("user".to_owned(), secret("octo")),
            ("npm".to_owned(), secret("canary-3.24-x\nsecond line\n")),
            ("token".to_owned(), secret("octo-8fJ2")),
        ];
        let hide = Hide::new(&arguments, &secrets);
        assert_eq!(hide.words("FROM node:3.24-alpine"), "FROM node:${LONG}");
        assert_eq!(hide.words("COPY 3.24 v3.24 13.240 /3.24/"), "COPY ${V} v3.24 13.240 /${V}/");
        assert_eq!(hide.words("exit code: 1"), "exit code: 1", "that is anybody's");
        assert_eq!(hide.log("3.24 canary-3.24-x, second line"), "3.24 ***, ***");
        assert_eq!(hide.words("echo canary-3.24-x"), "echo ***", "it goes before the value in it");
        assert_eq!(hide.log("octo octo-8fJ2"), "*** ***", "one may begin with another one");
        assert_eq!(hide.log("x canary-3…"), "x ***…", "a line may be cut within one");
        assert_eq!(hide.log("x ca…"), "x ca…");
    }
}

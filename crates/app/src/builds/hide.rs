//! What of a build's words must not be told: values of secrets nowhere, those of arguments in no name of a step and no error.

use secrecy::{ExposeSecret as _, SecretSlice};

/// A shorter value is no secret that could be told from other words.
const SHORTEST: usize = 3;

/// What stands in the place of a secret.
const HIDDEN: &str = "***";

/// The values of a build.
#[derive(Clone, Default)]
pub(super) struct Hide {
    arguments: Vec<(String, String)>,
    secrets: Vec<SecretSlice<u8>>,
}

impl Hide {
    pub(super) fn new(arguments: &[(String, String)], secrets: &[slipway_engines::Secret]) -> Self {
        let mut arguments = arguments.to_vec();
        arguments.retain(|(_, value)| !value.trim().is_empty());
        // One that holds another one goes first.
        arguments.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        Self { arguments, secrets: secrets.iter().map(|(_, value)| value.clone()).collect() }
    }

    /// A line of a log: commands may write what they were given.
    pub(super) fn log(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for secret in &self.secrets {
            let Ok(value) = std::str::from_utf8(secret.expose_secret()) else { continue };
            let lines = value.lines().map(str::trim).filter(|line| line.len() >= SHORTEST);
            for line in lines {
                if shown.contains(line) {
                    shown = shown.replace(line, HIDDEN);
                }
            }
        }
        shown
    }

    /// A step's name or an error: engines write values of arguments where the Dockerfile has their names.
    pub(super) fn words(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for (name, value) in &self.arguments {
            shown = replaced(&shown, value, &format!("${{{name}}}"));
        }
        self.log(&shown)
    }
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
    use super::*;

    #[test]
    fn values_give_way_to_names_and_secrets_to_nothing() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let arguments = [pair("V", "24"), pair("LONG", "24-alpine"), pair("EMPTY", " ")];
        let secrets = [("npm".to_owned(), SecretSlice::from(b"canary\nsecond line\n".to_vec()))];
        let hide = Hide::new(&arguments, &secrets);
        assert_eq!(hide.words("FROM node:24-alpine"), "FROM node:${LONG}");
        assert_eq!(hide.words("COPY 24 v24 240 /24/"), "COPY ${V} v24 240 /${V}/");
        assert_eq!(hide.log("24 canary, second line"), "24 ***, ***");
        assert_eq!(hide.words("echo canary"), "echo ***");
    }
}

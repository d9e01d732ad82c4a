//! "Show as command": the same publish as one line for a shell.

use crate::shell::quoted;

/// `slipway push …` for what the form says; `what` are the words that name the image.
pub(crate) fn push(
    what: &[String],
    image: Option<&str>,
    platform: &str,
    reference: &str,
    more: &[String],
    plain_http: bool,
    options: &[(&str, &str)],
) -> String {
    let mut words = vec!["slipway".to_owned(), "push".to_owned()];
    words.extend(what.iter().map(|word| quoted(word)));
    words.push(quoted(reference));
    for tag in more {
        words.extend(["--tag".to_owned(), quoted(tag)]);
    }
    if let Some(image) = image {
        words.extend(["--image".to_owned(), quoted(image)]);
    }
    if !platform.is_empty() {
        words.extend(["--platform".to_owned(), quoted(platform)]);
    }
    if plain_http {
        words.push("--plain-http".to_owned());
    }
    for (name, value) in options {
        words.push(format!("--{name}"));
        if !value.is_empty() {
            words.push(quoted(value));
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_file_names_stay_one_word_in_the_shell() {
        let command = push(
            &["it's here.tar".to_owned()],
            None,
            "",
            "ghcr.io/octocat/a:1",
            &["latest".to_owned()],
            false,
            &[("source", "a b"), ("drop-attestations", "")],
        );
        assert_eq!(
            command,
            r"slipway push 'it'\''s here.tar' ghcr.io/octocat/a:1 --tag latest --source 'a b' --drop-attestations"
        );
    }
}

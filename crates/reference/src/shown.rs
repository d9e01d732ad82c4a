//! What others wrote, as it may be shown: names of files, images and members, words of registries.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A terminal, a log or a window does something at this character other than to show it: control characters, among them
/// ends of lines, and those that turn the direction of what follows.
pub fn is_obeyed(c: char) -> bool {
    is_turning(c) || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Nobody sees it, and it turns the direction of what follows.
pub fn is_turning(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// One line of text for a terminal or a log: what would be obeyed there is shown as an escape (`\n`, `\u{1b}`). That
/// includes what GitHub Actions takes for a command when it stands in a log (`::set-env …`, `##[add-path]…`).
pub fn visible(text: &str) -> Cow<'_, str> {
    let commands = text.contains("##[") || text.trim_start().starts_with("::");
    if !commands && !text.contains(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_obeyed(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    let mut shown = shown.replace("##[", "#\\u{23}[");
    let lead = shown.len() - shown.trim_start().len();
    if shown[lead..].starts_with("::") {
        shown.replace_range(lead..=lead, "\\u{3a}");
    }
    Cow::Owned(shown)
}

/// JSON on one line with the same value, in which nothing stands that would be obeyed.
pub fn visible_json(json: &str) -> Cow<'_, str> {
    if !json.contains("##[") && !json.contains(is_obeyed) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 16);
    for c in json.replace("##[", "#\\u0023[").chars() {
        // All of them lie in the plane that has four digits, and stand within texts.
        let escaped = is_obeyed(c).then(|| write!(shown, "\\u{:04x}", u32::from(c)));
        if escaped.is_none() {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Escape sequences that set a terminal's title or clipboard, links that hide where they lead, names that read
    /// backwards, and commands to a workflow (actions/runner, "Workflow commands").
    const EVIL: [&str; 7] = [
        "a\u{1b}]8;;http://evil.example\u{7}b",
        "a\u{9b}31mb",
        "image\r\n::set-env name=PATH::/tmp/evil",
        "photo\u{202e}gnp.tar",
        "a\u{2066}b\u{2069}\u{2028}c\u{7f}",
        "  ::add-mask::x",
        "name ##[add-path]/tmp/evil",
    ];

    #[test]
    fn nothing_that_others_wrote_is_obeyed_and_all_of_it_is_seen() {
        for text in EVIL {
            let shown = visible(text);
            assert!(!shown.contains(is_obeyed) && !shown.contains("##["), "{shown}");
            assert!(!shown.trim_start().starts_with("::") && shown.len() > text.len(), "{shown}");
        }
        assert_eq!(visible("photo\u{202e}gnp.tar"), "photo\\u{202e}gnp.tar");
        for plain in ["ghcr.io/octocat/monalisa:1.0", "镜像 «é» 👩‍🚀", "a::b # [x]"] {
            assert!(matches!(visible(plain), Cow::Borrowed(_)), "{plain}");
        }
    }

    #[test]
    fn json_keeps_its_value_and_nothing_in_it_is_obeyed() {
        for text in EVIL {
            let json = serde_json::json!({ "name": text });
            let written = json.to_string();
            let shown = visible_json(&written);
            assert!(!shown.contains(is_obeyed) && !shown.contains("##["), "{shown}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), json);
        }
    }
}

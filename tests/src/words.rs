//! The window's words in each language, from the page's own catalogues.

use std::collections::HashMap;

use crate::root;

/// A language's catalogue.
pub struct Words(HashMap<String, String>);

impl Words {
    /// Reads the catalogue of `en`, `zh-CN` or `en-XA`, the strange English.
    pub fn of(language: &str) -> Self {
        let file = if language == "zh-CN" { "zh-CN.ts" } else { "en.ts" };
        let folder = std::fs::read_dir(root().join("ui/src/i18n")).expect("the page's catalogues are there");
        let parts = folder.flatten().map(|part| part.path().join(file)).filter(|path| path.is_file());
        let mut words: HashMap<_, _> = parts
            .flat_map(|path| entries(&std::fs::read_to_string(path).expect("a catalogue is read")))
            .collect();
        let path = root().join(format!("crates/app/words/{}.json", file.trim_end_matches(".ts")));
        let data = std::fs::read(&path).expect("the words of failures and checks are there");
        let data: HashMap<String, String> = serde_json::from_slice(&data).expect("they are texts by key");
        words.extend(data);
        if language == "en-XA" {
            for text in words.values_mut() {
                *text = strange(text);
            }
        }
        assert!(words.len() > 300, "the catalogue of {language} is understood");
        Self(words)
    }

    /// The text of a key up to its first value.
    pub fn of_key(&self, key: &str) -> &str {
        self.whole(key).split('{').next().unwrap_or_default().trim_end()
    }

    /// The text of a key, values as they are named.
    pub fn whole(&self, key: &str) -> &str {
        self.0.get(key).unwrap_or_else(|| panic!("no text has the key {key}"))
    }
}

/// `key: 'text',` or `'key': 'text',`, the text often on a line of its own.
fn entries(text: &str) -> HashMap<String, String> {
    let mut words = HashMap::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((key, rest)) = line.strip_prefix("  ").and_then(|line| split_key(line)) else { continue };
        let value = if rest.trim().is_empty() { lines.next().unwrap_or_default() } else { rest };
        let value = value.trim().trim_end_matches(',');
        if let Some(value) = value.get(1..value.len().saturating_sub(1)) {
            words.insert(key.to_owned(), value.to_owned());
        }
    }
    words
}

fn split_key(line: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = line.strip_prefix('\'') {
        let (key, rest) = quoted.split_once('\'')?;
        return Some((key, rest.strip_prefix(':')?));
    }
    let (key, rest) = line.split_once(':')?;
    key.chars().all(char::is_alphanumeric).then_some((key, rest))
}

/// As the page makes it; see `strange` there.
fn strange(text: &str) -> String {
    let mut accented = String::new();
    let mut inside = false;
    for letter in text.chars() {
        inside = (inside || letter == '{') && letter != '}';
        accented.push(match letter {
            _ if inside => letter,
            'a' => 'á',
            'e' => 'é',
            'i' => 'í',
            'o' => 'ö',
            'u' => 'ü',
            'c' => 'ç',
            'n' => 'ñ',
            other => other,
        });
    }
    accented + &" ·".repeat(text.chars().count().div_ceil(5))
}

//! Which paths a Rust source names: as much of the grammar as that takes.

/// The paths of one source.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Paths {
    /// Those that begin at `crate`, `super` or `self`, in declarations of `use` and elsewhere.
    pub(crate) named: Vec<Vec<String>>,
    /// What `use` brings in: the name here, and the path that it stands for.
    pub(crate) brought: Vec<(String, Vec<String>)>,
}

impl Paths {
    /// Reads `source`. What is compiled for tests alone is left out, and so are comments and literals.
    pub(crate) fn of(source: &str) -> Self {
        let tokens = tokens(source);
        let mut reader = Reader { tokens: &tokens, at: 0, paths: Self::default() };
        reader.read();
        reader.paths
    }
}

struct Reader<'a> {
    tokens: &'a [&'a str],
    at: usize,
    paths: Paths,
}

impl<'a> Reader<'a> {
    fn read(&mut self) {
        // Braces that are open, and of each whether a module's name stands before it: `super` ends there first.
        let mut inside = Vec::new();
        while let Some(token) = self.tokens.get(self.at) {
            match *token {
                "#" if self.is_for_tests() => self.skip_item(),
                "use" => {
                    self.at += 1;
                    let depth = inside.iter().filter(|module| **module).count();
                    self.tree(&[], depth);
                }
                // `pub(in crate::a)` says who may see something, and uses nothing.
                "pub" if self.tokens.get(self.at + 1) == Some(&"(") => self.skip_group(self.at + 1),
                "crate" | "super" | "self" if self.tokens.get(self.at + 1) == Some(&"::") => {
                    let path = self.path();
                    self.name(path, inside.iter().filter(|module| **module).count());
                }
                "{" => {
                    let before = self.at.checked_sub(2).and_then(|at| self.tokens.get(at));
                    inside.push(before == Some(&"mod"));
                    self.at += 1;
                }
                "}" => {
                    inside.pop();
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }

    /// A tree of `use`, up to its comma, brace or semicolon. `depth` modules inside of the file it stands.
    fn tree(&mut self, before: &[String], depth: usize) {
        let mut path = before.to_vec();
        loop {
            match self.next() {
                Some("{") => {
                    while self.tokens.get(self.at).is_some_and(|token| *token != "}") {
                        self.tree(&path, depth);
                        if self.tokens.get(self.at) == Some(&",") {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                Some("::") => {}
                // A group names the module that it opens.
                Some("self") if !path.is_empty() => {}
                Some("*") => return self.name(path, depth),
                Some(word) => path.push(word.to_owned()),
                None => return,
            }
            match self.tokens.get(self.at) {
                Some(&"as") => {
                    let alias = self.tokens.get(self.at + 1).copied().unwrap_or_default().to_owned();
                    self.at += 2;
                    return self.bring(alias, path, depth);
                }
                Some(&"," | &"}" | &";") | None => {
                    let name = path.last().cloned().unwrap_or_default();
                    return self.bring(name, path, depth);
                }
                Some(_) => {}
            }
        }
    }

    fn bring(&mut self, name: String, path: Vec<String>, depth: usize) {
        if depth == 0 {
            self.paths.brought.push((name, path.clone()));
        }
        self.name(path, depth);
    }

    /// Keeps a path that leads through the crate, as it reads at the top of the file.
    fn name(&mut self, mut path: Vec<String>, mut depth: usize) {
        while depth > 0 && path.first().is_some_and(|first| first == "super") {
            path.remove(0);
            depth -= 1;
        }
        let leads_on = match path.first().map(String::as_str) {
            Some("crate") => true,
            Some("super" | "self") => depth == 0,
            _ => false,
        };
        if leads_on {
            self.paths.named.push(path);
        }
    }

    fn path(&mut self) -> Vec<String> {
        let mut path = vec![self.tokens[self.at].to_owned()];
        self.at += 1;
        while self.tokens.get(self.at) == Some(&"::") {
            match self.tokens.get(self.at + 1) {
                Some(word) if is_word(word) => path.push((*word).to_owned()),
                // Generics in the middle of a path.
                _ => break,
            }
            self.at += 2;
        }
        path
    }

    fn next(&mut self) -> Option<&'a str> {
        let token = self.tokens.get(self.at).copied();
        self.at += 1;
        token
    }

    /// `#[cfg(test)]` or `#[cfg(all(test, …))]` stands here.
    fn is_for_tests(&self) -> bool {
        let rest = &self.tokens[self.at..];
        let begins = |with: &[&str]| rest.starts_with(with);
        begins(&["#", "[", "cfg", "(", "test", ")"]) || begins(&["#", "[", "cfg", "(", "all", "(", "test"])
    }

    /// Goes past an item with its attributes.
    fn skip_item(&mut self) {
        while self.tokens.get(self.at) == Some(&"#") {
            self.skip_group(self.at + 1);
        }
        let is_use = self.tokens.get(self.at) == Some(&"use");
        while let Some(token) = self.tokens.get(self.at) {
            match *token {
                ";" => {
                    self.at += 1;
                    return;
                }
                "{" => {
                    self.skip_group(self.at);
                    if !is_use {
                        return;
                    }
                }
                "(" | "[" => self.skip_group(self.at),
                _ => self.at += 1,
            }
        }
    }

    /// Goes past the bracket at `open` and what it closes around.
    fn skip_group(&mut self, open: usize) {
        let (mut depth, mut at) = (0_usize, open);
        while let Some(token) = self.tokens.get(at) {
            at += 1;
            match *token {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        self.at = at;
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_')
}

/// Words and marks, without comments and literals; `::` is one mark.
fn tokens(source: &str) -> Vec<&str> {
    let (mut tokens, mut rest) = (Vec::new(), source);
    while let Some(first) = rest.chars().next() {
        if let Some(behind) = behind_literal(rest) {
            rest = behind;
        } else if is_word(rest) {
            let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
            let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
            tokens.push(word);
            rest = behind;
        } else {
            let length = if rest.starts_with("::") { 2 } else { first.len_utf8() };
            if !first.is_whitespace() {
                tokens.push(&rest[..length]);
            }
            rest = &rest[length..];
        }
    }
    tokens
}

/// What is behind the comment, the literal or the lifetime at the beginning of `rest`; none where there is none. Of a raw
/// name (`r#use`) it is the mark.
fn behind_literal(rest: &str) -> Option<&str> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').map_or("", |end| &rest[end..]));
    }
    if rest.starts_with("/*") {
        return Some(behind_comment(rest));
    }
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
        rest.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(['"', '#', '\'']) && !rest.is_empty())
    })?;
    let body = &rest[prefix.len()..];
    if prefix.ends_with('r') {
        let hashes = body.len() - body.trim_start_matches('#').len();
        let Some(text) = body[hashes..].strip_prefix('"') else {
            return (prefix == "r" && hashes == 1).then(|| &body[1..]);
        };
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(text.find(&end).map_or("", |at| &text[at + end.len()..]));
    }
    if let Some(text) = body.strip_prefix('"') {
        return Some(behind_quote(text, '"'));
    }
    let letter = body.strip_prefix('\'')?;
    let mut letters = letter.chars();
    match (letters.next(), letters.next()) {
        (Some('\\'), _) | (_, Some('\'')) => Some(behind_quote(letter, '\'')),
        // A lifetime.
        _ => Some(letter.trim_start_matches(|letter: char| letter.is_alphanumeric() || letter == '_')),
    }
}

fn behind_comment(rest: &str) -> &str {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    rest.get(at..).unwrap_or("")
}

fn behind_quote(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == quote => return &text[at + quote.len_utf8()..],
            _ => {}
        }
    }
    ""
}

fn named(source: &str) -> Vec<String> {
    Paths::of(source).named.iter().map(|path| path.join("::")).collect()
}

#[test]
fn nested_trees_of_use_lead_to_each_of_their_ends() {
    let source = "use crate::{a::{B, c::{self, D}}, e::*};\npub use crate::f;\nuse std::fmt;";
    assert_eq!(named(source), ["crate::a::B", "crate::a::c", "crate::a::c::D", "crate::e", "crate::f"]);
}

#[test]
fn a_name_of_ones_own_stands_for_its_path() {
    let brought = Paths::of("use crate::a::B as C;\npub use d::{E, F as G};").brought;
    let brought: Vec<_> = brought.iter().map(|(name, path)| (name.as_str(), path.join("::"))).collect();
    assert_eq!(
        brought,
        [("C", "crate::a::B".to_owned()), ("E", "d::E".to_owned()), ("G", "d::F".to_owned())]
    );
}

#[test]
fn paths_in_the_middle_of_code_count() {
    let source = "fn a(b: &crate::c::D) -> super::E { super::super::f::g::<crate::H>(self::i()) }";
    assert_eq!(named(source), ["crate::c::D", "super::E", "super::super::f::g", "crate::H", "self::i"]);
}

#[test]
fn super_is_counted_from_the_module_that_it_stands_in() {
    let source = "mod a { use super::b; use super::super::c::D; fn e() { crate::f::g() } }\nuse super::h;";
    assert_eq!(named(source), ["super::c::D", "crate::f::g", "super::h"]);
}

#[test]
fn what_only_tests_see_is_left_out() {
    let source = "#[cfg(test)]\nuse crate::{a};\n#[cfg(test)]\n#[allow(x)]\nmod tests { use crate::b; fn c() {} }\n\
        #[cfg(all(test, unix))]\nmod more { use crate::d; }\n#[cfg(unix)]\nuse crate::e;";
    assert_eq!(named(source), ["crate::e"]);
}

#[test]
fn comments_and_literals_name_nothing() {
    let source = r##"
        // crate::a::b
        /* crate::c /* crate::d */ crate::e */
        const F: &str = "crate::f \" crate::g";
        const H: &[u8] = br#"crate::h " crate::i"#;
        const J: (char, char, u8) = ('"', '\'', b'"');
        fn k<'a>(l: &'a crate::m::N, r#use: u8) {}
        pub(in crate::o) fn p() {}
    "##;
    assert_eq!(named(source), ["crate::m::N"]);
}

//! `.dockerignore`: which files of a folder a build is not given, by the rules of Docker's own command (moby/patternmatcher).

/// The patterns of a file, in its order: the last one that fits decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ignore(Vec<Rule>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    /// It brings back what an earlier one left out.
    keeps: bool,
    pattern: Vec<Piece>,
    /// What it begins with, up to its first sign that stands for others.
    fixed: String,
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// This character.
    One(char),
    /// `?`: one that is no slash.
    Any,
    /// `*`: none or more that are no slashes.
    Some,
    /// Before `Folders`: there may be none of them, wherever that is.
    Skip,
    /// `**/`: one or more folders, or the end of a name and some.
    Folders,
    /// `**` at the end: all that follows.
    Rest,
    /// `[a-z]`, `[^a-z]`.
    Of { not: bool, ranges: Vec<(char, char)> },
}

/// A line that is no pattern. Docker's command builds nothing then: what it was to leave out would be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}: {text}")]
pub struct BadPattern {
    /// From 1.
    pub line: usize,
    /// As it is written.
    pub text: String,
    /// In the words of Docker's command.
    pub why: &'static str,
}

impl Ignore {
    /// Reads the text of a `.dockerignore`.
    ///
    /// # Errors
    /// Where a line is no pattern.
    pub fn parse(text: &str) -> Result<Self, BadPattern> {
        let text = text.trim_start_matches('\u{feff}');
        let mut rules = Vec::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let line = line.trim();
            let bad = |why| BadPattern { line: at + 1, text: line.to_owned(), why };
            rules.extend(Rule::parse(line).map_err(bad)?);
        }
        Ok(Self(rules))
    }

    /// Whether the file or folder at `path` is left out. `path` is relative, with slashes.
    pub fn leaves_out(&self, path: &str) -> bool {
        let mut out = false;
        for rule in &self.0 {
            // Only what would change the outcome is looked at.
            if rule.keeps == out && rule.fits(path) {
                out = !rule.keeps;
            }
        }
        out
    }

    /// Whether something below the folder `path`, which is left out, may be brought back.
    pub(crate) fn keeps_below(&self, path: &str) -> bool {
        let below = format!("{path}/");
        let may = |fixed: &str| fixed.starts_with(&below) || below.starts_with(fixed);
        self.0.iter().any(|rule| rule.keeps && may(&rule.fixed))
    }
}

impl Rule {
    /// None where nothing can be meant, such as an empty line or the folder itself.
    fn parse(line: &str) -> Result<Option<Self>, &'static str> {
        let (keeps, text) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest.trim()));
        if keeps && text.is_empty() {
            return Err("illegal exclusion pattern");
        }
        let text = clean(text);
        let pattern = pieces(&text).ok_or("syntax error in pattern")?;
        let letter = |piece: &Piece| match piece {
            Piece::One(letter) => Some(*letter),
            _ => None,
        };
        let fixed = pattern.iter().map_while(letter).collect();
        Ok((!pattern.is_empty()).then_some(Self { keeps, pattern, fixed }))
    }

    /// The path itself, or a folder that it is in.
    fn fits(&self, path: &str) -> bool {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        ends.into_iter().any(|end| fits(&self.pattern, &path[..end]))
    }
}

/// Without `.`, empty parts, and slashes at both ends. A `..` that leads out of
/// the folder stays: nothing is there.
fn clean(text: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => _ = parts.pop(),
            ".." if text.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// None for a pattern that cannot be meant, such as one with a bracket that never closes.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let piece = match letter {
            '*' if letters.peek() == Some(&'*') => {
                letters.next();
                let _ = letters.next_if_eq(&'/');
                if letters.peek().is_none() {
                    Piece::Rest
                } else {
                    pieces.push(Piece::Skip);
                    Piece::Folders
                }
            }
            '*' => Piece::Some,
            '?' => Piece::Any,
            '\\' => Piece::One(letters.next()?),
            '[' => {
                let not = letters.next_if_eq(&'^').is_some();
                let mut ranges = Vec::new();
                loop {
                    if !ranges.is_empty() && letters.next_if_eq(&']').is_some() {
                        break;
                    }
                    let first = of_range(&mut letters)?;
                    let last = match letters.next_if_eq(&'-') {
                        Some(_) => of_range(&mut letters)?,
                        None => first,
                    };
                    ranges.push((first, last));
                }
                Piece::Of { not, ranges }
            }
            letter => Piece::One(letter),
        };
        pieces.push(piece);
    }
    Some(pieces)
}

/// A letter within brackets. There `-` and `]` stand for themselves only behind a backslash.
fn of_range(letters: &mut impl Iterator<Item = char>) -> Option<char> {
    match letters.next()? {
        '-' | ']' => None,
        '\\' => letters.next(),
        letter => Some(letter),
    }
}

/// Walks all ways through the pattern at once, so that no pattern takes longer than its length times the path's.
fn fits(pattern: &[Piece], path: &str) -> bool {
    let mut now = vec![false; pattern.len() + 1];
    now[0] = true;
    enter(pattern, &mut now, true);
    for letter in path.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for at in (0..pattern.len()).filter(|at| now[*at]) {
            match &pattern[at] {
                Piece::One(one) if *one == letter => next[at + 1] = true,
                Piece::Any if letter != '/' => next[at + 1] = true,
                Piece::Some if letter != '/' => next[at] = true,
                // In the middle of a folder's name it goes on, and may end behind a slash alone.
                Piece::Folders | Piece::Rest => next[at] = true,
                Piece::Of { not, ranges }
                    if letter != '/'
                        && ranges.iter().any(|(first, last)| (first..=last).contains(&&letter)) != *not =>
                {
                    next[at + 1] = true;
                }
                _ => {}
            }
        }
        enter(pattern, &mut next, letter == '/');
        now = next;
    }
    now[pattern.len()]
}

/// Takes the ways that need no further letter. `between`: a folder's name begins here.
fn enter(pattern: &[Piece], now: &mut [bool], between: bool) {
    for at in 0..pattern.len() {
        if now[at] && pattern[at] == Piece::Skip {
            (now[at + 1], now[at + 2]) = (true, true);
        }
        let passes = match pattern[at] {
            Piece::Some | Piece::Rest => true,
            Piece::Folders => between,
            _ => false,
        };
        if now[at] && passes {
            now[at + 1] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expectations are those of Docker's documentation and of moby/patternmatcher's rules.
    #[test]
    fn patterns_mean_what_they_mean_to_docker() {
        for (pattern, out, kept) in [
            (
                "node_modules",
                &["node_modules", "node_modules/a/b.js"][..],
                &["a/node_modules", "node_modules2"][..],
            ),
            ("/dist/", &["dist", "dist/a"], &["a/dist"]),
            ("*/temp*", &["a/temp", "a/temporary.txt", "a/temp/b"], &["temp", "a/b/temp"]),
            ("*/*/temp*", &["a/b/temp"], &["a/temp"]),
            ("temp?", &["tempa", "tempb/c"], &["temp", "temp/"]),
            ("**/*.go", &["a.go", "a/b.go", "a/b/c.go"], &["a.gob", "go"]),
            ("**", &["a", "a/b"], &[]),
            ("a/**", &["a/b", "a/b/c"], &["a", "b/a"]),
            ("**/x", &["x", "a/x", "a/b/x/c"], &["ax", "a/bx"]),
            ("a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["a/xb", "ab"]),
            ("[a-c]x", &["ax", "cx"], &["dx", "/x"]),
            ("[^a]x", &["bx"], &["ax"]),
            (r"\*", &["*"], &["a"]),
            ("./a/../b", &["b"], &["a"]),
            ("../x", &[], &["x", "a/x"]),
            ("a/../../x", &[], &["x", "a"]),
            ("/../x", &["x"], &["a/x"]),
            ("a**b", &["ab", "a/b", "ax/b", "ax/y/b"], &["axb", "a"]),
            ("a***b", &["ab", "axb", "a/xb"], &["a"]),
            (r"[\]\-]", &["]", "-"], &["\\"]),
        ] {
            let rules = Ignore::parse(pattern).unwrap();
            for path in out {
                assert!(rules.leaves_out(path), "{pattern} {path}");
            }
            for path in kept {
                assert!(!rules.leaves_out(path), "{pattern} {path}");
            }
        }
    }

    #[test]
    fn the_last_rule_that_fits_decides() {
        let rules = Ignore::parse(
            "\u{feff}# a comment\r\n*.md\r\n!README*.md\r\nREADME-secret.md\r\n\r\ndocs\r\n!docs/keep/*.txt\r\n",
        )
        .unwrap();
        for (path, out) in [
            ("a.md", true),
            ("README.md", false),
            ("README-secret.md", true),
            ("# a comment", false),
            ("docs/a.txt", true),
            ("docs/keep/a.txt", false),
        ] {
            assert_eq!(rules.leaves_out(path), out, "{path}");
        }
        assert!(rules.keeps_below("docs") && rules.keeps_below("docs/keep"));
        assert!(!rules.keeps_below("docs/other"));
        assert!(Ignore::parse("a\n!**/b").unwrap().keeps_below("a"));
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_its_line() {
        for bad in ["[secret", "\\", "[]", "[]a]", "[-a]", "[a-]", "a/[^]", "!", "! ", "![x"] {
            let error = Ignore::parse(&format!("# a comment\n\n{bad}\nb")).unwrap_err();
            assert_eq!((error.line, error.text.as_str()), (3, bad.trim()), "{error}");
        }
        let said = |text| Ignore::parse(text).unwrap_err().to_string();
        assert_eq!(said("[secret"), "line 1: syntax error in pattern: [secret");
        assert_eq!(said("a\n!"), "line 2: illegal exclusion pattern: !");
        let rules = Ignore::parse(".\n/\n!/\nb").unwrap();
        assert!(rules.leaves_out("b") && !rules.leaves_out("a") && !rules.leaves_out("."));
    }

    #[test]
    fn no_pattern_takes_long() {
        let rules = Ignore::parse(&"*a".repeat(200)).unwrap();
        let path = format!("{}b", "a".repeat(4000));
        assert!(!rules.leaves_out(&path));
    }
}

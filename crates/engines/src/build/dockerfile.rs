//! What a Dockerfile offers before it is built: its stages, and the arguments that it takes.

use std::collections::HashMap;

/// A Dockerfile, as far as people choose from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dockerfile {
    /// Names of stages, in order; one without a name cannot be chosen.
    pub stages: Vec<String>,
    /// What `ARG` names, each once, with its default.
    pub arguments: Vec<(String, Option<String>)>,
    /// IDs of the secrets that `RUN --mount=type=secret` asks for, each once.
    pub secrets: Vec<String>,
    /// Commands are run in a stage that is of the platform that is built, and of no fixed one.
    pub runs: bool,
    /// Each instruction with its line, from 1, blanks as one.
    instructions: Vec<(u32, String)>,
}

impl Dockerfile {
    /// Reads the text of one. What is not understood is passed over: the engine says what is wrong.
    pub fn parse(text: &str) -> Self {
        let mut found = Self { instructions: instructions(text), ..Self::default() };
        let mut of_target = true;
        let mut stages = HashMap::new();
        for (_, line) in found.instructions.clone() {
            let mut words = line.split_whitespace();
            let instruction = words.next().unwrap_or_default().to_ascii_uppercase();
            match instruction.as_str() {
                "RUN" => {
                    found.runs |= of_target;
                    for id in words.filter_map(secret).filter(|id| !id.is_empty()) {
                        if !found.secrets.iter().any(|known| known == id) {
                            found.secrets.push(id.to_owned());
                        }
                    }
                }
                "FROM" => {
                    let platform = words.clone().find_map(|word| word.strip_prefix("--platform="));
                    let words: Vec<&str> = words.filter(|word| !word.starts_with("--")).collect();
                    let base = words.first().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
                    of_target = match platform {
                        Some(platform) => platform.contains("TARGETPLATFORM"),
                        None => stages.get(&base).copied().unwrap_or(true),
                    };
                    if let [_, by, name, ..] = words[..]
                        && by.eq_ignore_ascii_case("as")
                    {
                        found.stages.push(name.to_owned());
                        stages.insert(name.to_ascii_lowercase(), of_target);
                    }
                }
                "ARG" => {
                    let rest = line.trim_start().get(3..).unwrap_or_default();
                    for (name, default) in arguments(rest) {
                        match found.arguments.iter_mut().find(|(known, _)| *known == name) {
                            Some((_, known)) if known.is_none() => *known = default,
                            Some(_) => {}
                            None => found.arguments.push((name, default)),
                        }
                    }
                }
                _ => {}
            }
        }
        found
    }
}

impl Dockerfile {
    /// The line on which the one instruction begins that an engine calls so; none where there is no such one, or several.
    pub fn line_of(&self, instruction: &str) -> Option<u32> {
        let wanted = one_blank(instruction);
        let mut found = self.instructions.iter().filter(|(_, known)| one_blank(known) == wanted);
        let line = found.next()?.0;
        found.next().is_none().then_some(line)
    }
}

fn one_blank(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a mount of a secret names.
fn secret(word: &str) -> Option<&str> {
    let options = word.strip_prefix("--mount=")?.split(',');
    let mut options = options.filter_map(|option| option.split_once('='));
    let of_secret = options.clone().any(|option| option == ("type", "secret"));
    let (_, id) = options.find(|(name, _)| of_secret && *name == "id")?;
    Some(id)
}

/// The instructions with their first lines, each on one line: without comments, continued lines and the texts of heredocs.
fn instructions(text: &str) -> Vec<(u32, String)> {
    let text = text.trim_start_matches('\u{feff}');
    let escape = escape(text);
    let (mut all, mut line, mut heredocs) = (Vec::new(), String::new(), Vec::<String>::new());
    let mut begun = 1;
    for (number, raw) in (1..).zip(text.lines()) {
        if line.is_empty() {
            begun = number;
        }
        if let Some(end) = heredocs.first() {
            if raw.trim_start_matches('\t') == end {
                heredocs.remove(0);
            }
            continue;
        }
        if raw.trim_start().starts_with('#') || (raw.trim().is_empty() && !line.is_empty()) {
            continue;
        }
        if let Some(begin) = raw.trim_end().strip_suffix(escape) {
            line.push_str(begin);
            line.push(' ');
            continue;
        }
        line.push_str(raw);
        heredocs = ends(&line);
        let whole = std::mem::take(&mut line);
        if !whole.trim().is_empty() {
            all.push((begun, whole.trim().to_owned()));
        }
    }
    if !line.trim().is_empty() {
        all.push((begun, line.trim().to_owned()));
    }
    all
}

/// What continues a line: a directive in the first comment may change it.
fn escape(text: &str) -> char {
    let directives = text.lines().map(str::trim).take_while(|line| line.starts_with('#'));
    let named =
        directives.filter_map(|line| line[1..].split_once('=')).find(|(name, _)| name.trim() == "escape");
    named.and_then(|(_, value)| value.trim().chars().next()).unwrap_or('\\')
}

/// What the heredocs of a line end with.
fn ends(line: &str) -> Vec<String> {
    let instruction = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    if !matches!(instruction.as_str(), "RUN" | "COPY" | "ADD") {
        return Vec::new();
    }
    let name = |rest: &str| -> String {
        rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
    };
    // Only a word of its own begins one, maybe behind the number of a stream: `$((1<<N))` is arithmetic.
    let begun = words(line).into_iter().filter_map(|word| {
        let rest = word.trim_start_matches(|letter: char| letter.is_ascii_digit()).strip_prefix("<<")?;
        Some(name(rest.trim_start_matches('-').trim_start_matches(['"', '\''])))
    });
    begun.filter(|name| !name.is_empty() && !name.starts_with(|first: char| first.is_numeric())).collect()
}

/// The words of a line with their quotes, which keep blanks together.
fn words(line: &str) -> Vec<&str> {
    let mut quote = None;
    let between = |letter: char| {
        match quote {
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            Some(open) if open == letter => quote = None,
            _ => {}
        }
        quote.is_none() && letter.is_whitespace()
    };
    line.split(between).collect()
}

/// `A=1 B "C=x y"`
fn arguments(text: &str) -> Vec<(String, Option<String>)> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for letter in text.chars() {
        match (letter, quote) {
            ('"' | '\'', None) => quote = Some(letter),
            (letter, Some(open)) if letter == open => quote = None,
            (letter, None) if letter.is_whitespace() => words.push(std::mem::take(&mut word)),
            (letter, _) => word.push(letter),
        }
    }
    words.push(word);
    let named = words.into_iter().filter(|word| !word.is_empty()).map(|word| match word.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (word, None),
    });
    named.filter(|(name, _)| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_and_arguments_are_found() {
        let text = "# syntax=docker/dockerfile:1\n\
            ARG NODE_VERSION=24\n\
            FROM --platform=$BUILDPLATFORM node:${NODE_VERSION}-alpine AS deps\n\
            ARG REVISION\n\
            arg A=1 \\\n  # a comment within\n\n  B='x y' NODE_VERSION=25\n\
            RUN <<EOF\nARG NOT_ONE\nFROM x AS not_one\nEOF\n\
            RUN echo 1 << 2\n\
            FROM deps as runtime\n\
            FROM scratch\n\
            COPY <<-\"END\" <<two /x\n\tFROM y AS z\n\tEND\nARG no\ntwo\n\
            ARG LAST=\"\"";
        let found = Dockerfile::parse(text);
        assert_eq!(found.stages, ["deps", "runtime"]);
        let arguments: Vec<_> =
            found.arguments.iter().map(|(name, default)| (name.as_str(), default.as_deref())).collect();
        assert_eq!(
            arguments,
            [
                ("NODE_VERSION", Some("24")),
                ("REVISION", None),
                ("A", Some("1")),
                ("B", Some("x y")),
                ("LAST", Some(""))
            ]
        );
    }

    #[test]
    fn secrets_lines_and_what_runs_are_found() {
        let text = "# a comment\nFROM --platform=$BUILDPLATFORM go AS build\nRUN --mount=type=secret,id=npm \\\n\
            \t--mount=id=net,type=secret  make\nCOPY . .\nFROM scratch\nCOPY . .\nCOPY --from=build /a /a";
        let found = Dockerfile::parse(text);
        assert_eq!(found.secrets, ["npm", "net"]);
        assert!(!found.runs, "what runs is of the platform of the computer");
        assert!(Dockerfile::parse(&format!("{text}\nRUN true")).runs);
        let of_computer =
            "FROM --platform=$BUILDPLATFORM go AS Base\nFROM base AS build\nRUN make\nFROM scratch";
        assert!(!Dockerfile::parse(of_computer).runs, "a stage is of the platform of the one it stands on");
        assert!(Dockerfile::parse("FROM --platform=${TARGETPLATFORM} alpine\nRUN true").runs);
        let run = "RUN --mount=type=secret,id=npm --mount=id=net,type=secret make";
        assert_eq!(
            (found.line_of(run), found.line_of("COPY . .")),
            (Some(3), None),
            "two lines say the latter"
        );
        assert_eq!(found.line_of("COPY --from=build /a /a"), Some(8));
    }

    #[test]
    fn two_signs_within_a_word_begin_no_heredoc() {
        for line in ["RUN echo $((1<<N))", "RUN echo 'a <<N b' \"<<N\"", "RUN cat <<<N"] {
            let found = Dockerfile::parse(&format!("{line}\nFROM a AS last"));
            assert_eq!(found.stages, ["last"], "{line}");
        }
        for line in ["RUN cat <<N", "RUN 3<<-'N' cat", "COPY <<\"N\" /a"] {
            let found = Dockerfile::parse(&format!("{line}\nFROM a AS not_one\nN\nFROM b AS last"));
            assert_eq!(found.stages, ["last"], "{line}");
        }
    }

    #[test]
    fn another_sign_may_continue_a_line() {
        let found = Dockerfile::parse("# escape=`\nFROM a `\n AS win\nARG P=C:\\\nARG Q");
        assert_eq!(found.stages, ["win"]);
        assert_eq!(found.arguments.len(), 2);
        assert_eq!(Dockerfile::parse(""), Dockerfile::default());
    }
}

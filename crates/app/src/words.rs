//! The words of failures in each language: data in `words/`, which the page reads, too.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use slipway_reference::Digest;

use crate::settings::language;
use crate::view::{Code, FailureView, LinkTopic, Remedy, Value};

type Catalogue = BTreeMap<String, String>;

const ENGLISH: &str = include_str!("../words/en.json");
const CHINESE: &str = include_str!("../words/zh-CN.json");

/// What is said of failures, in one language.
#[derive(Clone)]
pub struct Words {
    catalogue: &'static Catalogue,
    /// Registries that are GitHub's, by the names that people see.
    github: Vec<String>,
    /// Between the things of a list, and between two sentences.
    comma: &'static str,
    gap: &'static str,
}

/// What the window's page of a failure says, for a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureWords {
    /// What happened.
    pub title: String,
    /// Why, in one sentence or a few.
    pub cause: String,
    /// Who can change it, as a line.
    pub who: String,
    /// What can be done, best first, each a line; often none.
    pub help: Vec<String>,
}

impl Words {
    /// English.
    pub fn english() -> Self {
        static READ: OnceLock<Catalogue> = OnceLock::new();
        Self { catalogue: READ.get_or_init(|| read(ENGLISH)), github: Vec::new(), comma: ", ", gap: " " }
    }

    /// In the language of the setting, else in the first of the system's that there is, else in English.
    /// `github`: registries that are GitHub's, by the names that people see.
    pub(crate) fn of(setting: Option<&str>, system: &[String], github: Vec<String>) -> Self {
        static READ: OnceLock<Catalogue> = OnceLock::new();
        if language(setting, system) != "zh-CN" {
            return Self { github, ..Self::english() };
        }
        Self { catalogue: READ.get_or_init(|| read(CHINESE)), github, comma: "，", gap: "" }
    }

    /// What is said of `failure`; none where there is nothing to explain, or a sentence would have to name what is not
    /// known. `size` shows bytes.
    pub fn failure(&self, failure: &FailureView, size: impl Fn(u64) -> String) -> Option<FailureWords> {
        // Wished, or told by the exact sentence alone.
        if matches!(failure.code, Code::Cancelled | Code::FormProblem { .. } | Code::Internal) {
            return None;
        }
        let shown = self.values(failure, size);
        let mut titled = shown.clone();
        let asked = failure.about.asked.as_ref();
        if let Some(asked) = asked.filter(|_| Code::OF_ASKED.contains(&failure.code.as_str())) {
            titled.insert("registry", asked.clone());
        }
        let cause = fill(self.sentence(failure, "cause")?, &shown)?;
        let led = asked.and_then(|_| fill(self.text("failed.ledThere")?, &shown));
        let why = self.sentence(failure, "why").and_then(|text| fill(text, &shown));
        let cause: Vec<String> = [Some(cause), led, why].into_iter().flatten().collect();
        let who = fill(self.sentence(failure, "who")?, &shown)?;
        Some(FailureWords {
            title: fill(self.sentence(failure, "title")?, &titled)?,
            cause: cause.join(self.gap),
            who: self.command("who", &BTreeMap::from([("who", who)]))?,
            help: failure.help.iter().filter_map(|way| self.help(way, failure, &shown)).collect(),
        })
    }

    /// The text of one part of what is said. A value has a text of its own by its name and what it is, or by its name
    /// alone.
    fn sentence(&self, failure: &FailureView, part: &str) -> Option<&str> {
        let key = format!("{}.{part}", failure.code.as_str());
        let given = failure.params().into_iter().filter(|(_, value)| !value.is_empty());
        let mut own =
            given.flat_map(|(name, value)| [format!("{key}.{name}.{value}"), format!("{key}.{name}")]);
        own.find_map(|key| self.text(&key)).or_else(|| self.text(&key))
    }

    /// A way out, as far as a command has it.
    fn help(&self, way: &Remedy, failure: &FailureView, shown: &BTreeMap<&str, String>) -> Option<String> {
        let with = |name: &'static str, value: &str| {
            let mut values = shown.clone();
            values.insert(name, value.to_owned());
            values
        };
        match way {
            Remedy::Page { topic } => {
                // Pages are GitHub's.
                failure.about.registry.as_ref().filter(|registry| self.github.contains(registry))?;
                let (topic, hint) = match (topic, &failure.code) {
                    (LinkTopic::Tokens | LinkTopic::NewToken, Code::DeniedScope) => ("scope", "hint"),
                    (LinkTopic::Tokens | LinkTopic::NewToken, Code::LegacyUnauthorized) => {
                        ("scope", "legacy")
                    }
                    _ => (topic.as_str(), "hint"),
                };
                let title = fill(self.text(&format!("help.{topic}"))?, shown)?;
                let hint = self.text(&format!("help.{topic}.{hint}")).and_then(|text| fill(text, shown));
                match hint {
                    Some(hint) => self.command("page", &BTreeMap::from([("title", title), ("hint", hint)])),
                    None => Some(title),
                }
            }
            Remedy::AddAccount | Remedy::ReplaceToken | Remedy::SignInWithBrowser => {
                self.command("login", shown)
            }
            Remedy::OtherAccount => self.command("account", shown),
            Remedy::UseOwner { owner } => self.command("owner", &with("owner", owner)),
            Remedy::SwitchRegistry { registry } => self.command("elsewhere", &with("registry", registry)),
            Remedy::Hosts => self.command("realm", shown),
            Remedy::FixedVersions => self.command("fixed", shown),
            Remedy::Unpack => self.command("unpack", shown),
            Remedy::Again => self.command("again", shown),
            // What only the window has, or what the command line shows by itself.
            Remedy::Message | Remedy::VerifyToken | Remedy::Field { .. } => None,
        }
    }

    /// “What you can do”, above the ways out.
    pub fn help_title(&self) -> String {
        self.command("do", &BTreeMap::new()).unwrap_or_default()
    }

    fn command(&self, key: &str, values: &BTreeMap<&str, String>) -> Option<String> {
        fill(self.text(&format!("command.{key}"))?, values)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.catalogue.get(key).map(String::as_str)
    }

    /// The values of a failure as people read them.
    fn values(&self, failure: &FailureView, size: impl Fn(u64) -> String) -> BTreeMap<&'static str, String> {
        let values = failure.values().map(|(name, value)| {
            let shown = match value {
                Value::Bytes(bytes) => size(bytes),
                Value::List(things) => things.join(self.comma),
                Value::Digest(text) => text.parse().map_or(text, |digest: Digest| digest.short()),
                // No failure speaks of a duration or a day.
                other => other.to_string(),
            };
            (name, shown)
        });
        values.collect()
    }
}

fn read(text: &str) -> Catalogue {
    // A test reads both; one that cannot be read would leave failures without words, not without an end.
    serde_json::from_str(text).unwrap_or_default()
}

/// `{x}` stands for a value; none where one is not known.
fn fill(text: &str, values: &BTreeMap<&str, String>) -> Option<String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, behind) = behind.split_once('}')?;
        filled.extend([before, values.get(name)?]);
        rest = behind;
    }
    Some(filled + rest)
}

#[cfg(test)]
mod tests {
    use slipway_reference::Rule;

    use super::*;
    use crate::view::{About, Bytes, CheckName, DigestOr, List, MadeFor, OtherFile};

    fn both() -> [Words; 2] {
        [Words::english(), Words::of(Some("zh-CN"), &[], Vec::new())]
    }

    fn size(bytes: u64) -> String {
        format!("{bytes} B")
    }

    #[test]
    fn every_code_check_and_rule_has_its_words_in_both_languages() {
        for words in both() {
            let codes = Code::all();
            let codes = codes
                .iter()
                .flat_map(|code| ["title", "cause", "who"].map(|part| format!("{}.{part}", code.name)));
            let rules = Rule::all().iter().map(|rule| rule.id().to_owned());
            let checks = CheckName::all();
            let checks = checks.iter().map(|check| format!("check.{}", check.name));
            for key in codes.chain(rules).chain(checks) {
                assert!(words.text(&key).is_some(), "{key}");
            }
        }
        let [english, chinese] = both();
        assert!(english.catalogue.keys().eq(chinese.catalogue.keys()));
        // The room of names knows no other one, and says them by itself where nobody asks for a language.
        for rule in Rule::all() {
            assert_eq!(english.text(rule.id()), Some(rule.sentence()));
        }
    }

    #[test]
    fn a_value_has_a_text_of_its_own_where_there_is_one() {
        let say = |failure: &FailureView| {
            Words::english().failure(failure, size).map(|words| words.cause).unwrap_or_default()
        };
        let about = |username: Option<&str>| About {
            registry: Some("ghcr.io".to_owned()),
            owner: Some("octo-org".to_owned()),
            username: username.map(str::to_owned),
            ..About::default()
        };
        let lost =
            |layer| say(&FailureView::new(Code::BlobMissing { digest: None, layer }, "").about(about(None)));
        let [some, third] = [lost(None), lost(Some(3))];
        assert!(some.starts_with("A layer was accepted"), "{some}");
        assert!(third.starts_with("Layer 3 was accepted"), "{third}");
        let refused = |token, username| {
            say(&FailureView::new(Code::DeniedOrgCreate { token }, "").about(about(username)))
        };
        assert_eq!(refused(None, None), "", "whom it does not let is not known");
        let person = refused(None, Some("octocat"));
        assert!(person.starts_with("octo-org does not let octocat create packages"), "{person}");
        let app = refused(Some(MadeFor::App), Some("octocat"));
        assert!(app.starts_with("Tokens made for workflows"), "{app}");
        let html = Code::FileOther { kind: OtherFile::Html, name: None, bytes: None };
        let html = say(&FailureView::new(html, ""));
        assert!(html.contains("a web page"), "{html}");
    }

    #[test]
    fn nobody_is_sent_to_githubs_pages_for_another_registry() {
        let page = Remedy::Page { topic: LinkTopic::Status };
        let fault =
            FailureView { help: vec![page, Remedy::Again], ..FailureView::new(Code::RegistryFault, "") };
        let words = Words { github: vec!["ghcr.io".to_owned()], ..Words::english() };
        let help = |registry: &str| {
            let about = About { registry: Some(registry.to_owned()), ..About::default() };
            words.failure(&fault.clone().about(about), size).unwrap().help
        };
        assert_eq!(help("ghcr.io").len(), 2);
        assert_eq!(help("registry.example.com"), ["Try the same again"]);
    }

    #[test]
    fn values_are_shown_as_people_read_them_and_what_is_unknown_is_not_spoken_of() {
        let values = BTreeMap::from([("size", "12 MB".to_owned())]);
        assert_eq!(fill("{size} in all", &values).as_deref(), Some("12 MB in all"));
        assert_eq!(fill("{size} of {max}", &values), None);
        let shown = |code: Code| {
            let failure = FailureView::new(code, "");
            both().map(|words| words.values(&failure, size))
        };
        let [english, _] = shown(Code::DigestDisagrees {
            tag: "1.0".to_owned(),
            expected: DigestOr(format!("sha256:{}", "a".repeat(64))),
            found: DigestOr("nothing".to_owned()),
        });
        assert_eq!((english["expected"].as_str(), english["found"].as_str()), ("aaaa…aaaa", "nothing"));
        let [english, _] = shown(Code::FileTruncated { at: Bytes(12), size: Bytes(13) });
        assert_eq!((english["at"].as_str(), english["size"].as_str()), ("12 B", "13 B"));
        let platforms = List(vec!["linux/amd64".to_owned(), "linux/arm64".to_owned()]);
        let [english, chinese] = shown(Code::ImageMulti { platforms });
        assert_eq!(english["platforms"], "linux/amd64, linux/arm64");
        assert_eq!(chinese["platforms"], "linux/amd64，linux/arm64");
    }
}

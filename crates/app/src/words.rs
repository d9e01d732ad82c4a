//! The words of failures in each language: data in `words/`, which the page reads, too.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::settings::language;
use crate::view::{Code, FailureView, LinkTopic, Remedy};

type Catalogue = BTreeMap<&'static str, Cow<'static, str>>;

const ENGLISH: &str = include_str!("../words/en.json");
const CHINESE: &str = include_str!("../words/zh-CN.json");

/// Values that are bytes, digests, and several things.
const SIZES: [&str; 6] = ["at", "size", "max", "limit", "need", "free"];
const DIGESTS: [&str; 2] = ["expected", "found"];
const LISTS: [&str; 4] = ["scopes", "platforms", "present", "missing"];

/// Sentences that name what is not known read on without it.
const MAY_BE_UNKNOWN: [&str; 6] = ["registry", "owner", "username", "package", "host", "proxy"];

/// Failures that are of whoever was asked in the end, where the registry led to another host.
const ASKED: [Code; 5] =
    [Code::BadAnswer, Code::RegistryFault, Code::RateLimited, Code::NotFound, Code::DeniedOther];

/// What is said of failures, in one language.
#[derive(Clone, Copy)]
pub struct Words {
    catalogue: &'static Catalogue,
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
        Self { catalogue: READ.get_or_init(|| read(ENGLISH)), comma: ", ", gap: " " }
    }

    /// In the language of the setting, else in the first of the system's that there is, else in English.
    pub(crate) fn of(setting: Option<&str>, system: &[String]) -> Self {
        static READ: OnceLock<Catalogue> = OnceLock::new();
        if language(setting, system) != "zh-CN" {
            return Self::english();
        }
        Self { catalogue: READ.get_or_init(|| read(CHINESE)), comma: "，", gap: "" }
    }

    /// What is said of `failure`. `size` shows bytes.
    pub fn failure(&self, failure: &FailureView, size: impl Fn(u64) -> String) -> FailureWords {
        let shown = self.values(failure, size);
        let mut titled = shown.clone();
        if let Some(asked) = failure.params.get("asked").filter(|_| ASKED.contains(&failure.code)) {
            titled.insert("registry", asked.clone());
        }
        let sentence = |part| self.sentence(failure, part).map(|text| fill(text, &shown));
        let parts = [sentence("cause"), sentence("why")];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let who = sentence("who").unwrap_or_default();
        FailureWords {
            title: self.sentence(failure, "title").map(|text| fill(text, &titled)).unwrap_or_default(),
            cause: parts.join(self.gap),
            who: self.command("who", &BTreeMap::from([("who", who)])),
            help: failure.help.iter().filter_map(|way| self.help(way, failure, &shown)).collect(),
        }
    }

    /// The text of one part of what is said. A value has a text of its own by its name and what it is, or by its name
    /// alone.
    fn sentence(&self, failure: &FailureView, part: &str) -> Option<&str> {
        let key = format!("{}.{part}", failure.code.as_str());
        let given = failure.params.iter().filter(|(_, value)| !value.is_empty());
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
                let topic = topic_name(*topic);
                let scope = matches!(failure.code, Code::DeniedScope | Code::LegacyUnauthorized)
                    && ["tokens", "newToken"].contains(&topic);
                let (topic, hint) = match (scope, failure.code) {
                    (true, Code::LegacyUnauthorized) => ("scope", "legacy"),
                    (true, _) => ("scope", "hint"),
                    (false, _) => (topic, "hint"),
                };
                let title = fill(self.text(&format!("help.{topic}"))?, shown);
                let hint = self.text(&format!("help.{topic}.{hint}")).map(|text| fill(text, shown));
                Some(match hint {
                    Some(hint) => self.command("page", &BTreeMap::from([("title", title), ("hint", hint)])),
                    None => title,
                })
            }
            Remedy::AddAccount | Remedy::ReplaceToken | Remedy::SignInWithBrowser => {
                Some(self.command("login", shown))
            }
            Remedy::OtherAccount => Some(self.command("account", shown)),
            Remedy::UseOwner { owner } => Some(self.command("owner", &with("owner", owner))),
            Remedy::SwitchRegistry { registry } => {
                Some(self.command("elsewhere", &with("registry", registry)))
            }
            Remedy::Hosts => Some(self.command("realm", shown)),
            Remedy::Unpack => Some(self.command("unpack", shown)),
            Remedy::Again => Some(self.command("again", shown)),
            // What only the window has, or what the command line shows by itself.
            Remedy::Message | Remedy::VerifyToken | Remedy::Field { .. } => None,
        }
    }

    /// “What you can do”, above the ways out.
    pub fn help_title(&self) -> String {
        self.command("do", &BTreeMap::new())
    }

    fn command(&self, key: &str, values: &BTreeMap<&str, String>) -> String {
        self.text(&format!("command.{key}")).map(|text| fill(text, values)).unwrap_or_default()
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.catalogue.get(key).map(AsRef::as_ref)
    }

    /// The values of a failure as people read them.
    fn values<'a>(
        &self,
        failure: &'a FailureView,
        size: impl Fn(u64) -> String,
    ) -> BTreeMap<&'a str, String> {
        let mut values: BTreeMap<&str, String> = failure
            .params
            .iter()
            .map(|(name, value)| {
                let name = name.as_str();
                let shown = match value.parse() {
                    Ok(bytes) if SIZES.contains(&name) => size(bytes),
                    _ if LISTS.contains(&name) => value.replace(", ", self.comma),
                    _ if DIGESTS.contains(&name) => short_digest(value),
                    _ => value.clone(),
                };
                (name, shown)
            })
            .collect();
        for name in MAY_BE_UNKNOWN {
            values.entry(name).or_insert_with(|| "…".to_owned());
        }
        values
    }
}

fn read(text: &'static str) -> Catalogue {
    // A test reads both; one that cannot be read would leave failures without words, not without an end.
    serde_json::from_str(text).unwrap_or_default()
}

fn topic_name(topic: LinkTopic) -> &'static str {
    match topic {
        LinkTopic::NewToken => "newToken",
        LinkTopic::Tokens => "tokens",
        LinkTopic::PackagePage => "packagePage",
        LinkTopic::PackageSettings => "packageSettings",
        LinkTopic::OwnerSettings => "ownerSettings",
        LinkTopic::BillingSettings => "billingSettings",
        LinkTopic::PlanSettings => "planSettings",
        LinkTopic::Authorize => "authorize",
        LinkTopic::Docs => "docs",
        LinkTopic::Status => "status",
    }
}

/// `{x}` stands for a value; one that is not there stays as it is.
fn fill(text: &str, values: &BTreeMap<&str, String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, behind)) = behind.split_once('}') else {
            filled.push('{');
            rest = behind;
            continue;
        };
        match values.get(name) {
            Some(value) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = behind;
    }
    filled + rest
}

/// `3f1c…9ab2`: enough to tell two apart.
fn short_digest(digest: &str) -> String {
    match digest.split_once(':') {
        Some((_, hex)) if hex.len() > 8 && hex.is_ascii() => {
            format!("{}…{}", &hex[..4], &hex[hex.len() - 4..])
        }
        _ => digest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use slipway_reference::Rule;

    use super::*;
    use crate::view::CheckName;

    fn both() -> [Words; 2] {
        [Words::english(), Words::of(Some("zh-CN"), &[])]
    }

    fn size(bytes: u64) -> String {
        format!("{bytes} B")
    }

    #[test]
    fn every_code_check_and_rule_has_its_words_in_both_languages() {
        for words in both() {
            let codes = Code::ALL
                .iter()
                .flat_map(|code| ["title", "cause", "who"].map(|part| format!("{}.{part}", code.as_str())));
            let rules = Rule::all().iter().map(|rule| rule.id().to_owned());
            let checks = CheckName::ALL.iter().map(|name| format!("check.{}", name.as_str()));
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
        let say = |failure: &FailureView| Words::english().failure(failure, size).cause;
        let lost = FailureView::new(Code::BlobMissing, "");
        let [some, third] = [say(&lost), say(&lost.clone().with("layer", 3))];
        assert!(some.starts_with("A layer was accepted"), "{some}");
        assert!(third.starts_with("Layer 3 was accepted"), "{third}");
        let person = FailureView::new(Code::DeniedOrgCreate, "").with("owner", "octo-org");
        assert!(say(&person).starts_with("octo-org does not let … create packages"), "{}", say(&person));
        assert!(say(&person.with("token", "app")).starts_with("Tokens made for workflows"));
        let html = FailureView::new(Code::FileOther, "").with("kind", "html");
        assert!(say(&html).contains("a web page"), "{}", say(&html));
    }

    #[test]
    fn values_are_shown_as_people_read_them_and_what_is_unknown_is_passed_over() {
        let values = BTreeMap::from([("size", "12 MB".to_owned())]);
        assert_eq!(fill("{size} of {max}, { and {", &values), "12 MB of {max}, { and {");
        let failure = FailureView::new(Code::DigestDisagrees, "")
            .with("expected", format!("sha256:{}", "a".repeat(64)))
            .with("size", 12)
            .with("scopes", "a, b");
        let shown = both().map(|words| words.values(&failure, size));
        assert_eq!(shown[0]["expected"], "aaaa…aaaa");
        assert_eq!((shown[0]["size"].as_str(), shown[0]["registry"].as_str()), ("12 B", "…"));
        assert_eq!((shown[0]["scopes"].as_str(), shown[1]["scopes"].as_str()), ("a, b", "a，b"));
    }
}

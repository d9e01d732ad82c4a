//! The rules of names, as they cross.

use slipway_reference::Rule;
use ts_rs::{Config, TS};

use super::params::{Declared, Kept, Param, Parameter, Params, Shown, Value};

/// A rule of names that is broken, by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleId(pub Rule);

impl RuleId {
    /// All rules with the parameters that they have.
    pub fn all() -> Vec<Declared> {
        let of = |rule: &Rule| {
            let param = |(name, needed): &(&'static str, bool)| Parameter {
                name,
                shown: Shown::Text,
                needed: *needed,
                words: None,
                beside: false,
            };
            Declared { name: rule.id(), params: rule.names().iter().map(param).collect() }
        };
        Rule::all().iter().map(of).collect()
    }
}

impl TS for RuleId {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn docs() -> Option<String> {
        Some("/**\n * A rule of names that is broken.\n */\n".to_owned())
    }

    fn name(_: &Config) -> String {
        "RuleId".to_owned()
    }

    fn inline(_: &Config) -> String {
        Rule::all().iter().map(|rule| format!("\"{}\"", rule.id())).collect::<Vec<_>>().join(" | ")
    }

    fn decl(config: &Config) -> String {
        format!("type RuleId = {};", Self::inline(config))
    }
}

/// A rule as a parameter of something else: its id alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleName(&'static str);

impl From<&Rule> for RuleName {
    fn from(rule: &Rule) -> Self {
        Self(rule.id())
    }
}

impl Param for RuleName {
    fn words() -> Option<Vec<&'static str>> {
        Some(Rule::all().iter().map(Rule::id).collect())
    }

    fn value(&self) -> Option<Value> {
        Some(Value::Text(self.0.to_owned()))
    }
}

impl Kept for RuleName {
    fn read(text: Option<&str>) -> Option<Self> {
        let text = text?;
        Rule::all().iter().find(|rule| rule.id() == text).map(Self::from)
    }
}

impl RuleId {
    /// Its parameters, as they cross.
    pub(super) fn params(&self) -> Params {
        self.0.values().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

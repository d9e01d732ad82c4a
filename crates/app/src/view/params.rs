//! Closed sets of ids whose parameters are fields of their own: none can be forgotten, misspelt or of another type. They
//! cross as text, by name; the page's types say which id has which.

use std::collections::BTreeMap;
use std::fmt;

use slipway_reference::Digest;

/// How parameters cross: texts by name.
pub type Params = BTreeMap<String, String>;

/// A value of a parameter, as far as the words show it in a way of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Shown as it is.
    Text(String),
    /// Bytes, shown as a size.
    Bytes(u64),
    /// A digest, or what stands in its place, shown short.
    Digest(String),
    /// Several things.
    List(Vec<String>),
    /// A duration, seconds.
    Seconds(u64),
    /// A day, seconds since 1970.
    Date(i64),
}

/// The value as it crosses.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Digest(text) => f.write_str(text),
            Self::Bytes(number) | Self::Seconds(number) => number.fmt(f),
            Self::List(things) => f.write_str(&things.join(", ")),
            Self::Date(when) => when.fmt(f),
        }
    }
}

/// How a parameter is shown; the page has a way for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// As it is.
    Text,
    /// As a size.
    Bytes,
    /// Short.
    Digest,
    /// As a list of the language.
    List,
    /// As a duration.
    Seconds,
    /// As a day.
    Date,
}

impl Shown {
    /// Its name in the page.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Digest => "digest",
            Self::List => "list",
            Self::Seconds => "seconds",
            Self::Date => "date",
        }
    }
}

/// What an id is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its name.
    pub name: &'static str,
    /// Its parameters.
    pub params: Vec<Parameter>,
}

/// A parameter of an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// How its value is shown.
    pub shown: Shown,
    /// It is always there.
    pub needed: bool,
    /// All its values, where they are a closed set.
    pub words: Option<Vec<&'static str>>,
    /// Where it is there, those of a failure stand beside it.
    pub beside: bool,
}

impl Parameter {
    pub(super) fn of<T: Param>(name: &'static str) -> Self {
        Self { name, shown: T::SHOWN, needed: T::NEEDED, words: T::words(), beside: T::BESIDE }
    }

    /// As a property of a type of the page.
    fn property(&self) -> String {
        let words = self.words.as_ref().map(|words| words.iter().map(|word| format!("\"{word}\"")));
        let texts = words.map_or_else(|| "string".to_owned(), |words| words.collect::<Vec<_>>().join(" | "));
        format!("{}{}: {texts}", self.name, if self.needed { "" } else { "?" })
    }
}

/// The page's type of the parameters of each id, by the id.
pub fn types_of(ids: &[Declared]) -> String {
    let of = |id: &Declared| {
        let params: Vec<_> = id.params.iter().map(Parameter::property).collect();
        let beside = if id.params.iter().any(|param| param.beside) { " & About" } else { "" };
        format!("\"{}\": {{ {} }}{beside}", id.name, params.join(", "))
    };
    format!("{{ {} }}", ids.iter().map(of).collect::<Vec<_>>().join(", "))
}

/// What can be a parameter.
pub(super) trait Param: Sized {
    const SHOWN: Shown = Shown::Text;
    const NEEDED: bool = true;
    const BESIDE: bool = false;

    /// All its values, where they are a closed set.
    fn words() -> Option<Vec<&'static str>> {
        None
    }

    fn value(&self) -> Option<Value>;
}

/// What the history keeps, too.
pub(super) trait Kept: Param {
    /// From what crossed; none where that is no value of it.
    fn read(text: Option<&str>) -> Option<Self>;
}

impl Param for String {
    fn value(&self) -> Option<Value> {
        Some(Value::Text(self.clone()))
    }
}

impl Kept for String {
    /// What an older row of the history lacks is spoken of as the page speaks of what is not known.
    fn read(text: Option<&str>) -> Option<Self> {
        Some(text.unwrap_or("…").to_owned())
    }
}

impl<T: Param> Param for Option<T> {
    const SHOWN: Shown = T::SHOWN;
    const NEEDED: bool = false;
    const BESIDE: bool = T::BESIDE;

    fn words() -> Option<Vec<&'static str>> {
        T::words()
    }

    fn value(&self) -> Option<Value> {
        self.as_ref().and_then(T::value)
    }
}

impl<T: Kept> Kept for Option<T> {
    fn read(text: Option<&str>) -> Option<Self> {
        match text {
            Some(_) => T::read(text).map(Some),
            None => Some(None),
        }
    }
}

/// Yes or no, always said.
impl Param for bool {
    fn words() -> Option<Vec<&'static str>> {
        Some(vec!["true", "false"])
    }

    fn value(&self) -> Option<Value> {
        Some(Value::Text(self.to_string()))
    }
}

/// What is said only where it is so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flag(pub bool);

impl Param for Flag {
    const NEEDED: bool = false;

    fn words() -> Option<Vec<&'static str>> {
        Some(vec!["true"])
    }

    fn value(&self) -> Option<Value> {
        self.0.then(|| Value::Text("true".to_owned()))
    }
}

impl Kept for Flag {
    fn read(text: Option<&str>) -> Option<Self> {
        Some(Self(text == Some("true")))
    }
}

macro_rules! numbers {
    ($($number:ty),*) => { $(
        impl Param for $number {
            fn value(&self) -> Option<Value> {
                Some(Value::Text(self.to_string()))
            }
        }

        impl Kept for $number {
            fn read(text: Option<&str>) -> Option<Self> {
                text?.parse().ok()
            }
        }
    )* };
}

numbers!(u16, u32, u64, i64, usize);

/// Parameters that the words show in a way of their own.
macro_rules! shown {
    ($($(#[$doc:meta])* $name:ident($inner:ty) as $shown:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(pub $inner);

        impl Param for $name {
            const SHOWN: Shown = Shown::$shown;

            fn value(&self) -> Option<Value> {
                Some(Value::$shown(self.0.clone()))
            }
        }
    )* };
}

shown! {
    /// A number of bytes.
    Bytes(u64) as Bytes;
    /// Several things.
    List(Vec<String>) as List;
    /// A duration, seconds.
    Seconds(u64) as Seconds;
    /// A day, seconds since 1970.
    Date(i64) as Date;
    /// A digest, or the word for what is there in its place.
    DigestOr(String) as Digest;
}

impl Kept for Bytes {
    fn read(text: Option<&str>) -> Option<Self> {
        text?.parse().ok().map(Self)
    }
}

impl Kept for List {
    fn read(text: Option<&str>) -> Option<Self> {
        Some(Self(text?.split(", ").map(str::to_owned).collect()))
    }
}

impl Kept for DigestOr {
    fn read(text: Option<&str>) -> Option<Self> {
        String::read(text).map(Self)
    }
}

impl Param for Digest {
    const SHOWN: Shown = Shown::Digest;

    fn value(&self) -> Option<Value> {
        Some(Value::Digest(self.to_string()))
    }
}

/// A closed set of ids, each with the name that it has in JSON and in the catalogues.
macro_rules! ids {
    ($(#[$about:meta])* $set:ident { $($(#[$doc:meta])* $id:ident = $name:tt,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
        pub enum $set {
            $($(#[$doc])* #[serde(rename = $name)] $id,)*
        }

        impl $set {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$id),*];

            /// Its name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$id => $name,)*
                }
            }
        }
    };
}

/// The same with parameters. `X = "x" {…}` has
/// them as fields; a field is called as it is written here, or `field as "name"`.
macro_rules! with_params {
    // What the history keeps is read again.
    (kept $(#[doc = $about:literal])* $set:ident { $($ids:tt)* }) => {
        $crate::view::params::with_params! { $(#[doc = $about])* $set { $($ids)* } }
        $crate::view::params::with_params! { @read $set { $($ids)* } }
    };
    (@read $set:ident {$(
        $(#[$doc:meta])* $id:ident = $name:literal
        $({ $($field:ident $(as $called:literal)? : $type:ty),* $(,)? })?,
    )*}) => {
        impl $set {
            /// From its name and what crossed; none where it is no such id, or a parameter no value of its type.
            pub(super) fn read(name: &str, params: &$crate::view::params::Params) -> Option<Self> {
                let text = |name: &str| params.get(name).map(String::as_str);
                Some(match name {
                    $($name => Self::$id $({ $($field: $crate::view::params::Kept::read(
                        text($crate::view::params::called!($field $($called)?)),
                    )?),* })?,)*
                    _ => return None,
                })
            }
        }
    };
    ($(#[doc = $about:literal])* $set:ident {$(
        $(#[$doc:meta])* $id:ident = $name:literal
        $({ $($field:ident $(as $called:literal)? : $type:ty),* $(,)? })?,
    )*}) => {
        $(#[doc = $about])*
        #[allow(missing_docs, reason = "the names of the values say it")]
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $set {
            $($(#[$doc])* $id $({ $($field: $type),* })?,)*
        }

        impl $set {
            /// Its name.
            pub fn as_str(&self) -> &'static str {
                match self {
                    $(Self::$id $({ $($field: _),* })? => $name,)*
                }
            }

            /// Its parameters that have a value, by name.
            pub fn values(&self) -> Vec<(&'static str, $crate::view::params::Value)> {
                let values: Vec<(&'static str, Option<$crate::view::params::Value>)> = match self {
                    $(Self::$id $({ $($field),* })? => vec![$($((
                        $crate::view::params::called!($field $($called)?),
                        $crate::view::params::Param::value($field),
                    )),*)?],)*
                };
                values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
            }

            /// All of them with the parameters that they have.
            pub fn all() -> Vec<$crate::view::params::Declared> {
                vec![$($crate::view::params::Declared {
                    name: $name,
                    params: vec![$($($crate::view::params::Parameter::of::<$type>(
                        $crate::view::params::called!($field $($called)?),
                    )),*)?],
                }),*]
            }
        }

        /// By its name; its parameters cross beside it.
        impl serde::Serialize for $set {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl ts_rs::TS for $set {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;

            fn docs() -> Option<String> {
                Some($crate::view::params::docs(&[$($about),*]))
            }

            fn name(_: &ts_rs::Config) -> String {
                stringify!($set).to_owned()
            }

            fn inline(_: &ts_rs::Config) -> String {
                [$(concat!("\"", $name, "\"")),*].join(" | ")
            }

            fn decl(config: &ts_rs::Config) -> String {
                format!("type {} = {};", stringify!($set), Self::inline(config))
            }
        }
    };
}

/// The name of a field: its own, or the one that it is given.
macro_rules! called {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $called:literal) => {
        $called
    };
}

/// A comment of the page's types.
pub(super) fn docs(lines: &[&str]) -> String {
    let lines: String = lines.iter().map(|line| format!(" *{line}\n")).collect();
    format!("/**\n{lines} */\n")
}

/// A parameter of a closed set of words.
macro_rules! word {
    ($($set:ident),*) => { $(
        impl $crate::view::params::Param for $set {
            fn words() -> Option<Vec<&'static str>> {
                Some(Self::ALL.iter().map(|word| word.as_str()).collect())
            }

            fn value(&self) -> Option<$crate::view::params::Value> {
                Some($crate::view::params::Value::Text(self.as_str().to_owned()))
            }
        }
    )* };
    (kept $($set:ident),*) => { $(
        $crate::view::params::word!($set);

        impl $crate::view::params::Kept for $set {
            fn read(text: Option<&str>) -> Option<Self> {
                let text = text?;
                Self::ALL.iter().find(|word| word.as_str() == text).copied()
            }
        }
    )* };
}

pub(super) use {called, ids, with_params, word};

/// What crosses of `values`.
pub(super) fn crossing(values: impl IntoIterator<Item = (&'static str, Value)>) -> Params {
    values.into_iter().map(|(name, value)| (name.to_owned(), value.to_string())).collect()
}

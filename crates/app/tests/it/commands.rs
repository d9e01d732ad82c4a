//! The page's side of the window's commands is made from their list; this keeps the committed file equal to it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::marker::PhantomData;

use slipway_app::view::*;
use ts_rs::{Config, TS};

/// A command as the page sees it.
struct Command {
    docs: &'static [&'static str],
    name: &'static str,
    words: Vec<(&'static str, Shown)>,
    answer: Shown,
}

/// A type as TypeScript has it.
struct Shown {
    name: String,
    /// A function that is called again and again.
    called: bool,
}

/// What stands for a type of the list in TypeScript.
trait Show {
    fn show(config: &Config) -> Shown;
}

impl<T: TS> Show for T {
    fn show(config: &Config) -> Shown {
        let name = T::name(config);
        Shown { name: if name == "null" { "void".to_owned() } else { name }, called: false }
    }
}

/// As `tauri::ipc::Channel`.
struct Channel<T>(PhantomData<T>);

impl<T: TS> Show for Channel<T> {
    fn show(config: &Config) -> Shown {
        Shown { name: format!("(update: {}) => void", T::name(config)), called: true }
    }
}

/// What rejects with a [`FailureView`].
struct Fallible<T>(PhantomData<T>);

impl<T: TS> Show for Fallible<T> {
    fn show(config: &Config) -> Shown {
        <T as Show>::show(config)
    }
}

/// A token on its way in.
type SecretString = String;

macro_rules! answer {
    () => {
        ()
    };
    ($answer:ty) => {
        $answer
    };
}

macro_rules! commands {
    ($(
        $(#[doc = $doc:literal])*
        fn $name:ident($with:ident: $kind:ty $(, $word:ident: $type:ty)*) $(-> $answer:ty)? $body:block
    )*) => {
        fn listed(config: &Config) -> Vec<Command> {
            vec![$(Command {
                docs: &[$($doc),*],
                name: stringify!($name),
                words: vec![$((stringify!($word), <$type as Show>::show(config))),*],
                answer: <answer!($($answer)?) as Show>::show(config),
            }),*]
        }
    };
}

include!("../../../../src-tauri/commands.rs");

/// As Tauri and the page write it.
fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + &part[..1].to_uppercase() + &part[1..])
}

impl Command {
    fn docs(&self) -> String {
        let text: Vec<&str> = self.docs.iter().map(|line| line.trim()).collect();
        match text.as_slice() {
            [line] => format!("  /** {line} */\n"),
            lines => format!("  /**\n   * {}\n   */\n", lines.join("\n   * ")),
        }
    }

    fn taken(&self) -> String {
        let words = self.words.iter().map(|(word, shown)| format!("{}: {}", camel(word), shown.name));
        words.collect::<Vec<_>>().join(", ")
    }

    fn words(&self) -> String {
        self.words.iter().map(|(word, _)| camel(word)).collect::<Vec<_>>().join(", ")
    }

    fn bridge(&self) -> String {
        let (name, words) = (camel(self.name), self.words());
        let sent = self.words.iter().map(|(word, shown)| {
            let word = camel(word);
            if shown.called { format!("{word}: listen({word})") } else { word }
        });
        let sent = sent.collect::<Vec<_>>().join(", ");
        let sent = if sent.is_empty() { sent } else { format!(", {{ {sent} }}") };
        format!("  {name}: ({words}) => ask('{}'{sent}),\n", self.name)
    }

    fn stand_in(&self) -> String {
        let (name, answer) = (camel(self.name), &self.answer.name);
        // Functions of the page are no words that a test compares.
        let taken = self.taken().replace("channel:", "_channel:");
        let words = self.words.iter().filter(|(_, shown)| !shown.called).map(|(word, _)| camel(word));
        let words = words.collect::<Vec<_>>().join(", ");
        let kind = if answer == "void" { "done" } else { "unprepared" };
        format!("  {name} = ({taken}): Promise<{answer}> => this.{kind}('{name}', [{words}]);\n")
    }
}

/// The types of the page that a text names.
fn named(text: &str) -> BTreeSet<&str> {
    let own = ["Array", "Promise"];
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words
        .filter(|word| word.starts_with(|letter: char| letter.is_ascii_uppercase()) && !own.contains(word))
        .collect()
}

/// `SLIPWAY_WRITE_BINDINGS=1 cargo test -p slipway-app the_pages_commands` writes the file anew.
#[test]
fn the_pages_commands_are_those_of_the_list() {
    let config = Config::new().with_large_int("number");
    let commands = listed(&config);
    let all: Vec<String> = commands.iter().flat_map(|it| [it.taken(), it.answer.name.clone()]).collect();
    let all = all.join(" ");
    let mut text = String::from(
        "// Generated from src-tauri/commands.rs by the test `commands` of crates/app. Do not edit.\n\n",
    );
    let types = named(&all).into_iter().collect::<Vec<_>>().join(",\n  ");
    write!(text, "import type {{\n  {types},\n}} from './view';\n\n").unwrap();
    text.push_str("/** What the page may ask for. A rejected promise carries a `FailureView`. */\nexport interface Commands {\n");
    for command in &commands {
        let (name, taken, answer) = (camel(command.name), command.taken(), &command.answer.name);
        writeln!(text, "{}  {name}({taken}): Promise<{answer}>;", command.docs()).unwrap();
    }
    text.push_str(
        "}\n\n/** Asks by `ask`; `listen` makes of a function of the page what a command calls. */\n\
         export const bridge = (\n  ask: <T>(command: string, words?: Record<string, unknown>) => Promise<T>,\n  \
         listen: <T>(called: (update: T) => void) => unknown,\n): Commands => ({\n",
    );
    for command in &commands {
        text.push_str(&command.bridge());
    }
    text.push_str(
        "});\n\n/** Answers nothing yet: what a test or a scene needs is put in place of it. */\n\
         export abstract class StandIn implements Commands {\n  \
         /** A command without an answer was asked. */\n  \
         protected abstract done(command: keyof Commands, words: unknown[]): Promise<void>;\n  \
         /** One was asked that has an answer. */\n  \
         protected abstract unprepared(command: keyof Commands, words: unknown[]): Promise<never>;\n\n",
    );
    for command in &commands {
        text.push_str(&command.stand_in());
    }
    text.push_str("}\n");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/bindings/commands.ts");
    if std::env::var_os("SLIPWAY_WRITE_BINDINGS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(committed, text, "ui/src/bindings/commands.ts is not what the list says: write it anew");
}

//! What the person asked for.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::steps::STEPS;
use crate::test::Wish;

/// How the program is used.
pub(crate) const USAGE: &str = "\
Usage:
  cargo xtask run [-- ARGUMENT…]      set up, build, and open the window (arguments go to it: an image file)
  cargo xtask run --screenshot DIR    the same without a display: save pictures of the main screens in DIR
  cargo xtask test [--only STEP…]     set up what the tests need and pass them all
  cargo xtask test --long             the same, with tests by chance in their long form
  cargo xtask test --list             name the steps
  cargo xtask bench [ARGUMENT…]       time pushes of ours and of others, side by side (--help tells more)
  cargo xtask icons                   draw the icons again from icons/*.svg";

/// One chore.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Usage,
    Run { arguments: Vec<OsString> },
    Screenshot { directory: PathBuf },
    Test(Wish),
    ListSteps,
    Bench { arguments: Vec<OsString> },
    Icons,
}

/// Understands the command line, without the program's name; the error says what was not understood.
pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Action, String> {
    let mut words = words.into_iter();
    let Some(chore) = words.next() else { return Ok(Action::Usage) };
    let rest: Vec<OsString> = words.collect();
    match chore.to_str() {
        Some("run") => run(rest),
        Some("test") => test(&rest),
        Some("bench") => Ok(Action::Bench { arguments: rest }),
        Some("icons") if rest.is_empty() => Ok(Action::Icons),
        Some("icons") => Err(unexpected(&rest[0])),
        Some("help" | "--help" | "-h") => Ok(Action::Usage),
        _ => Err(format!("there is no chore named {}", chore.display())),
    }
}

fn run(words: Vec<OsString>) -> Result<Action, String> {
    let mut words = words.into_iter();
    match words.next() {
        None => Ok(Action::Run { arguments: Vec::new() }),
        Some(word) if word == "--" => Ok(Action::Run { arguments: words.collect() }),
        Some(word) if word == "--screenshot" => {
            let directory = words.next().ok_or("--screenshot wants a directory for the pictures")?;
            match words.next() {
                None => Ok(Action::Screenshot { directory: directory.into() }),
                Some(word) => Err(unexpected(&word)),
            }
        }
        Some(word) => Err(unexpected(&word)),
    }
}

fn test(words: &[OsString]) -> Result<Action, String> {
    let (long, words) = match words {
        [word, rest @ ..] if word == "--long" => (true, rest),
        all => (false, all),
    };
    match words {
        [] => Ok(Action::Test(Wish { only: Vec::new(), long })),
        [word] if word == "--list" && !long => Ok(Action::ListSteps),
        [word, steps @ ..] if word == "--only" && !steps.is_empty() => {
            let only = steps
                .iter()
                .flat_map(|step| step.to_string_lossy().split(',').map(str::to_owned).collect::<Vec<_>>())
                .collect::<Vec<_>>();
            match only.iter().find(|name| STEPS.iter().all(|step| step.name != name.as_str())) {
                None => Ok(Action::Test(Wish { only, long })),
                Some(name) => {
                    Err(format!("there is no step named {name}: cargo xtask test --list names them"))
                }
            }
        }
        [word] if word == "--only" => Err("--only wants the name of a step".to_owned()),
        [word, ..] => Err(unexpected(word)),
    }
}

fn unexpected(word: &OsString) -> String {
    format!("not understood here: {}", word.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Action, String> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn an_image_file_reaches_the_window() {
        assert_eq!(parsed("run"), Ok(Action::Run { arguments: vec![] }));
        assert_eq!(
            parsed("run -- a.tar --x"),
            Ok(Action::Run { arguments: vec!["a.tar".into(), "--x".into()] })
        );
    }

    #[test]
    fn pictures_need_a_directory() {
        assert_eq!(parsed("run --screenshot out"), Ok(Action::Screenshot { directory: "out".into() }));
        assert!(parsed("run --screenshot").is_err());
        assert!(parsed("run --screenshot out more").is_err());
    }

    #[test]
    fn steps_can_be_chosen_by_name() {
        let wish = |only: &[&str], long| {
            Ok(Action::Test(Wish { only: only.iter().map(|&name| name.to_owned()).collect(), long }))
        };
        assert_eq!(parsed("test"), wish(&[], false));
        assert_eq!(parsed("test --long"), wish(&[], true));
        assert_eq!(parsed("test --only format,clippy rust"), wish(&["format", "clippy", "rust"], false));
        assert_eq!(parsed("test --long --only rust"), wish(&["rust"], true));
        assert_eq!(parsed("test --list"), Ok(Action::ListSteps));
    }

    #[test]
    fn a_mistyped_word_is_named_and_never_ignored() {
        assert!(parsed("tset").unwrap_err().contains("tset"));
        assert!(parsed("test --only rsut").unwrap_err().contains("rsut"));
        assert!(parsed("test format").unwrap_err().contains("format"));
        assert!(parsed("run a.tar").unwrap_err().contains("a.tar"));
        assert!(parsed("icons now").unwrap_err().contains("now"));
    }
}

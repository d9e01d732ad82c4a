//! `slipway parts`.

use jiff::Timestamp;
use serde_json::json;
use slipway_app::Finders;
use slipway_app::view::PartView;

use crate::arguments::Parts;
use crate::exit::Exit;
use crate::output::{self, size};
use crate::token;

pub(crate) async fn run(arguments: &Parts) -> Exit {
    let app = match token::app(Finders::None) {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    let before = app.parts().view().await;
    let now = if arguments.clear { app.parts().clear().await } else { before.clone() };
    if arguments.json {
        output::object(&json!(now));
        return Exit::Done;
    }
    now.parts.iter().for_each(|part| output::line(&told(part)));
    if arguments.clear {
        // What could not be removed is listed still.
        let (files, freed) = (before.left.saturating_sub(now.left), before.size.saturating_sub(now.size));
        output::note(&format!("removed: {files}, {}", size(freed)));
    } else if now.parts.is_empty() {
        output::note("no file is unfinished");
    } else {
        output::note(&format!(
            "{} in files that no run writes; each waits {} days for the same pull",
            size(now.size),
            now.kept_days
        ));
    }
    Exit::Done
}

/// One line about a file: when it was written last, what it takes, where it lies, and what it becomes.
fn told(part: &PartView) -> String {
    let at = part.written.and_then(|at| Timestamp::from_second(at).ok());
    let place = std::path::Path::new(&part.folder).join(&part.file);
    let words = [
        at.map(|at| at.to_string()),
        Some(size(part.size)),
        Some(place.display().to_string()),
        part.becomes.as_ref().map(|name| format!("(for {name})")),
        part.in_use.then(|| "(being written)".to_owned()),
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_when_how_much_where_and_for_what() {
        let part = PartView {
            folder: "/tmp/images".to_owned(),
            file: ".hello.tar.x7.part".to_owned(),
            becomes: Some("hello.tar".to_owned()),
            size: 12_400_000,
            written: Some(1_790_000_000),
            in_use: true,
        };
        let place = std::path::Path::new("/tmp/images").join(".hello.tar.x7.part");
        let expected =
            format!("2026-09-21T14:13:20Z  12.4 MB  {}  (for hello.tar)  (being written)", place.display());
        assert_eq!(told(&part), expected);
    }
}

//! Paths as people give them.

use std::path::PathBuf;

/// A path as people paste it: with quotes around it, as a `file://` address, or from `~`.
pub(crate) fn pasted_path(text: &str) -> PathBuf {
    let text = text.trim();
    let quoted = |quote| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    let text = quoted('"').or_else(|| quoted('\'')).unwrap_or(text);
    if let Some(path) = url::Url::parse(text)
        .ok()
        .filter(|url| url.scheme() == "file")
        .and_then(|url| url.to_file_path().ok())
    {
        return path;
    }
    match (text.strip_prefix("~/"), directories::BaseDirs::new()) {
        (Some(rest), Some(folders)) => folders.home_dir().join(rest),
        _ => PathBuf::from(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_understood_however_it_was_copied() {
        for text in ["/tmp/a b.tar", " \"/tmp/a b.tar\" ", "'/tmp/a b.tar'", "file:///tmp/a%20b.tar\n"] {
            assert_eq!(pasted_path(text), PathBuf::from("/tmp/a b.tar"), "{text}");
        }
    }
}

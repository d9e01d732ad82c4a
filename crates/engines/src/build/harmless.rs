//! What commands write during a build, made fit to be shown.

/// A line is kept so far, characters.
const LONGEST: usize = 4000;

/// A line without what only a terminal obeys: colours, movements, titles. What was written over is gone, as on a
/// terminal; tabs stay.
pub(crate) fn harmless(line: &str) -> String {
    let mut shown = String::new();
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => match letters.next() {
                // CSI: to its final letter.
                Some('[') => {
                    while letters.next().is_some_and(|letter| !('\u{40}'..='\u{7e}').contains(&letter)) {}
                }
                // Titles, links and other strings: to their end.
                Some(']' | 'P' | 'X' | '^' | '_') => {
                    while let Some(letter) = letters.next() {
                        if letter == '\u{7}' || (letter == '\u{1b}' && letters.next_if_eq(&'\\').is_some()) {
                            break;
                        }
                    }
                }
                _ => {}
            },
            '\u{9b}' => {
                while letters.next().is_some_and(|letter| !('\u{40}'..='\u{7e}').contains(&letter)) {}
            }
            '\r' if letters.peek().is_some() => shown.clear(),
            '\u{8}' => _ = shown.pop(),
            '\t' => shown.push('\t'),
            letter if letter.is_control() => {}
            // They turn the direction of what follows.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            letter => shown.push(letter),
        }
    }
    match shown.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}

/// Pieces of a log, put together to lines.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    text: String,
    /// The beginning of a letter whose rest comes with the next piece.
    cut: Vec<u8>,
    /// The line that comes was told already, as far as it is kept.
    told: bool,
}

impl Lines {
    /// The lines that are whole with these bytes, which may end within a letter.
    pub(crate) fn bytes(&mut self, piece: &[u8]) -> Vec<String> {
        let mut bytes = std::mem::take(&mut self.cut);
        bytes.extend_from_slice(piece);
        let mut text = String::new();
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            text.push_str(chunk.valid());
            let is_cut = |bytes| std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none());
            if chunks.peek().is_none() && is_cut(chunk.invalid()) {
                self.cut = chunk.invalid().to_vec();
            } else if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        self.take(&text)
    }

    /// The lines that are whole with this piece.
    pub(crate) fn take(&mut self, piece: &str) -> Vec<String> {
        self.text.push_str(piece);
        let mut whole = Vec::new();
        while let Some(end) = self.text.find('\n') {
            let line: String = self.text.drain(..=end).collect();
            if !std::mem::take(&mut self.told) {
                whole.push(harmless(line.trim_end_matches(['\n', '\r'])));
            }
        }
        // Whoever writes no end of a line is not waited for for ever. Its rest is left out, as that of each long line.
        if self.told || self.text.len() > 4 * LONGEST {
            let text = std::mem::take(&mut self.text);
            if !std::mem::replace(&mut self.told, true) {
                whole.push(harmless(&text));
            }
        }
        whole
    }

    /// What is left at the end.
    pub(crate) fn end(&mut self) -> Option<String> {
        let mut rest = std::mem::take(&mut self.text);
        if !std::mem::take(&mut self.cut).is_empty() {
            rest.push(char::REPLACEMENT_CHARACTER);
        }
        (!rest.is_empty() && !std::mem::take(&mut self.told)).then(|| harmless(&rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_line_is_obeyed() {
        for (written, shown) in [
            ("\u{1b}[91mfailing\u{1b}[0m", "failing"),
            ("\u{1b}]0;title\u{7}a\u{1b}]8;;http://x\u{1b}\\b", "ab"),
            ("10 %\r20 %\rdone\r", "done"),
            ("a\u{8}b\tc\u{0}", "b\tc"),
            ("\u{202e}abc\u{9b}2J", "abc"),
            ("\u{1b}", ""),
            ("\u{1b}[12", ""),
        ] {
            assert_eq!(harmless(written), shown, "{written:?}");
        }
        assert_eq!(harmless(&"x".repeat(5000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn pieces_become_lines_wherever_they_are_cut() {
        let mut lines = Lines::default();
        assert!(lines.take("one ").is_empty());
        assert_eq!(lines.take("line\r\n\ntw"), ["one line", ""]);
        assert_eq!(lines.take("o"), [""; 0]);
        assert_eq!(lines.end(), Some("two".to_owned()));
        assert_eq!(lines.end(), None);
        assert_eq!(lines.take(&"x".repeat(20_000)).len(), 1, "memory stays flat");
        assert_eq!(lines.take("its rest"), [""; 0], "a long line is told once");
        assert_eq!(lines.take(" and end\nnext\n"), ["next"]);
    }

    #[test]
    fn a_letter_may_be_cut_and_is_whole_again() {
        let text = "größer 🦀 简体\n".as_bytes();
        for size in 1..text.len() {
            let mut lines = Lines::default();
            let whole: Vec<String> = text.chunks(size).flat_map(|piece| lines.bytes(piece)).collect();
            assert_eq!((whole, lines.end()), (vec!["größer 🦀 简体".to_owned()], None), "{size}");
        }
        let mut lines = Lines::default();
        assert_eq!(lines.bytes(b"a\xffb\n"), ["a\u{fffd}b"]);
        assert!(lines.bytes("c🦀".as_bytes().split_last().unwrap().1).is_empty());
        assert_eq!(lines.end(), Some("c\u{fffd}".to_owned()));
    }
}

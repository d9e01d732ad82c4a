//! Keys as `WebDriver` writes them.

use fantoccini::key::Key;

/// A key that is no letter.
pub fn key(key: Key) -> String {
    char::from(key).to_string()
}

/// Enter.
pub fn enter() -> String {
    key(Key::Enter)
}

/// Control and another key.
pub fn control(other: impl ToString) -> String {
    chord(Key::Control, other)
}

/// Two keys together; the first is let go at the end.
pub fn chord(held: Key, other: impl ToString) -> String {
    format!("{}{}{}", char::from(held), other.to_string(), char::from(Key::Null))
}

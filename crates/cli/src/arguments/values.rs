//! Values that options take.

pub(super) fn at_most(text: &str, most: usize) -> Result<String, String> {
    match text.chars().count() {
        count if count > most => Err(format!("it has {count} characters, GitHub shows {most} at most")),
        _ => Ok(text.to_owned()),
    }
}

pub(super) fn label(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("it must be KEY=VALUE".to_owned()),
    }
}

/// `1500`, `500k`, `2.5M`, `1G`: bytes a second, decimal units.
pub(super) fn rate(text: &str) -> Result<u64, String> {
    bytes(text).map_err(|reason| reason.replace("one byte", "one byte a second"))
}

/// `1500`, `500k`, `2.5M`, `1G`: bytes, decimal units.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    let number = text.trim_end_matches(|last: char| last.is_alphabetic());
    let unit = match &text[number.len()..] {
        "" => 1.0,
        "k" | "K" => 1e3,
        "m" | "M" => 1e6,
        "g" | "G" => 1e9,
        unit => return Err(format!("{unit} is no unit: known are k, M and G")),
    };
    let number = number.parse::<f64>();
    let rate = number.map_err(|_| "it must be a number; k, M or G may follow it".to_owned())? * unit;
    if !(1.0..1e15).contains(&rate) {
        return Err("it must be one byte or more".to_owned());
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "its range was just checked")]
    Ok(rate as u64)
}

#[cfg(test)]
mod tests {
    use super::{bytes, rate};

    #[test]
    fn a_rate_is_read_with_and_without_its_unit() {
        assert_eq!(rate("1500"), Ok(1500));
        assert_eq!(rate("500k"), Ok(500_000));
        assert_eq!(rate("2.5M"), Ok(2_500_000));
        assert_eq!(rate("1G"), Ok(1_000_000_000));
        assert_eq!(bytes("1GB"), Err("GB is no unit: known are k, M and G".to_owned()));
        assert_eq!(bytes("1.2.3"), Err("it must be a number; k, M or G may follow it".to_owned()));
        assert_eq!(bytes("-1"), Err("it must be one byte or more".to_owned()));
        for wrong in ["", "0", "-1", "k", "1kk", "1T", "NaN", "inf"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}

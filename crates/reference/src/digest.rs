//! A content digest.

use std::fmt;
use std::str::FromStr;

use crate::{Refusal, Rule};

/// The registered algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// `sha256`, what everybody uses.
    Sha256,
    /// `sha512`.
    Sha512,
}

impl Algorithm {
    /// Its name in a digest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// Hexadecimal digits of a digest.
    fn digits(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

/// `sha256:` and 64 lower-case hexadecimal digits, or `sha512:` and 128.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest {
    algorithm: Algorithm,
    hex: String,
}

impl Digest {
    /// From a SHA-256 value.
    pub fn sha256(value: &[u8; 32]) -> Self {
        Self { algorithm: Algorithm::Sha256, hex: hex(value) }
    }

    /// From a SHA-512 value.
    pub fn sha512(value: &[u8; 64]) -> Self {
        Self { algorithm: Algorithm::Sha512, hex: hex(value) }
    }

    /// The algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The hexadecimal digits.
    pub fn hex(&self) -> &str {
        &self.hex
    }

    /// The first and last four digits, for people: `3f1c…9ab2`.
    pub fn short(&self) -> String {
        format!("{}…{}", &self.hex[..4], &self.hex[self.hex.len() - 4..])
    }
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.as_str(), self.hex)
    }
}

impl FromStr for Digest {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let refused = || Refusal::new(Rule::ReferenceDigest, text, None);
        let (algorithm, hex) = text.split_once(':').ok_or_else(refused)?;
        let algorithms = [Algorithm::Sha256, Algorithm::Sha512];
        let algorithm =
            algorithms.into_iter().find(|known| known.as_str() == algorithm).ok_or_else(refused)?;
        let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if hex.len() != algorithm.digits() || !hex.bytes().all(lower) {
            return Err(refused());
        }
        Ok(Self { algorithm, hex: hex.to_owned() })
    }
}

//! A token in a text file, such as the `TOKEN.txt` of GitHub's documentation, or on standard input.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::text::text;

/// The most that such a file may hold, in bytes.
const MOST: usize = 8 * 1024;

/// Why a file holds no token. Never quotes it.
#[derive(Debug, thiserror::Error)]
#[error("the token file {path} {why}")]
pub struct TokenFileError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub why: NoToken,
}

/// Why a file holds no token.
#[derive(Debug, thiserror::Error)]
pub enum NoToken {
    /// It is not there, or may not be read.
    #[error("cannot be read: {0}")]
    Read(std::io::Error),
    /// It is a directory, a pipe or a device.
    #[error("is no file")]
    NoFile,
    /// It is larger than 8 KiB.
    #[error("is larger than 8 KiB, so it is no token")]
    TooLarge,
    /// There is nothing in it.
    #[error("is empty")]
    Empty,
    /// It is no text in UTF-8 or UTF-16, or has control characters.
    #[error("is no plain text in UTF-8")]
    Binary,
    /// More than one line has something in it.
    #[error("has several lines; a token is one")]
    SeveralLines,
}

/// Reads the token in `path`: its one line, without blanks around it.
pub fn read_token_file(path: &Path) -> Result<SecretString, TokenFileError> {
    read(path).map_err(|why| TokenFileError { path: path.to_owned(), why })
}

fn read(path: &Path) -> Result<SecretString, NoToken> {
    // Before it is opened: opening a pipe waits for who writes to it.
    if !std::fs::metadata(path).map_err(NoToken::Read)?.is_file() {
        return Err(NoToken::NoFile);
    }
    let file = std::fs::File::open(path).map_err(NoToken::Read)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST + 64));
    file.take(MOST as u64 + 1).read_to_end(&mut bytes).map_err(NoToken::Read)?;
    token_in(&bytes)
}

/// The token in `bytes`: their one line, without blanks around it.
///
/// # Errors
/// Why they hold none.
pub fn token_in(bytes: &[u8]) -> Result<SecretString, NoToken> {
    if bytes.len() > MOST {
        return Err(NoToken::TooLarge);
    }
    let text = text(bytes).ok_or(NoToken::Binary)?;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let token = lines.next().ok_or(NoToken::Empty)?;
    if text.chars().any(|letter| letter.is_control() && !"\n\r\t".contains(letter)) {
        return Err(NoToken::Binary);
    }
    if lines.next().is_some() {
        return Err(NoToken::SeveralLines);
    }
    Ok(SecretString::from(token))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn of(bytes: &[u8]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("TOKEN.txt");
        std::fs::write(&path, bytes).unwrap();
        let read = read_token_file(&path);
        read.map(|token| token.expose_secret().to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_token_is_found_however_an_editor_ended_its_line() {
        for text in ["s3cret", "s3cret\n", "  s3cret\r\n\r\n", "\u{feff}s3cret\r\n", "\n\ts3cret\t"] {
            assert_eq!(of(text.as_bytes()).as_deref(), Ok("s3cret"), "{text:?}");
        }
        // PowerShell 5 writes UTF-16 (aws-tools-for-powershell#270).
        assert_eq!(of(b"\xff\xfes\0k\0c\0\r\0\n\0").as_deref(), Ok("skc"));
        assert_eq!(of(b"\xfe\xff\0s\0k\0c").as_deref(), Ok("skc"));
        assert_eq!(of("x".repeat(MOST).as_bytes()).unwrap().len(), MOST);
    }

    #[test]
    fn what_is_no_token_is_refused_by_name_and_not_quoted() {
        let large = "canary".repeat(2000);
        let cases: [(&[u8], &str); 8] = [
            (b"", "is empty"),
            (b" \n\r\n", "is empty"),
            (b"canary\ncanary", "several lines"),
            (b"canary\0", "no plain text"),
            (b"canary\xff", "no plain text"),
            (b"\xff\xfec\0a\0n\0a\0r\0y", "no plain text"),
            (b"\xff\xfec\0a\0\n\0r\0y\0", "several lines"),
            (large.as_bytes(), "larger than 8 KiB"),
        ];
        for (bytes, why) in cases {
            let message = of(bytes).unwrap_err();
            assert!(message.contains("TOKEN.txt") && message.contains(why), "{message}");
            assert!(!message.contains("canary"), "{message}");
        }
    }

    #[test]
    fn what_is_no_file_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(read_token_file(folder.path()).unwrap_err().why, NoToken::NoFile));
        let missing = read_token_file(&folder.path().join("none")).unwrap_err();
        assert!(matches!(missing.why, NoToken::Read(_)), "{missing}");
    }
}

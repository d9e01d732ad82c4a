//! Other people's programs: started with a time limit, and never given a secret but on standard input.

use std::process::Stdio;
use std::time::Duration;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

use crate::Surroundings;

/// The most that a program may say, in bytes: tokens take some hundred, lists some thousand.
const MOST: usize = 256 * 1024;
/// The most of a program's complaint that is repeated, in characters.
const MOST_SAID: usize = 200;

/// Why a program did not do what it was asked for. Never holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It is installed nowhere that was searched.
    #[error("{program} is not installed")]
    Missing {
        /// Its name.
        program: String,
    },
    /// It could not be started, or says more than such a program has to say.
    #[error("{program} cannot be run: {source}")]
    Run {
        /// Its name.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// It did not end in time; it was stopped.
    #[error("{program} did not answer in time")]
    TimedOut {
        /// Its name.
        program: String,
    },
    /// It said no.
    #[error("{program} failed: {said}")]
    Failed {
        /// Its name.
        program: String,
        /// What it said, shortened.
        said: String,
    },
    /// Its answer is not of the known form.
    #[error("the answer of {program} is not understood")]
    NotUnderstood {
        /// Its name.
        program: String,
    },
}

/// A program that ended. What it said may be a secret: it is wiped after use.
pub(crate) struct Ended {
    pub(crate) success: bool,
    pub(crate) stdout: Zeroizing<Vec<u8>>,
    stderr: Zeroizing<Vec<u8>>,
}

impl Ended {
    /// The end of a program that failed, in its own words but without `secret`.
    pub(crate) fn failure(&self, program: &str, secret: Option<&SecretString>) -> ProgramError {
        // Credential helpers complain on standard output, all others on standard error.
        let said = [&self.stderr, &self.stdout].into_iter().find_map(|bytes| said(bytes, secret));
        let said = said.unwrap_or_else(|| "it did not say why".to_owned());
        ProgramError::Failed { program: program.to_owned(), said }
    }
}

/// Runs `program` with `arguments`, none of which is a secret, and `input`.
pub(crate) async fn run(
    surroundings: &Surroundings,
    program: &str,
    arguments: &[&str],
    input: &[u8],
    limit: Duration,
) -> Result<Ended, ProgramError> {
    let named = || program.to_owned();
    let path = surroundings.program(program).ok_or_else(|| ProgramError::Missing { program: named() })?;
    let mut command = Command::new(path);
    surroundings.surround(&mut command);
    command.args(arguments).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let failed = |source| ProgramError::Run { program: named(), source };
    let mut child = command.spawn().map_err(failed)?;
    let (mut stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let talk = async {
        let give = async {
            if let Some(stdin) = &mut stdin {
                // A program that ends without reading tells by its end what it thinks of that.
                let _ = stdin.write_all(input).await;
            }
            drop(stdin.take());
            Ok(())
        };
        let ((), stdout, stderr) = tokio::try_join!(give, all(stdout), all(stderr))?;
        let ended = child.wait().await?;
        Ok(Ended { success: ended.success(), stdout, stderr })
    };
    match tokio::time::timeout(limit, talk).await {
        Ok(ended) => ended.map_err(failed),
        Err(_) => Err(ProgramError::TimedOut { program: named() }),
    }
}

/// Room is made at once: a buffer that grows leaves copies behind that are not wiped.
async fn all(from: Option<impl AsyncRead + Unpin>) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST + 64));
    if let Some(from) = from {
        let read = from.take(MOST as u64 + 1).read_to_end(&mut bytes).await?;
        if read > MOST {
            return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, "it says too much"));
        }
    }
    Ok(bytes)
}

/// The first line that says something, shortened, without what is or looks like a secret.
fn said(bytes: &[u8], secret: Option<&SecretString>) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let line: String = line.chars().filter(|letter| !letter.is_control()).collect();
    let line = match secret.map(ExposeSecret::expose_secret).filter(|secret| !secret.is_empty()) {
        Some(secret) => line.replace(secret, "***"),
        None => line,
    };
    let words: Vec<&str> = line.split(' ').map(|word| if is_token(word) { "***" } else { word }).collect();
    Some(words.join(" ").chars().take(MOST_SAID).collect())
}

/// Whether GitHub's prefixes for tokens are in `word`.
fn is_token(word: &str) -> bool {
    ["ghp_", "gho_", "ghu_", "ghr_", "ghs_", "github_pat_"].iter().any(|prefix| word.contains(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_programs_complaint_is_repeated_without_secrets() {
        let secret = SecretString::from("hunter2");
        let complaint = b"\n\x1b[31mcannot keep 'hunter2' or token=ghp_abc for you\nmore";
        assert_eq!(said(complaint, Some(&secret)).unwrap(), "[31mcannot keep '***' or *** for you");
        assert_eq!(said(b" \n", None), None);
        assert_eq!(said("ä".repeat(500).as_bytes(), None).unwrap().chars().count(), 200);
    }
}

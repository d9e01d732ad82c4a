//! Running other programs: quietly, in full view, or with an ear on what they say.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::stop::Stop;
use crate::voice::Voice;

/// How long a finished program's output is waited for: a program it left behind may hold the pipe open for ever.
const LEFTOVERS: Duration = Duration::from_secs(3);

/// The command as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| quoted(&word.to_string_lossy()))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs the command in full view and demands that it ends well.
pub(crate) fn demand(command: &mut Command) -> Result<(), Stop> {
    println!("    {}", line(command));
    let status = command.status().map_err(|error| Stop::io(line(command), &error))?;
    if status.success() { Ok(()) } else { Err(Stop::new(format!("{} ended with {status}", line(command)))) }
}

/// The standard output of a command that answers a question; `None` when it cannot be started or says no.
pub(crate) fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The standard output of a command whatever its exit code; empty when it cannot be started.
pub(crate) fn said(program: &str, arguments: &[&str]) -> String {
    let command = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output();
    command.map_or_else(|_| String::new(), |output| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The program of this name on `PATH`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(name).with_extension(std::env::consts::EXE_EXTENSION))
        .find(|program| program.is_file())
}

/// Runs the command, lets `voice` say what it says and hands every line, of either stream, to `listen` as well.
/// Tells whether it ended well.
pub(crate) fn listened(
    command: &mut Command,
    voice: &mut Voice,
    mut listen: impl FnMut(&str),
) -> Result<bool, Stop> {
    voice.line(&format!("    {}", line(command)));
    let failed = |error: &std::io::Error| Stop::io(line(command), error);
    let (reader, writer) = std::io::pipe().map_err(|error| failed(&error))?;
    let second = writer.try_clone().map_err(|error| failed(&error))?;
    if std::io::stdout().is_terminal() && !is_set("NO_COLOR") {
        command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    }
    let spawned = command.stdin(Stdio::null()).stdout(writer).stderr(second).spawn();
    // The command keeps our ends of the pipe: while they are open the reader would never see its end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = spawned.map_err(|error| Stop::io(line(command), &error))?;

    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || lines(reader, &send));
    let mut ended = None;
    loop {
        match receive.recv_timeout(Duration::from_millis(100)) {
            Ok(bytes) => {
                voice.bytes(&bytes);
                listen(String::from_utf8_lossy(&bytes).trim_end());
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        if ended.is_none() {
            ended =
                child.try_wait().map_err(|error| Stop::io(line(command), &error))?.map(|_| Instant::now());
        }
        if ended.is_some_and(|at| at.elapsed() > LEFTOVERS) {
            voice.line(&format!("    (something that {} started is still running)", line(command)));
            break;
        }
    }
    let status = child.wait().map_err(|error| Stop::io(line(command), &error))?;
    Ok(status.success())
}

fn lines(reader: impl Read, lines: &mpsc::Sender<Vec<u8>>) {
    let mut reader = BufReader::new(reader);
    let mut bytes = Vec::new();
    while matches!(reader.read_until(b'\n', &mut bytes), Ok(1..)) {
        if lines.send(std::mem::take(&mut bytes)).is_err() {
            return;
        }
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@+…".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}

/// Whether an environment variable is set to something.
pub(crate) fn is_set(name: impl AsRef<OsStr>) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_streams_are_heard_in_the_order_they_were_said() {
        let (mut heard, mut voice) = (Vec::new(), Voice::Kept(Vec::new()));
        let ended = listened(&mut shell("echo one; echo two >&2; echo three; exit 3"), &mut voice, |line| {
            heard.push(line.to_owned());
        });
        assert!(!ended.unwrap());
        assert_eq!(heard, ["one", "two", "three"]);
        let Voice::Kept(kept) = voice else { panic!("it was to be kept") };
        assert!(String::from_utf8(kept).unwrap().ends_with("\none\ntwo\nthree\n"));
    }

    #[test]
    fn a_program_left_behind_does_not_hang_the_tests() {
        let mut heard = String::new();
        let mut left = shell("sleep 60 & echo $!");
        assert!(listened(&mut left, &mut Voice::Live, |line| heard.push_str(line)).unwrap());
        assert!(shell(&format!("kill {heard}")).status().unwrap().success(), "it was still running");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let mut command = Command::new("slipway-no-such-program");
        let stop = listened(&mut command, &mut Voice::Live, |_| ()).unwrap_err();
        assert!(stop.to_string().contains("slipway-no-such-program"));
    }
}

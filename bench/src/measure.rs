//! What one run of a program takes.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Outcome;
use crate::registry::Registry;

/// What one push took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Seconds from start to end.
    pub(crate) wall: f64,
    /// Seconds of processor time.
    pub(crate) cpu: f64,
    /// Peak resident memory, MB.
    pub(crate) memory: f64,
    /// Bytes that the registry's content grew by.
    pub(crate) stored: u64,
    /// Requests that the registry answered.
    pub(crate) requests: usize,
}

/// Runs a push to its end. Processor time and memory are those that `time` sees of the process and its children.
pub(crate) fn push(command: &Command, registry: &Registry, folder: &Path) -> Outcome<Sample> {
    let (stored, requests) = (registry.stored(), registry.requests());
    let (wall, cpu, memory) = timed(command, folder)?;
    Ok(Sample {
        wall,
        cpu,
        memory,
        stored: registry.stored().saturating_sub(stored),
        requests: registry.requests() - requests,
    })
}

/// Wall time in seconds, processor time in seconds, peak memory in MB.
pub(crate) fn timed(command: &Command, folder: &Path) -> Outcome<(f64, f64, f64)> {
    let (report, errors) = (folder.join("time.txt"), folder.join("errors.txt"));
    let mut timed = Command::new("time");
    timed
        .args(["-q", "-f", "%U %S %M", "-o"])
        .arg(&report)
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => timed.env(name, value),
            None => timed.env_remove(name),
        };
    }
    timed.stdin(Stdio::null()).stdout(Stdio::null()).stderr(std::fs::File::create(&errors)?);
    let began = Instant::now();
    let status = timed.status()?;
    let wall = began.elapsed().as_secs_f64();
    if !status.success() {
        let words = std::fs::read_to_string(&errors).unwrap_or_default();
        return Err(format!("{command:?} ended with {status}: {}", words.trim()).into());
    }
    let text = std::fs::read_to_string(&report)?;
    let mut numbers = text.split_whitespace().filter_map(|number| number.parse::<f64>().ok());
    let mut next = || numbers.next().ok_or("time reported nothing");
    let (user, system, kilobytes) = (next()?, next()?, next()?);
    Ok((wall, user + system, kilobytes * 1.024 / 1000.0))
}

/// The middle one of some numbers, the lower of two.
pub(crate) fn median(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.into_iter().collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

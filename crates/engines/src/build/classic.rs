//! The plain stream of Docker's classic builder and of Podman: lines of text, one step after the other.

use tokio::time::Instant;

use super::event::{BuildEvent, Step, StepState};
use super::harmless::Lines;

/// The steps of a build, as its text tells them.
#[derive(Debug, Default)]
pub(crate) struct Classic {
    lines: Lines,
    /// The step that runs, and since when.
    current: Option<(usize, Step, Instant)>,
    steps: usize,
    /// Steps in all, as they were told.
    count: Option<usize>,
    stage: Option<String>,
}

impl Classic {
    /// Reads a piece of the text.
    pub(crate) fn take(&mut self, piece: &str, tell: &mut impl FnMut(BuildEvent)) {
        // Docker ends no line behind a step's title; the next piece is the end.
        let ended = is_title(piece) && !piece.ends_with('\n');
        let mut lines = self.lines.take(piece);
        if ended {
            lines.extend(self.lines.end());
        }
        for line in lines {
            self.line(&line, tell);
        }
    }

    /// The last line; `failed`: no image came of it. Gives the step that was the last.
    pub(crate) fn end(&mut self, failed: bool, tell: &mut impl FnMut(BuildEvent)) -> Option<usize> {
        if let Some(line) = self.lines.end() {
            self.line(&line, tell);
        }
        let last = self.current.as_ref().map(|(number, ..)| *number);
        self.ends(if failed { StepState::Failed } else { StepState::Done }, tell);
        last
    }

    fn line(&mut self, line: &str, tell: &mut impl FnMut(BuildEvent)) {
        if let Some(Title { of, instruction }) = title(line) {
            self.ends(StepState::Done, tell);
            if let Some(steps) = of.filter(|steps| self.count != Some(*steps)) {
                self.count = Some(steps);
                tell(BuildEvent::Count { steps });
            }
            self.stage = stage(instruction).or(self.stage.take().filter(|_| !is_from(instruction)));
            let step = Step {
                stage: self.stage.clone(),
                name: instruction.to_owned(),
                internal: false,
                state: StepState::Running,
                took_ms: None,
            };
            let number = self.steps;
            self.steps += 1;
            tell(BuildEvent::Step { number, step: step.clone() });
            self.current = Some((number, step, Instant::now()));
            return;
        }
        let Some((number, step, _)) = &mut self.current else { return };
        if ["---> Using cache", "--> Using cache"].iter().any(|words| line.trim().starts_with(words)) {
            step.state = StepState::Cached;
        }
        if !line.trim().is_empty() {
            tell(BuildEvent::Log { step: *number, line: line.to_owned() });
        }
    }

    fn ends(&mut self, state: StepState, tell: &mut impl FnMut(BuildEvent)) {
        let Some((number, mut step, since)) = self.current.take() else { return };
        if step.state != StepState::Cached || state == StepState::Failed {
            step.state = state;
            step.took_ms = u64::try_from(since.elapsed().as_millis()).ok();
        }
        tell(BuildEvent::Step { number, step });
    }
}

fn is_title(text: &str) -> bool {
    title(text).is_some()
}

/// The line that begins a step.
struct Title<'a> {
    /// Steps in all, where it says so.
    of: Option<usize>,
    instruction: &'a str,
}

/// `Step 2/9 : RUN make` of Docker, `[1/2] STEP 2/4: RUN make` and `STEP 2/4: RUN make` of Podman, which counts the
/// steps of each stage for itself.
fn title(line: &str) -> Option<Title<'_>> {
    let count = |text: &str| {
        let (at, of) = text.split_once('/')?;
        at.trim().parse::<usize>().ok()?;
        of.trim().parse::<usize>().ok()
    };
    if let Some(rest) = line.strip_prefix("Step ") {
        let (of, instruction) = rest.split_once(" : ")?;
        return Some(Title { of: Some(count(of)?), instruction: instruction.trim_end() });
    }
    let (one_stage, rest) = match line.strip_prefix('[') {
        Some(rest) => (false, rest.split_once("] ").filter(|(stage, _)| count(stage).is_some())?.1),
        None => (true, line),
    };
    let (of, instruction) = rest.strip_prefix("STEP ")?.split_once(": ")?;
    let of = count(of)?;
    Some(Title { of: one_stage.then_some(of), instruction: instruction.trim_end() })
}

fn is_from(instruction: &str) -> bool {
    instruction.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("from"))
}

/// The stage that `FROM … AS name` begins.
fn stage(instruction: &str) -> Option<String> {
    let words: Vec<&str> = instruction.split_whitespace().filter(|word| !word.starts_with("--")).collect();
    match words[..] {
        [_, _, by, name, ..] if is_from(instruction) && by.eq_ignore_ascii_case("as") => {
            Some(name.to_owned())
        }
        _ => None,
    }
}

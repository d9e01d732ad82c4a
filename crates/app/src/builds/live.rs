//! A build's state, made from what the engine tells. Pure: the clock is handed in.

use std::collections::VecDeque;
use std::time::Instant;

use slipway_engines::{BuildEvent, Failed, Step, StepState};

use super::hide::Hide;
use crate::view::{BuildFailedView, BuildLineView, BuildStepState, BuildStepView, BuiltView};

/// Lines that are kept of a step.
const LINES: usize = 1000;

/// Bytes of them.
const BYTES: usize = 256 << 10;

/// Bytes of the lines of all steps: beyond that, steps that wrote nothing for longest keep none.
const ALL_BYTES: usize = 8 << 20;

/// Lines that are told where a step failed.
pub(super) const LAST_LINES: usize = 20;

/// The state of a build.
pub(super) struct Live {
    began: Instant,
    hide: Hide,
    pub(super) sent: u64,
    pub(super) total: u64,
    /// Something came from the engine.
    pub(super) builds: bool,
    steps: Vec<Held>,
    /// Steps of the platforms before this one.
    base: usize,
    /// Steps that people see, of the platforms before this one.
    seen_before: usize,
    /// Steps of this platform, as the engine counts.
    count: Option<usize>,
    /// Platforms are told with the steps, where there are several.
    platform: String,
    /// Numbers what changes.
    changes: u64,
}

/// A step, and what it wrote.
struct Held {
    view: BuildStepView,
    /// The instruction as the engine tells it.
    name: String,
    internal: bool,
    began: Option<Instant>,
    changed: u64,
    lines: VecDeque<(u64, BuildLineView)>,
    bytes: usize,
    /// When it wrote last.
    wrote: u64,
}

impl Held {
    fn is_shown(&self) -> bool {
        !self.internal || self.view.state == BuildStepState::Failed
    }
}

impl Live {
    pub(super) fn new(hide: Hide, total: u64, now: Instant) -> Self {
        Self {
            began: now,
            hide,
            sent: 0,
            total,
            builds: false,
            steps: Vec::new(),
            base: 0,
            seen_before: 0,
            count: None,
            platform: String::new(),
            changes: 0,
        }
    }

    /// The engine is asked from now on: what waited for its turn took no time.
    pub(super) fn begin(&mut self, now: Instant) {
        self.began = now;
    }

    /// The next image begins; `platform` is told with its steps.
    pub(super) fn next(&mut self, platform: &str) {
        self.base = self.steps.len();
        self.seen_before = self.shown().count();
        (self.count, self.sent, self.builds) = (None, 0, false);
        platform.clone_into(&mut self.platform);
    }

    /// Takes what the engine tells.
    pub(super) fn apply(&mut self, event: &BuildEvent, now: Instant) {
        match event {
            BuildEvent::Sent { bytes } => self.sent = *bytes,
            BuildEvent::Count { steps } => self.count = Some(*steps),
            BuildEvent::Step { number, step } => self.step(*number, step, now),
            BuildEvent::Log { step, line } => self.line(*step, line, now),
        }
    }

    fn step(&mut self, number: usize, step: &Step, now: Instant) {
        self.builds = true;
        self.changes += 1;
        let at = self.base + number;
        while self.steps.len() <= at {
            self.steps.push(Held {
                view: BuildStepView {
                    number: u32::try_from(self.steps.len()).unwrap_or(u32::MAX),
                    stage: String::new(),
                    instruction: String::new(),
                    state: BuildStepState::Waiting,
                    began_ms: None,
                    took_ms: None,
                },
                name: String::new(),
                internal: true,
                began: None,
                changed: 0,
                lines: VecDeque::new(),
                bytes: 0,
                wrote: 0,
            });
        }
        let since = ms(self.began, now);
        let stage = [self.platform.as_str(), step.stage.as_deref().unwrap_or_default()];
        let stage = stage.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let instruction = self.hide.words(&step.name);
        let held = &mut self.steps[at];
        let state = state(&step.state);
        if state != BuildStepState::Waiting && held.began.is_none() {
            (held.began, held.view.began_ms) = (Some(now), Some(since));
        }
        (held.internal, held.changed) = (step.internal, self.changes);
        (held.view.stage, held.view.instruction) = (stage, instruction);
        held.name.clone_from(&step.name);
        (held.view.state, held.view.took_ms) = (state, step.took_ms);
    }

    fn line(&mut self, number: usize, line: &str, now: Instant) {
        let text = self.hide.log(line);
        let Some(held) = self.steps.get_mut(self.base + number) else { return };
        self.changes += 1;
        let at_ms = held.began.map_or(0, |began| ms(began, now));
        held.bytes += text.len();
        held.wrote = self.changes;
        held.lines.push_back((self.changes, BuildLineView { step: held.view.number, at_ms, text }));
        while held.lines.len() > LINES || (held.bytes > BYTES && held.lines.len() > 1) {
            held.bytes -= held.lines.pop_front().map_or(0, |(_, line)| line.text.len());
        }
        while self.steps.iter().map(|held| held.bytes).sum::<usize>() > ALL_BYTES {
            let quiet = self.steps.iter_mut().filter(|held| held.bytes > 0).min_by_key(|held| held.wrote);
            let Some(quiet) = quiet else { break };
            (quiet.bytes, quiet.lines) = (0, VecDeque::new());
        }
    }

    /// Nothing happens any more: what ran did not come to its end.
    pub(super) fn end(&mut self, now: Instant) {
        let since = ms(self.began, now);
        for held in &mut self.steps {
            if held.view.state == BuildStepState::Running {
                self.changes += 1;
                held.changed = self.changes;
                held.view.state = BuildStepState::Cancelled;
                held.view.took_ms = held.view.began_ms.map(|began| since.saturating_sub(began));
            }
        }
    }

    /// Why it failed; `line_of` finds the line of an instruction.
    pub(super) fn failed(&self, failed: &Failed, line_of: impl Fn(&str) -> Option<u32>) -> BuildFailedView {
        let step = failed.step.and_then(|number| self.steps.get(self.base + number));
        BuildFailedView {
            message: self.hide.words(&failed.message),
            step: step.map(|held| held.view.number),
            line: failed.line.or_else(|| step.and_then(|held| line_of(&held.name))),
            code: failed.code,
        }
    }

    fn shown(&self) -> impl Iterator<Item = &Held> {
        self.steps.iter().filter(|held| held.is_shown())
    }

    /// The step that runs, or ran last, and how many there are, as people count; and those that are over.
    pub(super) fn counts(&self) -> (u32, u32, u32) {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let is_over =
            |held: &&Held| !matches!(held.view.state, BuildStepState::Waiting | BuildStepState::Running);
        let over = self.shown().filter(is_over).count();
        let all = self.shown().count().max(self.seen_before + self.count.unwrap_or_default());
        let runs = self.shown().any(|held| held.view.state == BuildStepState::Running);
        (number((over + usize::from(runs)).min(all)), number(all), number(over))
    }

    /// What came of it.
    pub(super) fn built(&self, ids: Vec<String>, size: u64, now: Instant) -> BuiltView {
        let cached = self.shown().filter(|held| held.view.state == BuildStepState::Cached).count();
        BuiltView {
            ids,
            size,
            steps: u32::try_from(self.shown().count()).unwrap_or(u32::MAX),
            cached: u32::try_from(cached).unwrap_or(u32::MAX),
            duration_ms: ms(self.began, now),
        }
    }

    /// Milliseconds since it began.
    pub(super) fn elapsed(&self, now: Instant) -> u64 {
        ms(self.began, now)
    }

    /// Steps and lines that changed after `seen`, and the number of the last change.
    pub(super) fn since(&self, seen: u64) -> (Vec<BuildStepView>, Vec<BuildLineView>, u64) {
        let steps = self.shown().filter(|held| held.changed > seen).map(|held| held.view.clone());
        // Of a step that nobody sees nobody reads the lines.
        let lines = self.shown().filter(|held| held.wrote > seen);
        let lines = lines.flat_map(|held| held.lines.iter().filter(|(number, _)| *number > seen));
        let mut lines: Vec<_> = lines.collect();
        lines.sort_by_key(|(number, _)| *number);
        (steps.collect(), lines.into_iter().map(|(_, line)| line.clone()).collect(), self.changes)
    }

    /// The last lines of a step.
    pub(super) fn last_lines(&self, step: u32) -> Vec<String> {
        let held = self.steps.iter().find(|held| held.view.number == step);
        let lines = held.map(|held| held.lines.iter().rev().take(LAST_LINES).rev());
        lines.into_iter().flatten().map(|(_, line)| line.text.clone()).collect()
    }
}

fn ms(from: Instant, to: Instant) -> u64 {
    u64::try_from(to.saturating_duration_since(from).as_millis()).unwrap_or(u64::MAX)
}

fn state(state: &StepState) -> BuildStepState {
    match state {
        StepState::Waiting => BuildStepState::Waiting,
        StepState::Running => BuildStepState::Running,
        StepState::Cached => BuildStepState::Cached,
        StepState::Done => BuildStepState::Done,
        StepState::Failed => BuildStepState::Failed,
        StepState::Cancelled => BuildStepState::Cancelled,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn live() -> (Live, Instant) {
        let now = Instant::now();
        (Live::new(Hide::default(), 10, now), now)
    }

    fn told(number: usize, name: &str, internal: bool, state: StepState) -> BuildEvent {
        let step = Step { stage: None, name: name.to_owned(), internal, state, took_ms: None };
        BuildEvent::Step { number, step }
    }

    fn log(step: usize, line: &str) -> BuildEvent {
        BuildEvent::Log { step, line: line.to_owned() }
    }

    #[test]
    fn the_engines_own_work_is_no_step_unless_it_failed() {
        let (mut live, now) = live();
        live.apply(&told(0, "load build definition", true, StepState::Done), now);
        live.apply(&told(1, "FROM scratch", false, StepState::Cached), now);
        live.apply(&told(2, "RUN make", false, StepState::Running), now + Duration::from_secs(1));
        live.apply(&told(3, "USER node", false, StepState::Waiting), now);
        assert_eq!(live.counts(), (2, 3, 1));
        let (steps, _, seen) = live.since(0);
        assert_eq!(steps.iter().map(|step| step.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(steps[1].began_ms, Some(1000));
        live.apply(&told(0, "load build definition", true, StepState::Failed), now);
        assert_eq!(live.since(seen).0[0].state, BuildStepState::Failed);
        live.end(now + Duration::from_secs(3));
        let (steps, ..) = live.since(0);
        assert_eq!((steps[2].state, steps[2].took_ms), (BuildStepState::Cancelled, Some(2000)));
    }

    #[test]
    fn what_is_kept_of_a_log_is_bounded_for_each_step_and_for_all() {
        let (mut live, now) = live();
        live.apply(&told(0, "RUN a", false, StepState::Running), now);
        for line in 0..LINES + 5 {
            live.apply(&log(0, &line.to_string()), now);
        }
        assert_eq!(live.steps[0].lines.len(), LINES);
        assert_eq!(live.last_lines(0).len(), LAST_LINES);
        assert_eq!(live.last_lines(0)[19], (LINES + 4).to_string());
        let long = "x".repeat(4000);
        for step in 1..=ALL_BYTES / BYTES + 2 {
            live.apply(&told(step, "RUN b", false, StepState::Running), now);
            for _ in 0..BYTES / 4000 + 5 {
                live.apply(&log(step, &long), now);
            }
        }
        assert!(live.steps.iter().all(|held| held.bytes <= BYTES && held.lines.len() <= LINES));
        assert!(live.steps.iter().map(|held| held.bytes).sum::<usize>() <= ALL_BYTES);
        assert!(live.steps[0].lines.is_empty(), "it was quiet for longest");
    }

    #[test]
    fn a_view_gets_each_line_once_and_in_order() {
        let (mut live, now) = live();
        live.apply(&told(0, "RUN a", false, StepState::Running), now);
        live.apply(&told(1, "RUN b", false, StepState::Running), now);
        live.apply(&log(1, "one"), now + Duration::from_millis(2100));
        let (_, lines, seen) = live.since(0);
        assert_eq!((lines.len(), lines[0].at_ms), (1, 2100));
        live.apply(&log(0, "two"), now);
        live.apply(&log(1, "three"), now);
        let (steps, lines, _) = live.since(seen);
        assert!(steps.is_empty());
        assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["two", "three"]);
    }

    #[test]
    fn of_several_platforms_steps_go_on_and_say_which() {
        let (mut live, now) = live();
        live.next("linux/amd64");
        live.apply(&told(0, "RUN a", false, StepState::Done), now);
        live.next("linux/arm64");
        live.apply(&BuildEvent::Count { steps: 4 }, now);
        live.apply(&told(0, "RUN a", false, StepState::Running), now);
        let (steps, ..) = live.since(0);
        assert_eq!((steps.len(), steps[1].stage.as_str()), (2, "linux/arm64"));
        assert_eq!(live.counts(), (2, 5, 1));
    }
}

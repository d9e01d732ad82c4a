//! What a build tells while it runs.

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepState {
    /// It waits for others.
    Waiting,
    /// It runs.
    Running,
    /// It came from the engine's cache.
    Cached,
    /// It is done.
    Done,
    /// It failed.
    Failed,
    /// It was ended because another one failed.
    Cancelled,
}

/// A step of a build. It is told again whenever something of it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The stage that it belongs to; none where the engine names none.
    pub stage: Option<String>,
    /// The instruction, or what the engine does.
    pub name: String,
    /// The engine's own work, such as reading the Dockerfile: no instruction.
    pub internal: bool,
    /// How far it is.
    pub state: StepState,
    /// How long it took, or has taken so far, milliseconds; none where the engine does not say and nobody could measure.
    pub took_ms: Option<u64>,
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildEvent {
    /// So many bytes of the folder's files went to the engine, in all.
    Sent {
        /// Bytes.
        bytes: u64,
    },
    /// So many steps there are in all, where the engine says so before it comes to them.
    Count {
        /// Steps.
        steps: usize,
    },
    /// A step, by its number from 0. Steps keep their numbers; engines that know them tell all of them at once.
    Step {
        /// Its number.
        number: usize,
        /// The step.
        step: Step,
    },
    /// A line of what a step writes, harmless to show.
    Log {
        /// The step's number.
        step: usize,
        /// The line.
        line: String,
    },
}

/// Why no image came of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The engine's words.
    pub message: String,
    /// The step that failed.
    pub step: Option<usize>,
    /// The line of the Dockerfile, from 1, where the engine names it.
    pub line: Option<u32>,
    /// What the command ended with, where one did.
    pub code: Option<i64>,
}

//! BuildKit's own messages inside of a build's stream (`moby.buildkit.trace`): `StatusResponse` of its control interface
//! (moby/buildkit, `api/services/control/control.proto`), as far as it is shown.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message;

use super::event::{BuildEvent, Step, StepState};
use super::harmless::{Lines, harmless};

#[derive(Clone, PartialEq, Message)]
struct StatusResponse {
    #[prost(message, repeated, tag = "1")]
    vertices: Vec<Vertex>,
    #[prost(message, repeated, tag = "3")]
    logs: Vec<VertexLog>,
}

/// A step.
#[derive(Clone, PartialEq, Message)]
struct Vertex {
    #[prost(string, tag = "1")]
    digest: String,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(bool, tag = "4")]
    cached: bool,
    #[prost(message, optional, tag = "5")]
    started: Option<Timestamp>,
    #[prost(message, optional, tag = "6")]
    completed: Option<Timestamp>,
    #[prost(string, tag = "7")]
    error: String,
}

#[derive(Clone, PartialEq, Message)]
struct VertexLog {
    #[prost(string, tag = "1")]
    vertex: String,
    #[prost(bytes = "vec", tag = "4")]
    message: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct Timestamp {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

impl Timestamp {
    fn ms(self) -> i64 {
        self.seconds.saturating_mul(1000).saturating_add(i64::from(self.nanos) / 1_000_000)
    }
}

/// So many steps are taken of one build.
const MOST_STEPS: usize = 10_000;

/// The steps of a build, as BuildKit tells them.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    numbers: HashMap<String, usize>,
    logs: HashMap<usize, Lines>,
    failed: Option<usize>,
}

impl Trace {
    /// Reads one message; what cannot be read tells nothing.
    pub(crate) fn take(&mut self, aux: &str, tell: &mut impl FnMut(BuildEvent)) {
        let Some(message) = STANDARD.decode(aux).ok().and_then(|bytes| StatusResponse::decode(&*bytes).ok())
        else {
            tracing::debug!("a message of BuildKit that cannot be read");
            return;
        };
        for vertex in message.vertices {
            let count = self.numbers.len();
            if count >= MOST_STEPS && !self.numbers.contains_key(&vertex.digest) {
                continue;
            }
            let number = *self.numbers.entry(vertex.digest.clone()).or_insert(count);
            let step = step(&vertex);
            if step.state == StepState::Failed && self.failed.is_none() {
                self.failed = Some(number);
            }
            tell(BuildEvent::Step { number, step });
        }
        for log in message.logs {
            let Some(number) = self.numbers.get(&log.vertex).copied() else { continue };
            let lines = self.logs.entry(number).or_default().bytes(&log.message);
            for line in lines {
                tell(BuildEvent::Log { step: number, line });
            }
        }
    }

    /// The last lines, and the step that failed.
    pub(crate) fn end(&mut self, tell: &mut impl FnMut(BuildEvent)) -> Option<usize> {
        for (step, lines) in &mut self.logs {
            if let Some(line) = lines.end() {
                tell(BuildEvent::Log { step: *step, line });
            }
        }
        self.failed
    }
}

fn step(vertex: &Vertex) -> Step {
    // A Dockerfile may write into it what a terminal would obey.
    let (stage, name, internal) = named(&harmless(&vertex.name));
    let state = match (vertex.started, vertex.completed) {
        // A step that fails ends those beside it, which is no failure of theirs.
        _ if vertex.error.trim_end().ends_with("context canceled") => StepState::Cancelled,
        _ if !vertex.error.is_empty() => StepState::Failed,
        _ if vertex.cached => StepState::Cached,
        (_, Some(_)) => StepState::Done,
        (Some(_), None) => StepState::Running,
        (None, None) => StepState::Waiting,
    };
    let took = vertex.started.zip(vertex.completed).map(|(from, to)| to.ms() - from.ms());
    Step { stage, name, internal, state, took_ms: took.and_then(|took| u64::try_from(took).ok()) }
}

/// `[build 2/4] RUN make` is an instruction of the stage `build`; stages without a name are called `stage-0`.
fn named(name: &str) -> (Option<String>, String, bool) {
    let parts = name.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    let Some((place, instruction)) = parts.filter(|(place, _)| *place != "internal") else {
        return (None, name.to_owned(), true);
    };
    let mut words: Vec<&str> = place.split_whitespace().collect();
    let counted = words.last().is_some_and(|word| {
        word.split_once('/')
            .is_some_and(|(at, of)| [at, of].iter().all(|number| number.parse::<u32>().is_ok()))
    });
    if !counted {
        return (None, name.to_owned(), true);
    }
    words.pop();
    // Of several platforms each names its own before the stage.
    let stage = words.last().filter(|word| !word.contains('/')).map(|stage| (*stage).to_owned());
    (stage, instruction.to_owned(), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_named_by_stage_and_instruction() {
        let of = |name: &str| {
            let (stage, name, internal) = named(name);
            (stage.unwrap_or_default(), name, internal)
        };
        let text = |text: &str| text.to_owned();
        assert_eq!(of("[deps 2/4] RUN npm ci"), (text("deps"), text("RUN npm ci"), false));
        assert_eq!(of("[linux/arm64 build 1/2] FROM a"), (text("build"), text("FROM a"), false));
        assert_eq!(of("[2/3] COPY . ."), (text(""), text("COPY . ."), false));
        let internal = "[internal] load build definition from Dockerfile";
        assert_eq!(of(internal), (text(""), text(internal), true));
        assert_eq!(of("exporting to image"), (text(""), text("exporting to image"), true));
        assert_eq!(of("[auth] x pull"), (text(""), text("[auth] x pull"), true));
    }

    /// What is told of steps with these names and errors, all in one message.
    fn told(steps: &[(&str, &str)], logs: &[&[u8]]) -> (Vec<BuildEvent>, Option<usize>) {
        let vertex = |(name, error): &(&str, &str)| Vertex {
            digest: (*name).to_owned(),
            name: (*name).to_owned(),
            error: (*error).to_owned(),
            ..Vertex::default()
        };
        let log = |log: &&[u8]| VertexLog { vertex: steps[0].0.to_owned(), message: log.to_vec() };
        let vertices = steps.iter().map(vertex).collect();
        let message = StatusResponse { vertices, logs: logs.iter().map(log).collect() };
        let (mut trace, mut told) = (Trace::default(), Vec::new());
        trace.take(&STANDARD.encode(message.encode_to_vec()), &mut |event| told.push(event));
        let failed = trace.end(&mut |event| told.push(event));
        (told, failed)
    }

    #[test]
    fn the_step_that_failed_is_none_that_was_ended_for_another() {
        let (told_of, failed) =
            told(&[("a", "context canceled"), ("b", "exit code: 3"), ("c", "exit code: 4")], &[]);
        assert_eq!(failed, Some(1));
        let states = told_of.iter().map(|event| match event {
            BuildEvent::Step { step, .. } => step.state.clone(),
            other => panic!("{other:?}"),
        });
        let expected = [StepState::Cancelled, StepState::Failed, StepState::Failed];
        assert_eq!(states.collect::<Vec<_>>(), expected);
        assert_eq!(told(&[("a", "rpc error: context canceled")], &[]).1, None);
    }

    #[test]
    fn nothing_in_the_name_of_a_step_or_stage_is_obeyed() {
        let (told, _) = told(&[("[\u{1b}[2Ja\u{202e} 1/1] RUN \u{1b}]0;x\u{7}b", "")], &[]);
        let [BuildEvent::Step { step, .. }] = &told[..] else { panic!("{told:?}") };
        assert_eq!((step.stage.as_deref(), step.name.as_str()), (Some("a"), "RUN b"));
    }

    #[test]
    fn a_letter_may_be_cut_between_two_messages() {
        let (told, _) =
            told(&[("[a 1/1] RUN x", "")], &["größer".as_bytes().split_at(3).0, b"\xb6\xc3\x9fer\n"]);
        let line = BuildEvent::Log { step: 0, line: "größer".to_owned() };
        assert!(told.contains(&line), "{told:?}");
    }

    #[test]
    fn a_log_is_told_in_lines_and_a_failure_by_its_step() {
        let vertex = |digest: &str, error: &str| Vertex {
            digest: digest.to_owned(),
            name: "[a 1/1] RUN x".to_owned(),
            started: Some(Timestamp { seconds: 10, nanos: 0 }),
            completed: (!error.is_empty()).then_some(Timestamp { seconds: 12, nanos: 500_000_000 }),
            error: error.to_owned(),
            ..Vertex::default()
        };
        let log = |message: &str| VertexLog { vertex: "b".to_owned(), message: message.as_bytes().to_vec() };
        let packed = |vertices, logs| STANDARD.encode(StatusResponse { vertices, logs }.encode_to_vec());
        let (mut trace, mut told) = (Trace::default(), Vec::new());
        let mut tell = |event| told.push(event);
        trace.take(&packed(vec![vertex("a", ""), vertex("b", "")], vec![log("one\ntw")]), &mut tell);
        trace.take("no base64", &mut tell);
        trace.take(&packed(vec![vertex("b", "exit code: 3")], vec![log("o")]), &mut tell);
        assert_eq!(trace.end(&mut tell), Some(1));
        let lines = told.iter().filter_map(|event| match event {
            BuildEvent::Log { step: 1, line } => Some(line.as_str()),
            _ => None,
        });
        assert_eq!(lines.collect::<Vec<_>>(), ["one", "two"]);
        let steps = told.iter().filter_map(|event| match event {
            BuildEvent::Step { number, step } => Some((*number, step.state.clone(), step.took_ms)),
            _ => None,
        });
        let expected = [
            (0, StepState::Running, None),
            (1, StepState::Running, None),
            (1, StepState::Failed, Some(2500)),
        ];
        assert_eq!(steps.collect::<Vec<_>>(), expected);
    }
}

//! A build at an engine: the folder goes up while the engine answers, and its answer is read to the end.

use std::sync::Arc;

use http_body_util::BodyExt as _;
use hyper::{Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::classic::Classic;
use super::context::{Context, ContextError};
use super::event::{BuildEvent, Failed};
use super::session::{Secret, Session, new_id};
use super::trace::Trace;
use crate::client::Engine;
use crate::error::{EngineError, words};
use crate::kind::Kind;
use crate::load;
use crate::objects::Objects;
use crate::wire::{self, chain};

/// Of the answer so much is kept while it is not yet understood, bytes: BuildKit's messages are long.
const MOST_UNREAD: usize = 16 << 20;

/// What is built.
#[derive(Debug, Clone)]
pub struct BuildRequest {
    /// The folder.
    pub context: Context,
    /// Whole names that the image gets.
    pub names: Vec<String>,
    /// The stage that is built; the last one where none is named.
    pub target: Option<String>,
    /// Such as `linux/arm64`; the engine's own where none is named.
    pub platform: Option<String>,
    /// Build arguments. Their values reach nobody but the engine, which may repeat them in names of steps.
    pub arguments: Vec<(String, String)>,
    /// What `RUN --mount=type=secret` asks for. They are in no image, and the engine keeps them not.
    pub secrets: Vec<Secret>,
    /// The network of `RUN`, such as `none` or `host`; the engine's usual one where none is named.
    pub network: Option<String>,
}

/// The image that came of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The engine's ID of it.
    pub id: String,
}

/// Why no image came of it.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The folder cannot be sent.
    #[error(transparent)]
    Context(#[from] ContextError),
    /// The engine cannot be asked, or said no before it began.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Only BuildKit gives secrets to a build without keeping them.
    #[error(
        "{0} takes no secrets for a build through its interface: build with its own command (podman build --secret), then publish the image"
    )]
    NoSecrets(Kind),
    /// The build failed.
    #[error("{}", .0.message)]
    Failed(Failed),
}

impl Engine {
    /// Whether its builds are told step by step with times: Docker's BuildKit. All others tell plain lines.
    pub fn has_buildkit(&self) -> bool {
        // It came with 18.09 (API 1.39).
        self.kind() == Kind::Docker && self.api.has(39)
    }

    /// Builds an image. Dropped before its end, the engine stops; finished steps stay in its cache.
    ///
    /// # Errors
    /// Those of the folder, of the engine, and of the build.
    pub async fn build(
        &self,
        request: &BuildRequest,
        tell: impl Fn(BuildEvent) + Send + Sync + 'static,
    ) -> Result<Built, BuildError> {
        let tell: Arc<dyn Fn(BuildEvent) + Send + Sync> = Arc::new(tell);
        let session = match request.secrets.is_empty() {
            true => None,
            false if !self.has_buildkit() => return Err(BuildError::NoSecrets(self.kind())),
            false => {
                let id = new_id().map_err(ContextError::Taken)?;
                Some(Session::open(&self.place, id, request.secrets.clone()).await?)
            }
        };
        let (writer, body) = load::writer();
        let (context, sent) = (request.context.clone(), Arc::clone(&tell));
        let sending = tokio::task::spawn_blocking(move || {
            let mut bytes = 0;
            let mut writer = writer;
            context.write(&mut writer, |more| {
                bytes += more;
                sent(BuildEvent::Sent { bytes });
            })?;
            writer.finish().map_err(ContextError::Taken)
        });
        let path = self.path(&self.asked(request, session.as_ref()));
        let answered = async {
            let answer = wire::send(&self.place, Method::POST, &path, body).await?;
            let status = answer.status();
            if status != StatusCode::OK {
                let body = wire::read(&self.place, answer.into_body()).await?;
                return Err(self.refused(status, &body));
            }
            let mut reading = Reading { buildkit: self.has_buildkit(), ..Reading::default() };
            let mut told = |event| tell(event);
            let mut body = answer.into_body();
            while let Some(frame) = body.frame().await {
                let frame = frame.map_err(|error| {
                    let message = format!("the answer of {} broke off: {}", self.kind(), chain(&error));
                    BuildError::Failed(Failed { message, step: None, line: None, code: None })
                })?;
                if let Ok(data) = frame.into_data() {
                    reading.take(&data, &mut told);
                }
            }
            reading.end(&mut told).map_err(BuildError::Failed)
        };
        let built = answered.await;
        match sending.await {
            // Of a part of the folder nothing that is wanted can come, and the engine says at most that it broke off.
            Ok(Err(error)) if !matches!(error, ContextError::Taken(_)) => Err(error.into()),
            // An engine that refuses takes no more of the folder; then its own words say why.
            _ => built,
        }
    }

    fn asked(&self, request: &BuildRequest, session: Option<&Session>) -> String {
        let mut query = vec![("dockerfile", request.context.dockerfile().to_owned()), ("rm", "1".to_owned())];
        // What failed leaves no containers behind.
        query.push(("forcerm", "1".to_owned()));
        query.extend(request.names.iter().map(|name| ("t", name.clone())));
        query.extend(request.target.iter().map(|target| ("target", target.clone())));
        query.extend(request.platform.iter().map(|platform| ("platform", platform.clone())));
        query.extend(request.network.iter().map(|network| ("networkmode", network.clone())));
        if self.has_buildkit() {
            query.push(("version", "2".to_owned()));
        }
        query.extend(session.map(|session| ("session", session.id.clone())));
        if !request.arguments.is_empty() {
            let named =
                request.arguments.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
            query.push(("buildargs", Value::Object(named.collect::<Map<_, _>>()).to_string()));
        }
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs: Vec<_> = query.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        format!("/build?{}", pairs.join("&"))
    }

    fn refused(&self, status: StatusCode, body: &[u8]) -> BuildError {
        match wire::refusal(&self.place, status, body) {
            // Podman says nothing of a bad name, argument or platform.
            EngineError::Refused { message, .. } if message.is_empty() => {
                let message =
                    format!("{} refused the build and did not say why (status {status})", self.kind());
                BuildError::Failed(Failed { message, step: None, line: None, code: None })
            }
            EngineError::Refused { message, .. } => BuildError::Failed(failed(&message, None, None)),
            other => BuildError::Engine(other),
        }
    }
}

fn failed(message: &str, step: Option<usize>, code: Option<i64>) -> Failed {
    let message = super::harmless::harmless(&words(message));
    let code = code.or_else(|| exit_code(&message));
    Failed { line: line(&message), message, step, code }
}

/// `BuildKit` names it in its words alone: `…: exit code: 3`
fn exit_code(message: &str) -> Option<i64> {
    message.rsplit_once(": exit code: ")?.1.trim_end().parse().ok()
}

/// `dockerfile parse error line 2: …`, `… on line 2: …`, `Dockerfile:2`
fn line(message: &str) -> Option<u32> {
    let number = |text: &str| {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let parsing = message.contains("parse error") || message.contains("Dockerfile");
    let after = ["line ", "Dockerfile:"].into_iter().find_map(|before| Some(message.split_once(before)?.1));
    after.filter(|_| parsing).and_then(number)
}

/// What the objects of an answer tell.
#[derive(Default)]
struct Reading {
    buildkit: bool,
    objects: Objects,
    trace: Trace,
    classic: Classic,
    id: Option<String>,
    failed: Option<(String, Option<i64>)>,
}

impl Reading {
    fn take(&mut self, data: &[u8], tell: &mut impl FnMut(BuildEvent)) {
        let (objects, dropped) = self.objects.take(data, MOST_UNREAD);
        for object in &objects {
            self.object(object, tell);
        }
        if dropped {
            self.failed.get_or_insert_with(|| ("its answer cannot be understood".to_owned(), None));
        }
    }

    fn object(&mut self, object: &Value, tell: &mut impl FnMut(BuildEvent)) {
        // `error` is on its way out; only the other will stay.
        let detail = &object["errorDetail"];
        if let Some(error) = detail["message"].as_str().or_else(|| object["error"].as_str()) {
            self.failed.get_or_insert_with(|| (error.to_owned(), detail["code"].as_i64()));
            return;
        }
        if let Some(aux) = object["aux"].as_str() {
            self.trace.take(aux, tell);
        } else if let Some(id) = object["aux"]["ID"].as_str() {
            // One for each stage: the last counts.
            self.id = Some(id.to_owned());
        } else if let Some(text) = object["stream"].as_str().filter(|_| !self.buildkit) {
            self.classic.take(text, tell);
        }
    }

    fn end(mut self, tell: &mut impl FnMut(BuildEvent)) -> Result<Built, Failed> {
        let broken = self.id.is_none() || self.failed.is_some();
        let by_text = self.classic.end(broken, tell);
        let by_trace = self.trace.end(tell);
        let step = if self.buildkit { by_trace } else { by_text };
        match (self.failed, self.id) {
            (Some((message, code)), _) => Err(failed(&message, step, code)),
            (None, Some(id)) => Ok(Built { id }),
            (None, None) => Err(failed("the engine tells of no image at the end of the build", step, None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::StepState;
    use super::*;

    /// What is told of a recorded answer, and how it ends.
    fn read(recorded: &Value, buildkit: bool) -> (Vec<BuildEvent>, Result<Built, Failed>) {
        let lines: Vec<String> =
            recorded["lines"].as_array().unwrap().iter().map(|line| format!("{line}\r\n")).collect();
        let bytes = lines.concat().into_bytes();
        let mut reading = Reading { buildkit, ..Reading::default() };
        let mut told = Vec::new();
        let mut tell = |event| told.push(event);
        // Cut where no engine would.
        bytes.chunks(7).for_each(|piece| reading.take(piece, &mut tell));
        let ended = reading.end(&mut tell);
        (told, ended)
    }

    fn recorded(name: &str) -> Vec<Value> {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(name);
        let text = std::fs::read_to_string(file).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        value["answers"].as_array().unwrap().clone()
    }

    /// The steps that are no engine's own work, as they were at the end.
    fn steps(told: &[BuildEvent]) -> Vec<(Option<String>, String, StepState)> {
        let mut steps = std::collections::BTreeMap::new();
        for event in told {
            if let BuildEvent::Step { number, step } = event {
                steps.insert(*number, step.clone());
            }
        }
        let instructions = steps.into_values().filter(|step| !step.internal);
        instructions.map(|step| (step.stage, step.name, step.state)).collect()
    }

    #[test]
    fn what_docker_and_podman_said_is_read_alike() {
        let answers = recorded("build-classic.json");
        for (answer, id) in [(&answers[0], "sha256:25fbcab4cf78"), (&answers[1], "sha256:21e5112f74ae")] {
            let (told, ended) = read(answer, false);
            assert!(ended.unwrap().id.starts_with(id));
            let steps = steps(&told);
            assert_eq!(steps.len(), 8);
            assert!(steps.iter().all(|(.., state)| *state == StepState::Done), "{steps:?}");
            assert_eq!((steps[3].0.as_deref(), steps[3].1.as_str()), (Some("one"), "COPY a.txt /a.txt"));
            assert_eq!((steps[5].0.as_deref(), steps[5].1.as_str()), (Some("two"), "COPY b.txt /b.txt"));
        }
        // Podman counts the steps of each stage, which is no sum.
        let (told, _) = read(&answers[0], false);
        let counts = |told: &[BuildEvent]| {
            told.iter().filter(|event| matches!(event, BuildEvent::Count { .. })).cloned().collect::<Vec<_>>()
        };
        assert_eq!(counts(&told), [BuildEvent::Count { steps: 8 }]);
        assert_eq!(counts(&read(&answers[1], false).0), []);
    }

    #[test]
    fn what_buildkit_said_is_read() {
        let answers = recorded("build-buildkit.json");
        let (told, ended) = read(&answers[0], true);
        assert!(ended.unwrap().id.starts_with("sha256:acd5a969d854"));
        let expected = [("one", "COPY a.txt /a.txt"), ("two", "COPY b.txt /b.txt")];
        let expected =
            expected.map(|(stage, name)| (Some(stage.to_owned()), name.to_owned(), StepState::Cached));
        assert_eq!(steps(&told), expected);
    }

    #[test]
    fn what_failed_is_told_with_its_step_line_and_code() {
        let answers = recorded("build-errors.json");
        let of = |engine: &str, request: &str| {
            let fits = |answer: &&Value| {
                answer["engine"] == engine
                    && answer["request"].as_str().is_some_and(|path| path.ends_with(request))
            };
            answers.iter().find(fits).unwrap()
        };
        let (told, ended) = read(of("docker20", "err:1&networkmode=none&x=fail"), false);
        let failed = ended.unwrap_err();
        assert_eq!((failed.step, failed.code), (Some(2), Some(3)));
        assert!(failed.message.contains("returned a non-zero code: 3"));
        assert!(told.contains(&BuildEvent::Log { step: 2, line: "failing".to_owned() }), "{told:?}");
        assert_eq!(steps(&told)[1].2, StepState::Cached);
        assert_eq!(steps(&told)[2].2, StepState::Failed);
        let (_, ended) = read(of("podman43", "x=e1"), false);
        let failed = ended.unwrap_err();
        assert_eq!((failed.step, failed.code), (Some(1), None));
        let (_, ended) = read(of("docker20", "version=2&networkmode=none&x=fail"), true);
        assert_eq!(ended.unwrap_err().code, Some(3));
        let message = of("docker20", "x=e2")["body"]["message"].as_str().unwrap().to_owned();
        assert_eq!(super::failed(&message, None, None).line, Some(2));
        assert_eq!(line("executor failed on line 7"), None, "that is no line of a Dockerfile");
    }

    #[test]
    fn an_answer_that_ends_without_an_image_is_no_success() {
        let empty = serde_json::json!({"lines": [{"stream": "Step 1/1 : FROM scratch"}]});
        let (told, ended) = read(&empty, false);
        assert!(ended.unwrap_err().message.contains("tells of no image"));
        assert_eq!(steps(&told)[0].2, StepState::Failed);
    }
}

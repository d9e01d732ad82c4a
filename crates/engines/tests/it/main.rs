//! The room of engines: recorded answers, a computer on paper, and an engine's double.

#[cfg(unix)]
mod building;
mod discovery;
mod listing;
#[cfg(unix)]
mod streams;

use serde_json::Value;

/// What was recorded under this name.
fn recordings(file: &str) -> Value {
    let path = format!("{}/tests/recorded/{file}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A recorded answer: of which engine, to which question.
fn recorded(file: &str, engine: &str, request: &str) -> Value {
    let all = recordings(file);
    let answers = all["answers"].as_array().unwrap();
    let wanted = |answer: &&Value| answer["engine"] == engine && answer["request"] == request;
    answers.iter().find(wanted).unwrap_or_else(|| panic!("{engine}: {request}"))["body"].clone()
}

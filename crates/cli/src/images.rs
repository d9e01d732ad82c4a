//! `slipway images`.

use jiff::Timestamp;
use serde_json::{Value, json};
use slipway_app::Finders;
use slipway_app::view::{Code, Engine, EngineImageView, EnginePartKind, EngineView, FailureView};

use crate::arguments::Images;
use crate::exit::Exit;
use crate::output::{self, size};
use crate::token;

/// So much of an ID tells images apart, characters, as engines show it.
const SHORT: usize = 12;

pub(crate) async fn run(arguments: Images) -> Exit {
    let app = match token::app(Finders::None) {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    let engines = match arguments.engine {
        Some(engine) => vec![engine.into()],
        None => vec![Engine::Docker, Engine::Podman],
    };
    let (mut found, mut failures) = (Vec::new(), Vec::<FailureView>::new());
    for engine in engines {
        match app.engines().images(engine).await {
            Ok(answer) => found.push(answer),
            Err(failure) => failures.push(failure),
        }
    }
    if found.is_empty() {
        let first = failures.into_iter().reduce(|first, other| FailureView {
            message: format!("{}; {}", first.message, other.message),
            ..first
        });
        let failure = first.unwrap_or_else(|| FailureView::new(Code::Internal, "no engine was asked"));
        output::failure(&failure);
        return Exit::Failed;
    }
    if arguments.json {
        let engines: Vec<Value> = found.iter().map(|(engine, images)| object(engine, images)).collect();
        output::object(&json!({"engines": engines, "failures": failures}));
        return Exit::Done;
    }
    for failure in &failures {
        output::note(&failure.message);
    }
    for (engine, images) in &found {
        print(engine, images);
    }
    Exit::Done
}

fn object(engine: &EngineView, images: &[EngineImageView]) -> Value {
    let mut object = json!(engine);
    object["images"] = json!(images);
    object
}

fn print(engine: &EngineView, images: &[EngineImageView]) {
    let name = match engine.engine {
        Engine::Docker => "Docker",
        Engine::Podman => "Podman",
    };
    let rootless = if engine.rootless { ", rootless" } else { "" };
    let version = engine.version.as_deref().unwrap_or_default();
    output::line(&format!("{name} {version}{rootless}, {}", engine.place));
    if images.is_empty() {
        output::line("    no images");
    }
    for image in images {
        print_image(image);
    }
}

fn print_image(image: &EngineImageView) {
    let id: String = image.id.trim_start_matches("sha256:").chars().take(SHORT).collect();
    let names = if image.names.is_empty() { "no name".to_owned() } else { image.names.join(", ") };
    output::line(&format!("    {id}  {names}"));
    let shared = image.shared.map(|shared| format!(", {} of it shared", size(shared))).unwrap_or_default();
    let created = image.created.and_then(|created| Timestamp::from_second(created).ok());
    let created = created.map(|created| format!(", {created}")).unwrap_or_default();
    let used = match image.containers {
        0 => String::new(),
        1 => ", 1 container".to_owned(),
        count => format!(", {count} containers"),
    };
    let platform = match (&image.platform, image.parts.len()) {
        (Some(platform), _) => platform.clone(),
        (None, 0) => "platform unknown".to_owned(),
        (None, _) => "several platforms".to_owned(),
    };
    output::line(&format!("        {platform}, {}{shared}{created}{used}", size(image.size)));
    if let Some(reason) = &image.unreadable {
        output::line(&format!("        cannot be read: {reason}"));
    }
    for part in &image.parts {
        let what = match (part.kind, &part.platform) {
            (EnginePartKind::Platform, Some(platform)) => platform.as_str(),
            (EnginePartKind::Attestation, _) => "attestation",
            _ => "something else",
        };
        let there = if part.available { size(part.size) } else { "not here".to_owned() };
        output::line(&format!("        {what}, {there}"));
    }
}

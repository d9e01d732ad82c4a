//! `slipway images`.

use jiff::Timestamp;
use serde_json::{Value, json};
use slipway_app::view::{
    Code, Engine, EngineImageView, EnginePartKind, EngineView, FailureView, ImageStateView, RegistryState,
    UnknownReason,
};
use slipway_app::{Finders, Slipway};

use crate::arguments::Images;
use crate::exit::Exit;
use crate::output::{self, size};
use crate::token;

/// So much of an ID tells images apart, characters, as engines show it.
const SHORT: usize = 12;

pub(crate) async fn run(arguments: Images) -> Exit {
    // Only whoever is asked for states needs accounts.
    let finders = if arguments.states { Finders::Environment } else { Finders::None };
    let app = match token::app(finders) {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    if arguments.states {
        app.accounts().load().await;
    }
    let engines = match arguments.engine {
        Some(engine) => vec![engine.into()],
        None => vec![Engine::Docker, Engine::Podman],
    };
    let (mut found, mut failures) = (Vec::new(), Vec::<FailureView>::new());
    for engine in engines {
        match Box::pin(listed(&app, engine, arguments.states)).await {
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
        let engines: Vec<Value> = found.iter().map(object).collect();
        output::object(&json!({"engines": engines, "failures": failures}));
        return Exit::Done;
    }
    for failure in &failures {
        output::note(&failure.message);
    }
    for listed in &found {
        print(listed);
    }
    Exit::Done
}

/// What an engine has.
struct Listed {
    engine: EngineView,
    images: Vec<EngineImageView>,
    /// In the order of the images; none where nobody wants to know.
    states: Vec<ImageStateView>,
}

async fn listed(app: &Slipway, engine: Engine, states: bool) -> Result<Listed, FailureView> {
    if !states {
        let (engine, images) = app.engines().images(engine).await?;
        return Ok(Listed { engine, images, states: Vec::new() });
    }
    let list = app.states().images(engine).await?;
    let ids: Vec<String> = list.images.iter().map(|image| image.id.clone()).collect();
    let states = app.states().of(engine, &ids, false).await;
    Ok(Listed { engine: list.engine, images: list.images, states })
}

fn object(Listed { engine, images, states }: &Listed) -> Value {
    let mut object = json!(engine);
    object["images"] = json!(images);
    for (image, state) in object["images"].as_array_mut().into_iter().flatten().zip(states) {
        image["there"] = json!(state);
    }
    object
}

fn print(Listed { engine, images, states }: &Listed) {
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
    for (place, image) in images.iter().enumerate() {
        print_image(image);
        if let Some(state) = states.get(place) {
            output::line(&format!("        {}", there(state)));
        }
    }
}

/// How an image stands at the registry, in a line.
fn there(state: &ImageStateView) -> String {
    let ImageStateView { registry, tag, .. } = state;
    match state.state {
        RegistryState::Published => {
            let how = if state.by_config { "same configuration" } else { "same digest" };
            let missing = state.missing.as_ref().map(|tag| format!(", {tag} is not there"));
            format!("published at {registry}: {how}{}", missing.unwrap_or_default())
        }
        RegistryState::Older => {
            let digest = state.digest.as_deref().unwrap_or_default();
            format!("older at {registry}: {tag} is {}", state.same_as.as_deref().unwrap_or(digest))
        }
        RegistryState::NotThere => {
            format!("not at {registry}: no such {}", if state.package { "tag" } else { "package" })
        }
        RegistryState::NoName => "it has no name to look for".to_owned(),
        RegistryState::Unknown => {
            let why = match state.reason {
                Some(UnknownReason::NotAsked) => format!("{registry} was not asked: no account there"),
                Some(UnknownReason::LocalName) => "a name for this computer alone".to_owned(),
                Some(UnknownReason::SignedOut) => format!("nobody is signed in at {registry}"),
                _ => state.failure.as_ref().map(|failure| failure.message.clone()).unwrap_or_default(),
            };
            format!("unknown at the registry: {why}")
        }
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

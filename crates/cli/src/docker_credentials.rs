//! `slipway docker-credentials`.

use serde_json::json;
use slipway_app::view::DockerAsks;

use crate::arguments::{DockerCredentials, DockerCredentialsCommand};
use crate::exit::Exit;
use crate::{output, token};

pub(crate) async fn run(arguments: DockerCredentials) -> Exit {
    let app = match token::app(slipway_app::Finders::None) {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    let accounts = app.accounts();
    accounts.load_records().await;
    let done = match &arguments.command {
        DockerCredentialsCommand::Install { registries } => match std::env::current_exe() {
            Ok(program) => accounts.let_docker_ask(registries, &program),
            Err(error) => {
                output::error(&format!("the place of this program is not known: {error}"));
                return Exit::Failed;
            }
        },
        DockerCredentialsCommand::Remove => accounts.let_docker_be(),
        DockerCredentialsCommand::Show => accounts.docker_asks(),
    };
    match done {
        Ok(asks) if arguments.json => {
            output::object(&json!(asks));
            Exit::Done
        }
        Ok(asks) => {
            tell(&asks);
            Exit::Done
        }
        Err(failure) => {
            output::failure(&failure);
            Exit::of(&failure, false)
        }
    }
}

fn tell(asks: &DockerAsks) {
    if asks.registries.is_empty() {
        output::note(&format!("Docker and Podman do not ask Slipway ({})", asks.config));
        return;
    }
    for registry in &asks.registries {
        output::line(registry);
    }
    output::note(&format!("Docker asks Slipway for these ({})", asks.config));
    match &asks.program {
        Some(program) => output::note(&format!("by {program}")),
        None => {
            output::note(
                "docker-credential-slipway is not in PATH: run `slipway docker-credentials install`",
            );
        }
    }
    for registry in asks.registries.iter().filter(|registry| !asks.podman.contains(registry)) {
        output::note(&format!(
            "Podman has a login of its own for {registry}: `podman logout {registry}` ends it"
        ));
    }
    for registry in &asks.plain {
        output::note(&format!(
            "{} still holds a token for {registry}, unencrypted: `docker logout {registry}` before installing removes it",
            asks.config
        ));
    }
}

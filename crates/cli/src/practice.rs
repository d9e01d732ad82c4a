//! `slipway practice`: a registry on this computer, in the foreground.

use std::net::{Ipv4Addr, SocketAddr};

use serde_json::json;
use slipway_app::practice_registry::{Options, Practice, sample_archive};
use slipway_app::view::Code;
use slipway_app::write_file;

use crate::exit::Exit;
use crate::{arguments, interrupt, output};

/// Whose token is printed: the practice registry's own octocat, good nowhere else.
const USER: &str = "octocat";

pub(crate) async fn run(arguments: arguments::Practice) -> Exit {
    match start(arguments).await {
        Ok(()) => Exit::Done,
        Err(error) => {
            output::failed(Code::Internal, &format!("the practice registry: {error}"));
            Exit::Failed
        }
    }
}

async fn start(arguments: arguments::Practice) -> Result<(), Box<dyn std::error::Error>> {
    // Before anybody can know that it is there: what lies in the folder goes with it.
    let ended = interrupt::asked_to_end()?;
    let temporary = tempfile::tempdir()?;
    let directory = arguments.directory.clone().unwrap_or_else(|| temporary.path().to_owned());
    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut options = Options::new(directory);
    options.ghcr = at(arguments.port);
    options.docker = Some(at(arguments.docker_port));
    let practice = Practice::start(options).await?;
    let hosts = practice.hosts_file();
    if let Some(path) = &arguments.hosts_file {
        write_file(path, hosts.as_bytes())?;
    }
    if let Some(path) = &arguments.sample {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        write_file(path, &sample_archive())?;
    }
    let token = practice.token_for(USER).unwrap_or_default();
    if arguments.json {
        output::object(&json!({
            "ghcr": practice.ghcr().to_string(),
            "docker": practice.docker().map(|address| address.to_string()),
            "storage": practice.storage().to_string(),
            "username": USER,
            "token": token,
            "hosts": hosts,
        }));
    } else {
        output::line(&format!("A practice ghcr.io is at {}.", practice.ghcr()));
        if let Some(docker) = practice.docker() {
            output::line(&format!("A practice docker.pkg.github.com is at {docker}."));
        }
        output::line(&format!("Sign in as {USER} with {token} (good here only, and only now)."));
        output::line("");
        output::line("To use GitHub's names, put this into a file and name it in SLIPWAY_HOSTS:");
        output::line("");
        hosts.lines().for_each(output::line);
        output::line("");
        output::line("Press Ctrl+C to end it.");
    }
    ended.await;
    practice.stop().await;
    Ok(())
}

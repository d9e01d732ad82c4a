//! `slipway hosts`.

use serde_json::json;
use slipway_app::view::HostView;
use slipway_app::{Finders, HostChange};

use crate::arguments::{HostsCommand, SetHost};
use crate::exit::Exit;
use crate::{output, token};

pub(crate) async fn run(command: HostsCommand) -> Exit {
    let app = match token::app(Finders::None) {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    let done = match command {
        HostsCommand::List { json: true } => {
            // Whether a proxy's password is there is known by looking.
            app.hosts().load_proxy_passwords().await;
            output::object(&json!(app.hosts().view()));
            return Exit::Done;
        }
        HostsCommand::List { json: false } => {
            for host in app.hosts().view() {
                output::line(&told(&host));
            }
            return Exit::Done;
        }
        HostsCommand::Add(host) => match settings(host) {
            Ok(host) => app.hosts().change(host).await,
            Err(exit) => return exit,
        },
        HostsCommand::Remove { host } => app.hosts().remove(&host).await,
    };
    match done {
        Ok(view) if view.proxy_password_not_kept => {
            output::error(
                "the host is set, but no keychain answers on this computer to keep the proxy's password",
            );
            Exit::Failed
        }
        Ok(_) => Exit::Done,
        Err(failure) => {
            output::failure(&failure);
            Exit::Usage
        }
    }
}

fn settings(host: SetHost) -> Result<HostChange, Exit> {
    let proxy_password = match host.proxy_password_stdin {
        true => Some(token::from_input("password")?),
        false => None,
    };
    Ok(HostChange {
        name: host.host,
        ca_file: host.ca_file,
        proxy: host.proxy,
        proxy_password,
        // Said once, it is so; another host would be another name.
        registry: host.registry.then_some(true),
        realm: host.realm,
        api: host.api,
        containers: host.containers,
        docker: host.docker,
    })
}

/// One line about a host.
fn told(host: &HostView) -> String {
    let mut facts = vec![host.name.clone(), host.registries.join(", ")];
    let set =
        [("api", &host.api), ("realm", &host.realm), ("ca-file", &host.ca_file), ("proxy", &host.proxy)];
    facts.extend(set.into_iter().filter_map(|(key, value)| Some(format!("{key} {}", value.as_ref()?))));
    facts.join("  ")
}

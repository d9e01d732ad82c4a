//! Signing Docker and Podman in with an account's token, by their own programs.

use std::time::Duration;

use super::Accounts;
use crate::view::{About, Code, Engine, EngineSignIn, FailureView};
use slipway_credentials::{How, Intent, ProgramError, SignInError, Tool, plan_sign_in};

/// How long a program may take; it asks the registry whether the token is good.
const PROGRAM: Duration = Duration::from_secs(60);

impl Accounts {
    /// How Docker and Podman would be signed in to the account's registries. Starts nothing. One that is not installed
    /// is told as such, and does not stand in the other's way.
    ///
    /// # Errors
    /// Where there is no such account, or a configuration cannot be used.
    pub fn engine_sign_ins(&self, id: &str) -> Result<Vec<EngineSignIn>, FailureView> {
        let host = self.record(id)?.host;
        let view = |engine: Engine| {
            let intents = match self.intents(&host, engine) {
                Err(SignInError::Program(ProgramError::Missing { .. })) => Vec::new(),
                intents => intents.map_err(|error| failed(&error))?,
            };
            let plain = intents.iter().find_map(|intent| intent.plain_file.as_ref());
            let helper = intents.iter().find_map(|intent| match &intent.how {
                How::Helper { name } => Some(name.clone()),
                How::AsksUs | How::Login => None,
            });
            Ok(EngineSignIn {
                engine,
                installed: !intents.is_empty()
                    && intents.iter().all(|intent| intent.is_possible(&self.surroundings)),
                asks: !intents.is_empty() && intents.iter().all(|intent| intent.how == How::AsksUs),
                plain: plain.is_some(),
                place: match plain {
                    Some(path) => path.to_string_lossy().into_owned(),
                    None => helper.unwrap_or_default(),
                },
            })
        };
        [Engine::Docker, Engine::Podman].into_iter().map(view).collect()
    }

    /// Signs an engine in to all of the account's registries. `plain`: the token may stand in a plain file.
    ///
    /// # Errors
    /// Where the program refuses, or the token would stand in a file and `plain` is not said.
    pub async fn sign_in_engine(&self, id: &str, engine: Engine, plain: bool) -> Result<(), FailureView> {
        let record = self.record(id)?;
        let secret = self.signed_in.secret(id).ok_or_else(|| {
            let about = About { username: Some(id.to_owned()), ..About::default() };
            FailureView::new(Code::SignInRequired, "the account's token is not at hand").about(about)
        })?;
        for intent in self.intents(&record.host, engine).map_err(|error| failed(&error))? {
            let done = intent.run(&self.surroundings, &record.username, &secret, plain, PROGRAM).await;
            done.map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    fn intents(&self, host: &str, engine: Engine) -> Result<Vec<Intent>, SignInError> {
        let tool = match engine {
            Engine::Docker => Tool::Docker,
            Engine::Podman => Tool::Podman,
        };
        let endpoints = self.registries.of_host(host).into_iter();
        endpoints.map(|endpoint| plan_sign_in(&self.surroundings, tool, &endpoint.name)).collect()
    }
}

fn failed(error: &SignInError) -> FailureView {
    FailureView::unusable(error)
}

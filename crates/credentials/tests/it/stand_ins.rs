//! Surroundings that know nothing but programs that stand in for other people's.

use std::time::Duration;

use slipway_credentials::Surroundings;
use slipway_stage::programs::Programs;

/// Long enough for any program that answers at all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The secret that must show up nowhere but where it is handed over.
pub(crate) const SECRET: &str = "s3cret-canary";

/// Surroundings with these variables, and the programs' folder as `PATH`.
pub(crate) fn surroundings(programs: &Programs, variables: &[(&str, &str)]) -> Surroundings {
    let variables: Vec<(String, String)> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let path = programs.path("bin").to_str().unwrap().to_owned();
    let get = move |name: &str| match name {
        "PATH" => Some(path.clone()),
        name => variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()),
    };
    Surroundings::new(get, programs.path("")).searching(Vec::new())
}

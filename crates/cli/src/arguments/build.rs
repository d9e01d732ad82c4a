//! `slipway build`.

use std::path::PathBuf;

use clap::Args;
use slipway_app::SecretFrom;

use super::SignIn;
use super::engines::EngineName;

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// The folder that is built.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Where the image goes, as for `slipway push`; the engine gives it that name, too. Without it the image stays in the
    /// engine.
    #[arg(value_name = "DEST")]
    pub(crate) destination: Option<String>,
    /// The Dockerfile, in the folder.
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// A build argument; a name alone takes the value of the environment. It stays in the image's history: what is secret
    /// goes by --secret.
    #[arg(long = "build-arg", value_name = "NAME[=VALUE]")]
    pub(crate) arguments: Vec<String>,
    /// A secret for RUN --mount=type=secret: id=ID,env=VARIABLE or id=ID,src=FILE. Its value is read when the build begins,
    /// and is nowhere else. Docker only.
    #[arg(long = "secret", value_name = "SECRET", value_parser = secret)]
    pub(crate) secrets: Vec<(String, SecretFrom)>,
    /// The stage that is built, in place of the last one.
    #[arg(long, value_name = "STAGE")]
    pub(crate) target: Option<String>,
    /// A platform, such as linux/arm64, in place of the engine's own. Several become one image.
    #[arg(long = "platform", value_name = "PLATFORM")]
    pub(crate) platforms: Vec<String>,
    /// The engine that builds; without it the first that answers.
    #[arg(long, value_enum, value_name = "ENGINE")]
    pub(crate) engine: Option<EngineName>,
    /// The network of RUN, in the engine's words, such as none or host.
    #[arg(long, value_name = "NETWORK")]
    pub(crate) network: Option<String>,
    /// Build and name the image, and publish nothing.
    #[arg(long, requires = "destination")]
    pub(crate) no_push: bool,
    /// Print one JSON object a line, the last with "event":"done" or "event":"failed".
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) sign_in: SignIn,
}

/// `id=ID,env=VARIABLE`, `id=ID,src=FILE`, or `id=ID` for the variable of that name.
fn secret(text: &str) -> Result<(String, SecretFrom), String> {
    let (mut id, mut from) = (None, None);
    for part in text.split(',') {
        match part.split_once('=') {
            Some(("id", value)) => id = Some(value.to_owned()),
            Some(("env", value)) => from = Some(SecretFrom::Environment(value.to_owned())),
            Some(("src" | "source", value)) => from = Some(SecretFrom::File(PathBuf::from(value))),
            Some(("type", "file" | "env")) => {}
            _ => return Err(format!("“{part}” is none of id=, env=, src=")),
        }
    }
    let id = id.filter(|id| !id.is_empty()).ok_or("it names no id")?;
    let from = from.unwrap_or_else(|| SecretFrom::Environment(id.clone()));
    Ok((id, from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_says_where_its_value_is() {
        let environment = |name: &str| SecretFrom::Environment(name.to_owned());
        assert_eq!(secret("id=npm,env=NPM_TOKEN").unwrap(), ("npm".to_owned(), environment("NPM_TOKEN")));
        assert_eq!(secret("NPM_TOKEN").unwrap_err(), "“NPM_TOKEN” is none of id=, env=, src=");
        assert_eq!(secret("id=NPM_TOKEN").unwrap(), ("NPM_TOKEN".to_owned(), environment("NPM_TOKEN")));
        let file = SecretFrom::File(PathBuf::from("/run/a"));
        assert_eq!(secret("type=file,id=a,src=/run/a").unwrap(), ("a".to_owned(), file));
        assert!(secret("env=A").is_err());
    }
}

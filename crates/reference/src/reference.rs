//! Whole references.

use std::fmt;
use std::str::FromStr;

use crate::{Digest, HostName, Refusal, RepositoryPath, Rule, Tag};

/// `HOST/PATH[:TAG][@DIGEST]`. The digest decides where both are there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// The registry.
    pub host: HostName,
    /// The path in it.
    pub path: RepositoryPath,
    /// The tag, if one is named.
    pub tag: Option<Tag>,
    /// The digest, if one is named.
    pub digest: Option<Digest>,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.path)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Reference {
    type Err = Refusal;

    /// The registry must be named: a name without one would silently mean Docker Hub to other tools. `docker://` in front
    /// is what skopeo and podman call a registry (containers-transports(5)).
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let text = text.strip_prefix("docker://").unwrap_or(text);
        if let Some((_, bare)) = text.split_once("://") {
            let bare = bare.trim_end_matches('/');
            let fix = bare.parse::<Self>().is_ok().then(|| bare.to_owned());
            return Err(Refusal::new(Rule::ReferenceHost, text, fix));
        }
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => {
                (rest, Some(digest.parse().map_err(|refusal| within(text, digest, refusal))?))
            }
            None => (text, None),
        };
        let Some((host, rest)) = rest.split_once('/').filter(|(host, _)| HostName::is_meant(host)) else {
            return Err(Refusal::new(Rule::ReferenceHost, text, None));
        };
        let host: HostName = host.parse().map_err(|refusal| within(text, host, refusal))?;
        let (path, tag) = match rest.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
            _ => (rest, None),
        };
        let tag = tag.map(|tag| tag.parse().map_err(|refusal| within(text, tag, refusal))).transpose()?;
        let mut path: RepositoryPath = path.parse().map_err(|refusal| within(text, path, refusal))?;
        // What Docker Hub itself publishes has no owner in people's mouths.
        if host.is_docker_hub() && path.parts().count() == 1 {
            path =
                format!("library/{path}").parse().map_err(|refusal| within(text, path.as_str(), refusal))?;
        }
        Ok(Self { host, path, tag, digest })
    }
}

/// A part's refusal as one of the whole: its fix put in the part's place.
fn within(whole: &str, part: &str, refusal: Refusal) -> Refusal {
    let fix = refusal.fix.filter(|_| !part.is_empty()).and_then(|fix| {
        let at = whole.rfind(part)?;
        let fixed = format!("{}{fix}{}", &whole[..at], &whole[at + part.len()..]);
        fixed.parse::<Reference>().is_ok().then_some(fixed)
    });
    Refusal { input: whole.to_owned(), fix, ..refusal }
}

/// Commands that people paste with a reference behind them.
const COMMANDS: [&str; 10] = [
    "docker pull",
    "docker push",
    "docker run",
    "docker image pull",
    "podman pull",
    "podman push",
    "podman run",
    "nerdctl pull",
    "crane pull",
    "slipway pull",
];

impl Reference {
    /// A whole reference as people paste it: alone, behind `docker pull`, or as an address with `https://`.
    /// None where it is not certain.
    pub fn parse_pasted(text: &str) -> Option<Self> {
        Self::read_pasted(text).ok().filter(|reference| reference.host.as_str() != "github.com")
    }

    /// The same, where somebody says that it is one: what is wrong with it otherwise. Of a command it is the first word
    /// that is a reference, since `docker run` has others behind it.
    pub fn read_pasted(text: &str) -> Result<Self, Refusal> {
        let text = text.trim().trim_start_matches("$ ");
        let text = text.strip_prefix("sudo ").unwrap_or(text).trim_start();
        let words = COMMANDS.into_iter().find_map(|command| {
            text.strip_prefix(command).filter(|rest| rest.starts_with(char::is_whitespace))
        });
        let Some(words) = words else { return Self::read_address(text) };
        let words = || words.split_whitespace().filter(|word| !word.starts_with('-'));
        let read = words().find_map(|word| Self::read_address(word).ok());
        read.map_or_else(|| Self::read_address(words().next_back().unwrap_or_default()), Ok)
    }

    /// A reference, perhaps in the form of a web address.
    fn read_address(text: &str) -> Result<Self, Refusal> {
        text.strip_prefix("https://").unwrap_or(text).trim_end_matches('/').parse()
    }
}

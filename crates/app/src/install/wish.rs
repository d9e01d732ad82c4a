//! What people paste: a name, a command, the address of a package's page.

use slipway_hosts::{Endpoint, pages};
use slipway_reference::{Reference, Refusal, Rule};
use url::Url;

/// An image that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) reference: Reference,
    /// What stood behind `--platform`.
    pub(super) platform: Option<String>,
}

/// Reads `text`; pages are those of `endpoints`.
pub(super) fn read(text: &str, endpoints: &[Endpoint]) -> Result<Wish, Refusal> {
    let text = text.trim();
    if let Some(reference) = page(text, endpoints) {
        return Ok(Wish { reference, platform: None });
    }
    // As they stand in a Dockerfile and in a Compose file.
    let bare = ["FROM ", "image: ", "image:"].into_iter().find_map(|word| text.strip_prefix(word));
    let bare = bare.map(|rest| rest.trim().trim_matches(['"', '\'']));
    let reference = Reference::read_pasted(bare.unwrap_or(text))?;
    // Another page of a host that has packages; no registry is there.
    let host = reference.host.as_str();
    let has_pages = endpoints.iter().any(|it| it.web.as_ref().and_then(Url::host_str) == Some(host));
    if has_pages && !endpoints.iter().any(|endpoint| endpoint.name == reference.host) {
        return Err(Refusal::new(Rule::ReferenceHost, text, None));
    }
    Ok(Wish { reference, platform: platform(text) })
}

/// The package whose page this is. People copy addresses without their beginning, too.
fn page(text: &str, endpoints: &[Endpoint]) -> Option<Reference> {
    let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let page = Url::parse(&text).ok()?;
    endpoints.iter().find_map(|endpoint| {
        let (path, tag) = pages::package_of(endpoint, &page)?;
        Some(Reference { host: endpoint.name.clone(), path, tag, digest: None })
    })
}

fn platform(command: &str) -> Option<String> {
    let mut words = command.split_whitespace();
    words
        .find_map(|word| match word.strip_prefix("--platform") {
            Some("") => Some(None),
            Some(rest) => rest.strip_prefix('=').map(|platform| Some(platform.to_owned())),
            None => None,
        })?
        .or_else(|| words.next().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use slipway_hosts::Hosts;

    use super::*;

    fn endpoints() -> Vec<Endpoint> {
        Hosts::builtin().offered().cloned().collect()
    }

    #[test]
    fn names_commands_and_pages_lead_to_the_same_image() {
        let whole = "ghcr.io/octo-org/monalisa:2.3.1";
        for text in [
            whole,
            " docker pull ghcr.io/octo-org/monalisa:2.3.1\n",
            "FROM ghcr.io/octo-org/monalisa:2.3.1",
            "image: \"ghcr.io/octo-org/monalisa:2.3.1\"",
            "https://github.com/orgs/octo-org/packages/container/monalisa/4711?tag=2.3.1",
            "github.com/octo-org/octo-app/pkgs/container/monalisa?tag=2.3.1",
        ] {
            assert_eq!(read(text, &endpoints()).unwrap().reference.to_string(), whole, "{text}");
        }
        let page = "https://github.com/users/octocat/packages/container/package/tools%2Fmonalisa";
        let reference = read(page, &endpoints()).unwrap().reference;
        assert_eq!(reference.to_string(), "ghcr.io/octocat/tools/monalisa");
    }

    #[test]
    fn the_platform_of_a_command_is_taken_along() {
        for text in [
            "podman pull --platform linux/arm64 ghcr.io/octocat/a:1",
            "docker run --platform=linux/arm64 --rm ghcr.io/octocat/a:1 sh",
        ] {
            let wish = read(text, &endpoints()).unwrap();
            assert_eq!(wish.reference.to_string(), "ghcr.io/octocat/a:1");
            assert_eq!(wish.platform.as_deref(), Some("linux/arm64"), "{text}");
        }
        assert_eq!(read("ghcr.io/octocat/a:1", &endpoints()).unwrap().platform, None);
    }

    #[test]
    fn what_is_none_is_refused_in_the_words_of_references() {
        let rule = |text: &str| read(text, &endpoints()).unwrap_err().rule;
        assert_eq!(rule("monalisa"), Rule::ReferenceHost);
        assert_eq!(rule("docker pull octocat/monalisa:1"), Rule::ReferenceHost);
        assert_eq!(rule("https://github.com/octocat/octo-app"), Rule::ReferenceHost);
        let shouted = read("ghcr.io/Octocat/monalisa", &endpoints()).unwrap_err();
        assert_eq!(shouted.fix.as_deref(), Some("ghcr.io/octocat/monalisa"));
    }
}

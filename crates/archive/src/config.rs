//! What an image's config says, read leniently: it is shown, never written.

use serde::Deserialize;
use slipway_reference::Digest;

use crate::model::Platform;

/// The parts of a config that people want to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigView {
    /// When it was built, RFC 3339.
    pub created: Option<String>,
    /// Architecture.
    pub architecture: Option<String>,
    /// Operating system.
    pub os: Option<String>,
    /// Variant of the architecture.
    pub variant: Option<String>,
    /// Windows' version.
    pub os_version: Option<String>,
    /// Entry point.
    pub entrypoint: Vec<String>,
    /// Command.
    pub cmd: Vec<String>,
    /// Labels.
    pub labels: Vec<(String, String)>,
    /// Digests of the layers' content, the base first.
    pub diff_ids: Vec<Digest>,
    /// The build step of each layer, where it is known.
    pub made_by: Vec<Option<String>>,
}

#[derive(Deserialize)]
struct File {
    created: Option<String>,
    architecture: Option<String>,
    os: Option<String>,
    variant: Option<String>,
    #[serde(rename = "os.version")]
    os_version: Option<String>,
    config: Option<Process>,
    rootfs: Option<RootFs>,
    history: Option<Vec<Step>>,
}

#[derive(Deserialize)]
struct Process {
    #[serde(rename = "Entrypoint")]
    entrypoint: Option<Vec<String>>,
    #[serde(rename = "Cmd")]
    cmd: Option<Vec<String>>,
    #[serde(rename = "Labels")]
    labels: Option<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct RootFs {
    diff_ids: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Step {
    created_by: Option<String>,
    empty_layer: Option<bool>,
}

impl ConfigView {
    /// Reads a config.
    pub(crate) fn parse(raw: &[u8]) -> Result<Self, String> {
        let file: File = serde_json::from_slice(raw).map_err(|error| error.to_string())?;
        let process = file.config.unwrap_or(Process { entrypoint: None, cmd: None, labels: None });
        let diff_ids = file.rootfs.and_then(|rootfs| rootfs.diff_ids).unwrap_or_default();
        let diff_ids = diff_ids
            .iter()
            .map(|text| text.parse().map_err(|_| format!("its diff ID {text} is no digest")))
            .collect::<Result<_, String>>()?;
        let steps = file.history.unwrap_or_default().into_iter();
        let made_by = steps.filter(|step| step.empty_layer != Some(true)).map(|step| step.created_by.map(|text| tidy(&text)));
        let labels = process.labels.unwrap_or_default().into_iter();
        Ok(Self {
            created: file.created,
            architecture: file.architecture,
            os: file.os,
            variant: file.variant,
            os_version: file.os_version,
            entrypoint: process.entrypoint.unwrap_or_default(),
            cmd: process.cmd.unwrap_or_default(),
            labels: labels.map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned())).collect(),
            diff_ids,
            made_by: made_by.collect(),
        })
    }

    /// The platform, where it is said.
    pub(crate) fn platform(&self) -> Option<Platform> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        Some(Platform {
            os: given(&self.os)?,
            architecture: given(&self.architecture)?,
            variant: given(&self.variant),
            os_version: given(&self.os_version),
        })
    }
}

/// A build step in the words of a Dockerfile.
fn tidy(created_by: &str) -> String {
    let text = created_by.trim();
    // BuildKit marks its steps; the classic builder ran everything through a shell.
    let text = text.strip_suffix("# buildkit").unwrap_or(text).trim();
    let text = match text.strip_prefix("/bin/sh -c ") {
        Some(rest) => match rest.trim_start().strip_prefix("#(nop)") {
            Some(instruction) => instruction.trim().to_owned(),
            None => format!("RUN {}", rest.trim()),
        },
        None => text.replacen("RUN /bin/sh -c ", "RUN ", 1),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn build_steps_read_like_a_dockerfile() {
        assert_eq!(tidy("/bin/sh -c #(nop)  CMD [\"sh\"]"), "CMD [\"sh\"]");
        assert_eq!(tidy("/bin/sh -c #(nop) ADD file:1 in / "), "ADD file:1 in /");
        assert_eq!(tidy("/bin/sh -c apt-get  update"), "RUN apt-get update");
        assert_eq!(tidy("RUN /bin/sh -c npm ci # buildkit"), "RUN npm ci");
        assert_eq!(tidy("COPY app/ /srv/ # buildkit"), "COPY app/ /srv/");
        assert_eq!(tidy("bazel build"), "bazel build");
    }
}

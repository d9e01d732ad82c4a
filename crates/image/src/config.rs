//! What an image's configuration says, as far as people and plans need it.

use serde_json::Value;
use slipway_reference::Digest;

use crate::Malformed;
use crate::json::{entry, list, text, texts};

/// A configuration, read leniently: what is missing or of another type is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigView {
    /// When it was built, as it is written there.
    pub created: Option<String>,
    /// `amd64`.
    pub architecture: Option<String>,
    /// `linux`.
    pub os: Option<String>,
    /// `v8`.
    pub variant: Option<String>,
    /// A version of Windows.
    pub os_version: Option<String>,
    /// Words of the entry point.
    pub entrypoint: Vec<String>,
    /// Words of the command.
    pub cmd: Vec<String>,
    /// Labels, in their order.
    pub labels: Vec<(String, String)>,
    /// Digests of the plain layers, the lowest first.
    pub diff_ids: Vec<Digest>,
    /// Build steps, the oldest first.
    pub history: Vec<HistoryEntry>,
}

/// A build step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When, as it is written there.
    pub created: Option<String>,
    /// The command, as it is written there.
    pub created_by: Option<String>,
    /// It made no layer.
    pub empty_layer: bool,
}

impl ConfigView {
    /// Reads a configuration.
    ///
    /// # Errors
    /// Where a diff ID is no digest: what a layer holds could not be checked then.
    pub fn read(json: &Value) -> Result<Self, Malformed> {
        let run = entry(json, "config").unwrap_or(&Value::Null);
        let labels = entry(run, "Labels").and_then(Value::as_object);
        let labels = labels
            .into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
        let rootfs = entry(json, "rootfs").unwrap_or(&Value::Null);
        let diff_ids = texts(rootfs, "diff_ids").into_iter().map(|text| {
            text.parse().map_err(|_| Malformed::new(format!("\"{text}\" in rootfs.diff_ids is no digest")))
        });
        let history = list(json, "history").iter().map(|step| HistoryEntry {
            created: text(step, "created"),
            created_by: text(step, "created_by"),
            empty_layer: entry(step, "empty_layer").and_then(Value::as_bool).unwrap_or(false),
        });
        Ok(Self {
            created: text(json, "created"),
            architecture: text(json, "architecture"),
            os: text(json, "os"),
            variant: text(json, "variant"),
            os_version: text(json, "os.version"),
            entrypoint: texts(run, "Entrypoint"),
            cmd: texts(run, "Cmd"),
            labels: labels.collect(),
            diff_ids: diff_ids.collect::<Result<_, _>>()?,
            history: history.collect(),
        })
    }

    /// The steps that made layers, for people. They say nothing of an image that has more layers, or fewer.
    pub fn steps(&self) -> Vec<Option<String>> {
        let steps = self.history.iter().filter(|step| !step.empty_layer);
        let tidy = |step: &HistoryEntry| step.created_by.as_deref().map(tidy).filter(|text| !text.is_empty());
        steps.map(tidy).collect()
    }
}

/// So much is told of a build step, characters: each layer of each image has it. The configuration has all.
const MOST_STEP: usize = 1000;

/// A build step in the words of a Dockerfile.
fn tidy(created_by: &str) -> String {
    // Some of it goes away.
    let end = created_by.char_indices().nth(2 * MOST_STEP).map_or(created_by.len(), |(at, _)| at);
    let mut line = dockerfile(&created_by[..end]);
    if let Some((at, _)) = line.char_indices().nth(MOST_STEP) {
        line.truncate(at);
        line.push('…');
    }
    line
}

fn dockerfile(created_by: &str) -> String {
    let words: Vec<_> = created_by.split_whitespace().collect();
    let line = words.join(" ");
    let line = line.strip_suffix("# buildkit").unwrap_or(&line).trim_end();
    if let Some(step) = line.strip_prefix("/bin/sh -c #(nop)") {
        return step.trim_start().to_owned();
    }
    // Build arguments stand before the command: `|1 VERSION=2 /bin/sh -c make`.
    let command =
        if line.starts_with('|') { line.find("/bin/sh -c ").map_or(line, |at| &line[at..]) } else { line };
    let run = command.strip_prefix("RUN ").unwrap_or(command);
    // BuildKit puts the arguments behind RUN.
    let run = if run.starts_with('|') { run.find("/bin/sh -c ").map_or(run, |at| &run[at..]) } else { run };
    match run.strip_prefix("/bin/sh -c ") {
        Some(shell) => format!("RUN {shell}"),
        None => command.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_read_like_a_dockerfile() {
        assert_eq!(tidy("/bin/sh -c #(nop) ADD file:3f1c in / "), "ADD file:3f1c in /");
        assert_eq!(tidy("/bin/sh -c #(nop)  CMD [\"sh\"]"), "CMD [\"sh\"]");
        assert_eq!(tidy("/bin/sh -c apk add\t curl"), "RUN apk add curl");
        assert_eq!(tidy("|1 V=2 /bin/sh -c make"), "RUN make");
        assert_eq!(tidy("RUN |1 V=2 /bin/sh -c make # buildkit"), "RUN make");
        assert_eq!(tidy("RUN /bin/sh -c make # buildkit"), "RUN make");
        assert_eq!(tidy("COPY a b # buildkit"), "COPY a b");
        assert_eq!(tidy("jib-core:0.1"), "jib-core:0.1");
    }

    #[test]
    fn steps_that_made_no_layer_are_none() {
        let step = |text: &str, empty_layer| HistoryEntry {
            created_by: Some(text.to_owned()),
            empty_layer,
            created: None,
        };
        let config = ConfigView {
            history: vec![step("COPY a b", false), step("CMD c", true)],
            ..ConfigView::default()
        };
        assert_eq!(config.steps(), [Some("COPY a b".to_owned())]);
        let long = ConfigView { history: vec![step(&"a ".repeat(1 << 20), false)], ..ConfigView::default() };
        assert_eq!(long.steps()[0].as_ref().unwrap().chars().count(), MOST_STEP + 1);
    }
}

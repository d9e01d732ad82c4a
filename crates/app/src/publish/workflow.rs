//! A publish as a workflow for GitHub Actions.

use crate::shell::quoted;
use crate::view::{FileFormat, JobView, ResultView};

/// The major version of actions/checkout: the one that this repository's own CI uses.
const CHECKOUT: &str = "v5";

/// The workflow that publishes what `job` did, from a file that an earlier step of it makes. It uses what GitHub's
/// runners bring along, so it runs as it is.
pub(crate) fn text(job: &JobView, result: &ResultView) -> String {
    // A line break in a name would end the line that it stands in; to YAML these two are line breaks as well.
    let file = job.file_name.replace(|c: char| c.is_control() || "\u{2028}\u{2029}".contains(c), "_");
    let source = match job.format {
        FileFormat::DockerArchive => format!("docker-archive:{file}"),
        FileFormat::OciArchive => format!("oci-archive:{file}"),
        FileFormat::OciLayout => format!("oci:{file}"),
    };
    // Every platform of an index, where there are several.
    let all = if job.platforms.len() > 1 { "--all " } else { "" };
    let copy = |version: &str| {
        let to = format!("docker://{}:{version}", result.repository);
        format!("          skopeo copy {all}{} {}\n", word(&source), word(&to))
    };
    let copies: String = result.versions.iter().map(|version| copy(&version.tag)).collect();
    format!(
        "name: Publish {repository}

on:
  workflow_dispatch:
  # release:
  #   types: [published]

permissions:
  contents: read
  packages: write

jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@{CHECKOUT}

      # Make the image file here, for example:
      # - run: docker build --tag image . && docker save image --output {file}

      - name: Publish
        env:
          GITHUB_TOKEN: ${{{{ secrets.GITHUB_TOKEN }}}}
        run: |
          printenv GITHUB_TOKEN | skopeo login {registry} --username \"$GITHUB_ACTOR\" --password-stdin
{copies}",
        repository = result.repository,
        registry = job.registry,
        file = word(&file),
    )
}

/// A word for the shell in which GitHub finds no expression: it replaces `${{ … }}` wherever it stands in a script,
/// quotes or not, before any shell sees it (docs.github.com, "Script injections"). The shell reads the same name.
fn word(text: &str) -> String {
    quoted(text).replace("${{", "$''{{")
}

#[cfg(test)]
mod tests {
    use super::{CHECKOUT, word};

    #[test]
    fn a_file_called_like_an_expression_stays_a_name() {
        let name = "a${{ secrets.GITHUB_TOKEN }} it's ${{{ b.tar";
        let written = word(name);
        assert!(!written.contains("${{"), "{written}");
        #[cfg(unix)]
        {
            let shell =
                std::process::Command::new("sh").args(["-c", &format!("printf %s {written}")]).output();
            assert_eq!(String::from_utf8(shell.unwrap().stdout).unwrap(), name);
        }
    }

    /// It said v4 when our own CI was at v5.
    #[test]
    fn the_exported_workflow_is_no_older_than_our_own() {
        let ours = include_str!("../../../../.github/workflows/ci.yml");
        assert!(ours.contains(&format!("actions/checkout@{CHECKOUT}\n")));
    }
}

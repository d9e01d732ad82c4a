//! A publish as a workflow for GitHub Actions.

use crate::command::quoted;
use crate::view::{FileFormat, JobView, ResultView};

/// The workflow that publishes what `job` did, from a file that an earlier step of it makes. It uses what GitHub's
/// runners bring along, so it runs as it is.
pub(crate) fn text(job: &JobView, result: &ResultView) -> String {
    // A line break in a name would end the line that it stands in.
    let file = job.file_name.replace(char::is_control, "_");
    let source = match job.format {
        FileFormat::DockerArchive => format!("docker-archive:{file}"),
        FileFormat::OciArchive => format!("oci-archive:{file}"),
        FileFormat::OciLayout => format!("oci:{file}"),
    };
    // Every platform of an index, where there are several.
    let all = if job.platforms.len() > 1 { "--all " } else { "" };
    let copy = |version: &str| {
        let to = format!("docker://{}:{version}", result.repository);
        format!("          skopeo copy {all}{} {}\n", quoted(&source), quoted(&to))
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
      - uses: actions/checkout@v4

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
        file = quoted(&file),
    )
}

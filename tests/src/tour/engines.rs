//! The part of the walk through Docker's images.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use slipway_stage::engine::{Engine, Fault, Like};
use slipway_stage::sha256;

use super::{LONG, Walk};
use crate::window::Window;

/// What Docker has: how many minutes ago it was made, bytes, names, and what it consists of.
type Row<'a> = (i64, u64, &'a [&'a str], &'a [&'a str]);

/// An image and all states in which one can be at a registry, of the packages that the walk published before.
const IMAGES: [Row<'_>; 8] = [
    (4, 142_000_000, &["ghcr.io/octocat/warned:1", "ghcr.io/octocat/warned:latest"], &["linux/amd64"]),
    (26, 311_000_000, &["ghcr.io/octocat/hello:3.0.0-rc.2"], &["linux/amd64", "linux/arm64", "attestation"]),
    (2_900, 96_400_000, &[PUBLISHED], &["linux/amd64"]),
    (7_200, 402_000_000, &["ghcr.io/octocat/worker:dev"], &["linux/arm64"]),
    (9_100, 4_810_000, &["registry.example.com/team/tool:0.9"], &["linux/amd64"]),
    (30_300, 438_000_000, &["docker.io/monalisa/base:24"], &["linux/amd64"]),
    (50_500, 142_000_000, &[], &["linux/amd64"]),
    // Docker does not tell what it consists of.
    (51_000, 77_700_000, &["ghcr.io/octocat/gone:7"], &[]),
];

/// The one that the registry has.
const PUBLISHED: &str = "ghcr.io/octocat/hello:1";

/// A Docker that comes and goes: its double, behind a link to its socket.
pub(super) struct Docker {
    pub(super) engine: Engine,
    link: PathBuf,
}

impl Docker {
    /// One that is not there yet.
    pub(super) fn start(folder: &Path) -> Self {
        Self { engine: Engine::start(Like::Docker), link: folder.join("docker.sock") }
    }

    /// As `DOCKER_HOST` has it.
    pub(super) fn host(&self) -> String {
        format!("unix://{}", self.link.display())
    }

    pub(super) fn comes(&self) {
        std::os::unix::fs::symlink(self.engine.socket(), &self.link).expect("a link to its socket");
    }

    pub(super) fn leaves(&self) {
        std::fs::remove_file(&self.link).expect("the link is there");
    }
}

/// A row as Docker lists it.
fn row(minutes: i64, size: u64, names: &[String], parts: &[&str], digest: Option<&str>) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let created = i64::try_from(now).unwrap_or_default() - minutes * 60;
    let id = format!("sha256:{}", sha256(format!("{minutes}{names:?}").as_bytes()));
    let part = |part: &&str| {
        let total = if *part == "attestation" { 14_200 } else { size / 2 };
        // A single one is the image itself.
        let own = if parts.len() == 1 { id.clone() } else { format!("sha256:{}", sha256(part.as_bytes())) };
        let Some((os, architecture)) = part.split_once('/') else {
            return json!({"ID": own, "Kind": "attestation", "Available": true, "Size": {"Total": total}});
        };
        let platform = json!({"os": os, "architecture": architecture});
        json!({
            "ID": own, "Kind": "image", "Available": true, "Size": {"Total": total},
            "ImageData": {"Platform": platform},
        })
    };
    let known: Vec<_> = digest.iter().map(|digest| format!("ghcr.io/octocat/hello@{digest}")).collect();
    json!({
        "Id": id, "ParentId": "", "RepoTags": names, "RepoDigests": known, "Created": created, "Size": size,
        "SharedSize": -1, "Containers": i32::from(names.iter().any(|name| name.ends_with(":dev"))) * 2,
        "Manifests": parts.iter().map(part).collect::<Vec<_>>(),
    })
}

impl<F: AsyncFnMut(&Window, &str)> Walk<'_, F> {
    /// Gives Docker its images.
    fn stock(&self, docker: &Engine) {
        let published =
            self.playground.practice.package("octocat/hello").map(|package| package.tags["1"].clone());
        for (minutes, size, names, parts) in IMAGES {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            let digest = published.as_deref().filter(|_| names.iter().any(|name| name == PUBLISHED));
            docker.lists(row(minutes, size, &names, parts, digest));
        }
        if self.full {
            let names: Vec<_> =
                (1..9).map(|number| format!("ghcr.io/octocat/one{LONG}:{number}.0.0{LONG}")).collect();
            docker.lists(row(1, 999_999_999_999, &names, &["windows/amd64"], None));
            for number in 0..40 {
                docker.lists(row(60_000 + number, 1, &[format!("local:{number}")], &["linux/amd64"], None));
            }
        }
    }

    /// From Docker or Podman: each reason for no list, the list, and what is done with its images.
    pub(super) async fn engines(&mut self, docker: &Docker) {
        self.window.go("#/publish/engines").await;
        self.find("button", "held.howTo").await;
        self.look("engines-away").await;
        docker.comes();
        let says = json!({"message": "authorization denied by plugin: hello"}).to_string();
        docker.engine.fails(Fault::Answers("/_ping", 403, says));
        self.again("held.failed.title").await;
        self.look("engines-refused").await;
        docker.engine.fails(None);
        self.again("held.none").await;
        self.look("engines-without-images").await;
        self.stock(&docker.engine);
        self.press("button", "held.again").await;
        self.find("treegrid", "held.table").await;
        for state in ["older", "published", "notThere", "unknown", "noName"] {
            self.window.see(self.t(&format!("held.{state}"))).await;
        }
        self.look("engines").await;
        for name in ["ghcr.io/octocat/warned:1", "ghcr.io/octocat/hello:3.0.0-rc.2"] {
            self.window.press("checkbox", &self.select(name)).await;
        }
        // What opens it is for the pointer; the row has its arrow keys.
        self.window.script("document.querySelector('[role=row][aria-expanded] .unfold').click()", &[]).await;
        self.window.see("linux/arm64").await;
        self.look("engines-chosen").await;
        self.press("button", "command.show").await;
        self.window.find("dialog", "").await;
        self.look("engines-command").await;
        self.escape().await;
        self.press("button", "held.more").await;
        self.look("engines-menu").await;
        self.press("menuitem", "held.tag").await;
        self.look("engines-tag").await;
        self.escape().await;
        docker.leaves();
        self.press("button", "held.again").await;
        self.window.see(self.t("held.stopped")).await;
        self.look("engines-stopped").await;
        docker.comes();
        self.press("button", "held.again").await;
        self.window.loses(self.t("held.stopped")).await;
        self.window.go("#/publish/build").await;
        self.window.see(self.t("build.empty")).await;
        self.look("build-empty").await;
    }

    /// Asks anew, until there is a title of this word.
    async fn again(&self, word: &str) {
        self.press("button", "held.again").await;
        let title = self.words.whole(word).replace("{engine}", "Docker");
        self.window.find("heading", &title).await;
    }

    /// The name of the box that chooses an image.
    fn select(&self, image: &str) -> String {
        self.words.whole("held.select").replace("{image}", image)
    }
}

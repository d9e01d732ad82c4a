//! The part of the walk through a build.

use std::path::{Path, PathBuf};

use slipway_stage::engine::Told;
use slipway_stage::image::saved;

use super::engines::Docker;
use super::{LONG, Walk};
use crate::window::Window;

/// Names of stages, build arguments and a secret among what usually stands there.
const DOCKERFILE: &str = "ARG NODE_VERSION=24\nFROM node:${NODE_VERSION}-alpine AS deps\nARG REVISION\n\
    WORKDIR /srv\nCOPY package.json ./\nRUN npm ci\n\nFROM deps AS build\nCOPY . .\nRUN npm run lint\n\
    RUN --mount=type=secret,id=NPM_TOKEN npm run build\n\nFROM deps AS runtime\nCOPY --from=build /srv/dist ./dist\n";

/// Its steps up to the one that takes long.
const STEPS: [Told; 8] = [
    Told::Cached("[deps 1/4] FROM node:24-alpine"),
    Told::Cached("[deps 2/4] WORKDIR /srv"),
    Told::Cached("[deps 3/4] COPY package.json ./"),
    Told::Cached("[deps 4/4] RUN npm ci"),
    Told::Runs("[build 1/3] COPY . ."),
    Told::Done,
    Told::Runs("[build 2/3] RUN npm run lint"),
    Told::Done,
];

const LAST: &str = "[build 3/3] RUN --mount=type=secret,id=NPM_TOKEN npm run build";

const LINES: [&str; 6] = [
    "> octo-app@3.0.0 build",
    "> vite build",
    "vite v8.0.3 building for production...",
    "transforming...",
    "dist/server/entry.js            412.08 kB",
    "dist/client/assets/app-B1x9.js  188.31 kB | gzip: 61.20 kB",
];

/// What a build that fails ends with.
const FAILS: &str = "process \"/bin/sh -c npm run build\" did not complete successfully: exit code: 1";

/// A folder with a Dockerfile.
pub(super) fn folder(place: &Path) -> PathBuf {
    let folder = place.join("octo-app");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("Dockerfile"), DOCKERFILE).expect("a Dockerfile");
    std::fs::write(folder.join("package.json"), "{}").expect("a file");
    folder
}

impl<F: AsyncFnMut(&Window, &str)> Walk<'_, F> {
    /// The form as it is filled in, and each end of a build.
    pub(super) async fn build(&mut self, docker: &Docker) {
        self.tell(docker);
        self.find("button", "held.again").await;
        self.look("build-no-engine").await;
        docker.comes();
        self.press("button", "held.again").await;
        self.find("radiogroup", "build.platform").await;
        self.window.rests().await;
        self.look("build").await;
        self.press("button", "build.add").await;
        self.look("build-add").await;
        self.escape().await;
        self.press("button", "command.show").await;
        self.window.find("dialog", "").await;
        self.look("build-command").await;
        self.escape().await;
        self.press("button", "build.with").await;
        self.find("log", "build.log").await;
        self.window.see("61.20 kB").await;
        self.look("building").await;
        self.press("button", "build.enlargeLog").await;
        self.window.find("dialog", "").await;
        self.look("build-log").await;
        self.escape().await;
        self.press("button", "cancel").await;
        self.window.see(self.t("build.cancelledHint")).await;
        self.look("build-cancelled").await;
        self.press("button", "build.again").await;
        self.window.see("did not complete").await;
        self.look("build-failed").await;
        self.press("button", "build.again").await;
        self.find("button", "build.copyId").await;
        self.look("built").await;
        self.published_when_built().await;
    }

    /// Once more, to a place where somebody may publish.
    async fn published_when_built(&mut self) {
        self.window.go("#/accounts").await;
        self.press("button", "account.add").await;
        self.press("tab", "add.paste").await;
        self.paste("add.token", &self.playground.token_called("publish")).await;
        self.window.press_last("button", self.t("add.title")).await;
        self.window.gone_dialog().await;
        self.window.go("#/publish/build").await;
        self.press("checkbox", "build.publishWhen").await;
        self.window.find("dialog", "").await;
        self.look("build-destination").await;
        let long = if self.full { LONG } else { "" };
        self.paste("build.destination", &format!("ghcr.io/octocat/octo-app{long}:3.0.0")).await;
        self.press("button", "build.destination.use").await;
        self.window.gone_dialog().await;
        self.press("button", "build.again").await;
        self.find("button", "build.watchPublish").await;
        self.look("built-and-published").await;
    }

    /// What the next builds tell.
    fn tell(&self, docker: &Docker) {
        let mut steps = STEPS.to_vec();
        steps.push(Told::Runs(LAST));
        let lines = if self.full { LINES.repeat(20) } else { LINES.to_vec() };
        steps.extend(lines.into_iter().map(Told::Logs));
        let built = saved("built", &[]);
        for last in [Told::Hangs, Told::Fails(FAILS), Told::Done, Told::Done] {
            docker.engine.will_build(&[&steps[..], &[last]].concat(), &built);
        }
    }
}

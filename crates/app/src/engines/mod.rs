//! Docker and Podman on this computer: which are there, what they have, and images taken out of them.

mod export;
mod wanted;

pub(crate) use wanted::Wanted;

use std::sync::Arc;

use slipway_credentials::Surroundings;
use slipway_engines::{
    Child, Computer, Container, EngineError, ImageRow, Kind, Missing, Origin, Part, Place, Unusable,
    View as _,
};
use slipway_reference::{Reference, Refusal, Tag};
use tokio::join;

use crate::images::{File, Files};
use crate::view::{
    Code, ContainerView, Engine, EngineImageView, EnginePartKind, EnginePartView, EngineState, EngineView,
    EnginesView, FailureView,
};
use export::Exported;

/// Docker and Podman.
pub struct Engines {
    files: Arc<Files>,
    surroundings: Surroundings,
}

impl Engines {
    pub(crate) fn new(files: Arc<Files>, surroundings: Surroundings) -> Self {
        Self { files, surroundings }
    }

    /// Both engines as they are now, each the one that its own command would take: that it answers, or why it does not.
    pub async fn all(&self) -> EnginesView {
        let (docker, podman) = join!(Box::pin(self.one(Kind::Docker)), Box::pin(self.one(Kind::Podman)));
        EnginesView { engines: vec![docker, podman] }
    }

    /// The images of an engine: one row an image with all its names, newest first.
    ///
    /// # Errors
    /// It is not there, or does not tell.
    pub async fn images(&self, engine: Engine) -> Result<(EngineView, Vec<EngineImageView>), FailureView> {
        let found = self.engine(engine).await?;
        let rows = found.images().await.map_err(|error| FailureView::engine(&error))?;
        Ok((view(&found), rows.into_iter().map(row).collect()))
    }

    /// Gives an image that an engine has the name of `reference`, once for each of `tags`.
    ///
    /// # Errors
    /// It is not there, or the engine refuses the name.
    pub async fn tag(
        &self,
        engine: Engine,
        name: &str,
        reference: &Reference,
        tags: &[Tag],
    ) -> Result<(), FailureView> {
        let found = self.engine(engine).await?;
        let repository = format!("{}/{}", reference.host, reference.path);
        for tag in reference.tag.iter().chain(tags) {
            let named = found.tag(name, &repository, tag.as_str()).await;
            named.map_err(|error| FailureView::engine(&error))?;
        }
        Ok(())
    }

    /// Gives an image one more name, a whole one, as people type it.
    ///
    /// # Errors
    /// It is no name of an image; whatever the engine refuses with.
    pub async fn name(&self, engine: Engine, image: &str, name: &str) -> Result<(), FailureView> {
        let reference: Reference = name.parse().map_err(|refusal: Refusal| {
            let rule = Some((&refusal.rule).into());
            FailureView::new(Code::FormProblem { field: None, rule }, refusal.to_string())
        })?;
        let reference = Reference { tag: reference.tag.or_else(|| Some(Tag::latest())), ..reference };
        self.tag(engine, image, &reference, &[]).await
    }

    /// The containers that use the image with this ID, running or not.
    ///
    /// # Errors
    /// It is not there, or does not tell.
    pub async fn containers(&self, engine: Engine, image: &str) -> Result<Vec<ContainerView>, FailureView> {
        let found = self.engine(engine).await?;
        let containers = found.containers(image).await.map_err(|error| FailureView::engine(&error))?;
        let view = |Container { id, name, running }| ContainerView { id, name, running };
        Ok(containers.into_iter().map(view).collect())
    }

    /// The one that its own command would take: the chosen one and no other, or else the first that answers.
    pub(crate) async fn engine(&self, engine: Engine) -> Result<slipway_engines::Engine, FailureView> {
        let kind = if engine == Engine::Docker { Kind::Docker } else { Kind::Podman };
        let places = slipway_engines::places(&self.computer());
        let found = Box::pin(places.engine(kind)).await;
        found.map_err(|missing| self.failure(kind, &missing))
    }

    /// An engine, or why there is none.
    async fn one(&self, kind: Kind) -> EngineView {
        let places = slipway_engines::places(&self.computer());
        let missing = match places.engine(kind).await {
            Ok(engine) => return view(&engine),
            Err(missing) => missing,
        };
        let state = state(&missing, || self.computer().has_program(program(kind)));
        let command = match state {
            EngineState::NotRunning => kind.start_command(),
            EngineState::NoAccess => kind.access_command(),
            _ => None,
        };
        let place = match (&missing, places.chosen(kind)) {
            (_, Some(Ok(place))) => at(place),
            (Missing::Unusable(unusable), _) => origin(&unusable.origin),
            _ => String::new(),
        };
        EngineView {
            engine: named(kind),
            state,
            version: None,
            place,
            keeps_digests: false,
            rootless: false,
            failure: Some(self.failure(kind, &missing)),
            command: command.map(str::to_owned),
        }
    }

    fn failure(&self, kind: Kind, missing: &Missing) -> FailureView {
        match missing {
            Missing::Unusable(unusable) => of_no_use(unusable),
            Missing::Failed(error) => FailureView::engine(error),
            Missing::Other { found, place } => {
                let said = format!("{found} answers at {} ({}), not {kind}", place.address, place.origin);
                FailureView::new(Code::EngineAway { engine: kind.to_string() }, said)
            }
            Missing::Nowhere => self.not_there(kind),
        }
    }

    /// The first engine that answers, Docker before Podman.
    pub(crate) async fn first(&self) -> Result<slipway_engines::Engine, FailureView> {
        let docker = match self.engine(Engine::Docker).await {
            Ok(found) => return Ok(found),
            Err(failure) => failure,
        };
        self.engine(Engine::Podman).await.map_err(|podman| FailureView {
            message: format!("{}; {}", docker.message, podman.message),
            ..docker
        })
    }

    /// Exports images as one stream, which is read when somebody wants the file; and which image of it is each of `names`.
    pub(crate) async fn open(
        &self,
        engine: Engine,
        names: &[String],
    ) -> Result<(Arc<File>, Vec<Wanted>), FailureView> {
        let found = self.engine(engine).await?;
        let (mut wanted, mut exact, mut need) = (Vec::new(), Vec::new(), 0_u64);
        for name in names {
            let (details, asked) = found.resolve(name).await.map_err(|error| FailureView::engine(&error))?;
            // They may be one image, or share most of their layers, which come once: no room is wanted that nobody needs.
            need = need.max(details.size);
            if !exact.contains(&asked) {
                exact.push(asked.clone());
            }
            wanted.push(Wanted::new(asked, details));
        }
        // That store counts what is packed and what is unpacked together, and exports the former.
        let need = (!found.keeps_digests).then_some(need);
        let export = Exported::new(found, names.to_vec(), exact, need);
        Ok((self.files.add_stream(Arc::new(export)), wanted))
    }

    /// Nothing leads to one.
    fn not_there(&self, kind: Kind) -> FailureView {
        let said = match self.computer().has_program(program(kind)) {
            true => format!("{kind} is not running. {}", kind.start()),
            false => format!("{kind} is not installed on this computer"),
        };
        FailureView::new(Code::EngineAway { engine: kind.to_string() }, said)
    }

    fn computer(&self) -> Computer<impl Fn(&str) -> Option<String> + use<>> {
        let surroundings = self.surroundings.clone();
        let home = surroundings.home().to_owned();
        Computer::new(move |name: &str| surroundings.variable(name), home)
    }
}

/// What is wrong where there is none; `installed`: its command is there.
fn state(missing: &Missing, installed: impl FnOnce() -> bool) -> EngineState {
    match missing {
        Missing::Failed(EngineError::Absent { .. }) => EngineState::NotRunning,
        Missing::Failed(EngineError::NoAccess { .. }) => EngineState::NoAccess,
        Missing::Nowhere if installed() => EngineState::NotRunning,
        Missing::Nowhere => EngineState::NotInstalled,
        Missing::Unusable(_) | Missing::Failed(_) | Missing::Other { .. } => EngineState::Failed,
    }
}

/// What its command is called.
fn program(kind: Kind) -> &'static str {
    match kind {
        Kind::Docker => "docker",
        Kind::Podman => "podman",
    }
}

/// How views call it.
pub(crate) fn named(kind: Kind) -> Engine {
    match kind {
        Kind::Docker => Engine::Docker,
        Kind::Podman => Engine::Podman,
    }
}

fn origin(origin: &Origin) -> String {
    if *origin == Origin::Usual { String::new() } else { origin.to_string() }
}

/// What is set and leads nowhere.
fn of_no_use(unusable: &Unusable) -> FailureView {
    let said = format!("{} ({}): {}", unusable.kind, unusable.origin, unusable.why);
    FailureView::new(Code::EngineAway { engine: unusable.kind.to_string() }, said)
}

/// Where it is, and who says so.
fn at(place: &Place) -> String {
    match origin(&place.origin) {
        usual if usual.is_empty() => place.address.to_string(),
        said => format!("{} ({said})", place.address),
    }
}

fn view(engine: &slipway_engines::Engine) -> EngineView {
    EngineView {
        engine: named(engine.kind()),
        state: EngineState::Running,
        version: Some(engine.version.clone()),
        place: at(&engine.place),
        keeps_digests: engine.keeps_digests,
        rootless: engine.rootless,
        failure: None,
        command: None,
    }
}

fn row(row: ImageRow) -> EngineImageView {
    EngineImageView {
        id: row.id,
        names: row.names,
        digests: row.digests,
        platform: row.platform.filter(|platform| !platform.is_empty()),
        size: row.size,
        shared: row.shared,
        created: row.created,
        containers: row.containers,
        parts: row.parts.into_iter().map(part).collect(),
        unreadable: row.unreadable,
    }
}

fn part(part: Part) -> EnginePartView {
    let (kind, platform, of) = match part.child {
        Child::Platform(platform) => (EnginePartKind::Platform, Some(platform), None),
        Child::Attestation(of) => (EnginePartKind::Attestation, None, Some(of)),
        Child::Other => (EnginePartKind::Other, None, None),
    };
    EnginePartView { digest: part.digest, kind, platform, of, available: part.available, size: part.size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_that_is_not_there_is_not_installed_only_where_its_command_is_not() {
        let (engine, place) = (Kind::Podman, String::new());
        assert_eq!(state(&Missing::Nowhere, || true), EngineState::NotRunning);
        assert_eq!(state(&Missing::Nowhere, || false), EngineState::NotInstalled);
        let away = EngineError::NoAccess { engine, place, help: String::new() };
        assert_eq!(state(&Missing::Failed(away), || false), EngineState::NoAccess);
    }
}

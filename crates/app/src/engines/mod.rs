//! Docker and Podman on this computer: which are there, what they have, and images taken out of them.

mod export;
mod wanted;

pub(crate) use wanted::Wanted;

use std::sync::Arc;

use slipway_credentials::Surroundings;
use slipway_engines::{
    Child, Computer, EngineError, ImageRow, Kind, Missing, Origin, Part, Place, Unusable, View as _,
};
use slipway_reference::{Reference, Tag};

use crate::images::{File, Files};
use crate::view::{
    Code, Engine, EngineImageView, EnginePartKind, EnginePartView, EngineView, EnginesView, FailureView,
};
use export::Exported;

/// Docker and Podman.
pub struct Engines {
    files: Arc<Files>,
    surroundings: Surroundings,
}

/// A place, and who answers there.
type Answer = (Place, Result<slipway_engines::Engine, EngineError>);

impl Engines {
    pub(crate) fn new(files: Arc<Files>, surroundings: Surroundings) -> Self {
        Self { files, surroundings }
    }

    /// Both engines as they are now: each that answers, and why the others do not.
    pub async fn all(&self) -> EnginesView {
        let (answers, unusable) = self.ask().await;
        let mut engines: Vec<EngineView> = answers.iter().map(view).collect();
        engines.extend(unusable);
        for kind in [Kind::Docker, Kind::Podman] {
            if !engines.iter().any(|engine| engine.engine == named(kind)) {
                engines.push(failing(kind, String::new(), self.not_there(kind)));
            }
        }
        engines.sort_by_key(|engine| engine.engine != Engine::Docker);
        EnginesView { engines }
    }

    /// The images of an engine: one row an image with all its names, newest first.
    ///
    /// # Errors
    /// It is not there, or does not tell.
    pub async fn images(&self, engine: Engine) -> Result<(EngineView, Vec<EngineImageView>), FailureView> {
        let found = self.engine(engine).await?;
        let rows = found.images().await.map_err(|error| FailureView::engine(&error))?;
        let about = view(&(found.place.clone(), Ok(found)));
        Ok((about, rows.into_iter().map(row).collect()))
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

    /// The one that its own command would take: the chosen one and no other, or else the first that answers.
    pub(crate) async fn engine(&self, engine: Engine) -> Result<slipway_engines::Engine, FailureView> {
        let kind = if engine == Engine::Docker { Kind::Docker } else { Kind::Podman };
        let places = slipway_engines::places(&self.computer());
        places.engine(kind).await.map_err(|missing| match missing {
            Missing::Unusable(unusable) => of_no_use(&unusable),
            Missing::Failed(error) => FailureView::engine(&error),
            Missing::Other { found, place } => {
                let said = format!("{found} answers at {} ({}), not {kind}", place.address, place.origin);
                FailureView::new(Code::EngineAway { engine: kind.to_string() }, said)
            }
            Missing::Nowhere => self.not_there(kind),
        })
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

    /// Who answers, and what is set and of no use.
    async fn ask(&self) -> (Vec<Answer>, Vec<EngineView>) {
        let places = slipway_engines::places(&self.computer());
        let unusable = places
            .unusable
            .iter()
            .map(|unusable| failing(unusable.kind, origin(&unusable.origin), of_no_use(unusable)));
        let unusable = unusable.collect();
        (slipway_engines::find(&places.places).await, unusable)
    }

    /// Nothing leads to one.
    fn not_there(&self, kind: Kind) -> FailureView {
        let program = if kind == Kind::Docker { "docker" } else { "podman" };
        let said = match self.computer().has_program(program) {
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

fn failing(kind: Kind, place: String, failure: FailureView) -> EngineView {
    EngineView {
        engine: named(kind),
        version: None,
        place,
        keeps_digests: false,
        rootless: false,
        failure: Some(failure),
    }
}

fn view((place, answer): &Answer) -> EngineView {
    let at = match origin(&place.origin) {
        usual if usual.is_empty() => place.address.to_string(),
        said => format!("{} ({said})", place.address),
    };
    match answer {
        Ok(engine) => EngineView {
            engine: named(engine.kind()),
            version: Some(engine.version.clone()),
            place: at,
            keeps_digests: engine.keeps_digests,
            rootless: engine.rootless,
            failure: None,
        },
        Err(error) => failing(place.kind, at, FailureView::engine(error)),
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

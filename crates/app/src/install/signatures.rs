//! What speaks of an image, in figures, before any of it is fetched.

use std::sync::Arc;

use slipway_reference::Digest;
use slipway_transfer::{Speaking, TransferError, speaking};

use super::here::here;
use super::lookup::{Seen, said};
use super::manifests::{Known, Unread, number, sizes};
use super::start::Install;
use crate::clock::now;
use crate::view::{FailureView, SignaturesView};

impl Install {
    /// What speaks of the image that `reference` names for `platform`, without one for all of them, as a pull takes it along.
    /// It is read for that, unless it was read before.
    ///
    /// # Errors
    /// As for [`facts`](Self::facts).
    pub async fn signatures(
        &self,
        reference: &str,
        platform: Option<&str>,
        anonymous: bool,
    ) -> Result<SignaturesView, FailureView> {
        let seen = self.seen(reference, anonymous)?;
        let unread = |unread: Unread| said(&seen, unread);
        let root = self.manifests.at(&seen.source, &seen.at()).await.map_err(unread)?;
        let root = root.ok_or_else(|| seen.gone())?;
        let root = match platform.filter(|_| root.is_index()) {
            Some(platform) => {
                let child = self.one(&seen, &root, platform).await.map_err(unread)?;
                child.ok_or_else(|| seen.gone())?.1
            }
            None => root,
        };
        let contents = self.manifests.contents(&seen.source, &root).await.map_err(unread)?;
        let subjects: Vec<Digest> = contents.manifests().chain([&root.bytes.digest]).cloned().collect();
        let speaking = self.speaking(&seen, &subjects).await;
        let speaking = speaking.map_err(|error| FailureView::transfer(&error, now()))?;
        let beside = contents.beside(&speaking);
        let sizes = sizes(here(Arc::clone(&self.store), None), std::slice::from_ref(&beside)).await;
        let size = sizes.first().copied();
        Ok(SignaturesView {
            count: number(speaking.beside.len()),
            bytes: size.map_or(0, |size| size.bytes),
            here: size.map_or(0, |size| size.here),
        })
    }

    /// What speaks of the manifests `subjects` of an image.
    pub(super) async fn speaking(&self, seen: &Seen, subjects: &[Digest]) -> Result<Speaking, TransferError> {
        let known = Known { manifests: Arc::clone(&self.manifests), source: seen.source.clone() };
        Box::pin(speaking(&seen.source.repository, &seen.reference, subjects, Arc::new(known))).await
    }
}

#[cfg(test)]
mod tests {
    use keyring_core::mock::Store;
    use slipway_reference::Reference;
    use slipway_stage::Playground;
    use slipway_stage::image::Oci;
    use slipway_transfer::Platforms;

    use crate::install::PullFormat;
    use crate::view::{Draft, JobId, JobState, JobUpdate};
    use crate::{Finders, Keychain, PullOptions, Setup, Slipway};

    const IMAGE: &str = "ghcr.io/octocat/app:1.0";

    async fn ended(app: &Slipway, job: JobId) -> JobState {
        let mut last = JobState::Queued;
        app.activity()
            .watch(job, |update| {
                if let JobUpdate::Snapshot { job } = update {
                    last = job.progress.state;
                }
                true
            })
            .await;
        last
    }

    /// Else a disk that is full with signatures is told in the middle.
    #[tokio::test(flavor = "multi_thread")]
    async fn the_room_that_is_reckoned_is_that_of_the_file_with_all_that_speaks_of_its_image() {
        let stage = Playground::start().await;
        let setup = Setup::read(stage.environment(), Finders::None).unwrap();
        let keychain = Keychain::with_store(Store::new().unwrap());
        let app = Slipway::new(Setup { keychain, in_window: true, ..setup });
        let host = "ghcr.io".parse().unwrap();
        app.accounts().sign_in_from_input(&host, "octocat", &stage.token_called("publish")).unwrap();
        let mut layout = Oci::default();
        let roots = layout.signed();
        let file = layout.write(stage.folder().join("app.tar"), &roots);
        let mut draft = Draft { owner: "octocat".to_owned(), ..app.start().draft };
        draft = app.images().open_path(&file, draft).await.unwrap().draft;
        "app".clone_into(&mut draft.image_name);
        draft.versions = vec!["1.0".to_owned()];
        let published = app.publish().start(&draft).await.unwrap();
        assert_eq!(ended(&app, published).await, JobState::Done);

        let install = app.install();
        let references: [Reference; 1] = [IMAGE.parse().unwrap()];
        let seen = install.seen(IMAGE, false).unwrap();
        let only = |names: &[&str]| Platforms::Only(names.iter().map(ToString::to_string).collect());
        for (number, (platforms, format)) in [
            (only(&["linux/amd64"]), PullFormat::DockerArchive),
            (only(&["linux/amd64", "linux/arm64"]), PullFormat::OciArchive),
            (only(&["linux/amd64", "linux/arm64", "linux/s390x"]), PullFormat::OciArchive),
            (Platforms::All, PullFormat::OciArchive),
        ]
        .into_iter()
        .enumerate()
        {
            let output = stage.folder().join(format!("{number}.tar"));
            let plain = install.reckon(&seen, format, &platforms, false, &output).await.unwrap().0;
            let (need, ..) = install.reckon(&seen, format, &platforms, true, &output).await.unwrap();
            let options = PullOptions {
                format,
                platforms: platforms.clone(),
                signatures: true,
                plain_http: false,
                anonymous: false,
            };
            let job = install.start(&references, &output, &options, |_| {}).await.unwrap();
            assert_eq!(ended(&app, job).await, JobState::Done);
            // An index of fewer platforms is smaller, which is not known before.
            let written = output.metadata().unwrap().len();
            let spare = if number == 1 { 1024 } else { 0 };
            assert!((written..=written + spare).contains(&need), "{number}: {need} for {written}");
            assert!(plain + 1024 < need, "{plain} {need}");
            if number != 1 {
                let (again, ..) = install.reckon(&seen, format, &platforms, true, &output).await.unwrap();
                assert_eq!(again, 0, "{number}: a file that is whole is not written again");
            }
        }
    }
}

//! What came of a job.

use serde::{Deserialize, Serialize};

use crate::view::{
    AccountView, CredentialSource, InstalledImage, InstalledView, LoadedImage, PublishedVersion, ResultView,
};

/// What a push published.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Published {
    digest: String,
    verified: bool,
    not_verified: Option<String>,
    repository: String,
    versions: Vec<Version>,
    media_type: String,
    manifest_size: u64,
    platforms: Vec<String>,
    layers: u32,
    size: u64,
    sent: u64,
    reused: u64,
    duration_ms: u64,
    stored_digest: Option<String>,
    #[serde(default)]
    source: Option<String>,
    by_digest: bool,
    package_page: bool,
    command: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    tag: String,
    moved_from: Option<String>,
    unchanged: bool,
    #[serde(default)]
    movable: bool,
    #[serde(default)]
    moved_back: bool,
}

/// What a pull fetched.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fetched {
    digest: String,
    media_type: String,
    file_size: u64,
    #[serde(default)]
    here: u64,
    #[serde(default)]
    images: Vec<FetchedImage>,
    #[serde(default)]
    loaded: Vec<Loaded>,
    refused: Option<Account>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FetchedImage {
    reference: String,
    digest: String,
    beside: u32,
}

/// An image that was given to an engine.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Loaded {
    name: String,
    id: String,
    platform: String,
    layers: u32,
    layers_there: Option<u32>,
    ports: Vec<String>,
    not_verified: Option<String>,
    #[serde(default)]
    ids: Vec<String>,
    #[serde(default)]
    diff_ids: Vec<String>,
}

/// Whose credential was used.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    username: String,
    source: CredentialSource,
}

impl From<ResultView> for Published {
    fn from(result: ResultView) -> Self {
        let ResultView {
            digest,
            verified,
            not_verified,
            repository,
            versions,
            media_type,
            manifest_size,
            platforms,
            layers,
            size,
            sent,
            reused,
            duration_ms,
            stored_digest,
            source,
            by_digest,
            package_page,
            command,
        } = result;
        Self {
            digest,
            verified,
            not_verified,
            repository,
            versions: versions.into_iter().map(Into::into).collect(),
            media_type,
            manifest_size,
            platforms,
            layers,
            size,
            sent,
            reused,
            duration_ms,
            stored_digest,
            source,
            by_digest,
            package_page,
            command,
        }
    }
}

impl From<Published> for ResultView {
    fn from(kept: Published) -> Self {
        Self {
            digest: kept.digest,
            verified: kept.verified,
            not_verified: kept.not_verified,
            repository: kept.repository,
            versions: kept.versions.into_iter().map(Into::into).collect(),
            media_type: kept.media_type,
            manifest_size: kept.manifest_size,
            platforms: kept.platforms,
            layers: kept.layers,
            size: kept.size,
            sent: kept.sent,
            reused: kept.reused,
            duration_ms: kept.duration_ms,
            stored_digest: kept.stored_digest,
            source: kept.source,
            by_digest: kept.by_digest,
            package_page: kept.package_page,
            command: kept.command,
        }
    }
}

impl From<PublishedVersion> for Version {
    fn from(version: PublishedVersion) -> Self {
        let PublishedVersion { tag, moved_from, unchanged, movable, moved_back } = version;
        Self { tag, moved_from, unchanged, movable, moved_back }
    }
}

impl From<Version> for PublishedVersion {
    fn from(version: Version) -> Self {
        let Version { tag, moved_from, unchanged, movable, moved_back } = version;
        Self { tag, moved_from, unchanged, movable, moved_back }
    }
}

impl From<LoadedImage> for Loaded {
    fn from(image: LoadedImage) -> Self {
        let LoadedImage { name, id, platform, layers, layers_there, ports, not_verified, ids, diff_ids } =
            image;
        Self { name, id, platform, layers, layers_there, ports, not_verified, ids, diff_ids }
    }
}

impl From<Loaded> for LoadedImage {
    fn from(image: Loaded) -> Self {
        let Loaded { name, id, platform, layers, layers_there, ports, not_verified, ids, diff_ids } = image;
        Self { name, id, platform, layers, layers_there, ports, not_verified, ids, diff_ids }
    }
}

impl From<InstalledView> for Fetched {
    fn from(installed: InstalledView) -> Self {
        let InstalledView { digest, media_type, file_size, here, images, loaded, refused } = installed;
        let images = images.into_iter().map(|image| {
            let InstalledImage { reference, digest, beside } = image;
            FetchedImage { reference, digest, beside }
        });
        let (images, refused) = (images.collect(), refused.map(Into::into));
        let loaded = loaded.into_iter().map(Into::into).collect();
        Self { digest, media_type, file_size, here, images, loaded, refused }
    }
}

impl From<Fetched> for InstalledView {
    fn from(fetched: Fetched) -> Self {
        let Fetched { digest, media_type, file_size, here, images, loaded, refused } = fetched;
        let images = images.into_iter().map(|image| {
            let FetchedImage { reference, digest, beside } = image;
            InstalledImage { reference, digest, beside }
        });
        let (images, refused) = (images.collect(), refused.map(Into::into));
        let loaded = loaded.into_iter().map(Into::into).collect();
        Self { digest, media_type, file_size, here, images, loaded, refused }
    }
}

impl From<AccountView> for Account {
    fn from(account: AccountView) -> Self {
        let AccountView { username, source } = account;
        Self { username, source }
    }
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        let Account { username, source } = account;
        Self { username, source }
    }
}

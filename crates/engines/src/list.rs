//! The list of images, put together from an engine's answers.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::image::{full_id, names, platform};

/// One image, with all its names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageRow {
    /// `sha256:…`.
    pub id: String,
    /// All its names with a tag, sorted; none where nobody named it.
    pub names: Vec<String>,
    /// `REPOSITORY@DIGEST` of where it came from or went to.
    pub digests: Vec<String>,
    /// Such as `linux/amd64`; none where it is not known, or where `parts` say it.
    pub platform: Option<String>,
    /// Bytes, as the engine counts them: unpacked, and of all platforms.
    pub size: u64,
    /// Bytes of it that other images have, too; none where the engine does not tell.
    pub shared: Option<u64>,
    /// When it was made, seconds since 1970; none where that is not known.
    pub created: Option<i64>,
    /// Containers that use it, running or not.
    pub containers: u64,
    /// What an index holds.
    pub parts: Vec<Part>,
    /// Why it cannot be looked at.
    pub unreadable: Option<String>,
}

/// What an index holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Digest of its manifest.
    pub digest: String,
    /// Of which kind.
    pub child: Child,
    /// Its bytes are there.
    pub available: bool,
    /// Bytes, packed and unpacked together; 0 where they are not there.
    pub size: u64,
}

/// Kinds of what an index holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Child {
    /// The image for a platform.
    Platform(String),
    /// Statements about the image with this digest.
    Attestation(String),
    /// Something else.
    Other,
}

/// The rows of `/images/json`, newest first; `containers` is `/containers/json?all=1`. An image without a name from which
/// another one was made is none that people see.
///
/// # Errors
/// What is wrong with the answers.
pub fn rows(images: &Value, containers: &Value) -> Result<Vec<ImageRow>, String> {
    let images = images.as_array().ok_or("it is no list")?;
    let used = used(containers);
    let parents = images.iter().filter_map(|image| image["ParentId"].as_str());
    let parents: HashSet<String> = parents.filter(|parent| !parent.is_empty()).map(full_id).collect();
    let mut rows = Vec::new();
    // Some engines list an image once for each name.
    let mut places: HashMap<String, usize> = HashMap::new();
    for image in images {
        let row = row(image, &used)?;
        if let Some(place) = places.get(&row.id) {
            let known: &mut ImageRow = &mut rows[*place];
            known.names.extend(row.names);
            known.digests.extend(row.digests);
            continue;
        }
        places.insert(row.id.clone(), rows.len());
        rows.push(row);
    }
    rows.retain(|row| !row.names.is_empty() || !parents.contains(&row.id));
    for row in &mut rows {
        row.names.sort();
        row.names.dedup();
        row.digests.sort();
        row.digests.dedup();
    }
    rows.sort_by(|one, other| {
        let key = |row: &ImageRow| (Reverse(row.created), row.names.is_empty());
        key(one).cmp(&key(other)).then_with(|| one.names.cmp(&other.names))
    });
    Ok(rows)
}

fn row(image: &Value, used: &HashMap<String, u64>) -> Result<ImageRow, String> {
    let id = image["Id"].as_str().filter(|id| !id.is_empty()).ok_or("an image has no Id")?;
    let id = full_id(id);
    let number = |name: &str| image[name].as_u64();
    let parts: Vec<Part> = image["Manifests"].as_array().into_iter().flatten().filter_map(part).collect();
    // The engine's own number knows containers that name the image otherwise.
    let containers = used.get(&id).copied().unwrap_or_default().max(number("Containers").unwrap_or_default());
    // A single image is no index: what its list holds is itself.
    let (platform, parts) = match &parts[..] {
        [Part { child: Child::Platform(platform), digest, .. }] if *digest == id => {
            (Some(platform.clone()), Vec::new())
        }
        _ => (None, parts),
    };
    Ok(ImageRow {
        names: names(&image["RepoTags"]),
        digests: names(&image["RepoDigests"]),
        platform,
        size: number("Size").unwrap_or_default(),
        // -1 where it was not counted; Podman never counts and says 0.
        shared: number("SharedSize").filter(|shared| *shared > 0),
        created: image["Created"].as_i64().filter(|created| *created > 0),
        containers,
        parts,
        unreadable: None,
        id,
    })
}

/// A container that uses an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// `sha256:…`-less, as the engine has it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// It runs now.
    pub running: bool,
}

/// Those of `/containers/json?all=1` that use the image with this ID. An engine's own filter by name misses some.
pub(crate) fn containers_of(containers: &Value, image: &str) -> Vec<Container> {
    let uses = |one: &&Value| one["ImageID"].as_str().is_some_and(|id| full_id(id) == image);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let container = |one: &Value| Container {
        id: text(&one["Id"]),
        name: text(&one["Names"][0]).trim_start_matches('/').to_owned(),
        running: one["State"].as_str() == Some("running"),
    };
    containers.as_array().into_iter().flatten().filter(uses).map(container).collect()
}

/// How many containers use each image, by its ID.
fn used(containers: &Value) -> HashMap<String, u64> {
    let mut used = HashMap::new();
    let ids = containers.as_array().into_iter().flatten().filter_map(|one| one["ImageID"].as_str());
    for id in ids {
        *used.entry(full_id(id)).or_default() += 1;
    }
    used
}

fn part(manifest: &Value) -> Option<Part> {
    let digest = manifest["ID"].as_str().or_else(|| manifest["Descriptor"]["digest"].as_str())?;
    let child = match manifest["Kind"].as_str() {
        Some("image") => {
            let said = &manifest["ImageData"]["Platform"];
            let said = if said.is_object() { said } else { &manifest["Descriptor"]["platform"] };
            let text = |name: &str| said[name].as_str().unwrap_or_default();
            Child::Platform(platform(text("os"), text("architecture"), text("variant")))
        }
        Some("attestation") => {
            Child::Attestation(manifest["AttestationData"]["For"].as_str().unwrap_or_default().to_owned())
        }
        _ => Child::Other,
    };
    Some(Part {
        digest: digest.to_owned(),
        child,
        available: manifest["Available"].as_bool().unwrap_or_default(),
        size: manifest["Size"]["Total"].as_u64().unwrap_or_default(),
    })
}

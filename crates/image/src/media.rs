//! Media types and what they say.

/// A manifest in Docker's form, schema 2.
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// An index in Docker's form (manifest list).
pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// A configuration in Docker's form.
pub const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
/// A plain layer in Docker's form.
pub const DOCKER_TAR: &str = "application/vnd.docker.image.rootfs.diff.tar";
/// A layer in Docker's form, gzip.
pub const DOCKER_GZIP: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";
/// A foreign layer in Docker's form, plain.
pub const DOCKER_FOREIGN_TAR: &str = "application/vnd.docker.image.rootfs.foreign.diff.tar";
/// A foreign layer in Docker's form, gzip.
pub const DOCKER_FOREIGN: &str = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
/// A manifest in OCI's form.
pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// An index in OCI's form.
pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// A configuration in OCI's form.
pub const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
/// A plain layer in OCI's form.
pub const OCI_TAR: &str = "application/vnd.oci.image.layer.v1.tar";
/// A layer in OCI's form, gzip.
pub const OCI_GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
/// A layer in OCI's form, Zstandard.
pub const OCI_ZSTD: &str = "application/vnd.oci.image.layer.v1.tar+zstd";
/// A foreign layer in OCI's form, plain.
pub const OCI_FOREIGN_TAR: &str = "application/vnd.oci.image.layer.nondistributable.v1.tar";
/// A foreign layer in OCI's form, gzip.
pub const OCI_FOREIGN_GZIP: &str = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";

/// What the types of manifests in Docker's first form (schema 1) begin with. Registries no longer take them.
pub const DOCKER_FIRST: &str = "application/vnd.docker.distribution.manifest.v1";

/// A media type that no image has. What it stands for may be one all the same.
pub fn is_other(media_type: &str) -> bool {
    !media_type.is_empty() && is_index(media_type).is_none() && !media_type.starts_with(DOCKER_FIRST)
}

/// Whether a media type is known for an index, or for a manifest; none where it is known for neither.
pub fn is_index(media_type: &str) -> Option<bool> {
    match media_type {
        OCI_INDEX | DOCKER_LIST => Some(true),
        OCI_MANIFEST | DOCKER_MANIFEST => Some(false),
        _ => None,
    }
}

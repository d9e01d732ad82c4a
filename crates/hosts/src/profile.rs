//! The kinds of registries and their rules.

/// A kind of registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// `ghcr.io`.
    Ghcr,
    /// `docker.pkg.github.com`, the older one.
    DockerPkg,
    /// `containers.HOST` of a GitHub Enterprise Server.
    GhesContainers,
    /// `docker.HOST` of a GitHub Enterprise Server.
    GhesDocker,
    /// `containers.SUBDOMAIN.ghe.com`.
    GheCom,
    /// Any other OCI registry: no rule but the specification's.
    Generic,
}

/// The form of a registry's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameForm {
    /// `OWNER/NAME`; the name may have several parts.
    OwnerName,
    /// `OWNER/REPOSITORY/NAME`.
    OwnerRepositoryName,
    /// Any path.
    Path,
}

/// How a registry wants to know who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthScheme {
    /// Tokens from a token endpoint.
    Bearer,
    /// User name and token with every request.
    Basic,
    /// As its challenge says.
    Challenge,
}

/// Limits, where they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest layer, bytes.
    pub layer_bytes: Option<u64>,
    /// Above this size of an image the registry may be slow, bytes.
    pub image_bytes_slow: Option<u64>,
    /// The longest upload request, seconds.
    pub upload_seconds: Option<u64>,
    /// The largest body of a PATCH with a range, bytes. (rust-oci-client#35)
    pub ranged_patch_bytes: Option<u64>,
    /// Characters of registry and path together. Many clients count so.
    pub path_chars: usize,
}

const GB: u64 = 1_000_000_000;

impl Profile {
    /// The form of its names.
    pub fn form(self) -> NameForm {
        match self {
            Self::Ghcr | Self::GhesContainers | Self::GheCom => NameForm::OwnerName,
            Self::DockerPkg | Self::GhesDocker => NameForm::OwnerRepositoryName,
            Self::Generic => NameForm::Path,
        }
    }

    /// Its limits.
    pub fn limits(self) -> Limits {
        let none = Limits {
            layer_bytes: None,
            image_bytes_slow: None,
            upload_seconds: None,
            ranged_patch_bytes: None,
            path_chars: 255,
        };
        match self {
            Self::Ghcr | Self::GhesContainers | Self::GheCom => Limits {
                layer_bytes: Some(10 * GB),
                upload_seconds: Some(600),
                ranged_patch_bytes: Some(4 << 20),
                ..none
            },
            Self::DockerPkg | Self::GhesDocker => {
                Limits { layer_bytes: Some(5 * GB), image_bytes_slow: Some(10 * GB), ..none }
            }
            Self::Generic => none,
        }
    }

    /// It takes layers that are not in it (Windows base layers).
    pub fn foreign_layers(self) -> bool {
        !self.is_legacy()
    }

    /// It takes an index of several platforms.
    pub fn multi_platform(self) -> bool {
        !self.is_legacy()
    }

    /// It takes manifests that speak of others. The older registry knows no OCI manifest.
    pub fn referrers(self) -> bool {
        !self.is_legacy()
    }

    /// It answers for a digest, not only for a tag. (moby/moby#41687)
    pub fn by_digest(self) -> bool {
        !self.is_legacy()
    }

    /// It answers HEAD for a manifest. (containerd/containerd#3291)
    pub fn manifest_head(self) -> bool {
        !self.is_legacy()
    }

    /// How it wants to know who asks.
    pub fn auth(self) -> AuthScheme {
        match self {
            Self::Ghcr | Self::GhesContainers | Self::GheCom => AuthScheme::Bearer,
            Self::DockerPkg | Self::GhesDocker => AuthScheme::Basic,
            Self::Generic => AuthScheme::Challenge,
        }
    }

    /// Deprecated by GitHub.
    pub fn is_legacy(self) -> bool {
        matches!(self, Self::DockerPkg | Self::GhesDocker)
    }
}

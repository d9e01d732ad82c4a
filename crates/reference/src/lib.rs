//! What an image is called: owner, repository, image name, tag, digest and whole references.
//!
//! Parsing explains: a value that is refused says which rule it breaks, why, and what the nearest valid
//! value is. The grammar is that of the OCI distribution specification and of Docker's reference parser;
//! GitHub's own rules come on top where it has some. Also how any such text is shown, since others chose it.

mod companions;
mod digest;
mod guard;
mod host;
mod names;
mod path;
mod reference;
mod rule;
mod shown;
mod tag;
mod version;

pub use companions::companions;
pub use digest::{Algorithm, Digest};
pub use guard::{Fixed, Guard, Guards, Place};
pub use host::{DOCKER_HUB, HostName};
pub use names::{ImageName, Owner, Repository};
pub use path::RepositoryPath;
pub use reference::Reference;
pub use rule::{Level, Refusal, Rule};
pub use shown::{is_obeyed, is_turning, visible, visible_json};
pub use tag::Tag;
pub use version::{TagPattern, Version, VersionRange, by_version};

/// A validated text: `Display`, `FromStr` by its findings, `as_str`.
macro_rules! text_type {
    ($name:ident) => {
        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::Refusal;

            /// Refused by the first finding that blocks; warnings do not.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let findings = Self::check(text);
                match findings.into_iter().find(|refusal| refusal.rule.level() == crate::Level::Problem) {
                    Some(refusal) => Err(refusal),
                    None => Ok(Self(text.to_owned())),
                }
            }
        }
    };
}
use text_type;

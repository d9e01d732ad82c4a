//! Why a practice registry could not be started or asked.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a practice registry could not be started or changed, or a sample image not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PracticeError {
    /// A directory of the store cannot be made or read.
    #[error("cannot use {} as the practice registry's directory", .path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of the store is not what this program wrote.
    #[error("{} is damaged: {reason}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file cannot be written.
    #[error("cannot write {}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An address to listen on is open to other computers.
    #[error("{address} is not a loopback address; the practice registry serves this computer only")]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// An address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The list of users contradicts itself.
    #[error("the practice registry's users: {reason}")]
    Users {
        /// In which way.
        reason: String,
    },
    /// The system gives no random bytes, so no tokens can be made up.
    #[error("the system gives no random bytes: {0}")]
    Random(String),
    /// A package that does not exist was to be changed.
    #[error("there is no package {name}")]
    NoPackage {
        /// Its full name.
        name: String,
    },
}

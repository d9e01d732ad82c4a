//! Where an engine listens.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::kind::Kind;

/// Where an engine listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A socket of this computer.
    Socket(PathBuf),
    /// A named pipe of Windows, `\\.\pipe\NAME`.
    Pipe(String),
    /// A port, of this computer or another one.
    Tcp {
        /// Its name or address.
        host: String,
        /// 2375 without certificates, 2376 with them, unless said otherwise.
        port: u16,
        /// What proves both ends; without it nothing is encrypted.
        tls: Option<Certificates>,
    },
}

/// The files that prove an engine and its user, PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificates {
    /// Whose certificates are trusted.
    pub authority: PathBuf,
    /// The user's certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Certificates {
    /// The usual names in `folder`.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self {
            authority: folder.join("ca.pem"),
            certificate: folder.join("cert.pem"),
            key: folder.join("key.pem"),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(path) => write!(f, "{}", path.display()),
            Self::Pipe(name) => f.write_str(name),
            Self::Tcp { host, port, .. } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Self::Tcp { host, port, .. } => write!(f, "tcp://{host}:{port}"),
        }
    }
}

/// Who says that an engine is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A variable of the environment.
    Variable(&'static str),
    /// A context of Docker.
    Context(String),
    /// A connection of Podman.
    Connection(String),
    /// Engines usually are there.
    Usual,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::Context(name) => write!(f, "the context {name}"),
            Self::Connection(name) => write!(f, "the connection {name}"),
            Self::Usual => f.write_str("the usual place"),
        }
    }
}

/// A place where an engine may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The place.
    pub address: Address,
    /// Who says so.
    pub origin: Origin,
    /// Which engine is expected; another one may answer, and says so.
    pub kind: Kind,
}

/// Why an address cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Only through another computer.
    Ssh,
    /// Nothing that we know.
    Form,
}

/// Reads `text` as Docker's command does: `unix://`, `npipe://`, `tcp://`; without a scheme it is a port.
pub(crate) fn parse(text: &str, tls: Option<Certificates>) -> Result<Address, Unread> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("tcp", text));
    match scheme {
        "unix" if Path::new(rest).is_absolute() || rest.starts_with('/') => {
            Ok(Address::Socket(PathBuf::from(rest)))
        }
        "npipe" => Ok(Address::Pipe(pipe(rest))),
        "tcp" => {
            let usual = if tls.is_some() { 2376 } else { 2375 };
            let rest = rest.split('/').next().unwrap_or_default();
            let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                Some((host, "")) => (host, None),
                Some((host, port)) => (host, port.strip_prefix(':').or(Some(""))),
                None => rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port))),
            };
            let port = port.map_or(Some(usual), |port| port.parse().ok()).ok_or(Unread::Form)?;
            let host = if host.is_empty() { "localhost" } else { host };
            Ok(Address::Tcp { host: host.to_owned(), port, tls })
        }
        "ssh" => Err(Unread::Ssh),
        _ => Err(Unread::Form),
    }
}

/// A pipe's name with backslashes, as the system wants it.
pub(crate) fn pipe(name: &str) -> String {
    name.replace('/', "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_dockers_command_reads_them() {
        let tls = Certificates::in_folder(Path::new("/certs"));
        for (text, shown) in [
            ("unix:///var/run/docker.sock", "/var/run/docker.sock"),
            ("npipe:////./pipe/docker_engine", r"\\.\pipe\docker_engine"),
            ("tcp://127.0.0.1", "tcp://127.0.0.1:2375"),
            ("tcp://:4243", "tcp://localhost:4243"),
            ("tcp://[::1]:4243", "tcp://[::1]:4243"),
            ("tcp://[::1]", "tcp://[::1]:2375"),
            ("192.0.2.1:4243", "tcp://192.0.2.1:4243"),
        ] {
            assert_eq!(parse(text, None).unwrap().to_string(), shown, "{text}");
        }
        assert_eq!(parse("tcp://engine", Some(tls)).unwrap().to_string(), "tcp://engine:2376");
        assert_eq!(parse("ssh://octocat@engine", None), Err(Unread::Ssh));
        for wrong in ["http://engine", "fd://", "unix://docker.sock", "tcp://engine:port", "tcp://[::1]x"] {
            assert_eq!(parse(wrong, None), Err(Unread::Form), "{wrong}");
        }
    }
}

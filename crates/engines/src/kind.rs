//! The two engines, and what helps where one is not to be had.

use std::fmt;

/// The two engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Docker.
    Docker,
    /// Podman.
    Podman,
}

impl Kind {
    /// The command that starts it here; none where people press something.
    pub fn start_command(self) -> Option<&'static str> {
        match (self, cfg!(target_os = "linux")) {
            (Self::Docker, true) => Some("sudo systemctl start docker"),
            (Self::Docker, false) => None,
            (Self::Podman, true) => Some("systemctl --user enable --now podman.socket"),
            (Self::Podman, false) => Some("podman machine start"),
        }
    }

    /// The command that lets the person use its socket, or gives them one of their own.
    pub fn access_command(self) -> Option<&'static str> {
        match (self, cfg!(target_os = "linux")) {
            (Self::Docker, true) => Some("sudo usermod -aG docker \"$USER\""),
            (Self::Podman, true) => self.start_command(),
            (_, false) => None,
        }
    }

    /// What starts it here, in English.
    pub fn start(self) -> &'static str {
        match (self, cfg!(target_os = "linux")) {
            (Self::Docker, true) => "Start it: sudo systemctl start docker",
            (Self::Docker, false) => "Start Docker Desktop, or whatever runs Docker here",
            (Self::Podman, true) => "Start its service: systemctl --user enable --now podman.socket",
            (Self::Podman, false) => "Start its machine: podman machine start",
        }
    }

    /// What lets the person use its socket.
    pub(crate) fn access(self) -> &'static str {
        match (self, cfg!(target_os = "linux")) {
            (Self::Docker, true) => {
                "sudo usermod -aG docker \"$USER\", then sign in anew (who is in that group is as good as root)"
            }
            (Self::Podman, true) => {
                "it is that of root; your own one comes with systemctl --user enable --now podman.socket"
            }
            (_, false) => "it belongs to another person",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Docker => "Docker",
            Self::Podman => "Podman",
        })
    }
}

//! Debian's `docker-registry` and `skopeo`: other people's server and client.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::free_port;

/// How long a server may take to start. A hang ends the test; it measures nothing.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running `docker-registry` with its content in a folder of its own.
pub struct Registry {
    server: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Registry {
    /// Starts one and waits until it answers.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let config = format!(
            "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: 127.0.0.1:{port}\n",
            folder.path().join("content").display()
        );
        let path = folder.path().join("config.yml");
        std::fs::write(&path, config).expect("the configuration is written");
        let server = Command::new("docker-registry")
            .arg("serve")
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("docker-registry is installed: `cargo xtask test` sees to it");
        let registry = Self { server, port, _folder: folder };
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < PATIENCE, "docker-registry does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        registry
    }

    /// Its name in references.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // Ended by its own handle; it may have ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Whether skopeo is here; where it is not, the test that asks is left out.
pub fn has_skopeo(test: &str) -> bool {
    let is_here = Command::new("skopeo").arg("--version").output().is_ok();
    if !is_here {
        crate::left_out(test, "skopeo is not installed");
    }
    is_here
}

/// Runs `skopeo`, away from its user's files, and returns its standard output; panics with its words where it fails.
pub fn skopeo(arguments: &[&str]) -> String {
    let home = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new("skopeo")
        .args(["--insecure-policy", "--tmpdir"])
        .arg(home.path())
        .args(arguments)
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env_remove("REGISTRY_AUTH_FILE")
        .output()
        .expect("skopeo is installed: `cargo xtask test` sees to it");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "skopeo {arguments:?}: {error}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The digest that skopeo finds under a reference on loopback.
pub fn skopeo_digest(reference: &str, credential: Option<&str>) -> String {
    let reference = format!("docker://{reference}");
    let mut arguments = vec!["inspect", "--tls-verify=false", "--format", "{{.Digest}}"];
    if let Some(credential) = credential {
        arguments.extend(["--creds", credential]);
    }
    arguments.push(&reference);
    skopeo(&arguments).trim().to_owned()
}

/// Lets skopeo fetch every byte of a reference into a folder, checking all digests.
pub fn skopeo_pull(reference: &str, folder: &Path) -> Value {
    let target = format!("dir:{}", folder.display());
    skopeo(&["copy", "--all", "--src-tls-verify=false", &format!("docker://{reference}"), &target]);
    let manifest = std::fs::read(folder.join("manifest.json")).expect("skopeo wrote a manifest");
    serde_json::from_slice(&manifest).expect("a manifest is JSON")
}

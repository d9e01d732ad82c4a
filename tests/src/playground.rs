//! A practice registry, and windows in front of it.

use std::path::Path;

pub use slipway_stage::Playground;

use crate::window::Setup;

/// Windows that find this registry under GitHub's names.
pub trait Setups {
    /// One whose pages belong to the registry where nobody lives.
    fn setup(&self) -> Setup;

    /// One for which signing in with the browser is set up; pages are the registry's own.
    fn setup_with_browser(&self) -> Setup;

    /// As the first, started with a file.
    fn setup_with(&self, file: &Path) -> Setup {
        Setup { argument: Some(file.to_owned()), ..self.setup() }
    }
}

impl Setups for Playground {
    fn setup(&self) -> Setup {
        Setup { hosts: Some(with_pages(self, "https://example.com")), ..Setup::default() }
    }

    fn setup_with_browser(&self) -> Setup {
        let web = self.practice.api().expect("the API listens");
        let settings = "[sign-in]\n\"github.com\" = \"practice-client\"\n".to_owned();
        Setup { hosts: Some(with_pages(self, &format!("http://{web}"))), settings, ..Setup::default() }
    }
}

fn with_pages(playground: &Playground, web: &str) -> String {
    let (hosts, own) =
        (playground.practice.hosts_file(), playground.practice.api().expect("the API listens"));
    hosts.replace(&format!("web = \"http://{own}\""), &format!("web = \"{web}\""))
}

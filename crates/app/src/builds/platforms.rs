//! The platforms that an engine builds.

use std::path::Path;

use slipway_engines::{Address, Engine};

use crate::view::{BuildHow, BuildPlatformView};

/// Where Linux tells whose programs it can run.
const FORMATS: &str = "/proc/sys/fs/binfmt_misc";

/// Platforms that are offered beside the engine's own.
const USUAL: [&str; 2] = ["linux/amd64", "linux/arm64"];

/// What `engine` builds; `runs`: commands of the platform are run for it.
pub(super) fn of(engine: &Engine, runs: bool) -> Vec<BuildPlatformView> {
    let own = engine.platform.clone();
    let others = USUAL.iter().filter(|platform| **platform != own).map(|platform| {
        let how = match (runs, emulator(engine, platform, Path::new(FORMATS))) {
            (false, _) => BuildHow::Native,
            // What nobody can know here the engine's answer will say.
            (true, Some(true) | None) => BuildHow::Emulated,
            (true, Some(false)) => BuildHow::NoEmulator,
        };
        BuildPlatformView { platform: (*platform).to_owned(), how }
    });
    let mut all = vec![BuildPlatformView { platform: own.clone(), how: BuildHow::Native }];
    all.extend(others);
    all
}

/// Whether the engine's kernel runs programs of a platform; none where it is not this computer's.
fn emulator(engine: &Engine, platform: &str, formats: &Path) -> Option<bool> {
    let Address::Socket(socket) = &engine.place.address else { return None };
    // Docker Desktop has a machine of its own.
    if !cfg!(target_os = "linux") || socket.components().any(|part| part.as_os_str() == "desktop") {
        return None;
    }
    knows(platform, formats)
}

fn knows(platform: &str, formats: &Path) -> Option<bool> {
    let architecture = match platform.rsplit('/').next()? {
        "amd64" => "x86_64",
        "arm64" => "aarch64",
        other => other,
    };
    let mut names = std::fs::read_dir(formats).ok()?.flatten().map(|entry| entry.file_name()).peekable();
    // Where it is not mounted there is nothing at all.
    names.peek()?;
    Some(names.any(|name| name.to_string_lossy().ends_with(architecture)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emulator_is_found_by_what_the_kernel_says() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(knows("linux/arm64", folder.path()), None, "it says nothing");
        assert_eq!(knows("linux/arm64", Path::new("/nowhere")), None);
        std::fs::write(folder.path().join("status"), "enabled").unwrap();
        assert_eq!(knows("linux/arm64", folder.path()), Some(false));
        std::fs::write(folder.path().join("qemu-aarch64"), "enabled").unwrap();
        assert_eq!(
            (knows("linux/arm64", folder.path()), knows("linux/amd64", folder.path())),
            (Some(true), Some(false))
        );
    }
}

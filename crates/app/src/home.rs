//! Slipway's own folder.

use std::io;
use std::path::Path;

/// Makes the folder `home`, and those above it that are not there, for nobody else: its names alone tell who publishes
/// what. One that is there as ours and stands open to others is closed.
pub(crate) fn make(home: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(home)?;
    #[cfg(unix)]
    close(home)?;
    Ok(())
}

/// Only what holds our database is ours: `SLIPWAY_HOME` may name a folder that others need.
#[cfg(unix)]
fn close(home: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = home.metadata()?.permissions().mode();
    if mode & 0o077 != 0 && home.join("slipway.db").is_file() {
        std::fs::set_permissions(home, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn nobody_else_looks_into_the_folder_and_a_shared_one_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let fresh = folder.path().join("share/slipway");
        make(&fresh).unwrap();
        assert_eq!(mode(&fresh), 0o700);
        let shared = folder.path().join("shared");
        std::fs::create_dir(&shared).unwrap();
        std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o755)).unwrap();
        make(&shared).unwrap();
        assert_eq!(mode(&shared), 0o755);
        std::fs::write(shared.join("slipway.db"), b"").unwrap();
        make(&shared).unwrap();
        assert_eq!(mode(&shared), 0o700);
    }
}

//! Files that are written where people say.

use std::path::Path;

use slipway_archive::{Output, OutputPlace};

use crate::view::{Code, FailureView};

/// Writes a file that is there as a whole or not.
pub(crate) fn save(
    path: &Path,
    write: impl FnOnce(&mut Output) -> std::io::Result<()>,
) -> Result<(), FailureView> {
    let saved = OutputPlace::of(path)
        .and_then(OutputPlace::open_private)
        .and_then(|mut file| write(&mut file).map(|()| file))
        .and_then(Output::finish);
    saved.map_err(|error| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        FailureView::new(Code::OutputFailed, format!("{name} cannot be written: {error}"))
    })
}

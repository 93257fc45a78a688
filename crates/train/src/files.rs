//! Writing files so that a kill or a full disk at any moment leaves the older ones whole.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::TrainError;

/// Writes a file and waits until the disk has it: some report only then that they are full.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), TrainError> {
    let mut file = File::create(path).map_err(TrainError::io(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(TrainError::io(path))
}

/// Writes beside and renames.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), TrainError> {
    let beside = path.with_extension("partial");
    let written = write(&beside, bytes)
        .and_then(|()| fs::rename(&beside, path).map_err(TrainError::io(path)));
    if written.is_err() {
        // The error that is reported matters more than one in cleaning up after it.
        let _ = fs::remove_file(&beside);
    }
    written
}

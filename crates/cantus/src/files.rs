//! Reading and writing files so that nothing is lost.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use score::formats::{Document, Format, ReadOptions};

/// Reads a score.
///
/// # Errors
/// Names the file, the place in it and the way out.
pub fn read_score(path: &Path, options: &ReadOptions) -> Result<Document> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    Document::read(bytes, path, options).with_context(|| path.display().to_string())
}

/// The format that the name of an output file asks for.
///
/// # Errors
/// If its extension is that of no format that can be written.
pub fn output_format(path: &Path) -> Result<Format> {
    Format::from_extension(path).with_context(|| {
        format!(
            "{}: unknown format; end the name in .musicxml, .mxl, .abc, .mid or .json",
            path.display()
        )
    })
}

/// Writes a file whole or not at all: beside its place first, then renamed.
///
/// # Errors
/// If the folder does not exist or cannot be written to.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = || path.display().to_string();
    let mut beside = tempfile::NamedTempFile::new_in(folder).with_context(name)?;
    beside.write_all(bytes).with_context(name)?;
    readable_by_all(beside.as_file()).with_context(name)?;
    beside.persist(path).with_context(name)?;
    Ok(())
}

/// A temporary file is its owner's alone; a score is not.
#[cfg(unix)]
fn readable_by_all(file: &fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_file: &fs::File) -> std::io::Result<()> {
    Ok(())
}

/// Prints warnings of a reader on stderr.
pub fn print_warnings(path: &Path, warnings: &[score::Warning]) {
    for warning in warnings {
        eprintln!("warning: {}: {warning}", path.display());
    }
}

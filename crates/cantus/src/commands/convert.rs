//! `cantus convert`: a score in another format.

use anyhow::{Context, Result};
use score::formats;

use crate::arguments::Convert;
use crate::files;

/// Runs the verb.
pub fn run(arguments: &Convert) -> Result<()> {
    let format = files::output_format(&arguments.output)?;
    let document = files::read_score(&arguments.input, &(&arguments.selection).into())?;
    let name = || arguments.input.display().to_string();
    let reading = document.first().with_context(name)?.reading.clone().with_context(name)?;
    files::print_warnings(&arguments.input, &reading.warnings);
    let bytes = formats::write(&reading.sheet, format)
        .with_context(|| arguments.output.display().to_string())?;
    files::write_whole(&arguments.output, &bytes)
}

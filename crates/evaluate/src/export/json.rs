//! Everything, for programs.

use super::ExportError;
use crate::Report;

pub(super) fn write(report: &Report) -> Result<String, ExportError> {
    Ok(serde_json::to_string_pretty(report)? + "\n")
}

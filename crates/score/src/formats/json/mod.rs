//! Cantus's own JSON: everything a lead sheet holds, as it is.
//!
//! `docs/lead-sheet.schema.json` describes it. Times are exact: strings such as `"4"` or
//! `"7/3"`, in quarter notes. Each chord stands there twice, as a structure, which counts,
//! and as a symbol for people; where there is only the symbol, it counts.

mod document;
mod range;
mod read;
mod time;
mod write;

pub use read::read;
pub use write::write;

/// What a document says it is.
pub const FORMAT: &str = "cantus-lead-sheet";

/// The version of the format that is written, and the newest that is read.
pub const VERSION: u32 = 1;

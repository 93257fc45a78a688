//! MusicXML 1.0 to 4.0: a reader, a writer into the document that was read, and a writer of
//! fresh documents.
//!
//! The document is parsed into a tree that remembers the bytes of each element, so that chords
//! can be written into it by splicing text and everything else stays as it was. A library of
//! typed MusicXML elements would have to re-serialise the whole document, and lose what it does
//! not know.

mod bars;
mod container;
mod document;
mod harmony;
mod header;
mod insert;
mod insertion;
mod marks;
mod notation;
mod part;
mod parts;
mod reading;
mod repeats;
mod signature;
mod symbols;
mod text;
mod transposition;
mod value;
mod voices;
mod walk;
mod writing;
mod xml;

pub(in crate::formats) use container::rootfile;
pub use insert::write_into;
pub use reading::read;
pub use writing::write;

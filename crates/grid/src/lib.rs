//! The time grid: a lead sheet cut into equal cells, and the corpus of such pieces on disk.
//!
//! A **cell** is one written beat of the metre (a quarter in 4/4, an eighth in 6/8), or a half
//! or a quarter of it. Each cell holds what sounds in it of the melody and the one harmony
//! token that sounds longest.

mod cell;
pub mod corpus;
mod decode;
mod encode;
mod family;
mod key;
pub mod synth;
mod token;
mod vocabulary;

pub use cell::{Cell, CellMeter, KEYS};
pub use decode::decode;
pub use encode::{EncodeError, EncodedPiece, Resolution, Span, encode};
pub use family::{MelodyHash, Split, families};
pub use key::Keys;
pub use token::Token;
pub use vocabulary::{QUALITIES, TokenQuality, Vocabulary};

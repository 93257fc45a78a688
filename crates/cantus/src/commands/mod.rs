//! One file per verb.

pub mod bench;
pub mod convert;
pub mod corpus;
pub mod curriculum;
pub mod diagnose;
pub mod evaluate;
pub mod harmonize;
pub mod inspect;
pub mod measure;
pub mod prepare;
pub mod sweep;
mod sweep_figures;
pub mod train;

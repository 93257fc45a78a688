//! What is shown and what is asked: patterns, target rules and schedules of masking.
//!
//! A **pattern** says which cells of an item are visible at a **stage**, a **target rule**
//! which of the hidden ones carry loss, and a **schedule** at which stage an item trains as
//! training goes on. The three together are a [`Curriculum`]; the known ones have names
//! ([`Preset`]). Everything is counted over the real cells of an item, never over padding.
//!
//! The crate is pure: it knows no tensors, no files and no music beyond the metric place
//! of each cell ([`Layout`]).

mod curriculum;
pub mod draw;
pub mod evaluation;
mod layout;
mod masking;
mod meter;
pub mod patterns;
mod preset;
mod progress;
pub mod schedules;
mod targets;

pub use curriculum::{Curriculum, InvalidCurriculum};
pub use evaluation::Probe;
pub use layout::{InvalidLayout, Layout, Place};
pub use masking::{Cell, InvalidMasking, Masking};
pub use meter::{Meter, Strength};
pub use patterns::{Level, Pattern, Stages};
pub use preset::Preset;
pub use progress::Progress;
pub use schedules::{Distribution, Schedule, ScheduleState};
pub use targets::TargetRule;

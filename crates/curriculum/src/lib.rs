//! What is shown and what is asked: patterns, target rules and schedules of masking.
//!
//! A **pattern** says which cells of an item are visible at a **stage**, a **target rule**
//! which of the hidden ones carry loss, and a **schedule** at which stage an item trains as
//! training goes on. The three together are a [`Curriculum`]; the known ones have names
//! ([`Preset`]). Everything is counted over the real cells of an item, never over padding.
//!
//! ```
//! use curriculum::{Layout, Meter, Preset, Progress};
//! use rand::SeedableRng;
//! use rand_chacha::ChaCha8Rng;
//!
//! # fn main() -> Result<(), curriculum::InvalidLayout> {
//! let curriculum = Preset::FullToFull.curriculum();
//! // Eight bars of 3/4 with a pickup of one beat, a cell a beat.
//! let layout = Layout::regular(Meter::new(3, 4, 1)?, 1, 25)?;
//! // Before step 900 of 1,000, which are 20 epochs.
//! let progress = Progress::new(900, 1_000, 50);
//! // One stream for each item: its masking depends on nothing else.
//! let mut random = ChaCha8Rng::seed_from_u64(7);
//! let masking = curriculum.mask(&layout, progress, &mut random);
//! // ⌊.9⁵ · 25⌋ = 14 chords are shown and the other 11 are asked.
//! assert_eq!((masking.visible(), masking.targets()), (14, 11));
//! # Ok(())
//! # }
//! ```
//!
//! To measure a model, [`evaluation`] has masks that never change; to look at a
//! curriculum, [`draw`] has pictures.
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

//! The eleven metrics of a harmonization.
//!
//! Authors agree on the formulas and differ in what they count: which chord events, chords
//! at which moments, notes or time. A [`Convention`] names one such set of habits; it turns a
//! harmonization into observations, and the formulas, one file each, know nothing of it.

mod beat_strength;
mod chord_distance;
mod chord_tones;
mod consonance;
mod exact;
pub(crate) mod histogram;
mod melody_distance;
mod metric;
mod observations;
mod yeh;

pub use metric::{Metric, MetricValues};

pub(crate) use beat_strength::{BeatStrength, GRIDS};
pub(crate) use observations::{NoteOverChord, Observations, TimeOverChord, Window};

use crate::{Harmonization, reference};

use serde::{Deserialize, Serialize};

/// Whose habits of counting to follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Convention {
    /// Ours: exact time in quarter notes; neighbours that sound the same are one chord event;
    /// a note held over a chord change is judged against each chord for the time it shares
    /// with it; what is not defined (the tonal distance of one chord) has no value.
    #[default]
    Exact,
    /// The published reference code's: see [`crate::reference`]. Times are seconds, chords are
    /// sampled at half bars, neighbours are not merged, what is not defined is zero.
    Reference,
    /// Yeh et al. 2021 (arXiv 2001.02360): one chord per half bar, neighbours not merged,
    /// consonance on sixteenth steps. The rhythm metrics, which that paper does not have, are
    /// those of [`Convention::Exact`].
    Yeh,
}

impl Convention {
    /// All conventions.
    pub const ALL: [Self; 3] = [Self::Exact, Self::Reference, Self::Yeh];

    /// The name by which it is asked for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Reference => "reference",
            Self::Yeh => "yeh",
        }
    }
}

/// The metrics of `harmonization` under `convention`.
///
/// # Errors
/// Only [`Convention::Reference`] can fail: on pieces too long for its grid of beats.
pub fn measure(
    harmonization: &Harmonization,
    convention: Convention,
) -> Result<MetricValues, reference::ReferenceError> {
    Ok(match convention {
        Convention::Exact => exact::observe(harmonization).values(0.0),
        Convention::Yeh => yeh::observe(harmonization).values(0.0),
        Convention::Reference => {
            reference::Performance::from_harmonization(harmonization).measure()?
        }
    })
}

#[cfg(test)]
mod tests;

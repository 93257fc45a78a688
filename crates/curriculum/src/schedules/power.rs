//! **Power of progress**: the share shown is v = (step / total steps)^exponent, the same
//! for all items of a batch.
//!
//! The "full-to-full" curriculum of "Pay (Cross) Attention to the Melody: Curriculum
//! Masking for Single-Encoder Melodic Harmonization" (arXiv 2601.16150), with exponent 5;
//! 4 to 13 were tried. Training stays near full masking for long and ends with all shown.
//! Of a pattern with T stages it picks stage ⌊T · v⌋.

use serde::{Deserialize, Serialize};

use super::{Distribution, positive};
use crate::{InvalidCurriculum, Pattern, Progress};

/// Shown as a power of progress.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Power {
    /// The exponent; larger ones hide longer.
    pub exponent: f64,
}

impl Power {
    pub(super) fn distribution(self, pattern: &Pattern, progress: Progress) -> Distribution {
        Distribution::at_share(progress.share().powf(self.exponent), pattern)
    }

    pub(super) fn validate(self) -> Result<(), InvalidCurriculum> {
        positive("exponent", self.exponent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedules::testing::{continuous, of_stages};

    #[test]
    fn half_way_almost_nothing_is_shown() {
        let at = |step| {
            Power { exponent: 5.0 }.distribution(&continuous(), Progress::new(step, 100, 10))
        };
        assert_eq!(at(0), Distribution::Share(0.0));
        assert_eq!(at(50), Distribution::Share(0.03125));
        assert_eq!(at(100), Distribution::Share(1.0));
    }

    #[test]
    fn of_stages_it_picks_the_one_reached() {
        let at = |step| {
            Power { exponent: 2.0 }.distribution(&of_stages(10), Progress::new(step, 100, 10))
        };
        // ⌊10 · .25⌋, and the last at the end.
        assert_eq!(at(50), Distribution::only(2, 10));
        assert_eq!(at(100), Distribution::only(9, 10));
    }
}

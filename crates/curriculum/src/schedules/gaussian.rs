//! **Gaussian bump**: the share shown rises from nothing to all and falls back to nothing,
//! v = exp(−½ ((step − S · centre) / (S · width))²) of S steps; published with centre ½ and
//! width 1/15. Nothing is shown at the beginning and at the end of training.
//!
//! Of a pattern with T stages it picks stage ⌊T · v⌋.

use serde::{Deserialize, Serialize};

use super::{Distribution, positive};
use crate::{InvalidCurriculum, Pattern, Progress};

/// Shown most in the middle of training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gaussian {
    /// When most is shown, as a share of training.
    #[serde(default = "centre")]
    pub centre: f64,
    /// The standard deviation, as a share of training.
    #[serde(default = "width")]
    pub width: f64,
}

const fn centre() -> f64 {
    0.5
}

const fn width() -> f64 {
    1.0 / 15.0
}

impl Default for Gaussian {
    /// The published one.
    fn default() -> Self {
        Self { centre: centre(), width: width() }
    }
}

impl Gaussian {
    pub(super) fn distribution(self, pattern: &Pattern, progress: Progress) -> Distribution {
        let deviations = (progress.share() - self.centre) / self.width;
        Distribution::at_share((-0.5 * deviations * deviations).exp(), pattern)
    }

    pub(super) fn validate(self) -> Result<(), InvalidCurriculum> {
        if !(0.0..=1.0).contains(&self.centre) {
            return Err(InvalidCurriculum::Share { name: "centre", share: self.centre });
        }
        positive("width", self.width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedules::testing::continuous;

    #[test]
    fn all_is_shown_in_the_middle_and_nothing_at_the_ends() {
        let shown = |step| match Gaussian::default()
            .distribution(&continuous(), Progress::new(step, 150, 10))
        {
            Distribution::Share(share) => share,
            other => panic!("a share, not {other:?}"),
        };
        assert!((shown(75) - 1.0).abs() < 1e-12);
        // S / 15 = 10 steps are one standard deviation: e^−½.
        assert!((shown(85) - 0.606_530_66).abs() < 1e-8);
        assert!((shown(65) - 0.606_530_66).abs() < 1e-8);
        assert!(shown(0) < 1e-12 && shown(150) < 1e-12);
    }
}

//! Which numbers are dropped: a hash, so that a mask is never stored.

/// Dropout of a rate: a number is kept if the hash of its column under its row's seed is not
/// below a threshold, and what is kept is scaled by 1 / (1 − rate).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mask {
    threshold: u32,
    kept: f32,
}

impl Mask {
    /// Nothing is dropped.
    #[cfg(test)]
    pub(crate) const OFF: Self = Self { threshold: 0, kept: 1.0 };

    /// Drops `rate`, 0 up to, not including, 1.
    pub(crate) fn new(rate: f32) -> Self {
        let threshold = (f64::from(rate) * f64::from(u32::MAX)) as u32;
        Self { threshold, kept: 1.0 / (1.0 - rate) }
    }

    /// Whether nothing is dropped.
    pub(crate) fn is_off(self) -> bool {
        self.threshold == 0
    }

    /// What the number in a column is multiplied by: 0 where dropped, else 1 / (1 − rate).
    #[inline(always)]
    pub(crate) fn factor(self, column: u32, row_seed: u32) -> f32 {
        if hash(column, row_seed) < self.threshold { 0.0 } else { self.kept }
    }
}

/// A seed for a row from its item's seed, the site and the row's logical place, by the finaliser
/// of SplitMix64 (Steele et al. 2014).
pub(crate) fn row_seed(item_seed: u64, site: u64, place: u64) -> u32 {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut z = item_seed
        ^ site.wrapping_mul(GOLDEN)
        ^ place.wrapping_add(1).wrapping_mul(0xD1B5_4A32_D192_ED03);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) as u32
}

/// A 32-bit avalanche of a column under a row's seed (the finaliser of MurmurHash3).
#[inline(always)]
fn hash(column: u32, row_seed: u32) -> u32 {
    let mut h = column.wrapping_mul(0x9E37_79B1) ^ row_seed;
    h ^= h >> 16;
    h = h.wrapping_mul(0x85EB_CA6B);
    h ^= h >> 13;
    h = h.wrapping_mul(0xC2B2_AE35);
    h ^ h >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_the_asked_share_is_dropped_and_the_mean_kept() {
        let mask = Mask::new(0.3);
        let factors: Vec<f32> = (0..400)
            .flat_map(|row| (0..250).map(move |column| mask.factor(column, row_seed(7, 1, row))))
            .collect();
        let dropped = factors.iter().filter(|factor| **factor == 0.0).count() as f64 / 1e5;
        // Standard error of a share of 100,000 draws: 0.0014.
        assert!((dropped - 0.3).abs() < 0.007, "{dropped}");
        let mean = factors.iter().map(|factor| f64::from(*factor)).sum::<f64>() / 1e5;
        assert!((mean - 1.0).abs() < 0.01, "{mean}");
    }

    #[test]
    fn rows_sites_and_items_have_masks_of_their_own() {
        let row = |item, site, place| -> Vec<f32> {
            let seed = row_seed(item, site, place);
            (0..64).map(|column| Mask::new(0.5).factor(column, seed)).collect()
        };
        assert_eq!(row(1, 1, 1), row(1, 1, 1));
        assert_ne!(row(1, 1, 1), row(2, 1, 1));
        assert_ne!(row(1, 1, 1), row(1, 2, 1));
        assert_ne!(row(1, 1, 1), row(1, 1, 2));
    }

    #[test]
    fn off_keeps_everything_as_it_is() {
        assert!(Mask::OFF.is_off() && Mask::new(0.0).is_off() && !Mask::new(0.1).is_off());
        assert!((0..99).all(|column| Mask::OFF.factor(column, 5) == 1.0));
    }
}

//! Histograms and their entropy (CHE, CC, HRHE, HRC).

use std::collections::BTreeMap;

/// How often each distinct value occurs, in the order of the values.
pub(crate) fn counts<T: Ord>(values: impl IntoIterator<Item = T>) -> Vec<usize> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_insert(0usize) += 1;
    }
    counts.into_values().collect()
}

/// −Σ p ln(p + smoothing) in nats over the shares p of `counts`; `None` of nothing.
pub(crate) fn entropy(counts: &[usize], smoothing: f64) -> Option<f64> {
    let total: usize = counts.iter().sum();
    if total == 0 {
        return None;
    }
    let shares = counts.iter().map(|count| *count as f64 / total as f64);
    // Zero minus the sum, so that one certain value gives 0 and not −0.
    Some(0.0 - shares.map(|p| p * (p + smoothing).ln()).sum::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_shares_have_the_logarithm_of_their_number() {
        assert_eq!(counts([3, 1, 3, 1, 2, 2]), [2, 2, 2]);
        let entropy = entropy(&[2, 2, 2], 0.0).expect("not empty");
        assert!((entropy - 3f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn one_value_is_certain_and_none_is_undefined() {
        assert_eq!(entropy(&[5], 0.0), Some(0.0));
        assert_eq!(entropy(&[], 0.0), None);
    }
}

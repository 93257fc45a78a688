//! Attention through all layers.

use model::AttentionMaps;

/// Attention rollout (Abnar and Zuidema 2020, arXiv 2005.00928): Â = ½(A + I) for each layer, A
/// the mean over its heads, I the residual connection; R = Â_L … Â_1. Rows and columns are the
/// positions of the item; rows sum to 1.
pub(super) fn rollout(maps: &AttentionMaps) -> Vec<Vec<f64>> {
    let positions = maps.places().len();
    let identity = |row: usize| (0..positions).map(move |at| f64::from(u8::from(at == row)));
    let mut rollout: Vec<Vec<f64>> = (0..positions).map(|row| identity(row).collect()).collect();
    for layer in 0..maps.layers() {
        rollout = (0..positions).map(|query| mixed(maps, layer, query, &rollout)).collect();
    }
    rollout
}

/// Row `query` of Â · R.
fn mixed(maps: &AttentionMaps, layer: usize, query: usize, rollout: &[Vec<f64>]) -> Vec<f64> {
    let heads = maps.heads() as f64;
    let mut mean = vec![0.0; rollout.len()];
    for head in 0..maps.heads() {
        for (mean, weight) in mean.iter_mut().zip(maps.row(layer, head, query)) {
            *mean += f64::from(*weight) / heads;
        }
    }
    // ½ I · R, then ½ A · R.
    let mut row: Vec<f64> = rollout[query].iter().map(|value| value / 2.0).collect();
    for (weight, below) in mean.iter().zip(rollout) {
        for (sum, value) in row.iter_mut().zip(below) {
            *sum += weight / 2.0 * value;
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use model::SequencePlace;

    use super::*;

    const PLACES: [SequencePlace; 3] =
        [SequencePlace::Condition, SequencePlace::Melody(0), SequencePlace::Harmony(0)];

    #[test]
    fn two_layers_multiplied_by_hand() {
        // Layer 1: all look at position 0. Layer 2: two heads, one at 1, one at 2.
        let first = [1.0, 0.0, 0.0].repeat(3);
        let second = [[0.0, 1.0, 0.0].repeat(3), [0.0, 0.0, 1.0].repeat(3)].concat();
        let weights = [first.clone(), first, second].concat();
        let maps = AttentionMaps::new(2, 2, PLACES.to_vec(), weights).expect("36 weights");
        // Â₁ = ½(A₁ + I) has rows (1,0,0), (½,½,0), (½,0,½); A₂ has rows (0,½,½).
        // R = ½(A₂ + I)·Â₁: ¼·(½,½,0) + ¼·(½,0,½) + ½·(row of Â₁).
        let expected = [[0.75, 0.125, 0.125], [0.5, 0.375, 0.125], [0.5, 0.125, 0.375]];
        for (row, expected) in rollout(&maps).iter().zip(expected) {
            assert_eq!(row, &expected);
        }
    }

    #[test]
    fn rows_stay_distributions() {
        let row = [0.2f32, 0.5, 0.3];
        let maps = AttentionMaps::new(3, 1, PLACES.to_vec(), row.repeat(9)).expect("27 weights");
        for row in rollout(&maps) {
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-6);
        }
    }
}

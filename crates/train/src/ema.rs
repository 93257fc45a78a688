//! A moving average of the weights.

/// Moves `average` towards `values`: `average ← decay·average + (1 − decay)·values`, with the
/// decay held down in the first steps so that the initial weights are soon forgotten
/// (Tarvainen 2017).
pub(crate) fn update(average: &mut [f32], values: &[f32], decay: f32, steps: u64) {
    let early = (1.0 + steps as f32) / (10.0 + steps as f32);
    let decay = decay.min(early);
    for (average, value) in average.iter_mut().zip(values) {
        *average += (1.0 - decay) * (value - *average);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_decay_the_average_is_the_value() {
        let mut average = [0.0];
        update(&mut average, &[3.0], 0.0, 100);
        assert_eq!(average, [3.0]);
    }

    #[test]
    fn late_steps_move_it_by_the_complement_of_the_decay() {
        let mut average = [0.0];
        update(&mut average, &[1.0], 0.9, 1_000_000);
        assert!((average[0] - 0.1).abs() < 1e-6);
    }
}

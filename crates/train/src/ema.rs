//! A moving average of the weights.

/// A moving average that moves by `share` towards the weights in a step:
/// `average ← average + share · (value − average)`.
#[derive(Debug)]
pub(crate) struct Average<'a> {
    /// The average of every weight.
    pub values: &'a mut [f32],
    /// How far it moves, 0 to 1.
    pub share: f32,
}

/// How far the average moves in the step after `steps` others: 1 − decay, with the decay held down
/// in the first steps so that the initial weights are soon forgotten (Tarvainen 2017).
pub(crate) fn share(decay: f32, steps: u64) -> f32 {
    let early = (1.0 + steps as f32) / (10.0 + steps as f32);
    1.0 - decay.min(early)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_steps_move_it_by_the_complement_of_the_decay() {
        assert_eq!(share(0.0, 100), 1.0);
        assert!((share(0.9, 1_000_000) - 0.1).abs() < 1e-6);
    }

    #[test]
    fn the_first_steps_move_it_further() {
        assert!((share(0.998, 0) - 0.9).abs() < 1e-6);
        assert!((share(0.998, 10) - 0.45).abs() < 1e-6);
    }
}

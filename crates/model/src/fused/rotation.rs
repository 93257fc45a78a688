//! Rotary positions (Su 2021) of queries and keys.

/// Turns pair j of a head of width h, the numbers j and j + h/2, by the angle of its row's slot.
#[derive(Clone, Debug)]
pub(crate) struct Rotation {
    /// `[slots, head width / 2]`
    cosines: Vec<f32>,
    sines: Vec<f32>,
    pairs: usize,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// By the angle.
    Forward,
    /// Back again, as gradients go.
    Back,
}

impl Rotation {
    /// From the tables of the angles' cosines and sines, `[slots, head width / 2]` both.
    pub(crate) fn new(cosines: Vec<f32>, sines: Vec<f32>, head_width: usize) -> Self {
        assert!(cosines.len() == sines.len() && head_width.is_multiple_of(2));
        Self { cosines, sines, pairs: head_width / 2 }
    }

    /// Turns a row of one head. The condition (place 0) is at slot 0; the melody and the harmony
    /// of a slot, at the places 2·slot − 1 and 2·slot, share its angle.
    pub(super) fn turn(&self, row: &mut [f32], place: u32, turn: Turn) {
        let slot = place.div_ceil(2) as usize;
        let table = slot * self.pairs..(slot + 1) * self.pairs;
        let angles = self.cosines[table.clone()].iter().zip(&self.sines[table]);
        let sign = if turn == Turn::Forward { 1.0 } else { -1.0 };
        let (first, second) = row.split_at_mut(self.pairs);
        for ((a, b), (cosine, sine)) in first.iter_mut().zip(second).zip(angles) {
            let sine = sign * sine;
            (*a, *b) = (*a * cosine - *b * sine, *a * sine + *b * cosine);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_turned_and_turned_back_is_itself() {
        let angles: Vec<f32> = (0..6).map(|i| 0.4 * i as f32).collect();
        let table = |turn: fn(f32) -> f32| angles.iter().map(|angle| turn(*angle)).collect();
        let rotation = Rotation::new(table(f32::cos), table(f32::sin), 4);
        let row = [0.5, -1.0, 2.0, 0.25];
        let mut turned = row;
        rotation.turn(&mut turned, 3, Turn::Forward);
        // Place 3 is the melody of slot 2: angles 1.6 and 2.0.
        assert!((turned[0] - (0.5 * 1.6f32.cos() - 2.0 * 1.6f32.sin())).abs() < 1e-6);
        assert!((turned[3] - (-2.0f32.sin() + 0.25 * 2.0f32.cos())).abs() < 1e-6);
        rotation.turn(&mut turned, 3, Turn::Back);
        assert!(turned.iter().zip(row).all(|(a, b)| (a - b).abs() < 1e-6));
    }
}

//! Rotary positions (Su 2021).

use burn::tensor::{Tensor, TensorData};

use crate::Device;

/// The slowest pair of numbers turns by nearly a radian in so many places.
const BASE: f64 = 10_000.0;

/// Turns queries and keys by the angles of their places: pair j of a head of width h by
/// place · 10000^(−2j/h), where pair j is the numbers j and j + h/2.
///
/// The condition stands at place 0, the slots of either half from 1 on: a harmony cell and the
/// melody cell beneath it share their angle, and what tells them apart is what they hold.
#[derive(Clone, Debug)]
pub(super) struct Rotation {
    /// `[1, 1, sequence, head width / 2]` both.
    cosines: Tensor<4>,
    sines: Tensor<4>,
}

impl Rotation {
    /// For a sequence of the condition and twice `slots`.
    pub(super) fn new(slots: usize, head_width: usize, device: &Device) -> Self {
        let places: Vec<usize> = [0].into_iter().chain(1..=slots).chain(1..=slots).collect();
        Self::of_places(&places, head_width, device)
    }

    fn of_places(places: &[usize], head_width: usize, device: &Device) -> Self {
        let shape = [1, 1, places.len(), head_width / 2];
        let [cosines, sines] = tables(places.iter().copied(), head_width)
            .map(|values| Tensor::from_data(TensorData::new(values, shape), device));
        Self { cosines, sines }
    }

    /// `[batch, heads, sequence, head width]` → the same, turned.
    pub(super) fn turn(&self, x: Tensor<4>) -> Tensor<4> {
        let pairs = self.cosines.dims()[3];
        let (first, second) = (x.clone().narrow(3, 0, pairs), x.narrow(3, pairs, pairs));
        let (cosines, sines) = (self.cosines.clone(), self.sines.clone());
        Tensor::cat(
            vec![
                first.clone() * cosines.clone() - second.clone() * sines.clone(),
                first * sines + second * cosines,
            ],
            3,
        )
    }
}

/// Cosines and sines of the angles of places, `[places, head width / 2]` both.
pub(super) fn tables(
    places: impl Iterator<Item = usize> + Clone,
    head_width: usize,
) -> [Vec<f32>; 2] {
    let rate = |pair: usize| BASE.powf(-2.0 * pair as f64 / head_width as f64);
    [f64::cos, f64::sin].map(|turn| {
        let of_place = |place| (0..head_width / 2).map(move |pair| place as f64 * rate(pair));
        places.clone().flat_map(of_place).map(|angle| turn(angle) as f32).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::parameters::floats;

    const WIDTH: usize = 6;

    /// The score of a query at one place with a key at another.
    fn score(query_place: usize, key_place: usize) -> f32 {
        let cpu = device("cpu").expect("a processor");
        let turned = |place, values: [f32; WIDTH]| {
            let x = Tensor::from_data(TensorData::new(values.to_vec(), [1, 1, 1, WIDTH]), &cpu);
            Rotation::of_places(&[place], WIDTH, &cpu).turn(x)
        };
        let query = turned(query_place, [0.3, -1.2, 0.7, 0.1, 0.9, -0.4]);
        let key = turned(key_place, [1.1, 0.2, -0.6, 0.8, -0.3, 0.5]);
        floats((query * key).sum().into_data())[0]
    }

    #[test]
    fn scores_depend_on_offsets_alone() {
        for (query, key) in [(0, 0), (3, 5), (9, 2)] {
            for shift in [1, 7, 64] {
                let difference = score(query, key) - score(query + shift, key + shift);
                assert!(difference.abs() < 1e-5, "{difference}");
            }
        }
        assert!((score(3, 5) - score(5, 3)).abs() > 1e-2, "before is not after");
        assert!((score(3, 5) - score(3, 6)).abs() > 1e-2, "near is not far");
    }

    #[test]
    fn a_harmony_cell_shares_its_angle_with_the_melody_cell_beneath() {
        let cpu = device("cpu").expect("a processor");
        let rotation = Rotation::new(3, WIDTH, &cpu);
        let cosines = floats(rotation.cosines.into_data());
        let places: Vec<_> = cosines.chunks(WIDTH / 2).collect();
        assert_eq!(places.len(), 7);
        assert_eq!(places[1..4], places[4..7]);
        assert_eq!(places[0], [1.0; 3], "the condition is not turned");
    }
}

use burn::tensor::Tensor;
use grid::{Cell, CellMeter, Token};

use super::*;
use crate::{Item, Positions, device};

mod agreement;
mod variants;

pub(super) fn small() -> EncoderConfig {
    EncoderConfig {
        width: 16,
        heads: 4,
        layers: 2,
        feed_forward: 32,
        dropout: 0.0,
        positions: Positions::Relative { reach: 8 },
        ..EncoderConfig::default()
    }
}

pub(super) fn item(cells: u16, seed: u64) -> Item {
    let cell = |place: u16| {
        let mut cell = Cell::new(
            Token::MASK,
            CellMeter {
                bar: place / 4,
                place: place % 4,
                cells_in_bar: 4,
                cells_per_pulse: 1,
                numerator: 4,
                denominator: 4,
                first_bar: place < 4,
                last_bar: place + 4 >= cells,
            },
        );
        cell.add_note(60 + (i32::from(place) * 5 + seed as i32) % 12, 1.0, true);
        cell
    };
    let shown = |i: u16| if i.is_multiple_of(3) { Token(6 + 29 * (i % 12)) } else { Token::MASK };
    Item { seed, ..Item::new((0..cells).map(cell).collect(), (0..cells).map(shown).collect()) }
}

pub(super) fn encoder(config: &EncoderConfig) -> Encoder {
    Encoder::new(config, 3, &device("cpu").expect("a processor").autodiff())
        .expect("a valid configuration")
}

#[test]
fn bfloat16_moves_what_is_predicted_by_its_rounding_alone() {
    let encoder = encoder(&small());
    let batch = Batch::new(&[item(12, 1), item(7, 2)], encoder.config());
    let logits = |encoder: &Encoder| {
        let logits = encoder.logits(&batch, &batch.rows(), &Dropout::OFF);
        crate::parameters::floats(logits.into_data())
    };
    let exact = logits(&encoder);
    let rounded = encoder.clone().with_precision(Precision::BFloat16).expect("on a processor");
    let difference = largest_difference(&exact, &logits(&rounded));
    // Two layers of products of numbers with eight bits.
    assert!((1e-6..0.02).contains(&difference), "{difference}");
    let back = rounded.with_precision(Precision::Single).expect("on a processor");
    assert_eq!(logits(&back), exact);
}

#[test]
fn a_second_pass_is_the_first_once_more_and_other_values_are_read_anew() {
    let cpu = device("cpu").expect("a processor");
    let encoder = |seed| Encoder::new(&small(), seed, &cpu).expect("a valid configuration");
    let batch = Batch::new(&[item(12, 1)], &small());
    let logits = |encoder: &Encoder| {
        let logits = encoder.logits(&batch, &batch.rows(), &Dropout::OFF);
        crate::parameters::floats(logits.into_data())
    };
    let (one, other) = (encoder(3), encoder(4));
    let first = logits(&one);
    assert_eq!(logits(&one), first);
    assert_eq!(logits(&one.clone().with_values(&other.parameters().values)), logits(&other));
    assert_eq!(logits(&one), first);
}

/// Hidden states of each item without its padding.
fn hidden(encoder: &Encoder, items: &[Item], dropout: &Dropout) -> Vec<Vec<f32>> {
    let batch = Batch::new(items, encoder.config());
    let width = encoder.config().width;
    let values = encoder.hidden(&batch, &batch.rows(), dropout).into_data();
    let mut values = crate::parameters::floats(values).into_iter();
    let mut next = |length: &usize| values.by_ref().take(length * width).collect();
    batch.lengths.iter().map(&mut next).collect()
}

pub(super) fn largest_difference(one: &[f32], other: &[f32]) -> f32 {
    assert_eq!(one.len(), other.len());
    one.iter().zip(other).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn initial_weights_come_from_the_seed_alone() {
    let cpu = device("cpu").expect("a processor");
    let draw = |seed| Encoder::new(&small(), seed, &cpu).expect("valid").parameters();
    assert_eq!(draw(5), draw(5));
    assert_ne!(draw(5).values, draw(6).values);
}

/// Mean square of the logits: something to differentiate.
fn loss(encoder: &Encoder, items: &[Item], dropout: &Dropout) -> Tensor<1> {
    let batch = Batch::new(items, encoder.config());
    let logits = encoder.logits(&batch, &batch.rows(), dropout);
    (logits.clone() * logits).mean()
}

/// The gradient of every parameter agrees with finite differences, dropout on.
fn assert_gradients_agree(name: &str, config: &EncoderConfig, items: &[Item]) {
    let encoder = encoder(config);
    // Larger matrices than at the start, so that every path carries something.
    let mut parameters = encoder.parameters();
    for parameter in parameters.layout.parameters.iter().filter(|p| p.shape.len() > 1) {
        parameters.values[parameter.range.clone()].iter_mut().for_each(|value| *value *= 6.0);
    }
    let encoder = encoder.with_values(&parameters.values);
    let dropout = Dropout::training(config);
    let gradients = encoder.gradients(&mut loss(&encoder, items, &dropout).backward());
    let value = |values: &[f32]| -> f64 {
        let moved = encoder.clone().with_values(values);
        f64::from(crate::parameters::floats(loss(&moved, items, &dropout).into_data())[0])
    };
    for parameter in &parameters.layout.parameters {
        // Along the gradient itself the slope is its length.
        let range = parameter.range.clone();
        let length = gradients[range.clone()].iter().map(|g| g * g).sum::<f32>().sqrt();
        assert!(length > 0.0, "{name}: nothing flows into {}", parameter.name);
        let step = 5e-3;
        let at = |sign: f32| {
            let mut values = parameters.values.clone();
            for (value, gradient) in values[range.clone()].iter_mut().zip(&gradients[range.clone()])
            {
                *value += sign * step * gradient / length;
            }
            value(&values)
        };
        let slope = (at(1.0) - at(-1.0)) / (2.0 * f64::from(step));
        let relative = (slope - f64::from(length)).abs() / f64::from(length).max(1e-2);
        assert!(relative < 0.02, "{name} {}: {slope} against {length}", parameter.name);
    }
}

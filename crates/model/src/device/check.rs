//! Whether a device computes what the processor computes.
//!
//! Drivers that do not know what burn makes of its kernels are known to run them all the same, and
//! to give other numbers without a word.

use grid::{Cell, CellMeter, Token};

use super::{Device, DeviceError};
use crate::parameters::floats;
use crate::{Batch, Dropout, Encoder, EncoderConfig, Item};

/// How far logits may be off: devices may round the factors of products.
const MOST: f32 = 0.05;

/// The device, if a small encoder finds the same logits on it as on the processor.
pub(super) fn checked(name: &str, device: Device) -> Result<Device, DeviceError> {
    let (expected, found) = (logits(&Device::flex()), logits(&device));
    let difference = largest_difference(&expected, &found);
    if difference <= MOST {
        Ok(device)
    } else {
        Err(DeviceError::Wrong { name: name.to_owned(), difference })
    }
}

/// The largest difference; infinite where something is not a number, or not there.
fn largest_difference(expected: &[f32], found: &[f32]) -> f32 {
    if expected.is_empty() || expected.len() != found.len() {
        return f32::INFINITY;
    }
    let difference = |(expected, found): (&f32, &f32)| match (expected - found).abs() {
        difference if difference.is_nan() => f32::INFINITY,
        difference => difference,
    };
    expected.iter().zip(found).map(difference).fold(0.0, f32::max)
}

/// The logits of an encoder with drawn weights for every cell of two short items.
fn logits(device: &Device) -> Vec<f32> {
    let (width, heads, layers, feed_forward) = (32, 2, 2, 64);
    let config = EncoderConfig { width, heads, layers, feed_forward, ..EncoderConfig::default() };
    let Ok(encoder) = Encoder::new(&config, 1, device) else { return Vec::new() };
    let batch = Batch::new(&[item(16), item(11)], &config);
    floats(encoder.logits(&batch, &batch.rows(), &Dropout::OFF).into_data())
}

/// A scale in 4/4 over chords of which every third is shown.
fn item(cells: u16) -> Item {
    let cell = |place: u16| {
        let meter = CellMeter {
            bar: place / 4,
            place: place % 4,
            cells_in_bar: 4,
            cells_per_pulse: 1,
            numerator: 4,
            denominator: 4,
            first_bar: place < 4,
            last_bar: place + 4 >= cells,
        };
        let mut cell = Cell::new(Token::MASK, meter);
        cell.add_note(60 + i32::from(place) * 2 % 12, 1.0, true);
        cell
    };
    let first = Token::FIRST_CHORD.index() as u16;
    let shown = |place: u16| match place % 3 {
        0 => Token(first + 7 * place),
        _ => Token::MASK,
    };
    Item::new((0..cells).map(cell).collect(), (0..cells).map(shown).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_computes_what_the_processor_computes() {
        assert!(checked("cpu", Device::flex()).is_ok());
        let logits = logits(&Device::flex());
        // Logits that differ by more than what is let pass, or nothing would be told apart.
        let range = logits.iter().fold(0.0_f32, |most, logit| most.max(logit.abs()));
        assert!(range > 4.0 * MOST, "{range}");
    }

    #[test]
    fn what_is_off_not_a_number_or_missing_is_no_match() {
        assert_eq!(largest_difference(&[1.0, 2.0], &[1.5, 2.0]), 0.5);
        assert_eq!(largest_difference(&[1.0, 2.0], &[1.0, f32::NAN]), f32::INFINITY);
        assert_eq!(largest_difference(&[1.0, 2.0], &[1.0]), f32::INFINITY);
    }
}

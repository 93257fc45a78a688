//! Following the melody more closely than the model does by itself.

use model::{Item, Predictor, Probabilities};
use serde::{Deserialize, Serialize};

/// Classifier-free guidance (Ho 2022): ℓ_u + weight · (ℓ_c − ℓ_u), where the log-probabilities
/// ℓ_c are those with the melody and ℓ_u those without.
///
/// It helps late and harms early, when little of the harmony stands yet; so it begins only once
/// a share of it does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guidance {
    /// How far predictions are moved away from those without the melody: 1 leaves them, 0 forgets
    /// the melody, 2 doubles what it says.
    pub weight: f32,
    /// The share of the cells that must be filled before it begins, 0 to 1.
    pub from: f32,
}

impl Guidance {
    /// Guidance of this weight for the second half of the cells.
    pub const fn late(weight: f32) -> Self {
        Self { weight, from: 0.5 }
    }

    fn has_begun(self, item: &Item) -> bool {
        1.0 - item.masking_share() >= self.from
    }
}

/// Probabilities for some cells of every item, guided where guidance has begun.
pub(crate) fn predict(
    predictor: &Predictor,
    guidance: Option<Guidance>,
    items: &[Item],
    cells: &[Vec<usize>],
) -> Vec<Probabilities> {
    let mut predicted = predictor.predict_cells(items, cells);
    let Some(guidance) = guidance else { return predicted };
    let late: Vec<usize> =
        (0..items.len()).filter(|index| guidance.has_begun(&items[*index])).collect();
    let hidden: Vec<Item> =
        late.iter().map(|index| items[*index].clone().without_melody()).collect();
    let asked: Vec<Vec<usize>> = late.iter().map(|index| cells[*index].clone()).collect();
    for (index, without) in late.into_iter().zip(predictor.predict_cells(&hidden, &asked)) {
        predicted[index] = predicted[index].guided(&without, guidance.weight);
    }
    predicted
}

#[cfg(test)]
mod tests {
    use grid::{Cell, CellMeter, Resolution, Token};
    use model::{Encoder, EncoderConfig, Size};

    use super::*;

    fn predictor() -> Predictor {
        let config = EncoderConfig { guidance: true, ..Size::TwoByTwo.config() };
        let cpu = model::device("cpu").expect("a processor");
        let encoder = Encoder::new(&config, 1, &cpu).expect("valid");
        // Stronger weights than at the start, so that the melody says something.
        let values: Vec<f32> = encoder.parameters().values.iter().map(|v| 5.0 * v).collect();
        Predictor::new(encoder.with_values(&values), Resolution::Beat)
    }

    /// Eight cells of which `filled` are.
    fn item(filled: usize) -> Item {
        let cell = |place: u16| {
            let meter = CellMeter {
                bar: place / 4,
                place: place % 4,
                cells_in_bar: 4,
                cells_per_pulse: 1,
                numerator: 4,
                denominator: 4,
                first_bar: place < 4,
                last_bar: place >= 4,
            };
            let mut cell = Cell::new(Token::MASK, meter);
            cell.add_note(60 + i32::from(place), 1.0, true);
            cell
        };
        let token = |index| if index < filled { Token(6 + index as u16) } else { Token::MASK };
        Item::new((0..8).map(cell).collect(), (0..8).map(token).collect())
    }

    #[test]
    fn guidance_begins_late_and_goes_away_from_what_is_said_without_the_melody() {
        let predictor = predictor();
        let items = [item(3), item(4)];
        let all: [Vec<usize>; 2] = [(0..8).collect(), (0..8).collect()];
        let plain = predict(&predictor, None, &items, &all);
        assert_eq!(plain, predictor.predict(&items));
        let guided = predict(&predictor, Some(Guidance::late(3.0)), &items, &all);
        assert_eq!(guided[0], plain[0], "fewer than half of the cells are filled");
        let without = predictor.predict(&[items[1].clone().without_melody()]);
        let token = (6..300).max_by(|a, b| {
            let gain = |token: usize| plain[1].of(5)[token] / without[0].of(5)[token];
            gain(*a).total_cmp(&gain(*b))
        });
        let token = token.expect("tokens");
        assert!(guided[1].of(5)[token] > 1.05 * plain[1].of(5)[token]);
    }
}

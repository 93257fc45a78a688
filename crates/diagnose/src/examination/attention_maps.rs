//! Whole attention maps of a few pieces, to look at.

use grid::{Cell, Token, Vocabulary};
use model::{AttentionMaps, SequencePlace};
use serde::{Deserialize, Serialize};

use super::labels::{BarBeat, chord};
use super::pieces::{Piece, PieceName};

/// What stands at a position of a map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum MapPosition {
    /// The condition.
    Condition,
    /// A bar cell.
    Bar {
        /// The cell that begins the bar, from 0.
        cell: usize,
        /// Where that stands.
        at: BarBeat,
    },
    /// The melody of a cell.
    Melody {
        /// The cell, from 0.
        cell: usize,
        /// Where it stands.
        at: BarBeat,
    },
    /// The harmony of a cell.
    Harmony {
        /// The cell, from 0.
        cell: usize,
        /// Where it stands.
        at: BarBeat,
        /// Whether the model is shown the chord.
        visible: bool,
        /// The chord that stands there.
        chord: String,
    },
}

/// The attention weights of every layer and head in one piece.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttentionMap {
    /// The piece; the map is of its beginning.
    pub piece: PieceName,
    /// Visible cells in percent.
    pub visible: u8,
    /// What stands at each position: rows (from where) and columns (to where) of every map.
    pub positions: Vec<MapPosition>,
    /// `[layers][heads][from][to]`, to 4 places; rows sum to 1.
    pub weights: Vec<Vec<Vec<Vec<f32>>>>,
    /// Attention rollout through all layers `[from][to]`, to 4 places.
    pub rollout: Vec<Vec<f32>>,
}

/// Four places are finer than any picture, and short as text.
fn rounded(weight: f64) -> f32 {
    ((weight * 1e4).round() / 1e4) as f32
}

/// The map of `maps` and their `rollout` over `cells` of `piece`, of which the model was shown
/// `harmony`.
pub(super) fn map(
    piece: &Piece,
    visible: u8,
    cells: &[Cell],
    harmony: &[Token],
    maps: &AttentionMaps,
    rollout: &[Vec<f64>],
) -> AttentionMap {
    let vocabulary = Vocabulary::default();
    let position = |place: &SequencePlace| match *place {
        SequencePlace::Condition => MapPosition::Condition,
        SequencePlace::Bar(cell) => MapPosition::Bar { cell, at: BarBeat::from(&cells[cell]) },
        SequencePlace::Melody(cell) => {
            MapPosition::Melody { cell, at: BarBeat::from(&cells[cell]) }
        }
        SequencePlace::Harmony(cell) => MapPosition::Harmony {
            cell,
            at: BarBeat::from(&cells[cell]),
            visible: harmony[cell] != Token::MASK,
            chord: chord(cells[cell].harmony(), piece.key, &vocabulary),
        },
    };
    let queries = 0..maps.places().len();
    let head = |layer, head| -> Vec<Vec<f32>> {
        let row = |query| maps.row(layer, head, query).iter().map(|w| rounded(f64::from(*w)));
        queries.clone().map(|query| row(query).collect()).collect()
    };
    AttentionMap {
        piece: piece.name.clone(),
        visible,
        positions: maps.places().iter().map(position).collect(),
        weights: (0..maps.layers())
            .map(|layer| (0..maps.heads()).map(|index| head(layer, index)).collect())
            .collect(),
        rollout: rollout.iter().map(|row| row.iter().map(|w| rounded(*w)).collect()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examination::pieces::tests::cells;
    use crate::examination::rollout::rollout;

    #[test]
    fn positions_are_labelled_and_weights_rounded() {
        let (own, harmony) = (cells(0, 1), [Token::MASK]);
        let places =
            vec![SequencePlace::Condition, SequencePlace::Melody(0), SequencePlace::Harmony(0)];
        let third = [1.0 / 3.0; 3].repeat(3);
        let maps = AttentionMaps::new(1, 1, places, third).expect("nine weights");
        let piece = Piece { name: PieceName::default(), key: None, family: 0 };
        let map = map(&piece, 0, &own, &harmony, &maps, &rollout(&maps));
        let at = BarBeat { bar: 1, beat: 1.0 };
        assert_eq!(
            map.positions,
            [
                MapPosition::Condition,
                MapPosition::Melody { cell: 0, at },
                MapPosition::Harmony { cell: 0, at, visible: false, chord: "C".to_owned() }
            ]
        );
        assert_eq!(map.weights, [[[[0.3333; 3]; 3]]]);
        assert_eq!(map.rollout[0], [0.6667, 0.1667, 0.1667]);
        let text = serde_json::to_string(&map).expect("JSON");
        assert!(text.contains("0.3333") && text.contains(r#"{"kind":"melody","cell":0"#), "{text}");
    }
}

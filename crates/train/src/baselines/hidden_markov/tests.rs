use curriculum::Probe;
use grid::corpus::PieceKey;
use model::Item;

use super::*;
use crate::songs::tests::cells;
use crate::{TrainingSong, Validator};

fn song(cells: Vec<Cell>, tonic: u8) -> TrainingSong<'static> {
    let key = Some(PieceKey { tonic, minor: false });
    TrainingSong { cells: cells.into(), key, ..TrainingSong::default() }
}

/// Songs in which the melody is the root of the chord, in every bar another one.
fn learned() -> HiddenMarkov {
    HiddenMarkov::count(&SongSet { songs: vec![song(cells(0, 48), 0); 3] })
}

fn silent(cells: &[Cell]) -> Vec<Cell> {
    cells.iter().map(|cell| Cell::new(cell.harmony(), cell.meter())).collect()
}

fn measured(asked: TrainingSong<'static>, probe: Probe) -> crate::Figures {
    let set = SongSet { songs: vec![asked] };
    Validator::new(&set, &[probe], 64, 1, None).measure(&learned()).remove(0)
}

#[test]
fn a_melody_that_determines_its_chords_is_harmonized_in_any_key() {
    let moved: Vec<Cell> = cells(0, 48).iter().map(|cell| cell.transposed(5)).collect();
    let figures = measured(song(moved, 5), Probe::Cells(0));
    assert_eq!(figures.all.accuracy(), 1.0);
    assert!(figures.all.loss() < 0.5, "{}", figures.all.loss());
}

#[test]
fn without_a_melody_visible_bar_starts_are_held_through_their_bars() {
    let mute = song(silent(&cells(0, 48)), 0);
    let figures = measured(mute, Probe::Metric(Strength::Bar));
    assert_eq!(figures.all.accuracy(), 1.0, "chords change at bar starts alone");
}

#[test]
fn visible_cells_stay_and_every_place_is_a_distribution() {
    let model = learned();
    let cells = cells(0, 12);
    // A chord no song has, in the middle of what the melody says.
    let strange = Vocabulary::transposed(Token(Token::FIRST_CHORD.0 + 3), 4);
    let harmony = (0..12).map(|index| if index == 5 { strange } else { Token::MASK }).collect();
    let item = Item::new(cells, harmony);
    let question = Question::of_item(item, &[0, 1, 11]);
    let posterior = model.posterior(&question);
    assert_eq!(posterior[5], clamped(strange));
    for place in &posterior {
        assert!((place.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
    let hidden = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11];
    let possible = |place: usize| posterior[place].iter().all(|probability| *probability > 0.0);
    assert!(hidden.into_iter().all(possible), "no token is impossible");
}

#[test]
fn the_melody_moves_the_posterior_and_silence_does_not() {
    let model = learned();
    let melody = cells(0, 4);
    let say = |cells: Vec<Cell>| {
        let harmony = vec![Token::MASK; cells.len()];
        let question = Question::of_item(Item::new(cells, harmony), &[0]);
        model.posterior(&question)[0][melody[0].harmony().index()]
    };
    assert!(say(melody.clone()) > say(silent(&melody)));
}

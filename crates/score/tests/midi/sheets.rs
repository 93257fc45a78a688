//! Lead sheets to write: made up for these tests.

use score::{
    Bar, Chord, ChordEvent, Duration, Key, LeadSheet, Meter, Mode, Note, Pitch, PitchName,
    Position, Quality, RepeatMarks, Step, Symbol, Timed,
};

/// A duration of `numerator / denominator` quarter notes.
pub fn duration(numerator: i64, denominator: i64) -> Duration {
    Duration::new(numerator, denominator).expect("in range")
}

/// A position of `numerator / denominator` quarter notes.
pub fn position(numerator: i64, denominator: i64) -> Position {
    Position::new(numerator, denominator).expect("in range")
}

pub fn meter(numerator: u32, denominator: u32) -> Meter {
    Meter::new(numerator, denominator).expect("valid")
}

/// Bars of these lengths one after the other.
pub fn bars(lengths: &[Duration]) -> Vec<Bar> {
    let mut start = Position::ZERO;
    let numbered = lengths.iter().enumerate();
    numbered
        .map(|(written, length)| {
            let number = (written + 1).to_string();
            let repeats = RepeatMarks::default();
            let bar = Bar { start, length: *length, number, written, repeats };
            start += *length;
            bar
        })
        .collect()
}

/// Notes one after the other: MIDI keys with numerators and denominators of quarter notes;
/// key 0 is a rest.
pub fn melody(fifths: i32, notes: &[(u8, i64, i64)]) -> Vec<Note> {
    let mut onset = Position::ZERO;
    let mut melody = Vec::new();
    for (key, numerator, denominator) in notes {
        let duration = duration(*numerator, *denominator);
        if *key > 0 {
            melody.push(Note { onset, duration, pitch: Pitch::from_midi(*key, fifths) });
        }
        onset += duration;
    }
    melody
}

pub fn chord(onset: Position, root: PitchName, quality: Quality) -> ChordEvent {
    ChordEvent { onset, symbol: Symbol::Chord(Chord::new(root, quality)), written: None }
}

pub fn no_chord(onset: Position) -> ChordEvent {
    ChordEvent { onset, symbol: Symbol::NoChord, written: None }
}

/// A waltz in E flat major with a pickup of one quarter note, triplets and a slash chord.
pub fn waltz() -> LeadSheet {
    let e_flat = PitchName::new(Step::E, -1);
    let b_flat = PitchName::new(Step::B, -1);
    let slash =
        Chord { bass: Some(PitchName::new(Step::G, 0)), ..Chord::new(e_flat, Quality::Major) };
    LeadSheet {
        title: Some("Wiegenlied für Ännchen".into()),
        composer: Some("Nobody".into()),
        rights: Some("CC0".into()),
        tempo: Some(140.0),
        meters: vec![Timed { at: Position::ZERO, value: meter(3, 4) }],
        keys: vec![Timed { at: Position::ZERO, value: Key { fifths: -3, mode: Mode::Major } }],
        bars: bars(&[duration(1, 1), duration(3, 1), duration(3, 1), duration(3, 1)]),
        notes: melody(
            -3,
            &[
                (70, 1, 1),
                (75, 3, 2),
                (74, 1, 2),
                (72, 1, 1),
                (70, 1, 3),
                (72, 1, 3),
                (74, 1, 3),
                (0, 1, 1),
                (70, 1, 1),
                (63, 3, 1),
            ],
        ),
        chords: vec![
            no_chord(Position::ZERO),
            chord(Position::quarters(1), e_flat, Quality::Major),
            chord(Position::quarters(4), b_flat, Quality::Dominant),
            chord(Position::quarters(6), b_flat, Quality::Dominant),
            ChordEvent {
                onset: Position::quarters(7),
                symbol: Symbol::Chord(slash),
                written: Some("Eb/G".into()),
            },
            no_chord(Position::quarters(9)),
        ],
    }
}

/// Four bars that change metre and key, one of them cut short, with fine subdivisions.
pub fn changing() -> LeadSheet {
    let d = PitchName::new(Step::D, 0);
    let f_sharp = PitchName::new(Step::F, 1);
    LeadSheet {
        meters: vec![
            Timed { at: Position::ZERO, value: meter(4, 4) },
            Timed { at: position(13, 2), value: meter(6, 8) },
        ],
        keys: vec![
            Timed { at: Position::ZERO, value: Key { fifths: 2, mode: Mode::Mixolydian } },
            Timed { at: position(13, 2), value: Key { fifths: -10, mode: Mode::Minor } },
        ],
        bars: bars(&[duration(4, 1), duration(5, 2), duration(3, 1), duration(3, 1)]),
        notes: melody(
            2,
            &[
                (62, 1, 5),
                (64, 4, 5),
                (66, 1, 8),
                (67, 7, 8),
                (69, 2, 1),
                (71, 5, 2),
                (73, 2, 7),
                (74, 1, 7),
                (76, 1, 14),
                (0, 5, 2),
                (74, 3, 1),
            ],
        ),
        chords: vec![
            chord(Position::ZERO, d, Quality::Major),
            chord(position(13, 2), f_sharp, Quality::HalfDiminished),
            chord(position(19, 2), d, Quality::MajorThirteenth),
        ],
        ..LeadSheet::default()
    }
}

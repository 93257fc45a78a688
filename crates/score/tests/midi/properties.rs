//! What holds for all lead sheets and for all bytes.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use score::formats::{ReadOptions, midi};
use score::{
    Chord, ChordEvent, Duration, Key, LeadSheet, Mode, PitchClass, Position, Quality, Symbol, Timed,
};

use crate::sheets::{bars, duration, melody, meter, waltz};

/// Notes that fill a quarter note.
fn quarter() -> impl Strategy<Value = Vec<(u8, i64, i64)>> {
    let parts = select(vec![1i64, 2, 3, 4, 5, 6, 7, 8, 12, 16]);
    parts.prop_flat_map(|parts| {
        let key = prop_oneof![1 => Just(0u8), 5 => 40u8..100];
        vec(key, parts as usize)
            .prop_map(move |keys| keys.into_iter().map(|key| (key, 1, parts)).collect())
    })
}

fn symbol() -> impl Strategy<Value = Symbol> {
    let chord = (0..12, select(Quality::ALL), 0..12).prop_map(|(root, quality, bass)| {
        let name = |semitones| PitchClass::from_semitones(semitones).spelled_near(0);
        let bass = Some(name(bass)).filter(|bass| *bass != name(root));
        Symbol::Chord(Chord { bass, ..Chord::new(name(root), quality) })
    });
    prop_oneof![1 => Just(Symbol::NoChord), 6 => chord]
}

fn sheet() -> impl Strategy<Value = LeadSheet> {
    let meters = select(vec![(4, 4), (3, 4), (6, 8), (2, 2), (5, 4), (9, 8)]);
    (vec(quarter(), 1..24), vec(symbol(), 0..24), meters, -7i8..=7, 0..3i64).prop_map(
        |(quarters, symbols, (numerator, denominator), fifths, pickup)| {
            let quarter_count = quarters.len() as u64;
            let key = Key { fifths, mode: Mode::Minor };
            let mut notes = melody(key.spelling(), &quarters.concat());
            let meter = meter(numerator, denominator);
            let mut lengths = Vec::new();
            if pickup > 0 {
                lengths.push(duration(pickup, 2).min(meter.bar()));
            }
            let (full, rest) = Duration::quarters(quarter_count as u32).divide(meter.bar());
            lengths.extend(vec![meter.bar(); full as usize + usize::from(!rest.is_zero())]);
            let mut chords: Vec<ChordEvent> = (0i32..)
                .zip(symbols)
                .map(|(at, symbol)| ChordEvent {
                    onset: Position::quarters(at),
                    symbol,
                    written: None,
                })
                .collect();
            let bars = bars(&lengths);
            let end = bars.last().map_or(Position::ZERO, score::Bar::end);
            chords.retain(|event| event.onset < end);
            notes.retain(|note| note.end() <= end);
            let keys = vec![Timed { at: Position::ZERO, value: key }];
            let meters = vec![Timed { at: Position::ZERO, value: meter }];
            LeadSheet { bars, notes, chords, keys, meters, ..LeadSheet::default() }
        },
    )
}

proptest! {
    #[test]
    fn every_sheet_reads_back_to_the_same_notes_bars_and_pitch_classes(sheet in sheet()) {
        let bytes = midi::write(&sheet).expect("written");
        let back = midi::read(&bytes, &ReadOptions::default()).expect("read").sheet;
        prop_assert_eq!(&back.notes, &sheet.notes);
        let harmony = |sheet: &LeadSheet| -> Vec<_> {
            sheet.chords.iter().map(|e| (e.onset, e.symbol.pitch_classes())).collect()
        };
        if sheet.chords.iter().any(|event| event.symbol != Symbol::NoChord) {
            prop_assert_eq!(harmony(&back), harmony(&sheet));
        }
        let bars = |sheet: &LeadSheet| -> Vec<_> {
            sheet.bars.iter().map(|bar| (bar.start, bar.length)).collect()
        };
        prop_assert_eq!(bars(&back), bars(&sheet));
        prop_assert_eq!(&back.keys, &sheet.keys);
        prop_assert_eq!(back.check(), Ok(()));
    }

    #[test]
    fn no_byte_string_panics(bytes in vec(any::<u8>(), 0..400)) {
        let _ = midi::read(&bytes, &ReadOptions::default());
    }

    #[test]
    fn no_damage_to_a_file_breaks_what_a_lead_sheet_promises(
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let mut bytes = midi::write(&waltz()).expect("written");
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(reading) = midi::read(&bytes, &ReadOptions::default()) {
            prop_assert_eq!(reading.sheet.check(), Ok(()));
        }
    }
}

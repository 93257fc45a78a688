//! A lead sheet from one song.

use super::layout::{self, Annotations, Entry};
use crate::formats::midi::melody::top_line;
use crate::formats::midi::quantise::Span;
use crate::formats::{bar_lines, recognise};
use crate::{
    Bar, ChordEvent, Key, LeadSheet, Meter, Mode, Note, Pitch, PitchClass, PitchName, Place,
    Position, ReadError, Reading, Symbol, Timed, Warning,
};

/// The scales that are modes of ours, as steps between their degrees; the harmonic minor and
/// the Phrygian dominant count as the modes they are mixed of.
const SCALES: [([u8; 6], Mode); 9] = [
    ([2, 2, 1, 2, 2, 2], Mode::Major),
    ([2, 1, 2, 2, 1, 2], Mode::Minor),
    ([2, 1, 2, 2, 2, 1], Mode::Dorian),
    ([1, 2, 2, 2, 1, 2], Mode::Phrygian),
    ([2, 2, 2, 1, 2, 2], Mode::Lydian),
    ([2, 2, 1, 2, 2, 1], Mode::Mixolydian),
    ([1, 2, 2, 1, 2, 2], Mode::Locrian),
    ([2, 1, 2, 2, 1, 3], Mode::Minor),
    ([1, 3, 1, 2, 1, 2], Mode::Phrygian),
];

/// What was read of a song.
pub(super) fn reading(entry: Entry) -> Result<Reading, ReadError> {
    let mut warnings = Vec::new();
    let annotations = entry.annotations;
    let beats = Beats::of(&annotations, &mut warnings)?;
    let line = top_line(spans(&annotations, &beats)?, &mut warnings);
    let written_end = beats.position(annotations.num_beats, "num_beats")?;
    let end = line.last().map_or(written_end, |span| written_end.max(span.end));
    let meters = beats.meters();
    let bars = bar_lines::bars(&meters, end)?;
    let end = bars.last().map_or(Position::ZERO, Bar::end);

    let keys = keys(&annotations, &beats, end, &mut warnings)?;
    let (title, composer) = entry.hooktheory.map_or((None, None), |o| (o.song, o.artist));
    let mut sheet = LeadSheet { title, composer, keys, bars, ..LeadSheet::default() };
    sheet.meters = meters.into_iter().filter(|meter| meter.at < end).collect();
    sheet.chords = chords(&annotations, &beats, &sheet, &mut warnings)?;
    let notes = line.iter().filter_map(|span| {
        let pitch = Pitch::from_midi(span.key, fifths(&sheet, span.onset));
        Some(Note { onset: span.onset, duration: span.end.since(span.onset)?, pitch })
    });
    sheet.notes = notes.collect();
    Ok(Reading { sheet, warnings })
}

/// Beats of the metres in quarter notes.
struct Beats {
    /// Where each metre begins, in beats and in quarter notes.
    meters: Vec<(Decimal, Timed<Meter>)>,
}

impl Beats {
    fn of(annotations: &Annotations, warnings: &mut Vec<Warning>) -> Result<Self, ReadError> {
        let common = (Decimal::ZERO, Timed { at: Position::ZERO, value: Meter::COMMON });
        let mut beats = Self { meters: vec![common] };
        if annotations.meters.is_empty() {
            warnings.push(Warning::new(Place::File, "the song names no metre: read as 4/4"));
        }
        for layout::Meter { beat, beats_per_bar, beat_unit } in &annotations.meters {
            let value = Meter::new(*beats_per_bar, *beat_unit)
                .map_err(|error| unreadable(&error.to_string()))?;
            let at = beats.position(*beat, "meters")?;
            let from = Decimal::new(*beat).ok_or_else(|| not_a_time("meters", *beat))?;
            match beats.meters.last() {
                Some((_, last)) if at < last.at => {
                    return Err(unreadable("its metres are not in order"));
                }
                Some((_, last)) if at == last.at => {
                    beats.meters.pop();
                }
                _ => {}
            }
            beats.meters.push((from, Timed { at, value }));
        }
        if beats.meters.first().is_some_and(|(_, first)| first.at > Position::ZERO) {
            beats.meters.insert(0, common);
        }
        Ok(beats)
    }

    fn meters(&self) -> Vec<Timed<Meter>> {
        let mut meters: Vec<_> = self.meters.iter().map(|(_, meter)| *meter).collect();
        meters.dedup_by_key(|meter| meter.value);
        meters
    }

    /// The position of `beat`; `what` is the list it stands in.
    fn position(&self, beat: f64, what: &str) -> Result<Position, ReadError> {
        let position = || {
            let decimal = Decimal::new(beat)?;
            let after = self.meters.partition_point(|(from, _)| *from <= decimal);
            let (from, meter) = self.meters.get(after.saturating_sub(1))?;
            let (numerator, denominator) = decimal.since(*from);
            let denominator = denominator.checked_mul(i64::from(meter.value.denominator()))?;
            let quarters = Position::new(numerator.checked_mul(4)?, denominator)?;
            Some(meter.at + quarters.since(Position::ZERO)?)
        };
        position().ok_or_else(|| not_a_time(what, beat))
    }
}

/// A number of beats in 10¹²ths, which tell a third of a beat from every other notated time:
/// positions round to the finest notated grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Decimal(i64);

impl Decimal {
    const ZERO: Self = Self(0);
    const SCALE: i64 = 1_000_000_000_000;

    /// A number from 0 to a million: four times as many quarter notes still fit.
    fn new(value: f64) -> Option<Self> {
        let sensible = (0.0..=1e6).contains(&value);
        sensible.then(|| Self((value * Self::SCALE as f64).round() as i64))
    }

    /// The numerator and denominator of the time since `earlier`.
    fn since(self, earlier: Self) -> (i64, i64) {
        (self.0 - earlier.0, Self::SCALE)
    }
}

fn spans(annotations: &Annotations, beats: &Beats) -> Result<Vec<Span>, ReadError> {
    let mut spans = Vec::new();
    for note in annotations.melody.iter().flatten() {
        let key = 60 + 12 * i32::from(note.octave) + i32::from(note.pitch_class);
        let key = u8::try_from(key).ok().filter(|key| *key < 128);
        let key = key.ok_or_else(|| {
            let (octave, class) = (note.octave, note.pitch_class);
            unreadable(&format!(
                "pitch class {class} in octave {octave} is outside all instruments"
            ))
        })?;
        let onset = beats.position(note.onset, "melody")?;
        let end = beats.position(note.offset, "melody")?;
        if end <= onset {
            return Err(unreadable(&format!("the note at beat {} has no length", note.onset)));
        }
        spans.push(Span { onset, end, key });
    }
    Ok(spans)
}

fn keys(
    annotations: &Annotations,
    beats: &Beats,
    end: Position,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Timed<Key>>, ReadError> {
    let mut keys: Vec<Timed<Key>> = Vec::new();
    for key in &annotations.keys {
        let at = beats.position(key.beat, "keys")?;
        let mode = mode(&key.scale_degree_intervals, warnings);
        let value = key_on(PitchClass::from_semitones(i32::from(key.tonic_pitch_class)), mode);
        keys.retain(|earlier| earlier.at < at);
        if at < end && keys.last().is_none_or(|last| last.value != value) {
            keys.push(Timed { at, value });
        }
    }
    Ok(keys)
}

/// The mode with these steps, or with the most equal steps.
fn mode(steps: &[u8], warnings: &mut Vec<Warning>) -> Mode {
    if let Some((_, mode)) = SCALES.iter().find(|(scale, _)| scale == steps) {
        return *mode;
    }
    let equal = |scale: &[u8; 6]| scale.iter().zip(steps).filter(|(a, b)| a == b).count();
    let nearest = SCALES.iter().rev().max_by_key(|(scale, _)| equal(scale));
    let mode = nearest.map_or(Mode::Major, |(_, mode)| *mode);
    let text = format!("the scale with the steps {steps:?} was read as {}", mode.name());
    warnings.push(Warning::new(Place::File, text));
    mode
}

/// The key on `tonic` with the fewest accidentals; F sharp rather than G flat.
fn key_on(tonic: PitchClass, mode: Mode) -> Key {
    let place = 7 * i32::from(tonic.semitones()) - mode.tonic_offset();
    let fifths = (place + 5).rem_euclid(12) - 5;
    Key::with_tonic(PitchName::from_fifths(fifths + mode.tonic_offset()), mode)
}

fn chords(
    annotations: &Annotations,
    beats: &Beats,
    sheet: &LeadSheet,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<ChordEvent>, ReadError> {
    let mut chords: Vec<ChordEvent> = Vec::new();
    let mut silent_from = None;
    for harmony in annotations.harmony.iter().flatten() {
        let onset = beats.position(harmony.onset, "harmony")?;
        let end = beats.position(harmony.offset, "harmony")?;
        if end <= onset || chords.last().is_some_and(|last| onset <= last.onset) {
            let text = format!("the chord at beat {} is not in order: left out", harmony.onset);
            warnings.push(Warning::new(Place::File, text));
            continue;
        }
        if let Some(silence) = silent_from.filter(|silence| *silence < onset) {
            chords.push(no_chord(silence));
        }
        let symbol = Symbol::Chord(chord(harmony, fifths(sheet, onset), warnings));
        chords.push(ChordEvent { onset, symbol, written: None });
        silent_from = Some(end);
    }
    chords.extend(silent_from.map(no_chord));
    chords.retain(|event| event.onset < sheet.end());
    Ok(chords)
}

const fn no_chord(onset: Position) -> ChordEvent {
    ChordEvent { onset, symbol: Symbol::NoChord, written: None }
}

/// The chord of stacked intervals.
fn chord(harmony: &layout::Harmony, fifths: i32, warnings: &mut Vec<Warning>) -> crate::Chord {
    let mut tones = vec![PitchClass::from_semitones(i32::from(harmony.root_pitch_class))];
    for interval in &harmony.root_position_intervals {
        let last = tones.last().copied().unwrap_or(PitchClass::from_semitones(0));
        tones.push(last.transposed(i32::from(*interval)));
    }
    let root = tones.first().copied().unwrap_or(PitchClass::from_semitones(0));
    let bass = tones.get(harmony.inversion).copied().unwrap_or_else(|| {
        let (beat, inversion) = (harmony.onset, harmony.inversion);
        let text = format!("the chord at beat {beat} has no inversion {inversion}: read without");
        warnings.push(Warning::new(Place::File, text));
        root
    });
    let named = recognise::chord_on(root.spelled_near(fifths), tones.iter().copied().collect());
    crate::Chord { bass: (bass != root).then(|| bass.spelled_near(fifths)), ..named }
}

/// The signature at `at`; none is C major's.
fn fifths(sheet: &LeadSheet, at: Position) -> i32 {
    sheet.key_at(at).map_or(0, Key::spelling)
}

fn not_a_time(list: &str, beat: f64) -> ReadError {
    unreadable(&format!("{beat} in {list} is no number of beats from 0 to a million"))
}

fn unreadable(problem: &str) -> ReadError {
    ReadError::new(Place::File, problem, "correct it, or leave the song out")
}

//! What the reference code counts.

use score::{PitchClass, PitchClassSet};

use super::notation::Notation;
use super::{Performance, ReferenceError, TickNote, beats};
use crate::MetricValues;
use crate::metrics::{NoteOverChord, Observations, TimeOverChord, Window, histogram};

/// Notes that start within this many seconds are one chord; intervals are counted in it.
const STEP: f64 = 0.05;

/// Added inside the logarithm of every entropy.
const SMOOTHING: f64 = 1e-6;

impl Performance {
    /// The eleven metrics, zero where the reference code says zero.
    ///
    /// # Errors
    /// If the piece has too many beats.
    pub fn measure(&self) -> Result<MetricValues, ReferenceError> {
        Ok(self.observe()?.values(SMOOTHING).or_zero())
    }

    fn observe(&self) -> Result<Observations, ReferenceError> {
        let events = self.events();
        let halves = self.half_bars(&events)?;
        let heard: Vec<(TickNote, Option<PitchClassSet>)> = self
            .melody
            .iter()
            .map(|note| (*note, half_at(&halves, self.seconds(note.start))))
            .collect();
        let notation = Notation::new(self)?;
        let pairs = events.iter().zip(events.iter().skip(1));
        Ok(Observations {
            chords: events.iter().map(|(_, set)| *set).collect(),
            notes: heard
                .iter()
                .map(|(note, chord)| NoteOverChord { pitch: note.pitch, chord: *chord })
                .collect(),
            times: heard
                .iter()
                .filter_map(|(note, chord)| {
                    let weight = self.seconds(note.end) - self.seconds(note.start);
                    Some(TimeOverChord { pitch: note.pitch, chord: (*chord)?, weight })
                })
                .collect(),
            windows: self.windows(&heard),
            intervals: histogram::counts(
                pairs.map(|((a, _), (b, _))| ((b - a) / STEP).round_ties_even() as i64),
            ),
            offsets: histogram::counts(notation.offsets()),
            strengths: notation.strengths(),
        })
    }

    /// The chord events: seconds and pitch classes.
    fn events(&self) -> Vec<(f64, PitchClassSet)> {
        let mut events: Vec<(f64, PitchClassSet)> = Vec::new();
        for note in &self.chords {
            let at = self.seconds(note.start);
            let class = PitchClass::from_semitones(note.pitch);
            match events.last_mut() {
                Some((start, set)) if at - *start <= STEP => *set = set.with(class),
                _ => events.push((at, PitchClassSet::EMPTY.with(class))),
            }
        }
        events
    }

    /// The starts of the half bars in seconds, each with the chord last struck by then.
    fn half_bars(
        &self,
        events: &[(f64, PitchClassSet)],
    ) -> Result<Vec<(f64, Option<PitchClassSet>)>, ReferenceError> {
        let downbeats = beats::downbeats(self)?;
        let ends = downbeats.iter().skip(1).copied().chain([self.seconds(self.last_tick)]);
        Ok(downbeats
            .iter()
            .zip(ends)
            .flat_map(|(start, end)| [*start, (start + end) / 2.0])
            .map(|at| {
                let struck = events.partition_point(|(start, _)| *start <= at);
                let last = struck.checked_sub(1).and_then(|index| events.get(index));
                (at, last.map(|(_, set)| *set))
            })
            .collect())
    }

    /// The notes over chords by the sixteenth in which they start.
    fn windows(&self, heard: &[(TickNote, Option<PitchClassSet>)]) -> Vec<Window> {
        let sixteenth = |note: &TickNote| 4 * note.start / u64::from(self.resolution);
        heard
            .chunk_by(|(a, _), (b, _)| sixteenth(a) == sixteenth(b))
            .map(|notes| Window {
                weight: 1.0,
                notes: notes
                    .iter()
                    .filter_map(|(note, chord)| Some((note.pitch, (*chord)?)))
                    .collect(),
            })
            .collect()
    }
}

/// The chord of the half bar in which the second `at` lies.
fn half_at(halves: &[(f64, Option<PitchClassSet>)], at: f64) -> Option<PitchClassSet> {
    let begun = halves.partition_point(|(start, _)| *start <= at);
    halves.get(begun.checked_sub(1)?)?.1
}

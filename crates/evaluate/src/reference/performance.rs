//! A melody and block chords in MIDI time.

use score::{Duration, Meter, Position};

use crate::Harmonization;

/// One note in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TickNote {
    /// When it starts.
    pub start: u64,
    /// MIDI key number.
    pub pitch: i32,
    /// When it ends, after its start.
    pub end: u64,
}

/// From a tick on, so many seconds a tick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TempoChange {
    pub(super) tick: u64,
    /// When that tick sounds.
    pub(super) seconds: f64,
    pub(super) seconds_per_tick: f64,
}

/// A harmonized melody as the reference code hears it.
#[derive(Clone, Debug, PartialEq)]
pub struct Performance {
    /// Ticks in a quarter note; not zero.
    pub(super) resolution: u32,
    /// Tempo changes; the first is at tick 0.
    pub(super) tempos: Vec<TempoChange>,
    /// Time signatures with their ticks, sorted; maybe none.
    pub(super) meters: Vec<(u64, Meter)>,
    /// The melody, sorted.
    pub(super) melody: Vec<TickNote>,
    /// The chord notes, sorted.
    pub(super) chords: Vec<TickNote>,
    /// The last tick of any note, time or key signature, lyric or text.
    pub(super) last_tick: u64,
}

/// Ticks in a quarter note of a performance that does not come from MIDI: exact for all
/// notated values of up to 7-tuplets.
const RESOLUTION: u32 = 10_080;

/// Quarter notes a minute where nothing is stated, as in MIDI.
const TEMPO: f64 = 120.0;

impl Performance {
    /// The tempo changes for `(tick, microseconds per quarter note)`, sorted by tick.
    pub(super) fn tempo_map(changes: &[(u64, u32)], resolution: u32) -> Vec<TempoChange> {
        let resolution = f64::from(resolution);
        // The order of operations is the reference's, to the last bit.
        let scale = |beats_per_minute: f64| 60.0 / (beats_per_minute * resolution);
        let start = TempoChange { tick: 0, seconds: 0.0, seconds_per_tick: scale(TEMPO) };
        let mut map = vec![start];
        let mut last = start;
        for &(tick, microseconds) in changes {
            let seconds_per_tick = scale(6e7 / f64::from(microseconds.max(1)));
            if tick == 0 {
                last = TempoChange { seconds_per_tick, ..start };
                map = vec![last];
            } else if seconds_per_tick != last.seconds_per_tick {
                let elapsed = last.seconds_per_tick * (tick - last.tick) as f64;
                last = TempoChange { tick, seconds: last.seconds + elapsed, seconds_per_tick };
                map.push(last);
            }
        }
        map
    }

    /// `harmonization` as the reference code's own files have it: each chord's pitch classes
    /// struck as a block for a quarter note, or until the next chord if that comes earlier.
    /// Held longer, a chord would count again in every bar that it reaches.
    pub fn from_harmonization(harmonization: &Harmonization) -> Self {
        let melody = harmonization.melody.iter().map(|note| TickNote {
            start: tick(note.onset),
            pitch: note.pitch,
            end: tick(note.end),
        });
        let chords = harmonization.chords.iter().flat_map(|span| {
            let end = span.end.min(span.onset + Duration::quarters(1));
            span.symbol.pitch_classes().iter().map(move |class| TickNote {
                start: tick(span.onset),
                pitch: 48 + i32::from(class.semitones()),
                end: tick(end),
            })
        });
        let mut meters: Vec<(u64, Meter)> = Vec::new();
        for bar in &harmonization.bars {
            if meters.last().is_none_or(|(_, meter)| *meter != bar.meter) {
                meters.push((tick(bar.start), bar.meter));
            }
        }
        let tempo = harmonization.tempo.filter(|tempo| tempo.is_finite() && *tempo >= 1.0);
        let microseconds = (6e7 / tempo.unwrap_or(TEMPO)).round();
        let microseconds = microseconds.clamp(1.0, f64::from(u32::MAX)) as u32;
        let tempos = Self::tempo_map(&[(0, microseconds)], RESOLUTION);
        Self::new(RESOLUTION, tempos, meters, melody.collect(), chords.collect(), 0)
    }

    /// Sorts the notes and finds the end; `last_event` is the last tick of all other events.
    pub(super) fn new(
        resolution: u32,
        tempos: Vec<TempoChange>,
        meters: Vec<(u64, Meter)>,
        mut melody: Vec<TickNote>,
        mut chords: Vec<TickNote>,
        last_event: u64,
    ) -> Self {
        melody.retain(|note| note.start < note.end);
        chords.retain(|note| note.start < note.end);
        melody.sort_unstable();
        chords.sort_unstable();
        let notes = melody.iter().chain(&chords).map(|note| note.end);
        let others = meters.iter().map(|(tick, _)| *tick);
        let tempo = tempos.last().map_or(0, |change| change.tick);
        let last_tick = notes.chain(others).max().unwrap_or(0).max(last_event).max(tempo);
        Self { resolution, tempos, meters, melody, chords, last_tick }
    }

    /// When `tick` sounds, in seconds.
    pub(super) fn seconds(&self, tick: u64) -> f64 {
        let after = self.tempos.partition_point(|change| change.tick <= tick);
        match self.tempos.get(after.saturating_sub(1)) {
            Some(change) => {
                change.seconds + change.seconds_per_tick * (tick - change.tick.min(tick)) as f64
            }
            None => 0.0,
        }
    }

    /// The first time signature, 4/4 without one.
    pub(super) fn first_meter(&self) -> Meter {
        self.meters.first().map_or(Meter::COMMON, |(_, meter)| *meter)
    }
}

/// The tick nearest to `position`; positions before the start are the start.
fn tick(position: Position) -> u64 {
    let (n, d) = position.fraction();
    let (n, d) = (i128::from(n) * i128::from(RESOLUTION), i128::from(d));
    u64::try_from((2 * n + d).div_euclid(2 * d)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use score::Quality;

    use super::*;
    use crate::Metric;
    use crate::harmonization::tests::{piece, symbol};

    #[test]
    fn tempo_changes_add_up() {
        let tempos = Performance::tempo_map(&[(0, 500_000), (960, 250_000)], 480);
        let performance = Performance::new(480, tempos, Vec::new(), Vec::new(), Vec::new(), 0);
        assert_eq!(performance.seconds(960), 1.0);
        assert_eq!(performance.seconds(1920), 1.5);
    }

    #[test]
    fn a_chord_held_over_bar_lines_counts_once() {
        let c = symbol("C", Quality::Major);
        let held = piece((4, 4), 4, &[(0, 8, 60)], &[(0, c)]);
        let values = Performance::from_harmonization(&held).measure().expect("short");
        assert_eq!(values.get(Metric::OffsetCount), Some(1.0));
        assert_eq!(values.get(Metric::ChordBeatStrength), Some(0.0));
        // Every half bar still hears it.
        assert_eq!(values.get(Metric::ChordToneRatio), Some(1.0));
    }

    #[test]
    fn positions_round_to_the_nearest_tick() {
        assert_eq!(tick(Position::new(1, 3).expect("in range")), 3360);
        assert_eq!(tick(Position::new(-1, 3).expect("in range")), 0);
        assert_eq!(tick(Position::new(1, 11).expect("in range")), 916);
    }
}

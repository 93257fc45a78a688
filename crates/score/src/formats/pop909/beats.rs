//! Beats in seconds, and what lies between them.

use super::{BEATS, line_warning};
use crate::{Place, Position, ReadError, Warning};

/// Ticks a beat: the resolution to which times in seconds are placed between beats.
pub(super) const TICKS: u32 = 960;

/// More beats before the first annotated one, or after the last, than this are an error of the
/// annotation.
const MOST_BESIDE: f64 = 1000.0;

/// Songs longer than this many beats are refused, as all times are.
const MOST_BEATS: f64 = 1_000_000.0;

/// A beat.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beat {
    seconds: f64,
    /// Whether a group of two or three beats begins.
    pub(super) strong: bool,
    /// Whether a bar begins.
    pub(super) downbeat: bool,
}

/// The beats of a song: at least two, in order.
#[derive(Debug)]
pub(super) struct Beats {
    pub(super) beats: Vec<Beat>,
    /// Beats that music was found before the first annotated one.
    pub(super) before: u32,
}

impl Beats {
    /// Reads `beat_midi.txt`; `first` is when the melody starts, in seconds.
    pub(super) fn parse(
        text: &str,
        first: f64,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self, ReadError> {
        let mut beats: Vec<Beat> = Vec::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let mut fields = line.split_whitespace().map(str::parse::<f64>);
            let mut field = || fields.next().and_then(Result::ok).filter(|value| value.is_finite());
            let (Some(seconds), Some(strong), Some(downbeat)) = (field(), field(), field()) else {
                warnings.push(line_warning(BEATS, index, "not three numbers: left out"));
                continue;
            };
            if beats.last().is_some_and(|last| seconds <= last.seconds) {
                warnings.push(line_warning(BEATS, index, "not after the beat before: left out"));
                continue;
            }
            beats.push(Beat { seconds, strong: strong != 0.0, downbeat: downbeat != 0.0 });
        }
        if beats.len() < 2 {
            return Err(ReadError::new(
                Place::File,
                format!("{BEATS} holds no two beats"),
                "read the MIDI file alone instead",
            ));
        }
        let mut beats = Self { beats, before: 0 };
        // A note that is played a little before the first beat belongs to it.
        let early = -(beats.index(first) + 0.25).floor();
        if early > MOST_BESIDE {
            return Err(ReadError::new(
                Place::Line(1),
                format!("{BEATS}: the first beat is {early} beats after the melody begins"),
                "check that the files belong to the same song",
            ));
        }
        beats.before = early.max(0.0) as u32;
        Ok(beats)
    }

    /// Where `seconds` lies, counted in beats from the first annotated one.
    fn index(&self, seconds: f64) -> f64 {
        let after = self.beats.partition_point(|beat| beat.seconds <= seconds);
        // Before the first and after the last beat the nearest interval goes on.
        let right = after.clamp(1, self.beats.len() - 1);
        match (self.beats.get(right - 1), self.beats.get(right)) {
            (Some(a), Some(b)) => {
                (right - 1) as f64 + (seconds - a.seconds) / (b.seconds - a.seconds)
            }
            _ => 0.0,
        }
    }

    /// Where `seconds` lies, counted in ticks from the start of the sheet.
    pub(super) fn tick(&self, seconds: f64) -> Result<u64, ReadError> {
        let index = self.index(seconds);
        let beats = index + f64::from(self.before);
        if beats > MOST_BEATS {
            return Err(ReadError::new(
                Place::File,
                format!("a time lies more than {MOST_BEATS} beats after the first"),
                "check that the files belong to the same song",
            ));
        }
        let late = index - self.beats.len() as f64;
        if late > MOST_BESIDE {
            return Err(ReadError::new(
                Place::File,
                format!("{BEATS}: the melody goes on for {late:.0} beats after the last"),
                "check that the files belong to the same song",
            ));
        }
        Ok((beats.max(0.0) * f64::from(TICKS)).round() as u64)
    }

    /// The half beat nearest to `seconds`.
    pub(super) fn half_beat(&self, seconds: f64) -> Option<Position> {
        let index = self.index(seconds);
        let halves = (2.0 * (index + f64::from(self.before))).round();
        let near = index <= self.beats.len() as f64 + MOST_BESIDE;
        let known = near && halves.is_finite() && halves <= 2.0 * MOST_BEATS;
        Position::new(if known { halves.max(0.0) as i64 } else { return None }, 2)
    }

    /// Beats a minute: the median, to a hundredth.
    pub(super) fn tempo(&self) -> f64 {
        let pairs = self.beats.windows(2);
        let mut intervals: Vec<f64> =
            pairs.filter_map(|pair| Some(pair.last()?.seconds - pair.first()?.seconds)).collect();
        intervals.sort_by(f64::total_cmp);
        let median = intervals.get(intervals.len() / 2).copied().unwrap_or(0.5);
        (6000.0 / median).round() / 100.0
    }
}

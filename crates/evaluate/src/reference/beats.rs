//! Beats and downbeats in seconds, summed as the reference code's MIDI library sums them.
//!
//! The results must agree to the last bit, so the order of every floating-point operation
//! here is that of `PrettyMIDI.get_beats` and `get_downbeats` (pretty_midi 0.2).

use score::Meter;

use super::Performance;
use super::midi::ReferenceError;

/// More beats than this are refused; ten hours at 120 beats a minute are 72,000.
const MOST_BEATS: usize = 1_000_000;

/// numpy's `isclose(a, b)` with its default tolerances.
fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-8 + 1e-5 * b.abs()
}

/// Whether beats are grouped in threes: every multiple of three but three itself.
fn is_compound(meter: Meter) -> bool {
    meter.numerator() != 3 && meter.numerator().is_multiple_of(3)
}

/// Beats a minute at `quarters` quarter notes a minute.
fn beats_per_minute(quarters: f64, meter: Option<Meter>) -> f64 {
    match meter {
        // The library knows no denominator above 32.
        Some(meter) if meter.denominator() <= 32 => {
            let pulse = if is_compound(meter) { quarters / 3.0 } else { quarters };
            pulse * f64::from(meter.denominator()) / 4.0
        }
        _ => quarters,
    }
}

/// Walks over the changes of tempo and metre.
struct Walk {
    /// (seconds, quarter notes a minute).
    tempos: Vec<(f64, f64)>,
    /// (seconds, metre).
    meters: Vec<(f64, Meter)>,
    tempo: usize,
    meter: usize,
}

impl Walk {
    /// Seconds between beats now.
    fn period(&self) -> f64 {
        let quarters = self.tempos.get(self.tempo).map_or(120.0, |(_, tempo)| *tempo);
        let meter = self.meters.get(self.meter).map(|(_, meter)| *meter);
        60.0 / beats_per_minute(quarters, meter)
    }

    /// When the next tempo begins.
    fn next_tempo(&self) -> Option<f64> {
        self.tempos.get(self.tempo + 1).map(|(at, _)| *at)
    }

    /// When the next metre begins.
    fn next_meter(&self) -> Option<f64> {
        self.meters.get(self.meter + 1).map(|(at, _)| *at)
    }

    /// The beat after the one at `beat`.
    fn advance(&mut self, beat: f64) -> f64 {
        let mut next = beat + self.period();
        if self.next_tempo().is_some_and(|change| next > change) {
            next = beat;
            let mut remaining = 1.0;
            while let Some(change) = self.next_tempo() {
                let period = self.period();
                if next + remaining * period < change {
                    break;
                }
                let passed = (change - next) / period;
                next += passed * period;
                remaining -= passed;
                self.tempo += 1;
            }
            next += remaining * self.period();
        }
        if self.meter == 0
            && let Some((first, _)) = self.meters.first()
            && *first > beat
            && (next > *first || close(next, *first))
        {
            next = *first;
        }
        if let Some(change) = self.next_meter()
            && (next > change || close(next, change))
        {
            next = change;
            self.meter += 1;
        }
        next
    }
}

/// The metres with their seconds.
fn meters(performance: &Performance) -> Vec<(f64, Meter)> {
    performance.meters.iter().map(|(tick, meter)| (performance.seconds(*tick), *meter)).collect()
}

/// All beats up to the end, from second 0.
fn beats(performance: &Performance) -> Result<Vec<f64>, ReferenceError> {
    let resolution = f64::from(performance.resolution);
    let tempos = performance
        .tempos
        .iter()
        .map(|change| (change.seconds, 60.0 / (change.seconds_per_tick * resolution)));
    let meters = meters(performance);
    let passed = meters.iter().skip(1).take_while(|(at, _)| *at <= 0.0).count();
    let mut walk = Walk { tempos: tempos.collect(), meters, tempo: 0, meter: passed };
    let end = performance.seconds(performance.last_tick);
    let mut beats = Vec::new();
    let mut beat = 0.0;
    while beat < end {
        if beats.len() == MOST_BEATS {
            return Err(ReferenceError::TooLong(MOST_BEATS));
        }
        beats.push(beat);
        beat = walk.advance(beat);
    }
    Ok(beats)
}

/// The starts of the bars in seconds.
///
/// # Errors
/// If there are too many beats.
pub(super) fn downbeats(performance: &Performance) -> Result<Vec<f64>, ReferenceError> {
    let beats = beats(performance)?;
    let mut meters = meters(performance);
    if meters.first().is_none_or(|(at, _)| *at > 0.0) {
        meters.insert(0, (0.0, Meter::COMMON));
    }
    let index = |at: f64| beats.iter().position(|beat| close(*beat, at));
    let mut downbeats = Vec::new();
    let mut end = 0;
    for (number, (at, meter)) in meters.iter().enumerate() {
        let next = meters.get(number + 1);
        let start = index(*at).unwrap_or(if next.is_some() { 0 } else { end });
        end = match next {
            Some((at, _)) => index(*at).unwrap_or(start),
            None => beats.len(),
        };
        let numerator = usize::from(meter.numerator());
        let step = if is_compound(*meter) { numerator / 3 } else { numerator };
        let span = beats.get(start..end).unwrap_or_default();
        downbeats.extend(span.iter().step_by(step.max(1)));
    }
    Ok(downbeats)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn performance(meters: &[(u64, (u32, u32))], tempos: &[(u64, u32)], end: u64) -> Performance {
        let meters = meters
            .iter()
            .map(|(tick, (n, d))| (*tick, Meter::new(*n, *d).expect("valid")))
            .collect();
        let tempos = Performance::tempo_map(tempos, 480);
        Performance::new(480, tempos, meters, Vec::new(), Vec::new(), end)
    }

    #[test]
    fn bars_follow_the_time_signature() {
        let performance =
            performance(&[(0, (3, 4)), (1440, (6, 8))], &[(0, 500_000)], 1440 + 1440 + 10);
        assert_eq!(downbeats(&performance), Ok(vec![0.0, 1.5, 3.0]));
    }

    #[test]
    fn a_tempo_change_within_a_beat_bends_it() {
        let performance = performance(&[(0, (1, 4))], &[(0, 500_000), (240, 1_000_000)], 960);
        assert_eq!(downbeats(&performance), Ok(vec![0.0, 0.75]));
    }

    #[test]
    fn sums_drift_below_products() {
        // Sixty times 0.357143 seconds summed is not sixty times as much.
        let performance = performance(&[(0, (4, 4))], &[(0, 357_143)], 480 * 64);
        let downbeats = downbeats(&performance).expect("few beats");
        let tick = performance.seconds(480 * 4 * 15);
        let summed = downbeats[15];
        assert!((summed - tick).abs() < 1e-9 && summed != tick);
    }

    #[test]
    fn endless_pieces_are_refused() {
        let performance = performance(&[(0, (4, 4))], &[(0, 500_000)], 480 * 2_000_000);
        assert_eq!(downbeats(&performance), Err(ReferenceError::TooLong(MOST_BEATS)));
    }
}

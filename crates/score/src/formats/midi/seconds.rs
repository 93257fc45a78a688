//! Ticks in seconds.

use super::tracks::MidiFile;

/// Microseconds a quarter note where no tempo is given.
const USUAL: u32 = 500_000;

/// The seconds of ticks, by the tempo marks of a file.
#[derive(Debug)]
pub(crate) struct Seconds {
    /// From a tick on: the seconds there, and those of each tick that follows.
    changes: Vec<(u64, f64, f64)>,
}

impl MidiFile {
    /// The seconds of its ticks.
    pub(crate) fn seconds(&self) -> Seconds {
        let each = |tempo: u32| f64::from(tempo) / 1e6 / f64::from(self.per_quarter);
        let mut seconds = Seconds { changes: vec![(0, 0.0, each(USUAL))] };
        for (tick, tempo) in &self.tempos {
            let at = seconds.at(*tick);
            seconds.changes.push((*tick, at, each(*tempo)));
        }
        seconds
    }
}

impl Seconds {
    /// The seconds from the start to `tick`.
    pub(crate) fn at(&self, tick: u64) -> f64 {
        let after = self.changes.partition_point(|(from, ..)| *from <= tick);
        let change = self.changes.get(after.saturating_sub(1));
        change
            .map_or(0.0, |(from, seconds, each)| seconds + tick.saturating_sub(*from) as f64 * each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_follow_the_tempo_marks() {
        let tempos = vec![(480, 1_000_000), (960, 250_000)];
        let file = MidiFile { per_quarter: 480, tempos, ..MidiFile::default() };
        let seconds = file.seconds();
        for (tick, expected) in [(0, 0.0), (240, 0.25), (480, 0.5), (960, 1.5), (1920, 2.0)] {
            assert!((seconds.at(tick) - expected).abs() < 1e-9, "{tick}");
        }
    }
}

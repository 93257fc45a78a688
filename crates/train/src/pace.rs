//! How fast a run goes and how much memory it takes.

use std::time::{Duration, Instant};

/// Measures a run from the moment it was started or resumed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    started: Instant,
    first: u64,
}

impl Pace {
    /// A run that goes on from step `first`.
    pub fn from(first: u64) -> Self {
        Self { started: Instant::now(), first }
    }

    /// Seconds left, at step `step` of `steps`: as many for each step as those done took, their
    /// validations included.
    pub fn remaining(&self, step: u64, steps: u64) -> f64 {
        remaining(
            self.started.elapsed(),
            step.saturating_sub(self.first),
            steps.saturating_sub(step),
        )
    }
}

fn remaining(elapsed: Duration, done: u64, left: u64) -> f64 {
    elapsed.as_secs_f64() / done.max(1) as f64 * left as f64
}

/// Resident memory of this process in megabytes (10⁶ bytes), where the system tells.
pub(crate) fn memory() -> Option<u64> {
    status("VmRSS:")
}

/// The most resident memory that this process has had, in megabytes (10⁶ bytes), where the system
/// tells.
pub fn peak_memory() -> Option<u64> {
    status("VmHWM:")
}

fn status(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(field))?;
    // The file says kB and means 1,024 bytes.
    line.split_whitespace()
        .nth(1)?
        .parse::<u64>()
        .ok()
        .map(|kilobytes| kilobytes * 1024 / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resumed_run_counts_its_own_steps_only() {
        // 10 steps in 20 seconds, 30 to go, whatever was done before.
        assert_eq!(remaining(Duration::from_secs(20), 10, 30), 60.0);
        let pace = Pace::from(1000);
        assert_eq!(pace.remaining(1000, 1000), 0.0);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_takes_some_memory() {
        assert!(memory().is_some_and(|megabytes| (1..1_000_000).contains(&megabytes)));
        assert!(peak_memory() >= memory());
    }
}

//! Probes by their names, as configurations and logs write them.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::Probe;
use crate::Strength;

/// A name that no probe has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "no probe is called `{0}`; there are cells-N (N from 0 to 99: the percentage of visible \
     cells), metric-bar, metric-half-bar, metric-beat, metric-half-beat, bars-scattered and \
     bars-span"
)]
pub struct UnknownProbe(pub String);

impl FromStr for Probe {
    type Err = UnknownProbe;

    fn from_str(name: &str) -> Result<Self, UnknownProbe> {
        let unknown = || UnknownProbe(name.to_owned());
        if let Some(percent) = name.strip_prefix("cells-") {
            let percent = percent.parse().ok().filter(|percent| (0..100).contains(percent));
            let probe = Self::Cells(percent.ok_or_else(unknown)?);
            // `cells-025` and `cells-+25` are other names.
            return if probe.name() == name { Ok(probe) } else { Err(unknown()) };
        }
        if let Some(level) = name.strip_prefix("metric-") {
            // Where all cells are shown nothing is asked.
            let mut levels = Strength::ALL.into_iter().filter(|level| *level != Strength::Cell);
            return levels
                .find(|strength| strength.name() == level)
                .map(Self::Metric)
                .ok_or_else(unknown);
        }
        match name {
            "bars-scattered" => Ok(Self::ScatteredBars),
            "bars-span" => Ok(Self::BarSpan),
            _ => Err(unknown()),
        }
    }
}

impl TryFrom<String> for Probe {
    type Error = UnknownProbe;

    fn try_from(name: String) -> Result<Self, UnknownProbe> {
        name.parse()
    }
}

impl From<Probe> for String {
    fn from(probe: Probe) -> Self {
        probe.name()
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_probe_is_found_by_its_name() {
        let more = [Probe::Cells(99), Probe::Metric(Strength::HalfBeat)];
        for probe in Probe::ALL.into_iter().chain(more) {
            assert_eq!(probe.name().parse(), Ok(probe));
        }
    }

    #[test]
    fn other_names_are_refused_with_those_there_are() {
        for name in ["", "cells", "cells-100", "cells-025", "metric-cell", "bars", "metric-"] {
            let message = name.parse::<Probe>().expect_err(name).to_string();
            assert!(message.contains(&format!("`{name}`")) && message.contains("bars-span"));
        }
    }
}

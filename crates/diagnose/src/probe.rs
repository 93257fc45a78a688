//! The names of probes in words.

/// Which probes stand together on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProbeGroup {
    /// Random cells are visible.
    Cells,
    /// Cells from a metric strength on are visible.
    Metric,
    /// Whole bars are visible.
    Bars,
    /// The stages of a curriculum, or probes of another version.
    Other,
}

impl ProbeGroup {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Cells, Self::Metric, Self::Bars, Self::Other];

    /// The group of a probe.
    pub fn of(probe: &str) -> Self {
        match probe.split_once('-') {
            Some(("cells", _)) => Self::Cells,
            Some(("metric", _)) => Self::Metric,
            Some(("bars", _)) => Self::Bars,
            _ => Self::Other,
        }
    }

    /// Its heading.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Cells => "Random cells visible",
            Self::Metric => "Metric levels visible",
            Self::Bars => "Half of the bars visible",
            Self::Other => "Other probes",
        }
    }
}

/// The share of visible cells of a probe of random cells, in percent.
pub fn visible_share(probe: &str) -> Option<u8> {
    probe.strip_prefix("cells-")?.parse().ok()
}

/// A probe in a few words, such as “25% visible”; unknown ones keep their name.
pub fn in_words(probe: &str) -> String {
    match probe {
        "cells-0" => "nothing visible".to_owned(),
        "metric-bar" => "bar starts visible".to_owned(),
        "metric-half-bar" => "half bars visible".to_owned(),
        "metric-beat" => "beats visible".to_owned(),
        "metric-half-beat" => "half beats visible".to_owned(),
        "bars-scattered" => "scattered bars visible".to_owned(),
        "bars-span" => "all but a span of bars visible".to_owned(),
        probe => match visible_share(probe) {
            Some(share) => format!("{share}% visible"),
            None => probe.replace('-', " "),
        },
    }
}

/// A probe for the head of a column.
pub fn in_short(probe: &str) -> String {
    match probe {
        "metric-bar" => "bars".to_owned(),
        "metric-half-bar" => "½ bars".to_owned(),
        "metric-beat" => "beats".to_owned(),
        "metric-half-beat" => "½ beats".to_owned(),
        "bars-scattered" => "scatter".to_owned(),
        "bars-span" => "span".to_owned(),
        probe => match visible_share(probe) {
            Some(share) => format!("{share}%"),
            None => probe.replace("stage-", ""),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_probe_has_words_of_its_own() {
        let names: Vec<String> = curriculum::Probe::ALL.iter().map(|probe| probe.name()).collect();
        for words in [in_words as fn(&str) -> String, in_short] {
            let mut texts: Vec<String> = names.iter().map(|name| words(name)).collect();
            texts.sort();
            texts.dedup();
            assert_eq!(texts.len(), names.len());
        }
        assert!(names.iter().all(|name| ProbeGroup::of(name) != ProbeGroup::Other));
        assert_eq!(in_words("stage-3"), "stage 3");
        assert_eq!(ProbeGroup::of("stage-3"), ProbeGroup::Other);
    }
}

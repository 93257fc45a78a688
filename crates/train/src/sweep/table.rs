//! The comparison to read: Markdown.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::compare::{Compared, Comparison, Quantity};
use super::{SweepReport, Weights};
use crate::reliance::WithInterval;

/// The tables of a sweep, as Markdown.
pub fn table(report: &SweepReport) -> String {
    let mut text = String::new();
    // Writing into a string does not fail.
    let _ = write(&mut text, report);
    text
}

fn write(text: &mut String, report: &SweepReport) -> std::fmt::Result {
    let first = report.configurations.first().map_or("", String::as_str);
    writeln!(
        text,
        "{} configurations, {} seeds, {} {} songs, frozen masks.",
        report.configurations.len(),
        report.seeds.len(),
        report.songs,
        report.frozen.split.name(),
    )?;
    writeln!(
        text,
        "\nFigures are means over seeds. Intervals are 95%, by bootstrap over songs, of the mean \
         over these very seeds: they say what other songs would change. What other seeds would \
         change is shown by the values of the seeds beside them, and no interval over so few \
         seeds is claimed. Differences are to `{first}`, paired song by song and seed by seed; \
         **bold** where the interval excludes zero and no seed says the opposite."
    )?;
    for comparison in &report.comparisons {
        section(text, report, comparison, first)?;
    }
    for (run, reason) in &report.failed {
        writeln!(text, "\nLeft out: {run}: {reason}")?;
    }
    Ok(())
}

fn section(
    text: &mut String,
    report: &SweepReport,
    comparison: &Comparison,
    first: &str,
) -> std::fmt::Result {
    let (title, note) = match comparison.weights {
        Weights::Last => ("The weights after the last step", "Chosen by nobody."),
        Weights::Exported => (
            "The exported weights",
            "Those of each run's best validation; on validation songs they flatter, for they \
             were chosen on these.",
        ),
    };
    writeln!(text, "\n## {title}\n\n{note}")?;
    if comparison.weights == Weights::Exported {
        let steps: Vec<String> = report
            .runs
            .iter()
            .filter(|run| run.weights == Weights::Exported)
            .map(|run| format!("{} {}", run.run, run.step))
            .collect();
        writeln!(text, "They come from these steps: {}.", steps.join(", "))?;
    }
    let rows = Rows { baselines: &report.baselines, comparison };
    headline(text, &rows, first)?;
    reliance(text, report, comparison.weights)?;
    for (quantity, name) in [
        (Quantity::Accuracy, "Accuracy"),
        (Quantity::Root, "Root accuracy"),
        (Quantity::Changes, "Accuracy at chord changes"),
        (Quantity::Loss, "Loss"),
    ] {
        writeln!(text, "\n### {name}\n")?;
        rows.by_probe(text, quantity, |entry| format!("{:.3}", entry.estimate.mean))?;
    }
    writeln!(text, "\n### Accuracy less that of `{first}`\n")?;
    let differences = Rows { baselines: &[], comparison };
    differences.by_probe(text, Quantity::Accuracy, difference)?;
    for probe in ["cells-0", "cells-50"] {
        writeln!(text, "\n### Accuracy by source, {probe}\n")?;
        rows.by_source(text, probe)?;
    }
    Ok(())
}

/// The table with nothing visible: every quantity, and each seed's accuracy.
fn headline(text: &mut String, rows: &Rows<'_>, first: &str) -> std::fmt::Result {
    writeln!(text, "\n### Nothing visible\n")?;
    writeln!(
        text,
        "| | loss | accuracy | of each seed | root | at chord changes | accuracy less that of \
         `{first}` | of each seed |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|---|---|")?;
    for name in rows.names() {
        let of = |quantity| rows.of(name, "cells-0", quantity);
        let mean = |quantity| {
            of(quantity).map_or("–".to_owned(), |entry| format!("{:.3}", entry.estimate.mean))
        };
        let Some(accuracy) = of(Quantity::Accuracy) else { continue };
        let (low, high) = accuracy.estimate.interval;
        let seeds = |values: &[f64], sign: bool| {
            let value = |value: &f64| match sign {
                true => format!("{value:+.3}"),
                false => format!("{value:.3}"),
            };
            values.iter().map(value).collect::<Vec<_>>().join(", ")
        };
        let (shown, apart) = match &accuracy.difference {
            Some(estimate) => (difference(accuracy), seeds(&estimate.seeds, true)),
            None => (String::new(), String::new()),
        };
        writeln!(
            text,
            "| {name} | {} | {:.3} [{low:.3}, {high:.3}] | {} | {} | {} | {shown} | {apart} |",
            mean(Quantity::Loss),
            accuracy.estimate.mean,
            if rows.is_baseline(name) {
                String::new()
            } else {
                seeds(&accuracy.estimate.seeds, false)
            },
            mean(Quantity::Root),
            mean(Quantity::Changes),
        )?;
    }
    Ok(())
}

/// What the models go by with half of the cells visible, seed by seed.
fn reliance(text: &mut String, report: &SweepReport, weights: Weights) -> std::fmt::Result {
    writeln!(
        text,
        "\n### Reliance on the melody, half of the cells visible\n\n\
         ΔL_mel: what the loss rises by with the melody of another song; ΔL_ctx: without the \
         visible harmony; reliance = ΔL_mel / (ΔL_mel + ΔL_ctx).\n"
    )?;
    writeln!(text, "| | seed | loss | ΔL_mel | ΔL_ctx | reliance |")?;
    writeln!(text, "|---|---|---|---|---|---|")?;
    for name in &report.configurations {
        let own = report.runs.iter().filter(|run| run.name == *name && run.weights == weights);
        for (run, reliance) in own.filter_map(|run| Some((run, run.reliance.as_ref()?))) {
            let shown = |figure: &WithInterval| {
                let (low, high) = figure.interval;
                format!("{:.3} [{low:.3}, {high:.3}]", figure.value)
            };
            writeln!(
                text,
                "| {name} | {} | {:.3} | {} | {} | {} |",
                run.seed,
                reliance.loss.value,
                shown(&reliance.melody),
                shown(&reliance.context),
                reliance.reliance.as_ref().map_or("–".to_owned(), shown),
            )?;
        }
    }
    Ok(())
}

/// A difference with its interval, bold where it is clear; empty for the first.
fn difference(entry: &Compared) -> String {
    let Some(estimate) = &entry.difference else { return String::new() };
    let (low, high) = estimate.interval;
    let value = format!("{:+.3} [{low:+.3}, {high:+.3}]", estimate.mean);
    if estimate.is_clear() { format!("**{value}**") } else { value }
}

/// What stands in the rows of a table: baselines, then configurations.
struct Rows<'a> {
    baselines: &'a [Compared],
    comparison: &'a Comparison,
}

impl<'a> Rows<'a> {
    fn entries(&self) -> impl Iterator<Item = &'a Compared> {
        self.baselines.iter().chain(&self.comparison.entries)
    }

    /// Distinct values of something, in the order they are met.
    fn distinct(&self, what: impl Fn(&'a Compared) -> &'a str) -> Vec<&'a str> {
        let mut distinct: Vec<&str> = Vec::new();
        for value in self.entries().map(what) {
            if !distinct.contains(&value) {
                distinct.push(value);
            }
        }
        distinct
    }

    fn names(&self) -> Vec<&'a str> {
        self.distinct(|entry| &entry.name)
    }

    fn is_baseline(&self, name: &str) -> bool {
        self.baselines.iter().any(|entry| entry.name == name)
    }

    fn of(&self, name: &str, probe: &str, quantity: Quantity) -> Option<&'a Compared> {
        self.entries()
            .find(|entry| entry.name == name && entry.probe == probe && entry.quantity == quantity)
    }

    /// A row for each name, a column for each probe.
    fn by_probe(
        &self,
        text: &mut String,
        quantity: Quantity,
        shown: impl Fn(&Compared) -> String,
    ) -> std::fmt::Result {
        let probes = self.distinct(|entry| &entry.probe);
        writeln!(text, "| | {} |", probes.join(" | "))?;
        writeln!(text, "|---|{}", "---|".repeat(probes.len()))?;
        for name in self.names() {
            let cell = |probe: &&str| self.of(name, probe, quantity).map_or("–".to_owned(), &shown);
            let cells: Vec<String> = probes.iter().map(cell).collect();
            writeln!(text, "| {name} | {} |", cells.join(" | "))?;
        }
        Ok(())
    }

    /// A row for each name, a column for each source: accuracy under one probe.
    fn by_source(&self, text: &mut String, probe: &str) -> std::fmt::Result {
        let asked = |entry: &&Compared| entry.probe == probe;
        let sources: BTreeSet<&String> =
            self.entries().filter(asked).flat_map(|entry| entry.sources.keys()).collect();
        let header: Vec<&str> = sources.iter().map(|source| source.as_str()).collect();
        writeln!(text, "| | {} |", header.join(" | "))?;
        writeln!(text, "|---|{}", "---|".repeat(header.len()))?;
        for name in self.names() {
            let Some(entry) = self.of(name, probe, Quantity::Accuracy) else { continue };
            let cell = |source: &&String| {
                entry.sources.get(*source).map_or("–".to_owned(), |value| format!("{value:.3}"))
            };
            let cells: Vec<String> = sources.iter().map(cell).collect();
            writeln!(text, "| {name} | {} |", cells.join(" | "))?;
        }
        Ok(())
    }
}

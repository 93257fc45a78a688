//! From pieces to a corpus.

use serde::Serialize;

use super::{PieceReport, Report, Settings};
use crate::agreement::Rule;
use crate::{Estimate, Measure, Metric, Pair, Progressions, RhythmError};

/// A metric over all pieces.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MetricSummary {
    /// Which.
    pub metric: Metric,
    /// Its mean over what was generated.
    pub generated: Option<Estimate>,
    /// Its mean over what people wrote.
    pub reference: Option<Estimate>,
    /// Mean of generated − reference, pair by pair.
    pub difference: Option<Estimate>,
    /// Mean of |generated − reference|, pair by pair.
    pub error: Option<Estimate>,
}

/// Another measure over all pieces.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MeasureSummary {
    /// Its short name.
    pub name: &'static str,
    /// Its mean.
    pub estimate: Option<Estimate>,
}

/// Constraints over all pieces.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ConstraintSummary {
    /// How many were asked.
    pub asked: usize,
    /// How many held all the time.
    pub kept: usize,
    /// The mean share kept of a piece's constraints.
    pub share: Option<Estimate>,
}

/// The variety of progressions on both sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ProgressionSummary {
    /// In what was generated.
    pub generated: Progressions,
    /// In what people wrote.
    pub reference: Progressions,
}

/// Copies from the training corpus over all pieces.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CopySummary {
    /// Chords of the longest copied progression.
    pub longest: usize,
    /// The piece in which it stands.
    pub piece: Option<String>,
    /// The mean share of a piece that its longest copied progression is.
    pub share: Option<Estimate>,
}

/// Columns to estimate together, so that all see the same resamples.
struct Columns<'a> {
    pieces: &'a [PieceReport],
    columns: Vec<Vec<Option<f64>>>,
}

impl Columns<'_> {
    fn add(&mut self, value: impl Fn(&PieceReport) -> Option<f64>) {
        self.columns.push(self.pieces.iter().map(value).collect());
    }
}

/// The report on `pieces`, the evaluations of `pairs`.
pub(super) fn summarize(pairs: &[Pair], pieces: Vec<PieceReport>, settings: Settings) -> Report {
    let mut columns = Columns { pieces: &pieces, columns: Vec::new() };
    for metric in Metric::ALL.iter().copied() {
        columns.add(|piece| piece.generated.get(metric));
        columns.add(|piece| piece.reference.get(metric));
        columns.add(|piece| Some(piece.generated.get(metric)? - piece.reference.get(metric)?));
        columns.add(|piece| piece.error(metric));
    }
    for rule in Rule::ALL {
        columns.add(|piece| piece.agreement.get(*rule));
    }
    for error in RhythmError::ALL {
        columns.add(|piece| piece.rhythm.get(*error));
    }
    columns.add(|piece| piece.constraints.and_then(|constraints| constraints.share()));
    columns.add(|piece| piece.copied.and_then(|copied| copied.share()));

    // Taken out in the order in which they were put in.
    let mut estimates = settings.bootstrap.estimate(&columns.columns).into_iter();
    let mut next = || estimates.next().flatten();
    let metrics = Metric::ALL
        .iter()
        .map(|metric| MetricSummary {
            metric: *metric,
            generated: next(),
            reference: next(),
            difference: next(),
            error: next(),
        })
        .collect();
    let agreement = measures::<Rule>(&mut next);
    let rhythm = measures::<RhythmError>(&mut next);
    let constraints = constraints(&pieces, next());
    let copies = copies(&pieces, next());
    let progressions = |side: fn(&Pair) -> &crate::Piece| {
        Progressions::count(
            pairs.iter().map(|pair| &side(pair).harmonization),
            settings.progression,
        )
    };
    Report {
        settings,
        metrics,
        agreement,
        rhythm,
        constraints,
        progressions: ProgressionSummary {
            generated: progressions(|pair| &pair.generated),
            reference: progressions(|pair| &pair.reference),
        },
        copies,
        pieces,
    }
}

fn measures<M: Measure>(next: &mut impl FnMut() -> Option<Estimate>) -> Vec<MeasureSummary> {
    M::ALL.iter().map(|measure| MeasureSummary { name: measure.name(), estimate: next() }).collect()
}

fn constraints(pieces: &[PieceReport], share: Option<Estimate>) -> Option<ConstraintSummary> {
    let mut asked_of = pieces.iter().filter_map(|piece| piece.constraints).peekable();
    asked_of.peek()?;
    let (asked, kept) =
        asked_of.fold((0, 0), |(asked, kept), piece| (asked + piece.asked, kept + piece.kept));
    Some(ConstraintSummary { asked, kept, share })
}

fn copies(pieces: &[PieceReport], share: Option<Estimate>) -> Option<CopySummary> {
    let copied = pieces.iter().filter_map(|piece| Some((piece.copied?, &piece.name)));
    // The first of equally long ones.
    let (longest, name) = copied.rev().max_by_key(|(copied, _)| copied.chords)?;
    let piece = (longest.chords > 0).then(|| name.clone());
    Some(CopySummary { longest: longest.chords, piece, share })
}

//! All measurements of a model in one go.

use std::collections::BTreeMap;

use grid::corpus::Corpus;
use grid::{Keys, Resolution, Split};
use model::Predictor;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use train::Transposition;

use super::answers::{Answer, Asker, Questions, question};
use super::attention::Sums;
use super::memorisation::Side;
use super::pieces::PieceSet;
use super::resampling::Resamples;
use super::rollout::rollout;
use super::{
    Attention, AttentionMap, Calibration, Choice, Confusion, Memorisation, MetricErrors, Options,
    PieceFigures, PieceView, Reliance, attention_maps, calibration, confusion, memorisation,
    metric_places, reliance, songs,
};

/// What was found out about a model. The same model, corpus and options give the same numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Examination {
    /// How it was examined: keys and window are those that the model reads.
    pub options: Options,
    /// SHA-256 of the corpus' cells.
    pub corpus_sha256: String,
    /// Pieces that were looked at.
    pub pieces: usize,
    /// Their windows.
    pub windows: usize,
    /// Training pieces that were probed for memorisation.
    pub training_pieces: usize,
    /// Where hidden harmony cells look.
    pub attention: Option<Attention>,
    /// Whole attention maps of a few pieces.
    pub maps: Vec<AttentionMap>,
    /// What melody and visible harmony are worth, for each visible share. Empty where there are
    /// not two pieces to swap melodies.
    pub reliance: Vec<Reliance>,
    /// Whether training pieces are recited, for each visible share that was probed. Empty without
    /// training pieces.
    pub memorisation: Vec<Memorisation>,
    /// Confidence beside accuracy, for each visible share.
    pub calibration: Vec<Calibration>,
    /// How wrong chords are wrong, for each visible share.
    pub confusion: Vec<Confusion>,
    /// Errors by place in the bar and at changes, for each visible share.
    pub metric_errors: Vec<MetricErrors>,
    /// Every piece, for each visible share.
    pub piece_figures: Vec<PieceFigures>,
    /// The worst and some typical pieces, shown whole with nothing visible.
    pub views: Vec<PieceView>,
}

/// How far an examination is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being measured.
    pub what: &'static str,
    /// Windows read so far.
    pub done: usize,
    /// Windows to read in all.
    pub total: usize,
}

/// Why a model cannot be examined.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs)]
pub enum ExamineError {
    #[error(
        "the corpus has no {} pieces of these sets; prepare one with more files, or examine \
         another side of the split",
        side(*split)
    )]
    NoPieces { split: Split },
    #[error(
        "the model reads cells of {}, the corpus has cells of {}; prepare the corpus with \
         --cells {}",
        cells(*model),
        cells(*corpus),
        cells(*model)
    )]
    Resolution { model: Resolution, corpus: Resolution },
}

fn side(split: Split) -> &'static str {
    match split {
        Split::Train => "training",
        Split::Validation => "validation",
        Split::Test => "test",
    }
}

fn cells(resolution: Resolution) -> &'static str {
    match resolution {
        Resolution::Beat => "beat",
        Resolution::HalfBeat => "half-beat",
        Resolution::QuarterBeat => "quarter-beat",
    }
}

/// Examines a model on a sample of the corpus and tells `progress` how far it is.
///
/// # Errors
/// If there is no piece to look at, or the corpus has cells of another length than the model's.
pub fn examine(
    predictor: &Predictor,
    corpus: &Corpus,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Result<Examination, ExamineError> {
    let header = corpus.header();
    if header.resolution != predictor.resolution() {
        let (model, corpus) = (predictor.resolution(), header.resolution);
        return Err(ExamineError::Resolution { model, corpus });
    }
    let options = &fitting(options, predictor);
    let set = PieceSet::choose(corpus, options.split, options);
    if set.excerpts.is_empty() {
        return Err(ExamineError::NoPieces { split: options.split });
    }
    // Beside itself the training side has nothing to be compared with.
    let training = match options.split {
        Split::Train => PieceSet::default(),
        _ => PieceSet::choose(corpus, Split::Train, options),
    };
    let shares = options.shares();
    let probes = options.memorisation_visible.len();
    let passes = 2 * shares.len() + 1;
    let total = passes * set.excerpts.len() + 2 * probes * training.excerpts.len();
    let mut asker = Asker { predictor, progress, done: 0, total };
    let resamples = Resamples::new(set.pieces.len(), options.seed);

    let asked = Asked::ask(&mut asker, &set, &shares, options.seed);
    let memorisation = memorise(&mut asker, &training, &asked, &set, options);
    let nothing_visible = asked.plain(0);
    let chosen = songs::choose(&set, nothing_visible, options.worst, options.typical);
    let attention = look(&mut asker, &set, options.attention_visible, &resamples);
    let maps = maps(&mut asker, &set, &chosen, options);
    let each = |share: &u8| (*share, asked.plain(*share));
    Ok(Examination {
        options: options.clone(),
        corpus_sha256: header.sha256.clone(),
        pieces: set.pieces.len(),
        windows: set.excerpts.len(),
        training_pieces: training.pieces.len(),
        attention,
        maps,
        reliance: shares
            .iter()
            .filter_map(|share| {
                let (plain, swapped) = (asked.plain(*share), asked.swapped(*share));
                reliance::measure(*share, &set, plain, swapped, nothing_visible)
            })
            .collect(),
        memorisation,
        calibration: (shares.iter().map(each))
            .filter_map(|(share, answers)| calibration::measure(share, answers, &resamples))
            .collect(),
        confusion: (shares.iter().map(each))
            .filter_map(|(share, answers)| {
                confusion::measure(share, answers, set.pieces.len(), &resamples)
            })
            .collect(),
        metric_errors: (shares.iter().map(each))
            .map(|(share, answers)| metric_places::measure(share, &set, answers, &resamples))
            .collect(),
        piece_figures: (shares.iter().map(each))
            .flat_map(|(share, answers)| songs::figures(share, &set, answers))
            .collect(),
        views: chosen
            .iter()
            .map(|(piece, choice)| songs::view(&set, nothing_visible, *piece, *choice))
            .collect(),
    })
}

/// The options with pieces as the model reads them: in its keys, and in windows of at most what it
/// can read.
fn fitting(options: &Options, predictor: &Predictor) -> Options {
    let mut options = options.clone();
    if options.data.transposition.keys() != predictor.keys() {
        options.data.transposition = match predictor.keys() {
            Keys::Own => Transposition::None,
            Keys::CMajor => Transposition::CMajor,
        };
    }
    if let Some(longest) = predictor.encoder().config().longest_item() {
        options.data.window = options.data.window.min(longest);
        options.map_cells = options.map_cells.min(longest);
    }
    options
}

/// Answers by visible share: as the pieces are, and under the melody of another.
#[derive(Default)]
struct Asked {
    plain: BTreeMap<u8, Vec<Answer>>,
    swapped: BTreeMap<u8, Vec<Answer>>,
}

impl Asked {
    fn ask(asker: &mut Asker<'_>, set: &PieceSet, shares: &[u8], seed: u64) -> Self {
        let mut asked = Self::default();
        for share in shares {
            let questions = Questions::new(set, *share);
            asked.plain.insert(*share, asker.answers("errors", &questions));
            let swapped = questions.with_other_melodies(seed);
            asked.swapped.insert(*share, asker.answers("other melodies", &swapped));
        }
        asked
    }

    fn plain(&self, share: u8) -> &[Answer] {
        self.plain.get(&share).map_or(&[], Vec::as_slice)
    }

    fn swapped(&self, share: u8) -> &[Answer] {
        self.swapped.get(&share).map_or(&[], Vec::as_slice)
    }
}

/// Training pieces under other melodies, beside what was asked about the others.
fn memorise(
    asker: &mut Asker<'_>,
    training: &PieceSet,
    asked: &Asked,
    set: &PieceSet,
    options: &Options,
) -> Vec<Memorisation> {
    if training.excerpts.is_empty() {
        return Vec::new();
    }
    let shares = options.memorisation_visible.iter().map(|share| (*share).min(100));
    let probe = |share| {
        let questions = Questions::new(training, share);
        let own = asker.answers("training pieces", &questions);
        let swapped = questions.with_other_melodies(options.seed);
        let other = asker.answers("training pieces", &swapped);
        let known = Side::new(training, &own, &other);
        let new = Side::new(set, asked.plain(share), asked.swapped(share));
        memorisation::measure(share, &known, &new, options.seed)
    };
    shares.filter_map(probe).collect()
}

/// Where the hidden cells of all pieces look.
fn look(
    asker: &mut Asker<'_>,
    set: &PieceSet,
    visible: u8,
    resamples: &Resamples,
) -> Option<Attention> {
    let questions = Questions::new(set, visible);
    let config = asker.predictor.encoder().config();
    let mut sums = Sums::new(set.pieces.len(), config.layers, config.heads);
    asker.batches("attention", &questions, |predictor, chunk, items| {
        for ((index, item), maps) in
            chunk.iter().zip(items).zip(predictor.encoder().attention(items))
        {
            sums.add(questions.questions[*index].song, &maps, &rollout(&maps), &item.harmony);
        }
    });
    sums.attention(visible, resamples)
}

/// Whole maps of the beginnings of chosen pieces, typical and worst in turn.
fn maps(
    asker: &mut Asker<'_>,
    set: &PieceSet,
    chosen: &[(usize, Choice)],
    options: &Options,
) -> Vec<AttentionMap> {
    let of = |wanted| chosen.iter().filter(move |(_, choice)| *choice == wanted);
    let (mut typical, mut worst) = (of(Choice::Typical), of(Choice::Worst));
    let mut in_turn = Vec::new();
    while in_turn.len() < options.maps {
        let before = in_turn.len();
        in_turn.extend(typical.next().into_iter().chain(worst.next()).map(|(piece, _)| *piece));
        if in_turn.len() == before {
            break;
        }
    }
    in_turn.truncate(options.maps);
    let visible = options.attention_visible;
    let map = |piece: usize| {
        let first = set.excerpts.iter().find(|excerpt| excerpt.piece == piece)?;
        let beginning = first.beginning(options.map_cells)?;
        let question = question(&beginning, visible, None)?;
        let item = std::slice::from_ref(&question.item);
        let maps = asker.predictor.encoder().attention(item).pop()?;
        let (cells, harmony) = (&question.item.cells, &question.item.harmony);
        let piece = &set.pieces[piece];
        Some(attention_maps::map(piece, visible, cells, harmony, &maps, &rollout(&maps)))
    };
    in_turn.into_iter().filter_map(map).collect()
}

#[cfg(test)]
mod tests;

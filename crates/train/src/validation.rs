//! Measuring a model on frozen masks.

use std::collections::BTreeMap;

use curriculum::{Curriculum, Layout, Masking, Probe, evaluation};
use grid::corpus::PieceKey;
use grid::{Cell, Token, Vocabulary};
use model::{Batch, Dropout, Encoder, Item};
use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::Figure;
use crate::song_sums::{ProbeSums, SongName, SongSums};
use crate::songs::{SongSet, TrainingSong, layout, window_seed, windows};
use crate::stages::stages_of;
use crate::stream::stream;

/// A window with some chords hidden, and what hides there.
#[derive(Clone, Debug)]
pub struct Question {
    /// What the model sees.
    pub item: Item,
    /// Indices of the hidden cells, all of which are asked.
    pub targets: Vec<usize>,
    /// The tokens that hide there.
    pub truth: Vec<Token>,
    /// Whether the chord changes there: the cell before it holds another one.
    pub changes: Vec<bool>,
    /// The key written at the song's start.
    pub key: Option<PieceKey>,
    /// Index of the song among those asked about.
    pub song: usize,
}

/// What a model says about one hidden cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// The most probable token.
    pub token: Token,
    /// Negative logarithm of the probability given to the truth, in nats.
    pub surprise: f64,
}

/// Something that fills hidden cells: an encoder or a baseline.
pub trait Answerer {
    /// An answer for every target of every question.
    fn answer(&self, questions: &[Question]) -> Vec<Vec<Answer>>;
}

/// Items in a forward pass of validation.
const BATCH: usize = 32;

impl Answerer for Encoder {
    fn answer(&self, questions: &[Question]) -> Vec<Vec<Answer>> {
        // Lengths together, so that little is padded; the answers go back in order.
        let mut order: Vec<usize> = (0..questions.len()).collect();
        order.sort_by_key(|index| questions[*index].item.cells.len());
        let mut answers = vec![Vec::new(); questions.len()];
        for chunk in order.chunks(BATCH) {
            let batch = Batch::new(chunk.iter().map(|i| &questions[*i].item), self.config());
            let rows: Vec<i32> = chunk
                .iter()
                .enumerate()
                .flat_map(|(row, i)| {
                    let cells = batch.cells;
                    questions[*i].targets.iter().map(move |target| (row * cells + target) as i32)
                })
                .collect();
            let logits = self.logits(&batch, &rows, &Dropout::OFF).into_data().convert::<f32>();
            let logits = logits.as_slice::<f32>().unwrap_or_default();
            let mut logits = logits.chunks(Vocabulary::SIZE);
            for index in chunk {
                let truth = questions[*index].truth.iter();
                answers[*index] =
                    truth.zip(&mut logits).map(|(truth, logits)| answer(logits, *truth)).collect();
            }
        }
        answers
    }
}

/// The answer that logits give.
fn answer(logits: &[f32], truth: Token) -> Answer {
    let (mut best, mut highest) = (0, f32::NEG_INFINITY);
    for (index, logit) in logits.iter().enumerate() {
        if *logit > highest {
            (best, highest) = (index, *logit);
        }
    }
    let sum: f64 = logits.iter().map(|logit| f64::from(logit - highest).exp()).sum();
    let right = logits.get(truth.index()).copied().unwrap_or(f32::NEG_INFINITY);
    Answer { token: Token(best as u16), surprise: sum.ln() - f64::from(right - highest) }
}

/// Sums over cells, from which every figure follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Cells asked.
    pub cells: u64,
    /// Of these, answered with the right token.
    pub right: u64,
    /// Of these, answered with the right root (or rightly with none).
    pub right_roots: u64,
    /// Sum of the negative log-likelihoods, in nats.
    pub surprise: f64,
    /// Cells asked at which the chord changes.
    pub changes: u64,
    /// Of these, answered with the right token.
    pub right_changes: u64,
}

impl Measured {
    /// Mean negative log-likelihood in nats.
    pub fn loss(&self) -> f64 {
        self.surprise / self.cells.max(1) as f64
    }

    /// Share of right tokens.
    pub fn accuracy(&self) -> f64 {
        self.right as f64 / self.cells.max(1) as f64
    }

    /// Share of right roots.
    pub fn root_accuracy(&self) -> f64 {
        self.right_roots as f64 / self.cells.max(1) as f64
    }

    /// Share of right tokens where the chord changes.
    pub fn change_accuracy(&self) -> f64 {
        self.right_changes as f64 / self.changes.max(1) as f64
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.cells += other.cells;
        self.right += other.right;
        self.right_roots += other.right_roots;
        self.surprise += other.surprise;
        self.changes += other.changes;
        self.right_changes += other.right_changes;
    }

    fn count(&mut self, truth: Token, change: bool, answer: Answer) {
        let root = |token| Vocabulary::parts(token).map(|(root, _)| root);
        self.cells += 1;
        self.right += u64::from(answer.token == truth);
        self.right_roots += u64::from(root(answer.token) == root(truth));
        self.surprise += answer.surprise;
        self.changes += u64::from(change);
        self.right_changes += u64::from(change && answer.token == truth);
    }
}

/// What was measured with one probe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Name of the probe: `cells-25` shows a quarter of the cells.
    pub probe: String,
    /// Over all songs.
    pub all: Measured,
    /// Over the songs of each source.
    pub sources: BTreeMap<String, Measured>,
    /// 95% interval of the accuracy, by bootstrap over songs.
    pub accuracy_interval: (f64, f64),
    /// 95% interval of the loss, by bootstrap over songs.
    pub loss_interval: (f64, f64),
}

/// A validation of the whole stage curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValidationReport {
    /// Steps done.
    pub step: u64,
    /// Passes over the corpus so far.
    pub epoch: u64,
    /// On validation songs.
    pub validation: Vec<Figures>,
    /// On training songs, measured the same way, dropout off.
    pub training: Vec<Figures>,
    /// How long it took.
    pub seconds: f64,
}

impl ValidationReport {
    /// The loss on validation songs with nothing visible.
    pub fn headline(&self) -> f64 {
        Figure::HEADLINE.of(self).unwrap_or(f64::NAN)
    }

    /// Whether every loss is a number.
    pub(crate) fn is_finite(&self) -> bool {
        let mut figures = self.validation.iter().chain(&self.training);
        figures.all(|figures| figures.all.surprise.is_finite())
    }
}

/// What is hidden of a window, from its layout and the seed of its masks; `None` where there is
/// nothing to ask.
pub type Mask<'a> = &'a dyn Fn(&Layout, u64) -> Option<Masking>;

/// Frozen questions about a set of songs.
#[derive(Clone, Debug)]
pub struct Validator {
    probes: Vec<(String, Vec<Question>)>,
    /// Indices of the songs asked about.
    chosen: Vec<usize>,
    names: Vec<SongName>,
}

impl Validator {
    /// Questions about `most` songs (all for `None`), spread over the set, with masks that follow
    /// from `mask_seed` and the song alone. Probes that have nothing to ask of any of them are left
    /// out.
    pub fn new(
        songs: &SongSet<'_>,
        probes: &[Probe],
        window: usize,
        mask_seed: u64,
        most: Option<usize>,
    ) -> Self {
        let mut validator = Self::about(songs, most);
        for probe in probes {
            let mask = |layout: &Layout, seed| evaluation::mask(layout, seed, *probe);
            validator.ask(songs, probe.name(), window, mask_seed, &mask);
        }
        validator
    }

    /// A validator about `most` songs that asks nothing yet.
    fn about(songs: &SongSet<'_>, most: Option<usize>) -> Self {
        let take = most.unwrap_or(usize::MAX).min(songs.songs.len());
        // Every n-th song, so that every source has its share.
        let chosen: Vec<usize> =
            (0..take).map(|index| index * songs.songs.len() / take.max(1)).collect();
        let names = chosen.iter().map(|index| SongName::of(&songs.songs[*index])).collect();
        Self { probes: Vec::new(), chosen, names }
    }

    /// Asks about every window of every chosen song what `mask` hides of it.
    fn ask(
        &mut self,
        songs: &SongSet<'_>,
        name: String,
        window: usize,
        mask_seed: u64,
        mask: Mask<'_>,
    ) {
        let mut questions = Vec::new();
        for (song, index) in self.chosen.iter().enumerate() {
            let TrainingSong { cells, key, family, .. } = &songs.songs[*index];
            for range in windows(cells, window, window) {
                let mask_seed = window_seed(mask_seed, *family, range.start);
                let masking =
                    layout(&cells[range.clone()]).and_then(|layout| mask(&layout, mask_seed));
                if let Some(masking) = masking {
                    questions.push(Question::new(cells, range, &masking, *key, song));
                }
            }
        }
        if !questions.is_empty() {
            self.probes.push((name, questions));
        }
    }

    /// Questions about `most` songs at one stage of a curriculum, as it trains on them.
    pub fn at_stage(
        songs: &SongSet<'_>,
        curriculum: &Curriculum,
        stage: usize,
        window: usize,
        mask_seed: u64,
        most: Option<usize>,
    ) -> Self {
        let mut validator = Self::about(songs, most);
        let mask =
            |layout: &Layout, seed| Some(evaluation::at_stage(curriculum, layout, seed, stage));
        validator.ask(songs, format!("stage-{stage}"), window, mask_seed, &mask);
        let stage = stages_of(curriculum).map(|stages| stage.min(stages.saturating_sub(1)));
        for question in validator.probes.iter_mut().flat_map(|(_, questions)| questions) {
            question.item.stage = stage;
        }
        validator
    }

    /// Songs asked about.
    pub fn songs(&self) -> usize {
        self.names.len()
    }

    /// The source of each song asked about.
    pub fn sources(&self) -> Vec<String> {
        self.names.iter().map(|name| name.source.clone()).collect()
    }

    /// Names of the probes that have something to ask.
    pub fn probes(&self) -> impl Iterator<Item = &str> {
        self.probes.iter().map(|(name, _)| name.as_str())
    }

    /// Asks everything.
    pub fn measure(&self, answerer: &dyn Answerer) -> Vec<Figures> {
        self.measure_songs(answerer).figures()
    }

    /// Asks everything; the sums of every song.
    pub fn measure_songs(&self, answerer: &dyn Answerer) -> SongSums {
        let probes = self.probes.iter().map(|(probe, questions)| {
            let mut songs = vec![Measured::default(); self.names.len()];
            for (question, answers) in questions.iter().zip(answerer.answer(questions)) {
                let asked = question.truth.iter().zip(&question.changes).zip(answers);
                for ((truth, change), answer) in asked {
                    songs[question.song].count(*truth, *change, answer);
                }
            }
            ProbeSums { probe: probe.clone(), songs }
        });
        SongSums { probes: probes.collect(), songs: self.names.clone() }
    }

    /// The questions of a probe; none if it is not asked.
    pub fn asked(&self, probe: Probe) -> &[Question] {
        let name = probe.name();
        let found = self.probes.iter().find(|(probe, _)| *probe == name);
        found.map_or(&[], |(_, questions)| questions)
    }
}

impl Question {
    /// What `masking` hides of a window of a song.
    fn new(
        song: &[Cell],
        range: std::ops::Range<usize>,
        masking: &Masking,
        key: Option<PieceKey>,
        index: usize,
    ) -> Self {
        let cells = &song[range.clone()];
        let harmony = cells
            .iter()
            .zip(&masking.cells)
            .map(|(cell, state)| if state.is_visible() { cell.harmony() } else { Token::MASK });
        let harmony: Vec<Token> = harmony.collect();
        let targets: Vec<usize> =
            (0..cells.len()).filter(|index| masking.cells[*index].is_target()).collect();
        let truth = targets.iter().map(|index| cells[*index].harmony()).collect();
        let before =
            |index: usize| (range.start + index).checked_sub(1).map(|at| song[at].harmony());
        let changes = targets
            .iter()
            .map(|index| before(*index).is_some_and(|before| before != cells[*index].harmony()))
            .collect();
        let item = Item::new(cells.to_vec(), harmony);
        Self { item, targets, truth, changes, key, song: index }
    }
}

#[cfg(test)]
impl Question {
    /// A question about cells of an item, of no song in particular.
    pub(crate) fn of_item(item: Item, targets: &[usize]) -> Self {
        let truth = targets.iter().map(|target| item.cells[*target].harmony()).collect();
        let changes = vec![false; targets.len()];
        Self { item, targets: targets.to_vec(), truth, changes, key: None, song: 0 }
    }
}

/// Draws of a bootstrap.
const DRAWS: usize = 2000;

/// 95% interval of Σ numerator / Σ denominator by the percentile bootstrap over the pairs
/// (Efron 1979), from a fixed seed.
pub fn mean_interval(pairs: &[(f64, f64)]) -> (f64, f64) {
    if pairs.is_empty() {
        return (f64::NAN, f64::NAN);
    }
    let mut random = stream(0);
    let mut means: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let (mut numerator, mut denominator) = (0.0, 0.0);
            for _ in pairs {
                let pair = pairs[random.random_range(0..pairs.len())];
                numerator += pair.0;
                denominator += pair.1;
            }
            numerator / f64::max(denominator, f64::MIN_POSITIVE)
        })
        .collect();
    means.sort_by(f64::total_cmp);
    (means[DRAWS * 25 / 1000], means[DRAWS * 975 / 1000 - 1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TrainingSong;
    use crate::songs::tests::cells;

    /// Knows everything that is asked, but calls the first chord of every question silence.
    struct NearlyOmniscient;

    impl Answerer for NearlyOmniscient {
        fn answer(&self, questions: &[Question]) -> Vec<Vec<Answer>> {
            let answers = |question: &Question| {
                let first = question.targets.first().copied();
                let answer = |(target, truth): (&usize, &Token)| {
                    let token = if Some(*target) == first { Token::NO_CHORD } else { *truth };
                    Answer { token, surprise: 0.5 }
                };
                question.targets.iter().zip(&question.truth).map(answer).collect()
            };
            questions.iter().map(answers).collect()
        }
    }

    #[test]
    fn figures_count_hidden_real_cells_only() {
        let songs = [cells(0, 40), cells(1, 21)];
        let set = SongSet {
            songs: songs
                .iter()
                .zip(["one", "two"])
                .map(|(cells, source)| TrainingSong {
                    cells: cells.into(),
                    source,
                    family: 3,
                    ..TrainingSong::default()
                })
                .collect(),
        };
        let probes = [Probe::Cells(0), Probe::Cells(50)];
        let figures = Validator::new(&set, &probes, 64, 1, None).measure(&NearlyOmniscient);
        assert_eq!(figures[0].all.cells, 61);
        assert_eq!(figures[0].all.right, 59);
        assert_eq!(figures[0].all.loss(), 0.5);
        assert_eq!(figures[0].sources["two"].cells, 21);
        // 40 cells in bars of 4: the chord changes 9 times; 21 with a pickup of 1: see the cells.
        let changes = |cells: &[Cell]| {
            cells.windows(2).filter(|pair| pair[0].harmony() != pair[1].harmony()).count() as u64
        };
        assert_eq!(figures[0].all.changes, changes(&songs[0]) + changes(&songs[1]));
        assert!((30..=31).contains(&figures[1].all.cells), "{}", figures[1].all.cells);
        let (low, high) = figures[0].accuracy_interval;
        assert!(low <= figures[0].all.accuracy() && figures[0].all.accuracy() <= high);
    }

    #[test]
    fn surprise_is_the_negative_log_softmax() {
        let answer = answer(&[0.0, 1.0, 2.0], Token(1));
        let expected = -(1f64.exp() / (1.0 + 1f64.exp() + 2f64.exp())).ln();
        assert_eq!(answer.token, Token(2));
        assert!((answer.surprise - expected).abs() < 1e-6);
    }

    #[test]
    fn the_interval_of_a_constant_is_a_point_and_that_of_noise_is_not() {
        assert_eq!(mean_interval(&[(1.0, 2.0); 9]), (0.5, 0.5));
        let noise: Vec<_> = (0..50).map(|i| (f64::from(i % 2), 1.0)).collect();
        let (low, high) = mean_interval(&noise);
        // Standard error 0.0707: the interval is about 0.5 ± 0.139.
        assert!((low - 0.36).abs() < 0.04 && (high - 0.64).abs() < 0.04, "{low} {high}");
    }
}

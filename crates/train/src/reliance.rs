//! What a model goes by: the melody, or the harmony around.
//!
//! The same hidden cells are asked three times: as they are; with each piece's melody replaced by
//! that of another song; with all visible harmony hidden. What the loss rises by says how much the
//! model leaned on what was taken away:
//!
//! ΔL_mel = loss with another melody − loss, ΔL_ctx = loss without visible harmony − loss,
//! reliance = ΔL_mel / (ΔL_mel + ΔL_ctx).
//!
//! A model that only listens has a reliance of 1, one that only copies its neighbours of 0. A
//! reader of both may have a high ΔL for each.

use std::collections::BTreeMap;

use grid::{Cell, Token};
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use crate::resample::{Resamples, interval};
use crate::stream::{seed, stream};
use crate::{Answer, Answerer, Question};

/// A figure with its 95% interval, by bootstrap over songs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WithInterval {
    /// The figure.
    pub value: f64,
    /// Where it lies in 95% of the draws of songs.
    pub interval: (f64, f64),
}

/// What a model goes by, measured on some questions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reliance {
    /// Songs asked about.
    pub songs: usize,
    /// Hidden cells asked.
    pub cells: u64,
    /// Mean negative log-likelihood of the questions as they are, in nats.
    pub loss: WithInterval,
    /// What the loss rises by with the melody of another song: ΔL_mel, in nats.
    pub melody: WithInterval,
    /// What it rises by without the visible harmony: ΔL_ctx, in nats.
    pub context: WithInterval,
    /// ΔL_mel / (ΔL_mel + ΔL_ctx), from 0 (only the harmony around counts) to 1 (only the melody);
    /// beyond them where taking something away helps. `None` where the loss does not rise by
    /// taking both away: there is nothing to share out.
    pub reliance: Option<WithInterval>,
}

impl Reliance {
    /// Asks `questions`, some of whose harmony is visible. `shuffle` seeds which song lends its
    /// melody to which.
    ///
    /// `None` if there are fewer than two songs, so that there is no other melody.
    pub fn measure(answerer: &dyn Answerer, questions: &[Question], shuffle: u64) -> Option<Self> {
        let strangers = with_other_melodies(questions, shuffle)?;
        let alone = without_context(questions);
        let songs = questions.iter().map(|question| question.song + 1).max()?;
        let mut sums = vec![SongLosses::default(); songs];
        let asked = [questions, &strangers, &alone];
        for (kind, questions) in asked.into_iter().enumerate() {
            for (question, answers) in questions.iter().zip(answerer.answer(questions)) {
                let sum = sums.get_mut(question.song)?;
                sum.surprise[kind] +=
                    answers.iter().map(|answer: &Answer| answer.surprise).sum::<f64>();
                if kind == 0 {
                    sum.cells += answers.len() as u64;
                }
            }
        }
        sums.retain(|sum| sum.cells > 0);
        Some(Self::of(&sums))
    }

    /// What the losses of these songs, at least one of them with cells, say.
    pub fn of(songs: &[SongLosses]) -> Self {
        let resamples = Resamples::new(songs.len());
        let loss = |kind: usize| {
            let pairs: Vec<_> =
                songs.iter().map(|sum| (sum.surprise[kind], sum.cells as f64)).collect();
            let (sum, cells) = pairs.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
            (sum / cells, resamples.ratios(&pairs))
        };
        let [as_it_is, stranger, alone] = [loss(0), loss(1), loss(2)];
        // Any function of the three losses, of all songs and of every draw.
        let figure = |of: &dyn Fn([f64; 3]) -> f64| WithInterval {
            value: of([as_it_is.0, stranger.0, alone.0]),
            interval: interval(
                (0..as_it_is.1.len())
                    .map(|draw| of([as_it_is.1[draw], stranger.1[draw], alone.1[draw]]))
                    .collect(),
            ),
        };
        let share = |[loss, stranger, alone]: [f64; 3]| {
            let (melody, context) = (stranger - loss, alone - loss);
            if melody + context > 0.0 { melody / (melody + context) } else { f64::NAN }
        };
        let reliance = figure(&share);
        Self {
            songs: songs.len(),
            cells: songs.iter().map(|sum| sum.cells).sum(),
            loss: figure(&|[loss, ..]| loss),
            melody: figure(&|[loss, stranger, _]| stranger - loss),
            context: figure(&|[loss, _, alone]| alone - loss),
            reliance: (!reliance.value.is_nan()).then_some(reliance),
        }
    }
}

/// Sums over the asked cells of one song.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SongLosses {
    /// How many they are.
    pub cells: u64,
    /// Negative log-likelihoods: as it is, with another melody, without visible harmony.
    pub surprise: [f64; 3],
}

/// The questions with each one's melody replaced by that of another song: one in the same time
/// signature and about as long where there is one, else one in the same time signature, else any.
/// It begins where it stands at the same place in the bar; one that is too short starts again.
///
/// `None` if all are about one song.
pub fn with_other_melodies(questions: &[Question], shuffle: u64) -> Option<Vec<Question>> {
    let mut order: Vec<usize> = (0..questions.len()).collect();
    order.shuffle(&mut stream(seed(&[shuffle])));
    let length = |question: &Question| question.item.cells.len().div_ceil(LENGTH_CLASS);
    let mut by_meter: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    let mut alike: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for index in &order {
        let question = &questions[*index];
        by_meter.entry(meter(question)).or_default().push(*index);
        alike.entry((meter(question), length(question))).or_default().push(*index);
    }
    let mut lenders = vec![0; questions.len()];
    for ((meter, _), group) in &alike {
        for (place, index) in group.iter().enumerate() {
            // The next of the group that is another song, round and round; else of a wider one.
            let later = group[place + 1..].iter().chain(&group[..place]);
            let candidates = later.chain(&by_meter[meter]).chain(&order);
            let other = |lender: &&usize| questions[**lender].song != questions[*index].song;
            lenders[*index] = *candidates.into_iter().find(other)?;
        }
    }
    let replaced = |(question, lender): (&Question, usize)| {
        let mut question = question.clone();
        lend(&mut question.item.cells, &questions[lender].item.cells);
        question
    };
    Some(questions.iter().zip(lenders).map(replaced).collect())
}

/// Melodies are about as long if they are so many cells long, or once, twice… as many more.
const LENGTH_CLASS: usize = 16;

/// Gives `cells` the melody of `lender`, from where its place in the bar is theirs.
fn lend(cells: &mut [Cell], lender: &[Cell]) {
    let same_place = |cell: &Cell| {
        lender.iter().position(|other| other.meter().place == cell.meter().place).unwrap_or(0)
    };
    let mut next = cells.first().map_or(0, same_place);
    for cell in cells {
        if next >= lender.len() {
            next = same_place(cell);
        }
        if let Some(other) = lender.get(next) {
            *cell = cell.with_melody_of(other);
        }
        next += 1;
    }
}

fn meter(question: &Question) -> Option<(u8, u8)> {
    question.item.cells.first().map(|cell| (cell.meter().numerator, cell.meter().denominator))
}

/// The questions with all of their visible harmony hidden; what is asked stays.
pub fn without_context(questions: &[Question]) -> Vec<Question> {
    let hidden = |question: &Question| {
        let mut question = question.clone();
        question.item.harmony.fill(Token::MASK);
        question
    };
    questions.iter().map(hidden).collect()
}

#[cfg(test)]
mod tests {
    use curriculum::Probe;

    use super::*;
    use crate::songs::tests::cells;
    use crate::{SongSet, TrainingSong, Validator};

    /// Songs whose melody is the root of their chord, each in another key.
    fn questions() -> Vec<Question> {
        questions_in_windows(16)
    }

    fn questions_in_windows(window: usize) -> Vec<Question> {
        let songs: Vec<Vec<Cell>> = (0..7)
            .map(|index| cells(0, 24).iter().map(|cell| cell.transposed(index)).collect())
            .collect();
        let song = |cells: &Vec<Cell>| TrainingSong {
            cells: cells.clone().into(),
            source: "set",
            family: 1,
            ..TrainingSong::default()
        };
        let set = SongSet { songs: songs.iter().map(song).collect() };
        let validator = Validator::new(&set, &[Probe::Cells(50)], window, 1, None);
        validator.asked(Probe::Cells(50)).to_vec()
    }

    /// Goes by the melody beneath, by a visible neighbour, or by both: sure or nearly so where it
    /// is right, ten times as surprised where it is not.
    struct Reader {
        melody: bool,
        context: bool,
    }

    impl Answerer for Reader {
        fn answer(&self, questions: &[Question]) -> Vec<Vec<Answer>> {
            let answers = |question: &Question| {
                let answer = |(target, truth): (&usize, &Token)| {
                    let item = &question.item;
                    let root = item.cells[*target].main_class().map(|class| 6 + 29 * class as u16);
                    let heard = self.melody && root == Some(truth.0);
                    let seen = self.context && item.harmony.contains(truth);
                    let surprise = if heard || seen { 0.1 } else { 1.0 };
                    Answer { token: *truth, surprise }
                };
                question.targets.iter().zip(&question.truth).map(answer).collect()
            };
            questions.iter().map(answers).collect()
        }
    }

    fn measure(melody: bool, context: bool) -> Reliance {
        Reliance::measure(&Reader { melody, context }, &questions(), 1).expect("many songs")
    }

    #[test]
    fn who_only_listens_relies_on_the_melody_and_who_only_copies_on_the_context() {
        let listener = measure(true, false);
        assert_eq!(listener.context.value, 0.0);
        assert!(listener.melody.value > 0.5, "{listener:?}");
        assert_eq!(listener.reliance.map(|r| r.value), Some(1.0));
        let copier = measure(false, true);
        assert_eq!(copier.melody.value, 0.0);
        assert!(copier.context.value > 0.3, "{copier:?}");
        assert_eq!(copier.reliance.map(|r| (r.value, r.interval)), Some((0.0, (0.0, 0.0))));
    }

    #[test]
    fn who_goes_by_neither_has_no_reliance() {
        let deaf = measure(false, false);
        assert_eq!((deaf.reliance, deaf.loss.value), (None, 1.0));
    }

    #[test]
    fn figures_follow_the_formula_and_lie_in_their_intervals() {
        // Song by song: cells, and losses as it is, with another melody, without context.
        let song = |cells: u64, losses: [f64; 3]| SongLosses {
            cells,
            surprise: losses.map(|loss| loss * cells as f64),
        };
        let reliance = Reliance::of(&[song(10, [0.5, 2.0, 1.0]), song(30, [0.5, 1.0, 1.0])]);
        let close = |one: f64, other: f64| (one - other).abs() < 1e-12;
        assert!(close(reliance.loss.value, 0.5));
        assert!(close(reliance.melody.value, (10.0 * 1.5 + 30.0 * 0.5) / 40.0));
        assert!(close(reliance.context.value, 0.5));
        let share = reliance.reliance.expect("a share");
        assert!(close(share.value, 0.75 / 1.25));
        assert!(close(share.interval.0, 0.5) && close(share.interval.1, 0.75), "{share:?}");
    }

    #[test]
    fn every_melody_comes_from_another_song_and_nothing_else_changes() {
        let questions = questions();
        let others = with_other_melodies(&questions, 5).expect("many songs");
        for (question, other) in questions.iter().zip(&others) {
            assert_eq!(question.item.harmony, other.item.harmony);
            assert_eq!((&question.targets, &question.truth), (&other.targets, &other.truth));
            assert_ne!(question.item.cells, other.item.cells);
            let lent = questions.iter().any(|lender| {
                let shares =
                    |q: &Question| q.item.cells.iter().map(Cell::shares).collect::<Vec<_>>();
                lender.song != question.song
                    && shares(lender).iter().zip(shares(other)).all(|(one, two)| *one == two)
            });
            assert!(lent);
        }
        let one_song: Vec<Question> =
            questions.iter().filter(|question| question.song == 0).cloned().collect();
        assert!(with_other_melodies(&one_song, 5).is_none());
    }

    #[test]
    fn a_melody_comes_from_the_same_metre_where_there_is_one() {
        let mut questions = questions();
        for question in questions.iter_mut().filter(|question| question.song % 2 == 0) {
            let three = |cell: &Cell| {
                let meter = grid::CellMeter { numerator: 3, ..cell.meter() };
                Cell::new(cell.harmony(), meter)
            };
            question.item.cells = question.item.cells.iter().map(three).collect();
        }
        // Songs in three are silent now: their melodies stay silent, those in four do not.
        let others = with_other_melodies(&questions, 2).expect("many songs");
        for (question, other) in questions.iter().zip(&others) {
            let silent = other.item.cells.iter().all(|cell| cell.sounding() == 0);
            assert_eq!(silent, question.song % 2 == 0);
        }
    }

    #[test]
    fn a_melody_is_about_as_long_where_there_is_one() {
        let mut questions = questions_in_windows(64);
        for question in questions.iter_mut().filter(|question| question.song > 3) {
            question.item.cells.truncate(8);
        }
        let others = with_other_melodies(&questions, 3).expect("many songs");
        for (question, other) in questions.iter().zip(&others) {
            // Each song is in a key of its own, by which its melody is known.
            let first = other.item.cells[0].shares();
            let lender = questions.iter().find(|lender| lender.item.cells[0].shares() == first);
            let lender = lender.expect("a song").song;
            assert_ne!(lender, question.song);
            assert_eq!(lender > 3, question.song > 3);
        }
    }

    #[test]
    fn a_lent_melody_keeps_its_place_in_the_bar_and_begins_again() {
        let (mut own, lender) = (cells(0, 12), cells(1, 6));
        let before = own.clone();
        lend(&mut own, &lender);
        // The lender's pickup is left out; of its bar of four and the cell after it, the rest
        // begins again at the place where it is needed.
        let expected = [1, 2, 3, 4, 5, 2, 3, 4, 5, 2, 3, 4];
        for ((cell, before), from) in own.iter().zip(&before).zip(expected) {
            assert_eq!(cell.shares(), lender[from].shares());
            assert_eq!(cell.meter(), before.meter());
        }
        lend(&mut own, &[]);
        assert_eq!(own[11].shares(), lender[4].shares(), "nothing to lend, nothing taken");
    }
}

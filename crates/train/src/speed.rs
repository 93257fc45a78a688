//! How fast training steps and forward passes are: workloads and their timing.

use std::ops::Range;
use std::time::{Duration, Instant};

use curriculum::Masking;
use grid::corpus::Corpus;
use grid::{Cell, CellMeter, Split, Token};
use model::{Dropout, Encoder, EncoderConfig, Item, MelodyFeatures, Norm, Positions};

use crate::batches::EpochPlan;
use crate::prepared::{MaskedItem, Preparation, PreparedBatch};
use crate::{Data, Learner, LearningRate, Optimization, RunConfig, SongSet};

/// A configuration that speed is measured on beside other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// **Q**: width 256, four layers, 64 cells, 32 items.
    Quarters,
    /// **S**: the same with 256 cells, 16 items.
    Sixteenths,
    /// **L**, the published model: width 512, eight layers, 256 cells, 16 items.
    Published,
}

impl Workload {
    /// The published architecture in this size: learned positions, norm after, 88 keys and twelve
    /// pitch classes; AdamW without clipping or average.
    pub fn config(self) -> RunConfig {
        let (width, layers, cells, batch) = match self {
            Self::Quarters => (256, 4, 64, 32),
            Self::Sixteenths => (256, 4, 256, 16),
            Self::Published => (512, 8, 256, 16),
        };
        RunConfig {
            model: EncoderConfig {
                width,
                heads: 8,
                layers,
                feed_forward: 4 * width,
                dropout: 0.3,
                norm: Norm::After,
                positions: Positions::Learned { cells },
                metric: false,
                melody: MelodyFeatures::Keys,
                ..EncoderConfig::default()
            },
            data: Data { window: cells, ..Data::default() },
            optimization: Optimization {
                batch,
                ema: 0.0,
                clip: 0.0,
                learning_rate: LearningRate { peak: 1e-4, ..LearningRate::default() },
                ..Optimization::default()
            },
            ..RunConfig::default()
        }
    }
}

/// Items as long as the window, with a melody in which every key sounds in a twentieth of the
/// cells, random harmony shown, and a tenth of the cells asked.
pub fn synthetic_batch(config: &RunConfig) -> PreparedBatch {
    let items = 0..config.optimization.batch as u64;
    let masked: Vec<MaskedItem> = items.map(|item| masked(item, config.data.window)).collect();
    PreparedBatch::new(&masked, config)
}

/// One such item, wholly masked.
pub fn synthetic_item(cells: usize) -> Item {
    let item = masked(0, cells).item;
    Item::new(item.cells, vec![Token::MASK; cells])
}

fn masked(item: u64, cells: usize) -> MaskedItem {
    let hash = |index: u64| (index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15 ^ item << 7) >> 33;
    let cell = |index: u64| {
        let meter = CellMeter {
            bar: (index / 4) as u16,
            place: (index % 4) as u16,
            cells_in_bar: 4,
            cells_per_pulse: 1,
            numerator: 4,
            denominator: 4,
            first_bar: index < 4,
            last_bar: index + 4 >= cells as u64,
        };
        let first = Token::FIRST_CHORD.index() as u64;
        let chords = grid::Vocabulary::SIZE as u64 - first;
        let mut cell = Cell::new(Token((first + hash(index) % chords) as u16), meter);
        for key in (0..88).filter(|key| hash(index * 97 + key) % 20 == 0) {
            cell.add_note(21 + key as i32, 0.25, true);
        }
        cell
    };
    let state = |index: u64| {
        if hash(index * 89) % 10 == 0 {
            curriculum::Cell::Target
        } else {
            curriculum::Cell::Visible
        }
    };
    let count = cells as u64;
    let masking = Masking { cells: (0..count).map(state).collect(), stage: 0 };
    let item = Item { seed: item, ..Item::new((0..count).map(cell).collect(), Vec::new()) };
    MaskedItem::new(item, masking)
}

/// The same songs in three kinds of batches.
#[derive(Clone, Debug)]
pub struct RealBatches {
    /// As training sees them: songs of near-equal length together, without padding.
    pub packed: Vec<PreparedBatch>,
    /// The same batches with what pads them counted as cells.
    pub padded: Vec<PreparedBatch>,
    /// Songs of any length together, and what pads them counted as cells: what is computed where
    /// nothing is done about it.
    pub mixed: Vec<PreparedBatch>,
}

/// The first batches of the first epoch over the songs of a corpus; `None` if there is no song.
pub fn real_batches(config: &RunConfig, corpus: &Corpus, count: usize) -> Option<RealBatches> {
    let songs = SongSet::new(corpus, Split::Train, &config.data);
    let batch = config.optimization.batch;
    let plan = EpochPlan::new(&songs, config.data.window, batch, config.seed, 0);
    let preparation = Preparation { config, songs: &songs };
    let steps = config.optimization.steps;
    let prepare = |(step, planned): (usize, &Vec<_>)| {
        let progress = curriculum::Progress::new(step as u64, steps, plan.batches.len() as u64);
        preparation.items(planned, progress)
    };
    let batches: Vec<Vec<MaskedItem>> =
        plan.batches.iter().take(count).enumerate().map(prepare).collect();
    if batches.is_empty() {
        return None;
    }
    let padded = |items: &[MaskedItem]| {
        let longest = items.iter().map(|item| item.item.cells.len()).max().unwrap_or(0);
        let items: Vec<_> = items.iter().map(|item| lengthened(item.clone(), longest)).collect();
        PreparedBatch::new(&items, config)
    };
    // One item of each batch after the other.
    let of_all = (0..batch).flat_map(|index| batches.iter().filter_map(move |b| b.get(index)));
    let of_all: Vec<MaskedItem> = of_all.cloned().collect();
    Some(RealBatches {
        packed: batches.iter().map(|items| PreparedBatch::new(items, config)).collect(),
        padded: batches.iter().map(|items| padded(items)).collect(),
        mixed: of_all.chunks(batch).map(padded).collect(),
    })
}

/// An item with its last cell repeated, ignored, up to a length.
fn lengthened(mut masked: MaskedItem, cells: usize) -> MaskedItem {
    if let Some(last) = masked.item.cells.last().copied() {
        masked.item.cells.resize(cells, last);
        masked.item.harmony.resize(cells, Token::MASK);
        masked.masking.cells.resize(cells, curriculum::Cell::Ignored);
    }
    masked
}

/// Multiplications and additions that a training step on this batch cannot do without.
pub fn useful_operations(config: &EncoderConfig, batch: &PreparedBatch) -> f64 {
    let of = |(batch, targets): &(model::Batch, crate::Targets)| {
        3.0 * model::speed::operations(config, &batch.lengths, targets.rows.len())
    };
    batch.parts.iter().map(of).sum()
}

/// Times of something done several times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Does something `warming` times unseen, then `count` times.
    pub fn of(warming: usize, count: usize, mut once: impl FnMut()) -> Self {
        (0..warming).for_each(|_| once());
        let mut times = Self::default();
        (0..count).for_each(|_| times.add(&mut once));
        times
    }

    /// Does something once more.
    pub fn add(&mut self, once: impl FnOnce()) {
        let started = Instant::now();
        once();
        self.0.push(started.elapsed());
    }

    /// The middle one in milliseconds; of an even number the later of the two.
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).map_or(f64::NAN, milliseconds)
    }

    /// The shortest and the longest, in milliseconds.
    pub fn range(&self) -> Range<f64> {
        let of = |time: Option<&Duration>| time.map_or(f64::NAN, milliseconds);
        of(self.0.iter().min())..of(self.0.iter().max())
    }
}

fn milliseconds(duration: &Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Times of rounds, each a training step on every batch; the first rounds are not counted.
///
/// # Errors
/// Says so if the loss is not finite any more.
pub fn rounds(
    learner: &mut Learner<'_>,
    batches: &[PreparedBatch],
    warming: usize,
    count: usize,
) -> Result<Times, &'static str> {
    let mut finite = true;
    let times = Times::of(warming, count, || {
        finite &= batches.iter().all(|batch| learner.step(batch).is_some());
    });
    if finite { Ok(times) } else { Err("the loss is not finite any more") }
}

/// Times of forward passes over one item, all of whose cells are read.
pub fn forward_passes(encoder: &Encoder, item: &Item, warming: usize, count: usize) -> Times {
    let batch = model::Batch::new([item], encoder.config());
    let rows = batch.rows();
    Times::of(warming, count, || {
        std::hint::black_box(encoder.logits(&batch, &rows, &Dropout::OFF).into_data());
    })
}

pub use crate::pace::peak_memory;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_workload_is_the_published_model() {
        let config = Workload::Published.config();
        let cpu = model::device("cpu").expect("a processor");
        let encoder = Encoder::new(&config.model, 1, &cpu).expect("valid");
        let millions = encoder.layout().len() as f64 / 1e6;
        assert!((25.0..27.0).contains(&millions), "{millions}");
        assert_eq!(config.model.longest_item(), Some(256));
    }

    #[test]
    fn a_tenth_is_asked_and_the_operations_are_those_of_the_formula() {
        let config = Workload::Quarters.config();
        let batch = synthetic_batch(&config);
        let share = batch.targets as f64 / batch.cells as f64;
        assert!((0.06..0.14).contains(&share), "{share}");
        let useful = useful_operations(&config.model, &batch);
        let expected = 3.0 * model::speed::operations(&config.model, &[64; 32], batch.targets);
        assert_eq!(useful, expected);
        // 6 floating-point operations for each weight and row, less what the last layer saves.
        assert!((0.5..1.2).contains(&(useful / (6.0 * 3.2e6 * 32.0 * 129.0))), "{useful}");
    }

    #[test]
    fn the_median_is_the_middle_of_the_times() {
        let times = Times([5, 1, 9].map(Duration::from_millis).to_vec());
        assert_eq!((times.median(), times.range()), (5.0, 1.0..9.0));
        assert!(Times::default().median().is_nan());
    }

    #[test]
    fn a_lengthened_item_asks_the_same() {
        let item = masked(3, 10);
        let longer = lengthened(item.clone(), 16);
        assert_eq!(longer.masking.targets(), item.masking.targets());
        assert_eq!((longer.item.cells.len(), longer.item.harmony.len()), (16, 16));
    }
}

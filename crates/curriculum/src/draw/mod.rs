//! Pictures of a curriculum: what it shows and asks of an item at every stage, and where
//! the items train as training goes on. As text for the terminal and as SVG.

mod svg;
mod text;

use std::ops::Range;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

pub use text::Ink;

use crate::schedules::Pick;
use crate::{Cell, Curriculum, Distribution, Layout, Level, Masking, Pattern, Progress, Stages};

/// A curriculum on an item, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    title: String,
    panels: Vec<Panel>,
    bars: Vec<Range<usize>>,
    training: Training,
    floor: f64,
}

/// What one pattern makes of the item: stages down, cells across.
#[derive(Clone, Debug, PartialEq)]
struct Panel {
    caption: String,
    /// What the labels of the rows say.
    rows_are: &'static str,
    rows: Vec<Row>,
}

/// The item at one stage.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    label: String,
    masking: Masking,
}

/// Where items train as training goes on.
#[derive(Clone, Debug, PartialEq)]
enum Training {
    /// The share of items in each row, from the start of training to its end.
    Known(Vec<Band>),
    /// It depends on validation.
    Driven,
}

/// A stage, or a tenth of the shares, through training.
#[derive(Clone, Debug, PartialEq)]
struct Band {
    label: String,
    /// The share of items in each of [`MOMENTS`] equal parts of training.
    items: Vec<f64>,
}

/// How many moments of training are drawn.
const MOMENTS: u32 = 60;

/// The shares that are drawn of a pattern without stages, in per cent.
const SHARES: [u8; 7] = [0, 10, 25, 50, 75, 90, 100];

impl Drawing {
    /// `curriculum`, called `title`, on an item of this layout, trained for `epochs` epochs.
    ///
    /// All rows are drawn from `seed` alone, so that random cells are nested as they are
    /// for one item. Of a mixture every pattern is drawn.
    pub fn new(
        title: &str,
        curriculum: &Curriculum,
        layout: &Layout,
        epochs: u64,
        seed: u64,
    ) -> Self {
        let panel = |caption, pattern: &Pattern| Panel {
            caption,
            rows_are: match pattern.stages() {
                Stages::Steps(_) => "stage",
                Stages::Continuous => "shown",
            },
            rows: rows(curriculum, pattern, layout, seed),
        };
        let panels = match curriculum.pattern() {
            Pattern::Mixture(mixture) => {
                let total: f64 = mixture.of.iter().map(|part| part.weight).sum();
                let share = |weight: f64| (100.0 * weight / total).round();
                let caption = |weight, pattern: &Pattern| {
                    format!("{}% of the items: {}", share(weight), pattern.noun())
                };
                let parts = mixture.of.iter();
                parts
                    .map(|part| panel(caption(part.weight, &part.pattern), &part.pattern))
                    .collect()
            }
            pattern => vec![panel(pattern.noun().to_owned(), pattern)],
        };
        Self {
            title: title.to_owned(),
            panels,
            bars: layout.bars().to_vec(),
            training: training(curriculum, epochs.clamp(1, MOST_EPOCHS)),
            floor: curriculum.schedule().full_mask_floor,
        }
    }

    /// Whether any cell of the picture is `cell`, so that the legend explains it.
    fn shows(&self, cell: Cell) -> bool {
        let mut rows = self.panels.iter().flat_map(|panel| &panel.rows);
        rows.any(|row| row.masking.cells.contains(&cell))
    }
}

/// More epochs than this look all the same.
const MOST_EPOCHS: u64 = 1_000_000;

/// The item at every stage, or at several shares.
fn rows(curriculum: &Curriculum, pattern: &Pattern, layout: &Layout, seed: u64) -> Vec<Row> {
    let row = |label: String, level| {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (reveal, stage) = pattern.reveal(layout, level, &mut random);
        Row { label, masking: curriculum.targets().apply(reveal, stage) }
    };
    match pattern.stages() {
        Stages::Steps(stages) => {
            (0..stages).map(|stage| row(stage.to_string(), Level::Stage(stage))).collect()
        }
        Stages::Continuous => SHARES
            .map(|percent| row(format!("{percent}%"), Level::Share(f64::from(percent) / 100.0)))
            .into(),
    }
}

/// The share of items at every stage, or at every tenth of the shares, through training.
fn training(curriculum: &Curriculum, epochs: u64) -> Training {
    if matches!(curriculum.schedule().pick, Pick::Plateau(_)) {
        return Training::Driven;
    }
    let labels: Vec<String> = match curriculum.pattern().stages() {
        Stages::Steps(stages) => (0..stages).map(|stage| stage.to_string()).collect(),
        Stages::Continuous => {
            (0..10).map(|tenth| format!("{}–{}%", 10 * tenth, 10 * tenth + 10)).collect()
        }
    };
    let mut bands: Vec<Band> =
        labels.into_iter().map(|label| Band { label, items: Vec::new() }).collect();
    let per_epoch = 2 * u64::from(MOMENTS);
    for moment in 0..u64::from(MOMENTS) {
        // The middle of each part of training.
        let progress = Progress::new((2 * moment + 1) * epochs, per_epoch * epochs, per_epoch);
        let chances = match curriculum.distribution(progress) {
            Distribution::Stages(chances) => chances,
            Distribution::UniformShare => vec![0.1; 10],
            Distribution::Share(share) => {
                let tenth = ((10.0 * share).floor() as usize).min(9);
                (0..10).map(|index| f64::from(u8::from(index == tenth))).collect()
            }
        };
        for (band, chance) in bands.iter_mut().zip(chances) {
            band.items.push(chance * (1.0 - curriculum.schedule().full_mask_floor));
        }
    }
    Training::Known(bands)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Meter, Preset};

    fn drawing(preset: Preset) -> Drawing {
        let layout = Layout::regular(Meter::COMMON, 0, 32).expect("cells");
        Drawing::new(preset.name(), &preset.curriculum(), &layout, 50, 1)
    }

    #[test]
    fn every_preset_has_a_row_for_each_stage_and_its_items_add_up() {
        for &preset in Preset::all() {
            let drawing = drawing(preset);
            let curriculum = preset.curriculum();
            let rows = match curriculum.pattern().stages() {
                Stages::Steps(stages) => stages,
                Stages::Continuous => SHARES.len(),
            };
            assert!(drawing.panels.iter().all(|panel| panel.rows.len() == rows));
            let Training::Known(bands) = &drawing.training else {
                panic!("no preset is driven by validation");
            };
            for moment in 0..MOMENTS as usize {
                let items: f64 = bands.iter().map(|band| band.items[moment]).sum();
                assert!((items + drawing.floor - 1.0).abs() < 1e-9, "{}", preset.name());
            }
        }
    }

    #[test]
    fn both_patterns_of_a_mixture_are_drawn() {
        let captions: Vec<String> =
            drawing(Preset::Sampled).panels.into_iter().map(|panel| panel.caption).collect();
        assert_eq!(
            captions,
            ["50% of the items: random cells", "50% of the items: whole bars, scattered"]
        );
    }

    #[test]
    fn rows_of_random_cells_are_nested() {
        let panel = drawing(Preset::R10).panels.remove(0);
        for pair in panel.rows.windows(2) {
            let cells = pair[0].masking.cells.iter().zip(&pair[1].masking.cells);
            assert!(cells.into_iter().all(|(a, b)| b.is_visible() || !a.is_visible()));
        }
    }

    #[test]
    fn a_schedule_that_is_symmetric_is_drawn_so() {
        let Training::Known(bands) = drawing(Preset::GaussianBump).training else {
            panic!("it is not driven by validation");
        };
        for band in bands {
            let backwards: Vec<f64> = band.items.iter().rev().copied().collect();
            assert_eq!(band.items, backwards, "{}", band.label);
        }
    }

    #[test]
    fn what_depends_on_validation_is_said_and_not_drawn() {
        use crate::schedules::Plateau;
        use crate::{Schedule, TargetRule};
        let plateau = Pick::Plateau(Plateau { patience: 3, min_improvement: 0.0 });
        let pattern = Preset::R10.curriculum().pattern().clone();
        let curriculum =
            Curriculum::new(pattern, TargetRule::Next, Schedule::plain(plateau)).expect("they fit");
        let layout = Layout::regular(Meter::COMMON, 0, 8).expect("cells");
        let drawing = Drawing::new("plateau", &curriculum, &layout, 50, 1);
        for picture in [drawing.text(|_, text| text.to_owned()), drawing.svg()] {
            assert!(picture.contains("when the validation loss of its stage stops falling"));
            assert!(!picture.contains("share of the items"));
        }
    }
}

//! What the user typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use grid::{Resolution, Split};
use model::Precision;
use score::formats::ReadOptions;

/// Melody in, harmony out, and the laboratory that teaches it.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write chords under a melody.
    Harmonize(Harmonize),
    /// Make a corpus from folders of lead sheets.
    Prepare(Prepare),
    /// Make a corpus of songs that are made by rule.
    Corpus(Corpus),
    /// Train an encoder on a corpus.
    Train(Train),
    /// Train several configurations with several seeds, and compare them.
    Sweep(Sweep),
    /// Measure a model beside the baselines, on frozen masks.
    Measure(Measure),
    /// Say why training runs fail: a page of curves, attention and findings.
    Diagnose(Diagnose),
    /// Compare harmonizations with what people wrote.
    Evaluate(Evaluate),
    /// Show what a score holds: key, metre, bars, chords, warnings.
    Inspect(Inspect),
    /// Write a score in another format.
    Convert(Convert),
    /// Show the masking curricula.
    Curriculum(Curriculum),
    /// Time training steps, forward passes and what they are made of.
    Bench(Bench),
}

/// Which song of a file, and which part of it.
#[derive(Debug, Args)]
pub struct Selection {
    /// The part that holds the melody: its name, id or number [default: the best guess].
    #[arg(long)]
    pub part: Option<String>,
    /// The voice that holds the melody [default: the best guess].
    #[arg(long)]
    pub voice: Option<String>,
    /// The number of the tune in a tunebook [default: the first].
    #[arg(long)]
    pub tune: Option<u32>,
}

impl From<&Selection> for ReadOptions {
    fn from(selection: &Selection) -> Self {
        Self { part: selection.part.clone(), voice: selection.voice.clone(), tune: selection.tune }
    }
}

/// Writes chords under a melody.
#[derive(Debug, Args)]
pub struct Harmonize {
    /// The melody, or several: MusicXML, MXL, ABC, MIDI, Cantus JSON or Hooktheory JSON.
    #[arg(required = true, value_name = "MELODY")]
    pub melodies: Vec<PathBuf>,
    /// The score to write; its extension says the format: .musicxml, .mxl, .abc, .mid or
    /// .json. For several melodies a folder, into which each goes under its own name.
    #[arg(short, long)]
    pub output: PathBuf,
    #[command(flatten)]
    pub selection: Selection,
    /// A folder that `cantus train` exported [default: the shipped model].
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// Keep the chord symbols that are there and harmonize the other bars around them.
    #[arg(long)]
    pub keep: bool,
    /// Another seed gives another harmonization.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How daring the choice of chords is: 0 takes the most probable.
    #[arg(long, default_value_t = 0.8)]
    pub temperature: f32,
    /// In how many steps the chords of a window are revealed.
    #[arg(long, default_value_t = 9)]
    pub steps: usize,
    /// How many harmonizations are drawn, of which the best is taken.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub candidates: u16,
    /// How closely the melody is followed once half of the chords stand, 1 as the model does by
    /// itself [default: 1]; for models trained with hidden melodies.
    #[arg(long, value_name = "WEIGHT")]
    pub guidance: Option<f32>,
    /// Print the chords as JSON.
    #[arg(long)]
    pub json: bool,
    /// Where to compute.
    #[arg(long, default_value = "cpu")]
    pub device: String,
}

/// Makes a corpus.
#[derive(Debug, Args)]
pub struct Prepare {
    /// Folders of lead sheets; the name of each names its set.
    #[arg(required = true)]
    pub folders: Vec<PathBuf>,
    /// The corpus folder to write.
    #[arg(short, long)]
    pub output: PathBuf,
    /// The licence of a set, as SET=LICENCE; else each file's own rights are noted.
    #[arg(long = "licence", value_name = "SET=LICENCE")]
    pub licences: Vec<String>,
    /// A list (JSON or one a line) of the only files to use of the folder it lies in.
    #[arg(long, value_name = "LIST")]
    pub only: Vec<PathBuf>,
    /// How finely a beat is cut.
    #[arg(long, value_enum, default_value_t = Cells::Beat)]
    pub cells: Cells,
    /// Print the summary as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Makes a corpus without files.
#[derive(Debug, Args)]
pub struct Corpus {
    #[command(subcommand)]
    pub action: CorpusAction,
}

#[derive(Debug, Subcommand)]
pub enum CorpusAction {
    /// Songs made by rule, to see whether a trainer learns what there is to learn.
    Synth(Synth),
}

/// Makes songs by rule.
#[derive(Debug, Args)]
pub struct Synth {
    /// What determines the chords.
    #[arg(value_enum)]
    pub kind: SynthKind,
    /// The corpus folder to write.
    #[arg(short, long)]
    pub output: PathBuf,
    /// How many songs.
    #[arg(long, default_value_t = 1000)]
    pub songs: u64,
    /// Another seed makes other songs.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// A new or empty folder for the songs as lead sheets, to look at and listen to: MusicXML.
    #[arg(long, value_name = "FOLDER")]
    pub files: Option<PathBuf>,
    /// How finely a beat is cut.
    #[arg(long, value_enum, default_value_t = Cells::Beat)]
    pub cells: Cells,
    /// Print the summary as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What determines the chords of songs made by rule.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SynthKind {
    /// The melody does: in each half bar it plays the chord's tones, the root longest.
    Determined,
    /// A grammar of tonic, subdominant and dominant does; the melody follows.
    Functional,
}

/// How finely a beat is cut.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Cells {
    /// One cell a written beat.
    Beat,
    /// Two.
    HalfBeat,
    /// Four.
    QuarterBeat,
}

impl From<Cells> for Resolution {
    fn from(cells: Cells) -> Self {
        match cells {
            Cells::Beat => Self::Beat,
            Cells::HalfBeat => Self::HalfBeat,
            Cells::QuarterBeat => Self::QuarterBeat,
        }
    }
}

/// Trains an encoder.
#[derive(Debug, Args)]
pub struct Train {
    /// The configuration, a TOML file; what it does not say is the default. All settings are in
    /// docs/configuration.md, and in the config.toml of a run.
    pub config: PathBuf,
    /// The corpus that `cantus prepare` made.
    #[arg(long)]
    pub corpus: PathBuf,
    /// The run directory to write.
    #[arg(long)]
    pub out: PathBuf,
    /// Go on with the run in that directory from its last checkpoint.
    #[arg(long)]
    pub resume: bool,
    /// The seed, instead of that of the configuration.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Where to compute.
    #[arg(long, default_value = "cpu")]
    pub device: String,
}

/// Trains and compares several configurations.
#[derive(Debug, Args)]
pub struct Sweep {
    /// The sweep, a TOML file: a base, seeds, and runs that differ from the base.
    pub config: PathBuf,
    /// The corpus that `cantus prepare` made.
    #[arg(long)]
    pub corpus: PathBuf,
    /// The folder to write: a run directory for each run, sweep.json, table.md and figures. Runs that are
    /// done there are not done again; one that was broken off is resumed.
    #[arg(long)]
    pub out: PathBuf,
    /// On which side of the split the runs are measured.
    #[arg(long, value_enum, default_value_t = Side::Validation)]
    pub split: Side,
    /// Which weights of each run are measured.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_values_t = [MeasuredWeights::Last, MeasuredWeights::Exported]
    )]
    pub weights: Vec<MeasuredWeights>,
    /// Print everything as JSON instead of the tables.
    #[arg(long)]
    pub json: bool,
    /// Where to compute.
    #[arg(long, default_value = "cpu")]
    pub device: String,
}

/// Which weights of a run are measured.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum MeasuredWeights {
    /// Those after the last step, chosen by nobody.
    Last,
    /// Those of the run's best validation, which it exports.
    Exported,
}

/// Measures a model.
#[derive(Debug, Args)]
pub struct Measure {
    /// The corpus that `cantus prepare` made.
    #[arg(long)]
    pub corpus: PathBuf,
    /// A folder that `cantus train` exported [default: the shipped model].
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// On which side of the split.
    #[arg(long, value_enum, default_value_t = Side::Validation)]
    pub split: Side,
    /// Only these sets of the corpus.
    #[arg(long, value_delimiter = ',')]
    pub sources: Vec<String>,
    /// Cells of a window.
    #[arg(long, default_value_t = 64)]
    pub window: usize,
    /// Seed of the frozen masks.
    #[arg(long, default_value_t = 20_260_101)]
    pub mask_seed: u64,
    /// Print everything as JSON.
    #[arg(long)]
    pub json: bool,
    /// Where to compute.
    #[arg(long, default_value = "cpu")]
    pub device: String,
}

/// A side of the split.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Side {
    /// What is looked at while training.
    Validation,
    /// What is looked at once.
    Test,
}

impl From<Side> for Split {
    fn from(side: Side) -> Self {
        match side {
            Side::Validation => Self::Validation,
            Side::Test => Self::Test,
        }
    }
}

/// Says why runs fail.
#[derive(Debug, Args)]
pub struct Diagnose {
    /// Run directories that `cantus train` wrote; several are compared.
    #[arg(required = true, value_name = "RUN")]
    pub runs: Vec<PathBuf>,
    /// The corpus the runs were trained on, to look at their models too: attention, reliance on
    /// the melody, calibration, worst pieces.
    #[arg(long)]
    pub corpus: Option<PathBuf>,
    /// The page to write (a name that ends in .html), or a folder for index.html; findings.json
    /// goes beside it [default: RUN/report for one run, ./report for several].
    #[arg(short, long)]
    pub output: Option<PathBuf>,
    /// A folder for the page's charts as SVG files of their own: RUN-stage-accuracy.svg,
    /// RUN-forgetting.svg and so on, and runs-… where several are compared.
    #[arg(long, value_name = "FOLDER")]
    pub figures: Option<PathBuf>,
    /// Validation pieces at which a model is looked at.
    #[arg(long, default_value_t = 60)]
    pub pieces: usize,
    /// Print everything as JSON.
    #[arg(long)]
    pub json: bool,
    /// Where to compute.
    #[arg(long, default_value = "cpu")]
    pub device: String,
}

/// Times the model on this machine.
#[derive(Debug, Args)]
pub struct Bench {
    /// What is timed.
    #[arg(value_enum)]
    pub what: Timed,
    /// Of which model: Q (width 256, 4 layers, 64 cells), S (256 cells), L (the published one:
    /// width 512, 8 layers, 256 cells), or a run's TOML file.
    #[arg(default_value = "Q", value_name = "Q|S|L|CONFIG")]
    pub workload: String,
    /// How often, after some times that are not counted.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub times: u32,
    /// Dropout, instead of the model's own.
    #[arg(long)]
    pub dropout: Option<f32>,
    /// The numbers that matrix products are computed from, instead of the run's own.
    #[arg(long, value_name = "f32|bf16")]
    pub precision: Option<Precision>,
    /// Steps on the songs of a corpus, beside such in which padding is computed as cells.
    #[arg(long)]
    pub corpus: Option<PathBuf>,
    /// Print the times as JSON.
    #[arg(long)]
    pub json: bool,
    /// Where to compute.
    #[arg(long, default_value = "cpu")]
    pub device: String,
}

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Timed {
    /// A step of training: forward, backward, optimiser.
    Step,
    /// A forward pass over one piece.
    Forward,
    /// The kernels of one layer, and the largest matrix product the processor can do.
    Kernels,
}

/// Compares harmonizations.
#[derive(Debug, Args)]
pub struct Evaluate {
    /// What was generated: scores, tunebooks, or folders of them.
    #[arg(required = true)]
    pub generated: Vec<PathBuf>,
    /// What people wrote, under the same file names.
    #[arg(long, required = true, num_args = 1..)]
    pub reference: Vec<PathBuf>,
    /// Leave out pieces that only one side has, instead of stopping.
    #[arg(long)]
    pub skip_unpaired: bool,
    /// What was asked of the generation, a TOML file, to see whether it was kept.
    #[arg(long)]
    pub constraints: Option<PathBuf>,
    /// Follow the habits of other authors' code.
    #[arg(long, value_enum)]
    pub compat: Option<Compatibility>,
    /// Scores the model was trained on, to find copies.
    #[arg(long, num_args = 1..)]
    pub training: Vec<PathBuf>,
    /// Print everything as JSON.
    #[arg(long, group = "form")]
    pub json: bool,
    /// Print a row for each piece.
    #[arg(long, group = "form")]
    pub csv: bool,
    /// Print a table for LaTeX.
    #[arg(long, group = "form")]
    pub latex: bool,
}

/// Whose habits the metrics follow.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Compatibility {
    /// The published reference code of the masked harmonizers.
    Reference,
    /// Yeh 2021.
    Yeh,
}

/// Shows what a score holds.
#[derive(Debug, Args)]
pub struct Inspect {
    /// The score.
    pub file: PathBuf,
    #[command(flatten)]
    pub selection: Selection,
    /// Print everything as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Writes a score in another format.
#[derive(Debug, Args)]
pub struct Convert {
    /// The score to read.
    pub input: PathBuf,
    /// The score to write; its extension says the format.
    pub output: PathBuf,
    #[command(flatten)]
    pub selection: Selection,
}

/// Shows the masking curricula.
#[derive(Debug, Args)]
pub struct Curriculum {
    #[command(subcommand)]
    pub action: CurriculumAction,
}

#[derive(Debug, Subcommand)]
pub enum CurriculumAction {
    /// List the presets.
    List,
    /// Draw a preset: stages down, cells across.
    Show {
        /// The name of the preset.
        preset: String,
        /// Write the drawing as SVG.
        #[arg(long)]
        svg: Option<PathBuf>,
        /// Cells of the drawn item.
        #[arg(long, default_value_t = 32)]
        cells: usize,
        /// Its time signature.
        #[arg(long, default_value = "4/4")]
        meter: String,
        /// Cells before its first full bar.
        #[arg(long, default_value_t = 0)]
        pickup: u16,
        /// Seed of the drawn masks.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

//! `cantus curriculum`: the presets, and what each shows and asks.

use std::io::{IsTerminal, Write};

use ::curriculum::draw::{Drawing, Ink};
use ::curriculum::{Cell, Layout, Meter, Preset};
use anyhow::{Context, Result};

use crate::arguments::{Curriculum, CurriculumAction};
use crate::files;

/// Epochs over which the schedule is drawn.
const EPOCHS: u64 = 40;

/// Runs the verb.
pub fn run(arguments: &Curriculum) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match &arguments.action {
        CurriculumAction::List => {
            for preset in Preset::all() {
                writeln!(out, "{:<28} {}", preset.name(), preset.description())?;
            }
        }
        CurriculumAction::Show { preset, svg, cells, meter, pickup, seed } => {
            let preset = Preset::named(preset).with_context(|| {
                format!("no preset is called `{preset}`; `cantus curriculum list` shows them")
            })?;
            let (numerator, denominator) = meter
                .split_once('/')
                .and_then(|(n, d)| Some((n.parse().ok()?, d.parse().ok()?)))
                .with_context(|| format!("--meter {meter}: write a time signature such as 6/8"))?;
            let meter = Meter::new(numerator, denominator, 1)?;
            let layout = Layout::regular(meter, *pickup, *cells)?;
            let curriculum = preset.curriculum();
            let drawing = Drawing::new(preset.name(), &curriculum, &layout, EPOCHS, *seed);
            if let Some(path) = svg {
                files::write_whole(path, drawing.svg().as_bytes())?;
            }
            let colour = std::io::stdout().is_terminal();
            writeln!(out, "{}\n", preset.description())?;
            write!(out, "{}", drawing.text(|ink, piece| painted(colour, ink, piece)))?;
        }
    }
    Ok(())
}

/// A piece of the drawing in the colour of its ink, where the terminal shows colours.
fn painted(colour: bool, ink: Ink, piece: &str) -> String {
    if !colour {
        return piece.to_owned();
    }
    let code = match ink {
        Ink::Title => "1",
        Ink::Label => "2",
        Ink::Cell(Cell::Visible) => "34",
        Ink::Cell(Cell::Target) => "33",
        Ink::Cell(Cell::Copied) => "31",
        Ink::Cell(Cell::Ignored) => "90",
        Ink::Items(_) => "32",
    };
    format!("\x1b[{code}m{piece}\x1b[0m")
}

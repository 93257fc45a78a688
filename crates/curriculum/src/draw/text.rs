//! The picture for the terminal.

use std::fmt::Write;

use super::{Band, Drawing, Row, Training};
use crate::Cell;

/// What a piece of the picture means, for the caller to colour it or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ink {
    /// The title.
    Title,
    /// Captions, labels and legends.
    Label,
    /// Cells.
    Cell(Cell),
    /// A share of the items, 0 to 1, at one moment of training.
    Items(f64),
}

impl Cell {
    /// Its sign in the terminal.
    pub const fn sign(self) -> char {
        match self {
            Self::Visible => '█',
            Self::Target => '?',
            Self::Ignored => '·',
            Self::Copied => '▓',
        }
    }

    /// What it is called in legends.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Visible => "visible",
            Self::Target => "target",
            Self::Ignored => "ignored",
            Self::Copied => "visible and target",
        }
    }

    /// All four, in the order of the legend.
    pub(super) const ALL: [Self; 4] = [Self::Visible, Self::Target, Self::Ignored, Self::Copied];
}

/// Signs for the share of items, with the smallest share that each stands for.
const SHADES: [(f64, char); 5] = [(0.75, '█'), (0.5, '▓'), (0.25, '▒'), (0.05, '░'), (0.001, '·')];

/// Columns before the picture.
const MARGIN: usize = 9;

impl Drawing {
    /// The picture as lines of text. `paint` is handed each piece with what it means, and
    /// returns it coloured or as it is.
    pub fn text(&self, paint: impl Fn(Ink, &str) -> String) -> String {
        let mut lines = vec![paint(Ink::Title, &self.title), String::new()];
        lines.push(self.text_legend(&paint));
        for panel in &self.panels {
            lines.push(String::new());
            lines.push(paint(Ink::Label, &(margin(panel.rows_are) + &panel.caption)));
            lines.extend(panel.rows.iter().map(|row| self.text_row(row, &paint)));
        }
        lines.push(String::new());
        match &self.training {
            Training::Known(bands) => {
                lines.push(paint(
                    Ink::Label,
                    "share of the items, from the start of training to its end",
                ));
                if self.floor > 0.0 {
                    let items = vec![self.floor; super::MOMENTS as usize];
                    lines.push(band(&Band { label: "full".to_owned(), items }, &paint));
                }
                lines.extend(bands.iter().map(|shares| band(shares, &paint)));
                lines.push(paint(Ink::Label, &shade_legend()));
            }
            Training::Driven => lines.push(paint(Ink::Label, super::svg::DRIVEN)),
        }
        lines.iter().fold(String::new(), |mut text, line| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}", line.trim_end());
            text
        })
    }

    fn text_legend(&self, paint: &impl Fn(Ink, &str) -> String) -> String {
        let used = Cell::ALL.into_iter().filter(|&cell| self.shows(cell));
        let entries = used.map(|cell| {
            let sign = paint(Ink::Cell(cell), &cell.sign().to_string());
            format!("{sign} {}", paint(Ink::Label, cell.noun()))
        });
        entries.collect::<Vec<_>>().join("   ")
    }

    /// A stage: its label, its cells with a space between bars, and how many are visible.
    fn text_row(&self, row: &Row, paint: &impl Fn(Ink, &str) -> String) -> String {
        let mut line = paint(Ink::Label, &margin(&row.label));
        for (index, bar) in self.bars.iter().enumerate() {
            if index > 0 {
                line.push(' ');
            }
            // One piece for each run of equal cells.
            for run in row.masking.cells[bar.clone()].chunk_by(|a, b| a == b) {
                let signs: String = run.iter().map(|cell| cell.sign()).collect();
                line.push_str(
                    &run.first().map_or(String::new(), |&cell| paint(Ink::Cell(cell), &signs)),
                );
            }
        }
        let counts = format!("  {} visible", row.masking.visible());
        line + &paint(Ink::Label, &counts)
    }
}

/// `label`, right-aligned before the picture.
fn margin(label: &str) -> String {
    format!("{label:>width$}  ", width = MARGIN - 2)
}

/// One row of shares through training.
fn band(band: &Band, paint: &impl Fn(Ink, &str) -> String) -> String {
    let mut line = paint(Ink::Label, &margin(&band.label));
    for run in band.items.chunk_by(|a, b| shade(*a) == shade(*b)) {
        if let Some(&first) = run.first() {
            line.push_str(&paint(Ink::Items(first), &shade(first).to_string().repeat(run.len())));
        }
    }
    line
}

/// The sign of a share of items.
fn shade(share: f64) -> char {
    SHADES.iter().find(|(least, _)| share >= *least).map_or(' ', |&(_, sign)| sign)
}

fn shade_legend() -> String {
    let entry = |&(least, sign): &(f64, char)| match least {
        least if least < 0.01 => format!("{sign} less"),
        least => format!("{sign} {}% and more", 100.0 * least),
    };
    let entries: Vec<String> = SHADES.iter().map(entry).collect();
    margin("") + &entries.join("   ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layout, Meter, Preset};

    fn plain(preset: Preset, layout: &Layout) -> String {
        Drawing::new(preset.name(), &preset.curriculum(), layout, 50, 1)
            .text(|_, text| text.to_owned())
    }

    #[test]
    fn stages_go_down_and_cells_across() {
        let layout = Layout::regular(Meter::COMMON, 1, 9).expect("cells");
        let expected = "\
metric-replay

█ visible   ? target

  stage  metric levels
      0  ? ???? ????  0 visible
      1  ? █??? █???  2 visible
      2  ? █?█? █?█?  4 visible
      3  ? █?█? █?█?  4 visible

share of the items, from the start of training to its end
   full  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
      0  ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
      1                 ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
      2                                ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░
      3                                               ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
         █ 75% and more   ▓ 50% and more   ▒ 25% and more   ░ 5% and more   · less
";
        assert_eq!(plain(Preset::MetricReplay, &layout), expected);
    }

    #[test]
    fn copies_and_ignored_cells_have_signs_of_their_own() {
        let layout = Layout::regular(Meter::COMMON, 0, 16).expect("cells");
        let text = plain(Preset::MidpointDoublingPublished, &layout);
        assert!(text.contains("? target   · ignored   ▓ visible and target"), "{text}");
        assert!(text.contains("      4  ▓··· ?··· ▓··· ?···  2 visible"), "{text}");
    }

    #[test]
    fn every_piece_is_painted_by_what_it_means() {
        let layout = Layout::regular(Meter::COMMON, 0, 8).expect("cells");
        let drawing = Drawing::new("r10", &Preset::R10.curriculum(), &layout, 50, 1);
        let painted = drawing.text(|ink, text| match ink {
            Ink::Cell(Cell::Visible) => format!("<{text}>"),
            _ => text.to_owned(),
        });
        let plain = drawing.text(|_, text| text.to_owned());
        assert_ne!(painted, plain);
        assert_eq!(painted.replace(['<', '>'], ""), plain);
    }
}

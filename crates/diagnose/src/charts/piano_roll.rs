//! A melody as a piano roll, with chords in lanes below it.

use super::canvas::{Anchor, Canvas, Svg, text_width};

/// Some bars of a piece.
#[derive(Clone, Debug, PartialEq)]
pub struct PianoRoll {
    /// Where it is, above it.
    pub title: String,
    /// Cells from left to right.
    pub cells: usize,
    /// Cells at which bars start, with their number.
    pub bars: Vec<(usize, String)>,
    /// Keys that sound, as MIDI numbers, for each cell, and whether they start there.
    pub notes: Vec<Vec<(u8, bool)>>,
    /// The lowest and highest key of the whole piece, so that its parts are drawn alike.
    pub keys: (u8, u8),
    /// Chords, a lane each.
    pub lanes: Vec<Lane>,
}

/// A lane of chords.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Whose chords they are.
    pub name: String,
    /// From left to right.
    pub chords: Vec<LaneChord>,
}

/// A chord in a lane.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneChord {
    /// The cell it starts at.
    pub start: usize,
    /// Cells it lasts.
    pub cells: usize,
    /// Its symbol.
    pub symbol: String,
    /// How it is to be seen.
    pub verdict: Verdict,
}

/// How a chord is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was written or shown: nothing to judge.
    Given,
    /// It was asked, and is right.
    Right,
    /// Its root is right, its quality is not.
    RightRoot,
    /// It is wrong.
    Wrong,
}

impl Verdict {
    /// The class of its cells.
    const fn class(self) -> &'static str {
        match self {
            Self::Given => "chord given",
            Self::Right => "chord right",
            Self::RightRoot => "chord root",
            Self::Wrong => "chord wrong",
        }
    }

    const fn note(self) -> &'static str {
        match self {
            Self::Given => "",
            Self::Right => ": right",
            Self::RightRoot => ": right root, wrong quality",
            Self::Wrong => ": wrong",
        }
    }
}

const CELL: f64 = 17.0;
const TOP: f64 = 36.0;
const KEY: f64 = 3.0;
const LANE: f64 = 21.0;

impl PianoRoll {
    /// Draws it.
    pub fn svg(&self) -> Svg {
        let (lowest, highest) = self.keys;
        let roll = KEY * (f64::from(highest.saturating_sub(lowest)) + 3.0);
        let names = self.lanes.iter().map(|lane| text_width(&lane.name));
        let left = names.fold(text_width("melody"), f64::max) + 8.0;
        let right = left + CELL * self.cells as f64;
        let lanes = TOP + roll + 6.0;
        let bottom = lanes + LANE * self.lanes.len() as f64;
        let width = (right + 4.0).max(text_width(&self.title) * 1.15 + 4.0);
        let mut canvas = Canvas::new(width, bottom + 4.0);
        canvas.text("title", (2.0, 14.0), Anchor::Start, &self.title);
        canvas.rectangle("ground", (left, TOP), (right - left, roll), "");
        for (cell, number) in &self.bars {
            let at = left + CELL * *cell as f64;
            canvas.line("bar-line", (at, TOP), (at, bottom));
            canvas.text("tick", (at + 2.0, TOP - 4.0), Anchor::Start, number);
        }
        canvas.text("tick", (left - 6.0, TOP + roll / 2.0 + 4.0), Anchor::End, "melody");
        self.notes(&mut canvas, (left, TOP + roll));
        for (index, lane) in self.lanes.iter().enumerate() {
            lane.draw(&mut canvas, (left, lanes + LANE * index as f64));
        }
        canvas.finish(&self.title)
    }

    /// Keys that go on from cell to cell without starting again are one note.
    fn notes(&self, canvas: &mut Canvas, (left, foot): (f64, f64)) {
        let (lowest, highest) = self.keys;
        for key in lowest..=highest {
            let state = |cell: usize| {
                self.notes.get(cell)?.iter().find(|note| note.0 == key).map(|note| note.1)
            };
            let mut cell = 0;
            while cell < self.cells {
                if state(cell).is_none() {
                    cell += 1;
                    continue;
                }
                let start = cell;
                cell += 1;
                while cell < self.cells && state(cell) == Some(false) {
                    cell += 1;
                }
                let x = left + CELL * start as f64;
                let y = foot - KEY * (f64::from(key - lowest) + 2.0);
                let size = (CELL * (cell - start) as f64 - 1.5, KEY + 0.5);
                canvas.rectangle("note", (x, y), size, "");
            }
        }
    }
}

impl Lane {
    fn draw(&self, canvas: &mut Canvas, (left, y): (f64, f64)) {
        canvas.text("tick", (left - 6.0, y + 14.0), Anchor::End, &self.name);
        for chord in &self.chords {
            let x = left + CELL * chord.start as f64;
            let width = CELL * chord.cells as f64 - 1.5;
            let note = format!("{}{}", chord.symbol, chord.verdict.note());
            canvas.rectangle(chord.verdict.class(), (x, y + 1.0), (width, LANE - 3.0), &note);
            if text_width(&chord.symbol) <= width - 2.0 {
                canvas.text("label", (x + 3.0, y + 14.0), Anchor::Start, &chord.symbol);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::outside;
    use super::*;

    fn roll() -> PianoRoll {
        let chord = |start, cells, symbol: &str, verdict| LaneChord {
            start,
            cells,
            symbol: symbol.to_owned(),
            verdict,
        };
        PianoRoll {
            title: "bars 1 to 2".to_owned(),
            cells: 8,
            bars: vec![(0, "1".to_owned()), (4, "2".to_owned())],
            notes: (0..8).map(|cell| vec![(60 + cell / 2, cell % 2 == 0)]).collect(),
            keys: (60, 67),
            lanes: vec![
                Lane { name: "written".to_owned(), chords: vec![chord(0, 8, "C", Verdict::Given)] },
                Lane {
                    name: "answer".to_owned(),
                    chords: vec![
                        chord(0, 4, "C", Verdict::Right),
                        chord(4, 3, "Cm7", Verdict::RightRoot),
                        chord(7, 1, "F♯m7b5", Verdict::Wrong),
                    ],
                },
            ],
        }
    }

    #[test]
    fn chords_below_their_melody() {
        let svg = roll().svg();
        assert_eq!(outside(&svg), [""; 0]);
        insta::assert_snapshot!(svg.as_str());
    }

    #[test]
    fn a_note_that_goes_on_is_one_and_a_symbol_too_long_is_left_to_the_pointer() {
        let svg = roll().svg();
        assert_eq!(svg.as_str().matches("class=\"note\"").count(), 4);
        assert!(svg.as_str().contains("F♯m7b5: wrong") && !svg.as_str().contains(">F♯m7b5</text>"));
    }

    #[test]
    fn keys_out_of_order_draw_nothing() {
        let odd = PianoRoll { keys: (67, 60), ..roll() };
        assert_eq!(outside(&odd.svg()), [""; 0]);
    }
}

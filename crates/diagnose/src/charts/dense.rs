//! A large matrix as shades: who attends to whom.

use std::fmt::Write;

use super::canvas::{Anchor, Canvas, Svg, text_width};

/// A map with too many cells for a shape each: cells of one row with the same shade are one
/// stroke, and strokes of one shade one path.
#[derive(Clone, Debug, PartialEq)]
pub struct DenseMap {
    /// What it shows, above it.
    pub title: String,
    /// What the rows are.
    pub rows: MapAxis,
    /// What the columns are, in groups that stand apart.
    pub columns: Vec<MapAxis>,
    /// Row by row, as many values in each as the groups have cells together.
    pub values: Vec<Vec<f32>>,
    /// The value of full shade.
    pub full: f32,
    /// Pixels of a cell.
    pub cell: f64,
}

/// One side of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct MapAxis {
    /// What its cells are.
    pub name: String,
    /// How many there are.
    pub cells: usize,
    /// Cells that have a label, such as those where bars start, in order.
    pub labels: Vec<(usize, String)>,
    /// Cells that have a tick at the edge, such as those that are shown.
    pub shown: Vec<usize>,
}

/// How many shades are told apart.
const LEVELS: usize = 12;
/// Between groups of columns.
const GAP: f64 = 6.0;

impl DenseMap {
    /// Draws it. A shade stands for the square root of its value, so that small ones are seen.
    pub fn svg(&self) -> Svg {
        let row_label = |(_, label): &(usize, String)| text_width(label);
        let left = self.rows.labels.iter().map(row_label).fold(16.0, f64::max) + 20.0;
        let cells: usize = self.columns.iter().map(|group| group.cells).sum();
        let gaps = GAP * self.columns.len().saturating_sub(1) as f64;
        let top = 50.0;
        let across = self.cell * cells as f64 + gaps;
        let width = (left + across + 24.0).max(text_width(&self.title) * 1.15 + 4.0);
        let down = self.cell * self.rows.cells as f64;
        let height = top + down + 4.0;

        let mut canvas = Canvas::new(width, height);
        canvas.text("title", (2.0, 14.0), Anchor::Start, &self.title);
        if text_width(&self.rows.name) <= down {
            let place = (10.0, top + down / 2.0);
            canvas.text_upwards("tick", place, Anchor::Middle, &self.rows.name);
        }
        self.row_labels(&mut canvas, left, top);
        let mut first = 0;
        let mut x = left;
        for group in &self.columns {
            let size = (self.cell * group.cells as f64, down);
            canvas.rectangle("ground", (x, top), size, "");
            if text_width(&group.name) <= size.0 + GAP || self.columns.len() == 1 {
                canvas.text("tick", (x, 30.0), Anchor::Start, &group.name);
            }
            let mut free_from = x - 1.0;
            for (cell, label) in &group.labels {
                let at = x + self.cell * *cell as f64;
                canvas.line("bar-line", (at, top), (at, top + down));
                if at >= free_from {
                    canvas.text("tick", (at, top - 6.0), Anchor::Start, label);
                    free_from = at + text_width(label) + 6.0;
                }
            }
            for cell in &group.shown {
                let at = x + self.cell * (*cell as f64 + 0.5);
                canvas.line("shown", (at, top - 3.0), (at, top));
            }
            self.shades(&mut canvas, (x, top), first..first + group.cells);
            first += group.cells;
            x += size.0 + GAP;
        }
        canvas.finish(&self.title)
    }

    fn row_labels(&self, canvas: &mut Canvas, left: f64, top: f64) {
        for cell in &self.rows.shown {
            let at = top + self.cell * (*cell as f64 + 0.5);
            canvas.line("shown", (left - 3.0, at), (left, at));
        }
        let mut free_from = top - 4.0;
        for (cell, label) in &self.rows.labels {
            let at = top + self.cell * *cell as f64;
            if at >= free_from {
                let foot = (at + 8.0).min(top + self.cell * self.rows.cells as f64);
                canvas.text("tick", (left - 6.0, foot), Anchor::End, label);
                free_from = at + 12.0;
            }
        }
    }

    /// The strokes of one group of columns, a path for each shade.
    fn shades(&self, canvas: &mut Canvas, (x, y): (f64, f64), columns: std::ops::Range<usize>) {
        let mut paths = vec![String::new(); LEVELS + 1];
        for (row, values) in self.values.iter().enumerate() {
            let levels: Vec<usize> = columns
                .clone()
                .map(|column| values.get(column).map_or(0, |value| self.level(*value)))
                .collect();
            let mut start = 0;
            for run in levels.chunk_by(|a, b| a == b) {
                let level = run.first().copied().unwrap_or(0);
                if level > 0 {
                    // Writing to a string cannot fail.
                    let _ = write!(paths[level], "M{start} {row}.5h{}", run.len());
                }
                start += run.len();
            }
        }
        let transform = format!("translate({x:.1} {y:.1}) scale({})", self.cell);
        for (level, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
            canvas.path(&format!("shade l{level}"), path, &transform);
        }
    }

    fn level(&self, value: f32) -> usize {
        let share = f64::from(value / self.full.max(f32::MIN_POSITIVE)).clamp(0.0, 1.0);
        (share.sqrt() * LEVELS as f64).round() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::outside;
    use super::*;

    fn axis(name: &str, cells: usize) -> MapAxis {
        let labels = (0..cells).step_by(4).map(|cell| (cell, format!("{}.1", cell / 4 + 1)));
        MapAxis { name: name.to_owned(), cells, labels: labels.collect(), shown: vec![1] }
    }

    fn map() -> DenseMap {
        DenseMap {
            title: "layer 1, head 1".to_owned(),
            rows: axis("from harmony cell", 4),
            columns: vec![axis("to melody", 4), axis("to harmony", 4)],
            values: (0..4)
                .map(|row| (0..8).map(|column| if row == column { 0.5 } else { 0.0 }).collect())
                .collect(),
            full: 0.5,
            cell: 12.0,
        }
    }

    #[test]
    fn the_diagonal_is_four_strokes_of_full_shade() {
        let svg = map().svg();
        assert_eq!(outside(&svg), [""; 0]);
        insta::assert_snapshot!(svg.as_str());
    }

    #[test]
    fn neighbours_of_one_shade_are_one_stroke() {
        let even = DenseMap { values: vec![vec![0.1; 8]; 4], ..map() };
        assert_eq!(even.svg().as_str().matches("h4").count(), 8);
    }

    #[test]
    fn values_that_are_missing_or_no_numbers_are_left_blank() {
        let bare = DenseMap { values: vec![vec![f32::NAN; 8], vec![0.5]], full: 0.0, ..map() };
        assert_eq!(outside(&bare.svg()), [""; 0]);
        assert!(!bare.svg().as_str().contains("NaN"));
    }
}

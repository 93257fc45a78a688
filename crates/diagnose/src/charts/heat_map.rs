//! A table of numbers as shades.

use super::canvas::{Anchor, Canvas, Svg, text_width};

/// A heat map with a number in every cell.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// What it shows, above it.
    pub title: String,
    /// What the rows are, above their names.
    pub rows_are: &'static str,
    /// What the columns are.
    pub columns_are: &'static str,
    /// Names of the rows, from top to bottom.
    pub rows: Vec<String>,
    /// Names of the columns, from left to right.
    pub columns: Vec<String>,
    /// A value for each row and column; `None` where there is none.
    pub values: Vec<Vec<Option<f64>>>,
    /// How values become shades.
    pub scale: HeatScale,
    /// Decimals of the numbers; `None` leaves them to the pointer, in smaller cells.
    pub decimals: Option<usize>,
}

/// How values become shades.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HeatScale {
    /// From nothing at the first value to full at the second.
    Sequential(f64, f64),
    /// Two colours, below and above zero, full at this distance.
    Diverging(f64),
}

/// The strongest shade: what is written on it can still be read (see the test of the page's style).
pub(crate) const STRONGEST: f64 = 0.6;

impl HeatScale {
    /// Class and shade, 0 to 1, of a value.
    fn shade(self, value: f64) -> (&'static str, f64) {
        match self {
            Self::Sequential(low, high) => {
                let span = if high > low { high - low } else { 1.0 };
                ("heat", ((value - low) / span).clamp(0.0, 1.0))
            }
            Self::Diverging(full) => {
                let class = if value < 0.0 { "heat below" } else { "heat above" };
                (class, (value.abs() / if full > 0.0 { full } else { 1.0 }).clamp(0.0, 1.0))
            }
        }
    }
}

impl HeatMap {
    /// Draws it.
    pub fn svg(&self) -> Svg {
        let (cell_width, cell_height) =
            if self.decimals.is_some() { (46.0, 24.0) } else { (18.0, 18.0) };
        let widest =
            |names: &[String]| names.iter().map(|name| text_width(name)).fold(0.0, f64::max);
        let left = widest(&self.rows).max(text_width(self.rows_are)) + 10.0;
        let upright = widest(&self.columns) > cell_width - 4.0;
        let head = if upright { widest(&self.columns) + 6.0 } else { 16.0 };
        let top = 38.0 + head;
        let across = cell_width * self.columns.len() as f64;
        let named = left + text_width(self.columns_are);
        let width =
            (left + across + 2.0).max(text_width(&self.title) * 1.15 + 4.0).max(named + 2.0);
        let height = top + cell_height * self.rows.len() as f64 + 4.0;

        let mut canvas = Canvas::new(width, height);
        canvas.text("title", (2.0, 14.0), Anchor::Start, &self.title);
        canvas.text("tick", (left, 32.0), Anchor::Start, self.columns_are);
        canvas.text("tick", (left - 8.0, top - 5.0), Anchor::End, self.rows_are);
        for (index, name) in self.columns.iter().enumerate() {
            let middle = left + cell_width * (index as f64 + 0.5);
            if upright {
                canvas.text_upwards("label", (middle + 4.0, top - 5.0), Anchor::Start, name);
            } else {
                canvas.text("label", (middle, top - 5.0), Anchor::Middle, name);
            }
        }
        for (row, name) in self.rows.iter().enumerate() {
            let y = top + cell_height * row as f64;
            canvas.text("label", (left - 8.0, y + cell_height / 2.0 + 4.0), Anchor::End, name);
            for (column, column_name) in self.columns.iter().enumerate() {
                let x = left + cell_width * column as f64;
                let size = (cell_width - 2.0, cell_height - 2.0);
                let value = self.values.get(row).and_then(|values| *values.get(column)?);
                let Some(value) = value.filter(|value| value.is_finite()) else {
                    canvas.rectangle("none", (x, y), size, "");
                    continue;
                };
                let (class, shade) = self.scale.shade(value);
                let note = format!("{name}, {column_name}: {value:.3}");
                canvas.shade(class, (x, y), size, STRONGEST * shade, &note);
                if let Some(decimals) = self.decimals {
                    let middle = (x + size.0 / 2.0, y + cell_height / 2.0 + 3.0);
                    canvas.text("number", middle, Anchor::Middle, &format!("{value:.decimals$}"));
                }
            }
        }
        canvas.finish(&self.title)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::outside;
    use super::*;

    fn map(scale: HeatScale, decimals: Option<usize>) -> HeatMap {
        HeatMap {
            title: "accuracy".to_owned(),
            rows_are: "step",
            columns_are: "visible",
            rows: vec!["100".to_owned(), "200".to_owned()],
            columns: vec!["0%".to_owned(), "half the bars, one span".to_owned()],
            values: vec![vec![Some(0.1), None], vec![Some(-0.2), Some(f64::NAN)]],
            scale,
            decimals,
        }
    }

    #[test]
    fn numbers_on_shades() {
        let svg = map(HeatScale::Diverging(0.2), Some(2)).svg();
        assert_eq!(outside(&svg), [""; 0]);
        insta::assert_snapshot!(svg.as_str());
    }

    #[test]
    fn values_beyond_the_scale_are_full_or_empty() {
        let scale = HeatScale::Sequential(0.0, 0.5);
        assert_eq!(scale.shade(2.0), ("heat", 1.0));
        assert_eq!(scale.shade(-2.0), ("heat", 0.0));
        assert_eq!(HeatScale::Diverging(0.0).shade(-2.0), ("heat below", 1.0));
        assert_eq!(HeatScale::Sequential(1.0, 1.0).shade(1.0).1, 0.0);
    }

    #[test]
    fn without_values_there_is_still_a_sheet() {
        let empty = HeatMap {
            rows: Vec::new(),
            columns: Vec::new(),
            values: Vec::new(),
            ..map(HeatScale::Sequential(0.0, 1.0), None)
        };
        assert_eq!(outside(&empty.svg()), [""; 0]);
    }
}

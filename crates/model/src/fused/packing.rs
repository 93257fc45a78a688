//! Items one after another without padding.

use std::ops::Range;
use std::sync::Arc;

use super::mask::row_seed;
use super::softmax::Run;

/// One item of a batch to be packed.
#[derive(Clone, Debug)]
pub(crate) struct PackedItem {
    /// Seed of its dropout masks.
    pub(crate) seed: u64,
    /// Logical place of each of its positions; shared by items of the same length.
    pub(crate) places: Arc<[u32]>,
    /// Where the biases of its attention scores stand in the bias table, if there is one.
    pub(crate) biases: Option<Arc<BiasRuns>>,
}

/// For each query of an item the [`Run`]s that cover its keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BiasRuns {
    runs: Vec<Run>,
    ends: Vec<usize>,
}

impl BiasRuns {
    /// Adds the runs of the next query.
    pub(crate) fn push(&mut self, runs: impl IntoIterator<Item = Run>) {
        self.runs.extend(runs.into_iter().filter(|run| run.count > 0));
        self.ends.push(self.runs.len());
    }

    /// The runs of a query.
    pub(crate) fn of_query(&self, query: usize) -> &[Run] {
        let start = if query == 0 { 0 } else { self.ends[query - 1] };
        &self.runs[start..self.ends[query]]
    }
}

/// The real positions of all items, item by item: the rows `[rows, width]` of every activation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Packing {
    items: Vec<PackedItem>,
    starts: Vec<usize>,
    /// The item of each row.
    item_of_row: Vec<u32>,
}

impl Packing {
    /// Packs items.
    pub(crate) fn new(items: Vec<PackedItem>) -> Self {
        let mut starts = vec![0];
        let mut item_of_row = Vec::new();
        for (index, item) in items.iter().enumerate() {
            item_of_row.resize(item_of_row.len() + item.places.len(), index as u32);
            starts.push(item_of_row.len());
        }
        Self { items, starts, item_of_row }
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.item_of_row.len()
    }

    /// The items.
    pub(crate) fn items(&self) -> &[PackedItem] {
        &self.items
    }

    /// The rows of an item.
    pub(crate) fn rows_of(&self, item: usize) -> Range<usize> {
        self.starts[item]..self.starts[item + 1]
    }

    /// The item of a row.
    fn item_of(&self, row: usize) -> usize {
        self.item_of_row[row] as usize
    }

    /// The logical place of a row.
    pub(super) fn place(&self, row: usize) -> u32 {
        let item = self.item_of(row);
        self.items[item].places[row - self.starts[item]]
    }
}

/// Some of the rows of a packing, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    rows: Vec<usize>,
    starts: Vec<usize>,
    all: bool,
}

impl Selection {
    /// All rows.
    pub(crate) fn all(packing: &Packing) -> Self {
        Self { rows: (0..packing.rows()).collect(), starts: packing.starts.clone(), all: true }
    }

    /// These rows, which must be in ascending order.
    pub(crate) fn new(packing: &Packing, rows: Vec<usize>) -> Self {
        assert!(rows.is_sorted(), "rows must be in ascending order");
        assert!(rows.last().is_none_or(|row| *row < packing.rows()), "a row beyond the last");
        let starts =
            packing.starts.iter().map(|start| rows.partition_point(|row| row < start)).collect();
        Self { rows, starts, all: false }
    }

    /// The rows.
    pub(crate) fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether these are all rows.
    pub(super) fn is_all(&self) -> bool {
        self.all
    }

    /// Which of these rows belong to an item, as indices of [`Selection::rows`].
    pub(super) fn of_item(&self, item: usize) -> Range<usize> {
        self.starts[item]..self.starts[item + 1]
    }

    /// A seed for the dropout mask of each row at a site.
    pub(super) fn seeds(&self, packing: &Packing, site: u64) -> Vec<u32> {
        let seed = |row: &usize| {
            let item = &packing.items[packing.item_of(*row)];
            row_seed(item.seed, site, u64::from(packing.place(*row)))
        };
        self.rows.iter().map(seed).collect()
    }

    /// The number of its item for each row.
    pub(super) fn of_items(&self, packing: &Packing, numbers: &[f32]) -> Vec<f32> {
        self.rows.iter().map(|row| numbers[packing.item_of(*row)]).collect()
    }

    /// Copies a stretch of these rows of `[.., width]` one after another.
    pub(super) fn gather(&self, range: Range<usize>, x: &[f32], width: usize, out: &mut [f32]) {
        for (out, row) in out.chunks_exact_mut(width).zip(&self.rows[range]) {
            out.copy_from_slice(&x[row * width..(row + 1) * width]);
        }
    }

    /// Adds rows one after another to these rows of `[.., width]`.
    pub(super) fn scatter_add(&self, x: &[f32], width: usize, out: &mut [f32]) {
        for (x, row) in x.chunks_exact(width).zip(&self.rows) {
            super::residual::add(&mut out[row * width..(row + 1) * width], x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packing() -> Packing {
        let item = |seed, places: &[u32]| PackedItem { seed, places: places.into(), biases: None };
        Packing::new(vec![item(1, &[0, 1, 2]), item(2, &[0]), item(3, &[0, 1])])
    }

    #[test]
    fn rows_know_their_items_and_places() {
        let packing = packing();
        assert_eq!((packing.rows(), packing.rows_of(2)), (6, 4..6));
        let places: Vec<u32> = (0..6).map(|row| packing.place(row)).collect();
        assert_eq!(places, [0, 1, 2, 0, 0, 1]);
    }

    #[test]
    fn a_selection_knows_which_rows_are_whose() {
        let packing = packing();
        let selection = Selection::new(&packing, vec![1, 2, 5]);
        let whose: Vec<_> = (0..3).map(|item| selection.of_item(item)).collect();
        assert_eq!(whose, [0..2, 2..2, 2..3]);
        assert_eq!(selection.of_items(&packing, &[7.0, 8.0, 9.0]), [7.0, 7.0, 9.0]);
        let all = Selection::all(&packing);
        assert_eq!(all.seeds(&packing, 4)[5], selection.seeds(&packing, 4)[2]);
    }

    #[test]
    fn what_is_gathered_goes_back_to_its_rows() {
        let packing = packing();
        let selection = Selection::new(&packing, vec![0, 4]);
        let x: Vec<f32> = (0..12).map(|i| i as f32).collect();
        let mut gathered = [0.0; 4];
        selection.gather(0..2, &x, 2, &mut gathered);
        assert_eq!(gathered, [0.0, 1.0, 8.0, 9.0]);
        let mut sums = vec![1.0; 12];
        selection.scatter_add(&gathered, 2, &mut sums);
        assert_eq!(sums, [1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 9.0, 10.0, 1.0, 1.0]);
    }

    #[test]
    #[should_panic(expected = "ascending")]
    fn rows_out_of_order_are_refused() {
        Selection::new(&packing(), vec![2, 1]);
    }
}

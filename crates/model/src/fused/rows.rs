//! From a padded batch to packed rows, with the dropout of the input.

use std::sync::Arc;

use super::memory::unwritten;
use super::packing::{Packing, Selection};
use super::residual::{self, Branch};
use super::sublayer::Dropping;

/// Takes the real rows out of padded ones, `[items · length, width]` → `[rows, width]`, and drops
/// from them.
#[derive(Clone, Debug)]
pub(crate) struct Pack {
    pub(crate) packing: Arc<Packing>,
    pub(crate) selection: Arc<Selection>,
    /// Where among the padded rows each packed row stands.
    pub(crate) from: Vec<usize>,
    pub(crate) dropping: Dropping,
}

impl Pack {
    /// The rows without padding, dropped from.
    pub(crate) fn forward(&self, padded: &[f32], width: usize) -> Vec<f32> {
        let mut gathered = unwritten(self.from.len() * width);
        for (out, from) in gathered.chunks_exact_mut(width).zip(&self.from) {
            out.copy_from_slice(&padded[from * width..(from + 1) * width]);
        }
        self.drop_from(gathered, width)
    }

    /// The gradient of the padded rows, `[padded_rows, width]`: zero where nothing was taken.
    pub(crate) fn backward(&self, gradient: &[f32], padded_rows: usize, width: usize) -> Vec<f32> {
        let dropped = self.drop_from(gradient.to_vec(), width);
        let mut padded = vec![0.0; padded_rows * width];
        for (row, from) in dropped.chunks_exact(width).zip(&self.from) {
            padded[from * width..(from + 1) * width].copy_from_slice(row);
        }
        padded
    }

    fn drop_from(&self, rows: Vec<f32>, width: usize) -> Vec<f32> {
        if self.dropping.mask.is_off() {
            return rows;
        }
        let seeds = self.selection.seeds(&self.packing, self.dropping.site);
        let branch = Branch { mask: self.dropping.mask, seeds: &seeds, scales: None };
        let mut dropped = unwritten(rows.len());
        residual::backward(&rows, branch, &mut dropped, &mut vec![0.0; width]);
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::super::mask::Mask;
    use super::super::packing::PackedItem;
    use super::super::testing::{Numbers, differences_agree};
    use super::*;

    #[test]
    fn gradients_agree_with_finite_differences() {
        let item = |seed| PackedItem { seed, places: [0, 1].into(), biases: None };
        let packing = Arc::new(Packing::new(vec![item(1), item(2)]));
        let pack = Pack {
            selection: Arc::new(Selection::all(&packing)),
            packing,
            from: vec![0, 1, 3, 4],
            dropping: Dropping { mask: Mask::new(0.4), site: 7 },
        };
        let (padded, weights) = (Numbers::new(1).take(6 * 5), Numbers::new(2).take(4 * 5));
        let gradient = pack.backward(&weights, 6, 5);
        assert!(gradient[10..15].iter().all(|g| *g == 0.0), "padding has no gradient");
        differences_agree(&[padded], &[gradient], &weights, |inputs| pack.forward(&inputs[0], 5));
    }
}

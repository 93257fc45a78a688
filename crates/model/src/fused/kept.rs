//! Weights that are arranged for products once, for all forward passes until they change.

use std::array;
use std::sync::{Arc, OnceLock};

use super::product::Packed;

/// The arranged weights of a sublayer, each from the first pass that needs it on. Clones share
/// them.
#[derive(Clone, Debug)]
pub(crate) struct Kept<const N: usize>(Arc<[OnceLock<Arc<Packed>>; N]>);

impl<const N: usize> Default for Kept<N> {
    fn default() -> Self {
        Self(Arc::new(array::from_fn(|_| OnceLock::new())))
    }
}

impl<const N: usize> Kept<N> {
    /// Weights number `index`: those that are kept or, where there are none yet or none are to be
    /// kept, those that `arrange` makes.
    pub(super) fn get(
        kept: Option<&Self>,
        index: usize,
        arrange: impl FnOnce() -> Packed,
    ) -> Arc<Packed> {
        let Some(Self(weights)) = kept else { return Arc::new(arrange()) };
        // Nobody waits for another: two threads may arrange the same, which one of them keeps. A
        // thread that arranges takes part in other work, which may ask for the same weights.
        match weights[index].get() {
            Some(weights) => weights.clone(),
            None => {
                let arranged = Arc::new(arrange());
                weights[index].get_or_init(|| arranged).clone()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::product::{Matrix, Products};
    use super::*;
    use crate::Precision;

    #[test]
    fn weights_are_arranged_once_where_they_are_kept_and_anew_where_not() {
        let arrange = || Products::new(Precision::Single).packed(Matrix::new(&[1.0, 2.0], 2));
        let kept = Kept::<2>::default();
        let first = Kept::get(Some(&kept), 1, arrange);
        assert!(Arc::ptr_eq(&first, &Kept::get(Some(&kept.clone()), 1, || unreachable!())));
        assert!(!Arc::ptr_eq(&first, &Kept::get(Some(&kept), 0, arrange)));
        assert!(!Arc::ptr_eq(&first, &Kept::<2>::get(None, 1, arrange)));
    }
}

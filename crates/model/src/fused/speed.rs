//! The kernels on their own, to be timed.

use std::fmt;
use std::sync::Arc;

use super::cross_entropy::CrossEntropy;
use super::feed_forward::{self, FeedForward};
use super::mask::Mask;
use super::memory::unwritten;
use super::norm::Affine;
use super::packing::{PackedItem, Packing, Selection};
use super::product::{Matrix, Products, ceiling};
use super::self_attention::{self, SelfAttention};
use super::sublayer::{Dropping, Joint};
use crate::{EncoderConfig, Precision};

/// A kernel with numbers to run on.
pub struct Kernel {
    /// What it computes.
    pub name: &'static str,
    /// Multiplications and additions of its matrix products, without those that are only done
    /// again on the way back; 0 where it has none.
    pub operations: f64,
    run: Box<dyn FnMut()>,
}

impl fmt::Debug for Kernel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Kernel").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Kernel {
    fn new(name: &'static str, operations: f64, run: impl FnMut() + 'static) -> Self {
        Self { name, operations, run: Box::new(run) }
    }

    /// Computes it once.
    pub fn run(&mut self) {
        (self.run)();
    }
}

/// An f32 product `[rows, inner]·[inner, columns]` by a library with all threads: what the processor
/// can do at best.
pub fn library_product(rows: usize, inner: usize, columns: usize) -> Kernel {
    let (left, right) = (numbers(rows * inner), numbers(inner * columns));
    let mut out = unwritten(rows * columns);
    let operations = 2.0 * (rows * inner * columns) as f64;
    Kernel::new("matrix product by the library, f32", operations, move || {
        ceiling(Matrix::new(&left, inner), Matrix::new(&right, columns), &mut out);
    })
}

/// The same by our own kernels, in this precision.
pub fn product(rows: usize, inner: usize, columns: usize, precision: Precision) -> Kernel {
    let (left, right) = (numbers(rows * inner), numbers(inner * columns));
    let mut out = unwritten(rows * columns);
    let operations = 2.0 * (rows * inner * columns) as f64;
    let products = Products::new(precision);
    Kernel::new("matrix product", operations, move || {
        products.multiply_by_all(Matrix::new(&left, inner), Matrix::new(&right, columns), &mut out);
    })
}

/// The kernels of one layer of an encoder, over `items` of `slots` slots each, forward and both
/// ways.
pub fn kernels(
    config: &EncoderConfig,
    items: usize,
    slots: usize,
    precision: Precision,
) -> Vec<Kernel> {
    let layer = Arc::new(OneLayer::new(config, items, 1 + 2 * slots, precision));
    let (rows, width, inner) = (layer.rows() as f64, config.width as f64, layer.inner as f64);
    let attention = rows * (8.0 * width * width + 4.0 * (1 + 2 * slots) as f64 * width);
    let feed_forward = rows * 4.0 * width * inner;
    // A tenth of the harmony is asked, as in a late stage.
    let asked = (items * slots).div_ceil(10);
    let classes = grid::Vocabulary::SIZE;
    let logits = numbers(asked * classes);
    let question = CrossEntropy {
        classes: (0..asked).map(|row| (row % classes) as u32).collect(),
        weights: Vec::new(),
        smoothing: 0.1,
        scale: 1.0 / asked as f32,
    };
    let [a, b, c, d] = [(); 4].map(|()| layer.clone());
    vec![
        Kernel::new("self-attention forward", attention, move || a.attend(false)),
        Kernel::new("self-attention both ways", 3.0 * attention, move || b.attend(true)),
        Kernel::new("feed-forward forward", feed_forward, move || c.feed(false)),
        Kernel::new("feed-forward both ways", 3.0 * feed_forward, move || d.feed(true)),
        Kernel::new("cross-entropy both ways", 0.0, move || {
            std::hint::black_box((question.forward(&logits), question.backward(&logits, 1.0)));
        }),
    ]
}

/// One layer with all its numbers.
struct OneLayer {
    attention: SelfAttention,
    feed_forward: FeedForward,
    x: Vec<f32>,
    gradient: Vec<f32>,
    affine: [Vec<f32>; 2],
    projection: [Vec<f32>; 2],
    output: [Vec<f32>; 2],
    inner_weights: [Vec<f32>; 2],
    outer_weights: [Vec<f32>; 2],
    width: usize,
    inner: usize,
}

impl OneLayer {
    fn new(config: &EncoderConfig, items: usize, length: usize, precision: Precision) -> Self {
        let (width, inner) = (config.width, config.feed_forward);
        let places: Arc<[u32]> = (0..length as u32).collect();
        let item = |seed| PackedItem { seed, places: places.clone(), biases: None };
        let packing = Arc::new(Packing::new((0..items as u64).map(item).collect()));
        let selection = Arc::new(Selection::all(&packing));
        let dropping = |site| Dropping { mask: Mask::new(config.dropout), site };
        let joint = |site| Joint { norm: config.norm, dropping: dropping(site), scales: None };
        let linear = |from: usize, to: usize| [numbers(from * to), numbers(to)];
        Self {
            attention: SelfAttention {
                packing: packing.clone(),
                selection: selection.clone(),
                heads: config.heads,
                rotation: None,
                weights: dropping(1),
                joint: joint(2),
                products: Products::new(precision),
                kept: None,
            },
            feed_forward: FeedForward {
                inner: dropping(3),
                joint: joint(4),
                selection,
                packing: packing.clone(),
                products: Products::new(precision),
                kept: None,
            },
            x: numbers(packing.rows() * width),
            gradient: numbers(packing.rows() * width),
            affine: [vec![1.0; width], vec![0.0; width]],
            projection: linear(width, 3 * width),
            output: linear(width, width),
            inner_weights: linear(width, inner),
            outer_weights: linear(inner, width),
            width,
            inner,
        }
    }

    fn rows(&self) -> usize {
        self.x.len() / self.width
    }

    fn affine(&self) -> Affine<'_> {
        Affine { gamma: &self.affine[0], beta: &self.affine[1] }
    }

    fn attend(&self, and_back: bool) {
        let weights = self_attention::Weights {
            affine: self.affine(),
            projection: &self.projection[0],
            projection_bias: &self.projection[1],
            table: &[],
            output: &self.output[0],
            output_bias: &self.output[1],
        };
        let (y, saved) = self.attention.forward(&self.x, weights);
        std::hint::black_box(y);
        if and_back {
            let gradients = self.attention.backward(&self.x, weights, saved, &self.gradient);
            std::hint::black_box(gradients);
        }
    }

    fn feed(&self, and_back: bool) {
        let weights = feed_forward::Weights {
            affine: self.affine(),
            inner: &self.inner_weights[0],
            inner_bias: &self.inner_weights[1],
            outer: &self.outer_weights[0],
            outer_bias: &self.outer_weights[1],
        };
        let (y, saved) = self.feed_forward.forward(&self.x, weights);
        std::hint::black_box(y);
        if and_back {
            let gradients = self.feed_forward.backward(&self.x, weights, saved, &self.gradient);
            std::hint::black_box(gradients);
        }
    }
}

/// Small numbers of both signs, repeatable.
fn numbers(count: usize) -> Vec<f32> {
    let number = |index: usize| {
        let hash = (index as u32).wrapping_mul(0x9E37_79B1);
        ((hash >> 16) as f32 / 32768.0 - 1.0) * 0.05
    };
    (0..count).map(number).collect()
}

/// Multiplications and additions of the matrix products in a forward pass over items of these
/// slots, of which `asked` rows in all are read: what is done for padding, and what would be done
/// in the last layer for rows that nobody reads, is not counted. On the way back twice as much is
/// to be done.
pub fn operations(config: &EncoderConfig, slots: &[usize], asked: usize) -> f64 {
    let (width, inner) = (config.width as f64, config.feed_forward as f64);
    let outputs = crate::encoder::outputs(config.head) as f64;
    let all_slots: usize = slots.iter().sum();
    let share = asked as f64 / all_slots.max(1) as f64;
    let item = |slots: &usize| {
        let (positions, asked) = ((1 + 2 * slots) as f64, share * *slots as f64);
        let attention = 4.0 * positions * width;
        let layer = 8.0 * width * width + attention + 4.0 * width * inner;
        let last = positions * 4.0 * width * width
            + asked * (4.0 * width * width + attention + 4.0 * width * inner);
        let embedding = *slots as f64 * 2.0 * config.melody_inputs() as f64 * width;
        (config.layers as f64 - 1.0) * positions * layer
            + last
            + embedding
            + asked * 2.0 * width * outputs
    };
    slots.iter().map(item).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Norm;

    fn small() -> EncoderConfig {
        let size = (16, 2, 2, 32);
        let (width, heads, layers, feed_forward) = size;
        EncoderConfig { width, heads, layers, feed_forward, ..EncoderConfig::default() }
    }

    #[test]
    fn every_kernel_runs() {
        let config = EncoderConfig { norm: Norm::After, dropout: 0.2, ..small() };
        let names: Vec<_> = kernels(&config, 2, 3, Precision::Single)
            .iter_mut()
            .chain([&mut library_product(3, 4, 5), &mut product(3, 4, 5, Precision::BFloat16)])
            .map(|kernel| {
                kernel.run();
                kernel.name
            })
            .collect();
        assert_eq!(names.len(), 7);
    }

    #[test]
    fn a_longer_item_costs_more_than_two_of_half_its_length_and_unread_rows_cost_less() {
        let of = |slots: &[usize], asked| operations(&small(), slots, asked);
        assert!(of(&[8], 8) > of(&[4, 4], 8));
        assert!(of(&[8], 2) < of(&[8], 8));
        // Two layers of 3 positions with everything asked of one slot, by hand.
        let (d, f, n) = (16.0, 32.0, 3.0);
        let first = n * (8.0 * d * d + 4.0 * n * d + 4.0 * d * f);
        let last = n * 4.0 * d * d + 4.0 * d * d + 4.0 * n * d + 4.0 * d * f;
        let inputs = small().melody_inputs() as f64;
        let rest = 2.0 * inputs * d + 2.0 * d * grid::Vocabulary::SIZE as f64;
        assert_eq!(of(&[1], 1), first + last + rest);
    }
}

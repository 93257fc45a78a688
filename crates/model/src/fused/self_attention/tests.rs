use super::super::mask::Mask;
use super::super::packing::{BiasRuns, PackedItem};
use super::super::softmax::Run;
use super::super::testing::{Numbers, difference, differences_agree, ways_of_products_agree};
use super::*;
use crate::Precision;

const WIDTH: usize = 8;
const HEADS: usize = 2;
/// Biases of the offsets −2 to 2, those beyond sharing the last ones.
const ENTRIES: usize = 5;

fn weights(inputs: &[Vec<f32>]) -> Weights<'_> {
    Weights {
        affine: Affine { gamma: &inputs[1], beta: &inputs[2] },
        projection: &inputs[3],
        projection_bias: &inputs[4],
        table: &inputs[5],
        output: &inputs[6],
        output_bias: &inputs[7],
    }
}

fn inputs(rows: usize, entries: usize) -> Vec<Vec<f32>> {
    let mut numbers = Numbers::new(11);
    let counts = [
        rows * WIDTH,
        WIDTH,
        WIDTH,
        3 * WIDTH * WIDTH,
        3 * WIDTH,
        HEADS * entries,
        WIDTH * WIDTH,
        WIDTH,
    ];
    counts.into_iter().map(|count| numbers.take(count)).collect()
}

/// Biases by offset, written as the runs of each query.
fn biases(length: usize) -> BiasRuns {
    let mut biases = BiasRuns::default();
    for query in 0..length {
        let runs = (0..length).map(|key| {
            let entry = (key as i64 - query as i64).clamp(-2, 2) + 2;
            Run { start: key as u32, count: 1, entry: entry as u32, moving: key % 2 == 0 }
        });
        biases.push(runs);
    }
    biases
}

fn item(seed: u64, length: usize, biased: bool) -> PackedItem {
    let places: Vec<u32> = (0..length as u32).collect();
    let biases = biased.then(|| Arc::new(biases(length)));
    PackedItem { seed, places: places.into(), biases }
}

fn sublayer(norm: Norm, rate: f32, biased: bool, selected: Option<Vec<usize>>) -> SelfAttention {
    let lengths = [5, 1, 3];
    let items = lengths.into_iter().enumerate();
    let items = items.map(|(index, length)| item(index as u64, length, biased)).collect();
    let packing = Arc::new(Packing::new(items));
    let selection = match selected {
        Some(rows) => Selection::new(&packing, rows),
        None => Selection::all(&packing),
    };
    let angles: Vec<f32> = (0..6).map(|i| 0.7 * i as f32).collect();
    let table = |turn: fn(f32) -> f32| angles.iter().map(|angle| turn(*angle)).collect();
    let rotation = Rotation::new(table(f32::cos), table(f32::sin), WIDTH / HEADS);
    let dropping = |site| Dropping { mask: Mask::new(rate), site };
    SelfAttention {
        packing,
        selection: Arc::new(selection),
        heads: HEADS,
        rotation: (!biased).then(|| Arc::new(rotation)),
        weights: dropping(1),
        joint: Joint { norm, dropping: dropping(2), scales: Some([1.0, 2.0, 0.5].into()) },
        products: Products::new(Precision::Single),
        kept: None,
    }
}

#[test]
fn gradients_agree_with_finite_differences() {
    for norm in [Norm::Before, Norm::After] {
        for (rate, biased) in [(0.0, true), (0.3, true), (0.3, false)] {
            for selected in [None, Some(vec![0, 3, 8])] {
                let sublayer = sublayer(norm, rate, biased, selected);
                let inputs = inputs(9, if biased { ENTRIES } else { 0 });
                let outputs = Numbers::new(12).take(sublayer.selection.len() * WIDTH);
                let (_, saved) = sublayer.forward(&inputs[0], weights(&inputs));
                let g = sublayer.backward(&inputs[0], weights(&inputs), saved, &outputs);
                let gradients = [
                    g.x,
                    g.affine.gamma,
                    g.affine.beta,
                    g.projection,
                    g.projection_bias,
                    g.table,
                    g.output,
                    g.output_bias,
                ];
                let run = |inputs: &[Vec<f32>]| sublayer.forward(&inputs[0], weights(inputs)).0;
                differences_agree(&inputs, &gradients, &outputs, run);
            }
        }
    }
}

#[test]
fn selected_rows_are_the_same_as_among_all() {
    let rows = vec![1, 4, 5, 8];
    let inputs = inputs(9, ENTRIES);
    for norm in [Norm::Before, Norm::After] {
        let all = sublayer(norm, 0.3, true, None).forward(&inputs[0], weights(&inputs)).0;
        let some = sublayer(norm, 0.3, true, Some(rows.clone()));
        let some = some.forward(&inputs[0], weights(&inputs)).0;
        let expected: Vec<f32> =
            rows.iter().flat_map(|row| all[row * WIDTH..(row + 1) * WIDTH].to_vec()).collect();
        assert!(difference(&some, &expected) < 1e-5);
    }
}

#[test]
fn every_way_of_products_gives_the_same_within_its_precision() {
    let inputs = inputs(9, ENTRIES);
    for selected in [None, Some(vec![0, 3, 8])] {
        let with = |products| {
            let plain = sublayer(Norm::Before, 0.3, true, selected.clone());
            let sublayer = SelfAttention { products, ..plain };
            let outputs = Numbers::new(14).take(sublayer.selection.len() * WIDTH);
            let (y, saved) = sublayer.forward(&inputs[0], weights(&inputs));
            let g = sublayer.backward(&inputs[0], weights(&inputs), saved, &outputs);
            [y, g.x, g.affine.gamma, g.projection, g.table, g.output, g.output_bias]
        };
        ways_of_products_agree(with);
    }
}

#[test]
fn the_result_does_not_depend_on_the_threads() {
    for precision in [Precision::Single, Precision::BFloat16] {
        does_not_depend_on_the_threads(Products::new(precision));
    }
}

fn does_not_depend_on_the_threads(products: Products) {
    // Longer than a block of queries.
    let items: Vec<_> = (0..4).map(|index| item(index, 100 + index as usize, true)).collect();
    let packing = Arc::new(Packing::new(items));
    let mut sublayer = sublayer(Norm::Before, 0.2, true, None);
    (sublayer.selection, sublayer.joint.scales) = (Arc::new(Selection::all(&packing)), None);
    (sublayer.packing, sublayer.products) = (packing, products);
    let rows = sublayer.packing.rows();
    let inputs = inputs(rows, ENTRIES);
    let outputs = Numbers::new(13).take(rows * WIDTH);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads").install(|| {
            let (y, saved) = sublayer.forward(&inputs[0], weights(&inputs));
            let g = sublayer.backward(&inputs[0], weights(&inputs), saved, &outputs);
            [y, g.x, g.projection, g.projection_bias, g.table, g.output, g.affine.gamma]
        })
    };
    assert_eq!(with(1), with(3));
}

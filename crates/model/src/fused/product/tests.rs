use super::super::testing::{Numbers, difference};
use super::*;
use crate::precision::rounded;

/// Both ways for both precisions; on processors without vectors they are the same.
fn ways() -> Vec<Products> {
    [Precision::Single, Precision::BFloat16]
        .into_iter()
        .flat_map(|precision| [Products::new(precision), Products::by_library(precision)])
        .collect()
}

/// The product by its definition, in f64, of numbers as they are in a precision.
fn defined(a: Matrix, b: Matrix, precision: Precision) -> Vec<f32> {
    let number = |x: f32| match precision {
        Precision::Single => f64::from(x),
        Precision::BFloat16 => f64::from(rounded(x)),
    };
    let of = |row, column| {
        let products = (0..a.columns()).map(|k| number(a.at(row, k)) * number(b.at(k, column)));
        products.sum::<f64>() as f32
    };
    (0..a.rows()).flat_map(|row| (0..b.columns()).map(move |column| of(row, column))).collect()
}

/// Rows, inner size and columns: single ones, whole strips, panels and stretches, and parts.
const SIZES: [(usize, usize, usize); 9] = [
    (1, 1, 1),
    (1, 5, 33),
    (12, 16, 32),
    (13, 17, 31),
    (5, 2, 16),
    (25, 64, 15),
    (30, 1025, 40),
    (7, 2100, 17),
    (41, 33, 300),
];

#[test]
fn products_are_those_of_the_definition_in_every_order_of_factors() {
    for (rows, inner, columns) in SIZES {
        let mut numbers = Numbers::new(1);
        let (left, right) = (numbers.take(rows * inner), numbers.take(inner * columns));
        let (left_transposed, right_transposed) =
            (numbers.take(rows * inner), numbers.take(inner * columns));
        let lefts = [Matrix::new(&left, inner), Matrix::new(&left_transposed, rows).transposed()];
        let rights =
            [Matrix::new(&right, columns), Matrix::new(&right_transposed, inner).transposed()];
        for products in ways() {
            for (a, b) in lefts.iter().flat_map(|a| rights.iter().map(move |b| (*a, *b))) {
                let expected = defined(a, b, products.precision);
                let place = format!("{rows} {inner} {columns} {products:?} {a:?}");
                let mut out = vec![f32::NAN; rows * columns];
                products.multiply(a, &products.packed(b), &mut out, Into::Place);
                assert!(difference(&out, &expected) < 1e-5, "{place}");
                let mut by_all = vec![f32::NAN; rows * columns];
                products.multiply_by_all(a, b, &mut by_all);
                assert!(difference(&by_all, &expected) < 1e-5, "by all: {place}");
                products.multiply(a, &products.packed(b), &mut out, Into::Sum);
                let twice: Vec<f32> = expected.iter().map(|x| 2.0 * x).collect();
                assert!(difference(&out, &twice) < 1e-5, "sum: {place}");
            }
        }
    }
}

#[test]
fn a_factor_is_arranged_alike_by_one_thread_and_by_all_and_in_memory_that_was_used() {
    let values = Numbers::new(2).take(1100 * 70);
    let (b, small) = (Matrix::new(&values, 70), Matrix::new(&values[..30], 5));
    let left = Numbers::new(3).take(1100);
    for products in ways() {
        let mut reused = products.packed(small);
        products.pack(b, &mut reused);
        let [mut first, mut second] = [[0.0; 70], [0.0; 70]];
        let a = Matrix::new(&left, 1100);
        products.multiply(a, &products.packed(b), &mut first, Into::Place);
        products.multiply(a, &reused, &mut second, Into::Place);
        assert_eq!(first, second);
        products.pack(small, &mut reused);
        let mut third = [0.0; 5];
        products.multiply(Matrix::new(&left[..6], 6), &reused, &mut third, Into::Place);
        let expected = defined(Matrix::new(&left[..6], 6), small, products.precision);
        assert!(difference(&third, &expected) < 1e-5);
    }
}

#[test]
fn column_ranges_are_read_with_their_stride() {
    let values = Numbers::new(4).take(9 * 50);
    let b = Matrix::strided(&values[3..], 9, 20, 50);
    let left = Numbers::new(5).take(4 * 50);
    let a = Matrix::strided(&left[7..], 4, 9, 50);
    for products in ways() {
        let mut out = vec![0.0; 80];
        products.multiply(a, &products.packed(b), &mut out, Into::Place);
        assert!(difference(&out, &defined(a, b, products.precision)) < 1e-5);
    }
}

/// What makes results independent of how batches are split.
#[test]
fn a_row_of_a_product_is_the_same_bit_for_bit_whichever_rows_stand_beside_it() {
    let (left, right) = (Numbers::new(6).take(29 * 600), Numbers::new(7).take(600 * 45));
    let b = Matrix::new(&right, 45);
    for precision in [Precision::Single, Precision::BFloat16] {
        let products = Products::new(precision);
        let packed = products.packed(b);
        let mut all = vec![0.0; 29 * 45];
        products.multiply(Matrix::new(&left, 600), &packed, &mut all, Into::Place);
        for (left, expected) in left.chunks(600).zip(all.chunks(45)) {
            let mut alone = vec![0.0; 45];
            products.multiply(Matrix::new(left, 600), &packed, &mut alone, Into::Place);
            if products != Products::by_library(precision) {
                assert_eq!(alone, expected);
            }
        }
    }
}

#[test]
fn what_stands_between_the_rows_of_a_result_is_left_as_it_is() {
    let (left, right) = (Numbers::new(8).take(14 * 9), Numbers::new(9).take(9 * 5));
    let (a, b) = (Matrix::new(&left, 9), Matrix::new(&right, 5));
    for products in ways() {
        let mut out = vec![7.0; 14 * 8];
        products.multiply_spaced(a, &products.packed(b), (&mut out, 8), Into::Place);
        let found: Vec<f32> = out.chunks(8).flat_map(|row| &row[..5]).copied().collect();
        assert!(difference(&found, &defined(a, b, products.precision)) < 1e-5);
        assert!(out.chunks(8).all(|row| row[5..] == [7.0; 3]));
    }
}

#[test]
fn an_empty_inner_dimension_leaves_zeros_in_place_and_a_sum_as_it_was() {
    for products in ways() {
        let a = Matrix::strided(&[], 3, 0, 0);
        let b = Matrix::strided(&[], 0, 4, 4);
        let mut out = [1.0; 12];
        products.multiply(a, &products.packed(b), &mut out, Into::Sum);
        assert_eq!(out, [1.0; 12]);
        products.multiply(a, &products.packed(b), &mut out, Into::Place);
        assert_eq!(out, [0.0; 12]);
        out.fill(1.0);
        products.multiply_by_all(a, b, &mut out);
        assert_eq!(out, [0.0; 12]);
    }
}

#[test]
#[should_panic(expected = "do not fit")]
fn matrices_that_do_not_fit_are_refused() {
    let values = [0.0; 6];
    let products = Products::new(Precision::Single);
    let packed = products.packed(Matrix::new(&values, 2));
    products.multiply(Matrix::new(&values, 2), &packed, &mut [0.0; 6], Into::Place);
}

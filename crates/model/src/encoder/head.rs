//! From what the last linear layer puts out to a logit for every token.

use burn::tensor::Tensor;
use grid::{QUALITIES, Token, Vocabulary};

use crate::config::Head;

/// Roots of chords.
const ROOTS: usize = 12;
/// Tokens that are no chord; the first of the vocabulary.
const SPECIALS: usize = Token::FIRST_CHORD.index();

/// Numbers that the last linear layer puts out for a cell.
pub(crate) const fn outputs(head: Head) -> usize {
    match head {
        Head::Flat => Vocabulary::SIZE,
        Head::RootQuality => SPECIALS + ROOTS + QUALITIES.len(),
    }
}

/// `[rows, outputs]` → `[rows, vocabulary]`.
///
/// Factorised, the outputs are the specials, the roots and the qualities; the logit of a chord is
/// the sum of its root's and its quality's, so that p(root, quality | chord) = p(root) ·
/// p(quality).
pub(super) fn logits(head: Head, outputs: Tensor<2>) -> Tensor<2> {
    match head {
        Head::Flat => outputs,
        Head::RootQuality => {
            let [rows, _] = outputs.dims();
            let part = |start, length| outputs.clone().narrow(1, start, length);
            let roots = part(SPECIALS, ROOTS).reshape([rows, ROOTS, 1]);
            let qualities =
                part(SPECIALS + ROOTS, QUALITIES.len()).reshape([rows, 1, QUALITIES.len()]);
            // Chords stand root by root in the vocabulary.
            let chords = (roots + qualities).reshape([rows, ROOTS * QUALITIES.len()]);
            Tensor::cat(vec![part(0, SPECIALS), chords], 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::parameters::floats;
    use burn::tensor::TensorData;

    #[test]
    fn the_logit_of_a_chord_is_the_sum_of_its_root_and_its_quality() {
        let cpu = device("cpu").expect("a processor");
        let count = outputs(Head::RootQuality);
        assert_eq!(count, 47);
        // Specials 0 to 5, roots 6 to 17, qualities 18 to 46, times the row.
        let values: Vec<f32> =
            (1..=2).flat_map(|row| (0..count).map(move |i| (row * i) as f32)).collect();
        let outputs = Tensor::from_data(TensorData::new(values, [2, count]), &cpu);
        let logits = logits(Head::RootQuality, outputs);
        assert_eq!(logits.dims(), [2, Vocabulary::SIZE]);
        let logits = floats(logits.into_data());
        for (row, logits) in logits.chunks(Vocabulary::SIZE).enumerate() {
            for (index, logit) in logits.iter().enumerate() {
                let expected = match Vocabulary::parts(Token(index as u16)) {
                    Some((root, quality)) => 6 + usize::from(root.semitones()) + 18 + quality,
                    None => index,
                };
                assert_eq!(*logit, ((row + 1) * expected) as f32, "token {index}");
            }
        }
    }
}

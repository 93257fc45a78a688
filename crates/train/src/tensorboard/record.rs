//! TFRecord framing: `length u64, masked crc of the length u32, data, masked crc of the data u32`,
//! all little-endian (TensorFlow, `core/lib/io/record_writer.h`).

use super::crc::masked;

/// Bytes before the data.
const HEAD: usize = 12;
/// Bytes after it.
const TAIL: usize = 4;

/// A record around `data`.
pub(super) fn framed(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    let mut bytes = Vec::with_capacity(HEAD + data.len() + TAIL);
    bytes.extend(length);
    bytes.extend(masked(&length).to_le_bytes());
    bytes.extend(data);
    bytes.extend(masked(data).to_le_bytes());
    bytes
}

/// The data of each whole record, with the place in `bytes` at which the record ends. What follows
/// a record that is cut off or damaged is not read.
pub(super) fn records(bytes: &[u8]) -> Vec<(&[u8], usize)> {
    let mut records = Vec::new();
    let mut start = 0;
    while let Some((data, length)) = bytes.get(start..).and_then(first) {
        start += length;
        records.push((data, start));
    }
    records
}

/// The data of the first record and the bytes the record takes.
fn first(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let (head, rest) = bytes.split_at_checked(HEAD)?;
    let (length, sum) = head.split_at_checked(8)?;
    if masked(length).to_le_bytes() != sum {
        return None;
    }
    let length = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
    let (data, rest) = rest.split_at_checked(length)?;
    let sum = rest.get(..TAIL)?;
    (masked(data).to_le_bytes() == sum).then_some((data, HEAD + length + TAIL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_up_to_the_first_that_is_not_whole() {
        let mut bytes = Vec::new();
        let mut ends = Vec::new();
        for data in [b"one".as_slice(), b"", b"three"] {
            bytes.extend(framed(data));
            ends.push(bytes.len());
        }
        let whole = [(b"one".as_slice(), ends[0]), (b"", ends[1]), (b"three", ends[2])];
        assert_eq!(records(&bytes), whole);
        for cut in 0..bytes.len() {
            let count = ends.iter().filter(|end| **end <= cut).count();
            assert_eq!(records(&bytes[..cut]), whole[..count]);
        }
        for damaged in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[damaged] ^= 1;
            let count = ends.iter().filter(|end| **end <= damaged).count();
            assert_eq!(records(&bytes), whole[..count], "byte {damaged}");
        }
    }
}

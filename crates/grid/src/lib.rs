//! The time grid: cells, vocabulary, encoding and decoding, the corpus on disk.

//! The bidirectional Transformer encoder and its checkpoints.

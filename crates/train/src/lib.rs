//! Batches, loss, optimiser, the training loop, frozen-mask validation and the run directory.

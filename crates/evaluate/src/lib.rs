//! Metrics of harmonizations.

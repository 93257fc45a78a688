//! What is shown and what is asked: patterns, target rules and schedules of masking.

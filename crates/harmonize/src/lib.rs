//! From melody to chords: reveal orders, constraints, long pieces.

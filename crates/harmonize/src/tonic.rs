//! The tonic a piece comes home to.

use score::key_finding::find_key;
use score::{Key, LeadSheet, Position};

/// The key of a piece: the one its notes suggest where that has the written signature (many
/// files call every key major), else the written one.
pub fn tonic(sheet: &LeadSheet) -> Option<Key> {
    let found = find_key(sheet).map(|found| found.key);
    match (sheet.key_at(Position::ZERO), found) {
        (Some(written), Some(found)) if found.fifths == written.fifths => Some(found),
        (Some(written), _) => Some(written),
        (None, found) => found,
    }
}

#[cfg(test)]
mod tests {
    use score::{Duration, Mode, Note, Pitch, Timed};

    use super::*;

    #[test]
    fn a_minor_tune_under_a_signature_called_major_is_minor() {
        let keys = [69, 72, 76, 69, 71, 72, 74, 76, 77, 76, 74, 72, 71, 68, 69, 69];
        let notes = keys.iter().enumerate().map(|(index, key)| Note {
            onset: Position::quarters(index as i32),
            duration: Duration::quarters(1),
            pitch: Pitch::from_midi(*key, 0),
        });
        let sheet = LeadSheet {
            keys: vec![Timed { at: Position::ZERO, value: Key::C_MAJOR }],
            notes: notes.collect(),
            ..LeadSheet::default()
        };
        assert_eq!(tonic(&sheet), Some(Key { fifths: 0, mode: Mode::Minor }));
    }
}

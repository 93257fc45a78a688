use super::*;
use crate::{Duration, Meter, Pitch, Symbol};

/// Bars from a line of words: `|:` before a bar, `:|` or `:|3` after it, `[1` and `[1,2` for
/// the bracket it stands under, `segno`, `coda`, `to-coda`, `fine`, `dc`, `ds`; each bar ends
/// with `|`.
fn bars(text: &str) -> Vec<Bar> {
    let texts: Vec<_> = text.split(';').collect();
    let mut bars = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let mut repeats = RepeatMarks::default();
        for word in text.split_whitespace() {
            match word {
                "|:" => repeats.start = true,
                "segno" => repeats.segno = true,
                "coda" => repeats.coda = true,
                "to-coda" => repeats.to_coda = true,
                "fine" => repeats.fine = true,
                "dc" => repeats.da_capo = true,
                "ds" => repeats.dal_segno = true,
                _ if word.starts_with(":|") => {
                    repeats.end = Some(word[2..].parse().unwrap_or(2));
                }
                _ if word.starts_with('[') => {
                    repeats.endings =
                        word[1..].split(',').map(|n| n.parse().expect("pass")).collect();
                }
                _ => assert_eq!(word, "."),
            }
        }
        let start = Position::quarters(4 * i32::try_from(index).expect("few bars"));
        let length = Duration::quarters(4);
        bars.push(Bar { start, length, number: String::new(), written: index, repeats });
    }
    bars
}

#[test]
fn repeats_are_played_in_order() {
    for (text, order, what) in [
        (".; .; .", "012", "no repeat"),
        (".; . :|; .", "01012", "a backward repeat goes back to the start"),
        (".; |: .; . :|; .", "012123", "a forward repeat is where it goes back to"),
        (". :|3; .", "0001", "three times"),
        (". :|; . :|; .", "00112", "a repeat ends where the one before it ended"),
        (".; [1 :|; [2; .", "01023", "first and second ending"),
        (".; [1 :|; [2 :|; .", "01023", "the last ending's own repeat is not taken"),
        (".; [1,2 :|; [3; .", "0101023", "an ending for two passes"),
        (".; [1 :|; .; . :|; .", "01023234", "a lone first ending is left out the second time"),
        (".; [1; [1 :|; [2; [2; |: . :|", "01203455", "endings of several bars"),
        (".; . fine; . dc", "01201", "da capo al fine"),
        (".; segno .; . fine; . ds", "012312", "dal segno al fine"),
        (".; segno . to-coda; . ds; coda .", "01213", "dal segno al coda"),
        (". :|; . fine; . dc", "001201", "no repeats after da capo"),
        (".; [1 :|; [2 fine; . dc", "0102302", "the last ending after da capo"),
        (".; [1 :|; . fine; . dc", "0102302", "a lone first ending is left out after da capo"),
        ("to-coda .; . dc; coda .", "0102", "da capo al coda"),
        (".; . to-coda; . :|; coda .", "012013", "to the coda on the repetition"),
        (". dc", "00", "da capo once"),
        (". ds", "00", "dal segno without a sign goes to the start"),
        ("to-coda .; . dc", "0101", "no coda to go to"),
        ("[3 :|; .", "1", "a bracket of a pass that never comes"),
    ] {
        let expected: Vec<usize> = order
            .bytes()
            .filter(u8::is_ascii_digit)
            .map(|digit| usize::from(digit - b'0'))
            .collect();
        let found = play_order(&bars(text), 1000);
        let found = found.unwrap_or_else(|| panic!("{what}: too long"));
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn hostile_nesting_ends() {
    let nested = vec![". :|255"; 100].join(";");
    assert_eq!(play_order(&bars(&nested), 1000), None);
    let endings =
        (0..3000).map(|i| format!("[{} :|255", i % 200 + 2)).collect::<Vec<_>>().join(";");
    assert_eq!(play_order(&bars(&endings), 1000), None);
    let sheet = LeadSheet { bars: bars(&vec![". :|255"; 1000].join(";")), ..LeadSheet::default() };
    assert_eq!(sheet.unfolded().bars.len(), 1000);
}

fn symbol(text: &str) -> Symbol {
    crate::chord::text::parse(text).expect("chord")
}

/// `.; |: . :| ` with a chord held over the repeat's start and a note tied out of the repeat.
fn sheet() -> LeadSheet {
    let event = |at, text| ChordEvent {
        onset: Position::quarters(at),
        symbol: symbol(text),
        written: None,
    };
    let note = |at, length| Note {
        onset: Position::quarters(at),
        duration: Duration::quarters(length),
        pitch: Pitch::from_midi(60, 0),
    };
    LeadSheet {
        meters: vec![Timed { at: Position::ZERO, value: Meter::COMMON }],
        bars: bars(".; |: . :|; ."),
        chords: vec![event(2, "C"), event(6, "G7"), event(8, "C")],
        notes: vec![note(0, 2), note(3, 2), note(6, 6)],
        ..LeadSheet::default()
    }
}

#[test]
fn what_holds_at_the_target_of_a_jump_is_stated_anew() {
    let heard = sheet().unfolded();
    assert_eq!(heard.check(), Ok(()));
    let chords: Vec<_> = heard
        .chords
        .iter()
        .map(|chord| (chord.onset.as_f64(), crate::chord::text::format(&chord.symbol)))
        .collect();
    let expected = [(2.0, "C"), (6.0, "G7"), (8.0, "C"), (10.0, "G7"), (12.0, "C")];
    assert_eq!(chords, expected.map(|(at, name)| (at, name.to_owned())));
}

#[test]
fn notes_are_cut_at_jumps_and_bars_remember_where_they_come_from() {
    let heard = sheet().unfolded();
    let notes: Vec<_> =
        heard.notes.iter().map(|note| (note.onset.as_f64(), note.duration.as_f64())).collect();
    assert_eq!(notes, [(0.0, 2.0), (3.0, 2.0), (6.0, 2.0), (8.0, 1.0), (10.0, 6.0)]);
    let written: Vec<_> = heard.bars.iter().map(|bar| bar.written).collect();
    assert_eq!(written, [0, 1, 1, 2]);
    assert!(heard.bars.iter().all(|bar| bar.repeats == RepeatMarks::default()));
}

#[test]
fn a_sheet_without_bars_stays_empty() {
    let heard = LeadSheet::default().unfolded();
    assert_eq!(heard.check(), Ok(()));
    assert!(heard.bars.is_empty());
}

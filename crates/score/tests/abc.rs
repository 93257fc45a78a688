//! What the ABC reader makes of each thing that ABC can say.

use score::formats::{ReadOptions, abc};
use score::{Key, LeadSheet, Reading, Symbol};

fn reading(tune: &str) -> Reading {
    let tunes = abc::read(tune.as_bytes(), &ReadOptions::default());
    let mut tunes = tunes.unwrap_or_else(|error| panic!("{tune}: {error}"));
    assert_eq!(tunes.len(), 1);
    tunes.remove(0).reading.unwrap_or_else(|error| panic!("{tune}: {error}"))
}

/// The music under a header in 4/4, eighths, C major.
fn music(body: &str) -> Reading {
    reading(&format!("X:1\nM:4/4\nL:1/8\nK:C\n{body}\n"))
}

/// The notes with their lengths in quarters: `C4 1/2`.
fn melody(sheet: &LeadSheet) -> String {
    let notes = sheet.notes.iter().map(|note| format!("{} {}", note.pitch, note.duration));
    notes.collect::<Vec<_>>().join(", ")
}

fn pitches(body: &str) -> String {
    let sheet = music(body).sheet;
    sheet.notes.iter().map(|note| note.pitch.to_string()).collect::<Vec<_>>().join(" ")
}

fn bars(sheet: &LeadSheet) -> String {
    sheet.bars.iter().map(|bar| bar.length.to_string()).collect::<Vec<_>>().join(" ")
}

/// The chord symbols with their places: `0 G, 2 D/F#`.
fn chords(sheet: &LeadSheet) -> String {
    let chord = |symbol: &Symbol| score::chord::text::format(symbol);
    let chords =
        sheet.chords.iter().map(|event| format!("{} {}", event.onset, chord(&event.symbol)));
    chords.collect::<Vec<_>>().join(", ")
}

fn keys(sheet: &LeadSheet) -> String {
    sheet.keys.iter().map(|key| format!("{} {}", key.at, key.value)).collect::<Vec<_>>().join(", ")
}

#[test]
fn lengths_multiply_the_unit() {
    assert_eq!(
        melody(&music("A A2 A/ A// A3/2 A/4").sheet),
        "A4 1/2, A4 1, A4 1/4, A4 1/8, A4 3/4, A4 1/8"
    );
    assert_eq!(melody(&reading("X:1\nM:2/4\nK:C\nA A2|").sheet), "A4 1/4, A4 1/2");
    assert_eq!(melody(&music("A [L:1/4]A").sheet), "A4 1/2, A4 1");
}

#[test]
fn octaves_go_up_and_down() {
    assert_eq!(pitches("C,, C, C c c' c''"), "C2 C3 C4 C5 C6 C7");
}

#[test]
fn accidentals_last_to_the_bar_line_and_through_ties() {
    assert_eq!(pitches("^F F f =F F|F _B B|B"), "F#4 F#4 F#5 F4 F4 F4 Bb4 Bb4 B4");
    assert_eq!(pitches("^^F __B"), "F##4 Bbb4");
    assert_eq!(melody(&music("^F8-|F4 F4|").sheet), "F#4 6, F4 2");
    let octave = "I:propagate-accidentals octave\n^Ff|";
    assert_eq!(pitches(octave), "F#4 F5");
    assert_eq!(pitches("I:propagate-accidentals not\n^FF|"), "F#4 F4");
}

#[test]
fn keys_alter_notes_and_may_change() {
    let sheet = music("F[K:D]F|[K:Gm]B[K:D exp ^g]GF|[K:none]F").sheet;
    assert_eq!(
        sheet.notes.iter().map(|note| note.pitch.to_string()).collect::<Vec<_>>(),
        ["F4", "F#4", "Bb4", "G#4", "F4", "F4"]
    );
    assert_eq!(keys(&sheet), "0 C major, 1/2 D major, 1 G minor, 3/2 D dorian");
    assert_eq!(keys(&reading("X:1\nM:4/4\nK:none\nC|").sheet), "");
}

#[test]
fn clefs_and_octave_properties_move_the_melody() {
    assert_eq!(melody(&reading("X:1\nM:4/4\nK:C clef=treble-8\nC|").sheet), "C3 1/2");
    assert_eq!(melody(&reading("X:1\nM:4/4\nK:C octave=1\nC|").sheet), "C5 1/2");
}

#[test]
fn metres_change_at_a_field() {
    let sheet = music("C8|[M:3/4]C6|\nM:C|\nC8|[M:2+3/8]C5|").sheet;
    let meters: Vec<String> =
        sheet.meters.iter().map(|meter| format!("{} {}", meter.at, meter.value)).collect();
    assert_eq!(meters, ["0 4/4", "4 3/4", "7 2/2", "11 5/8"]);
    assert_eq!(bars(&sheet), "4 3 4 5/2");
}

#[test]
fn of_notes_that_sound_together_the_highest_is_the_melody() {
    assert_eq!(melody(&music("[CEG]2 [c2E2] [CG-]2G2").sheet), "G4 1, C5 1, G4 2");
}

#[test]
fn tuplets_share_their_time() {
    assert_eq!(melody(&music("(3ABc d").sheet), "A4 1/3, B4 1/3, C5 1/3, D5 1/2");
    assert_eq!(
        melody(&music("(2AB (4ABcd").sheet),
        "A4 3/4, B4 3/4, A4 3/8, B4 3/8, C5 3/8, D5 3/8"
    );
    assert_eq!(melody(&music("(3:2:2A2B c").sheet), "A4 2/3, B4 1/3, C5 1/2");
    let compound = reading("X:1\nM:6/8\nL:1/8\nK:C\n(5ABcde|").sheet;
    assert_eq!(compound.notes[0].duration.fraction(), (3, 10));
}

#[test]
fn broken_rhythm_dots_one_note_and_halves_the_other() {
    assert_eq!(melody(&music("A>B A<B").sheet), "A4 3/4, B4 1/4, A4 1/4, B4 3/4");
    assert_eq!(melody(&music("A>>B A2 > B2").sheet), "A4 7/8, B4 1/8, A4 3/2, B4 1/2");
    assert_eq!(melody(&music("A>B>c").sheet), "A4 3/4, B4 3/8, C5 1/4");
    assert_eq!(melody(&music("A-A>B").sheet), "A4 5/4, B4 1/4");
    // A sign that does not stand between the notes says nothing.
    for apart in ["A[M:3/8]>B", "A[K:G]<B", "A[1>B"] {
        let reading = music(apart);
        assert_eq!(melody(&reading.sheet), "A4 1/2, B4 1/2");
        assert_eq!((reading.warnings.len(), reading.sheet.check()), (1, Ok(())));
    }
}

#[test]
fn broken_rhythm_reaches_no_note_before_a_change() {
    let sheet = music("A[M:3/8]<A[K:G]>A[M:4/4]A").sheet;
    assert_eq!(sheet.check(), Ok(()));
    let meters: Vec<_> = sheet.meters.iter().map(|meter| meter.at.to_string()).collect();
    assert_eq!(meters, ["0", "1/2", "3/2"]);
    assert_eq!(sheet.keys.last().map(|key| key.at.to_string()).as_deref(), Some("1"));
}

#[test]
fn ties_join_and_slurs_do_not() {
    assert_eq!(melody(&music("A2-A2|A8-|A8|(AA)").sheet), "A4 2, A4 8, A4 1/2, A4 1/2");
    // A tie to another pitch is a slur.
    assert_eq!(melody(&music("A2-B2").sheet), "A4 1, B4 1");
    // Over the end of a repeat a tie is heard only when the passage is left.
    let repeated = music("|:A8-:|A8|").sheet;
    assert_eq!(melody(&repeated), "A4 8");
    assert_eq!(melody(&repeated.unfolded()), "A4 4, A4 8");
}

#[test]
fn rests_take_time() {
    let sheet = music("z2A2x4|Z2|A8|").sheet;
    assert_eq!(sheet.notes[0].onset.fraction(), (1, 1));
    assert_eq!(bars(&sheet), "4 4 4 4");
}

#[test]
fn ornaments_and_signs_take_none() {
    let reading = music("{gf}A!trill!B+fermata+c~d .e (f y g) `a ub vc' Td {/a}b");
    assert_eq!(reading.sheet.notes.len(), 12);
    assert!(reading.sheet.notes.iter().all(|note| note.duration.fraction() == (1, 2)));
    assert_eq!(reading.warnings, []);
}

#[test]
fn repeats_and_endings_are_kept_as_marks() {
    let sheet = music("|:C8|1D8:|2E8||F8::G8:|A8|]").sheet;
    let marks: Vec<String> = sheet
        .bars
        .iter()
        .map(|bar| {
            let repeats = &bar.repeats;
            format!("{}{:?}{}", u8::from(repeats.start), repeats.endings, repeats.end.unwrap_or(0))
        })
        .collect();
    assert_eq!(marks, ["1[]0", "0[1]2", "0[2]0", "0[]2", "1[]2", "0[]0"]);
    let thrice = music("|:: C8 ::|").sheet;
    assert_eq!(thrice.bars[0].repeats.end, Some(3));
    let lists = music("|:C8|[1,3 D8:|[2,4 E8:|").sheet;
    assert_eq!(lists.bars[1].repeats.endings, [1, 3]);
    assert_eq!(lists.bars[1].repeats.end, Some(4));
    assert_eq!(lists.unfolded().bars.len(), 8);
}

#[test]
fn jumps_are_found_in_decorations_and_words() {
    let sheet = music("C8|!segno!D8|\"^Fine\"E8|F8!D.S.alfine!|]").sheet;
    assert!(sheet.bars[1].repeats.segno);
    assert!(sheet.bars[2].repeats.fine);
    assert!(sheet.bars[3].repeats.dal_segno);
    assert!(music("C8|SD8|O E8|F8|]!D.C.!\n").sheet.bars[3].repeats.da_capo);
    let coda = music("C8!coda!|OD8|E8!D.C.!|OF8|]").sheet;
    let signs: Vec<_> = coda.bars.iter().map(|b| (b.repeats.to_coda, b.repeats.coda)).collect();
    assert_eq!(signs, [(true, false), (true, false), (false, false), (false, true)]);
    let defined = reading("X:1\nM:4/4\nL:1/8\nU:W=!fine!\nK:C\nC8|WD8|").sheet;
    assert!(defined.bars[1].repeats.fine);
}

#[test]
fn parts_that_only_repeat_in_place_become_repeats() {
    let tune = |order| format!("X:1\nM:4/4\nL:1/8\nP:{order}\nK:C\nP:A\nC8|D8|\nP:B\nE8|\n");
    let sheet = reading(&tune("AAB")).sheet;
    assert!(sheet.bars[0].repeats.start);
    assert_eq!(sheet.bars[1].repeats.end, Some(2));
    assert_eq!(reading(&tune("AB")).warnings, []);
    assert_eq!(reading(&tune("ABA")).warnings.len(), 1);
}

#[test]
fn bars_are_as_long_as_what_they_hold() {
    let sheet = music("AB|c8|d6:||:AB|c8|]").sheet;
    assert_eq!(bars(&sheet), "1 4 3 1 4");
    assert!(sheet.has_pickup());
    let numbers: Vec<&str> = sheet.bars.iter().map(|bar| bar.number.as_str()).collect();
    assert_eq!(numbers, ["0", "1", "2", "2", "3"]);
    // Bar lines at the end of one line and the start of the next are one.
    assert_eq!(bars(&music("A8|\n|B8||\n|:c8:|").sheet), "4 4 4");
}

#[test]
fn quoted_chords_stand_where_the_next_note_does() {
    assert_eq!(
        chords(&music("\"C\"C4 \"G7/B\"D4|\"Am\"|z4 (3\"F\"EFG \"D/f+\"[CE]2").sheet),
        "0 C, 2 G7/B, 4 Am, 6 F, 7 D/F#"
    );
    // A chord under a tie does not divide the note.
    let tied = music("\"C\"C4-\"F\"C4|").sheet;
    assert_eq!((melody(&tied).as_str(), chords(&tied).as_str()), ("C4 4", "0 C, 2 F"));
    assert_eq!(chords(&music("[\"Dm\"DFA]2").sheet), "0 Dm");
    assert_eq!(chords(&music("\"Gd\"G\"Ca\"C\"(D7)\"D").sheet), "0 Gdim, 1/2 C+, 1 D7");
}

#[test]
fn annotations_and_words_are_no_chords() {
    let reading = music("\"^Am\"A\"_E\"B\"<C\"c\">D\"d\"@1,2 G\"e\"Fine\"f\"Var I\"g");
    assert_eq!(reading.sheet.chords, []);
    let messages: Vec<&str> = reading.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "\"Fine\" is no chord symbol; read as a direction",
            "\"Var I\" is no chord symbol; left out"
        ]
    );
}

#[test]
fn of_alternatives_the_first_chord_is_taken() {
    let reading = music("\"Em (A)\"E4\"G\"\"Em\"G4|");
    assert_eq!(chords(&reading.sheet), "0 Em, 2 G");
    assert_eq!(reading.warnings.len(), 2);
}

#[test]
fn lines_may_be_continued_and_interrupted() {
    let body = "AB\\\ncd|% a remark \"G\"\nw: these are words\n%%MIDI program 74\ns: symbols\n\
                %%begintext\nABC is text here\n%%endtext\nef [r:a remark]ga|";
    let reading = music(body);
    assert_eq!(reading.sheet.notes.len(), 8);
    assert_eq!(reading.warnings, []);
}

#[test]
fn overlays_are_left_out_with_a_warning() {
    let reading = music("A8&C4D4|B8|");
    assert_eq!(melody(&reading.sheet), "A4 4, B4 4");
    assert_eq!(reading.warnings.len(), 1);
}

#[test]
fn what_means_nothing_is_said() {
    let reading = music("A #9 B C3, D0 E");
    assert_eq!(reading.sheet.notes.len(), 4);
    assert_eq!(reading.warnings.len(), 3);
    assert!(!music("A2\n\nB2|c2|\n").warnings.is_empty());
    assert_eq!(music("A2|").warnings, []);
}

#[test]
fn headers_name_the_tune() {
    let sheet = reading(
        "X:1\nT:Caf\\'e\nT:Other\nC:One\nC:Two\nZ:Copyright 1900\nM:none\nQ:\"Slow\" 1/2=40\nK:Em\nE",
    )
    .sheet;
    assert_eq!(sheet.title.as_deref(), Some("Café"));
    assert_eq!(sheet.composer.as_deref(), Some("One, Two"));
    assert_eq!(sheet.rights.as_deref(), Some("Copyright 1900"));
    assert_eq!(sheet.tempo, Some(80.0));
    assert_eq!(sheet.keys.first().map(|key| key.value.to_string()).as_deref(), Some("E minor"));
    assert_eq!(
        reading("X:1\nM:4/4\nK:Hp\nf")
            .sheet
            .key_at(Default::default())
            .map(Key::tonic)
            .map(|t| t.to_string())
            .as_deref(),
        Some("A")
    );
}

#[test]
fn a_tunebook_gives_each_tune_its_own_result() {
    let book = include_bytes!("fixtures/abc/tunebook.abc");
    let tunes = abc::read(book, &ReadOptions::default()).expect("a tunebook");
    let numbers: Vec<u32> = tunes.iter().map(|tune| tune.number).collect();
    assert_eq!(numbers, [1, 2, 7, 4]);
    let error = tunes[1].reading.as_ref().expect_err("no notes");
    assert_eq!(
        error.to_string(),
        "line 16: tune 2 has no notes; write the melody under the line K:, or choose another tune \
         or voice"
    );
    let first = &tunes[0].reading.as_ref().expect("a tune").sheet;
    assert_eq!(first.title.as_deref(), Some("The first tune"));
    assert_eq!(first.rights.as_deref(), Some("public domain"));
    assert_eq!((chords(first).as_str(), bars(first).as_str()), ("0 G, 3 D, 6 G", "3 3 3"));
    assert!(book[tunes[2].range.clone()].starts_with(b"X:7\n"));
    assert!(book[tunes[2].range.clone()].ends_with(b"A6|]\n"));
    let only = ReadOptions { tune: Some(7), ..ReadOptions::default() };
    assert_eq!(abc::read(book, &only).expect("a tune").len(), 1);
    let missing = ReadOptions { tune: Some(9), ..ReadOptions::default() };
    assert_eq!(
        abc::read(book, &missing).expect_err("no such tune").to_string(),
        "the file: there is no tune 9; choose one of the 4 tunes by the number behind its X:"
    );
}

#[test]
fn a_voice_is_chosen_by_name_or_number() {
    let file = include_bytes!("fixtures/abc/voices.abc");
    let voice = |voice: Option<&str>| {
        let voice = voice.map(str::to_owned);
        let options = ReadOptions { voice, ..ReadOptions::default() };
        abc::read(file, &options).map(|mut tunes| tunes.remove(0).reading.expect("a tune"))
    };
    let melody_voice = voice(None).expect("a voice");
    assert_eq!(keys(&melody_voice.sheet), "0 C major, 4 G major");
    assert_eq!(melody_voice.warnings.len(), 1);
    for name in ["B1", "bass", "2"] {
        let bass = voice(Some(name)).expect("a voice").sheet;
        assert_eq!(melody(&bass), "C3 2, G3 2, G2 2, F3 2");
        assert_eq!(keys(&bass), "0 C major");
    }
    assert!(voice(Some("alto")).is_err());
}

#[test]
fn latin_1_and_old_line_ends_are_read() {
    let file = include_bytes!("fixtures/abc/latin-1.abc");
    let tunes = abc::read(file, &ReadOptions::default()).expect("a tunebook");
    let reading = tunes[0].reading.as_ref().expect("a tune");
    assert_eq!(reading.sheet.title.as_deref(), Some("La fiancée"));
    assert_eq!(reading.sheet.bars.len(), 2);
    assert_eq!(reading.warnings, []);
}

#[test]
fn files_without_a_tune_are_refused_with_a_way_out() {
    for (file, expected) in [
        ("", "the file: the file is empty; check that the file was written completely"),
        (
            "just words",
            "the file: there is no tune in it; an ABC tune begins with a line X:1 and has a line \
             K: before its notes",
        ),
        (
            "X:1\nT:Silence\nK:C\nz4|\n",
            "line 1: tune 1 has no notes; write the melody under the line K:, or choose another \
             tune or voice",
        ),
        (
            "X:1\nK:C\nC999999C999999C999999|",
            "line 3: the tune is longer than a million quarter notes; check the note lengths (L: \
             and the numbers behind the notes)",
        ),
        (
            "X:1\nK:C\nZ999999|C",
            "line 3: more bars of rest than any tune has; check the number behind Z",
        ),
    ] {
        let error = abc::read(file.as_bytes(), &ReadOptions::default()).expect_err("refused");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn what_is_missing_is_assumed_with_a_warning() {
    let reading = reading("T:No number, metre or key\nK:\nC|");
    assert_eq!(reading.sheet.notes.len(), 1);
    assert_eq!(reading.warnings.len(), 2);
}

use std::fs;
use std::path::{Path, PathBuf};

use grid::corpus::{Candidate, Source, prepare, write};
use grid::{MelodyHash, Token, Vocabulary, encode};
use model::{Device, Encoder, EncoderConfig, Item, Positions, Reading, device};
use score::formats::{Document, ReadOptions};

use super::*;
use crate::examination::ByKind;
use crate::examination::forgetting::untrained;

fn cpu() -> Device {
    device("cpu").expect("a processor")
}

/// A corpus of what lies in `folder`.
fn corpus_of(folder: &Path, resolution: Resolution) -> (tempfile::TempDir, Corpus) {
    let source = Source { folder: folder.to_owned(), licence: None, only: None };
    let candidates = prepare(&[source], resolution, |_, _| {}).expect("readable");
    written(resolution, candidates)
}

fn written(resolution: Resolution, candidates: Vec<Candidate>) -> (tempfile::TempDir, Corpus) {
    let place = tempfile::tempdir().expect("a folder");
    let path = place.path().join("corpus");
    write(&path, resolution, candidates).expect("writes");
    let corpus = Corpus::open(&path).expect("opens");
    (place, corpus)
}

/// The melodies of the repository under the chords that `predictor` thinks most probable, window
/// by window with nothing visible: so it is right about all of them at zero visible.
fn examples_harmonized_by(predictor: &Predictor) -> (tempfile::TempDir, Corpus) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("lists").map(|entry| entry.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "abc"));
    paths.sort();
    let candidate = |path: &PathBuf| {
        let bytes = fs::read(path).expect("reads");
        let document = Document::read(bytes, path, &ReadOptions::default()).expect("a score");
        let song = document.first().expect("a tune");
        let sheet = &song.reading.as_ref().expect("a melody").sheet;
        let mut cells =
            encode(sheet, &Vocabulary::default(), Resolution::Beat).expect("a melody").cells;
        for range in train::windows(&cells.clone(), 64, 64) {
            let own = cells[range.clone()].to_vec();
            let item = Item::new(own.clone(), vec![Token::MASK; own.len()]);
            let probabilities = predictor.predict(std::slice::from_ref(&item)).remove(0);
            for (index, cell) in cells[range].iter_mut().enumerate() {
                let given = probabilities.of(index);
                let best = (0..given.len()).max_by(|a, b| given[*a].total_cmp(&given[*b]));
                *cell = cell.with_harmony(Token(best.expect("tokens") as u16));
            }
        }
        Candidate {
            source: "examples".to_owned(),
            file: path.file_name().expect("a name").to_string_lossy().into_owned(),
            tune: None,
            title: sheet.title.clone(),
            licence: "CC0".to_owned(),
            warnings: Vec::new(),
            result: Ok((cells, MelodyHash::of(sheet), None)),
        }
    };
    written(Resolution::Beat, paths.iter().map(candidate).collect())
}

/// Many short tunes, each with a turn of its own, so that some fall on every side of the split.
fn tunes() -> (tempfile::TempDir, Corpus) {
    let place = tempfile::tempdir().expect("a folder");
    let letters = ["C", "D", "E", "F", "G", "A", "B"];
    let mut book = String::new();
    let mut state = 1u64;
    for number in 1..=160 {
        let (metre, beats) = if number % 3 == 0 { ("3/4", 3) } else { ("4/4", 4) };
        book += &format!("X:{number}\nT:Tune {number}\nM:{metre}\nL:1/4\nK:C\n");
        for chord in ["C", "F", "G7", "C"] {
            let mut note = |_| {
                // Knuth's linear congruential generator, MMIX.
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                letters[(state >> 33) as usize % letters.len()]
            };
            let notes: String = (0..beats).map(&mut note).collect();
            book += &format!("\"{chord}\"{notes}|");
        }
        book += "\n\n";
    }
    fs::write(place.path().join("book.abc"), book).expect("writes");
    corpus_of(place.path(), Resolution::Beat)
}

fn shipped() -> Predictor {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/lead-sheets");
    Predictor::load(&folder, &cpu()).expect("the shipped model")
}

/// An encoder that has learned nothing.
fn untaught(seed: u64) -> Predictor {
    let config = EncoderConfig {
        width: 16,
        heads: 2,
        layers: 2,
        feed_forward: 16,
        positions: Positions::Relative { reach: 8 },
        ..EncoderConfig::default()
    };
    let encoder = Encoder::new(&config, seed, &cpu()).expect("valid");
    Predictor::new(encoder, Resolution::Beat)
}

fn run(predictor: &Predictor, corpus: &Corpus, options: &Options) -> Examination {
    examine(predictor, corpus, options, &mut |_| {}).expect("pieces")
}

#[test]
fn the_shipped_model_is_examined_on_the_examples() {
    let predictor = shipped();
    let (_kept, corpus) = examples_harmonized_by(&predictor);
    let options = Options {
        split: Split::Train,
        pieces: 5,
        windows: 1,
        visible: vec![0, 50],
        worst: 1,
        typical: 1,
        map_cells: 16,
        ..Options::default()
    };
    let mut told = Vec::new();
    let examination = examine(&predictor, &corpus, &options, &mut |progress| told.push(progress))
        .expect("the examples");

    assert_eq!(examination.pieces, 5);
    let attention = examination.attention.as_ref().expect("hidden cells");
    assert_eq!((attention.layers, attention.heads, attention.by_head.len()), (4, 4, 16));
    for attended in attention.by_head.iter().map(|head| &head.attended).chain([&attention.rollout])
    {
        let ByKind { condition, bar, melody, visible, masked, itself } = &attended.shares;
        let shares = [condition, bar, melody, visible, masked, itself].map(|share| share.value);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-4, "{shares:?}");
        assert!(attended.entropy.value <= attention.chance.entropy + 1e-6);
    }

    let shares: Vec<u8> = examination.calibration.iter().map(|share| share.visible).collect();
    assert_eq!(shares, [0, 50]);
    for share in &examination.calibration {
        assert_eq!(share.bins.iter().map(|bin| bin.cells).sum::<usize>(), share.cells);
        assert!((0.0..=1.0).contains(&share.error.value));
    }
    for share in &examination.confusion {
        let all = share.roots.iter().map(|root| root.value).sum::<f64>() + share.none.value;
        assert!((all - 1.0).abs() < 1e-9);
    }
    // With nothing visible it is right by construction; seeing its own chords makes it surer.
    let nothing_visible = &examination.confusion[0];
    assert_eq!((nothing_visible.roots[0].value, nothing_visible.roots[0].low), (1.0, 1.0));
    assert_eq!(nothing_visible.right_chord.map(|share| share.value), Some(1.0));
    assert!(examination.calibration[0].overconfidence.value < 0.0, "never sure enough");
    assert!(examination.piece_figures.iter().filter(|p| p.visible == 0).all(|p| p.accuracy == 1.0));
    let reliance = &examination.reliance[1];
    assert!(reliance.context.expect("half is visible").value > 0.0);
    assert!(examination.reliance[0].melody.low > 0.0, "the chords were made for the melodies");
    assert!(examination.memorisation.is_empty(), "nothing lies beside the training side");

    assert_eq!(examination.views.len(), 2);
    assert!(examination.views[0].loss >= examination.views[1].loss);
    assert_eq!(examination.maps.len(), 2);
    let map = &examination.maps[0];
    assert!(map.positions.len() <= 33 && map.weights[3][3].len() == map.positions.len());
    for row in map.weights.iter().flatten().flatten() {
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 5e-3, "rounded to four places");
    }

    assert!(told.windows(2).all(|pair| pair[0].done <= pair[1].done));
    assert!(told.last().is_some_and(|last| last.done == last.total));
    let text = serde_json::to_string(&examination).expect("JSON");
    let back: Examination = serde_json::from_str(&text).expect("what was written");
    // (Numbers come back to all but the last bit.)
    assert_eq!(back.options, examination.options);
    assert_eq!(back.maps, examination.maps);
    assert_eq!(back.views[1].cells[3].melody, examination.views[1].cells[3].melody);
}

#[test]
fn both_sides_are_probed_and_the_same_is_found_each_time() {
    let (_kept, corpus) = tunes();
    let options = Options { pieces: 12, visible: vec![0], ..Options::default() };
    let examination = run(&untaught(3), &corpus, &options);
    assert_eq!(examination, run(&untaught(3), &corpus, &options));
    assert_ne!(examination, run(&untaught(4), &corpus, &options));
    assert!(examination.training_pieces == 12 && examination.pieces > 1);
    let probes: Vec<u8> = examination.memorisation.iter().map(|probe| probe.visible).collect();
    assert_eq!(probes, [0, 50]);
    for probe in &examination.memorisation {
        assert!(
            probe.recited.low <= probe.recited.value && probe.recited.value <= probe.recited.high
        );
        assert_eq!(probe.validation.pieces, examination.pieces);
    }
    let metres: Vec<&String> = examination.metric_errors[0].metres.keys().collect();
    assert_eq!(metres, ["3/4", "4/4"]);
}

#[test]
fn the_figures_of_pieces_are_those_of_validation() {
    // The same frozen masks: what is examined is what the run was validated on.
    let (_kept, corpus) = tunes();
    let options = Options { pieces: 500, windows: 9, ..Options::default() };
    let config = train::RunConfig {
        model: untaught(3).encoder().config().clone(),
        seed: 3,
        ..train::RunConfig::default()
    };
    let probes = [curriculum::Probe::Cells(0), curriculum::Probe::Cells(50)];
    let figures = untrained(&config, &corpus, &probes, &cpu()).expect("valid");
    let examination = run(&untaught(3), &corpus, &options);
    for (visible, figures) in [0, 50].into_iter().zip(figures) {
        let pieces = || examination.piece_figures.iter().filter(|piece| piece.visible == visible);
        let sum = |of: fn(&train::Measured) -> u64| pieces().map(|p| of(&p.sums)).sum::<u64>();
        assert_eq!(sum(|sums| sums.cells), figures.all.cells);
        assert_eq!(sum(|sums| sums.changes), figures.all.changes);
        // The examined probabilities leave out the tokens that cannot be chosen.
        assert!(sum(|sums| sums.right) >= figures.all.right);
    }
}

#[test]
fn a_model_is_asked_as_it_reads() {
    let (_kept, corpus) = tunes();
    let config = EncoderConfig {
        bars: true,
        positions: Positions::Learned { cells: 8 },
        ..untaught(3).encoder().config().clone()
    };
    let encoder = Encoder::new(&config, 3, &cpu()).expect("valid");
    let reading = Reading { resolution: Resolution::Beat, keys: Keys::CMajor };
    let options = Options { pieces: 4, visible: vec![0], ..Options::default() };
    let examination = run(&Predictor::new(encoder, reading), &corpus, &options);
    assert_eq!(examination.options.data.window, 8);
    assert_eq!(examination.options.data.transposition, Transposition::CMajor);
    let attention = examination.attention.expect("hidden cells");
    assert!(attention.by_head[0].attended.shares.bar.value > 0.0, "bar cells are looked at");
}

#[test]
fn what_cannot_be_examined_says_so() {
    let (_kept, corpus) = tunes();
    let options = Options {
        data: train::Data { sources: vec!["nowhere".to_owned()], ..train::Data::default() },
        ..Options::default()
    };
    let error = examine(&untaught(1), &corpus, &options, &mut |_| {}).expect_err("no pieces");
    assert!(error.to_string().contains("no validation pieces"), "{error}");

    let place = tempfile::tempdir().expect("a folder");
    fs::write(place.path().join("a.abc"), "X:1\nM:4/4\nL:1/4\nK:C\n\"C\"CDEF|\n").expect("writes");
    let (_kept, fine) = corpus_of(place.path(), Resolution::HalfBeat);
    let error = examine(&untaught(1), &fine, &Options::default(), &mut |_| {}).expect_err("cells");
    assert!(error.to_string().contains("--cells beat"), "{error}");
}

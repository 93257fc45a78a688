//! Every chord symbol of the data sets, read and written back.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use score::chord::musicxml::{self, HarmonyParts};
use score::chord::{harte, text};
use score::{Alteration, AlterationKind, Chord, PitchName, Quality, Step, Symbol};

/// The data sets, or `None` with a note where there are none.
fn data() -> Option<PathBuf> {
    let root = std::env::var_os("CANTUS_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if root.is_dir() {
        return Some(root);
    }
    println!("skipped: no data at {}", root.display());
    None
}

/// All files under `folder` with this extension, in order.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|own| own == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The quoted strings of the music lines of a tunebook.
fn quoted(tunebook: &str) -> Vec<&str> {
    let is_music = |line: &&str| {
        let bytes = line.as_bytes();
        let field =
            bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1) == Some(&b':');
        !field && !line.starts_with('%')
    };
    tunebook.lines().filter(is_music).flat_map(|line| line.split('"').skip(1).step_by(2)).collect()
}

#[test]
fn abc_chord_symbols_are_read() {
    let Some(data) = data() else { return };
    for set in ["pdsa", "nottingham", "folk"] {
        let mut symbols: BTreeMap<String, usize> = BTreeMap::new();
        let mut modern: BTreeMap<String, usize> = BTreeMap::new();
        for path in files(&data.join(set), "abc") {
            let bytes = fs::read(path).expect("a readable file");
            for text in quoted(&String::from_utf8_lossy(&bytes)) {
                match text.strip_prefix('^') {
                    Some(modern_symbol) => {
                        *modern.entry(modern_symbol.to_owned()).or_default() += 1
                    }
                    None if text.trim().is_empty() || text.starts_with(['_', '<', '>', '@']) => {}
                    None => *symbols.entry(text.to_owned()).or_default() += 1,
                }
            }
        }
        let share = report(&format!("{set}: chord symbols"), &symbols);
        assert!(share >= 0.995, "{set}: only {share}");
        if set == "pdsa" {
            let share = report("pdsa: annotations that hold a second harmony", &modern);
            assert!(share >= 0.97, "{set}: only {share}");
        }
    }
}

/// Reads each text, prints those that are no chords, and returns the share of those that are.
fn report(what: &str, texts: &BTreeMap<String, usize>) -> f64 {
    let total: usize = texts.values().sum();
    let mut read = 0;
    let mut rest = String::new();
    for (text, count) in texts {
        match text::parse(text) {
            Ok(symbol) => {
                let canonical = text::format(&symbol);
                assert_eq!(text::parse(&canonical), Ok(symbol), "{text} written as {canonical}");
                read += count;
            }
            Err(problem) => {
                let _ = write!(rest, "\n  {count} × {problem}");
            }
        }
    }
    let share = read as f64 / total as f64;
    println!(
        "{what}: {read} of {total} read ({:.3}%), {} spellings{rest}",
        100.0 * share,
        texts.len()
    );
    share
}

#[test]
fn harte_labels_are_read_and_written_as_they_were() {
    let Some(data) = data() else { return };
    let mut labels: BTreeMap<String, usize> = BTreeMap::new();
    for path in files(&data.join("pop909"), "txt") {
        if path.file_name().is_none_or(|name| name != "chord_midi.txt") {
            continue;
        }
        for line in fs::read_to_string(path).expect("a readable file").lines() {
            let label = line.split_whitespace().nth(2).expect("a label");
            *labels.entry(label.to_owned()).or_default() += 1;
        }
    }
    for label in labels.keys() {
        let symbol = harte::parse(label).unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(&harte::format(&symbol), label);
    }
    println!("pop909: {} labels, {} spellings", labels.values().sum::<usize>(), labels.len());
}

/// The score inside a compressed MusicXML file.
fn unzipped(path: &Path) -> String {
    let bytes = fs::read(path).expect("a readable file");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip file");
    let is_score = |name: &str| {
        !name.starts_with("META-INF") && (name.ends_with(".xml") || name.ends_with(".musicxml"))
    };
    let name = archive
        .file_names()
        .map(|name| name.expect("a name").into_owned())
        .find(|name| is_score(name))
        .expect("a score");
    let mut score = String::new();
    let mut entry = archive.by_name(&name).expect("a readable entry");
    entry.read_to_string(&mut score).expect("UTF-8");
    score
}

fn child<'a>(element: roxmltree::Node<'a, '_>, name: &str) -> Option<&'a str> {
    let child = element.children().find(|child| child.has_tag_name(name))?;
    Some(child.text().unwrap_or("").trim())
}

fn pitch_name(element: roxmltree::Node<'_, '_>, tag: &str) -> Option<PitchName> {
    let element = element.children().find(|child| child.has_tag_name(tag))?;
    let step = Step::from_letter(child(element, &format!("{tag}-step"))?.chars().next()?)?;
    let alter = child(element, &format!("{tag}-alter")).map_or(Some(0), |alter| alter.parse().ok());
    Some(PitchName::new(step, alter?))
}

fn degree(element: roxmltree::Node<'_, '_>) -> Option<Alteration> {
    let kind = match child(element, "degree-type")? {
        "add" => AlterationKind::Add,
        "alter" => AlterationKind::Alter,
        _ => AlterationKind::Subtract,
    };
    let degree = child(element, "degree-value")?.parse().ok()?;
    let alter = child(element, "degree-alter").map_or(Some(0), |alter| alter.parse().ok())?;
    Some(Alteration { kind, degree, alter })
}

fn parts(harmony: roxmltree::Node<'_, '_>) -> HarmonyParts {
    let kind = harmony.children().find(|child| child.has_tag_name("kind"));
    HarmonyParts {
        root: pitch_name(harmony, "root"),
        kind: child(harmony, "kind").unwrap_or("").to_owned(),
        kind_text: kind.and_then(|kind| kind.attribute("text")).map(str::to_owned),
        degrees: harmony
            .children()
            .filter(|c| c.has_tag_name("degree"))
            .filter_map(degree)
            .collect(),
        bass: pitch_name(harmony, "bass"),
        inversion: child(harmony, "inversion").and_then(|inversion| inversion.parse().ok()),
    }
}

/// Kinds in the files that MusicXML does not know; they are written in its words.
const NOT_IN_THE_STANDARD: [&str; 5] = ["", "augmented-ninth", "maj69", "minor-major", "tristan"];

/// Reads every harmony, writes it back, and leaves the distinct ones as a table for
/// `tests/music21/chord_symbols.py` in the folder for test output.
#[test]
fn musicxml_harmonies_are_read_and_written_as_they_were_for_music21() {
    let Some(data) = data() else { return };
    for set in ["openewld", "chord-symbols"] {
        let (share, table) = harmonies(&files(&data.join(set), "mxl"));
        println!("{set}: {:.3}% read, {} distinct", 100.0 * share, table.lines().count() - 1);
        assert!(share >= 0.995);
        let file = format!("harmonies-{set}.tsv");
        fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(file), table).expect("written");
    }
}

/// Leaves every quality, on a sharp, a flat and a plain root, as a table of the same kind.
#[test]
fn every_quality_is_left_for_music21() {
    let mut text = HEADER.to_owned();
    for quality in Quality::ALL {
        for root in ["C", "F#", "Bb"] {
            let root = PitchName::parse_prefix(root).expect("a name").0;
            let symbol = Symbol::Chord(Chord::new(root, *quality));
            let parts = musicxml::write(&symbol);
            assert_eq!(musicxml::read(&parts), Ok(symbol.clone()));
            let _ = writeln!(text, "{}\t1", row(&parts, &symbol));
        }
    }
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("harmonies-qualities.tsv");
    fs::write(file, text).expect("written");
}

/// The columns of a table.
const HEADER: &str = "root\tkind\ttext\tdegrees\tbass\tinversion\tsounding\tcount\n";

/// The share of the harmonies that is read, and the table of the distinct ones.
fn harmonies(files: &[PathBuf]) -> (f64, String) {
    let (mut total, mut read) = (0, 0);
    let mut table: BTreeMap<String, usize> = BTreeMap::new();
    for path in files {
        let score = unzipped(path);
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let document = roxmltree::Document::parse_with_options(&score, options).expect("XML");
        for harmony in document.descendants().filter(|node| node.has_tag_name("harmony")) {
            total += 1;
            let parts = parts(harmony);
            let symbol = match musicxml::read(&parts) {
                Ok(symbol) => symbol,
                Err(problem) => {
                    println!("  {}: {problem}", path.display());
                    continue;
                }
            };
            read += 1;
            let written = musicxml::write(&symbol);
            assert_eq!(musicxml::read(&written), Ok(symbol.clone()));
            let canonical = text::format(&symbol);
            assert_eq!(text::parse(&canonical), Ok(symbol.clone()), "written as {canonical}");
            if !NOT_IN_THE_STANDARD.contains(&parts.kind.as_str()) {
                assert_eq!((&written.kind, &written.degrees), (&parts.kind, &parts.degrees));
                assert_eq!((written.root, written.bass), (parts.root, parts.bass));
            }
            *table.entry(row(&parts, &symbol)).or_default() += 1;
        }
    }
    let mut text = HEADER.to_owned();
    for (row, count) in table {
        let _ = writeln!(text, "{row}\t{count}");
    }
    (f64::from(read) / f64::from(total), text)
}

/// One row of the table: the parts, and what sounds as twelve bits.
fn row(parts: &HarmonyParts, symbol: &Symbol) -> String {
    let name = |name: Option<PitchName>| name.map(|name| name.to_string()).unwrap_or_default();
    let degrees: Vec<String> = parts
        .degrees
        .iter()
        .map(|Alteration { kind, degree, alter }| {
            format!("{} {degree} {alter}", format!("{kind:?}").to_lowercase())
        })
        .collect();
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{}",
        name(parts.root),
        parts.kind,
        parts.kind_text.as_deref().unwrap_or(""),
        degrees.join(", "),
        name(parts.bass),
        parts.inversion.map(|inversion| inversion.to_string()).unwrap_or_default(),
        symbol.pitch_classes().bits(),
    )
}

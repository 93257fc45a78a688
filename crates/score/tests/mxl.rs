//! Compressed MusicXML: what is inside stays, and what is broken or hostile is refused.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use score::formats::{Existing, ReadOptions, musicxml, mxl};
use score::{ChordEvent, Position};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const CONTAINER: &str =
    "<container><rootfiles><rootfile full-path=\"a tune.xml\"/></rootfiles></container>";

fn fixture() -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/musicxml");
    std::fs::read(folder.join("bars.musicxml")).expect("a fixture")
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let method = if *name == "mimetype" {
            CompressionMethod::Stored
        } else {
            CompressionMethod::Deflated
        };
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).expect("a file");
        writer.write_all(bytes).expect("written");
    }
    writer.finish().expect("an archive").into_inner()
}

fn contents(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let read = |index| {
        let mut file = archive.by_index(index).expect("a file");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("unpacked");
        (file.name().expect("a name").into_owned(), bytes)
    };
    (0..ZipArchive::new(Cursor::new(bytes)).expect("an archive").len()).map(read).collect()
}

fn problem(bytes: &[u8]) -> String {
    let error = mxl::read(bytes, &ReadOptions::default()).expect_err("refused");
    assert!(!error.way_out.is_empty());
    error.to_string()
}

#[test]
fn the_score_that_the_container_names_is_read() {
    let (container, score) = (CONTAINER.as_bytes(), fixture());
    let other = b"<score-partwise/>".as_slice();
    let packed = archive(&[
        ("META-INF/container.xml", container),
        ("other.xml", other),
        ("a tune.xml", &score),
    ]);
    let options = ReadOptions::default();
    assert_eq!(mxl::read(&packed, &options), musicxml::read(&score, &options));
    // Without a container, or with one that names nothing, the only score is taken.
    for files in [
        vec![("only.musicxml", score.as_slice())],
        vec![("META-INF/container.xml", container), ("only.xml", &score)],
    ] {
        assert_eq!(mxl::read(&archive(&files), &options), musicxml::read(&score, &options));
    }
    assert!(problem(&archive(&[("a.xml", other), ("b.xml", other)])).contains("container.xml"));
}

#[test]
fn writing_into_an_archive_keeps_its_other_files() {
    let score = fixture();
    let packed = archive(&[
        ("mimetype", b"application/vnd.recordare.musicxml"),
        ("META-INF/container.xml", CONTAINER.as_bytes()),
        ("a tune.xml", &score),
        ("cover é.png", b"\x89PNG"),
    ]);
    let symbol = score::chord::text::parse("Gm").expect("chord");
    let chords = [ChordEvent { onset: Position::ZERO, symbol, written: None }];
    let options = ReadOptions::default();
    let written = mxl::write_into(&packed, &options, &chords, Existing::Replace).expect("written");
    let expected = musicxml::write_into(&score, &options, &chords, Existing::Replace);
    let mut files = contents(&packed);
    files[2].1 = expected.expect("written");
    assert_eq!(contents(&written), files);
}

#[test]
fn a_fresh_archive_reads_back() {
    let options = ReadOptions::default();
    let sheet = musicxml::read(&fixture(), &options).expect("readable").sheet;
    let packed = mxl::write(&sheet).expect("written");
    let again = mxl::read(&packed, &options).expect("readable");
    assert_eq!((again.sheet.notes, again.sheet.bars), (sheet.notes.clone(), sheet.bars.clone()));
    assert_eq!(contents(&packed)[0].0, "mimetype");
    assert_eq!(mxl::write(&sheet), Ok(packed), "the same sheet gives the same bytes");
}

#[test]
fn truncated_and_damaged_archives_are_refused() {
    let packed = archive(&[("a.xml", &fixture())]);
    for length in [1, 4, packed.len() / 2, packed.len() - 1] {
        assert!(problem(&packed[..length]).contains("cut off"), "{length} bytes");
    }
    assert!(problem(b"").contains("empty"));
    assert!(problem(&fixture()).contains("no readable .mxl archive"));
    let mut damaged = packed.clone();
    damaged[60..90].fill(0x55);
    assert!(problem(&damaged).contains("unpacked"), "{}", problem(&damaged));
}

#[test]
fn an_archive_that_unpacks_to_too_much_is_refused() {
    let bomb = archive(&[("a.xml", &vec![b' '; (128 << 20) + 1])]);
    assert!(bomb.len() < 1 << 20);
    assert!(problem(&bomb).contains("unpacks to more than 128 MB"));
    let many: Vec<String> = (0..10_001).map(|index| index.to_string()).collect();
    let files: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &[] as &[u8])).collect();
    assert!(problem(&archive(&files)).contains("more than 10000 files"));
}

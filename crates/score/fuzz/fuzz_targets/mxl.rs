#![no_main]
//! Compressed MusicXML: archives as they come, and anything else as the container of one.

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use score::formats::{Existing, ReadOptions, mxl};
use score_fuzz::examine;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const SCORE: &str = include_str!("../../tests/fixtures/musicxml/one-line.musicxml");

fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"PK") {
        used(bytes);
    } else {
        used(&archive(bytes).expect("a small archive"));
    }
});

fn used(bytes: &[u8]) {
    let options = ReadOptions::default();
    let Ok(reading) = mxl::read(bytes, &options) else { return };
    examine(&reading.sheet);
    if let Ok(written) = mxl::write_into(bytes, &options, &reading.sheet.chords, Existing::Replace)
    {
        let again = mxl::read(&written, &options).expect("readable");
        assert_eq!(again.sheet.notes, reading.sheet.notes);
    }
}

/// An archive with a score and a container that may name it.
fn archive(container: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in
        [("META-INF/container.xml", container), ("score.musicxml", SCORE.as_bytes())]
    {
        writer.start_file(name, stored)?;
        writer.write_all(content)?;
    }
    Ok(writer.finish()?.into_inner())
}

//! Writes the corpora that fuzzing starts from: our own fixtures and examples, and what our
//! writers make of them.
//!
//! Usage: `cargo run --example seeds` in the folder of the fuzz crate.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use score::LeadSheet;
use score::chord::{harte, text};
use score::formats::{Document, Format, ReadOptions, write};

/// The folders of fixtures and examples.
const FOLDERS: [&str; 4] = [
    "../tests/fixtures/musicxml",
    "../tests/fixtures/abc",
    "../tests/fixtures/hooktheory",
    "../../../examples",
];

/// What [`write`] writes.
const WRITTEN: [Format; 5] =
    [Format::MusicXml, Format::Mxl, Format::Abc, Format::Midi, Format::Json];

/// The corpus of a format beside `document`, which holds them all.
fn corpus(format: Format) -> &'static str {
    match format {
        Format::MusicXml => "musicxml",
        Format::Mxl => "mxl",
        Format::Abc => "abc",
        Format::Midi => "midi",
        Format::Json => "json",
        Format::Hooktheory => "hooktheory",
    }
}

/// More than this is slow to mutate.
const LONGEST: usize = 24 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = 0;
    let mut keep = |corpus: &str, name: &str, bytes: &[u8]| -> std::io::Result<()> {
        let folder = here.join("corpus").join(corpus);
        fs::create_dir_all(&folder)?;
        if bytes.len() <= LONGEST {
            seeds += 1;
            fs::write(folder.join(name), bytes)?;
        }
        Ok(())
    };
    for folder in FOLDERS {
        for path in files(&here.join(folder))? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.ends_with(".md") {
                continue;
            }
            let bytes = fs::read(&path)?;
            let document = Document::read(bytes.clone(), &path, &ReadOptions::default())?;
            keep(corpus(document.format()), &name, &bytes)?;
            keep("document", &name, &bytes)?;
            let Ok(reading) = &document.first()?.reading else { continue };
            for format in WRITTEN {
                let Ok(written) = write(&reading.sheet, format) else { continue };
                let name = format!("{name}.{}", format.extension());
                keep(corpus(format), &name, &written)?;
                keep("document", &name, &written)?;
            }
            keep("pop909", &name, &folder_of(&reading.sheet))?;
            for chord in &reading.sheet.chords {
                let spelt = text::format(&chord.symbol);
                for text in [harte::format(&chord.symbol), spelt].iter().chain(&chord.written) {
                    let name: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
                    keep("chord_text", &name, text.as_bytes())?;
                }
            }
        }
    }
    let container = b"<container><rootfiles><rootfile full-path=\"score.musicxml\" \
        media-type=\"application/vnd.recordare.musicxml+xml\"/></rootfiles></container>";
    keep("mxl", "container.xml", container)?;
    println!("{seeds} seeds in {}", here.join("corpus").display());
    Ok(())
}

/// The files of a folder, in order.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        files.push(entry?.path());
    }
    files.sort();
    Ok(files)
}

/// A sheet as the files of a POP909 folder, played at two quarter notes a second.
fn folder_of(sheet: &LeadSheet) -> Vec<u8> {
    let heard = sheet.unfolded();
    let seconds = |at: score::Position| at.as_f64() / 2.0;
    let mut files = String::new();
    for bar in &heard.bars {
        for beat in 0..bar.length.divide(score::Duration::quarters(1)).0 {
            let downbeat = u8::from(beat == 0);
            files += &format!("{} 0 {downbeat}\n", seconds(bar.start) + beat as f64 / 2.0);
        }
    }
    files.push('\0');
    let ends = heard.chords.iter().skip(1).map(|next| next.onset).chain([heard.end()]);
    for (chord, end) in heard.chords.iter().zip(ends) {
        let label = harte::format(&chord.symbol);
        files += &format!("{}\t{}\t{label}\n", seconds(chord.onset), seconds(end));
    }
    files += &format!("\0{}\t{}\tC:maj\n\0", 0.0, seconds(heard.end()));
    let midi = write(sheet, Format::Midi).unwrap_or_default();
    [files.into_bytes(), midi].concat()
}

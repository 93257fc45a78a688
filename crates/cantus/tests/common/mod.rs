//! What the command-line tests share.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// The program under test.
pub fn cantus() -> Command {
    Command::cargo_bin("cantus").expect("the binary is built with the tests")
}

/// A file of `examples/`.
#[allow(dead_code, reason = "not every test file uses it")]
pub fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

/// Standard output of a successful run.
#[allow(dead_code, reason = "not every test file uses it")]
pub fn stdout(command: &mut Command) -> String {
    let output = command.assert().success().get_output().stdout.clone();
    String::from_utf8(output).expect("text")
}

/// A set of tunes in all keys, each melody with its own turn and a chord a bar.
#[allow(dead_code, reason = "not every test file uses it")]
pub fn write_set(folder: &Path) {
    fs::create_dir_all(folder).expect("creates");
    let keys = ["C", "G", "D", "A", "F", "Bb"];
    let mut book = String::new();
    for number in 0..90usize {
        let key = keys[number % keys.len()];
        // Scale degrees 1 to 7 as letters would need spelling; intervals vary by number instead.
        let turn = |bar: usize| {
            let letters = ["C", "D", "E", "F", "G", "A", "B"];
            (0..4)
                .map(|beat| letters[(number * (beat + 2) + bar * 3 + beat * beat) % 7])
                .collect::<String>()
        };
        book.push_str(&format!("X:{}\nT:Tune {number}\nM:4/4\nL:1/4\nK:{key}\n", number + 1));
        for (bar, chord) in ["C", "F", "G7", "C"].iter().enumerate() {
            book.push_str(&format!("\"{chord}\"{}|", turn(bar)));
        }
        book.push_str("\n\n");
    }
    fs::write(folder.join("book.abc"), book).expect("writes");
    fs::write(folder.join("notes.txt"), "not a score").expect("writes");
}

//! What the command-line tests share.

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

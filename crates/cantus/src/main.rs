//! The command line of Cantus: one file per verb in `commands`.

mod allocator;
mod arguments;
mod commands;
mod constraints;
mod corpus_sources;
mod files;
mod harmonizations;
mod progress;
mod shipped;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};

fn main() -> ExitCode {
    allocator::keep_freed_memory();
    // Wrong usage ends here, with exit status 2.
    let arguments = Arguments::parse();
    let result = match &arguments.command {
        Command::Harmonize(options) => commands::harmonize::run(options),
        Command::Prepare(options) => commands::prepare::run(options),
        Command::Corpus(options) => commands::corpus::run(options),
        Command::Train(options) => commands::train::run(options),
        Command::Sweep(options) => commands::sweep::run(options),
        Command::Measure(options) => commands::measure::run(options),
        Command::Diagnose(options) => commands::diagnose::run(options),
        Command::Evaluate(options) => commands::evaluate::run(options),
        Command::Inspect(options) => commands::inspect::run(options),
        Command::Convert(options) => commands::convert::run(options),
        Command::Curriculum(options) => commands::curriculum::run(options),
        Command::Bench(options) => commands::bench::run(options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cantus: {}", in_one_line(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error with its causes, each that is not told by what comes before it.
pub(crate) fn in_one_line(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// Whether the reader of our output went away: no fault of ours.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

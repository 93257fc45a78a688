//! Figures for TensorBoard, in event files of our own writing.
//!
//! Every start of a run writes a file of its own, numbered in order. A resumed run first cuts off
//! what older files hold from after its checkpoint, so that each step is there once, and tells a
//! TensorBoard that is looking on from where it starts anew.

mod crc;
mod event;
mod record;

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use event::Event;
use record::{framed, records};

use crate::figure::Quantity;
use crate::{Figures, StepReport, TrainError, ValidationReport};

/// The event file of this start of the run, open for writing.
#[derive(Debug)]
pub(crate) struct Events {
    file: File,
    path: PathBuf,
}

/// How the names of event files begin; by it TensorBoard finds them.
const PREFIX: &str = "events.out.tfevents.";

impl Events {
    /// A new file in `folder` for a run that goes on from `step`.
    pub fn open(folder: &Path, step: u64) -> Result<Self, TrainError> {
        fs::create_dir_all(folder).map_err(TrainError::io(folder))?;
        let older = older(folder)?;
        for (_, path) in &older {
            cut(path, step)?;
        }
        let number = older.last().map_or(0, |(number, _)| number + 1);
        let path = folder.join(format!("{PREFIX}{number:010}.cantus"));
        let file = OpenOptions::new().create_new(true).append(true).open(&path);
        let mut events = Self { file: file.map_err(TrainError::io(&path))?, path };
        events.write(&Event::FileVersion)?;
        if number > 0 {
            events.write(&Event::Restart(step + 1))?;
        }
        Ok(events)
    }

    pub fn step(&mut self, report: &StepReport) -> Result<(), TrainError> {
        let scalars = [
            ("train/loss", report.loss),
            ("train/objective", report.objective),
            ("train/visible", report.visible),
            ("train/learning_rate", f64::from(report.learning_rate)),
            ("train/gradient_norm", f64::from(report.gradient_norm)),
            ("speed/cells_per_second", report.cells_per_second),
        ];
        let memory = report.memory_megabytes.map(|megabytes| megabytes as f64);
        let scalars =
            scalars.into_iter().chain(memory.map(|memory| ("speed/memory_megabytes", memory)));
        let scalars = scalars.map(|(name, value)| (name.to_owned(), value as f32)).collect();
        self.write(&Event::Scalars(report.step, scalars))
    }

    pub fn validation(&mut self, report: &ValidationReport) -> Result<(), TrainError> {
        let sides = [("validation", &report.validation), ("training_pieces", &report.training)];
        let scalars = sides.into_iter().flat_map(|(side, figures)| {
            figures.iter().flat_map(move |figures: &Figures| {
                Quantity::ALL.map(|quantity| {
                    let name = format!("{side}/{}/{}", figures.probe, quantity.name());
                    (name, quantity.of(&figures.all) as f32)
                })
            })
        });
        self.write(&Event::Scalars(report.step, scalars.collect()))
    }

    fn write(&mut self, event: &Event) -> Result<(), TrainError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let seconds = now.map_or(0.0, |now| now.as_secs_f64());
        let record = framed(&event.encode(seconds));
        // At once, so that no reader sees half a record.
        self.file.write_all(&record).map_err(TrainError::io(&self.path))
    }
}

/// The event files of earlier starts with their numbers, in order.
fn older(folder: &Path) -> Result<Vec<(u64, PathBuf)>, TrainError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(TrainError::io(folder))? {
        let path = entry.map_err(TrainError::io(folder))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let number = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(".cantus"));
        if let Some(number) = number.and_then(|number| number.parse().ok()) {
            files.push((number, path));
        }
    }
    files.sort();
    Ok(files)
}

/// Cuts an event file off before the first event that is from after `step` or not whole.
fn cut(path: &Path, step: u64) -> Result<(), TrainError> {
    let bytes = fs::read(path).map_err(TrainError::io(path))?;
    let mut end = 0;
    for (data, after) in records(&bytes) {
        if Event::step(data).is_none_or(|at| at > step) {
            break;
        }
        end = after;
    }
    if end < bytes.len() {
        let file = OpenOptions::new().write(true).open(path).map_err(TrainError::io(path))?;
        file.set_len(end as u64).map_err(TrainError::io(path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(step: u64) -> StepReport {
        StepReport {
            step,
            steps: 100,
            epoch: 0,
            loss: step as f64,
            objective: 1.0,
            targets: 10,
            cells: 20,
            visible: 0.5,
            learning_rate: 0.1,
            gradient_norm: 2.0,
            seconds: 0.1,
            waiting_seconds: 0.0,
            cells_per_second: 200.0,
            remaining_seconds: 1.0,
            memory_megabytes: Some(64),
        }
    }

    /// Every event of every file, in the order in which TensorBoard reads them.
    fn events(folder: &Path) -> Vec<Event> {
        let mut found = Vec::new();
        for (_, path) in older(folder).expect("lists") {
            let bytes = fs::read(path).expect("reads");
            let records = records(&bytes);
            assert_eq!(records.last().map_or(0, |record| record.1), bytes.len(), "whole records");
            found.extend(records.iter().map(|record| event::tests::decode(record.0)));
        }
        found
    }

    /// The steps at which `train/loss` was written, with its value.
    fn losses(folder: &Path) -> Vec<(u64, f32)> {
        let loss = |event| match event {
            Event::Scalars(step, scalars) => {
                let loss = scalars.into_iter().find(|(name, _)| name == "train/loss");
                loss.map(|(_, value)| (step, value))
            }
            _ => None,
        };
        events(folder).into_iter().filter_map(loss).collect()
    }

    #[test]
    fn a_resumed_run_has_every_step_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("tensorboard");
        let mut first = Events::open(&folder, 0).expect("opens");
        for step in 1..=7 {
            first.step(&report(step)).expect("writes");
        }
        // Killed in the middle of a record.
        first.file.write_all(&[24, 0, 0]).expect("writes");
        drop(first);
        for (checkpoint, last) in [(4, 6), (4, 8), (8, 9)] {
            let mut events = Events::open(&folder, checkpoint).expect("opens");
            for step in checkpoint + 1..=last {
                events.step(&report(step)).expect("writes");
            }
        }
        let expected: Vec<_> = (1..=9).map(|step| (step, step as f32)).collect();
        assert_eq!(losses(&folder), expected);
        let restarts = events(&folder);
        let restarts = restarts.iter().filter(|event| matches!(event, Event::Restart(_)));
        assert_eq!(restarts.collect::<Vec<_>>(), [&Event::Restart(5), &Event::Restart(9)]);
    }

    #[test]
    fn the_curve_is_written_probe_by_probe() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = Events::open(folder.path(), 0).expect("opens");
        let measured = crate::Measured { cells: 4, right: 3, surprise: 2.0, ..Default::default() };
        let figures = Figures {
            probe: "cells-0".into(),
            all: measured,
            sources: Default::default(),
            accuracy_interval: (0.0, 1.0),
            loss_interval: (0.0, 1.0),
        };
        let report = ValidationReport {
            step: 250,
            epoch: 1,
            validation: vec![figures],
            training: vec![],
            seconds: 1.0,
        };
        writer.validation(&report).expect("writes");
        let expected = Event::Scalars(
            250,
            vec![
                ("validation/cells-0/loss".into(), 0.5),
                ("validation/cells-0/accuracy".into(), 0.75),
                ("validation/cells-0/root".into(), 0.0),
                ("validation/cells-0/changes".into(), 0.0),
            ],
        );
        assert_eq!(events(folder.path()), [Event::FileVersion, expected]);
    }
}

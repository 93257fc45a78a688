//! The warnings of one tune, each message once.

use std::collections::HashSet;

use crate::{Place, Warning};

/// Collects warnings; what was said of one line is not said again of another.
#[derive(Clone, Debug, Default)]
pub(super) struct Warnings {
    list: Vec<Warning>,
    said: HashSet<String>,
}

impl Warnings {
    /// Warns of something on `line`.
    pub(super) fn add(&mut self, line: u32, message: impl Into<String>) {
        let message = message.into();
        if self.said.insert(message.clone()) {
            self.list.push(Warning::new(Place::Line(line), message));
        }
    }

    /// The warnings in the order they were made.
    pub(super) fn into_list(self) -> Vec<Warning> {
        self.list
    }
}

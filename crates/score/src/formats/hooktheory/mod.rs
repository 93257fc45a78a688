//! Hooktheory annotations in the layout of SheetSage (Donahue and others 2022, arXiv
//! 2212.01884): many songs in one JSON object.

mod layout;
mod song;

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::{Deserializer, Value};

use crate::{Place, ReadError, Reading};
use layout::Entry;

/// One song of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Song {
    /// Its id in the file.
    pub id: String,
    /// The part of the data it was published in: `TRAIN`, `VALID` or `TEST`.
    pub split: Option<String>,
    /// What was read of it.
    pub reading: Result<Reading, ReadError>,
}

/// Reads all songs of a file, in its order. A song that cannot be read does not hinder the
/// others.
///
/// # Errors
/// If the bytes are no JSON object, or an id stands twice in it.
pub fn read(bytes: &[u8]) -> Result<Vec<Song>, ReadError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut deserializer = Deserializer::from_slice(bytes);
    let songs = deserializer.deserialize_map(Songs).and_then(|songs| {
        deserializer.end()?;
        Ok(songs)
    });
    songs.map_err(|error| {
        let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
        let problem = format!("this is no object of songs: {error}");
        ReadError::new(Place::Line(line), problem, "read a file in the layout of SheetSage")
    })
}

/// Takes the songs one by one, so that only one of them is held as JSON.
struct Songs;

impl<'de> Visitor<'de> for Songs {
    type Value = Vec<Song>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a song for each id")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<Song>, A::Error> {
        let mut ids = HashSet::new();
        let mut songs = Vec::new();
        while let Some((id, value)) = map.next_entry::<String, Value>()? {
            if !ids.insert(id.clone()) {
                return Err(serde::de::Error::custom(format!("the id {id:?} stands twice")));
            }
            songs.push(song(id, value));
        }
        Ok(songs)
    }
}

fn song(id: String, value: Value) -> Song {
    match Entry::deserialize(value) {
        Ok(entry) => {
            let split = entry.split.clone();
            let reading = song::reading(entry).map_err(|error| named(&id, error));
            Song { id, split, reading }
        }
        Err(error) => {
            let problem = format!("it is no song in the layout of SheetSage: {error}");
            let way_out = "compare it with a song that is read";
            let error = named(&id, ReadError::new(Place::File, problem, way_out));
            Song { id, split: None, reading: Err(error) }
        }
    }
}

/// An error with the song it stands in.
fn named(id: &str, error: ReadError) -> ReadError {
    ReadError { problem: format!("song {id:?}: {}", error.problem), ..error }
}

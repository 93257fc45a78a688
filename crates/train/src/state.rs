//! Everything a run needs to go on: weights, moments, average and place in the epoch.

use std::fs;
use std::path::Path;

use curriculum::ScheduleState;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use crate::early_stopping::Waiting;
use crate::{AdamW, TrainError, files};

/// Where a run stands, apart from its arrays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Steps done.
    pub step: u64,
    /// The epoch.
    pub epoch: u64,
    /// Batches of the epoch that are done.
    pub batch: usize,
    /// What a schedule driven by validation has reached.
    pub schedule: ScheduleState,
    /// The best of the figure that the exported model is chosen by, and its step.
    pub best: Option<(f64, u64)>,
    /// What early stopping has seen.
    #[serde(default)]
    pub waiting: Waiting,
}

impl Place {
    /// Where the checkpoint in `folder` stands.
    pub fn load(folder: &Path) -> Result<Self, TrainError> {
        let path = folder.join(PLACE_FILE);
        let text = fs::read_to_string(&path).map_err(TrainError::io(&path))?;
        toml::from_str(&text)
            .map_err(|error| TrainError::Checkpoint { path, problem: error.to_string() })
    }
}

/// A run between two steps.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    pub place: Place,
    /// The weights.
    pub values: Vec<f32>,
    /// Their moving average; empty if none is kept.
    pub average: Vec<f32>,
    pub optimizer: AdamW,
}

const ARRAYS_FILE: &str = "state.safetensors";
/// TOML and not JSON: its numbers come back to the last bit, so that a resumed run compares with
/// the very figure it has seen.
const PLACE_FILE: &str = "state.toml";

impl State {
    /// Saves into `folder`, which appears only once it is complete.
    pub fn save(&self, folder: &Path) -> Result<(), TrainError> {
        let beside = folder.with_extension("partial");
        if beside.exists() {
            fs::remove_dir_all(&beside).map_err(TrainError::io(&beside))?;
        }
        let saved = self.save_beside(&beside, folder);
        if saved.is_err() {
            // Half a checkpoint must not fill a disk that is full. The error that is reported
            // matters more than one in cleaning up after it.
            let _ = fs::remove_dir_all(&beside);
        }
        saved
    }

    fn save_beside(&self, beside: &Path, folder: &Path) -> Result<(), TrainError> {
        fs::create_dir_all(beside).map_err(TrainError::io(beside))?;
        let problem =
            |error: String| TrainError::Checkpoint { path: folder.to_owned(), problem: error };
        let arrays = self.arrays().map(|(name, values)| {
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            (name, bytes, values.len())
        });
        let views: Result<Vec<_>, _> = arrays
            .iter()
            .map(|(name, bytes, length)| {
                TensorView::new(Dtype::F32, vec![*length], bytes).map(|view| (*name, view))
            })
            .collect();
        let bytes = views
            .and_then(|views| safetensors::serialize(views, None))
            .map_err(|error| problem(error.to_string()))?;
        let place = toml::to_string(&self.place).map_err(|e| problem(e.to_string()))?;
        files::write(&beside.join(ARRAYS_FILE), &bytes)?;
        files::write(&beside.join(PLACE_FILE), place.as_bytes())?;
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(TrainError::io(folder))?;
        }
        fs::rename(beside, folder).map_err(TrainError::io(folder))
    }

    /// The weights that are measured and exported: the moving average, if one is kept.
    pub fn measured(&self) -> &[f32] {
        if self.average.is_empty() { &self.values } else { &self.average }
    }

    /// Whether every number is one to go on with.
    pub fn is_finite(&self) -> bool {
        let moments = [&self.optimizer.first, &self.optimizer.second];
        let arrays = [&self.values, &self.average].into_iter().chain(moments);
        arrays.flatten().all(|value| value.is_finite())
    }

    /// Loads what [`State::save`] saved for an encoder of `count` parameters.
    pub fn load(folder: &Path, count: usize, betas: (f32, f32)) -> Result<Self, TrainError> {
        let path = folder.join(ARRAYS_FILE);
        let bytes = fs::read(&path).map_err(TrainError::io(&path))?;
        let problem = |problem: String| TrainError::Checkpoint { path: path.clone(), problem };
        let arrays =
            SafeTensors::deserialize(&bytes).map_err(|error| problem(error.to_string()))?;
        let array = |name: &str| -> Result<Vec<f32>, TrainError> {
            let view = arrays.tensor(name).map_err(|error| problem(error.to_string()))?;
            let chunks = view.data().as_chunks::<4>().0;
            Ok(chunks.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
        };
        let (values, first, second) = (array("values")?, array("first")?, array("second")?);
        let average = array("average")?;
        if [&values, &first, &second].into_iter().any(|array| array.len() != count) {
            return Err(problem("it belongs to another model".to_owned()));
        }
        let place = Place::load(folder)?;
        let mut optimizer = AdamW::new(count, betas);
        (optimizer.first, optimizer.second, optimizer.steps) = (first, second, place.step);
        Ok(Self { place, values, average, optimizer })
    }

    fn arrays(&self) -> [(&'static str, &[f32]); 4] {
        [
            ("values", &self.values),
            ("average", &self.average),
            ("first", &self.optimizer.first),
            ("second", &self.optimizer.second),
        ]
    }
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::stream::stream;

    #[test]
    fn a_state_comes_back_bit_for_bit() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut optimizer = AdamW::new(2, (0.9, 0.98));
        (optimizer.first, optimizer.steps) = (vec![0.1, f32::MIN_POSITIVE], 7);
        let place = Place { step: 7, epoch: 1, batch: 3, ..Place::default() };
        let state = State { place, values: vec![1.0, -0.3], average: vec![0.9, -0.2], optimizer };
        let path = folder.path().join("step-7");
        state.save(&path).expect("saves");
        assert_eq!(State::load(&path, 2, (0.9, 0.98)).expect("loads"), state);
        assert!(State::load(&path, 3, (0.9, 0.98)).is_err());
    }

    #[test]
    fn the_place_comes_back_to_the_last_bit() {
        let mut random = stream(3);
        for step in 0..2000 {
            let best = Some((f64::from_bits(random.random_range(1 << 60..0x4050 << 48)), step));
            let place = Place { step, best, ..Place::default() };
            let text = toml::to_string(&place).expect("writes");
            assert_eq!(toml::from_str::<Place>(&text).expect("reads"), place, "{text}");
        }
    }
}

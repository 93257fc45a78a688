//! A trained encoder on disk, in the layout of the Hugging Face hub: `config.json`,
//! `vocab.json` and `model.safetensors`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use grid::{Keys, Resolution, Vocabulary};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Device, Encoder, EncoderConfig};

/// The version of the layout; another one is refused.
const VERSION: u32 = 1;

/// Why a model cannot be loaded or saved.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum CheckpointError {
    #[error("{}: {source}; name a folder that `cantus train` exported (runs/NAME/model)", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: {problem}; the model file is damaged or not one of Cantus: export it again with `cantus train`", path.display())]
    Damaged { path: PathBuf, problem: String },
    #[error("{}: the model has format version {found}, this program reads version {VERSION}; export it again with `cantus train`", path.display())]
    Version { path: PathBuf, found: u64 },
}

impl CheckpointError {
    fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    fn damaged(path: impl Into<PathBuf>, problem: impl ToString) -> Self {
        Self::Damaged { path: path.into(), problem: problem.to_string() }
    }
}

/// What `config.json` says.
#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    model_type: String,
    vocabulary: usize,
    #[serde(flatten)]
    reading: Reading,
    encoder: EncoderConfig,
}

/// How a model reads pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The grid it was trained on.
    pub resolution: Resolution,
    /// The keys it was trained in.
    #[serde(default)]
    pub keys: Keys,
}

impl From<Resolution> for Reading {
    /// Pieces in their own keys on this grid.
    fn from(resolution: Resolution) -> Self {
        Self { resolution, keys: Keys::Own }
    }
}

/// The bytes of `model.safetensors` for this encoder.
fn weights(encoder: &Encoder, path: &Path) -> Result<Vec<u8>, CheckpointError> {
    let parameters = encoder.parameters();
    let bytes: Vec<u8> = parameters.values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let views: Result<Vec<_>, _> = parameters
        .layout
        .parameters
        .iter()
        .map(|parameter| {
            let range = 4 * parameter.range.start..4 * parameter.range.end;
            TensorView::new(Dtype::F32, parameter.shape.clone(), &bytes[range])
                .map(|view| (parameter.name.clone(), view))
        })
        .collect();
    views
        .and_then(|views| safetensors::serialize(views, None))
        .map_err(|error| CheckpointError::damaged(path, error))
}

/// Saves an encoder that reads pieces so into `folder`, each file written beside and renamed.
///
/// # Errors
/// If a file cannot be written.
pub fn save(
    folder: &Path,
    encoder: &Encoder,
    reading: impl Into<Reading>,
) -> Result<(), CheckpointError> {
    fs::create_dir_all(folder).map_err(CheckpointError::io(folder))?;
    let header = Header {
        version: VERSION,
        model_type: "cantus-encoder".to_owned(),
        vocabulary: Vocabulary::SIZE,
        reading: reading.into(),
        encoder: encoder.config().clone(),
    };
    let vocabulary: BTreeMap<String, usize> = Vocabulary::names().into_iter().zip(0..).collect();
    let json = |name: &str, value: serde_json::Result<String>| {
        let text = value.map_err(|error| CheckpointError::damaged(folder.join(name), error))?;
        replace(&folder.join(name), (text + "\n").as_bytes())
    };
    let path = folder.join("model.safetensors");
    replace(&path, &weights(encoder, &path)?)?;
    json("vocab.json", serde_json::to_string_pretty(&vocabulary))?;
    json("config.json", serde_json::to_string_pretty(&header))
}

/// Writes beside and renames.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), CheckpointError> {
    let beside = path.with_extension("partial");
    fs::write(&beside, bytes).map_err(CheckpointError::io(&beside))?;
    fs::rename(&beside, path).map_err(CheckpointError::io(path))
}

/// Loads an encoder from `folder` onto `device`, and how it reads pieces.
///
/// # Errors
/// If a file is missing, damaged or of another version, or the weights do not fit the
/// configuration.
pub fn load(folder: &Path, device: &Device) -> Result<(Encoder, Reading), CheckpointError> {
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).map_err(CheckpointError::io(path))
    };
    from_bytes(folder, &read("config.json")?, &read("model.safetensors")?, device)
}

/// As [`load`], from the contents of `config.json` and `model.safetensors`; `folder` only names
/// them in errors.
pub(crate) fn from_bytes(
    folder: &Path,
    config: &[u8],
    weights: &[u8],
    device: &Device,
) -> Result<(Encoder, Reading), CheckpointError> {
    let path = folder.join("config.json");
    let value: serde_json::Value =
        serde_json::from_slice(config).map_err(|error| CheckpointError::damaged(&path, error))?;
    let found = value.get("version").and_then(serde_json::Value::as_u64).unwrap_or(0);
    if found != u64::from(VERSION) {
        return Err(CheckpointError::Version { path, found });
    }
    let header: Header =
        serde_json::from_value(value).map_err(|error| CheckpointError::damaged(&path, error))?;
    if header.vocabulary != Vocabulary::SIZE {
        let problem = format!(
            "its vocabulary has {} tokens, this program's has {}",
            header.vocabulary,
            Vocabulary::SIZE
        );
        return Err(CheckpointError::damaged(path, problem));
    }
    let encoder = Encoder::without_values(&header.encoder, device)
        .map_err(|error| CheckpointError::damaged(&path, error))?;
    let path = folder.join("model.safetensors");
    let values = values(&encoder, weights, &path)?;
    Ok((encoder.with_values(&values), header.reading))
}

/// The weights in the order of the encoder's parameters.
fn values(encoder: &Encoder, bytes: &[u8], path: &Path) -> Result<Vec<f32>, CheckpointError> {
    let damaged = |problem: String| CheckpointError::damaged(path, problem);
    let tensors = SafeTensors::deserialize(bytes).map_err(|error| damaged(error.to_string()))?;
    let layout = encoder.layout();
    let mut values = Vec::with_capacity(layout.len());
    for parameter in &layout.parameters {
        let name = &parameter.name;
        let tensor = tensors.tensor(name).map_err(|_| damaged(format!("`{name}` is missing")))?;
        if tensor.dtype() != Dtype::F32 || tensor.shape() != parameter.shape {
            let found = format!("{:?} {:?}", tensor.dtype(), tensor.shape());
            return Err(damaged(format!("`{name}` is {found}, not F32 {:?}", parameter.shape)));
        }
        values.extend(
            tensor.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)),
        );
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(damaged(format!("value {index} is not a finite number"))),
        None => Ok(values),
    }
}

//! The model that comes with the program, compiled into it.

use std::path::Path;

use anyhow::Result;
use model::{Device, Predictor};

const CONFIG: &[u8] = include_bytes!("../../../models/lead-sheets/config.json");
const WEIGHTS: &[u8] = include_bytes!("../../../models/lead-sheets/model.safetensors");

/// The model in `folder`, or the shipped one.
pub fn or_from(folder: Option<&Path>, device: &Device) -> Result<Predictor> {
    Ok(match folder {
        Some(folder) => Predictor::load(folder, device)?,
        None => Predictor::from_bytes(CONFIG, WEIGHTS, device)?,
    })
}

//! Where tensors live, chosen at run time.

#[cfg(any(test, feature = "vulkan", feature = "cuda"))]
mod check;

use burn::backend::DispatchDevice;
use thiserror::Error;

/// A device of burn; other rooms only pass it on.
pub use burn::prelude::Device;

/// A device that this program cannot use.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum DeviceError {
    /// None of that name is compiled in.
    #[error("unknown device `{name}`; this build has: {available}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        available: String,
    },
    /// It computes something else than the processor.
    #[error(
        "device `{name}` computes wrong numbers: the logits of an encoder are off by {difference}; \
         bring its driver up to date, or choose device cpu"
    )]
    Wrong {
        /// Its name.
        name: String,
        /// How far from those that the processor computes.
        difference: f32,
    },
}

/// The devices compiled into this program.
const AVAILABLE: &[&str] = &[
    "cpu",
    #[cfg(feature = "vulkan")]
    "vulkan",
    #[cfg(feature = "cuda")]
    "cuda",
];

/// The device of this name: `cpu` always, `vulkan` and `cuda` where compiled in.
///
/// # Errors
/// If there is none of that name in this build, or it computes something else than the processor.
pub fn device(name: &str) -> Result<Device, DeviceError> {
    match name {
        "cpu" => Ok(Device::flex()),
        #[cfg(feature = "vulkan")]
        "vulkan" => check::checked(name, Device::vulkan(burn::tensor::DeviceKind::DefaultDevice)),
        #[cfg(feature = "cuda")]
        "cuda" => check::checked(name, Device::cuda(0usize)),
        _ => Err(DeviceError::Unknown { name: name.to_owned(), available: AVAILABLE.join(", ") }),
    }
}

/// Whether a device is the processor, with or without derivatives.
pub(crate) fn is_processor(device: &Device) -> bool {
    matches!(device.clone().without_autodiff().as_dispatch(), DispatchDevice::Flex(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_device_is_named_with_those_there_are() {
        let message = device("abacus").expect_err("no such device").to_string();
        assert!(message.contains("abacus") && message.contains("cpu"));
    }
}

//! Where tensors live, chosen at run time.

use burn::backend::DispatchDevice;
use thiserror::Error;

/// A device of burn; other rooms only pass it on.
pub use burn::prelude::Device;

/// A device that this program cannot use.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown device `{name}`; this build has: {available}")]
pub struct DeviceError {
    name: String,
    available: String,
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
/// If there is none of that name in this build.
pub fn device(name: &str) -> Result<Device, DeviceError> {
    match name {
        "cpu" => Ok(Device::flex()),
        #[cfg(feature = "vulkan")]
        "vulkan" => Ok(Device::vulkan(burn::tensor::DeviceKind::DefaultDevice)),
        #[cfg(feature = "cuda")]
        "cuda" => Ok(Device::cuda(0usize)),
        _ => Err(DeviceError { name: name.to_owned(), available: AVAILABLE.join(", ") }),
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

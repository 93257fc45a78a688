//! The memory allocator.

use std::ffi::{c_int, c_long};

/// Allocating and freeing large buffers in every step is slow with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// mimalloc's `mi_option_purge_delay`: after how many milliseconds freed memory goes back to the
/// system. The binding does not name it.
const PURGE_DELAY: c_int = 15;

/// Never.
const NO_PURGE: c_long = -1;

/// Keeps freed memory for the next training step: handing it back and fetching it again costs more
/// than a tenth of a step. To be called before anything else.
pub fn keep_freed_memory() {
    // SAFETY: the option exists and takes any number; setting it is not thread-safe, and no other
    // thread has been started yet.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, NO_PURGE) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of the option is not part of the binding: this is the one whose default differs.
    #[test]
    fn the_option_is_the_one_that_is_meant() {
        // SAFETY: reads a number.
        let delay = unsafe { libmimalloc_sys::mi_option_get(PURGE_DELAY) };
        assert_eq!(delay, 1000, "the delay that mimalloc starts with");
    }
}

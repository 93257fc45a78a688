//! Memory for results.

use bytemuck::AnyBitPattern;

/// `count` numbers whose values nobody has written yet. Every caller writes each of them before
/// it reads it. Zeroing them first would cost a tenth of a training step.
pub(super) fn unwritten(count: usize) -> Vec<f32> {
    let mut values = Vec::new();
    make_unwritten(&mut values, count);
    values
}

/// Makes a vector `count` values long, in the memory that it has if that is enough. Every caller
/// writes each of them before it reads it.
pub(super) fn make_unwritten<T: AnyBitPattern>(values: &mut Vec<T>, count: usize) {
    values.clear();
    values.reserve(count);
    // SAFETY: the capacity is at least `count`, every pattern of bits is a value, and by this
    // function's contract no element is read before it has been written.
    #[allow(clippy::uninit_vec)]
    unsafe {
        values.set_len(count);
    }
}

/// Numbers in a line of the cache, which is what a vector of 512 bits reads.
pub(super) const LINE: usize = 16;

/// The first `count` numbers of a buffer that grows as needed, from the beginning of a line on.
/// As with [`unwritten`], every caller writes each of them before it reads it.
pub(super) fn first_lines(buffer: &mut Vec<f32>, count: usize) -> &mut [f32] {
    if buffer.len() < count + LINE {
        make_unwritten(buffer, count + LINE);
    }
    let start = buffer.as_ptr().align_offset(LINE * size_of::<f32>()).min(LINE);
    &mut buffer[start..start + count]
}

/// The first `count` numbers of a buffer that grows as needed, to be written like those.
pub(super) fn first(buffer: &mut Vec<f32>, count: usize) -> &mut [f32] {
    if buffer.len() < count {
        make_unwritten(buffer, count);
    }
    &mut buffer[..count]
}

/// A matrix whose parts are written by several threads, each part by one of them.
pub(super) struct Shared<'a> {
    first: *mut f32,
    width: usize,
    count: usize,
    matrix: std::marker::PhantomData<&'a mut [f32]>,
}

// SAFETY: the only accesses are `Shared::part` and what is written from `Shared::tile` on, whose
// callers keep the parts of threads apart.
unsafe impl Sync for Shared<'_> {}

impl<'a> Shared<'a> {
    /// Shares a matrix `[rows, width]`.
    pub(super) fn new(matrix: &'a mut [f32], width: usize) -> Self {
        let (first, count) = (matrix.as_mut_ptr(), matrix.len());
        Self { first, width, count, matrix: std::marker::PhantomData }
    }

    /// Where the number at a place stands, for who writes a tile from there on: no two of them may
    /// overlap.
    pub(super) fn tile(&self, row: usize, column: usize) -> *mut f32 {
        assert!(column < self.width && row * self.width + column < self.count);
        self.first.wrapping_add(row * self.width + column)
    }

    /// `length` numbers of a row from `column` on.
    ///
    /// # Safety
    /// No other live part, of this thread or another, may overlap it.
    #[allow(clippy::mut_from_ref)] // Whence the contract.
    pub(super) unsafe fn part(&self, row: usize, column: usize, length: usize) -> &mut [f32] {
        let start = row * self.width + column;
        assert!(column + length <= self.width && start + length <= self.count);
        // SAFETY: within the matrix by the assertion, and not aliased by this function's contract.
        unsafe { std::slice::from_raw_parts_mut(self.first.add(start), length) }
    }
}

//! Fused operations for burn's processor backend: attention, the feed-forward part and the loss,
//! each with its own way back.
//!
//! burn's own operations go over memory once for every step of a formula, hold the weights of all
//! attention heads and draw dropout masks on one thread. Here rows are packed without padding, a
//! block of them goes all the way through a sublayer while it is in the cache, masks are hashes
//! computed where they are needed, and the last layer is computed only for rows that are read.
//!
//! The kernels work on plain slices and know nothing of burn; [`operations`] alone does. Matrix
//! products ([`product`]) and the loops around them are made for several vector widths, of which the
//! widest that the processor has is chosen when the program runs. Sums over rows are taken block by
//! block in a fixed order, so that results do not depend on the number of threads.

mod activation;
mod attention;
pub(crate) mod cross_entropy;
mod elementary;
pub(crate) mod feed_forward;
pub(crate) mod kept;
pub(crate) mod mask;
mod memory;
mod norm;
pub(crate) mod operations;
pub(crate) mod packing;
pub(crate) mod product;
mod residual;
pub(crate) mod rotation;
pub(crate) mod rows;
pub(crate) mod self_attention;
pub(crate) mod softmax;
pub mod speed;
pub(crate) mod sublayer;
#[cfg(test)]
pub(crate) mod testing;

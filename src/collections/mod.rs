//! Small containers, hashes and sorts, written for the module's size. They know nothing of the domain.
//!
//! It imports nothing else of the crate.

pub mod budget;
pub mod equal;
pub mod index;
pub mod interner;
pub mod keyed_hash;
pub mod murmur3;
pub mod recent;
pub mod sort;

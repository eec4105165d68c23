//! What is kept in memory for every guest, in few bytes: values that are packed until somebody works on them, and ids.
//!
//! Of 100,000 guests a handful is worked on at a time. All others only have to be there.

mod id;
mod short;
mod value;

pub use id::Id;
pub use value::{Pack, Packed, sample};

//! From text or JavaScript objects to a judged record: a `Row` of fields, and what that row means.
//!
//! It may import `calendar`, `json`, `error` and `message`.

pub mod columns;
mod envelope;
mod fast_path;
mod field_lookup;
pub mod judge;
pub mod mistakes;
pub mod page;
pub mod reader;
mod recovery;
pub mod row;
pub mod scan;
pub mod trim;

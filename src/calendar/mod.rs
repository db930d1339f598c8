//! Which instants a week, month, year or day covers in an IANA zone, and how those bounds are written.
//!
//! It may import `error`, `message` and `leb128`.

pub mod buckets;
pub mod convention;
pub mod period;
pub mod timestamp;
pub mod zone;

//! Adds judged records to a ledger, and answers from it: reports, rollups and snapshots.
//!
//! It may import `contract`, `records`, `calendar`, `json`, `collections`, `error`, `message` and `leb128`.

pub mod aggregator;
pub mod breakdown;
pub mod diagnostics;
pub mod ledger;
pub mod lists;
pub mod part;
pub mod quarter_hours;
pub mod ranks;
pub mod report;
pub mod rollup;
pub mod seen_ids;
pub mod settle;
pub mod snapshot;
pub mod sources;
pub mod spreads;
pub mod tally;
pub mod text_feed;
pub mod trimming;

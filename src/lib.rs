//! Messages, completed calls and call seconds per agent, for a calendar week, month or year in any IANA time zone.
//!
//! The core of the npm package `usage-by-agent`: what AgentPhone answers at `GET /v1/usage/by-agent`, computed from raw
//! records. It has no clock, does no I/O and never panics. Every error is a [`UsageError`] with a code and a place.
//!
//! ```
//! use usage_by_agent::{Aggregator, Defaults, Options, push_text};
//!
//! let query = Options {
//!     period: "month".into(),
//!     tz: "America/New_York".into(),
//!     now: "2024-06-15T12:00:00Z".into(),
//!     ..Options::default()
//! };
//! let mut counts = Aggregator::new(query.usage()?);
//! let records = br#"{"receivedAt": "2024-06-02T09:00:00-04:00", "agentId": "a1", "agentName": "Support", "id": "m1"}"#;
//! push_text(counts.ledger_mut(), records, &Defaults::default())?;
//! let report = counts.report();
//! assert_eq!(report.period_start, "2024-06-01T04:00:00Z");
//! assert_eq!((report.data[0].agent_name.as_str(), report.data[0].messages), ("Support", 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Map
//!
//! A folder imports only folders that stand below it in this table. `npm run lint` checks that.
//!
//! | folder or file | what it does | where to look |
//! |---|---|---|
//! | `wasm/` | gives the core to JavaScript; only this folder names wasm-bindgen | one file for each face: `periods`, `counting`, `check` |
//! | `options.rs` | parses a caller's untyped options; every error names the option | a week's first day: `Options::first_day` |
//! | `counting/` | counts records, and answers from the counts | what makes two records one: `ledger.rs`; what warnings are made of: `lists.rs`, `sources.rs`; the bytes of a snapshot: `snapshot/mod.rs` |
//! | `contract/` | declares the responses of the five endpoints once, and checks an upstream's response | a field of a response: `responses.rs`; a rule: `check/rules.rs` |
//! | `records/` | makes rows of JSON text or columns, and judges what a row means | a new field of a record and its spellings: `row.rs`, one line; its meaning, and what a conversation adds: `judge.rs`; envelopes, ids of deliveries and tests: `envelope.rs`; list pages: `page.rs` |
//! | `calendar/` | finds the instants of weeks, months, years and days in an IANA zone | which date begins a week: `period.rs`, `Period::first_date` |
//! | `json/` | reads JSON as bytes, and knows nothing of records | the grammar: `syntax.rs`; where strings end: `bitmaps.rs`; the only SIMD: `blocks.rs` and `strings.rs` |
//! | `collections/` | small hash tables, hashes and a sort | `index.rs`, `interner.rs` |
//! | `error.rs`, `message.rs`, `output.rs`, `leb128.rs` | errors, how messages write values, how values leave the core, numbers in bytes | |
//!
//! The package's HTTP handler is TypeScript. `pkg/src/handler/http/parameters.ts` words a 422.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::string_slice
    )
)]

pub mod calendar;
#[doc(hidden)]
pub mod collections;
pub mod contract;
pub mod counting;
pub mod error;
#[doc(hidden)]
pub mod json;
#[doc(hidden)]
pub mod leb128;
#[doc(hidden)]
pub mod message;
pub mod options;
#[doc(hidden)]
pub mod output;
pub mod records;

#[cfg(target_arch = "wasm32")]
pub mod wasm;

pub use calendar::buckets::{Bucket, SeriesQuery, Unit, buckets};
pub use calendar::period::{Bounds, BoundsFormat, Period, PeriodQuery, PeriodQuestion, Window};
pub use calendar::zone::{TZDB_VERSION, Zone};
pub use contract::Endpoint;
pub use contract::check::{Expect, Valid, check};
pub use counting::aggregator::Aggregator;
pub use counting::breakdown::{Breakdown, BreakdownQuery, BreakdownRow, Dimension, Step};
pub use counting::diagnostics::{Diagnostics, Ignored};
pub use counting::ledger::Ledger;
pub use counting::report::{AccountQuery, UsageQuery};
pub use counting::rollup::Rollup;
pub use counting::tally::Tally;
pub use counting::text_feed::{TextFeed, push_text};
pub use error::{Code, Place, Problem, Severity, UsageError};
pub use options::{OptionValue, Options};
pub use records::judge::{Defaults, Reading};

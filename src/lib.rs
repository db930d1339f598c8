//! Messages, completed calls and call seconds per agent, for a calendar week, month or year in any IANA time zone.
//!
//! The core of the npm package `usage-by-agent`: what AgentPhone answers at `GET /v1/usage/by-agent`, computed from raw
//! records. It has no clock, does no I/O and never panics; every fault is a [`error::UsageError`] with a code and a place.
//!
//! ```
//! use usage_by_agent::{counting::aggregator::Aggregator, counting::text_feed, options::Options, records::judge::Defaults};
//!
//! let query = Options {
//!     period: "month".into(),
//!     tz: "America/New_York".into(),
//!     now: "2024-06-15T12:00:00Z".into(),
//!     ..Options::default()
//! };
//! let mut counts = Aggregator::new(query.usage()?);
//! let records = br#"{"receivedAt": "2024-06-02T09:00:00-04:00", "agentId": "a1", "agentName": "Support", "id": "m1"}"#;
//! text_feed::push_text(counts.ledger_mut(), records, &Defaults::default())?;
//! let report = counts.report();
//! assert_eq!(report.period_start, "2024-06-01T04:00:00Z");
//! assert_eq!((report.data[0].agent_name.as_str(), report.data[0].messages), ("Support", 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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

//! Messages, completed calls and call seconds per agent, for a calendar week, month or year in any IANA time zone.
//!
//! The core of the npm package `usage-by-agent`: what AgentPhone answers at `GET /v1/usage/by-agent`, computed from raw
//! records. It has no clock, does no I/O and never panics; every fault is a [`error::UsageError`] with a code and a place.
//!
//! ```
//! use usage_by_agent::{aggregate::Aggregate, input, query::RawQuery, record::Defaults};
//!
//! let query = RawQuery {
//!     period: "month".into(),
//!     tz: "America/New_York".into(),
//!     now: "2024-06-15T12:00:00Z".into(),
//!     ..RawQuery::default()
//! };
//! let mut counts = Aggregate::new(query.usage()?);
//! let records = br#"{"receivedAt": "2024-06-02T09:00:00-04:00", "agentId": "a1", "agentName": "Support", "id": "m1"}"#;
//! input::push_text(&mut counts, records, &Defaults::default())?;
//! let report = counts.report();
//! assert_eq!(report.period_start, "2024-06-01T04:00:00Z");
//! assert_eq!((report.data[0].agent_name.as_str(), report.data[0].messages), ("Support", 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | module | idea |
//! |---|---|
//! | [`zone`], [`period`], [`series`], [`convention`], [`timestamp`] | the calendar: what clocks show, where periods, days and months lie, how bounds are written |
//! | [`record`], [`columns`], [`scan`], [`json`], [`walk`], [`decimal`], [`input`] | what a record is; records from objects and from bytes; bringing text to the count |
//! | [`query`], [`aggregate`], [`report`] | the question, the counting, the rows |
//! | [`contract`], [`validate`] | the wire's shapes, and the check of an upstream's answer |
//! | [`error`] | codes, places, problems |
//! | `wasm` | the JS face of all this, the only file that names wasm-bindgen |
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

pub mod aggregate;
pub mod cells;
pub mod columns;
pub mod contract;
pub mod convention;
pub mod decimal;
pub mod error;
pub mod hash;
pub mod ids;
pub mod index;
pub mod input;
pub mod json;
pub mod keyed;
pub mod ledger;
pub mod period;
pub mod query;
pub mod record;
pub mod report;
pub mod rollup;
pub mod scan;
pub mod series;
pub mod snapshot;
pub mod statuses;
pub mod timestamp;
pub mod validate;
pub mod walk;
pub mod what_if;
pub mod zone;

#[cfg(target_arch = "wasm32")]
pub mod wasm;

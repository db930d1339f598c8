//! The responses of the five usage endpoints, declared once, and the check of an upstream's response against them.
//!
//! It may import `calendar`, `json`, `collections`, `error` and `message`.
//!
//! `tools/contract` writes the package's TypeScript types and its OpenAPI document from these tables, and a test fails where
//! they differ. Sources: the vendor's published OpenAPI document and its SDKs (npm `agentphone` 1.0.17, PyPI `agentphone`
//! 0.20.3).
//!
//! A response can also be written, as JSON with the keys of the wire:
//!
//! ```
//! use usage_by_agent::contract::{DailyUsageItem, DailyUsageResponse};
//!
//! let day = DailyUsageItem {
//!     date: "2024-06-15".into(),
//!     messages: 9,
//!     calls: 2,
//!     webhooks: 11,
//! };
//! let response = DailyUsageResponse { data: vec![day], days: 1 };
//! assert_eq!(
//!     serde_json::to_string(&response)?,
//!     r#"{"data":[{"date":"2024-06-15","messages":9,"calls":2,"webhooks":11}],"days":1}"#
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```

pub mod check;
#[cfg(not(target_arch = "wasm32"))]
mod documents;
mod endpoints;
mod responses;
mod shape;

#[cfg(not(target_arch = "wasm32"))]
pub use documents::{
    BREAKDOWN, BREAKDOWN_PATH, ERROR, ERROR_DETAIL, ERROR_INFO, PARAMETER_ERROR, PARAMETER_ERRORS, PERIODS, Parameter,
    Takes,
};
pub use endpoints::{DAYS, DIMENSION_NAMES, Endpoint, MONTHS, STEP_NAMES, SeriesLength};
pub use responses::*;
pub use shape::{Field, Kind, MAX_FIELDS, Need, Rule, Shape};

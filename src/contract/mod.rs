//! The responses of the five usage endpoints, declared once, and the check of an upstream's response against them.
//!
//! It may import `calendar`, `json`, `collections`, `error` and `message`.
//!
//! The package's TypeScript types and its OpenAPI document are written from these tables (`tools/contract`). A test fails when
//! they differ. Sources: the vendor's published OpenAPI document and its SDKs (npm `agentphone` 1.0.17, PyPI `agentphone`
//! 0.20.3).

pub mod check;
#[cfg(not(target_arch = "wasm32"))]
mod documents;
mod endpoints;
mod responses;
mod shape;

#[cfg(not(target_arch = "wasm32"))]
pub use documents::{ERROR, ERROR_DETAIL, ERROR_INFO, PARAMETER_ERROR, PARAMETER_ERRORS, Parameter, Takes};
pub use endpoints::Endpoint;
pub use responses::*;
pub use shape::{Field, Kind, MAX_FIELDS, Need, Rule, Shape};

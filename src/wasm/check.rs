//! The check of a response.

use super::{given, thrown, to_js};
use crate::contract::Endpoint;
use crate::contract::check::{self, Expect, Valid};
use crate::error::UsageError;
use crate::options::Options;
use wasm_bindgen::prelude::*;

/// Checks the JSON text of a response, for `validateResponse` of the package. Returns the problems, or the warnings of a valid
/// response; `null` for an endpoint that does not exist.
#[wasm_bindgen(js_name = validateResponse)]
pub fn validate_response(endpoint: &str, text: &[u8], expect: &str) -> Result<JsValue, JsValue> {
    let Some(endpoint) = Endpoint::named(endpoint) else {
        return Ok(JsValue::NULL);
    };
    let expect = expected(&Options::from_json(expect)).map_err(thrown)?;
    let (Ok(Valid { warnings: problems, .. }) | Err(problems)) = check::check(endpoint, text, &expect);
    to_js(&problems)
}

/// Parses what is expected of a response. Options that are missing are not checked.
pub(super) fn expected(query: &Options) -> Result<Expect, UsageError> {
    Ok(Expect {
        period: given(&query.period, || query.kind())?,
        zone: given(&query.tz, || query.zone())?,
        week_start: given(&query.week_start, || query.first_day())?,
        bounds_as: given(&query.bounds_as, || query.written())?,
        now: given(&query.now, || query.now())?,
        offset: query.offset()?,
        days: query.day_count()?,
        months: query.month_count()?,
    })
}

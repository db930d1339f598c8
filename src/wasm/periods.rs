//! Periods, zones and conventions.

use super::check::expected;
use super::{thrown, to_js};
use crate::calendar::convention;
use crate::calendar::period::{self, PeriodQuery, WEEKDAYS};
use crate::calendar::timestamp::moment;
use crate::calendar::zone::Zone;
use crate::contract::Endpoint;
use crate::options::{OptionValue, Options};
use chrono::Weekday;
use wasm_bindgen::prelude::*;

/// A period query without its moment. Parsing a query takes several times as long as answering it, so the package caches queries.
#[wasm_bindgen]
pub struct PeriodQuestion {
    question: period::PeriodQuestion,
    bounds: BoundsMemory,
}

/// The latest bounds. `pkg/src/bridge/period-cache.ts` reads them from the module's memory: two doubles at the offsets 0 and 8,
/// and two ASCII texts of 20 bytes at 16 and 36.
#[repr(C)]
struct BoundsMemory {
    start_ms: f64,
    end_ms: f64,
    /// `periodStart` and `periodEnd`.
    written: [[u8; 20]; 2],
}

#[wasm_bindgen]
impl PeriodQuestion {
    /// Parses the query, which is JSON.
    #[wasm_bindgen(constructor)]
    pub fn new(query: &str) -> Result<PeriodQuestion, JsValue> {
        Ok(PeriodQuestion {
            question: Options::from_json(query).question().map_err(thrown)?,
            bounds: BoundsMemory {
                start_ms: 0.0,
                end_ms: 0.0,
                written: [[0; 20]; 2],
            },
        })
    }

    /// The name of the zone as the tz database spells it.
    pub fn tz(&self) -> String {
        self.question.zone.name().to_owned()
    }

    /// Computes the bounds for a moment, and returns their address in memory; 0 if there are none. [`Self::read`] then throws
    /// the reason.
    pub fn at(&mut self, now: f64) -> usize {
        moment(now)
            .and_then(|now| self.question.at(now).ok())
            .map_or(0, |found| self.answered(&found))
    }

    /// Computes the bounds for a `now` of any type, given as JSON, and returns their address in memory.
    pub fn read(&mut self, now: &str) -> Result<usize, JsValue> {
        let now = Options {
            now: OptionValue::from_json(Some(now)),
            ..Options::default()
        };
        let found = now.now().and_then(|now| self.question.at(now)).map_err(thrown)?;
        Ok(self.answered(&found))
    }

    #[allow(clippy::cast_precision_loss)]
    #[inline(never)]
    fn answered(&mut self, found: &PeriodQuery) -> usize {
        let window = found.bounds.window;
        self.bounds = BoundsMemory {
            start_ms: window.start as f64,
            end_ms: window.end as f64,
            written: found.bounds.wire(found.bounds_as).unwrap_or_default(),
        };
        std::ptr::from_ref(&self.bounds).addr()
    }
}

/// All zone names, sorted without regard to case and separated by line feeds.
#[wasm_bindgen(js_name = timeZones)]
pub fn time_zones() -> String {
    Zone::NAMES.to_owned()
}

/// Whether the tz database has a zone of this name, without regard to case.
#[wasm_bindgen(js_name = isTimeZone)]
pub fn is_time_zone(name: &str) -> bool {
    Zone::names().any(|known| known.eq_ignore_ascii_case(name))
}

/// The window of time whose records an endpoint's response or a breakdown needs, as two numbers of epoch milliseconds; `null` for
/// an endpoint that does not exist.
#[wasm_bindgen(js_name = recordsWindow)]
#[allow(clippy::cast_precision_loss)]
pub fn records_window(endpoint: &str, query: &str) -> Result<JsValue, JsValue> {
    let query = Options::from_json(query);
    let window = match Endpoint::named(endpoint) {
        Some(endpoint) => query.records_window(endpoint),
        None if endpoint == "breakdown" => query.breakdown_window(),
        None => return Ok(JsValue::NULL),
    };
    let window = window.map_err(thrown)?;
    to_js(&(window.start as f64, window.end as f64))
}

/// Finds the convention that explains written bounds, for `inferConvention` of the package. Returns the first day of the week or
/// `null`, the format and the zone; `null` if no convention explains the bounds.
#[wasm_bindgen(js_name = inferConvention)]
pub fn infer_convention(query: &str, start: &str, end: &str) -> Result<JsValue, JsValue> {
    let query = Options::from_json(query);
    let period = query.kind().map_err(thrown)?;
    let expect = expected(&query).map_err(thrown)?;
    let zone = expect.zone.unwrap_or_else(Zone::utc);
    match convention::infer(period, &zone, expect.week_start, start, end) {
        Some((found, _)) => to_js(&(found.week_start.map(weekday_name), found.bounds_as, found.zone.name())),
        None => Ok(JsValue::NULL),
    }
}

fn weekday_name(day: Weekday) -> &'static str {
    WEEKDAYS
        .iter()
        .find(|(_, d)| *d == day)
        .map_or("monday", |(name, _)| name)
}

//! Counting records, and asking for what has been counted.

use super::{given, thrown, to_js};
use crate::counting::aggregator;
use crate::counting::ledger::Ledger;
use crate::counting::rollup::Rollup;
use crate::counting::text_feed::TextFeed;
use crate::error::{Place, UsageError};
use crate::message::listed;
use crate::options::Options;
use crate::records::columns::{Columns, Item};
use crate::records::judge::Defaults;
use crate::records::row::{DATA_FIELDS, FIELDS, Row};
use serde::Serialize;
use std::ops::{Deref, DerefMut};
use wasm_bindgen::prelude::*;

/// The fields that columns hold of a record, in their order, with commas between them.
#[wasm_bindgen(js_name = recordFields)]
pub fn record_fields() -> String {
    listed(&FIELDS, ",")
}

/// The fields that columns hold of a webhook's `data`, likewise.
#[wasm_bindgen(js_name = dataFields)]
pub fn data_fields() -> String {
    listed(&DATA_FIELDS, ",")
}

/// One period's counts, or all time's: fed, kept and merged the same way.
#[wasm_bindgen]
pub struct Aggregator(Counts);

enum Counts {
    Period(aggregator::Aggregator),
    Rollup(Rollup),
}

impl Deref for Counts {
    type Target = Ledger;

    fn deref(&self) -> &Ledger {
        match self {
            Counts::Period(counts) => counts,
            Counts::Rollup(counts) => counts,
        }
    }
}

impl DerefMut for Counts {
    fn deref_mut(&mut self) -> &mut Ledger {
        match self {
            Counts::Period(counts) => counts,
            Counts::Rollup(counts) => counts,
        }
    }
}

#[wasm_bindgen]
impl Aggregator {
    /// Nothing counted yet, of a period.
    #[wasm_bindgen(constructor)]
    pub fn new(query: &str) -> Result<Aggregator, JsValue> {
        let query = Options::from_json(query).usage().map_err(thrown)?;
        Ok(Aggregator(Counts::Period(aggregator::Aggregator::new(query))))
    }

    /// Nothing counted yet, of all time.
    pub fn rollup(options: &str) -> Result<Aggregator, JsValue> {
        let options = Options::from_json(options);
        let reading = options.reading().map_err(thrown)?;
        let directory = options.directory().map_err(thrown)?;
        Ok(Aggregator(Counts::Rollup(Rollup::new(reading, directory))))
    }

    /// Counts a batch of objects. The first one's pointer is `prefix/first`.
    #[wasm_bindgen(js_name = pushColumns)]
    #[allow(clippy::too_many_arguments)]
    pub fn push_columns(
        &mut self,
        entries: &[u16],
        numbers: &[f64],
        lengths: &[u32],
        text: &[u8],
        prefix: &str,
        first: u32,
        defaults: &DefaultAgent,
    ) -> Result<(), JsValue> {
        let mut columns = Columns {
            entries,
            numbers,
            lengths,
            text,
        };
        let mut index = first;
        let mut row = Row::default();
        while let Some(item) = columns.next_item(&mut row) {
            let place = || Place::at(format!("{prefix}/{index}"));
            match item {
                Item::Row => self.0.add(&row, &defaults.0, &place),
                Item::NotObject(kind) => self.0.add_not_object(kind, place()),
            }
            .map_err(thrown)?;
            index = index.saturating_add(1);
        }
        Ok(())
    }

    /// The report so far, of a period.
    pub fn report(&self) -> Result<JsValue, JsValue> {
        match &self.0 {
            Counts::Period(counts) => to_js(&counts.report()),
            Counts::Rollup(_) => Ok(JsValue::NULL),
        }
    }

    /// The report of a period, of a rollup.
    #[wasm_bindgen(js_name = byAgent)]
    pub fn by_agent(&self, query: &str) -> Result<JsValue, JsValue> {
        let query = Options::from_json(query).usage();
        self.asked(|rollup| rollup.by_agent(query?))
    }

    /// Usage by number in a period or, where none is named, in all time.
    #[wasm_bindgen(js_name = byNumber)]
    pub fn by_number(&self, query: &str) -> Result<JsValue, JsValue> {
        let query = Options::from_json(query);
        self.asked(|rollup| rollup.by_number(given(&query.period, || query.period())?.as_ref()))
    }

    /// Usage by day.
    pub fn daily(&self, query: &str) -> Result<JsValue, JsValue> {
        let query = Options::from_json(query).days();
        self.asked(|rollup| rollup.daily(&query?))
    }

    /// Usage by month.
    pub fn monthly(&self, query: &str) -> Result<JsValue, JsValue> {
        let query = Options::from_json(query).months();
        self.asked(|rollup| rollup.monthly(&query?))
    }

    /// Messages and calls of all time, of the last day, 7 days and 30 days, of a rollup: eight numbers.
    #[allow(clippy::cast_precision_loss)]
    pub fn latest(&self, query: &str) -> Result<Vec<f64>, JsValue> {
        let now = Options::from_json(query).now().map_err(thrown)?;
        match &self.0 {
            Counts::Rollup(rollup) => Ok(rollup
                .latest(now)
                .iter()
                .flat_map(|usage| [usage.messages as f64, usage.calls as f64])
                .collect()),
            Counts::Period(_) => Ok(Vec::new()),
        }
    }

    /// What has been counted, as bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        self.0.snapshot()
    }

    /// Adds what a snapshot has counted.
    pub fn merge(&mut self, snapshot: &[u8]) -> Result<(), JsValue> {
        self.0.merge(snapshot).map_err(thrown)
    }

    /// Where every record went so far.
    pub fn diagnostics(&self) -> Result<JsValue, JsValue> {
        to_js(self.0.diagnostics())
    }

    fn asked<T: Serialize>(&self, ask: impl FnOnce(&Rollup) -> Result<T, UsageError>) -> Result<JsValue, JsValue> {
        match &self.0 {
            Counts::Rollup(rollup) => to_js(&ask(rollup).map_err(thrown)?),
            Counts::Period(_) => Ok(JsValue::NULL),
        }
    }
}

/// The agent of records that name none.
#[wasm_bindgen]
pub struct DefaultAgent(Defaults);

#[wasm_bindgen]
impl DefaultAgent {
    /// An agent, or none.
    #[wasm_bindgen(constructor)]
    pub fn new(agent_id: Option<String>, agent_name: Option<String>) -> DefaultAgent {
        DefaultAgent(Defaults { agent_id, agent_name })
    }
}

/// A JSON text on its way into an aggregator.
#[wasm_bindgen]
pub struct TextReader(TextFeed);

#[wasm_bindgen]
impl TextReader {
    /// Nothing read yet.
    #[wasm_bindgen(constructor)]
    pub fn new(defaults: &DefaultAgent) -> TextReader {
        TextReader(TextFeed::new(defaults.0.clone()))
    }

    /// Counts the records that end in the next chunk.
    pub fn push(&mut self, into: &mut Aggregator, chunk: &[u8]) -> Result<(), JsValue> {
        self.0.push(&mut into.0, chunk).map_err(thrown)
    }

    /// Ends the text.
    pub fn finish(&mut self, into: &mut Aggregator) -> Result<(), JsValue> {
        self.0.finish(&mut into.0).map_err(thrown)
    }
}

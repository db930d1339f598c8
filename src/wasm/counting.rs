//! The counters: records go in, and responses and snapshots come out.

use super::{given, thrown, to_js};
use crate::contract::Endpoint;
use crate::counting::aggregator;
use crate::counting::ledger::Ledger;
use crate::counting::rollup;
use crate::counting::text_feed::TextFeed;
use crate::error::{Place, UsageError};
use crate::options::Options;
use crate::records::columns::{Columns, Item};
use crate::records::judge::Defaults;
use crate::records::row::Row;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// Counts a batch of objects. The JSON Pointer of the first record is `prefix/first`.
fn push_columns(
    into: &mut Ledger,
    mut columns: Columns<'_>,
    prefix: &str,
    first: u32,
    defaults: &Defaults,
) -> Result<(), JsValue> {
    let mut index = first;
    let mut row = Row::default();
    while let Some(item) = columns.next_item(&mut row) {
        let place = || Place::at(format!("{prefix}/{index}"));
        match item {
            Item::Row => into.add(&row, defaults, &place),
            Item::NotObject(kind) => into.add_not_object(kind, place()),
        }
        .map_err(thrown)?;
        index = index.saturating_add(1);
    }
    Ok(())
}

fn push_text(into: &mut Ledger, feed: &mut Feed, chunk: &[u8], is_last: bool) -> Result<(), UsageError> {
    feed.0.push(into, chunk)?;
    if is_last { feed.0.finish(into) } else { Ok(()) }
}

/// The methods that both counters have.
macro_rules! counter {
    ($Counter:ident) => {
        #[wasm_bindgen]
        impl $Counter {
            /// Counts a batch of objects. The JSON Pointer of the first record is `prefix/first`. The feed has the default agent.
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
                feed: &Feed,
            ) -> Result<(), JsValue> {
                let columns = Columns {
                    entries,
                    numbers,
                    lengths,
                    text,
                };
                push_columns(self.0.ledger_mut(), columns, prefix, first, feed.0.defaults())
            }

            /// Counts the records that end in the next chunk of a text, and ends the text after its last chunk.
            #[wasm_bindgen(js_name = pushText)]
            pub fn push_text(&mut self, feed: &mut Feed, chunk: &[u8], is_last: bool) -> Result<(), JsValue> {
                push_text(self.0.ledger_mut(), feed, chunk, is_last).map_err(thrown)
            }

            /// Writes what has been counted as bytes.
            pub fn snapshot(&self) -> Vec<u8> {
                self.0.ledger().snapshot()
            }

            /// Adds the counts of a snapshot.
            pub fn merge(&mut self, snapshot: &[u8]) -> Result<(), JsValue> {
                self.0.ledger_mut().merge(snapshot).map_err(thrown)
            }

            /// Where every record went so far.
            pub fn diagnostics(&self) -> Result<JsValue, JsValue> {
                to_js(self.0.ledger().diagnostics())
            }
        }
    };
}

/// The counts of one period.
#[wasm_bindgen]
pub struct Aggregator(aggregator::Aggregator);

counter!(Aggregator);

#[wasm_bindgen]
impl Aggregator {
    /// Creates an aggregator that has counted nothing yet. `query` is JSON.
    #[wasm_bindgen(constructor)]
    pub fn new(query: &str) -> Result<Aggregator, JsValue> {
        let query = Options::from_json(query).usage().map_err(thrown)?;
        Ok(Aggregator(aggregator::Aggregator::new(query)))
    }

    /// Computes the report of what has been counted so far.
    pub fn report(&self) -> Result<JsValue, JsValue> {
        to_js(&self.0.report())
    }
}

/// The counts of all time.
#[wasm_bindgen]
pub struct Rollup(rollup::Rollup);

counter!(Rollup);

#[wasm_bindgen]
impl Rollup {
    /// Creates a rollup that has counted nothing yet. `options` is JSON.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<Rollup, JsValue> {
        let options = Options::from_json(options);
        let reading = options.reading().map_err(thrown)?;
        let directory = options.directory().map_err(thrown)?;
        Ok(Rollup(rollup::Rollup::new(reading, directory)))
    }

    /// Computes the response of an endpoint; `null` for an endpoint that does not exist. `query` is JSON.
    ///
    /// For `usage` it returns the counts, and the first and the last second of the month. The package adds the plan and the
    /// numbers.
    pub fn response(&self, endpoint: &str, query: &str) -> Result<JsValue, JsValue> {
        let rollup = &self.0;
        let query = Options::from_json(query);
        match Endpoint::named(endpoint) {
            Some(Endpoint::ByAgent) => answered(query.usage().and_then(|query| rollup.by_agent(query))),
            Some(Endpoint::ByNumber) => {
                let period = given(&query.period, || query.period());
                answered(period.and_then(|period| rollup.by_number(period.as_ref())))
            }
            Some(Endpoint::Usage) => answered(query.account_query().map(|query| {
                let bounds = query.month.bounds.written(query.month.bounds_as);
                (rollup.stats(&query), bounds)
            })),
            Some(Endpoint::Daily) => answered(query.days().and_then(|query| rollup.daily(&query))),
            Some(Endpoint::Monthly) => answered(query.months().and_then(|query| rollup.monthly(&query))),
            None => Ok(JsValue::NULL),
        }
    }
}

fn answered(response: Result<impl Serialize, UsageError>) -> Result<JsValue, JsValue> {
    match response {
        Ok(response) => to_js(&response),
        Err(error) => Err(thrown(error)),
    }
}

/// A JSON text whose chunks are being read, and the agent of records that do not name one.
#[wasm_bindgen]
pub struct Feed(TextFeed);

#[wasm_bindgen]
impl Feed {
    /// Creates a feed that has read nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new(agent_id: Option<String>, agent_name: Option<String>) -> Feed {
        Feed(TextFeed::new(Defaults { agent_id, agent_name }))
    }
}

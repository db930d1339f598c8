//! Trims records in place of counting them, for a store that keeps each message and call under its key.
//!
//! A ledger that trims judges every record as usual, and its diagnostics say what became of each. What would count goes to a list, as
//! [trimmed](crate::records::trim) records with their keys.

use crate::collections::budget::{Budget, Room};
use crate::counting::ledger::Ledger;
use crate::counting::seen_ids::IdHash;
use crate::records::judge::Event;
use crate::records::trim::trim;

/// The length of a key, in bytes.
pub const KEY: usize = 11;

/// The trimmed records of a ledger: for each, 1 and its key, or 0 and as many zeros; its JSON text; a line feed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trimmed {
    records: Vec<u8>,
    /// The record that is being written.
    one: Vec<u8>,
}

impl Trimmed {
    pub(crate) fn add(&mut self, event: &Event<'_>, budget: &Budget) -> Room {
        let key = event
            .id
            .as_deref()
            .map(|id| key_of(IdHash::new(event.kind, event.is_delivery_id, id)));
        self.one.clear();
        self.one.push(key.is_some().into());
        self.one.extend_from_slice(&key.unwrap_or_default());
        trim(event, &mut self.one);
        self.one.push(b'\n');
        budget.grow(&mut self.records, self.one.len())?;
        self.records.extend_from_slice(&self.one);
        Ok(())
    }
}

/// The key of an id: the 86 bits of its hash, in the order of a snapshot. Its first byte is from 0 to 63.
pub fn key_of(id: IdHash) -> [u8; KEY] {
    let (table, high, low) = id.parts();
    let mut key = [table; KEY];
    let parts = high.to_be_bytes().into_iter().chain(low.to_be_bytes());
    key.iter_mut()
        .skip(1)
        .zip(parts)
        .for_each(|(place, byte)| *place = byte);
    key
}

impl Ledger {
    /// Makes this a ledger that trims.
    pub fn begin_trimming(&mut self) {
        self.trimmed = Some(Box::default());
    }

    /// Takes the trimmed records of all records since it was called last: for each, one byte, which is 1 if it has a key and else 0;
    /// its key, [`KEY`] bytes long; its JSON text; a line feed.
    ///
    /// ```
    /// use usage_by_agent::{Ledger, Options, push_text};
    ///
    /// let mut ledger = Ledger::new(Options::default().reading()?, None);
    /// ledger.begin_trimming();
    /// let record = br#"{"id": "m1", "body": "Hello", "from": "+15550001111", "receivedAt": "2024-06-01T00:00:00+02:00"}"#;
    /// push_text(&mut ledger, record, &Default::default())?;
    /// let trimmed = ledger.take_trimmed();
    /// assert_eq!(&trimmed[12..], b"{\"type\":\"message\",\"id\":\"m1\",\"receivedAt\":\"2024-05-31T22:00:00Z\"}\n");
    /// # Ok::<(), usage_by_agent::UsageError>(())
    /// ```
    pub fn take_trimmed(&mut self) -> Vec<u8> {
        let trimmed = self
            .trimmed
            .as_mut()
            .map(|trimmed| std::mem::take(&mut trimmed.records));
        let records = trimmed.unwrap_or_default();
        self.budget.give_back(records.capacity());
        records
    }
}

//! Settles which of two records of one id counts, for a store that keeps the ids.
//!
//! A ledger knows the ids that it has counted, each with what it counted as. That takes 24 bytes of memory for each id. A database can
//! keep the ids instead: under the key of each id, the record that counts. It gives that record together with the next one of the key,
//! and a ledger without ids settles the two as a ledger with ids would.

use crate::collections::interner::Interner;
use crate::counting::ledger::{Known, Ledger, Refusal, add_one, way_of};
use crate::counting::seen_ids::Entry;
use crate::error::{Code, Place, UsageError};
use crate::json::MAX_DEPTH;
use crate::json::cursor::Cursor;
use crate::records::judge::{Defaults, Event, Judged, judge};
use crate::records::row::Row;
use crate::records::scan;

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It is a duplicate. The known record goes on counting.
    Duplicate,
    /// It counts. There was no known record.
    Counted,
    /// It counts in place of the known record, which is a duplicate now.
    Replaced,
    /// It can't count: a call that is not completed, or a time outside of what a ledger counts.
    NotCounted,
}

impl Ledger {
    /// Counts a trimmed record, unless the known record of its key goes on counting. `known` is the record of the key that counts, if
    /// there is one. Returns what became of the record, and whether the ledger now knows more than the count: a later name, or a way in
    /// which messages came.
    ///
    /// ```
    /// use usage_by_agent::counting::settle::Settled;
    /// use usage_by_agent::{Options, Rollup};
    ///
    /// let options = Options::from_json(r#"{"dedupe": false}"#);
    /// let mut rollup = Rollup::new(options.reading()?, options.directory()?);
    /// let call = |seconds| format!(r#"{{"id":"c1","status":"completed","startedAt":"2024-06-01T00:00:00Z","durationSeconds":{seconds}}}"#);
    /// let (short, long) = (call(60), call(90));
    /// assert_eq!(rollup.ledger_mut().settle(None, short.as_bytes())?.0, Settled::Counted);
    /// assert_eq!(rollup.ledger_mut().settle(Some(short.as_bytes()), long.as_bytes())?.0, Settled::Replaced);
    /// assert_eq!(rollup.ledger_mut().settle(Some(long.as_bytes()), short.as_bytes())?.0, Settled::Duplicate);
    /// assert_eq!(rollup.ledger().diagnostics().totals.total_seconds, 90);
    /// # Ok::<(), usage_by_agent::UsageError>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_record` for a text that is not a trimmed record; `overflow`; `out_of_memory`. On an error no count changes.
    pub fn settle(&mut self, known: Option<&[u8]>, record: &[u8]) -> Result<(Settled, bool), UsageError> {
        let known = match known {
            None => None,
            Some(known) => self.entry_of_text(known)?,
        };
        let mut found = (Settled::NotCounted, false);
        self.with_event(record, &mut |ledger, event| {
            found.1 = ledger.tells_more(event);
            found.0 = ledger.event(event, Known::Given(known))?;
            add_one(&mut ledger.diagnostics.records);
            Ok(())
        })?;
        Ok(found)
    }

    /// Takes a record back that counts, as if it had never come. The names that it told stay.
    ///
    /// # Errors
    /// `invalid_record` for a text that is not a trimmed record; `out_of_memory`. On an error no count changes.
    pub fn retract(&mut self, record: &[u8]) -> Result<(), UsageError> {
        self.with_event(record, &mut |ledger, event| {
            if let Some(entry) = ledger.entry_of(event)?
                && ledger.take(entry)
            {
                ledger.diagnostics.records = ledger.diagnostics.records.saturating_sub(1);
                let without_id = u64::from(event.id.is_none());
                ledger.diagnostics.without_id = ledger.diagnostics.without_id.saturating_sub(without_id);
            }
            Ok(())
        })
    }

    /// Whether the first of two trimmed records of one key counts, and not the second one.
    ///
    /// # Errors
    /// `invalid_record` for a text that is not a trimmed record; `out_of_memory`.
    pub fn is_fuller(&mut self, a: &[u8], b: &[u8]) -> Result<bool, UsageError> {
        let (a, b) = (self.entry_of_text(a)?, self.entry_of_text(b)?);
        Ok(match (a, b) {
            (Some(a), Some(b)) => self.order_by_text(a, b).is_gt(),
            (a, _) => a.is_some(),
        })
    }

    /// Does something with the event of a trimmed record.
    #[inline(never)]
    fn with_event(
        &mut self,
        record: &[u8],
        act: &mut dyn FnMut(&mut Ledger, &Event<'_>) -> Result<(), Refusal>,
    ) -> Result<(), UsageError> {
        let (mut row, defaults) = (Row::default(), Defaults::default());
        let is_whole = scan::record(&mut Cursor::new(record, 0), 0, MAX_DEPTH, &mut row)
            .is_ok_and(|scanned| scanned.end == record.len());
        let judged = is_whole.then(|| judge(&row, &defaults, &self.reading));
        let Some(Judged::Event(event)) = judged else {
            let message = "the text is not a trimmed record: wanted a record as trimRecords gives it";
            return Err(UsageError::new(Code::InvalidRecord, message).at(Place::at("")));
        };
        act(self, &event).map_err(|refusal| self.refused(&refusal, Place::at("")))
    }

    /// What a trimmed record counts as; `None` if it can't count.
    fn entry_of_text(&mut self, record: &[u8]) -> Result<Option<Entry>, UsageError> {
        let mut found = None;
        self.with_event(record, &mut |ledger, event| {
            found = ledger.entry_of(event)?;
            Ok(())
        })?;
        Ok(found)
    }

    /// What an event counts as; `None` if it can't count.
    fn entry_of(&mut self, event: &Event<'_>) -> Result<Option<Entry>, Refusal> {
        let quarter = self.quarter_for(event).filter(|_| self.not_completed(event).is_none());
        let entry = quarter.map(|quarter| self.entry(event, quarter)).transpose()?;
        Ok(entry.map(|(entry, _)| entry))
    }

    /// Does an event tell a later name, or a way in which messages came that is new?
    fn tells_more(&self, event: &Event<'_>) -> bool {
        let is_later = |known: &Interner, id: Option<&[u8]>, name: Option<&[u8]>| match (id, name) {
            (Some(id), Some(name)) => known.is_later(id, event.at, name),
            _ => false,
        };
        let number = event.route.number_id();
        let known = std::str::from_utf8(number.unwrap_or_default()).unwrap_or_default();
        let known = self.numbers.find(known);
        let known = known.map_or(0, |number| self.sources.of(number as usize));
        way_of(event) & !known != 0
            || is_later(&self.agents, event.agent_id, event.agent_name)
            || is_later(&self.numbers, number, event.route.phone_number())
    }
}

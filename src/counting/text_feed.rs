//! Feeds the records of a JSON text, whole or in chunks, to a ledger.
//!
//! [`TextFeed`] pushes chunks into a [`Reader`]. The reader hands each record back to this module through the trait [`Sink`],
//! which adds it to the ledger.

use crate::collections::budget::NoRoom;
use crate::counting::ledger::Ledger;
use crate::error::{Place, UsageError};
use crate::records::judge::Defaults;
use crate::records::page::Page;
use crate::records::reader::{Origin, Reader, Sink};
use crate::records::row::Row;

/// A JSON text whose records are counted as its chunks arrive.
///
/// ```
/// use usage_by_agent::{Aggregator, Options, TextFeed};
///
/// let query = Options { period: "month".into(), now: "2024-06-15T00:00:00Z".into(), ..Options::default() };
/// let mut counts = Aggregator::new(query.usage()?);
/// let mut feed = TextFeed::new(Default::default());
/// feed.push(counts.ledger_mut(), br#"[{"id": "m1", "agentId": "a", "rece"#)?;
/// feed.push(counts.ledger_mut(), br#"ivedAt": "2024-06-01T00:00:00Z"}]"#)?;
/// feed.finish(counts.ledger_mut())?;
/// assert_eq!(counts.report().data[0].messages, 1);
/// # Ok::<(), usage_by_agent::UsageError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TextFeed {
    pub(super) reader: Reader,
    /// Where the text is a part of another one: the offset of its beginning, and its pages.
    pub(super) part: Option<(u64, Vec<Page>)>,
}

impl TextFeed {
    /// Starts a text. Records get what they do not name from `defaults`.
    pub fn new(defaults: Defaults) -> Self {
        TextFeed {
            reader: Reader::new(defaults),
            part: None,
        }
    }

    /// Starts a text with a given reader, for tests.
    #[doc(hidden)]
    pub const fn with_reader(reader: Reader) -> Self {
        TextFeed { reader, part: None }
    }

    /// The agent, number and channel of records that do not name them.
    pub const fn defaults(&self) -> &Defaults {
        self.reader.defaults()
    }

    /// Counts the records that end in the next chunk. A chunk may end anywhere.
    ///
    /// # Errors
    /// `invalid_json`, `invalid_record`, `overflow`, `out_of_memory`. Records before the error stay counted.
    pub fn push(&mut self, into: &mut Ledger, chunk: &[u8]) -> Result<(), UsageError> {
        let pages = self.part.as_mut().map(|(_, pages)| pages);
        self.reader.push(chunk, &mut LedgerSink { into, pages })
    }

    /// Ends the text. Another text may follow.
    ///
    /// # Errors
    /// The errors of [`TextFeed::push`].
    pub fn finish(&mut self, into: &mut Ledger) -> Result<(), UsageError> {
        self.reader.finish(&mut LedgerSink { into, pages: None })
    }
}

/// Counts the records of a whole text.
///
/// # Errors
/// The errors of [`TextFeed::push`].
pub fn push_text(into: &mut Ledger, text: &[u8], defaults: &Defaults) -> Result<(), UsageError> {
    let mut reading = TextFeed::new(defaults.clone());
    reading.push(into, text)?;
    reading.finish(into)
}

struct LedgerSink<'a> {
    into: &'a mut Ledger,
    /// Where pages are kept in place of being judged.
    pages: Option<&'a mut Vec<Page>>,
}

impl Sink for LedgerSink<'_> {
    fn record(&mut self, row: &Row<'_>, defaults: &Defaults, origin: &dyn Origin) -> Result<(), UsageError> {
        let unknown = self.into.diagnostics().ignored.other;
        self.into.add(row, defaults, &|| origin.place())?;
        if self.into.diagnostics().ignored.other != unknown {
            self.into.keep_unknown(origin.text());
        }
        Ok(())
    }

    fn conversation(
        &mut self,
        row: &Row<'_>,
        defaults: &Defaults,
        origin: &dyn Origin,
    ) -> Result<Option<Defaults>, UsageError> {
        self.into.conversation(row, defaults, &|| origin.place())
    }

    fn conversation_ended(&mut self, messages: u64, stated: Option<u64>) {
        self.into.conversation_ended(messages, stated);
    }

    fn page_ended(&mut self, page: Page) {
        match &mut self.pages {
            Some(pages) => pages.push(page),
            None => self.into.page_ended(page),
        }
    }

    fn not_object(&mut self, kind: &'static str, place: Place) -> Result<(), UsageError> {
        self.into.add_not_object(kind, place)
    }

    fn broken(&mut self, error: UsageError) -> Result<(), UsageError> {
        self.into.invalid(error)
    }

    fn skipped(&mut self, warning: UsageError) -> Result<(), UsageError> {
        self.into.warn(warning)
    }

    fn max_record(&self) -> usize {
        self.into.reading.limits.max_record_bytes
    }

    fn may_keep(&self, bytes: usize) -> Result<(), UsageError> {
        let room = self.into.budget.check(bytes as u64);
        room.map_err(|NoRoom| self.into.out_of_memory(Place::default()))
    }
}

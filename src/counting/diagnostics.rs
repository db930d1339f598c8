//! Where every record went.

use crate::collections::interner::Interner;
use crate::collections::sort::in_order;
use crate::counting::tally::Tally;
use crate::error::Problem;
use crate::output::{Counts, Field, HasValue, MAX_FIELDS, Object, Value, fields};
use serde::{Serialize, Serializer};

/// How many problems are kept; the rest are only counted.
pub const MAX_PROBLEMS: usize = 100;

/// Where every record went.
///
/// ```
/// use usage_by_agent::{Ledger, Options, push_text};
///
/// let mut ledger = Ledger::new(Options::default().reading()?, None);
/// push_text(&mut ledger, br#"{"id": "c1", "startedAt": "2024-06-01T00:00:00Z", "status": "ringing"}"#, &Default::default())?;
/// let diagnostics = ledger.diagnostics();
/// assert_eq!((diagnostics.records, diagnostics.counted), (1, 0));
/// assert_eq!(diagnostics.ignored.not_completed.entries(), [("ringing", 1)]);
/// # Ok::<(), usage_by_agent::UsageError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostics {
    /// All records: the sum of the next five fields.
    pub records: u64,
    /// Records that the report counts.
    pub counted: u64,
    /// Records that are well formed and countable, but lie outside the period.
    pub outside_period: u64,
    /// Records whose id was counted already.
    pub duplicates: u64,
    /// Records that break the rules.
    pub invalid: u64,
    /// Records that are not usage.
    pub ignored: Ignored,
    /// Counted records without an id. A second delivery of one cannot be recognised.
    pub without_id: u64,
    /// Calls counted as zero seconds because their duration is unknown.
    pub without_duration: u64,
    /// The first [`MAX_PROBLEMS`] problems.
    pub problems: Vec<Problem>,
    /// The sums over all rows of the report.
    pub totals: Tally,
}

/// Records that a report does not count, by reason.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ignored {
    /// Spoken turns of calls.
    pub voice_turns: u64,
    /// Reactions to messages.
    pub reactions: u64,
    /// Events that the vendor documents and that are not usage.
    pub events: u64,
    /// Records that are marked as tests.
    pub tests: u64,
    /// Calls that are not completed, by status.
    pub not_completed: Statuses,
    /// Records of an unknown kind.
    pub other: u64,
}

impl Object for Diagnostics {
    fn fields(&self) -> [Field<'_>; MAX_FIELDS] {
        fields([
            ("records", self.records.value()),
            ("counted", self.counted.value()),
            ("outsidePeriod", self.outside_period.value()),
            ("duplicates", self.duplicates.value()),
            ("invalid", self.invalid.value()),
            ("ignored", Value::Object(&self.ignored)),
            ("withoutId", self.without_id.value()),
            ("withoutDuration", self.without_duration.value()),
            ("problems", self.problems.value()),
            ("totals", Value::Object(&self.totals)),
        ])
    }
}

impl Object for Ignored {
    fn fields(&self) -> [Field<'_>; MAX_FIELDS] {
        fields([
            ("voiceTurns", self.voice_turns.value()),
            ("reactions", self.reactions.value()),
            ("events", self.events.value()),
            ("tests", self.tests.value()),
            ("notCompleted", Value::Counts(&self.not_completed)),
            ("other", self.other.value()),
        ])
    }
}

impl Serialize for Diagnostics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::Object(self).serialize(serializer)
    }
}

/// Calls by status.
#[derive(Clone, Debug, Default)]
pub struct Statuses {
    names: Interner,
    /// The number of calls, indexed by the number of the status in `names`.
    calls: Vec<u64>,
}

impl Statuses {
    /// Adds a number of calls with a status. `""` stands for a missing status.
    pub fn add(&mut self, status: &[u8], calls: u64) {
        let number = self.names.intern(status) as usize;
        if self.calls.len() <= number {
            self.calls.resize(number.saturating_add(1), 0);
        }
        if let Some(known) = self.calls.get_mut(number) {
            *known = known.saturating_add(calls);
        }
    }

    /// Each status that has calls, with their number, in byte order of the statuses.
    pub fn entries(&self) -> Vec<(&str, u64)> {
        let named = self.names.iter().map(|(_, named)| &*named.id);
        let found: Vec<_> = named.zip(self.calls.iter().copied()).filter(|(_, n)| *n > 0).collect();
        let status = |n: usize| found.get(n).map(|(status, _)| *status);
        let order = in_order((0..found.len()).collect(), &|a, b| status(a).cmp(&status(b)));
        order.into_iter().filter_map(|n| found.get(n).copied()).collect()
    }
}

impl PartialEq for Statuses {
    fn eq(&self, other: &Self) -> bool {
        self.entries() == other.entries()
    }
}

impl Counts for Statuses {
    fn entries(&self) -> Vec<(&str, u64)> {
        self.entries()
    }
}

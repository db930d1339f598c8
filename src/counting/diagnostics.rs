//! Where every record went.

use crate::collections::budget::{Budget, Room};
use crate::collections::sort::sorted;
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

/// The bytes that a kept problem takes.
pub(crate) fn bytes_of(problem: &Problem) -> usize {
    let texts = [&problem.path, &problem.code, &problem.message].map(String::len);
    texts.into_iter().fold(size_of::<Problem>(), usize::saturating_add)
}

/// The name of the calls whose status has no name of its own in [`Statuses`].
pub const OTHER_STATUS: &str = "other";

/// Calls by status: at most so many statuses, and [`OTHER_STATUS`].
///
/// The shortest statuses keep their names, and of those of equal length the first in byte order. That does not depend on the order
/// of the records: a status that gives way to shorter ones takes its calls along, and its later calls go the same way. So parts that
/// are counted apart give together what one pass gives.
#[derive(Clone, Debug, Default)]
pub struct Statuses {
    /// Each status with its calls, in the order of [`rank`].
    kept: Vec<(Box<str>, u64)>,
    /// The calls of [`OTHER_STATUS`].
    others: u64,
}

/// What the order of the statuses goes by.
const fn rank(status: &str) -> (usize, &[u8]) {
    (status.len(), status.as_bytes())
}

impl Statuses {
    /// Adds a number of calls with a status. `""` stands for a missing status. At most so many statuses keep their names.
    ///
    /// # Errors
    /// [`NoRoom`](crate::collections::budget::NoRoom). Nothing has changed then.
    #[inline(never)]
    pub fn add(&mut self, status: &[u8], calls: u64, most: usize, budget: &Budget) -> Room {
        let given = (status.len(), status);
        let at = self.kept.partition_point(|(known, _)| rank(known) < given);
        let count = match self.kept.get_mut(at).filter(|(known, _)| rank(known) == given) {
            Some((_, count)) => count,
            None if at >= most || status == OTHER_STATUS.as_bytes() => &mut self.others,
            None => {
                budget.grow(&mut self.kept, 1)?;
                self.kept.insert(at, (budget.text(status)?, calls));
                if self.kept.len() > most
                    && let Some((last, calls)) = self.kept.pop()
                {
                    budget.give_back(last.len());
                    self.others = self.others.saturating_add(calls);
                }
                return Ok(());
            }
        };
        *count = count.saturating_add(calls);
        Ok(())
    }

    /// Each status that has calls, with their number, in byte order of the statuses.
    pub fn entries(&self) -> Vec<(&str, u64)> {
        let others = Some((OTHER_STATUS, self.others)).filter(|(_, calls)| *calls > 0);
        let found: Vec<_> = self
            .kept
            .iter()
            .map(|(status, calls)| (&**status, *calls))
            .chain(others)
            .collect();
        sorted(found, |(a, _), (b, _)| a.cmp(b))
    }

    /// The lengths of the lists and texts that it has, in bytes.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn allocations(&self) -> impl Iterator<Item = usize> {
        let list = self.kept.capacity().saturating_mul(size_of::<(Box<str>, u64)>());
        std::iter::once(list).chain(self.kept.iter().map(|(status, _)| status.len()))
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

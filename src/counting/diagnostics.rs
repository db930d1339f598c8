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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostics {
    /// All of them: the sum of the five below.
    pub records: u64,
    /// In the report.
    pub counted: u64,
    /// Well formed, countable, and out of the period.
    pub outside_period: u64,
    /// Of an id already counted.
    pub duplicates: u64,
    /// Against the rules.
    pub invalid: u64,
    /// Nothing to count.
    pub ignored: Ignored,
    /// Counted, and without an id to know them again by.
    pub without_id: u64,
    /// Calls counted as zero seconds because nothing tells how long they were.
    pub without_duration: u64,
    /// The first [`MAX_PROBLEMS`].
    pub problems: Vec<Problem>,
    /// The sums of the report's rows.
    pub totals: Tally,
}

/// Records that are none of the report's business, by why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ignored {
    /// Spoken turns of calls.
    pub voice_turns: u64,
    /// Reactions to messages.
    pub reactions: u64,
    /// Calls that are not completed, by status.
    pub not_completed: Statuses,
    /// Of no known kind.
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
    /// By the numbers of the names.
    calls: Vec<u64>,
}

impl Statuses {
    /// Adds so many calls of a status; `""` is none.
    pub fn add(&mut self, status: &str, calls: u64) {
        let number = self.names.intern(status) as usize;
        if self.calls.len() <= number {
            self.calls.resize(number.saturating_add(1), 0);
        }
        if let Some(known) = self.calls.get_mut(number) {
            *known = known.saturating_add(calls);
        }
    }

    /// Each status that has calls, with how many, in the order of the statuses' bytes.
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

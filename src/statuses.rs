//! How many calls of each status were not completed. Statuses are no closed set, so there may be as many as records.

use crate::index::Names;
use crate::report::in_order;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Calls by status.
#[derive(Clone, Debug, Default)]
pub struct Statuses {
    names: Names,
    /// By the numbers of the names.
    calls: Vec<u64>,
}

impl Statuses {
    /// Adds so many calls of a status; `""` is none.
    pub fn add(&mut self, status: &str, calls: u64) {
        let number = self.names.number(status) as usize;
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

impl Serialize for Statuses {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.entries();
        let mut map = serializer.serialize_map(Some(entries.len()))?;
        for (status, calls) in entries {
            map.serialize_entry(status, &calls)?;
        }
        map.end()
    }
}

//! A tally: messages, calls and seconds.

use crate::contract::{AgentUsageItem, UNASSIGNED};
use crate::output::{Field, HasValue, MAX_FIELDS, Object, fields};

/// The counts of an agent, a phone number, a quarter hour, or of everything.
///
/// ```
/// use usage_by_agent::Tally;
///
/// let mut sum = Tally { messages: 1, ..Tally::default() };
/// sum.add(Tally { calls: 2, total_seconds: 90, ..Tally::default() });
/// assert_eq!((sum.messages, sum.calls, sum.total_seconds), (1, 2, 90));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages.
    pub messages: u64,
    /// Completed calls.
    pub calls: u64,
    /// The sum of the whole seconds of all calls.
    pub total_seconds: u64,
}

impl Object for Tally {
    fn fields(&self) -> [Field<'_>; MAX_FIELDS] {
        fields([
            ("messages", self.messages.value()),
            ("calls", self.calls.value()),
            ("totalSeconds", self.total_seconds.value()),
        ])
    }
}

impl Tally {
    /// Adds another tally. The caller has checked that all sums stay within [`MAX_SAFE`](crate::json::MAX_SAFE).
    pub const fn add(&mut self, more: Tally) {
        self.messages = self.messages.saturating_add(more.messages);
        self.calls = self.calls.saturating_add(more.calls);
        self.total_seconds = self.total_seconds.saturating_add(more.total_seconds);
    }

    /// Takes back a tally that was added.
    pub const fn take(&mut self, less: Tally) {
        self.messages = self.messages.saturating_sub(less.messages);
        self.calls = self.calls.saturating_sub(less.calls);
        self.total_seconds = self.total_seconds.saturating_sub(less.total_seconds);
    }

    /// The part of this tally that another one has too.
    #[must_use]
    pub fn at_most(self, other: Tally) -> Tally {
        Tally {
            messages: self.messages.min(other.messages),
            calls: self.calls.min(other.calls),
            total_seconds: self.total_seconds.min(other.total_seconds),
        }
    }

    /// Are there no messages and no calls?
    pub const fn is_idle(&self) -> bool {
        self.messages == 0 && self.calls == 0
    }

    /// The row of an agent.
    pub fn row(self, agent_id: &str, agent_name: &str) -> AgentUsageItem {
        self.item(Some(agent_id.to_owned()), agent_name, false)
    }

    /// The row of usage without an agent.
    pub fn unassigned_row(self) -> AgentUsageItem {
        self.item(None, UNASSIGNED, true)
    }

    #[inline(never)]
    fn item(self, agent_id: Option<String>, agent_name: &str, is_orphan: bool) -> AgentUsageItem {
        let Tally {
            messages,
            calls,
            total_seconds,
        } = self;
        AgentUsageItem {
            agent_id,
            agent_name: agent_name.to_owned(),
            messages,
            calls,
            total_seconds,
            is_orphan,
        }
    }
}

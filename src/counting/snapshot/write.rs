//! Writes a snapshot.

use super::{HEAD, VERSION, checksum, counted, kind_of};
use crate::collections::interner::Interner;
use crate::collections::sort::in_order;
use crate::counting::diagnostics::Diagnostics;
use crate::counting::ledger::Ledger;
use crate::counting::quarter_hours::{Key, Timeline};
use crate::counting::seen_ids::{TABLES, Usage};
use crate::counting::tally::Tally;
use crate::error::Severity;
use crate::leb128;

impl Ledger {
    /// Writes what has been counted as bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        // An id takes 16 bytes or less, unless there are very many timelines or a very long call. So the bytes are not moved while
        // ids are written.
        let ids = (0..TABLES)
            .map(|table| self.ids.count(table))
            .fold(0, usize::saturating_add);
        let mut out = Out(HEAD.to_vec());
        out.0.reserve(ids.saturating_mul(17));
        out.bytes(&[VERSION, kind_of(self)]);
        if let Some(window) = self.window {
            out.signed(window.start);
            out.signed(window.end);
        }
        out.diagnostics(&self.diagnostics);
        for number in self.lists.missing().numbers() {
            out.number(*number);
        }

        let busy = |of: fn(Key) -> u32, names: &Interner| {
            let mut busy = vec![false; names.count()];
            for timeline in self.timelines.iter().filter(|timeline| !timeline.total.is_idle()) {
                if let Some(busy) = busy.get_mut(of(timeline.key) as usize) {
                    *busy = true;
                }
            }
            busy
        };
        let agents = out.names(&self.agents, &busy(|key| key.agent, &self.agents));
        let mut noted = busy(|key| key.number, &self.numbers);
        for (number, noted) in (0..).zip(&mut noted) {
            *noted |= self.sources.of(number) > 0;
        }
        let numbers = out.names(&self.numbers, &noted);
        let in_place = in_order((0..numbers.len()).collect(), &|a, b| {
            numbers.get(a).cmp(&numbers.get(b))
        });
        for number in in_place {
            if number == 0 || numbers.get(number) != Some(&0) {
                out.number(self.sources.of(number).into());
            }
        }
        let channels = out.names(&self.channels, &busy(|key| key.channel, &self.channels));

        let place = |places: &[u32], number: u32| places.get(number as usize).copied().unwrap_or(0);
        let places_of = |timeline: &Timeline| {
            let Key {
                agent,
                number,
                channel,
                direction,
            } = timeline.key;
            [
                place(&agents, agent),
                place(&numbers, number),
                place(&channels, channel),
                direction as u32,
            ]
        };
        let busy = self
            .timelines
            .iter()
            .enumerate()
            .filter(|(_, timeline)| !timeline.total.is_idle());
        let order = in_order(busy.map(|(at, _)| at).collect(), &|a, b| {
            let [a, b] = [a, b].map(|at| self.timelines.get(at).map(places_of));
            a.cmp(&b)
        });
        let mut places = vec![0; self.timelines.len()];
        out.count(order.len());
        for (n, at) in (0..).zip(order) {
            let (Some(timeline), Some(place)) = (self.timelines.get(at), places.get_mut(at)) else {
                continue;
            };
            *place = n;
            places_of(timeline)
                .into_iter()
                .for_each(|place| out.number(place.into()));
            let mut before = 0_u32;
            let mut quarter_hour = |quarter: u32, usage: Tally| {
                let after = quarter.saturating_add(1);
                out.number(after.saturating_sub(before).into());
                before = after;
                for n in [usage.messages, usage.calls, usage.total_seconds] {
                    out.number(n);
                }
            };
            match self.window {
                Some(_) => quarter_hour(0, timeline.total),
                None => timeline.each_quarter(&mut quarter_hour),
            }
            out.number(0);
        }

        if self.reading.dedupe {
            for table in 0..TABLES {
                out.count(self.ids.count(table));
                for (hash, entry) in self.ids.of_table(table) {
                    let (_, high, low) = hash.parts();
                    out.bytes(&high.to_le_bytes());
                    out.bytes(&low.to_le_bytes());
                    out.number(place(&places, entry.timeline).into());
                    out.number(entry.quarter.into());
                    out.number(match entry.usage {
                        Usage::Message => 0,
                        Usage::Call => 1,
                        Usage::Timed(seconds) => seconds.saturating_add(2),
                    });
                }
            }
        }
        out.bytes(&checksum(&out.0));
        out.0
    }
}

/// Bytes that are being written.
struct Out(Vec<u8>);

impl Out {
    fn number(&mut self, number: u64) {
        leb128::write(&mut self.0, number);
    }

    fn signed(&mut self, number: i64) {
        leb128::write_signed(&mut self.0, number);
    }

    fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    #[inline(never)]
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }

    #[inline(never)]
    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes(text.as_bytes());
    }

    fn diagnostics(&mut self, of: &Diagnostics) {
        for counter in counted(of) {
            self.number(counter);
        }
        let by_status = of.ignored.not_completed.entries();
        self.count(by_status.len());
        for (status, calls) in by_status {
            self.text(status);
            self.number(calls);
        }
        self.count(of.problems.len());
        for problem in &of.problems {
            self.text(&problem.path);
            self.text(&problem.code);
            self.text(&problem.message);
            self.number((problem.severity == Severity::Warning).into());
            for n in [problem.line, problem.byte_offset] {
                self.number(n.map_or(0, |n| n.saturating_add(1)));
            }
        }
    }

    /// Writes the ids that have a name or are busy. Returns the place of each by its number in `names`.
    fn names(&mut self, names: &Interner, busy: &[bool]) -> Vec<u32> {
        let is_listed = |number: &u32| {
            let is_busy = busy.get(*number as usize).is_some_and(|busy| *busy);
            *number != 0 && (is_busy || names.name(*number).is_some())
        };
        let numbers = names.iter().map(|(number, _)| number).filter(is_listed);
        let listed = in_order(numbers.map(|number| number as usize).collect(), &|a, b| {
            let [a, b] = [a, b].map(|number| names.at(number).map(|named| &named.id));
            a.cmp(&b)
        });
        let mut places = vec![0; names.count()];
        self.count(listed.len());
        for (place, number) in (1..).zip(listed) {
            let (Some(named), Some(slot)) = (names.at(number), places.get_mut(number)) else {
                continue;
            };
            *slot = place;
            self.text(&named.id);
            match &named.name {
                None => self.number(0),
                Some((at, name)) => {
                    self.number(1);
                    self.signed(*at);
                    self.text(name);
                }
            }
        }
        places
    }
}

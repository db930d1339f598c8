//! Where the records of one id have different times.
//!
//! An id counts once in all time in a rollup, and once in its period in the counts of a period. The two agree about a period if
//! no id has records on both sides of one of its ends. This is known without keeping every record: the span from the first to the
//! last record of such an id is kept, and a span that overlaps another one extends it.

use crate::calendar::period::Window;
use crate::counting::quarter_hours::{END, quarter_of};

/// How many spans are kept. Further ones extend the last one, so that more windows than necessary count as split.
const MOST: usize = 64;

/// The spans between the records of each id that has several times, as quarter hours, both ends inside. A free place has an end
/// of 0. The places are there from the beginning, so that noting a span needs no memory.
#[derive(Clone, Debug)]
pub struct Spreads([(u32, u32); MOST]);

impl Default for Spreads {
    fn default() -> Self {
        Spreads([(0, 0); MOST])
    }
}

impl Spreads {
    /// Notes that an id has records in two quarter hours.
    #[inline(never)]
    pub fn note(&mut self, one: u32, other: u32) {
        let (first, last) = (one.min(other), one.max(other));
        if first == last {
            return;
        }
        for (at, span) in self.0.iter_mut().enumerate() {
            let is_apart = last < span.0 || span.1 < first;
            if span.1 == 0 {
                *span = (first, last);
                return;
            }
            if !is_apart || at == MOST - 1 {
                *span = (span.0.min(first), span.1.max(last));
                return;
            }
        }
    }

    /// Notes that any id may have records in any quarter hours: those of a snapshot are not known.
    pub fn note_all(&mut self) {
        self.note(0, END);
    }

    /// Can an id have records both inside and outside a window? `true` also if that is not known.
    pub fn split(&self, window: Window) -> bool {
        let [start, end] = [window.start, window.end].map(|at| quarter_of(at).unwrap_or(if at < 0 { 0 } else { END }));
        let is_cut = |(first, last): &(u32, u32)| (*first < start && start <= *last) || (*first < end && end <= *last);
        self.0.iter().any(is_cut)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::counting::quarter_hours::{ALL_TIME, QUARTER};
    use proptest::prelude::*;

    fn window(start: u32, end: u32) -> Window {
        let at = |quarter: u32| ALL_TIME.start + i64::from(quarter) * QUARTER;
        Window {
            start: at(start),
            end: at(end),
        }
    }

    #[test]
    fn all_time_is_split_only_where_nothing_is_known() {
        let mut spreads = Spreads::default();
        assert!(!spreads.split(ALL_TIME));
        spreads.note(0, END - 1);
        assert!(!spreads.split(ALL_TIME) && spreads.split(window(1, END)) && spreads.split(window(0, 9)));
        spreads.note_all();
        assert!(spreads.split(window(0, 9)));
    }

    proptest! {
        #[test]
        fn no_split_is_missed(
            ids in prop::collection::vec(prop::collection::vec(0..400_u32, 1..4), 0..120),
            (start, length) in (0..400_u32, 1..200_u32),
        ) {
            // As a ledger does: each record is compared with one earlier record of its id.
            let mut spreads = Spreads::default();
            for quarters in &ids {
                for pair in quarters.windows(2) {
                    if let [one, other] = pair {
                        spreads.note(*one, *other);
                    }
                }
            }
            let inside = |quarter: &u32| (start..start + length).contains(quarter);
            let is_split = ids.iter().any(|all| all.iter().any(inside) && !all.iter().all(inside));
            prop_assert!(!is_split || spreads.split(window(start, start + length)));
        }

        #[test]
        fn few_spans_are_exact(ids in prop::collection::vec((0..60_u32, 1..3_u32), 0..5), start in 0..80_u32) {
            let mut spreads = Spreads::default();
            for (first, length) in &ids {
                spreads.note(*first + length, *first);
            }
            let is_cut = ids.iter().any(|(first, length)| *first < start && start <= first + length);
            prop_assert_eq!(spreads.split(window(start, 1000)), is_cut);
            prop_assert_eq!(spreads.split(window(0, start)), is_cut);
        }
    }
}

//! Forged snapshots: the fuzzer's seeds and every past failure, honest snapshots with changed bytes, and snapshots that are well
//! formed and lie. What must hold for them is in `forged.rs`.

use crate::forged::{Kind, check, check_bytes, honest};
use crate::fuzzed::{change, changed, seeds_of};
use crate::state::record;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use usage_by_agent::leb128::{write, write_signed};

const MAX_SAFE: u64 = (1 << 53) - 1;

#[test]
fn seeds_and_past_failures_pass() {
    let seeds = seeds_of("fuzz/snapshot-seeds");
    assert!(seeds.len() >= 8);
    seeds.iter().for_each(|seed| check_bytes(seed));
}

fn kind() -> impl Strategy<Value = Kind> {
    any::<[bool; 3]>().prop_map(|[of_a_period, dedupe, has_counted]| Kind {
        of_a_period,
        dedupe,
        has_counted,
    })
}

/// Mostly small, and otherwise near a limit or beyond it.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![
        200 => 0..4_u64,
        2 => Just(MAX_SAFE / 2),
        2 => (0..4_u64).prop_map(|n| MAX_SAFE - n),
        1 => (0..4_u64).prop_map(|n| MAX_SAFE + n),
        1 => 1 << 62..1_u64 << 63,
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "a", "b", "n", "sms", "busy", "\u{1F600}", "<b>", "=1"]).prop_map(str::to_owned)
}

/// Ids with their names. One id may be very long.
fn names() -> impl Strategy<Value = BTreeMap<String, Option<(i64, String)>>> {
    let id = prop_oneof![9 => text(), 1 => text().prop_map(|end| "x".repeat(70) + &end)];
    let id = id.prop_filter("an id is not empty", |id| !id.is_empty());
    let at = prop_oneof![Just(0), any::<i32>().prop_map(i64::from), -(1_i64 << 61)..1 << 61];
    prop::collection::btree_map(id, prop::option::of((at, text())), 0..4)
}

/// An id: its table and hash, its timeline, its quarter hour and its usage, as they are written.
type Id = ((u8, u64, u16), u64, u64, u64);

/// What a snapshot says, true or not.
#[derive(Clone, Debug)]
struct Said {
    counters: [u64; 10],
    statuses: BTreeMap<String, u64>,
    problems: Vec<(String, u64, u64)>,
    missing: [u64; 5],
    names: [BTreeMap<String, Option<(i64, String)>>; 3],
    sources: [u64; 8],
    timelines: BTreeMap<[u64; 4], BTreeMap<u32, [u64; 3]>>,
    ids: Vec<Id>,
}

fn said() -> impl Strategy<Value = Said> {
    let account = (
        [(); 10].map(|()| number()),
        prop::collection::btree_map(text(), number(), 0..3),
        prop::collection::vec((text(), number(), number()), 0..3),
        [(); 5].map(|()| number()),
    );
    let quarter = prop_oneof![Just(0_u32), 0..200_u32, 1_900_000..1_910_000_u32, Just(4_558_463)];
    let quarter_hours = prop::collection::btree_map(quarter.clone(), [number(), number(), number()], 0..5);
    let key = [0..4_u64, 0..3, 0..3, 0..5];
    let id = (
        (0..3_u8, prop_oneof![0..9_u64, any::<u64>()], 0..2_u16),
        0..4_u64,
        quarter.prop_map(u64::from),
        number(),
    );
    let counted = (
        [names(), names(), names()],
        [(); 8].map(|()| 0..4_u64),
        prop::collection::btree_map(key, quarter_hours, 0..4),
        prop::collection::vec(id, 0..12),
    );
    (account, counted).prop_map(
        |((counters, statuses, problems, missing), (names, sources, timelines, ids))| Said {
            counters,
            statuses,
            problems,
            missing,
            names,
            sources,
            timelines,
            ids,
        },
    )
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    write(out, text.len() as u64);
    out.extend(text.as_bytes());
}

impl Said {
    /// The bytes between the head and the checksum.
    fn body(&self, kind: Kind) -> Vec<u8> {
        let mut out = Vec::new();
        self.counters.iter().for_each(|n| write(&mut out, *n));
        write(&mut out, self.statuses.len() as u64);
        for (status, calls) in &self.statuses {
            write_text(&mut out, status);
            write(&mut out, *calls);
        }
        write(&mut out, self.problems.len() as u64);
        for (text, line, offset) in &self.problems {
            (0..3).for_each(|_| write_text(&mut out, text));
            [1, *line, *offset].iter().for_each(|n| write(&mut out, *n));
        }
        self.missing.iter().for_each(|n| write(&mut out, *n));
        for (place, names) in self.names.iter().enumerate() {
            write(&mut out, names.len() as u64);
            for (id, name) in names {
                write_text(&mut out, id);
                write(&mut out, name.is_some().into());
                if let Some((at, name)) = name {
                    write_signed(&mut out, *at);
                    write_text(&mut out, name);
                }
            }
            if place == 1 {
                self.sources[..=names.len()]
                    .iter()
                    .for_each(|ways| write(&mut out, *ways));
            }
        }
        write(&mut out, self.timelines.len() as u64);
        for (key, quarter_hours) in &self.timelines {
            key.iter().for_each(|place| write(&mut out, *place));
            let mut before = 0;
            for (quarter, usage) in quarter_hours {
                write(&mut out, u64::from(quarter + 1 - before));
                before = quarter + 1;
                usage.iter().for_each(|n| write(&mut out, *n));
            }
            write(&mut out, 0);
        }
        let ids: BTreeMap<_, _> = self.ids.iter().map(|id| (id.0, id)).collect();
        for table in (0..64).filter(|_| kind.dedupe) {
            let of_table: Vec<_> = ids.values().filter(|((of, ..), ..)| *of == table).collect();
            write(&mut out, of_table.len() as u64);
            for ((_, high, low), timeline, quarter, usage) in of_table {
                out.extend(high.to_le_bytes());
                out.extend(low.to_le_bytes());
                [*timeline, *quarter, *usage].iter().for_each(|n| write(&mut out, *n));
            }
        }
        out
    }

    /// The nearest of these claims that the format allows, so that it is not refused at once.
    fn well_formed(mut self) -> Said {
        let counts = |n: &mut u64| *n = (*n).min(MAX_SAFE);
        self.counters.iter_mut().chain(&mut self.missing).for_each(counts);
        self.statuses.values_mut().for_each(|n| *n = (*n).clamp(1, MAX_SAFE));
        let lengths: Vec<_> = self.names.iter().map(|names| names.len() as u64 + 1).collect();
        for quarter_hours in self.timelines.values_mut() {
            for usage in quarter_hours.values_mut() {
                usage.iter_mut().for_each(counts);
                if usage[0] + usage[1] == 0 {
                    usage[0] = 1;
                }
                if usage[1] == 0 {
                    usage[2] = 0;
                }
            }
        }
        self.timelines.retain(|key, quarter_hours| {
            let fits = key
                .iter()
                .zip(lengths.iter().chain([&4]))
                .all(|(place, count)| place < count);
            fits && !quarter_hours.is_empty()
        });
        let timelines = self.timelines.len() as u64;
        self.ids.retain(|id| id.1 < timelines);
        self
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn snapshots_that_lie_do_no_other_harm(kind in kind(), said in said(), is_well_formed in prop::bool::weighted(0.8)) {
        let said = if is_well_formed { said.well_formed() } else { said };
        check(kind, &said.body(kind));
    }

    #[test]
    fn changed_honest_snapshots_do_no_harm(
        kind in kind(),
        records in prop::collection::vec(record(), 0..12),
        changes in prop::collection::vec(change(), 0..5),
    ) {
        let mut body = honest(kind, &records.join("\n"));
        changes.iter().for_each(|change| changed(&mut body, change));
        check(kind, &body);
    }

    #[test]
    fn changed_seeds_do_no_harm(
        seed in prop::sample::select(seeds_of("fuzz/snapshot-seeds")),
        changes in prop::collection::vec(change(), 0..5),
    ) {
        let mut seed = seed;
        changes.iter().for_each(|change| changed(&mut seed, change));
        check_bytes(&seed);
    }
}

/// The lies above are mostly accepted: a test of refused snapshots would show little.
#[test]
fn most_well_formed_lies_are_accepted() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut accepted = 0;
    for _ in 0..300 {
        let mut new = |strategy: BoxedStrategy<Said>| strategy.new_tree(&mut runner).unwrap().current();
        let said = new(said().boxed()).well_formed();
        let kind = Kind {
            of_a_period: false,
            dedupe: true,
            has_counted: true,
        };
        accepted += usize::from(check(kind, &said.body(kind)));
    }
    assert!(accepted > 60, "{accepted} of 300");
}

/// A rollup's snapshot without usage that says this.
fn claims(change: impl Fn(&mut Said)) -> Said {
    let mut said = Said {
        counters: [0; 10],
        statuses: BTreeMap::new(),
        problems: Vec::new(),
        missing: [0; 5],
        names: Default::default(),
        sources: [0; 8],
        timelines: BTreeMap::new(),
        ids: Vec::new(),
    };
    change(&mut said);
    said
}

const ROLLUP: Kind = Kind {
    of_a_period: false,
    dedupe: true,
    has_counted: false,
};

/// Each of these was accepted once, and one of the counts' answers failed from then on.
#[test]
fn numbers_that_no_count_can_have_are_refused() {
    let message = |messages, calls, seconds| {
        claims(|said| {
            let usage = BTreeMap::from([(7, [messages, calls, seconds])]);
            said.timelines.extend([([0; 4], usage)]);
        })
    };
    for (what, said, want) in [
        ("nothing", claims(|_| {}), true),
        (
            "records without an id",
            claims(|said| said.counters[8] = MAX_SAFE),
            true,
        ),
        (
            "too many of them",
            claims(|said| said.counters[8] = MAX_SAFE + 1),
            false,
        ),
        (
            "a line",
            claims(|said| said.problems.push(("p".to_owned(), MAX_SAFE + 1, 0))),
            true,
        ),
        (
            "a later line",
            claims(|said| said.problems.push(("p".to_owned(), MAX_SAFE + 2, 0))),
            false,
        ),
        (
            "a byte offset",
            claims(|said| said.problems.push(("p".to_owned(), 0, 1 << 62))),
            false,
        ),
        (
            "a status without calls",
            claims(|said| said.statuses.extend([("busy".to_owned(), 0)])),
            false,
        ),
        ("usage", message(1, 1, MAX_SAFE), true),
        ("seconds without a call", message(1, 0, 5), false),
        ("too many records", message(MAX_SAFE, 1, 0), false),
        (
            "a timeline without usage",
            claims(|said| said.timelines.extend([([0; 4], BTreeMap::new())])),
            false,
        ),
    ] {
        assert_eq!(check(ROLLUP, &said.body(ROLLUP)), want, "{what}");
    }
}

#[test]
fn the_seeds_have_every_kind() {
    let firsts: BTreeSet<_> = seeds_of("fuzz/snapshot-seeds").iter().map(|seed| seed[0] & 3).collect();
    assert_eq!(firsts, BTreeSet::from([0, 1, 2, 3]));
}

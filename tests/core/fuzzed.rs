//! A bounded run of the fuzzer's harness: its seeds and every past failure, unchanged and changed at random.

use crate::harness::{check, check_bytes};
use proptest::prelude::*;
use std::path::Path;

fn seeds() -> Vec<Vec<u8>> {
    seeds_of("fuzz/seeds")
}

/// The files of a folder of seeds.
pub fn seeds_of(folder: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.into_iter().map(|file| std::fs::read(file).unwrap()).collect()
}

#[test]
fn seeds_and_past_failures_pass() {
    let seeds = seeds();
    assert!(seeds.len() >= 10);
    for seed in seeds {
        check_bytes(&seed);
    }
}

/// A change as a fuzzer makes it: bytes are overwritten, removed, or copied from elsewhere.
#[derive(Clone, Debug)]
pub enum Change {
    Set(prop::sample::Index, u8),
    Cut(prop::sample::Index, usize),
    Copy(prop::sample::Index, prop::sample::Index, usize),
}

pub fn change() -> impl Strategy<Value = Change> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(&b"\"\\{}[],:\n 0e.-u\xef"[..])];
    prop_oneof![
        (any::<prop::sample::Index>(), byte).prop_map(|(at, byte)| Change::Set(at, byte)),
        (any::<prop::sample::Index>(), 1..20_usize).prop_map(|(at, count)| Change::Cut(at, count)),
        (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1..40_usize)
            .prop_map(|(from, to, count)| Change::Copy(from, to, count)),
    ]
}

pub fn changed(text: &mut Vec<u8>, change: &Change) {
    if text.is_empty() {
        return;
    }
    match change {
        Change::Set(at, byte) => {
            let at = at.index(text.len());
            text[at] = *byte;
        }
        Change::Cut(at, count) => {
            let at = at.index(text.len());
            text.drain(at..text.len().min(at + count));
        }
        Change::Copy(from, to, count) => {
            let from = from.index(text.len());
            let copy = text[from..text.len().min(from + count)].to_vec();
            let to = to.index(text.len());
            text.splice(to..to, copy);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn changed_seeds_pass(
        seed in prop::sample::select(seeds()),
        changes in prop::collection::vec(change(), 0..5),
        sizes in prop::collection::vec(1..200_usize, 1..4),
    ) {
        let mut text = seed.get(2..).unwrap_or_default().to_vec();
        for change in &changes {
            changed(&mut text, change);
        }
        check(&text, &sizes);
    }
}

//! Names of zones, and texts that are almost names.

use crate::fuzzed::{change, changed, seeds_of};
use crate::texts::{check_bytes, zone_name};
use proptest::prelude::*;
use usage_by_agent::calendar::zone::Zone;

#[test]
fn seeds_and_past_failures_of_texts_pass() {
    let seeds = seeds_of("fuzz/text-seeds");
    assert!(seeds.len() >= 4);
    for seed in seeds {
        check_bytes(&seed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn names_that_are_changed_are_known_or_refused(
        name in prop::sample::select(Zone::names().collect::<Vec<_>>()),
        changes in prop::collection::vec(change(), 0..3),
        upper in any::<bool>(),
    ) {
        let mut text = if upper { name.to_ascii_uppercase() } else { name.to_owned() }.into_bytes();
        for one in &changes {
            changed(&mut text, one);
        }
        zone_name(&String::from_utf8_lossy(&text));
    }
}

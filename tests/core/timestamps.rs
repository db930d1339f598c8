//! Compares the reading of timestamps with chrono's dates and times.

use crate::texts::timestamp;
use proptest::prelude::*;

/// Text in the form of a timestamp, of moments that exist and of some that do not.
fn text() -> impl Strategy<Value = String> {
    let date = (0..10_000_u32, 0..14_u32, 0..33_u32);
    let time = (0..26_u32, 0..62_u32, 0..63_u32);
    let between = prop::sample::select(&["T", "T", "T", "t", " ", "_"][..]);
    let fraction = prop_oneof![Just(String::new()), "\\.[0-9]{0,12}"];
    let zone = prop_oneof![Just("Z".to_owned()), "z|", "[+-][0-2][0-9]:[0-6][0-9]", "[+-][0-9]{4}"];
    (date, between, time, fraction, zone).prop_map(|((y, m, d), between, (h, n, s), fraction, zone)| {
        format!("{y:04}-{m:02}-{d:02}{between}{h:02}:{n:02}:{s:02}{fraction}{zone}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn timestamps_are_read_as_chrono_reads_them(text in text()) {
        timestamp(text.as_bytes());
    }

    #[test]
    fn timestamps_with_bytes_changed_are_read_as_chrono_reads_them(text in text(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..3), cut in 0..4_usize) {
        let mut text = text.into_bytes();
        for (at, byte) in changes {
            let at = at.index(text.len());
            text[at] = byte;
        }
        timestamp(&text);
        text.truncate(text.len() - cut);
        timestamp(&text);
    }
}

#[test]
fn every_day_of_twelve_centuries_and_every_byte_in_every_place_is_read_as_chrono_reads_it() {
    for year in (0..400).chain(1600..2400) {
        for month in 0..14 {
            for day in 0..33 {
                timestamp(format!("{year:04}-{month:02}-{day:02}T12:00:00Z").as_bytes());
            }
        }
    }
    let text = b"2024-06-01T12:34:56.789+05:45";
    for at in 0..text.len() {
        for byte in 0..=255 {
            let mut text = *text;
            text[at] = byte;
            timestamp(&text);
        }
    }
}

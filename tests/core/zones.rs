//! Compares the zone tables with chrono-tz, an independent reading of the tz database: where each local date begins, in every
//! zone, from 1970 to 2099.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::{GapInfo, IANA_TZDB_VERSION, TZ_VARIANTS, Tz};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use usage_by_agent::calendar::zone::{TZDB_VERSION, Zone};

/// Zones that changed after 2025b, the release of chrono-tz: the first local date that differs, and the release that changed it.
/// A zone that no longer differs must be removed, or the test fails.
const CHANGED_SINCE_2025B: &[(&str, &str, &str)] = &[
    ("Africa/Casablanca", "2026-09-21", "2026c"),
    ("Africa/El_Aaiun", "2026-09-21", "2026c"),
    ("America/Bogota", "1992-05-03", "2026d"),
    ("America/Edmonton", "2026-11-02", "2026c"),
    ("America/Ensenada", "1970-04-27", "2025c"),
    ("America/Havana", "2026-11-02", "2026f"),
    ("America/Inuvik", "2026-11-02", "2026d"),
    ("America/Rainy_River", "2026-11-02", "2026e"),
    ("America/Santa_Isabel", "1970-04-27", "2025c"),
    ("America/Tijuana", "1970-04-27", "2025c"),
    ("America/Vancouver", "2026-11-02", "2026b"),
    ("America/Winnipeg", "2026-11-02", "2026e"),
    ("America/Yellowknife", "2026-11-02", "2026c"),
    ("Asia/Tehran", "1979-05-27", "2026d"),
    ("Canada/Central", "2026-11-02", "2026e"),
    ("Canada/Mountain", "2026-11-02", "2026c"),
    ("Canada/Pacific", "2026-11-02", "2026b"),
    ("Cuba", "2026-11-02", "2026f"),
    ("Iran", "1979-05-27", "2026d"),
    ("Mexico/BajaNorte", "1970-04-27", "2025c"),
];

fn first_instant(zone: &Tz, date: NaiveDate) -> i64 {
    let midnight = date.and_time(NaiveTime::MIN);
    let earliest = zone.from_local_datetime(&midnight).earliest();
    earliest
        .or_else(|| GapInfo::new(&midnight, zone)?.end)
        .unwrap()
        .timestamp_millis()
}

/// Calls `check` with each zone, on all cores.
fn for_each_zone(check: impl Fn(Tz) + Sync) {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(&tz) = TZ_VARIANTS.get(next.fetch_add(1, Ordering::Relaxed)) {
            check(tz);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(work);
        }
    });
}

#[test]
fn every_local_date_begins_at_the_instant_of_chrono_tz() {
    let compared = AtomicUsize::new(0);
    let differ = Mutex::new(Vec::new());
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    for_each_zone(|tz| {
        let zone = Zone::named(tz.name()).unwrap();
        let mut date = day(1970, 1, 1);
        let mut count = 0;
        while date <= day(2100, 1, 1) {
            if zone.first_instant(date) != Some(first_instant(&tz, date)) {
                differ.lock().unwrap().push((tz.name(), date.to_string()));
                break;
            }
            date = date.checked_add_days(Days::new(1)).unwrap();
            count += 1;
        }
        compared.fetch_add(count, Ordering::Relaxed);
    });
    println!("{compared:?} dates compared: tz database {TZDB_VERSION} here, {IANA_TZDB_VERSION} in chrono-tz");
    let mut differ = differ.into_inner().unwrap();
    differ.sort_unstable();
    let differ: Vec<_> = differ.iter().map(|(name, date)| (*name, date.as_str())).collect();
    let changed: Vec<_> = CHANGED_SINCE_2025B
        .iter()
        .map(|(name, date, _)| (*name, *date))
        .collect();
    assert_eq!(differ, changed);
}

/// Zones that changed after 2025b without effect on the beginning of a local date: only the hour of a transition differs.
const CHANGED_BY_HOUR: &[(&str, &str)] = &[("Europe/Chisinau", "2026a"), ("Europe/Tiraspol", "2026a")];

#[test]
fn clocks_show_the_local_time_of_chrono_tz() {
    let differ = Mutex::new(Vec::new());
    for_each_zone(|tz| {
        if CHANGED_SINCE_2025B.iter().any(|(name, ..)| *name == tz.name()) {
            return;
        }
        let zone = Zone::named(tz.name()).unwrap();
        let theirs = |at| {
            tz.from_utc_datetime(&DateTime::from_timestamp_millis(at).unwrap().naive_utc())
                .naive_local()
        };
        // Every hour within a day of a change of the offset. Steps of six hours find the changes, from 1970 to 2100.
        let mut at = 0;
        let mut before = zone.local(at);
        while at < 4_102_444_800_000 {
            at += 6 * 3_600_000;
            let now = zone.local(at);
            let is_even = now
                .zip(before)
                .is_some_and(|(now, before)| now - before == TimeDelta::hours(6));
            let steps = if is_even { 0..=0 } else { -24..=24 };
            if steps
                .map(|n| at + n * 3_600_000 - 1)
                .any(|at| zone.local(at) != Some(theirs(at)))
            {
                differ.lock().unwrap().push(tz.name());
                break;
            }
            before = now;
        }
    });
    let mut differ = differ.into_inner().unwrap();
    differ.sort_unstable();
    let changed: Vec<_> = CHANGED_BY_HOUR.iter().map(|(name, _)| *name).collect();
    assert_eq!(differ, changed);
}

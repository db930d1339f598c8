//! Options, from whatever a caller gave to what the core works with; each fault says which option and what it takes.

use crate::error::{Code, Place, UsageError, listed, number_shown, shown};
use crate::index::Names;
use crate::period::{Boundaries, Bounds, Period};
use crate::timestamp::{self, Naive};
use crate::walk::{self, Json};
use crate::what_if::WhatIf;
use crate::zone::Zone;
use chrono::Weekday;
use std::fmt;

/// A period query and a report's options as a caller gave them: any value may stand anywhere.
#[derive(Clone, Debug, Default)]
pub struct RawQuery {
    /// `"week"`, `"month"` or `"year"`.
    pub period: Loose,
    /// IANA name.
    pub tz: Loose,
    /// Epoch milliseconds, or RFC 3339 text with an offset.
    pub now: Loose,
    /// `"monday"` to `"sunday"`.
    pub week_start: Loose,
    /// Whole periods.
    pub offset: Loose,
    /// `"instant"` or `"wall-clock"`.
    pub boundaries: Loose,
    /// The directory.
    pub agents: Vec<RawAgent>,
    /// Rows of zeros too?
    pub include_idle: Loose,
    /// Count an id once?
    pub dedupe: Loose,
    /// `"throw"` or `"skip"`.
    pub on_invalid: Loose,
    /// `"reject"` or `"utc"`.
    pub naive_timestamps: Loose,
    /// Of a daily series.
    pub days: Loose,
    /// Of a monthly one.
    pub months: Loose,
    /// Of [`WhatIf`], as is the next: only `reconcile` of the face asks for them.
    pub also: Loose,
    /// See there.
    pub step: Loose,
}

/// An entry of the directory as a caller gave it.
#[derive(Clone, Debug, Default)]
pub struct RawAgent {
    /// Its id.
    pub id: Loose,
    /// Its name.
    pub name: Loose,
}

/// A value of any type.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Loose {
    /// Absent, `undefined` or `null`: the default.
    #[default]
    Missing,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(Box<str>),
    /// Something else, by its type's name.
    Other(Box<str>),
}

impl From<&str> for Loose {
    fn from(text: &str) -> Self {
        Loose::Text(text.into())
    }
}

impl fmt::Display for Loose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Loose::Missing => f.write_str("missing"),
            Loose::Bool(b) => write!(f, "{b}"),
            Loose::Number(n) => f.write_str(&number_shown(*n)),
            Loose::Text(text) => f.write_str(&shown(text)),
            Loose::Other(kind) => f.write_str(kind),
        }
    }
}

impl Loose {
    /// The value that a JSON text is; absent is missing. What JSON can't hold comes as `{"typeName": "a function"}`.
    pub fn from_json(text: Option<&str>) -> Self {
        let Some(text) = text else { return Loose::Missing };
        match walk::read(text) {
            Json::Null => Loose::Missing,
            Json::Bool(b) => Loose::Bool(b),
            Json::Number(n) => Loose::Number(n),
            Json::Text(text) => Loose::Text(text.into()),
            Json::BrokenText => Loose::Other("text with a lone surrogate".into()),
            Json::Array(_) => Loose::Other("an array".into()),
            Json::Object(object) => {
                let [name] = walk::values(object, ["typeName"]);
                match name.map(walk::read) {
                    Some(Json::Text(name)) => Loose::Other(name.into()),
                    _ => Loose::Other("an object".into()),
                }
            }
        }
    }
}

/// Which period is asked for.
#[derive(Clone, Debug)]
pub struct PeriodQuery {
    /// The period's bounds.
    pub bounds: Bounds,
    /// How they are written.
    pub boundaries: Boundaries,
}

/// A period query without its moment: what stays the same when it is asked again.
#[derive(Clone, Debug)]
pub struct Question {
    /// The kind of period.
    pub period: Period,
    /// Whose days.
    pub zone: Zone,
    /// The first day of a week.
    pub week_start: Weekday,
    /// Whole periods from the one that holds the moment.
    pub offset: i64,
    /// How the bounds are written.
    pub boundaries: Boundaries,
}

impl Question {
    /// The period of a moment, in epoch milliseconds.
    ///
    /// # Errors
    /// `out_of_range`.
    pub fn at(&self, now: i64) -> Result<PeriodQuery, UsageError> {
        Ok(PeriodQuery {
            bounds: Bounds::of(self.period, &self.zone, now, self.week_start, self.offset)?,
            boundaries: self.boundaries,
        })
    }
}

/// How records are read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Is an invalid record counted and passed over (true), or the end (false)?
    pub skip_invalid: bool,
    /// What a timestamp without an offset is.
    pub naive: Naive,
    /// Does an id count once only?
    pub dedupe: bool,
    /// What is counted otherwise than it should be.
    pub what_if: WhatIf,
}

/// Which days or months are asked for: the last `count` up to the one that holds `now`.
#[derive(Clone, Debug)]
pub struct SeriesQuery {
    /// Whose days these are.
    pub zone: Zone,
    /// Epoch milliseconds.
    pub now: i64,
    /// How many.
    pub count: u16,
}

/// A report's question.
#[derive(Clone, Debug)]
pub struct UsageQuery {
    /// Which period.
    pub period: PeriodQuery,
    /// Agents' names by id.
    pub directory: Names,
    /// Rows of zeros for agents of the directory without usage?
    pub include_idle: bool,
    /// How records are read.
    pub reading: Reading,
}

fn wrong<T>(code: Code, option: &str, got: &Loose, wanted: &str) -> Result<T, UsageError> {
    Err(fault(code, option, got, wanted))
}

// This and `chosen` are not generic, as they would be compiled once for each type.
fn fault(code: Code, option: &str, got: &Loose, wanted: &str) -> UsageError {
    UsageError::new(code, format!("{option} is {got}: wanted {wanted}")).at(Place::at(format!("/{option}")))
}

/// Which of these names an option is.
fn chosen(code: Code, option: &str, got: &Loose, names: &[&str]) -> Result<usize, UsageError> {
    if let Loose::Text(text) = got
        && let Some(at) = names.iter().position(|name| *name == &**text)
    {
        return Ok(at);
    }
    wrong(code, option, got, &format!("\"{}\"", listed(names, "\", \"")))
}

fn choose<T: Copy, const N: usize>(
    code: Code,
    option: &str,
    got: &Loose,
    choices: &[(&str, T); N],
) -> Result<T, UsageError> {
    let at = chosen(code, option, got, &choices.map(|(name, _)| name))?;
    match choices.get(at) {
        Some((_, value)) => Ok(*value),
        None => wrong(code, option, got, "one that is there"),
    }
}

fn choose_or<T: Copy + Default, const N: usize>(
    option: &str,
    got: &Loose,
    choices: &[(&str, T); N],
) -> Result<T, UsageError> {
    if *got == Loose::Missing {
        Ok(T::default())
    } else {
        choose(Code::InvalidOption, option, got, choices)
    }
}

fn flag(option: &str, got: &Loose, default: bool) -> Result<bool, UsageError> {
    match got {
        Loose::Missing => Ok(default),
        Loose::Bool(b) => Ok(*b),
        _ => wrong(Code::InvalidOption, option, got, "true or false"),
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn count(option: &str, got: &Loose, most: u16) -> Result<Option<u16>, UsageError> {
    match got {
        Loose::Missing => Ok(None),
        Loose::Number(n) if n.fract() == 0.0 && *n >= 1.0 && *n <= f64::from(most) => Ok(Some(*n as u16)),
        _ => {
            let wanted = format!("a whole number from 1 to {most}");
            wrong(Code::InvalidOption, option, got, &wanted)
        }
    }
}

/// The days of a week as options name them.
pub const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

/// What `now` may be.
const WANTED: &str = "a Date, epoch milliseconds, or RFC 3339 text with an offset";

/// The moment that a number of epoch milliseconds means, if it is one that a `Date` can hold.
#[allow(clippy::cast_possible_truncation)]
pub fn moment(ms: f64) -> Option<i64> {
    (ms.abs() <= timestamp::MAX_TIME).then(|| ms.floor() as i64)
}

const BOUNDARIES: [(&str, Boundaries); 2] = [("instant", Boundaries::Instant), ("wall-clock", Boundaries::WallClock)];

impl RawQuery {
    /// A query from the text of a JSON object that is known to be valid, as the face writes it: absent options are the
    /// defaults, unknown ones are passed over.
    pub fn from_json(text: &str) -> Self {
        const KEYS: [&str; 15] = [
            "period",
            "tz",
            "now",
            "weekStart",
            "offset",
            "boundaries",
            "includeIdle",
            "dedupe",
            "onInvalid",
            "naiveTimestamps",
            "days",
            "months",
            "agents",
            "also",
            "step",
        ];
        let [
            period,
            tz,
            now,
            week_start,
            offset,
            boundaries,
            include_idle,
            dedupe,
            on_invalid,
            naive,
            days,
            months,
            agents,
            also,
            step,
        ] = walk::values(text, KEYS);
        let agent = |text| {
            let [id, name] = walk::values(text, ["id", "name"]);
            RawAgent {
                id: Loose::from_json(id),
                name: Loose::from_json(name),
            }
        };
        RawQuery {
            period: Loose::from_json(period),
            tz: Loose::from_json(tz),
            now: Loose::from_json(now),
            week_start: Loose::from_json(week_start),
            offset: Loose::from_json(offset),
            boundaries: Loose::from_json(boundaries),
            include_idle: Loose::from_json(include_idle),
            dedupe: Loose::from_json(dedupe),
            on_invalid: Loose::from_json(on_invalid),
            naive_timestamps: Loose::from_json(naive),
            days: Loose::from_json(days),
            months: Loose::from_json(months),
            also: Loose::from_json(also),
            step: Loose::from_json(step),
            agents: agents.map_or_else(Vec::new, |list| walk::items(list).map(agent).collect()),
        }
    }

    /// Which period is meant.
    ///
    /// # Errors
    /// `invalid_period`, `invalid_tz`, `invalid_now`, `invalid_option`, `out_of_range`.
    pub fn period(&self) -> Result<PeriodQuery, UsageError> {
        self.question()?.at(self.now()?)
    }

    /// The query without its moment.
    ///
    /// # Errors
    /// `invalid_period`, `invalid_tz`, `invalid_option`.
    pub fn question(&self) -> Result<Question, UsageError> {
        Ok(Question {
            period: self.kind()?,
            zone: self.zone()?,
            week_start: self.first_day()?,
            offset: self.offset()?,
            boundaries: self.written()?,
        })
    }

    /// The kind of period.
    ///
    /// # Errors
    /// `invalid_period`.
    pub fn kind(&self) -> Result<Period, UsageError> {
        let periods = [("week", Period::Week), ("month", Period::Month), ("year", Period::Year)];
        choose(Code::InvalidPeriod, "period", &self.period, &periods)
    }

    /// The first day of a week.
    ///
    /// # Errors
    /// `invalid_option`.
    pub fn first_day(&self) -> Result<Weekday, UsageError> {
        match self.week_start {
            Loose::Missing => Ok(Weekday::Mon),
            ref given => choose(Code::InvalidOption, "weekStart", given, &WEEKDAYS),
        }
    }

    /// The zone.
    ///
    /// # Errors
    /// `invalid_tz`.
    pub fn zone(&self) -> Result<Zone, UsageError> {
        match &self.tz {
            Loose::Missing => Ok(Zone::utc()),
            Loose::Text(name) => Zone::named(name).map_err(|e| e.at(Place::at("/tz"))),
            other => wrong(
                Code::InvalidTz,
                "tz",
                other,
                "a name of the IANA tz database, or null for UTC",
            ),
        }
    }

    /// The moment whose period is meant, in epoch milliseconds.
    ///
    /// # Errors
    /// `invalid_now`.
    pub fn now(&self) -> Result<i64, UsageError> {
        match &self.now {
            Loose::Number(ms) => moment(*ms),
            Loose::Text(text) => timestamp::from_text(text, Naive::Reject).ok(),
            _ => None,
        }
        .map_or_else(|| wrong(Code::InvalidNow, "now", &self.now, WANTED), Ok)
    }

    /// How bounds are written.
    ///
    /// # Errors
    /// `invalid_option`.
    pub fn written(&self) -> Result<Boundaries, UsageError> {
        choose_or("boundaries", &self.boundaries, &BOUNDARIES)
    }

    /// Whole periods from the one that holds the moment.
    ///
    /// # Errors
    /// `invalid_option`.
    #[allow(clippy::cast_possible_truncation)]
    pub fn offset(&self) -> Result<i64, UsageError> {
        match self.offset {
            Loose::Missing => Ok(0),
            // The cast saturates, and what is that far away is out of range.
            Loose::Number(n) if n.is_finite() && n.fract() == 0.0 => Ok(n as i64),
            ref other => wrong(Code::InvalidOption, "offset", other, "a whole number of periods"),
        }
    }

    /// Which days are asked for: 1 to 365, or 30.
    ///
    /// # Errors
    /// `invalid_tz`, `invalid_now`, `invalid_option`.
    pub fn days(&self) -> Result<SeriesQuery, UsageError> {
        self.last(self.day_count()?.unwrap_or(30))
    }

    /// Which months are asked for: 1 to 24, or 6.
    ///
    /// # Errors
    /// `invalid_tz`, `invalid_now`, `invalid_option`.
    pub fn months(&self) -> Result<SeriesQuery, UsageError> {
        self.last(self.month_count()?.unwrap_or(6))
    }

    /// How many days, if that is said.
    ///
    /// # Errors
    /// `invalid_option`.
    pub fn day_count(&self) -> Result<Option<u16>, UsageError> {
        count("days", &self.days, 365)
    }

    /// How many months, if that is said.
    ///
    /// # Errors
    /// `invalid_option`.
    pub fn month_count(&self) -> Result<Option<u16>, UsageError> {
        count("months", &self.months, 24)
    }

    #[inline(never)]
    fn last(&self, count: u16) -> Result<SeriesQuery, UsageError> {
        Ok(SeriesQuery {
            zone: self.zone()?,
            now: self.now()?,
            count,
        })
    }

    /// How records are read.
    ///
    /// # Errors
    /// `invalid_option`.
    pub fn reading(&self) -> Result<Reading, UsageError> {
        Ok(Reading {
            skip_invalid: choose_or("onInvalid", &self.on_invalid, &[("throw", false), ("skip", true)])?,
            naive: choose_or(
                "naiveTimestamps",
                &self.naive_timestamps,
                &[("reject", Naive::Reject), ("utc", Naive::Utc)],
            )?,
            dedupe: flag("dedupe", &self.dedupe, true)?,
            what_if: WhatIf {
                also: if let Loose::Text(also) = &self.also {
                    also.clone().into_string()
                } else {
                    String::new()
                },
                step: if let Loose::Number(step) = self.step { step } else { 0.0 },
            },
        })
    }

    /// Agents' names by id; of an id that comes twice, the last.
    ///
    /// # Errors
    /// `invalid_option`.
    pub fn directory(&self) -> Result<Names, UsageError> {
        let mut directory = Names::default();
        for (at, agent) in (0..).zip(&self.agents) {
            match (&agent.id, &agent.name) {
                (Loose::Text(id), Loose::Text(name)) if !id.is_empty() => {
                    let number = directory.number(id);
                    directory.call(number, at, name);
                }
                (Loose::Text(id), name) if !id.is_empty() => {
                    return wrong(Code::InvalidOption, &format!("agents/{at}/name"), name, "a string");
                }
                (id, _) => {
                    let wanted = "a string that is not empty";
                    return wrong(Code::InvalidOption, &format!("agents/{at}/id"), id, wanted);
                }
            }
        }
        Ok(directory)
    }

    /// The whole question.
    ///
    /// # Errors
    /// As of [`RawQuery::period`], [`RawQuery::reading`] and [`RawQuery::directory`].
    pub fn usage(&self) -> Result<UsageQuery, UsageError> {
        Ok(UsageQuery {
            period: self.period()?,
            directory: self.directory()?,
            include_idle: flag("includeIdle", &self.include_idle, false)?,
            reading: self.reading()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> RawQuery {
        RawQuery::from_json(json)
    }

    #[test]
    fn defaults_are_those_of_the_contract() {
        let query = raw(r#"{"period":"month","now":"2024-06-15T12:00:00Z","tz":null}"#)
            .usage()
            .unwrap();
        assert_eq!(query.period.bounds.zone, Zone::utc());
        assert_eq!(query.period.boundaries, Boundaries::Instant);
        assert!(query.reading.dedupe && !query.reading.skip_invalid && !query.include_idle);
        assert_eq!(query.reading.naive, Naive::Reject);
    }

    #[test]
    fn a_wrong_option_is_named_with_its_code() {
        for (json, code, path) in [
            (r#"{}"#, Code::InvalidPeriod, "/period"),
            (r#"{"period":"Month"}"#, Code::InvalidPeriod, "/period"),
            (r#"{"period":["month"]}"#, Code::InvalidPeriod, "/period"),
            (
                r#"{"period":"month","tz":"Mars/Olympus","now":0}"#,
                Code::InvalidTz,
                "/tz",
            ),
            (r#"{"period":"month","tz":"","now":0}"#, Code::InvalidTz, "/tz"),
            (r#"{"period":"month","tz":5,"now":0}"#, Code::InvalidTz, "/tz"),
            (r#"{"period":"month"}"#, Code::InvalidNow, "/now"),
            (
                r#"{"period":"month","now":"2024-06-01T00:00:00"}"#,
                Code::InvalidNow,
                "/now",
            ),
            (r#"{"period":"month","now":1e16}"#, Code::InvalidNow, "/now"),
            (r#"{"period":"month","now":{"a":[1]}}"#, Code::InvalidNow, "/now"),
            (
                r#"{"period":"month","now":0,"weekStart":"Mon"}"#,
                Code::InvalidOption,
                "/weekStart",
            ),
            (
                r#"{"period":"month","now":0,"offset":0.5}"#,
                Code::InvalidOption,
                "/offset",
            ),
            (
                r#"{"period":"month","now":0,"offset":1e300}"#,
                Code::OutOfRange,
                "/offset",
            ),
            (r#"{"period":"month","now":-1}"#, Code::OutOfRange, "/now"),
            (
                r#"{"period":"month","now":0,"boundaries":true}"#,
                Code::InvalidOption,
                "/boundaries",
            ),
            (
                r#"{"period":"month","now":0,"dedupe":"yes"}"#,
                Code::InvalidOption,
                "/dedupe",
            ),
            (
                r#"{"period":"month","now":0,"onInvalid":"ignore"}"#,
                Code::InvalidOption,
                "/onInvalid",
            ),
            (
                r#"{"period":"month","now":0,"naiveTimestamps":"local"}"#,
                Code::InvalidOption,
                "/naiveTimestamps",
            ),
            (
                r#"{"period":"month","now":0,"agents":[{"id":"a","name":"A"},{"id":"b"}]}"#,
                Code::InvalidOption,
                "/agents/1/name",
            ),
            (
                r#"{"period":"month","now":0,"agents":[{"id":7,"name":"A"}]}"#,
                Code::InvalidOption,
                "/agents/0/id",
            ),
        ] {
            let error = raw(json).usage().unwrap_err();
            assert_eq!(
                (error.code, error.place.unwrap().path.as_str()),
                (code, path),
                "{json}: {}",
                error.message
            );
        }
    }
}

//! Options, from whatever a caller gave to what the core works with; each fault says which option and what it takes.

use crate::error::{Code, Place, UsageError, number_shown, shown};
use crate::period::{Boundaries, Bounds, Period};
use crate::timestamp::{self, Naive};
use crate::zone::Zone;
use chrono::Weekday;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

/// A period query and a report's options as a caller gave them: any value may stand anywhere.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
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
}

/// An entry of the directory as a caller gave it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
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
    Text(String),
    /// Something else, by its type's name.
    Other(Cow<'static, str>),
}

impl From<&str> for Loose {
    fn from(text: &str) -> Self {
        Loose::Text(text.to_owned())
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

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Loose;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_unit<E>(self) -> Result<Loose, E> {
                Ok(Loose::Missing)
            }
            fn visit_bool<E>(self, b: bool) -> Result<Loose, E> {
                Ok(Loose::Bool(b))
            }
            #[allow(clippy::cast_precision_loss)]
            fn visit_i64<E>(self, n: i64) -> Result<Loose, E> {
                Ok(Loose::Number(n as f64))
            }
            #[allow(clippy::cast_precision_loss)]
            fn visit_u64<E>(self, n: u64) -> Result<Loose, E> {
                Ok(Loose::Number(n as f64))
            }
            fn visit_f64<E>(self, n: f64) -> Result<Loose, E> {
                Ok(Loose::Number(n))
            }
            fn visit_str<E>(self, text: &str) -> Result<Loose, E> {
                Ok(Loose::Text(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Loose, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Loose::Other("an array".into()))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
                // What can't cross from JavaScript comes as `{typeName: "a function"}`.
                let mut kind = Cow::Borrowed("an object");
                while let Some(key) = map.next_key::<String>()? {
                    let value = map.next_value()?;
                    if let ("typeName", Loose::Text(name)) = (key.as_str(), value) {
                        kind = name.into();
                    }
                }
                Ok(Loose::Other(kind))
            }
        }
        from.deserialize_any(Any)
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

/// How records are read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Is an invalid record counted and passed over (true), or the end (false)?
    pub skip_invalid: bool,
    /// What a timestamp without an offset is.
    pub naive: Naive,
    /// Does an id count once only?
    pub dedupe: bool,
}

/// A report's question.
#[derive(Clone, Debug)]
pub struct UsageQuery {
    /// Which period.
    pub period: PeriodQuery,
    /// Agents' names by id.
    pub directory: HashMap<String, String>,
    /// Rows of zeros for agents of the directory without usage?
    pub include_idle: bool,
    /// How records are read.
    pub reading: Reading,
}

fn wrong<T>(code: Code, option: &str, got: &Loose, wanted: &str) -> Result<T, UsageError> {
    Err(UsageError::new(code, format!("{option} is {got}: wanted {wanted}")).at(Place::at(format!("/{option}"))))
}

fn choose<T: Copy>(code: Code, option: &str, got: &Loose, choices: &[(&str, T)]) -> Result<T, UsageError> {
    if let Loose::Text(text) = got
        && let Some((_, value)) = choices.iter().find(|(name, _)| name == text)
    {
        return Ok(*value);
    }
    let names: Vec<_> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    wrong(code, option, got, &names.join(", "))
}

fn choose_or<T: Copy + Default>(option: &str, got: &Loose, choices: &[(&str, T)]) -> Result<T, UsageError> {
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

const BOUNDARIES: [(&str, Boundaries); 2] = [("instant", Boundaries::Instant), ("wall-clock", Boundaries::WallClock)];

impl RawQuery {
    /// Which period is meant.
    ///
    /// # Errors
    /// `invalid_period`, `invalid_tz`, `invalid_now`, `invalid_option`, `out_of_range`.
    pub fn period(&self) -> Result<PeriodQuery, UsageError> {
        let period = self.kind()?;
        let zone = self.zone()?;
        let now = self.now()?;
        let week_start = self.first_day()?;
        let offset = self.offset()?;
        let boundaries = choose_or("boundaries", &self.boundaries, &BOUNDARIES)?;
        Ok(PeriodQuery {
            bounds: Bounds::of(period, &zone, now, week_start, offset)?,
            boundaries,
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
    #[allow(clippy::cast_possible_truncation)]
    pub fn now(&self) -> Result<i64, UsageError> {
        const WANTED: &str = "a Date, epoch milliseconds, or RFC 3339 text with an offset";
        match &self.now {
            Loose::Number(ms) if ms.abs() <= timestamp::MAX_TIME => Ok(ms.floor() as i64),
            Loose::Text(text) => {
                timestamp::from_text(text, Naive::Reject).or_else(|_| wrong(Code::InvalidNow, "now", &self.now, WANTED))
            }
            other => wrong(Code::InvalidNow, "now", other, WANTED),
        }
    }

    #[allow(clippy::cast_possible_truncation)]
    fn offset(&self) -> Result<i64, UsageError> {
        match self.offset {
            Loose::Missing => Ok(0),
            // The cast saturates, and what is that far away is out of range.
            Loose::Number(n) if n.is_finite() && n.fract() == 0.0 => Ok(n as i64),
            ref other => wrong(Code::InvalidOption, "offset", other, "a whole number of periods"),
        }
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
        })
    }

    /// Agents' names by id; of an id that comes twice, the last.
    ///
    /// # Errors
    /// `invalid_option`.
    pub fn directory(&self) -> Result<HashMap<String, String>, UsageError> {
        let entry = |(n, agent): (usize, &RawAgent)| match (&agent.id, &agent.name) {
            (Loose::Text(id), Loose::Text(name)) if !id.is_empty() => Ok((id.clone(), name.clone())),
            (Loose::Text(id), name) if !id.is_empty() => {
                wrong(Code::InvalidOption, &format!("agents/{n}/name"), name, "a string")
            }
            (id, _) => wrong(
                Code::InvalidOption,
                &format!("agents/{n}/id"),
                id,
                "a string that is not empty",
            ),
        };
        self.agents.iter().enumerate().map(entry).collect()
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
        serde_json::from_str(json).unwrap()
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

//! Parses the untyped options of a caller into typed queries. Every error names the option and what it accepts.

use crate::calendar::buckets::{SeriesQuery, Unit};
use crate::calendar::period::{BoundsFormat, Period, PeriodQuery, PeriodQuestion, WEEKDAYS, Window};
use crate::calendar::timestamp::{self, Naive};
use crate::calendar::zone::Zone;
use crate::collections::budget::{Budget, NoRoom};
use crate::collections::interner::Interner;
use crate::contract::Endpoint;
use crate::counting::breakdown::{BreakdownQuery, DIMENSIONS, STEPS, Span};
use crate::counting::quarter_hours::ALL_TIME;
use crate::counting::report::{AccountQuery, UsageQuery};
use crate::error::{Code, Place, UsageError};
use crate::json::MAX_SAFE_F64;
use crate::json::value as walk;
use crate::json::value::Json;
use crate::message::{listed, number_shown, shown};
use crate::records::judge::{Limits, Reading};
use crate::records::mistakes::Miscount;
use chrono::{DateTime, NaiveDate, Weekday};
use std::fmt;

/// Options as a caller gave them. Each may have a value of any type.
///
/// ```
/// use usage_by_agent::{OptionValue, Options};
///
/// let options = Options { period: "week".into(), now: "2024-06-15T12:00:00Z".into(), ..Options::default() };
/// assert_eq!(options.period()?.bounds.window.start, 1_717_977_600_000); // 2024-06-10, a Monday
/// # Ok::<(), usage_by_agent::UsageError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `"week"`, `"month"` or `"year"`.
    pub period: OptionValue,
    /// The IANA name of a zone.
    pub tz: OptionValue,
    /// Epoch milliseconds from 1e11 to 1e14 in size, a `Date`, or RFC 3339 text with an offset.
    pub now: OptionValue,
    /// The first day of a week: `"monday"` to `"sunday"`.
    pub week_start: OptionValue,
    /// How many whole periods to move.
    pub offset: OptionValue,
    /// How bounds are written: `"instant"` or `"wall-clock"`.
    pub bounds_as: OptionValue,
    /// The directory of agents.
    pub agents: Vec<AgentOption>,
    /// Does an agent of the directory without usage get a row of zeros?
    pub include_idle: OptionValue,
    /// Does an id count only once?
    pub dedupe: OptionValue,
    /// What an invalid record does: `"throw"` or `"skip"`.
    pub on_invalid: OptionValue,
    /// How a timestamp without an offset is read: `"reject"` or `"utc"`.
    pub naive_timestamps: OptionValue,
    /// The [`Limits`], as the text of a JSON object with the keys `maxMemoryBytes`, `maxRecordBytes` and `maxStatuses`.
    pub limits: Option<Box<str>>,
    /// The number of days of a daily series.
    pub days: OptionValue,
    /// The number of months of a monthly series.
    pub months: OptionValue,
    /// The account's counts that are not in records, as the text of a JSON object.
    pub stats: Option<Box<str>>,
    /// [`Miscount::also`]. Only `reconcile` of the TypeScript package sets it.
    pub also: OptionValue,
    /// The sum of the mistakes that are made: 1 for [`Miscount::voice_turns`], 2 for [`Miscount::tests`], 4 for
    /// [`Miscount::redeliveries`], 8 for [`Miscount::spans`]. Only `reconcile` of the TypeScript package sets it.
    pub mistakes: OptionValue,
    /// [`Miscount::without`]. Only `reconcile` of the TypeScript package sets it.
    pub without: OptionValue,
    /// [`Miscount::step`]. Only `reconcile` of the TypeScript package sets it.
    pub rounding: OptionValue,
    /// The dimensions of a breakdown, as the text of a JSON value.
    pub by: Option<Box<str>>,
    /// The length of a breakdown's steps: `"hour"`, `"day"`, `"week"` or `"month"`.
    pub step: OptionValue,
    /// The beginning of a breakdown's window: a local date `YYYY-MM-DD`, or an instant as `now` is.
    pub from: OptionValue,
    /// The end of a breakdown's window, which is not inside it, as `from` is.
    pub to: OptionValue,
}

/// An entry of the directory as a caller gave it.
#[derive(Clone, Debug, Default)]
pub struct AgentOption {
    /// The id of the agent.
    pub id: OptionValue,
    /// The name of the agent.
    pub name: OptionValue,
}

/// An untyped value of an option.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum OptionValue {
    /// Absent, `undefined` or `null`. The option has its default.
    #[default]
    Missing,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A `Date` by its time value in epoch milliseconds, which is not mistaken for another unit as a number is.
    Date(f64),
    /// Text.
    Text(Box<str>),
    /// A value of another type, by the name of the type with its article.
    Other(Box<str>),
}

impl From<&str> for OptionValue {
    fn from(text: &str) -> Self {
        OptionValue::Text(text.into())
    }
}

impl fmt::Display for OptionValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OptionValue::Missing => f.write_str("missing"),
            OptionValue::Bool(b) => write!(f, "{b}"),
            OptionValue::Number(n) => f.write_str(&number_shown(*n)),
            OptionValue::Date(ms) => write!(f, "the Date {}", number_shown(*ms)),
            OptionValue::Text(text) => f.write_str(&shown(text)),
            OptionValue::Other(kind) => f.write_str(kind),
        }
    }
}

impl OptionValue {
    /// Parses a value from valid JSON text; `None` is missing. A `Date` arrives as `{"date": 0}`, another value that JSON cannot
    /// hold as `{"typeName": "a function"}`.
    pub fn from_json(text: Option<&str>) -> Self {
        let Some(text) = text else { return OptionValue::Missing };
        match walk::read(text) {
            Json::Null => OptionValue::Missing,
            Json::Bool(b) => OptionValue::Bool(b),
            Json::Number(n) => OptionValue::Number(n),
            Json::Text(text) => OptionValue::Text(text.into()),
            Json::BrokenText => OptionValue::Other("text with a lone surrogate".into()),
            Json::Array(_) => OptionValue::Other("an array".into()),
            Json::Object(object) => {
                let [name, date] = walk::values(object, ["typeName", "date"]);
                match name.or(date).map(walk::read) {
                    Some(Json::Text(name)) => OptionValue::Other(name.into()),
                    Some(Json::Number(ms)) => OptionValue::Date(ms),
                    _ => OptionValue::Other("an object".into()),
                }
            }
        }
    }
}

fn wrong<T>(code: Code, option: &str, got: &OptionValue, wanted: &str) -> Result<T, UsageError> {
    Err(fault(code, option, got, wanted))
}

// This and `chosen` are not generic, because generic functions are compiled once for each type.
#[inline(never)]
fn fault(code: Code, option: &str, got: &OptionValue, wanted: &str) -> UsageError {
    UsageError::new(code, format!("{option} is {got}: wanted {wanted}")).at(Place::at(format!("/{option}")))
}

/// The index of the name that the option has.
fn chosen(code: Code, option: &str, got: &OptionValue, names: &[&str]) -> Result<usize, UsageError> {
    if let OptionValue::Text(text) = got
        && let Some(at) = names.iter().position(|name| *name == &**text)
    {
        return Ok(at);
    }
    wrong(code, option, got, &format!("\"{}\"", listed(names, "\", \"")))
}

fn choose<T: Copy, const N: usize>(
    code: Code,
    option: &str,
    got: &OptionValue,
    choices: &[(&str, T); N],
) -> Result<T, UsageError> {
    let at = chosen(code, option, got, &choices.map(|(name, _)| name))?;
    match choices.get(at) {
        Some((_, value)) => Ok(*value),
        None => wrong(code, option, got, "one of its values"),
    }
}

fn choose_or<T: Copy + Default, const N: usize>(
    option: &str,
    got: &OptionValue,
    choices: &[(&str, T); N],
) -> Result<T, UsageError> {
    if *got == OptionValue::Missing {
        Ok(T::default())
    } else {
        choose(Code::InvalidOption, option, got, choices)
    }
}

fn flag(option: &str, got: &OptionValue, default: bool) -> Result<bool, UsageError> {
    match got {
        OptionValue::Missing => Ok(default),
        OptionValue::Bool(b) => Ok(*b),
        _ => wrong(Code::InvalidOption, option, got, "true or false"),
    }
}

/// A whole number from `least` to `most`, if there is one.
#[inline(never)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn count(option: &str, got: &OptionValue, least: u32, most: f64) -> Result<Option<u64>, UsageError> {
    match got {
        OptionValue::Missing => Ok(None),
        OptionValue::Number(n) if n.fract() == 0.0 && *n >= f64::from(least) && *n <= most => Ok(Some(*n as u64)),
        _ => {
            let wanted = format!("a whole number from {least} to {}", number_shown(most));
            wrong(Code::InvalidOption, option, got, &wanted)
        }
    }
}

/// The length of a series, if it is given.
#[allow(clippy::cast_possible_truncation)]
fn length(option: &str, got: &OptionValue, most: u16) -> Result<Option<u16>, UsageError> {
    Ok(count(option, got, 1, most.into())?.map(|count| count as u16))
}

/// What `now` accepts, for messages.
const WANTED: &str = "wanted a Date, epoch milliseconds, or RFC 3339 text with an offset";

/// What the ends of a window accept, for messages.
const WANTED_END: &str =
    "wanted a local date (YYYY-MM-DD), a Date, epoch milliseconds, or RFC 3339 text with an offset";

/// The moment of an option in epoch milliseconds, or else what is wrong with it if that is known.
#[inline(never)]
fn instant(got: &OptionValue) -> Result<i64, Option<&'static str>> {
    let (found, reason) = match got {
        OptionValue::Number(ms) => (timestamp::moment(*ms), timestamp::other_unit(*ms)),
        OptionValue::Date(ms) => (timestamp::from_date(*ms).ok(), None),
        OptionValue::Text(text) => (
            timestamp::from_text(text, Naive::Reject).ok(),
            timestamp::wrong_offset(text.as_bytes()),
        ),
        _ => (None, None),
    };
    found.ok_or(reason)
}

/// An end of a window: the instant, and the date if it is given as a date `YYYY-MM-DD`.
#[inline(never)]
fn end_of_window(name: &str, got: &OptionValue, zone: &Zone) -> Result<(i64, Option<NaiveDate>), UsageError> {
    if let OptionValue::Text(text) = got
        && let Some(midnight) = timestamp::from_wire(&format!("{text}T00:00:00Z"))
        && let Some(date) = DateTime::from_timestamp_millis(midnight).map(|at| at.date_naive())
        && let Some(first) = zone.first_instant(date)
    {
        return Ok((first, Some(date)));
    }
    instant(got).map(|at| (at, None)).map_err(|reason| {
        let message = format!("{name} is {got}: {}", reason.unwrap_or(WANTED_END));
        UsageError::new(Code::InvalidOption, message).at(Place::at(format!("/{name}")))
    })
}

const BOUNDS_FORMATS: [(&str, BoundsFormat); 2] = [
    ("instant", BoundsFormat::Instant),
    ("wall-clock", BoundsFormat::WallClock),
];

impl Options {
    /// Parses options from the text of a JSON object, which must be valid JSON, as `JSON.stringify` of the TypeScript package
    /// writes it. Unknown options are ignored.
    pub fn from_json(text: &str) -> Self {
        const KEYS: [&str; 23] = [
            "period",
            "tz",
            "now",
            "weekStart",
            "offset",
            "boundsAs",
            "includeIdle",
            "dedupe",
            "onInvalid",
            "naiveTimestamps",
            "limits",
            "days",
            "months",
            "agents",
            "also",
            "mistakes",
            "without",
            "rounding",
            "stats",
            "by",
            "step",
            "from",
            "to",
        ];
        let [
            period,
            tz,
            now,
            week_start,
            offset,
            bounds_as,
            include_idle,
            dedupe,
            on_invalid,
            naive,
            limits,
            days,
            months,
            agents,
            also,
            mistakes,
            without,
            rounding,
            stats,
            by,
            step,
            from,
            to,
        ] = walk::values(text, KEYS);
        let agent = |text| {
            let [id, name] = walk::values(text, ["id", "name"]);
            AgentOption {
                id: OptionValue::from_json(id),
                name: OptionValue::from_json(name),
            }
        };
        Options {
            period: OptionValue::from_json(period),
            tz: OptionValue::from_json(tz),
            now: OptionValue::from_json(now),
            week_start: OptionValue::from_json(week_start),
            offset: OptionValue::from_json(offset),
            bounds_as: OptionValue::from_json(bounds_as),
            include_idle: OptionValue::from_json(include_idle),
            dedupe: OptionValue::from_json(dedupe),
            on_invalid: OptionValue::from_json(on_invalid),
            naive_timestamps: OptionValue::from_json(naive),
            limits: limits.map(Into::into),
            days: OptionValue::from_json(days),
            months: OptionValue::from_json(months),
            also: OptionValue::from_json(also),
            mistakes: OptionValue::from_json(mistakes),
            without: OptionValue::from_json(without),
            rounding: OptionValue::from_json(rounding),
            by: by.map(Into::into),
            step: OptionValue::from_json(step),
            from: OptionValue::from_json(from),
            to: OptionValue::from_json(to),
            stats: stats.map(Into::into),
            agents: agents.map_or_else(Vec::new, |list| walk::items(list).map(agent).collect()),
        }
    }

    /// The period query: the period that holds `now`, moved by `offset`.
    ///
    /// # Errors
    /// `invalid_period`, `invalid_tz`, `invalid_now`, `invalid_option`, `out_of_range`.
    #[inline(never)]
    pub fn period(&self) -> Result<PeriodQuery, UsageError> {
        self.question()?.at(self.now()?)
    }

    /// The period query without its moment.
    ///
    /// # Errors
    /// `invalid_period`, `invalid_tz`, `invalid_option`.
    pub fn question(&self) -> Result<PeriodQuestion, UsageError> {
        Ok(PeriodQuestion {
            period: self.kind()?,
            zone: self.zone()?,
            week_start: self.first_day()?,
            offset: self.offset()?,
            bounds_as: self.written()?,
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

    /// The first day of a week, Monday by default.
    ///
    /// # Errors
    /// `invalid_option`.
    pub fn first_day(&self) -> Result<Weekday, UsageError> {
        match self.week_start {
            OptionValue::Missing => Ok(Weekday::Mon),
            ref given => choose(Code::InvalidOption, "weekStart", given, &WEEKDAYS),
        }
    }

    /// The zone, UTC by default.
    ///
    /// # Errors
    /// `invalid_tz`.
    #[inline(never)]
    pub fn zone(&self) -> Result<Zone, UsageError> {
        match &self.tz {
            OptionValue::Missing => Ok(Zone::utc()),
            OptionValue::Text(name) => Zone::named(name).map_err(|e| e.at(Place::at("/tz"))),
            other => wrong(
                Code::InvalidTz,
                "tz",
                other,
                "a name of the IANA tz database, or null for UTC",
            ),
        }
    }

    /// The moment `now`, in epoch milliseconds.
    ///
    /// # Errors
    /// `invalid_now`, also for a number that looks like seconds (below 1e11 in size) or like micro- or nanoseconds (beyond 1e14).
    #[inline(never)]
    pub fn now(&self) -> Result<i64, UsageError> {
        instant(&self.now).map_err(|reason| {
            let message = format!("now is {}: {}", self.now, reason.unwrap_or(WANTED));
            UsageError::new(Code::InvalidNow, message).at(Place::at("/now"))
        })
    }

    /// How bounds are written.
    ///
    /// # Errors
    /// `invalid_option`.
    pub fn written(&self) -> Result<BoundsFormat, UsageError> {
        choose_or("boundsAs", &self.bounds_as, &BOUNDS_FORMATS)
    }

    /// The number of whole periods to move from the one that holds the moment, 0 by default.
    ///
    /// # Errors
    /// `invalid_option`.
    #[allow(clippy::cast_possible_truncation)]
    pub fn offset(&self) -> Result<i64, UsageError> {
        match self.offset {
            OptionValue::Missing => Ok(0),
            // The cast saturates. A period that far away is out of range in any case.
            OptionValue::Number(n) if n.is_finite() && n.fract() == 0.0 => Ok(n as i64),
            ref other => wrong(Code::InvalidOption, "offset", other, "a whole number of periods"),
        }
    }

    /// The query of a daily series: 1 to 365 days, 30 by default.
    ///
    /// # Errors
    /// `invalid_tz`, `invalid_now`, `invalid_option`.
    #[inline(never)]
    pub fn days(&self) -> Result<SeriesQuery, UsageError> {
        self.last(self.day_count()?.unwrap_or(30))
    }

    /// The query of a monthly series: 1 to 24 months, 6 by default.
    ///
    /// # Errors
    /// `invalid_tz`, `invalid_now`, `invalid_option`.
    #[inline(never)]
    pub fn months(&self) -> Result<SeriesQuery, UsageError> {
        self.last(self.month_count()?.unwrap_or(6))
    }

    /// The number of days, if it is given.
    ///
    /// # Errors
    /// `invalid_option`.
    pub fn day_count(&self) -> Result<Option<u16>, UsageError> {
        length("days", &self.days, 365)
    }

    /// The number of months, if it is given.
    ///
    /// # Errors
    /// `invalid_option`.
    pub fn month_count(&self) -> Result<Option<u16>, UsageError> {
        length("months", &self.months, 24)
    }

    #[inline(never)]
    fn last(&self, count: u16) -> Result<SeriesQuery, UsageError> {
        Ok(SeriesQuery {
            zone: self.zone()?,
            now: self.now()?,
            count,
        })
    }

    /// The window of records that the response of an endpoint needs.
    ///
    /// # Errors
    /// The errors of [`Options::period`], [`Options::days`] or [`Options::months`], as the endpoint uses them; `out_of_range`.
    pub fn records_window(&self, endpoint: Endpoint) -> Result<Window, UsageError> {
        let buckets = match endpoint {
            Endpoint::ByAgent => return Ok(self.period()?.bounds.window),
            Endpoint::Usage | Endpoint::ByNumber => return Ok(ALL_TIME),
            Endpoint::Daily => self.days()?.buckets(Unit::Day)?,
            Endpoint::Monthly => self.months()?.buckets(Unit::Month)?,
        };
        Ok(match (buckets.first(), buckets.last()) {
            (Some(first), Some(last)) => Window {
                start: first.window.start,
                end: last.window.end,
            },
            _ => ALL_TIME, // there is at least one bucket
        })
    }

    /// The query of a breakdown.
    ///
    /// # Errors
    /// `invalid_option` if `from` or `to` is wrong, is alone, or comes with `period` or `offset`, or if a dimension is wrong;
    /// the errors of [`Options::period`], [`Options::directory`] and [`Options::zone`].
    pub fn breakdown(&self) -> Result<BreakdownQuery, UsageError> {
        let by = self.dimensions()?;
        let include_idle = flag("includeIdle", &self.include_idle, false)?;
        if include_idle && by != [true, false, false, false, false, false] {
            let wanted = "it only where by is [\"agent\"]";
            return wrong(Code::InvalidOption, "includeIdle", &self.include_idle, wanted);
        }
        let zone = self.zone()?;
        Ok(BreakdownQuery {
            by,
            step: choose_or("step", &self.step, &STEPS.map(|(name, step)| (name, Some(step))))?,
            span: self.span(&zone)?,
            zone,
            week_start: self.first_day()?,
            directory: self.directory()?,
            include_idle,
        })
    }

    #[inline(never)]
    fn dimensions(&self) -> Result<[bool; DIMENSIONS.len()], UsageError> {
        let mut by = [false; DIMENSIONS.len()];
        let text = self.by.as_deref().unwrap_or("null");
        let list = match walk::read(text) {
            Json::Null => return Ok(by),
            Json::Array(list) => list,
            _ => {
                let got = OptionValue::from_json(Some(text));
                return wrong(
                    Code::InvalidOption,
                    "by",
                    &got,
                    "an array such as [\"agent\", \"channel\"]",
                );
            }
        };
        for (at, item) in (0_u32..).zip(walk::items(list)) {
            let (option, got) = (format!("by/{at}"), OptionValue::from_json(Some(item)));
            let dimension = chosen(Code::InvalidOption, &option, &got, &DIMENSIONS)?;
            match by.get_mut(dimension) {
                Some(is_by) if !*is_by => *is_by = true,
                _ => return wrong(Code::InvalidOption, &option, &got, "each dimension once"),
            }
        }
        Ok(by)
    }

    /// The window of a breakdown.
    #[inline(never)]
    fn span(&self, zone: &Zone) -> Result<Span, UsageError> {
        let is_given = |option: &OptionValue| *option != OptionValue::Missing;
        let (from, to) = (&self.from, &self.to);
        if !is_given(from) && !is_given(to) {
            if !is_given(&self.period) && !is_given(&self.offset) {
                return Ok(Span::Counted(self.now()?));
            }
            let bounds = self.period()?.bounds;
            let end = bounds.period.step(bounds.first, 1);
            return Ok(Span::Given(bounds.window, end.map(|end| bounds.first..end)));
        }
        for (name, got) in [("period", &self.period), ("offset", &self.offset)] {
            if is_given(got) {
                let wanted = "either from and to, or period and offset";
                return wrong(Code::InvalidOption, name, got, wanted);
            }
        }
        let (start, first) = end_of_window("from", from, zone)?;
        let (end, after) = end_of_window("to", to, zone)?;
        if first.is_some() != after.is_some() {
            let wanted = "from and to both as local dates or both as instants";
            return wrong(Code::InvalidOption, "to", to, wanted);
        }
        // Dates are compared as dates: one that clocks skip has no time at all.
        if (first, start) >= (after, end) {
            return wrong(
                Code::InvalidOption,
                "to",
                to,
                "it after from: to is not inside the window",
            );
        }
        Ok(Span::Given(
            Window { start, end },
            first.zip(after).map(|(first, after)| first..after),
        ))
    }

    /// The window of records that a breakdown needs: all time if the query has no window.
    ///
    /// # Errors
    /// The errors of [`Options::breakdown`].
    pub fn breakdown_window(&self) -> Result<Window, UsageError> {
        Ok(match self.breakdown()?.span {
            Span::Given(window, _) => window,
            Span::Counted(_) => ALL_TIME,
        })
    }

    /// The query of the account's usage.
    ///
    /// # Errors
    /// `invalid_option` if a count has a wrong type; `invalid_tz`, `invalid_now`, `invalid_option` or `out_of_range` for the
    /// month.
    pub fn account_query(&self) -> Result<AccountQuery, UsageError> {
        const COUNTS: [&str; 4] = [
            "totalWebhookDeliveries",
            "successfulWebhookDeliveries",
            "failedWebhookDeliveries",
            "smsSegmentsLast30d",
        ];
        let stats = self.stats.as_deref().unwrap_or_default();
        let mut counts = [None; COUNTS.len()];
        for (place, key) in counts.iter_mut().zip(COUNTS) {
            let [text] = walk::values(stats, [key]);
            *place = count(
                &format!("account/stats/{key}"),
                &OptionValue::from_json(text),
                0,
                MAX_SAFE_F64,
            )?;
        }
        let [deliveries, successful, failed, sms_segments] = counts;
        let now = self.now()?;
        let month = PeriodQuestion {
            period: Period::Month,
            zone: self.zone()?,
            week_start: Weekday::Mon,
            offset: 0,
            bounds_as: self.written()?,
        };
        Ok(AccountQuery {
            deliveries,
            successful_deliveries: successful.unwrap_or(0),
            failed_deliveries: failed.unwrap_or(0),
            sms_segments,
            now,
            month: month.at(now)?,
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
            what_if: self.miscount(),
            limits: self.limits()?,
        })
    }

    /// What reading and counting may take.
    #[inline(never)]
    #[allow(clippy::cast_possible_truncation)]
    fn limits(&self) -> Result<Limits, UsageError> {
        /// The options with their smallest and largest values.
        const LIMITS: [(&str, u32, f64); 3] = [
            ("maxMemoryBytes", 65_536, 4_294_967_296.0),
            ("maxRecordBytes", 1024, 1_073_741_824.0),
            ("maxStatuses", 1, 10_000.0),
        ];
        let default = Limits::default();
        let mut found = [
            default.max_memory_bytes,
            default.max_record_bytes as u64,
            default.max_statuses as u64,
        ];
        let given = walk::values(
            self.limits.as_deref().unwrap_or_default(),
            LIMITS.map(|(name, ..)| name),
        );
        for ((place, text), (name, least, most)) in found.iter_mut().zip(given).zip(LIMITS) {
            if let Some(count) = count(name, &OptionValue::from_json(text), least, most)? {
                *place = count;
            }
        }
        let [max_memory_bytes, record, statuses] = found;
        Ok(Limits {
            max_memory_bytes,
            max_record_bytes: record as usize,
            max_statuses: statuses as usize,
        })
    }

    fn miscount(&self) -> Miscount {
        let number = |option: &OptionValue| match option {
            OptionValue::Number(number) => *number,
            _ => 0.0,
        };
        let text = |option: &OptionValue| match option {
            OptionValue::Text(text) => text.clone().into_string(),
            _ => String::new(),
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let mistakes = number(&self.mistakes) as u8;
        Miscount {
            also: text(&self.also),
            voice_turns: mistakes & 1 != 0,
            tests: mistakes & 2 != 0,
            redeliveries: mistakes & 4 != 0,
            spans: mistakes & 8 != 0,
            without: text(&self.without),
            step: number(&self.rounding),
        }
    }

    /// The names of agents by id. If an id occurs twice, the last name counts.
    ///
    /// # Errors
    /// `invalid_option`.
    pub fn directory(&self) -> Result<Interner, UsageError> {
        let mut directory = Interner::default();
        let budget = Budget::default();
        for (at, agent) in (0..).zip(&self.agents) {
            match (&agent.id, &agent.name) {
                (OptionValue::Text(id), OptionValue::Text(name)) if !id.is_empty() => {
                    // The index serves as the time, so that the last name wins.
                    let number = directory.intern(id.as_bytes(), &budget);
                    let kept = number.and_then(|number| directory.observe_name(number, at, name.as_bytes(), &budget));
                    kept.map_err(|NoRoom| UsageError::out_of_memory())?;
                }
                (OptionValue::Text(id), name) if !id.is_empty() => {
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

    /// The query of a by-agent report.
    ///
    /// # Errors
    /// The errors of [`Options::period`], [`Options::reading`] and [`Options::directory`]; `invalid_option`.
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

    fn raw(json: &str) -> Options {
        Options::from_json(json)
    }

    #[test]
    fn missing_options_have_the_defaults_of_the_contract() {
        let query = raw(r#"{"period":"month","now":"2024-06-15T12:00:00Z","tz":null}"#)
            .usage()
            .unwrap();
        assert_eq!(query.period.bounds.zone, Zone::utc());
        assert_eq!(query.period.bounds_as, BoundsFormat::Instant);
        assert!(query.reading.dedupe && !query.reading.skip_invalid && !query.include_idle);
        assert_eq!(query.reading.naive, Naive::Reject);
    }

    #[test]
    fn an_error_names_the_wrong_option_and_has_its_code() {
        for (json, code, path) in [
            (r#"{}"#, Code::InvalidPeriod, "/period"),
            (r#"{"period":"Month"}"#, Code::InvalidPeriod, "/period"),
            (r#"{"period":["month"]}"#, Code::InvalidPeriod, "/period"),
            (
                r#"{"period":"month","tz":"Mars/Olympus","now":1718452800000}"#,
                Code::InvalidTz,
                "/tz",
            ),
            (
                r#"{"period":"month","tz":"","now":1718452800000}"#,
                Code::InvalidTz,
                "/tz",
            ),
            (
                r#"{"period":"month","tz":5,"now":1718452800000}"#,
                Code::InvalidTz,
                "/tz",
            ),
            (r#"{"period":"month"}"#, Code::InvalidNow, "/now"),
            (
                r#"{"period":"month","now":"2024-06-01T00:00:00"}"#,
                Code::InvalidNow,
                "/now",
            ),
            (r#"{"period":"month","now":0}"#, Code::InvalidNow, "/now"),
            (r#"{"period":"month","now":1e16}"#, Code::InvalidNow, "/now"),
            (r#"{"period":"month","now":{"date":1e16}}"#, Code::InvalidNow, "/now"),
            (r#"{"period":"month","now":{"a":[1]}}"#, Code::InvalidNow, "/now"),
            (
                r#"{"period":"month","now":1718452800000,"weekStart":"Mon"}"#,
                Code::InvalidOption,
                "/weekStart",
            ),
            (
                r#"{"period":"month","now":1718452800000,"offset":0.5}"#,
                Code::InvalidOption,
                "/offset",
            ),
            (
                r#"{"period":"month","now":1718452800000,"offset":1e300}"#,
                Code::OutOfRange,
                "/offset",
            ),
            (r#"{"period":"month","now":{"date":-1}}"#, Code::OutOfRange, "/now"),
            (
                r#"{"period":"month","now":1718452800000,"boundsAs":true}"#,
                Code::InvalidOption,
                "/boundsAs",
            ),
            (
                r#"{"period":"month","now":1718452800000,"dedupe":"yes"}"#,
                Code::InvalidOption,
                "/dedupe",
            ),
            (
                r#"{"period":"month","now":1718452800000,"onInvalid":"ignore"}"#,
                Code::InvalidOption,
                "/onInvalid",
            ),
            (
                r#"{"period":"month","now":1718452800000,"naiveTimestamps":"local"}"#,
                Code::InvalidOption,
                "/naiveTimestamps",
            ),
            (
                r#"{"period":"month","now":1718452800000,"agents":[{"id":"a","name":"A"},{"id":"b"}]}"#,
                Code::InvalidOption,
                "/agents/1/name",
            ),
            (
                r#"{"period":"month","now":1718452800000,"agents":[{"id":7,"name":"A"}]}"#,
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

//! TypeScript: the constants that both sides of the module need, such as limits and the tags of columns.

use usage_by_agent::calendar::period::WEEKDAYS;
use usage_by_agent::contract::PERIODS;
use usage_by_agent::counting::breakdown::{DIMENSIONS, DIRECTION_NAMES, STEPS};
use usage_by_agent::json::MAX_DEPTH;
use usage_by_agent::records::columns::{ALIAS, BROKEN_ID, BROKEN_TIME, TAG_BITS, TAGS, TERMS};
use usage_by_agent::records::row::{ALIASES, DATA_FIELDS, FIELDS};

const HEAD: &str = "// Written by `npm run contract` from src/. Change it there.\n";

/// All constants.
pub fn constants() -> String {
    let tags = TAGS.iter().map(|(name, tag)| format!("  {name}: {tag},\n"));
    let terms = TERMS.iter().map(|(name, term)| format!("  {name}: {term},\n"));
    [
        HEAD.to_owned(),
        words("A kind of calendar period.", "Period", &PERIODS),
        words("A day of the week.", "Weekday", &WEEKDAYS.map(|(name, _)| name)),
        list(
            "Every day of the week, Monday first.",
            "WEEKDAYS",
            "Weekday",
            &WEEKDAYS.map(|(name, _)| name),
        ),
        words(
            "A property of usage that the rows of a breakdown differ in. `weekday` and `hour` are local.",
            "Dimension",
            &DIMENSIONS,
        ),
        words(
            "The length of the steps of a breakdown.",
            "Step",
            &STEPS.map(|(name, _)| name),
        ),
        words(
            "The direction of messages and calls; `\"\"` if it is missing or has another name.",
            "Direction",
            &DIRECTION_NAMES,
        ),
        number(
            "How many levels of arrays and objects JSON text may contain.",
            "MAX_DEPTH",
            MAX_DEPTH,
        ),
        list(
            "The fields that the core reads of a record, in the order of a batch's entries.",
            "RECORD_FIELDS",
            "string",
            &FIELDS,
        ),
        list(
            "The other spelling of each field, in the order of `RECORD_FIELDS`; empty where there is none.",
            "RECORD_ALIASES",
            "string",
            &ALIASES,
        ),
        list(
            "The fields that the core reads of a webhook's `data`, in the order of a batch's entries.",
            "DATA_FIELDS",
            "string",
            &DATA_FIELDS,
        ),
        item(
            "The tag of a value in a batch of records: what the value is.",
            &format!("const TAG = {{\n{}}} as const;", tags.collect::<String>()),
        ),
        item(
            "The numbers that stand for a value in place of the number of a term, and the number of the first term.",
            &format!("const TERM = {{\n{}}} as const;", terms.collect::<String>()),
        ),
        number(
            "How many bits of an entry of a batch hold its tag. The bits above them hold the field.",
            "TAG_BITS",
            TAG_BITS,
        ),
        number(
            "This is added to the number of the field of a plain record whose time has a lone surrogate.",
            "BROKEN_TIME",
            BROKEN_TIME,
        ),
        number(
            "This is added to the number of the field of a plain record whose id has a lone surrogate.",
            "BROKEN_ID",
            BROKEN_ID,
        ),
        number(
            "This is added to the number of a field in an entry if the field was found under its second spelling.",
            "ALIAS_FIELD",
            ALIAS,
        ),
    ]
    .concat()
}

fn item(about: &str, code: &str) -> String {
    format!("\n/** {about} */\nexport {code}\n")
}

fn number(about: &str, name: &str, value: impl std::fmt::Display) -> String {
    item(about, &format!("const {name} = {value};"))
}

/// A type of which each of these words is a value.
fn words(about: &str, name: &str, words: &[&str]) -> String {
    item(about, &format!("type {name} = {};", quoted(words).join(" | ")))
}

/// An array of these words, on one line if it fits.
fn list(about: &str, name: &str, of: &str, words: &[&str]) -> String {
    const LINE_WIDTH: usize = 120;
    let start = format!("const {name}: readonly {of}[] = [");
    let line = format!("{start}{}];", quoted(words).join(", "));
    if format!("export {line}").len() <= LINE_WIDTH {
        return item(about, &line);
    }
    let lines: String = quoted(words).iter().map(|word| format!("  {word},\n")).collect();
    item(about, &format!("{start}\n{lines}];"))
}

fn quoted(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| format!("\"{word}\"")).collect()
}

//! Records as JS objects: a batch of them as columns, written by the face without judging.
//!
//! One property at a time through the JS boundary is several times slower than a plain loop; four arrays a batch are not.
//! An entry is the number of a field, shifted by `TAG_BITS`, and a tag, which says what the field's value is. Field 0 is the
//! record itself, and begins one; the numbers after it are those of [`FIELDS`], `data`, and
//! [`DATA_FIELDS`](crate::record::DATA_FIELDS). What has no entry is absent. A tag of a number or a `Date` takes the next of
//! `numbers`; one of text takes the next of `lengths`, and that many UTF-16 units of `text`. `pkg/src/columns.ts` writes what
//! this reads.

use crate::record::{Data, FIELDS, Row, Value};
use std::borrow::Cow;

/// A batch.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a> {
    /// What each value is, and whose.
    pub entries: &'a [u16],
    /// Numbers and times.
    pub numbers: &'a [f64],
    /// UTF-16 units of each text.
    pub lengths: &'a [u32],
    /// The texts, one after the other.
    pub text: &'a str,
}

/// One record of a batch.
// One lives at a time, on the stack; a box would cost an allocation a record.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, PartialEq)]
pub enum Item<'a> {
    /// An object's fields.
    Row(Row<'a>),
    /// Something else, by its type's name with its article.
    NotObject(&'static str),
}

/// Bits of an entry that hold the tag; `pkg/src/columns.ts` has the same number.
const TAG_BITS: u32 = 4;

/// The field that begins a record.
const RECORD: usize = 0;
/// The first of [`FIELDS`].
const OWN: usize = RECORD + 1;
/// `data` itself.
const DATA: usize = OWN + FIELDS.len();
/// The first of the fields of `data`.
const OF_DATA: usize = DATA + 1;

/// What a tag says; `pkg/src/columns.ts` has the same numbers.
mod tag {
    pub const ABSENT: u8 = 0;
    pub const NULL: u8 = 1;
    pub const NUMBER: u8 = 2;
    pub const TEXT: u8 = 3;
    pub const BROKEN_TEXT: u8 = 4;
    pub const DATE: u8 = 5;
    pub const BOOLEAN: u8 = 6;
    pub const OBJECT: u8 = 7;
    pub const ARRAY: u8 = 8;
    pub const BIGINT: u8 = 9;
    pub const FUNCTION: u8 = 10;
    pub const SYMBOL: u8 = 11;
    pub const THREW: u8 = 12;
    pub const TOO_DEEP: u8 = 13;
    pub const REVOKED: u8 = 14;
}

const fn named(tag: u8) -> Option<&'static str> {
    Some(match tag {
        tag::ABSENT => "undefined",
        tag::NULL => "null",
        tag::NUMBER => "a number",
        tag::TEXT | tag::BROKEN_TEXT => "a string",
        tag::DATE => "a Date",
        tag::BOOLEAN => "a boolean",
        tag::OBJECT => "an object",
        tag::ARRAY => "an array",
        tag::BIGINT => "a bigint",
        tag::FUNCTION => "a function",
        tag::SYMBOL => "a symbol",
        tag::TOO_DEEP => "a list page too deep in others",
        tag::REVOKED => "a revoked Proxy",
        _ => return None,
    })
}

impl<'a> Columns<'a> {
    /// The next record; `None` at the batch's end, or where its columns do not fit together.
    pub fn next_item(&mut self) -> Option<Item<'a>> {
        let (RECORD, what) = self.entry()? else {
            return None;
        };
        if what != tag::OBJECT {
            return named(what).map(Item::NotObject);
        }
        let mut row = Row::default();
        while let Some((field, tag)) = self.entry_of_record() {
            match field {
                DATA if tag == tag::OBJECT => row.data = Data::Fields(Box::default()),
                DATA => match self.value(tag)? {
                    Value::Absent | Value::Null => {}
                    other => row.data = Data::Other(other),
                },
                _ => {
                    let value = self.value(tag)?;
                    *place_of(&mut row, field)? = value;
                }
            }
        }
        Some(Item::Row(row))
    }

    fn entry(&mut self) -> Option<(usize, u8)> {
        let (first, rest) = self.entries.split_first()?;
        self.entries = rest;
        Some(parts(*first))
    }

    /// The next entry, unless it begins another record.
    fn entry_of_record(&mut self) -> Option<(usize, u8)> {
        let (first, rest) = self.entries.split_first()?;
        let entry = parts(*first);
        if entry.0 == RECORD {
            return None;
        }
        self.entries = rest;
        Some(entry)
    }

    fn value(&mut self, tag: u8) -> Option<Value<'a>> {
        Some(match tag {
            tag::ABSENT => Value::Absent,
            tag::NULL => Value::Null,
            tag::NUMBER => Value::Number(self.number()?),
            tag::DATE => Value::Date(self.number()?),
            tag::TEXT => Value::Text(self.text()?),
            tag::BROKEN_TEXT => {
                self.text()?;
                Value::BrokenText
            }
            tag::THREW => Value::Threw(self.text()?),
            other => Value::Other(named(other)?),
        })
    }

    fn number(&mut self) -> Option<f64> {
        let (first, rest) = self.numbers.split_first()?;
        self.numbers = rest;
        Some(*first)
    }

    fn text(&mut self) -> Option<Cow<'a, str>> {
        let (units, lengths) = self.lengths.split_first()?;
        let (text, rest) = self.text.split_at_checked(bytes_of(self.text, usize::try_from(*units).ok()?)?)?;
        self.lengths = lengths;
        self.text = rest;
        Some(Cow::Borrowed(text))
    }
}

/// An entry's field and tag.
fn parts(entry: u16) -> (usize, u8) {
    let [low, _] = entry.to_le_bytes();
    (usize::from(entry >> TAG_BITS), low & ((1 << TAG_BITS) - 1))
}

fn place_of<'r, 'a>(row: &'r mut Row<'a>, field: usize) -> Option<&'r mut Value<'a>> {
    match (field.checked_sub(OF_DATA), &mut row.data) {
        (None, _) => row.fields.get_mut(field.checked_sub(OWN)?),
        (Some(at), Data::Fields(fields)) => fields.get_mut(at),
        (Some(_), _) => None,
    }
}

/// How many bytes the first `units` UTF-16 units of a text take; `None` if it is shorter, or a pair would be cut.
fn bytes_of(text: &str, units: usize) -> Option<usize> {
    if text.as_bytes().get(..units)?.is_ascii() {
        return Some(units);
    }
    let mut left = units;
    let mut bytes = 0_usize;
    for char in text.chars() {
        if left == 0 {
            break;
        }
        left = left.checked_sub(char.len_utf16())?;
        bytes = bytes.saturating_add(char.len_utf8());
    }
    (left == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::DATA_FIELDS;

    /// An entry for a field by its name, `data` and its fields by their pointers.
    fn entry(field: &str, tag: u8) -> u16 {
        let number = match field.strip_prefix("data/") {
            Some(name) => OF_DATA + DATA_FIELDS.iter().position(|f| *f == name).unwrap(),
            None if field == "data" => DATA,
            None if field.is_empty() => RECORD,
            None => OWN + FIELDS.iter().position(|f| *f == field).unwrap(),
        };
        u16::try_from(number << TAG_BITS).unwrap() | u16::from(tag)
    }

    fn batch() -> Vec<u16> {
        vec![
            entry("", tag::OBJECT),
            entry("data", tag::OBJECT),
            entry("type", tag::TEXT),
            entry("id", tag::NULL),
            entry("callId", tag::NUMBER),
            entry("startedAt", tag::DATE),
            entry("agentId", tag::BROKEN_TEXT),
            entry("agentName", tag::THREW),
            entry("status", tag::ARRAY),
            entry("data/id", tag::TEXT),
            entry("data/status", tag::BIGINT),
            entry("", tag::NULL),
            entry("", tag::OBJECT),
            entry("data", tag::BOOLEAN),
            entry("", tag::OBJECT),
            entry("data", tag::NULL),
            entry("", 15),
        ]
    }

    const TEXT: &str = "callééé😀x";
    const LENGTHS: [u32; 4] = [4, 2, 1, 3];

    fn row(fields: &[(&str, Value<'static>)], data: Data<'static>) -> Item<'static> {
        let mut row = Row {
            data,
            ..Row::default()
        };
        for (name, value) in fields {
            row.fields[FIELDS.iter().position(|f| f == name).unwrap()] = value.clone();
        }
        Item::Row(row)
    }

    #[test]
    fn a_batch_reads_back_as_it_was_written() {
        let mut columns = Columns {
            entries: &batch(),
            numbers: &[1.5, 2.5],
            lengths: &LENGTHS,
            text: TEXT,
        };
        let mut data: Box<[Value<'_>; DATA_FIELDS.len()]> = Box::default();
        data[0] = Value::Text("😀x".into());
        data[3] = Value::Other("a bigint");
        let fields = [
            ("type", Value::Text("call".into())),
            ("id", Value::Null),
            ("callId", Value::Number(1.5)),
            ("startedAt", Value::Date(2.5)),
            ("agentId", Value::BrokenText),
            ("agentName", Value::Threw("é".into())),
            ("status", Value::Other("an array")),
        ];
        assert_eq!(columns.next_item(), Some(row(&fields, Data::Fields(data))));
        assert_eq!(columns.next_item(), Some(Item::NotObject("null")));
        assert_eq!(
            columns.next_item(),
            Some(row(&[], Data::Other(Value::Other("a boolean"))))
        );
        assert_eq!(columns.next_item(), Some(row(&[], Data::Missing)));
        assert_eq!(columns.next_item(), None, "an unknown tag ends the batch");
        assert_eq!(columns.next_item(), None);
    }

    #[test]
    fn columns_that_do_not_fit_end_the_batch() {
        let entries = batch();
        let ends = |entries: &[u16], numbers: &[f64], lengths: &[u32], text: &str| {
            let mut columns = Columns {
                entries,
                numbers,
                lengths,
                text,
            };
            assert_eq!(columns.next_item(), None, "{columns:?}");
        };
        let numbers = &[1.5, 2.5];
        ends(&entries, numbers, &[4, 2, 1, 1], TEXT); // half a pair
        ends(&entries, numbers, &[4, 2, 1, 4], TEXT);
        ends(&entries, numbers, &[4, 2, 1, u32::MAX], TEXT);
        ends(&entries, numbers, &LENGTHS[..3], TEXT);
        ends(&entries, &[1.5], &LENGTHS, TEXT);
        ends(&entries[1..], numbers, &LENGTHS, TEXT); // no record is begun
        ends(&[entry("", tag::OBJECT), entry("data/id", tag::NULL)], &[], &[], ""); // no data
        ends(&[entry("", tag::OBJECT), u16::MAX & !15], &[], &[], ""); // no such field
    }
}

//! Records as JS objects: a batch of them as columns, written by the face without judging.
//!
//! One property at a time through the JS boundary is several times slower than a plain loop; four arrays a batch are not.
//! For each record, `tags` has one tag for what it is and, if it is an object, one for each of [`FIELDS`], one for its
//! `data`, and if that is an object one for each of [`DATA_FIELDS`]. A tag of a number or a `Date` takes the next of
//! `numbers`; one of text takes the next of `lengths`, and that many bytes of `text`, which is UTF-8.
//! `pkg/src/columns.ts` writes what this reads.

use crate::record::{DATA_FIELDS, Data, FIELDS, Row, Value};
use std::borrow::Cow;

/// A batch.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a> {
    /// What each value is.
    pub tags: &'a [u8],
    /// Numbers and times.
    pub numbers: &'a [f64],
    /// Bytes of each text.
    pub lengths: &'a [u32],
    /// The texts, one after the other.
    pub text: &'a [u8],
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
        let what = self.tag()?;
        if what != tag::OBJECT {
            return named(what).map(Item::NotObject);
        }
        let mut row = Row::default();
        debug_assert_eq!(row.fields.len(), FIELDS.len());
        for field in &mut row.fields {
            *field = self.value()?;
        }
        row.data = match self.tag()? {
            tag::ABSENT | tag::NULL => Data::Missing,
            tag::OBJECT => {
                let mut fields = Box::<[Value<'_>; DATA_FIELDS.len()]>::default();
                for field in fields.iter_mut() {
                    *field = self.value()?;
                }
                Data::Fields(fields)
            }
            other => Data::Other(self.value_of(other)?),
        };
        Some(Item::Row(row))
    }

    fn tag(&mut self) -> Option<u8> {
        let (first, rest) = self.tags.split_first()?;
        self.tags = rest;
        Some(*first)
    }

    fn value(&mut self) -> Option<Value<'a>> {
        let tag = self.tag()?;
        self.value_of(tag)
    }

    fn value_of(&mut self, tag: u8) -> Option<Value<'a>> {
        Some(match tag {
            tag::ABSENT => Value::Absent,
            tag::NULL => Value::Null,
            tag::NUMBER => Value::Number(self.number()?),
            tag::DATE => Value::Date(self.number()?),
            tag::TEXT => Value::Text(self.text()?),
            tag::BROKEN_TEXT => Value::BrokenText,
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
        let (length, lengths) = self.lengths.split_first()?;
        let (text, rest) = self.text.split_at_checked(usize::try_from(*length).ok()?)?;
        self.lengths = lengths;
        self.text = rest;
        std::str::from_utf8(text).ok().map(Cow::Borrowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Vec<u8> {
        let mut tags = vec![tag::OBJECT];
        tags.extend([
            tag::TEXT,
            tag::ABSENT,
            tag::NULL,
            tag::NUMBER,
            tag::DATE,
            tag::BROKEN_TEXT,
            tag::THREW,
        ]);
        tags.extend([
            tag::ARRAY,
            tag::ABSENT,
            tag::ABSENT,
            tag::ABSENT,
            tag::ABSENT,
            tag::ABSENT,
            tag::ABSENT,
        ]);
        tags.resize(1 + FIELDS.len(), tag::ABSENT);
        tags.extend([tag::OBJECT, tag::TEXT, tag::BIGINT, tag::BOOLEAN, 0, 0, 0, 0, 0]);
        tags.resize(2 + FIELDS.len() + DATA_FIELDS.len(), tag::ABSENT);
        tags.extend([tag::NULL, 99]);
        tags
    }

    #[test]
    fn a_batch_reads_back_as_it_was_written() {
        let tags = batch();
        let text = "callééé".as_bytes();
        let mut columns = Columns {
            tags: &tags,
            numbers: &[1.5, 2.5],
            lengths: &[4, 2, 4],
            text,
        };
        let Some(Item::Row(row)) = columns.next_item() else {
            panic!("a row")
        };
        assert_eq!(row.fields[0], Value::Text("call".into()));
        let want = [
            Value::Number(1.5),
            Value::Date(2.5),
            Value::BrokenText,
            Value::Threw("é".into()),
        ];
        assert_eq!(row.fields[3..7], want);
        assert_eq!(row.fields[7], Value::Other("an array"));
        assert!(matches!(row.data, Data::Fields(fields) if fields[0] == Value::Text("éé".into())));
        assert_eq!(columns.next_item(), Some(Item::NotObject("null")));
        assert_eq!(columns.next_item(), None, "an unknown tag ends the batch");
    }

    #[test]
    fn columns_that_do_not_fit_end_the_batch() {
        let tags = batch();
        let text = "callééé".as_bytes();
        for (numbers, lengths, text) in [
            (&[1.5, 2.5][..], &[4, 2, 3][..], text), // ends inside a code point
            (&[1.5, 2.5], &[4, 2, 5], text),
            (&[1.5, 2.5], &[4, 2], text),
            (&[1.5], &[4, 2, 4], text),
        ] {
            assert_eq!(
                Columns {
                    tags: &tags,
                    numbers,
                    lengths,
                    text
                }
                .next_item(),
                None
            );
        }
    }
}

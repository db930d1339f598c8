//! Records that are JS objects: the TypeScript package writes a batch of them as columns, without judging.
//!
//! A batch crosses the JS boundary as five arrays, because one property at a time is several times slower than a plain loop.
//!
//! An entry is the number of a field, shifted by [`TAG_BITS`], plus a tag that gives the type of its value. Field 0 is the
//! record itself, and begins a record. The other numbers are those of the slots of a row ([`slot`]). A field
//! without an entry is absent. A number or a `Date` takes the next value of `numbers`. A text takes the next value of
//! `lengths`, and that many UTF-16 units of `text`. Texts that occur often are terms: `text` begins with the terms of the batch,
//! `terms` has their lengths, and after the entry of a term comes its number. The numbers before [`TERMS`]'s `first` stand for
//! other values. A field has one entry at most. A field under its other spelling has its number plus [`ALIAS`]. Three fields
//! follow those of `data`. The first one marks the body of an envelope. The second one marks a conversation, and its value is the
//! number of messages.
//!
//! The third one stands for all fields of a plain record: a call or a message as the API lists it, whose time and id are text.
//! After its entry come four numbers: those of its id, its agent, the agent's name and, for a call, its status. Its time takes a
//! text, its id may take the next one, and the duration of a call takes a number. [`BROKEN_TIME`] and [`BROKEN_ID`] are added to
//! the number of the field if these texts have a lone surrogate.
//!
//! `pkg/src/bridge/columns.ts` writes what this module reads.

use crate::records::row::{Known, Row, Value, slot};

/// A batch of records.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a> {
    /// The field and the tag of each value.
    pub entries: &'a [u16],
    /// Numbers and times.
    pub numbers: &'a [f64],
    /// The length of each text in UTF-16 units.
    pub lengths: &'a [u32],
    /// The terms, and after them the texts, one after the other, in UTF-8.
    pub text: &'a [u8],
    /// The length of each term in UTF-16 units.
    pub terms: &'a [u32],
}

/// The records of a batch, one by one.
#[derive(Clone, Debug)]
pub struct Items<'a> {
    /// What has not been read yet.
    left: Columns<'a>,
    terms: Vec<Value<'a>>,
}

/// One record of a batch.
#[derive(Debug, PartialEq)]
pub enum Item {
    /// An object. Its fields are in the row.
    Row,
    /// A conversation, with the number of its messages. Its fields are in the row. Its messages are not.
    Conversation(f64),
    /// Not an object, by the name of its type with its article.
    NotObject(&'static str),
}

/// The number of bits of an entry that hold the tag.
pub const TAG_BITS: u32 = 5;

/// This is added to the number of a field that the object has under its other spelling.
pub const ALIAS: usize = 1 << 6;

/// This is added to the number of the field of a plain record whose time has a lone surrogate.
pub const BROKEN_TIME: usize = 1;

/// This is added to the number of the field of a plain record whose id has a lone surrogate.
pub const BROKEN_ID: usize = 2;

/// The field that begins a record. The other fields have the numbers of their slots.
const RECORD: usize = slot::UNREAD;
/// The mark of the body of an envelope.
const ENVELOPED: usize = slot::PART;
/// The mark of a conversation, with the number of its messages.
const CONVERSATION: usize = ENVELOPED + 1;
/// The fields of a plain record.
const PLAIN: usize = CONVERSATION + 1;

/// The numbers that stand for a value in place of the number of a term.
mod term {
    pub const ABSENT: u16 = 0;
    /// An id, where it only counts that there is one.
    pub const SOME_ID: u16 = 1;
    /// The next text, for the id of a plain record.
    pub const TEXT: u16 = 2;
    /// The first term of the batch. Those after it have the next numbers.
    pub const FIRST: u16 = 3;
}

/// The types of values.
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
    pub const TRUE: u8 = 15;
    pub const TOO_OFTEN: u8 = 16;
    pub const TERM: u8 = 17;
    pub const PLAIN_CALL: u8 = 18;
    pub const PLAIN_MESSAGE: u8 = 19;
}

const fn named(tag: u8) -> Option<&'static str> {
    Some(match tag {
        tag::ABSENT => "undefined",
        tag::NULL => "null",
        tag::NUMBER => "a number",
        tag::TEXT | tag::BROKEN_TEXT | tag::TERM => "a string",
        tag::DATE => "a Date",
        tag::BOOLEAN | tag::TRUE => "a boolean",
        tag::OBJECT => "an object",
        tag::ARRAY => "an array",
        tag::BIGINT => "a bigint",
        tag::FUNCTION => "a function",
        tag::SYMBOL => "a symbol",
        tag::TOO_DEEP => "a list page that is nested too deep",
        tag::TOO_OFTEN => "a list that is in other lists more than 100 times",
        tag::REVOKED => "a revoked Proxy",
        _ => return None,
    })
}

impl<'a> Columns<'a> {
    /// Reads the terms.
    pub fn items(mut self) -> Items<'a> {
        let mut terms = vec![Value::Absent, Value::Text(b"id"), Value::Absent];
        terms.extend(self.terms.iter().map_while(|units| self.text_of(*units)));
        Items { left: self, terms }
    }
}

impl<'a> Items<'a> {
    /// Reads the next record into `row`. `None` at the end of the batch, or if its columns do not fit together.
    pub fn next_item(&mut self, row: &mut Row<'a>) -> Option<Item> {
        let (RECORD, what) = self.entry()? else {
            return None;
        };
        if what != tag::OBJECT {
            return named(what).map(Item::NotObject);
        }
        row.clear();
        let mut messages = None;
        while let Some((field, tag)) = self.entry_of_record() {
            let value = match tag {
                tag::TERM => self.term()?,
                tag::TEXT => self.text()?,
                tag::NUMBER => Value::Number(self.number()?),
                tag::PLAIN_CALL | tag::PLAIN_MESSAGE => {
                    self.plain(tag == tag::PLAIN_CALL, field.wrapping_sub(PLAIN), row)?;
                    continue;
                }
                _ => self.rare(tag)?,
            };
            if field < slot::DATA {
                row.set(field, value);
                continue;
            }
            let (field, is_alias) = (field & !ALIAS, field & ALIAS != 0);
            match (field, value) {
                (slot::DATA, _) if tag == tag::OBJECT => row.set_data_object(),
                (slot::DATA, value) => row.set_data(value),
                (ENVELOPED, _) => row.set_enveloped(),
                (CONVERSATION, Value::Number(count)) => messages = Some(count),
                (_, value) if is_alias => row.set_alias(field, value),
                (_, value) => row.set(field, value),
            }
        }
        Some(messages.map_or(Item::Row, Item::Conversation))
    }

    fn entry(&mut self) -> Option<(usize, u8)> {
        let (first, rest) = self.left.entries.split_first()?;
        self.left.entries = rest;
        Some(parts(*first))
    }

    /// The next entry of the current record; `None` at the end of the record.
    fn entry_of_record(&mut self) -> Option<(usize, u8)> {
        let (first, rest) = self.left.entries.split_first()?;
        let entry = parts(*first);
        if entry.0 == RECORD {
            return None;
        }
        self.left.entries = rest;
        Some(entry)
    }

    #[inline(always)]
    fn term(&mut self) -> Option<Value<'a>> {
        let (number, rest) = self.left.entries.split_first()?;
        self.left.entries = rest;
        self.terms.get(usize::from(*number)).copied()
    }

    /// Reads the fields of a plain record.
    #[inline(always)]
    fn plain(&mut self, is_call: bool, broken: usize, row: &mut Row<'a>) -> Option<()> {
        let intact = |text, part| if broken & part == 0 { text } else { Value::BrokenText };
        let time = if is_call { Known::StartedAt } else { Known::ReceivedAt };
        row.set_known(time, intact(self.text()?, BROKEN_TIME));
        let (id, rest) = self.left.entries.split_first()?;
        self.left.entries = rest;
        let id = match *id {
            term::TEXT => intact(self.text()?, BROKEN_ID),
            term => *self.terms.get(usize::from(term))?,
        };
        row.set_known(Known::Id, id);
        row.set_known(Known::AgentId, self.term()?);
        row.set_known(Known::AgentName, self.term()?);
        if is_call {
            row.set_known(Known::Status, self.term()?);
            row.set_known(Known::DurationSeconds, Value::Number(self.number()?));
        }
        Some(())
    }

    /// The value of a tag that few fields have.
    #[inline(never)]
    fn rare(&mut self, tag: u8) -> Option<Value<'a>> {
        Some(match tag {
            tag::ABSENT => Value::Absent,
            tag::NULL => Value::Null,
            tag::DATE => Value::Date(self.number()?),
            tag::TRUE => Value::True,
            tag::BROKEN_TEXT => {
                self.text()?;
                Value::BrokenText
            }
            tag::THREW => match self.text()? {
                Value::Text(text) => Value::Threw(text),
                _ => return None,
            },
            other => Value::Other(named(other)?),
        })
    }

    fn number(&mut self) -> Option<f64> {
        let (first, rest) = self.left.numbers.split_first()?;
        self.left.numbers = rest;
        Some(*first)
    }

    #[inline]
    fn text(&mut self) -> Option<Value<'a>> {
        let (units, lengths) = self.left.lengths.split_first()?;
        self.left.lengths = lengths;
        self.left.text_of(*units)
    }
}

impl<'a> Columns<'a> {
    /// Takes the next text, of so many UTF-16 units.
    fn text_of(&mut self, units: u32) -> Option<Value<'a>> {
        let units = usize::try_from(units).ok()?;
        let ascii = self.text.get(..units)?;
        let end = if ascii.is_ascii() {
            units
        } else {
            bytes_of(self.text, units)?
        };
        let text = self.text.get(..end)?;
        if end > units {
            std::str::from_utf8(text).ok()?;
        }
        self.text = self.text.get(end..)?;
        Some(Value::Text(text))
    }
}

/// The field and the tag of an entry.
fn parts(entry: u16) -> (usize, u8) {
    let [low, _] = entry.to_le_bytes();
    (usize::from(entry >> TAG_BITS), low & ((1 << TAG_BITS) - 1))
}

/// The number of UTF-8 bytes of the first `units` UTF-16 units of a text. `None` if the text is shorter, or a surrogate pair
/// would be cut.
fn bytes_of(text: &[u8], units: usize) -> Option<usize> {
    let mut left = units;
    for (at, byte) in text.iter().enumerate() {
        let units = match byte {
            0x80..=0xBF => 0,
            0xF0..=0xFF => 2,
            _ => 1,
        };
        if left == 0 && units > 0 {
            return Some(at);
        }
        left = left.checked_sub(units)?;
    }
    (left == 0).then_some(text.len())
}

/// Every tag with its name in TypeScript. `tools/contract` writes them to TypeScript.
pub const TAGS: &[(&str, u8)] = &[
    ("absent", tag::ABSENT),
    ("null", tag::NULL),
    ("number", tag::NUMBER),
    ("text", tag::TEXT),
    ("brokenText", tag::BROKEN_TEXT),
    ("date", tag::DATE),
    ("boolean", tag::BOOLEAN),
    ("object", tag::OBJECT),
    ("array", tag::ARRAY),
    ("bigint", tag::BIGINT),
    ("function", tag::FUNCTION),
    ("symbol", tag::SYMBOL),
    ("threw", tag::THREW),
    ("tooDeep", tag::TOO_DEEP),
    ("revoked", tag::REVOKED),
    ("true", tag::TRUE),
    ("tooOften", tag::TOO_OFTEN),
    ("term", tag::TERM),
    ("plainCall", tag::PLAIN_CALL),
    ("plainMessage", tag::PLAIN_MESSAGE),
];

/// Every number that stands for a value, and the one of the first term, with its name in TypeScript.
pub const TERMS: &[(&str, u16)] = &[
    ("absent", term::ABSENT),
    ("someId", term::SOME_ID),
    ("text", term::TEXT),
    ("first", term::FIRST),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::row::{DATA_FIELDS, FIELDS, data_slot, own_slot};

    /// An entry for a field by its name. A field of `data` is named `data/` and its name.
    fn entry(field: &str, tag: u8) -> u16 {
        let number = match field.strip_prefix("data/") {
            Some(name) => slot::OF_DATA + DATA_FIELDS.iter().position(|f| *f == name).unwrap(),
            None if field == "data" => slot::DATA,
            None if field.is_empty() => RECORD,
            None => slot::OWN + FIELDS.iter().position(|f| *f == field).unwrap(),
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
            entry("", 31),
        ]
    }

    const TEXT: &str = "callééé😀x";
    const LENGTHS: [u32; 4] = [4, 2, 1, 3];

    /// A row in which these fields are set. A field of `data` is named `data/` and its name.
    fn row(fields: &[(&str, Value<'static>)]) -> Row<'static> {
        let mut row = Row::default();
        row.clear();
        for (name, value) in fields {
            let number = |name: &str| FIELDS.iter().position(|f| *f == name).unwrap();
            match name.strip_prefix("data/") {
                Some("") => row.set_data_object(),
                Some(name) => row.set(data_slot(number(name)), *value),
                None if *name == "data" => row.set_data(*value),
                None => row.set(own_slot(number(name)), *value),
            }
        }
        row
    }

    #[test]
    fn a_batch_is_read_as_it_was_written() {
        let columns = Columns {
            entries: &batch(),
            numbers: &[1.5, 2.5],
            lengths: &LENGTHS,
            text: TEXT.as_bytes(),
            terms: &[],
        };
        let mut items = columns.items();
        let fields = [
            ("type", Value::Text(b"call")),
            ("id", Value::Null),
            ("callId", Value::Number(1.5)),
            ("startedAt", Value::Date(2.5)),
            ("agentId", Value::BrokenText),
            ("agentName", Value::Threw("é".as_bytes())),
            ("status", Value::Other("an array")),
            ("data/", Value::Absent),
            ("data/id", Value::Text("😀x".as_bytes())),
            ("data/status", Value::Other("a bigint")),
        ];
        let mut got = Row::default();
        assert_eq!((items.next_item(&mut got), &got), (Some(Item::Row), &row(&fields)));
        assert_eq!(items.next_item(&mut got), Some(Item::NotObject("null")));
        let boolean = ("data", Value::Other("a boolean"));
        assert_eq!((items.next_item(&mut got), &got), (Some(Item::Row), &row(&[boolean])));
        assert_eq!((items.next_item(&mut got), &got), (Some(Item::Row), &row(&[])));
        assert_eq!(items.next_item(&mut got), None, "an unknown tag ends the batch");
        assert_eq!(items.next_item(&mut got), None);
    }

    #[test]
    fn conversations_and_bodies_of_envelopes_are_marked() {
        let mark = |field: usize, tag: u8| u16::try_from(field << TAG_BITS).unwrap() | u16::from(tag);
        let entries = [
            entry("", tag::OBJECT),
            mark(CONVERSATION, tag::NUMBER),
            entry("", tag::OBJECT),
            mark(ENVELOPED, tag::TRUE),
            entry("", tag::OBJECT),
        ];
        let columns = Columns {
            entries: &entries,
            numbers: &[7.0],
            lengths: &[],
            text: b"",
            terms: &[],
        };
        let mut items = columns.items();
        let mut got = Row::default();
        for (item, is_enveloped) in [(Item::Conversation(7.0), false), (Item::Row, true), (Item::Row, false)] {
            assert_eq!(items.next_item(&mut got), Some(item));
            assert_eq!(got.is_enveloped(), is_enveloped);
        }
    }

    #[test]
    fn a_plain_record_has_one_entry_for_its_fields() {
        let plain = |broken: usize, tag: u8| u16::try_from((PLAIN + broken) << TAG_BITS).unwrap() | u16::from(tag);
        let entries = [
            entry("", tag::OBJECT),
            plain(0, tag::PLAIN_CALL),
            term::TEXT,
            term::FIRST + 1,
            term::ABSENT,
            term::FIRST,
            entry("test", tag::TRUE),
            entry("", tag::OBJECT),
            plain(0, tag::PLAIN_MESSAGE),
            term::SOME_ID,
            term::ABSENT,
            term::FIRST + 1,
        ];
        let columns = Columns {
            entries: &entries,
            numbers: &[7.5],
            lengths: &[2, 3, 4],
            text: "okéat1id1late".as_bytes(),
            terms: &[2, 2],
        };
        let mut items = columns.items();
        let mut got = Row::default();
        let call = [
            ("startedAt", Value::Text(b"t1")),
            ("id", Value::Text(b"id1")),
            ("agentId", Value::Text("éa".as_bytes())),
            ("agentName", Value::Absent),
            ("status", Value::Text(b"ok")),
            ("durationSeconds", Value::Number(7.5)),
            ("test", Value::True),
        ];
        assert_eq!((items.next_item(&mut got), &got), (Some(Item::Row), &row(&call)));
        let message = [
            ("receivedAt", Value::Text(b"late")),
            ("id", Value::Text(b"id")),
            ("agentId", Value::Absent),
            ("agentName", Value::Text("éa".as_bytes())),
        ];
        assert_eq!((items.next_item(&mut got), &got), (Some(Item::Row), &row(&message)));
        assert_eq!(items.next_item(&mut got), None);
        for (broken, time, id) in [
            (BROKEN_TIME, Value::BrokenText, Value::Text(b"id1")),
            (BROKEN_ID, Value::Text(b"t1"), Value::BrokenText),
            (BROKEN_TIME | BROKEN_ID, Value::BrokenText, Value::BrokenText),
        ] {
            let mut entries = entries;
            entries[1] = plain(broken, tag::PLAIN_CALL);
            let columns = Columns {
                entries: &entries,
                ..columns
            };
            let mut want = call;
            (want[0].1, want[1].1) = (time, id);
            let mut got = Row::default();
            columns.items().next_item(&mut got);
            assert_eq!(got, row(&want));
        }
        // A batch that is cut inside such a record ends there. With its first entry alone, a record has no fields.
        for end in 2..entries.len() {
            let columns = Columns {
                entries: &entries[..end],
                ..columns
            };
            let mut items = columns.items();
            let is_whole = |item| item == Some(Item::Row);
            let read = [is_whole(items.next_item(&mut got)), is_whole(items.next_item(&mut got))];
            assert_eq!(read, [end > 5, end == 8], "{end} entries");
        }
    }

    #[test]
    fn what_is_not_an_object_has_a_name() {
        for (name, tag) in TAGS {
            let columns = Columns {
                entries: &[entry("", *tag)],
                numbers: &[],
                lengths: &[],
                text: b"",
                terms: &[],
            };
            let mut items = columns.items();
            let got = items.next_item(&mut Row::default());
            match *tag {
                tag::OBJECT => assert_eq!(got, Some(Item::Row)),
                tag::THREW | tag::PLAIN_CALL | tag::PLAIN_MESSAGE => assert_eq!(got, None),
                _ => assert!(matches!(got, Some(Item::NotObject(_))), "{name}"),
            }
        }
    }

    #[test]
    fn columns_that_do_not_fit_end_the_batch() {
        let entries = batch();
        let ends = |entries: &[u16], numbers: &[f64], lengths: &[u32], text: &str| {
            let text = text.as_bytes();
            let columns = Columns {
                entries,
                numbers,
                lengths,
                text,
                terms: &[],
            };
            let mut items = columns.items();
            assert_eq!(items.next_item(&mut Row::default()), None, "{columns:?}");
        };
        let numbers = &[1.5, 2.5];
        ends(&entries, numbers, &[4, 2, 1, 1], TEXT); // half a pair
        ends(&entries, numbers, &[4, 2, 1, 4], TEXT);
        ends(&entries, numbers, &[4, 2, 1, u32::MAX], TEXT);
        ends(&entries, numbers, &LENGTHS[..3], TEXT);
        ends(&entries, &[1.5], &LENGTHS, TEXT);
        ends(&entries[1..], numbers, &LENGTHS, TEXT); // the batch does not begin with a record
    }

    #[test]
    fn a_term_is_the_text_of_its_number() {
        let entries = [
            entry("", tag::OBJECT),
            entry("type", tag::TERM),
            term::FIRST + 1,
            entry("id", tag::TEXT),
            entry("agentId", tag::TERM),
            term::FIRST,
            entry("", tag::OBJECT),
            entry("agentId", tag::TERM),
            term::FIRST + 1,
            entry("", tag::OBJECT),
            entry("agentId", tag::TERM),
            term::FIRST + 2,
        ];
        let items = |terms: &'static [u32]| {
            let columns = Columns {
                entries: &entries,
                numbers: &[],
                lengths: &[2],
                text: "é😀callm1".as_bytes(),
                terms,
            };
            columns.items()
        };
        let (mut all, mut got) = (items(&[3, 4]), Row::default());
        let text = |text: &'static str| Value::Text(text.as_bytes());
        let first = [("type", text("call")), ("id", text("m1")), ("agentId", text("é😀"))];
        assert_eq!((all.next_item(&mut got), &got), (Some(Item::Row), &row(&first)));
        let second = [("agentId", text("call"))];
        assert_eq!((all.next_item(&mut got), &got), (Some(Item::Row), &row(&second)));
        assert_eq!(all.next_item(&mut got), None, "there is no term 2");
        // Half a pair, and terms beyond the text.
        for terms in [&[2, 4][..], &[3, 100]] {
            assert_eq!(items(terms).next_item(&mut Row::default()), None, "{terms:?}");
        }
    }

    #[test]
    fn unknown_fields_are_ignored() {
        let entries = [entry("", tag::OBJECT), !31];
        let columns = Columns {
            entries: &entries,
            numbers: &[],
            lengths: &[],
            text: b"",
            terms: &[],
        };
        let mut items = columns.items();
        let mut got = Row::default();
        assert_eq!((items.next_item(&mut got), &got), (Some(Item::Row), &row(&[])));
        assert_eq!(items.next_item(&mut got), None);
    }
}

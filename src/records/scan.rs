//! Scans a record that lies whole in memory: checks its text and reads its fields in one pass.
//!
//! This is the fast path for ordinary records. For invalid text, a list page or too many levels, [`record`] stops without any
//! effect, and [`reader`](super::reader) reads that text, with exact places and recovery. Tests check that both read every
//! record alike.

use crate::json::cursor::{Cursor, key_ahead, quote_ahead};
use crate::json::strings::line_breaks;
use crate::json::value::{kind_of, unescape};
use crate::records::envelope;
use crate::records::field_lookup::{Key, Name, OF_DATA, OF_RECORD, OF_STATE, RARE, Slots, named, rarely_named};
use crate::records::row::{Part, Row, Value, data_slot, own_slot, slot};

/// Where a record ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// The offset of the byte after the record.
    pub end: usize,
    /// The number of line breaks in the record.
    pub lines: u64,
}

/// Why a record was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The text ends inside the record, and is valid so far.
    End,
    /// The slow path must read the text.
    NeedsSlowPath,
}

/// Reads the record that begins at an offset of the text, if it is a whole and valid object and not a list page. Arrays and
/// objects may be nested `levels` deep, including the record itself.
///
/// # Errors
/// Why the record is not read.
pub fn record<'t>(scan: &mut Cursor<'t>, at: usize, levels: usize, row: &mut Row<'t>) -> Result<Scanned, Stop> {
    scan.at = at;
    scan.spaced = false;
    scan.bitmaps.go_to(at);
    row.clear();
    let read = levels
        .checked_sub(1)
        .and_then(|within| scan.fields(within, Object::Record, row));
    row.resolve_escapes();
    if read.is_some() && row.part(Part::Body, b'{').is_some() {
        envelope::open(row);
    }
    match read {
        Some(()) => Ok(Scanned {
            end: scan.at,
            lines: if scan.spaced {
                line_breaks(scan.text.get(at..scan.at).unwrap_or_default())
            } else {
                0
            },
        }),
        // The cursor stops before an invalid byte, so here the text has ended.
        None if scan.at >= scan.text.len() => Err(Stop::End),
        None => Err(Stop::NeedsSlowPath),
    }
}

/// The object whose fields are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Object {
    /// A record.
    Record,
    /// The `data` of a record.
    Data,
    /// The record in the `body` of an envelope. It is not a list page.
    Body,
    /// The `conversationState` of a record.
    State,
}

impl Object {
    const fn slots(self) -> &'static Slots {
        match self {
            Object::Record | Object::Body => &OF_RECORD,
            Object::Data => &OF_DATA,
            Object::State => &OF_STATE,
        }
    }
}

/// Reads the fields of the record in the `body` of an envelope. Its text has been checked.
pub(super) fn body<'t>(text: &'t [u8], row: &mut Row<'t>) {
    Cursor::new(text, 0).fields(crate::json::MAX_DEPTH, Object::Body, row);
    row.resolve_escapes();
}

/// Sets what few records have: a field under its other spelling, a mark of a test, or `data` and other objects with a wrong value.
#[inline(never)]
fn set_rare<'t>(row: &mut Row<'t>, name: Name, object: Object, value: Value<'t>) {
    match name {
        Name::Alias(n) if object == Object::Data => row.set_alias(data_slot(n.into()), value),
        Name::Alias(n) => row.set_alias(own_slot(n.into()), value),
        Name::Data => row.set_data(value),
        Name::State { is_alias } => drop(row.begin_state(is_alias)),
        Name::TestMode { is_alias } => row.set_test_mode(is_alias, value),
        Name::Field(_) | Name::Part(_) | Name::Other => {}
    }
}

/// The key that is written with escapes.
#[inline(never)]
fn escaped_key(spelled: &[u8]) -> Key {
    let mut key = Vec::new();
    unescape(spelled, &mut key).map_or(Key::OTHER, |()| rarely_named(&key, key.len()))
}

impl<'t> Cursor<'t> {
    /// Reads the fields of an object. Values in it may be nested `levels` deep.
    #[inline(never)]
    fn fields(&mut self, levels: usize, object: Object, row: &mut Row<'t>) -> Option<()> {
        if self.byte()? != b'{' {
            return None;
        }
        self.skip(1);
        if !self.first_entry()? {
            return Some(());
        }
        let (slots, text) = (object.slots(), self.text);
        // The offset stays out of the cursor where it can: what is written to memory and read again makes the next step wait.
        let mut at = self.at;
        loop {
            let start = at.wrapping_add(1);
            let end = self.end_of_string(start)?;
            let length = end.wrapping_sub(start);
            let key = if self.bitmaps.has_escapes(start, length) {
                escaped_key(text.get(start..end)?)
            } else {
                named(text.get(start..)?, length)
            };
            let slot = key.slot(slots);
            at = end.wrapping_add(1);
            let quote = quote_ahead(text, at);
            if quote > 0 && slot != RARE {
                let start = at.wrapping_add(quote);
                let end = self.end_of_string(start)?;
                let spelled = text.get(start..end)?;
                row.set_spelled(slot, spelled, self.bitmaps.has_escapes(start, spelled.len()));
                at = end.wrapping_add(1);
            } else {
                self.at = at;
                self.value(key, slot, levels, object, row)?;
                at = self.at;
            }
            at = match key_ahead(text, at) {
                0 => {
                    self.at = at;
                    if !self.next_entry()? {
                        return Some(());
                    }
                    self.at
                }
                key => at.wrapping_add(key),
            };
        }
    }

    /// Reads the value after a key. The fast case, a string directly after the colon, is handled before.
    #[inline(never)]
    fn value(&mut self, key: Key, slot: usize, levels: usize, object: Object, row: &mut Row<'t>) -> Option<()> {
        let first = self.value_token()?;
        let value = match first {
            b'{' | b'[' => return self.container(first, key, slot, levels, object, row),
            b'"' => {
                self.skip(1);
                let start = self.at;
                let text = self.rest_of_string()?;
                if self.bitmaps.has_escapes(start, text.len()) {
                    row.unescaped(text)
                } else {
                    Value::Text(text)
                }
            }
            b'-' | b'0'..=b'9' => match self.pass_short_number() {
                #[allow(clippy::cast_precision_loss)] // it has seven digits at most
                Some(number) => Value::Number(number as f64),
                None if slot == slot::UNREAD => {
                    self.pass_number(first)?;
                    return Some(());
                }
                None => Value::Number(self.number(first)?),
            },
            b'n' => {
                self.word(b"null")?;
                Value::Null
            }
            b't' => {
                self.word(b"true")?;
                Value::True
            }
            _ => {
                self.word(b"false")?;
                Value::Other(kind_of(first))
            }
        };
        if slot == RARE {
            set_rare(row, key.name(), object, value);
        } else {
            row.set(slot, value);
        }
        Some(())
    }

    /// Reads an object or an array that is the value of a key.
    #[inline(never)]
    fn container(
        &mut self,
        first: u8,
        key: Key,
        slot: usize,
        levels: usize,
        object: Object,
        row: &mut Row<'t>,
    ) -> Option<()> {
        let start = self.at;
        if slot == RARE {
            match (key.name(), first) {
                (Name::Data, b'{') => {
                    row.set_data_object();
                    return self.fields(levels.checked_sub(1)?, Object::Data, row);
                }
                (Name::Data, b'[') if object == Object::Record => return None, // a list page
                (Name::State { is_alias }, b'{') => {
                    return if row.begin_state(is_alias) {
                        self.fields(levels.checked_sub(1)?, Object::State, row)
                    } else {
                        self.pass(first, levels)
                    };
                }
                (name, _) => {
                    self.pass(first, levels)?;
                    set_rare(row, name, object, Value::Other(kind_of(first)));
                }
            }
            return Some(());
        }
        self.pass(first, levels)?;
        let value = if slot >= slot::PART {
            Value::Part(self.text.get(start..self.at)?)
        } else {
            Value::Other(kind_of(first))
        };
        row.set(slot, value);
        Some(())
    }
}

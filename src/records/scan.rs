//! Scans a record that lies whole in memory: checks its text and reads its fields in one pass.
//!
//! This is the fast path for ordinary records. For invalid text, a list page or too many levels, [`record`] stops without any
//! effect, and [`reader`](super::reader) reads that text, with exact places and recovery. Tests check that both read every
//! record alike.

use crate::json::cursor::Cursor;
use crate::json::strings::{ascii_len, line_breaks};
use crate::json::value::{kind_of, unescaped};
use crate::records::envelope;
use crate::records::field_lookup::{Name, named, rarely_named};
use crate::records::row::{Part, Row, Value, data_slot};

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

/// Reads the record that begins at an offset of a text, if it is a whole and valid object and not a list page. Arrays and
/// objects may be nested `levels` deep, including the record itself.
///
/// # Errors
/// Why the record is not read.
pub fn record<'t>(text: &'t [u8], at: usize, levels: usize, row: &mut Row<'t>) -> Result<Scanned, Stop> {
    let mut scan = Cursor {
        text,
        at,
        spaced: false,
    };
    row.clear();
    let read = levels
        .checked_sub(1)
        .and_then(|within| scan.fields(within, Object::Record, row));
    match read {
        Some(()) if row.has(Part::Body) => envelope::open(row),
        _ => {}
    }
    match read {
        Some(()) => Ok(Scanned {
            end: scan.at,
            lines: if scan.spaced {
                line_breaks(text.get(at..scan.at).unwrap_or_default())
            } else {
                0
            },
        }),
        // The cursor stops before an invalid byte, so here the text has ended.
        None if scan.at >= text.len() => Err(Stop::End),
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
    const fn is_record(self) -> bool {
        matches!(self, Object::Record | Object::Body)
    }
}

/// Reads the fields of the record in the `body` of an envelope. Its text has been checked.
pub(super) fn body<'t>(text: &'t [u8], row: &mut Row<'t>) {
    let mut scan = Cursor {
        text,
        at: 0,
        spaced: false,
    };
    scan.fields(crate::json::MAX_DEPTH, Object::Body, row);
}

/// Sets the field of a name in the row, if the row has it.
#[inline(always)]
fn set_field<'t>(row: &mut Row<'t>, name: Name, object: Object, value: Value<'t>) {
    match name {
        Name::Field(n) if object == Object::Data => {
            if let Some(slot) = data_slot(n.into()) {
                row.set_in_data(slot, value);
            }
        }
        Name::Field(n) if object != Object::State => row.set(n.into(), value),
        Name::Other | Name::Field(_) => {}
        _ => set_rare(row, name, object, value),
    }
}

/// Sets what few records have: a field under its other spelling, a mark of a test, or `data` and other objects with a wrong value.
/// It is not a part of [`set_field`], so that the common fields are set by little code.
#[inline(never)]
fn set_rare<'t>(row: &mut Row<'t>, name: Name, object: Object, value: Value<'t>) {
    match name {
        Name::Alias(n) if object == Object::Data => {
            if let Some(slot) = data_slot(n.into()) {
                row.set_alias_in_data(slot, value);
            }
        }
        Name::Alias(n) if object != Object::State => row.set_alias(n.into(), value),
        Name::Data if object.is_record() => row.set_data(value),
        Name::Part(part) if object.is_record() => row.set_part(part, b""),
        Name::State { is_alias } if object.is_record() => drop(row.begin_state(is_alias)),
        Name::TestMode { is_alias } if object == Object::State => row.set_test_mode(is_alias, value),
        _ => {}
    }
}

/// The value of a string, from the bytes between its quotes.
fn text(spelled: &[u8]) -> Option<Value<'_>> {
    let text = std::str::from_utf8(spelled).ok()?;
    Some(unescaped(text).map_or(Value::BrokenText, Value::Text))
}

impl<'t> Cursor<'t> {
    /// Reads a value. It may be nested `levels` deep.
    fn value(&mut self, first: u8, levels: usize) -> Option<Value<'t>> {
        if matches!(first, b'-' | b'0'..=b'9') {
            return self.number(first).map(Value::Number);
        }
        let start = self.at;
        self.pass(first, levels)?;
        Some(match first {
            b'"' => return text(self.text.get(start.wrapping_add(1)..self.at.wrapping_sub(1))?),
            b'n' => Value::Null,
            b't' => Value::True,
            _ => Value::Other(kind_of(first)),
        })
    }

    /// Reads the fields of an object: a record or its `data`. Values in it may be nested `levels` deep.
    #[inline(never)]
    fn fields(&mut self, levels: usize, object: Object, row: &mut Row<'t>) -> Option<()> {
        if self.byte()? != b'{' {
            return None;
        }
        self.skip(1);
        let mut more = self.first_entry()?;
        while more {
            let name = self.key()?;
            let quote = self.quote_ahead();
            if quote > 0 {
                self.skip(quote);
                let rest = self.text.get(self.at..)?;
                let length = ascii_len(rest);
                let (text, after) = rest.split_at_checked(length)?;
                if after.first() == Some(&b'"') {
                    self.skip(length.wrapping_add(1));
                    set_field(row, name, object, Value::Ascii(text));
                } else {
                    self.slow_text(length, name, object, row)?;
                }
            } else {
                self.value_of(name, levels, object, row)?;
            }
            more = self.next_entry()?;
        }
        Some(())
    }

    /// Reads the value after a key. The fast case, a string directly after the colon, is handled before.
    #[inline(never)]
    fn value_of(&mut self, name: Name, levels: usize, object: Object, row: &mut Row<'t>) -> Option<()> {
        let first = self.value_token()?;
        match (name, first) {
            (Name::Other, _) => self.pass(first, levels),
            (Name::Data, b'{') if object.is_record() => {
                row.set_data_object();
                self.fields(levels.checked_sub(1)?, Object::Data, row)
            }
            (Name::Data, b'[') if object == Object::Record => None, // a list page
            (Name::State { is_alias }, b'{') if object.is_record() && row.begin_state(is_alias) => {
                self.fields(levels.checked_sub(1)?, Object::State, row)
            }
            (Name::State { .. }, b'{') => self.pass(first, levels),
            (Name::Part(part), _) => {
                let start = self.at;
                self.pass(first, levels)?;
                if object.is_record() {
                    row.set_part(part, self.text.get(start..self.at)?);
                }
                Some(())
            }
            _ => {
                let value = self.value(first, levels)?;
                set_field(row, name, object, value);
                Some(())
            }
        }
    }

    /// Reads a key, and finds the field that it names.
    #[inline(always)]
    fn key(&mut self) -> Option<Name> {
        self.skip(1);
        let rest = self.text.get(self.at..)?;
        let length = ascii_len(rest);
        if rest.get(length) == Some(&b'"') {
            self.skip(length.wrapping_add(1));
            return Some(named(rest, length));
        }
        self.slow_key(length)
    }

    #[inline(never)]
    fn slow_key(&mut self, plain: usize) -> Option<Name> {
        let key = unescaped(std::str::from_utf8(self.escaped_string(plain)?).ok()?);
        Some(key.map_or(Name::Other, |key| rarely_named(key.as_bytes(), key.len())))
    }

    #[inline(never)]
    fn slow_text(&mut self, plain: usize, name: Name, object: Object, row: &mut Row<'t>) -> Option<()> {
        let spelled = self.escaped_string(plain)?;
        // Text that is not read is not unescaped. A part that is a string is not read either.
        let value = match name {
            Name::Other | Name::Part(_) => Value::Null,
            _ => text(spelled)?,
        };
        set_field(row, name, object, value);
        Some(())
    }
}

//! Reading a record that lies whole in memory, in one pass: its text is checked and its fields are read at once.
//!
//! This is the fast way for what nearly every record is. What is out of the ordinary (text that is not valid, a list page,
//! too many levels) is left to `json.rs`, which is exact about places and recovery: [`record`] then stops, and nothing has
//! happened. What it does read, it reads as that way would; tests hold the two together.

use crate::json::cursor::Cursor;
use crate::json::strings::{ascii_len, line_breaks};
use crate::json::value::{kind_of, unescaped};
use crate::records::field_lookup::{Name, named};
use crate::records::row::{Row, Value, data_slot};

/// Where a record ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// The offset of the byte after it.
    pub end: usize,
    /// How many line breaks are in it.
    pub lines: u64,
}

/// Why a record was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The text ends in it, and all is well that far.
    End,
    /// It is out of the ordinary, or the text ends in it.
    NeedsSlowPath,
}

/// Reads the record that begins at an offset of a text, if it is an object that is whole, valid and no list page.
/// At most `levels` arrays and objects may lie in each other, the record itself among them.
///
/// # Errors
/// Why it is not read.
pub fn record<'t>(text: &'t [u8], at: usize, levels: usize, row: &mut Row<'t>) -> Result<Scanned, Stop> {
    let mut scan = Cursor {
        text,
        at,
        spaced: false,
    };
    row.clear();
    let read = levels.checked_sub(1).and_then(|within| scan.fields(within, false, row));
    match read {
        Some(()) => Ok(Scanned {
            end: scan.at,
            lines: if scan.spaced {
                line_breaks(text.get(at..scan.at).unwrap_or_default())
            } else {
                0
            },
        }),
        // A byte that can't stand where it does is not passed.
        None if scan.at >= text.len() => Err(Stop::End),
        None => Err(Stop::NeedsSlowPath),
    }
}

/// Puts a value in its place in the row, if it has one.
#[inline(always)]
fn tell<'t>(row: &mut Row<'t>, name: Name, is_data: bool, value: Value<'t>) {
    match name {
        Name::Field(n) if is_data => {
            if let Some(slot) = data_slot(n.into()) {
                row.set_in_data(slot, value);
            }
        }
        Name::Field(n) => row.set(n.into(), value),
        Name::Data if !is_data => row.set_data(value),
        Name::Data | Name::Other => {}
    }
}

/// What text means that is spelled so between its quotes.
fn text(spelled: &[u8]) -> Option<Value<'_>> {
    let text = std::str::from_utf8(spelled).ok()?;
    Some(unescaped(text).map_or(Value::BrokenText, Value::Text))
}

impl<'t> Cursor<'t> {
    /// A value that is read. It may open so many levels.
    fn value(&mut self, first: u8, levels: usize) -> Option<Value<'t>> {
        if matches!(first, b'-' | b'0'..=b'9') {
            return self.number(first).map(Value::Number);
        }
        let start = self.at;
        self.pass(first, levels)?;
        Some(match first {
            b'"' => return text(self.text.get(start.wrapping_add(1)..self.at.wrapping_sub(1))?),
            b'n' => Value::Null,
            _ => Value::Other(kind_of(first)),
        })
    }

    /// An object whose fields are read: a record, or its `data`. So many levels are left within it.
    #[inline(never)]
    fn fields(&mut self, levels: usize, is_data: bool, row: &mut Row<'t>) -> Option<()> {
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
                    tell(row, name, is_data, Value::Ascii(text));
                } else if name == Name::Other {
                    self.odd_string(length)?;
                } else {
                    let value = self.odd_text(length)?;
                    tell(row, name, is_data, value);
                }
            } else {
                self.value_of(name, levels, is_data, row)?;
            }
            more = self.next_entry()?;
        }
        Some(())
    }

    /// The value behind a key, where it is no string or has space before it.
    #[inline(never)]
    fn value_of(&mut self, name: Name, levels: usize, is_data: bool, row: &mut Row<'t>) -> Option<()> {
        let first = self.value_token()?;
        match (name, first) {
            (Name::Other, _) => self.pass(first, levels),
            (Name::Data, b'{') if !is_data => {
                row.set_data_object();
                self.fields(levels.checked_sub(1)?, true, row)
            }
            (Name::Data, b'[') if !is_data => None, // a list page
            _ => {
                let value = self.value(first, levels)?;
                tell(row, name, is_data, value);
                Some(())
            }
        }
    }

    /// What the key here names.
    #[inline(always)]
    fn key(&mut self) -> Option<Name> {
        self.skip(1);
        let rest = self.text.get(self.at..)?;
        let length = ascii_len(rest);
        if rest.get(length) == Some(&b'"') {
            self.skip(length.wrapping_add(1));
            return Some(named(rest, length));
        }
        self.odd_key(length)
    }

    #[inline(never)]
    fn odd_key(&mut self, plain: usize) -> Option<Name> {
        let key = unescaped(std::str::from_utf8(self.odd_string(plain)?).ok()?);
        Some(key.map_or(Name::Other, |key| named(key.as_bytes(), key.len())))
    }

    #[inline(never)]
    fn odd_text(&mut self, plain: usize) -> Option<Value<'t>> {
        self.odd_string(plain).and_then(text)
    }
}

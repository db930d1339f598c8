//! Reading the fields of an object by its shape, in one pass over its text.

use crate::contract::{Kind, MAX_FIELDS, Shape};
use crate::decimal::nearest;
use crate::error::{number_shown, shown};
use crate::report::MAX_SAFE_F64;
use crate::scan::plain::ascii_len;
use crate::scan::tokens::Scan;
use crate::walk::{key_among, unescaped};
use std::borrow::Cow;

/// What was got for a field.
#[derive(Clone, Copy, Debug)]
pub enum Got<'t> {
    /// Nothing.
    Missing,
    /// Text of ASCII, without escapes.
    Plain(&'t [u8]),
    /// Text as it is spelled between its quotes.
    Spelled(&'t [u8]),
    /// A whole number of fifteen digits at most.
    Whole(u64),
    /// Another number, as it is spelled.
    Number(&'t [u8]),
    /// Null.
    Null,
    /// True or false.
    Flag(bool),
    /// An array or an object that begins at this offset.
    Nested(usize),
    /// An array of rows, which have been read.
    Rows,
}

/// The fields of one object, in the order of its shape.
pub type Fields<'t> = [Got<'t>; MAX_FIELDS];

impl<'t> Got<'t> {
    /// Its text, if it is that; of one with a lone surrogate there is none.
    #[inline(never)]
    pub fn text(self) -> Option<Cow<'t, str>> {
        let (Got::Plain(text) | Got::Spelled(text)) = self else {
            return None;
        };
        unescaped(std::str::from_utf8(text).ok()?)
    }

    /// Its number, if it is one.
    #[allow(clippy::cast_precision_loss)]
    #[inline(never)]
    pub fn number(self) -> Option<f64> {
        match self {
            Got::Whole(n) => Some(n as f64), // exact: below 2^53
            Got::Number(text) => std::str::from_utf8(text).ok().map(nearest),
            _ => None,
        }
    }

    /// Its number, if it is a count.
    #[inline(never)]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn count(self) -> Option<u64> {
        match self {
            Got::Whole(n) => Some(n),
            _ => self
                .number()
                .filter(|n| n.fract() == 0.0 && (0.0..=MAX_SAFE_F64).contains(n))
                .map(|n| n as u64),
        }
    }

    /// As a message shows it.
    pub fn shown(self, whole: &[u8]) -> String {
        match self {
            Got::Missing => "nothing".into(),
            Got::Plain(_) | Got::Spelled(_) => match self.text() {
                Some(text) => shown(&text),
                None => "text with a lone surrogate".into(),
            },
            Got::Whole(_) | Got::Number(_) => format!("the number {}", number_shown(self.number().unwrap_or(f64::NAN))),
            Got::Null => "null".into(),
            Got::Flag(flag) => flag.to_string(),
            Got::Nested(at) if whole.get(at) == Some(&b'{') => "an object".into(),
            Got::Nested(_) | Got::Rows => "an array".into(),
        }
    }
}

/// Takes the rows of an array as they are read.
pub trait Rows<'t> {
    /// Reads the array that begins here. `None` where the text is broken.
    fn rows(&mut self, scan: &mut Scan<'t>, shape: &'static Shape, levels: usize) -> Option<()>;
}

/// Reads the object that begins here, at its brace. It may open so many levels. Of a field that comes twice the last counts. `None`
/// where the text is broken.
pub fn object<'t>(
    scan: &mut Scan<'t>,
    shape: &'static Shape,
    levels: usize,
    got: &mut Fields<'t>,
    rows: &mut dyn Rows<'t>,
) -> Option<()> {
    scan.skip(1);
    *got = [Got::Missing; MAX_FIELDS];
    let mut expected = 0_usize;
    let mut more = scan.first_entry()?;
    while more {
        let Some(at) = field(scan, shape, expected)? else {
            let first = scan.value_token()?;
            scan.pass(first, levels)?;
            more = scan.next_entry()?;
            continue;
        };
        expected = at.wrapping_add(1);
        let first = scan.value_token()?;
        let value = match (first, shape.fields.get(at)?.kind) {
            (b'[', Kind::Rows(shape)) => {
                rows.rows(scan, shape, levels.checked_sub(1)?)?;
                Got::Rows
            }
            _ => value(scan, first, levels)?,
        };
        *got.get_mut(at)? = value;
        more = scan.next_entry()?;
    }
    Some(())
}

/// Which field the key here names; nearly always the one after the last.
#[inline(always)]
fn field(scan: &mut Scan<'_>, shape: &'static Shape, expected: usize) -> Option<Option<usize>> {
    scan.skip(1);
    let rest = scan.text.get(scan.at..)?;
    let length = ascii_len(rest);
    if rest.get(length) != Some(&b'"') {
        return odd_field(scan, shape, length);
    }
    scan.skip(length.wrapping_add(1));
    let key = rest.get(..length)?;
    match shape.fields.get(expected) {
        Some(field) if is_same(key, field.name.as_bytes()) => Some(Some(expected)),
        _ => Some(place(key, shape)),
    }
}

/// Are they the same? By a few words at once, where comparing in general would be called and go byte by byte.
#[inline(always)]
fn is_same(key: &[u8], name: &[u8]) -> bool {
    if key.len() != name.len() {
        return false;
    }
    match (key.first_chunk::<8>(), key.last_chunk::<8>()) {
        (Some(first), Some(last)) if key.len() <= 16 => {
            name.first_chunk() == Some(first) && name.last_chunk() == Some(last)
        }
        _ => match (key.first_chunk::<4>(), key.last_chunk::<4>()) {
            (Some(first), Some(last)) if key.len() <= 8 => {
                name.first_chunk() == Some(first) && name.last_chunk() == Some(last)
            }
            _ => key == name,
        },
    }
}

#[inline(never)]
fn place(key: &[u8], shape: &'static Shape) -> Option<usize> {
    shape.fields.iter().position(|field| field.name.as_bytes() == key)
}

#[inline(never)]
fn odd_field(scan: &mut Scan<'_>, shape: &'static Shape, plain: usize) -> Option<Option<usize>> {
    let key = std::str::from_utf8(scan.odd_string(plain)?).ok()?;
    Some(
        shape
            .fields
            .iter()
            .position(|field| key_among(key, &[field.name]).is_some()),
    )
}

/// Reads the value that begins with this byte, here.
#[inline(always)]
pub fn value<'t>(scan: &mut Scan<'t>, first: u8, levels: usize) -> Option<Got<'t>> {
    let start = scan.at;
    Some(match first {
        b'"' => {
            scan.skip(1);
            let rest = scan.text.get(scan.at..)?;
            let length = ascii_len(rest);
            if rest.get(length) == Some(&b'"') {
                scan.skip(length.wrapping_add(1));
                Got::Plain(rest.get(..length)?)
            } else {
                Got::Spelled(scan.odd_string(length)?)
            }
        }
        b'-' | b'0'..=b'9' => match scan.pass_number(first)? {
            Some(number) if first != b'-' => Got::Whole(number),
            _ => Got::Number(scan.text.get(start..scan.at)?),
        },
        _ => {
            scan.pass(first, levels)?;
            match first {
                b'n' => Got::Null,
                b't' => Got::Flag(true),
                b'f' => Got::Flag(false),
                _ => Got::Nested(start),
            }
        }
    })
}

//! Reading the fields of an object by its shape, in one pass over its text.

use crate::contract::{Field, Kind, MAX_FIELDS, Shape, Spelled};
use crate::json::MAX_SAFE_F64;
use crate::json::cursor::Cursor;
use crate::json::decimal::nearest;
use crate::json::strings::ascii_len;
use crate::json::value::{key_among, unescaped};
use crate::message::{number_shown, shown};
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

/// Which fields are plainly as they should be, a bit each, the first one's lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plain(u32);

impl Plain {
    /// Is the field of this number?
    pub const fn has(self, at: usize) -> bool {
        self.0 & bit(at) != 0
    }

    /// Are all of so many?
    pub const fn is_all(self, count: usize) -> bool {
        self.0 == bit(count).wrapping_sub(1)
    }

    /// Adds those of fields from this one on.
    const fn add(&mut self, from: usize, more: Plain) {
        self.0 |= more.0.wrapping_shl(from as u32);
    }

    const fn put(&mut self, at: usize, is_plain: bool) {
        self.0 = self.0 & !bit(at) | if is_plain { bit(at) } else { 0 };
    }
}

const fn bit(at: usize) -> u32 {
    1_u32.wrapping_shl(at as u32)
}

/// Takes the rows of an array as they are read.
pub trait Rows<'t> {
    /// Reads the array that begins here. `None` where the text is broken.
    fn rows(&mut self, scan: &mut Cursor<'t>, shape: &'static Shape, levels: usize) -> Option<()>;
}

/// Reads the object that begins here, at its brace. It may open so many levels. Of a field that comes twice the last counts. `None`
/// where the text is broken.
pub fn object<'t>(
    scan: &mut Cursor<'t>,
    shape: &'static Shape,
    levels: usize,
    got: &mut Fields<'t>,
    rows: &mut dyn Rows<'t>,
) -> Option<Plain> {
    let (read, plain) = usual(scan, b'{', shape.fields, got);
    if read == shape.fields.len() && scan.byte()? == b'}' {
        scan.skip(1);
        return Some(plain);
    }
    entries(scan, shape, levels, got, rows, read, plain)
}

/// Reads the rest of an object, of which so many fields have been read.
#[inline(never)]
fn entries<'t>(
    scan: &mut Cursor<'t>,
    shape: &'static Shape,
    levels: usize,
    got: &mut Fields<'t>,
    rows: &mut dyn Rows<'t>,
    read: usize,
    plain: Plain,
) -> Option<Plain> {
    let (mut next, mut plain) = (read, plain);
    for got in got.iter_mut().take(shape.fields.len()).skip(next) {
        *got = Got::Missing;
    }
    let mut more = if read == 0 {
        scan.skip(1);
        scan.first_entry()?
    } else {
        scan.next_entry()?
    };
    while more {
        let at = field(scan, shape, next)?;
        let first = scan.value_token()?;
        if let Some(at) = at {
            let kind = shape.fields.get(at)?.kind;
            let value = match (first, kind) {
                (b'[', Kind::Rows(shape)) => {
                    rows.rows(scan, shape, levels.checked_sub(1)?)?;
                    Got::Rows
                }
                _ => value(scan, first, levels)?,
            };
            plain.put(at, is_plain(kind, value));
            *got.get_mut(at)? = value;
            next = at.wrapping_add(1);
            let (read, are_plain) = usual(scan, b',', shape.fields.get(next..)?, got.get_mut(next..)?);
            plain.add(next, are_plain);
            next = next.wrapping_add(read);
        } else {
            scan.pass(first, levels)?;
        }
        more = scan.next_entry()?;
    }
    Some(plain)
}

/// Reads fields for as long as they are what nearly all are: in their order, spelled without space, their values plain. Says how
/// many were read, and which of them need no further look; the place is then before what comes before the next key.
#[inline(never)]
fn usual<'t>(scan: &mut Cursor<'t>, before: u8, fields: &[Field], got: &mut [Got<'t>]) -> (usize, Plain) {
    let mut before = u64::from(before);
    let (mut read, mut plain) = (0_usize, Plain::default());
    let mut here = *scan;
    let mut behind = scan.at;
    for (field, got) in fields.iter().zip(got) {
        let Some(value) =
            usual_key(&mut here, &field.spelled, before).and_then(|()| usual_value(&mut here, field.kind))
        else {
            break;
        };
        *got = value;
        plain.0 |= u32::from(!field.kind.is_judged()).wrapping_shl(read as u32);
        read = read.wrapping_add(1);
        before = u64::from(b',');
        behind = here.at;
    }
    scan.at = behind;
    (read, plain)
}

/// Passes the key of this field and what stands around it, if it is spelled as nearly everyone does.
#[inline(always)]
fn usual_key(scan: &mut Cursor<'_>, key: &Spelled, before: u64) -> Option<()> {
    let block = u128::from_le_bytes(*scan.text.get(scan.at..)?.first_chunk::<16>()?);
    #[allow(clippy::cast_possible_truncation)]
    let [low, high] = [block as u64, (block >> 64) as u64];
    // What comes behind the key is shifted out. Compared as arrays, the words would go through memory, and the processor would wait.
    let behind = 128_u32.wrapping_sub(u32::from(key.length).wrapping_mul(8));
    if low ^ (key.bytes[0] | before) | (high ^ key.bytes[1]).wrapping_shl(behind) != 0 {
        return None;
    }
    scan.skip(key.length.into());
    Some(())
}

/// Reads a value as nearly all of its kind are; text from behind its opening quote on.
#[inline(always)]
fn usual_value<'t>(scan: &mut Cursor<'t>, kind: Kind) -> Option<Got<'t>> {
    match kind {
        Kind::Count | Kind::CountOrNull => scan.pass_short_number().map(Got::Whole),
        Kind::Flag => {
            let flag = scan.byte()? == b't';
            scan.word(if flag { b"true" } else { b"false" })?;
            Some(Got::Flag(flag))
        }
        _ if kind.is_text() => scan.pass_ascii().map(Got::Plain),
        _ => None,
    }
}

/// Is a value what nearly every value of its kind is? Of others more has to be looked at.
#[inline(always)]
const fn is_plain(kind: Kind, got: Got<'_>) -> bool {
    matches!(
        (kind, got),
        (Kind::Text | Kind::TextOrNull, Got::Plain(_))
            | (Kind::Count | Kind::CountOrNull, Got::Whole(_))
            | (Kind::TextOrNull | Kind::CountOrNull, Got::Null)
            | (Kind::Flag, Got::Flag(_))
            | (Kind::Rows(_), Got::Rows)
    )
}

/// Which field the key here names; most likely the one that is next.
#[inline(never)]
fn field(scan: &mut Cursor<'_>, shape: &'static Shape, next: usize) -> Option<Option<usize>> {
    scan.skip(1);
    let rest = scan.text.get(scan.at..)?;
    let length = ascii_len(rest);
    if rest.get(length) != Some(&b'"') {
        return odd_field(scan, shape, length);
    }
    scan.skip(length.wrapping_add(1));
    let key = rest.get(..length)?;
    let is_it = |field: &Field| field.name.as_bytes() == key;
    if shape.fields.get(next).is_some_and(is_it) {
        return Some(Some(next));
    }
    Some(shape.fields.iter().position(is_it))
}

#[inline(never)]
fn odd_field(scan: &mut Cursor<'_>, shape: &'static Shape, plain: usize) -> Option<Option<usize>> {
    let key = std::str::from_utf8(scan.odd_string(plain)?).ok()?;
    Some(
        shape
            .fields
            .iter()
            .position(|field| key_among(key, &[field.name]).is_some()),
    )
}

/// What is neither text nor a number.
const fn other<'t>(first: u8, start: usize) -> Got<'t> {
    match first {
        b'n' => Got::Null,
        b't' => Got::Flag(true),
        b'f' => Got::Flag(false),
        _ => Got::Nested(start),
    }
}

/// Reads the value that begins with this byte, here.
#[inline(never)]
pub fn value<'t>(scan: &mut Cursor<'t>, first: u8, levels: usize) -> Option<Got<'t>> {
    let start = scan.at;
    Some(match first {
        b'"' => {
            scan.skip(1);
            match scan.pass_ascii() {
                Some(text) => Got::Plain(text),
                None => Got::Spelled(scan.odd_string(ascii_len(scan.text.get(scan.at..)?))?),
            }
        }
        b'-' | b'0'..=b'9' => match scan.pass_number(first)? {
            Some(number) if first != b'-' => Got::Whole(number),
            _ => Got::Number(scan.text.get(start..scan.at)?),
        },
        _ => {
            scan.pass(first, levels)?;
            other(first, start)
        }
    })
}

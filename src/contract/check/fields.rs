//! Reads the fields of a response's objects by their shapes, in one pass over the text. Reading knows nothing about rules: it
//! gives each row to a [`Judge`], and the fields of other objects to its caller.
//!
//! # The fast path
//!
//! Nearly every server writes the fields of an object in the documented order, without white space, and with values that have
//! no escapes. [`read_expected`] reads fields for as long as that is so. It compares 16 bytes of the text at once with the
//! next key as it is expected ([`ExpectedKey`]):
//!
//! ```text
//! text       { " a g e n t I d " : " a 1 " ,      16 bytes, from the brace or the comma on
//! expected   0 " a g e n t I d " : " 0 0 0 0      the quoted key, the colon, and the quote that opens a string
//!            |                       |
//!            `{` or `,` is put here  what follows the key is shifted out of the comparison
//! ```
//!
//! At the first difference [`entries`] takes over. It reads one entry by its key, in any order and spelling, and then tries the
//! fast path again.

use crate::contract::responses::SHAPES;
use crate::contract::{Field, Kind, MAX_FIELDS, Shape};
use crate::json::cursor::{Cursor, Position};
use crate::json::decimal::nearest;
use crate::json::value::{key_among, unescaped};
use crate::json::{MAX_DEPTH, MAX_SAFE_F64};
use crate::message::{number_shown, shown};
use std::borrow::Cow;

/// What the text has for a field.
#[derive(Clone, Copy, Debug)]
pub enum Got<'t> {
    /// Nothing: the field is missing.
    Missing,
    /// A string of ASCII characters without escapes.
    Ascii(&'t [u8]),
    /// Another string, as it is written between its quotes.
    RawText(&'t [u8]),
    /// A whole number of at most fifteen digits.
    Whole(u64),
    /// Another number, as it is written.
    Number(&'t [u8]),
    /// Null.
    Null,
    /// True or false.
    Flag(bool),
    /// An object that begins at this offset.
    Object(usize),
    /// An array whose elements have not been read.
    Array,
    /// An array of rows. The [`Judge`] has got each of them.
    Rows,
}

impl<'t> Got<'t> {
    /// The string's text; `None` for other values, and for a string with a lone surrogate.
    #[inline(never)]
    pub fn text(self) -> Option<Cow<'t, str>> {
        let (Got::Ascii(text) | Got::RawText(text)) = self else {
            return None;
        };
        unescaped(std::str::from_utf8(text).ok()?)
    }

    /// The number's value; `None` for other values.
    #[allow(clippy::cast_precision_loss)]
    #[inline(never)]
    pub fn number(self) -> Option<f64> {
        match self {
            Got::Whole(n) => Some(n as f64), // exact: it is less than 2^53
            Got::Number(text) => std::str::from_utf8(text).ok().map(nearest),
            _ => None,
        }
    }

    /// The number's value, if it is a whole number from 0 to 2^53 - 1.
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

    /// The value as a message shows it.
    pub fn shown(self) -> String {
        match self {
            Got::Missing => "nothing".into(),
            Got::Ascii(_) | Got::RawText(_) => match self.text() {
                Some(text) => shown(&text),
                None => "a string with a lone surrogate".into(),
            },
            Got::Whole(_) | Got::Number(_) => format!("the number {}", number_shown(self.number().unwrap_or(f64::NAN))),
            Got::Null => "null".into(),
            Got::Flag(flag) => flag.to_string(),
            Got::Object(_) => "an object".into(),
            Got::Array | Got::Rows => "an array".into(),
        }
    }
}

/// What the text has for each field of an object, in the order of the shape. Entries after the shape's last field are `Missing`.
pub type Fields<'t> = [Got<'t>; MAX_FIELDS];

/// The fields of an object that was read.
#[derive(Clone, Copy, Debug)]
pub struct Object<'t> {
    /// What the text has for each field.
    pub fields: Fields<'t>,
    /// The fields whose values are certainly of their kind. The others need a closer look.
    pub verified: FieldSet,
}

impl Object<'_> {
    const EMPTY: Self = Object {
        fields: [Got::Missing; MAX_FIELDS],
        verified: FieldSet(0),
    };
}

/// A set of fields, by their indexes in a shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSet(u32);

impl FieldSet {
    /// Does the set contain the field with this index?
    pub const fn contains(self, index: usize) -> bool {
        self.0 & bit(index) != 0
    }

    /// Is the set exactly the first `count` fields?
    pub const fn is_first(self, count: usize) -> bool {
        self.0 == bit(count).wrapping_sub(1)
    }

    /// Adds the fields of another set whose indexes count from the field `from`.
    const fn add_from(&mut self, from: usize, more: FieldSet) {
        self.0 |= more.0.wrapping_shl(from as u32);
    }

    /// Adds or removes the field with this index.
    const fn set(&mut self, index: usize, is_in: bool) {
        self.0 = self.0 & !bit(index) | if is_in { bit(index) } else { 0 };
    }
}

const fn bit(index: usize) -> u32 {
    1_u32.wrapping_shl(index as u32)
}

/// Takes the rows of a response while they are read.
pub trait Judge<'t> {
    /// An array of rows begins. Where its key comes twice, an array begins twice, and the rows of the first do not count.
    fn begin_rows(&mut self, shape: &'static Shape);

    /// Row `n`, counted from 0, is this object.
    fn row(&mut self, n: usize, shape: &'static Shape, row: &Object<'t>);

    /// Row `n`, counted from 0, is not an object.
    fn not_an_object(&mut self, n: usize, got: Got<'t>);
}

/// Reads a whole response. `None` where the text is not an object, or is not JSON.
pub fn response<'t>(text: &'t [u8], shape: &'static Shape, judge: &mut impl Judge<'t>) -> Option<Object<'t>> {
    let mut scan = Cursor::new(text, 0);
    if scan.token()? != b'{' {
        return None;
    }
    let found = one_object(&mut scan, shape, judge)?;
    (scan.token().is_none() && scan.at >= text.len()).then_some(found)
}

/// Reads the object inside a response that begins at this offset, as [`Got::Object`] says.
pub fn inner_object<'t>(
    text: &'t [u8],
    at: usize,
    shape: &'static Shape,
    judge: &mut impl Judge<'t>,
) -> Option<Object<'t>> {
    one_object(&mut Cursor::new(text, at), shape, judge)
}

#[inline(never)]
fn one_object<'t>(scan: &mut Cursor<'t>, shape: &'static Shape, judge: &mut impl Judge<'t>) -> Option<Object<'t>> {
    let mut found = Object::EMPTY;
    object(
        scan,
        &Expected::of(shape),
        MAX_DEPTH.saturating_sub(1),
        &mut found,
        judge,
    )?;
    Some(found)
}

/// Reads the object that begins here, at its brace, into `found`. It may contain `levels` levels of arrays and objects. Where a
/// key comes twice, the last value counts. `None` where the text is not JSON.
fn object<'t>(
    scan: &mut Cursor<'t>,
    expected: &Expected,
    levels: usize,
    found: &mut Object<'t>,
    judge: &mut impl Judge<'t>,
) -> Option<()> {
    let fields = expected.shape.fields;
    let (read, verified) = read_expected(scan, b'{', fields, expected.keys, &mut found.fields);
    found.verified = verified;
    if read == fields.len() && scan.byte()? == b'}' {
        scan.skip(1);
        return Some(());
    }
    entries(scan, expected, levels, found, judge, read)
}

/// Reads the rest of an object after the fast path has read its first `read` fields.
#[inline(never)]
fn entries<'t>(
    scan: &mut Cursor<'t>,
    expected: &Expected,
    levels: usize,
    found: &mut Object<'t>,
    judge: &mut impl Judge<'t>,
    read: usize,
) -> Option<()> {
    let shape = expected.shape;
    let Object { fields, verified } = found;
    let mut next = read;
    for got in fields.iter_mut().take(shape.fields.len()).skip(next) {
        *got = Got::Missing;
    }
    let mut more = if read == 0 {
        scan.skip(1);
        scan.first_entry()?
    } else {
        scan.next_entry()?
    };
    while more {
        let index = field(scan, shape, next)?;
        let first = scan.value_token()?;
        if let Some(index) = index {
            let kind = shape.fields.get(index)?.kind;
            let got = match (first, kind) {
                (b'[', Kind::Rows(shape)) => {
                    rows(scan, shape, levels.checked_sub(1)?, judge)?;
                    Got::Rows
                }
                _ => value(scan, first, levels)?,
            };
            verified.set(index, is_certain(kind, got));
            *fields.get_mut(index)? = got;
            next = index.wrapping_add(1);
            let (rest, keys) = (shape.fields.get(next..)?, expected.keys.get(next..)?);
            let (read, more) = read_expected(scan, b',', rest, keys, fields.get_mut(next..)?);
            verified.add_from(next, more);
            next = next.wrapping_add(read);
        } else {
            scan.pass(first, levels)?;
        }
        more = scan.next_entry()?;
    }
    Some(())
}

/// Reads the array of rows that begins here, and gives each row to the judge. `None` where the text is not JSON.
#[inline(never)]
fn rows<'t>(scan: &mut Cursor<'t>, shape: &'static Shape, levels: usize, judge: &mut impl Judge<'t>) -> Option<()> {
    judge.begin_rows(shape);
    let expected = Expected::of(shape);
    let levels_in_row = levels.checked_sub(1)?;
    let mut row = Object::EMPTY;
    scan.skip(1);
    let mut first = scan.token()?;
    if first == b']' {
        scan.skip(1);
        return Some(());
    }
    for n in 0.. {
        if first == b'{' {
            object(scan, &expected, levels_in_row, &mut row, judge)?;
            judge.row(n, shape, &row);
        } else {
            judge.not_an_object(n, value(scan, first, levels)?);
        }
        match scan.token()? {
            b',' => scan.skip(1),
            b']' => break,
            _ => return None,
        }
        first = scan.token()?;
    }
    scan.skip(1);
    Some(())
}

/// A shape, and its keys as the fast path compares them.
struct Expected {
    shape: &'static Shape,
    keys: &'static Keys,
}

impl Expected {
    fn of(shape: &'static Shape) -> Self {
        Expected {
            shape,
            keys: KEYS.get(shape.number).unwrap_or(&NO_KEYS),
        }
    }
}

/// A key as it is expected in the text, from the brace or comma before it to its colon, or to the quote that opens a string.
#[derive(Clone, Copy)]
struct ExpectedKey {
    /// The bytes as two little-endian words. Byte 0 is 0, in place of the brace or comma; the bytes after the key are 0.
    words: [u64; 2],
    /// The number of bytes, from 9 to 16.
    length: u8,
}

/// The expected keys of a shape, in the order of its fields.
type Keys = [ExpectedKey; MAX_FIELDS];

static NO_KEYS: Keys = [ExpectedKey::NONE; MAX_FIELDS];

/// The expected keys of each of [`SHAPES`]. The compiler makes them.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
static KEYS: [Keys; SHAPES.len()] = {
    let mut keys = [[ExpectedKey::NONE; MAX_FIELDS]; SHAPES.len()];
    let mut shape = 0;
    while shape < SHAPES.len() {
        let fields = SHAPES[shape].fields;
        let mut field = 0;
        while field < fields.len() {
            keys[shape][field] = ExpectedKey::of(&fields[field]);
            field += 1;
        }
        shape += 1;
    }
    keys
};

impl ExpectedKey {
    /// No text has these bytes: a key of another length is left to [`entries`].
    const NONE: Self = ExpectedKey {
        words: [u64::MAX; 2],
        length: 0,
    };

    #[allow(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation
    )] // run by the compiler
    const fn of(field: &Field) -> Self {
        let key = field.name.as_bytes();
        let end: &[u8] = if field.kind.is_text() { b"\":\"" } else { b"\":" };
        let length = 2 + key.len() + end.len();
        if length <= 8 || length > 16 {
            return Self::NONE;
        }
        let mut bytes = [0; 16];
        bytes[1] = b'"';
        let mut at = 2;
        while at < length {
            bytes[at] = if at < 2 + key.len() {
                key[at - 2]
            } else {
                end[at - 2 - key.len()]
            };
            at += 1;
        }
        ExpectedKey {
            words: words(bytes),
            length: length as u8,
        }
    }
}

/// Sixteen bytes as two little-endian words.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)]
const fn words(bytes: [u8; 16]) -> [u64; 2] {
    let bytes = u128::from_le_bytes(bytes);
    [bytes as u64, (bytes >> 64) as u64]
}

/// Reads fields for as long as they are as expected: in order, without white space, and with values that are written in the
/// usual way. Returns how many fields it read, and which of them are certainly of their kind. The cursor is then at the comma
/// or brace before the next key.
#[inline(never)]
fn read_expected<'t>(
    scan: &mut Cursor<'t>,
    before: u8,
    fields: &[Field],
    keys: &[ExpectedKey],
    got: &mut [Got<'t>],
) -> (usize, FieldSet) {
    let mut before = u64::from(before);
    let (mut read, mut verified) = (0_usize, FieldSet::default());
    // A copy of the position, which can stay out of memory.
    let mut here = **scan;
    let mut behind = scan.at;
    for ((field, key), got) in fields.iter().zip(keys).zip(got) {
        let Some(value) =
            read_expected_key(&mut here, key, before).and_then(|()| read_expected_value(&mut here, field.kind))
        else {
            break;
        };
        *got = value;
        verified.0 |= u32::from(!field.kind.is_restricted_text()).wrapping_shl(read as u32);
        read = read.wrapping_add(1);
        before = u64::from(b',');
        behind = here.at;
    }
    scan.at = behind;
    (read, verified)
}

/// Passes this key, if the text has it as expected after the byte `before`.
#[inline(always)]
fn read_expected_key(scan: &mut Position<'_>, key: &ExpectedKey, before: u64) -> Option<()> {
    let [low, high] = words(*scan.text.get(scan.at..)?.first_chunk()?);
    // Two words and not two arrays: arrays would be compared in memory, and the processor would wait for it.
    let behind = 128_u32.wrapping_sub(u32::from(key.length).wrapping_mul(8));
    if low ^ (key.words[0] | before) | (high ^ key.words[1]).wrapping_shl(behind) != 0 {
        return None;
    }
    scan.skip(key.length.into());
    Some(())
}

/// Reads a value that is written in the usual way for its kind. A string begins after its opening quote.
#[inline(always)]
fn read_expected_value<'t>(scan: &mut Position<'t>, kind: Kind) -> Option<Got<'t>> {
    match kind {
        Kind::Count | Kind::CountOrNull => scan.pass_short_number().map(Got::Whole),
        Kind::Flag => {
            let flag = scan.byte()? == b't';
            scan.word(if flag { b"true" } else { b"false" })?;
            Some(Got::Flag(flag))
        }
        _ if kind.is_text() => scan.pass_ascii().map(Got::Ascii),
        _ => None,
    }
}

/// Is the value certainly of its kind? `false` means that it needs a closer look.
#[inline(always)]
const fn is_certain(kind: Kind, got: Got<'_>) -> bool {
    matches!(
        (kind, got),
        (Kind::Text | Kind::TextOrNull, Got::Ascii(_))
            | (Kind::Count | Kind::CountOrNull, Got::Whole(_))
            | (Kind::TextOrNull | Kind::CountOrNull, Got::Null)
            | (Kind::Flag, Got::Flag(_))
            | (Kind::Rows(_), Got::Rows)
    )
}

/// Passes the key that begins here, and returns the index of its field. The field `next` is the most likely one. `Some(None)` is
/// a key that the shape does not have.
#[inline(never)]
fn field(scan: &mut Cursor<'_>, shape: &'static Shape, next: usize) -> Option<Option<usize>> {
    scan.skip(1);
    let start = scan.at;
    let key = scan.rest_of_string()?;
    if scan.bitmaps.has_escapes(start, key.len()) {
        return escaped_field(key, shape);
    }
    let is_it = |field: &Field| field.name.as_bytes() == key;
    if shape.fields.get(next).is_some_and(is_it) {
        return Some(Some(next));
    }
    Some(shape.fields.iter().position(is_it))
}

/// Does what [`field`] does for a key with escapes.
#[inline(never)]
fn escaped_field(key: &[u8], shape: &'static Shape) -> Option<Option<usize>> {
    let key = std::str::from_utf8(key).ok()?;
    Some(
        shape
            .fields
            .iter()
            .position(|field| key_among(key, &[field.name]).is_some()),
    )
}

/// Reads the value that begins here, with the byte `first`. It may open `levels` levels of arrays and objects.
#[inline(never)]
fn value<'t>(scan: &mut Cursor<'t>, first: u8, levels: usize) -> Option<Got<'t>> {
    let start = scan.at;
    Some(match first {
        b'"' => {
            scan.skip(1);
            match scan.pass_ascii() {
                Some(text) => Got::Ascii(text),
                None => Got::RawText(scan.rest_of_string()?),
            }
        }
        b'-' | b'0'..=b'9' => match scan.pass_number(first)? {
            Some(number) if first != b'-' => Got::Whole(number),
            _ => Got::Number(scan.text.get(start..scan.at)?),
        },
        _ => {
            scan.pass(first, levels)?;
            literal_or_nested(first, start)
        }
    })
}

/// The value that begins with the byte `first` at the offset `start`, and is neither a string nor a number.
const fn literal_or_nested<'t>(first: u8, start: usize) -> Got<'t> {
    match first {
        b'n' => Got::Null,
        b't' => Got::Flag(true),
        b'f' => Got::Flag(false),
        b'{' => Got::Object(start),
        _ => Got::Array,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::contract::AgentUsageItem;

    /// How many fields of a row by agent the fast path reads.
    fn read_fast(row: &str) -> usize {
        let text = format!("{row},                ");
        let expected = Expected::of(&AgentUsageItem::SHAPE);
        let mut fields = Object::EMPTY.fields;
        let mut scan = Cursor::new(text.as_bytes(), 0);
        read_expected(&mut scan, b'{', expected.shape.fields, expected.keys, &mut fields).0
    }

    #[test]
    fn the_fast_path_reads_each_field_that_is_written_as_expected() {
        let row = r#"{"agentId":"a","agentName":"A","messages":1,"calls":2,"totalSeconds":3,"isOrphan":false}"#;
        assert_eq!(read_fast(row), 6);
        assert_eq!(read_fast(&row.replace("\"calls\":2", "\"calls\": 2")), 3);
        assert_eq!(read_fast(&row.replace("agentId", "agentID")), 0);
    }

    #[test]
    fn each_shape_has_its_own_expected_keys() {
        for (position, shape) in SHAPES.iter().enumerate() {
            assert_eq!(shape.number, position, "{}", shape.name);
            for (key, field) in KEYS[position].iter().zip(shape.fields) {
                let [low, high] = key.words.map(u64::to_le_bytes);
                let bytes = [low, high].concat();
                let start = format!("\0\"{}\":", field.name);
                let fits = start.len() + usize::from(field.kind.is_text()) <= 16 && key.length > 0;
                assert_eq!(bytes.starts_with(start.as_bytes()), fits, "{}", field.name);
            }
        }
    }
}

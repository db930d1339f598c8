//! Lazy reading of valid JSON text: the entries of an object, the items of an array, the value of a scalar.
//!
//! The text must be valid. It is the output of `JSON.stringify` in the TypeScript package, or was checked before. So nothing is
//! checked again, and values that are not read are skipped by a search of their end. With invalid text the reading ends
//! early or returns wrong values, but never panics.

use crate::json::decimal::nearest;
use crate::json::strings::text_len;
use std::borrow::Cow;

/// A JSON value, read one level deep.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, rounded as `JSON.parse` does: to the nearest double, or to infinity beyond the largest.
    Number(f64),
    /// Text, with its escapes resolved.
    Text(Cow<'a, str>),
    /// Text with a lone surrogate, which no UTF-8 can hold.
    BrokenText,
    /// The text of an array.
    Array(&'a str),
    /// The text of an object.
    Object(&'a str),
}

/// Reads the text of a value.
pub fn read(text: &str) -> Json<'_> {
    match text.as_bytes() {
        [b'"', ..] => text
            .get(1..text.len().saturating_sub(1))
            .and_then(unescaped)
            .map_or(Json::BrokenText, Json::Text),
        [b'{', ..] => Json::Object(text),
        [b'[', ..] => Json::Array(text),
        b"null" => Json::Null,
        b"true" => Json::Bool(true),
        b"false" => Json::Bool(false),
        _ => Json::Number(nearest(text)),
    }
}

/// The kind of the value that begins with this byte, with its article.
pub const fn kind_of(first: u8) -> &'static str {
    match first {
        b'{' => "an object",
        b'[' => "an array",
        b'"' => "a string",
        b't' | b'f' => "a boolean",
        b'n' => "null",
        _ => "a number",
    }
}

/// The entries of an object, in order: the key as written between its quotes, and the text of the value.
pub fn entries(object: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut walk = Walk { text: object, at: 1 };
    std::iter::from_fn(move || {
        let key = walk.next_value()?;
        let value = walk.next_value()?;
        Some((key.get(1..key.len().saturating_sub(1))?, value))
    })
}

/// The texts of the items of an array, in order.
pub fn items(array: &str) -> impl Iterator<Item = &str> {
    let mut walk = Walk { text: array, at: 1 };
    std::iter::from_fn(move || walk.next_value())
}

/// The texts of the values of these keys. If a key occurs twice, the last value counts.
pub fn values<'a, const N: usize>(object: &'a str, keys: [&str; N]) -> [Option<&'a str>; N] {
    let mut found = [None; N];
    find_values(object, &keys, &mut found);
    found
}

/// Not generic, so that it is compiled once.
#[inline(never)]
fn find_values<'a>(object: &'a str, keys: &[&str], found: &mut [Option<&'a str>]) {
    for (key, value) in entries(object) {
        let slot = key_among(key, keys).and_then(|at| found.get_mut(at));
        if let Some(slot) = slot {
            *slot = Some(value);
        }
    }
}

/// The index of the name that a key equals. The key is given as written between its quotes.
pub fn key_among(key: &str, names: &[&str]) -> Option<usize> {
    match unescaped(key)? {
        Cow::Borrowed(key) => names.iter().position(|name| *name == key),
        Cow::Owned(key) => names.iter().position(|name| *name == key),
    }
}

/// Resolves the escapes of text as written between its quotes. `None` if it has a lone surrogate.
#[inline(never)]
pub fn unescaped(spelled: &str) -> Option<Cow<'_, str>> {
    if text_len(spelled.as_bytes()) == spelled.len() {
        return Some(Cow::Borrowed(spelled));
    }
    let mut text = Vec::new();
    unescape(spelled.as_bytes(), &mut text)?;
    String::from_utf8(text).ok().map(Cow::Owned)
}

/// Appends text as written between its quotes, with its escapes resolved. `None` if it has a lone surrogate; what was appended then
/// is not a text.
#[inline(never)]
pub fn unescape(spelled: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.reserve(spelled.len()); // no escape is shorter than what it stands for
    let mut rest = spelled;
    while let [first, after @ ..] = rest {
        if *first != b'\\' {
            let (plain, escape) = rest.split_at_checked(text_len(after).saturating_add(1))?;
            append(out, plain);
            rest = escape;
            continue;
        }
        let (letter, after) = after.split_first()?;
        rest = after;
        out.push(match letter {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let mut utf8 = [0; 4];
                let character = char::from_u32(code(&mut rest)?)?;
                append(out, character.encode_utf8(&mut utf8).as_bytes());
                continue;
            }
            other => *other,
        });
    }
    Some(())
}

/// Appends bytes. WebAssembly copies with a call, which is slow for the few bytes between two escapes.
#[inline(always)]
fn append(out: &mut Vec<u8>, bytes: &[u8]) {
    if bytes.len() > 16 {
        out.extend_from_slice(bytes);
    } else {
        for byte in bytes {
            out.push(*byte);
        }
    }
}

/// The code point of one or two `\u` escapes, of which the first two bytes are passed.
fn code(rest: &mut &[u8]) -> Option<u32> {
    let high = hex(rest)?;
    if !(0xd800..0xdc00).contains(&high) {
        return Some(high);
    }
    *rest = rest.strip_prefix(b"\\u")?;
    let low = hex(rest).filter(|low| (0xdc00..0xe000).contains(low))?;
    let pair = (high & 0x3ff) << 10 | (low & 0x3ff);
    Some(pair.saturating_add(0x1_0000))
}

/// The value of four hexadecimal digits.
fn hex(rest: &mut &[u8]) -> Option<u32> {
    let (digits, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    // A letter has the bit 0x40, and is 9 more than its lowest four bits.
    let digits = u32::from_be_bytes(*digits);
    let values = (digits & 0x0f0f_0f0f).wrapping_add((digits >> 6 & 0x0101_0101).wrapping_mul(9));
    let pairs = values | values >> 4;
    Some(pairs & 0xff | pairs >> 8 & 0xff00)
}

/// A position in the text of an array or object.
struct Walk<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Walk<'a> {
    /// The next key or value; `None` at the end of the array or object.
    fn next_value(&mut self) -> Option<&'a str> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let skipped = rest
            .iter()
            .position(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b',' | b':'))?;
        let start = self.at.saturating_add(skipped);
        let value = self.text.as_bytes().get(start..)?;
        let length = match value.first()? {
            b'}' | b']' => return None,
            b'"' => text_length(value)?,
            b'{' | b'[' => container_length(value)?,
            _ => value
                .iter()
                .position(|b| matches!(b, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n'))
                .unwrap_or(value.len()),
        };
        self.at = start.saturating_add(length);
        self.text.get(start..self.at)
    }
}

/// The length in bytes of the string at the beginning, including its quotes.
fn text_length(text: &[u8]) -> Option<usize> {
    let mut at = 1_usize;
    loop {
        let found = at.saturating_add(text_len(text.get(at..)?));
        at = found.saturating_add(1);
        match text.get(found)? {
            b'"' => return Some(at),
            b'\\' => at = at.saturating_add(1),
            _ => {} // a control character, which valid text does not have
        }
    }
}

/// The length in bytes of the array or object at the beginning. Only brackets of its own kind are counted, because in valid text
/// the others come in pairs.
fn container_length(text: &[u8]) -> Option<usize> {
    let (open, close) = if text.first() == Some(&b'{') {
        (b'{', b'}')
    } else {
        (b'[', b']')
    };
    let mut depth = 0_usize;
    let mut at = 0_usize;
    loop {
        let byte = *text.get(at)?;
        if byte == b'"' {
            at = at.saturating_add(text_length(text.get(at..)?)?);
            continue;
        }
        at = at.saturating_add(1);
        if byte == open {
            depth = depth.saturating_add(1);
        } else if byte == close {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(at);
            }
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    /// Reads a text as a value of serde_json.
    fn tree(text: &str) -> Value {
        match read(text) {
            Json::Null => Value::Null,
            Json::Bool(b) => b.into(),
            Json::Number(n) => n.into(),
            Json::Text(text) => text.into(),
            Json::BrokenText => panic!("a lone surrogate"),
            Json::Array(text) => items(text).map(tree).collect(),
            Json::Object(text) => {
                let entry = |(key, value)| (unescaped(key).unwrap().into_owned(), tree(value));
                Value::Object(entries(text).map(entry).collect())
            }
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,8}|[\"\\\\{}\\[\\],:\n]{0,4}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 30, 5, |inner| {
            let key = "[a-c\"\\\\é]{0,2}";
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((key, inner), 0..5).prop_map(|e| Value::Object(e.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn valid_text_is_read_as_serde_json_reads_it(value in json(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            prop_assert_eq!(tree(&text), value);
        }

        #[test]
        fn invalid_text_never_panics(text in "[\"\\\\{}\\[\\],: a1u\u{e9}]{0,20}") {
            let _ = (entries(&text).count(), items(&text).count(), read(&text), unescaped(&text));
        }
    }

    #[test]
    fn escapes_are_resolved_and_lone_surrogates_are_refused() {
        assert_eq!(
            unescaped(r#"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00."#).unwrap(),
            "\"\\/\u{8}\u{c}\n\r\té😀."
        );
        for alone in [
            r"\ud83d",
            r"\ude00",
            r"\ud83dx",
            r"\ud83d\n",
            r"\ud83d\u0041",
            r"\ud83d\ud83d",
        ] {
            assert_eq!(unescaped(alone), None, "{alone}");
        }
        assert_eq!(
            values(r#"{"a": 1, "b": 2, "\u0061": [3]}"#, ["a", "c"]),
            [Some("[3]"), None]
        );
        assert_eq!(
            (read("1e999"), read("-0")),
            (Json::Number(f64::INFINITY), Json::Number(-0.0))
        );
    }
}

//! The grammar of JSON (RFC 8259), a byte at a time. A text may end and go on anywhere.
//!
//! [`Syntax`] knows which bytes may come next. The arrays and objects that are open are the caller's, because callers keep
//! different things about them.

use crate::json::MAX_DEPTH;
use crate::json::number_grammar::Number;
use crate::json::value::kind_of;
use crate::message::shown;

/// What may come next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// A value.
    #[default]
    Value,
    /// A value, or the end of the array that has just opened.
    ValueOrEnd,
    /// A key, or the end of the object that has just opened.
    KeyOrEnd,
    /// A key.
    Key,
    /// The colon after a key.
    Colon,
    /// A comma, or the end of the container.
    CommaOrEnd,
    /// More of a string, which may be a key.
    Text {
        /// Whether the string is a key.
        key: bool,
    },
    /// The letter after a backslash.
    Escape {
        /// Whether the string is a key.
        key: bool,
    },
    /// More hexadecimal digits of an escape.
    Hex {
        /// Whether the string is a key.
        key: bool,
        /// How many digits are missing.
        left: u8,
    },
    /// More of a number.
    Number(Number),
    /// The rest of `true`, `false` or `null`.
    Word {
        /// The letters that are missing.
        rest: &'static [u8],
    },
}

/// An array or an object that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// An array.
    Array,
    /// An object.
    Object,
}

/// What a byte did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The byte stands inside a token or between tokens.
    Inside,
    /// A key begins.
    Key,
    /// A value begins. The caller keeps the container where the byte opens one.
    Begins,
    /// A string that is a value ends.
    Ends,
    /// A number or a word has ended before the byte, which has to be looked at again.
    EndedBefore,
    /// The next item or entry of the innermost container follows.
    Comma,
    /// The innermost container ends.
    Closes,
}

/// The grammar's state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Syntax {
    /// What may come next. A caller sets [`State::CommaOrEnd`] after a value in a container, and [`State::Value`] after a value
    /// outside of all containers.
    pub state: State,
}

impl Syntax {
    /// Takes the next byte. `inside` is the innermost container.
    ///
    /// # Errors
    /// Why the byte can't stand here, in words.
    pub fn step(&mut self, byte: u8, inside: Option<Container>) -> Result<Step, String> {
        match self.state {
            State::Text { key } => return self.text(byte, key),
            State::Escape { key } => match byte {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.state = State::Text { key },
                b'u' => self.state = State::Hex { key, left: 4 },
                _ => return Err(got(byte, "an escape, one of \" \\ / b f n r t u")),
            },
            State::Hex { key, left } => {
                if !byte.is_ascii_hexdigit() {
                    return Err(got(byte, "a hexadecimal digit"));
                }
                let left = left.saturating_sub(1);
                self.state = if left > 0 {
                    State::Hex { key, left }
                } else {
                    State::Text { key }
                };
            }
            State::Number(number) => match number.next(byte) {
                Some(next) => self.state = State::Number(next),
                None if number.may_end() => return ended_before(byte, inside),
                None => return Err(got(byte, "a digit")),
            },
            State::Word { rest: [] } => return ended_before(byte, inside),
            State::Word { rest } => match rest.split_first() {
                Some((want, rest)) if *want == byte => self.state = State::Word { rest },
                _ => return Err(got(byte, "true, false or null")),
            },
            _ if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') => {}
            State::Value | State::ValueOrEnd => return self.value(byte),
            State::Key | State::KeyOrEnd => return self.key(byte),
            State::Colon if byte == b':' => self.state = State::Value,
            State::Colon => return Err(got(byte, "a colon")),
            State::CommaOrEnd => return self.comma_or_end(byte, inside),
        }
        Ok(Step::Inside)
    }

    /// Whether the text may end here with a number or a word that only the end of the text completes.
    pub const fn may_end(&self) -> bool {
        match self.state {
            State::Number(number) => number.may_end(),
            State::Word { rest } => rest.is_empty(),
            _ => false,
        }
    }

    /// The token or container in which a text ends too early.
    pub const fn open(&self, inside: Option<Container>) -> &'static str {
        match (self.state, inside) {
            (State::Text { .. } | State::Escape { .. } | State::Hex { .. }, _) => "a string",
            (State::Number(_), _) => "a number",
            (State::Word { .. }, _) => "a word",
            (_, Some(Container::Array)) => "an array",
            _ => "an object",
        }
    }

    fn text(&mut self, byte: u8, key: bool) -> Result<Step, String> {
        match byte {
            b'"' if key => self.state = State::Colon,
            b'"' => return Ok(Step::Ends),
            b'\\' => self.state = State::Escape { key },
            ..b' ' => return Err(got(byte, "the string to go on, with control characters escaped")),
            _ => {}
        }
        Ok(Step::Inside)
    }

    fn value(&mut self, byte: u8) -> Result<Step, String> {
        self.state = match byte {
            b']' if self.state == State::ValueOrEnd => return Ok(Step::Closes),
            b'{' => State::KeyOrEnd,
            b'[' => State::ValueOrEnd,
            b'"' => State::Text { key: false },
            b't' => State::Word { rest: b"rue" },
            b'f' => State::Word { rest: b"alse" },
            b'n' => State::Word { rest: b"ull" },
            b'-' => State::Number(Number::Minus),
            b'0' => State::Number(Number::Zero),
            b'1'..=b'9' => State::Number(Number::Whole),
            _ if self.state == State::ValueOrEnd => return Err(got(byte, "a value or ]")),
            _ => return Err(got(byte, "a value")),
        };
        Ok(Step::Begins)
    }

    fn key(&mut self, byte: u8) -> Result<Step, String> {
        match byte {
            b'"' => {
                self.state = State::Text { key: true };
                Ok(Step::Key)
            }
            b'}' if self.state == State::KeyOrEnd => Ok(Step::Closes),
            _ if self.state == State::Key => Err(got(byte, "a key in quotes")),
            _ => Err(got(byte, "a key in quotes or }")),
        }
    }

    fn comma_or_end(&mut self, byte: u8, inside: Option<Container>) -> Result<Step, String> {
        match (inside, byte) {
            (Some(Container::Array), b',') => self.state = State::Value,
            (Some(Container::Object), b',') => self.state = State::Key,
            (Some(Container::Array), b']') | (Some(Container::Object), b'}') => return Ok(Step::Closes),
            (Some(Container::Array), _) => return Err(got(byte, "a comma or ]")),
            _ => return Err(got(byte, "a comma or }")),
        }
        Ok(Step::Comma)
    }
}

/// Only the byte after a number or a word shows that it has ended.
fn ended_before(byte: u8, inside: Option<Container>) -> Result<Step, String> {
    if inside.is_none() && !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'{' | b'[' | b'"') {
        return Err(got(byte, "a space between values"));
    }
    Ok(Step::EndedBefore)
}

/// Where a text is not one JSON value, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxFault {
    /// What was got and what is wanted.
    pub message: String,
    /// Line, from 1.
    pub line: u64,
    /// Offset in bytes, from 0.
    pub byte_offset: u64,
}

/// Why the beginning of a text shows that it is not JSON at all.
pub fn foreign_beginning(byte: u8) -> Option<&'static str> {
    match byte {
        0x1f => Some("this is gzip, not JSON: decompress it first, with DecompressionStream(\"gzip\") for instance"),
        0xfe | 0xff => Some("this is UTF-16: wanted UTF-8"),
        _ => None,
    }
}

/// Why one more array or object can't open.
pub fn too_deep() -> String {
    format!("arrays and objects are nested more than {MAX_DEPTH} deep")
}

/// The message for text that is not UTF-8.
pub const NOT_UTF8: &str = "this is not UTF-8";

/// Checks a text that should be one JSON value, and returns the value's kind with its article.
///
/// ```
/// use usage_by_agent::json::syntax::check_value;
///
/// assert_eq!(check_value(b"[1, 2]"), Ok("an array"));
/// let fault = check_value(b"{\n  \"a\": nil}").unwrap_err();
/// assert_eq!((fault.message.as_str(), fault.line), ("got \"i\": wanted true, false or null", 2));
/// ```
///
/// # Errors
/// The first place at which the text is not one value.
pub fn check_value(text: &[u8]) -> Result<&'static str, SyntaxFault> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let valid = std::str::from_utf8(text).map_or_else(|error| error.valid_up_to(), str::len);
    let (mut syntax, mut open, mut kind) = (Syntax::default(), Vec::new(), None);
    let (mut line, mut at) = (1_u64, if text.starts_with(MARK) { MARK.len() } else { 0 });
    let message = loop {
        let is_between = open.is_empty() && syntax.state == State::Value;
        let Some(&byte) = text.get(at) else {
            match kind {
                None => break "the text is empty".into(),
                Some(kind) if is_between || open.is_empty() && syntax.may_end() => return Ok(kind),
                Some(_) => break format!("the text ends inside {}", syntax.open(open.last().copied())),
            }
        };
        if at == 0
            && let Some(message) = foreign_beginning(byte)
        {
            break message.into();
        }
        if at >= valid && matches!(syntax.state, State::Text { .. }) {
            break NOT_UTF8.into();
        }
        let step = match syntax.step(byte, open.last().copied()) {
            Ok(step) => step,
            Err(message) => break message,
        };
        if step == Step::Begins {
            if is_between && kind.is_some() {
                break got(byte, "nothing more: the text is one value");
            }
            kind = kind.or(Some(kind_of(byte)));
            if matches!(byte, b'{' | b'[') {
                if open.len() >= MAX_DEPTH {
                    break too_deep();
                }
                open.push(if byte == b'{' {
                    Container::Object
                } else {
                    Container::Array
                });
            }
        }
        if step == Step::Closes {
            open.pop();
        }
        if matches!(step, Step::Closes | Step::Ends | Step::EndedBefore) {
            syntax.state = if open.is_empty() {
                State::Value
            } else {
                State::CommaOrEnd
            };
        }
        if step != Step::EndedBefore {
            line = line.saturating_add(u64::from(byte == b'\n'));
            at = at.saturating_add(1);
        }
    };
    Err(SyntaxFault {
        message,
        line,
        byte_offset: at as u64,
    })
}

/// A message about a byte.
pub fn got(byte: u8, wanted: &str) -> String {
    let byte = if byte.is_ascii() {
        shown(&char::from(byte).to_string())
    } else {
        format!("byte 0x{byte:02x}")
    };
    format!("got {byte}: wanted {wanted}")
}

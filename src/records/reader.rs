//! Finding records in JSON text that arrives in pieces.
//!
//! The text is an array of records, a list page (`{"data": [...]}`), or any number of those and of single records one
//! after the other (newline-delimited, concatenated); which it is shows as it is read. A [`Reader`] takes chunks that end
//! anywhere, checks every byte against RFC 8259, and hands each record's text to a [`Sink`] with its place. It keeps no
//! more than the record it is in, so memory does not grow with the input.
//!
//! Syntax is decided here and nowhere else; `walk.rs` reads what this has checked, and what a record means is `record.rs`'s.

use crate::error::{Code, Place, UsageError};
use crate::json::MAX_DEPTH;
use crate::json::number_grammar::Number;
use crate::json::strings::{ascii_len, line_breaks, text_len};
use crate::json::utf8::Utf8;
use crate::json::value::key_among;
use crate::message::shown;
use crate::records::row::Row;

/// The most bytes of one record's text: 64 MiB.
pub const MAX_RECORD: usize = 64 << 20;

/// Takes what a [`Reader`] finds.
pub trait Sink {
    /// The text of one object that stands where a record may stand.
    ///
    /// # Errors
    /// Ends the reading.
    fn object(&mut self, text: &str, place: &dyn Fn() -> Place) -> Result<(), UsageError>;

    /// Such an object that could be read at one go: the fields of a record.
    ///
    /// # Errors
    /// Ends the reading.
    fn row(&mut self, row: &Row<'_>, place: &dyn Fn() -> Place) -> Result<(), UsageError>;

    /// Something else that stands there, by its type's name with its article.
    ///
    /// # Errors
    /// Ends the reading.
    fn not_object(&mut self, kind: &'static str, place: Place) -> Result<(), UsageError>;

    /// A value that is not JSON.
    ///
    /// # Errors
    /// Ends the reading; else it goes on at the next line that begins with `{`.
    fn broken(&mut self, error: UsageError) -> Result<(), UsageError>;

    /// Lines after a broken value that were passed over.
    fn passed_over(&mut self, error: UsageError);
}

/// A container that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// An array whose items are records: a top-level array, or a page's `data`. Which item comes or is being read, and the
    /// line in which the array began.
    Items { index: u64, line: u64 },
    /// An object that turned out to be a page.
    Page,
    /// An object in a record, or a record.
    Object,
    /// An array in a record.
    Array,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Between top-level values.
    Top,
    /// The rest of a byte order mark.
    Mark { rest: &'static [u8] },
    /// A value.
    Value,
    /// A value, or the end of the array just opened.
    ValueOrEnd,
    /// A key, or the end of the object just opened.
    KeyOrEnd,
    /// A key.
    Key,
    /// The colon after a key.
    Colon,
    /// A comma, or the end of the container.
    CommaOrEnd,
    /// More of a string; is it a key?
    Text { key: bool },
    /// The letter after a backslash.
    Escape { key: bool },
    /// So many more hexadecimal digits.
    Hex { key: bool, left: u8 },
    /// More of a number.
    Number(Number),
    /// The rest of `true`, `false` or `null`.
    Word { rest: &'static [u8] },
    /// Passing over what follows a broken value.
    Lost,
}

/// The value at a record's place that is being read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    /// How many containers are open around it.
    depth: usize,
    /// What it is, unless it is an object.
    not_object: Option<&'static str>,
    line: u64,
    offset: u64,
}

/// The longest spelling of the key `data` between its quotes, each letter escaped.
const LONGEST_KEY: usize = 24;

/// Reads one text, chunk by chunk.
#[derive(Clone, Debug)]
pub struct Reader {
    pub(super) state: State,
    pub(super) frames: Vec<Frame>,
    pub(super) record: Option<Record>,
    /// Where the record being read begins in this chunk; what came before is in `kept`.
    pub(super) from: usize,
    /// The text so far of a record that began in an earlier chunk.
    pub(super) kept: Vec<u8>,
    /// The text so far of a record that was about to be read when its chunk ended; the reader stands before it.
    pub(super) tail: Vec<u8>,
    /// The raw text of the latest key of a record or page, as far as it could be `data`.
    pub(super) key: Vec<u8>,
    /// Strings outside records are checked as they pass; a record's whole text is checked at its end.
    pub(super) utf8: Utf8,
    /// Which top-level value comes or is being read.
    pub(super) top: u64,
    /// Where the chunk begins.
    pub(super) offset: u64,
    pub(super) line: u64,
    pub(super) line_start: u64,
    pub(super) lost: Lost,
    pub(super) failed: Option<UsageError>,
    /// Is the text one value, whatever it is?
    pub(super) whole: bool,
    /// Which chunks are worth a try to read their records at one go.
    pub(super) tries: Tries,
}

/// Which chunks the fast lane is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tries {
    /// Any at all?
    pub(super) any: bool,
    /// Of how many bytes a chunk must be for a second try at a record that it cuts.
    pub(super) again: usize,
}

const NEVER: Tries = Tries { any: false, again: 0 };

/// After a broken value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lost {
    /// Its line.
    line: u64,
    /// How many lines with anything in them were passed over since, and the last of them.
    passed: u64,
    last: u64,
    /// Where reading went on the last time: what is broken right there is not tried again.
    resumed: Option<u64>,
    /// Did reading go on inside a list of which nothing has shown since that it goes on too? It may have ended in the broken
    /// line: after the record come a comma or the end if it goes on, and the next line's record if it does not.
    unsure: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Reader {
            state: State::Top,
            frames: Vec::new(),
            record: None,
            from: 0,
            kept: Vec::new(),
            tail: Vec::new(),
            key: Vec::new(),
            utf8: Utf8::default(),
            top: 0,
            offset: 0,
            line: 1,
            line_start: 0,
            lost: Lost::default(),
            failed: None,
            whole: false,
            tries: Tries {
                any: true,
                again: 1 << 12,
            },
        }
    }
}

/// What became of a byte.
enum Step {
    /// It was taken.
    Taken,
    /// It ended something and has to be looked at again.
    Again,
    /// It can't stand here.
    Wrong(String),
    /// The sink ends the reading.
    End(UsageError),
}

impl From<Result<(), UsageError>> for Step {
    fn from(told: Result<(), UsageError>) -> Self {
        told.map_or_else(Step::End, |()| Step::Taken)
    }
}

impl Reader {
    /// A reader of a text that is one value, neither a list of records nor several: an answer of the API, say.
    pub fn of_one_value() -> Self {
        Reader {
            whole: true,
            tries: NEVER,
            ..Reader::default()
        }
    }

    /// A reader that goes byte by byte all the way, and so tells each object by its text: what the tests hold the fast way
    /// against.
    #[doc(hidden)]
    pub fn careful() -> Self {
        Reader {
            tries: NEVER,
            ..Reader::default()
        }
    }

    /// A reader that tries again at a record that a chunk cuts however short the chunk is, for tests.
    #[doc(hidden)]
    pub fn eager() -> Self {
        Reader {
            tries: Tries { any: true, again: 1 },
            ..Reader::default()
        }
    }

    /// Reads the next chunk of the text.
    ///
    /// # Errors
    /// The sink's. A reader that has failed stays failed: what came after the fault in that chunk is gone, so to go on
    /// would be to lose records in silence.
    pub fn push(&mut self, chunk: &[u8], sink: &mut dyn Sink) -> Result<(), UsageError> {
        self.unless_failed(|reader| reader.read(chunk, sink))
    }

    /// Ends the text; the reader is then ready for another.
    ///
    /// # Errors
    /// The sink's, and `invalid_json` where a value is left open.
    pub fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), UsageError> {
        self.unless_failed(|reader| reader.end(sink))?;
        *self = Reader {
            whole: self.whole,
            tries: self.tries,
            ..Reader::default()
        };
        Ok(())
    }

    fn unless_failed(&mut self, run: impl FnOnce(&mut Self) -> Result<(), UsageError>) -> Result<(), UsageError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        run(self).inspect_err(|error| {
            self.failed = Some(error.clone());
            self.kept = Vec::new();
        })
    }

    fn read(&mut self, chunk: &[u8], sink: &mut dyn Sink) -> Result<(), UsageError> {
        if chunk.is_empty() {
            return Ok(());
        }
        let taken = self.read_tail(chunk, sink)?;
        self.read_chunk(chunk.get(taken..).unwrap_or_default(), true, sink)
    }

    pub(super) fn read_chunk(&mut self, chunk: &[u8], keeps_tail: bool, sink: &mut dyn Sink) -> Result<(), UsageError> {
        self.from = 0;
        let mut row = Row::default();
        let mut at = 0_usize;
        loop {
            at = self.records(chunk, at, keeps_tail, &mut row, sink)?;
            let Some(rest) = chunk.get(at..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            if let State::Text { key } = self.state {
                let plain = self.plain_text(rest, key);
                if plain > 0 {
                    at = at.saturating_add(plain);
                    continue;
                }
            }
            match self.step(chunk, at, sink) {
                Step::Taken => at = at.saturating_add(1),
                Step::Again => {}
                Step::Wrong(what) => self.lose(&what, self.here(at), sink)?,
                Step::End(error) => return Err(error),
            }
        }
        let end = self.here(chunk.len());
        if self.in_object() {
            let more = chunk.get(self.from..).unwrap_or_default();
            if self.kept.len().saturating_add(more.len()) > MAX_RECORD {
                self.lose(TOO_LONG, end, sink)?;
            } else {
                self.kept.extend_from_slice(more);
            }
        }
        self.offset = end;
        Ok(())
    }

    pub(super) const fn here(&self, at: usize) -> u64 {
        self.offset.saturating_add(at as u64)
    }

    /// Is a record being read that is an object, so that its text is kept?
    const fn in_object(&self) -> bool {
        matches!(self.record, Some(Record { not_object: None, .. }))
    }

    /// How many of these bytes are the plain inside of a string.
    fn plain_text(&mut self, bytes: &[u8], key: bool) -> usize {
        let plain = if self.in_object() {
            text_len(bytes)
        } else if self.utf8.due == 0 {
            ascii_len(bytes)
        } else {
            0
        };
        self.spell(bytes.get(..plain).unwrap_or_default(), key);
        plain
    }

    /// Notes some of a key, as far as the key could be `data`.
    fn spell(&mut self, bytes: &[u8], key: bool) {
        if key && self.key_matters() && self.key.len() <= LONGEST_KEY {
            self.key.extend(bytes.iter().take(LONGEST_KEY.saturating_add(1)));
        }
    }

    /// One byte that is not the plain inside of a string.
    fn step(&mut self, chunk: &[u8], at: usize, sink: &mut dyn Sink) -> Step {
        let Some(&byte) = chunk.get(at) else { return Step::Taken };
        match self.state {
            State::Text { key } => self.text(byte, key, sink),
            State::Escape { key } => {
                self.spell(&[byte], key);
                match byte {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.state = State::Text { key },
                    b'u' => self.state = State::Hex { key, left: 4 },
                    _ => return wrong(byte, "an escape, one of \" \\ / b f n r t u"),
                }
                Step::Taken
            }
            State::Hex { key, left } => {
                if !byte.is_ascii_hexdigit() {
                    return wrong(byte, "a hexadecimal digit");
                }
                self.spell(&[byte], key);
                let left = left.saturating_sub(1);
                self.state = if left > 0 {
                    State::Hex { key, left }
                } else {
                    State::Text { key }
                };
                Step::Taken
            }
            State::Number(number) => match number.next(byte) {
                Some(next) => {
                    self.state = State::Number(next);
                    Step::Taken
                }
                None if number.may_end() => self.scalar_ended(byte, sink),
                None => wrong(byte, "a digit"),
            },
            State::Word { rest: [] } => self.scalar_ended(byte, sink),
            State::Word { rest } => match rest.split_first() {
                Some((want, rest)) if *want == byte => {
                    self.state = State::Word { rest };
                    Step::Taken
                }
                _ => wrong(byte, "true, false or null"),
            },
            State::Mark { rest } => match rest.split_first() {
                Some((want, rest)) if *want == byte => {
                    self.state = if rest.is_empty() {
                        State::Top
                    } else {
                        State::Mark { rest }
                    };
                    Step::Taken
                }
                _ => wrong(byte, "the rest of a byte order mark"),
            },
            State::Lost => self.pass(byte, self.here(at), sink),
            _ if byte == b'\n' => {
                self.new_line(self.here(at));
                Step::Taken
            }
            _ if matches!(byte, b' ' | b'\t' | b'\r') => Step::Taken,
            State::Top | State::Value | State::ValueOrEnd => self.value(byte, chunk, at),
            State::Key | State::KeyOrEnd => match byte {
                b'"' => {
                    self.key.clear();
                    self.state = State::Text { key: true };
                    Step::Taken
                }
                b'}' if self.state == State::KeyOrEnd => self.close(chunk, at, sink),
                _ if self.state == State::Key => wrong(byte, "a key in quotes"),
                _ => wrong(byte, "a key in quotes or }"),
            },
            State::Colon if byte == b':' => {
                self.state = State::Value;
                Step::Taken
            }
            State::Colon => wrong(byte, "a colon"),
            State::CommaOrEnd => self.comma_or_end(byte, chunk, at, sink),
        }
    }

    pub(super) const fn new_line(&mut self, here: u64) {
        self.line = self.line.saturating_add(1);
        self.line_start = here.saturating_add(1);
    }

    /// A byte in a string that is not plain.
    fn text(&mut self, byte: u8, key: bool, sink: &mut dyn Sink) -> Step {
        if byte >= 0x80 || self.utf8.due > 0 {
            return if self.utf8.takes(byte) {
                Step::Taken
            } else {
                Step::Wrong(NOT_UTF8.into())
            };
        }
        match byte {
            b'"' if key => self.state = State::Colon,
            b'"' => return self.value_ended(sink),
            b'\\' => {
                self.spell(&[byte], key);
                self.state = State::Escape { key };
            }
            _ => return wrong(byte, "the string to go on, with control characters escaped"),
        }
        Step::Taken
    }

    /// Is the innermost container one where a key `data` means something: a record itself, or a page?
    fn key_matters(&self) -> bool {
        match self.frames.last() {
            Some(Frame::Page) => true,
            Some(Frame::Object) => self
                .record
                .is_some_and(|r| r.depth.saturating_add(1) == self.frames.len()),
            _ => false,
        }
    }

    /// Is the latest key `data`, where that means something?
    fn key_is_data(&self) -> bool {
        if !self.key_matters() || self.key.len() > LONGEST_KEY {
            return false;
        }
        std::str::from_utf8(&self.key).is_ok_and(|key| key_among(key, &["data"]).is_some())
    }

    /// The first byte of a value, or the end of an array just opened.
    fn value(&mut self, byte: u8, chunk: &[u8], at: usize) -> Step {
        let here = self.here(at);
        match (byte, self.state) {
            (b']', State::ValueOrEnd) => return self.end_array_just_opened(),
            (0xef, State::Top) if here == 0 => {
                self.state = State::Mark { rest: b"\xbb\xbf" };
                return Step::Taken;
            }
            _ => {}
        }
        if let Some(why) = self.cannot_begin(byte, here) {
            return Step::Wrong(why);
        }
        if self.whole && self.state == State::Top && self.top > 0 {
            return wrong(byte, "nothing more: the text is one value");
        }
        if self.state == State::Value && !self.whole && self.key_is_data() {
            if self.frames.last() == Some(&Frame::Page) {
                return Step::Wrong(
                    "a list page has \"data\" twice, and the first one's records have been read".into(),
                );
            }
            if byte == b'[' {
                return self.page(chunk.get(self.from..at).unwrap_or_default());
            }
        }
        let top_level_array = byte == b'[' && self.frames.is_empty() && !self.whole;
        if self.record.is_none() && matches!(self.frames.last(), None | Some(Frame::Items { .. })) && !top_level_array {
            let not_object = match byte {
                b'{' => None,
                b'[' => Some("an array"),
                b'"' => Some("a string"),
                b't' | b'f' => Some("a boolean"),
                b'n' => Some("null"),
                _ => Some("a number"),
            };
            self.record = Some(Record {
                depth: self.frames.len(),
                not_object,
                line: self.line,
                offset: here,
            });
            self.from = at;
        }
        match byte {
            b'{' => {
                self.frames.push(Frame::Object);
                self.state = State::KeyOrEnd;
            }
            b'[' => {
                self.frames.push(if top_level_array {
                    Frame::Items {
                        index: 0,
                        line: self.line,
                    }
                } else {
                    Frame::Array
                });
                self.state = State::ValueOrEnd;
            }
            b'"' => self.state = State::Text { key: false },
            b't' => self.state = State::Word { rest: b"rue" },
            b'f' => self.state = State::Word { rest: b"alse" },
            b'n' => self.state = State::Word { rest: b"ull" },
            b'-' => self.state = State::Number(Number::Minus),
            b'0' => self.state = State::Number(Number::Zero),
            _ => self.state = State::Number(Number::Whole),
        }
        Step::Taken
    }

    fn end_array_just_opened(&mut self) -> Step {
        if !matches!(self.frames.last(), Some(Frame::Items { .. })) {
            self.state = State::CommaOrEnd;
            return Step::Again;
        }
        self.end_items()
    }

    /// Why no value begins with this byte here.
    fn cannot_begin(&self, byte: u8, here: u64) -> Option<String> {
        match byte {
            b'{' | b'[' if self.frames.len() >= MAX_DEPTH => Some(format!(
                "arrays and objects lie more than {MAX_DEPTH} deep in each other"
            )),
            b'{' | b'[' | b'"' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9' => None,
            0x1f if here == 0 => Some(
                "this is gzip, not JSON: decompress it first, with DecompressionStream(\"gzip\") for instance".into(),
            ),
            0xfe | 0xff if here == 0 => Some("this is UTF-16: wanted UTF-8".into()),
            _ if self.state == State::ValueOrEnd => Some(got(byte, "a value or ]")),
            _ => Some(got(byte, "a value")),
        }
    }

    /// The object being read is a page: its `data` begins here, and the text of it so far is no record's.
    fn page(&mut self, text: &[u8]) -> Step {
        let is_utf8 = if self.kept.is_empty() {
            std::str::from_utf8(text).is_ok()
        } else {
            self.kept.extend_from_slice(text);
            std::str::from_utf8(&self.kept).is_ok()
        };
        if !is_utf8 {
            return Step::Wrong("the list page before its \"data\" is not UTF-8".into());
        }
        if let Some(innermost) = self.frames.last_mut() {
            *innermost = Frame::Page;
        }
        self.record = None;
        self.kept.clear();
        self.frames.push(Frame::Items {
            index: 0,
            line: self.line,
        });
        self.state = State::ValueOrEnd;
        Step::Taken
    }

    fn comma_or_end(&mut self, byte: u8, chunk: &[u8], at: usize, sink: &mut dyn Sink) -> Step {
        let begins_line = self.here(at) == self.line_start;
        match (self.frames.last_mut(), byte) {
            (Some(Frame::Items { .. }), b',') => self.next_item(),
            (Some(Frame::Array), b',') => self.state = State::Value,
            (Some(Frame::Object | Frame::Page), b',') => self.state = State::Key,
            (Some(Frame::Items { .. }), b']') => return self.end_items(),
            (Some(Frame::Items { .. }), b'{') if self.lost.unsure && begins_line => {
                return self.leave_containers();
            }
            (Some(Frame::Array), b']') => {
                self.frames.pop();
                return self.value_ended(sink);
            }
            (Some(Frame::Object | Frame::Page), b'}') => return self.close(chunk, at, sink),
            (Some(Frame::Items { .. } | Frame::Array), _) => return wrong(byte, "a comma or ]"),
            _ => return wrong(byte, "a comma or }"),
        }
        Step::Taken
    }

    /// The comma between the items of an array of records.
    pub(super) fn next_item(&mut self) {
        if let Some(Frame::Items { index, .. }) = self.frames.last_mut() {
            *index = index.saturating_add(1);
        }
        self.state = State::Value;
        self.lost.unsure = false;
    }

    /// The end of an array of records: of a page's `data`, or of a top-level array.
    fn end_items(&mut self) -> Step {
        self.frames.pop();
        self.after_value();
        Step::Taken
    }

    /// The list in which a value was broken turns out to have ended with it: the record since then, and those to come, are
    /// top-level values.
    fn leave_containers(&mut self) -> Step {
        self.frames.clear();
        self.lost.unsure = false;
        self.top = self.top.saturating_add(2);
        self.state = State::Top;
        Step::Again
    }

    /// The end of an object.
    fn close(&mut self, chunk: &[u8], at: usize, sink: &mut dyn Sink) -> Step {
        let page = self.frames.pop() == Some(Frame::Page);
        match self.record {
            None if page => {
                self.after_value();
                Step::Taken
            }
            Some(record) if record.depth == self.frames.len() => {
                let told = self.object(record, chunk.get(self.from..=at).unwrap_or_default(), sink);
                self.after_value();
                told.into()
            }
            _ => self.value_ended(sink),
        }
    }

    /// The end of a value that is no record, or a record that is no object.
    fn value_ended(&mut self, sink: &mut dyn Sink) -> Step {
        if let Some(Record {
            depth,
            not_object: Some(kind),
            line,
            offset,
        }) = self.record
            && depth == self.frames.len()
        {
            let told = sink.not_object(kind, self.place(line, offset));
            self.record = None;
            self.after_value();
            return told.into();
        }
        self.state = State::CommaOrEnd;
        Step::Taken
    }

    /// The end of a number or a word, which only the next byte shows.
    fn scalar_ended(&mut self, byte: u8, sink: &mut dyn Sink) -> Step {
        if self.frames.is_empty() && !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'{' | b'[' | b'"') {
            return wrong(byte, "a space between values");
        }
        match self.value_ended(sink) {
            Step::Taken => Step::Again,
            other => other,
        }
    }

    /// After a record, a page or an array of records.
    pub(super) fn after_value(&mut self) {
        self.record = None;
        if self.frames.is_empty() {
            self.top = self.top.saturating_add(1);
            self.state = State::Top;
        } else {
            self.state = State::CommaOrEnd;
        }
    }

    /// Hands a record to the sink: what was kept of it from earlier chunks, and what this one has.
    #[inline(never)]
    fn object(&mut self, record: Record, text: &[u8], sink: &mut dyn Sink) -> Result<(), UsageError> {
        let mut kept = std::mem::take(&mut self.kept);
        let text = if kept.is_empty() {
            text
        } else {
            kept.extend_from_slice(text);
            kept.as_slice()
        };
        let told = match std::str::from_utf8(text) {
            _ if text.len() > MAX_RECORD => sink.broken(self.broken(TOO_LONG, record.line, record.offset)),
            Ok(text) => sink.object(text, &|| self.place(record.line, record.offset)),
            Err(error) => {
                let before = error.valid_up_to();
                let lines = line_breaks(text.get(..before).unwrap_or_default());
                let line = record.line.saturating_add(lines);
                sink.broken(self.broken(NOT_UTF8, line, record.offset.saturating_add(before as u64)))
            }
        };
        // The buffer serves the next record that a chunk cuts in two, unless it has grown large.
        if kept.capacity() <= 1 << 20 {
            kept.clear();
            self.kept = kept;
        }
        told
    }

    /// Tells of a broken value and looks for a place to go on.
    #[inline(never)]
    fn lose(&mut self, what: &str, here: u64, sink: &mut dyn Sink) -> Result<(), UsageError> {
        let error = self.broken(what, self.line, here);
        // Of the lists that began in the broken line, the outermost alone may go on in the next.
        let outermost = |frame: &Frame| matches!(frame, Frame::Items { line, .. } if *line == self.line);
        if let Some(at) = self.frames.iter().position(outermost) {
            self.frames.truncate(at.saturating_add(1));
        }
        while !matches!(self.frames.last(), None | Some(Frame::Items { .. })) {
            self.frames.pop();
        }
        match self.frames.last_mut() {
            Some(Frame::Items { index, .. }) => *index = index.saturating_add(1),
            _ => self.top = self.top.saturating_add(1),
        }
        self.record = None;
        self.kept.clear();
        self.utf8 = Utf8::default();
        self.state = State::Lost;
        self.lost = Lost {
            line: self.line,
            passed: 0,
            last: 0,
            resumed: self.lost.resumed,
            unsure: false,
        };
        sink.broken(error)
    }

    /// A byte after a broken value. A line that begins with `{` is taken for the next record: so it is in
    /// newline-delimited text, compact or indented, and in arrays with a record a line.
    fn pass(&mut self, byte: u8, here: u64, sink: &mut dyn Sink) -> Step {
        match byte {
            b'{' if here == self.line_start && self.lost.resumed != Some(here) => {
                self.tell_passed(sink);
                self.lost.resumed = Some(here);
                self.lost.unsure = !self.frames.is_empty();
                self.state = if self.frames.is_empty() {
                    State::Top
                } else {
                    State::Value
                };
                return Step::Again;
            }
            b'\n' => self.new_line(here),
            b' ' | b'\t' | b'\r' => {}
            _ if self.line > self.lost.line && self.line > self.lost.last => {
                self.lost.passed = self.lost.passed.saturating_add(1);
                self.lost.last = self.line;
            }
            _ => {}
        }
        Step::Taken
    }

    fn tell_passed(&self, sink: &mut dyn Sink) {
        if self.lost.passed > 0 {
            let Lost { line, passed, .. } = self.lost;
            let what = format!(
                "after the broken value in line {line}, lines were passed over unread ({passed}, up to line {})",
                self.lost.last
            );
            let place = Place {
                path: String::new(),
                line: Some(self.lost.last),
                byte_offset: None,
            };
            sink.passed_over(UsageError::new(Code::InvalidJson, what).at(place));
        }
    }

    fn broken(&self, what: &str, line: u64, offset: u64) -> UsageError {
        UsageError::new(Code::InvalidJson, what).at(self.place(line, offset))
    }

    /// A place in the text, with the pointer of the record being read, or due.
    ///
    /// A pointer takes the text as one array of its values; a lone array or page, which is what a first one is taken
    /// for, as itself.
    #[inline(never)]
    pub(super) fn place(&self, line: u64, offset: u64) -> Place {
        let depth = self.record.map_or(self.frames.len(), |r| r.depth);
        let frames = self.frames.get(..depth).unwrap_or(&self.frames);
        let mut path = String::new();
        if self.whole {
            return Place {
                path,
                line: Some(line),
                byte_offset: Some(offset),
            };
        }
        if frames.is_empty() || self.top > 0 {
            path = format!("/{}", self.top);
        }
        let mut page = false;
        for frame in frames {
            if let Frame::Items { index: n, .. } = frame {
                path.push_str(if page { "/data/" } else { "/" });
                path.push_str(&n.to_string());
            }
            page = *frame == Frame::Page;
        }
        Place {
            path,
            line: Some(line),
            byte_offset: Some(offset),
        }
    }

    fn end(&mut self, sink: &mut dyn Sink) -> Result<(), UsageError> {
        self.read_tail(&[], sink)?;
        let is_whole = match self.state {
            State::Number(number) => number.may_end(),
            State::Word { rest } => rest.is_empty(),
            _ => false,
        };
        if is_whole && let Step::End(error) = self.value_ended(sink) {
            return Err(error);
        }
        let open = match self.state {
            State::Top if self.whole && self.top == 0 => return self.lose("the text is empty", self.offset, sink),
            State::Top => return Ok(()),
            State::CommaOrEnd if self.lost.unsure && matches!(self.frames.last(), Some(Frame::Items { .. })) => {
                return Ok(());
            }
            State::Lost => {
                self.tell_passed(sink);
                return Ok(());
            }
            State::Text { .. } | State::Escape { .. } | State::Hex { .. } => "a string",
            State::Number(_) => "a number",
            State::Word { .. } => "a word",
            _ => match self.frames.last() {
                Some(Frame::Items { .. } | Frame::Array) => "an array",
                _ => "an object",
            },
        };
        self.lose(&format!("the text ends inside {open}"), self.offset, sink)
    }
}

const TOO_LONG: &str = "the record is longer than 64 MiB";
const NOT_UTF8: &str = "this is not UTF-8";

fn wrong(byte: u8, wanted: &str) -> Step {
    Step::Wrong(got(byte, wanted))
}

fn got(byte: u8, wanted: &str) -> String {
    let byte = if byte.is_ascii() {
        shown(&char::from(byte).to_string())
    } else {
        format!("byte 0x{byte:02x}")
    };
    format!("got {byte}: wanted {wanted}")
}

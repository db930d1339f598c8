//! What a list page says about its list.

use crate::json::decimal::nearest;
use crate::json::value::{self, key_among};
use crate::json::whole;

/// A list page: the number of its items, and what it says about its list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The number of its items.
    pub items: u64,
    /// `hasMore`, if it is a boolean.
    pub has_more: Option<bool>,
    /// `total`, if it is a whole number.
    pub total: Option<u64>,
}

/// The keys of a page that are read.
const KEYS: [&str; 7] = ["total", "hasMore", "has_more", "error", "success", "ok", "calls"];

/// The places of `error` and `calls` among the keys.
const ERROR: usize = 3;
const CALLS: usize = 6;

/// The longest `total` that is read, in bytes.
const MAX_TOTAL: usize = 24;

/// A page whose text is being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct OpenPage {
    pub(super) page: Page,
    /// Was `hasMore` found? Then `has_more` is not looked at.
    has_first_spelling: bool,
    /// Is a `total` that is a number being read?
    in_total: bool,
    /// The text so far of the `total` that is being read, and its length.
    total: [u8; MAX_TOTAL],
    total_len: usize,
    /// The keys that show that the page is not all, as a bit for each key.
    partial: u8,
    /// Is an `error` that is text being read?
    in_error: bool,
}

impl OpenPage {
    /// Reads what stands before the `data` of a page.
    #[inline(never)]
    pub(super) fn of(text: &str) -> Self {
        let mut open = OpenPage::default();
        for (key, value) in value::entries(text) {
            open.begin(key, value.as_bytes().first().copied().unwrap_or_default());
            if open.in_total {
                value.bytes().skip(1).for_each(|byte| open.next(byte));
            }
            open.end(value == "\"\"");
        }
        open
    }

    /// A value begins with this byte. The key is given as written between its quotes.
    #[inline(never)]
    pub(super) fn begin(&mut self, key: &str, first: u8) {
        let key = key_among(key, &KEYS);
        let flag = match first {
            b't' => Some(true),
            b'f' => Some(false),
            _ => None,
        };
        match key {
            Some(0) => {
                self.page.total = None;
                self.total_len = 0;
                self.in_total = first.is_ascii_digit();
                self.next(first);
            }
            Some(1) => {
                self.page.has_more = flag;
                self.has_first_spelling = true;
            }
            Some(2) if !self.has_first_spelling => self.page.has_more = flag,
            Some(at @ ERROR..) => {
                self.in_error = at == ERROR && first == b'"';
                let is_partial = match at {
                    ERROR => matches!(first, b'"' | b'{' | b't'),
                    CALLS => first == b'[',
                    _ => first == b'f',
                };
                let bit = 1 << (at & 7);
                self.partial = if is_partial {
                    self.partial | bit
                } else {
                    self.partial & !bit
                };
            }
            _ => {}
        }
    }

    /// The next byte of a value.
    #[inline(never)]
    pub(super) fn next(&mut self, byte: u8) {
        if self.in_total {
            match self.total.get_mut(self.total_len) {
                Some(place) => *place = byte,
                None => self.in_total = false,
            }
            self.total_len = self.total_len.saturating_add(1);
        }
    }

    /// The value has ended. `is_empty` says whether it was text without a character.
    pub(super) fn end(&mut self, is_empty: bool) {
        if self.in_total {
            let text = self.total.get(..self.total_len).unwrap_or_default();
            self.page.total = std::str::from_utf8(text).ok().map(nearest).and_then(whole);
        }
        if self.in_error && is_empty {
            self.partial &= !(1 << ERROR);
        }
        (self.in_total, self.in_error) = (false, false);
    }

    /// Whether the request of the page has failed, or the page has calls in another list, which are not read.
    pub(super) fn is_partial(&self) -> bool {
        self.partial != 0
    }

    /// The page. The list of a partial page goes on.
    pub(super) fn page(&self) -> Page {
        let has_more = self.is_partial().then_some(true).or(self.page.has_more);
        Page { has_more, ..self.page }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_boolean_and_a_whole_number_are_read() {
        let read = |text| {
            let Page { has_more, total, .. } = OpenPage::of(text).page();
            (has_more, total)
        };
        for (text, want) in [
            (r#"{"hasMore":true,"total":512,"#, (Some(true), Some(512))),
            (r#"{"has_more": false, "total": 0, "#, (Some(false), Some(0))),
            (r#"{"has_more":true,"hasMore":null,"#, (None, None)),
            (r#"{"hasMore":false,"has_more":true,"#, (Some(false), None)),
            (r#"{"hasMore":"true","total":"512","#, (None, None)),
            (r#"{"total":5.5,"hasMore":1,"#, (None, None)),
            (r#"{"total":5.0,"#, (None, Some(5))),
            (r#"{"total":5e2,"#, (None, Some(500))),
            (r#"{"total":9007199254740993,"#, (None, None)),
            (r#"{"total":-5,"#, (None, None)),
            (r#"{"total":5,"total":null,"#, (None, None)),
            (r#"{"total":99999999999999999999,"#, (None, None)),
            (r#"{"t\u006ftal":7,"x":{"total":8},"#, (None, Some(7))),
            (r#"{"error":"no","hasMore":false,"#, (Some(true), None)),
            (r#"{"error":{"code":1},"#, (Some(true), None)),
            (r#"{"error":"","ok":true,"success":true,"#, (None, None)),
            (r#"{"error":"no","error":null,"hasMore":false,"#, (Some(false), None)),
            (r#"{"calls":[],"hasMore":false,"#, (Some(true), None)),
            (r#"{"calls":2,"#, (None, None)),
            (r#"{"success":false,"#, (Some(true), None)),
            (r#"{"ok":false,"hasMore":false,"#, (Some(true), None)),
            ("{", (None, None)),
        ] {
            assert_eq!(read(text), want, "{text}");
        }
    }
}

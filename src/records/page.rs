//! What a list page says about its list.

use crate::json::value::{self, key_among};

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
const KEYS: [&str; 3] = ["total", "hasMore", "has_more"];

/// A page whose text is being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct OpenPage {
    pub(super) page: Page,
    /// Was `hasMore` found? Then `has_more` is not looked at.
    has_first_spelling: bool,
    /// Are the digits of `total` being read?
    in_total: bool,
}

impl OpenPage {
    /// Reads what stands before the `data` of a page.
    #[inline(never)]
    pub(super) fn of(text: &str) -> Self {
        let mut open = OpenPage::default();
        for (key, value) in value::entries(text) {
            open.begin(key, value.as_bytes().first().copied().unwrap_or_default());
            value.bytes().skip(1).for_each(|byte| open.next(byte));
        }
        open
    }

    /// A value begins with this byte. The key is given as written between its quotes.
    #[inline(never)]
    pub(super) fn begin(&mut self, key: &str, first: u8) {
        let key = key_among(key, &KEYS);
        self.in_total = key == Some(0);
        let flag = match first {
            b't' => Some(true),
            b'f' => Some(false),
            _ => None,
        };
        match key {
            Some(0) => {
                self.page.total = Some(0);
                self.next(first);
            }
            Some(1) => {
                self.page.has_more = flag;
                self.has_first_spelling = true;
            }
            Some(2) if !self.has_first_spelling => self.page.has_more = flag,
            _ => {}
        }
    }

    /// The next byte of a value. A `total` that is not written as a whole number is not read.
    #[inline(never)]
    pub(super) fn next(&mut self, byte: u8) {
        if self.in_total {
            let digit = byte.is_ascii_digit().then(|| u64::from(byte & 0xf));
            let total = self.page.total.zip(digit);
            self.page.total = total.and_then(|(total, digit)| total.checked_mul(10)?.checked_add(digit));
            self.in_total = self.page.total.is_some();
        }
    }

    /// The value has ended.
    pub(super) const fn end(&mut self) {
        self.in_total = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_boolean_and_a_whole_number_are_read() {
        let read = |text| {
            let Page { has_more, total, .. } = OpenPage::of(text).page;
            (has_more, total)
        };
        for (text, want) in [
            (r#"{"hasMore":true,"total":512,"#, (Some(true), Some(512))),
            (r#"{"has_more": false, "total": 0, "#, (Some(false), Some(0))),
            (r#"{"has_more":true,"hasMore":null,"#, (None, None)),
            (r#"{"hasMore":false,"has_more":true,"#, (Some(false), None)),
            (r#"{"hasMore":"true","total":"512","#, (None, None)),
            (r#"{"total":5.0,"hasMore":1,"#, (None, None)),
            (r#"{"total":-5,"#, (None, None)),
            (r#"{"total":5,"total":null,"#, (None, None)),
            (r#"{"total":99999999999999999999,"#, (None, None)),
            (r#"{"t\u006ftal":7,"x":{"total":8},"#, (None, Some(7))),
            ("{", (None, None)),
        ] {
            assert_eq!(read(text), want, "{text}");
        }
    }
}

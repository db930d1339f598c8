//! Whether lists are complete: pages that follow each other, and conversations with their messages.
//!
//! Consecutive pages are one list until one of them says that there are no more. The package writes a warning about what is
//! missing, because the count of one page looks like a whole count.

use crate::json::MAX_SAFE;
use crate::records::page::Page;

/// The lists of a ledger.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lists {
    /// The list whose last page may be missing: its pages as one page.
    open: Option<Page>,
    /// What is missing from the lists that have ended.
    ended: Missing,
}

/// What is missing from lists. Each number is 2^53 - 1 at most, so that it is exact in JavaScript; larger sums stay there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// The lists of pages that are not complete.
    pub lists: u64,
    /// Those of them that do not say how many items are missing.
    pub uncounted: u64,
    /// The items that the others lack.
    pub items: u64,
    /// The conversations that have fewer messages than they say.
    pub conversations: u64,
    /// The messages that they lack.
    pub messages: u64,
}

impl Missing {
    /// The numbers in the order of a snapshot.
    pub const fn numbers(&mut self) -> [&mut u64; 5] {
        [
            &mut self.lists,
            &mut self.uncounted,
            &mut self.items,
            &mut self.conversations,
            &mut self.messages,
        ]
    }

    /// Adds what another part lacks.
    pub fn add(&mut self, mut other: Missing) {
        for (ours, theirs) in self.numbers().into_iter().zip(other.numbers()) {
            add(ours, *theirs);
        }
    }

    fn end(&mut self, list: Page) {
        let missing = list.total.unwrap_or(0).saturating_sub(list.items);
        if missing == 0 && list.has_more != Some(true) {
            return;
        }
        add(&mut self.lists, 1);
        add(&mut self.items, missing);
        if missing == 0 {
            add(&mut self.uncounted, 1);
        }
    }
}

fn add(number: &mut u64, more: u64) {
    *number = number.saturating_add(more).min(MAX_SAFE);
}

impl Lists {
    /// Takes the next page. A page that says nothing about its list is complete by itself.
    #[inline(never)]
    pub fn page(&mut self, page: Page) {
        if page.has_more.is_none() && page.total.is_none() {
            return;
        }
        let before = self.open.take().filter(|open| {
            // Another list has begun if only one of the two pages has a total, or if the list already has more items than the
            // page's total.
            let goes_on =
                open.total.is_some() == page.total.is_some() && page.total.is_none_or(|total| open.items <= total);
            if !goes_on {
                self.ended.end(*open);
            }
            goes_on
        });
        let items = page.items.saturating_add(before.map_or(0, |list| list.items));
        let list = Page { items, ..page };
        let has_more = page.has_more.unwrap_or(page.total.is_some_and(|total| items < total));
        if has_more {
            self.open = Some(list);
        } else {
            self.ended.end(list);
        }
    }

    /// Takes a conversation that has `messages` messages, and says that it has `stated`.
    pub fn conversation(&mut self, messages: u64, stated: Option<u64>) {
        let missing = stated.unwrap_or(0).saturating_sub(messages);
        if missing > 0 {
            add(&mut self.ended.conversations, 1);
            add(&mut self.ended.messages, missing);
        }
    }

    /// Takes over what another part lacks.
    pub fn add(&mut self, missing: Missing) {
        self.ended.add(missing);
    }

    /// What is missing, if nothing more comes.
    pub fn missing(&self) -> Missing {
        let mut missing = self.ended;
        if let Some(open) = self.open {
            missing.end(open);
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn page(items: u64, has_more: Option<bool>, total: Option<u64>) -> Page {
        Page { items, has_more, total }
    }

    fn missing(pages: &[Page]) -> (u64, u64, u64) {
        let mut lists = Lists::default();
        pages.iter().for_each(|one| lists.page(*one));
        let Missing {
            lists,
            uncounted,
            items,
            ..
        } = lists.missing();
        (lists, uncounted, items)
    }

    #[test]
    fn consecutive_pages_are_one_list_until_one_says_that_there_are_no_more() {
        let (more, last) = (Some(true), Some(false));
        for (pages, want) in [
            (&[][..], (0, 0, 0)),
            (&[page(3, None, None)], (0, 0, 0)),
            (&[page(1, more, Some(512))], (1, 0, 511)),
            (&[page(100, more, None)], (1, 1, 0)),
            (&[page(100, last, None)], (0, 0, 0)),
            (&[page(100, more, Some(150)), page(50, last, Some(150))], (0, 0, 0)),
            (&[page(100, more, Some(150)), page(49, last, Some(150))], (1, 0, 1)),
            // Offsets shift while records arrive, so pages overlap.
            (&[page(100, more, Some(150)), page(52, last, Some(152))], (0, 0, 0)),
            (&[page(100, None, Some(150)), page(50, None, Some(150))], (0, 0, 0)),
            (&[page(100, None, Some(150))], (1, 0, 50)),
            (&[page(0, last, Some(0))], (0, 0, 0)),
            // A list of messages after one of calls.
            (&[page(100, more, Some(512)), page(7, last, None)], (1, 0, 412)),
            (&[page(100, more, Some(512)), page(80, last, Some(80))], (1, 0, 412)),
            (
                &[page(9, last, None), page(8, more, None), page(8, last, None)],
                (0, 0, 0),
            ),
            // A page that says nothing about its list does not end another one.
            (
                &[page(1, more, Some(2)), page(5, None, None), page(1, last, Some(2))],
                (0, 0, 0),
            ),
            (&[page(2, more, Some(2))], (1, 1, 0)),
        ] {
            assert_eq!(missing(pages), want, "{pages:?}");
        }
    }

    #[test]
    fn a_conversation_lacks_what_it_says_it_has() {
        let mut lists = Lists::default();
        for (messages, stated) in [(2, Some(2)), (3, Some(2)), (0, None), (1, Some(4)), (0, Some(1))] {
            lists.conversation(messages, stated);
        }
        let Missing {
            conversations,
            messages,
            ..
        } = lists.missing();
        assert_eq!((conversations, messages), (2, 4));
    }

    #[test]
    fn what_is_missing_stays_exact() {
        let mut lists = Lists::default();
        for _ in 0..3 {
            lists.page(page(0, Some(false), Some(MAX_SAFE)));
            lists.conversation(0, Some(u64::MAX));
        }
        let found = lists.missing();
        assert_eq!((found.lists, found.items, found.messages), (3, MAX_SAFE, MAX_SAFE));
        lists.add(found);
        assert_eq!((lists.missing().lists, lists.missing().items), (6, MAX_SAFE));
    }
}

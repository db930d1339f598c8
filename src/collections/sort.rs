//! Sorting, and JavaScript's order of strings.

use std::cmp::Ordering;

/// Sorts rows. The sort is stable.
pub(crate) fn sorted<T>(mut rows: Vec<T>, order: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut places = in_order((0..rows.len()).collect(), &|a, b| match (rows.get(a), rows.get(b)) {
        (Some(a), Some(b)) => order(a, b),
        _ => Ordering::Equal,
    });
    // In place, because rows may be many. `places` says which row comes to a place, and then that it is there.
    for first in 0..rows.len() {
        let mut at = first;
        while let Some(from) = places
            .get_mut(at)
            .map(|from| std::mem::replace(from, at))
            .filter(|from| *from != first)
        {
            if let Ok([row, other]) = rows.get_disjoint_mut([at, from]) {
                std::mem::swap(row, other);
            }
            at = from;
        }
    }
    rows
}

/// A merge sort of indices. The standard library's sorts add several kilobytes to the module for each type that is sorted.
pub(crate) fn in_order(mut left: Vec<usize>, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    if left.len() < 2 {
        return left;
    }
    let right = left.split_off(left.len() / 2);
    let mut merged = Vec::with_capacity(left.len().saturating_add(right.len()));
    let mut right = in_order(right, order).into_iter().peekable();
    for a in in_order(left, order) {
        while let Some(b) = right.next_if(|b| order(*b, a).is_lt()) {
            merged.push(b);
        }
        merged.push(a);
    }
    merged.extend(right);
    merged
}

/// Compares strings as JavaScript's `<` does, by UTF-16 code unit. The byte order of UTF-8 differs: here U+1F600 sorts before
/// U+FF5E.
pub fn by_code_unit(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_are_sorted_as_the_standard_library_sorts_them(rows in prop::collection::vec((0..9_u8, any::<u16>()), 0..60)) {
            let mut want = rows.clone();
            want.sort_by_key(|(key, _)| *key); // stable
            prop_assert_eq!(sorted(rows, |(a, _), (b, _)| a.cmp(b)), want);
        }
    }
}

//! Writes values for messages.

use std::fmt::Write;

/// Text as a message shows it: quoted, and cut after 60 characters.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut out = String::from("\"");
    for (n, c) in text.chars().enumerate() {
        if n == LONGEST {
            out.push('…');
            break;
        }
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            // `write!` to a string does not fail.
            c if c.is_control() => drop(write!(out, "\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A number as a message shows it: whole numbers exactly, others to a few digits.
///
/// It is our own code because the standard library's exact writing of doubles would be a twentieth of the module.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(crate) fn number_shown(n: f64) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if n.is_nan() {
        return "NaN".into();
    }
    let sign = if n < 0.0 { "-" } else { "" };
    let size = n.abs();
    if size.is_infinite() {
        return format!("{sign}Infinity");
    }
    if size >= EXACT || (size > 0.0 && size < 1e-6) {
        let (mut digits, mut exponent) = (size, 0_i32);
        while digits >= 10.0 {
            (digits, exponent) = (digits / 10.0, exponent.saturating_add(1));
        }
        while digits < 1.0 {
            (digits, exponent) = (digits * 10.0, exponent.saturating_sub(1));
        }
        return format!("{sign}{}e{exponent}", number_shown((digits * 1e3).round() / 1e3));
    }
    let mut whole = size.trunc() as u64;
    let mut millionths = (size.fract() * 1e6).round() as u64;
    if millionths >= 1_000_000 {
        (whole, millionths) = (whole.saturating_add(1), 0);
    }
    if millionths == 0 {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}.{millionths:06}")
        .trim_end_matches('0')
        .to_owned()
}

/// Joins names with a separator. (The standard library's `join` adds code for every length of the separator.)
pub fn listed(names: &[&str], between: &str) -> String {
    let mut list = String::new();
    for name in names {
        if !list.is_empty() {
            list.push_str(between);
        }
        list.push_str(name);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_in_the_usual_notation() {
        for (n, want) in [
            (0.0, "0"),
            (-1.0, "-1"),
            (1_717_200_000_000.5, "1717200000000.5"),
            (0.1, "0.1"),
            (-0.25, "-0.25"),
            (59.999_999_9, "60"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (1e300, "1e300"),
            (-1.5e16, "-1.5e16"),
            (1e-9, "1e-9"),
            (5e-324, "4.941e-324"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(number_shown(n), want);
        }
    }

    #[test]
    fn text_is_shown_quoted_and_cut() {
        assert_eq!(shown("a\"b\\c\n\u{1}"), r#""a\"b\\c\n\u{1}""#);
        assert_eq!(shown(&"x".repeat(10_000)).chars().count(), 63);
    }
}

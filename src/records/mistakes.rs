//! Deliberate mistakes in counting. `reconcile` of the TypeScript package tries them to find the mistake that explains another
//! party's report.

/// The mistakes to count with. The default makes no mistake.
#[derive(Clone, Debug, Default)]
pub struct Miscount {
    /// The statuses of calls that count although they should not, each after a line feed.
    pub also: String,
    /// Do spoken turns count as messages?
    pub voice_turns: bool,
    /// Do tests count?
    pub tests: bool,
    /// Are the ids of deliveries left out, so that every delivery without an id of its own counts?
    pub redeliveries: bool,
    /// Does a call have the seconds from its start to its end, whatever its duration is?
    pub spans: bool,
    /// The direction whose messages do not count. Empty if all count.
    pub without: String,
    /// How calls are rounded, in milliseconds. If it is positive, a call is rounded up to a multiple of it; if negative, to the
    /// nearest multiple. In both cases the sums are in milliseconds. 0 rounds down to whole seconds, as it should be.
    pub step: f64,
}

impl Miscount {
    /// Rounds a call of `exact` milliseconds by the step, which must not be 0. Returns milliseconds.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    #[cold]
    #[inline(never)]
    pub fn rounded(&self, exact: f64) -> u64 {
        let step = self.step.abs();
        let steps = exact / step;
        let whole = if self.step > 0.0 {
            steps.ceil()
        } else {
            (steps + 0.5).floor()
        };
        (whole * step) as u64
    }

    /// Do calls with a status count although they should not?
    #[inline(never)]
    pub fn counts(&self, status: &[u8]) -> bool {
        let listed = self.also.as_bytes().split(|byte| *byte == b'\n').skip(1);
        listed.into_iter().any(|listed| listed == status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_rounded_up_or_to_the_nearest() {
        let rounded = |step, exact: f64| {
            let what_if = Miscount {
                step,
                ..Miscount::default()
            };
            what_if.rounded(exact * 1000.0)
        };
        for (step, exact, want) in [
            (1000.0, 61.0, 61_000),
            (1000.0, 61.001, 62_000),
            (60_000.0, 60.0, 60_000),
            (60_000.0, 60.5, 120_000),
            (60_000.0, 0.0, 0),
            (-1000.0, 61.4, 61_000),
            (-1000.0, 61.5, 62_000),
            (-1.0, 61.9, 61_900),
        ] {
            assert_eq!(rounded(step, exact), want, "{exact} by {step}");
        }
    }

    #[test]
    fn only_listed_statuses_count() {
        let counts = |also: &str, what: &str| {
            let what_if = Miscount {
                also: also.into(),
                ..Miscount::default()
            };
            what_if.counts(what.as_bytes())
        };
        assert!(!counts("", ""));
        assert!(counts("\n", ""));
        assert!(counts("\nfailed\nbusy", "busy") && counts("\nfailed\nbusy", "failed"));
        assert!(!counts("\nfailed\nbusy", "bus") && !counts("\nfailed\nbusy", ""));
    }
}

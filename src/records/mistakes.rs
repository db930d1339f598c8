//! Deliberate mistakes in counting. `reconcile` of the TypeScript package tries them to find the mistake that explains another
//! party's report.

/// The mistakes to count with. The default makes no mistake.
#[derive(Clone, Debug, Default)]
pub struct Miscount {
    /// What counts although it should not, each name after a line feed. A status makes calls with that status count. The event
    /// name `agent.message` makes spoken turns count as messages.
    pub also: String,
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

    /// Does a status or event name count although it should not?
    #[inline(never)]
    pub fn counts(&self, what: &str) -> bool {
        let listed = self.also.as_bytes().split(|byte| *byte == b'\n').skip(1);
        listed.into_iter().any(|listed| listed == what.as_bytes())
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
    fn only_listed_names_count() {
        let counts = |also: &str, what| {
            let what_if = Miscount {
                also: also.into(),
                ..Miscount::default()
            };
            what_if.counts(what)
        };
        assert!(!counts("", ""));
        assert!(counts("\n", ""));
        assert!(counts("\nfailed\nbusy", "busy") && counts("\nfailed\nbusy", "failed"));
        assert!(!counts("\nfailed\nbusy", "bus") && !counts("\nfailed\nbusy", ""));
    }
}

//! Lock-out after failed sign-ins: five failures within ten minutes lock for fifteen, by name and by address
//! (GB/T 22239—2019 8.1.4.1; numbers of our own).

use kernel::Timestamp;

/// How many failures lock for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockRule {
    /// Failures that lock.
    pub failures: usize,
    /// Within this time, milliseconds.
    pub window_ms: i64,
    /// For this time, milliseconds.
    pub lock_ms: i64,
}

impl Default for LockRule {
    fn default() -> Self {
        Self { failures: 5, window_ms: 10 * 60_000, lock_ms: 15 * 60_000 }
    }
}

/// Failures of one name or one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Attempts {
    /// Instants of recent failures, milliseconds, oldest first.
    pub(crate) recent: Vec<i64>,
    /// No sign-in before this instant, milliseconds; 0: not locked.
    pub(crate) locked_until: i64,
}

impl Attempts {
    /// Until when it is locked at `at`.
    pub(crate) fn locked(&self, at: Timestamp) -> Option<Timestamp> {
        if self.locked_until <= at.as_millisecond() {
            return None;
        }
        Timestamp::from_millisecond(self.locked_until).ok()
    }
    /// Counts a failure; `true` when it locks.
    pub(crate) fn fail(&mut self, at: Timestamp, rule: LockRule) -> bool {
        let now = at.as_millisecond();
        self.recent.retain(|failure| *failure > now - rule.window_ms);
        self.recent.push(now);
        if self.recent.len() < rule.failures {
            return false;
        }
        self.recent.clear();
        self.locked_until = now + rule.lock_ms;
        true
    }
}

/// Whether an address stands for one caller. Loopback does not: behind a proxy that tells no addresses, and on a
/// development machine, everybody comes from there.
pub(crate) fn counts(address: &str) -> bool {
    address.parse::<std::net::IpAddr>().is_ok_and(|ip| !ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + minute * 60_000).unwrap()
    }

    #[test]
    fn five_failures_in_ten_minutes_lock_for_fifteen() {
        let mut attempts = Attempts::default();
        let rule = LockRule::default();
        for minute in 0..4 {
            assert!(!attempts.fail(at(minute), rule));
            assert_eq!(attempts.locked(at(minute)), None);
        }
        assert!(attempts.fail(at(9), rule));
        assert_eq!(attempts.locked(at(9)), Some(at(24)));
        assert_eq!(attempts.locked(at(23)), Some(at(24)));
        assert_eq!(attempts.locked(at(24)), None);
        assert!(!attempts.fail(at(25), rule), "after the lock counting begins anew");
    }

    #[test]
    fn slow_failures_never_lock() {
        let mut attempts = Attempts::default();
        assert!((0..20).all(|n| !attempts.fail(at(n * 3), LockRule::default())), "four at most within ten minutes");
    }

    #[test]
    fn loopback_stands_for_nobody() {
        assert!(counts("192.0.2.7") && counts("2001:db8::1"));
        assert!(!counts("127.0.0.1") && !counts("::1") && !counts("unknown"));
    }

    proptest! {
        #[test]
        fn a_lock_needs_five_failures_within_the_window(steps in proptest::collection::vec(0_i64..5, 1..40)) {
            let (mut attempts, mut minute, mut failures) = (Attempts::default(), 0, Vec::new());
            for step in steps {
                minute += step;
                failures.push(minute);
                let locked = attempts.fail(at(minute), LockRule::default());
                let within = failures.iter().filter(|m| **m > minute - 10).count();
                prop_assert_eq!(locked, within >= 5);
                if locked { failures.clear(); }
            }
        }
    }
}

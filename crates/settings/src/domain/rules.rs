//! What the city leaves to itself in how cases are handled.

use kernel::Fault;
use serde::{Deserialize, Serialize};

/// Longest time for which a bad entry counts, natural days: three years.
const LONGEST: u32 = 1_095;

/// Rules of handling that the city sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Natural days for which a promise that was not kept closes deferral (容缺受理) to whoever gave it; 0: not at all.
    pub deferral_closed_days: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self { deferral_closed_days: 365 }
    }
}

impl Rules {
    /// What is wrong, with pointers.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        if self.deferral_closed_days > LONGEST {
            let advice = format!("请填写0至{LONGEST}天。");
            return vec![Fault::new("/deferral_closed_days", "settings.days", advice)];
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_not_kept_counts_for_three_years_at_most() {
        let faults = |days| Rules { deferral_closed_days: days }.faults().len();
        assert_eq!((faults(0), faults(365), faults(1_095), faults(1_096)), (0, 0, 0, 1));
        let old: Rules = serde_json::from_str("{}").unwrap();
        assert_eq!(old, Rules::default(), "what was not set is as the platform has it");
    }
}

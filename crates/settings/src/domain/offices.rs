//! How departments are reached (咨询、投诉、地址、时间).

use std::collections::BTreeMap;

use kernel::Fault;
use serde::{Deserialize, Serialize};

/// How one department is reached. Empty: not given, and nothing is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Office {
    /// For questions (咨询电话).
    pub phone: String,
    /// For complaints (监督投诉电话).
    pub complaint_phone: String,
    /// Where (办理地点).
    pub address: String,
    /// When (办公时间).
    pub hours: String,
}

/// All departments that gave something, by key.
pub type Offices = BTreeMap<String, Office>;

/// Longest address or hours, characters.
const LINE_MAX: usize = 100;

impl Office {
    /// Trims what was typed.
    #[must_use]
    pub fn tidy(self) -> Self {
        let tidy = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self {
            phone: tidy(self.phone),
            complaint_phone: tidy(self.complaint_phone),
            address: tidy(self.address),
            hours: tidy(self.hours),
        }
    }

    /// What is wrong, with pointers.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (pointer, text) in [("/phone", &self.phone), ("/complaint_phone", &self.complaint_phone)] {
            if !text.is_empty() && !phone(text) {
                let advice = "电话请写成区号加号码（如0851-87987000）、手机号，或者12345这样的服务号。";
                faults.push(Fault::new(pointer, "settings.phone", advice));
            }
        }
        for (pointer, text) in [("/address", &self.address), ("/hours", &self.hours)] {
            if text.chars().count() > LINE_MAX || text.chars().any(char::is_control) {
                faults.push(Fault::new(pointer, "settings.line", format!("请在{LINE_MAX}个字以内写一行文字。")));
            }
        }
        faults
    }
}

/// A number one can dial: 5 to 16 digits, with `-` between groups, `,`- or `、`-free.
fn phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (5..=16).contains(&digits)
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_can_be_dialled_are_taken() {
        let faults = |phone: &str| Office { phone: phone.to_owned(), ..Office::default() }.faults().len();
        for good in ["", "0851-87987000", "12345", "13985012345", "0851-87987000-801"] {
            assert_eq!(faults(good), 0, "{good}");
        }
        for bad in ["110", "-12345", "12345-", "08--51234", "电话12345", "12345 67890", "12345678901234567"] {
            assert_eq!(faults(bad), 1, "{bad}");
        }
        let long = Office { address: "长".repeat(101), hours: "九点\n五点".to_owned(), ..Office::default() };
        assert_eq!(long.faults().len(), 2);
        assert_eq!(long.tidy().hours, "九点 五点");
    }
}

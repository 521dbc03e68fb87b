//! One-time codes by SMS: what they are for, how long they hold, how often they may be asked for
//! (GB/T 22239—2019 8.1.4.1; numbers of our own).

use kernel::Timestamp;

use super::attempts::Attempts;

kernel::words!(
    /// What a code is for. A code for one purpose is worth nothing for another.
    Purpose {
        Register = "register" / "注册",
        SignIn = "sign-in" / "登录",
        Forgotten = "forgotten" / "重设密码",
        Phone = "phone" / "更换手机号",
    }
);

/// How long codes hold and how often they are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRule {
    /// How long a code holds, milliseconds.
    pub life_ms: i64,
    /// Tries at one code.
    pub tries: i64,
    /// Shortest time between two codes to one phone, or for one address, milliseconds.
    pub gap_ms: i64,
    /// Codes to one phone, or for one address, in 24 hours.
    pub per_day: usize,
    /// How long a step that rests on codes may take from beginning to end, milliseconds.
    pub flow_ms: i64,
}

impl Default for CodeRule {
    fn default() -> Self {
        Self { life_ms: 5 * 60_000, tries: 5, gap_ms: 60_000, per_day: 10, flow_ms: 30 * 60_000 }
    }
}

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

impl CodeRule {
    /// Counts one more code under a name. Errors: seconds after which there may be one again.
    pub(crate) fn take(&self, sent: &mut Attempts, at: Timestamp) -> Result<(), i64> {
        let now = at.as_millisecond();
        sent.recent.retain(|instant| *instant > now - DAY_MS);
        let gap = sent.recent.last().map_or(0, |last| last + self.gap_ms - now);
        let full = sent.recent.len() >= self.per_day;
        let day = if full { sent.recent.first().map_or(0, |first| first + DAY_MS - now) } else { 0 };
        let wait = gap.max(day);
        if wait > 0 {
            return Err((wait + 999).div_euclid(1000));
        }
        sent.recent.push(now);
        Ok(())
    }
}

/// The short message with a code.
pub(crate) fn message(purpose: Purpose, code: &str, minutes: i64) -> String {
    format!(
        "验证码 {code}，用于{}，{minutes} 分钟内有效。工作人员不会向您要验证码，请不要告诉任何人。【贵阳政务服务】",
        purpose.label()
    )
}

/// Told to the holder of a number that somebody wants to register again.
pub(crate) const ALREADY_REGISTERED: &str = "您的证件号码已经注册过，不必再注册，请直接登录；忘记密码可在登录页重设。如果不是您本人操作，请拨打 12345。【贵阳政务服务】";
/// Told to the phone on file when another phone takes its place.
pub(crate) const PHONE_CHANGED: &str =
    "您登记的手机号已更换，今后的验证码会发到新号码。如果不是您本人操作，请立即拨打 12345。【贵阳政务服务】";
/// Told to the phone on file when the password was set anew by code.
pub(crate) const PASSWORD_RESET: &str =
    "您的登录密码已重设，其他设备上的登录已全部退出。如果不是您本人操作，请立即拨打 12345。【贵阳政务服务】";

/// Six digits, each equally likely.
pub(crate) fn fresh() -> String {
    loop {
        let number = u32::from_be_bytes(gm::random::<4>());
        // Numbers beyond the last whole million are drawn again, else low codes would come up more often.
        if number < u32::MAX - u32::MAX % 1_000_000 {
            return format!("{:06}", number % 1_000_000);
        }
    }
}

/// The code as it was typed: full-width digits and blanks are forgiven. None when it cannot be one.
pub(crate) fn read(text: &str) -> Option<String> {
    let code = kernel::identifiers::normalise(text);
    (code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + second * 1000).unwrap()
    }

    #[test]
    fn one_code_a_minute_and_ten_a_day() {
        let (rule, mut sent) = (CodeRule::default(), Attempts::default());
        assert_eq!(rule.take(&mut sent, at(0)), Ok(()));
        assert_eq!(rule.take(&mut sent, at(0)), Err(60));
        assert_eq!(rule.take(&mut sent, at(59)), Err(1));
        for n in 1..10 {
            assert_eq!(rule.take(&mut sent, at(n * 60)), Ok(()), "{n}");
        }
        assert_eq!(
            rule.take(&mut sent, at(3600)),
            Err(86_400 - 3600),
            "the eleventh waits for the first to be a day old"
        );
        assert_eq!(rule.take(&mut sent, at(86_399)), Err(1));
        assert_eq!(rule.take(&mut sent, at(86_400)), Ok(()));
    }

    #[test]
    fn codes_are_six_digits_and_differ() {
        let codes: std::collections::BTreeSet<String> = (0..200).map(|_| fresh()).collect();
        assert!(codes.iter().all(|code| read(code).as_deref() == Some(code)));
        assert!(codes.len() > 190, "{}", codes.len());
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        assert_eq!(read(" 123 456").as_deref(), Some("123456"));
        assert_eq!(read("１２３４５６").as_deref(), Some("123456"));
        for wrong in ["", "12345", "1234567", "12345a", "一二三四五六"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_message_says_what_the_code_is_for() {
        let text = message(Purpose::SignIn, "012345", 5);
        assert!(text.contains("012345") && text.contains("登录") && text.contains("5 分钟"), "{text}");
    }
}

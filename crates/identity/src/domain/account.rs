//! Logins (账户): whose they are and how they may be called.

use kernel::{AccountId, Fault, SubjectId, Timestamp};

kernel::words!(
    /// Whose login it is. Staff are a realm of their own, never a citizen's login with a flag.
    AccountKind {
        Person = "person" / "个人账户",
        Enterprise = "enterprise" / "企业账户",
        Staff = "staff" / "工作人员账户",
    }
);

kernel::words!(
    /// Whether a login may be used. Logins are never deleted: the trail refers to them.
    AccountState {
        Active = "active" / "正常",
        Closed = "closed" / "已停用",
    }
);

/// A login as it is stored, without its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub account: AccountId,
    /// Whose it is.
    pub kind: AccountKind,
    /// Name for signing in.
    pub username: String,
    /// Name as shown to others.
    pub name: String,
    /// The person or enterprise it belongs to; none for staff.
    pub subject: Option<SubjectId>,
    /// The person who acts for the enterprise, where one stands behind the login.
    pub person: Option<SubjectId>,
    /// Whether it may be used.
    pub state: AccountState,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// To whom a new login belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A natural person, for himself.
    Person(SubjectId),
    /// An enterprise, and the person who acts for it where one stands behind the login.
    Enterprise {
        /// The enterprise.
        enterprise: SubjectId,
        /// The acting person; needs a mandate in force.
        person: Option<SubjectId>,
    },
}

/// Longest username, characters.
const USERNAME_MAX: usize = 40;
/// Names under which several people would share one login (GB/T 22239—2019 8.1.4.1: one identity, one user).
const SHARED_NAMES: &[&str] =
    &["admin", "administrator", "root", "test", "guest", "user", "public", "shared", "system"];

/// The username as it is compared: trimmed and in lower case. What cannot be a username is simply not found; control
/// characters become a mark that no username has, since PostgreSQL takes no NUL.
pub(crate) fn normal_username(text: &str) -> String {
    let plain = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    text.trim().chars().take(200).map(plain).collect::<String>().to_lowercase()
}

/// Whether a new login may be called so: 3 to 40 of `a-z 0-9 . _ -`, beginning with a letter, so that no phone and no
/// citizen number can become a name.
pub(crate) fn check_username(username: &str) -> Result<(), Fault> {
    let fault = |code: &str, detail: &str| Err(Fault::new("/username", code, detail));
    let plain = username.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b));
    if !(3..=USERNAME_MAX).contains(&username.len()) || !plain || !username.as_bytes()[0].is_ascii_lowercase() {
        return fault("username", "用户名应为 3 至 40 个小写字母、数字、点、横线或下划线，并以字母开头。");
    }
    if SHARED_NAMES.contains(&username) {
        return fault("shared", "这个用户名容易被多人共用，请换成能对应到本人的名字。");
    }
    Ok(())
}

/// What is wrong with a line of text that is stored as it is: nothing but blanks, too long, or control characters.
pub(crate) fn check_line(pointer: &str, text: &str, max: usize) -> Option<Fault> {
    let fits = !text.trim().is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control);
    (!fits).then(|| Fault::new(pointer, "text", format!("请填写此项，最多 {max} 个字，不要换行。")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_are_compared_without_case_and_spaces() {
        assert_eq!(normal_username("  Citizen1 "), "citizen1");
        assert_eq!(normal_username(&"x".repeat(10_000)).len(), 200);
        assert_ne!(normal_username("citi\0zen1"), "citizen1");
        assert!(!normal_username("citi\0zen1").contains('\0'));
    }

    #[test]
    fn a_username_is_no_number_and_no_shared_name() {
        for good in ["citizen1", "wang.min", "window-12", "a_b"] {
            assert_eq!(check_username(good), Ok(()), "{good}");
        }
        for (bad, code) in [
            ("", "username"),
            ("ab", "username"),
            ("13800003210", "username"),
            ("520102199003071017", "username"),
            ("Citizen1", "username"),
            ("王敏", "username"),
            (".dot", "username"),
            ("admin", "shared"),
        ] {
            assert_eq!(check_username(bad).unwrap_err().code, code, "{bad}");
        }
        assert!(check_username(&"a".repeat(41)).is_err());
    }
}

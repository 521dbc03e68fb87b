//! Sessions (会话) and tokens of programs (接口令牌): how long they last.

use kernel::{AccountId, SubjectId, Timestamp};

use super::account::AccountKind;

kernel::typed_id!(
    /// Number by which a session is listed and ended. Never the token.
    SessionId
);

kernel::words!(
    /// What a token is for.
    SessionKind {
        Session = "session" / "登录会话",
        Api = "api" / "接口令牌",
    }
);

/// How long sessions last (GB/T 22239—2019 8.1.4.1; numbers of our own), milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// Longest rest of a person's or an enterprise's session.
    pub public_idle_ms: i64,
    /// Longest rest of a staff session.
    pub staff_idle_ms: i64,
    /// Longest life of every session and token.
    pub absolute_ms: i64,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { public_idle_ms: 30 * 60_000, staff_idle_ms: 15 * 60_000, absolute_ms: 8 * 3_600_000 }
    }
}

impl SessionLimits {
    /// Longest rest, milliseconds. Programs rest as they like and end at their absolute limit.
    pub(crate) fn idle_ms(&self, realm: AccountKind, kind: SessionKind) -> Option<i64> {
        match (kind, realm) {
            (SessionKind::Api, _) => None,
            (SessionKind::Session, AccountKind::Staff) => Some(self.staff_idle_ms),
            (SessionKind::Session, _) => Some(self.public_idle_ms),
        }
    }
}

/// One session or token as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its number.
    pub session: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// What it is for.
    pub kind: SessionKind,
    /// What the owner calls it.
    pub label: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to half a minute.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// Longest rest, milliseconds.
    pub idle_ms: Option<i64>,
    /// Where it was made.
    pub address: Option<String>,
    /// The program it was made with.
    pub agent: Option<String>,
    /// The enterprise for which the person acts in this session; none: for himself.
    pub acting_for: Option<SubjectId>,
}

/// Uses closer together than this are not written down one by one, milliseconds.
const TOUCH_MS: i64 = 30_000;

impl Session {
    /// Whether it still holds at `at`: neither its end nor its longest rest is reached.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        let rested = at.as_millisecond() - self.last_seen_at.as_millisecond();
        at < self.expires_at && self.idle_ms.is_none_or(|idle| rested < idle)
    }
    /// When it ends if it is used at `at` and then rests.
    pub(crate) fn ends_at(&self, at: Timestamp) -> Timestamp {
        let rested = self.idle_ms.and_then(|idle| Timestamp::from_millisecond(at.as_millisecond() + idle).ok());
        rested.map_or(self.expires_at, |rested| rested.min(self.expires_at))
    }
    /// Whether a use at `at` is to be written down.
    pub(crate) fn worth_touching(&self, at: Timestamp) -> bool {
        at.as_millisecond() - self.last_seen_at.as_millisecond() >= TOUCH_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(kind: SessionKind, realm: AccountKind) -> Session {
        let at = Timestamp::from_millisecond(1_800_000_000_000).unwrap();
        let limits = SessionLimits::default();
        Session {
            session: SessionId::from(1),
            account: AccountId::from(2),
            kind,
            label: None,
            created_at: at,
            last_seen_at: at,
            expires_at: after(at, limits.absolute_ms),
            idle_ms: limits.idle_ms(realm, kind),
            address: None,
            agent: None,
            acting_for: None,
        }
    }

    fn after(at: Timestamp, ms: i64) -> Timestamp {
        Timestamp::from_millisecond(at.as_millisecond() + ms).unwrap()
    }

    #[test]
    fn a_session_ends_by_rest_and_by_age() {
        for (realm, minutes) in [(AccountKind::Person, 30), (AccountKind::Enterprise, 30), (AccountKind::Staff, 15)] {
            let mut session = session(SessionKind::Session, realm);
            assert!(session.holds(after(session.created_at, minutes * 60_000 - 1)));
            assert!(!session.holds(after(session.created_at, minutes * 60_000)));
            session.last_seen_at = after(session.created_at, 8 * 3_600_000 - 1);
            assert!(session.holds(session.last_seen_at));
            assert!(!session.holds(session.expires_at), "however busy");
        }
    }

    #[test]
    fn the_end_that_is_told_is_the_one_that_comes() {
        let session = session(SessionKind::Session, AccountKind::Person);
        for used in [session.created_at, after(session.created_at, 8 * 3_600_000 - 60_000)] {
            let used = Session { last_seen_at: used, ..session.clone() };
            let ends = used.ends_at(used.last_seen_at);
            assert!(used.holds(after(ends, -1)) && !used.holds(ends));
        }
    }

    #[test]
    fn a_token_of_a_program_only_ends_by_age() {
        let token = session(SessionKind::Api, AccountKind::Staff);
        assert!(token.holds(after(token.created_at, 8 * 3_600_000 - 1)));
        assert!(!token.holds(token.expires_at));
    }

    #[test]
    fn uses_are_written_down_every_half_minute() {
        let session = session(SessionKind::Session, AccountKind::Person);
        assert!(!session.worth_touching(after(session.created_at, 29_999)));
        assert!(session.worth_touching(after(session.created_at, 30_000)));
    }
}

//! Consents (用证授权): what the holder of certificates allowed whom, what for, until when.
//!
//! A consent is an act of the holder's own (个人信息保护法 第十四条). What a body needs under its statutory duty rests on
//! the law and on no consent (第十三条第一款第三项): it is told and recorded, and never stands here.

use kernel::{AccountId, Date, Fault, SubjectId, Timestamp, city_date};

kernel::typed_id!(
    /// One consent.
    ConsentId
);

kernel::words!(
    /// How long a consent holds.
    ConsentScope {
        Once = "once" / "仅用一次",
        Case = "case" / "到本办件办结为止",
        Until = "until" / "到约定日期为止",
    }
);

kernel::words!(
    /// How a consent was given: each way is an act of the grantor's own.
    ConsentMethod {
        Click = "click" / "本人在网上确认",
        Counter = "counter" / "本人在窗口确认",
    }
);

kernel::words!(
    /// How a consent stands.
    ConsentStatus {
        Active = "active" / "有效",
        Used = "used" / "已使用",
        Revoked = "revoked" / "已撤回",
        Closed = "closed" / "已随办件办结而终止",
        Expired = "expired" / "已到期",
    }
);

/// What is to be allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConsent {
    /// Who allows it.
    pub grantor: SubjectId,
    /// Key of the department that may use them.
    pub grantee: String,
    /// Keys of certificate types; at least one.
    pub certificate_types: Vec<String>,
    /// Fields; empty: those that the purpose needs.
    pub fields: Vec<String>,
    /// What for: slug of an item.
    pub purpose: String,
    /// Name of the purpose as the grantor read it.
    pub purpose_name: String,
    /// The case it is given for.
    pub case_number: Option<String>,
    /// How long.
    pub scope: ConsentScope,
    /// Last day; needed for [`ConsentScope::Until`].
    pub until: Option<Date>,
    /// How it is given.
    pub method: ConsentMethod,
    /// Version of the words that the grantor read.
    pub text_version: String,
}

/// A use for which a consent is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentNeed<'a> {
    /// Key of the department that wants to use it.
    pub grantee: &'a str,
    /// Key of the certificate's type.
    pub certificate_type: &'a str,
    /// What for: slug of an item.
    pub purpose: &'a str,
    /// The case it is used in.
    pub case: Option<&'a str>,
}

/// A consent as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// What was allowed.
    pub given: NewConsent,
    /// When.
    pub granted_at: Timestamp,
    /// The login by which it was given; at a counter the clerk's.
    pub account: Option<AccountId>,
    /// What was decided about it; [`Consent::status_on`] knows its last day too.
    pub decided: ConsentStatus,
    /// When it ceased to hold.
    pub ended_at: Option<Timestamp>,
}

impl NewConsent {
    /// What is wrong with it on `today`, the day on which it is given.
    #[must_use]
    pub fn faults(&self, today: Date) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.certificate_types.is_empty() {
            faults.push(Fault::new("/certificate_types", "required", "请说明同意使用哪些证照。"));
        }
        for (pointer, text) in
            [("/grantee", &self.grantee), ("/purpose", &self.purpose), ("/text_version", &self.text_version)]
        {
            if text.trim().is_empty() || text.chars().count() > 100 {
                faults.push(Fault::new(pointer, "required", "请填写，不超过 100 个字。"));
            }
        }
        if self.scope == ConsentScope::Case && self.case_number.is_none() {
            faults.push(Fault::new("/case_number", "required", "请说明用于哪个办件。"));
        }
        match self.until {
            None if self.scope == ConsentScope::Until => {
                faults.push(Fault::new("/until", "required", "请填写授权的截止日期。"));
            }
            Some(until) if until < today => {
                faults.push(Fault::new("/until", "past", "截止日期不能早于今天。"));
            }
            Some(until) if !within_a_year(today, until) => {
                faults.push(Fault::new("/until", "too-long", "授权最长一年，请选择更早的截止日期。"));
            }
            _ => {}
        }
        faults
    }
}

/// Whether `until` is at most the day of the same date a year after `since`.
fn within_a_year(since: Date, until: Date) -> bool {
    (until.year(), until.month(), until.day()) <= (since.year() + 1, since.month(), since.day())
}

impl Consent {
    /// How it stands on `day`: it holds on its last day, and not from the next.
    #[must_use]
    pub fn status_on(&self, day: Date) -> ConsentStatus {
        match (self.decided, self.given.until) {
            (ConsentStatus::Active, Some(until)) if until < day => ConsentStatus::Expired,
            (decided, _) => decided,
        }
    }

    /// Whether it allows this use at `at`.
    #[must_use]
    pub fn allows(&self, need: &ConsentNeed<'_>, at: Timestamp) -> bool {
        let of_this_case = self.given.case_number.as_deref().is_none_or(|own| need.case == Some(own));
        self.status_on(city_date(at)) == ConsentStatus::Active
            && self.given.grantee == need.grantee
            && self.given.purpose == need.purpose
            && of_this_case
            && self.given.certificate_types.iter().any(|kind| kind == need.certificate_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn new(scope: ConsentScope, until: Option<&str>) -> NewConsent {
        NewConsent {
            grantor: SubjectId::from(1),
            grantee: "health".to_owned(),
            certificate_types: vec!["resident-id".to_owned()],
            fields: Vec::new(),
            purpose: "hygiene-licence-new".to_owned(),
            purpose_name: "公共场所卫生许可".to_owned(),
            case_number: Some("520100202603020000011".to_owned()),
            scope,
            until: until.map(day),
            method: ConsentMethod::Click,
            text_version: "1".to_owned(),
        }
    }

    fn consent(decided: ConsentStatus, until: Option<&str>) -> Consent {
        Consent {
            id: ConsentId::from(1),
            given: new(ConsentScope::Until, until),
            granted_at: "2026-03-02T01:00:00Z".parse().unwrap(),
            account: None,
            decided,
            ended_at: None,
        }
    }

    #[test]
    fn a_consent_lasts_a_year_at_most_and_has_a_last_day_where_it_needs_one() {
        let faults = |scope, until| new(scope, until).faults(day("2026-03-02")).len();
        assert_eq!(faults(ConsentScope::Case, None), 0);
        assert_eq!(faults(ConsentScope::Once, None), 0);
        assert_eq!(faults(ConsentScope::Until, Some("2027-03-02")), 0);
        for until in [None, Some("2027-03-03"), Some("2026-03-01")] {
            assert_eq!(faults(ConsentScope::Until, until), 1, "{until:?}");
        }
    }

    #[test]
    fn a_consent_says_what_for_whom_and_for_which_case() {
        let mut empty = new(ConsentScope::Case, None);
        empty.certificate_types.clear();
        empty.grantee.clear();
        empty.case_number = None;
        let pointers: Vec<_> = empty.faults(day("2026-03-02")).into_iter().map(|f| f.pointer).collect();
        assert_eq!(pointers, ["/certificate_types", "/grantee", "/case_number"]);
    }

    #[test]
    fn only_an_active_consent_allows_and_only_what_it_says() {
        let case = Some("520100202603020000011");
        let at: Timestamp = "2026-03-10T01:00:00Z".parse().unwrap();
        let allows = |c: &Consent, grantee, certificate_type, purpose, case| {
            c.allows(&ConsentNeed { grantee, certificate_type, purpose, case }, at)
        };
        let one = consent(ConsentStatus::Active, Some("2026-03-10"));
        assert!(allows(&one, "health", "resident-id", "hygiene-licence-new", case));
        assert!(!allows(&one, "tax", "resident-id", "hygiene-licence-new", case), "another body");
        assert!(!allows(&one, "health", "passport", "hygiene-licence-new", case), "another certificate");
        assert!(!allows(&one, "health", "resident-id", "nurse-registration", case), "another purpose");
        assert!(!allows(&one, "health", "resident-id", "hygiene-licence-new", Some("1")), "another case");
        let over = consent(ConsentStatus::Active, Some("2026-03-09"));
        assert_eq!(over.status_on(day("2026-03-10")), ConsentStatus::Expired);
        assert!(!allows(&over, "health", "resident-id", "hygiene-licence-new", case));
        for decided in [ConsentStatus::Revoked, ConsentStatus::Used, ConsentStatus::Closed] {
            assert!(
                !allows(&consent(decided, None), "health", "resident-id", "hygiene-licence-new", case),
                "{decided}"
            );
        }
    }
}

//! Persons and enterprises (主体), as they are registered and as they are read.

use kernel::{
    Date, SubjectId, SubjectKind,
    identifiers::{Sex, person_name},
};

use super::document::DocumentKind;

kernel::words!(
    /// How a real-name level was reached. What no authority confirmed is never shown as confirmed.
    VerifiedBy {
        Nobody = "none" / "未核验",
        Demo = "demo" / "未经权威核验",
        Counter = "counter" / "窗口核验",
        Authority = "authority" / "权威数据核验",
    }
);

/// Highest real-name level.
pub(crate) const LEVEL_MAX: i64 = 4;

/// A natural person to be registered.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Full name.
    pub name: String,
    /// Kind of identity document; [`DocumentKind::ResidentId`] for citizens.
    pub document: DocumentKind,
    /// Number of that document.
    pub number: String,
    /// Phone, where known.
    pub phone: Option<String>,
    /// Address, where known.
    pub address: Option<String>,
    /// Day of birth; for a citizen number it follows from the number and may stay away.
    pub birth_date: Option<Date>,
    /// Sex; for a citizen number it follows from the number and may stay away.
    pub sex: Option<Sex>,
    /// District of residence.
    pub region: Option<String>,
    /// Real-name level, 0 to 4.
    pub level: i64,
    /// How that level was reached.
    pub verified_by: VerifiedBy,
}

/// An enterprise, or any other body with a credit code, to be registered.
#[derive(Debug, Clone)]
pub struct NewEnterprise {
    /// Full name.
    pub name: String,
    /// Unified social credit code.
    pub uscc: String,
    /// Registered name of the legal representative.
    pub legal_representative: Option<String>,
    /// Phone, where known.
    pub phone: Option<String>,
    /// Registered address, where known.
    pub address: Option<String>,
    /// District of registration.
    pub region: Option<String>,
    /// Real-name level, 0 to 4.
    pub level: i64,
    /// How that level was reached.
    pub verified_by: VerifiedBy,
}

/// A person or an enterprise with its sealed fields opened. Whoever shows this to people other than the subject masks
/// it and records why it was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject {
    /// The subject.
    pub subject: SubjectId,
    /// Person or enterprise.
    pub kind: SubjectKind,
    /// Full name.
    pub name: String,
    /// Kind of identity document.
    pub document: DocumentKind,
    /// Its number in full.
    pub number: String,
    /// Phone.
    pub phone: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Day of birth; persons only.
    pub birth_date: Option<Date>,
    /// Sex; persons only.
    pub sex: Option<Sex>,
    /// District of residence or registration.
    pub region: Option<String>,
    /// Registered name of the legal representative; enterprises only.
    pub legal_representative: Option<String>,
    /// Real-name level, 0 to 4.
    pub level: i64,
    /// How that level was reached.
    pub verified_by: VerifiedBy,
    /// Goes up with every change.
    pub version: i64,
}

impl std::fmt::Debug for Subject {
    /// Without personal data, so that no log can hold any.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("subject", &self.subject).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Subject {
    /// The citizen number, where the document is one.
    #[must_use]
    pub fn id_number(&self) -> Option<&str> {
        (self.document == DocumentKind::ResidentId).then_some(self.number.as_str())
    }
    /// The credit code of an enterprise.
    #[must_use]
    pub fn uscc(&self) -> Option<&str> {
        (self.document == DocumentKind::Uscc).then_some(self.number.as_str())
    }
    /// Years completed on `day`; who was born on 29 February grows older on 1 March of common years.
    #[must_use]
    pub fn age_on(&self, day: Date) -> Option<i64> {
        let born = self.birth_date?;
        let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
        Some(i64::from(day.year()) - i64::from(born.year()) - i64::from(!had_birthday))
    }
}

/// The name as it is stored: trimmed, single spaces, and the one middle dot (U+00B7) for all its look-alikes.
pub(crate) fn normal_name(name: &str) -> String {
    let dotted: String = name
        .chars()
        .map(|c| match c {
            '\u{2022}' | '\u{30FB}' | '\u{FF0E}' | '\u{2027}' | '\u{FF65}' => '·',
            '\u{3000}' | '\u{00A0}' => ' ',
            c => c,
        })
        .collect();
    dotted.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A person's name as it is stored; none when it cannot be one. Blanks stay between words of letters and go away
/// between Chinese characters.
pub(crate) fn normal_person_name(name: &str) -> Option<String> {
    let name = normal_name(name);
    let checked = person_name(&name)?;
    Some(if name.chars().any(|c| c.is_ascii_alphabetic()) { name } else { checked })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn born(day: &str) -> Subject {
        Subject {
            subject: SubjectId::from(1),
            kind: SubjectKind::Person,
            name: "王敏".into(),
            document: DocumentKind::ResidentId,
            number: "520102199003071017".into(),
            phone: None,
            address: None,
            birth_date: Some(day.parse().unwrap()),
            sex: Some(Sex::Male),
            region: None,
            legal_representative: None,
            level: 2,
            verified_by: VerifiedBy::Demo,
            version: 1,
        }
    }

    #[test]
    fn one_grows_older_on_the_birthday() {
        let age = |birth: &str, day: &str| born(birth).age_on(day.parse().unwrap()).unwrap();
        assert_eq!(age("2005-06-15", "2026-03-02"), 20);
        assert_eq!(age("2008-03-02", "2026-03-01"), 17);
        assert_eq!(age("2008-03-02", "2026-03-02"), 18);
        assert_eq!(age("2000-02-29", "2026-02-28"), 25);
        assert_eq!(age("2000-02-29", "2026-03-01"), 26);
        assert_eq!(age("2000-02-29", "2028-02-29"), 28);
    }

    #[test]
    fn middle_dots_and_spaces_are_one_spelling() {
        for name in ["买买提·艾力", "买买提•艾力", "买买提・艾力", "买买提．艾力", "  买买提·艾力　"]
        {
            assert_eq!(normal_name(name), "买买提·艾力");
        }
        assert_eq!(normal_name("Anna\u{00A0} Maria"), "Anna Maria");
        assert_eq!(normal_name("𬭎"), "𬭎");
        assert_eq!(normal_person_name("欧阳 娜　娜").as_deref(), Some("欧阳娜娜"));
        assert_eq!(normal_person_name("  José  García ").as_deref(), Some("José García"));
        assert_eq!(normal_person_name("买买提•艾力").as_deref(), Some("买买提·艾力"));
        for no_name in ["", "  ", "12345", "<b>"] {
            assert_eq!(normal_person_name(no_name), None, "{no_name:?}");
        }
    }

    #[test]
    fn debugging_shows_no_personal_data() {
        let shown = format!("{:?}", born("1990-03-07"));
        assert!(!shown.contains("王敏") && !shown.contains("520102"), "{shown}");
    }
}

//! Identity documents (证件): which kinds there are, and what their numbers say.

use kernel::{
    Date, Fault,
    identifiers::{IdNumber, Phone, Sex, Uscc, normalise},
    masking,
};

kernel::words!(
    /// Kind of the document whose number names a subject.
    DocumentKind {
        ResidentId = "resident-id" / "居民身份证",
        Passport = "passport" / "护照",
        HkMacaoReturn = "hk-macao-return" / "港澳居民来往内地通行证",
        TaiwanPermit = "taiwan-permit" / "台湾居民来往大陆通行证",
        HmtResidence = "hmt-residence" / "港澳台居民居住证",
        ForeignerPr = "foreigner-pr" / "外国人永久居留身份证",
        Uscc = "uscc" / "统一社会信用代码",
    }
);

/// A number as it is stored, with what it says by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) number: String,
    pub(crate) birth_date: Option<Date>,
    pub(crate) sex: Option<Sex>,
}

impl DocumentKind {
    /// The number as it is shown: a citizen number on its holder's own pages, other documents of people by their ends,
    /// a credit code in full since it is public.
    #[must_use]
    pub fn masked(self, number: &str) -> String {
        match self {
            Self::Uscc => number.to_owned(),
            Self::ResidentId | Self::HmtResidence => masking::id_number(number),
            _ => masking::plate(number),
        }
    }
}

/// Reads a number that is to be registered. Errors: what is wrong with it, at `/number`.
pub(crate) fn read(kind: DocumentKind, text: &str, today: Date) -> Result<Document, Fault> {
    let bare = |number| Document { number, birth_date: None, sex: None };
    let fault = |code: &str, advice: &str| Fault::new("/number", code, advice);
    match kind {
        // The permit for residents from Hong Kong, Macao and Taiwan bears a number of the same make.
        DocumentKind::ResidentId | DocumentKind::HmtResidence => {
            let number = IdNumber::parse(text, today).map_err(|error| fault("id_number", error.advice()))?;
            Ok(Document {
                birth_date: Some(number.birth_date()),
                sex: Some(number.sex()),
                number: number.as_str().to_owned(),
            })
        }
        DocumentKind::Uscc => match Uscc::parse(text) {
            Ok(code) => Ok(bare(code.as_str().to_owned())),
            Err(error) => Err(fault("uscc", error.advice())),
        },
        _ => other(text)
            .map(bare)
            .ok_or_else(|| fault("number", "证件号码应为 5 至 30 个字母或数字，请核对后重新填写。")),
    }
}

/// A number as it is compared; none when it cannot be a number of that kind.
pub(crate) fn comparable(kind: DocumentKind, text: &str) -> Option<String> {
    // Whether somebody is born yet is not the question here.
    read(kind, text, Date::MAX).ok().map(|document| document.number)
}

/// Letters and digits without spaces and dashes, in upper case: documents whose check characters are not ours to know.
fn other(text: &str) -> Option<String> {
    let number: String = normalise(text).chars().filter(|c| *c != '-').collect();
    ((5..=30).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(number)
}

/// A phone number as it is stored; a fault at `/phone` when it cannot be one.
pub(crate) fn phone(text: Option<&str>, faults: &mut Vec<Fault>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    let phone = Phone::parse(text);
    if phone.is_none() {
        let advice = "请填写 11 位手机号码，或带区号的固定电话，如 0851-81234567。";
        faults.push(Fault::new("/phone", "phone", advice));
    }
    phone.map(|phone| phone.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        "2026-03-02".parse().unwrap()
    }

    #[test]
    fn a_citizen_number_tells_birth_and_sex() {
        let read = read(DocumentKind::ResidentId, "11010519491231002x", today()).unwrap();
        assert_eq!(read.number, "11010519491231002X");
        assert_eq!(read.birth_date, Some("1949-12-31".parse().unwrap()));
        assert_eq!(read.sex, Some(Sex::Female));
    }

    #[test]
    fn a_wrong_number_is_told_where_and_why() {
        for (kind, number, code) in [
            (DocumentKind::ResidentId, "520102199003071016", "id_number"),
            (DocumentKind::ResidentId, "52010220990101001X", "id_number"),
            (DocumentKind::HmtResidence, "810000199003071016", "id_number"),
            (DocumentKind::Uscc, "91500106MA2CE71F65", "uscc"),
            (DocumentKind::Passport, "E12", "number"),
            (DocumentKind::Passport, "护照一二三四五", "number"),
            (DocumentKind::TaiwanPermit, "", "number"),
        ] {
            let fault = read(kind, number, today()).unwrap_err();
            assert_eq!((fault.pointer.as_str(), fault.code.as_str()), ("/number", code), "{kind} {number}");
        }
    }

    #[test]
    fn numbers_are_compared_in_one_spelling() {
        assert_eq!(comparable(DocumentKind::Passport, " e-1234 5678"), Some("E12345678".to_owned()));
        assert_eq!(comparable(DocumentKind::Uscc, "91520102ma6g0007x2"), Some("91520102MA6G0007X2".to_owned()));
        assert_eq!(comparable(DocumentKind::ResidentId, "nobody"), None);
    }

    #[test]
    fn numbers_of_people_are_masked() {
        assert_eq!(DocumentKind::ResidentId.masked("520102199003071017"), "520102********1017");
        assert_eq!(DocumentKind::Passport.masked("E12345678"), "E1***78");
        assert_eq!(DocumentKind::Uscc.masked("91520102MA6G0007X2"), "91520102MA6G0007X2");
    }

    #[test]
    fn a_phone_is_read_or_told_wrong() {
        let mut faults = Vec::new();
        assert_eq!(phone(Some("+86 138-0000-3210"), &mut faults).as_deref(), Some("13800003210"));
        assert_eq!(phone(Some("0851-81234567"), &mut faults).as_deref(), Some("0851-81234567"));
        assert_eq!(phone(None, &mut faults), None);
        assert_eq!(phone(Some("  "), &mut faults), None);
        assert!(faults.is_empty());
        assert_eq!(phone(Some("12345"), &mut faults), None);
        assert_eq!(faults[0].pointer, "/phone");
    }
}

//! Identity documents (证件): which kinds there are, and what their numbers say.

use kernel::{Date, Fault};

use super::subject::Sex;

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

/// Reads a number that is to be registered. Errors: what is wrong with it, at `/number`.
pub(crate) fn read(kind: DocumentKind, text: &str, today: Date) -> Result<Document, Fault> {
    let bare = |number| Document { number, birth_date: None, sex: None };
    match kind {
        DocumentKind::ResidentId => local::resident(text, today),
        DocumentKind::Uscc => {
            local::uscc(text).map(bare).ok_or_else(|| Fault::new("/number", "uscc", "统一社会信用代码有误。"))
        }
        _ => other(text)
            .map(bare)
            .ok_or_else(|| Fault::new("/number", "number", "证件号码应为 5 至 30 个字母或数字，请核对后重新填写。")),
    }
}

/// A number as it is compared; none when it cannot be a number of that kind.
pub(crate) fn normalise(kind: DocumentKind, text: &str) -> Option<String> {
    match kind {
        // A number born in the future belongs to nobody, so the day does not matter here.
        DocumentKind::ResidentId => local::resident(text, Date::MAX).ok().map(|document| document.number),
        DocumentKind::Uscc => local::uscc(text),
        _ => other(text),
    }
}

/// Letters and digits without spaces and dashes, in upper case: documents whose check characters are not ours to know.
fn other(text: &str) -> Option<String> {
    let number: String =
        half_width(text).filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect();
    ((5..=30).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(number)
}

/// Full-width letters and digits as what they stand for.
fn half_width(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|c| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    })
}

/// A phone number as it is stored; a fault at `/phone` when it cannot be one.
pub(crate) fn phone(text: Option<&str>, faults: &mut Vec<Fault>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    match local::phone(text) {
        Some(phone) => Some(phone),
        None => {
            faults.push(Fault::new("/phone", "phone", "手机号码有误。"));
            None
        }
    }
}

mod local {
    use super::*;
    pub(super) fn resident(text: &str, today: Date) -> Result<Document, Fault> {
        let f = || Fault::new("/number", "id_number", "身份证号码有误。");
        let n: String = half_width(text).filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
        if n.len() != 18 || !n.is_char_boundary(17) {
            return Err(f());
        }
        let w = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let sum: u32 = n.bytes().zip(w).map(|(b, w)| u32::from(b.wrapping_sub(b'0')) * w).sum();
        if b"10X98765432"[(sum % 11) as usize] != n.as_bytes()[17] {
            return Err(f());
        }
        let d = format!("{}-{}-{}", &n[6..10], &n[10..12], &n[12..14]).parse::<Date>().map_err(|_| f())?;
        if d > today {
            return Err(f());
        }
        let sex = if n.as_bytes()[16] % 2 == 1 { Sex::Male } else { Sex::Female };
        Ok(Document { number: n, birth_date: Some(d), sex: Some(sex) })
    }
    pub(super) fn uscc(text: &str) -> Option<String> {
        other(text).filter(|n| n.len() == 18)
    }
    pub(super) fn phone(text: &str) -> Option<String> {
        let n: String = text.chars().filter(char::is_ascii_digit).collect();
        let n = n.strip_prefix("86").unwrap_or(&n).to_owned();
        (n.len() == 11).then_some(n)
    }
}

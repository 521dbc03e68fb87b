//! 政务服务事项编码 (GB/T 39554.1—2020), and the other schemes in use beside it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Uscc, normalise, refusals};
use crate::words;

/// Longest code in any exchange table.
const LONGEST: usize = 50;

words!(
    /// By whose rules an item code is made. A code is stored with its scheme; no length is taken for granted.
    ItemCodeScheme {
        National = "national31" / "国家政务服务平台编码",
        Gb39046 = "gb39046" / "GB/T 39046编码",
        Guizhou = "db52" / "贵州省地方标准编码",
        Local = "local" / "本地编码",
    }
);

refusals!(
    /// Why a text is no item code.
    ItemCodeError {
        /// A length that no code of the scheme has.
        Length = "length" / "no item code of this scheme has that length"
            / "事项编码长度不对：基本编码12位，实施编码31位，业务办理项编码33位；其他编码不超过50位。",
        /// A character that is neither a digit nor a capital letter.
        Characters = "characters" / "an item code has digits and capital letters only"
            / "事项编码只能由数字和大写字母组成，请核对。",
        /// The first 18 are no credit code.
        Body = "body" / "the code of the implementing body is no credit code"
            / "事项编码前18位应为实施主体的统一社会信用代码，请核对。",
        /// Place 19 is not 1 to 7.
        Level = "level" / "the exercise level is not 1 to 7"
            / "事项编码第19位行使层级应为1至7，请核对。",
        /// No such type of item.
        Type = "type" / "no such type of item"
            / "事项编码中的事项类型代码不存在，请核对。",
        /// The last two are not digits.
        Handling = "handling" / "the handling sequence is not two digits"
            / "业务办理项编码最后两位应为数字，请核对。",
    }
);

impl ItemCodeScheme {
    /// Normalises a code of this scheme and checks it as far as its rules are known.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn read(self, text: &str) -> Result<String, ItemCodeError> {
        let text = normalise(text);
        if self == Self::National {
            return ItemCode::parse(&text).map(|code| code.to_string());
        }
        if text.is_empty() || text.chars().count() > LONGEST {
            return Err(ItemCodeError::Length);
        }
        let fits = text.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase() || matches!(c, '-' | '.' | '/'));
        if fits { Ok(text) } else { Err(ItemCodeError::Characters) }
    }
}

/// An item code of the national platform, read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ItemCode {
    /// 基本编码, 12 characters: owner of the catalogue 2, type of item 2, and 8 that are to be taken as they are.
    Base(String),
    /// 实施编码 (31) or 业务办理项编码 (33).
    Implementation {
        /// The implementing body.
        body: Uscc,
        /// 行使层级: 1 国家, 2 省, 3 市, 4 县, 5 镇（乡、街道）, 6 村（社区）, 7 分级管理 (GB/T 39046 A.2).
        level: u8,
        /// 基本编码, 12 characters.
        base: String,
        /// Two digits of the handling item (业务办理项) where the implementation is split.
        handling: Option<String>,
    },
}

impl ItemCode {
    /// Normalises and reads a code of 12, 31 or 33 characters.
    ///
    /// # Errors
    /// The first thing that is wrong: length, characters, body, level, type, handling sequence.
    pub fn parse(text: &str) -> Result<Self, ItemCodeError> {
        let text = normalise(text);
        if !matches!(text.chars().count(), 12 | 31 | 33) {
            return Err(ItemCodeError::Length);
        }
        if !text.bytes().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()) {
            return Err(ItemCodeError::Characters);
        }
        if text.len() == 12 {
            return base(&text).map(Self::Base);
        }
        let (body, rest) = text.split_at(18);
        let (level, rest) = rest.split_at(1);
        let (base_code, handling) = rest.split_at(12);
        let body = Uscc::parse(body).map_err(|_| ItemCodeError::Body)?;
        let level = level.parse().ok().filter(|level| (1..=7).contains(level)).ok_or(ItemCodeError::Level)?;
        let base = base(base_code)?;
        if !handling.bytes().all(|c| c.is_ascii_digit()) {
            return Err(ItemCodeError::Handling);
        }
        Ok(Self::Implementation { body, level, base, handling: (!handling.is_empty()).then(|| handling.to_owned()) })
    }

    /// 基本编码.
    #[must_use]
    pub fn base(&self) -> &str {
        match self {
            Self::Base(base) | Self::Implementation { base, .. } => base,
        }
    }

    /// Owner of the catalogue: `00` for the nation, a province's two digits, `99` for local additions.
    #[must_use]
    pub fn owner(&self) -> &str {
        self.base().get(..2).unwrap_or_default()
    }

    /// Type of item: `01` 行政许可 to `10` 其他行政权力, `20` 公共服务 and its local extensions, `00` where it is not told.
    #[must_use]
    pub fn type_digits(&self) -> &str {
        self.base().get(2..4).unwrap_or_default()
    }
}

fn base(code: &str) -> Result<String, ItemCodeError> {
    match code.get(2..4).and_then(|digits| digits.parse::<u8>().ok()) {
        Some(0..=10 | 20..=29) => Ok(code.to_owned()),
        _ => Err(ItemCodeError::Type),
    }
}

impl fmt::Display for ItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base(base) => f.write_str(base),
            Self::Implementation { body, level, base, handling } => {
                write!(f, "{body}{level}{base}{}", handling.as_deref().unwrap_or_default())
            }
        }
    }
}

impl std::str::FromStr for ItemCode {
    type Err = ItemCodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for ItemCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ItemCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::checked(deserializer, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_known_to_be_right() {
        for (text, body, level, base, owner, item_type, handling) in [
            ("11370800MB285591843370117002011", "11370800MB28559184", 3, "370117002011", "37", "01", None),
            ("12441500196720244T3442199806003", "12441500196720244T", 3, "442199806003", "44", "21", None),
            ("11520100MB1B00029G3000131001000", "11520100MB1B00029G", 3, "000131001000", "00", "01", None),
            ("11520100MB1B00029G300013100100001", "11520100MB1B00029G", 3, "000131001000", "00", "01", Some("01")),
        ] {
            let read = ItemCode::parse(text).unwrap();
            assert_eq!((read.base(), read.owner(), read.type_digits()), (base, owner, item_type));
            assert_eq!(read.to_string(), text);
            let expected = ItemCode::Implementation {
                body: Uscc::parse(body).unwrap(),
                level,
                base: base.to_owned(),
                handling: handling.map(str::to_owned),
            };
            assert_eq!(read, expected);
        }
        for (text, owner, item_type) in [("990113001000", "99", "01"), ("000131001000", "00", "01")] {
            let read = ItemCode::parse(text).unwrap();
            assert_eq!(read, ItemCode::Base(text.to_owned()));
            assert_eq!((read.owner(), read.type_digits()), (owner, item_type));
        }
    }

    #[test]
    fn each_thing_wrong_is_told_by_its_own_words() {
        for (text, error) in [
            ("", ItemCodeError::Length),
            ("11520100MB1B00029G30001310010000", ItemCodeError::Length),
            ("00013100100号", ItemCodeError::Characters),
            ("00013100100-", ItemCodeError::Characters),
            ("11520100MB1B00029F3000131001000", ItemCodeError::Body),
            ("11520100MB1B00029G9000131001000", ItemCodeError::Level),
            ("11520100MB1B00029GA000131001000", ItemCodeError::Level),
            ("11520100MB1B00029G3001531001000", ItemCodeError::Type),
            ("00XK31001000", ItemCodeError::Type),
            ("11520100MB1B00029G30001310010000A", ItemCodeError::Handling),
        ] {
            assert_eq!(ItemCode::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn other_schemes_keep_their_codes() {
        assert_eq!(ItemCodeScheme::Guizhou.read(" 52xk001234 ").as_deref(), Ok("52XK001234"));
        assert_eq!(ItemCodeScheme::Local.read("gy-001").as_deref(), Ok("GY-001"));
        assert_eq!(ItemCodeScheme::National.read("000131001000").as_deref(), Ok("000131001000"));
        assert_eq!(ItemCodeScheme::National.read("gy-001"), Err(ItemCodeError::Length));
        assert_eq!(ItemCodeScheme::Gb39046.read(""), Err(ItemCodeError::Length));
        assert_eq!(ItemCodeScheme::Gb39046.read(&"1".repeat(51)), Err(ItemCodeError::Length));
        assert_eq!(ItemCodeScheme::Local.read("事项一"), Err(ItemCodeError::Characters));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{12}|\\PC{31}|\\PC{33}|[0-9A-Z]{33}") {
            if let Ok(code) = ItemCode::parse(&text) {
                prop_assert_eq!(ItemCode::parse(&code.to_string()), Ok(code.clone()));
            }
        }
    }
}

//! 公民身份号码 (GB 11643—1999).

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};

use super::{checked, digits, normalise, province, refusals};
use crate::{masking, words};

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";
/// Nobody alive was born before; such a year is a slip of the pen.
const FIRST_YEAR: i16 = 1800;
/// Prefix of residence permits for people from Taiwan, whose number has the same make.
const TAIWAN_PERMIT: &str = "83";

words!(
    /// Sex as the citizen number tells it.
    Sex { Male = "male" / "男", Female = "female" / "女" }
);

refusals!(
    /// Why a text is no citizen number. None of it repeats the number.
    IdNumberError {
        /// Not 18 characters.
        Length = "length" / "a citizen number has 18 characters"
            / "公民身份号码应为18位，请核对是否少填或多填。",
        /// Not 17 digits and a digit or X.
        Characters = "characters" / "a citizen number is 17 digits and a digit or X"
            / "公民身份号码前17位应为数字，最后一位应为数字或字母X，请核对。",
        /// There is no such day.
        BirthDate = "birth-date" / "there is no such birth date"
            / "公民身份号码第7至14位的出生日期不存在，请核对。",
        /// The day of birth is yet to come.
        Future = "future" / "the birth date is in the future"
            / "公民身份号码第7至14位的出生日期在今天之后，请核对。",
        /// The check character is another.
        Check = "check" / "the check character does not fit"
            / "公民身份号码校验不正确，可能有数字填错，请对照证件逐位核对。",
        /// No such province.
        Province = "province" / "the first two digits are no province"
            / "公民身份号码前两位不是有效的地区代码，请核对。",
        /// A number of before 1999 whose century cannot be told.
        Manual = "manual" / "the century of this old number must be settled by hand"
            / "这个15位旧号码属于百岁以上老人的特殊编号，请转人工办理。",
    }
);

/// A valid citizen number, normalised: 17 digits and a check character. `Debug` shows it masked.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct IdNumber(String);

fn check_of(digits: &[u8]) -> u8 {
    let sum: u32 = WEIGHTS.iter().zip(digits).map(|(w, d)| w * u32::from(d - b'0')).sum();
    CHECKS[(sum % 11) as usize]
}

impl IdNumber {
    /// Normalises and checks, in this order: length, characters, birth date, birth date not after `today`, check
    /// character, province. The county code is not looked at: abolished ones live on in people's numbers, and code and
    /// year of birth need not match.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str, today: Date) -> Result<Self, IdNumberError> {
        let text = normalise(text);
        if text.chars().count() != 18 {
            return Err(IdNumberError::Length);
        }
        let (Some(body), Some(last)) = (text.get(..17), text.get(17..)) else { return Err(IdNumberError::Characters) };
        if !digits(body) || !(digits(last) || last == "X") {
            return Err(IdNumberError::Characters);
        }
        if birth_date(body).ok_or(IdNumberError::BirthDate)? > today {
            return Err(IdNumberError::Future);
        }
        if last.as_bytes() != [check_of(body.as_bytes())] {
            return Err(IdNumberError::Check);
        }
        if !province(body) && !body.starts_with(TAIWAN_PERMIT) {
            return Err(IdNumberError::Province);
        }
        Ok(Self(text))
    }

    /// A number of before 1999 (15 digits, two for the year, no check) in its present form. For the import of archives
    /// alone: new applications need the present number.
    ///
    /// # Errors
    /// The first thing that is wrong; [`IdNumberError::Manual`] for the endings 996 to 999, which meant people over a
    /// hundred.
    pub fn from_archive(text: &str, today: Date) -> Result<Self, IdNumberError> {
        let text = normalise(text);
        if text.chars().count() != 15 {
            return Err(IdNumberError::Length);
        }
        if !digits(&text) {
            return Err(IdNumberError::Characters);
        }
        let (region, rest) = text.split_at(6);
        if matches!(&rest[6..], "996" | "997" | "998" | "999") {
            return Err(IdNumberError::Manual);
        }
        let body = format!("{region}19{rest}");
        let check = char::from(check_of(body.as_bytes()));
        Self::parse(&format!("{body}{check}"), today)
    }

    /// A made number with the right check character, for synthetic people. `region` is cut to six digits, `sequence`
    /// (odd male, even female) to three; a year of birth outside 1800–9999 is moved to the nearest.
    #[must_use]
    pub fn synthetic(region: u32, birth: Date, sequence: u32) -> Self {
        let body = format!(
            "{:06}{:04}{:02}{:02}{:03}",
            region % 1_000_000,
            birth.year().max(FIRST_YEAR),
            birth.month(),
            birth.day(),
            sequence % 1000
        );
        let check = char::from(check_of(body.as_bytes()));
        Self(format!("{body}{check}"))
    }

    /// The number in full. Who shows or logs it masks it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Day of birth.
    #[must_use]
    pub fn birth_date(&self) -> Date {
        birth_date(&self.0).unwrap_or(Date::MIN)
    }

    /// Sex, from the 17th digit: odd male, even female.
    #[must_use]
    pub fn sex(&self) -> Sex {
        if self.0.as_bytes().get(16).is_some_and(|digit| digit % 2 == 1) { Sex::Male } else { Sex::Female }
    }

    /// Code of the county that assigned the number, as in force there and then: not where the person lives.
    #[must_use]
    pub fn region(&self) -> &str {
        self.0.get(..6).unwrap_or_default()
    }

    /// Years completed on `day`, at least 0: the age goes up on the birthday itself. Who was born on 29 February grows
    /// older on 1 March of common years.
    #[must_use]
    pub fn age_on(&self, day: Date) -> i64 {
        let birth = self.birth_date();
        let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
        (i64::from(day.year()) - i64::from(birth.year()) - i64::from(!had_birthday)).max(0)
    }
}

fn birth_date(number: &str) -> Option<Date> {
    let year = number.get(6..10)?.parse().ok().filter(|year| *year >= FIRST_YEAR)?;
    let month = number.get(10..12)?.parse().ok()?;
    let day = number.get(12..14)?.parse().ok()?;
    Date::new(year, month, day).ok()
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdNumber({})", masking::id_number_public(&self.0))
    }
}

impl<'de> Deserialize<'de> for IdNumber {
    /// Checks everything but whether the day of birth has come, which was checked when the number came in.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(deserializer, |text| Self::parse(text, Date::MAX))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 3, 2);

    #[test]
    fn numbers_known_to_be_right() {
        for (number, birth, sex) in [
            ("11010519491231002X", date(1949, 12, 31), Sex::Female),
            ("520102199003071017", date(1990, 3, 7), Sex::Male),
            ("520103198511120024", date(1985, 11, 12), Sex::Female),
            ("520121200506156033", date(2005, 6, 15), Sex::Male),
            ("520102200002290037", date(2000, 2, 29), Sex::Male),
            ("520102202603020015", date(2026, 3, 2), Sex::Male),
            ("520114198810053318", date(1988, 10, 5), Sex::Male),
            ("520181197001010006", date(1970, 1, 1), Sex::Female),
            ("52252419900101001X", date(1990, 1, 1), Sex::Male),
            ("52010219900307101７", date(1990, 3, 7), Sex::Male),
            ("11010519491231002x", date(1949, 12, 31), Sex::Female),
            ("　５２０１０２ 19900307 1017 ", date(1990, 3, 7), Sex::Male),
        ] {
            let read = IdNumber::parse(number, TODAY).unwrap();
            assert_eq!((read.birth_date(), read.sex()), (birth, sex), "{number}");
            assert_eq!(read.as_str().len(), 18);
        }
        assert_eq!(IdNumber::parse("11010519491231002x", TODAY).unwrap().as_str(), "11010519491231002X");
        assert_eq!(IdNumber::parse("520114198810053318", TODAY).unwrap().region(), "520114");
    }

    #[test]
    fn each_thing_wrong_is_told_by_its_own_words() {
        let cases = [
            ("", IdNumberError::Length),
            ("52010219900307101", IdNumberError::Length),
            ("5201021990030710170", IdNumberError::Length),
            ("520102900307101", IdNumberError::Length),
            ("5201O2199003071017", IdNumberError::Characters),
            ("52010219900307101Ａ", IdNumberError::Characters),
            ("贵州贵阳南明一九九零零三零七一零一七", IdNumberError::Characters),
            ("520111197802290010", IdNumberError::BirthDate),
            ("520102000003071017", IdNumberError::BirthDate),
            ("52010220990101001X", IdNumberError::Future),
            ("520102199003071016", IdNumberError::Check),
            ("999999199003072341", IdNumberError::Province),
        ];
        for (number, error) in cases {
            assert_eq!(IdNumber::parse(number, TODAY), Err(error), "{number}");
        }
        let mut words: Vec<&str> = cases.iter().map(|(_, error)| error.advice()).collect();
        words.dedup();
        assert_eq!(words.len(), 6, "{words:?}");
        assert_eq!(crate::Failure::kind(&IdNumberError::Check), crate::Kind::Invalid);
    }

    #[test]
    fn a_number_is_first_valid_on_the_day_of_birth() {
        assert!(IdNumber::parse("520102202603020015", TODAY).is_ok());
        assert_eq!(IdNumber::parse("520102202603020015", date(2026, 3, 1)), Err(IdNumberError::Future));
    }

    #[test]
    fn years_are_completed_on_the_birthday() {
        let age = |number: &str, day| IdNumber::parse(number, Date::MAX).unwrap().age_on(day);
        assert_eq!(age("520121200506156033", TODAY), 20);
        assert_eq!(age("520121200506156033", date(2026, 6, 14)), 20);
        assert_eq!(age("520121200506156033", date(2026, 6, 15)), 21);
        assert_eq!(age("520102202603020015", TODAY), 0);
        assert_eq!(age("520102202603020015", date(2020, 1, 1)), 0, "not born yet");
        let leap = "520102200002290037";
        assert_eq!(age(leap, date(2026, 2, 28)), 25);
        assert_eq!(age(leap, date(2026, 3, 1)), 26);
        assert_eq!(age(leap, date(2024, 2, 28)), 23);
        assert_eq!(age(leap, date(2024, 2, 29)), 24);
    }

    #[test]
    fn old_numbers_come_in_through_the_archive_alone() {
        let read = IdNumber::from_archive("110105491231002", TODAY).unwrap();
        assert_eq!(read.as_str(), "11010519491231002X");
        for (number, error) in [
            ("110105491231998", IdNumberError::Manual),
            ("11010519491231002X", IdNumberError::Length),
            ("11010549123100X", IdNumberError::Characters),
            ("110105491331002", IdNumberError::BirthDate),
        ] {
            assert_eq!(IdNumber::from_archive(number, TODAY), Err(error), "{number}");
        }
    }

    #[test]
    fn permits_of_residents_from_taiwan_have_numbers_of_the_same_make() {
        let made = IdNumber::synthetic(830_000, date(1990, 3, 7), 1);
        assert_eq!(IdNumber::parse(made.as_str(), TODAY), Ok(made));
    }

    #[test]
    fn debugging_and_refusing_shows_no_number() {
        let number = IdNumber::parse("520102199003071017", TODAY).unwrap();
        assert_eq!(format!("{number:?}"), "IdNumber(5****************7)");
        let refused = serde_json::from_str::<IdNumber>("\"520102199003071016\"").unwrap_err();
        assert!(!refused.to_string().contains("520102"), "{refused}");
        assert_eq!(serde_json::from_str::<IdNumber>("\"520102199003071017\"").unwrap(), number);
    }

    #[test]
    fn the_list_of_good_and_bad_numbers() {
        let list = include_str!("../../../../data/test-vectors/resident_id.csv");
        let mut lines = list.lines();
        assert_eq!(lines.next(), Some("number,valid,why,birth,sex,area"));
        let mut seen = 0;
        for line in lines {
            let quoteless = line.replace("\"valid, ", "\"valid: ").replace('"', "");
            let [number, valid, why, birth, sex, area] = quoteless.split(',').collect::<Vec<_>>()[..] else {
                panic!("six columns: {line}")
            };
            let read = IdNumber::parse(number, date(2026, 11, 23));
            seen += 1;
            if valid == "1" {
                let read = read.unwrap();
                assert_eq!(read.birth_date().strftime("%Y%m%d").to_string(), birth, "{line}");
                assert_eq!((read.sex().label(), read.region()), (sex, area), "{line}");
                continue;
            }
            let error = read.unwrap_err();
            let expected = match why {
                "wrong check digit" => IdNumberError::Check,
                "date of birth does not exist" => IdNumberError::BirthDate,
                "area code does not exist" => IdNumberError::Province,
                "17 characters" => IdNumberError::Length,
                "letter O inside" => IdNumberError::Characters,
                // Exchanging two neighbours can break the date before the check.
                "two neighbouring digits exchanged" => {
                    assert!(
                        matches!(error, IdNumberError::Check | IdNumberError::BirthDate | IdNumberError::Future),
                        "{line}: {error}"
                    );
                    continue;
                }
                other => panic!("unknown reason {other}"),
            };
            assert_eq!(error, expected, "{line}");
        }
        assert_eq!(seen, 36);
    }

    fn made() -> impl Strategy<Value = IdNumber> {
        (1930_i16..2020, 1_i8..=12, 1_i8..=28, 0_u32..1000)
            .prop_map(|(year, month, day, n)| IdNumber::synthetic(520_102, date(year, month, day), n))
    }

    proptest! {
        #[test]
        fn made_numbers_are_right_and_say_what_they_were_made_of(
            year in 1930_i16..2020, month in 1_i8..=12, day in 1_i8..=28, n in 0_u32..1000,
        ) {
            let birth = date(year, month, day);
            let made = IdNumber::synthetic(520_102, birth, n);
            prop_assert_eq!(IdNumber::parse(made.as_str(), TODAY), Ok(made.clone()));
            prop_assert_eq!((made.birth_date(), made.region()), (birth, "520102"));
            prop_assert_eq!(made.sex() == Sex::Male, n % 2 == 1);
        }

        #[test]
        fn every_change_of_one_character_is_noticed(good in made(), place in 0_usize..18, to in "[0-9X]") {
            let mut changed = good.as_str().to_owned();
            changed.replace_range(place..=place, &to);
            prop_assert_eq!(IdNumber::parse(&changed, TODAY).is_ok(), changed == good.as_str(), "{}", changed);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*", more in "[0-9xX１-９年]{15,19}") {
            for text in [text, more] {
                let _ = IdNumber::from_archive(&text, TODAY);
                if let Ok(number) = IdNumber::parse(&text, TODAY) {
                    prop_assert!(number.birth_date() <= TODAY);
                }
            }
        }
    }
}

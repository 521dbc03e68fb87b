//! The little of ASN.1 that seals need: values cut out exactly as stored, because a signature is over stored bytes and
//! never over what an encoder would make of them again.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::finding::{Code, Finding};

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const UTF8: u8 = 0x0C;
pub(crate) const PRINTABLE: u8 = 0x13;
pub(crate) const IA5: u8 = 0x16;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
/// `[0]`, constructed.
pub(crate) const CONTEXT_0: u8 = 0xA0;

/// What is not DER, or not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bad(pub(crate) &'static str);

/// A generation of seals that is not known.
pub(crate) const UNKNOWN_VERSION: Bad = Bad("unknown version");

impl From<Bad> for Finding {
    fn from(bad: Bad) -> Self {
        let code = if bad == UNKNOWN_VERSION { Code::UnknownVersion } else { Code::BadSignedValue };
        Self::new(code, bad.0)
    }
}

/// One value: its tag, its content, and all its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Value<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    pub(crate) whole: &'a [u8],
}

impl<'a> Value<'a> {
    /// The one value that fills `bytes`.
    pub(crate) fn only(bytes: &'a [u8]) -> Result<Self, Bad> {
        let mut items = Items(bytes);
        let value = items.next().ok_or(Bad("empty"))??;
        if items.0.is_empty() { Ok(value) } else { Err(Bad("bytes after the end")) }
    }

    /// The values in a SEQUENCE (or `[0]`).
    pub(crate) fn items(&self, tag: u8) -> Result<Vec<Value<'a>>, Bad> {
        if self.tag == tag { Items(self.content).collect() } else { Err(Bad("another tag than expected")) }
    }

    /// The content, if it bears `tag`.
    pub(crate) fn as_tag(&self, tag: u8) -> Result<&'a [u8], Bad> {
        if self.tag == tag { Ok(self.content) } else { Err(Bad("another tag than expected")) }
    }

    /// A number from 0 to 2³¹.
    pub(crate) fn number(&self) -> Result<u32, Bad> {
        let content = self.as_tag(INTEGER)?;
        match content {
            [] => Err(Bad("empty number")),
            [0, next, ..] if *next < 0x80 => Err(Bad("number with zeros before it")),
            [first, ..] if *first >= 0x80 || content.len() > 4 => Err(Bad("number out of range")),
            _ => Ok(content.iter().fold(0, |sum, b| sum << 8 | u32::from(*b))),
        }
    }

    /// Text in ASCII under `tag`.
    pub(crate) fn ascii(&self, tag: u8) -> Result<String, Bad> {
        let content = self.as_tag(tag)?;
        let text = std::str::from_utf8(content).ok().filter(|text| text.is_ascii());
        text.map(str::to_owned).ok_or(Bad("text that is not ASCII"))
    }

    /// Text in UTF-8.
    pub(crate) fn text(&self) -> Result<String, Bad> {
        let content = self.as_tag(UTF8)?;
        std::str::from_utf8(content).map(str::to_owned).map_err(|_| Bad("text that is not UTF-8"))
    }

    /// Whole bytes of a BIT STRING.
    pub(crate) fn bits(&self) -> Result<&'a [u8], Bad> {
        match self.as_tag(BIT_STRING)? {
            [0, bits @ ..] => Ok(bits),
            _ => Err(Bad("bits that are no whole bytes")),
        }
    }

    /// A BOOLEAN.
    pub(crate) fn boolean(&self) -> Result<bool, Bad> {
        match self.as_tag(BOOLEAN)? {
            [0x00] => Ok(false),
            [0xFF] => Ok(true),
            _ => Err(Bad("neither true nor false")),
        }
    }

    /// An instant: GeneralizedTime or UTCTime, in UTC.
    pub(crate) fn time(&self) -> Result<Timestamp, Bad> {
        let text = match self.tag {
            GENERALIZED_TIME => self.ascii(GENERALIZED_TIME)?,
            UTC_TIME => {
                let text = self.ascii(UTC_TIME)?;
                // RFC 5280: years below 50 are of this century.
                format!("{}{text}", if text.as_str() < "50" { "20" } else { "19" })
            }
            _ => return Err(Bad("no time")),
        };
        parse_time(&text).ok_or(Bad("a time that is none"))
    }
}

/// `YYYYMMDDHHMMSS`, with or without a fraction, and `Z`.
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    let text = text.strip_suffix('Z')?;
    let digits = text.split_once('.').map_or(text, |(digits, _)| digits);
    if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| digits[range].parse::<i8>().ok();
    let year = digits[0..4].parse::<i16>().ok()?;
    let time = DateTime::new(year, part(4..6)?, part(6..8)?, part(8..10)?, part(10..12)?, part(12..14)?, 0).ok()?;
    Offset::UTC.to_timestamp(time).ok()
}

/// `YYYYMMDDHHMMSSZ`.
pub(crate) fn format_time(at: Timestamp) -> String {
    let t = Offset::UTC.to_datetime(at);
    format!("{:04}{:02}{:02}{:02}{:02}{:02}Z", t.year(), t.month(), t.day(), t.hour(), t.minute(), t.second())
}

struct Items<'a>(&'a [u8]);

impl<'a> Iterator for Items<'a> {
    type Item = Result<Value<'a>, Bad>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let read = split(self.0);
        self.0 = match read {
            Ok(value) => &self.0[value.whole.len()..],
            Err(_) => &[],
        };
        Some(read)
    }
}

/// The first value of `bytes`: tags of one byte, lengths as short as they can be (DER).
fn split(bytes: &[u8]) -> Result<Value<'_>, Bad> {
    let (&tag, rest) = bytes.split_first().ok_or(Bad("empty"))?;
    if tag & 0x1F == 0x1F {
        return Err(Bad("tag of several bytes"));
    }
    let (&first, rest) = rest.split_first().ok_or(Bad("no length"))?;
    let (length, used) = if first < 0x80 {
        (usize::from(first), 0)
    } else {
        let used = usize::from(first & 0x7F);
        let digits = rest.get(..used).filter(|_| (1..=3).contains(&used)).ok_or(Bad("length out of range"))?;
        let length = digits.iter().fold(0_usize, |sum, b| sum << 8 | usize::from(*b));
        if digits[0] == 0 || length < 0x80 {
            return Err(Bad("length longer than needed"));
        }
        (length, used)
    };
    let start = 2 + used;
    let whole = bytes.get(..start + length).ok_or(Bad("shorter than it says"))?;
    Ok(Value { tag, content: &whole[start..], whole })
}

/// A value under `tag` of the given parts.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    if length < 0x80 {
        out.push(u8::try_from(length).unwrap_or_default());
    } else {
        let digits: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
        out.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
        out.extend(digits);
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// A SEQUENCE of values.
pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(SEQUENCE, parts)
}

/// A number.
pub(crate) fn integer(value: u32) -> Vec<u8> {
    let mut digits: Vec<u8> = value.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
    if digits.first().is_none_or(|first| *first >= 0x80) {
        digits.insert(0, 0);
    }
    tlv(INTEGER, &[&digits])
}

/// Whole bytes as a BIT STRING.
pub(crate) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tlv(BIT_STRING, &[&[0], bytes])
}

/// A GeneralizedTime.
pub(crate) fn generalized_time(at: Timestamp) -> Vec<u8> {
    tlv(GENERALIZED_TIME, &[format_time(at).as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lengths_are_as_short_as_can_be() {
        for value in [0, 1, 127, 128, 255, 256, 65_535, 2_147_483_647] {
            let der = integer(value);
            assert_eq!(Value::only(&der).unwrap().number().unwrap(), value);
        }
        let long = tlv(OCTET_STRING, &[&[7; 300]]);
        assert_eq!(&long[..4], [0x04, 0x82, 0x01, 0x2C]);
        assert_eq!(Value::only(&long).unwrap().content.len(), 300);
    }

    #[test]
    fn what_is_not_der_is_refused() {
        let bad: [&[u8]; 9] = [
            &[],
            &[0x30],
            &[0x30, 0x81, 0x01, 0x00],
            &[0x30, 0x80, 0x00, 0x00],
            &[0x30, 0x82, 0x00, 0x80],
            &[0x1F, 0x01, 0x00],
            &[0x30, 0x05, 0x00],
            &[0x05, 0x00, 0x00],
            &[0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        ];
        for bytes in bad {
            assert!(Value::only(bytes).is_err(), "{bytes:?}");
        }
        for number in [&[0x02, 0x00][..], &[0x02, 0x02, 0x00, 0x01], &[0x02, 0x01, 0x80], &[0x02, 5, 1, 1, 1, 1, 1]] {
            assert!(Value::only(number).unwrap().number().is_err(), "{number:?}");
        }
        assert!(Value::only(&[0x03, 0x02, 0x01, 0x00]).unwrap().bits().is_err());
        assert!(Value::only(&[0x01, 0x01, 0x05]).unwrap().boolean().is_err());
    }

    #[test]
    fn times_of_both_kinds_are_read() {
        let utc = tlv(UTC_TIME, &[b"260302013000Z"]);
        let long = tlv(GENERALIZED_TIME, &[b"20260302013000Z"]);
        let at: Timestamp = "2026-03-02T01:30:00Z".parse().unwrap();
        assert_eq!(Value::only(&utc).unwrap().time().unwrap(), at);
        assert_eq!(Value::only(&long).unwrap().time().unwrap(), at);
        assert_eq!(generalized_time(at), long);
        assert_eq!(parse_time("20260302013000.125Z"), Some(at));
        for text in ["20260302013000", "20261302013000Z", "2026030201300Z", "20260230010000Z"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
        assert!(Value::only(&[0x02, 0x01, 0x01]).unwrap().time().is_err());
    }
}

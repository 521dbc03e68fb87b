//! Names of subjects and issuers: read from hostile bytes, shown to people, made for new certificates.

use std::fmt::Write as _;

use der::{
    Decode, Encode, Tag, Tagged,
    asn1::{AnyRef, BmpString, ObjectIdentifier, SetOfVec},
};

use super::CertificateError;

/// Most parts of a name that is read.
const MOST_PARTS: usize = 32;

/// A part of a name that new certificates may bear (GM/T 0015—2023, 5.2.3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    /// 国家 C: two capital letters.
    Country,
    /// 省级行政区 ST.
    Province,
    /// 城市 L.
    Locality,
    /// 机构名称 O.
    Organisation,
    /// 部门 OU.
    Unit,
    /// 通用名 CN.
    CommonName,
    /// 编号 serialNumber, such as a unified social credit code.
    SerialNumber,
}

impl Attribute {
    const ALL: [Self; 7] = [
        Self::Country,
        Self::Province,
        Self::Locality,
        Self::Organisation,
        Self::Unit,
        Self::CommonName,
        Self::SerialNumber,
    ];

    const fn id(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self {
            Self::Country => "2.5.4.6",
            Self::Province => "2.5.4.8",
            Self::Locality => "2.5.4.7",
            Self::Organisation => "2.5.4.10",
            Self::Unit => "2.5.4.11",
            Self::CommonName => "2.5.4.3",
            Self::SerialNumber => "2.5.4.5",
        })
    }
    const fn short(self) -> &'static str {
        match self {
            Self::Country => "C",
            Self::Province => "ST",
            Self::Locality => "L",
            Self::Organisation => "O",
            Self::Unit => "OU",
            Self::CommonName => "CN",
            Self::SerialNumber => "serialNumber",
        }
    }
    /// Longest value in characters (RFC 5280, appendix A.1).
    const fn longest(self) -> usize {
        match self {
            Self::Country => 2,
            Self::Province | Self::Locality => 128,
            Self::Organisation | Self::Unit | Self::CommonName | Self::SerialNumber => 64,
        }
    }
    /// The kind of string in which new certificates write it.
    const fn tag(self) -> Tag {
        match self {
            Self::Country | Self::SerialNumber => Tag::PrintableString,
            _ => Tag::Utf8String,
        }
    }
    fn may_be(self, value: &str) -> bool {
        let length = value.chars().count();
        (1..=self.longest()).contains(&length)
            && value.trim() == value
            && match self {
                Self::Country => length == 2 && value.bytes().all(|b| b.is_ascii_uppercase()),
                Self::SerialNumber => value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
                _ => value.chars().all(|c| !deceives(c)),
            }
    }
}

/// The name of a subject or an issuer. Two names are the same when their bytes are: authorities copy the name of the
/// issuer byte by byte.
#[derive(Clone, PartialEq, Eq)]
pub struct Name {
    der: Vec<u8>,
    parts: Vec<(ObjectIdentifier, String)>,
}

/// One part as it is written.
#[derive(der::Sequence, der::ValueOrd, Clone, PartialEq, Eq)]
struct Part<'a> {
    id: ObjectIdentifier,
    value: AnyRef<'a>,
}

impl Name {
    /// A name of these parts, from the most general (country) to the most special (common name).
    ///
    /// # Errors
    /// [`CertificateError::BadName`] when there is no part, or a value is empty, too long, begins or ends with a blank,
    /// or holds characters that do not show.
    pub fn new(parts: &[(Attribute, &str)]) -> Result<Self, CertificateError> {
        if parts.is_empty() || parts.len() > MOST_PARTS {
            return Err(CertificateError::BadName("no parts"));
        }
        let mut sets = Vec::new();
        for (attribute, value) in parts {
            if !attribute.may_be(value) {
                return Err(CertificateError::BadName(attribute.short()));
            }
            let bad = |_| CertificateError::BadName(attribute.short());
            let value = AnyRef::new(attribute.tag(), value.as_bytes()).map_err(bad)?;
            let mut set = SetOfVec::new();
            set.insert(Part { id: attribute.id(), value }).map_err(bad)?;
            sets.push(set);
        }
        let der = sets.to_der().map_err(|_| CertificateError::BadName("all parts"))?;
        Self::from_der(&der)
    }

    /// Reads a name.
    pub(super) fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let malformed = |_| CertificateError::Malformed("name");
        let sets = Vec::<SetOfVec<Part<'_>>>::from_der(der).map_err(malformed)?;
        let mut parts = Vec::new();
        for part in sets.iter().flat_map(SetOfVec::iter) {
            if parts.len() == MOST_PARTS {
                return Err(CertificateError::Malformed("name"));
            }
            parts.push((part.id, text_of(part.value).ok_or(CertificateError::Malformed("name"))?));
        }
        Ok(Self { der: der.to_vec(), parts })
    }
    /// The name as it is written.
    #[must_use]
    pub fn to_der(&self) -> &[u8] {
        &self.der
    }
    /// The first value of that part. Characters that do not show, or turn the writing round, are replaced by `�`.
    #[must_use]
    pub fn get(&self, attribute: Attribute) -> Option<&str> {
        self.parts.iter().find(|(id, _)| *id == attribute.id()).map(|(_, value)| value.as_str())
    }
    /// 通用名: what people call the subject.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.get(Attribute::CommonName)
    }
    /// 机构名称: the organisation of the subject.
    #[must_use]
    pub fn organisation(&self) -> Option<&str> {
        self.get(Attribute::Organisation)
    }
}

/// The most special part first, as `CN=…, O=…, C=CN` (RFC 4514). Fit to be shown: nothing in it moves or hides the text
/// beside it.
impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, (id, value)) in self.parts.iter().rev().enumerate() {
            if place > 0 {
                f.write_str(", ")?;
            }
            match Attribute::ALL.into_iter().find(|a| a.id() == *id) {
                Some(attribute) => write!(f, "{}=", attribute.short())?,
                None => write!(f, "{id}=")?,
            }
            for c in value.chars() {
                if matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=') {
                    f.write_char('\\')?;
                }
                f.write_char(c)?;
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Name({self})")
    }
}

/// The text of a value, fit to be shown. A value that is no text is shown as hexadecimal characters.
fn text_of(value: AnyRef<'_>) -> Option<String> {
    let bytes = value.value();
    let text = match value.tag() {
        Tag::Utf8String => std::str::from_utf8(bytes).ok()?.to_owned(),
        Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            bytes.is_ascii().then(|| std::str::from_utf8(bytes).ok())??.to_owned()
        }
        // Older authorities write Chinese names in UCS-2.
        Tag::BmpString => BmpString::from_ucs2(bytes).ok()?.to_string(),
        // T.61 in theory; Latin-1 in practice.
        Tag::TeletexString => bytes.iter().map(|b| char::from(*b)).collect(),
        _ => {
            let mut hex = String::from("#");
            hex.push_str(&hex::encode(value.to_der().ok()?));
            hex
        }
    };
    Some(text.chars().map(|c| if deceives(c) { char::REPLACEMENT_CHARACTER } else { c }).collect())
}

/// Whether a character does not show, or changes how the text around it is shown.
fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
}

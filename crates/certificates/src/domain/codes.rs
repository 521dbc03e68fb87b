//! Codes inside the electronic certificate identifier (GB/T 36904—2018): of types and of issuing bodies.

use std::{collections::BTreeMap, sync::Arc};

use kernel::identifiers::{CertificateIdentifier, Uscc};
use vocab::Vocabulary;

/// Type codes (21 characters) and credit codes of issuing bodies (18). Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes(Arc<Inner>);

#[derive(Debug, PartialEq, Eq)]
struct Inner {
    types: BTreeMap<String, String>,
    bodies: BTreeMap<String, String>,
}

/// Synthetic code of the body that defines the types of the demonstration city: its service centre.
const DEFINER: &str = "12520100MB0A00018G";

/// Synthetic credit codes that examples of the demonstration city use.
const KNOWN_BODIES: &[(&str, &str)] =
    &[("market-regulation", "11520100MB1B00029G"), ("public-security", "11520100009501047G")];

impl Codes {
    /// Codes of a city: by certificate type the registered type code, by department its credit code.
    #[must_use]
    pub fn new(types: BTreeMap<String, String>, bodies: BTreeMap<String, String>) -> Self {
        Self(Arc::new(Inner { types, bodies }))
    }

    /// Synthetic codes with right check characters for every type and department of a vocabulary: for demonstration
    /// and tests, until a city gives its registered ones.
    #[must_use]
    pub fn synthetic(vocabulary: &Vocabulary) -> Self {
        let types = vocabulary
            .certificate_types()
            .iter()
            .zip(1..1000)
            .map(|(kind, number)| (kind.key.clone(), format!("{DEFINER}{number:03}")))
            .collect();
        let bodies = vocabulary
            .departments()
            .iter()
            .zip(100..)
            .filter_map(|(body, number)| {
                let known = KNOWN_BODIES.iter().find(|(key, _)| *key == body.key).map(|(_, code)| (*code).to_owned());
                let made =
                    || Uscc::synthetic("11", 520_100, &format!("MB1C{number:04}")).map(|code| code.as_str().to_owned());
                Some((body.key.clone(), known.or_else(made)?))
            })
            .collect();
        Self::new(types, bodies)
    }

    /// Number of the type in its definer's list, three digits.
    pub(crate) fn type_number(&self, certificate_type: &str) -> Option<&str> {
        self.0.types.get(certificate_type).and_then(|code| code.get(18..21))
    }

    /// The identifier of one version of a certificate.
    pub(crate) fn identifier(
        &self,
        certificate_type: &str,
        department: &str,
        serial: &str,
        version: i64,
    ) -> Option<CertificateIdentifier> {
        let (kind, body) = (self.0.types.get(certificate_type)?, self.0.bodies.get(department)?);
        CertificateIdentifier::new(kind, body, serial, u32::try_from(version).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_and_department_of_the_city_has_codes_that_check() {
        let city = Vocabulary::guiyang();
        let codes = Codes::synthetic(&city);
        for kind in city.certificate_types() {
            for body in city.departments() {
                let made = codes.identifier(&kind.key, &body.key, "2026001000001", 1).unwrap();
                assert_eq!(CertificateIdentifier::parse(made.as_str()), Ok(made));
            }
        }
        let bodies: std::collections::BTreeSet<&String> = codes.0.bodies.values().collect();
        assert_eq!(bodies.len(), city.departments().len(), "no two bodies share a code");
        assert_eq!(codes.type_number("resident-id"), Some("001"));
        assert_eq!(codes.identifier("unknown", "health", "1", 1), None);
    }
}

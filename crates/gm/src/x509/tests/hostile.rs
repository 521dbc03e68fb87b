//! Bytes that nobody checked before.

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn hostile_bytes_are_refused_in_peace(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Certificate::from_der(&bytes).is_err());
        prop_assert!(Crl::from_der(&bytes).is_err());
        drop(Certificate::from_file(&bytes));
        drop(Name::from_der(&bytes));
    }

    /// Good bytes with some places changed: refused, or read as something that the issuer did not sign.
    #[test]
    fn changed_bytes_are_refused_or_not_signed(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        thread_local! { static GOOD: Three = three(); }
        GOOD.with(|good| {
            let issuer = good.authority.certificate();
            let certificate = good.signer.certificate();
            let changed = |der: &[u8]| {
                let mut der = der.to_vec();
                for (place, byte) in &changes {
                    let place = place.index(der.len());
                    der[place] = *byte;
                }
                der
            };
            let der = changed(certificate.to_der());
            if let Ok(read) = Certificate::from_der(&der) {
                prop_assert!(!read.is_signed_by(issuer) || der == certificate.to_der());
                drop(good.trust.check(&read, Usage::DigitalSignature, noon()));
                drop((read.to_pem(), read.subject().to_string()));
            }
            let list = list_of(&good.authority, vec![Revoked { serial: Serial::from(3), at: noon(), reason: Reason::Hold }]);
            if let Ok(read) = Crl::from_der(&changed(list.to_der())) {
                drop((read.is_signed_by(issuer), read.find(&Serial::from(3)).cloned(), read.to_pem()));
            }
            let shorter = &certificate.to_der()[..cut.index(certificate.to_der().len())];
            prop_assert!(Certificate::from_der(shorter).is_err());
            Ok(())
        })?;
    }

    #[test]
    fn names_are_read_back(common in "[\\PC&&[^ ]]{1,20}", organisation in "[一-龥]{1,64}") {
        let Ok(name) = Name::new(&[(Attribute::Organisation, &organisation), (Attribute::CommonName, &common)]) else {
            return Ok(());
        };
        prop_assert_eq!(name.common_name(), Some(common.as_str()));
        prop_assert_eq!(Name::from_der(name.to_der()).unwrap(), name);
    }
}

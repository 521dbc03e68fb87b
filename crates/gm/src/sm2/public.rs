//! Public keys: reading, writing, and the check of a signature.

use ::sm2::{
    FieldBytes, ProjectivePoint, Scalar,
    elliptic_curve::{
        Group,
        ops::{MulByGeneratorVartime, Reduce},
        point::AffineCoordinates,
        sec1::ToSec1Point,
    },
};
use der::{Decode, Encode, asn1::BitStringRef, pem};
use pkcs8::spki::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::{EC_PUBLIC_KEY, SM2_CURVE, Signature, SignerId, Sm2Error};
use crate::Hasher;

/// Label of a public key in PEM (RFC 7468, 13).
const LABEL: &str = "PUBLIC KEY";

/// Before the point in Z: a, b and the base point of the curve (GB/T 32918.5—2017, 2), 32 bytes each.
const CURVE: [&[u8; 32]; 4] = [
    b"\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xfc",
    b"\x28\xe9\xfa\x9e\x9d\x9f\x5e\x34\x4d\x5a\x9e\x4b\xcf\x65\x09\xa7\xf3\x97\x89\xf5\x15\xab\x8f\x92\xdd\xbc\xbd\x41\x4d\x94\x0e\x93",
    b"\x32\xc4\xae\x2c\x1f\x19\x81\x19\x5f\x99\x04\x46\x6a\x39\xc9\x94\x8f\xe3\x0b\xbf\xf2\x66\x0b\xe1\x71\x5a\x45\x89\x33\x4c\x74\xc7",
    b"\xbc\x37\x36\xa2\xf4\xf6\x77\x9c\x59\xbd\xce\xe3\x6b\x69\x21\x53\xd0\xa9\x87\x7c\xc6\x2a\x47\x40\x02\xdf\x32\xe5\x21\x39\xf0\xa0",
];

/// A point of the SM2 curve, with which signatures are checked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(::sm2::PublicKey);

impl PublicKey {
    pub(super) fn of(key: ::sm2::PublicKey) -> Self {
        Self(key)
    }

    /// Reads a point: `04 ‖ x ‖ y`, or compressed (GB/T 32918.1—2016, 4.2.9).
    ///
    /// # Errors
    /// [`Sm2Error::NotAPoint`] when it does not lie on the curve.
    pub fn from_sec1(bytes: &[u8]) -> Result<Self, Sm2Error> {
        ::sm2::PublicKey::from_sec1_bytes(bytes).map(Self).map_err(|_| Sm2Error::NotAPoint)
    }
    /// Writes the point as `04 ‖ x ‖ y`.
    #[must_use]
    pub fn to_sec1(&self) -> [u8; 65] {
        let mut bytes = [4; 65];
        bytes.copy_from_slice(self.0.to_sec1_point(false).as_bytes());
        bytes
    }

    /// Reads a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// [`Sm2Error::MalformedKey`] when it is none, [`Sm2Error::OtherAlgorithm`] when it is a key of another algorithm or
    /// curve, [`Sm2Error::NotAPoint`] when the point does not lie on the curve.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, Sm2Error> {
        let info = SubjectPublicKeyInfo::<der::AnyRef<'_>, BitStringRef<'_>>::from_der(der)
            .map_err(|_| Sm2Error::MalformedKey)?;
        if info.algorithm.oid != EC_PUBLIC_KEY {
            return Err(Sm2Error::OtherAlgorithm);
        }
        // Named curves only: parameters written out could be those of a curve made to be weak.
        let curve = info.algorithm.parameters.ok_or(Sm2Error::MalformedKey)?;
        match curve.decode_as::<der::asn1::ObjectIdentifier>() {
            Ok(SM2_CURVE) => {}
            _ => return Err(Sm2Error::OtherAlgorithm),
        }
        Self::from_sec1(info.subject_public_key.as_bytes().ok_or(Sm2Error::NotAPoint)?)
    }
    /// Writes a `SubjectPublicKeyInfo` in DER (RFC 5480, GM/T 0015—2023).
    ///
    /// # Panics
    /// Never: a point always has this form.
    #[must_use]
    #[expect(clippy::expect_used, reason = "two identifiers and 65 bytes always have a DER form")]
    pub fn to_spki_der(&self) -> Vec<u8> {
        let point = self.to_sec1();
        BitStringRef::from_bytes(&point)
            .and_then(|subject_public_key| {
                let algorithm = AlgorithmIdentifier { oid: EC_PUBLIC_KEY, parameters: Some(SM2_CURVE) };
                SubjectPublicKeyInfo { algorithm, subject_public_key }.to_der()
            })
            .expect("two identifiers and 65 bytes have a DER form")
    }
    /// Reads a public key in PEM (`-----BEGIN PUBLIC KEY-----`).
    ///
    /// # Errors
    /// As [`PublicKey::from_spki_der`].
    pub fn from_spki_pem(text: &str) -> Result<Self, Sm2Error> {
        match pem::decode_vec(text.as_bytes()) {
            Ok((LABEL, der)) => Self::from_spki_der(&der),
            _ => Err(Sm2Error::MalformedKey),
        }
    }
    /// Writes a public key in PEM.
    ///
    /// # Panics
    /// Never: a point always has this form.
    #[must_use]
    #[expect(clippy::expect_used, reason = "91 bytes always have a PEM form")]
    pub fn to_spki_pem(&self) -> String {
        pem::encode_string(LABEL, pem::LineEnding::LF, &self.to_spki_der()).expect("91 bytes have a PEM form")
    }

    /// Z of this key and that signer (GB/T 32918.2—2016, 5.5).
    #[must_use]
    pub fn z(&self, id: &SignerId) -> [u8; 32] {
        let mut hasher = Hasher::new();
        hasher.update(&id.bits());
        hasher.update(id.as_bytes());
        CURVE.iter().for_each(|part| hasher.update(*part));
        hasher.update(&self.to_sec1()[1..]);
        hasher.finish()
    }

    /// Whether `signature` is this key's over `message`, by the signer with the default identifier.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &Signature) -> bool {
        self.verify_as(&SignerId::default(), message, signature)
    }
    /// Whether `signature` is this key's over `message`, by the signer `id` (GB/T 32918.2—2016, 7.1).
    #[must_use]
    pub fn verify_as(&self, id: &SignerId, message: &[u8], signature: &Signature) -> bool {
        let (r, s) = (signature.r, signature.s);
        let t = *r + *s;
        if bool::from(t.is_zero()) {
            return false;
        }
        // Everything here is public, so that the time may depend on it.
        let point = ProjectivePoint::mul_by_generator_and_mul_add_vartime(&s, &t, &self.0.to_projective());
        if bool::from(point.is_identity()) {
            return false;
        }
        *r == self.e(id, message) + Scalar::reduce(&point.to_affine().x())
    }

    /// The digest that stands for a message in a signature of this key: SM3(Z ‖ M). A module that signs digests is given
    /// this one.
    #[must_use]
    pub fn digest(&self, id: &SignerId, message: &[u8]) -> [u8; 32] {
        let mut hasher = Hasher::new();
        hasher.update(&self.z(id));
        hasher.update(message);
        hasher.finish()
    }
    /// The number e that stands for the message: its digest mod n.
    pub(super) fn e(&self, id: &SignerId, message: &[u8]) -> Scalar {
        Scalar::reduce(&FieldBytes::from(self.digest(id, message)))
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.to_sec1()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sm2::SecretKey;

    #[test]
    fn a_public_key_is_read_back_in_every_form() {
        let key = *SecretKey::generate().public_key();
        assert_eq!(PublicKey::from_sec1(&key.to_sec1()), Ok(key));
        assert_eq!(PublicKey::from_spki_der(&key.to_spki_der()), Ok(key));
        assert_eq!(PublicKey::from_spki_pem(&key.to_spki_pem()), Ok(key));
        let compressed = [&[2 + (key.to_sec1()[64] & 1)][..], &key.to_sec1()[1..33]].concat();
        assert_eq!(PublicKey::from_sec1(&compressed), Ok(key));
        assert_eq!(format!("{key:?}"), format!("PublicKey({})", hex::encode(key.to_sec1())));
    }

    #[test]
    fn a_point_off_the_curve_is_refused() {
        let mut point = SecretKey::generate().public_key().to_sec1();
        point[64] ^= 1;
        assert_eq!(PublicKey::from_sec1(&point), Err(Sm2Error::NotAPoint));
        for bad in [&[][..], &[0], &[4; 64], &[5; 65]] {
            assert_eq!(PublicKey::from_sec1(bad), Err(Sm2Error::NotAPoint));
        }
    }

    #[test]
    fn keys_of_other_kinds_are_told_apart() {
        let good = SecretKey::generate().public_key().to_spki_der();
        let with = |from: &str, to: &str| hex::decode(hex::encode(&good).replacen(from, to, 1)).unwrap();
        let ec = "06072a8648ce3d0201";
        let curve = "06082a811ccf5501822d";
        assert_eq!(PublicKey::from_spki_der(&with(ec, "06072a8648ce3d0202")), Err(Sm2Error::OtherAlgorithm));
        assert_eq!(
            PublicKey::from_spki_der(&with(curve, "06082a8648ce3d030107")),
            Err(Sm2Error::OtherAlgorithm),
            "P-256"
        );
        assert_eq!(PublicKey::from_spki_der(&with(curve, "04082a811ccf5501822d")), Err(Sm2Error::OtherAlgorithm));
        let without =
            with("3013", "3009").into_iter().enumerate().filter(|(i, _)| !(13..23).contains(i)).map(|(_, b)| b);
        let mut without: Vec<u8> = without.collect();
        without[1] -= 10;
        assert_eq!(PublicKey::from_spki_der(&without), Err(Sm2Error::MalformedKey), "no curve at all");
        assert_eq!(PublicKey::from_spki_der(&good[..90]), Err(Sm2Error::MalformedKey));
        assert_eq!(PublicKey::from_spki_der(&with("034200", "034201")), Err(Sm2Error::NotAPoint), "unused bits");
        assert_eq!(PublicKey::from_spki_pem("-----BEGIN PUBLIC KEY-----"), Err(Sm2Error::MalformedKey));
        let certificate = SecretKey::generate().public_key().to_spki_pem().replace("PUBLIC KEY", "CERTIFICATE");
        assert_eq!(PublicKey::from_spki_pem(&certificate), Err(Sm2Error::MalformedKey));
    }

    #[test]
    fn a_signature_with_r_and_s_that_cancel_is_refused() {
        // r + s = n would make any key's point vanish from the check.
        let raw = hex::decode(format!(
            "{}01{}",
            "00".repeat(31),
            "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122"
        ));
        let signature = Signature::from_raw(&raw.unwrap()).unwrap();
        assert!(!SecretKey::generate().public_key().verify(b"x", &signature));
    }

    proptest! {
        #[test]
        fn hostile_public_keys_are_refused_in_peace(
            bytes in proptest::collection::vec(any::<u8>(), 0..120),
            at in 0_usize..91,
            byte in any::<u8>(),
        ) {
            prop_assert!(PublicKey::from_spki_der(&bytes).is_err());
            let good = SecretKey::from_bytes(&[9; 32]).unwrap();
            let mut der = good.public_key().to_spki_der();
            prop_assume!(der[at] != byte);
            der[at] = byte;
            prop_assert_ne!(PublicKey::from_spki_der(&der), Ok(*good.public_key()));
        }
    }
}

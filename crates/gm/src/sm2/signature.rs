//! The value of a signature, in its two written forms.

use ::sm2::NonZeroScalar;
use der::{Decode, Encode, asn1::UintRef};

use super::Sm2Error;

/// An SM2 signature: two numbers r and s from 1 to n − 1.
///
/// Certificates and seals write it in DER ([`Signature::from_der`]); some interfaces write 64 raw bytes
/// ([`Signature::from_raw`]). Which of the two is meant must be known: nothing here guesses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    pub(super) r: NonZeroScalar,
    pub(super) s: NonZeroScalar,
}

/// As it stands in certificates (GB/T 35276—2017, 7.3).
#[derive(der::Sequence)]
struct Written<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

impl Signature {
    /// Reads `SEQUENCE { INTEGER r, INTEGER s }` in strict DER: shortest form, nothing after it.
    ///
    /// # Errors
    /// [`Sm2Error::MalformedSignature`] for everything else, and when r or s is 0 or not below n.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Sm2Error> {
        let written = Written::from_der(bytes).map_err(|_| Sm2Error::MalformedSignature)?;
        let mut raw = [0; 64];
        let (left, right) = raw.split_at_mut(32);
        for (place, number) in [(left, written.r), (right, written.s)] {
            let number = number.as_bytes();
            let start = place.len().checked_sub(number.len()).ok_or(Sm2Error::MalformedSignature)?;
            place[start..].copy_from_slice(number);
        }
        Self::from_raw(&raw)
    }
    /// Reads r ‖ s, 32 bytes each.
    ///
    /// # Errors
    /// [`Sm2Error::MalformedSignature`] for another length, and when r or s is 0 or not below n.
    pub fn from_raw(bytes: &[u8]) -> Result<Self, Sm2Error> {
        let (r, s) = bytes.split_at_checked(32).ok_or(Sm2Error::MalformedSignature)?;
        let number = |bytes: &[u8]| NonZeroScalar::try_from(bytes).map_err(|_| Sm2Error::MalformedSignature);
        Ok(Self { r: number(r)?, s: number(s)? })
    }
    /// Writes `SEQUENCE { INTEGER r, INTEGER s }` in DER: at most 72 bytes.
    ///
    /// # Panics
    /// Never: two numbers of 32 bytes have a DER form.
    #[must_use]
    #[expect(clippy::expect_used, reason = "two numbers of 32 bytes always have a DER form")]
    pub fn to_der(&self) -> Vec<u8> {
        let (r, s) = (self.r.to_bytes(), self.s.to_bytes());
        UintRef::new(&r)
            .and_then(|r| Written { r, s: UintRef::new(&s)? }.to_der())
            .expect("two numbers of 32 bytes have a DER form")
    }
    /// Writes r ‖ s, 32 bytes each.
    #[must_use]
    pub fn to_raw(&self) -> [u8; 64] {
        let mut raw = [0; 64];
        raw[..32].copy_from_slice(&self.r.to_bytes());
        raw[32..].copy_from_slice(&self.s.to_bytes());
        raw
    }
}

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signature({})", hex::encode(self.to_raw()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The order of the curve, one more than the largest r.
    const N: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";

    fn raw(r: &str, s: &str) -> Vec<u8> {
        hex::decode(format!("{r:0>64}{s:0>64}")).unwrap()
    }

    #[test]
    fn small_numbers_have_their_shortest_form() {
        let signature = Signature::from_raw(&raw("1", "80")).unwrap();
        assert_eq!(hex::encode(signature.to_der()), "300702010102020080");
        assert_eq!(Signature::from_der(&signature.to_der()), Ok(signature));
        assert_eq!(format!("{signature:?}").len(), "Signature()".len() + 128);
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        for (r, s) in [("0", "1"), ("1", "0"), (N, "1"), ("1", N), (&"f".repeat(64), "1")] {
            assert_eq!(Signature::from_raw(&raw(r, s)), Err(Sm2Error::MalformedSignature), "{r} {s}");
        }
        assert!(Signature::from_raw(&raw(&N.replace("4123", "4122"), "1")).is_ok());
    }

    #[test]
    fn other_forms_are_refused() {
        let good = Signature::from_raw(&raw("1", "80")).unwrap().to_der();
        let mut long = good.clone();
        long.push(0);
        for bad in [
            hex::decode("3006020101020180").unwrap(),                   // negative
            hex::decode("30080201010203000080").unwrap(),               // not shortest
            hex::decode("300602010102010100").unwrap(),                 // something after it
            hex::decode("3003020101").unwrap(),                         // one number
            hex::decode("30800201010202008000000").unwrap_or_default(), // indefinite length
            good[..good.len() - 1].to_vec(),
            long,
            [&[0x30, 0x26, 0x02, 0x21][..], &[1; 33], &[0x02, 0x01, 0x01]].concat(), // 33 bytes
            Vec::new(),
        ] {
            assert_eq!(Signature::from_der(&bad), Err(Sm2Error::MalformedSignature), "{}", hex::encode(&bad));
        }
        for len in [0, 31, 32, 63, 65] {
            assert_eq!(Signature::from_raw(&vec![1; len]), Err(Sm2Error::MalformedSignature), "{len} bytes");
        }
    }

    proptest! {
        #[test]
        fn both_forms_say_the_same(bytes in proptest::collection::vec(any::<u8>(), 64)) {
            let Ok(signature) = Signature::from_raw(&bytes) else { return Ok(()) };
            prop_assert_eq!(signature.to_raw().to_vec(), bytes);
            prop_assert_eq!(Signature::from_der(&signature.to_der()), Ok(signature));
        }

        #[test]
        fn hostile_bytes_are_refused_in_peace(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            if let Ok(signature) = Signature::from_der(&bytes) {
                prop_assert_eq!(signature.to_der(), bytes, "there is one DER form only");
            }
        }

        #[test]
        fn a_changed_byte_is_refused_or_another_signature(at in 0_usize..72, byte in any::<u8>()) {
            let good = Signature::from_raw(&[0x5a; 64]).unwrap();
            let mut der = good.to_der();
            prop_assume!(at < der.len() && der[at] != byte);
            der[at] = byte;
            prop_assert_ne!(Signature::from_der(&der), Ok(good));
        }
    }
}

//! Secret keys: making, signing, and their encrypted form.

use ::sm2::{
    FieldBytes, NonZeroScalar, ProjectivePoint, Scalar,
    elliptic_curve::{Group, PrimeField, ops::Reduce, point::AffineCoordinates},
    pkcs8::EncodePrivateKey,
};
use der::{Decode, pem};
use pkcs8::{
    EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef,
    pkcs5::{
        EncryptionScheme,
        pbes2::{Kdf, Parameters, Pbkdf2Prf},
    },
};
use zeroize::{Zeroize, Zeroizing};

use super::{EC_PUBLIC_KEY, Password, PublicKey, SM2_CURVE, Signature, SignerId, Sm2Error};
use crate::digest::{hmac_sm3, random};

/// Label of an encrypted key in PEM (RFC 7468, 11).
const LABEL: &str = "ENCRYPTED PRIVATE KEY";
/// Most rounds for keys that are read: a file must not hold up the machine for minutes.
const MOST_ROUNDS: u32 = 10_000_000;
/// Most bytes of memory that scrypt may ask for when a key is read.
const MOST_SCRYPT_MEMORY: u64 = 256 << 20;

/// An SM2 secret key with its public key. The secret numbers are overwritten when it is dropped, and it can be written
/// in encrypted form alone.
pub struct SecretKey {
    // Boxed, so that moving the key leaves no copies behind.
    numbers: Box<Numbers>,
    public: PublicKey,
}

struct Numbers {
    /// The secret.
    d: Scalar,
    /// (1 + d)⁻¹, which every signature needs.
    inverse: Scalar,
}

impl Drop for Numbers {
    fn drop(&mut self) {
        self.d.zeroize();
        self.inverse.zeroize();
    }
}

impl SecretKey {
    /// A new key from the operating system's random numbers.
    ///
    /// # Panics
    /// When the operating system has no random numbers.
    #[must_use]
    pub fn generate() -> Self {
        loop {
            // One in four thousand million draws lies out of range.
            if let Ok(key) = Self::from_bytes(&Zeroizing::new(random::<32>())) {
                return key;
            }
        }
    }

    /// The key with that number, 32 bytes, highest first.
    ///
    /// # Errors
    /// [`Sm2Error::SecretOutOfRange`] when it is not 1 to n − 2.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, Sm2Error> {
        let d = Scalar::from_repr(FieldBytes::from(*bytes)).into_option().ok_or(Sm2Error::SecretOutOfRange)?;
        Self::of_number(d)
    }

    fn of_number(d: Scalar) -> Result<Self, Sm2Error> {
        let secret = NonZeroScalar::new(d).into_option().ok_or(Sm2Error::SecretOutOfRange)?;
        // n − 1 has no such inverse.
        let inverse = (d + Scalar::ONE).invert().into_option().ok_or(Sm2Error::SecretOutOfRange)?;
        let public = PublicKey::of(::sm2::PublicKey::from_secret_scalar(&secret));
        Ok(Self { numbers: Box::new(Numbers { d, inverse }), public })
    }

    /// The public key that belongs to it.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a message as the signer with the default identifier.
    ///
    /// # Panics
    /// When the operating system has no random numbers.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        self.sign_as(&SignerId::default(), message)
    }
    /// Signs a message as the signer `id` (GB/T 32918.2—2016, 6.1).
    ///
    /// # Panics
    /// When the operating system has no random numbers.
    #[must_use]
    pub fn sign_as(&self, id: &SignerId, message: &[u8]) -> Signature {
        let e = self.public.e(id, message);
        loop {
            // A nonce that does not serve is all but impossible; the standard asks for another one.
            if let Some(signature) = self.sign_with(&e, &self.nonce(&e)) {
                return signature;
            }
        }
    }

    /// A nonce from 1 to n − 1: HMAC-SM3 under the secret, over fresh random bytes and the message's number. Should the
    /// random numbers fail unnoticed, the nonce still differs from message to message, so that the secret stays safe.
    fn nonce(&self, e: &Scalar) -> Zeroizing<Scalar> {
        let key = Zeroizing::new(<[u8; 32]>::from(self.numbers.d.to_bytes()));
        let mut seed = Zeroizing::new([0; 68]);
        seed[..32].copy_from_slice(&random::<32>());
        seed[32..64].copy_from_slice(&e.to_bytes());
        for attempt in 0_u32.. {
            seed[64..].copy_from_slice(&attempt.to_be_bytes());
            let bytes = Zeroizing::new(hmac_sm3(&*key, &*seed));
            let k = Scalar::from_repr(FieldBytes::from(*bytes)).into_option().map(Zeroizing::new);
            if let Some(k) = k.filter(|k| !bool::from(k.is_zero())) {
                return k;
            }
        }
        unreachable!("of four thousand million draws one lies in range")
    }

    /// r and s for the number e under the nonce k; none when the nonce does not serve.
    fn sign_with(&self, e: &Scalar, k: &Scalar) -> Option<Signature> {
        let Numbers { d, inverse } = &*self.numbers;
        let x = ProjectivePoint::mul_by_generator(k).to_affine().x();
        let r = *e + Scalar::reduce(&x);
        if bool::from((r + k).is_zero()) {
            return None;
        }
        let s = *inverse * (*k - r * d);
        Some(Signature { r: NonZeroScalar::new(r).into_option()?, s: NonZeroScalar::new(s).into_option()? })
    }

    /// Writes the key encrypted under a password: PKCS#8 with PBES2 (PBKDF2-HMAC-SHA-256 and AES-256-CBC), in PEM, as
    /// OpenSSL and others read it.
    ///
    /// # Panics
    /// When the operating system has no random numbers.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a key of 32 bytes and parameters of fixed length always have these forms")]
    pub fn to_encrypted_pem(&self, password: &Password) -> Zeroizing<String> {
        let scalar = NonZeroScalar::new(self.numbers.d).expect("a secret key is not zero");
        let plain = ::sm2::SecretKey::from(scalar).to_pkcs8_der().expect("a key of 32 bytes has a DER form");
        let encrypted = Parameters::generate_pbkdf2_sha256_aes256cbc(password.rounds(), &random::<16>(), random())
            .ok()
            .and_then(|how| {
                PrivateKeyInfoRef::from_der(plain.as_bytes()).ok()?.encrypt_with_params(how, password.as_str()).ok()
            })
            .expect("a key of 32 bytes is encrypted with parameters of fixed length");
        let pem = pem::encode_string(LABEL, pem::LineEnding::LF, encrypted.as_bytes());
        Zeroizing::new(pem.expect("a few hundred bytes have a PEM form"))
    }

    /// Reads a key in encrypted PKCS#8 form: PBES2 with PBKDF2 (HMAC-SHA-2) or scrypt, and AES in CBC or GCM. A key that
    /// is not encrypted is not read.
    ///
    /// # Errors
    /// [`Sm2Error::MalformedKey`] when it is no encrypted key, [`Sm2Error::UnsupportedEncryption`] for other schemes and
    /// for costs beyond ten million rounds or 256 MiB, [`Sm2Error::WrongPassword`], and [`Sm2Error::OtherAlgorithm`]
    /// when another kind of key comes out.
    pub fn from_encrypted_pem(text: &str, password: &str) -> Result<Self, Sm2Error> {
        match pem::decode_vec(text.as_bytes()) {
            Ok((LABEL, der)) => Self::from_encrypted_der(&der, password),
            _ => Err(Sm2Error::MalformedKey),
        }
    }

    /// Reads what [`SecretKey::from_encrypted_pem`] reads, without its PEM wrapping.
    ///
    /// # Errors
    /// As [`SecretKey::from_encrypted_pem`].
    pub fn from_encrypted_der(der: &[u8], password: &str) -> Result<Self, Sm2Error> {
        // First whether it has the outer form at all, then whether its scheme is one of ours.
        EncryptedForm::from_der(der).map_err(|_| Sm2Error::MalformedKey)?;
        let info = EncryptedPrivateKeyInfoRef::from_der(der).map_err(|_| Sm2Error::UnsupportedEncryption)?;
        if !bearable(&info.encryption_algorithm) {
            return Err(Sm2Error::UnsupportedEncryption);
        }
        let plain = info.decrypt(password).map_err(|_| Sm2Error::WrongPassword)?;
        // One wrong password in 256 leaves something that looks padded: it is still a wrong password.
        let info = PrivateKeyInfoRef::from_der(plain.as_bytes()).map_err(|_| Sm2Error::WrongPassword)?;
        if info.algorithm.oid != EC_PUBLIC_KEY || info.algorithm.parameters_oid() != Ok(SM2_CURVE) {
            return Err(Sm2Error::OtherAlgorithm);
        }
        let key = ::sm2::SecretKey::try_from(info).map_err(|_| Sm2Error::MalformedKey)?;
        Self::of_number(*key.to_nonzero_scalar())
    }
}

/// The outer form of an encrypted key (RFC 5958, 3), whatever its scheme.
#[derive(der::Sequence)]
struct EncryptedForm<'a> {
    scheme: pkcs8::spki::AlgorithmIdentifier<der::AnyRef<'a>>,
    data: &'a der::asn1::OctetStringRef,
}

/// Whether a scheme is one of ours, and opening the key costs no more than may be asked of the machine.
fn bearable(scheme: &EncryptionScheme) -> bool {
    match scheme.pbes2().map(|how| &how.kdf) {
        Some(Kdf::Pbkdf2(how)) => how.iteration_count <= MOST_ROUNDS && how.prf != Pbkdf2Prf::HmacWithSha1,
        Some(Kdf::Scrypt(how)) => {
            // The library below takes it for granted that the cost is a power of two.
            if how.cost_parameter < 2 || !how.cost_parameter.is_power_of_two() {
                return false;
            }
            let block = 128 * u64::from(how.block_size) * u64::from(how.parallelization);
            how.cost_parameter.checked_mul(block).is_some_and(|memory| memory <= MOST_SCRYPT_MEMORY)
        }
        _ => false,
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretKey").field("public", &self.public).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

//! SM2 signatures (GB/T 32918.2—2016, curve of GB/T 32918.5—2017) with SM3, and their keys in the forms of the trade.
//!
//! A signature is always over a whole message: the digest under it begins with Z, which binds the signer's identifier
//! and public key. There is no function that signs a ready-made digest.

mod error;
mod id;
mod password;
mod public;
mod secret;
mod signature;

pub use error::Sm2Error;
pub use id::{DEFAULT_ID, SignerId};
pub use password::Password;
pub use public::PublicKey;
pub use secret::SecretKey;
pub use signature::Signature;

/// The object identifier of a signature with SM2 over SM3 (GM/T 0006—2012).
pub const SM2_WITH_SM3: der::asn1::ObjectIdentifier = der::asn1::ObjectIdentifier::new_unwrap("1.2.156.10197.1.501");
/// The object identifier of the SM2 curve, the parameter of a public key (GM/T 0006—2012).
pub const SM2_CURVE: der::asn1::ObjectIdentifier = der::asn1::ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");
/// The object identifier of a key on an elliptic curve (RFC 5480 2.1.1).
pub(crate) const EC_PUBLIC_KEY: der::asn1::ObjectIdentifier =
    der::asn1::ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

//! Electronic seals (电子印章) and signatures with them (电子签章), GB/T 38540—2020.
//!
//! Version 4 is written. Versions 1 (GM/T 0031—2014), 4 and 5 (GM/T 0031—2025) are read.

pub(crate) mod der;
mod info;
pub mod picture;
mod signature;
mod stamping;

pub use info::{Extension, Generation, Permitted, Seal, SealInfo, SealPicture};
pub use signature::SealedValue;
pub(crate) use stamping::overlap;
pub use stamping::{Order, Prepared, Provider, StampError, prepare, prepare_plain, stamp};

/// SM2 signature with SM3 (1.2.156.10197.1.501), encoded.
pub(crate) const SM2_SM3: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x83, 0x75];
/// SM3 (1.2.156.10197.1.401) in words.
pub(crate) const SM3_OID: &str = "1.2.156.10197.1.401";
/// SM2 signature with SM3 in words.
pub(crate) const SM2_SM3_OID: &str = "1.2.156.10197.1.501";

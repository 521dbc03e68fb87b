//! National cryptography for the records: SM2 signatures and certificates, SM3 digests and chains, keyed blind indexes,
//! field encryption under versioned keys, and the ports through which keys are kept and signatures made.
//!
//! This crate owns no table and makes no decision about who may read what. Random numbers come from the operating
//! system alone (GB/T 39786—2021, application and data layer).

mod cipher;
mod digest;
mod keys;
pub mod pki;
mod signer;
pub mod sm2;
mod store;
pub mod x509;

pub use cipher::Algorithm;
pub use digest::{
    Chain, Hasher, START, canonical, chain, digest_hex, equal, hex, hmac_sm3, random, sm3, token, token_digest,
};
pub use keys::{KeyError, Keys, blind_with};
pub use signer::{Signer, SignerError, SoftSigner};
pub use store::{FileStore, KeyStore, MemoryStore};
